#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll db update --from` with every kind of source, and with documents of several feeds.

usage: feed_sources.py PLIMSOLL
Prints TAP. Archives are made by tar, zip, gzip, xz, zstd and bzip2.
"""
import functools
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

PLIMSOLL = sys.argv[1]


def osv(number):
    return json.dumps({"schema_version": "1.7.0", "id": "TEST-%d" % number,
                       "modified": "2024-01-01T00:00:00Z", "affected": [{
                           "package": {"ecosystem": "PyPI", "name": "p%d" % number},
                           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]})


def arch(count, size=0):
    return json.dumps([{"name": "AVG-%d" % number, "packages": ["p%d" % number], "status": "Fixed",
                        "severity": "High", "type": "x" * size, "affected": "1-1", "fixed": "2-1",
                        "issues": ["CVE-2024-%04d" % number], "advisories": []}
                       for number in range(count)])


def tracker(count):
    return json.dumps({"p%d" % number: {"CVE-2023-%04d" % number: {"scope": "local", "releases": {
        "bookworm": {"status": "open", "urgency": "low"}}}} for number in range(count)})


LIST = "[29 Mar 2023] DSA-1-1 a - b\n\t{CVE-2023-1}\n\t[bullseye] - a 1.0-1\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def update(top, *sources, status=0):
    command = [PLIMSOLL, "db", "update", "--db", os.path.join(top, "db"), "--format", "json"]
    for source in sources:
        command += ["--from", source]
    done = subprocess.run(command, encoding="utf-8", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    assert done.returncode == status, done
    return (json.loads(done.stdout) if status == 0 else None), done.stderr


def slices(told):
    return {item["name"]: (item["documents"], item["advisories"]) for item in told["slices"]}


def make_mixed(top):
    """A directory with documents of four feeds, some of them below others, and one of none."""
    mixed = os.path.join(top, "mixed")
    for number in range(30):
        write(os.path.join(mixed, "a", "%d" % (number % 3), "%d.json" % number), osv(number))
    write(os.path.join(mixed, "a", "groups.json"), arch(5))
    write(os.path.join(mixed, "b", "large.json"), arch(40, 50000))
    write(os.path.join(mixed, "b", "tracker.json"), tracker(7))
    write(os.path.join(mixed, "DSA", "list"), LIST)
    write(os.path.join(mixed, "README"), "words")
    return mixed


WANTED = {"osv/a": (30, 30), "arch": (2, 45), "debian-tracker": (1, 7), "debian-list": (1, 1)}


def check_directory(top):
    told, said = update(top, make_mixed(top))
    assert slices(told) == WANTED, told
    assert told["unknown_documents"] == 1 and "README" in said, (told, said)
    names = [item["name"] for item in told["slices"]]
    assert len(names) == len(set(names)), names


def check_archives(top):
    """Every archive gives what the directory gives, but for the name of OSV's slice."""
    mixed = make_mixed(top)
    told, _ = update(top, mixed)
    for name, command in (
            ("all.tar", ["tar", "-cf"]), ("all.tar.gz", ["tar", "-czf"]), ("all.tgz", ["tar", "-czf"]),
            ("all.tar.xz", ["tar", "-cJf"]), ("all.tar.zst", ["tar", "--zstd", "-cf"]),
            ("all.tar.bz2", ["tar", "-cjf"]), ("archive.zip", ["zip", "-qr"])):
        path = os.path.join(top, name)
        subprocess.run(command + [path, "."], cwd=mixed, check=True)
        told, said = update(top, path)
        wanted = dict(WANTED)
        wanted["osv/" + name.split(".")[0]] = wanted.pop("osv/a")
        assert slices(told) == wanted, (name, told)
        assert told["unknown_documents"] == 1 and "README" in said, (name, told)
        # What an archive is, is not told by its name.
        other = os.path.join(top, "thing")
        os.rename(path, other)
        told, _ = update(top, other)
        assert sorted(slices(told).values()) == sorted(wanted.values()), (name, told)


