/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java archives: zip files (docs.oracle.com, "JAR File Specification") that hold classes, and in
 * war, ear, Spring Boot's jar and their like further archives. Maven puts its metadata into each
 * (maven.apache.org/shared/maven-archiver), and one that was made of several ("shaded") has it of
 * all of them:
 *
 *     META-INF/maven/GROUP/ARTIFACT/pom.properties       groupId=, artifactId=, version=
 *     META-INF/maven/GROUP/ARTIFACT/pom.xml              the same, and licences
 *     META-INF/MANIFEST.MF                               catalog/java_manifest.c
 *     WEB-INF/lib/x-1.0.jar, BOOT-INF/lib/x-1.0.jar      archives within
 *
 * One of the packages is the archive itself: the one that its file is named after, or the only one.
 * It gets the archive's SHA-1, by which Maven Central can be asked. Where nothing of Maven is for
 * the archive itself, its manifest and file name are made use of, and that is said.
 *
 * Only the members named above are opened. Archives within archives are read where they lie if they
 * are stored, as Spring Boot does, or opened one at a time; how deep, how many members and how many
 * bytes is bounded for all of one file together.
 */
#include "base/limits.h"
#include "base/map.h"
#include "catalog/java_manifest.h"
#include "catalog/maven_pom.h"
#include "format/digest.h"
#include "format/zip_memory.h"

enum {
    TEXT_WEIGHT = 16,
    WANTED_MOST = 65536, /* poms and archives in one archive; large ones have some hundred */
};

/* Of one file and all archives in it. */
struct walk {
    struct pl_sink *sink;
    uint64_t members;
    uint64_t opened_bytes;
    unsigned depth;
    bool is_stopped; /* a limit was met, and told */
};

/* Members that lie in one directory of META-INF/maven. */
struct poms {
    struct pl_zip_member properties;
    struct pl_zip_member xml;
    bool has_properties;
    bool has_xml;
};

struct poms_list {
    PL_VEC_FIELDS(struct poms *);
};

struct member_list {
    PL_VEC_FIELDS(struct pl_zip_member);
};

/* One archive that is being read. */
struct archive {
    struct walk *walk;
    struct pl_zip_memory zip;
    pl_span bytes;
    pl_str inside; /* empty for the file itself */
    pl_str file_name; /* without directories */
    struct pl_arena scratch;
    struct pl_map by_dir; /* directories of META-INF/maven to their poms */
    struct pl_map seen; /* packages, to their place from 1 */
    struct poms_list poms;
    struct member_list archives;
    struct pl_zip_member manifest;
    bool has_manifest;
    size_t packages; /* that metadata of Maven named */
    size_t own; /* place of the package that the archive is, from 1 */
};

static pl_str base_name(pl_str path)
{
    return pl_str_skip(path, pl_str_find_last_char(path, '/') + 1);
}

static bool is_archive_name(pl_str name)
{
    static const char *const extensions[] = {".jar", ".war", ".ear", ".par", ".sar",  ".nar",
                                             ".jpi", ".hpi", ".kar", ".far", ".lpkg", ".rar"};
    for (size_t i = 0; i < PL_ARRAY_LEN(extensions); i++) {
        pl_str extension = pl_str_from(extensions[i]);
        if (name.len > extension.len &&
            pl_str_eq_nocase(pl_str_skip(name, name.len - extension.len), extension)) {
            return true;
        }
    }
    return false;
}

/* Where something is, for messages: "a.jar!b.jar: " of the archive at hand. */
static void add_gap(struct archive *archive, pl_str member, const char *what)
{
    pl_str inside = pl_str_sub(archive->inside, 0, 150);
    pl_sink_gap(archive->walk->sink, PL_STR_FMT "%s" PL_STR_FMT "%s%s", PL_STR_ARG(inside),
                inside.len > 0 && member.len > 0 ? "!" : "", PL_STR_ARG(pl_str_sub(member, 0, 150)),
                inside.len + member.len > 0 ? ": " : "", what);
}

static void stop(struct archive *archive, const char *what)
{
    if (!archive->walk->is_stopped) {
        archive->walk->is_stopped = true;
        add_gap(archive, PL_STR_EMPTY, what);
    }
}

