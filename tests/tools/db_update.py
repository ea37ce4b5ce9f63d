#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll db update` from outside: killed at any moment, over HTTP, with malformed records.

usage: db_update.py PLIMSOLL DB_DUMP
The exports are made here, so that the test needs nothing else.
"""
import fcntl
import functools
import http.server
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

PLIMSOLL, DUMP = sys.argv[1:3]
KILLS = 200


def record(number, ecosystem, fixed):
    return {
        "id": "TEST-%05d" % number,
        "modified": "2024-01-01T00:00:00Z",
        "details": "A sentence about flaw %d, long enough to be compressed. " % number * 4,
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": "package-%d" % (number % 700)},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    }


def make_export(top, ecosystem, fixed, count, extra=()):
    os.makedirs(os.path.join(top, ecosystem), exist_ok=True)
    with zipfile.ZipFile(os.path.join(top, ecosystem, "all.zip"), "w",
                         zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            item = record(number, ecosystem, fixed)
            archive.writestr(item["id"] + ".json", json.dumps(item))
        for name, text in extra:
            archive.writestr(name, text)


def update(database, *sources):
    command = [PLIMSOLL, "db", "update", "--db", database, "--format", "json"]
    for source in sources:
        command += ["--from", source] if not source.startswith("--") else source.split("=")
    return subprocess.run(command, encoding="utf-8", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


def generation(database):
    done = subprocess.run([PLIMSOLL, "db", "status", "--db", database, "--format", "json"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["generation"]


def wanted_files(database):
    """The manifests that are there, the slices that they refer to, their lists of changes, and nothing that a builder left
    behind."""
    manifests = [name for name in os.listdir(database) if name.endswith(".json")]
    assert generation(database) + ".json" in manifests
    names = {"current", "lock", *manifests}
    names |= {name.replace(".json", ".changed") for name in manifests} & set(os.listdir(database))
    for name in manifests:
        with open(os.path.join(database, name), encoding="utf-8") as file:
            names |= {entry["content"] + ".pldb" for entry in json.load(file)["slices"]}
    return sorted(names)


def check_kills(top):
    """Whatever the moment, the old or the new generation is there, whole."""
    old, new, database = (os.path.join(top, name) for name in ("old", "new", "database"))
    make_export(old, "Debian", "1.0", 8000)
    make_export(new, "Debian", "2.0", 12000)
    known = set()
    started = time.monotonic()
    for source in (old, new):
        assert update(database, source).returncode == 0
        known.add(generation(database))
    lasts = time.monotonic() - started
    assert len(known) == 2
    dice = random.Random(7)
    seen = set()
    for turn in range(KILLS):
        source = (old, new)[turn % 2]
        child = subprocess.Popen([PLIMSOLL, "db", "update", "--db", database, "--from", source],
                                 stdout=subprocess.DEVNULL)
        time.sleep(dice.random() * lasts * 0.8)
        child.send_signal(signal.SIGKILL)
        child.wait()
        now = generation(database)
        assert now in known, now
        seen.add(now)
        subprocess.run([DUMP, database, "--all"], check=True)
    assert update(database, new).returncode == 0
    assert sorted(os.listdir(database)) == wanted_files(database), os.listdir(database)
    print("%d builders killed, both generations seen: %s" % (KILLS, len(seen) == 2))


def check_lock(top):
    database = os.path.join(top, "database")
    with open(os.path.join(database, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = update(database, os.path.join(top, "old"))
        assert done.returncode == 3 and "another update" in done.stderr, done


def check_malformed(top):
    """A malformed record is named and left out; an archive that is cut changes nothing."""
    bad, database = os.path.join(top, "bad"), os.path.join(top, "database")
    make_export(bad, "npm", "1.0", 10, [("B-1.json", "{"), ("B-2.json", '{"id":7}'),
                                        ("README", "not a record")])
    done = update(database, bad)
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert told["malformed"] == 2 and told["slices"][0]["advisories"] == 10, told
    assert "B-1.json" in done.stderr and "B-2.json" in done.stderr, done.stderr
    before = generation(database)
    archive = os.path.join(bad, "npm", "all.zip")
    with open(archive, "rb+") as file:
        file.truncate(os.path.getsize(archive) - 40)
    done = update(database, bad)
    assert done.returncode == 3 and "all.zip" in done.stderr, done
    assert generation(database) == before
    done = update(database, os.path.join(top, "nowhere"))
    assert done.returncode == 3 and "nowhere" in done.stderr, done


def check_http(top):
    export, database = os.path.join(top, "export"), os.path.join(top, "database")
    make_export(export, "Rocky Linux", "1.0", 50)
    make_export(export, "PyPI", "1.0", 50)
    with open(os.path.join(export, "ecosystems.txt"), "w", encoding="utf-8") as file:
        file.write("PyPI\nRocky Linux\nRocky Linux:8\n[EMPTY]\n")

    answers = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def send_response(self, code, message=None):
            if not self.path.endswith("/modified_id.csv"):  # there is none
                answers.append(code)
            super().send_response(code, message)

        def do_GET(self):
            if self.path == "/loop.zip":
                self.send_response(302)
                self.send_header("Location", "/loop.zip")
                self.end_headers()
            elif self.path == "/file.zip":
                self.send_response(302)
                self.send_header("Location", "file:///etc/hostname")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=export))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d" % server.server_port
    assert update(database, export).returncode == 0
    local = generation(database)
    done = update(database, base + "/")
    assert done.returncode == 0, done
    assert generation(database) == local
    answers.clear()
    done = update(database, base + "/")
    assert done.returncode == 0 and generation(database) == local, done
    assert answers == [200, 304, 304], "the list, and zips that did not change: %s" % answers
    os.utime(os.path.join(export, "PyPI", "all.zip"), (1, time.time() + 10))
    answers.clear()
    assert update(database, base + "/").returncode == 0 and sorted(answers) == [200, 200, 304], answers
    hidden = os.path.join(export, "PyPI", "all.zip.hidden")
    os.rename(os.path.join(export, "PyPI", "all.zip"), hidden)
    done = update(database, base + "/")
    assert done.returncode == 3 and "404" in done.stderr and generation(database) == local, done
    os.rename(hidden, os.path.join(export, "PyPI", "all.zip"))
    database = os.path.join(top, "one")
    done = update(database, base, "--ecosystems=rocky-linux")
    assert done.returncode == 0 and generation(database) != local, done
    one = generation(database)
    done = update(database, base + "/Rocky%20Linux/all.zip")
    assert done.returncode == 0 and generation(database) == one, done
    done = update(database, base, "--ecosystems=PyPI,Rocky Linux")
    assert done.returncode == 0 and generation(database) != one, done
    assert subprocess.run([PLIMSOLL, "db", "remove", "--db", database, "osv/PyPI"]).returncode == 0
    assert generation(database) == one
    done = update(database, base, base + "/none/all.zip", "--ecosystems=PyPI")
    assert done.returncode == 3 and "404" in done.stderr, done
    assert generation(database) != one, "what could be read was taken"
    one = generation(database)
    for path, says in (("/none/all.zip", "404"), ("/loop.zip", "redirects"),
                       ("/file.zip", 'scheme "file"'), ("/ecosystems.txt/all.zip", "404")):
        done = update(database, base + path)
        assert done.returncode == 3 and says in done.stderr, (path, done)
        assert generation(database) == one
    server.shutdown()


def check_shrink(top):
    """A feed that lost more than half of its records keeps what it had, unless that is accepted."""
    feed, database = os.path.join(top, "shrinking"), os.path.join(top, "shrunk")
    make_export(feed, "npm", "1.0", 300)
    assert update(database, feed).returncode == 0
    before = generation(database)
    make_export(feed, "npm", "1.0", 100)
    done = update(database, feed)
    assert done.returncode == 3 and "--accept-shrink" in done.stderr, done
    assert generation(database) == before
    done = subprocess.run([PLIMSOLL, "db", "update", "--db", database, "--from", feed, "--accept-shrink"],
                          stdout=subprocess.DEVNULL)
    assert done.returncode == 0 and generation(database) != before


def check_full_disk(top):
    """Where no file can grow, and where the file system is full, the old generation stays, whole."""
    feed, database = os.path.join(top, "growing"), os.path.join(top, "filled")
    make_export(feed, "npm", "1.0", 50)
    assert update(database, feed).returncode == 0
    before, files = generation(database), sorted(os.listdir(database))
    make_export(feed, "npm", "2.0", 20000)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))

    done = subprocess.run([PLIMSOLL, "db", "update", "--db", database, "--from", feed], encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit, check=False)
    assert done.returncode == 3 and "File too large" in done.stderr, done
    assert generation(database) == before and sorted(os.listdir(database)) == files
    small = os.path.join(top, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", small], stderr=subprocess.DEVNULL,
                      check=False).returncode == 0:
        try:
            mounted = os.path.join(small, "database")
            shutil.copytree(database, mounted, symlinks=True)
            done = update(mounted, feed)
            assert done.returncode == 3 and "No space left on device" in done.stderr, done
            assert generation(mounted) == before and sorted(os.listdir(mounted)) == files
        finally:
            subprocess.run(["umount", small], check=True)
    assert update(database, feed).returncode == 0 and generation(database) != before


def ask(database, *words):
    done = subprocess.run([PLIMSOLL, "db", *words, "--db", database, "--format", "json"], encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def check_history(top):
    """What changed between two generations, and a scan with the older one."""
    feed, database = os.path.join(top, "changing"), os.path.join(top, "history")
    make_export(feed, "Debian", "1.0", 700)
    assert update(database, feed).returncode == 0
    first = generation(database)
    make_export(feed, "Debian", "1.0", 699)
    with zipfile.ZipFile(os.path.join(feed, "Debian", "all.zip"), "a") as archive:
        archive.writestr("TEST-00005.json", json.dumps(dict(record(5, "Debian", "9.0"), modified="2025-01-01T00:00:00Z")))
        archive.writestr("NEW-1.json", json.dumps(dict(record(1, "Debian", "9.0"), id="NEW-1")))
    assert update(database, feed).returncode == 0
    told = ask(database, "diff")[1]
    changes = {(c["change"], c["id"]) for c in told["changes"]}
    assert changes == {("added", "NEW-1"), ("changed", "TEST-00005"), ("removed", "TEST-00699")}, changes
    packages = {(p["ecosystem"], p["name"]) for p in told["packages"]}
    assert packages == {("Debian", record(number, "Debian", "1.0")["affected"][0]["package"]["name"])
                        for number in (1, 5, 699)}, packages
    # Without the list that the generation keeps the two are compared.
    os.unlink(os.path.join(database, generation(database) + ".changed"))
    assert ask(database, "diff")[1] == told
    status, told = ask(database, "diff", first[:12], first)
    assert status == 0 and told["changes"] == [], told
    assert ask(database, "diff", "f" * 32)[0] == 3
    history = ask(database, "history")[1]["generations"]
    assert [g["records"] for g in history] == [700, 700], history
    assert sum(g["in_use"] for g in history) == 1
    empty = os.path.join(top, "empty")
    os.makedirs(empty)
    for day, status in (("2999-12-31", 0), ("2001-01-01", 3), ("soon", 2)):
        done = subprocess.run([PLIMSOLL, "scan", "--db", database, "--as-of", day, "dir:" + empty],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == status, (day, done)
    for days, status in (("1", 0), ("x", 2)):
        done = subprocess.run([PLIMSOLL, "scan", "--db", database, "--max-db-age", days, "dir:" + empty],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == status, (days, done)
    manifest = os.path.join(database, generation(database) + ".json")
    with open(manifest, encoding="utf-8") as file:
        text = file.read()
    with open(manifest, "w", encoding="utf-8") as file:
        file.write(re.sub('"fetched": "[0-9]*-', '"fetched": "2001-', text))
    for options, status, says in ((["--max-db-age", "300"], 3, "db update"), ([], 0, "days old")):
        done = subprocess.run([PLIMSOLL, "scan", "--db", database, *options, "dir:" + empty], encoding="utf-8",
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == status and says in done.stderr, (options, done)


def check_transfer(top):
    """A database as one file, whole or not at all."""
    database, other, archive = (os.path.join(top, name) for name in ("history", "elsewhere", "database.tar.zst"))
    run = lambda *words: subprocess.run([PLIMSOLL, "db", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        encoding="utf-8", check=False)
    assert run("export", archive, "--db", database).returncode == 0
    assert run("import", archive, "--db", other).returncode == 0
    assert generation(other) == generation(database)
    subprocess.run([DUMP, other, "--all"], check=True)
    with open(archive, "rb") as file:
        content = file.read()
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", unpacked], check=True)
        names = sorted(os.listdir(unpacked), reverse=True)
        assert names[0] == "manifest.json" and all(name.endswith(".pldb") for name in names[1:]), names
        with open(os.path.join(unpacked, names[1]), "rb+") as slice_file:
            slice_file.seek(200)
            slice_file.write(b"\0\0\0\0")
        altered = os.path.join(top, "altered.tar")
        subprocess.run(["tar", "-cf", altered, "-C", unpacked, *names], check=True)
        lacking = os.path.join(top, "lacking.tar")
        subprocess.run(["tar", "-cf", lacking, "-C", unpacked, names[0]], check=True)
    cut = os.path.join(top, "cut.tar.zst")
    with open(cut, "wb") as file:
        file.write(content[:len(content) // 2])
    fresh = os.path.join(top, "fresh")
    for bad in (altered, lacking, cut, PLIMSOLL, os.path.join(top, "nowhere")):
        done = run("import", bad, "--db", fresh)
        assert done.returncode == 3 and bad in done.stderr, (bad, done)
        assert run("status", "--db", fresh).returncode == 3
        assert os.listdir(fresh) == ["lock"] if os.path.exists(fresh) else True, os.listdir(fresh)
        before = sorted(os.listdir(other))
        # Where all slices are there already, an archive needs none.
        assert run("import", bad, "--db", other).returncode == (0 if bad == lacking else 3), bad
        assert sorted(os.listdir(other)) == before, bad
    assert run("export", os.path.join(top, "no", "such"), "--db", database).returncode == 3
    assert run("export", archive, "--db", fresh).returncode == 3


def main():
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as top:
        check_kills(top)
        check_lock(top)
        check_malformed(top)
        check_http(top)
        check_shrink(top)
        check_full_disk(top)
        check_history(top)
        check_transfer(top)


main()
