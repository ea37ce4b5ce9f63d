#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks JSON reports against docs/schema/report-1.0.json, several in one document against report-set-1.0.json
beside it, and both against what a schema cannot say.

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


def check_container(report):
    container = report["subject"].get("container")
    since = [component.get("since_image") for component in report["components"]]
    if container is None:
        assert since == [None] * len(since), "marked, but of no container"
        return
    assert None not in since or set(since) == {None}, "some are marked and some are not"
    purls = {component["purl"] for component in report["components"]}
    assert not purls & set(container["removed"]), "removed, but there"
    paths = [change["path"].encode() for change in container["changes"]]
    assert paths == sorted(paths), "the changes are not in order"


def check_meaning(report):
    if "reports" in report:
        rows = [row for row in report["summary"] if "failure" not in row]
        assert len(rows) == len(report["reports"]), "rows and reports do not belong together"
        for row, one in zip(rows, report["reports"]):
            check_meaning(one)
            assert row["components"] == len(one["components"]) and row["gaps"] == len(one["gaps"]), "miscounted"
            assert ("findings" in row) == ("findings" in one), "findings on one side alone"
            if "findings" in one:
                active = [f["severity"] for f in one["findings"] if f["status"] in ("affected", "under_investigation")]
                assert row["findings"] == {name: active.count(name) for name in row["findings"]}, "miscounted findings"
                assert row["pass"] == one["verdict"]["pass"], "two verdicts"
        return
    check_container(report)
    purls = {component["purl"] for component in report["components"]}
    for finding in report.get("findings", []):
        assert "suppressions" not in finding, "suppressed, but among those that count"
    for rule in report.get("suppressions", []):
        assert (rule["use"] == "unused") == (rule["findings"] == 0), "used, but for nothing"
    for finding in report.get("findings", []) + report.get("suppressed", []):
        assert finding["component"] in purls, "a finding names no component of the report"
        assert finding["fix"]["state"] == "fixed" or not finding["fix"]["versions"], "unfixed"
        assert finding["id"] not in finding["aliases"], "an id is its own alias"


# What is known of the reports made by hand in tests/unit/report/.
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
    if name == "container.json":
        assert [(c["name"], c["since_image"]) for c in report["components"]] == [
            ("altered", "altered"), ("evil\x1b[31m\u202e", "new"), ("same", "same")]
        container = report["subject"]["container"]
        assert container["memory_bytes"] == 256 << 20 and container["pids"] is None
        assert container["mounts"][0]["writable"] is True and container["labels"][0]["value"] == "\u202eweb"
        assert [change["change"] for change in container["changes"]] == ["added", "modified", "deleted"]
    if name == "set.json":
        assert [sorted(row) for row in report["summary"]] == [
            ["components", "findings", "gaps", "pass", "source"], ["failure", "source"],
            ["components", "findings", "gaps", "pass", "source"]]
        assert [row.get("pass") for row in report["summary"]] == [True, None, False]
        assert report["summary"][2]["findings"]["critical"] == 1 and report["summary"][2]["findings"]["low"] == 1
    if name == "set-failed.json":
        assert report["reports"] == [] and len(report["summary"]) == 1


def load_schemas(path):
    with open(path, encoding="utf-8") as file:
        of_one = json.load(file)
    with open(os.path.join(os.path.dirname(path), "report-set-1.0.json"), encoding="utf-8") as file:
        of_several = json.load(file)
    # The reports in a set are checked one by one: older jsonschema follows no reference between URNs.
    reference = of_several["properties"]["reports"]["items"].pop("$ref")
    assert reference == of_one["$id"], reference
    return of_one, of_several


def check_schema(schemas, report):
    """What is wrong with it; None without python3-jsonschema."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return None
    for schema in schemas:
        Draft202012Validator.check_schema(schema)
    of_one, of_several = map(Draft202012Validator, schemas)
    parts = [(of_one, report)]
    if "reports" in report:
        parts = [(of_several, report)] + [(of_one, one) for one in report["reports"]]
    return [f"{list(e.path)}: {e.message}" for validator, part in parts for e in validator.iter_errors(part)]


def main():
    schemas = load_schemas(sys.argv[1])
    paths = sys.argv[2:]
    print(f"1..{2 * len(paths)}")
    failed = False
    for number, path in enumerate(paths):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        report = json.loads(text, object_pairs_hook=no_duplicates)
        problems = check_schema(schemas, report)
        if problems is None:
            print(f"ok {2 * number + 1} - {name} schema # SKIP python3-jsonschema is missing")
        else:
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
