/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/collect.h"
#include "base/limits.h"
#include "engine/peek.h"
#include "image/path.h"

void pl_collector_init(struct pl_collector *collector, struct pl_arena *arena,
                       struct pl_evidence *evidence, const struct pl_catalog_matcher *matcher,
                       struct pl_budget *budget, int spill_fd)
{
    *collector = (struct pl_collector){.arena = arena,
                                       .evidence = evidence,
                                       .matcher = matcher,
                                       .budget = budget,
                                       .store = {.spill_fd = spill_fd},
                                       .left_bytes = budget->limits.evidence_bytes};
}

void pl_collector_release(struct pl_collector *collector)
{
    pl_held_release(&collector->held);
    free(collector->replaced);
    collector->replaced = NULL;
    pl_map_release(&collector->links_by_target);
    pl_arena_release(&collector->store.memory);
}

void pl_collector_gap(struct pl_collector *collector, pl_str path, const char *reason)
{
    enum { MOST_GAPS = 256 };
    struct pl_gaps *gaps = &collector->evidence->gaps;
    if (gaps->count == MOST_GAPS) {
        pl_vec_push(collector->arena, gaps)->reason =
            PL_STR("more was not seen in this layer than is listed here");
    } else if (gaps->count < MOST_GAPS) {
        struct pl_gap *gap = pl_vec_push(collector->arena, gaps);
        gap->path = pl_arena_dup(collector->arena, path);
        /* The reason may quote a name out of the layer, or be cut within a character. */
        gap->reason = pl_evidence_text(collector->arena, pl_str_from(reason));
    }
}

static enum pl_status out_of_evidence(struct pl_error *err)
{
    return pl_error_set(err, PL_E_LIMIT,
                        "limit evidence-bytes reached: what is kept of a layer; raise it with "
                        "--limit evidence-bytes=VALUE if you trust the input");
}

/* Keeps the hash of a path that hides what lower layers have there. */
static enum pl_status add_replaced(struct pl_collector *collector, pl_str path,
                                   struct pl_error *err)
{
    struct pl_evidence *evidence = collector->evidence;
    if (evidence->replaced.count == collector->replaced_capacity) {
        collector->replaced_capacity =
            collector->replaced_capacity ? collector->replaced_capacity * 2 : 1024;
        collector->replaced = pl_mem_realloc(collector->replaced, collector->replaced_capacity,
                                             sizeof(*collector->replaced));
    }
    if (collector->left_bytes < sizeof(*collector->replaced)) {
        return out_of_evidence(err);
    }
    collector->left_bytes -= sizeof(*collector->replaced);
    collector->replaced[evidence->replaced.count++] = pl_str_hash(path);
    return PL_OK;
}

static size_t cost_of(const struct pl_walk_entry *entry)
{
    return sizeof(struct pl_evidence_file) + entry->path.len + entry->link.len;
}

/* Takes the memory of one kept entry off the evidence budget. */
static enum pl_status charge(struct pl_collector *collector, const struct pl_walk_entry *entry,
                             struct pl_error *err)
{
    size_t cost = cost_of(entry);
    if (collector->left_bytes < cost) {
        return out_of_evidence(err);
    }
    collector->left_bytes -= cost;
    return PL_OK;
}

/* What this cataloger may still use of the evidence budget. */
static uint64_t room_of(const struct pl_collector *collector, const struct pl_cataloger *cataloger)
{
    uint64_t kept_free = cataloger->is_of_system ? 0 : collector->budget->limits.evidence_bytes / 2;
    return collector->left_bytes > kept_free ? collector->left_bytes - kept_free : 0;
}

/* Is there any room for what it might find in this file? If not, that is told once. */
static bool has_room(struct pl_collector *collector, const struct pl_cataloger *cataloger,
                     pl_str path)
{
    size_t least = sizeof(struct pl_evidence_file) + path.len;
    if (room_of(collector, cataloger) >= least || cataloger->is_of_system) {
        return true;
    }
    if (!collector->is_crowded) {
        collector->is_crowded = true;
        pl_collector_gap(collector, path,
                         "limit evidence-bytes reached: this file and further ones like it were "
                         "not read; raise it with --limit evidence-bytes=VALUE if you trust the "
                         "input");
    }
    return false;
}

