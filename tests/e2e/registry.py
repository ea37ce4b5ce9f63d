#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Images in registries. The second opinions: the same image in an OCI layout, whose reading tests/e2e/images.py holds
to the specification, and skopeo's word on digests and platforms. Debian's docker-registry serves; what it lacks comes
from tests/e2e/smallregistry.py."""
import base64
import json
import os
import random
import subprocess
import tarfile
import time
import unittest.mock
import zlib

from imagelib import (PLAIN, PLIMSOLL, ZSTD, Layout, directory, entry, has, main, make_tar, run, same, sha256, stanza, stays_below,
                      zstd)
from httpserver import Recorder
from match import database, record
from reachlib import (BASE, BOTH, STATUS, contents, environment, image_for, image_of_two_layers, is_refused, is_whole, reach)
from registrylib import (FOREIGN, INDEX, MANIFEST, SCHEMA_1, Authority, Client, Registry, TokenServer, skopeo_copy,
                         skopeo_inspect, skopeo_push)
from smallregistry import SmallRegistry
from faultproxy import FaultProxy, drip

PASSWORD = "s3cret-Pa55:word"
WRONG = "wr0ng-Pa55word"
USERS = {"alice": PASSWORD}


def config_json(where, host, content=None, **auth):
    """A directory with Docker's config.json."""
    folder = where + "/docker"
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/config.json", "w") as out:
        json.dump(content or {"auths": {host: auth}}, out)
    return folder


def basic(password=PASSWORD):
    return base64.b64encode(f"alice:{password}".encode()).decode()


def helper(where, name, body):
    """A credential helper as Docker runs them: the verb is its argument, the registry comes on standard input."""
    os.makedirs(where + "/bin", exist_ok=True)
    path = f"{where}/bin/docker-credential-{name}"
    with open(path, "w") as out:
        out.write("#!/bin/sh\n" + body)
    os.chmod(path, 0o755)
    return {"PATH": f"{where}/bin:{os.environ['PATH']}"}


def the_same_as_the_layout(where):
    kinds = (("gzip", {}), ("zstd", {"media": ZSTD, "pack": zstd}), ("plain", {"media": PLAIN, "pack": bytes}))
    with Registry(where + "/r") as registry:
        for name, options in kinds:
            path, _ = image_of_two_layers(f"{where}/{name}", **options)
            skopeo_push(path, registry.host, "team/" + name, "v1")
            wanted = contents(run("sbom", "oci-dir:" + path))
            same(wanted[0]["digest"], skopeo_inspect(registry.host, "team/" + name, "v1")["Digest"])
            address = f"{registry.host}/team/{name}"
            for spelling in (f"registry:{address}:v1", f"{address}:v1", f"registry:{address}@{wanted[0]['digest']}",
                             f"registry:{address}:v1@{wanted[0]['digest']}", f"registry:localhost:{registry.port}/team/{name}:v1"):
                result = reach(where, spelling, "--no-cache")
                is_whole(result, spelling)
                same(contents(result), wanted, spelling)
        path = f"{where}/gzip"
        skopeo_copy("oci:" + path, f"docker://{registry.host}/team/docker:latest", "--dest-tls-verify=false", "--format", "v2s2")
        result = reach(where, f"registry:{registry.host}/team/docker")
        is_whole(result, "schema 2, and the tag that is meant without one")
        same(result.json["subject"]["digest"], skopeo_inspect(registry.host, "team/docker", "latest")["Digest"])


def hard_links_to_what_stood_before(where):
    layout = Layout(where + "/i")
    layout.descriptor = layout.image([make_tar(BASE), make_tar(
        [entry("a-copy", stanza("linked", "1")), directory("var/lib/dpkg"), entry(STATUS, kind=tarfile.LNKTYPE, link="a-copy")])])
    layout.index(layout.descriptor)
    wanted = run("sbom", "oci-dir:" + where + "/i")
    same(wanted.packages, [("linked", "1")])
    with Registry(where + "/r") as registry:
        registry.push(where + "/i", "a", "1")
        for jobs in ("1", "2"):
            result = reach(where, f"{registry.host}/a:1", "--no-cache", "--jobs", jobs)
            same((result.status, result.gaps), (0, []))
            same(contents(result), contents(wanted))