/* The content of a member, or false after saying why not. Reading it costs `weight` times what
 * opening it does. */
static bool open_member(struct archive *archive, const struct pl_zip_member *member,
                        uint64_t most_bytes, unsigned weight, void **memory, pl_span *ret)
{
    struct pl_error err = PL_ERROR_INIT;
    struct walk *walk = archive->walk;
    uint64_t left = PL_LIMIT_ARCHIVE_OPENED_BYTES - walk->opened_bytes;
    if (member->size_bytes > left / weight) {
        stop(archive, "its members amount to too much: the rest of them was not opened");
        return false;
    }
    if (pl_zip_memory_read(&archive->zip, member, most_bytes, memory, ret, &err) < 0) {
        add_gap(archive, PL_STR_EMPTY, err.msg);
        return false;
    }
    walk->opened_bytes += member->size_bytes * weight;
    return true;
}

/* Adds what is not there yet; NULL otherwise. */
static struct pl_component *add_package(struct archive *archive, pl_str group, pl_str artifact,
                                        pl_str version)
{
    struct pl_sink *sink = archive->walk->sink;
    pl_str name = artifact;
    if (group.len > 0) {
        name = pl_arena_format(&archive->scratch, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(group),
                               PL_STR_ARG(artifact));
    }
    pl_str key = pl_arena_format(&archive->scratch, PL_STR_FMT " " PL_STR_FMT, PL_STR_ARG(name),
                                 PL_STR_ARG(version));
    void **place = pl_map_at(&archive->seen, key);
    if (*place) {
        return NULL;
    }
    struct pl_component *component =
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "maven", name, version);
    if (component) {
        *place = (void *)(uintptr_t)sink->file->components.count;
        component->inside = pl_sink_str(sink, archive->inside);
    }
    return component;
}

/* Is the archive's file named after this package? Files without a version in their name were
 * renamed, and may be called anything. */
static bool is_own(const struct archive *archive, pl_str artifact, pl_str version)
{
    struct pl_java_file_name split = pl_java_file_name_split(archive->file_name);
    /* Versions that begin with letters are not told from the name: "v1-rev20220705-2.0.0". */
    bool is_exactly = split.stem.len == artifact.len + 1 + version.len &&
                      pl_str_starts_with(split.stem, artifact) &&
                      pl_str_ends_with(split.stem, version);
    return is_exactly || pl_str_eq(split.artifact, artifact) || pl_str_eq(split.stem, artifact) ||
           (split.version.len > 0 && pl_str_eq(split.version, version) &&
            (pl_str_starts_with(split.artifact, artifact) ||
             pl_str_ends_with(artifact, split.artifact)));
}

/* The value of a line of properties (java.util.Properties.load) without its escapes; of these only
 * backslashes before single characters occur. */
static pl_str property_value(struct pl_arena *arena, pl_str value)
{
    value = pl_str_trim(value);
    if (pl_str_find_char(value, '\\') == SIZE_MAX) {
        return value;
    }
    char *made = pl_arena_alloc(arena, value.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\\' && i + 1 < value.len) {
            i++;
        }
        made[len++] = value.ptr[i];
    }
    return pl_str_make(made, len);
}

static struct pl_maven_coordinates read_properties(struct pl_arena *arena, pl_str text)
{
    struct pl_maven_coordinates found = {0};
    const struct {
        pl_str name;
        pl_str *value;
    } wanted[] = {{PL_STR("groupId"), &found.group},
                  {PL_STR("artifactId"), &found.artifact},
                  {PL_STR("version"), &found.version}};
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        pl_str name = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        line = pl_str_trim(line);
        if (!pl_str_cut(line, '=', &name, &value) && !pl_str_cut(line, ':', &name, &value)) {
            continue;
        }
        for (size_t i = 0; i < PL_ARRAY_LEN(wanted); i++) {
            if (pl_str_eq(pl_str_trim(name), wanted[i].name)) {
                *wanted[i].value = property_value(arena, value);
            }
        }
    }
    return found;
}

static bool is_complete(const struct pl_maven_coordinates *it)
{
    return it->group.len > 0 && it->artifact.len > 0 && it->version.len > 0 &&
           !pl_str_contains(it->version, PL_STR("${")) && it->version.len <= PL_LIMIT_VERSION_BYTES;
}

