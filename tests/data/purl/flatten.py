# SPDX-License-Identifier: Apache-2.0
"""Prints the test suite of the package URL specification (a folder of *-test.json) as lines:
kind, expected ("ok" or "fail"), then the fields of input and expected output, separated by tabs.
Parts are given as type, namespace, name, version, subpath, and key=value of each qualifier."""
import glob
import json
import sys


def flat(value):
    if not isinstance(value, dict):
        return ["text", value or ""]
    fields = [value.get(key) or "" for key in ("type", "namespace", "name", "version", "subpath")]
    return ["parts"] + fields + [f"{k}={v}" for k, v in sorted((value.get("qualifiers") or {}).items())]


for path in sorted(glob.glob(sys.argv[1] + "/*-test.json")):
    for test in json.load(open(path, encoding="utf-8"))["tests"]:
        expected = "fail" if test.get("expected_failure") else "ok"
        fields = [test["test_type"], expected] + flat(test["input"]) + ["|"] + flat(test.get("expected_output"))
        print("\t".join(fields))
