#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""image/registry/ beside skopeo: the same files of credentials, mirrors and certificates.

usage: registries_peers.py REGISTRY_PROBE
Runs Debian's docker-registry on loopback. Says "skip" where a part is missing.
"""
import hashlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

PROBE = sys.argv[1]
NEEDED = ("docker-registry", "skopeo", "htpasswd", "openssl")
USER, PASSWORD = "alice", "s3cret:with=signs"
DIGEST = "sha256:" + "0123456789abcdef" * 4
results = []


def check(good, name, *more):
    results.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(results), name))
    if not good:
        print("\n".join("# %s" % (item,) for item in more))


class Home:
    """A home directory of its own, in which both programs run."""

    def __init__(self, top, name):
        self.path = os.path.join(top, name)
        os.makedirs(os.path.join(self.path, "run"))
        self.env = {"HOME": self.path, "XDG_RUNTIME_DIR": os.path.join(self.path, "run"),
                    "PATH": os.environ["PATH"]}

    def put(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *command):
        return subprocess.run(command, env=self.env, encoding="utf-8", stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=120)

    def probe(self, *args):
        return self.run(PROBE, *args)

    def skopeo(self, *args):
        return self.run("skopeo", "--insecure-policy", *args)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    def __init__(self, top, name, **extra):
        port = free_port()
        self.host = "127.0.0.1:%d" % port
        config = {"version": "0.1", "log": {"level": "error"},
                  "storage": {"filesystem": {"rootdirectory": os.path.join(top, name)}},
                  "http": {"addr": self.host, **extra.get("http", {})}}
        if "auth" in extra:
            config["auth"] = extra["auth"]
        path = os.path.join(top, name + ".yml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file)  # JSON is YAML
        self.child = subprocess.Popen(["docker-registry", "serve", path],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.05)

    def stop(self):
        self.child.terminate()
        self.child.wait()


def make_layout(path):
    """An OCI image layout of one empty layer."""
    blobs = os.path.join(path, "blobs", "sha256")
    os.makedirs(blobs)

    def blob(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as file:
            file.write(content)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    tar = io.BytesIO()
    tarfile.open(fileobj=tar, mode="w").close()
    kind = "application/vnd.oci.image."
    layer = blob(tar.getvalue(), kind + "layer.v1.tar")
    config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": [layer["digest"]]}}).encode(), kind + "config.v1+json")
    manifest = blob(json.dumps({"schemaVersion": 2, "config": config,
                                "layers": [layer]}).encode(), kind + "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    for name, content in (("index.json", {"schemaVersion": 2, "manifests": [manifest]}),
                          ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(os.path.join(path, name), "w", encoding="utf-8") as file:
            json.dump(content, file)


def check_credentials(top, layout):
    htpasswd = os.path.join(top, "htpasswd")
    with open(htpasswd, "w", encoding="utf-8") as file:
        subprocess.run(["htpasswd", "-Bbn", USER, PASSWORD], stdout=file, check=True)
    registry = Registry(top, "private", auth={"htpasswd": {"realm": "x", "path": htpasswd}})
    image = "docker://%s/team/app:1" % registry.host
    try:
        ours, theirs = Home(top, "ours"), Home(top, "theirs")
        push = ours.skopeo("copy", "--dest-tls-verify=false", "oci:%s:1" % layout, image)
        check(push.returncode != 0, "without credentials the registry refuses", push.stderr)
        for password, word in (("wrong", "refuses"), (PASSWORD, "accepts")):
            stored = ours.probe("store", registry.host, USER, password)
            push = ours.skopeo("copy", "--dest-tls-verify=false", "oci:%s:1" % layout, image)
            check(stored.returncode == 0 and (push.returncode == 0) == (word == "accepts"),
                  "skopeo reads what is stored here: the registry " + word, stored.stderr,
                  push.stderr)
        ours.probe("erase", registry.host)
        again = ours.skopeo("inspect", "--tls-verify=false", image)
        check(again.returncode != 0 and "unauthorized" in again.stderr,
              "what is erased here, skopeo finds no more", again.stderr)
        login = theirs.skopeo("login", "--tls-verify=false", "-u", USER, "-p", PASSWORD,
                              registry.host)
        found = theirs.probe("find", registry.host, "team/app")
        check(login.returncode == 0 and found.stdout == "%s %s\n" % (USER, PASSWORD),
              "what skopeo stores is found here", login.stderr, found)
        theirs.skopeo("logout", registry.host)
        found = theirs.probe("find", registry.host, "team/app")
        check(found.returncode == 0 and found.stdout == "", "and no more after its logout", found)
        login = theirs.skopeo("login", "--tls-verify=false", "-u", USER, "-p", PASSWORD,
                              registry.host + "/team")
        found = theirs.probe("find", registry.host, "team/app")
        other = theirs.probe("find", registry.host, "teams/app")
        check(login.returncode == 0 and found.stdout.startswith(USER) and other.stdout == "",
              "a login to a path counts below it alone", login.stderr, found, other)
    finally:
        registry.stop()


RULES = """
[[registry]]
prefix = "primary.invalid/team"
location = "{here}/real"
insecure = true
[[registry.mirror]]
location = "{empty}/m"
insecure = true
[[registry.mirror]]
location = "127.0.0.1:1"
insecure = true
[[registry]]
prefix = "primary.invalid/team/only"
location = "{here}/only"
insecure = true
[[registry]]
prefix = "primary.invalid"
location = "{here}"
insecure = true
mirror-by-digest-only = true
[[registry.mirror]]
location = "{empty}"
insecure = true
[[registry]]
prefix = "pull.invalid"
location = "{here}"
insecure = true
[[registry.mirror]]
location = "{empty}/digests"
insecure = true
pull-from-mirror = "digest-only"
[[registry.mirror]]
location = "{empty}/tags"
insecure = true
pull-from-mirror = "tag-only"
[[registry]]
prefix = "*.wild.invalid"
location = "{here}/w"
insecure = true
[[registry]]
location = "blocked.invalid/no"
blocked = true
[[registry]]
prefix = "led.invalid"
location = "blocked.invalid/no/there"
[[registry.mirror]]
location = "blocked.invalid/no/mirror"
[[registry]]
prefix = "docker.io/library"
location = "{here}/hub"
insecure = true
"""
DROP_IN = """
[[registry]]
prefix = "primary.invalid/team/only"
location = "{here}/dropped"
insecure = true
"""
IMAGES = ["primary.invalid/team/app:1", "primary.invalid/team/absent:1", "primary.invalid/teams/app:1",
          "primary.invalid/team/only/app:1", "primary.invalid/x@" + DIGEST, "primary.invalid/x:1",
          "pull.invalid/x:1", "pull.invalid/x@" + DIGEST, "a.wild.invalid/x:1", "a.b.wild.invalid/x/y:1",
          "nginx:1", "docker.io/nginx"]
# With what each says; the last makes the mirror's name "127.0.0.1:1:1".
REFUSED = [("blocked.invalid/no/x:1", "is blocked", "is blocked"),
           ("led.invalid/x:1", "is blocked", "is blocked"),
           ("primary.invalid/team:1", "invalid reference format", "no tag")]


def tried_by_skopeo(home, image):
    done = home.skopeo("--debug", "inspect", "--raw", "docker://" + image)
    tried = re.findall(r'Trying to access \\"([^"\\]+)\\"', done.stderr)
    return [re.sub(r"(:[^:/]+)?(@.*)?$", "", name) for name in tried], done


def check_mirrors(top, layout):
    here, empty = Registry(top, "here"), Registry(top, "empty")
    home = Home(top, "mirrors")
    names = {"here": here.host, "empty": empty.host}
    home.put(".config/containers/registries.conf", RULES.format(**names))
    home.put(".config/containers/registries.conf.d/50.conf", DROP_IN.format(**names))
    try:
        for name in ("real/app", "teams/app"):
            home.skopeo("copy", "--dest-tls-verify=false", "oci:%s:1" % layout,
                        "docker://%s/%s:1" % (here.host, name))
        for image in IMAGES:
            tried, done = tried_by_skopeo(home, image)
            listed = home.probe("hosts", image)
            got = listed.stdout.split()
            # skopeo stops where it found the image, or at a failure that is not the server's.
            good = len(tried) > 0 and got[:len(tried)] == tried
            good = good and (done.returncode == 0 or len(got) == len(tried))
            check(good, "skopeo asks the same places for " + image, tried, got, listed.stderr,
                  done.stderr[-300:])
        for image, theirs, ours in REFUSED:
            tried, done = tried_by_skopeo(home, image)
            listed = home.probe("hosts", image)
            check(done.returncode != 0 and theirs in done.stderr and ours in listed.stderr,
                  "both refuse " + image, tried, done.stderr, listed)
    finally:
        here.stop()
        empty.stop()


def openssl(top, *args):
    subprocess.run(["openssl", *args], cwd=top, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_certificates(top):
    for name in ("ca", "other"):
        openssl(top, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=" + name, "-keyout", name + ".key", "-out", name + ".crt")
    with open(os.path.join(top, "san"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl(top, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout",
                name + ".key", "-out", name + ".csr")
        openssl(top, "x509", "-req", "-days", "2", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey",
                "ca.key", "-CAcreateserial", "-extfile", "san", "-out", name + ".crt")


def check_certificates(top):
    make_certificates(top)
    tls = {name: os.path.join(top, "server." + end)
           for name, end in (("certificate", "crt"), ("key", "key"))}
    tls["clientcas"] = [os.path.join(top, "ca.crt")]
    registry = Registry(top, "tls", http={"tls": tls})
    home = Home(top, "certs")
    certs = os.path.join(home.path, ".config/containers/certs.d", registry.host)
    os.makedirs(certs)
    steps = [("other.crt", "other.crt", False, "another authority's certificate is not enough"),
             ("ca.crt", "ca.crt", False, "nor is the right one without a certificate of ours"),
             ("client.crt", "client.cert", None, None), ("client.key", "client.key", True,
                                                         "with both of certs.d the server is reached")]
    try:
        for source, name, wanted, what in steps:
            shutil.copy(os.path.join(top, source), os.path.join(certs, name))
            if wanted is None:
                continue
            done = home.probe("get", registry.host + "/x")
            peer = home.skopeo("inspect", "docker://%s/x:1" % registry.host)
            reached = "manifest unknown" in peer.stderr or "name unknown" in peer.stderr
            check((done.stdout == "200\n") == wanted and reached == wanted, what, done, peer.stderr)
    finally:
        registry.stop()


def main():
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print("1..0 # SKIP not installed: " + ", ".join(missing))
        return 0
    with tempfile.TemporaryDirectory() as top:
        layout = os.path.join(top, "layout")
        make_layout(layout)
        check_credentials(top, layout)
        check_mirrors(top, layout)
        check_certificates(top)
    print("1..%d" % len(results))
    return 0 if all(results) else 1


sys.exit(main())