def findings_are_the_same(where):
    path, _ = image_of_two_layers(where + "/i")
    records = database(where, record("DEBIAN-CVE-2026-1", "Debian:12", "alpha", [{"introduced": "0"}, {"fixed": "2"}]),
                       record("DEBIAN-CVE-2026-2", "Debian:12", "beta-src", [{"introduced": "0"}, {"fixed": "2.0-1"}]))
    with Registry(where + "/r") as registry:
        registry.push(path, "a", "1")
        options = ("scan", "--db", records, "--format", "json")
        local = run(*options, "oci-dir:" + path)
        reached = run(*options, f"{registry.host}/a:1", env=environment(where))
        same((local.status, reached.status), (0, 0), reached.err)
        same(len(local.json["findings"]), 2)
        same(reached.json["findings"], local.json["findings"])
        same(contents(reached), contents(local))


def platforms_in_nested_indexes(where):
    layout = Layout(where + "/i")
    inner = [image_for(layout, "for-amd64", "linux/amd64"), image_for(layout, "for-arm64", "linux/arm64", "v8"), image_for(layout, "for-arm-v7", "linux/arm", "v7")]
    note = dict(layout.blob(b'{"schemaVersion":2,"mediaType":"%s","config":{},"layers":[]}' % MANIFEST.encode()),
                mediaType=MANIFEST, platform={"os": "unknown", "architecture": "unknown"},
                annotations={"vnd.docker.reference.type": "attestation-manifest"})
    flat = dict(layout.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": inner}).encode()), mediaType=INDEX)
    nested = layout.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [flat]}).encode())
    with Registry(where + "/r") as registry, SmallRegistry() as small:
        registry.push(layout.where, "multi", "flat", flat)
        registry.push(layout.where, "multi", "nested", dict(nested, mediaType=INDEX))
        noted = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [note] + inner}
        Client(small.host).push(layout.where, "multi", "x", flat)
        small.store("multi", None, open(layout.blob_path(note["digest"]), "rb").read(), MANIFEST)
        small.store("multi", "noted", noted, INDEX)
        for address in (f"{registry.host}/multi:flat", f"{registry.host}/multi:nested", f"{small.host}/multi:noted"):
            for platform, name in (("linux/amd64", "for-amd64"), ("linux/arm64", "for-arm64"), ("linux/arm/v7", "for-arm-v7")):
                result = reach(where, address, "--platform", platform)
                same((result.status, [c["name"] for c in (result.json or {"components": []})["components"]]), (0, [name]), result.err)
            is_refused(reach(where, address, "--platform", "linux/s390x"), "linux/s390x", "linux/amd64", "linux/arm64/v8")
        for machine in ("amd64", "arm64"):
            result = reach(where, f"{registry.host}/multi:flat", "--platform", "linux/" + machine)
            seen = skopeo_inspect(registry.host, "multi", "flat", "--override-arch", machine)
            same(result.json["subject"]["platform"].split("/")[1], seen["Architecture"])
            same([layer["digest"] for layer in result.json["subject"]["layers"]], seen["Layers"])


def indexes_that_never_end(where):
    layout = Layout(where + "/i")
    descriptor = layout.image([make_tar(BASE)])
    with SmallRegistry() as registry:
        Client(registry.host).push(layout.index(descriptor), "deep", "0", descriptor)
        for number in range(1, 10):
            descriptor = registry.store("deep", str(number), {"schemaVersion": 2, "manifests": [descriptor]}, INDEX)
        is_refused(reach(where, f"{registry.host}/deep:9"), "nest")
        itself = "sha256:" + "5" * 64
        registry.store("loop", "1", {"schemaVersion": 2, "manifests": [{"digest": itself, "size": 9, "mediaType": INDEX}]},
                       INDEX, digest=itself)
        is_refused(reach(where, f"{registry.host}/loop:1"))


