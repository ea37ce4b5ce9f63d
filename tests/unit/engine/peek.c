/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/peek.h"
#include "base/compiler.h"
#include "unit/test.h"
#include <elf.h>

/* A file with headers, code, constants and data, cut into pieces of `piece` bytes, each in memory
 * that goes with the next. */
enum { CODE_START = 4096 + 512, CODE_END = 40000, FILE_BYTES = 50000 };

struct pieces {
    const uint8_t *bytes;
    size_t piece;
    size_t at;
    uint8_t *last;
};

static enum pl_status read_piece(void *context, pl_span *ret_piece, uint64_t *ret_offset,
                                 struct pl_error *err)
{
    struct pieces *pieces = context;
    free(pieces->last);
    pieces->last = NULL;
    if (pieces->at == FILE_BYTES) {
        return PL_E_NOT_FOUND;
    }
    size_t left = FILE_BYTES - pieces->at;
    size_t len = pieces->piece < left ? pieces->piece : left;
    pieces->last = pl_mem_alloc(len, 1);
    memcpy(pieces->last, pieces->bytes + pieces->at, len);
    *ret_piece = (pl_span){pieces->last, len};
    *ret_offset = pieces->at;
    pieces->at += len;
    return PL_OK;
}

static void fill(uint8_t *bytes, uint32_t flags_of_first)
{
    memset(bytes, 'x', FILE_BYTES);
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB},
                         .e_phoff = sizeof(header),
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 3};
    Elf64_Phdr segments[3] = {
        {.p_type = PT_LOAD, .p_flags = flags_of_first, .p_filesz = CODE_START},
        {.p_type = PT_LOAD,
         .p_flags = PF_R | PF_X,
         .p_offset = CODE_START,
         .p_filesz = CODE_END - CODE_START},
        {.p_type = PT_LOAD,
         .p_flags = PF_R | PF_W,
         .p_offset = CODE_END,
         .p_filesz = FILE_BYTES - CODE_END},
    };
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), segments, sizeof(segments));
}

static void load(const uint8_t *bytes, size_t piece, struct pl_content_store *store,
                 struct pl_content *ret)
{
    struct pl_budget budget = {0};
    pl_budget_limits_default(&budget.limits);
    struct pieces pieces = {.bytes = bytes, .piece = piece};
    const struct pl_content_reader reader = {.read = read_piece, .context = &pieces};
    struct pl_peek peek = {0};
    assert_int_equal(pl_peek_start(&peek, &reader, NULL), PL_OK);
    pl_peek_skip_code(&peek);
    const struct pl_content_reader rest = pl_peek_reader(&peek);
    assert_int_equal(pl_content_load_briefly(store, &budget, &rest, FILE_BYTES, ret, NULL), PL_OK);
}

/* However the file comes in pieces, what is read is the file with zeros where its code is: also in
 * memory that held another file before. */
static void test_peek__code_is_a_hole(void **state)
{
    static uint8_t bytes[FILE_BYTES];
    static uint8_t wanted[FILE_BYTES];
    fill(bytes, PF_R);
    memcpy(wanted, bytes, sizeof(bytes));
    memset(wanted + CODE_START, 0, CODE_END - CODE_START);
    struct pl_content_store store = {.spill_fd = -1};
    for (size_t piece = 300; piece <= FILE_BYTES; piece += piece < 5000 ? 61 : 4999) {
        struct pl_content content pl_autocontent = {0};
        load(bytes, piece, &store, &content);
        assert_int_equal(content.len, FILE_BYTES);
        assert_memory_equal(content.bytes, wanted, FILE_BYTES);
    }
    pl_arena_release(&store.memory);
}

/* Constants may lie with the code, and headers may be cut off: then all is read. */
static void test_peek__all_is_read(void **state)
{
    static uint8_t bytes[FILE_BYTES];
    struct pl_content_store store = {.spill_fd = -1};
    struct pl_content content pl_autocontent = {0};
    fill(bytes, PF_R | PF_W);
    load(bytes, FILE_BYTES, &store, &content);
    assert_memory_equal(content.bytes, bytes, FILE_BYTES);
    fill(bytes, PF_R);
    load(bytes, 100, &store, &content);
    assert_memory_equal(content.bytes, bytes, FILE_BYTES);
    pl_arena_release(&store.memory);
}

int pl_test_peek(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peek__code_is_a_hole),
        cmocka_unit_test(test_peek__all_is_read),
    };
    return cmocka_run_group_tests_name("engine/peek", tests, NULL, NULL);
}
