/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations by XML 1.0; what is written is read by libxml2, too. */
#include "format/xml_writer.h"
#include "format/xml.h"
#include "unit/test.h"

static void test_xml_writer__document(void **state)
{
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 16);
    struct pl_writer writer;
    struct pl_xml_writer xml;
    pl_writer_init_buf(&writer, &text);
    pl_xml_writer_init(&xml, &writer);
    pl_xml_writer_begin(&xml, "a");
    pl_xml_writer_attribute(&xml, "x", PL_STR("<\"&>\n\t'"));
    pl_xml_writer_element(&xml, "b", PL_STR("1 < 2 & ]]> \"\r\n"));
    pl_xml_writer_element(&xml, "none", PL_STR_EMPTY);
    pl_xml_writer_begin(&xml, "c");
    pl_xml_writer_end(&xml);
    pl_xml_writer_end(&xml);
    pl_xml_writer_finish(&xml);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    pl_assert_str(pl_buf_str(&text), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                     "<a x=\"&lt;&quot;&amp;&gt;&#10;&#9;'\">\n"
                                     "  <b>1 &lt; 2 &amp; ]]&gt; \"&#13;\n</b>\n"
                                     "  <c/>\n"
                                     "</a>\n");
}

static void test_xml_writer__every_byte_can_be_read(void **state)
{
    struct pl_arena arena pl_autoarena = {0};
    struct pl_buf text pl_autobuf = PL_BUF_INIT(1 << 16);
    struct pl_writer writer;
    struct pl_xml_writer xml;
    char bytes[256];
    const struct pl_xml_node *root = NULL;
    struct pl_error err = PL_ERROR_INIT;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)i;
    }
    pl_writer_init_buf(&writer, &text);
    pl_xml_writer_init(&xml, &writer);
    pl_xml_writer_begin(&xml, "a");
    pl_xml_writer_attribute(&xml, "x", pl_str_make(bytes, sizeof(bytes)));
    pl_xml_writer_attribute(&xml, "y", PL_STR("&#38; &amp; &"));
    pl_xml_writer_element(&xml, "b", pl_str_make(bytes, sizeof(bytes)));
    pl_xml_writer_element(&xml, "c", PL_STR("\xe2\x80\xae\xe4\xb8\xad\xef\xbf\xbe"));
    pl_xml_writer_end(&xml);
    pl_xml_writer_finish(&xml);
    assert_int_equal(pl_writer_finish(&writer, NULL), PL_OK);
    assert_int_equal(pl_xml_parse(&arena, pl_buf_str(&text), "text", &root, &err), PL_OK);
    pl_str ascii = pl_str_make(bytes + 32, 95);
    assert_true(pl_str_contains(pl_xml_attribute(root, "x"), ascii));
    pl_assert_str(pl_xml_attribute(root, "y"), "&#38; &amp; &");
    assert_true(pl_str_contains(pl_xml_text(root, "b"), ascii));
    /* U+202E comes back, U+FFFE is no character of XML. */
    pl_assert_str(pl_xml_text(root, "c"), "\xe2\x80\xae\xe4\xb8\xad\xef\xbf\xbd");
    assert_false(pl_str_contains(pl_buf_str(&text), PL_STR("\xe2\x80\xae")));
}

int pl_test_xml_writer(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml_writer__document),
        cmocka_unit_test(test_xml_writer__every_byte_can_be_read),
    };
    return cmocka_run_group_tests_name("format/xml_writer", tests, NULL, NULL);
}
