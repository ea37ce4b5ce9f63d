# SPDX-License-Identifier: Apache-2.0
"""Judges each line "a<TAB>b" of the file with alpm_pkg_vercmp of libalpm, which vercmp(8) prints."""
import ctypes
import ctypes.util
import sys

name = ctypes.util.find_library("alpm")
if not name:
    sys.exit(77)
vercmp = ctypes.CDLL(name).alpm_pkg_vercmp
for line in open(sys.argv[1], "rb"):
    a, b = line.rstrip(b"\n").split(b"\t")
    order = vercmp(a, b)
    print("<" if order < 0 else ">" if order > 0 else "=")
