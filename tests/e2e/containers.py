#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Containers of real engines: what they hold now, and what of it is not their image's. What is done to a container is
done by its own shell, or by the engine's own client; what has to be said of it follows from that."""
import json
import os
import time

import enginelib
from engines import Forwarder, Liar, docker, engine, refused, run, sbom
from imagelib import OS_RELEASE, SYSTEM_TYPES, directory, entry, has, main, make_tar, same, sha256, stanza

STATUS = "var/lib/dpkg/status"
NAMES = ("alpha", "base-files", "beta", "gamma", "newer", "zeta")
# As dpkg lists what a package owns: with directories, each before what is in it, and by the shorter name where /bin is
# a link to /usr/bin.
LISTS = {"alpha": "/.\n/usr\n/usr/share\n/usr/share/alpha\n/usr/share/alpha/data\n", "base-files": "/.\n/tmp\n/usr\n",
         "beta": "/.\n/usr\n/usr/share\n/usr/share/beta\n/usr/share/beta/data\n", "gamma": "/.\n/usr/share/gamma\n",
         "newer": "/.\n/usr/share/newer\n", "zeta": "/.\n/usr/share/zeta\n/usr/share/zeta/deep\n/usr/share/zeta/deep/data\n"}
# gamma is removed, newer comes in another version, delta is new.
NOW = "".join(stanza(name, "1.0").decode() for name in ("alpha", "base-files", "beta", "zeta")) + \
    stanza("newer", "2.0").decode() + stanza("delta", "1.0").decode()
CHANGE_ALL = (f"echo '{NOW}' > /{STATUS}; echo changed > /usr/share/beta/data; /bin/rm -r /usr/share/zeta; "
              "/bin/touch /tmp/done; /bin/sleep 1000")
MARKS = {"alpha": "same", "base-files": "same", "beta": "altered", "delta": "new", "newer": "altered", "zeta": "altered"}
REMOVED = ["pkg:deb/debian/gamma@1.0"]


def image_entries():
    lists = [entry(f"var/lib/dpkg/info/{name}.list", text.encode()) for name, text in LISTS.items()]
    return [entry("usr/lib/os-release", OS_RELEASE), directory("tmp"),
            entry(STATUS, b"".join(stanza(name, "1.0") for name in NAMES)), *lists,
            entry("usr/share/alpha/data", b"alpha"), entry("usr/share/beta/data", b"beta"),
            entry("usr/share/zeta/deep/data", b"zeta")]


def web():
    """Docker with the image local/web:1, of two layers."""
    at = docker()
    if not at.client("images", "-q", "local/web:1"):
        at.import_tar("local/web-base:1", [*enginelib.programs("sh", "sleep", "touch", "rm"), directory("tmp")])
        at.build("local/web:1", "FROM local/web-base:1\nADD more.tar /\n", [entry("more.tar", make_tar(image_entries()))])
    return at


def save(at, data):
    with open(at.base + "/import.tar", "wb") as out:
        out.write(data)
    return at.base + "/import.tar"


def marks(result):
    same(result.status, 0, result.err)
    return {c["name"]: c.get("since_image") for c in result.json["components"] if c["type"] in SYSTEM_TYPES}


def removed(result):
    return [purl.split("?")[0] for purl in result.json["subject"]["container"]["removed"]]


def changed_container(at, name):
    at.run("local/web:1", "/bin/sh", "-c", CHANGE_ALL, options=("--name", name))
    until = time.monotonic() + 20
    while "A /tmp/done" not in at.client("diff", name).splitlines():
        if time.monotonic() > until:
            raise AssertionError("the container does not do what it should")
        time.sleep(0.1)


def components(result):
    return [{key: c[key] for key in ("purl", "since_image", "locations")} for c in result.json["components"]]


def what_is_not_the_images(_):
    at = web()
    changed_container(at, "changed")
    near = sbom(at, "container:changed")
    same((marks(near), removed(near), near.gaps), (MARKS, REMOVED, []))
    subject = near.json["subject"]
    same((subject["kind"], subject["name"], subject["source"], subject["container"]["state"]),
         ("container", "changed", "docker", "running"))
    told = {(c["path"], c["change"]) for c in subject["container"]["changes"]}
    for path, how in ((STATUS, "modified"), ("usr/share/beta/data", "modified"), ("usr/share/zeta", "deleted"), ("tmp", "modified")):
        same((path, how) in told, True, f"{path} is not {how} in {sorted(told)}")

    # What is its image's own is where its image has it.
    image = sbom(at, "docker:local/web:1").json
    layers = {c["name"]: c["locations"] for c in image["components"]}
    same({c["name"]: c["locations"] for c in near.json["components"] if c["name"] in ("alpha", "beta")},
         {name: layers[name] for name in ("alpha", "beta")})
    same((subject["digest"], subject["layers"]), (image["subject"]["digest"], image["subject"]["layers"]))

    far = Forwarder(at.socket)
    exported = sbom(at, "container:changed", DOCKER_HOST=f"tcp://127.0.0.1:{far.port}")
    same(b"/export" in far.asked, True)
    same(components(exported), components(near), "through an export")
    at.client("kill", "changed")
    stopped = sbom(at, "container:changed")
    same((components(stopped), removed(stopped), stopped.gaps), (components(near), removed(near), []), "stopped")
    same(stopped.json["subject"]["container"]["state"], "exited")


