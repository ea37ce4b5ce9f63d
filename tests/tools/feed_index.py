#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll db update` against a publisher that lists its documents and has no archive of them.

usage: feed_index.py PLIMSOLL CSAF-DOCUMENT
The second source of an update is the database that is built from the same documents in a directory: their
generations, which are named by content, must be equal, but for the slices' names, so records are compared.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from feed_site import Site, rfc3339

PLIMSOLL = sys.argv[1]
with open(sys.argv[2], encoding="utf-8") as fixture:
    FIXTURE = fixture.read()
CVE = json.loads(FIXTURE)["vulnerabilities"][0]["cve"]
BULLETIN = json.loads(FIXTURE)["document"]["tracking"]["id"]
DAY = 86400
START = 1767225600  # 2026-01-01T00:00:00Z


def update(database, *words, status=0):
    done = subprocess.run([PLIMSOLL, "db", "update", "--db", database, "--format", "json", *words],
                          encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=300)
    assert done.returncode == status, done
    return done


def slices(database):
    with open(os.path.join(database, "current"), encoding="utf-8") as file:
        return {entry["name"]: entry for entry in json.load(file)["slices"]}


def contents(database):
    return {name: entry["content"] for name, entry in slices(database).items()}


def assert_asked(site, wanted):
    asked = sorted(site.take_asked())
    assert asked == sorted(wanted), asked


def document(year, number, text="zlib"):
    name = "CVE-%d-%04d" % (year, number)
    return FIXTURE.replace(BULLETIN, name).replace(CVE, name).replace(CVE.lower(), name.lower()).replace("zlib", text)


class Publisher:
    """Documents by year and number, with when they were last changed."""

    def __init__(self, site, has_changes=False):
        self.site, self.has_changes = site, has_changes
        self.documents, self.rows = {}, []

    def path(self, key):
        return "%d/csaf-openeuler-cve-%d-%04d.json" % (key[0], *key)

    def put(self, at, **odd):
        for path in [path for path in self.site.files if path.startswith("/cve/")]:
            del self.site.files[path]
        for key, (text, changed) in self.documents.items():
            if text is not None:
                self.site.put("/cve/" + self.path(key), document(*key, text) if text else "", changed)
        self.site.put("/cve/index.txt", odd.get("index", "\n".join(map(self.path, self.documents))), at)
        if self.has_changes:
            rows = sorted(self.rows, key=lambda row: -row[1])
            self.site.put("/cve/changes.csv", "".join('"%s","%s"\n' % (self.path(key), rfc3339(when)) for key, when in rows), at)

    @property
    def url(self):
        return self.site.base + "/cve/index.txt"

    def line(self):
        return self.site.base + "/{cve}/index.txt"

    def same_as_whole(self, database, top):
        """One built at once from what is there."""
        whole = tempfile.mkdtemp(dir=top)
        update(whole, "--from", self.line())
        assert contents(database) == contents(whole)
        folder = tempfile.mkdtemp(dir=top)
        for key, (text, _) in self.documents.items():
            if text:
                with open(os.path.join(folder, "%d-%d.json" % key), "w", encoding="utf-8") as file:
                    file.write(document(*key, text))
        from_files = tempfile.mkdtemp(dir=top)
        update(from_files, "--from", folder)
        assert (sum(entry["records"] for entry in slices(database).values()) ==
                sum(entry["records"] for entry in slices(from_files).values()))


