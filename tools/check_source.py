#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the source files to the rules of CONTRIBUTING.md that a script can judge.

usage: check_source.py [ROOT]
"""
import os
import re
import shutil
import subprocess
import sys

FOLDERS = ("src", "tests", "fuzz", "tools", "docs")
TEXT = (".c", ".h", ".py", ".sh", ".md", ".def", ".build")
SPDX = "SPDX-License-Identifier: Apache-2.0"
FILE_WARN, FILE_FAIL, FUNCTION_FAIL = 600, 1000, 100
# Spelled in pieces, so that this file passes its own check.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
# A path of somebody's machine says that a file was written for it alone.
MACHINE_PATH = re.compile(r"(?<![\w.~}$])/(?:home|work|Users)/\w")
NOT_OURS_TO_LAY_OUT = ("tests/data/", "tests/golden/")


def text_files(root):
    for name in sorted(os.listdir(root)):
        if name.endswith((".md", ".sh", ".build")):
            yield name
    for folder in FOLDERS:
        for directory, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                path = os.path.relpath(os.path.join(directory, name), root)
                if name.endswith(TEXT) and not path.startswith(NOT_OURS_TO_LAY_OUT):
                    yield path


def check_lines(path, lines):
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        if UNFINISHED.search(line):
            yield f"{where}: unfinished work is finished or left out, not marked"
        if MACHINE_PATH.search(line):
            yield f"{where}: the path of one machine"
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            yield f"{where}: a merge was left in the middle"
        if "\t" in line:
            yield f"{where}: a tab"
        if line != line.rstrip():
            yield f"{where}: blanks at the end"


def check_functions(path, lines):
    """In this layout a function's body, and nothing else, opens and closes in column 0."""
    opened = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            opened = number
        elif line == "}" and opened is not None:
            if number - opened - 1 > FUNCTION_FAIL:
                yield f"{path}:{opened}: a function of {number - opened - 1} lines"
            opened = None


def check_c(root, path, lines):
    includes = [line.split('"')[1] for line in lines if line.startswith('#include "')]
    if path.endswith(".h"):
        if "#pragma once" not in lines[:3]:
            yield f"{path}: no #pragma once after the licence line"
    elif path.startswith("src/"):
        own = path[len("src/"):-1] + "h"
        if os.path.exists(os.path.join(root, "src", own)) and includes[:1] != [own]:
            yield f"{path}: its own header does not come first"
    yield from check_functions(path, lines)


def check_format(root, paths):
    tool = shutil.which("clang-format-14")
    if not tool:
        yield "clang-format-14 is missing, so the layout cannot be checked"
        return
    result = subprocess.run([tool, "--dry-run", "-Werror"] + paths, cwd=root, capture_output=True,
                            text=True, check=False)
    seen = set()
    for line in result.stderr.splitlines():
        file = line.split(":")[0]
        if "error:" in line and file not in seen:
            seen.add(file)
            yield f"{':'.join(line.split(':')[:2])}: not as clang-format-14 lays it out"


def check_file(root, path, warnings):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        lines = file.read().split("\n")
    if not path.endswith(".md") and not any(SPDX in line for line in lines[:2]):
        yield f"{path}: no licence line at the top"
    yield from check_lines(path, lines)
    if path.endswith((".c", ".h")):
        yield from check_c(root, path, lines)
    if path.endswith((".c", ".h", ".py")):
        if len(lines) > FILE_FAIL:
            yield f"{path}: {len(lines)} lines; split it"
        elif len(lines) > FILE_WARN:
            warnings.append(f"{path}: {len(lines)} lines")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    problems, warnings = [], []
    paths = list(text_files(root))
    for path in paths:
        problems += check_file(root, path, warnings)
    problems += check_format(root, [path for path in paths if path.endswith((".c", ".h"))])
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"source: {len(paths)} files, {len(problems)} problems, {len(warnings)} warnings")
    return 1 if problems or not paths else 0


sys.exit(main())
