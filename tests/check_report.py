#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks JSON reports against docs/schema/report-1.0.json and against what the schema cannot say.

usage: check_report.py SCHEMA REPORT...
Prints TAP. The schema part is skipped without python3-jsonschema.
"""
import json
import os
import sys


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "an object repeats a key"
    return dict(pairs)


def check_meaning(report):
    purls = {component["purl"] for component in report["components"]}
    for finding in report.get("findings", []):
        assert finding["component"] in purls, "a finding names no component of the report"
        assert finding["fix"]["state"] == "fixed" or not finding["fix"]["versions"], "unfixed"
        assert finding["id"] not in finding["aliases"], "an id is its own alias"


# What is known of the reports made by hand in tests/unit/report/formats.c.
def check_sample(name, report):
    if name == "debian.json":
        hostile = report["components"][0]["name"]
        assert hostile == "evil\x1b[31m\u202e\ufffd\u4e2d", repr(hostile)
        first = report["findings"][0]
        assert first["id"] == "CVE-2024-0001" and first["cvss"] == 9.8
        assert first["component"] == "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64", first
        assert first["title"] == 'A "quoted" title \\ with\ttab'
        assert len(report["findings"]) == 10
        assert report["database"]["feeds"][0]["records"] == 8313
        assert report["subject"]["os"]["end_of_life"] == "2026-06-10"
    if name == "inventory.json":
        assert sorted(report) == ["components", "gaps", "schema_version", "subject"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    try:
        import jsonschema
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
    except ImportError:
        validator = None
    paths = sys.argv[2:]
    print(f"1..{2 * len(paths)}")
    failed = False
    for number, path in enumerate(paths):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        report = json.loads(text, object_pairs_hook=no_duplicates)
        if validator is None:
            print(f"ok {2 * number + 1} - {name} schema # SKIP python3-jsonschema is missing")
        else:
            problems = [f"{list(e.path)}: {e.message}" for e in validator.iter_errors(report)]
            failed = failed or bool(problems)
            print(f"{'not ok' if problems else 'ok'} {2 * number + 1} - {name} schema")
            for problem in problems[:5]:
                print(f"# {problem}")
        try:
            check_meaning(report)
            check_sample(name, report)
            print(f"ok {2 * number + 2} - {name} meaning")
        except AssertionError as problem:
            failed = True
            print(f"not ok {2 * number + 2} - {name} meaning\n# {problem}")
    return 1 if failed else 0


sys.exit(main())
