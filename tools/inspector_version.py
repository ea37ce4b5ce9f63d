#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the header that names the version of the inspector: of everything that evidence depends on.

usage: tools/inspector_version.py SOURCE-ROOT HEADER DEPFILE

The version is a hash of the sources that read layers, so that what was cached by an older inspector is never taken
for what this one would say, and nobody has to remember to raise a number.
"""
import hashlib
import os
import sys

FOLDERS = ["base", "format", "model", "catalog", "image", "engine"]


def main():
    root, header, depfile = sys.argv[1:4]
    files = []
    for folder in FOLDERS:
        for where, dirs, names in os.walk(os.path.join(root, "src", folder)):
            dirs.sort()
            files += [os.path.join(where, name) for name in names if name.endswith((".c", ".h", ".def"))]
    total = hashlib.sha256()
    for path in sorted(files):
        with open(path, "rb") as source:
            total.update(os.path.relpath(path, root).encode() + b"\0" + hashlib.sha256(source.read()).digest())
    with open(header, "w", encoding="ascii") as out:
        out.write("/* Made by tools/inspector_version.py. */\n#pragma once\n"
                  f'#define PL_INSPECTOR_VERSION "{total.hexdigest()[:16]}"\n')
    with open(depfile, "w", encoding="utf-8") as out:
        out.write(f"{header}: " + " ".join(path.replace(" ", "\\ ") for path in sorted(files)) + "\n")


main()
