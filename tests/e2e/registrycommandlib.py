# SPDX-License-Identifier: Apache-2.0
"""`plimsoll registry` as its tests run it, and the images that they give it."""
import hashlib
import json
import os
import subprocess

from imagelib import PLIMSOLL, Layout, entry, make_tar, run, same
from reachlib import BASE, clean, environment
from registrylib import INDEX, MANIFEST, command

PASSWORD = "s3cret-Pa55:word"
USERS = {"alice": PASSWORD}
NAMED = {"PLIMSOLL_REGISTRY_USER": "alice", "PLIMSOLL_REGISTRY_PASSWORD": PASSWORD}


def registry(where, *arguments, secrets=(), extra=None, timeout=120, stdin=None):
    """`plimsoll registry`, in an environment of the test's own."""
    options = {"env": environment(where, **(extra or {})), "timeout": timeout}
    if stdin is not None:
        done = subprocess.run([PLIMSOLL, "registry", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              input=stdin, check=False, **options)
        result = type("Result", (), {"status": done.returncode, "err": done.stderr.decode(errors="replace"),
                                     "out": done.stdout, "json": None})()
        return clean(result, *secrets)
    return clean(run("registry", *arguments, **options), *secrets)


def good(where, *arguments, **options):
    result = registry(where, *arguments, **options)
    same((result.status, result.err), (0, ""), " ".join(map(str, arguments)))
    return result


def bad(where, *arguments, parts=(), wanted=3, **options):
    result = registry(where, *arguments, **options)
    same(result.status, wanted, result.err)
    for part in parts:
        if str(part).lower() not in result.err.lower():
            raise AssertionError(f"{part!r} is not in {result.err!r}")
    return result


def index_of_three(where, name="app"):
    """A layout with an index of two platforms and an attestation, tagged; (path, layout, the index's descriptor)."""
    layout = Layout(where)
    children = []
    for machine in ("amd64", "arm64"):
        made = layout.image([make_tar(BASE), make_tar([entry("etc/machine", machine.encode())])], platform="linux/" + machine)
        children.append(dict(made, platform={"os": "linux", "architecture": machine}))
    statement = dict(layout.blob(b'{"_type":"https://in-toto.io/Statement/v1"}'), mediaType="application/vnd.in-toto+json")
    config = dict(layout.blob(b'{"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":["'
                              + statement["digest"].encode() + b'"]}}'), mediaType="application/vnd.oci.image.config.v1+json")
    note = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [statement]}
    children.append(dict(layout.blob(json.dumps(note).encode()), mediaType=MANIFEST,
                         platform={"os": "unknown", "architecture": "unknown"},
                         annotations={"vnd.docker.reference.type": "attestation-manifest",
                                      "vnd.docker.reference.digest": children[0]["digest"]}))
    document = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}, indent=3).encode()
    descriptor = dict(layout.blob(document), mediaType=INDEX,
                      annotations={"org.opencontainers.image.ref.name": name})
    layout.index(descriptor)
    return where, layout, descriptor


def blobs_of(path):
    """{digest: bytes} of a layout, each of which is what its name says."""
    found = {}
    for folder, _, names in os.walk(path + "/blobs"):
        for name in names:
            data = open(os.path.join(folder, name), "rb").read()
            same(hashlib.sha256(data).hexdigest(), name)
            found["sha256:" + name] = data
    return found


def raw(host, name, reference):
    return command("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{host}/{name}:{reference}")
