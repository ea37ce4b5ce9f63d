#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints "PASSED FAILED SKIPPED" of a JUnit file that meson test wrote, counting subtests.

usage: count_tests.py FILE
"""
import sys
import xml.etree.ElementTree


def outcome(element):
    if element.find("failure") is not None or element.find("error") is not None:
        return 1
    return 2 if element.find("skipped") is not None else 0


def main():
    try:
        tree = xml.etree.ElementTree.parse(sys.argv[1])
    except (OSError, xml.etree.ElementTree.ParseError) as problem:
        print(problem, file=sys.stderr)
        return 1
    counts = [0, 0, 0]
    for suite in tree.iter("testsuite"):
        cases = suite.findall("testcase")
        for case in cases:
            counts[outcome(case)] += 1
        # A program that died has fewer subtests, and says so for the suite as a whole.
        claimed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts[1] += max(0, claimed - sum(outcome(case) == 1 for case in cases))
    print(*counts)
    return 0


sys.exit(main())