def check_index(site, top):
    """New documents alone, those that changed once a week; what is missing or empty is passed over."""
    database, publisher = os.path.join(top, "index"), Publisher(site)
    for year in (2024, 2025):
        for number in range(20):
            publisher.documents[year, number] = ("zlib", START - DAY)
    publisher.documents[2024, 3] = (None, 0)  # listed and not there
    publisher.documents[2024, 4] = ("", START)  # empty, as openEuler has some
    publisher.put(START)
    update(database, "--from", publisher.line())
    names = {name: entry["records"] for name, entry in slices(database).items()}
    assert names == {"openeuler-csaf/cve/2024": 18, "openeuler-csaf/cve/2025": 20}, names
    assert sum(path.endswith(".json") for path in site.take_asked()) == 40
    publisher.same_as_whole(database, top)
    site.take_asked()
    told = json.loads(update(database, "--from", publisher.line()).stdout)
    assert site.take_asked() == ["/cve/index.txt"] and told["unchanged"] == 2, told
    # Two days later: one is new, one changed, which nothing tells.
    publisher.documents[2025, 30] = ("zlib-ng", START + DAY)
    publisher.documents[2024, 5] = ("zlib-ng", START + DAY)
    publisher.put(START + 2 * DAY)
    before = contents(database)
    update(database, "--from", publisher.line())
    assert_asked(site, ["/cve/index.txt"] + ["/cve/" + publisher.path(key) for key in ((2024, 3), (2025, 30))])
    after = contents(database)
    assert {name for name in before if before[name] != after[name]} == {"openeuler-csaf/cve/2025"}
    # Nine days later all are looked at, and what changed since is fetched; one is gone.
    publisher.documents[2025, 40] = ("zlib-ng", START + 9 * DAY)
    publisher.documents[2025, 7] = (None, 0)
    publisher.put(START + 9 * DAY)
    update(database, "--from", publisher.line())
    asked = site.take_asked()
    fetched = [path for path in asked if path.endswith(".json") and not path.startswith("HEAD")]
    assert sorted(fetched) == ["/cve/" + publisher.path(key) for key in ((2024, 3), (2024, 4), (2024, 5), (2025, 30), (2025, 40))], fetched
    assert sum(path.startswith("HEAD") for path in asked) == 40, asked
    publisher.same_as_whole(database, top)
    site.take_asked()
    update(database, "--from", publisher.line())
    assert_asked(site, ["/cve/index.txt"])
    # A week in which nothing changed is remembered, too.
    publisher.put(START + 20 * DAY)
    update(database, "--from", publisher.line())
    assert sum(path.startswith("HEAD") for path in site.take_asked()) == 40
    publisher.put(START + 21 * DAY)
    update(database, "--from", publisher.line())
    assert_asked(site, ["/cve/index.txt"] + ["/cve/" + publisher.path(key) for key in ((2024, 3), (2025, 7))])
    # One that is listed no more: nobody can tell which, and that year is read again.
    del publisher.documents[2024, 9]
    publisher.put(START + 22 * DAY)
    update(database, "--from", publisher.line())
    assert slices(database)["openeuler-csaf/cve/2024"]["records"] == 17
    assert [path for path in site.take_asked() if "/2025/" in path] == ["/cve/" + publisher.path((2025, 7))]
    publisher.same_as_whole(database, top)
    print("ok - what an index names")


def check_changes(site, top):
    """Where there is a list of changes beside the index, that tells."""
    database, publisher = os.path.join(top, "changes"), Publisher(site, has_changes=True)
    for number in range(30):
        publisher.documents[2025, number] = ("zlib", START - DAY)
        publisher.rows.append(((2025, number), START - DAY))
    publisher.put(START)
    update(database, "--from", publisher.line())
    site.take_asked()
    for number, text in ((5, "zlib-ng"), (31, "zlib-ng")):
        publisher.documents[2025, number] = (text, START + 20 * DAY)
        publisher.rows.append(((2025, number), START + 20 * DAY))
    publisher.put(START + 20 * DAY)
    update(database, "--from", publisher.line())
    assert sorted(site.take_asked()) == ["/cve/2025/csaf-openeuler-cve-2025-0005.json", "/cve/2025/csaf-openeuler-cve-2025-0031.json",
                                         "/cve/changes.csv", "/cve/deletions.csv", "/cve/index.txt"]
    publisher.same_as_whole(database, top)
    del publisher.documents[2025, 6]
    publisher.documents[2025, 8] = ("zlib-ng", START + 21 * DAY)
    publisher.rows.append(((2025, 8), START + 21 * DAY))
    publisher.put(START + 21 * DAY)
    site.put("/cve/deletions.csv", '"%s","%s"\n' % (publisher.path((2025, 6)), rfc3339(START + 21 * DAY)))
    update(database, "--from", publisher.line())
    assert slices(database)["openeuler-csaf/cve/2025"]["records"] == 30
    publisher.same_as_whole(database, top)
    # A list that cannot be had now is a failure, and one that is gone leaves the index.
    before = contents(database)
    site.broken["/cve/changes.csv"] = (200, b"<html>Sign in</html>")
    site.take_asked()
    update(database, "--from", publisher.line(), status=3)
    assert_asked(site, ["/cve/index.txt", "/cve/changes.csv"])
    site.broken.clear()
    publisher.has_changes = False
    publisher.put(START + 22 * DAY)
    update(database, "--from", publisher.line())
    assert contents(database) == before
    print("ok - an index with a list of changes")