def names_and_passwords_in_every_place(where):
    path, _ = image_of_two_layers(where + "/i")
    authority = Authority(where + "/ca")
    with Registry(where + "/r", tls=authority.certificate("server"), users=USERS) as registry:
        registry.push(path, "private/a", "1")
        source, host = f"registry:{registry.host}/private/a:1", registry.host
        secrets = (PASSWORD, WRONG, basic(), basic(WRONG))

        def check(what, **extra):
            is_whole(reach(where, source, "--no-cache", "--registry-ca", authority.file, extra=extra, secrets=secrets), what)

        def refused(what, *parts, **extra):
            result = reach(where, source, "--no-cache", "--registry-ca", authority.file, extra=extra, secrets=secrets)
            try:
                is_refused(result, *(parts or (host,)))
            except AssertionError as why:
                raise AssertionError(f"{what}: {why}") from None

        refused("nobody")
        check("environment", PLIMSOLL_REGISTRY_USER="alice", PLIMSOLL_REGISTRY_PASSWORD=PASSWORD)
        check("for this one", PLIMSOLL_REGISTRY=host, PLIMSOLL_REGISTRY_USER="alice", PLIMSOLL_REGISTRY_PASSWORD=PASSWORD)
        refused("for another one", PLIMSOLL_REGISTRY="registry.example", PLIMSOLL_REGISTRY_USER="alice",
                PLIMSOLL_REGISTRY_PASSWORD=PASSWORD)
        refused("wrong", PLIMSOLL_REGISTRY_USER="alice", PLIMSOLL_REGISTRY_PASSWORD=WRONG)
        check("auths", DOCKER_CONFIG=config_json(where, host, auth=basic()))
        check("auths in two words", DOCKER_CONFIG=config_json(where, host, username="alice", password=PASSWORD))
        check("auths by URL", DOCKER_CONFIG=config_json(where, f"https://{host}/v1/", auth=basic()))
        refused("auths, wrong", "config.json", DOCKER_CONFIG=config_json(where, host, auth=basic(WRONG)))
        check("in one variable", DOCKER_AUTH_CONFIG=json.dumps({"auths": {host: {"auth": basic()}}}))
        podman = where + "/auth.json"
        with open(podman, "w") as out:
            json.dump({"auths": {host: {"auth": basic(WRONG)}, host + "/private": {"auth": basic()}}}, out)
        check("podman's, by path", REGISTRY_AUTH_FILE=podman)
        good = helper(where, "good", 'read host\n[ "$1" = get ] || exit 1\nprintf \'{"ServerURL":"%s","Username":"alice",'
                      f'"Secret":"{PASSWORD}"}}\' "$host"\n')
        check("helper", DOCKER_CONFIG=config_json(where, host, {"credHelpers": {host: "good"}}), **good)
        check("store", DOCKER_CONFIG=config_json(where, host, {"credsStore": "good"}), **good)
        helper(where, "none", 'echo "credentials not found in native keychain"\nexit 1\n')
        refused("none in the store", DOCKER_CONFIG=config_json(where, host, {"credsStore": "none"}), **good)
        helper(where, "bad", f'printf \'\\033[31m{PASSWORD}\' >&2\nexit 3\n')
        refused("a helper that fails", "docker-credential-bad", DOCKER_CONFIG=config_json(where, host, {"credsStore": "bad"}), **good)
        refused("no such helper", "docker-credential-absent", DOCKER_CONFIG=config_json(where, host, {"credsStore": "absent"}), **good)
        with open(where + "/docker/config.json", "w") as out:
            out.write('{"auths": {"%s": {"auth": "%s"' % (host, basic()))
        refused("damaged", "config.json", DOCKER_CONFIG=where + "/docker")


