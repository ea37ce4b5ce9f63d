#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names without a scheme: the engines of this machine one after the other, then the registry. Each place has another
image under the one name, so that what comes out says where it came from."""
import hashlib
import json
import os
import time

import enginelib
from containerd import Containerd
from engines import Forwarder, Liar, engine
from imagelib import OS_RELEASE, entry, has, main, make_tar, run, same, simple, stanza
from reachlib import STATUS, clean, environment, is_refused
from registrylib import Registry

NOWHERE = "unix:///nonexistent/engine.sock"


def image(where, package, platform="linux/amd64", tag=None):
    return simple(where, [entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza(package, "1.0"))], platform=platform, tag=tag)


def docker_with(name, package):
    at = engine(enginelib.Docker)
    at.import_tar(name, [entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza(package, "1.0"))])
    return at


def sbom(where, *arguments, **extra):
    return clean(run("sbom", *arguments, env=environment(where, **extra)))


def came_from(result):
    same(result.status, 0, result.err)
    return result.json["subject"]["source"], [name for name, _ in result.packages], result.err


def the_engines_in_order(where):
    with Registry(where + "/r") as registry, Containerd(where + "/c") as containerd:
        name = f"{registry.host}/team/app:1"
        registry.push(image(where + "/i", "of-the-registry"), "team/app", "1")
        containerd.load(image(where + "/ci", "of-containerd", tag="1"), f"{registry.host}/team/app")
        docker = docker_with(name, "of-docker")
        podman = engine(enginelib.Podman)
        podman.client("import", "-q", image_tar(where, "of-podman"), name)
        everywhere = {"DOCKER_HOST": docker.host, "CONTAINER_HOST": podman.host, "CONTAINERD_ADDRESS": containerd.socket}
        for left_out, source in (((), "docker"), (("DOCKER_HOST", ), "podman"),
                                 (("DOCKER_HOST", "CONTAINER_HOST"), "containerd"), (tuple(everywhere), "registry")):
            there = {key: NOWHERE if key in left_out else value for key, value in everywhere.items()}
            package = "of-the-registry" if source == "registry" else "of-" + source
            result = sbom(where, name, **there)
            same(came_from(result), (source, [package], ""), str(left_out))
            same(result.json["subject"]["name"], name)
            has(sbom(where, "--format", "table", name, **there).out.decode(), f"from {source})")
        for source in ("docker", "podman", "containerd", "registry"):
            result = sbom(where, f"{source}:{name}", **everywhere)
            same(came_from(result)[0], source, "with a scheme")


def image_tar(where, package):
    with open(where + "/import.tar", "wb") as out:
        out.write(make_tar([entry("etc/os-release", OS_RELEASE), entry(STATUS, stanza(package, "1.0"))]))
    return where + "/import.tar"


def what_an_engine_lacks(where):
    """An engine that runs and does not have the image is no news, nor is one that has it for another platform."""
    with Registry(where + "/r") as registry:
        registry.push(image(where + "/i", "of-the-registry", "linux/arm64"), "a", "1")
        registry.push(image(where + "/j", "of-the-registry"), "a", "2")
        name = f"{registry.host}/a"
        docker = docker_with(name + ":1", "of-docker")
        same(came_from(sbom(where, name + ":2", DOCKER_HOST=docker.host)), ("registry", ["of-the-registry"], ""))
        same(came_from(sbom(where, name + ":1", DOCKER_HOST=docker.host))[0], "docker")
        same(came_from(sbom(where, "--platform", "linux/arm64", name + ":1", DOCKER_HOST=docker.host)),
             ("registry", ["of-the-registry"], ""))


def engines_that_are_not_there(where):
    """They cost no time, and are not spoken of."""
    with Registry(where + "/r") as registry:
        registry.push(image(where + "/i", "of-the-registry"), "a", "1")
        best = {}
        for spelling in (f"registry:{registry.host}/a:1", f"{registry.host}/a:1"):
            for _ in range(5):
                begun = time.monotonic()
                same(came_from(sbom(where, "--no-cache", spelling)), ("registry", ["of-the-registry"], ""))
                best[spelling] = min(best.get(spelling, 60), time.monotonic() - begun)
        with_scheme, without = best.values()
        same(without < with_scheme + 0.1, True, f"{without:.3f} s, and {with_scheme:.3f} s with the scheme")


def nobody_has_it(where):
    """Then the registry's word counts, and what each engine said follows."""
    with Registry(where + "/r") as registry:
        registry.push(image(where + "/i", "of-the-registry"), "a", "1")
        result = sbom(where, f"{registry.host}/a:2")
        is_refused(result, "there is no tag 2", f"{registry.host}/a:2")
        has(result.err, "; docker: does not answer; podman: does not answer; containerd: does not answer")
        docker = docker_with(f"{registry.host}/b:1", "of-docker")
        has(sbom(where, f"{registry.host}/b:2", DOCKER_HOST=docker.host).err, "; docker: does not have it; podman: does not")
        is_refused(sbom(where, f"{registry.host}/a:2", DOCKER_HOST="nonsense://x"), "there is no tag 2", "docker: ", "nonsense")
        same(came_from(sbom(where, f"{registry.host}/a:1", DOCKER_HOST="nonsense://x")),
             ("registry", ["of-the-registry"], ""))


def an_engine_that_has_it_and_breaks_off(where):
    """It was found there: what another place has under that name is not passed off for it."""
    digest = "sha256:" + hashlib.sha256(b"nothing").hexdigest()
    found = json.dumps({"Id": digest, "Os": "linux", "Architecture": "amd64", "RootFS": {"Layers": [digest]}}).encode()
    with Registry(where + "/r") as registry:
        registry.push(image(where + "/i", "of-the-registry"), "a", "1")
        liar = Liar(where, {"/_ping": b"OK", "/json": found, "/get": b"no archive"})
        result = sbom(where, f"{registry.host}/a:1", DOCKER_HOST="unix://" + liar.path)
        is_refused(result)
        same(result.out, b"")


def names_that_are_none(where):
    """Refused before anybody is asked."""
    docker = engine(enginelib.Docker)
    watched = Forwarder(docker.socket)
    for name in ("a//b", "A/b", "a b", "x" * 5000):
        result = sbom(where, name, DOCKER_HOST=f"tcp://127.0.0.1:{watched.port}")
        same((result.status, result.out), (2, b""), result.err)
    same(watched.asked, b"")
    has(sbom(where, "dokcer:alpine/x/y:1:2").err, "was docker: meant?")


def paths_come_first(where):
    """A directory in the way of a name: it is there, so it is meant."""
    path = image(where + "/app", "of-the-directory")
    same(came_from(run("sbom", "app", cwd=where, env=environment(where)))[:2], ("oci-dir", ["of-the-directory"]), path)
    os.makedirs(where + "/root/etc")
    same(came_from(run("sbom", "root", cwd=where, env=environment(where)))[0], "dir")


if __name__ == "__main__":
    main([the_engines_in_order, what_an_engine_lacks, engines_that_are_not_there, nobody_has_it,
          an_engine_that_has_it_and_breaks_off, names_that_are_none, paths_come_first])
