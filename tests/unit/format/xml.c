/* SPDX-License-Identifier: Apache-2.0 */
/* The expectations are rules of XML 1.0 (sections in the comments), and Python's ElementTree agrees
 * where it reads the document at all. */
#include "format/xml.h"
#include "base/limits.h"
#include "unit/format/xml_tree.h"
#include "unit/test.h"

static void expect_tree(pl_str text, const char *wanted)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf got pl_autobuf = PL_BUF_INIT(1 << 20);
    const struct pl_xml_node *root = NULL;
    struct pl_error err = PL_ERROR_INIT;
    if (pl_xml_parse(&arena, text, "f", &root, &err) < 0) {
        fail_msg("%s: %s", wanted, err.msg);
    }
    pl_test_write_xml(&got, root);
    assert_string_equal(got.ptr, wanted);
    for (size_t i = 0; i < text.len; i++) {
        /* In memory of its own, so that reading past it is seen. */
        char *prefix pl_autofree = pl_mem_alloc(i + 1, 1);
        memcpy(prefix, text.ptr, i);
        const struct pl_xml_node *part = NULL;
        (void)pl_xml_parse(&arena, pl_str_make(prefix, i), "f", &part, NULL);
    }
}

static void test_xml__tree(void **state)
{
    static const struct {
        pl_str xml;
        const char *tree;
    } cases[] = {
        {PL_STR_INIT("<a/>"), "a"},
        {PL_STR_INIT("<?xml version='1.0'?>\r\n<!-- x --><a b='1' c=\"2\"></a>\n<!-- y -->"),
         "a[b=1][c=2]"},
        {PL_STR_INIT("<p>\n <g>x</g>\n <v> 1.0 </v>\n <e/>\n</p>"), "p(g\"x\" v\" 1.0 \" e)"},
        /* 4.6: the five entities, and character references */
        {PL_STR_INIT("<a b='&lt;&quot;&apos;'>&amp;&gt;&#65;&#x20ac;</a>"),
         "a[b=<\"']\"&>A\xe2\x82\xac\""},
        /* 2.7: CDATA; 2.5, 2.6: comments and instructions part no text */
        {PL_STR_INIT("<a>x<![CDATA[<b>&amp;]]>y<!-- <c> --><?p <d> ?>z</a>"), "a\"x<b>&amp;yz\""},
        {PL_STR_INIT("<a>x<b/>y</a>"), "a\"xy\"(b)"},
        /* 2.11: line ends; 3.3.3: blanks in attributes */
        {PL_STR_INIT("<a b='1\n2'>x\r\ny</a>"), "a[b=1 2]\"x\ny\""},
        /* Namespaces: prefixes go, the URI stays; declarations are no attributes. */
        {PL_STR_INIT("<x:a xmlns:x='urn:x' xmlns='urn:d' x:b='1'><b/><x:c/></x:a>"),
         "a{urn:x}[b=1](b{urn:d} c{urn:x})"},
        /* A prefix that nobody declared */
        {PL_STR_INIT("<a><x:b x:c='1'/></a>"), "a(b[c=1])"},
        /* 2.8: a document type that declares nothing */
        {PL_STR_INIT("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>1</a>"), "a\"1\""},
        {PL_STR_INIT("<!DOCTYPE a PUBLIC '-//X' \"http://x/[>\"><a>1</a>"), "a\"1\""},
        /* References to what nobody declared are left out. */
        {PL_STR_INIT("<a><n>J&oacute;n &nope;.</n><v>1</v></a>"), "a(n\"Jn .\" v\"1\")"},
        {PL_STR_INIT("\xef\xbb\xbf<a>1</a>"), "a\"1\""},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        expect_tree(cases[i].xml, cases[i].tree);
    }
}

