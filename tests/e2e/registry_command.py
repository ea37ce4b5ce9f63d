#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll registry`: lists, images, what refers to them, and credentials that are kept. The second opinions: skopeo on
lists and manifests, and the strict registry of smallregistry.py, whose complaints list each breach of the distribution
specification."""
import base64
import json
import os
import pty
import select
import time

from faultproxy import FaultProxy, status
from imagelib import PLIMSOLL, Skip, has, main, run, same, sha256
from reachlib import environment, image_of_two_layers
from registrycommandlib import PASSWORD, USERS, bad, good, index_of_three, raw, registry
from registrylib import EMPTY, INDEX, MANIFEST, Client, Registry, TokenServer, command, need, skopeo_inspect
from smallregistry import SmallRegistry


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


def tag_of(subject):
    """Under which clients keep the list themselves."""
    return subject["digest"].replace(":", "-")


def listed(where, host, *options):
    """What refers to a:1: {digest: (artifact type, annotations)}."""
    seen = good(where, "inspect", f"{host}/a:1", "--format", "json", *options).json
    return {r["digest"]: (r["artifact_type"], r["annotations"]) for r in seen["referrers"]}


def referrers_of_the_api(where):
    path, layout = image_of_two_layers(where + "/i")
    subject = layout.descriptor
    with SmallRegistry(page=2) as api, SmallRegistry(filters=False) as lazy:
        for small in (api, lazy):
            client = Client(small.host)
            client.push(path, "a", "1")
            wanted = {}
            for number in range(5):
                kind, notes = f"type/{number % 2}", {"n": str(number)} if number else None
                made, _ = attach(client, "a", subject, kind, notes, str(number).encode())
                wanted[made["digest"]] = (kind, notes or {})
            same(listed(where, small.host), wanted)
            same(listed(where, small.host, "--artifact-type", "type/1"), {d: v for d, v in wanted.items() if v[0] == "type/1"})
            same(listed(where, small.host, "--artifact-type", "none"), {})
    with SmallRegistry() as small:
        # The registry keeps the list itself: nothing is written under the tag.
        client = Client(small.host)
        client.push(path, "a", "1")
        source, _ = attach(client, "b", subject, "type/sig")
        good(where, "copy", f"{small.host}/b@{source['digest']}", f"{small.host}/a:sig")
        same(tag_of(subject) in small.repository("a").tags, False)
        same(small.complaints, [])


def referrers_by_tag(where):
    """Where the registry lists none, they are in an index under a tag."""
    path, layout = image_of_two_layers(where + "/i")
    subject = layout.descriptor
    with Registry(where + "/r") as server:
        client = server.client()
        client.push(path, "a", "1")
        same(listed(where, server.host), {})
        made, _ = attach(client, "a", subject, "type/sig", {"k": "v"})
        stranger, _ = attach(client, "a", {"digest": sha256(b"other"), "size": 5}, "type/sig")
        # As cosign 3 writes it: the type of the empty config, no annotations; and what refers to something else.
        entries = [dict(made, artifactType=EMPTY), dict(stranger, artifactType="type/sig"),
                   {"mediaType": MANIFEST, "digest": sha256(b"gone"), "size": 3, "artifactType": "type/gone"}]
        tag = tag_of(subject)
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
        same(listed(where, server.host), {made["digest"]: ("type/sig", {"k": "v"})})
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


if __name__ == "__main__":
    main([lists, inspects, referrers_of_the_api, referrers_by_tag, attached_by_the_library, login_and_logout,
          login_at_a_terminal])