/* Reads one pom.xml into `pom`; false after saying why not. */
static bool read_pom(struct archive *archive, const struct pl_zip_member *member,
                     struct pl_arena *arena, struct pl_maven_pom *pom)
{
    struct pl_error err = PL_ERROR_INIT;
    void *memory pl_autofree = NULL;
    pl_span content = {0};
    if (!open_member(archive, member, PL_LIMIT_JAVA_TEXT_BYTES, TEXT_WEIGHT, &memory, &content)) {
        return false;
    }
    if (pl_maven_pom_read(arena, content, pom, &err) < 0) {
        add_gap(archive, member->name, err.msg);
        return false;
    }
    return true;
}

static void add_pom_licenses(const struct pl_maven_pom *pom, struct pl_maven_values *values,
                             struct pl_sink *sink, struct pl_component *component)
{
    for (size_t i = 0; i < pom->licenses.count; i++) {
        pl_str name = pl_maven_pom_value(pom, values, pom->licenses.items[i]);
        if (!pl_strs_contain(&component->licenses, name)) {
            pl_sink_push(sink, &component->licenses, name);
        }
    }
}

/* The package that one directory of META-INF/maven is about. */
static void add_poms(struct archive *archive, const struct poms *poms)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_maven_pom pom pl_automavenpom = {0};
    struct pl_maven_values values pl_automavenvalues = {0};
    void *memory pl_autofree = NULL;
    pl_span content = {0};
    struct pl_maven_coordinates it = {0};
    if (poms->has_properties && open_member(archive, &poms->properties, PL_LIMIT_JAVA_TEXT_BYTES,
                                            TEXT_WEIGHT, &memory, &content)) {
        it = read_properties(&scratch, pl_span_str(content));
    }
    bool has_pom = poms->has_xml && read_pom(archive, &poms->xml, &scratch, &pom);
    if (!is_complete(&it) && has_pom) {
        it = pl_maven_pom_coordinates(&pom, &values, &pom.own);
        if (!is_complete(&it)) {
            add_gap(archive, poms->xml.name, "its group, name or version stands elsewhere");
        }
    }
    if (!is_complete(&it)) {
        return;
    }
    struct pl_component *component = add_package(archive, it.group, it.artifact, it.version);
    if (!component) {
        return;
    }
    archive->packages++;
    if (has_pom) {
        add_pom_licenses(&pom, &values, archive->walk->sink, component);
    }
    if (archive->own == 0 && is_own(archive, it.artifact, it.version)) {
        archive->own = archive->walk->sink->file->components.count;
    }
}

/* "Bundle-License: name or URL;link=...,..." */
static void add_manifest_licenses(struct pl_sink *sink, struct pl_component *component, pl_str text)
{
    pl_str each = PL_STR_EMPTY;
    while (component->licenses.count < PL_LIMIT_LICENSES && pl_str_next_piece(&text, ',', &each)) {
        pl_str name = PL_STR_EMPTY;
        pl_str attributes = PL_STR_EMPTY;
        pl_str_cut(each, ';', &name, &attributes);
        name = pl_str_trim(name);
        if (!pl_str_contains(name, PL_STR("=")) && !pl_strs_contain(&component->licenses, name)) {
            pl_sink_push(sink, &component->licenses, name);
        }
    }
}

/* Is the one package that metadata of Maven names the archive itself? Files without a version in
 * their name were renamed; then the manifest must not have a version that is quite another. */
static bool is_only_one(const struct archive *archive, const struct pl_java_guess *guess)
{
    const struct pl_components *components = &archive->walk->sink->file->components;
    struct pl_java_file_name split = pl_java_file_name_split(archive->file_name);
    if (archive->packages != 1 || split.version.len > 0) {
        return false;
    }
    pl_str version = components->items[components->count - 1].version;
    return pl_str_starts_with(version, guess->version) ||
           pl_str_starts_with(guess->version, version);
}

