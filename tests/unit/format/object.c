/* SPDX-License-Identifier: Apache-2.0 */
/* The test program itself, which a compiler made and the loader reads too, and what is damaged. */
#include "base/io.h"
#include "format/elf.h"
#include "format/macho.h"
#include "format/pe.h"
#include "unit/test.h"
#include <link.h>

static const char marker[] = "a constant of the test of objects";

struct loaded {
    const uint8_t *notes;
    size_t notes_len;
};

/* The first segment of notes of this program, as the loader mapped it. */
static int take_notes(struct dl_phdr_info *info, size_t size, void *context)
{
    struct loaded *loaded = context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_NOTE && !loaded->notes) {
            loaded->notes = (const uint8_t *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
            loaded->notes_len = info->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

static void test_object__itself(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf content pl_autobuf = PL_BUF_INIT(256 << 20);
    struct pl_object object = {0};
    assert_int_equal(pl_io_read_file("/proc/self/exe", &content, NULL), PL_OK);
    pl_span bytes = pl_str_span(pl_buf_str(&content));
    assert_int_equal(pl_elf_read(&arena, bytes, &object, NULL), PL_OK);
    const struct pl_section *constants = pl_object_section(&object, PL_STR(".rodata"));
    assert_non_null(constants);
    assert_int_equal(constants->kind, PL_SECTION_CONSTANT);
    assert_true(pl_str_contains(pl_span_str(constants->bytes), pl_str_from(marker)));
    assert_int_equal(pl_object_section(&object, PL_STR(".text"))->kind, PL_SECTION_CODE);

    struct loaded loaded = {0};
    dl_iterate_phdr(take_notes, &loaded);
    bool is_same = false;
    for (size_t i = 0; i < object.count; i++) {
        const struct pl_section *section = &object.sections[i];
        is_same = is_same || (section->kind == PL_SECTION_NOTE && section->bytes.len > 0 &&
                              section->bytes.len <= loaded.notes_len &&
                              memcmp(section->bytes.ptr, loaded.notes, section->bytes.len) == 0);
    }
    assert_true(is_same);

    /* Without sections it is read by its segments: e_shoff is at 40. */
    memset(content.ptr + 40, 0, 8);
    assert_int_equal(pl_elf_read(&arena, bytes, &object, NULL), PL_OK);
    assert_false(object.has_sections);
    bool has_marker = false;
    for (size_t i = 0; i < object.count; i++) {
        has_marker = has_marker ||
                     (object.sections[i].kind == PL_SECTION_CONSTANT &&
                      pl_str_contains(pl_span_str(object.sections[i].bytes), pl_str_from(marker)));
    }
    assert_true(has_marker);
}

static void test_object__what_is_none(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_object object = {0};
    pl_span text =
        pl_str_span(PL_STR("neither ELF nor PE nor Mach-O, but long enough for all of it"));
    assert_int_equal(pl_elf_read(&arena, text, &object, NULL), PL_E_UNSUPPORTED);
    assert_int_equal(pl_pe_read(&arena, text, &object, NULL), PL_E_UNSUPPORTED);
    assert_int_equal(pl_macho_read(&arena, text, &object, NULL), PL_E_UNSUPPORTED);
    assert_int_equal(pl_macho_parts(text), 0);
}

static void test_object__notes(void **state)
{
    struct pl_object object = {0};
    struct pl_elf_note note;
    pl_span cursor = pl_str_span(PL_STR("\4\0\0\0\5\0\0\0\7\0\0\0GNU\0hello\0\0\0\1\0\0\0"));
    assert_true(pl_elf_next_note(&object, &cursor, &note));
    pl_assert_str(note.owner, "GNU");
    assert_int_equal(note.type, 7);
    pl_assert_str(pl_span_str(note.content), "hello");
    assert_false(pl_elf_next_note(&object, &cursor, &note));
    cursor = pl_str_span(PL_STR("\377\377\377\377\377\377\377\377\7\0\0\0GNU\0"));
    assert_false(pl_elf_next_note(&object, &cursor, &note));
}

int pl_test_object(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_object__itself),
        cmocka_unit_test(test_object__what_is_none),
        cmocka_unit_test(test_object__notes),
    };
    return cmocka_run_group_tests_name("format/object", tests, NULL, NULL);
}
