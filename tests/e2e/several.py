#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Several sources in one run: what is said of each is what is said of it alone, and one that fails keeps none of the
others from being scanned. Registries are Debian's docker-registry and tests/e2e/smallregistry.py."""
import json
import os
import pty
import select
import signal
import subprocess
import time

from imagelib import (GZIP, OS_RELEASE, PLAIN, PLIMSOLL, entry, has, main, make_tar, packed, peak_bytes, run,
                      same, sha256, simple, stanza, uncached)
from faultproxy import FaultProxy
from match import database, record
from reachlib import BASE, STATUS, clean, environment
from registrylib import CONFIG, MANIFEST, Registry
from smallregistry import SmallRegistry

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/schema/report-1.0.json")
CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../check_report.py")


def images(where, count):
    """Layouts of one package each: p0 in version 0, p1 in version 1, ..."""
    return [simple(f"{where}/i{n}", [entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza(f"p{n}", f"{n}.0"))])
            for n in range(count)]


def damaged(where):
    """A layout whose index leads nowhere."""
    path = simple(where + "/damaged", BASE)
    with open(path + "/index.json", "w") as out:
        out.write('{"schemaVersion":2,"manifests":[{"digest":"sha256:' + "0" * 64 + '","size":10}]}')
    return path


def with_a_gap(where):
    """One of its two package databases is none."""
    return simple(where + "/gap", [*BASE, entry("var/lib/rpm/Packages", b"noise" * 1000)])


def schema_holds(path):
    done = subprocess.run(["/usr/bin/python3", CHECK, SCHEMA, path], stdout=subprocess.PIPE, check=False)
    same(done.returncode, 0, done.stdout.decode())


def packages(report):
    return sorted((c["name"], c["version"]) for c in report["components"])


def each_as_if_alone(where):
    paths = images(where, 3)
    result = run("sbom", *paths)
    same((result.status, result.err), (0, ""))
    same(result.json["reports"], [run("sbom", path).json for path in paths])
    same([(row["source"], row["components"], row["gaps"]) for row in result.json["summary"]],
         [(path, 1, 0) for path in paths])
    same(run("sbom", *paths, "--jobs", "1").out, result.out, "the same bytes with one job")
    same(run("sbom", paths[0], paths[0]).json["reports"], [run("sbom", paths[0]).json] * 2, "one source twice")


def one_that_fails_keeps_nobody(where):
    first, last = images(where, 2)
    bad = [where + "/nothing", damaged(where), where + "/noise.tar", "dir:" + where + "/nothing"]
    with open(where + "/noise.tar", "wb") as out:
        out.write(os.urandom(5000))
    result = clean(run("sbom", first, *bad, last))
    same(result.status, 3)
    same([packages(report) for report in result.json["reports"]], [[("p0", "0.0")], [("p1", "1.0")]])
    same([row["source"] for row in result.json["summary"]], [first, *bad, last])
    same(["failure" in row for row in result.json["summary"]], [False, True, True, True, True, False])
    for spelling, row in zip(bad, result.json["summary"][1:]):
        alone = run("sbom", spelling)
        same((alone.status, alone.err.splitlines()[0]), (3, "plimsoll: " + row["failure"]))
        has(result.err, row["failure"])
    table = run("sbom", "--format", "table", first, *bad, last).out.decode()
    has(table, "6 sources, 4 of them failed", "Failed: ")
    same(table.count("(image, "), 2, table)


def all_fail(where):
    result = run("sbom", "--format", f"json={where}/out.json", "--format", "table", where + "/a", where + "/b")
    same(result.status, 3)
    has(result.out.decode(), "2 sources, 2 of them failed")
    with open(where + "/out.json", encoding="utf-8") as file:
        document = json.load(file)
    same((document["reports"], [row["source"] for row in document["summary"]]), ([], [where + "/a", where + "/b"]))
    schema_holds(where + "/out.json")


