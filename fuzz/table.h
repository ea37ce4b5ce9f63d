/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A table with something in each section, for the targets that read tables or change them. */
#include "db/table.h"
#include <stdio.h>
#include <string.h>

enum { PAIRS = 40 };

static inline void fuzz_write_table(int fd)
{
    char digest[33];
    struct pl_table_writer *writer PL_CLEANUP(pl_table_writer_freep) = pl_table_writer_new(fd);
    for (unsigned section = 0; section < PL_TABLE_SECTION_COUNT_; section++) {
        for (unsigned n = 0; n < PAIRS; n++) {
            char key[16];
            char value[300];
            memset(value, 'v', sizeof(value));
            int len = snprintf(key, sizeof(key), "k%03u", n);
            pl_table_add(writer, (enum pl_table_section)section, pl_str_make(key, (size_t)len),
                         pl_str_make(value, n * 7), NULL);
        }
    }
    pl_table_finish(writer, digest, NULL);
}
