#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Root file systems in directories: links that lead out, files that block, what changes or cannot be read. The rule
behind each expectation: a path means what it would mean to a process whose root is the directory (chroot(2))."""
import os
import socket
import subprocess
import threading

from imagelib import OS_RELEASE, Skip, has, main, same, sbom, stanza

STATUS = "var/lib/dpkg/status"


def make(where, files=(), links=()):
    root = where + "/root"
    for name, content in files:
        os.makedirs(os.path.dirname(f"{root}/{name}"), exist_ok=True)
        with open(f"{root}/{name}", "wb") as out:
            out.write(content)
    for name, target in links:
        os.makedirs(os.path.dirname(f"{root}/{name}"), exist_ok=True)
        os.symlink(target, f"{root}/{name}")
    os.makedirs(root, exist_ok=True)
    return root


def links_stay_inside_the_root(where):
    os.makedirs(where + "/outside/dpkg")
    with open(where + "/outside/status", "wb") as out:
        out.write(stanza("secret", "1"))
    with open(where + "/outside/dpkg/status", "wb") as out:
        out.write(stanza("secret", "2"))
    leads_out = (("absolute", f"{where}/outside/status"), ("dots", "../../../../outside/status"),
                 ("host", "/var/lib/dpkg/status"), ("proc", "/proc/self/root/var/lib/dpkg/status"))
    for number, (name, target) in enumerate(leads_out):
        root = make(f"{where}/{number}", [("etc/os-release", OS_RELEASE)], [(STATUS, target)])
        result = sbom(f"dir:{root}")
        same((result.status, result.packages), (0, []), name)
    root = make(where + "/dirs", [("etc/os-release", OS_RELEASE)], [("var/lib/dpkg", f"{where}/outside/dpkg")])
    same(sbom(f"dir:{root}").packages, [], "a directory that leads out")
    root = make(where + "/whole", [("etc/os-release", OS_RELEASE)], [("var", f"{where}/outside")])
    same(sbom(f"dir:{root}").packages, [])


def links_inside_the_root_are_followed(where):
    root = make(where + "/a", [("data/status", stanza("alpha", "1"))], [(STATUS, "/data/status")])
    same(sbom(f"dir:{root}").packages, [("alpha", "1")], "absolute, from the root")
    root = make(where + "/b", [("data/dpkg/status", stanza("alpha", "1"))], [("var/lib/dpkg", "../../data/dpkg")])
    same(sbom(f"dir:{root}").packages, [("alpha", "1")], "a directory")
    root = make(where + "/c", [("usr/lib/apk/db/installed", b"P:musl\nV:1.2.4-r1\nA:x86_64\n\n")], [("lib", "usr/lib")])
    same(sbom(f"dir:{root}").packages, [("musl", "1.2.4-r1")], "once, though two paths lead there")
    root = make(where + "/d", [("usr/lib/os-release", OS_RELEASE)], [("etc/os-release", "../usr/lib/os-release")])
    same(sbom(f"dir:{root}").json["subject"]["os"]["version_id"], "12")


def cycles_end(where):
    root = make(where, [("etc/os-release", OS_RELEASE)], [(STATUS, "status"), ("var/lib/rpm", "rpm2"), ("var/lib/rpm2", "rpm"),
                                                          ("usr", "."), ("lib", "/lib")])
    result = sbom(f"dir:{root}", timeout=20)
    same((result.status, result.packages), (0, []))


def nothing_blocks(where):
    root = make(where, [("etc/os-release", OS_RELEASE), ("usr/lib/apk/db/installed", b"P:musl\nV:1-r1\n\n")])
    os.makedirs(root + "/var/lib/dpkg")
    os.makedirs(root + "/var/lib/rpm")
    os.mkfifo(f"{root}/{STATUS}")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(root + "/var/lib/rpm/Packages")
    try:
        os.mknod(root + "/var/lib/rpm/rpmdb.sqlite", 0o20600, os.makedev(1, 9))  # /dev/urandom, without an end
    except PermissionError:
        pass
    result = sbom(f"dir:{root}", timeout=20)
    same((result.status, result.packages), (0, [("musl", "1-r1")]))


def what_cannot_be_read_is_a_gap(where):
    if os.geteuid() == 0:
        runner = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        if subprocess.run(runner + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
            raise Skip("cannot run as another user here")
    else:
        runner = []
    root = make(where, [("etc/os-release", OS_RELEASE), (STATUS, stanza("alpha", "1"))])
    for path in (where, root, root + "/etc", root + "/var", root + "/var/lib", root + "/var/lib/dpkg"):
        os.chmod(path, 0o755)
    os.chmod(f"{root}/{STATUS}", 0)
    from imagelib import PLIMSOLL, Result
    command = runner + [os.path.abspath(PLIMSOLL), "sbom"]
    if subprocess.run(runner + [os.path.abspath(PLIMSOLL), "version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode != 0:
        raise Skip("another user cannot run the program where it lies")
    result = Result(subprocess.run(command + [f"dir:{root}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    same((result.status, result.packages), (0, []), result.err)
    has(str(result.gaps), STATUS, "Permission denied")
    os.chmod(root + "/var/lib/dpkg", 0)
    result = Result(subprocess.run(command + ["--strict", f"dir:{root}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    same(result.status, 4)
    has(str(result.gaps), "var/lib/dpkg", "Permission denied")


def broken_databases_do_not_stop_the_scan(where):
    for number, content in enumerate((b"", b"\0" * 5000, b"SQLite format 3\0" + os.urandom(5000), os.urandom(5000),
                                      b"\0" * 12 + b"\x61\x15\x06\x00" + b"\xff" * 4000)):
        for name in ("Packages", "Packages.db", "rpmdb.sqlite"):
            root = make(f"{where}/{number}-{name}", [(f"usr/lib/sysimage/rpm/{name}", content), (STATUS, stanza("alpha", "1"))])
            result = sbom(f"dir:{root}", timeout=30)
            same((result.status, result.packages), (0, [("alpha", "1")]), f"{number} {name}")
            if content:
                has(str(result.gaps), "sysimage/rpm/" + name)


def a_file_that_changes_under_the_walk(where):
    root = make(where, [("etc/os-release", OS_RELEASE), (STATUS, stanza("alpha", "1"))])
    ended = threading.Event()

    def rewrite():
        turn = 0
        while not ended.is_set():
            turn += 1
            with open(f"{root}/{STATUS}", "wb") as out:
                out.write(b"".join(stanza(f"p{n}", "1") for n in range(turn % 50)))

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(30):
            result = sbom(f"dir:{root}", timeout=20)
            same(result.status, 0, result.err)
    finally:
        ended.set()
        writer.join()


if __name__ == "__main__":
    main([links_stay_inside_the_root, links_inside_the_root_are_followed, cycles_end, nothing_blocks,
          what_cannot_be_read_is_a_gap, broken_databases_do_not_stop_the_scan, a_file_that_changes_under_the_walk])
