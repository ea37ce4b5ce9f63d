#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll db update` against publishers' servers: lists of changes, of URLs, of archives.

usage: feed_remote.py PLIMSOLL CSAF-DOCUMENT
The second source of an update by changes is the database that is built from the same state at once:
their generations, which are named by content, must be equal.
"""
import bz2
import csv
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile

from feed_site import Site, rfc3339

PLIMSOLL = sys.argv[1]
with open(sys.argv[2], encoding="utf-8") as fixture:
    FIXTURE = fixture.read()
FIXTURE_CVE = json.loads(FIXTURE)["vulnerabilities"][0]["cve"]
DAY = 86400
START = 1767225600  # 2026-01-01T00:00:00Z


def update(database, *words, status=0):
    done = subprocess.run([PLIMSOLL, "db", "update", "--db", database, "--format", "json", *words],
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    assert done.returncode == status, done
    return done


def manifest(database):
    with open(os.path.join(database, "current"), encoding="utf-8") as file:
        return json.load(file)


def generation(database):
    return manifest(database)["generation"]


def osv(ecosystem, number, version, at):
    return json.dumps({
        "id": "TEST-%04d" % number, "modified": rfc3339(at),
        "aliases": ["CVE-2026-%04d" % (number // 2)],
        "affected": [{"package": {"ecosystem": ecosystem, "name": "p%d" % ((number + version) % 50)},
                      "ranges": [{"type": "ECOSYSTEM",
                                  "events": [{"introduced": "0"}, {"fixed": "%d.0" % version}]}]}]})


class Export:
    """An export of OSV's whose records change."""

    def __init__(self, site, ecosystem, count):
        self.site, self.ecosystem = site, ecosystem
        self.records = {number: (1, START - 100 * DAY + number) for number in range(count)}

    def put(self, zip_at=None):
        directory = "/%s/" % self.ecosystem
        rows = sorted(self.records.items(), key=lambda item: -item[1][1])
        for path in [path for path in self.site.files if path.startswith(directory + "TEST-")]:
            del self.site.files[path]
        out = io.StringIO()
        for number, (version, at) in rows:
            if version:
                self.site.put("%sTEST-%04d.json" % (directory, number),
                              osv(self.ecosystem, number, version, at), at)
            csv.writer(out).writerow([rfc3339(at), "TEST-%04d" % number])
        self.site.put(directory + "modified_id.csv", out.getvalue(), rows[0][1][1])
        if zip_at:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for number, (version, at) in self.records.items():
                    if version:
                        archive.writestr("TEST-%04d.json" % number,
                                         osv(self.ecosystem, number, version, at))
            self.site.put(directory + "all.zip", packed.getvalue(), zip_at)


def check_changes(site, top):
    """By changes the database comes to be what it is when it is built from all records."""
    dice = random.Random(5)
    database = os.path.join(top, "changes")
    exports = [Export(site, name, 400) for name in ("npm", "PyPI")]
    site.put("/ecosystems.txt", "npm\nPyPI\n")
    for export in exports:
        export.put(zip_at=START)
    update(database, "--from", site.base)
    for turn in range(1, 6):
        now = START + turn * DAY
        for export in exports:
            for number in dice.sample(range(440), 30):
                gone = dice.random() < 0.2 and number in export.records
                export.records[number] = (0 if gone else turn + 1, now + number)
            export.put()
        site.take_asked()
        site.is_simple = turn == 3
        site.sent = 0
        told = json.loads(update(database, "--from", site.base).stdout)
        asked = site.take_asked()
        assert not [path for path in asked if path.endswith("all.zip")], asked
        assert 55 < len(asked) < 80, len(asked)
        names = len(site.files["/ecosystems.txt"][0])  # read before anything is fetched
        assert told["fetched_bytes"] == site.sent - names, (told, site.sent)
        whole = os.path.join(top, "whole%d" % turn)
        saved = dict(site.files)
        for export in exports:
            export.put(zip_at=now)
        update(whole, "--from", site.base)
        site.files = saved
        assert generation(database) == generation(whole), turn
    before = generation(database)
    site.take_asked()
    update(database, "--from", site.base)
    assert sorted(site.take_asked()) == ["/PyPI/modified_id.csv", "/ecosystems.txt",
                                         "/npm/modified_id.csv"]
    assert generation(database) == before
    print("ok - changes alone are fetched, and give what the whole gives")

    # After a week, and when there is too much, the whole is read again.
    export = exports[0]
    export.records[1] = (9, START + 9 * DAY)
    export.put(zip_at=START + 9 * DAY)
    update(database, "--from", site.base)
    assert "/npm/all.zip" in site.take_asked()
    for number in range(2000, 3100):
        export.records[number] = (1, START + 10 * DAY)
    export.put(zip_at=START + 10 * DAY)
    update(database, "--from", site.base)
    asked = site.take_asked()
    assert "/npm/all.zip" in asked and len(asked) < 10, asked
    # An archive that is not made anew lacks what is listed, however old it is.
    export.records[5] = (8, START + 30 * DAY)
    export.put()
    before = generation(database)
    update(database, "--from", site.base)
    assert "/npm/TEST-0005.json" in site.take_asked() and generation(database) != before
    # What is answered in place of a record is none: the whole has it.
    export.records[6] = (8, START + 31 * DAY)
    export.put(zip_at=START + 31 * DAY)
    site.broken["/npm/TEST-0006.json"] = (200, b"<html>Sign in</html>")
    export.site.files["/npm/all.zip"] = (export.site.files["/npm/all.zip"][0], START + 31 * DAY)
    update(database, "--from", site.base)
    assert "/npm/all.zip" in site.take_asked()
    site.broken.clear()
    # A list that cannot be had, or is none, is no harm.
    site.broken["/npm/modified_id.csv"] = (500, b"")
    export.put(zip_at=START + 11 * DAY)
    update(database, "--from", site.base)
    site.broken["/npm/modified_id.csv"] = (200, b"<html>hello,hello</html>\n")
    update(database, "--from", site.base)
    site.broken.clear()
    site.put("/npm/modified_id.csv", "%s,../../secret\n" % rfc3339(START + 12 * DAY))
    site.take_asked()
    update(database, "--from", site.base)
    asked = site.take_asked()
    assert "/npm/..%2F..%2Fsecret.json" in asked and "/secret.json" not in asked, asked
    print("ok - the whole is read after a week, for too many changes and without a list")


