#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares every #include of src/ with the folder table in ARCHITECTURE.md, its only home.

usage: check_layers.py [ROOT]
"""
import os
import re
import sys

ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|\s*$")
# Made by the build from the sources of many folders; they include nothing.
GENERATED = {"inspector_version.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def read_table(root):
    table = {}
    with open(os.path.join(root, "ARCHITECTURE.md"), encoding="utf-8") as file:
        for line in file:
            row = ROW.match(line)
            if row:
                table[row[1]] = set(row[2].split())
    return table


def check_table(table):
    """The table itself: known names, and no arrow that leads back."""
    for folder, allowed in table.items():
        for other in sorted(allowed):
            if other not in table:
                yield f"ARCHITECTURE.md: {folder} may include {other}, which has no row"
            elif folder in table[other]:
                yield f"ARCHITECTURE.md: {folder} and {other} may include each other"


def check_file(root, path, table):
    folder = path.split(os.sep)[1]
    with open(os.path.join(root, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            include = INCLUDE.match(line)
            if not include:
                continue
            target = include[1].split("/")[0]
            if include[1] in GENERATED:
                continue
            if not os.path.exists(os.path.join(root, "src", include[1])):
                yield f'{path}:{number}: "{include[1]}" is not written from src/'
            elif target != folder and target not in table[folder]:
                yield f"{path}:{number}: {folder} may not include {target}"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    table = read_table(root)
    problems = list(check_table(table))
    checked = 0
    for directory, _, names in sorted(os.walk(os.path.join(root, "src"))):
        for name in sorted(name for name in names if name.endswith((".c", ".h"))):
            path = os.path.relpath(os.path.join(directory, name), root)
            if path.split(os.sep)[1] not in table:
                problems.append(f"{path}: its folder has no row in ARCHITECTURE.md")
            else:
                problems += check_file(root, path, table)
                checked += 1
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {checked} files, {len(problems)} problems")
    return 1 if problems or not checked else 0


sys.exit(main())
