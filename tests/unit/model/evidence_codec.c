/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evidence_codec.h"
#include "unit/test.h"

static void push(struct pl_arena *arena, struct pl_strs *list, const char *text)
{
    *pl_vec_push(arena, list) = pl_str_from(text);
}

static uint64_t path_hashes[] = {UINT64_MAX, 3, 1ULL << 40};
static const struct pl_path_hashes owned_paths = {path_hashes, PL_ARRAY_LEN(path_hashes)};

static void add_attachment(struct pl_arena *arena, struct pl_attachments *list, const char *name,
                           const char *arch, const char *value)
{
    struct pl_attachment *added = pl_vec_push(arena, list);
    added->type = PL_STR("deb");
    added->name = pl_str_from(name);
    added->arch = pl_str_from(arch);
    push(arena, &added->values, value);
    push(arena, &added->values, "");
    added->owned = owned_paths;
}

static void add_component(struct pl_arena *arena, struct pl_evidence_file *file)
{
    *pl_vec_push(arena, &file->components) =
        (struct pl_component){.type = PL_STR("rpm"),
                              .vendor_id = PL_STR("fedora"),
                              .name = PL_STR("caf\xc3\xa9"),
                              .version = PL_STR("1:2.3-4"),
                              .arch = PL_STR("x86_64"),
                              .source_name = PL_STR("source"),
                              .source_version = PL_STR("2.3"),
                              .vendor = PL_STR("Somebody <a@example.org>"),
                              .scope = PL_SCOPE_DECLARED,
                              .is_pseudo = true,
                              .relation = PL_RELATION_TRANSITIVE,
                              .is_dev = true,
                              .is_optional = true,
                              .inside = PL_STR("lib/a.jar!b.jar"),
                              .basis = PL_STR("\"1.2\" in .rodata"),
                              .confidence = 80,
                              .owned = owned_paths};
    struct pl_component *added = &file->components.items[file->components.count - 1];
    push(arena, &added->licenses, "MIT");
    push(arena, &added->licenses, "GPL-2.0-or-later");
    push(arena, &added->files, "usr/bin/a");
    push(arena, &added->hashes, "md5:0");
    push(arena, &added->depends, "b@1");
    push(arena, &added->qualifiers, "uuid=7");
    push(arena, &added->cpes, "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*");
}

/* Evidence with something else in every field. */
static struct pl_evidence make_rich(struct pl_arena *arena)
{
    static uint64_t replaced[] = {0, 1, 1, 1ULL << 40, UINT64_MAX};
    struct pl_evidence evidence = {.blob_digest = PL_STR("sha256:aa"),
                                   .diff_id = PL_STR("sha256:bb"),
                                   .blob_bytes = 1234567890123,
                                   .tar_bytes = 42,
                                   .entries = 128,
                                   .replaced = {replaced, PL_ARRAY_LEN(replaced)}};
    struct pl_evidence_file *file = pl_vec_push(arena, &evidence.files);
    *file = (struct pl_evidence_file){.path = PL_STR("bad-\xff-byte/f"),
                                      .type = PL_ENTRY_SYMLINK,
                                      .size_bytes = 129,
                                      .mode = 04755,
                                      .link = PL_STR("../\xfe/x"),
                                      .cataloger = PL_STR("rpm"),
                                      .has_os = true};
#define X(field) file->os.field = PL_STR(#field);
    X(id) X(version_id) X(name) X(version) X(pretty_name) X(version_codename) X(id_like);
    X(cpe_name) X(variant_id) X(build_id);
#undef X
    add_component(arena, file);
    add_component(arena, file);
    add_attachment(arena, &file->files, "bash", "", "bin/bash");
    add_attachment(arena, &file->licenses, "libc6", "amd64", "LGPL-2.1");
    *pl_vec_push(arena, &file->gaps) =
        (struct pl_gap){.path = file->path, .reason = PL_STR("entry 3 is damaged")};
    *pl_vec_push(arena, &evidence.files) = (struct pl_evidence_file){.path = PL_STR("z")};
    push(arena, &evidence.whiteouts, "gone/file");
    push(arena, &evidence.opaques, "");
    push(arena, &evidence.opaques, "dir");
    *pl_vec_push(arena, &evidence.gaps) = (struct pl_gap){.reason = PL_STR("cut off")};
    return evidence;
}

static void same_str(pl_str a, pl_str b)
{
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.ptr, b.ptr, a.len);
}

static void same_strs(const struct pl_strs *a, const struct pl_strs *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        same_str(a->items[i], b->items[i]);
    }
}

static void same_hashes(const struct pl_path_hashes *a, const struct pl_path_hashes *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->items, b->items, a->count * sizeof(*a->items));
}

