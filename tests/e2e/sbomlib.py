# SPDX-License-Identifier: Apache-2.0
"""Bills of materials for tests: validators, and what another tool would make of a document.

Nothing here shares code or tables with plimsoll. The conversions carry what both formats have fields for, by the mapping
that the formats' own documents give (SPDX 2.3 annex on CycloneDX's terms), and drop everything else: properties,
annotations, places, layers.
"""
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from imagelib import Skip

SCHEMAS = os.path.join(os.environ.get("PL_TEST_CORPUS", os.path.join(os.path.dirname(__file__), "../../../shared/corpus")), "schemas")
CDX = "{http://cyclonedx.org/schema/bom/1.6}"


def need_schemas():
    if not os.path.isdir(SCHEMAS):
        raise Skip("the published schemas are not here")
    return SCHEMAS


def validator(name):
    """One for a published schema. Debian's jsonschema 4.10 fails on what it wants to complain about in
    additionalItems; the keyword is replaced by one that does as draft 7 says."""
    import jsonschema

    def additional_items(checker, wanted, instance, schema):
        items = schema.get("items", {})
        if isinstance(instance, list) and isinstance(items, list) and len(instance) > len(items):
            if wanted is False:
                yield jsonschema.ValidationError("additional items")
            elif isinstance(wanted, dict):
                for item in instance[len(items):]:
                    yield from checker.descend(item, wanted)

    kind = jsonschema.validators.extend(jsonschema.Draft7Validator, {"additionalItems": additional_items})
    folder = need_schemas()
    with open(f"{folder}/{name}") as file:
        schema = json.load(file)
    store = {}
    for path in (os.path.join(folder, "cyclonedx", other) for other in ("spdx.schema.json", "jsf-0.82.schema.json")):
        with open(path) as file:
            other = json.load(file)
        store[other["$id"]] = other
        store["http://cyclonedx.org/schema/" + os.path.basename(path)] = other
    resolver = jsonschema.RefResolver.from_schema(schema, store=store)
    return kind(schema, resolver=resolver, format_checker=jsonschema.FormatChecker())


def validate_json(path):
    with open(path) as file:
        document = json.load(file)
    name = "cyclonedx/bom-1.6.schema.json" if "bomFormat" in document else "spdx/spdx-2.3.schema.json"
    errors = [f"{list(e.path)}: {e.message[:200]}" for e in validator(name).iter_errors(document)]
    if errors:
        raise AssertionError(f"{path}: {len(errors)} errors: {errors[:3]}")
    return document


def validate_xml(path, where):
    """xmllint with the published schema, whose import is turned to the file beside it."""
    if not shutil.which("xmllint"):
        raise Skip("no xmllint")
    folder = need_schemas()
    with open(f"{folder}/cyclonedx/bom-1.6.xsd") as file:
        text = file.read().replace('schemaLocation="http://cyclonedx.org/schema/spdx"', 'schemaLocation="spdx.xsd"')
    with open(f"{where}/bom.xsd", "w") as file:
        file.write(text)
    shutil.copyfile(f"{folder}/cyclonedx/spdx.xsd", f"{where}/spdx.xsd")
    result = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", f"{where}/bom.xsd", path], stderr=subprocess.PIPE)
    if result.returncode != 0:
        raise AssertionError(result.stderr.decode()[:500])


def tag_values(text):
    """The tags of an SPDX document in order, by the rules of clause 4 of the specification."""
    for match in re.finditer(r"^(\w+):[ \t]*(?:<text>(.*?)</text>|([^\n]*))$", text, re.M | re.S):
        yield match.group(1), match.group(2) if match.group(2) is not None else match.group(3).strip()


def spdx_reference(package, kind):
    return next((r["referenceLocator"] for r in package.get("externalRefs", ()) if r["referenceType"] == kind), None)


def spdx_to_cyclonedx(document):
    """An SPDX JSON document as CycloneDX JSON of version 1.5."""
    described = {r["relatedSpdxElement"] for r in document["relationships"] if r["relationshipType"] == "DESCRIBES"}
    components, subject = [], None
    for package in document["packages"]:
        component = {"type": "library", "bom-ref": package["SPDXID"], "name": package["name"]}
        if package.get("primaryPackagePurpose") == "OPERATING_SYSTEM":
            component["type"] = "operating-system"
        if "versionInfo" in package:
            component["version"] = package["versionInfo"]
        if package.get("licenseDeclared", "NOASSERTION") not in ("NOASSERTION", "NONE"):
            component["licenses"] = [{"expression": package["licenseDeclared"]}]
        for key, kind in (("purl", "purl"), ("cpe", "cpe23Type")):
            if spdx_reference(package, kind):
                component[key] = spdx_reference(package, kind)
        if package["SPDXID"] in described:
            subject = dict(component, type="container")
        else:
            components.append(component)
    depends = {}
    for relation in document["relationships"]:
        if relation["relationshipType"] == "DEPENDS_ON":
            depends.setdefault(relation["spdxElementId"], []).append(relation["relatedSpdxElement"])
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": subject},
            "components": components, "dependencies": [{"ref": ref, "dependsOn": to} for ref, to in depends.items()]}


def cyclonedx_to_tag_value(path):
    """CycloneDX XML as SPDX tag-value of version 2.2."""
    root = ElementTree.parse(path).getroot()
    lines = ["SPDXVersion: SPDX-2.2", "DataLicense: CC0-1.0", "SPDXID: SPDXRef-DOCUMENT", "DocumentName: converted",
             "DocumentNamespace: https://example.org/converted", "Creator: Tool: converter", "Created: 2026-01-02T03:04:05Z"]
    for number, component in enumerate(root.find(CDX + "components")):
        lines += ["", "PackageName: " + component.findtext(CDX + "name"), f"SPDXID: SPDXRef-{number}",
                  "PackageVersion: " + component.findtext(CDX + "version", ""), "PackageDownloadLocation: NOASSERTION",
                  "FilesAnalyzed: false"]
        if component.findtext(CDX + "purl"):
            lines.append("ExternalRef: PACKAGE-MANAGER purl " + component.findtext(CDX + "purl"))
        if component.findtext(CDX + "cpe"):
            lines.append("ExternalRef: SECURITY cpe23Type " + component.findtext(CDX + "cpe"))
        if component.get("type") == "operating-system":
            lines.append("PrimaryPackagePurpose: OPERATING-SYSTEM")
    return "\n".join(lines) + "\n"
