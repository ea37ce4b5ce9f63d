/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of a document are the parts of its tree as format/xml.h reads it. */
#include "format/xml_pieces.h"
#include "base/limits.h"
#include "unit/format/xml_tree.h"
#include "unit/test.h"

static const char *const wanted[] = {"p", "q", NULL};

static bool is_wanted(const struct pl_xml_node *node)
{
    return pl_xml_is(node, "p") || pl_xml_is(node, "q");
}

struct pieces {
    struct pl_buf *text;
    size_t count;
    size_t fail_at;
};

static enum pl_status take(void *context, const struct pl_xml_node *piece, struct pl_error *err)
{
    struct pieces *pieces = context;
    if (++pieces->count == pieces->fail_at) {
        return pl_error_set(err, PL_E_IO, "no more");
    }
    pl_test_write_xml(pieces->text, piece);
    pl_buf_append_char(pieces->text, '\n');
    return PL_OK;
}

/* The outermost wanted nodes. */
static void write_parts(struct pl_buf *into, const struct pl_xml_node *node)
{
    if (is_wanted(node)) {
        pl_test_write_xml(into, node);
        pl_buf_append_char(into, '\n');
        return;
    }
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        write_parts(into, it);
    }
}

static void compare(pl_str xml)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf whole pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 20);
    struct pl_error err = PL_ERROR_INIT;
    struct pl_error err_pieces = PL_ERROR_INIT;
    const struct pl_xml_node *root = NULL;
    struct pieces pieces = {.text = &got};
    enum pl_status st = pl_xml_parse(&arena, xml, "f", &root, &err);
    assert_int_equal(pl_xml_pieces(xml, "f", wanted, take, &pieces, &err_pieces), st);
    if (st < 0) {
        assert_string_equal(err_pieces.msg, err.msg);
        return;
    }
    write_parts(&whole, root);
    assert_int_equal(got.len, whole.len);
    assert_memory_equal(got.ptr ? got.ptr : "", whole.ptr ? whole.ptr : "", whole.len);
}

static void test_xml_pieces__same_as_tree(void **state)
{
    static const pl_str cases[] = {
        PL_STR_INIT("<a/>"),
        PL_STR_INIT("<p/>"),
        PL_STR_INIT("<a>x<p b='1'>y<c>z</c>&amp;</p> <b><q/></b><p><p>1</p></p></a>"),
        PL_STR_INIT(
            "<x:a xmlns:x='urn:x' xmlns='urn:d'><x:p xmlns:y='urn:y'><y:e/></x:p><p/></x:a>"),
        PL_STR_INIT(
            "\xef\xbb\xbf<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x'><a><p>\xc3\xa9</p></a>"),
        PL_STR_INIT("<?xml version='1.0' encoding='latin1'?><a><p>\xe9</p></a>"),
        PL_STR_INIT("<\0p\0/\0>\0"),
        PL_STR_INIT("\xff\xfe<\0p\0/\0>\0"),
        PL_STR_INIT("<a><p>1</p><p>&nothing;2</p></a>"),
        /* Malformed, within pieces and around them */
        PL_STR_INIT(""),
        PL_STR_INIT("<a><p></a></p>"),
        PL_STR_INIT("<a><p/></b>"),
        PL_STR_INIT("<a><p/></a><b/>"),
        PL_STR_INIT("<a><p/>"),
        PL_STR_INIT("<a><p b='1' b='2'/></a>"),
        PL_STR_INIT("<!DOCTYPE a [<!ENTITY e 'x'>]><a><p>&e;</p></a>"),
        PL_STR_INIT("<?xml version='1.0' encoding='EBCDIC'?><a>\xff</a>"),
    };
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        for (size_t len = 0; len <= cases[i].len; len++) {
            char *text pl_autofree = pl_mem_alloc(len + 1, 1);
            memcpy(text, cases[i].ptr, len);
            compare(pl_str_make(text, len));
        }
    }
}

static void test_xml_pieces__limits(void **state)
{
    struct pl_buf xml pl_autobuf = PL_BUF_INIT(1 << 26);
    struct pl_buf none pl_autobuf = PL_BUF_INIT(1);
    struct pl_error err = PL_ERROR_INIT;
    struct pieces pieces = {.text = &none};
    for (size_t depth = PL_LIMIT_XML_DEPTH; depth <= PL_LIMIT_XML_DEPTH + 1; depth++) {
        pl_buf_clear(&xml);
        for (size_t i = 0; i < depth; i++) {
            pl_buf_append(&xml, PL_STR("<a>"));
        }
        for (size_t i = 0; i < depth; i++) {
            pl_buf_append(&xml, PL_STR("</a>"));
        }
        assert_int_equal(pl_xml_pieces(pl_buf_str(&xml), "f", wanted, take, &pieces, &err),
                         depth <= PL_LIMIT_XML_DEPTH ? PL_OK : PL_E_LIMIT);
    }
    pl_buf_clear(&xml);
    pl_buf_append(&xml, PL_STR("<a"));
    for (size_t i = 0; i <= PL_LIMIT_XML_ATTRIBUTES; i++) {
        pl_buf_append_format(&xml, " a%zu='1'", i);
    }
    pl_buf_append(&xml, PL_STR("/>"));
    assert_int_equal(pl_xml_pieces(pl_buf_str(&xml), "f", wanted, take, &pieces, &err), PL_E_LIMIT);
}

/* More elements together than one tree may have, and text beyond what libxml2 buffers. */
static void test_xml_pieces__many(void **state)
{
    struct pl_buf xml pl_autobuf = PL_BUF_INIT(1ULL << 28);
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1ULL << 28);
    struct pl_error err = PL_ERROR_INIT;
    struct pieces pieces = {.text = &got};
    enum { COUNT = 300000 };
    pl_buf_append(&xml, PL_STR("<a>"));
    for (size_t i = 0; i < COUNT; i++) {
        pl_buf_append(&xml, PL_STR("<p><b/><b/><b/><b/><b/><b/><b/></p>  \n"));
    }
    pl_buf_append(&xml, PL_STR("</a>"));
    assert_true(COUNT * 8 > PL_LIMIT_XML_NODES);
    assert_int_equal(pl_xml_pieces(pl_buf_str(&xml), "f", wanted, take, &pieces, &err), PL_OK);
    assert_int_equal(pieces.count, COUNT);
    pieces = (struct pieces){.text = &got, .fail_at = 3};
    assert_int_equal(pl_xml_pieces(pl_buf_str(&xml), "f", wanted, take, &pieces, &err), PL_E_IO);
    assert_string_equal(err.msg, "no more");
    assert_int_equal(pieces.count, 3);
}

int pl_test_xml_pieces(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml_pieces__same_as_tree),
        cmocka_unit_test(test_xml_pieces__limits),
        cmocka_unit_test(test_xml_pieces__many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
