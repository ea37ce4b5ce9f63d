/* SPDX-License-Identifier: Apache-2.0 */
#include "sbom/cyclonedx_output.h"

void pl_cyclonedx_begin(struct pl_cyclonedx *out, const char *name)
{
    if (out->is_json) {
        pl_json_writer_member_object(&out->json, name);
    } else {
        pl_xml_writer_begin(&out->xml, name);
    }
}

/* An item of a list. */
void pl_cyclonedx_begin_item(struct pl_cyclonedx *out, const char *element)
{
    if (out->is_json) {
        pl_json_writer_begin_object(&out->json);
    } else {
        pl_xml_writer_begin(&out->xml, element);
    }
}

void pl_cyclonedx_end(struct pl_cyclonedx *out)
{
    if (out->is_json) {
        pl_json_writer_end_object(&out->json);
    } else {
        pl_xml_writer_end(&out->xml);
    }
}

void pl_cyclonedx_begin_list(struct pl_cyclonedx *out, const char *name)
{
    if (out->is_json) {
        pl_json_writer_member_array(&out->json, name);
    } else {
        pl_xml_writer_begin(&out->xml, name);
    }
}

void pl_cyclonedx_end_list(struct pl_cyclonedx *out)
{
    if (out->is_json) {
        pl_json_writer_end_array(&out->json);
    } else {
        pl_xml_writer_end(&out->xml);
    }
}

/* A list that has no element around its items in XML. */
void pl_cyclonedx_begin_bare_list(struct pl_cyclonedx *out, const char *key)
{
    if (out->is_json) {
        pl_json_writer_member_array(&out->json, key);
    }
}

void pl_cyclonedx_end_bare_list(struct pl_cyclonedx *out)
{
    if (out->is_json) {
        pl_json_writer_end_array(&out->json);
    }
}

/* An item that has no element around its members in XML. */
void pl_cyclonedx_begin_bare_item(struct pl_cyclonedx *out)
{
    if (out->is_json) {
        pl_json_writer_begin_object(&out->json);
    }
}

void pl_cyclonedx_end_bare_item(struct pl_cyclonedx *out)
{
    if (out->is_json) {
        pl_json_writer_end_object(&out->json);
    }
}

/* Nothing when it is empty; so it is with attributes. */
void pl_cyclonedx_text(struct pl_cyclonedx *out, const char *name, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, name, value);
    } else {
        pl_xml_writer_element(&out->xml, name, value);
    }
}

void pl_cyclonedx_attribute(struct pl_cyclonedx *out, const char *name, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, name, value);
    } else if (value.len > 0) {
        pl_xml_writer_attribute(&out->xml, name, value);
    }
}

/* What the element itself holds in XML. */
void pl_cyclonedx_content(struct pl_cyclonedx *out, const char *key, pl_str value)
{
    if (out->is_json) {
        pl_json_writer_member_text(&out->json, key, value);
    } else {
        pl_xml_writer_text(&out->xml, value);
    }
}

/* An item that is nothing but a reference. */
void pl_cyclonedx_ref(struct pl_cyclonedx *out, const char *element, pl_str ref)
{
    if (out->is_json) {
        pl_json_writer_string(&out->json, ref);
    } else {
        pl_xml_writer_begin(&out->xml, element);
        pl_xml_writer_attribute(&out->xml, "ref", ref);
        pl_xml_writer_end(&out->xml);
    }
}

void pl_cyclonedx_property(struct pl_cyclonedx *out, pl_str name, pl_str value)
{
    pl_cyclonedx_begin_item(out, "property");
    pl_cyclonedx_attribute(out, "name", name);
    pl_cyclonedx_content(out, "value", value);
    pl_cyclonedx_end(out);
}
