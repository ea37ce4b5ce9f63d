/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sbom - reads bytes as a bill of materials, writes what was found in every format, and reads that
 * again: whatever anybody's document says, ours is one.
 */
#include "base/limits.h"
#include "sbom/read.h"
#include "sbom/write.h"
#include "target.h"
#include <stdlib.h>

static inline enum pl_status read_sbom(struct pl_arena *arena, pl_span bytes,
                                       struct pl_evidence_file *file)
{
    struct pl_sink sink = {.arena = arena, .file = file, .left_bytes = PL_LIMIT_EVIDENCE_BYTES};
    struct pl_error err = PL_ERROR_INIT;
    return pl_sbom_read(&sink, bytes, &err);
}

static inline void write_sbom(const struct pl_sbom *sbom,
                              void (*write)(const struct pl_sbom *sbom, struct pl_writer *writer),
                              size_t packages)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(64 << 20);
    struct pl_writer writer;
    pl_writer_init_buf(&writer, &text);
    write(sbom, &writer);
    struct pl_evidence_file file = {.path = PL_STR("again")};
    if (pl_writer_finish(&writer, NULL) < 0) {
        return; /* more than the buffer's ceiling */
    }
    if (read_sbom(&arena, pl_str_span(pl_buf_str(&text)), &file) < 0 ||
        file.components.count > packages) {
        abort();
    }
}

static inline int fuzz_sbom(pl_span bytes)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence_file file = {.path = PL_STR("fuzz")};
    if (read_sbom(&arena, bytes, &file) < 0) {
        return 0;
    }
    struct pl_report report = {.components = file.components, .gaps = file.gaps};
    report.subject.name = PL_STR("fuzz");
    report.subject.os = file.os;
    struct pl_sbom sbom = {0};
    pl_sbom_prepare(&arena, &report, PL_STR_EMPTY, &sbom);
    write_sbom(&sbom, pl_sbom_write_cyclonedx_json, file.components.count);
    write_sbom(&sbom, pl_sbom_write_cyclonedx_xml, file.components.count);
    write_sbom(&sbom, pl_sbom_write_spdx_json, file.components.count);
    write_sbom(&sbom, pl_sbom_write_spdx_tag_value, file.components.count);
    return 0;
}
