#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the feeds of updateinfo.xml to a second reading of the same documents.

usage: feed_oracle_updateinfo.py FEED_DUMP FEEDS_DIR
"""
import bz2
import gzip
import json
import lzma
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

RELEASE = [(r"Amazon Linux AMI", "Amazon Linux:2018.03"), (r"Amazon Linux (\d+)", r"Amazon Linux:\1"),
           (r"Fedora EPEL (\d+)", r"EPEL:\1"), (r"Fedora (\d+)", r"Fedora:\1"), (r"rocky-linux-(\d+)", r"Rocky Linux:\1"),
           (r"almalinux-(\d+)", r"AlmaLinux:\1"), (r"Bottlerocket", "Bottlerocket")]
OPEN = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress, ".xml": bytes}


def ecosystem(name):
    return next(re.match(pattern, name).expand(made) for pattern, made in RELEASE if re.match(pattern, name))


def statements(document):
    result = set()
    for update in document.iter("update"):
        if update.get("type") != "security" or not re.search(r"\d", update.findtext("id")):
            continue
        for collection in update.iter("collection"):
            place, extra = ecosystem(collection.findtext("name")), collection.findtext("name").partition(" - ")[2]
            since = re.search(r"[0-9.]*$", extra)[0]
            for package in collection.iter("package"):
                epoch, version, release = package.get("epoch"), package.get("version"), package.get("release")
                name = package.get("name")
                if place.startswith("Rocky"):
                    name, version, release = re.fullmatch(r"(.*)-([^-]*)-([^-]*)\.src\.rpm", package.get("src")).groups()
                elif package.get("arch") == "src":
                    continue
                begin = f"{epoch}:{since}" if since and (version + ".").startswith(since + ".") else "0"
                cves = set(re.findall(r"CVE-\d+-\d+", " ".join(
                    value for reference in update.iter("reference") for value in reference.attrib.values())))
                result.add((update.findtext("id"), tuple(sorted(cves)), place, name, begin, f"{epoch}:{version}-{release}"))
    return result


def said(lines):
    return {(line["advisory"]["id"], tuple(sorted(line["advisory"].get("upstream", []))),
             affected["package"]["ecosystem"], affected["package"]["name"],
             affected["ranges"][0]["events"][0]["introduced"], affected["ranges"][0]["events"][1]["fixed"])
            for line in lines if "advisory" in line for affected in line["advisory"]["affected"]}


def main():
    dump, feeds = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (feeds / "native" / "samples").is_dir():
        print("no samples")
        return 77
    failures = checked = total = 0
    with tempfile.TemporaryDirectory() as temp:
        for archive in sorted((feeds / "native" / "samples").glob("*.tar.zst")):
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", temp], check=True)
        for path in sorted(pathlib.Path(temp).glob("**/*updateinfo*")):
            try:
                data = OPEN[path.suffix](path.read_bytes())
                document = xml.etree.ElementTree.fromstring(data)
            except (KeyError, OSError, EOFError, ValueError, xml.etree.ElementTree.ParseError):
                continue
            if document.tag != "updates" or not list(document):
                continue
            copy = pathlib.Path(temp) / "document"
            copy.write_bytes(data)
            lines = [json.loads(line) for line in
                     subprocess.run([dump, copy], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
            got, wanted, last = said(lines), statements(document), lines[-1]["document"]
            checked += 1
            total += len(wanted)
            named = sum(not re.search(r"\d", update.findtext("id")) for update in document.iter("update"))
            if got != wanted or last["counts"]["malformed"] != named:
                failures += 1
                print(f"{path.name}: too much {sorted(got - wanted)[:3]}, missing {sorted(wanted - got)[:3]}", last)
    print(f"{checked} documents with {total} statements, {failures} differ")
    return 1 if failures or checked < 15 else 0


sys.exit(main())