def check_nested(top):
    """Compressed documents and archives within an archive."""
    inner = os.path.join(top, "inner")
    write(os.path.join(inner, "groups.json"), arch(3))
    subprocess.run(["gzip", os.path.join(inner, "groups.json")], check=True)
    write(os.path.join(inner, "t", "tracker.json"), tracker(4))
    subprocess.run(["tar", "-cJf", os.path.join(inner, "t.tar.xz"), "-C", os.path.join(inner, "t"),
                    "tracker.json"], check=True)
    os.remove(os.path.join(inner, "t", "tracker.json"))
    outer = os.path.join(top, "outer.zip")
    subprocess.run(["zip", "-qr", outer, "."], cwd=inner, check=True)
    for source in (inner, outer):
        told, _ = update(top, source)
        assert slices(told) == {"arch": (1, 3), "debian-tracker": (1, 4)}, told
    for _ in range(4):
        subprocess.run(["zip", "-q", outer + ".next", outer], cwd=top, check=True)
        os.rename(outer + ".next", outer)
    _, said = update(top, outer, status=3)
    assert "archives" in said, said


def check_single_documents(top):
    for suffix, command in (("", None), (".gz", "gzip"), (".xz", "xz"), (".zst", "zstd"),
                            (".bz2", "bzip2")):
        path = os.path.join(top, "groups%s" % suffix)
        data = arch(6, 100000 if suffix in ("", ".xz") else 1).encode()
        if command:
            data = subprocess.run([command, "-c"], input=data, stdout=subprocess.PIPE,
                                  check=True).stdout
        with open(path, "wb") as file:
            file.write(data)
        told, _ = update(top, path)
        assert slices(told) == {"arch": (1, 6)}, told
        if command:
            with open(path, "wb") as file:
                file.write(data[:-6])
            _, said = update(top, path, status=3)
            assert "groups" in said, said


def check_several_sources(top):
    first, second = os.path.join(top, "1.json"), os.path.join(top, "2.json")
    write(first, arch(3))
    write(second, tracker(2))
    told, _ = update(top, first, second)
    assert slices(told) == {"arch": (1, 3), "debian-tracker": (1, 2)}, told


def check_links(top):
    """Nothing is followed out of a directory."""
    write(os.path.join(top, "outside", "groups.json"), arch(3))
    write(os.path.join(top, "inside", "tracker.json"), tracker(2))
    os.symlink("../outside", os.path.join(top, "inside", "dir"))
    os.symlink("../outside/groups.json", os.path.join(top, "inside", "file.json"))
    told, _ = update(top, os.path.join(top, "inside"))
    assert slices(told) == {"debian-tracker": (1, 2)}, told


def check_nothing_known(top):
    write(os.path.join(top, "words", "note.txt"), "words")
    _, said = update(top, os.path.join(top, "words"), status=3)
    assert "note.txt" in said and "known feed" in said, said
    os.makedirs(os.path.join(top, "empty"))
    _, said = update(top, os.path.join(top, "empty"), status=3)
    assert "no documents" in said, said


def check_malformed(top):
    """The first malformed records are named, and the others read."""
    groups = json.loads(arch(12))
    for number in range(10):
        groups[number]["packages"] = []
    path = os.path.join(top, "groups.json")
    write(path, json.dumps(groups))
    told, said = update(top, path)
    assert told["malformed"] == 10 and slices(told) == {"arch": (1, 2)}, told
    assert all("group %d " % number in said for number in range(8)), said
    write(path, json.dumps(groups)[:-30])
    told, said = update(top, path)
    assert told["malformed"] == 11, told