def check_missing_slice(site, database):
    """A slice whose file is gone is fetched anew, though the server has what it had."""
    name = manifest(database)["slices"][0]["content"] + ".pldb"
    os.unlink(os.path.join(database, name))
    update(database, "--from", site.base)
    assert os.path.exists(os.path.join(database, name))
    print("ok - a missing slice is fetched anew")


def check_one_fails(site, top):
    """An ecosystem that fails keeps what it had, and the others are read."""
    database = os.path.join(top, "fails")
    exports = [Export(site, name, 50) for name in ("crates.io", "Hex", "Pub")]
    site.put("/ecosystems.txt", "crates.io\nHex\nPub\n")
    for export in exports:
        export.put(zip_at=START)
    update(database, "--from", site.base)
    before = {entry["name"]: entry["content"] for entry in manifest(database)["slices"]}
    for export in exports:
        export.records[3] = (7, START + DAY)
        export.put(zip_at=START + DAY)
    for answer in ((503, b""), (200, b"<html>Sign in</html>")):
        for name in ("all.zip", "modified_id.csv"):
            site.broken["/Hex/" + name] = answer
        done = update(database, "--from", site.base, status=3)
        assert "Hex" in done.stderr, done.stderr
        after = {entry["name"]: entry["content"] for entry in manifest(database)["slices"]}
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"osv/crates.io", "osv/Pub"}, changed
    site.broken.clear()
    update(database, "--from", site.base)
    after = {entry["name"]: entry["content"] for entry in manifest(database)["slices"]}
    assert after["osv/Hex"] != before["osv/Hex"]
    print("ok - what fails keeps what it had, and is told")
    check_missing_slice(site, database)


SECDB = {"apkurl": "{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk", "archs": ["x86_64"],
         "urlprefix": "https://dl-cdn.alpinelinux.org/alpine", "distroversion": "v3.18", "reponame": "main",
         "packages": [{"pkg": {"name": "zlib", "secfixes": {"1.2.12-r2": ["CVE-2022-37434"]}}}]}


def check_lines(site, top):
    """A line of URLs: each is a slice; what the publisher does not have is told and left out."""
    database = os.path.join(top, "lines")
    for release in ("v3.17", "v3.18"):
        for repository in ("main", "community"):
            site.put("/alpine/%s/%s.json" % (release, repository),
                     json.dumps({**SECDB, "distroversion": release, "reponame": repository}))
    del site.files["/alpine/v3.17/community.json"]
    line = site.base + "/alpine/{v3.17,v3.18}/{main,community}.json"
    done = update(database, "--from", line)
    assert "/alpine/v3.17/community.json" in done.stderr and "left out" in done.stderr, done.stderr
    names = [entry["name"] for entry in manifest(database)["slices"]]
    assert names == ["alpine-secdb/v3.17/main", "alpine-secdb/v3.18/community",
                     "alpine-secdb/v3.18/main"], names
    site.take_asked()
    told = json.loads(update(database, "--from", line).stdout)
    assert told["unchanged"] == 3 and len(site.take_asked()) == 4, told
    # What was there and is not any more is a failure, and stays.
    del site.files["/alpine/v3.18/community.json"]
    done = update(database, "--from", line, status=3)
    assert [entry["name"] for entry in manifest(database)["slices"]] == names
    print("ok - a line of URLs")


