/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/db_index.h"
#include "unit/test.h"

#define CONTENT_A "00112233445566778899aabbccddeeff"
#define CONTENT_B "ffeeddccbbaa99887766554433221100"
#define CONTENT_C "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"

static struct pl_db_part part(const char *slice, const char *content, const char *from)
{
    struct pl_db_part made = {
        .slice = pl_str_from(slice), .content = pl_str_from(content), .from = pl_str_from(from)};
    made.blob.digest = pl_digest_of(pl_str_span(made.content), NULL);
    made.blob.size_bytes = made.from.len > 0 ? 100 : 1000;
    made.manifest = made.blob;
    made.manifest.media_type = PL_STR("application/vnd.oci.image.manifest.v1+json");
    made.manifest.artifact_type =
        made.from.len > 0 ? PL_STR(PL_DB_PATCH_TYPE) : PL_STR(PL_DB_SLICE_TYPE);
    return made;
}

/* Two slices, the first with two patches that follow one another. */
static pl_str write_index(struct pl_arena *arena, struct pl_db_index *index)
{
    struct pl_error err = PL_ERROR_INIT;
    pl_str text = PL_STR_EMPTY;
    index->manifest.created = PL_STR("2026-01-02T03:04:05Z");
    *pl_vec_push(arena, &index->manifest.slices) = (struct pl_db_slice_info){
        .name = PL_STR("osv/npm \"quoted\""), .digits = PL_STR(CONTENT_A), .records = 3};
    *pl_vec_push(arena, &index->manifest.slices) = (struct pl_db_slice_info){
        .name = PL_STR("osv/PyPI"), .digits = PL_STR(CONTENT_B), .records = 4};
    pl_db_manifest_seal(&index->manifest);
    *pl_vec_push(arena, &index->parts) = part("osv/npm \"quoted\"", CONTENT_A, "");
    *pl_vec_push(arena, &index->parts) = part("osv/npm \"quoted\"", CONTENT_A, CONTENT_C);
    *pl_vec_push(arena, &index->parts) = part("osv/npm \"quoted\"", CONTENT_C, CONTENT_B);
    *pl_vec_push(arena, &index->parts) = part("osv/PyPI", CONTENT_B, "");
    assert_int_equal(pl_db_index_write(arena, index, &text, &err), PL_OK);
    return text;
}

static void test_db_index__reads_what_it_wrote(void **state)
{
    (void)state;
    struct pl_error err = PL_ERROR_INIT;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_index written = {.parts = {0}};
    struct pl_db_index read = {.parts = {0}};
    pl_str text = write_index(&arena, &written);
    assert_int_equal(pl_db_index_read(&arena, text, &read, &err), PL_OK);
    assert_string_equal(read.manifest.generation, written.manifest.generation);
    pl_assert_str(read.manifest.created, "2026-01-02T03:04:05Z");
    assert_int_equal(read.parts.count, 4);
    const struct pl_db_part *whole = pl_db_index_whole(&read, PL_STR(CONTENT_A));
    pl_assert_str(whole->slice, "osv/npm \"quoted\"");
    assert_int_equal(whole->blob.size_bytes, 1000);
    assert_string_equal(whole->blob.digest.text, written.parts.items[0].blob.digest.text);
    const struct pl_db_part *patch = pl_db_index_patch(&read, PL_STR(CONTENT_A));
    pl_assert_str(patch->from, CONTENT_C);
    pl_assert_str(pl_db_index_patch(&read, patch->from)->from, CONTENT_B);
    assert_null(pl_db_index_patch(&read, PL_STR(CONTENT_B)));
    assert_null(pl_db_index_whole(&read, PL_STR(CONTENT_C)));
}

static void test_db_index__cut_off_is_malformed(void **state)
{
    (void)state;
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_index written = {.parts = {0}};
    pl_str text = write_index(&arena, &written);
    for (size_t len = 0; len + 2 < text.len; len++) {
        struct pl_arena scratch pl_autoarena = {0};
        struct pl_db_index read = {.parts = {0}};
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_db_index_read(&scratch, pl_str_sub(text, 0, len), &read, &err),
                         PL_E_PARSE);
    }
}

/* The text with one word in place of another everywhere. */
static pl_str replaced(struct pl_arena *arena, pl_str text, const char *word, const char *by)
{
    struct pl_buf made pl_autobuf = PL_BUF_INIT(1 << 20);
    size_t at = pl_str_find(text, pl_str_from(word));
    assert_int_not_equal(at, SIZE_MAX);
    for (; at != SIZE_MAX; at = pl_str_find(text, pl_str_from(word))) {
        pl_buf_append(&made, pl_str_sub(text, 0, at));
        pl_buf_append(&made, pl_str_from(by));
        text = pl_str_skip(text, at + strlen(word));
    }
    pl_buf_append(&made, text);
    return pl_arena_dup(arena, pl_buf_str(&made));
}

static void test_db_index__what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *by;
        enum pl_status wanted;
    } changes[] = {
        {PL_DB_GENERATION_TYPE, "application/x", PL_E_UNSUPPORTED},
        {PL_DB_SLICE_TYPE, "application/x", PL_E_PARSE}, /* lacks its slices */
        {PL_DB_SLICE_TYPE, PL_DB_PATCH_TYPE, PL_E_PARSE},
        {PL_DB_PATCH_TYPE, PL_DB_SLICE_TYPE, PL_E_PARSE},
        {PL_DB_PATCH_TYPE, "application/x", PL_OK}, /* of a later version */
        {"content\": \"" CONTENT_B, "content\": \"" CONTENT_C, PL_E_PARSE},
        {"content\": \"" CONTENT_B, "content\": \"../../../../etc/passwd/xxxxxx/", PL_E_PARSE},
        {"from\": \"" CONTENT_B, "from\": \"../../../../../etc/passwd/xxxxxx", PL_E_PARSE},
        {"blob\": \"sha256", "blob\": \"sha0", PL_E_UNSUPPORTED},
        {"blob-size\": \"1000", "blob-size\": \"-1", PL_E_PARSE},
        {"blob-size\": \"1000", "blob-size\": \"99999999999999999", PL_E_PARSE},
        {"vnd.plimsoll.db.manifest", "other", PL_E_PARSE},
    };
    struct pl_arena arena pl_autoarena = {0};
    struct pl_db_index written = {.parts = {0}};
    pl_str text = write_index(&arena, &written);
    for (size_t i = 0; i < PL_ARRAY_LEN(changes); i++) {
        struct pl_error err = PL_ERROR_INIT;
        struct pl_db_index read = {.parts = {0}};
        pl_str changed = replaced(&arena, text, changes[i].word, changes[i].by);
        enum pl_status st = pl_db_index_read(&arena, changed, &read, &err);
        if (st != changes[i].wanted) {
            fail_msg("%s to %s: %d, %s", changes[i].word, changes[i].by, st, err.msg);
        }
    }
}

int pl_test_db_index(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_db_index__reads_what_it_wrote),
        cmocka_unit_test(test_db_index__cut_off_is_malformed),
        cmocka_unit_test(test_db_index__what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests_name("engine/db_index", tests, NULL, NULL);
}