def as_a_table(_):
    at = web()
    if "changed" not in at.client("ps", "-a", "--format", "{{.Names}}").split():
        changed_container(at, "changed")
    text = run(at, "sbom", "--format", "table", "container:changed").out.decode()
    has(text, "changed (container, linux/amd64, from docker)", "image local/web:1",
        "Not as in the image: beta 1.0 (altered), delta 1.0 (new), newer 2.0 (altered), zeta 1.0 (altered)",
        "Removed since: pkg:deb/debian/gamma@1.0")


def untouched(_):
    """Made and never started, or started and idle: nothing is marked."""
    at = web()
    at.create("local/web:1", "/bin/sleep", "1000", options=("--name", "created"))
    at.run("local/web:1", "/bin/sleep", "1000", options=("--name", "idle"))
    for name in ("created", "idle"):
        result = sbom(at, "container:" + name)
        same((marks(result), removed(result), result.gaps), (dict.fromkeys(NAMES, "same"), [], []), name)
    text = run(at, "sbom", "--format", "table", "container:idle").out.decode()
    same(("Not as in" in text, "Removed" in text), (False, False), text)


def its_image_is_gone(_):
    at = web()
    at.client("tag", "local/web:1", "local/keep:1")
    at.build("local/brief:1", "FROM local/web:1\nLABEL brief=yes\n")
    at.create("local/brief:1", "/bin/sleep", "1000", options=("--name", "orphan"))
    at.client("rmi", "-f", "local/brief:1")
    result = sbom(at, "container:orphan")
    same(marks(result), dict.fromkeys(NAMES, None))
    same((result.json["subject"]["layers"], removed(result)), ([], []))
    has(str(result.gaps), "no longer has the container's image")
    same(run(at, "sbom", "--strict", "container:orphan").status, 4)


def several_at_once(_):
    at = web()
    for name in ("one", "two"):
        at.create("local/web:1", "/bin/sleep", "1000", options=("--name", name))
    result = sbom(at, "container:one", "container:none", "container:two", "docker:local/web:1")
    same((result.status, [r["subject"]["name"] for r in result.json["reports"]]),
         (3, ["one", "two", "docker.io/local/web:1"]), result.err)


def of_podman(_):
    at = engine(enginelib.Podman)
    at.load(web().save("local/web:1", web().base + "/web.tar"))
    at.client("create", "--name", "changed", "--network", "none", "local/web:1", "/bin/sleep", "1000")
    for path, text in ((STATUS, NOW), ("usr/share/beta/data", "changed")):
        at.client("cp", save(at, text.encode()), f"changed:/{path}")
    result = sbom(at, "container:changed", DOCKER_HOST="unix:///nonexistent")
    same((marks(result), removed(result)), (dict(MARKS, zeta="same"), REMOVED), result.err)
    same((result.json["subject"]["source"], result.json["subject"]["container"]["engine"]), ("podman", "podman"))


def when_the_image_cannot_be_read(where):
    """What the container holds is said all the same, and that nothing is marked."""
    digest = sha256(b"nothing")
    facts = {"Id": "1" * 64, "Name": "/odd", "Image": digest, "State": {"Status": "exited"}, "Config": {}, "HostConfig": {}}
    answers = {"/_ping": b"OK", "/containers/odd/json": json.dumps(facts).encode(), "/changes": b"null",
               "/export": make_tar(image_entries()), "/images/" + digest + "/json": b'{"Id":5}'}
    os.makedirs(where + "/l")
    result = sbom(Liar(where + "/l", answers), "container:odd")
    same(marks(result), dict.fromkeys(NAMES, None))
    has(str(result.gaps), "image was not read")
    answers["/export"] = b"noise" * 1000
    os.makedirs(where + "/m")
    result = sbom(Liar(where + "/m", answers), "container:odd")
    same(result.status == 3 or len(result.gaps) > 1, True, result.err)
    refused(Liar(where + "/l", {"/_ping": b"OK"}), "container:none", "no container none")


if __name__ == "__main__":
    main([what_is_not_the_images, as_a_table, untouched, its_image_is_gone, several_at_once, of_podman,
          when_the_image_cannot_be_read])
