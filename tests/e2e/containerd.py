#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Images of containerd: a daemon of the test's own, filled by its own client `ctr`, and the same image in an OCI
layout, whose reading tests/e2e/images.py holds to the specification, as the second opinion."""
import json
import os
import socket
import subprocess
import threading
import time

from imagelib import PLIMSOLL, Layout, Skip, entry, has, main, make_tar, run, same, sha256
from reachlib import BASE, NOISE, UPPER, contents, environment, image_for, image_of_two_layers, is_refused, is_whole, reach
from registrylib import INDEX, Daemon, command, need

# Whatever would touch the machine outside of the daemon's own directories, or wants a kernel module, is left out.
CONFIGURATION = """version = 2
root = "{where}/root"
state = "{where}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{where}/sock"
[ttrpc]
  address = "{where}/sock.ttrpc"
"""


class Containerd(Daemon):
    def __init__(self, where):
        need("containerd", "ctr")
        os.makedirs(where)
        self.where = where
        self.socket = where + "/sock"
        with open(where + "/config.toml", "w") as out:
            out.write(CONFIGURATION.format(where=where))
        self.log = open(where + "/log", "wb")
        self.process = subprocess.Popen(["containerd", "-c", where + "/config.toml"], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        for _ in range(200):
            if self.process.poll() is not None:
                self.stop()
                raise Skip("containerd does not run here: " + self.last_words())
            done = subprocess.run(["ctr", "-a", self.socket, "version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if done.returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        raise Skip("containerd does not answer here: " + self.last_words())

    def last_words(self):
        return open(self.where + "/log", errors="replace").read()[-200:].strip()

    def ctr(self, *arguments, namespace="default"):
        return command("ctr", "-a", self.socket, "-n", namespace, *arguments)

    def load(self, layout, name, namespace="default", *options):
        """The layout's only entry has the tag that `name` ends with."""
        archive = f"{self.where}/import.tar"
        subprocess.run(["tar", "-C", layout, "-cf", archive, "."], check=True)
        self.ctr("images", "import", "--no-unpack", "--all-platforms", "--base-name", name, *options, archive, namespace=namespace)

    def blob(self, digest):
        return f"{self.where}/root/io.containerd.content.v1.content/blobs/sha256/{digest.split(':')[1]}"

    def reach(self, source, *options, extra=None, **settings):
        return reach(os.path.dirname(self.where), source, "--no-cache", *options,
                     extra=dict({"CONTAINERD_ADDRESS": self.socket}, **(extra or {})), **settings)


def reach_in(where, address, source, **extra):
    return reach(where, source, "--no-cache", extra=dict({"CONTAINERD_ADDRESS": address}, **extra))


# Where the content store cannot be read, as from another user or within a container.
STREAMED = {"CONTAINERD_ROOT": "/nonexistent"}


def the_same_as_the_layout(where):
    path, layout = image_of_two_layers(where + "/i", tag="v1")
    wanted = contents(run("sbom", f"oci-dir:{path}:v1"))
    hexadecimal = layout.descriptor["digest"].split(":")[1]
    with Containerd(where + "/c") as daemon:
        daemon.load(path, "docker.io/library/app")
        listed = daemon.ctr("images", "ls").decode()
        has(listed, "docker.io/library/app:v1", layout.descriptor["digest"])
        for way in ({}, STREAMED, {"CONTAINERD_ROOT": daemon.where + "/root"}, {"CONTAINERD_ADDRESS": "unix://" + daemon.socket}):
            for name in ("app:v1", "docker.io/library/app:v1", "library/app:v1", f"app@sha256:{hexadecimal}", hexadecimal,
                         hexadecimal[:12], "sha256:" + hexadecimal):
                result = daemon.reach("containerd:" + name, extra=way)
                is_whole(result, name)
                same(contents(result), wanted, name)
                same(result.json["subject"]["name"], "docker.io/library/app:v1")
        is_whole(daemon.reach("app:v1"), "engines are asked without a scheme")