static void same_attachments(const struct pl_attachments *a, const struct pl_attachments *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        same_str(a->items[i].type, b->items[i].type);
        same_str(a->items[i].name, b->items[i].name);
        same_str(a->items[i].arch, b->items[i].arch);
        same_strs(&a->items[i].values, &b->items[i].values);
        same_hashes(&a->items[i].owned, &b->items[i].owned);
    }
}

static void same_component(const struct pl_component *a, const struct pl_component *b)
{
    same_str(a->type, b->type);
    same_str(a->vendor_id, b->vendor_id);
    same_str(a->name, b->name);
    same_str(a->version, b->version);
    same_str(a->arch, b->arch);
    same_str(a->source_name, b->source_name);
    same_str(a->source_version, b->source_version);
    same_str(a->vendor, b->vendor);
    assert_int_equal(a->scope, b->scope);
    assert_int_equal(a->is_pseudo, b->is_pseudo);
    same_strs(&a->licenses, &b->licenses);
    assert_int_equal(a->relation, b->relation);
    assert_int_equal(a->is_dev, b->is_dev);
    assert_int_equal(a->is_optional, b->is_optional);
    same_str(a->inside, b->inside);
    same_str(a->basis, b->basis);
    assert_int_equal(a->confidence, b->confidence);
    same_strs(&a->files, &b->files);
    same_strs(&a->hashes, &b->hashes);
    same_strs(&a->depends, &b->depends);
    same_strs(&a->qualifiers, &b->qualifiers);
    same_strs(&a->cpes, &b->cpes);
    same_hashes(&a->owned, &b->owned);
}

static void same_gaps(const struct pl_gaps *a, const struct pl_gaps *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        same_str(a->items[i].path, b->items[i].path);
        same_str(a->items[i].reason, b->items[i].reason);
    }
}

static void same_file(const struct pl_evidence_file *a, const struct pl_evidence_file *b)
{
    same_str(a->path, b->path);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->size_bytes, b->size_bytes);
    assert_int_equal(a->mode, b->mode);
    same_str(a->link, b->link);
    same_str(a->cataloger, b->cataloger);
    assert_int_equal(a->components.count, b->components.count);
    for (size_t i = 0; i < a->components.count; i++) {
        same_component(&a->components.items[i], &b->components.items[i]);
    }
    same_attachments(&a->files, &b->files);
    same_attachments(&a->licenses, &b->licenses);
    assert_int_equal(a->has_os, b->has_os);
#define X(field) same_str(a->os.field, b->os.field);
    X(id) X(version_id) X(name) X(version) X(pretty_name) X(version_codename) X(id_like);
    X(cpe_name) X(variant_id) X(build_id);
#undef X
    same_gaps(&a->gaps, &b->gaps);
}

static void test_evidence_codec__a_rich_value_comes_back(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence made = make_rich(&arena);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 16);
    struct pl_evidence got = {.files = {0}};
    struct pl_error err = PL_ERROR_INIT;
    pl_evidence_encode(&made, &bytes);
    if (pl_evidence_decode(&arena, pl_str_span(pl_buf_str(&bytes)), &got, &err) < 0) {
        fail_msg("%s", err.msg);
    }
    same_str(made.blob_digest, got.blob_digest);
    same_str(made.diff_id, got.diff_id);
    assert_true(made.blob_bytes == got.blob_bytes && made.tar_bytes == got.tar_bytes &&
                made.entries == got.entries);
    assert_int_equal(got.files.count, 2);
    same_file(&made.files.items[0], &got.files.items[0]);
    same_file(&made.files.items[1], &got.files.items[1]);
    same_strs(&made.whiteouts, &got.whiteouts);
    same_strs(&made.opaques, &got.opaques);
    same_hashes(&made.replaced, &got.replaced);
    same_gaps(&made.gaps, &got.gaps);
}

static void test_evidence_codec__every_prefix_and_every_longer_text_is_refused(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence made = make_rich(&arena);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 16);
    pl_evidence_encode(&made, &bytes);
    struct pl_evidence got = {.entries = 77};
    for (size_t len = 0; len < bytes.len; len++) {
        uint8_t *copy pl_autofree = pl_mem_alloc(len + 1, 1);
        memcpy(copy, bytes.ptr, len);
        copy = pl_mem_realloc(copy, len > 0 ? len : 1, 1);
        struct pl_error err = PL_ERROR_INIT;
        assert_int_equal(pl_evidence_decode(&arena, (pl_span){copy, len}, &got, &err), PL_E_PARSE);
        assert_true(err.pos <= len);
    }
    pl_buf_append_char(&bytes, '\0');
    assert_int_equal(pl_evidence_decode(&arena, pl_str_span(pl_buf_str(&bytes)), &got, NULL),
                     PL_E_PARSE);
    assert_int_equal(got.entries, 77);
}

