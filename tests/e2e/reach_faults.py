#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong around a reached image, beside the network's own faults (registry_faults.py): a scan that is ended in
the middle, logins that run out, registries that lie, secrets that wander, and input that is made to be expensive.

Processes are watched by handles (pidfd), which say that they have ended; nothing sleeps in the hope of it."""
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time

from faultproxy import FaultProxy, cut, drip, replaced, status, with_header
from httpserver import Recorder
from imagelib import PLIMSOLL, Layout, Skip, entry, has, main, make_tar, same, sha256, zstd
from reachlib import (BASE, UPPER, environment, image_of_two_layers, is_refused, is_whole, reach)
from registrylib import Authority, Registry, TokenServer
from smallregistry import SmallRegistry

PASSWORD = "s3cret-Pa55:word"
USERS = {"alice": PASSWORD}
NAMED = {"PLIMSOLL_REGISTRY_USER": "alice", "PLIMSOLL_REGISTRY_PASSWORD": PASSWORD}
PATIENCE_S = 60


def stalled(after, reached):
    """So many bytes, and then nothing until the client goes; `reached` is set when it has come to that."""
    def fault(exchange):
        answer = exchange.upstream()
        exchange.request.start(answer.status, [*answer.headers, ("Content-Length", len(answer.body))])
        exchange.request.write(answer.body[:after])
        reached.set()
        poll = select.poll()
        poll.register(exchange.request.handler.connection, select.POLLIN | select.POLLHUP | select.POLLRDHUP)
        while not exchange.proxy.is_stopping and not poll.poll(200):
            pass
    return fault


def start(where, source, *options, **extra):
    os.makedirs(where + "/tmp", exist_ok=True)
    return subprocess.Popen([PLIMSOLL, "sbom", *options, source], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, env=environment(where, TMPDIR=where + "/tmp", **extra))


def tasks_of(pid):
    """None of a process that has ended meanwhile."""
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")
    return []


def family_of(pid):
    """All that descends from a process."""
    found, left = [], [pid]
    while left:
        for task in tasks_of(left[0]):
            with contextlib.suppress(OSError):
                children = [int(child) for child in open(f"/proc/{left[0]}/task/{task}/children").read().split()]
                found += children
                left += children
        left.pop(0)
    return found


def fetcher_and_inspector_of(pid):
    """Those of one layer at least; the fetcher starts first, and may have asked before the inspector is there."""
    deadline = time.monotonic() + PATIENCE_S
    family = family_of(pid)
    while len(family) < 2:
        if time.monotonic() > deadline:
            raise AssertionError(f"a fetcher and an inspector, but {names_of(family)}")
        time.sleep(0.01)
        family = family_of(pid)
    return family


def names_of(pids):
    return [open(f"/proc/{pid}/cmdline", "rb").read().replace(b"\0", b" ").decode() for pid in pids]


def all_end(handles, what):
    deadline = time.monotonic() + PATIENCE_S
    for handle in handles:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise AssertionError(f"{what}: somebody is left")
        os.close(handle)


def files_below(folder):
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]


def nobody_is_left(where):
    path, layout = image_of_two_layers(where + "/i")
    layer = "/blobs/" + layout.layers[0]["digest"]
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for after in (0, 100_000):
                what = f"{number.name} after {after} bytes"
                reached = threading.Event()
                proxy.clear()
                proxy.when(layer, stalled(after, reached))
                process = start(where, f"registry:{proxy.host}/a:1")
                if not reached.wait(PATIENCE_S):
                    raise AssertionError(f"{what}: {process.poll()}")
                handles = [os.pidfd_open(pid) for pid in fetcher_and_inspector_of(process.pid)]
                process.send_signal(number)
                process.communicate(timeout=PATIENCE_S)
                same(process.returncode, -number, what)
                all_end(handles, what)
                same(files_below(where + "/tmp"), [], what)
                same([name for name in files_below(where + "/cache") if "/tmp-" in name], [], what)
        proxy.clear()
        is_whole(reach(where, f"registry:{proxy.host}/a:1"), "afterwards")


def fetchers_and_inspectors_that_die(where):
    """A killed fetcher is a failure; a killed inspector takes its own layer alone."""
    path, layout = image_of_two_layers(where + "/i")
    layer = "/blobs/" + layout.layers[0]["digest"]
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        statuses = []
        for victim in (0, 1):
            reached = threading.Event()
            proxy.clear()
            proxy.when(layer, stalled(100_000, reached))
            # One at a time: the first layer is the larger one.
            process = start(where, f"registry:{proxy.host}/a:1", "--no-cache", "--jobs", "1")
            if not reached.wait(PATIENCE_S):
                raise AssertionError("the layer was not asked for")
            family = sorted(fetcher_and_inspector_of(process.pid))
            same(len(family), 2, "a fetcher and an inspector")
            handles = [os.pidfd_open(pid) for pid in family]
            signal.pidfd_send_signal(handles[victim], signal.SIGKILL)
            out, err = process.communicate(timeout=PATIENCE_S)
            all_end(handles, f"victim {victim}")
            statuses.append(process.returncode)
            said = err.decode()
            if process.returncode == 0:
                has(json.dumps(json.loads(out)["gaps"]), "was ended by signal 9")
            else:
                has(said, "the fetcher was ended by signal 9")
        same(sorted(statuses), [0, 3])


def helper(where, name, body):
    os.makedirs(where + "/bin", exist_ok=True)
    with open(f"{where}/bin/docker-credential-{name}", "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\n" + body)
    os.chmod(f"{where}/bin/docker-credential-{name}", 0o755)
    os.makedirs(where + "/docker", exist_ok=True)
    with open(where + "/docker/config.json", "w", encoding="utf-8") as out:
        json.dump({"credsStore": name}, out)
    return {"PATH": f"{where}/bin:{os.environ['PATH']}", "DOCKER_CONFIG": where + "/docker"}


def helpers_end_with_us(where):
    path, _ = image_of_two_layers(where + "/i")
    with Registry(where + "/r", users=USERS) as registry:
        registry.push(path, "a", "1")
        os.mkfifo(where + "/begun")
        extra = helper(where, "hangs", f"echo > {where}/begun\nexec sleep 1000\n")
        for number in (signal.SIGKILL, signal.SIGINT):
            process = start(where, f"registry:{registry.host}/a:1", **extra)
            with open(where + "/begun", encoding="utf-8") as begun:
                begun.read()
            handles = [os.pidfd_open(pid) for pid in family_of(process.pid)]
            same(len(handles), 1, "the helper")
            process.send_signal(number)
            process.communicate(timeout=PATIENCE_S)
            all_end(handles, number.name)


def helpers_and_ssh_get_no_secrets(where):
    """What is in our environment for registries is not for programs that we start."""
    path, _ = image_of_two_layers(where + "/i")
    secrets = {"PLIMSOLL_REGISTRY": "another.example", "PLIMSOLL_REGISTRY_USER": "bob", "PLIMSOLL_REGISTRY_PASSWORD": "0ther-s3cret",
               "PLIMSOLL_REGISTRY_TOKEN": "0ther-t0ken", "DOCKER_AUTH_CONFIG": '{"auths":{"x.example":{"auth":"Ym9iOnMzY3JldA=="}}}'}
    with Registry(where + "/r", users=USERS) as registry:
        registry.push(path, "a", "1")
        extra = helper(where, "tells", f'env > {where}/helper.env\ncat >/dev/null\n'
                                       f'printf \'{{"Username":"alice","Secret":"{PASSWORD}"}}\'\n')
        is_whole(reach(where, f"registry:{registry.host}/a:1", "--no-cache", extra={**extra, **secrets}, secrets=(PASSWORD,)))
        with open(where + "/bin/ssh", "w", encoding="utf-8") as out:
            out.write(f"#!/bin/sh\nenv > {where}/ssh.env\necho refused >&2\nexit 255\n")
        os.chmod(where + "/bin/ssh", 0o755)
        settings = {**extra, **secrets, "DOCKER_HOST": "ssh://user@host.invalid"}
        is_refused(reach(where, "docker:a:1", "--no-cache", extra=settings), "refused")
    for name in ("helper.env", "ssh.env"):
        text = open(f"{where}/{name}", encoding="utf-8").read()
        has(text, "PATH=", "PLIMSOLL_REGISTRY=")
        for variable, value in secrets.items():
            if variable not in ("PLIMSOLL_REGISTRY", "PLIMSOLL_REGISTRY_USER") and (value in text or variable + "=" in text):
                raise AssertionError(f"{variable} is in {name}")


def a_server_that_drips_is_given_up(where):
    path, layout = image_of_two_layers(where + "/i")
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        for size, pause in ((1, 1), (100, 0.1)):
            proxy.clear()
            proxy.when("/blobs/" + layout.layers[0]["digest"], drip(size, pause))
            started = time.monotonic()
            result = reach(where, f"registry:{proxy.host}/a:1", "--no-cache", "--limit", "layer-seconds=3")
            seconds = time.monotonic() - started
            is_refused(result, "layer-seconds", layout.layers[0]["digest"])
            if not 2.5 < seconds < 10:
                raise AssertionError(f"{seconds:.1f} s")


def two_at_once(where):
    path, _ = image_of_two_layers(where + "/i")
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        source = f"registry:{proxy.host}/a:1"
        for _ in range(3):
            shutil.rmtree(where + "/cache", ignore_errors=True)
            pair = [start(where, source) for _ in range(2)]
            outs = [process.communicate(timeout=PATIENCE_S) for process in pair]
            same([process.returncode for process in pair], [0, 0], outs[0][1] + outs[1][1])
            same(outs[0][0], outs[1][0])
        proxy.when("/blobs/", status(500))
        is_whole(reach(where, source), "from what both have kept")


def challenge_of(server):
    return status(401, headers=[("WWW-Authenticate", f'Bearer realm="{server.realm}",service="{server.service}",'
                                 'scope="repository:a:pull",error="invalid_token"')])


def a_token_runs_out_in_the_middle(where):
    path, layout = image_of_two_layers(where + "/i")
    layer = "/blobs/" + layout.layers[0]["digest"]
    with TokenServer(where + "/t", users=USERS, private=["a"]) as server, Registry(where + "/r", tokens=server) as registry, \
            FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        # At the beginning and again when the rest is asked for, twice.
        for faults in ((cut(100_000), challenge_of(server)),
                       (challenge_of(server), cut(100_000), challenge_of(server)),
                       (challenge_of(server), cut(90_000), challenge_of(server), cut(90_000), challenge_of(server))):
            proxy.clear()
            for fault in faults:
                proxy.when(layer, fault, times=1, method="GET")
            result = reach(where, f"registry:{proxy.host}/a:1", "--no-cache", extra=NAMED, secrets=(PASSWORD,))
            is_whole(result, f"{len(faults)} faults")
            same([rule.hits for rule in proxy.rules], [1] * len(faults))


def a_login_is_made_where_helpers_can_be_run(where):
    """All documents are known, so the first request of all is for a layer, which is fetched by a process that may start no
    program."""
    path, layout = image_of_two_layers(where + "/i")
    with Registry(where + "/r", users=USERS) as registry:
        registry.push(path, "a", "1")
        extra = helper(where, "good", f'cat >/dev/null\nprintf \'{{"Username":"alice","Secret":"{PASSWORD}"}}\'\n')
        source = f"registry:{registry.host}/a@{layout.descriptor['digest']}"
        is_whole(reach(where, source, extra=extra, secrets=(PASSWORD,)))
        for kind in ("layer", "blob"):
            shutil.rmtree(f"{where}/cache/{kind}")
        is_whole(reach(where, source, extra=extra, secrets=(PASSWORD,)), "with the documents from the cache")


def a_mirror_breaks_off(where):
    """Where it had begun a blob, the registry itself goes on from there."""
    path, layout = image_of_two_layers(where + "/i")
    layer = "/blobs/" + layout.layers[0]["digest"]
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as mirror, FaultProxy(registry.host) as origin:
        registry.push(path, "a", "1")
        with open(where + "/registries.conf", "w", encoding="utf-8") as out:
            out.write(f'[[registry]]\nprefix = "{origin.host}"\nlocation = "{origin.host}"\ninsecure = true\n'
                      f'[[registry.mirror]]\nlocation = "{mirror.host}"\ninsecure = true\n')
        extra = {"CONTAINERS_REGISTRIES_CONF": where + "/registries.conf"}
        mirror.when(layer, cut(100_000), times=1)
        mirror.when(layer, status(404))
        is_whole(reach(where, f"registry:{origin.host}/a:1", "--no-cache", extra=extra))
        same([request.headers.get("range") for request in origin.asked(layer, "GET")], ["bytes=100000-"])
        same(len(mirror.asked("/manifests/")) > 0, True)


def pages_elsewhere_get_no_credentials(where):
    path, _ = image_of_two_layers(where + "/i")
    body = b'{"name":"a","tags":["from-elsewhere"]}'
    with Registry(where + "/r", users=USERS) as registry, FaultProxy(registry.host) as proxy, \
            Recorder(200, [("Content-Type", "application/json")], body) as other:
        registry.push(path, "a", "1")
        for link in (f"{other.url}/v2/a/tags/list?last=1", f"//{other.host}/v2/a/tags/list", f"http://{proxy.host}@{other.host}/"):
            proxy.clear()
            proxy.when("/tags/list", with_header("Link", f'<{link}>; rel="next"'), times=1)
            is_refused(reach(where, f"registry:{proxy.host}/a:nothing", "--no-cache", extra=NAMED, secrets=(PASSWORD,)), "nothing")
        same(len(other.log) > 0, True, "the recorder was asked")
        for request in other.log:
            # What stands before the @ is the link's own, and not ours.
            same(PASSWORD in request.headers.get("authorization", "") or "YWxpY2U6" in request.headers.get("authorization", ""),
                 False, request.target)
        # Relative to the page, as RFC 3986 has it.
        for link in ("?last=1", "list?last=1", "/v2/a/tags/list?last=1"):
            proxy.clear()
            rule = proxy.when("/tags/list$", with_header("Link", f'<{link}>; rel="next"'))
            is_refused(reach(where, f"registry:{proxy.host}/a:nothing", "--no-cache", extra=NAMED, secrets=(PASSWORD,)), "nothing")
            same(rule.hits, 1)
            same(len(proxy.asked("/v2/a/tags/list?last=1")), 1, link)


def lists_without_an_end(where):
    """A word of advice about tags is not worth a registry's whole life."""
    page = json.dumps({"name": "a", "tags": [f"v{n:07}" for n in range(200_000)]}).encode()
    same(len(page) < 4 << 20, True)

    def endless_pages(exchange):
        number = int(exchange.request.one("last", "0")) + 1
        exchange.request.reply(200, [("Link", f'</v2/a/tags/list?last={number}>; rel="next"')], page)
    path, _ = image_of_two_layers(where + "/i")
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        proxy.when("/tags/list", endless_pages)
        started = time.monotonic()
        is_refused(reach(where, f"registry:{proxy.host}/a:x1", "--no-cache"), "x1")
        seconds = time.monotonic() - started
        same(len(proxy.asked("/tags/list")) <= 10, True, "pages")
        if seconds > (60 if os.environ.get("PL_TEST_SANITIZED") else 15):
            raise AssertionError(f"{seconds:.1f} s")