def large_layers_come_in_pieces(where):
    layout = Layout(where + "/i")
    big = make_tar(BASE + [entry(f"big/{n}", NOISE[n:] + NOISE[:n]) for n in range(20)])
    layout.index(layout.image([big, make_tar(UPPER)], tag="1"))
    with Containerd(where + "/c") as daemon:
        daemon.load(layout.where, "docker.io/library/big")
        if layout.layers[0]["size"] < 5 << 20:
            raise AssertionError("it is not large")
        is_whole(daemon.reach("containerd:big:1"))
        is_whole(daemon.reach("containerd:big:1", extra=STREAMED), "streamed")


def platforms_in_nested_indexes(where):
    layout = Layout(where + "/i")
    inner = [image_for(layout, "for-amd64", "linux/amd64"), image_for(layout, "for-arm64", "linux/arm64", "v8")]
    flat = dict(layout.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": inner}).encode()), mediaType=INDEX)
    nested = dict(layout.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [flat]}).encode()), mediaType=INDEX,
                  annotations={"org.opencontainers.image.ref.name": "1"})
    layout.index(nested)
    with Containerd(where + "/c") as daemon:
        daemon.load(layout.where, "example.org/multi")
        for way in ({}, STREAMED):
            for platform, name in (("linux/amd64", "for-amd64"), ("linux/arm64", "for-arm64")):
                result = daemon.reach("containerd:example.org/multi:1", "--platform", platform, extra=way)
                same((result.status, result.packages), (0, [(name, "1")]), result.err)
                same(contents(result), contents(run("sbom", "--platform", platform, f"oci-dir:{layout.where}:1")))
            is_refused(daemon.reach("containerd:example.org/multi:1", "--platform", "linux/s390x", extra=way),
                       "linux/s390x", "linux/amd64", "linux/arm64/v8")
        # As after `ctr images pull`, which takes one platform unless it is told otherwise.
        daemon.ctr("content", "rm", inner[1]["digest"])
        if os.path.exists(daemon.blob(inner[1]["digest"])):
            os.unlink(daemon.blob(inner[1]["digest"]))
        is_refused(daemon.reach("containerd:example.org/multi:1", "--platform", "linux/arm64"), inner[1]["digest"], "platform")
        same(daemon.reach("containerd:example.org/multi:1", "--platform", "linux/amd64").status, 0)


def namespaces(where):
    path, _ = image_of_two_layers(where + "/i", tag="v1")
    with Containerd(where + "/c") as daemon:
        daemon.load(path, "registry.example/kube/app", "k8s.io")
        daemon.load(path, "registry.example/kube/other", "mine")
        is_whole(daemon.reach("containerd:registry.example/kube/app:v1"), "Kubernetes' own is looked into")
        is_refused(daemon.reach("containerd:registry.example/kube/other:v1"), "default", "k8s.io", "moby")
        is_whole(daemon.reach("containerd:registry.example/kube/other:v1", extra={"CONTAINERD_NAMESPACE": "mine"}))
        is_whole(daemon.reach("containerd:registry.example/kube/other:v1", extra=dict(STREAMED, CONTAINERD_NAMESPACE="mine")))
        is_refused(daemon.reach("containerd:registry.example/kube/app:v2"), "registry.example/kube/app:v1")
        for wrong in ("a b", "-a", "a\r\nx: y", "a" * 77, "a..b"):
            same(daemon.reach("containerd:registry.example/kube/app:v1", extra={"CONTAINERD_NAMESPACE": wrong}).status, 2, wrong)


def layers_that_are_not_there(where):
    path, layout = image_of_two_layers(where + "/i", tag="v1")
    with Containerd(where + "/c") as daemon:
        daemon.load(path, "docker.io/library/app")
        gone = layout.layers[1]["digest"]
        daemon.ctr("content", "rm", gone)
        if os.path.exists(daemon.blob(gone)):
            os.unlink(daemon.blob(gone))
        for way in ({}, STREAMED):
            result = daemon.reach("containerd:app:v1", extra=way)
            same((result.status, result.packages), (0, [("alpha", "1.0"), ("beta", "2.0-1")]), result.err)
            same([gap["layer"] for gap in result.json["gaps"]], [sha256(make_tar(UPPER))])
            has(str(result.gaps), "missing")
            same(daemon.reach("containerd:app:v1", "--strict", extra=way).status, 4)