def exit_statuses(where):
    db = database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "alpha", [{"introduced": "0"}, {"fixed": "9"}],
                                severity_of_package=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]))
    good = simple(where + "/good", [entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza("beta", "1"))])
    bad = simple(where + "/bad", BASE)
    gap, missing = with_a_gap(where), where + "/missing"

    def status(*arguments):
        return run("scan", "--db", db, "--format", "json=/dev/null", *arguments).status

    same([status(good, good), status(bad, good), status("--fail-on", "high", good, good)], [0, 0, 0])
    same([status("--fail-on", "high", bad, good), status("--fail-on", "high", good, bad)], [1, 1], "outside policy")
    same([status(good, gap), status("--strict", good, gap), status("--strict", gap, good)], [0, 4, 4], "gaps")
    for order in ((bad, gap), (gap, bad)):
        same(status("--strict", "--fail-on", "high", *order), 1, "outside policy before gaps")
    for order in ((bad, gap, missing), (missing, bad, gap), (gap, missing, bad)):
        same(status("--strict", "--fail-on", "high", *order), 3, "failure before all")
    for order in ((missing, "a//b:c"), ("a//b:c", missing)):
        same(status(*order), 3, "could not be done before wrong usage")
    same(status(good, "a//b:c"), 2, "wrong usage")
    same(run("scan", "--db", db).status, 2, "no source at all")
    report = run("scan", "--db", db, "--format", "json", "--fail-on", "high", bad, good).json
    same([(row["pass"], row["findings"]["critical"]) for row in report["summary"]], [(False, 1), (True, 0)])
    table = run("scan", "--db", db, "--fail-on", "high", bad, good).out.decode()
    has(table, "outside policy", "within policy", "1 critical", "2 sources\n")


def two_formats(where):
    paths = images(where, 2)
    result = run("sbom", "--format", "table", "--format", f"json={where}/out.json", *paths)
    same(result.status, 0, result.err)
    has(result.out.decode(), "2 sources\n", paths[0], paths[1])
    schema_holds(where + "/out.json")
    with open(where + "/out.json", "rb") as file:
        document = json.load(file)
    same([packages(report) for report in document["reports"]], [[("p0", "0.0")], [("p1", "1.0")]])
    same(sorted(os.listdir(where)), ["i0", "i1", "out.json"], "nothing else is left")
    mask = os.umask(0o027)
    try:
        run("sbom", "--format", f"json={where}/out.json", "--format", f"json={where}/new.json", *paths)
    finally:
        os.umask(mask)
    same([os.stat(f"{where}/{name}").st_mode & 0o777 for name in ("out.json", "new.json")], [0o640] * 2, "the user's umask")
    same(run("sbom", "--format", f"json={where}/none/out.json", *paths).status, 3, "no such directory")
    same(run("sbom", "--format", "json=/dev/full", *paths).status, 3, "a full disk")