static struct pl_evidence_file *add_file(struct pl_collector *collector,
                                         const struct pl_walk_entry *entry,
                                         const struct pl_cataloger *cataloger)
{
    struct pl_evidence_file *file = pl_vec_push(collector->arena, &collector->evidence->files);
    file->path = pl_arena_dup(collector->arena, entry->path);
    file->type = entry->type == PL_WALK_FILE || entry->type == PL_WALK_HARDLINK ? PL_ENTRY_FILE
                 : entry->type == PL_WALK_SYMLINK                               ? PL_ENTRY_SYMLINK
                                                                                : PL_ENTRY_OTHER;
    file->size_bytes = entry->size_bytes;
    file->mode = entry->mode;
    if (entry->type == PL_WALK_SYMLINK) {
        file->link = pl_arena_dup(collector->arena, entry->link);
    }
    file->cataloger = cataloger ? pl_str_from(cataloger->name) : PL_STR_EMPTY;
    return file;
}

static bool says_nothing(const struct pl_evidence_file *file)
{
    return file->components.count == 0 && file->gaps.count == 0 && file->files.count == 0 &&
           file->licenses.count == 0 && !file->has_os;
}

static void run_cataloger(struct pl_collector *collector, const struct pl_cataloger *cataloger,
                          const struct pl_walk_entry *entry, pl_span content,
                          struct pl_catalog_together *together)
{
    struct pl_sink sink = {.arena = collector->arena,
                           .file = add_file(collector, entry, cataloger),
                           .left_bytes = room_of(collector, cataloger)};
    uint64_t room = sink.left_bytes;
    struct pl_catalog_file file = {
        .path = sink.file->path, .content = content, .together = together};
    struct pl_error err = PL_ERROR_INIT;
    if (cataloger->read(&sink, &file, &err) < 0) {
        pl_sink_gap(&sink, "%s", err.msg);
    }
    collector->left_bytes -= room - sink.left_bytes;
    if ((cataloger->is_of_executables || cataloger->reads_together) && says_nothing(sink.file)) {
        collector->evidence->files.count--;
    }
}

/* Holds a file until all that belong to it were seen, or reads it alone where it finds no room. */
static void hold(struct pl_collector *collector, const struct pl_cataloger *cataloger,
                 const struct pl_walk_entry *entry, struct pl_content *content)
{
    if (pl_held_add(&collector->held, cataloger, entry, content)) {
        return;
    }
    if (!collector->is_apart) {
        collector->is_apart = true;
        pl_collector_gap(collector, entry->path,
                         "more files belong together than can be held: this file and further ones "
                         "were read without the others");
    }
    run_cataloger(collector, cataloger, entry, pl_content_span(content), NULL);
}

/* Loads a wanted file and reads it, or holds it until the others were seen. */
static enum pl_status take_file(struct pl_collector *collector,
                                const struct pl_cataloger *cataloger,
                                const struct pl_walk_entry *entry,
                                const struct pl_content_reader *reader, struct pl_error *err)
{
    struct pl_content content pl_autocontent = {0};
    enum pl_status st = charge(collector, entry, err);
    if (st < 0) {
        return st;
    }
    pl_held_drop(&collector->held, entry->path);
    collector->store.spill_used_bytes = collector->held.spill_end_bytes;
    st = (cataloger->reads_together ? pl_content_load : pl_content_load_briefly)(
        &collector->store, collector->budget, reader, entry->size_bytes, &content, err);
    if (st == PL_E_LIMIT) {
        /* Too large to read: the walk goes on, the report says so. */
        struct pl_sink sink = {.arena = collector->arena,
                               .file = add_file(collector, entry, cataloger)};
        pl_sink_gap(&sink, "%s", err ? err->msg : "too large");
        return PL_OK;
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_str_sub(entry->path, 0, 200)));
    }
    if (cataloger->reads_together) {
        hold(collector, cataloger, entry, &content);
    } else {
        run_cataloger(collector, cataloger, entry, pl_content_span(&content), NULL);
    }
    return PL_OK;
}