def check_hostile_documents(top):
    """What is no document is unknown and named, what is a broken one malformed; the good ones are taken."""
    folder = os.path.join(top, "mixed")
    write(os.path.join(folder, "good.json"), arch(3))
    unknown = {"page.json": b"<!DOCTYPE html><html><body>Sign in</body></html>", "empty.json": b"",
               "null.json": b"null", "zeros.json": bytes(5000), "utf16.json": arch(2).encode("utf-16"),
               "deep.json": b"[" * 200000, "long.json": b'{"a":"' + b"x" * (1 << 20) + b'"}'}
    broken = {"laughs.xml": b"<!DOCTYPE bom [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>"
                            b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">&b;</bom>",
              "cut.json": arch(9).encode()[:-40],
              "twice.json": b'{"bomFormat":"CycloneDX","metadata":{"a":1,"a":2}}',
              "nested.json": b'{"bomFormat":"CycloneDX","components":' + b"[" * 5000 + b"]" * 5000 + b"}"}
    for name, data in {**unknown, **broken}.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    told, said = update(top, folder)
    assert told["unknown_documents"] == len(unknown), told
    assert told["malformed"] == len(broken), (told, said)
    for name in list(unknown) + list(broken):
        assert name in said, (name, said)
    assert slices(told)["arch"] == (2, 11), told
    write(os.path.join(top, "names", "a\x1b[2Jb.json"), "words")
    write(os.path.join(top, "names", "c\x1b[2Jd.json"), '[{"name":"AVG-1"}]')
    _, said = update(top, os.path.join(top, "names"))
    assert "\x1b" not in said and "a?[2Jb" in said and "c?[2Jd" in said, said


def check_hostile_archives(top):
    """Names are names and no paths; what opens to far more than it is ends the reading of its source."""
    for name, command in (("a.zip", zipfile.ZipFile), ("a.tar", tarfile.open)):
        path = os.path.join(top, name)
        with command(path, "w") as archive:
            for inside in ("../../escaped.json", "/escaped.json", "C:\\escaped.json", "a/\x1b[2J\n.json"):
                if name == "a.zip":
                    archive.writestr(inside, arch(1))
                else:
                    data = arch(1).encode()
                    member = tarfile.TarInfo(inside)
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
        told, _ = update(top, path)
        assert slices(told)["arch"][0] == 4, told
        for where in (top, os.path.dirname(top), "/"):
            assert not os.path.exists(os.path.join(where, "escaped.json")), where
    bomb = os.path.join(top, "bomb.zip")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb.json", "w", force_zip64=True) as file:
            file.write(b'[{"name":"AVG-')
            for _ in range(1100):
                file.write(b"x" * (1 << 20))
    _, said = update(top, bomb, status=3)
    assert "bomb" in said, said


def check_urls(top):
    export = os.path.join(top, "export")
    os.makedirs(os.path.join(export, "PyPI"))
    with zipfile.ZipFile(os.path.join(export, "PyPI", "all.zip"), "w") as archive:
        archive.writestr("TEST-1.json", osv(1))
    write(os.path.join(export, "ecosystems.txt"), "PyPI\n")
    write(os.path.join(export, "data", "json"), tracker(3))
    write(os.path.join(export, "all.json"), arch(2))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=export))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d" % server.server_port
    told, _ = update(top, base, base + "/data/json", base + "/all.json")
    assert slices(told) == {"osv/PyPI": (1, 1), "debian-tracker": (1, 3), "arch": (1, 2)}, told
    _, said = update(top, base + "/nothing", status=3)
    assert "404" in said, said
    server.shutdown()


def check_feeds(top):
    done = subprocess.run([PLIMSOLL, "db", "feeds", "--format", "json"], stdout=subprocess.PIPE,
                          check=True)
    feeds = json.loads(done.stdout)["feeds"]
    names = [feed["name"] for feed in feeds]
    assert names == sorted(set(names)) and "osv" in names, names
    assert all(feed["summary"] for feed in feeds)
    table = subprocess.run([PLIMSOLL, "db", "feeds"], stdout=subprocess.PIPE, check=True).stdout
    assert all(name.encode() in table for name in names)


def main():
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    checks = [check_directory, check_archives, check_nested, check_single_documents,
              check_several_sources, check_links, check_nothing_known, check_malformed,
              check_hostile_documents, check_hostile_archives, check_urls, check_feeds]
    print("1..%d" % len(checks))
    for number, check in enumerate(checks, 1):
        with tempfile.TemporaryDirectory() as top:
            try:
                check(top)
                print("ok %d - %s" % (number, check.__name__[6:]))
            except AssertionError as problem:
                print("not ok %d - %s" % (number, check.__name__[6:]))
                print("# " + str(problem)[:2000])


main()
