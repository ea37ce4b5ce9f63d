/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Debian security tracker's export (security-tracker.debian.org/tracker/data/json, described in
 * the tracker's "Debian Security Tracker" documentation): one object of some 70 MB, by source
 * package, then by name of the vulnerability ("CVE-2024-3094", or "TEMP-0290435-0B57B5" while it
 * has none):
 *
 *   description   one sentence
 *   scope         "local", "remote": where an attacker has to be
 *   debianbug     number
 *   releases      by codename, for those that have the package:
 *     status          "open", "resolved", "undetermined"
 *     fixed_version   of a resolved one; "0" when the package was never affected in the release
 *     urgency         "high", "medium", "low", "unimportant" (no security impact), "end-of-life"
 *                     (not supported any more), "not yet assigned"; with "*" after it as an
 * estimate nodsa           why there will be no advisory; nodsa_reason is then "ignored" (it stays
 *                     unfixed), "postponed" (until there is more to fix), or empty: minor, and may
 *                     be fixed by a point release
 *     repositories    versions in the archive's suites, which are not taken
 *
 * Records are sorted by package, so that one vulnerability comes in parts.
 */
#include "feed/reader/affect.h"
#include "feed/reader/debian_release.h"
#include "feed/reader/head.h"
#include "feed/reader/records.h"

static int bid(const struct pl_feed_document *document)
{
    static const char *const members[] = {"releases", "description", "scope", "debianbug"};
    pl_str vulnerability = PL_STR_EMPTY;
    pl_str record = PL_STR_EMPTY;
    pl_str key = PL_STR_EMPTY;
    if (!pl_head_first_member(document->text, &key, &vulnerability) ||
        !pl_head_first_member(vulnerability, &key, &record) ||
        !(pl_str_starts_with(key, PL_STR("CVE-")) || pl_str_starts_with(key, PL_STR("TEMP-")))) {
        return 0;
    }
    for (size_t i = 0; i < PL_ARRAY_LEN(members); i++) {
        if (pl_head_member(record, members[i], NULL)) {
            return 85;
        }
    }
    return 0;
}

/* What an open status amounts to. */
static enum pl_affect open_state(pl_str urgency, pl_str reason)
{
    if (pl_str_starts_with(urgency, PL_STR("end-of-life"))) {
        return PL_AFFECT_END_OF_LIFE;
    }
    return pl_str_eq(reason, PL_STR("ignored"))     ? PL_AFFECT_WONT_FIX
           : pl_str_eq(reason, PL_STR("postponed")) ? PL_AFFECT_DEFERRED
                                                    : PL_AFFECT_KNOWN;
}

/* One release of one package; NULL when it is not taken. */
static struct pl_affected *add_release(struct pl_feed_sink *sink, struct pl_arena *arena,
                                       struct pl_advisory *advisory, pl_str package,
                                       const struct pl_json_member *release)
{
    pl_str ecosystem = pl_debian_ecosystem(release->key);
    pl_str status = pl_json_str(release->value, "status");
    pl_str fixed = pl_json_str(release->value, "fixed_version");
    pl_str urgency = pl_json_str(release->value, "urgency");
    if (ecosystem.len == 0) {
        pl_feed_skip(sink, "release that is none of Debian's");
        return NULL;
    }
    if (pl_str_eq(status, PL_STR("resolved")) && fixed.len > 0) {
        return pl_str_eq(fixed, PL_STR("0"))
                   ? pl_affect_state(arena, advisory, ecosystem, package, PL_AFFECT_NOT)
                   : pl_affect_before(arena, advisory, ecosystem, package, fixed);
    }
    if (pl_str_eq(status, PL_STR("undetermined"))) {
        return pl_affect_state(arena, advisory, ecosystem, package, PL_AFFECT_INVESTIGATED);
    }
    if (pl_str_eq(status, PL_STR("open"))) {
        pl_str reason = pl_json_str(release->value, "nodsa_reason");
        struct pl_affected *affected =
            pl_affect_before(arena, advisory, ecosystem, package, PL_STR_EMPTY);
        affected->state = open_state(urgency, reason);
        return affected;
    }
    pl_feed_malformed(sink,
                      PL_STR_FMT ", " PL_STR_FMT ": status of " PL_STR_FMT
                                 " is none that is known, or lacks its version",
                      PL_STR_ARG(package), PL_STR_ARG(advisory->id), PL_STR_ARG(release->key));
    return NULL;
}

static enum pl_status take_record(struct pl_feed_sink *sink, struct pl_arena *arena, pl_str package,
                                  const struct pl_json_member *record, struct pl_error *err)
{
    struct pl_advisory advisory = {.id = record->key, .is_part = true};
    struct pl_json_member release = {0};
    const json_t *releases = pl_json_object(record->value, "releases");
    if (!releases) {
        pl_feed_malformed(sink, PL_STR_FMT ", " PL_STR_FMT ": no releases are named",
                          PL_STR_ARG(package), PL_STR_ARG(record->key));
        return PL_OK;
    }
    if (pl_str_starts_with(record->key, PL_STR("CVE-"))) {
        advisory.id = pl_arena_format(arena, "DEBIAN-" PL_STR_FMT, PL_STR_ARG(record->key));
        *pl_vec_push(arena, &advisory.upstream) = record->key;
    }
    advisory.details = pl_json_str(record->value, "description");
    while (pl_json_next(releases, &release)) {
        struct pl_affected *affected = add_release(sink, arena, &advisory, package, &release);
        if (affected) {
            affected->urgency = pl_json_str(release.value, "urgency");
        }
    }
    if (advisory.affected.count == 0) {
        pl_feed_skip(sink, "vulnerability without a release");
        return PL_OK;
    }
    return pl_feed_take(sink, &advisory, err);
}

static enum pl_status take_package(struct pl_feed_sink *sink, const struct pl_feed_record *package,
                                   void *context, struct pl_error *err)
{
    struct pl_json_member record = {0};
    enum pl_status st = PL_OK;
    if (!json_is_object(package->json)) {
        pl_feed_malformed(sink, PL_STR_FMT ": is not an object", PL_STR_ARG(package->key));
    }
    while (st == PL_OK && pl_json_next(package->json, &record)) {
        pl_arena_clear(package->arena);
        st = take_record(sink, package->arena, package->key, &record, err);
    }
    return st;
}

static enum pl_status read_document(struct pl_feed_sink *sink,
                                    const struct pl_feed_document *document, struct pl_error *err)
{
    static const char *const no_path[] = {NULL};
    return pl_feed_records(sink, document->text, no_path, "package", take_package, NULL, err);
}

const struct pl_feed pl_feed_debian_tracker = {
    .name = "debian-tracker",
    .summary = "Debian's security tracker: every vulnerability by source package and release",
    .url = "https://security-tracker.debian.org/tracker/data/json",
    .ecosystems = "Debian",
    .bid = bid,
    .read = read_document,
};
