#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ranges and listed versions say the same: every listed version of every record in an export of OSV's is asked of the
ranges of its own entry.

usage: range_agreement.py RANGE_AGREEMENT EXPORT-DIRECTORY
Skips without the export. Where both differ, the record contradicts itself; each is named here with the reason.
"""
import glob
import json
import os
import subprocess
import sys
import zipfile

PROGRAM, EXPORT = sys.argv[1:3]
SKIP = 77

# (record, package): why its list holds versions that its ranges do not.
CONTRADICTIONS = {
    ("GHSA-f4qf-m5gf-8jm8", "org.apache.tomcat:tomcat-coyote"):
        "begins at 9.0.0-M11 and lists milestones before that, written 9.0.0.M1",
    ("PYSEC-2021-114", "wagtail"): "2.11.6 is fixed by one pair of events, and affected by another around it",
    ("PYSEC-2023-61", "django"): "begins at 3.2 and 4.2 and lists their pre-releases, which PEP 440 orders before",
}


def records():
    for path in sorted(glob.glob(os.path.join(EXPORT, "*", "all.zip"))):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))


def main():
    if not os.path.isdir(EXPORT):
        print("no export in " + EXPORT)
        sys.exit(SKIP)
    lines = [json.dumps(record) for record in records()]
    done = subprocess.run([PROGRAM], input="\n".join(lines), stdout=subprocess.PIPE, encoding="utf-8", check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    compared = int(rows.pop()[1])
    outside = [tuple(row[1:]) for row in rows if row[0] == "outside"]
    seen = {(identity, package) for identity, _, package, _ in outside}
    assert compared > 600_000, compared
    assert seen == set(CONTRADICTIONS), seen ^ set(CONTRADICTIONS)
    print("%d listed versions compared; %d outside of their ranges, in %d records that contradict themselves; %d in no order"
          % (compared, len(outside), len(seen), sum(row[0] == "unordered" for row in rows)))


main()