/* The archive itself by its manifest and name, where metadata of Maven does not name it. */
static void add_guess(struct archive *archive)
{
    struct pl_sink *sink = archive->walk->sink;
    struct pl_java_manifest manifest = {0};
    void *memory pl_autofree = NULL;
    pl_span content = {0};
    if (archive->has_manifest && open_member(archive, &archive->manifest,
                                             PL_LIMIT_JAVA_MANIFEST_BYTES, 1, &memory, &content)) {
        pl_java_manifest_read(&archive->scratch, pl_span_str(content), &manifest);
    }
    struct pl_java_guess guess = pl_java_guess(&manifest, archive->file_name);
    if (is_only_one(archive, &guess)) {
        archive->own = sink->file->components.count;
        return;
    }
    if (guess.version.len == 0 || guess.artifact.len == 0) {
        return;
    }
    struct pl_component *component =
        add_package(archive, guess.group, guess.artifact, guess.version);
    if (!component) {
        return;
    }
    component->basis = pl_sink_str(sink, pl_str_from(guess.basis));
    component->confidence = guess.confidence;
    component->vendor = pl_sink_str(sink, pl_java_manifest_get(&manifest, "Implementation-Vendor"));
    add_manifest_licenses(sink, component, pl_java_manifest_get(&manifest, "Bundle-License"));
    archive->own = sink->file->components.count;
}

static void add_hash(struct archive *archive)
{
    struct pl_sink *sink = archive->walk->sink;
    if (archive->own > 0) {
        struct pl_component *component = &sink->file->components.items[archive->own - 1];
        struct pl_digest digest = pl_digest_sha1(archive->bytes);
        pl_sink_push(sink, &component->hashes, pl_digest_str(&digest));
    }
}

static struct poms *poms_at(struct archive *archive, pl_str dir)
{
    void **place = pl_map_at(&archive->by_dir, dir);
    if (!*place) {
        *place = PL_ARENA_NEW(&archive->scratch, struct poms);
        *pl_vec_push(&archive->scratch, &archive->poms) = *place;
    }
    return *place;
}

/* Keeps what of the members is wanted. */
static void sort_member(struct archive *archive, const struct pl_zip_member *member)
{
    pl_str name = member->name;
    pl_str file = base_name(name);
    if (pl_str_eq(file, PL_STR("pom.properties"))) {
        struct poms *poms = poms_at(archive, pl_str_sub(name, 0, name.len - file.len));
        poms->properties = *member;
        poms->has_properties = true;
    } else if (pl_str_eq(file, PL_STR("pom.xml")) &&
               pl_str_starts_with(name, PL_STR("META-INF/maven/"))) {
        struct poms *poms = poms_at(archive, pl_str_sub(name, 0, name.len - file.len));
        poms->xml = *member;
        poms->has_xml = true;
    } else if (pl_str_eq_nocase(name, PL_STR("META-INF/MANIFEST.MF"))) {
        archive->manifest = *member;
        archive->has_manifest = true;
    } else if (is_archive_name(file)) {
        *pl_vec_push(&archive->scratch, &archive->archives) = *member;
    }
}

/* Goes through the central directory. */
static void sort_members(struct archive *archive)
{
    struct pl_error err = PL_ERROR_INIT;
    struct pl_zip_memory directory = archive->zip;
    for (;;) {
        struct pl_zip_member member = {0};
        bool is_more = false;
        if (pl_zip_memory_next(&directory, &is_more, &member, &err) < 0) {
            add_gap(archive, PL_STR_EMPTY, err.msg);
            return;
        }
        if (!is_more) {
            return;
        }
        if (++archive->walk->members > PL_LIMIT_ARCHIVE_ENTRIES) {
            stop(archive, "it has too many members: the rest of them was not looked at");
            return;
        }
        /* Nearly all are classes. */
        if (!pl_str_ends_with(member.name, PL_STR(".class"))) {
            sort_member(archive, &member);
        }
        if (archive->poms.count + archive->archives.count > WANTED_MOST) {
            stop(archive, "it has too many packages: the rest of them was not looked at");
            return;
        }
    }
}

static void read_archive(struct walk *walk, pl_span bytes, pl_str inside, pl_str file_name);