/* The headers alone of a program take more. */
enum { LEAST_PROGRAM_BYTES = 64 };

/* A file that no pattern names and that may be a program: its first bytes tell. */
static enum pl_status take_executable(struct pl_collector *collector,
                                      const struct pl_cataloger *cataloger,
                                      const struct pl_walk_entry *entry,
                                      const struct pl_content_reader *reader, struct pl_error *err)
{
    struct pl_peek peek = {0};
    enum pl_status st = pl_peek_start(&peek, reader, err);
    if (st == PL_E_NOT_FOUND) {
        return PL_OK;
    }
    if (st < 0) {
        return pl_error_wrap(err, PL_STR_FMT, PL_STR_ARG(pl_str_sub(entry->path, 0, 200)));
    }
    /* A sparse file may begin with a hole: then with zeros, which is no program. */
    if (peek.first_offset > 0 || !pl_catalog_is_executable(peek.first) ||
        !has_room(collector, cataloger, entry->path)) {
        return PL_OK;
    }
    pl_peek_skip_code(&peek);
    const struct pl_content_reader rest = pl_peek_reader(&peek);
    return take_file(collector, cataloger, entry, &rest, err);
}

static bool may_be_program(const struct pl_collector *collector, const struct pl_walk_entry *entry)
{
    return entry->type == PL_WALK_FILE && entry->size_bytes >= LEAST_PROGRAM_BYTES &&
           pl_catalog_executable_reader(collector->matcher) &&
           pl_catalog_may_be_executable(entry->path, entry->mode);
}

bool pl_collector_wants(const struct pl_collector *collector, const struct pl_walk_entry *entry)
{
    const struct pl_cataloger *cataloger = pl_catalog_match(collector->matcher, entry->path);
    if (cataloger) {
        return cataloger->is_of_directories == (entry->type == PL_WALK_DIRECTORY);
    }
    return may_be_program(collector, entry);
}

/* What a cataloger of directories reads is their names. */
static enum pl_status take_directory(struct pl_collector *collector,
                                     const struct pl_cataloger *cataloger,
                                     const struct pl_walk_entry *entry, struct pl_error *err)
{
    enum pl_status st = charge(collector, entry, err);
    if (st == PL_OK) {
        run_cataloger(collector, cataloger, entry, (pl_span){NULL, 0}, NULL);
    }
    return st;
}

enum pl_status pl_collector_entry(struct pl_collector *collector, const struct pl_walk_entry *entry,
                                  const struct pl_content_reader *reader, struct pl_error *err)
{
    const struct pl_cataloger *cataloger = pl_catalog_match(collector->matcher, entry->path);
    bool is_wanted = cataloger || (entry->type == PL_WALK_SYMLINK &&
                                   pl_catalog_leads_to(collector->matcher, entry->path));
    if (!is_wanted) {
        return may_be_program(collector, entry)
                   ? take_executable(collector, pl_catalog_executable_reader(collector->matcher),
                                     entry, reader, err)
                   : PL_OK;
    }
    if (cataloger && !has_room(collector, cataloger, entry->path)) {
        return PL_OK;
    }
    if (cataloger && cataloger->is_of_directories) {
        return entry->type == PL_WALK_DIRECTORY ? take_directory(collector, cataloger, entry, err)
                                                : PL_OK;
    }
    if (entry->type == PL_WALK_FILE) {
        return take_file(collector, cataloger, entry, reader, err);
    }
    enum pl_status st = charge(collector, entry, err);
    if (st < 0) {
        return st;
    }
    if (entry->type != PL_WALK_HARDLINK) {
        pl_held_drop(&collector->held, entry->path);
        add_file(collector, entry, cataloger);
        return PL_OK;
    }
    struct pl_wanted_link *link = pl_vec_push(collector->arena, &collector->links);
    link->path = pl_arena_dup(collector->arena, entry->path);
    link->target = pl_arena_dup(collector->arena, entry->link);
    return PL_OK;
}

