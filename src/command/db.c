/* SPDX-License-Identifier: Apache-2.0 */
/* Gets the advisory database, and answers questions about what is in it. */
#include "command/command.h"
#include "command/db_history.h"
#include "command/db_push.h"
#include "command/db_show.h"
#include "command/db_update.h"
#include "command/registry_options.h"
#include "feed/source.h"
#include <limits.h>
#include <stdio.h>

static const struct {
    const char *name;
    enum pl_status (*act)(const struct pl_args *args, const char *dir, struct pl_error *err);
} actions[] = {
    {"affected", pl_db_show_affected}, {"diff", pl_db_show_diff},
    {"export", pl_db_export_file},     {"feeds", pl_db_show_feeds},
    {"history", pl_db_show_history},   {"import", pl_db_import_file},
    {"pull", pl_db_pull_from},         {"push", pl_db_push_to},
    {"remove", pl_db_remove},          {"search", pl_db_show_search},
    {"show", pl_db_show_advisory},     {"status", pl_db_show_status},
    {"update", pl_db_update},
};

static enum pl_status act(const struct pl_args *args, struct pl_error *err)
{
    const char *names[PL_ARRAY_LEN(actions) + 1] = {NULL};
    const char *given = pl_args_positional(args, 0);
    const char *format = pl_args_value(args, "format", "table");
    if (!pl_str_eq(pl_str_from(format), PL_STR("table")) &&
        !pl_str_eq(pl_str_from(format), PL_STR("json"))) {
        return pl_command_unknown("format", format, (const char *const[]){"json", "table", NULL},
                                  err);
    }
    char buffer[PATH_MAX];
    const char *dir = pl_command_db_dir(args, buffer, sizeof(buffer));
    for (size_t i = 0; i < PL_ARRAY_LEN(actions); i++) {
        names[i] = actions[i].name;
        if (given && pl_str_eq(pl_str_from(given), pl_str_from(names[i]))) {
            return actions[i].act(args, dir, err);
        }
    }
    return pl_command_unknown("action", given ? given : "", names, err);
}

static int run(const struct pl_args *args, struct pl_error *err)
{
    enum pl_status st = act(args, err);
    return st < 0 ? pl_command_failed(st) : 0;
}

static const struct pl_option options[] = {
    {.name = "db", .argument = "DIR", .summary = "the database's directory"},
    {.name = "from",
     .argument = "SOURCE",
     .summary = "update: a file, directory, archive or URL",
     .repeats = true},
    {.name = "feed",
     .argument = "NAME",
     .summary = "update: read this feed from its publisher; plimsoll db feeds lists them",
     .repeats = true},
    {.name = "ecosystems",
     .argument = "LIST",
     .summary = "update, pull: what is said of these alone, now and later "
                "(\"debian:12,rhel:9,npm\"; all)"},
    {.name = "for",
     .argument = "SOURCE",
     .summary = "update, pull: what is said of the ecosystems that this image has",
     .repeats = true},
    PL_CACHE_OPTION,
    {.name = "ecosystem",
     .argument = "NAME",
     .summary = "affected: look here (\"Debian:12\")",
     .repeats = true},
    {.name = "all", .summary = "affected: also what does not affect it, with the reason"},
    {.name = "accept-shrink",
     .summary = "update: take a feed that lost more than half of its records"},
    {.name = "packages", .summary = "diff: the packages that the changes are about"},
    {.name = "limit", .argument = "N", .summary = "search: at most so many results (100)"},
    {.name = "format", .argument = "NAME", .summary = "table or json"},
    PL_DB_PUSH_OPTIONS,
    PL_REGISTRY_OPTIONS,
    {.name = NULL},
};

static const char *const examples[] = {
    "plimsoll db update --ecosystems debian:12,pypi",
    "makes a small database, of one release of a distribution and one language",
    "plimsoll db update --for debian:12",
    "gets what a scan of this image asks for",
    "plimsoll db update --from /mnt/osv-export",
    "builds the database without a network",
    "plimsoll db update --from /mnt/osv-export --from https://security.archlinux.org/all.json",
    "makes one database of two publishers' data",
    "plimsoll db update --from plimsoll-suppressions.yaml",
    "adds findings that do not count, with the reasons (docs/suppressions.md)",
    "plimsoll db affected 'pkg:deb/debian/openssl@3.0.11-1?distro=debian-12'",
    "lists the advisories that affect this version",
    "plimsoll db show CVE-2024-3094",
    "prints what is known of it",
    "plimsoll db export advisories.tar.zst",
    "writes the database to one file, which import reads on a machine without a network",
    "plimsoll db push --key key.pem registry.local:5000/advisories",
    "puts it into a registry, signed; the next push sends what changed",
    "plimsoll db pull --key pub.pem --ecosystems debian,npm registry.local:5000/advisories",
    "takes what two ecosystems need from there, if the signature is good",
    "plimsoll db diff",
    "lists what the last update added, removed and changed",
    "plimsoll db diff --packages",
    "lists the packages to look at again",
    NULL,
};

const struct pl_command pl_command_db = {
    .name = "db",
    .summary = "get the advisory database and look things up in it",
    .usage =
        "update [--from SOURCE]... [--feed NAME]... [--ecosystems LIST] [--for SOURCE]...\nremove "
        "SLICE...\nstatus\nsearch TEXT\n"
        "affected PURL [--ecosystem NAME] [--all]\nshow ID\nfeeds\nhistory\ndiff [GENERATION "
        "[GENERATION]] [--packages]\nexport FILE\n"
        "import FILE\npush NAME[:TAG] [--key FILE] [--key-passphrase-file FILE]\npull "
        "NAME[:TAG][@DIGEST] [--key FILE] [--ecosystems LIST] [--for SOURCE]...",
    .details =
        "update reads what publishers have and swaps in a new generation of the database; a scan\n"
        "that is running keeps the old one. What a source has takes the place of what it had,\n"
        "a feed that fails keeps that, and all else stays; remove takes a feed out. Servers are\n"
        "asked for what changed alone.\n"
        "\n"
        "SOURCE is a file, a directory, a zip, a tar, any of them compressed, or the URL of one;\n"
        "what they are is told by what is in them. A directory or URL with <Ecosystem>/all.zip is\n"
        "an export in the OSV format. Without --from and --feed the feeds are read that belong to\n"
        "every database (db feeds marks them with a star), and with --ecosystems or --for those\n"
        "that these need; that saves much of the download, and is kept to until another one is\n"
        "named.\n"
        "\n"
        "push puts the generation in use under a tag, and under one of its day; pull makes that "
        "of\n"
        "a tag the one in use. Slices that the other side has are not sent, and of those that\n"
        "changed only what did, where that is less. With --key what is pulled must be signed by\n"
        "that key; whatever fails keeps the generation in use. Mirrors, credentials and\n"
        "certificates are those of images (docs/registries.md).\n"
        "\n"
        "The last generations are kept: history lists them, diff tells what changed between two,\n"
        "and scan --as-of uses an older one.",
    .examples = examples,
    .options = options,
    .run = run,
};
