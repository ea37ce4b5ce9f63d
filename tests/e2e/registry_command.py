#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll registry`. The second opinions: skopeo on lists, manifests and what was copied; Debian's docker-registry,
which checks every digest that is pushed; and the strict registry of smallregistry.py, whose complaints list each breach
of the distribution specification."""
import base64
import hashlib
import json
import os
import pty
import select
import subprocess
import tarfile
import time

from enginelib import Docker, Podman
from faultproxy import (FaultProxy, cut, garble, hang_up, lengthened, redirect_elsewhere, shortened, status,
                        with_header)
from httpserver import Recorder
from imagelib import (PLIMSOLL, Layout, Skip, docker_archive, entry, has, main, make_tar, packed, run, same, sha256, simple,
                      zstd, ZSTD)
from reachlib import BASE, UPPER, clean, environment, image_of_two_layers
from registrylib import (EMPTY, FOREIGN, INDEX, MANIFEST, Authority, Client, Registry, TokenServer, command, need,
                         skopeo_copy, skopeo_inspect)
from smallregistry import SmallRegistry

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


def lists(where):
    path, _ = image_of_two_layers(where + "/i")
    with Registry(where + "/r") as server, SmallRegistry(page=3) as small, SmallRegistry(lists_catalog=False) as closed:
        for name in ("b/app", "a", "c/d/e"):
            server.push(path, name, "1")
        for tag in ("2.0", "1.25-slim", "latest"):
            server.push(path, "a", tag)
        same(good(where, "ls", server.host).out, b"a\nb/app\nc/d/e\n")
        listed = json.loads(command("skopeo", "list-tags", "--tls-verify=false", f"docker://{server.host}/a"))
        same(sorted(good(where, "tags", server.host + "/a").out.decode().split()), sorted(listed["Tags"]))
        same(good(where, "tags", server.host + "/a", "--format", "json").json, {"name": server.host + "/a", "tags": listed["Tags"]})
        same(good(where, "ls", server.host, "--format", "json").json,
             {"registry": server.host, "repositories": ["a", "b/app", "c/d/e"]})
        for number in range(10):
            small.store(f"r{number}", "x", {"schemaVersion": 2, "manifests": []}, INDEX)
            small.store("r0", f"t{number}", {"schemaVersion": 2, "manifests": []}, INDEX)
        same(good(where, "ls", small.host).out.decode().split(), [f"r{n}" for n in range(10)])
        same(good(where, "tags", small.host + "/r0").out.decode().split(), [f"t{n}" for n in range(10)] + ["x"])
        small.relative = False
        same(good(where, "tags", small.host + "/r0").out.decode().split(), [f"t{n}" for n in range(10)] + ["x"])
        bad(where, "ls", closed.host, parts=["does not list its repositories", closed.host])
        bad(where, "tags", server.host + "/absent", parts=["absent"])
        bad(where, "ls", server.host + "/a", wanted=2, parts=["tags"])
        bad(where, "tags", server.host, wanted=2)
        bad(where, "tags", server.host + "/a:1", wanted=2)


def inspects(where):
    path, layout, descriptor = index_of_three(where + "/i")
    with Registry(where + "/r") as server:
        server.push(path, "app", "1", descriptor)
        name = f"{server.host}/app:1"
        same(good(where, "inspect", "--raw", name).out, raw(server.host, "app", "1"))
        same(sha256(good(where, "inspect", "--raw", name).out), descriptor["digest"])
        seen = good(where, "inspect", name, "--format", "json").json
        same((seen["kind"], seen["digest"], seen["media_type"], seen["size"]), ("index", descriptor["digest"], INDEX, descriptor["size"]))
        children = json.loads(open(layout.blob_path(descriptor["digest"]), "rb").read())["manifests"]
        same([(m["digest"], m["platform"], m["attestation"]) for m in seen["manifests"]],
             [(children[0]["digest"], "linux/amd64", False), (children[1]["digest"], "linux/arm64", False),
              (children[2]["digest"], "unknown/unknown", True)])
        one = good(where, "inspect", name, "--platform", "linux/arm64", "--format", "json").json
        other = skopeo_inspect(server.host, "app", "1", "--override-arch", "arm64")
        same((one["kind"], one["digest"], one["platform"]), ("image", children[1]["digest"], "linux/arm64"))
        same([layer["digest"] for layer in one["layers"]], other["Layers"])
        same(sha256(good(where, "inspect", "--raw", "--platform", "linux/arm64", name).out), children[1]["digest"])
        has(good(where, "inspect", name).out.decode(), descriptor["digest"], "linux/amd64", "attestation", "index")
        bad(where, "inspect", name, "--platform", "linux/s390x", parts=["linux/s390x", "linux/arm64"])
        config = {"os": "linux", "architecture": "amd64", "created": "2024-05-06T07:08:09Z", "rootfs": {"type": "layers", "diff_ids": []},
                  "history": [{"created_by": "a"}, {"created_by": "b", "empty_layer": True}],
                  "config": {"Labels": {"z": "last", "a": "first \x1b[31m"}}}
        client = server.client()
        held = dict(client.blob("labels", json.dumps(config).encode()), mediaType="application/vnd.oci.image.config.v1+json")
        client.manifest("labels", "1", {"schemaVersion": 2, "mediaType": MANIFEST, "config": held, "layers": []})
        seen = good(where, "inspect", f"{server.host}/labels:1", "--format", "json").json
        other = skopeo_inspect(server.host, "labels", "1")
        same((seen["labels"], seen["created"], seen["history_count"]), (other["Labels"], other["Created"], 2))
        has(good(where, "inspect", f"{server.host}/labels:1").out.decode(), "2024-05-06", "z=last")
        empty = dict(client.blob("art", b"{}"), mediaType=EMPTY)
        client.manifest("art", "1", {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/b", "config": empty, "layers": [empty]})
        seen = good(where, "inspect", f"{server.host}/art:1", "--format", "json").json
        same((seen["kind"], seen["artifact_type"]), ("artifact", "a/b"))
        bad(where, "inspect", f"{server.host}/app:9", parts=["app", "1"])
        with FaultProxy(server.host) as proxy:
            # A registry that has no word for what it does not know does not hide the image.
            proxy.when("/referrers/", status(405))
            result = registry(where, "inspect", f"{proxy.host}/app:1", "--format", "json")
            same((result.status, result.json["digest"], result.json["referrers"]), (0, descriptor["digest"], None))
            has(result.err, "405")


def attach(client, name, subject, kind, annotations=None, data=b"signature"):
    """A referrer as another client pushes it; its descriptor."""
    empty = dict(client.blob(name, b"{}"), mediaType=EMPTY)
    layer = dict(client.blob(name, data), mediaType="text/plain")
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": empty, "layers": [layer],
                "subject": {"mediaType": MANIFEST, "digest": subject["digest"], "size": subject["size"]}}
    if annotations:
        document["annotations"] = annotations
    return client.manifest(name, None, document), document


def referrers(where):
    path, layout = image_of_two_layers(where + "/i")
    subject = layout.descriptor

    def listed(host, *options):
        seen = good(where, "inspect", f"{host}/a:1", "--format", "json", *options).json
        return {r["digest"]: (r["artifact_type"], r["annotations"]) for r in seen["referrers"]}

    with SmallRegistry(page=2) as api, SmallRegistry(filters=False) as lazy:
        for small in (api, lazy):
            client = Client(small.host)
            client.push(path, "a", "1")
            wanted = {}
            for number in range(5):
                kind, notes = f"type/{number % 2}", {"n": str(number)} if number else None
                made, _ = attach(client, "a", subject, kind, notes, str(number).encode())
                wanted[made["digest"]] = (kind, notes or {})
            same(listed(small.host), wanted)
            same(listed(small.host, "--artifact-type", "type/1"), {d: v for d, v in wanted.items() if v[0] == "type/1"})
            same(listed(small.host, "--artifact-type", "none"), {})
    with Registry(where + "/r") as server:
        client = server.client()
        client.push(path, "a", "1")
        same(listed(server.host), {})
        made, _ = attach(client, "a", subject, "type/sig", {"k": "v"})
        stranger, _ = attach(client, "a", {"digest": sha256(b"other"), "size": 5}, "type/sig")
        # As cosign 3 writes it: the type of the empty config, no annotations; and what refers to something else.
        entries = [dict(made, artifactType=EMPTY), dict(stranger, artifactType="type/sig"),
                   {"mediaType": MANIFEST, "digest": sha256(b"gone"), "size": 3, "artifactType": "type/gone"}]
        tag = subject["digest"].replace(":", "-")
        with SmallRegistry(referrers=False) as small:
            held = Client(small.host)
            held.push(path, "a", "1")
            attach(held, "a", subject, "type/sig", {"k": "v"})
            attach(held, "a", {"digest": sha256(b"other"), "size": 5}, "type/sig")
            small.store("a", tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}, INDEX)
            seen = good(where, "inspect", f"{small.host}/a:1", "--format", "json").json["referrers"]
            same([(r["digest"], r["artifact_type"]) for r in seen], [(made["digest"], "type/sig"), (sha256(b"gone"), "type/gone")])
            same(seen[0]["annotations"], {"k": "v"})
            has(seen[1]["problem"], "404")
            same(good(where, "inspect", f"{small.host}/a:1", "--format", "json", "--artifact-type", "type/sig").json["referrers"], seen[:1])
            # A copy of a referrer is noted at its destination, beside what others have there.
            target = good(where, "copy", f"{small.host}/a@{made['digest']}", f"{server.host}/a:sig")
            has(target.out.decode(), made["digest"])
        same(listed(server.host), {made["digest"]: ("type/sig", {"k": "v"})})
        before = json.loads(raw(server.host, "a", tag))
        others = dict(before, manifests=before["manifests"] + [dict(stranger, annotations={"x": "kept"}, extra=[1])])
        client.manifest("a", tag, others, INDEX)
        second, _ = attach(client, "b", subject, "type/sbom", data=b"sbom")
        good(where, "copy", f"{server.host}/b@{second['digest']}", f"{server.host}/a:sbom")
        after = json.loads(raw(server.host, "a", tag))
        same(after["manifests"][:2], others["manifests"], "what others wrote has changed")
        same((after["manifests"][2]["digest"], after["manifests"][2]["artifactType"]), (second["digest"], "type/sbom"))
        good(where, "copy", f"{server.host}/b@{second['digest']}", f"{server.host}/a:sbom")
        same(json.loads(raw(server.host, "a", tag)), after, "noted twice")
        client.manifest("c", tag, json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config":
                        dict(client.blob("c", b"{}"), mediaType=EMPTY)}).encode())
        bad(where, "copy", f"{server.host}/b@{second['digest']}", f"{server.host}/c:sbom", parts=[tag])
    with SmallRegistry() as small:
        # The registry keeps the list itself: nothing is written under the tag.
        client = Client(small.host)
        client.push(path, "a", "1")
        source, _ = attach(client, "b", subject, "type/sig")
        good(where, "copy", f"{small.host}/b@{source['digest']}", f"{small.host}/a:sig")
        same(tag in small.repository("a").tags, False)
        same(small.complaints, [])


def attached_by_the_library(where):
    """What is there for SBOMs and signatures to be attached with."""
    tool = os.path.join(os.path.dirname(PLIMSOLL), "tests", "registry_attach")
    if not os.access(tool, os.X_OK):
        raise Skip("registry_attach was not built")
    path, layout = image_of_two_layers(where + "/i")
    with SmallRegistry() as api, SmallRegistry(referrers=False) as old, Registry(where + "/r") as server:
        for host in (api.host, old.host, server.host):
            Client(host).push(path, "a", "1")
            name = f"{host}/a@{layout.descriptor['digest']}"
            made = [command(tool, name, f"type/{n}", f"text {n}", env=environment(where)).decode().strip() for n in (0, 1, 1)]
            seen = good(where, "inspect", f"{host}/a:1", "--format", "json").json["referrers"]
            same(sorted((r["digest"], r["artifact_type"]) for r in seen), sorted(zip(made[:2], ("type/0", "type/1"))))
            same(made[1], made[2])
        same((api.complaints, old.complaints), ([], []))
        same((len(api.repository("a").tags), len(old.repository("a").tags)), (1, 2))


def round_trips(where):
    path, layout, descriptor = index_of_three(where + "/i")
    with Registry(where + "/r") as server, Registry(where + "/s") as other, SmallRegistry() as small:
        result = good(where, "copy", f"oci-dir:{path}:app", f"registry:{server.host}/app:1")
        has(result.out.decode(), descriptor["digest"])
        same(raw(server.host, "app", "1"), open(layout.blob_path(descriptor["digest"]), "rb").read())
        good(where, "copy", f"{server.host}/app:1", f"oci-dir:{where}/d:one")
        held = blobs_of(where + "/d")
        same(held, blobs_of(path), "registry to directory")
        good(where, "copy", f"oci-dir:{where}/d:one", f"oci-archive:{where}/a.tar:two")
        good(where, "copy", f"oci-archive:{where}/a.tar:two", f"{other.host}/deep/app:2")
        same(raw(other.host, "deep/app", "2"), raw(server.host, "app", "1"))
        good(where, "copy", f"{other.host}/deep/app:2", f"{small.host}/app:3")
        same(small.complaints, [])
        same(small.repository("app").tags["3"], descriptor["digest"])
        same({**small.repository("app").blobs, **{d: b for d, (_, b) in small.repository("app").manifests.items()}}, held)
        same(good(where, "inspect", "--raw", f"{small.host}/app@{descriptor['digest']}").out, held[descriptor["digest"]])
        # And as others read what was written.
        for number, source in enumerate((f"oci:{where}/d:one", f"oci-archive:{where}/a.tar:two", f"docker://{other.host}/deep/app:2")):
            skopeo_copy(source, f"oci:{where}/sk{number}:x", "--all", "--src-tls-verify=false", "--preserve-digests")
            same(blobs_of(f"{where}/sk{number}"), held, source)
        # The same archive each time.
        good(where, "copy", f"oci-dir:{where}/d:one", f"oci-archive:{where}/b.tar:two")
        same(open(where + "/a.tar", "rb").read(), open(where + "/b.tar", "rb").read())
        for member in tarfile.open(where + "/a.tar"):
            same((member.mtime, member.mode, member.uid, member.isfile()), (0, 0o644, 0, True))


def one_platform(where):
    path, layout, descriptor = index_of_three(where + "/i")
    children = json.loads(open(layout.blob_path(descriptor["digest"]), "rb").read())["manifests"]
    with Registry(where + "/r") as server:
        server.push(path, "app", "1", descriptor)
        result = good(where, "copy", "--platform", "linux/arm64", f"{server.host}/app:1", f"oci-dir:{where}/d:one")
        has(result.out.decode(), children[1]["digest"])
        same(json.load(open(where + "/d/index.json"))["manifests"],
             [{"mediaType": MANIFEST, "digest": children[1]["digest"], "size": children[1]["size"],
               "annotations": {"org.opencontainers.image.ref.name": "one"}}])
        same(len(blobs_of(where + "/d")), 4)
        bad(where, "copy", "--platform", "linux/s390x", f"{server.host}/app:1", f"oci-dir:{where}/none", parts=["linux/s390x"])
        same(os.path.exists(where + "/none"), False)


def what_is_there_is_not_sent(where):
    path, layout, descriptor = index_of_three(where + "/i")
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy, SmallRegistry(mounts=True) as small, \
            SmallRegistry(mounts=False) as stubborn:
        good(where, "copy", f"oci-dir:{path}:app", f"{server.host}/app:1")
        again = good(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/app:2", "--format", "json").json
        same((again["sent"], again["copied"][0]["digest"]), ({"blobs": 0, "bytes": 0}, descriptor["digest"]))
        same([r.target for r in proxy.asked("/blobs/uploads/")], [])
        for kind, registry_ in (("docker-registry", server), ("small", small)):
            good(where, "copy", f"oci-dir:{path}:app", f"{registry_.host}/one:1")
            mounted = good(where, "copy", f"{registry_.host}/one:1", f"{registry_.host}/two:1", "--format", "json").json
            same((mounted["sent"]["blobs"], mounted["mounted"]["blobs"]), (0, again["there"]["blobs"]), kind)
        good(where, "copy", f"oci-dir:{path}:app", f"{stubborn.host}/one:1")
        sent = good(where, "copy", f"{stubborn.host}/one:1", f"{stubborn.host}/two:1", "--format", "json").json
        same((sent["sent"]["blobs"], sent["mounted"]["blobs"]), (again["there"]["blobs"], 0))
        same((small.complaints, stubborn.complaints), ([], []))
        small.relative = False
        good(where, "copy", f"oci-dir:{path}:app", f"{small.host}/absolute:1")
        same(small.complaints, [])
        first = good(where, "copy", f"{server.host}/app:1", f"oci-dir:{where}/d:a", "--format", "json").json
        second = good(where, "copy", f"{server.host}/app:1", f"oci-dir:{where}/d:b", "--format", "json").json
        same((first["there"]["blobs"], second["sent"]["blobs"]), (0, 0))


def all_tags(where):
    first, _ = image_of_two_layers(where + "/i")
    second, _, descriptor = index_of_three(where + "/j")
    with Registry(where + "/r") as server, SmallRegistry(page=2) as small:
        for tag in ("1.0", "1.1", "latest"):
            server.push(first, "app", tag)
        server.push(second, "app", "multi", descriptor)
        result = good(where, "copy", "--all-tags", f"{server.host}/app", f"{small.host}/moved/app", "--format", "json").json
        same(sorted(c["tag"] for c in result["copied"]), ["1.0", "1.1", "latest", "multi"])
        for tag in ("1.0", "1.1", "latest", "multi"):
            same(small.repository("moved/app").manifests[small.repository("moved/app").tags[tag]][1], raw(server.host, "app", tag))
        same(small.complaints, [])
        good(where, "copy", "--all-tags", f"{small.host}/moved/app", f"oci-dir:{where}/d")
        names = [m["annotations"]["org.opencontainers.image.ref.name"] for m in json.load(open(where + "/d/index.json"))["manifests"]]
        same(sorted(names), ["1.0", "1.1", "latest", "multi"])
        blobs_of(where + "/d")
        good(where, "copy", "--all-tags", f"oci-dir:{where}/d", f"{server.host}/back")
        same(raw(server.host, "back", "multi"), raw(server.host, "app", "multi"))
        for name in ("../../other/manifests/x", "a?b", "a b", "-x", "t" * 129):
            one = Layout(f"{where}/names")
            one.index(one.image([make_tar(BASE)], tag=name))
            bad(where, "copy", "--all-tags", f"oci-dir:{where}/names", f"{server.host}/x", wanted=2, parts=["tag"])
            small.store("evil", name, {"schemaVersion": 2, "manifests": []}, INDEX)
            bad(where, "copy", "--all-tags", f"{small.host}/evil", f"{server.host}/x", wanted=2, parts=["tag"])
            del small.repository("evil").tags[name]
        same(server.client().request("GET", "/v2/x/tags/list", name="x")[0], 404)
        bad(where, "copy", "--all-tags", f"{server.host}/app:1.0", f"{server.host}/x", wanted=2)
        bad(where, "copy", "--all-tags", f"{server.host}/app", f"docker-archive:{where}/x.tar", wanted=2)
        same(os.path.exists(where + "/x.tar"), False)


def docker_archives(where):
    path, layout = image_of_two_layers(where + "/i")
    zipped, _ = image_of_two_layers(where + "/z", media=ZSTD, pack=zstd)
    config = json.loads(open(layout.blob_path(layout.descriptor["digest"]), "rb").read())["config"]
    result = good(where, "copy", "oci-dir:" + path, f"docker-archive:{where}/a.tar:team/app:1")
    has(result.out.decode(), config["digest"], "no manifest")
    skopeo_copy(f"docker-archive:{where}/a.tar:team/app:1", f"dir:{where}/sk")
    seen = json.load(open(where + "/sk/manifest.json"))
    same(seen["config"]["digest"], config["digest"])
    same([layer["digest"] for layer in seen["layers"]], [sha256(make_tar(BASE)), sha256(make_tar(UPPER))])
    manifest = json.load(tarfile.open(where + "/a.tar").extractfile("manifest.json"))
    same(manifest[0]["RepoTags"], ["team/app:1"])
    good(where, "copy", "oci-dir:" + zipped, f"docker-archive:{where}/z.tar")
    skopeo_copy(f"docker-archive:{where}/z.tar", f"dir:{where}/sz")
    same([layer["digest"] for layer in json.load(open(where + "/sz/manifest.json"))["layers"]], [layer["digest"] for layer in seen["layers"]])
    with Registry(where + "/r") as server:
        server.push(path, "app", "1")
        good(where, "copy", f"{server.host}/app:1", f"docker-archive:{where}/b.tar:team/app:1")
        same(open(where + "/b.tar", "rb").read(), open(where + "/a.tar", "rb").read())
        result = good(where, "copy", f"docker-archive:{where}/a.tar", f"{server.host}/back:1")
        has(result.out.decode(), "new")
        back = json.loads(raw(server.host, "back", "1"))
        same(back["config"]["digest"], config["digest"])
        same([layer["mediaType"] for layer in back["layers"]], ["application/vnd.oci.image.layer.v1.tar"] * 2)
        same(run("sbom", f"oci-dir:{path}").json["components"],
             run("sbom", f"registry:{server.host}/back:1", env=environment(where)).json["components"])
        other = docker_archive(where + "/saved.tar", [make_tar(BASE), make_tar(UPPER)])
        good(where, "copy", f"docker-archive:{other}:test:1", f"oci-dir:{where}/o:x")
        blobs_of(where + "/o")
        skopeo_copy(f"oci:{where}/o:x", f"dir:{where}/so")
    _, broken = image_of_two_layers(where + "/w", diff_ids=[sha256(b"1"), sha256(make_tar(UPPER))])
    bad(where, "copy", "oci-dir:" + broken.where, f"docker-archive:{where}/wrong.tar", parts=[sha256(b"1")])
    # Compressed data that is cut off, garbled, or followed by more.
    for name, pack in (("cut", lambda tar: packed(tar)[:-9]), ("garbled", lambda tar: packed(tar)[:300] + b"\0" * 99),
                       ("bomb", lambda tar: packed(bytes(1 << 20)) * 400), ("none", lambda tar: b"")):
        spoilt, _ = image_of_two_layers(f"{where}/{name}", pack=pack)
        bad(where, "copy", "oci-dir:" + spoilt, f"docker-archive:{where}/wrong.tar", parts=["layer 0"])
    same([name for name in os.listdir(where) if name.startswith("wrong")], [])
    # Layers that are compressed inside of the archive are pushed as they are.
    tars = [packed(make_tar(BASE)), packed(make_tar(UPPER))]
    other = docker_archive(where + "/packed.tar", tars, diff_ids=[sha256(make_tar(BASE)), sha256(make_tar(UPPER))])
    good(where, "copy", f"docker-archive:{other}", f"oci-dir:{where}/p:x")
    same([sha256(tar) in blobs_of(where + "/p") for tar in tars], [True, True])
    skopeo_copy(f"oci:{where}/p:x", f"docker-archive:{where}/again.tar:a:1")


def engines_load_it(where):
    """What was written for them, and what is copied from them."""
    path, layout = image_of_two_layers(where + "/i")
    config = json.loads(open(layout.blob_path(layout.descriptor["digest"]), "rb").read())["config"]
    name = "plimsoll-test/copied:1"
    good(where, "copy", "oci-dir:" + path, f"docker-archive:{where}/a.tar:{name}")
    ran = 0
    for kind, scheme in ((Docker, "docker"), (Podman, "podman")):
        try:
            engine = kind()
        except Skip as why:
            print(f"# {scheme}: {why}")
            continue
        with engine:
            ran += 1
            engine.load(where + "/a.tar")
            same(engine.client("image", "inspect", "-f", "{{.Id}}", name).split(":")[-1], config["digest"].split(":")[1])
            target = f"{where}/from-{scheme}"
            result = run("registry", "copy", f"{scheme}:{name}", f"oci-dir:{target}", env=engine.scan_env)
            same((result.status, result.err), (0, ""))
            held = blobs_of(target)
            same([digest in held for digest in (config["digest"], sha256(make_tar(BASE)), sha256(make_tar(UPPER)))], [True] * 3)
    if not ran:
        raise Skip("no engine runs here")


def images_that_stay(where):
    first, one = image_of_two_layers(where + "/i")
    good(where, "copy", f"oci-dir:{first}", f"oci-dir:{where}/d:a")
    second = simple(where + "/j", BASE, UPPER, [entry("x", b"1")])
    good(where, "copy", f"oci-dir:{second}", f"oci-dir:{where}/d:b")

    def listed():
        manifests = json.load(open(where + "/d/index.json"))["manifests"]
        return {m.get("annotations", {}).get("org.opencontainers.image.ref.name"): m["digest"] for m in manifests}

    both = listed()
    same(sorted(both), ["a", "b"])
    good(where, "copy", f"oci-dir:{second}", f"oci-dir:{where}/d:a")
    same(listed(), {"a": both["b"], "b": both["b"]})
    good(where, "copy", f"oci-dir:{where}/d:a", f"oci-dir:{where}/d:c")
    with open(where + "/d/blobs/sha256/" + one.layers[0]["digest"].split(":")[1], "r+b") as held:
        held.write(b"spoilt")
    good(where, "copy", f"oci-dir:{first}", f"oci-dir:{where}/d:a")
    same(sorted(listed()), ["a", "b", "c"])
    blobs_of(where + "/d")
    skopeo_copy(f"oci:{where}/d:c", f"dir:{where}/sk")
    os.makedirs(where + "/full")
    open(where + "/full/file", "w").close()
    bad(where, "copy", f"oci-dir:{first}", f"oci-dir:{where}/full", parts=["layout"])
    same(os.listdir(where + "/full"), ["file"])
    os.makedirs(where + "/empty")
    good(where, "copy", f"oci-dir:{first}", f"oci-dir:{where}/empty")
    blobs_of(where + "/empty")
    bad(where, "copy", f"oci-dir:{where}/d", f"oci-dir:{where}/e", wanted=2, parts=["b, c, a"])
    bad(where, "copy", f"oci-dir:{where}/d:nothing", f"oci-dir:{where}/e", parts=["b, c, a"])
    bad(where, "copy", f"oci-dri:{where}/d", f"oci-dir:{where}/e", wanted=2, parts=["oci-dir"])
    bad(where, "copy", f"oci-dir:{where}/d:a", "docker:x", wanted=2)
    same(os.path.exists(where + "/e"), False)


def tree(where):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(where) for name in names)


def failures_leave_nothing(where):
    path, layout = image_of_two_layers(where + "/i")
    layer = layout.layers[1]["digest"]
    os.makedirs(where + "/out")
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy:
        server.push(path, "a", "1")
        kept = simple(where + "/out/kept", BASE)
        open(where + "/out/old.tar", "wb").write(b"as it was")
        before = tree(where + "/out")
        contents = {name: open(name, "rb").read() for name in before}
        for fault in (garble(-1), garble(100), shortened(1000), lengthened(b"x"), status(404), status(403)):
            for target in ("oci-dir:new:1", "oci-dir:kept:1", "oci-archive:new.tar", "oci-archive:old.tar", "docker-archive:new.tar",
                           "docker-archive:old.tar:a:1"):
                proxy.clear()
                proxy.when("/blobs/" + layer, fault)
                kind, rest = target.split(":", 1)
                bad(where, "copy", f"{proxy.host}/a:1", f"{kind}:{where}/out/{rest}", parts=[layer])
                same(tree(where + "/out"), before, target)
                same({name: open(name, "rb").read() for name in before}, contents, target)
                same(sorted(os.listdir(where + "/out")), ["kept", "old.tar"])
        proxy.clear()
        proxy.when("/blobs/" + layer, cut(after=1000), times=2)
        good(where, "copy", f"{proxy.host}/a:1", f"oci-dir:{where}/out/kept:1")
        blobs_of(where + "/out/kept")


def uploads_that_break(where):
    path, layout, descriptor = index_of_three(where + "/i")
    raw_bytes = open(layout.blob_path(descriptor["digest"]), "rb").read()
    with Registry(where + "/r") as server, FaultProxy(server.host) as proxy:
        for number, (fault, method) in enumerate(((hang_up(), "PUT"), (status(503), "PUT"), (status(500), "PUT"), (status(404), "PUT"),
                                                  (hang_up(), "POST"), (status(429, retry_after=1), "POST"), (hang_up(), "HEAD"))):
            proxy.clear()
            rule = proxy.when("/blobs/", fault, times=2, method=method)
            good(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/app{number}:1")
            same((rule.hits, raw(server.host, f"app{number}", "1")), (2, raw_bytes))
        for number, (fault, parts) in enumerate(((status(403), "denies"), (status(413), "413"), (status(400), "400"))):
            proxy.clear()
            rule = proxy.when("/blobs/uploads/", fault, method="PUT")
            bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/refused:1", parts=[parts])
            same(rule.hits, 1, "asked again, though it will not help")
        same(server.client().request("GET", "/v2/refused/tags/list", name="refused")[0], 404)
        proxy.clear()
        rule = proxy.when("/blobs/uploads/", hang_up(), method="PUT")
        bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/refused:1", parts=[proxy.host, "times"])
        same(2 <= rule.hits <= 8, True, rule.hits)
        with FaultProxy(server.host) as store:
            proxy.clear()
            rule = proxy.when("/blobs/uploads/", redirect_elsewhere(store.url), method="PUT")
            good(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/redirected:1")
            same((rule.hits > 0, raw(server.host, "redirected", "1")), (True, raw_bytes))
        # A source that is spoilt is not asked again, and its end never reaches the registry.
        other = Layout(where + "/j")
        spoilt = other.image([make_tar(BASE)])
        other.index(spoilt)
        with open(other.blob_path(other.layers[0]["digest"]), "r+b") as held:
            held.seek(100)
            held.write(b"\0\0\0\0")
        proxy.clear()
        bad(where, "copy", f"oci-dir:{other.where}", f"{proxy.host}/spoilt:1", parts=[other.layers[0]["digest"]])
        proxy.clear()
        proxy.when("/manifests/", with_header("Docker-Content-Digest", "sha256:" + "1" * 64), method="PUT")
        bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/other:1", parts=["1" * 64])
        for location in ("", "ftp://127.0.0.1/x", "http://alice:x@127.0.0.1/x", "http:///", "\\\\x"):
            proxy.clear()
            proxy.when("/blobs/uploads/", status(202, headers=[("Location", location)]), method="POST")
            bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/lost:1")


def credentials_on_the_way(where):
    path, layout, descriptor = index_of_three(where + "/i")
    with TokenServer(where + "/t", users=USERS) as tokens, Registry(where + "/b", users=USERS) as basic, \
            Registry(where + "/r", tokens=tokens) as guarded, Recorder(status=201) as elsewhere:
        for server in (basic, guarded):
            result = bad(where, "copy", f"oci-dir:{path}:app", f"{server.host}/app:1")
            has(result.err, server.host)
            good(where, "copy", f"oci-dir:{path}:app", f"{server.host}/app:1", extra=NAMED, secrets=[PASSWORD])
            same(good(where, "inspect", "--raw", f"{server.host}/app:1", extra=NAMED, secrets=[PASSWORD]).out,
                 open(layout.blob_path(descriptor["digest"]), "rb").read())
            mounted = good(where, "copy", f"{server.host}/app:1", f"{server.host}/two:1", "--format", "json", extra=NAMED).json
            same(mounted["sent"]["blobs"], 0)
            good(where, "ls", server.host, extra=NAMED)
        if not any("push" in scope for _, _, scopes in tokens.seen for scope in scopes):
            raise AssertionError("nobody asked for push")
        authority = Authority(where + "/ca")
        with Registry(where + "/tls", tls=authority.certificate("server", "DNS:registry.localhost"), users=USERS) as secure:
            words = ("copy", f"oci-dir:{path}:app", f"registry.localhost:{secure.port}/app:1")
            bad(where, *words, extra=NAMED, secrets=[PASSWORD], parts=["certificate"])
            good(where, *words, "--registry-ca", authority.file, extra=NAMED, secrets=[PASSWORD])
        # A token that has run out in the middle of an upload, and one that is never good enough.
        with FaultProxy(guarded.host) as proxy:
            expired = status(401, headers=[("WWW-Authenticate", f'Bearer realm="{tokens.realm}",service="{tokens.service}",'
                                            'scope="repository:late:pull,push",error="invalid_token"')])
            proxy.when("/blobs/uploads/", expired, times=1, method="PUT")
            good(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/late:1", extra=NAMED, secrets=[PASSWORD])
            proxy.clear()
            rule = proxy.when("/blobs/uploads/", expired, method="PUT")
            bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/never:1", extra=NAMED, secrets=[PASSWORD], parts=["denies"])
            same(rule.hits, 2)
        # An upload that is sent to another origin takes no credential along.
        with FaultProxy(basic.host) as proxy:
            proxy.when("/blobs/uploads/", status(202, headers=[("Location", elsewhere.url + "/up?sig=x")]), method="POST")
            bad(where, "copy", f"oci-dir:{path}:app", f"{proxy.host}/away:1", extra=NAMED, secrets=[PASSWORD])
            same(len(elsewhere.log) > 0, True)
            for request in elsewhere.log:
                same((request.method, "authorization" in request.headers, request.one("sig")), ("PUT", False, "x"))


def login_and_logout(where):
    path, _ = image_of_two_layers(where + "/i")
    kept = where + "/home/.docker/config.json"
    with TokenServer(where + "/t", users=USERS, private=["private/a"]) as tokens, Registry(where + "/b", users=USERS) as basic, \
            Registry(where + "/r", tokens=tokens) as guarded, Registry(where + "/o") as free:
        for server in (basic, guarded):
            server.push(path, "private/a", "1")
            source = f"registry:{server.host}/private/a:1"
            words = ("login", "--username", "alice", "--password-stdin", server.host)
            refused = registry(where, *words, stdin=b"wr0ng\n", secrets=["wr0ng"])
            same(refused.status, 3, refused.err)
            has(refused.err, server.host if server is basic else "token server")
            same(os.path.exists(kept) and server.host in open(kept).read(), False, "kept, though it is wrong")
            done = registry(where, *words, stdin=PASSWORD.encode() + b"\r\n", secrets=[PASSWORD])
            same(done.status, 0, done.err)
            has(done.out.decode(), kept)
            has(done.err, "not encrypted")
            same(os.stat(kept).st_mode & 0o777, 0o600)
            same(base64.b64decode(json.load(open(kept))["auths"][server.host]["auth"]).decode(), "alice:" + PASSWORD)
            same(run("sbom", source, env=environment(where)).status, 0)
            need("skopeo")
            command("skopeo", "inspect", "--tls-verify=false", "--authfile", kept, f"docker://{server.host}/private/a:1")
            has(good(where, "logout", server.host).out.decode(), kept)
            same(server.host in open(kept).read(), False)
            bad(where, "logout", server.host, parts=[server.host])
        done = registry(where, "login", "--username", "alice", "--password-stdin", free.host, stdin=b"x")
        same(done.status, 0)
        has(done.err, "nobody has checked")
        bad(where, "login", basic.host, wanted=2, parts=["--password-stdin"])
        bad(where, "login", "--username", "alice", "--password", "x", basic.host, wanted=2)
        same(registry(where, "login", "--username", "alice", "--password-stdin", basic.host, stdin=b"").status, 2)
        same(registry(where, "login", "--username", "alice", "--password-stdin", basic.host, stdin=b"a\nb\n").status, 2)
        bad(where, "login", basic.host + "/a", wanted=2)
        # By a helper.
        os.makedirs(where + "/bin")
        with open(where + "/bin/docker-credential-test", "w") as out:
            out.write(f'#!/bin/sh\n[ "$1" = store ] && cat >{where}/stored\nexit 0\n')
        os.chmod(where + "/bin/docker-credential-test", 0o755)
        json.dump({"credsStore": "test"}, open(kept, "w"))
        done = registry(where, "login", "--username", "alice", "--password-stdin", basic.host, stdin=PASSWORD.encode(),
                        extra={"PATH": where + "/bin:" + os.environ["PATH"]}, secrets=[PASSWORD])
        same((done.status, done.err), (0, ""))
        has(done.out.decode(), "docker-credential-test")
        same(json.load(open(where + "/stored"))["Secret"], PASSWORD)
        same(PASSWORD in open(kept).read(), False)


def login_at_a_terminal(where):
    with Registry(where + "/b", users=USERS) as server:
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(PLIMSOLL, [PLIMSOLL, "registry", "login", server.host], environment(where))
        said = b""

        def wait_for(text):
            nonlocal said
            until = time.monotonic() + 30
            while text not in said and time.monotonic() < until:
                if select.select([terminal], [], [], 1)[0]:
                    try:
                        said += os.read(terminal, 4096)
                    except OSError:
                        break
            if text not in said:
                raise AssertionError(f"{text!r} is not in {said!r}")

        wait_for(b"User name: ")
        os.write(terminal, b"alice\n")
        wait_for(b"Password: ")
        time.sleep(0.2)
        os.write(terminal, PASSWORD.encode() + b"\n")
        wait_for(b"not encrypted")
        _, ended = os.waitpid(pid, 0)
        os.close(terminal)
        same((ended, PASSWORD.encode() in said), (0, False))


def names_of_other_servers(where):
    """Foreign layers stay where they are; indexes that lie, and digests that are not."""
    layout = Layout(where + "/i")
    descriptor = layout.image([make_tar(BASE), make_tar([entry("x", b"x")])])
    layout.index(descriptor)
    manifest = json.load(open(layout.blob_path(descriptor["digest"]), "rb"))
    with Registry(where + "/r") as server, Recorder() as elsewhere, SmallRegistry() as small:
        server.push(layout.where, "a", "1")
        manifest["layers"][1] = {"mediaType": FOREIGN, "digest": sha256(b"elsewhere"), "size": 9, "urls": [elsewhere.url + "/layer"]}
        made = server.client().manifest("a", "foreign", manifest)
        result = good(where, "copy", f"{server.host}/a:foreign", f"oci-dir:{where}/d:f")
        has(result.out.decode(), made["digest"], "1 foreign")
        good(where, "copy", f"oci-dir:{where}/d:f", f"{small.host}/a:f")
        same((elsewhere.log, small.complaints), ([], []))
        bad(where, "copy", f"{server.host}/a:foreign", f"docker-archive:{where}/x.tar", parts=["foreign"])
        wrong = "sha256:" + "5" * 64
        small.store("loop", "1", {"schemaVersion": 2, "manifests": [{"digest": wrong, "size": 9, "mediaType": INDEX}]}, INDEX, digest=wrong)
        bad(where, "copy", f"{small.host}/loop:1", f"oci-dir:{where}/l")
        inner = descriptor
        Client(small.host).push(layout.where, "deep", "0", descriptor)
        for number in range(1, 8):
            inner = small.store("deep", str(number), {"schemaVersion": 2, "manifests": [inner]}, INDEX)
        good(where, "copy", f"{small.host}/deep:4", f"oci-dir:{where}/deep")
        bad(where, "copy", f"{small.host}/deep:7", f"oci-dir:{where}/deeper", parts=["nest"])
        same((os.path.exists(where + "/l"), os.path.exists(where + "/deeper")), (False, False))
        small.store("old", "1", {"schemaVersion": 1, "fsLayers": [], "name": "x"}, "application/vnd.docker.distribution.manifest.v1+prettyjws")
        bad(where, "copy", f"{small.host}/old:1", f"oci-dir:{where}/old", parts=["schema 1"])


def memory_stays_small(where):
    """A layer larger than what the program may hold goes through it."""
    if os.environ.get("PL_TEST_SANITIZED"):
        raise Skip("a sanitizer's memory is not the program's own")
    layout = Layout(where + "/i")
    noise = os.urandom(1 << 20) * 120
    layout.index(layout.image([make_tar([entry("large", noise)])], media="application/vnd.oci.image.layer.v1.tar", pack=bytes))
    with Registry(where + "/r") as server, Registry(where + "/s") as other:
        code = ("import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        for source, target in (("oci-dir:" + layout.where, f"{server.host}/a:1"), (f"{server.host}/a:1", f"{other.host}/a:1"),
                               (f"{server.host}/a:1", f"oci-archive:{where}/a.tar"), (f"{server.host}/a:1", f"docker-archive:{where}/d.tar")):
            out = command("/usr/bin/python3", "-c", code, PLIMSOLL, "registry", "copy", source, target, env=environment(where))
            if int(out) > 64 << 10:
                raise AssertionError(f"{source} to {target}: {int(out) >> 10} MB")


if __name__ == "__main__":
    main([lists, inspects, referrers, attached_by_the_library, round_trips, one_platform, what_is_there_is_not_sent, all_tags, docker_archives,
          engines_load_it, images_that_stay, failures_leave_nothing, uploads_that_break, credentials_on_the_way,
          login_and_logout, login_at_a_terminal, names_of_other_servers, memory_stays_small])