/* Keeps a path that says what is not seen of the layers below. */
static enum pl_status keep_path(struct pl_collector *collector, struct pl_strs *list, pl_str path,
                                struct pl_error *err)
{
    enum { COST = 64 };
    if (collector->left_bytes < path.len + COST) {
        return out_of_evidence(err);
    }
    collector->left_bytes -= path.len + COST;
    *pl_vec_push(collector->arena, list) = pl_arena_dup(collector->arena, path);
    return PL_OK;
}

enum pl_status pl_collector_whiteout(struct pl_collector *collector, pl_str path,
                                     struct pl_error *err)
{
    return keep_path(collector, &collector->evidence->whiteouts, path, err);
}

enum pl_status pl_collector_opaque(struct pl_collector *collector, pl_str dir, struct pl_error *err)
{
    return keep_path(collector, &collector->evidence->opaques, dir, err);
}

/* Whiteouts (image-spec, layer.md): ".wh.NAME" removes NAME of the layers below, ".wh..wh..opq"
 * hides all that the layers below have in its directory; other names that start with ".wh..wh." are
 * AUFS's own bookkeeping and stand for nothing. */
static enum pl_status take_whiteout(struct pl_collector *collector, pl_str path,
                                    struct pl_error *err)
{
    char hidden[PL_LIMIT_PATH_BYTES];
    pl_str base = pl_path_base(path);
    pl_str parent = pl_path_parent(path);
    if (pl_str_eq(base, PL_STR(".wh..wh..opq"))) {
        return pl_collector_opaque(collector, parent, err);
    }
    if (pl_str_starts_with(base, PL_STR(".wh..wh."))) {
        return PL_OK;
    }
    pl_str name = pl_str_skip(base, 4);
    if (name.len == 0 || pl_str_eq(name, PL_STR(".")) || pl_str_eq(name, PL_STR(".."))) {
        pl_collector_gap(collector, PL_STR_EMPTY, "a whiteout names no file; it was ignored");
        return PL_OK;
    }
    int len = snprintf(hidden, sizeof(hidden), PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(parent),
                       parent.len > 0 ? "/" : "", PL_STR_ARG(name));
    return pl_collector_whiteout(collector, pl_str_make(hidden, (size_t)len), err);
}

enum pl_status pl_collector_layer_entry(struct pl_collector *collector,
                                        const struct pl_walk_entry *entry,
                                        const struct pl_content_reader *reader,
                                        struct pl_error *err)
{
    if (pl_str_starts_with(pl_path_base(entry->path), PL_STR(".wh."))) {
        return take_whiteout(collector, entry->path, err);
    }
    if (entry->type != PL_WALK_DIRECTORY) {
        enum pl_status st = add_replaced(collector, entry->path, err);
        if (st < 0) {
            return st;
        }
    }
    return pl_collector_entry(collector, entry, reader, err);
}

bool pl_collector_needs_links(struct pl_collector *collector)
{
    struct pl_wanted_links *links = &collector->links;
    size_t kept = 0;
    for (size_t i = 0; i < links->count; i++) {
        if (!links->items[i].is_read) {
            links->items[kept++] = links->items[i];
        }
    }
    links->count = kept;
    pl_map_release(&collector->links_by_target);
    for (size_t i = 0; i < links->count; i++) {
        void **first = pl_map_at(&collector->links_by_target, links->items[i].target);
        *first = *first ? *first : &links->items[i];
    }
    return links->count > 0;
}

