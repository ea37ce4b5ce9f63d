/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.0 to 1.6 as XML: <bom xmlns="http://cyclonedx.org/schema/bom/1.6"> with <metadata>,
 * <components> and <dependencies>. What JSON has as members are elements, but for the attributes
 * "type", "bom-ref", "ref", "alg" and "name" (of a property); a dependency holds those it depends
 * on. The result has the shape of CycloneDX's JSON, as far as pl_sbom_read_cyclonedx looks at it.
 */
#include "format/xml.h"
#include "sbom/reading.h"

static void set(json_t *object, const char *key, pl_str value)
{
    if (value.len > 0) {
        json_object_set_new_nocheck(object, key, json_stringn_nocheck(value.ptr, value.len));
    }
}

static json_t *push_object(json_t *array)
{
    json_t *object = json_object();
    json_array_append_new(array, object);
    return object;
}

static json_t *add_array(json_t *object, const char *key)
{
    json_t *array = json_array();
    json_object_set_new_nocheck(object, key, array);
    return array;
}

static void convert_licenses(json_t *component, const struct pl_xml_node *node)
{
    json_t *list = add_array(component, "licenses");
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        json_t *item = push_object(list);
        if (pl_xml_is(it, "expression")) {
            set(item, "expression", pl_xml_text(it, NULL));
        } else {
            json_t *license = json_object();
            set(license, "id", pl_xml_text(it, "id"));
            set(license, "name", pl_xml_text(it, "name"));
            json_object_set_new_nocheck(item, "license", license);
        }
    }
}

/* A list of elements with an attribute and a text. */
static void convert_pairs(json_t *object, const struct pl_xml_node *node, const char *list_key,
                          const char *attribute, const char *text_key)
{
    json_t *list = add_array(object, list_key);
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        json_t *item = push_object(list);
        set(item, attribute, pl_xml_attribute(it, attribute));
        set(item, text_key, pl_xml_text(it, NULL));
    }
}

static void convert_supplier(json_t *component, const struct pl_xml_node *node)
{
    json_t *supplier = json_object();
    set(supplier, "name", pl_xml_text(node, "name"));
    const struct pl_xml_node *contact = pl_xml_child(node, "contact");
    if (contact) {
        set(push_object(add_array(supplier, "contact")), "email", pl_xml_text(contact, "email"));
    }
    json_object_set_new_nocheck(component, "supplier", supplier);
}

static void convert_evidence(json_t *component, const struct pl_xml_node *node)
{
    const struct pl_xml_node *list = pl_xml_child(node, "occurrences");
    json_t *evidence = json_object();
    json_t *occurrences = add_array(evidence, "occurrences");
    for (const struct pl_xml_node *it = pl_xml_child(list, "occurrence"); it;
         it = pl_xml_next(it, "occurrence")) {
        json_t *item = push_object(occurrences);
        set(item, "location", pl_xml_text(it, "location"));
        set(item, "additionalContext", pl_xml_text(it, "additionalContext"));
    }
    json_object_set_new_nocheck(component, "evidence", evidence);
}

static void convert_components(json_t *object, const struct pl_xml_node *node);

/* The depth of the tree is bounded by the parser. */
static void convert_component(json_t *component, const struct pl_xml_node *node)
{
    static const char *const texts[] = {"group", "name", "version",  "scope",
                                        "cpe",   "purl", "publisher"};
    set(component, "type", pl_xml_attribute(node, "type"));
    set(component, "bom-ref", pl_xml_attribute(node, "bom-ref"));
    for (const struct pl_xml_node *it = node->first; it; it = it->next) {
        for (size_t i = 0; i < PL_ARRAY_LEN(texts); i++) {
            if (pl_xml_is(it, texts[i])) {
                set(component, texts[i], pl_xml_text(it, NULL));
            }
        }
        if (pl_xml_is(it, "licenses")) {
            convert_licenses(component, it);
        } else if (pl_xml_is(it, "hashes")) {
            convert_pairs(component, it, "hashes", "alg", "content");
        } else if (pl_xml_is(it, "properties")) {
            convert_pairs(component, it, "properties", "name", "value");
        } else if (pl_xml_is(it, "supplier")) {
            convert_supplier(component, it);
        } else if (pl_xml_is(it, "evidence")) {
            convert_evidence(component, it);
        } else if (pl_xml_is(it, "components")) {
            convert_components(component, it);
        }
    }
}

static void convert_components(json_t *object, const struct pl_xml_node *node)
{
    json_t *list = add_array(object, "components");
    for (const struct pl_xml_node *it = pl_xml_child(node, "component"); it;
         it = pl_xml_next(it, "component")) {
        convert_component(push_object(list), it);
    }
}

static void convert_dependencies(json_t *document, const struct pl_xml_node *node)
{
    json_t *list = add_array(document, "dependencies");
    for (const struct pl_xml_node *it = pl_xml_child(node, "dependency"); it;
         it = pl_xml_next(it, "dependency")) {
        json_t *item = push_object(list);
        set(item, "ref", pl_xml_attribute(it, "ref"));
        json_t *needs = add_array(item, "dependsOn");
        for (const struct pl_xml_node *need = pl_xml_child(it, "dependency"); need;
             need = pl_xml_next(need, "dependency")) {
            pl_str ref = pl_xml_attribute(need, "ref");
            json_array_append_new(needs, json_stringn_nocheck(ref.ptr ? ref.ptr : "", ref.len));
        }
    }
}

static void convert_metadata(json_t *document, const struct pl_xml_node *node)
{
    json_t *metadata = json_object();
    const struct pl_xml_node *subject = pl_xml_child(node, "component");
    const struct pl_xml_node *properties = pl_xml_child(node, "properties");
    if (subject) {
        json_t *component = json_object();
        convert_component(component, subject);
        json_object_set_new_nocheck(metadata, "component", component);
    }
    if (properties) {
        convert_pairs(metadata, properties, "properties", "name", "value");
    }
    json_object_set_new_nocheck(document, "metadata", metadata);
}

enum pl_status pl_sbom_xml_to_json(pl_str text, json_t **ret, struct pl_error *err)
{
    struct pl_arena arena pl_autoarena = {0};
    const struct pl_xml_node *root = NULL;
    enum pl_status st = pl_xml_parse(&arena, text, "the document", &root, err);
    if (st < 0) {
        return st;
    }
    if (!pl_xml_is(root, "bom") || !pl_str_contains(root->ns, PL_STR("cyclonedx"))) {
        return pl_error_set(
            err, PL_E_PARSE,
            "this XML is no bill of materials of CycloneDX: its root is <" PL_STR_FMT ">",
            PL_STR_ARG(pl_str_sub(root->name, 0, 60)));
    }
    json_t *document = json_object();
    for (const struct pl_xml_node *it = root->first; it; it = it->next) {
        if (pl_xml_is(it, "metadata")) {
            convert_metadata(document, it);
        } else if (pl_xml_is(it, "components")) {
            convert_components(document, it);
        } else if (pl_xml_is(it, "dependencies")) {
            convert_dependencies(document, it);
        }
    }
    *ret = document;
    return PL_OK;
}
