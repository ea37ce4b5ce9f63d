/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/write.h"

void pl_sbom_write_purls(const struct pl_sbom *sbom, struct pl_writer *writer)
{
    struct pl_arena scratch pl_autoarena = {0};
    struct pl_strs purls = {0};
    for (size_t i = 0; i < sbom->packages.count; i++) {
        if (sbom->packages.items[i].purl.len > 0) {
            *pl_vec_push(&scratch, &purls) = sbom->packages.items[i].purl;
        }
    }
    pl_strs_sort(&purls);
    for (size_t i = 0; i < purls.count; i++) {
        if (i == 0 || !pl_str_eq(purls.items[i], purls.items[i - 1])) {
            pl_writer_str(writer, purls.items[i]);
            pl_writer_char(writer, '\n');
        }
    }
}
