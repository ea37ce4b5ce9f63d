# SPDX-License-Identifier: Apache-2.0
"""Judges each line "a<TAB>b" of the file with packaging.version: <, = or >, ! when it refuses one;
with "in" as second argument each line "range<TAB>version": i, o or !."""
import sys

try:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version
except ImportError:
    sys.exit(77)


def compare(a, b):
    left, right = Version(a), Version(b)
    return "<" if left < right else ">" if left > right else "="


def contains(a, b):
    return "i" if SpecifierSet(a).contains(Version(b), prereleases=True) else "o"


judge = contains if sys.argv[2:] == ["in"] else compare
for line in open(sys.argv[1], encoding="ascii"):
    try:
        print(judge(*line.rstrip("\n").split("\t")))
    except (InvalidVersion, InvalidSpecifier):
        print("!")