def tokens(where):
    path, _ = image_of_two_layers(where + "/i")
    refresh = "refresh-me-9317"
    with TokenServer(where + "/t", users=USERS, private=["private/a"], refresh_tokens={refresh: "alice"}) as server, \
            Registry(where + "/r", tokens=server) as registry:
        for name in ("open/a", "private/a"):
            registry.push(path, name, "1")
        secrets = (PASSWORD, refresh)
        is_whole(reach(where, f"{registry.host}/open/a:1", "--no-cache"), "anonymous")
        scope = "repository:open/a:pull"
        # Two at most: the parent's, and that of the process that fetches the layers.
        if not 1 <= server.counts.get(scope, 0) <= 2:
            raise AssertionError(f"asked for {server.counts}")
        private = f"registry:{registry.host}/private/a:1"
        is_refused(reach(where, private, "--no-cache"), registry.host)
        named = {"PLIMSOLL_REGISTRY_USER": "alice", "PLIMSOLL_REGISTRY_PASSWORD": PASSWORD}
        is_whole(reach(where, private, "--no-cache", extra=named, secrets=secrets), "by name")
        folder = config_json(where, registry.host, auth=base64.b64encode(b"<token>:").decode(), identitytoken=refresh)
        is_whole(reach(where, private, "--no-cache", extra={"DOCKER_CONFIG": folder}, secrets=secrets), "by refresh token")
        same(server.seen[-1][:2], ("POST", "alice"))
        bearer = server.issue("alice", ["repository:private/a:pull"])
        with open(where + "/bearer", "w") as out:
            out.write(bearer + "\n")
        before = len(server.seen)
        is_whole(reach(where, private, "--no-cache", "--registry-token", where + "/bearer", secrets=(bearer,)), "by a token")
        is_whole(reach(where, private, "--no-cache", extra={"PLIMSOLL_REGISTRY_TOKEN": bearer}, secrets=(bearer,)), "from the environment")
        done = subprocess.run([PLIMSOLL, "sbom", "--no-cache", "--registry-token", "-", private], input=bearer.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(where), timeout=60)
        same((done.returncode, bearer in done.stderr.decode()), (0, False), "from standard input")
        same(len(server.seen), before, "a token that is given is not asked for")
        is_refused(reach(where, private, "--no-cache", "--registry-token", where + "/absent"), where + "/absent")
        server.field = "access_token"
        server.expires_in = 1
        is_whole(reach(where, f"{registry.host}/open/a:1", "--no-cache"), "OAuth2's word, and a short life")


def certificates(where):
    path, _ = image_of_two_layers(where + "/i")
    authority, other = Authority(where + "/ca"), Authority(where + "/other", "another authority")
    # Not one of the addresses that are taken as insecure, and yet this machine (RFC 6761, 6.3).
    name = "registry.localhost"
    cert = authority.certificate("server", f"DNS:{name},IP:127.0.0.1")
    client = authority.certificate("client")
    with Registry(where + "/r", tls=cert) as registry:
        registry.push(path, "a", "1")
        address = f"{name}:{registry.port}"
        source = f"registry:{address}/a:1"
        is_refused(reach(where, source, "--no-cache"), "certificate", address)
        is_refused(reach(where, source, "--no-cache", "--registry-ca", other.file), "certificate", address)
        is_whole(reach(where, source, "--no-cache", "--registry-ca", authority.file), "its own authority")
        is_whole(reach(where, source, "--no-cache", "--insecure-registry", address), "told to be insecure")
        is_refused(reach(where, source, "--no-cache", "--insecure-registry", "elsewhere.example:1"), "certificate")
        is_whole(reach(where, f"registry:{registry.host}/a:1", "--no-cache"), "loopback is insecure without being told")
        is_refused(reach(where, source, "--no-cache", "--registry-ca", where + "/absent"), where + "/absent")
        certs = f"{where}/home/.config/containers/certs.d/{address}"
        os.makedirs(certs)
        os.link(authority.file, certs + "/ca.crt")
        is_whole(reach(where, source, "--no-cache"), "certs.d")
    with Registry(where + "/n", tls=authority.certificate("misnamed", "DNS:elsewhere.example")) as registry:
        is_refused(reach(where, f"registry:{name}:{registry.port}/a:1", "--registry-ca", authority.file), "certificate")
    with Registry(where + "/c", tls=cert, client_ca=authority.file) as registry:
        source = f"registry:{name}:{registry.port}/a:1"
        context = authority.context()
        context.load_cert_chain(client.certificate, client.key)
        Client(registry.host, context).push(path, "a", "1")
        ca = ("--no-cache", "--registry-ca", authority.file)
        is_refused(reach(where, source, *ca), f"{name}:{registry.port}")
        is_whole(reach(where, source, *ca, "--registry-cert", client.certificate, "--registry-key", client.key), "client")
    with Registry(where + "/p") as registry:
        registry.push(path, "a", "1")
        address = f"{name}:{registry.port}"
        is_refused(reach(where, f"registry:{address}/a:1", "--no-cache"), address)
        is_whole(reach(where, f"registry:{address}/a:1", "--no-cache", "--insecure-registry", address), "plain HTTP")