/* Refused, or read as something that is sound enough to be encoded again. */
static void test_evidence_codec__every_changed_byte(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_evidence made = make_rich(&arena);
    struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 16);
    pl_evidence_encode(&made, &bytes);
    size_t refused = 0;
    for (size_t i = 0; i < bytes.len * 255; i++) {
        struct pl_arena scratch pl_autoarena = {0};
        struct pl_evidence got = {.files = {0}};
        char before = bytes.ptr[i / 255];
        bytes.ptr[i / 255] = (char)(before ^ (int)(i % 255 + 1));
        if (pl_evidence_decode(&scratch, pl_str_span(pl_buf_str(&bytes)), &got, NULL) < 0) {
            refused++;
        } else {
            struct pl_buf again pl_autobuf = PL_BUF_INIT(1 << 17);
            struct pl_evidence twice = {.files = {0}};
            pl_evidence_encode(&got, &again);
            assert_int_equal(
                pl_evidence_decode(&scratch, pl_str_span(pl_buf_str(&again)), &twice, NULL), PL_OK);
        }
        bytes.ptr[i / 255] = before;
    }
    assert_true(refused > bytes.len * 255 / 4);
}

/* A list that claims more than the bytes could hold is refused before anything is allocated. */
static void test_evidence_codec__huge_counts_cost_nothing(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf start pl_autobuf = PL_BUF_INIT(100);
    pl_evidence_encode(&(struct pl_evidence){.files = {0}}, &start);
    static const size_t head = 8;
    for (size_t at = head; at <= start.len; at++) {
        struct pl_buf bytes pl_autobuf = PL_BUF_INIT(200);
        struct pl_evidence got = {.files = {0}};
        pl_buf_append(&bytes, pl_str_sub(pl_buf_str(&start), 0, at));
        pl_buf_append(&bytes, PL_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
        pl_buf_append(&bytes, pl_str_skip(pl_buf_str(&start), at + 1));
        size_t before = arena.used_bytes;
        enum pl_status st = pl_evidence_decode(&arena, pl_str_span(pl_buf_str(&bytes)), &got, NULL);
        bool is_plain_number = at >= head + 2 && at < head + 5;
        assert_int_equal(st, is_plain_number ? PL_OK : PL_E_PARSE);
        assert_true(arena.used_bytes - before < 4096);
    }
}

static void test_evidence_codec__what_must_not_pass(void **state)
{
    static const char *const paths[] = {"/etc", "etc/", "a//b", "a/../b", "..", ".", "a/./b"};
    for (size_t i = 0; i < PL_ARRAY_LEN(paths) + 3; i++) {
        struct pl_arena arena pl_autoarena = {0};
        struct pl_evidence made = make_rich(&arena);
        struct pl_buf bytes pl_autobuf = PL_BUF_INIT(1 << 16);
        struct pl_evidence got = {.files = {0}};
        if (i < PL_ARRAY_LEN(paths)) {
            made.whiteouts.items[0] = pl_str_from(paths[i]);
        } else if (i == PL_ARRAY_LEN(paths)) {
            made.files.items[0].components.items[0].name = PL_STR("\xff");
        } else if (i == PL_ARRAY_LEN(paths) + 1) {
            made.files.items[0].components.items[0].version = PL_STR("1\0002");
        } else {
            made.files.items[0].mode = 010000;
        }
        pl_evidence_encode(&made, &bytes);
        assert_int_equal(pl_evidence_decode(&arena, pl_str_span(pl_buf_str(&bytes)), &got, NULL),
                         PL_E_PARSE);
    }
}

/* What goes through the sink is always text that the reader takes. */
static void test_evidence_codec__text_is_repaired(void **state)
{
    static const struct {
        pl_str given;
        const char *wanted;
    } texts[] = {
        {PL_STR_INIT("plain"), "plain"},
        {PL_STR_INIT("caf\xc3\xa9"), "caf\xc3\xa9"},
        {PL_STR_INIT("a\xff"
                     "b"),
         "a\xef\xbf\xbd"
         "b"},
        {PL_STR_INIT("cut\xe4\xb8"), "cut\xef\xbf\xbd\xef\xbf\xbd"},
        {PL_STR_INIT("a\0b"), "ab"},
        {PL_STR_INIT(""), ""},
    };
    struct pl_arena arena pl_autoarena = {0};
    for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
        pl_str got = pl_evidence_text(&arena, texts[i].given);
        assert_true(pl_str_is_utf8(got));
        pl_assert_str(got, texts[i].wanted);
    }
}

int pl_test_evidence_codec(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_codec__a_rich_value_comes_back),
        cmocka_unit_test(test_evidence_codec__every_prefix_and_every_longer_text_is_refused),
        cmocka_unit_test(test_evidence_codec__every_changed_byte),
        cmocka_unit_test(test_evidence_codec__huge_counts_cost_nothing),
        cmocka_unit_test(test_evidence_codec__what_must_not_pass),
        cmocka_unit_test(test_evidence_codec__text_is_repaired),
    };
    return cmocka_run_group_tests_name("evidence_codec", tests, NULL, NULL);
}
