#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Walks the .def lists of plug-ins: sorted, each file there and with a summary, each kind with its
page docs/adding-a-<kind>.md; and the fuzz targets: each with its file and at least three seeds.

A list of plug-ins is one whose lines all name a file: PL_KIND(name). The other .def files are data.

usage: check_defs.py [ROOT]
"""
import os
import re
import sys

ENTRY = re.compile(r"^(PL_[A-Z0-9_]+)\((.*)\)\s*$")
LEAST_SEEDS = 3


def read_list(path):
    with open(path, encoding="utf-8") as file:
        return [entry.groups() for entry in map(ENTRY.match, file) if entry]


def plugin_file(directory, name):
    """Beside the list, or in a folder beside it (image/source/ of image/sources.def, feed/reader/ of feed/feeds.def)."""
    folders = [directory] + sorted(entry.path for entry in os.scandir(directory) if entry.is_dir())
    paths = [os.path.join(folder, name + ".c") for folder in folders]
    return next((path for path in paths if os.path.exists(path)), None)


def check_plugins(root, path, entries):
    names = [argument for _, argument in entries]
    if names != sorted(set(names)):
        yield f"{path}: not sorted, or a name twice"
    for _, name in entries:
        file = plugin_file(os.path.dirname(path), name)
        if not file:
            yield f"{path}: {name} has no file {name}.c"
            continue
        with open(file, encoding="utf-8") as source:
            if not re.search(r'\.summary\s*=\s*"\S', source.read()):
                yield f"{file}: its descriptor has no summary"
    for macro in sorted({macro for macro, _ in entries}):
        kind = macro[len("PL_"):].lower().replace("_", "-")
        page = f"docs/adding-{'an' if kind[0] in 'aeiou' else 'a'}-{kind}.md"
        if not os.path.exists(os.path.join(root, page)):
            yield f"{path}: there is no {page}"


def check_fuzz(root):
    path = os.path.join(root, "fuzz", "targets.def")
    names = [argument.split(",")[0].strip() for _, argument in read_list(path)]
    if names != sorted(names):
        yield f"{path}: not sorted"
    for name in names:
        if not os.path.exists(os.path.join(root, "fuzz", f"fuzz_{name}.c")):
            yield f"{path}: {name} has no file fuzz_{name}.c"
        corpus = os.path.join(root, "fuzz", "corpus", name)
        seeds = len(os.listdir(corpus)) if os.path.isdir(corpus) else 0
        if seeds < LEAST_SEEDS:
            yield f"{path}: {name} has {seeds} seeds, fewer than {LEAST_SEEDS}"
    for entry in sorted(os.listdir(os.path.join(root, "fuzz"))):
        if entry.startswith("fuzz_") and entry[len("fuzz_"):-len(".c")] not in names:
            yield f"{path}: fuzz/{entry} is not listed"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    problems, lists = [], 0
    for directory, _, files in sorted(os.walk(os.path.join(root, "src"))):
        for name in sorted(file for file in files if file.endswith(".def")):
            path = os.path.join(directory, name)
            entries = read_list(path)
            if entries and all(re.fullmatch(r"\w+", argument) for _, argument in entries):
                problems += check_plugins(root, path, entries)
                lists += 1
    problems += check_fuzz(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"lists: {lists} of plug-ins, {len(problems)} problems")
    return 1 if problems or not lists else 0


sys.exit(main())