def what_is_known_is_not_read_again(where):
    path, layout = image_of_two_layers(where + "/i")
    digests = [layer["digest"] for layer in layout.layers]
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        registry.push(path, "copy/of/a", "2")
        first = reach(where, f"{proxy.host}/a:1")
        is_whole(first)
        same([len(proxy.asked(digest, "GET")) for digest in digests], [1, 1])
        proxy.clear()
        again = reach(where, f"{proxy.host}/a:1")
        same(again.out, first.out)
        same([len(proxy.asked(digest, "GET")) for digest in digests], [0, 0], "layers read again")
        is_whole(reach(where, f"{proxy.host}/copy/of/a:2"), "the same layers elsewhere")
        same([len(proxy.asked(digest, "GET")) for digest in digests], [0, 0], "layers read again under another name")
        is_whole(reach(where, f"{proxy.host}/a:1", "--no-cache"))
        same([len(proxy.asked(digest, "GET")) for digest in digests], [1, 1], "--no-cache")
        proxy.clear()
        grown = Layout(where + "/i")
        bigger = grown.image([make_tar(BASE), make_tar([entry("x", b"x")])])
        grown.index(bigger)
        registry.push(path, "a", "1", bigger)
        result = reach(where, f"{proxy.host}/a:1")
        same((result.status, result.packages), (0, [("alpha", "1.0"), ("beta", "2.0-1")]), "the tag has moved")
        same([len(proxy.asked(layer["digest"], "GET")) for layer in grown.layers], [0, 1], "only what is new")


def layers_that_are_not_there(where):
    layout = Layout(where + "/i")
    descriptor = layout.image([make_tar(BASE), make_tar([entry("x", b"x")])])
    layout.index(descriptor)
    with Registry(where + "/r") as registry, Recorder() as elsewhere:
        registry.push(layout.where, "missing", "1")
        os.unlink(registry.data_of(layout.layers[1]["digest"]))
        result = reach(where, f"{registry.host}/missing:1")
        same((result.status, result.packages), (0, [("alpha", "1.0"), ("beta", "2.0-1")]), result.err)
        same(len(result.gaps), 1)
        has(str(result.gaps), "404")
        same(result.json["gaps"][0]["layer"], sha256(make_tar([entry("x", b"x")])))
        same(reach(where, "--strict", f"{registry.host}/missing:1").status, 4)
        manifest = json.load(open(layout.blob_path(descriptor["digest"]), "rb"))
        manifest["layers"][1] = {"mediaType": FOREIGN, "digest": sha256(b"elsewhere"), "size": 9,
                                 "urls": [elsewhere.url + "/layer"]}
        registry.client().manifest("missing", "foreign", manifest)
        result = reach(where, f"{registry.host}/missing:foreign")
        same((result.status, len(result.gaps)), (0, 1), result.err)
        has(str(result.gaps), "foreign")
        same(elsewhere.log, [], "an address out of a manifest was followed")


