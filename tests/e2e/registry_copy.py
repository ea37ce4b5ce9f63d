#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll registry copy`. The second opinions: skopeo on what was copied; Debian's docker-registry, which checks every
digest that is pushed; and the strict registry of smallregistry.py, whose complaints list each breach of the
distribution specification."""
import json
import os
import tarfile

from enginelib import Docker, Podman
from faultproxy import FaultProxy, cut, garble, hang_up, lengthened, redirect_elsewhere, shortened, status, with_header
from httpserver import Recorder
from imagelib import (PLIMSOLL, ZSTD, Layout, Skip, docker_archive, entry, has, main, make_tar, packed, run, same,
                      sha256, simple, zstd)
from reachlib import BASE, UPPER, environment, image_of_two_layers
from registrycommandlib import NAMED, PASSWORD, USERS, bad, blobs_of, good, index_of_three, raw
from registrylib import FOREIGN, INDEX, MANIFEST, Authority, Client, Registry, TokenServer, command, skopeo_copy
from smallregistry import SmallRegistry


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
    main([round_trips, one_platform, what_is_there_is_not_sent, all_tags, docker_archives, engines_load_it,
          images_that_stay, failures_leave_nothing, uploads_that_break, credentials_on_the_way,
          names_of_other_servers, memory_stays_small])
