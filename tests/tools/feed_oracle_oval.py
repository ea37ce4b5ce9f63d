#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the OVAL feeds to a second reading of the same documents.

usage: feed_oracle_oval.py FEED_DUMP FEEDS_DIR

The feeds go by tests, objects and states; here the comments of the criteria are read, in which every
publisher repeats them in words. Advisories of AlmaLinux are compared with their records in the OSV
format as well.
"""
import bz2
import collections
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
import zipfile

BARE = re.compile(r"^(?:\d+:)?(.*?)(?:\.(?:azl|cm)\d+)?$")


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def text(element):
    return (element.text or "").strip()


def bare(version):
    """Without epoch and distribution, which Microsoft's comments leave out."""
    return BARE.match(version)[1]


PACKAGE = [
    re.compile(r"^Package (?P<name>\S+) is earlier than (?P<fixed>\S+), affected by"),
    re.compile(r"^Package (?P<name>\S+) is installed with version (?P<last>\S+) or earlier"),
    re.compile(r"^(?P<name>\S+) DPKG is earlier than (?P<fixed>\S+)$"),
    re.compile(r"^(?P<name>\S+) is earlier than (?P<fixed>\S+)$"),
    re.compile(r"^(?P<name>\S+) less than (?P<fixed>\S+)$"),
    re.compile(r"^(?P<name>\S+) package in \S+ was vulnerable but has been fixed \(note: '(?P<fixed>\S+)'\)"),
    re.compile(r"^(?P<name>\S+)-(?P<fixed>\d[^-\s]*-[^-\s]+) is installed$"),
    re.compile(r"^(?P<name>\S+) is (?P<not>not affected)$"),
]


def statements(document):
    """(name, kind, version) of every package that has its test in the document, over all definitions."""
    # One sample has a state whose operation is a number.
    ids = {e.get("id") for e in document.iter() if not any(part.get("operation", "x").isdigit() for part in e)}
    tests = {e.get("id") for e in document.iter() if local(e).endswith("_test")
             and all(ref in ids for part in e for name, ref in part.attrib.items() if name.endswith("_ref"))}
    result = set()
    if any(local(e) == "platform" and "FIPS" in text(e) for e in document.iter()):
        return result
    for definition in (e for e in document.iter() if local(e) == "definition"):
        if not any(local(e) == "reference" and "CVE-" in e.get("ref_id", "") for e in definition.iter()):
            continue
        not_applicable = any(local(e) == "patchable" and text(e) == "Not Applicable" for e in definition.iter())
        ksplice = {c.get("test_ref") for parent in definition.iter() for c in parent
                   if any("ksplice-based" in (o.get("comment") or "") for o in parent)}
        for criterion in (e for e in definition.iter() if local(e) == "criterion"):
            match = next((m for m in (p.match(criterion.get("comment")) for p in PACKAGE) if m), None)
            if not match or criterion.get("test_ref") not in tests - ksplice:
                continue
            found = match.groupdict()
            if found.get("not") or found.get("fixed") == "0":
                result.add((found["name"], "not", ""))
            elif "last" in found:
                result.add((found["name"], "not" if not_applicable else "last", bare(found["last"])))
            elif re.search("_fips|Fips", found["fixed"]):
                continue
            else:
                result.add((found["name"], "not" if not_applicable else "fixed", bare(found["fixed"])))
    return result


def said(lines):
    result = set()
    for line in lines:
        for affected in line.get("advisory", {}).get("affected", []):
            events = {}
            for event in affected["ranges"][0]["events"]:
                events.update(event)
            version = bare(events.get("fixed", events.get("last_affected", "")))
            kind = "not" if affected["state"] == "not_affected" else "fixed" if "fixed" in events else "last"
            result.add((affected["package"]["name"], kind, version))
    return result


def documents(temp, feeds):
    for archive in sorted((feeds / "native" / "samples").glob("*.tar.zst")):
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", temp], check=True)
    for path in sorted((feeds / "native" / "azurelinux").glob("*.zst")):
        (pathlib.Path(temp) / path.stem).write_bytes(subprocess.run(["zstd", "-dqc", path], check=True,
                                                                    stdout=subprocess.PIPE).stdout)
    for path in sorted(pathlib.Path(temp).glob("**/*")):
        if path.is_file() and path.suffix in (".xml", ".gz", ".bz2"):
            try:
                data = path.read_bytes()
                data = gzip.decompress(data) if path.suffix == ".gz" else bz2.decompress(data) \
                    if path.suffix == ".bz2" else data
                if b"oval_definitions" in data:
                    yield path.name, data, xml.etree.ElementTree.fromstring(data)
            except (OSError, ValueError, xml.etree.ElementTree.ParseError):
                continue


def compare_with_osv(advisories, feeds):
    """How many of the advisories have a record, and in which packages they differ."""
    found, differ = 0, []
    with zipfile.ZipFile(feeds / "osv" / "AlmaLinux" / "all.zip") as archive:
        names = set(archive.namelist())
        for advisory in advisories:
            # What AlmaLinux says of npm in ALSA-2023:5363 differs between its own two exports.
            if advisory["id"] + ".json" not in names:
                continue
            record = json.loads(archive.read(advisory["id"] + ".json"))
            theirs = collections.defaultdict(set)
            for affected in record["affected"]:
                for event in (e for r in affected["ranges"] for e in r["events"] if "fixed" in e):
                    theirs[affected["package"]["ecosystem"], affected["package"]["name"]].add(bare(event["fixed"]))
            found += 1
            for affected in advisory["affected"]:
                key = affected["package"]["ecosystem"], affected["package"]["name"]
                fixed = bare(affected["ranges"][0]["events"][1]["fixed"])
                if fixed not in theirs[key] and key[1] != "npm":
                    differ.append((advisory["id"], key, fixed, sorted(theirs[key])))
    return found, differ


def main():
    dump, feeds = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (feeds / "native" / "samples").is_dir():
        print("no samples")
        return 77
    failures = checked = total = 0
    with tempfile.TemporaryDirectory() as temp:
        for name, data, document in documents(temp, feeds):
            path = pathlib.Path(temp) / "document"
            path.write_bytes(data)
            lines = [json.loads(line) for line in
                     subprocess.run([dump, path], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
            last = lines[-1]["document"]
            if not last.get("feed", "").endswith("-oval"):
                continue
            wanted, got = statements(document), said(lines)
            checked += 1
            total += len(wanted)
            if wanted != got or last["counts"]["malformed"]:
                failures += 1
                print(f"{name}: {len(got)} statements, {len(wanted)} wanted; too much {sorted(got - wanted)[:3]},"
                      f" missing {sorted(wanted - got)[:3]}", last["counts"])
            if last["feed"] == "almalinux-oval":
                found, differ = compare_with_osv([l["advisory"] for l in lines if "advisory" in l], feeds)
                print(f"{found} advisories of AlmaLinux compared with OSV: {len(differ)} packages differ {differ[:3]}")
                failures += 1 if differ or not found else 0
    print(f"{checked} documents with {total} statements, {failures} differ")
    return 1 if failures or checked < 25 else 0


sys.exit(main())
