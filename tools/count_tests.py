#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints "PASSED FAILED SKIPPED" of a JUnit file that meson test wrote, counting subtests.

usage: count_tests.py FILE
"""
import sys
import xml.etree.ElementTree


# What meson adds to the standard error of such a program.
EXITED = "(test program exited with status code"


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
        # A program that died has no failed subtest, only fewer of them and a bad exit status.
        said = "".join(element.text or "" for element in suite.findall("system-err"))
        if EXITED in said and not any(outcome(case) == 1 for case in cases):
            print(f"{suite.get('name')}: died", file=sys.stderr)
            counts[1] += 1
    print(*counts)
    return 0


sys.exit(main())