static void read_inner(struct archive *archive, const struct pl_zip_member *member)
{
    void *memory pl_autofree = NULL;
    pl_span content = {0};
    struct walk *walk = archive->walk;
    if (walk->depth == PL_LIMIT_ARCHIVE_DEPTH) {
        add_gap(archive, member->name, "it lies in too many archives within each other");
        return;
    }
    if (member->name.len > PL_LIMIT_PATH_BYTES ||
        !open_member(archive, member, PL_LIMIT_ARCHIVE_INNER_BYTES, 1, &memory, &content)) {
        return;
    }
    pl_str inside =
        pl_arena_format(&archive->scratch, PL_STR_FMT "%s" PL_STR_FMT, PL_STR_ARG(archive->inside),
                        archive->inside.len > 0 ? "!" : "", PL_STR_ARG(member->name));
    walk->depth++;
    read_archive(walk, content, inside, base_name(member->name));
    walk->depth--;
}

static void read_members(struct archive *archive)
{
    struct pl_error err = PL_ERROR_INIT;
    /* The other names have files of other kinds as well ("rar" of WinRAR), and empty files mark
     * places. */
    if (!pl_zip_memory_is_one(archive->bytes)) {
        pl_str name = archive->file_name;
        bool is_java = pl_str_ends_with(name, PL_STR(".jar")) ||
                       pl_str_ends_with(name, PL_STR(".war")) ||
                       pl_str_ends_with(name, PL_STR(".ear"));
        if (is_java && archive->bytes.len > 0) {
            add_gap(archive, PL_STR_EMPTY, "is no Java archive, whatever its name says");
        }
        return;
    }
    if (pl_zip_memory_open(archive->bytes, &archive->zip, &err) < 0) {
        add_gap(archive, PL_STR_EMPTY, err.msg);
        return;
    }
    sort_members(archive);
    struct walk *walk = archive->walk;
    for (size_t i = 0; i < archive->poms.count && !walk->is_stopped; i++) {
        add_poms(archive, archive->poms.items[i]);
    }
    if (archive->own == 0) {
        add_guess(archive);
    }
    add_hash(archive);
    for (size_t i = 0; i < archive->archives.count && !walk->is_stopped; i++) {
        read_inner(archive, &archive->archives.items[i]);
    }
}

/* The recursion is as deep as archives lie in each other, which is bounded. */
static void read_archive(struct walk *walk, pl_span bytes, pl_str inside, pl_str file_name)
{
    struct archive *archive pl_autofree = pl_mem_alloc(1, sizeof(*archive));
    archive->walk = walk;
    archive->bytes = bytes;
    archive->inside = inside;
    archive->file_name = file_name;
    read_members(archive);
    pl_map_release(&archive->by_dir);
    pl_map_release(&archive->seen);
    pl_arena_release(&archive->scratch);
}

/* An archive that was unpacked: the file is one pom.properties. */
static void read_unpacked(struct pl_sink *sink, pl_span content)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_maven_coordinates it = read_properties(&scratch, pl_span_str(content));
    if (is_complete(&it)) {
        pl_str name = pl_arena_format(&scratch, PL_STR_FMT ":" PL_STR_FMT, PL_STR_ARG(it.group),
                                      PL_STR_ARG(it.artifact));
        pl_catalog_component(sink, PL_SCOPE_INSTALLED, "maven", name, it.version);
    }
}

static enum pl_status read_java_archive(struct pl_sink *sink, const struct pl_catalog_file *file,
                                        struct pl_error *err)
{
    struct walk walk = {.sink = sink};
    (void)err;
    if (pl_str_ends_with(file->path, PL_STR("/pom.properties"))) {
        read_unpacked(sink, file->content);
    } else {
        read_archive(&walk, file->content, PL_STR_EMPTY, base_name(file->path));
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_java_archive = {
    .name = "java-archive",
    .summary = "Java archives (jar, war, ear and their like) and the archives within them",
    .patterns =
        (const char *const[]){
            "**/*.jar",
            "**/*.war",
            "**/*.ear",
            "**/*.par",
            "**/*.sar",
            "**/*.nar",
            "**/*.jpi",
            "**/*.hpi",
            "**/*.kar",
            "**/*.far",
            "**/*.lpkg",
            "**/*.rar",
            "**/META-INF/maven/*/*/pom.properties",
            NULL,
        },
    .read = read_java_archive,
};
