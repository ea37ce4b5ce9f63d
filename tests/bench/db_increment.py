#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long an update takes that finds nothing new, or a thousand records, in a full database.

usage: db_increment.py BUILD-DIRECTORY EXPORT-DIRECTORY [--runs N]
A server on loopback has the export with its lists of changes. Of each ecosystem as many records change
as it has a share in all. Prints the size of each slice beside what zstd makes of its JSON.
"""
import argparse
import email.utils
import glob
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from feed_site import Site, rfc3339  # noqa: E402

CHANGED = 1000
START = 1767225600
DAY = 86400


def read_export(top):
    """The records of each ecosystem, by id."""
    export = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(top), "*", "all.zip"))):
        with zipfile.ZipFile(path) as archive:
            export[path.split(os.sep)[-2]] = {name[:-5]: archive.read(name) for name in archive.namelist()
                                              if name.endswith(".json")}
    return export


def put_export(site, export):
    site.put("/ecosystems.txt", "\n".join(export))
    for ecosystem, records in export.items():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in records.items():
                archive.writestr(name + ".json", text)
        site.put("/%s/all.zip" % urllib.parse.quote(ecosystem), packed.getvalue(), START)
        put_list(site, ecosystem, [(name, START - DAY) for name in records])


def put_list(site, ecosystem, rows):
    rows = sorted(rows, key=lambda row: -row[1])
    site.put("/%s/modified_id.csv" % urllib.parse.quote(ecosystem),
             "".join("%s,%s\n" % (rfc3339(at), name) for name, at in rows), rows[0][1] if rows else START)


def change(site, export, turn):
    """CHANGED records are modified, spread over all ecosystems."""
    total = sum(len(records) for records in export.values())
    count = 0
    for ecosystem, records in export.items():
        names = sorted(records)
        wanted = min(len(names), -(-len(names) * CHANGED // total), CHANGED - count)
        chosen = {names[i * len(names) // max(1, wanted)] for i in range(wanted)}
        for name in chosen:
            record = json.loads(records[name])
            record["modified"] = rfc3339(START + turn * DAY)
            record["summary"] = "changed %d times" % turn
            site.put("/%s/%s.json" % (urllib.parse.quote(ecosystem), urllib.parse.quote(name)),
                     json.dumps(record), START + turn * DAY)
        count += len(chosen)
        put_list(site, ecosystem, [(name, START + turn * DAY if name in chosen else START - DAY)
                                   for name in names])
    return count


def update(plimsoll, database, url):
    began = time.monotonic()
    done = subprocess.run([plimsoll, "db", "update", "--db", database, "--from", url, "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    return time.monotonic() - began, json.loads(done.stdout)


def print_sizes(database, export):
    with open(os.path.join(database, "current"), encoding="utf-8") as file:
        slices = {entry["name"]: entry["size_bytes"] for entry in json.load(file)["slices"]}
    sums = [0, 0, 0]
    for ecosystem, records in export.items():
        text = b"".join(records.values())
        packed = len(subprocess.run(["zstd", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout)
        size = slices["osv/" + ecosystem]
        for i, value in enumerate((len(text), packed, size)):
            sums[i] += value
        print("%-30s JSON %9.3f MB, by zstd %7.3f MB, slice %7.3f MB: %.2f"
              % (ecosystem, len(text) / 1e6, packed / 1e6, size / 1e6, size / packed))
    print("%-30s JSON %9.3f MB, by zstd %7.3f MB, database %7.3f MB: %.2f"
          % ("all", sums[0] / 1e6, sums[1] / 1e6, sums[2] / 1e6, sums[2] / sums[1]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("export")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    plimsoll = os.path.join(arguments.build, "plimsoll")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    export = read_export(arguments.export)
    site = Site()
    put_export(site, export)
    with tempfile.TemporaryDirectory() as database:
        print("whole: %.2f s" % update(plimsoll, database, site.base)[0])
        for turn in range(1, arguments.runs + 1):
            print("nothing new: %.2f s" % update(plimsoll, database, site.base)[0])
            count = change(site, export, turn)
            site.take_asked()
            seconds, told = update(plimsoll, database, site.base)
            asked = len([path for path in site.take_asked() if path.endswith("all.zip")])
            print("%d records changed: %.2f s, %.1f MB fetched, %d archives among it"
                  % (count, seconds, told["fetched_bytes"] / 1e6, asked))
        print_sizes(database, export)
    site.close()


main()