enum pl_status pl_collector_link_target(struct pl_collector *collector,
                                        const struct pl_walk_entry *entry,
                                        const struct pl_content_reader *reader,
                                        struct pl_error *err)
{
    struct pl_wanted_link *link = pl_map_find(&collector->links_by_target, entry->path);
    if (entry->type != PL_WALK_FILE || !link || link->is_read) {
        return PL_OK;
    }
    /* The data can be pulled once: further links to the same file need yet another walk. */
    link->is_read = true;
    struct pl_walk_entry renamed = *entry;
    renamed.path = link->path;
    const struct pl_cataloger *cataloger = pl_catalog_match(collector->matcher, renamed.path);
    return take_file(collector, cataloger, &renamed, reader, err);
}

/* Only a file that says something counts towards what is kept. */
static void read_held(void *context, const struct pl_held_file *file,
                      struct pl_catalog_together *together)
{
    struct pl_collector *collector = context;
    size_t files = collector->evidence->files.count;
    if (!has_room(collector, file->cataloger, file->entry.path)) {
        return;
    }
    run_cataloger(collector, file->cataloger, &file->entry, pl_content_span(&file->content),
                  together);
    if (collector->evidence->files.count == files) {
        collector->left_bytes += cost_of(&file->entry);
    }
}

static int compare_files(const void *a, const void *b)
{
    const struct pl_evidence_file *left = a;
    const struct pl_evidence_file *right = b;
    return pl_str_cmp(left->path, right->path);
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* A tar may hold a path twice, and the later entry counts. The order of equal paths is that of the
 * walk because each gets its number before sorting. */
static void order_files(struct pl_collector *collector)
{
    struct pl_evidence_files *files = &collector->evidence->files;
    struct pl_map last pl_automap = {0};
    for (size_t i = 0; i < files->count; i++) {
        *pl_map_at(&last, files->items[i].path) = &files->items[i];
    }
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        if (pl_map_find(&last, files->items[i].path) == &files->items[i]) {
            files->items[kept++] = files->items[i];
        }
    }
    files->count = kept;
    if (kept > 1) {
        qsort(files->items, kept, sizeof(*files->items), compare_files);
    }
}

/* What belongs to whom is asked by path; only few want to see the paths. */
static void hash_paths(struct pl_collector *collector, struct pl_strs *paths,
                       struct pl_path_hashes *ret)
{
    if (paths->count == 0) {
        return;
    }
    ret->items = PL_ARENA_ARRAY(collector->arena, uint64_t, paths->count);
    ret->count = paths->count;
    for (size_t i = 0; i < paths->count; i++) {
        ret->items[i] = pl_str_hash(paths->items[i]);
    }
    if (!collector->keeps_paths) {
        *paths = (struct pl_strs){0};
    }
}

static void hash_owned_paths(struct pl_collector *collector)
{
    for (size_t i = 0; i < collector->evidence->files.count; i++) {
        struct pl_evidence_file *file = &collector->evidence->files.items[i];
        for (size_t j = 0; j < file->components.count; j++) {
            struct pl_component *component = &file->components.items[j];
            hash_paths(collector, &component->files, &component->owned);
        }
        for (size_t j = 0; j < file->files.count; j++) {
            hash_paths(collector, &file->files.items[j].values, &file->files.items[j].owned);
        }
    }
}

void pl_collector_finish(struct pl_collector *collector)
{
    pl_held_read_all(&collector->held, read_held, collector);
    for (size_t i = 0; i < collector->links.count; i++) {
        if (collector->links.items[i].is_read) {
            continue;
        }
        pl_collector_gap(collector, collector->links.items[i].path,
                         "is a hard link whose content was not found in this layer");
    }
    order_files(collector);
    hash_owned_paths(collector);
    struct pl_evidence *evidence = collector->evidence;
    if (evidence->replaced.count > 1) {
        qsort(collector->replaced, evidence->replaced.count, sizeof(*collector->replaced),
              compare_hashes);
    }
    evidence->replaced.items = collector->replaced;
}
