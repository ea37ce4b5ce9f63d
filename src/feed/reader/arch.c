/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arch Linux's security tracker (security.archlinux.org/all.json; source and documentation at
 * github.com/archlinux/arch-security-tracker): an array of groups, each about packages that are
 * built from one source and share a fate:
 *
 *   name        "AVG-1"
 *   packages    names
 *   status      "Vulnerable", "Fixed", "Testing" (fixed there), "Not affected", "Unknown"
 *   severity    "Critical", "High", "Medium", "Low", "Unknown"
 *   type        kind of the flaw, in words
 *   affected    the version that was found to be affected; earlier ones may be as well
 *   fixed       the version that mends it, or null
 *   issues      CVE names
 *   advisories  "ASA-201611-12"
 */
#include "feed/reader/affect.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"

static int bid(const struct pl_feed_document *document)
{
    pl_str name = PL_STR_EMPTY;
    pl_str group = pl_head_first_element(document->text);
    return pl_head_member(group, "name", &name) && pl_str_starts_with(name, PL_STR("\"AVG-")) ? 90
                                                                                              : 0;
}

static void add_package(struct pl_arena *arena, struct pl_advisory *advisory, const json_t *group,
                        pl_str package)
{
    static const pl_str ecosystem = PL_STR_INIT("Arch Linux");
    pl_str status = pl_json_str(group, "status");
    if (pl_str_eq(status, PL_STR("Not affected"))) {
        pl_affect_state(arena, advisory, ecosystem, package, PL_AFFECT_NOT);
        return;
    }
    if (pl_str_eq(status, PL_STR("Unknown"))) {
        pl_affect_state(arena, advisory, ecosystem, package, PL_AFFECT_INVESTIGATED);
        return;
    }
    pl_affect_before(arena, advisory, ecosystem, package, pl_json_str(group, "fixed"))->urgency =
        pl_json_str(group, "severity");
}

static void add_texts(struct pl_arena *arena, const json_t *group, const char *key,
                      struct pl_strs *ret)
{
    const json_t *list = pl_json_array(group, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str text = pl_json_text(json_array_get(list, i));
        if (text.len > 0) {
            *pl_vec_push(arena, ret) = text;
        }
    }
}

static bool is_known(pl_str status)
{
    static const char *const words[] = {"Fixed", "Not affected", "Testing", "Unknown",
                                        "Vulnerable"};
    for (size_t i = 0; i < PL_ARRAY_LEN(words); i++) {
        if (pl_str_eq(status, pl_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static enum pl_status take_group(struct pl_feed_sink *sink, const struct pl_feed_record *record,
                                 void *context, struct pl_error *err)
{
    struct pl_arena *arena = record->arena;
    const json_t *group = record->json;
    struct pl_advisory advisory = {.id = pl_json_str(group, "name"),
                                   .summary = pl_json_str(group, "type")};
    struct pl_strs packages = {0};
    add_texts(arena, group, "packages", &packages);
    add_texts(arena, group, "issues", &advisory.upstream);
    add_texts(arena, group, "advisories", &advisory.related);
    if (packages.count == 0 || !is_known(pl_json_str(group, "status"))) {
        pl_feed_malformed(
            sink, "group %zu (" PL_STR_FMT "): %s", record->index, PL_STR_ARG(advisory.id),
            packages.count == 0 ? "names no packages" : "has a status that is not known");
        return PL_OK;
    }
    for (size_t i = 0; i < packages.count; i++) {
        add_package(arena, &advisory, group, packages.items[i]);
    }
    pl_feed_refer(arena, &advisory, "ADVISORY",
                  pl_arena_format(arena, "https://security.archlinux.org/" PL_STR_FMT,
                                  PL_STR_ARG(advisory.id)));
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    return pl_feed_records(sink, document->text, no_path, "group", take_group, NULL, err);
}

const struct pl_feed pl_feed_arch = {
    .name = "arch",
    .summary = "Arch Linux's security tracker: groups of packages with what affects them",
    .url = "https://security.archlinux.org/all.json",
    .reading = PL_FEED_ALWAYS,
    .ecosystems = "Arch Linux",
    .bid = bid,
    .read = read_document,
};