def passwords_go_over_tls_alone(where):
    path, _ = image_of_two_layers(where + "/i")
    authority = Authority(where + "/ca")
    with Registry(where + "/r") as registry, \
            FaultProxy(registry.host, tls=authority.certificate("server", "DNS:registry.localhost")) as proxy, \
            Recorder(200, [("Content-Type", "application/json")], b'{"token":"abc"}') as other:
        registry.push(path, "a", "1")
        host = f"registry.localhost:{proxy.port}"
        asks = status(401, headers=[("WWW-Authenticate", f'Bearer realm="{other.url}/token",service="x"')])
        proxy.when("/v2/", asks)
        trusted = ("--no-cache", "--registry-ca", authority.file)
        is_refused(reach(where, f"registry:{host}/a:1", *trusted, extra=NAMED, secrets=(PASSWORD,)), "not encrypted", other.host)
        same(len(other.log), 0)
        # A registry that the user calls insecure may do so.
        proxy.clear()
        proxy.when("/v2/", asks)
        result = reach(where, f"registry:{host}/a:1", "--no-cache", "--insecure-registry", host, extra=NAMED, secrets=(PASSWORD,))
        is_refused(result)
        same(any("authorization" in request.headers for request in other.log), True)


def manifests_of_another_digest(where):
    path, layout = image_of_two_layers(where + "/i")
    other = Layout(where + "/o")
    other.descriptor = other.image([make_tar(UPPER)])
    manifest = open(other.blob_path(other.descriptor["digest"]), "rb").read()
    with Registry(where + "/r") as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        proxy.when("/manifests/", replaced(manifest, digest=layout.descriptor["digest"]), method="GET")
        for source in (f"registry:{proxy.host}/a@{layout.descriptor['digest']}", f"registry:{proxy.host}/a:1"):
            is_refused(reach(where, source), layout.descriptor["digest"])
        proxy.clear()
        is_whole(reach(where, f"registry:{proxy.host}/a:1"), "nothing of it was kept")