def blobs_that_are_spoilt(where):
    path, layout = image_of_two_layers(where + "/i", tag="v1")
    with Containerd(where + "/c") as daemon:
        daemon.load(path, "docker.io/library/app")
        manifest = layout.descriptor["digest"]
        config = json.load(open(layout.blob_path(manifest), "rb"))["config"]["digest"]
        for digest in (layout.layers[0]["digest"], config, manifest):
            right = open(daemon.blob(digest), "rb").read()
            os.chmod(daemon.blob(digest), 0o644)
            for spoilt in (right[:-1] + bytes([right[-1] ^ 1]), right[:-1], right + b"x", b""):
                with open(daemon.blob(digest), "wb") as out:
                    out.write(spoilt)
                for way in ({}, STREAMED):
                    result = daemon.reach("containerd:app:v1", extra=way)
                    if len(spoilt) > len(right) and way == STREAMED:
                        is_whole(result, "containerd itself gives out no more than it has taken in")
                    else:
                        is_refused(result, "sha256:" if digest == config else digest)
            with open(daemon.blob(digest), "wb") as out:
                out.write(right)
        is_whole(daemon.reach("containerd:app:v1"))


def names_that_are_wrong(where):
    path, _ = image_of_two_layers(where + "/i", tag="v1")
    with Containerd(where + "/c") as daemon:
        is_refused(daemon.reach("containerd:app:v1"), "app:v1", daemon.socket)
        daemon.load(path, "docker.io/library/app")
        is_refused(daemon.reach("containerd:ap:v1"), "docker.io/library/app:v1")
        is_refused(daemon.reach("containerd:app:v2"), "docker.io/library/app:v1")
        is_refused(daemon.reach("containerd:" + "0" * 64), "0" * 64)
        for wrong in ("containerd:", "containerd:Upper/Case:1", "containerd:a b", "containerd:app:v1:v2", "containerd:app@sha256:12"):
            same(daemon.reach(wrong).status, 2, wrong)


def answering(where, name, talk):
    """A socket where `talk(connection)` answers whoever comes."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{where}/{name}")
    listener.listen(8)

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    return listener


def sockets_that_are_not_containerd(where):
    absent = where + "/absent.sock"
    is_refused(reach_in(where, absent, "containerd:app"), absent, "CONTAINERD_ADDRESS")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(where + "/stale.sock")
    is_refused(reach_in(where, where + "/stale.sock", "containerd:app"), where + "/stale.sock")
    with open(where + "/file", "w") as out:
        out.write("x")
    is_refused(reach_in(where, where + "/file", "containerd:app"), where + "/file")
    is_refused(reach_in(where, where + "/" + "x" * 200, "containerd:app"), "x" * 20)
    # HTTP/2 begins with a preface and the settings of both sides (RFC 9113, 3.4); these are other things.
    settings = b"\0\0\0\x04\0\0\0\0\0"
    for name, said in (("web", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), ("noise", b"\x1b[2J\xff" * 50),
                       ("silent", b""), ("large", settings + b"\xff\xff\xff\x04\0\0\0\0\0"),
                       ("gone", settings + b"\0\0\x08\x07\0\0\0\0\0" + b"\0\0\0\0\0\0\0\x02")):
        def talk(connection, said=said):
            connection.recv(65536)
            connection.sendall(said)
        with answering(where, name + ".sock", talk):
            is_refused(reach_in(where, f"{where}/{name}.sock", "containerd:app"), name + ".sock")


def others_may_not_open_the_socket(where):
    if os.geteuid() != 0:
        raise Skip("only root can become another user")
    need("setpriv")
    os.chmod(where, 0o755)
    with socket.socket(socket.AF_UNIX) as private:
        private.bind(where + "/sock")
        private.listen(1)
        os.chmod(where + "/sock", 0o600)
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", os.path.abspath(PLIMSOLL), "sbom", "--no-cache", "containerd:app"],
                              env=environment(where, CONTAINERD_ADDRESS=where + "/sock"), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if done.returncode in (126, 127):
            raise Skip("another user cannot run the program")
        same(done.returncode, 3, done.stderr.decode())
        has(done.stderr.decode(), where + "/sock", "Permission denied")


if __name__ == "__main__":
    main([the_same_as_the_layout, large_layers_come_in_pieces, platforms_in_nested_indexes, namespaces, layers_that_are_not_there,
          blobs_that_are_spoilt, names_that_are_wrong, sockets_that_are_not_containerd, others_may_not_open_the_socket])
