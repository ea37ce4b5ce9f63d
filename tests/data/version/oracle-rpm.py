# SPDX-License-Identifier: Apache-2.0
"""Judges each line "a<TAB>b" of the file with librpm: <, = or >, ! when librpm refuses one."""
import sys

try:
    import rpm
except ImportError:
    sys.exit(77)

for line in open(sys.argv[1], encoding="ascii"):
    a, b = line.rstrip("\n").split("\t")
    try:
        left, right = rpm.ver(a), rpm.ver(b)
        print("<" if left < right else ">" if left > right else "=")
    except ValueError:
        print("!")