def served(registry, tars, media, config, **changes):
    """An image in a registry that takes anything; the config may be other bytes."""
    blobs = [dict(registry.store_blob("a", data), mediaType=media) for data in tars]
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": dict(registry.store_blob("a", config), mediaType="application/vnd.oci.image.config.v1+json"),
                "layers": blobs, **changes}
    registry.store("a", "1", manifest, manifest["mediaType"])
    return f"registry:{registry.host}/a:1"


def config_for(*tars):
    return json.dumps({"os": "linux", "architecture": "amd64",
                       "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in tars]}}).encode()


def documents_that_are_too_large(where):
    tar = make_tar(BASE)
    media = "application/vnd.oci.image.layer.v1.tar"
    with SmallRegistry() as registry:
        large = config_for(tar)[:-1] + b', "comment": "' + b"x" * (8 << 20) + b'"}'
        is_refused(reach(where, served(registry, [tar], media, large), "--no-cache"), "larger than", "config")
        same(len(registry.asked("/blobs/")), 0, "it is not even fetched")
        one = {"digest": "x", "size": 1}
        for count in (513, 100_000):
            source = served(registry, [], media, config_for(tar), layers=[one] * count)
            started = time.monotonic()
            is_refused(reach(where, source, "--no-cache"), f"{count} layers")
            if time.monotonic() - started > 20:
                raise AssertionError(f"{time.monotonic() - started:.1f} s for {count} layers")
        # The config's layers are not made up for those that the manifest does not name.
        is_refused(reach(where, served(registry, [], media, config_for(tar, tar)), "--no-cache"), "2 layers", "manifest 0")


def bombs(where):
    tar = make_tar(BASE + [entry("usr/share/zeros", bytes(64 << 20))])
    with SmallRegistry() as registry:
        source = served(registry, [zstd(tar)], "application/vnd.oci.image.layer.v1.tar+zstd", config_for(tar))
        result = reach(where, source, "--limit", "layer-bytes=16M")
        same(result.status, 0, result.err)
        has(json.dumps(result.json["gaps"]), "layer-bytes")
        same(reach(where, source, "--strict", "--limit", "layer-bytes=16M").status, 4)
        # With more allowed it is whole: what had gaps was not kept.
        result = reach(where, source)
        same((result.status, result.gaps), (0, []), result.err)


def layers_that_come_to_other_bytes(where):
    """The size is right and the digest is not; what is right is found out afterwards all the same."""
    tar = make_tar(BASE)
    wrong = bytearray(tar)
    wrong[700] ^= 1
    with SmallRegistry() as registry:
        source = served(registry, [tar], "application/vnd.oci.image.layer.v1.tar", config_for(tar))
        registry.store_blob("a", bytes(wrong), digest=sha256(tar))
        is_refused(reach(where, source), sha256(tar))
        same([name for name in files_below(where + "/cache") if "/document/" not in name], [])
        registry.store_blob("a", tar)
        result = reach(where, source)
        same((result.status, result.gaps), (0, []), result.err)


def secrets_are_never_written(where):
    """Neither to a file nor to the terminal, by any process: only to sockets and to the helper."""
    if not shutil.which("strace") or os.environ.get("PL_TEST_SANITIZED"):
        raise Skip("no strace here, or a sanitizer that does not like it")
    path, _ = image_of_two_layers(where + "/i")
    with TokenServer(where + "/t", users=USERS, private=["a"]) as server, Registry(where + "/r", tokens=server) as registry:
        registry.push(path, "a", "1")
        for tag in ("1", "none"):
            done = subprocess.run(["strace", "-f", "-qq", "-y", "-s", "4096", "-e", "trace=write,writev,pwrite64", "-o", where + "/trace",
                                   PLIMSOLL, "sbom", f"registry:{registry.host}/a:{tag}"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment(where, **NAMED), check=False)
            same(done.returncode, 0 if tag == "1" else 3, done.stderr)
            lines = [line for line in open(where + "/trace", encoding="utf-8", errors="replace") if "<socket:" not in line
                     and "<TCP" not in line]
            same(len(lines) > 0, True)
            for line in lines:
                for secret in (PASSWORD, "YWxpY2U6", "Bearer ey", "eyJ"):
                    if secret in line:
                        raise AssertionError(f"{secret[:9]}... in {line[:120]}")


if __name__ == "__main__":
    main([nobody_is_left, fetchers_and_inspectors_that_die, helpers_end_with_us, helpers_and_ssh_get_no_secrets,
          a_server_that_drips_is_given_up, two_at_once, a_token_runs_out_in_the_middle, a_login_is_made_where_helpers_can_be_run,
          a_mirror_breaks_off, pages_elsewhere_get_no_credentials, lists_without_an_end, passwords_go_over_tls_alone,
          manifests_of_another_digest, documents_that_are_too_large, bombs, layers_that_come_to_other_bytes,
          secrets_are_never_written])
