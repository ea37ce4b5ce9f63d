/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence.h"
#include "base/limits.h"
#include <stdarg.h>
#include <stdio.h>

bool pl_evidence_replaces(const struct pl_evidence *layer, uint64_t path_hash)
{
    size_t low = 0;
    size_t high = layer->replaced.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (layer->replaced.items[middle] < path_hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < layer->replaced.count && layer->replaced.items[low] == path_hash;
}

/* Takes `wanted` bytes off the evidence budget; false, with one gap, once it is used up. */
static bool take_bytes(struct pl_sink *sink, size_t wanted)
{
    if (wanted <= sink->left_bytes) {
        sink->left_bytes -= wanted;
        return true;
    }
    if (sink->left_bytes > 0) {
        sink->left_bytes = 0;
        pl_sink_gap(sink, "limit evidence-bytes reached: not everything in this file was kept; "
                          "raise it with --limit evidence-bytes=VALUE if you trust the input");
    }
    return false;
}

struct pl_component *pl_sink_component(struct pl_sink *sink)
{
    struct pl_components *list = &sink->file->components;
    if (list->count >= PL_LIMIT_COMPONENTS) {
        if (list->count == PL_LIMIT_COMPONENTS && sink->left_bytes > 0) {
            sink->left_bytes = 0;
            pl_sink_gap(sink, "more than %d components in one file; the rest was not kept",
                        PL_LIMIT_COMPONENTS);
        }
        return NULL;
    }
    if (!take_bytes(sink, sizeof(*list->items))) {
        return NULL;
    }
    return pl_vec_push(sink->arena, list);
}

/* Copies byte by byte, with U+FFFD for what is not UTF-8 and without NULs. */
static pl_str copy_repaired(struct pl_arena *arena, pl_str s)
{
    char *into = pl_arena_alloc(arena, s.len * 3 + 1, 1);
    size_t len = 0;
    while (s.len > 0) {
        size_t width = 1;
        while (width < 4 && width < s.len && !pl_str_is_utf8(pl_str_sub(s, 0, width))) {
            width++;
        }
        if (!pl_str_is_utf8(pl_str_sub(s, 0, width))) {
            memcpy(into + len, "\xef\xbf\xbd", 3);
            len += 3;
            width = 1;
        } else if (s.ptr[0] != '\0') {
            memcpy(into + len, s.ptr, width);
            len += width;
        }
        s = pl_str_skip(s, width);
    }
    return pl_str_make(into, len);
}

pl_str pl_evidence_text(struct pl_arena *arena, pl_str s)
{
    return pl_str_ascii_prefix(s) == s.len ? pl_arena_dup(arena, s) : copy_repaired(arena, s);
}

pl_str pl_sink_str(struct pl_sink *sink, pl_str s)
{
    if (s.len == 0) {
        return PL_STR_EMPTY;
    }
    s = pl_str_sub(s, 0, PL_LIMIT_FIELD_BYTES);
    if (!take_bytes(sink, s.len)) {
        return PL_STR_EMPTY;
    }
    return pl_evidence_text(sink->arena, s);
}

void pl_sink_push(struct pl_sink *sink, struct pl_strs *list, pl_str s)
{
    /* The item, and as much again for the list's growing. */
    if (s.len == 0 || !take_bytes(sink, 2 * sizeof(*list->items))) {
        return;
    }
    pl_str copy = pl_sink_str(sink, s);
    if (copy.len > 0) {
        *pl_vec_push(sink->arena, list) = copy;
    }
}

static struct pl_attachment *attach(struct pl_sink *sink, struct pl_attachments *list, pl_str type,
                                    pl_str name, pl_str arch)
{
    struct pl_attachment *added = pl_vec_push(sink->arena, list);
    added->type = pl_sink_str(sink, type);
    added->name = pl_sink_str(sink, name);
    added->arch = pl_sink_str(sink, arch);
    return added;
}

struct pl_attachment *pl_sink_files(struct pl_sink *sink, pl_str type, pl_str name, pl_str arch)
{
    return attach(sink, &sink->file->files, type, name, arch);
}

struct pl_attachment *pl_sink_licenses(struct pl_sink *sink, pl_str type, pl_str name, pl_str arch)
{
    return attach(sink, &sink->file->licenses, type, name, arch);
}

void pl_sink_os(struct pl_sink *sink, const struct pl_os *os)
{
    sink->file->has_os = true;
    sink->file->os = *os;
}

void pl_sink_gap(struct pl_sink *sink, const char *format, ...)
{
    enum { MOST_GAPS = 64 };
    struct pl_gaps *gaps = &sink->file->gaps;
    if (gaps->count == MOST_GAPS) {
        struct pl_gap *last = pl_vec_push(sink->arena, gaps);
        last->path = sink->file->path;
        last->reason = PL_STR("more in this file could not be read than is listed here");
    }
    if (gaps->count > MOST_GAPS) {
        return;
    }
    char reason[480];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    struct pl_gap *gap = pl_vec_push(sink->arena, gaps);
    gap->path = sink->file->path;
    gap->reason = pl_evidence_text(sink->arena, pl_str_from(reason));
}
