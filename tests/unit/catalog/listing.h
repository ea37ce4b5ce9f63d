/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listing - what a cataloger says of one file, as lines that a test can state:
 *
 *     name@version dev optional direct [licence] {hash} > needs@version
 *     gap: reason
 *
 * with only what there is, hashes cut after eight digits. Each text is also read in all its
 * prefixes.
 */
#include "base/buf.h"
#include "inspect.h"

static inline void list_component(struct pl_buf *into, const struct pl_component *it)
{
    pl_buf_append_format(into, PL_STR_FMT "@" PL_STR_FMT, PL_STR_ARG(it->name),
                         PL_STR_ARG(it->version));
    pl_buf_append_format(into, "%s%s", it->arch.len > 0 ? " " : "",
                         it->arch.len > 0 ? it->arch.ptr : "");
    pl_buf_append_format(into, "%s%s", it->is_dev ? " dev" : "",
                         it->is_optional ? " optional" : "");
    if (it->relation != PL_RELATION_UNKNOWN) {
        pl_buf_append_format(into, " %s", pl_relation_to_string(it->relation));
    }
    for (size_t i = 0; i < it->licenses.count; i++) {
        pl_buf_append_format(into, " [" PL_STR_FMT "]", PL_STR_ARG(it->licenses.items[i]));
    }
    for (size_t i = 0; i < it->hashes.count; i++) {
        pl_str hash = it->hashes.items[i];
        pl_buf_append_format(into, " {" PL_STR_FMT "}",
                             PL_STR_ARG(pl_str_sub(hash, 0, pl_str_find_char(hash, ':') + 9)));
    }
    for (size_t i = 0; i < it->depends.count; i++) {
        pl_buf_append_format(into, " > " PL_STR_FMT, PL_STR_ARG(it->depends.items[i]));
    }
    pl_buf_append_char(into, '\n');
}

static inline void list_evidence(struct pl_buf *into, const struct pl_evidence_file *found)
{
    for (size_t i = 0; i < found->components.count; i++) {
        list_component(into, &found->components.items[i]);
    }
    for (size_t i = 0; i < found->gaps.count; i++) {
        pl_buf_append_format(into, "gap: " PL_STR_FMT "\n",
                             PL_STR_ARG(found->gaps.items[i].reason));
    }
}

static inline void expect_listing(const struct pl_cataloger *cataloger, const char *path,
                                  const char *text, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf lines pl_autobuf = PL_BUF_INIT(1 << 20);
    const struct pl_evidence_file *found =
        inspect_content(&arena, cataloger, path, pl_str_from(text), NULL);
    list_evidence(&lines, found);
    assert_string_equal(lines.ptr ? lines.ptr : "", wanted);
    inspect_prefixes(cataloger, path, pl_str_from(text), 1);
}

/* The path is the cataloger's (and nobody else's), or nobody's when NULL is wanted. */
static inline void expect_reader(const char *path, const struct pl_cataloger *wanted)
{
    struct pl_catalog_matcher *matcher = pl_catalog_matcher_new();
    const struct pl_cataloger *got = pl_catalog_match(matcher, pl_str_from(path));
    if (got != wanted) {
        fail_msg("%s is read by %s", path, got ? got->name : "nobody");
    }
    pl_catalog_matcher_free(matcher);
}
