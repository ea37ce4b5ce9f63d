/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cyclonedx_output - writes CycloneDX in either of its forms by one walk.
 *
 * What is an object in JSON is an element in XML. Lists differ: some are an element around those of
 * their items ("components"), others are elements that are repeated ("contact"), and some of JSON's
 * items have a wrapper that XML has not ("licenses"). A few members are attributes in XML. There
 * the order of elements counts (xs:sequence), in JSON it does not.
 */
#include "format/json_writer.h"
#include "format/xml_writer.h"
#include "sbom/document.h"

struct pl_cyclonedx {
    bool is_json;
    struct pl_json_writer json;
    struct pl_xml_writer xml;
};

void pl_cyclonedx_begin(struct pl_cyclonedx *out, const char *name);
/* An item of a list. */
void pl_cyclonedx_begin_item(struct pl_cyclonedx *out, const char *element);
void pl_cyclonedx_end(struct pl_cyclonedx *out);
void pl_cyclonedx_begin_list(struct pl_cyclonedx *out, const char *name);
void pl_cyclonedx_end_list(struct pl_cyclonedx *out);
/* A list that has no element around its items in XML. */
void pl_cyclonedx_begin_bare_list(struct pl_cyclonedx *out, const char *key);
void pl_cyclonedx_end_bare_list(struct pl_cyclonedx *out);
/* An item that has no element around its members in XML. */
void pl_cyclonedx_begin_bare_item(struct pl_cyclonedx *out);
void pl_cyclonedx_end_bare_item(struct pl_cyclonedx *out);

/* Nothing when it is empty; so it is with attributes. */
void pl_cyclonedx_text(struct pl_cyclonedx *out, const char *name, pl_str value);
void pl_cyclonedx_attribute(struct pl_cyclonedx *out, const char *name, pl_str value);
/* What the element itself holds in XML. */
void pl_cyclonedx_content(struct pl_cyclonedx *out, const char *key, pl_str value);
/* An item that is nothing but a text: "dependsOn" in JSON, an attribute "ref" in XML. */
void pl_cyclonedx_ref(struct pl_cyclonedx *out, const char *element, pl_str ref);
void pl_cyclonedx_property(struct pl_cyclonedx *out, pl_str name, pl_str value);

/* "vulnerabilities": what was found in the packages, and of what is suppressed why. Nothing for an
 * inventory. */
void pl_cyclonedx_vulnerabilities(struct pl_cyclonedx *out, const struct pl_sbom *sbom);
