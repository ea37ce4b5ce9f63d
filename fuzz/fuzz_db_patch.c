/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patches and packs of slices. The first byte says which: 'p' a whole patch as it is, 'i' its
 * opened parts, the instructions' length in two bytes before them, and 'k' an opened pack.
 * Compression and the digits of the slice that a patch is for would keep a fuzzer out, so the last
 * two are put around what it gives.
 */
#include "base/io.h"
#include "base/limits.h"
#include "base/tempfile.h"
#include "base/wire.h"
#include "db/pack.h"
#include "db/patch.h"
#include "table.h"
#include "target.h"
#include <zstd.h>

enum { CEILING = 1 << 20 };

static struct pl_table *make_table(void)
{
    int fd pl_autoclose = -1;
    struct pl_table *table = NULL;
    if (pl_tempfile_open(NULL, &fd, NULL) < 0) {
        abort();
    }
    fuzz_write_table(fd);
    if (pl_table_open(fd, "table", &table, NULL) < 0) {
        abort();
    }
    return table;
}

static void put_frame(struct pl_buf *into, pl_str open, bool has_length)
{
    struct pl_buf frame pl_autobuf = PL_BUF_INIT(CEILING);
    char *room = pl_buf_reserve(&frame, ZSTD_compressBound(open.len));
    if (room) {
        frame.len = ZSTD_compress(room, ZSTD_compressBound(open.len), open.ptr, open.len, 1);
    }
    if (has_length) {
        pl_wire_put_str(into, pl_buf_str(&frame));
    } else {
        pl_buf_append(into, pl_buf_str(&frame));
    }
}

static void make_patch(const struct pl_table *table, pl_str input, struct pl_buf *into)
{
    size_t len = input.len < 2 ? 0 : (size_t)((uint8_t)input.ptr[0] << 8 | (uint8_t)input.ptr[1]);
    pl_str parts = pl_str_skip(input, 2);
    pl_buf_append(into, PL_STR("plimsoll-patch\2"));
    pl_buf_append(into, pl_table_digest(table));
    pl_buf_append(into, PL_STR("00000000000000000000000000000000"));
    put_frame(into, pl_str_sub(parts, 0, len), true);
    put_frame(into, pl_str_skip(parts, len), false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pl_table *table;
    if (!table) {
        table = make_table();
    }
    struct pl_buf made pl_autobuf = PL_BUF_INIT(CEILING);
    char digits[33];
    int in_fd pl_autoclose = -1;
    int fd pl_autoclose = -1;
    if (size == 0 || pl_tempfile_open(NULL, &fd, NULL) < 0 ||
        pl_tempfile_open(NULL, &in_fd, NULL) < 0) {
        return 0;
    }
    pl_str input = pl_str_make((const char *)data + 1, size - 1);
    if (data[0] == 'k') {
        pl_buf_append(&made, PL_STR("plimsoll-pack\2"));
        pl_buf_append(&made, input);
        if (pl_io_write(in_fd, pl_buf_str(&made), NULL) == PL_OK) {
            pl_pack_read(in_fd, "fuzz", fd, digits, NULL);
        }
        return 0;
    }
    if (data[0] == 'i') {
        make_patch(table, input, &made);
        input = pl_buf_str(&made);
    }
    pl_patch_apply(table, input, fd, digits, NULL);
    return 0;
}
