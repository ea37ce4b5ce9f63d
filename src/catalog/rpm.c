/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed database of rpm, in whichever of its forms and places:
 *
 *     var/lib/rpm, usr/lib/sysimage/rpm (SUSE, Fedora), usr/share/rpm (OSTree)
 *     Packages (Berkeley DB), Packages.db (ndb), rpmdb.sqlite
 *
 * The form is told by the first bytes and not by the name. Each package is a header
 * (catalog/rpm_package.h). rpm may have several versions of a package installed at once (kernels),
 * so repetitions are kept. gpg-pubkey is how rpm keeps the keys that it trusts: an entry, but no
 * software.
 */
#include "catalog/rpm_package.h"
#include "format/rpm_bdb.h"
#include "format/rpm_ndb.h"
#include "format/rpm_sqlite.h"

struct form {
    size_t magic_at;
    pl_str magic;
    enum pl_status (*visit)(const struct pl_rpm_db *db, const struct pl_rpm_visitor *visitor,
                            struct pl_error *err);
};

static const struct form forms[] = {
    {0, PL_STR_INIT("SQLite format 3"), pl_rpm_sqlite_visit},
    {0, PL_STR_INIT("RpmP"), pl_rpm_ndb_visit},
    {12, PL_STR_INIT("\x61\x15\x06\x00"), pl_rpm_bdb_visit}, /* little-endian */
    {12, PL_STR_INIT("\x00\x06\x15\x61"), pl_rpm_bdb_visit},
};

static const pl_str log_suffix = PL_STR_INIT("-wal");

static void visit_header(void *context, pl_span blob)
{
    struct pl_relations *relations = context;
    struct pl_rpm_header header;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_rpm_header_open(blob, &header, &err) < 0) {
        pl_sink_gap(relations->sink, "%s", err.msg);
        return;
    }
    pl_rpm_package_add(relations, PL_SCOPE_INSTALLED, &header);
}

static void visit_damage(void *context, const struct pl_error *why)
{
    const struct pl_relations *relations = context;
    pl_sink_gap(relations->sink, "%s", why->msg);
}

/* SQLite's write-ahead log is part of the database beside it, and read with that. */
static enum pl_status read_log(const struct pl_catalog_file *file, struct pl_error *err)
{
    pl_str database = pl_str_sub(file->path, 0, file->path.len - log_suffix.len);
    if (file->content.len == 0 || pl_catalog_find(file->together, database)) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_NOT_FOUND,
                        "belongs to a database in another layer: what it changes there was not "
                        "seen");
}

static const struct pl_catalog_file *find_log(const struct pl_catalog_file *file)
{
    struct pl_arena scratch pl_autoarena = {0};
    return pl_catalog_find(file->together,
                           pl_arena_format(&scratch, PL_STR_FMT PL_STR_FMT, PL_STR_ARG(file->path),
                                           PL_STR_ARG(log_suffix)));
}

static enum pl_status read_rpm(struct pl_sink *sink, const struct pl_catalog_file *file,
                               struct pl_error *err)
{
    struct pl_relations relations pl_autorelations = {.sink = sink};
    struct pl_rpm_db db = {.content = file->content};
    if (pl_str_ends_with(file->path, log_suffix)) {
        return read_log(file, err);
    }
    const struct pl_catalog_file *log = find_log(file);
    if (log) {
        db.wal = log->content;
    }
    const struct pl_rpm_visitor visitor = {
        .context = &relations, .header = visit_header, .damage = visit_damage};
    pl_str content = pl_span_str(file->content);
    for (size_t i = 0; i < PL_ARRAY_LEN(forms); i++) {
        pl_str begin = pl_str_sub(content, forms[i].magic_at, forms[i].magic.len);
        if (pl_str_eq(begin, forms[i].magic)) {
            enum pl_status st = forms[i].visit(&db, &visitor, err);
            pl_relations_finish(&relations);
            return st;
        }
    }
    /* rpm leaves an empty file behind when it moves its database. */
    if (content.len == 0 && db.wal.len == 0) {
        return PL_OK;
    }
    return pl_error_set(err, PL_E_PARSE, "no form of rpm's database: its first bytes are unknown");
}

const struct pl_cataloger pl_cataloger_rpm = {
    .name = "rpm",
    .summary = "RPM packages, from the database of rpm in its Berkeley DB, ndb and SQLite forms",
    .patterns =
        (const char *const[]){
            "var/lib/rpm/Packages",
            "var/lib/rpm/Packages.db",
            "var/lib/rpm/rpmdb.sqlite",
            "var/lib/rpm/rpmdb.sqlite-wal",
            "usr/lib/sysimage/rpm/Packages",
            "usr/lib/sysimage/rpm/Packages.db",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
            "usr/share/rpm/Packages",
            "usr/share/rpm/Packages.db",
            "usr/share/rpm/rpmdb.sqlite",
            "usr/share/rpm/rpmdb.sqlite-wal",
            NULL,
        },
    .reads_together = true,
    .is_of_system = true,
    .read = read_rpm,
};