static void test_xml__encodings(void **state)
{
    (void)state;
    expect_tree(PL_STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9\x80</a>"),
                "a\"\xc3\xa9\xe2\x82\xac\"");
    expect_tree(PL_STR("<?xml version='1.0' encoding='windows-1252'?><a>\xe9\x93</a>"),
                "a\"\xc3\xa9\xe2\x80\x9c\"");
    /* It says so, but is none. */
    expect_tree(PL_STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>"),
                "a\"\xc3\xa9\"");
    expect_tree(PL_STR("<?xml version='1.0' encoding='no-such'?><a>1</a>"), "a\"1\"");
    expect_tree(PL_STR("<?xml version='1.0' encoding='UTF-8'?><a>\xe9 \xc3</a>"),
                "a\"\xef\xbf\xbd \xef\xbf\xbd\"");
    expect_tree(PL_STR("<a>\xff</a>"), "a\"\xef\xbf\xbd\"");
    expect_tree(PL_STR("\xff\xfe<\0a\0>\0\xac\x20\x3d\xd8\x00\xde<\0/\0a\0>\0"),
                "a\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
    expect_tree(PL_STR("\xfe\xff\0<\0a\0>\x20\xac\xd8\x3d\xde\x00\0<\0/\0a\0>"),
                "a\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
    expect_tree(PL_STR("\xff\xfe<\0a\0>\0\x3d\xd8\x3d\xd8\x00\xdc\x00\xdc<\0/\0a\0>\0"),
                "a\"\xef\xbf\xbd\xf0\x9f\x90\x80\xef\xbf\xbd\"");
}

static void expect_failure(pl_str text, enum pl_status status, const char *message)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    struct pl_error err = PL_ERROR_INIT;
    enum pl_status got = pl_xml_parse(&arena, text, "f", &root, &err);
    if (got != status || !strstr(err.msg, message)) {
        fail_msg("'%s' and not '%s'", err.msg, message);
    }
    assert_null(root);
}

static void test_xml__failures(void **state)
{
    static const struct {
        const char *xml;
        enum pl_status status;
        const char *message;
    } cases[] = {
        {"", PL_E_PARSE, "f is not XML that is read here: line 1: it is empty"},
        {"{}", PL_E_PARSE, "line 1"},
        {"<a>\n<b>\n</a>", PL_E_PARSE, "line 3"},
        {"<a>\n<b>", PL_E_PARSE, "line 2"},
        {"<a/><b/>", PL_E_PARSE, "line 1"},
        {"<a b='1' b='2'/>", PL_E_PARSE, "line 1"},
        {"<a b=1/>", PL_E_PARSE, "line 1"},
        {"<a>&#0;</a>", PL_E_PARSE, "line 1"},
        {"<a>\n\x01</a>", PL_E_PARSE, "line 2"},
        {"\n<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", PL_E_UNSUPPORTED,
         "line 2: it declares a document type"},
        {"<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>", PL_E_UNSUPPORTED,
         "line 1"},
        {"<!DOCTYPE a SYSTEM '<!--' [<!ATTLIST a b CDATA 'c'>]><a/>", PL_E_UNSUPPORTED, "line 1"},
        {"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a>\xff</a>", PL_E_UNSUPPORTED,
         "EBCDIC-CP-US"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_LEN(cases); i++) {
        expect_failure(pl_str_from(cases[i].xml), cases[i].status, cases[i].message);
    }
    expect_failure(PL_STR("<a>\n\0</a>"), PL_E_PARSE, "line 2: it has a NUL byte");
}

static void repeat(struct pl_buf *into, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pl_buf_append(into, pl_str_from(text));
    }
}

static void test_xml__limits(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(80 << 20);
    (void)state;
    repeat(&text, "<a>", PL_LIMIT_XML_DEPTH);
    repeat(&text, "</a>", PL_LIMIT_XML_DEPTH);
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    assert_int_equal(pl_xml_parse(&arena, pl_buf_str(&text), "f", &root, NULL), PL_OK);

    pl_buf_clear(&text);
    repeat(&text, "<a>", PL_LIMIT_XML_DEPTH + 1);
    expect_failure(pl_buf_str(&text), PL_E_LIMIT, "nests too deep");

    pl_buf_clear(&text);
    pl_buf_append(&text, PL_STR("<a>"));
    repeat(&text, "<b/>", PL_LIMIT_XML_NODES);
    expect_failure(pl_buf_str(&text), PL_E_LIMIT, "too many elements");

    pl_buf_clear(&text);
    pl_buf_append(&text, PL_STR("<a>\n<b c='='"));
    repeat(&text, " d='1'", PL_LIMIT_XML_ATTRIBUTES);
    pl_buf_append(&text, PL_STR("/></a>"));
    expect_failure(pl_buf_str(&text), PL_E_LIMIT, "line 2: a tag has too many attributes");

    pl_buf_clear(&text);
    for (size_t i = 0; i < 5; i++) {
        pl_buf_append(&text, PL_STR("<a"));
        for (size_t n = 0; n < 30; n++) {
            pl_buf_append_format(&text, " xmlns:a%zu%zu='u'", i, n);
        }
        pl_buf_append(&text, PL_STR(">"));
    }
    expect_failure(pl_buf_str(&text), PL_E_LIMIT, "too many namespaces");

    pl_buf_clear(&text);
    repeat(&text, "          ", PL_LIMIT_XML_BYTES / 10 + 1);
    expect_failure(pl_buf_str(&text), PL_E_LIMIT, "no more than");
}

static void test_xml__getters(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    (void)state;
    pl_str text = PL_STR("<l a='1'>\n<p>\n 1 </p><q/><p i='2'>2</p></l>");
    assert_int_equal(pl_xml_parse(&arena, text, "f", &root, NULL), PL_OK);
    assert_true(pl_xml_is(root, "l"));
    assert_false(pl_xml_is(NULL, "l"));
    assert_int_equal(root->line, 1);
    assert_true(pl_str_eq(pl_xml_text(root, "p"), PL_STR("1")));
    assert_true(pl_str_eq(pl_xml_attribute(root, "a"), PL_STR("1")));
    assert_int_equal(pl_xml_attribute(root, "b").len, 0);
    const struct pl_xml_node *it = pl_xml_child(root, "p");
    assert_int_equal(it->line, 2);
    it = pl_xml_next(it, "p");
    assert_true(pl_str_eq(pl_xml_attribute(it, "i"), PL_STR("2")));
    assert_true(pl_str_eq(pl_xml_text(it, NULL), PL_STR("2")));
    assert_null(pl_xml_next(it, "p"));
    assert_null(pl_xml_child(pl_xml_child(root, "none"), "p"));
    assert_int_equal(pl_xml_text(NULL, "p").len, 0);
    assert_int_equal(pl_xml_attribute(NULL, "p").len, 0);
}

int pl_test_xml(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml__tree),     cmocka_unit_test(test_xml__encodings),
        cmocka_unit_test(test_xml__failures), cmocka_unit_test(test_xml__limits),
        cmocka_unit_test(test_xml__getters),
    };
    return cmocka_run_group_tests_name("format/xml", tests, NULL, NULL);
}