UPDATEINFO = b"""<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="packager@almalinux.org" status="final" type="security" version="1">
<id>ALSA-2026:0001</id><title>Important: zlib</title><issued date="2026-01-01"/><updated date="2026-01-01"/>
<severity>Important</severity><references><reference href="https://example.org" id="CVE-2026-0001" type="cve"
title="CVE-2026-0001"/></references>
<pkglist><collection short="almalinux-9"><name>almalinux-9</name>
<package name="zlib" version="1.2.11" release="40.el9" epoch="0" arch="x86_64" src="zlib-1.2.11-40.el9.src.rpm">
<filename>zlib-1.2.11-40.el9.x86_64.rpm</filename></package></collection></pkglist></update></updates>
"""


def repomd(href):
    return ('<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary">'
            '<location href="repodata/primary.xml.gz"/></data>%s</repomd>'
            % ('<data type="updateinfo"><location href="%s"/></data>' % href if href else ""))


def check_indexes(site, top):
    """repomd.xml and mirror.list lead to the updateinfo; nowhere else."""
    database = os.path.join(top, "indexes")
    site.put("/alma/os/repodata/repomd.xml", repomd("repodata/1-updateinfo.xml.bz2"))
    site.put("/alma/os/repodata/1-updateinfo.xml.bz2", bz2.compress(UPDATEINFO))
    site.put("/list/mirror.list", "\n%s/alma/os/\n" % site.base)
    for url in ("/alma/os/repodata/repomd.xml", "/list/mirror.list"):
        site.take_asked()
        told = json.loads(update(database, "--from", site.base + url).stdout)
        assert told["slices"][0]["advisories"] == 1, told
        assert "/alma/os/repodata/1-updateinfo.xml.bz2" in site.take_asked()
        told = json.loads(update(database, "--from", site.base + url).stdout)
        assert told["unchanged"] == 1, told
        assert "/alma/os/repodata/1-updateinfo.xml.bz2" not in site.take_asked()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("advisory-database-main/advisories/1.json", osv("npm", 1, 1, START))
    site.put("/github/advisory-database/archive/refs/heads/main.zip", packed.getvalue())
    update(database, "--from", site.base + "/github/advisory-database/archive/refs/heads/main.zip")
    assert manifest(database)["slices"][-1]["name"] == "osv/advisory-database", manifest(database)
    for href in ("../../../secret", "/etc/passwd", "file:///etc/passwd", "http://192.0.2.1/x"):
        site.put("/evil/repodata/repomd.xml", repomd(href))
        done = update(os.path.join(top, "evil"), "--from", site.base + "/evil/repodata/repomd.xml",
                      status=3)
        assert "names no file below it" in done.stderr, done.stderr
    site.put("/empty/repodata/repomd.xml", repomd(None))
    done = update(os.path.join(top, "evil"), "--from", site.base + "/empty/repodata/repomd.xml",
                  status=3)
    assert "has no advisories" in done.stderr, done.stderr
    print("ok - documents that name others")


def csaf(number, text):
    """The fixture as a document about another CVE."""
    return FIXTURE.replace(FIXTURE_CVE, "CVE-2026-%04d" % number).replace(
        FIXTURE_CVE.lower(), "cve-2026-%04d" % number).replace("zlib", text)


def put_csaf(site, numbers, changes, deletions):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for number in numbers:
            text = csaf(number, "zlib").encode()
            info = tarfile.TarInfo("2026/cve-2026-%04d.json" % number)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    site.put("/vex/archive_latest.txt", "csaf_vex_2026-01-01.tar.gz\n", START)
    site.put("/vex/csaf_vex_2026-01-01.tar.gz", out.getvalue(), START)
    for name, rows in (("changes", changes), ("deletions", deletions)):
        site.put("/vex/%s.csv" % name, "".join(
            '"2026/cve-2026-%04d.json","%s"\n' % (number, rfc3339(at)[:19] + "+00:00")
            for number, at in sorted(rows, key=lambda row: -row[1])))


