# SPDX-License-Identifier: Apache-2.0
"""Reads a bill of materials into another tool's model and writes it out again. Run by the interpreter of a virtual
environment in which cyclonedx-python-lib and spdx-tools are, for it takes both a second to load, once for many
documents.

On standard input a list of jobs, each a list: ["convert", IN, OUT...] or ["same", FILE, FILE], whether the two are one
document in the model's eyes. What a file is, its name's ending says. Prints what is wrong, a line each.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

CYCLONEDX = {".cdx.json": "JSON", ".cdx.xml": "XML"}


def cyclonedx_form(path):
    return next((form for suffix, form in CYCLONEDX.items() if path.endswith(suffix)), None)


def cyclonedx_complaints(text, form):
    from cyclonedx.schema import OutputFormat, SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from cyclonedx.validation.xml import XmlValidator
    checker = {OutputFormat.JSON: JsonStrictValidator, OutputFormat.XML: XmlValidator}[OutputFormat[form]]
    wrong = checker(SchemaVersion.V1_6).validate_str(text)
    return [] if wrong is None else [str(wrong)]


def read_cyclonedx(path):
    from cyclonedx.model.bom import Bom
    with open(path) as file:
        text = file.read()
    form = cyclonedx_form(path)
    bom = Bom.from_json(json.loads(text)) if form == "JSON" else Bom.from_xml(ElementTree.fromstring(text))
    bom.validate()
    return bom, cyclonedx_complaints(text, form)


def cyclonedx_text(bom, form, version="1.6"):
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion
    return make_outputter(bom, OutputFormat[form], SchemaVersion.from_version(version)).output_as_string(indent=1)


def write_cyclonedx(bom, path):
    """A path may say which version is wanted: "x.v1.4.cdx.json"."""
    version = re.search(r"\.v(1\.\d)\.cdx\.", path)
    with open(path, "w") as file:
        file.write(cyclonedx_text(bom, cyclonedx_form(path), version.group(1) if version else "1.6"))


def in_order(value):
    if isinstance(value, list):
        return sorted((in_order(item) for item in value), key=repr)
    return {key: in_order(item) for key, item in value.items()} if isinstance(value, dict) else value


def cyclonedx_in_order(bom):
    """By what the model writes: to the model itself no two occurrences are equal, nor have they an order. The time is
    that of the reading, where a document has none."""
    bom.metadata.timestamp = None
    return in_order(json.loads(cyclonedx_text(bom, "JSON")))


def read_spdx(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    document = parse_file(path)
    return document, [f"{m.context.spdx_id}: {m.validation_message}" for m in validate_full_spdx_document(document)]


def write_spdx(document, path):
    from spdx_tools.spdx.writer.write_anything import write_file
    write_file(document, path, validate=False)


def spdx_in_order(document):
    """SPDX lists have no order, but spdx-tools' have."""
    document.packages.sort(key=lambda p: p.spdx_id)
    for package in document.packages:
        package.external_references.sort(key=repr)
        package.checksums.sort(key=repr)
    for things in (document.relationships, document.annotations, document.extracted_licensing_info,
                   document.creation_info.creators):
        things.sort(key=repr)
    return document


def convert(path, *outs):
    is_cyclonedx = cyclonedx_form(path)
    document, complaints = (read_cyclonedx if is_cyclonedx else read_spdx)(path)
    for out in outs:
        (write_cyclonedx if is_cyclonedx else write_spdx)(document, out)
    return complaints


def same(*paths):
    if cyclonedx_form(paths[0]):
        one, other = (cyclonedx_in_order(read_cyclonedx(path)[0]) for path in paths)
    else:
        one, other = (spdx_in_order(read_spdx(path)[0]) for path in paths)
    return [] if one == other else ["the model says that they differ"]


if __name__ == "__main__":
    for verb, *files in json.load(sys.stdin):
        for complaint in {"convert": convert, "same": same}[verb](*files):
            print(" ".join(files), complaint)
