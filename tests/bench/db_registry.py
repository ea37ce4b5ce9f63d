#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the advisory database weighs on its way through a registry: each slice as a file, as it travels, and as the zip
that it came from; the patch of a day; and how long a pull takes from loopback.

The day before is made of the export itself: of each ecosystem the records are left out that were modified within a day
of its newest one. So a change counts as an addition, which makes patches larger than they would be.

usage: db_registry.py BUILD-DIRECTORY EXPORT-DIRECTORY
"""
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from registrylib import Registry


def run(plimsoll, *arguments):
    started = time.monotonic()
    done = subprocess.run([plimsoll, "db", *arguments, "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout), time.monotonic() - started


def moment(text):
    return datetime.datetime.fromisoformat(text[:19])


def day_before(export, into):
    """Gives how many records were left out of each ecosystem."""
    left_out = {}
    for ecosystem in sorted(os.listdir(export)):
        path = os.path.join(export, ecosystem, "all.zip")
        if not os.path.exists(path):
            continue
        with zipfile.ZipFile(path) as old:
            times = {name: moment(json.loads(old.read(name))["modified"]) for name in old.namelist()
                     if name.endswith(".json")}
            limit = max(times.values()) - datetime.timedelta(days=1)
            left_out["osv/" + ecosystem] = (sum(modified >= limit for modified in times.values()), len(times))
            if all(modified >= limit for modified in times.values()):
                continue  # the whole of it is of one day
            os.makedirs(os.path.join(into, ecosystem))
            with zipfile.ZipFile(os.path.join(into, ecosystem, "all.zip"), "w", zipfile.ZIP_DEFLATED) as new:
                for name, modified in times.items():
                    if modified < limit:
                        new.writestr(name, old.read(name))
    return left_out


def main():
    build, export = sys.argv[1:]
    plimsoll = os.path.join(build, "plimsoll")
    with tempfile.TemporaryDirectory() as top, Registry(top + "/registry") as registry:
        reference = registry.host + "/advisories"
        left_out = day_before(export, top + "/export")
        run(plimsoll, "update", "--db", top + "/before", "--from", top + "/export")
        run(plimsoll, "update", "--db", top + "/now", "--from", export)
        _, first = run(plimsoll, "push", reference, "--db", top + "/before")
        run(plimsoll, "pull", reference, "--db", top + "/there")
        pushed, second = run(plimsoll, "push", reference, "--db", top + "/now")
        whole, whole_seconds = run(plimsoll, "pull", reference, "--db", top + "/fresh")
        day, day_seconds = run(plimsoll, "pull", reference, "--db", top + "/there")
        _, nothing_seconds = run(plimsoll, "pull", reference, "--db", top + "/there")
        print(f"{'slice':34} {'zip':>10} {'file':>10} {'travels':>10} {'patch':>10}   of the day")
        total = [0, 0, 0]
        for entry in sorted(pushed["slices"], key=lambda entry: -entry["bytes"]):
            archive = os.path.getsize(os.path.join(export, entry["slice"].split("/", 1)[1], "all.zip"))
            total = [a + b for a, b in zip(total, (archive, entry["size_bytes"], entry["bytes"]))]
            changed, count = left_out.get(entry["slice"], (0, 0))
            print(f"{entry['slice']:34} {archive:10} {entry['size_bytes']:10} {entry['bytes']:10} {entry['patch_bytes']:10}"
                  f"   {changed} of {count}")
        print(f"{'together':34} {total[0]:10} {total[1]:10} {total[2]:10}")
        print(f"push: all {first:.1f} s, a day {second:.1f} s")
        print(f"pull: all {whole['bytes']} bytes {whole_seconds:.2f} s, a day {day['bytes']} bytes {day_seconds:.2f} s"
              f" ({sum(1 for f in day['fetched'] if f['patches'])} of {len(day['fetched'])} slices by patches),"
              f" nothing new {nothing_seconds:.2f} s")


main()
