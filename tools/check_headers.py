#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles each header of src/ alone: whoever includes it needs to include nothing before it.

usage: check_headers.py [ROOT]
"""
import concurrent.futures
import os
import subprocess
import sys

FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror",
         "-fsyntax-only", "-Isrc", "-include", "src/base/banned.h", "-x", "c", "-"]


def compile_alone(root, header):
    result = subprocess.run([os.environ.get("CC", "gcc")] + FLAGS, cwd=root, text=True,
                            input=f'#include "{header}"\n', capture_output=True, check=False)
    return header, result.returncode, result.stderr


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    source = os.path.join(root, "src")
    headers = sorted(os.path.relpath(os.path.join(directory, name), source)
                     for directory, _, names in os.walk(source)
                     for name in names if name.endswith(".h"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, status, said in pool.map(lambda h: compile_alone(root, h), headers):
            if status != 0:
                failed += 1
                print(f"src/{header} does not compile alone:\n{said}", file=sys.stderr)
    print(f"headers: {len(headers)} files, {failed} problems")
    return 1 if failed or not headers else 0


sys.exit(main())
