#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the database's look-ups with what Python's zipfile and json make of the same export.

usage: db_oracle.py PLIMSOLL DB_DUMP EXPORT
Exit status 77 means skipped: there is no export.
"""
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

LOOKUPS = 6000


def normalised(ecosystem, name):
    base = ecosystem.split(":")[0]
    if base == "PyPI":
        return re.sub(r"[-_.]+", "-", name).lower()
    if base in ("NuGet", "Packagist", "GitHub Actions", "VSCode"):
        return name.lower()
    return name


def claim(record, affected):
    ranges = []
    for item in affected.get("ranges") or []:
        if item["type"] == "GIT":
            continue
        row = [item["type"]]
        for event in item["events"]:
            for kind in ("introduced", "fixed", "last_affected", "limit"):
                if kind in event:
                    row += [kind, event[kind]]
        ranges.append(row)
    severity = []
    for item in affected.get("severity") or []:
        severity += [item["type"], item["score"]]
    versions = affected.get("versions") or []
    if record["id"].startswith("CLEANSTART-"):  # lists the fixed version as affected
        fixed = {version for row in ranges for kind, version in zip(row[1::2], row[2::2]) if kind == "fixed"}
        versions = [version for version in versions if version not in fixed]
    return {
        "id": record["id"],
        "name": affected["package"]["name"],
        "purl": affected["package"].get("purl", ""),
        "ranges": ranges,
        "versions": versions,
        "severity": severity,
    }


def key_of(record, affected):
    package = affected["package"]
    ecosystem = package["ecosystem"]
    if record["id"].startswith("CLEANSTART-") and ecosystem == "Alpine":
        ecosystem = "CleanStart"
    return ecosystem, normalised(ecosystem, package["name"])


def read_export(export):
    records = {}
    counts = {"records": 0, "packages": 0}  # a record in two directories is in two slices
    for path in sorted(glob.glob(os.path.join(glob.escape(export), "*", "all.zip"))):
        own = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                record = json.loads(archive.read(name))
                kept = own.get(record["id"])
                if not kept or kept["modified"] < record["modified"]:
                    own[record["id"]] = record
        counts["records"] += len(own)
        counts["packages"] += len({key_of(record, affected) for record in own.values()
                                   for affected in record.get("affected") or [] if affected.get("package")})
        # What the first slice by name says under an id counts.
        records = {**own, **records}
    wanted = {}
    for record in records.values():
        for affected in record.get("affected") or []:
            package = affected.get("package")
            if not package:
                continue
            key = key_of(record, affected)
            claims = wanted.setdefault(key, [])
            if not record.get("withdrawn"):
                claims.append((package["name"], claim(record, affected)))
    return records, wanted, counts


def canonical(claims):
    """Order within one advisory says nothing, nor does saying it twice."""
    return sorted({json.dumps(item, sort_keys=True) for item in claims})


def main():
    plimsoll, dump, export = sys.argv[1:4]
    if not glob.glob(os.path.join(glob.escape(export), "*", "all.zip")):
        print("no export in", export)
        return 77
    records, wanted, counts = read_export(export)
    keys = sorted(wanted, key=lambda key: hashlib.sha256(repr(key).encode()).digest())[:LOOKUPS]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([plimsoll, "db", "update", "--db", directory, "--from", export], check=True)
        status = json.loads(subprocess.run(
            [plimsoll, "db", "status", "--db", directory, "--format", "json"], check=True,
            stdout=subprocess.PIPE).stdout)
        assert {name: status[name] for name in counts} == counts, (status, counts)
        # Ask by the name as a feed writes it, and for a few names that are not there.
        lines = []
        for key in keys:
            name = wanted[key][0][0] if wanted[key] else key[1]
            lines.append("%s\t%s" % (key[0], name))
        lines += ["Debian:12\tno-such-package", "No such ecosystem\tx", "Debian\topenssl"]
        answers = json.loads(subprocess.run(
            [dump, directory], input="\n".join(lines) + "\n", encoding="utf-8", check=True,
            stdout=subprocess.PIPE).stdout)
        subprocess.run([dump, directory, "--all"], check=True)
        assert len(answers) == len(lines)
        compared = 0
        for key, line, answer in zip(keys + [None] * 3, lines, answers):
            expected = canonical(item for _, item in wanted[key]) if key else []
            if canonical(answer) != expected:
                print("differs:", line, "\n got", canonical(answer), "\n expected", expected)
                return 1
            compared += len(answer)
        check_show(plimsoll, directory, records, keys, wanted)
        print("%d look-ups with %d statements agree" % (len(lines), compared))
    return 0


def check_show(plimsoll, directory, records, keys, wanted):
    """`db show --format json` gives the members that the database keeps."""
    ids = sorted({item["id"] for key in keys[:60] for _, item in wanted[key]})[:80]
    for number in ids:
        shown = json.loads(subprocess.run(
            [plimsoll, "db", "show", number, "--db", directory, "--format", "json"], check=True,
            stdout=subprocess.PIPE).stdout)
        for member in ("id", "modified", "published", "aliases", "upstream", "related", "summary",
                       "details", "severity", "references"):
            stated = records[number].get(member)
            if stated:
                assert shown.get(member) == stated, (number, member, shown.get(member), stated)


sys.exit(main())