def check_hostile(site, top):
    """What leads elsewhere is named and not fetched; what is no list, or lists no documents, is refused."""
    publisher = Publisher(site)
    publisher.documents[2025, 1] = ("zlib", START)
    evil = ["../../secret.json", "/etc/passwd.json", "http://192.0.2.1/x.json", "//192.0.2.1/x.json", "2025/%2e%2e/x.json",
            "2025/a b.json", "file:///etc/passwd", "a" * 300 + ".json", "2025/\0.json"]
    publisher.put(START, index="\r\n".join(evil + [publisher.path((2025, 1)), "", "2025/readme.txt"]))
    done = update(os.path.join(top, "hostile"), "--from", publisher.line())
    assert "9 documents were skipped" in done.stderr and "../../secret.json" in done.stderr, done.stderr
    assert {path for path in site.take_asked() if path.endswith(".json")} == {"/cve/" + publisher.path((2025, 1))}
    for index, word in (("<html>Sign in</html>", "names no documents below it"), ("", "names no documents below it"),
                        ("\n".join(evil[:1] * 10), '"../../secret.json"'),
                        ("\n".join("2025/%d.json" % number for number in range(200001)), "more than 200000 documents"),
                        ("\n".join("%d/1.json" % number for number in range(300)), "more than 256 directories"),
                        ("x" * (17 << 20), "index.txt")):
        publisher.put(START, index=index)
        site.take_asked()
        done = update(os.path.join(top, "refused"), "--from", publisher.line(), status=3)
        assert word in done.stderr and "the list of documents" in done.stderr, (word, done.stderr)
        assert not [path for path in site.take_asked() if path.endswith(".json")]
    del site.files["/cve/index.txt"]
    done = update(os.path.join(top, "refused"), "--from", publisher.line(), status=3)
    assert "404" in done.stderr, done.stderr
    print("ok - hostile indices")


def check_failures(site, top):
    """What is answered in place of documents keeps what was there; one directory's failure is no other's."""
    database, publisher = os.path.join(top, "failures"), Publisher(site)
    for year in (2024, 2025):
        for number in range(10):
            publisher.documents[year, number] = ("zlib", START)
    publisher.put(START)
    update(database, "--from", publisher.line())
    before = contents(database)
    for year in (2024, 2025):
        publisher.documents[year, 11] = ("zlib-ng", START)
    publisher.put(START + DAY)
    site.broken["/cve/" + publisher.path((2024, 11))] = (200, b"<html>Sign in</html>")
    done = update(database, "--from", publisher.line(), status=3)
    assert "2024-0011.json is no document of JSON" in done.stderr, done.stderr
    changed = {name for name in before if before[name] != contents(database)[name]}
    assert changed == {"openeuler-csaf/cve/2025"}, changed
    # What was there is not fetched again for it.
    assert len([path for path in site.take_asked() if path.endswith(".json")]) == 22
    site.broken.clear()
    update(database, "--from", publisher.line())
    publisher.same_as_whole(database, top)
    for number in range(7):
        publisher.documents[2024, number] = (None, 0)
    publisher.put(START + DAY)
    done = update(os.path.join(top, "fresh"), "--from", publisher.line(), status=3)
    assert "of 11 documents that are listed 4 are there" in done.stderr, done.stderr
    print("ok - what fails keeps what it had")


def check_resumed(site, top):
    """An update that is killed leaves the years that it had."""
    database, publisher = os.path.join(top, "resumed"), Publisher(site)
    for year in range(2010, 2026):
        for number in range(5):
            publisher.documents[year, number] = ("zlib", START)
    publisher.put(START)
    held = "/cve/" + publisher.path((2025, 4))
    site.held[held] = threading.Event()
    child = subprocess.Popen([PLIMSOLL, "db", "update", "--db", database, "--from", publisher.line()],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert site.held[held].wait(60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pending = os.path.join(database, "pending")
        if os.path.exists(pending):
            with open(pending, encoding="utf-8") as file:
                if len(json.load(file)["slices"]) >= 10:
                    break
        time.sleep(0.01)
    child.kill()
    child.wait()
    site.held.clear()
    site.take_asked()
    told = json.loads(update(database, "--from", publisher.line()).stdout)
    years = {path.split("/")[2] for path in site.take_asked() if path.endswith(".json")}
    assert told["resumed"] >= 10 and len(years) <= 6, (told, years)
    publisher.same_as_whole(database, top)
    print("ok - an update that was killed is taken up")


def main():
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    checks = (check_index, check_changes, check_hostile, check_failures, check_resumed)
    with tempfile.TemporaryDirectory() as top:
        print("1..%d" % len(checks))
        for check in checks:
            site = Site()
            check(site, top)
            site.close()


main()