def what_is_no_image(where):
    empty = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": sha256(b"{}"), "size": 2}
    chart = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
             "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": sha256(b"{}"), "size": 2}}
    with SmallRegistry() as registry:
        registry.store_blob("x", b"{}")
        stored = {
            "chart": (chart, MANIFEST),
            "artifact": ({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/b", "config": empty, "layers": []}, MANIFEST),
            "old": ({"schemaVersion": 1, "name": "x", "tag": "old", "architecture": "amd64", "fsLayers": [], "history": [],
                     "signatures": []}, SCHEMA_1),
            "text": (b"hello", MANIFEST), "empty": (b"", MANIFEST), "list": (b"[]", INDEX), "deep": (b"[" * 100_000, INDEX),
            "none": ({"schemaVersion": 2, "manifests": []}, INDEX), "number": ({"schemaVersion": 2, "layers": 5, "config": 5}, MANIFEST),
            "huge": (b'{"schemaVersion":2,"x":"' + b"a" * (40 << 20) + b'"}', MANIFEST),
        }
        for tag, (document, kind) in stored.items():
            registry.store("x", tag, document, kind)
            started = time.monotonic()
            result = reach(where, f"{registry.host}/x:{tag}", "--platform", "linux/amd64")
            same(result.status, 3, tag + ": " + result.err)
            if time.monotonic() - started > 20:
                raise AssertionError(tag + " takes too long")
        has(reach(where, f"{registry.host}/x:old").err, "schema")


def digests_are_held_to(where):
    path, layout = image_of_two_layers(where + "/i")
    descriptor = layout.descriptor
    manifest = open(layout.blob_path(descriptor["digest"]), "rb").read()
    with SmallRegistry() as registry:
        Client(registry.host).push(path, "a", "1")
        address = f"{registry.host}/a"
        wrong = "sha256:" + "4" * 64
        registry.store("a", "other", manifest, MANIFEST, digest=wrong)
        is_refused(reach(where, f"{address}@{wrong}"), wrong, descriptor["digest"])
        document = json.loads(manifest)
        document["config"] = dict(document["config"], digest=wrong)
        registry.store("a", "config", document, MANIFEST)
        registry.store_blob("a", b"{" + b" " * (document["config"]["size"] - 2) + b"}", digest=wrong)
        is_refused(reach(where, f"{address}:config"), wrong)
        for tag, change in (("digest", {"digest": wrong}), ("longer", {"size": layout.layers[1]["size"] + 1}),
                            ("shorter", {"size": layout.layers[1]["size"] - 1})):
            document = json.loads(manifest)
            document["layers"][1] = dict(document["layers"][1], **change)
            registry.store_blob("a", open(layout.blob_path(layout.layers[1]["digest"]), "rb").read()[:-1] + b"x", digest=wrong)
            registry.store("a", tag, document, MANIFEST)
            is_refused(reach(where, f"{address}:{tag}", "--no-cache"), document["layers"][1]["digest"])


def large_layers_are_never_held(where):
    """300 MB of which nothing is compressible, and a bomb: 2 GiB of zeros in 2 MB."""
    large = make_tar(BASE + [entry("big", random.Random(5).randbytes(1 << 20) * 300)])
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    info = tarfile.TarInfo("zeros")
    info.size = 1 << 40
    bomb = [engine.compress(info.tobuf())] + [engine.compress(bytes(1 << 20)) for _ in range(2048)] + [engine.flush()]
    layout = Layout(where + "/i")
    with Registry(where + "/r") as registry:
        registry.push(layout.where, "a", "large", layout.image([large], media=PLAIN, pack=bytes))
        registry.push(layout.where, "a", "bomb", layout.image([b"".join(bomb)], pack=bytes, diff_ids=["sha256:" + "0" * 64]))
        result = reach(where, f"{registry.host}/a:large")
        same((result.status, result.packages, result.gaps), (0, [("alpha", "1.0"), ("beta", "2.0-1")], []), result.err)
        result = reach(where, f"{registry.host}/a:bomb")
        same((result.status, result.packages), (0, []), result.err)
        has(str(result.gaps), "limit ratio")
        for tag in ("large", "bomb"):
            with unittest.mock.patch.dict(os.environ, environment(where), clear=True):
                stays_below(120e6, "sbom", "--no-cache", f"{registry.host}/a:{tag}")


def names_that_are_wrong(where):
    path, _ = image_of_two_layers(where + "/i")
    with Registry(where + "/r") as registry, SmallRegistry(page=2) as small:
        for tag in ("bookworm-slim", "bullseye", "1.25.3", "1.24.0"):
            registry.push(path, "team/app", tag)
        result = reach(where, f"{registry.host}/team/app:bokworm-slim")
        is_refused(result, "bokworm-slim", "bookworm-slim")
        is_refused(reach(where, f"{registry.host}/team/app:1.25.4"), "1.25.3")
        is_refused(reach(where, f"{registry.host}/team/absent:1"), "team/absent", registry.host)
        is_refused(reach(where, f"{registry.host}/team/app@sha256:{'1' * 64}"), "1" * 64)
        for number in range(7):
            Client(small.host).push(path, "paged", f"v{number}.0")
        is_refused(reach(where, f"{small.host}/paged:v6.O"), "v6.0")
        for spelling in ("registry:", f"registry:{registry.host}/Team/App:1", f"registry:{registry.host}/a b:1", "registry:a:b:c:d",
                         f"registry:{registry.host}/a@sha256:123", f"registry:{registry.host}/a:", f"registry:{registry.host}/",
                         f"registry:{registry.host}/a:{'t' * 129}", "registry:host:99999999/a:1", "registry:../../etc/passwd"):
            same(reach(where, spelling).status, 2, spelling)
        port = registry.port
    is_refused(reach(where, f"registry:127.0.0.1:{port}/team/app:1", timeout=60), f"127.0.0.1:{port}")
    is_refused(reach(where, "registry:no-such-host.invalid/a:1", timeout=90), "no-such-host.invalid")


def secrets_stay_out_of_the_process_list(where):
    path, _ = image_of_two_layers(where + "/i")
    seen = set()
    with Registry(where + "/r", users=USERS) as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        proxy.when("/blobs/", drip(20_000, 0.1))
        extra = helper(where, "slow", f'cat >/dev/null\nsleep 0.3\nprintf \'{{"Username":"alice","Secret":"{PASSWORD}"}}\'\n')
        folder = config_json(where, proxy.host, {"credsStore": "slow"})
        process = subprocess.Popen([PLIMSOLL, "sbom", "--no-cache", f"{proxy.host}/a:1"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment(where, DOCKER_CONFIG=folder, **extra))
        while process.poll() is None:
            family, known = [process.pid], set()
            while family:
                pid = family.pop()
                known.add(pid)
                try:
                    seen.add(open(f"/proc/{pid}/cmdline", "rb").read())
                    for task in os.listdir(f"/proc/{pid}/task"):
                        children = open(f"/proc/{pid}/task/{task}/children").read().split()
                        family += [int(child) for child in children if int(child) not in known]
                except OSError:
                    continue
            time.sleep(0.02)
        out, err = process.communicate()
        same(process.returncode, 0, err.decode())
        same(sorted({(c["name"], c["version"]) for c in json.loads(out)["components"]}), BOTH)
        text = b"\n".join(seen)
        has(text.decode(errors="replace"), "plimsoll", "docker-credential-slow")
        for secret in (PASSWORD, basic()):
            if secret.encode() in text:
                raise AssertionError("a secret was in the process list")


if __name__ == "__main__":
    main([the_same_as_the_layout, hard_links_to_what_stood_before, findings_are_the_same, platforms_in_nested_indexes,
          indexes_that_never_end, names_and_passwords_in_every_place, tokens, certificates, what_is_known_is_not_read_again,
          layers_that_are_not_there, what_is_no_image, digests_are_held_to, large_layers_are_never_held,
          names_that_are_wrong, secrets_stay_out_of_the_process_list])
