/* SPDX-License-Identifier: Apache-2.0 */
#include "report/difference.h"
#include "base/buf.h"
#include "base/compiler.h"
#include "base/limits.h"

/* By the beginning of ids, which belong to whoever gives them. */
static const struct {
    const char *prefix;
    const char *name;
} publishers[] = {
    {"ALINUX", "Alibaba Cloud Linux"},
    {"ALPINE-", "Alpine"},
    {"ALSA-", "AlmaLinux"},
    {"CGA-", "Chainguard"},
    {"DEBIAN-", "Debian"},
    {"DLA-", "Debian"},
    {"DSA-", "Debian"},
    {"GHSA-", "GitHub"},
    {"GO-", "Go"},
    {"MAL-", "OpenSSF"},
    {"PYSEC-", "PyPA"},
    {"RHBA-", "Red Hat"},
    {"RHSA-", "Red Hat"},
    {"RLSA-", "Rocky Linux"},
    {"RUSTSEC-", "RustSec"},
    {"SUSE-", "SUSE"},
    {"UBUNTU-", "Ubuntu"},
    {"USN-", "Ubuntu"},
    {"openSUSE-", "openSUSE"},
};

pl_str pl_difference_speaker(const struct pl_finding_source *source)
{
    for (size_t i = 0; i < PL_ARRAY_LEN(publishers); i++) {
        if (pl_str_starts_with(source->id, pl_str_from(publishers[i].prefix))) {
            return pl_str_from(publishers[i].name);
        }
    }
    if (pl_str_starts_with(source->slice, PL_STR("nvd"))) {
        return PL_STR("NVD");
    }
    return pl_str_starts_with(source->slice, PL_STR("osv/")) ? pl_str_skip(source->slice, 4)
                                                             : source->slice;
}

static bool are_same(const struct pl_strs *a, const struct pl_strs *b)
{
    bool is_same = a->count == b->count;
    for (size_t i = 0; i < a->count && is_same; i++) {
        is_same = pl_str_eq(a->items[i], b->items[i]);
    }
    return is_same;
}

static bool severities_differ(const struct pl_finding_sources *sources)
{
    enum pl_severity first = PL_SEVERITY_UNKNOWN;
    for (size_t i = 0; i < sources->count; i++) {
        enum pl_severity severity = sources->items[i].severity;
        if (severity != PL_SEVERITY_UNKNOWN && first != PL_SEVERITY_UNKNOWN && severity != first) {
            return true;
        }
        first = first != PL_SEVERITY_UNKNOWN ? first : severity;
    }
    return false;
}

static bool fixes_differ(const struct pl_finding_sources *sources)
{
    const struct pl_strs *first = NULL;
    for (size_t i = 0; i < sources->count; i++) {
        const struct pl_strs *fixed = &sources->items[i].fixed;
        if (fixed->count > 0 && first && !are_same(first, fixed)) {
            return true;
        }
        first = first || fixed->count == 0 ? first : fixed;
    }
    return false;
}

/* Whoever speaks through several records says the same things often: each text once. */
static void append_once(struct pl_arena *arena, struct pl_strs *said, pl_str text)
{
    enum { MOST = 16 };
    if (said->count < MOST) {
        pl_strs_add_unique(arena, said, text);
    }
}

static void append_list(struct pl_buf *line, const char *before, const struct pl_strs *said)
{
    for (size_t i = 0; i < said->count; i++) {
        pl_buf_append_format(line, "%s" PL_STR_FMT, i == 0 ? before : ", ",
                             PL_STR_ARG(said->items[i]));
    }
}

static pl_str severity_text(struct pl_arena *arena, const struct pl_finding_source *source)
{
    pl_str speaker = pl_difference_speaker(source);
    const char *word = pl_severity_to_string(source->severity);
    return source->cvss >= 0
               ? pl_arena_format(arena, PL_STR_FMT " says %s %.1f", PL_STR_ARG(speaker), word,
                                 source->cvss)
               : pl_arena_format(arena, PL_STR_FMT " says %s", PL_STR_ARG(speaker), word);
}

static pl_str fix_text(struct pl_arena *arena, const struct pl_finding_source *source)
{
    enum { FEW = 3 };
    struct pl_buf text pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < source->fixed.count && i < FEW; i++) {
        pl_buf_append_format(&text, "%s" PL_STR_FMT, i > 0 ? " or " : "",
                             PL_STR_ARG(source->fixed.items[i]));
    }
    pl_buf_append_format(&text, " by " PL_STR_FMT, PL_STR_ARG(pl_difference_speaker(source)));
    return pl_arena_dup(arena, pl_buf_str(&text));
}

pl_str pl_difference_text(struct pl_arena *arena, const struct pl_finding *finding)
{
    const struct pl_finding_sources *sources = &finding->sources;
    bool by_severity = severities_differ(sources);
    bool by_fix = fixes_differ(sources);
    struct pl_strs severities = {0};
    struct pl_strs fixes = {0};
    for (size_t i = 0; i < sources->count; i++) {
        const struct pl_finding_source *source = &sources->items[i];
        if (by_severity && source->severity != PL_SEVERITY_UNKNOWN) {
            append_once(arena, &severities, severity_text(arena, source));
        }
        if (by_fix && source->fixed.count > 0) {
            append_once(arena, &fixes, fix_text(arena, source));
        }
    }
    struct pl_buf line pl_autobuf = PL_BUF_INIT(PL_LIMIT_FIELD_BYTES);
    append_list(&line, "", &severities);
    append_list(&line, severities.count > 0 ? "; fixed in " : "fixed in ", &fixes);
    return pl_arena_dup(arena, pl_buf_str(&line));
}