def check_csaf(site, top):
    """archive_latest.txt leads to the archive; then changes.csv and deletions.csv."""
    database, whole = os.path.join(top, "csaf"), os.path.join(top, "csaf-whole")
    url = site.base + "/vex/archive_latest.txt"
    put_csaf(site, range(1, 20), [(3, START - DAY)], [])
    update(database, "--from", url)
    assert manifest(database)["slices"][0]["records"] == 19
    site.take_asked()
    update(database, "--from", url)
    assert site.take_asked() == ["/vex/changes.csv", "/vex/deletions.csv"]
    put_csaf(site, range(1, 20), [(3, START - DAY), (4, START + DAY), (30, START + DAY)],
             [(5, START + DAY)])
    for number in (4, 30):
        site.put("/vex/2026/cve-2026-%04d.json" % number, csaf(number, "zlib-ng"))
    update(database, "--from", url)
    assert "/vex/csaf_vex_2026-01-01.tar.gz" not in site.take_asked()
    changes = site.files["/vex/changes.csv"]
    site.put("/vex/changes.csv", '"../../secret.json","%s+00:00"\n' % rfc3339(START + 2 * DAY)[:19])
    done = update(database, "--from", url, status=3)
    assert "../../secret.json" in done.stderr and not [p for p in site.take_asked() if "secret" in p], done
    site.files["/vex/changes.csv"] = changes
    folder = os.path.join(top, "documents")
    os.mkdir(folder)
    for number in {*range(1, 20), 30} - {5}:
        with open(os.path.join(folder, "%d.json" % number), "w", encoding="utf-8") as file:
            file.write(csaf(number, "zlib-ng" if number in (4, 30) else "zlib"))
    update(whole, "--from", folder)
    assert generation(database) == generation(whole)
    print("ok - documents of CSAF by changes and deletions")


def check_resumed(site, top):
    """An update that is killed leaves what it had for the next one, of the sources that this one asks."""
    database = os.path.join(top, "resumed")
    names = ["A%02d" % number for number in range(12)] + ["Z"]
    for name in names:
        Export(site, name, 30).put(zip_at=START)
    site.put("/ecosystems.txt", "\n".join(names))
    site.held["/Z/all.zip"] = threading.Event()
    child = subprocess.Popen([PLIMSOLL, "db", "update", "--db", database, "--from", site.base],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert site.held["/Z/all.zip"].wait(60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pending = os.path.join(database, "pending")
        if os.path.exists(pending):
            with open(pending, encoding="utf-8") as file:
                if len(json.load(file)["slices"]) >= 9:
                    break
        time.sleep(0.01)
    child.kill()
    child.wait()
    assert not os.path.exists(os.path.join(database, "current"))
    site.held.clear()
    site.take_asked()
    told = json.loads(update(database, "--from", site.base).stdout)
    zips = [path for path in site.take_asked() if path.endswith("all.zip")]
    assert told["resumed"] >= 9 and len(zips) <= len(names) - 9, (told, zips)
    whole = os.path.join(top, "resumed-whole")
    update(whole, "--from", site.base)
    assert generation(database) == generation(whole)
    assert not os.path.exists(os.path.join(database, "pending"))
    print("ok - an update that was killed is taken up")


def check_selection(site, top):
    """--ecosystems: those releases alone, kept to until others are named; nothing else is fetched."""
    database = os.path.join(top, "selected")
    for ecosystem in ("Debian", "npm", "Rocky Linux"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number in range(150):
                text = osv(ecosystem if ecosystem == "npm" else "%s:%d" % (ecosystem, 11 + number % 3),
                           number, 1, START)
                archive.writestr("TEST-%04d.json" % number, text)
        site.put("/%s/all.zip" % ecosystem.replace(" ", "%20"), packed.getvalue())
    site.put("/ecosystems.txt", "Debian\nnpm\nRocky Linux\n")
    update(database, "--from", site.base)
    assert [entry["records"] for entry in manifest(database)["slices"]] == [150, 150, 150]
    for words in (["--ecosystems", "debian:12,npm"], []):
        site.take_asked()
        update(database, "--from", site.base, *words)
        assert not [path for path in site.take_asked() if "Rocky" in path]
        got = [(entry["name"], entry["records"]) for entry in manifest(database)["slices"]]
        assert got == [
            ("osv/Debian", 50), ("osv/npm", 150)], got
    done = update(database, "--from", site.base, "--ecosystems", "debian:12,debain", status=3)
    assert 'no ecosystem "debain"' in done.stderr, done.stderr
    update(database, "--from", site.base, "--ecosystems", "all")
    assert [entry["records"] for entry in manifest(database)["slices"]] == [150, 150, 150]
    project = os.path.join(top, "project")
    os.mkdir(project)
    with open(os.path.join(project, "package-lock.json"), "w", encoding="utf-8") as file:
        json.dump({"lockfileVersion": 3, "packages": {
            "": {}, "node_modules/p1": {"version": "0.5.0"}}}, file)
    site.take_asked()
    update(database, "--from", site.base, "--for", "dir:" + project)
    assert not [path for path in site.take_asked() if "Rocky" in path or "Debian" in path]
    assert [entry["name"] for entry in manifest(database)["slices"]] == ["osv/npm"]
    print("ok - a selection of ecosystems")


def main():
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as top:
        print("1..9")
        for check in (check_changes, check_one_fails, check_lines, check_indexes,
                      check_csaf, check_selection, check_resumed):
            site = Site()
            check(site, top)
            site.close()


main()