def killed_on_the_way(where):
    """What was there stays, whole; nothing half-written is left beside it."""
    path = images(where, 1)[0]
    run("sbom", "--format", f"json={where}/out.json", path)
    with open(where + "/out.json", "rb") as file:
        before = file.read()
    with SmallRegistry() as registry:
        registry.answer = lambda request: time.sleep(20)
        for kind in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            process = subprocess.Popen([PLIMSOLL, *uncached(["sbom"]), "--format", f"json={where}/out.json", path,
                                        f"registry:{registry.host}/a:1"], env=environment(where), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 10
            while not registry.log and time.monotonic() < until:
                time.sleep(0.05)
            same(len(registry.log) > 0, True, "the second source was begun")
            process.send_signal(kind)
            process.wait(10)
            registry.log.clear()
            with open(where + "/out.json", "rb") as file:
                same(file.read(), before)
            same([name for name in os.listdir(where) if "out.json" in name], ["out.json"])


def fill(registry, name, layers, tags):
    """Images of `layers` and one more of their own each; the digests of the shared ones."""
    for tar in layers:
        registry.store_blob(name, packed(tar))
    for number, tag in enumerate(tags):
        own = make_tar([entry(STATUS, stanza("alpha", f"1.{number}"))])
        parts = [*layers, own]
        config = json.dumps({"os": "linux", "architecture": "amd64",
                             "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in parts]}}).encode()
        blobs = [dict(registry.store_blob(name, packed(tar)), mediaType=GZIP) for tar in parts]
        registry.store(name, tag, {"schemaVersion": 2, "mediaType": MANIFEST, "layers": blobs, "config":
                                   dict(registry.store_blob(name, config), mediaType=CONFIG)}, MANIFEST)
    return [sha256(packed(tar)) for tar in layers]


def all_tags(where):
    tags = sorted(f"v{n}" for n in range(13))
    with SmallRegistry(page=5) as registry, FaultProxy(registry.host) as proxy:
        shared = fill(registry, "team/app", [make_tar(BASE), make_tar([entry("x", os.urandom(10000))])], tags)
        for spelling in (f"{proxy.host}/team/app", f"registry:{proxy.host}/team/app"):
            proxy.clear()
            result = run("sbom", "--all-tags", spelling, env=environment(where))
            same((result.status, result.err), (0, ""))
            same([row["source"] for row in result.json["summary"]], [f"registry:{proxy.host}/team/app:{t}" for t in tags])
            same(sorted(dict(packages(report))["alpha"] for report in result.json["reports"]),
                 sorted(f"1.{n}" for n in range(13)))
            same({report["subject"]["source"] for report in result.json["reports"]}, {"registry"})
            # Three pages of tags; and the second time, nothing but the question what each tag stands for.
            same(len(proxy.asked("/tags/list")), 3)
            expected = 1 if spelling.startswith(proxy.host) else 0
            same([len(proxy.asked(digest, "GET")) for digest in shared], [expected] * 2, "shared layers")
            same(len(proxy.asked("/blobs/", "GET")), expected * (2 + 2 * 13), "what is fetched in all")
        same(registry.complaints, [])


def all_tags_of_one(where):
    """A set of one, so that a script need not count."""
    with Registry(where + "/r") as registry:
        registry.push(simple(where + "/i", BASE), "a", "only")
        result = run("sbom", "--all-tags", f"{registry.host}/a", env=environment(where))
        same((result.status, len(result.json["reports"]), len(result.json["summary"])), (0, 1, 1), result.err)


def tags_that_fail(where):
    """One whose manifest is gone, one of another platform, one whose name no tag can have."""
    with SmallRegistry() as registry:
        fill(registry, "a", [make_tar(BASE)], ["good"])
        registry.repository("a").tags.update({"gone": "sha256:" + "1" * 64, "\x1b[31mevil": "sha256:" + "2" * 64})
        result = clean(run("sbom", "--all-tags", f"{registry.host}/a", env=environment(where)))
        same(result.status, 3)
        same(len(result.json["reports"]), 1)
        same(["failure" in row for row in result.json["summary"]], [True, True, False], result.json["summary"])


def a_repository_that_fails(where):
    """Among several, as an image would; a name that cannot be one is wrong usage, and nothing is begun."""
    with SmallRegistry() as registry:
        for name in ("a", "b"):
            fill(registry, name, [make_tar(BASE)], ["1"])
        names = [f"{registry.host}/{name}" for name in ("a", "nobody", "b")]
        result = clean(run("sbom", "--all-tags", *names, env=environment(where)))
        same((result.status, len(result.json["reports"])), (3, 2), result.err)
        same([(row["source"], "failure" in row) for row in result.json["summary"]],
             [(f"registry:{names[0]}:1", False), (names[1], True), (f"registry:{names[2]}:1", False)])
        wrong = run("sbom", "--all-tags", *names, "./file", env=environment(where))
        same((wrong.status, wrong.out), (2, b""))


def no_tags(where):
    with SmallRegistry() as registry:
        registry.store_blob("empty", b"x")
        result = run("sbom", "--all-tags", f"{registry.host}/empty", env=environment(where))
        same((result.status, result.out), (3, b""))
        has(result.err, "has no tags", "/empty")
        result = run("sbom", "--all-tags", f"{registry.host}/nobody", env=environment(where))
        same((result.status, result.out), (3, b""))
        has(result.err, "/nobody")


def what_has_no_tags(where):
    path = simple(where + "/i", BASE)
    for spelling, *words in ((path, "path"), ("./i", "path"), ("image.tar", "path"), ("oci-dir:" + path, "oci-dir"),
                             ("docker:alpine", "docker"), ("dir:/", "dir"), ("localhost:5000", "registry"),
                             ("alpine:3.19", "tag"), ("alpine@sha256:" + "0" * 64, "digest"), ("registry:", ), ("Alpine/A", )):
        result = clean(run("sbom", "--all-tags", spelling, env=environment(where)))
        same((result.status, result.out), (2, b""), f"{spelling}: {result.err}")
        has(result.err, spelling, *words)


def bad_names_among_good_ones(where):
    path = images(where, 1)[0]
    result = clean(run("sbom", "", "a b", "x" * 9000, "\x1b[2J", "registry:", path, env=environment(where)))
    same(result.status in (2, 3), True, result.err)
    same([packages(report) for report in result.json["reports"]], [[("p0", "0.0")]])
    same(["failure" in row for row in result.json["summary"]], [True] * 5 + [False])


def memory_does_not_grow(where):
    """20 images of 5,000 packages: the peak stays below twice that of one."""
    paths = []
    for number in range(20):
        status = b"".join(stanza(f"package-{n:05}", f"{number}.0-1") for n in range(5000))
        paths.append(simple(f"{where}/i{number}", [entry("etc/os-release", OS_RELEASE), entry(STATUS, status)], media=PLAIN,
                            pack=bytes))
    options = ("sbom", "--format", f"json={where}/out.json", "--format", "table")
    one, all_of_them = peak_bytes(*options, paths[0]), peak_bytes(*options, *paths)
    if not os.environ.get("PL_TEST_SANITIZED"):
        same(all_of_them < 2 * one, True, f"{all_of_them / 1e6:.0f} MB for 20, {one / 1e6:.0f} MB for one")
    with open(where + "/out.json", "rb") as file:
        same([row["components"] for row in json.load(file)["summary"]], [5000] * 20)


def progress_names_the_source(where):
    """On a terminal, once the work takes a while."""
    def slowly(exchange):
        answer = exchange.upstream()
        time.sleep(0.8)
        exchange.send(answer)

    big = [entry("etc/os-release", OS_RELEASE), entry("noise", os.urandom(4 << 20)), entry(STATUS, stanza("a", "1"))]
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(simple(where + "/i", big, media=PLAIN, pack=bytes), "a", "1")
        proxy.when("/blobs/", slowly)
        terminal, other_end = pty.openpty()
        process = subprocess.Popen([PLIMSOLL, *uncached(["sbom"]), f"registry:{proxy.host}/a:1", f"registry:{proxy.host}/a:1"],
                                   env=environment(where), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=other_end)
        os.close(other_end)
        said = b""
        while True:
            ready, _, _ = select.select([terminal], [], [], 30)
            try:
                piece = os.read(terminal, 65536) if ready else b""
            except OSError:
                piece = b""
            if not piece:
                break
            said += piece
        os.close(terminal)
        same(process.wait(30), 0, said.decode())
        has(said.decode(), f"1/2 registry:{proxy.host}/a:1: ", f"2/2 registry:{proxy.host}/a:1: ")
        same(said.endswith(b"\r\x1b[K"), True, "wiped at the end")


if __name__ == "__main__":
    main([each_as_if_alone, one_that_fails_keeps_nobody, all_fail, exit_statuses, two_formats, killed_on_the_way, all_tags,
          all_tags_of_one, tags_that_fail, a_repository_that_fails, no_tags, what_has_no_tags, bad_names_among_good_ones, memory_does_not_grow,
          progress_names_the_source])
