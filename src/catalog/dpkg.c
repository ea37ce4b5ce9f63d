/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of dpkg (dpkg(1), deb822(5)):
 *
 *     var/lib/dpkg/status             a paragraph for each package that dpkg knows
 *     var/lib/dpkg/info/NAME.list     the paths that it owns, one a line
 *     var/lib/dpkg/status.d/NAME      distroless images: one package, without a Status field
 *     var/lib/dpkg/status.d/NAME.md5sums   its files, "DIGEST  path"
 *
 * Status is three words: what is wanted, whether it is well, and the state. The files of a package
 * are on disk from state "unpacked" on, so unpacked, half-configured, triggers-awaited,
 * triggers-pending and installed count as installed here, whatever is wanted; a package that is
 * "half-installed" is a gap, since nobody knows which of its files are there. dpkg-query -W lists
 * config-files and half-installed as well, and says the state in ${db:Status-Status}.
 *
 * info/NAME.md5sums is not read: it lacks symbolic links and configuration files, and whatever it
 * has is in NAME.list, which dpkg always writes. A .list does not tell directories from files, but
 * names a directory right before what is in it, so that each entry that is the parent of the next
 * one is left out; an empty directory stays.
 *
 * What a package depends on is given by the installed packages that meet it; Recommends and
 * Suggests are nothing that it needs.
 */
#include "catalog/dpkg.h"
#include "base/limits.h"
#include "format/deb822.h"

#define STATUS_DIR "var/lib/dpkg/status.d/"

struct stanza {
    pl_str package;
    pl_str status;
    pl_str version;
    pl_str arch;
    pl_str source;
    pl_str maintainer;
    pl_str origin;
    pl_str vendor;
    pl_str pre_depends;
    pl_str depends;
    pl_str provides;
};

enum { FIRST_RELATION = 8 };

static struct stanza read_stanza(pl_str paragraph)
{
    struct stanza stanza = {0};
    const struct pl_deb822_wanted wanted[] = {
        {PL_STR("Package"), &stanza.package},         {PL_STR("Status"), &stanza.status},
        {PL_STR("Version"), &stanza.version},         {PL_STR("Architecture"), &stanza.arch},
        {PL_STR("Source"), &stanza.source},           {PL_STR("Maintainer"), &stanza.maintainer},
        {PL_STR("Origin"), &stanza.origin},           {PL_STR("Vendor"), &stanza.vendor},
        {PL_STR("Pre-Depends"), &stanza.pre_depends}, {PL_STR("Depends"), &stanza.depends},
        {PL_STR("Provides"), &stanza.provides},
    };
    pl_deb822_read(paragraph, wanted, PL_ARRAY_LEN(wanted));
    /* Relations may be folded, the others are one line. */
    for (size_t i = 0; i < FIRST_RELATION; i++) {
        *wanted[i].value = pl_deb822_first_line(*wanted[i].value);
    }
    return stanza;
}

pl_str pl_dpkg_state(pl_str status)
{
    pl_str state = PL_STR_EMPTY;
    pl_str word = PL_STR_EMPTY;
    while (pl_str_next_word(&status, &word)) {
        state = word;
    }
    return state;
}

enum presence { ABSENT, PARTLY, PRESENT };

/* Are the package's files on disk? */
static enum presence presence(pl_str status)
{
    static const pl_str present[] = {
        PL_STR_INIT("installed"),        PL_STR_INIT("unpacked"),
        PL_STR_INIT("half-configured"),  PL_STR_INIT("triggers-awaited"),
        PL_STR_INIT("triggers-pending"),
    };
    pl_str state = pl_dpkg_state(status);
    for (size_t i = 0; i < PL_ARRAY_LEN(present); i++) {
        if (pl_str_eq(state, present[i])) {
            return PRESENT;
        }
    }
    return pl_str_eq(state, PL_STR("half-installed")) ? PARTLY : ABSENT;
}

/* "glibc" or "glibc (2.36-9)"; what is not stated is the package's own. */
static void set_source(struct pl_sink *sink, struct pl_component *component, pl_str source)
{
    pl_str name = PL_STR_EMPTY;
    pl_str version = PL_STR_EMPTY;
    if (pl_str_cut(source, '(', &name, &version)) {
        pl_str after = PL_STR_EMPTY;
        pl_str_cut(version, ')', &version, &after);
    }
    name = pl_str_trim(name);
    version = pl_str_trim(version);
    component->source_name = name.len > 0 ? pl_sink_str(sink, name) : component->name;
    component->source_version = version.len > 0 ? pl_sink_str(sink, version) : component->version;
}

static void add_package(struct pl_relations *relations, enum pl_scope scope,
                        const struct stanza *stanza)
{
    struct pl_sink *sink = relations->sink;
    if (pl_str_is_empty(stanza->version)) {
        pl_sink_gap(sink, "package " PL_STR_FMT " states no version",
                    PL_STR_ARG(pl_str_sub(stanza->package, 0, 100)));
        return;
    }
    struct pl_component *component = pl_sink_component(sink);
    if (!component) {
        return;
    }
    component->type = PL_STR("deb");
    component->scope = scope;
    component->name = pl_sink_str(sink, stanza->package);
    component->version = pl_sink_str(sink, stanza->version);
    component->arch = pl_sink_str(sink, stanza->arch);
    component->vendor = pl_sink_str(sink, stanza->maintainer);
    component->origin = pl_sink_str(sink, stanza->vendor.len > 0 ? stanza->vendor : stanza->origin);
    set_source(sink, component, stanza->source);
    pl_relations_package(relations, component->name);
    pl_relations_provide_deb822(relations, stanza->provides);
    pl_relations_need_deb822(relations, stanza->pre_depends);
    pl_relations_need_deb822(relations, stanza->depends);
}

