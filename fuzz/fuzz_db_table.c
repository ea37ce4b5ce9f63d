/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole database file. A checksum would keep a fuzzer out, so the input is a small script that
 * patches a sound table and then puts the checksums right: what is left to rely on is the bounds.
 * Each step is an offset from the end (two bytes) and the byte to put there.
 */
#include "base/io.h"
#include "base/tempfile.h"
#include "db/table_format.h"
#include "table.h"
#include "target.h"

enum { CEILING = 1 << 20 };

static void make_table(struct pl_buf *bytes)
{
    int fd pl_autoclose = -1;
    if (pl_tempfile_open(NULL, &fd, NULL) < 0) {
        return;
    }
    fuzz_write_table(fd);
    lseek(fd, 0, SEEK_SET);
    pl_io_read_all(fd, "table", bytes, NULL);
}

static void put64(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* Checksums of the blocks whose rows still lie in the file, of the index, and of the footer. */
static void put_checksums_right(uint8_t *bytes, size_t size)
{
    size_t end = size - TABLE_FOOTER_BYTES;
    uint8_t *footer = bytes + end;
    for (size_t i = 0; i < PL_TABLE_SECTION_COUNT_; i++) {
        const uint8_t *section = footer + TABLE_MAGIC_BYTES + 8 + i * TABLE_SECTION_BYTES;
        uint64_t rows = table_get64(section);
        uint64_t blocks = table_get64(section + 8);
        for (uint64_t block = 0; block < blocks && block < 64; block++) {
            uint64_t row = rows + block * TABLE_ROW_BYTES;
            if (rows > end || row + TABLE_ROW_BYTES > end) {
                break;
            }
            uint64_t offset = table_get64(bytes + row);
            uint32_t stored = table_get32(bytes + row + 8);
            if (offset <= end && stored <= end - offset) {
                put64(bytes + row + 16,
                      pl_str_hash(pl_str_make((const char *)bytes + offset, stored)));
            }
        }
    }
    uint64_t index = table_get64(footer + TABLE_MAGIC_BYTES + 8);
    if (index <= end) {
        put64(footer + TABLE_FOOTER_BYTES - 16,
              pl_str_hash(pl_str_make((const char *)bytes + index, (size_t)(end - index))));
    }
    put64(footer + TABLE_FOOTER_BYTES - 8,
          pl_str_hash(pl_str_make((const char *)footer, TABLE_FOOTER_BYTES - 8)));
}

static void use_table(int fd)
{
    struct pl_table *table PL_CLEANUP(pl_table_closep) = NULL;
    struct pl_arena arena pl_autoarena = {0};
    if (pl_table_open(fd, "fuzz", &table, NULL) < 0) {
        return;
    }
    for (unsigned section = 0; section < PL_TABLE_SECTION_COUNT_; section++) {
        struct pl_table_cursor cursor pl_autocursor;
        bool more = true;
        pl_str key = PL_STR_EMPTY;
        pl_str value = PL_STR_EMPTY;
        pl_table_find(table, (enum pl_table_section)section, PL_STR("k017"), &arena, &more, &value,
                      NULL);
        pl_table_cursor_init(&cursor, table, (enum pl_table_section)section);
        enum pl_status st = PL_OK;
        more = true;
        while (st == PL_OK && more) {
            st = pl_table_cursor_next(&cursor, &more, &key, &value, NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pl_buf sound;
    if (sound.len == 0) {
        sound = PL_BUF_INIT(CEILING);
        make_table(&sound);
    }
    uint8_t *bytes pl_autofree = pl_mem_alloc(sound.len, 1);
    memcpy(bytes, sound.ptr, sound.len);
    for (size_t i = 0; i + 3 <= size; i += 3) {
        size_t from_end = ((size_t)data[i] << 8 | data[i + 1]) % sound.len;
        bytes[sound.len - 1 - from_end] = data[i + 2];
    }
    put_checksums_right(bytes, sound.len);
    int fd pl_autoclose = -1;
    if (pl_tempfile_open(NULL, &fd, NULL) == PL_OK &&
        pl_io_write(fd, pl_str_make((const char *)bytes, sound.len), NULL) == PL_OK) {
        use_table(fd);
    }
    return 0;
}