static void read_status(struct pl_sink *sink, pl_str text, bool installed_unless_stated)
{
    struct pl_relations relations pl_autorelations = {.sink = sink};
    pl_str paragraph = PL_STR_EMPTY;
    while (pl_deb822_next_paragraph(&text, &paragraph)) {
        struct stanza stanza = read_stanza(paragraph);
        if (pl_str_is_empty(stanza.package)) {
            continue;
        }
        enum presence state = presence(stanza.status);
        if (installed_unless_stated && pl_str_is_empty(stanza.status)) {
            state = PRESENT;
        }
        if (state == PRESENT) {
            add_package(&relations, PL_SCOPE_INSTALLED, &stanza);
        } else if (state == PARTLY) {
            pl_sink_gap(sink,
                        "package " PL_STR_FMT " is half-installed: its unpacking was begun and "
                        "not finished",
                        PL_STR_ARG(pl_str_sub(stanza.package, 0, 100)));
        }
    }
    pl_relations_finish(&relations);
}

void pl_dpkg_add_control(struct pl_sink *sink, enum pl_scope scope, pl_str control)
{
    struct pl_relations relations pl_autorelations = {.sink = sink};
    struct stanza stanza = read_stanza(control);
    if (pl_str_is_empty(stanza.package)) {
        pl_sink_gap(sink, "the control file names no package");
        return;
    }
    add_package(&relations, scope, &stanza);
    pl_relations_finish(&relations);
}

static struct pl_attachment *start_files(struct pl_sink *sink, pl_str name)
{
    pl_str arch = PL_STR_EMPTY;
    pl_str_cut(name, ':', &name, &arch);
    return pl_sink_files(sink, PL_STR("deb"), name, arch);
}

static void read_list(struct pl_sink *sink, pl_str name, pl_str text)
{
    struct pl_attachment *files = start_files(sink, name);
    pl_str path = PL_STR_EMPTY;
    bool more = pl_str_next_line(&text, &path);
    while (more) {
        pl_str next = PL_STR_EMPTY;
        more = pl_str_next_line(&text, &next);
        bool is_parent =
            next.len > path.len && next.ptr[path.len] == '/' && pl_str_starts_with(next, path);
        if (path.len > 1 && path.ptr[0] == '/' && !is_parent && !pl_str_eq(path, PL_STR("/."))) {
            pl_sink_push(sink, &files->values, pl_str_skip(path, 1));
        }
        path = next;
    }
}

static void read_md5sums(struct pl_sink *sink, pl_str name, pl_str text)
{
    struct pl_attachment *files = start_files(sink, name);
    pl_str line = PL_STR_EMPTY;
    while (pl_str_next_line(&text, &line)) {
        pl_str digest = PL_STR_EMPTY;
        pl_str path = PL_STR_EMPTY;
        if (!pl_str_cut(line, ' ', &digest, &path)) {
            continue;
        }
        path = pl_str_trim(path);
        while (pl_str_starts_with(path, PL_STR("./")) || pl_str_starts_with(path, PL_STR("/"))) {
            path = pl_str_skip(path, path.ptr[0] == '.' ? 2 : 1);
        }
        pl_sink_push(sink, &files->values, path);
    }
}

/* The other members of a package's control archive (deb-control(5) and its neighbours), which
 * distroless images may put beside it. */
static bool is_control_member(pl_str name)
{
    static const pl_str suffixes[] = {
        PL_STR_INIT(".preinst"),  PL_STR_INIT(".postinst"),  PL_STR_INIT(".prerm"),
        PL_STR_INIT(".postrm"),   PL_STR_INIT(".config"),    PL_STR_INIT(".templates"),
        PL_STR_INIT(".triggers"), PL_STR_INIT(".conffiles"), PL_STR_INIT(".shlibs"),
        PL_STR_INIT(".symbols"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(suffixes); i++) {
        if (pl_str_ends_with(name, suffixes[i])) {
            return true;
        }
    }
    return false;
}

static void read_status_dir(struct pl_sink *sink, pl_str name, pl_str text)
{
    pl_str suffix = PL_STR(".md5sums");
    if (pl_str_ends_with(name, suffix)) {
        read_md5sums(sink, pl_str_sub(name, 0, name.len - suffix.len), text);
        return;
    }
    if (is_control_member(name)) {
        return;
    }
    read_status(sink, text, true);
    if (sink->file->components.count == 0 && sink->file->gaps.count == 0) {
        pl_sink_gap(sink, "no installed package is described here");
    }
}

static enum pl_status read_dpkg(struct pl_sink *sink, const struct pl_catalog_file *file,
                                struct pl_error *err)
{
    pl_str text = pl_span_str(file->content);
    pl_str name = pl_str_after_last(file->path, '/');
    pl_str suffix = PL_STR(".list");
    if (pl_str_starts_with(file->path, PL_STR(STATUS_DIR))) {
        read_status_dir(sink, name, text);
    } else if (pl_str_ends_with(name, suffix)) {
        read_list(sink, pl_str_sub(name, 0, name.len - suffix.len), text);
    } else {
        read_status(sink, text, false);
    }
    return PL_OK;
}

const struct pl_cataloger pl_cataloger_dpkg = {
    .name = "dpkg",
    .summary = "Debian packages, from the database of dpkg and of distroless images",
    .patterns = (const char *const[]){"var/lib/dpkg/status", STATUS_DIR "*",
                                      "var/lib/dpkg/info/*.list", NULL},
    .is_of_system = true,
    .read = read_dpkg,
};
