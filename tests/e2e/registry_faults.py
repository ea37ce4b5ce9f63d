#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What networks and servers do to an image on its way: the right result after another try, or a clear message and
status 3, and never a wrong or shortened result that looks like a right one. The same image in the registry behind,
unspoilt, says what is right."""
import contextlib
import json
import time

from faultproxy import (FaultProxy, cut, delay, drip, endless, endless_header, garble, hang_up, html_error, ignore_range,
                        json_error, lengthened, raw, redirect, redirect_elsewhere, redirect_to_itself, replaced, shortened,
                        status, with_header, without_length, wrong_range)
from httpserver import Recorder
from imagelib import has, main, same
from reachlib import image_of_two_layers, is_refused, is_whole, reach
from registrylib import MANIFEST, Authority, Registry, TokenServer

USERS = {"alice": "s3cret-Pa55word"}
NAMED = {"PLIMSOLL_REGISTRY_USER": "alice", "PLIMSOLL_REGISTRY_PASSWORD": USERS["alice"]}


class Bench:
    def __init__(self, where, registry, proxy, layout):
        self.where, self.registry, self.proxy, self.layout = where, registry, proxy, layout
        self.layer = "/blobs/" + layout.layers[0]["digest"]
        self.config = "/v2/a/blobs/" + self.config_digest()
        self.manifest = "/v2/a/manifests/"

    def config_digest(self):
        return json.load(open(self.layout.blob_path(self.layout.descriptor["digest"]), "rb"))["config"]["digest"]

    def go(self, *options, **settings):
        return reach(self.where, f"registry:{self.proxy.host}/a:1", "--no-cache", *options, **settings)

    def spoilt(self, pattern, fault, *rest, **options):
        """The result with this fault alone."""
        settings = {key: options.pop(key) for key in ("timeout", "extra", "secrets") if key in options}
        self.proxy.clear()
        rule = self.proxy.when(pattern, fault, *rest, **options)
        started = time.monotonic()
        result = self.go(**settings)
        self.seconds = time.monotonic() - started
        if rule.hits == 0:
            raise AssertionError("the fault was never met")
        return result


@contextlib.contextmanager
def bench(where, **options):
    path, layout = image_of_two_layers(where + "/i")
    with Registry(where + "/r", **options) as registry, FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        yield Bench(where, registry, proxy, layout)


def connections_that_break_are_taken_up_again(where):
    with bench(where) as b:
        is_whole(b.spoilt(b.layer, cut(100_000), times=1), "once")
        ranges = [request.headers.get("range") for request in b.proxy.asked(b.layer, "GET")]
        same(len(ranges), 2)
        same(ranges[0], None)
        has(ranges[1] or "", "bytes=100000-")
        is_whole(b.spoilt(b.layer, cut(0), times=1), "before the first byte")
        is_whole(b.spoilt(b.layer, cut(50_000), times=2), "twice")
        is_whole(b.spoilt(b.layer, hang_up(), times=2), "without an answer")
        is_whole(b.spoilt(b.config, cut(10), times=1), "the config")
        is_whole(b.spoilt(b.manifest, cut(10), times=1), "the manifest")
        is_whole(b.spoilt(b.manifest, hang_up(), times=1), "the manifest, no answer")
        is_whole(b.spoilt("/v2/", hang_up(), times=1), "the very first answer")


def ranges_that_are_not_honoured(where):
    with bench(where) as b:
        b.proxy.clear()
        b.proxy.when(b.layer, cut(100_000), times=1)
        b.proxy.when(b.layer, ignore_range())
        is_whole(b.go(), "all of it again")
        b.proxy.clear()
        b.proxy.when(b.layer, cut(100_000), times=1)
        b.proxy.when(b.layer, wrong_range())
        result = b.go()
        if result.status == 0:
            is_whole(result)
        else:
            is_refused(result, b.proxy.host)
        b.proxy.clear()
        b.proxy.when(b.layer, cut(100_000), times=1)
        b.proxy.when(b.layer, status(416), times=1)
        result = b.go()
        if result.status == 0:
            is_whole(result)
        else:
            is_refused(result)


def servers_that_are_busy(where):
    with bench(where) as b:
        for code in (500, 502, 503, 504):
            is_whole(b.spoilt(b.layer, status(code), times=1), f"{code}")
        is_whole(b.spoilt(b.manifest, status(503), times=2), "the manifest")
        is_whole(b.spoilt(b.layer, status(429, retry_after=2), times=1), "429")
        if b.seconds < 1.9:
            raise AssertionError(f"Retry-After: 2 was not waited for, but {b.seconds:.1f} s in all")
        is_whole(b.spoilt("/v2/", status(429, retry_after=1), times=1), "429 at the first request")
        result = b.spoilt(b.layer, status(503), timeout=110)
        is_refused(result, b.proxy.host, "503")
        tries = len(b.proxy.asked(b.layer))
        if not 2 <= tries <= 10:
            raise AssertionError(f"{tries} tries")
        result = b.spoilt(b.manifest, status(429, retry_after=100_000), times=None, timeout=110)
        is_refused(result, b.proxy.host)


def slow_servers(where):
    with bench(where) as b:
        is_whole(b.spoilt(b.layer, delay(3), times=1), "a late answer")
        is_whole(b.spoilt(b.layer, drip(40_000, 0.2), times=1), "a slow one")


def bytes_that_are_wrong(where):
    with bench(where) as b:
        digest = b.layout.layers[0]["digest"]
        for what, fault in (("a bit in the middle", garble(150_000)), ("the last byte", garble(-1)), ("the first", garble(0)),
                            ("too few", shortened(200_000)), ("none", shortened(0)), ("too many", lengthened(b"x" * 1000))):
            try:
                is_refused(b.spoilt(b.layer, fault), digest)
            except AssertionError as why:
                raise AssertionError(f"{what}: {why}") from None
        is_refused(b.spoilt(b.config, garble(5)), "config")
        is_refused(b.spoilt(b.config, shortened(20)), "config")
        is_whole(b.spoilt(b.layer, without_length()), "a length that is not stated")
        result = b.spoilt(b.layer, without_length(to=100_000), times=1)
        if result.status == 0:
            is_whole(result)
        else:
            is_refused(result, digest)
        is_refused(b.spoilt(b.layer, without_length(to=100_000)), b.proxy.host)


def manifests_that_are_wrong(where):
    with bench(where) as b:
        right = b.layout.descriptor["digest"]
        wrong = "sha256:" + "7" * 64
        result = b.spoilt(b.manifest, with_header("Docker-Content-Digest", wrong))
        if result.status == 0:
            same(result.json["subject"]["digest"], right)
        else:
            is_refused(result, wrong)
        result = b.spoilt(b.manifest, with_header("Docker-Content-Digest", None))
        is_whole(result, "no such header")
        same(result.json["subject"]["digest"], right)
        is_whole(b.spoilt(b.manifest, with_header("Content-Type", None)), "no type")
        is_whole(b.spoilt(b.manifest, with_header("Content-Type", MANIFEST + "; charset=utf-8")), "a type with a parameter")
        is_refused(b.spoilt(b.manifest, replaced(b"<html>Please log in</html>", "text/html")), b.proxy.host)
        is_refused(b.spoilt(b.manifest, replaced(b"{}")))
        is_refused(b.spoilt(b.manifest, replaced(b"")))
        by_digest = f"registry:{b.proxy.host}/a@{right}"
        b.proxy.clear()
        b.proxy.when(b.manifest, garble(30))
        is_refused(reach(where, by_digest, "--no-cache"), right)


def bodies_without_an_end(where):
    with bench(where) as b:
        for what, pattern in (("manifest", b.manifest), ("config", b.config), ("layer", b.layer)):
            result = b.spoilt(pattern, endless())
            is_refused(result)
            if b.seconds > 60:
                raise AssertionError(f"{what}: {b.seconds:.0f} s")
        is_refused(b.spoilt(b.layer, status(500, body=b"x" * 10_000_000), timeout=110), "500")
        is_refused(b.spoilt(b.manifest, endless_header(), timeout=110), b.proxy.host)
        is_refused(b.spoilt(b.manifest, raw(b"SSH-2.0-OpenSSH_9.2\r\n"), timeout=110), b.proxy.host)
        is_refused(b.spoilt(b.manifest, raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"), timeout=110), b.proxy.host)
        is_refused(b.spoilt(b.manifest, raw(b"HTTP/1.1 99 \x1b[2J\r\n\r\n"), timeout=110), b.proxy.host)


def pages_with_control_characters(where):
    evil = "\x1b]0;owned\x07\x1b[31m\x9bno\u202e such thing"
    with bench(where) as b:
        for pattern in (b.manifest, b.layer, b.config):
            is_refused(b.spoilt(pattern, html_error(502), timeout=110), "502")
            is_refused(b.spoilt(pattern, html_error(403)), "403")
        is_refused(b.spoilt(b.manifest, json_error(403, "DENIED", evil)), "such thing")
        is_refused(b.spoilt(b.manifest, json_error(404, "MANIFEST_UNKNOWN" + evil, evil)))
        is_refused(b.spoilt(b.manifest, status(401, headers=[("WWW-Authenticate", 'Basic realm="\x1b[2J"')])))
        is_refused(b.spoilt(b.manifest, status(401, headers=[("WWW-Authenticate", 'Bearer realm="ftp://\x1b[2J",service="x"')])))
        is_refused(b.spoilt(b.manifest, status(401, headers=[("WWW-Authenticate", "Bearer " + 'a="b",' * 3000)])))
        is_refused(b.spoilt(b.manifest, status(401)))


def redirects(where):
    with bench(where) as b:
        for pattern in (b.manifest, b.layer):
            is_refused(b.spoilt(pattern, redirect_to_itself()), "redirect")
        for location in ("file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "//", "http://", ""):
            is_refused(b.spoilt(b.layer, redirect(location)))
        with FaultProxy(b.registry.host) as store:
            for code in (301, 302, 303, 307, 308):
                is_whole(b.spoilt(b.layer, redirect_elsewhere(store.url, code)), f"{code}")
            is_whole(b.spoilt(b.layer, redirect(lambda request: request.target + "?signed=1"), times=1), "a relative one")
            b.proxy.clear()
            store.clear()
            b.proxy.when(b.layer, redirect_elsewhere(store.url))
            store.when(b.layer, cut(100_000), times=1)
            is_whole(b.go(), "broken off behind the redirect")


def credentials_stay_with_their_origin(where):
    path, layout = image_of_two_layers(where + "/i")
    layer = "/blobs/" + layout.layers[0]["digest"]
    with Registry(where + "/open") as store, Recorder() as other:
        store.push(path, "a", "1")
        for kind in ("basic", "token"):
            with contextlib.ExitStack() as stack:
                extra = {}
                if kind == "token":
                    extra["tokens"] = stack.enter_context(TokenServer(where + "/t", users=USERS, private=["a"]))
                else:
                    extra["users"] = USERS
                registry = stack.enter_context(Registry(f"{where}/{kind}", **extra))
                registry.push(path, "a", "1")
                proxy = stack.enter_context(FaultProxy(registry.host))
                behind = stack.enter_context(FaultProxy(store.host))
                source = f"registry:{proxy.host}/a:1"
                secrets = tuple(USERS.values())
                proxy.when(layer, redirect_elsewhere(behind.url))
                is_whole(reach(where, source, "--no-cache", extra=NAMED, secrets=secrets), kind)
                same(len(behind.log) >= 1, True)
                for request in behind.log:
                    same([name for name in request.headers if name in ("authorization", "cookie")], [], kind)
                if not any("authorization" in request.headers for request in proxy.log):
                    raise AssertionError("the registry itself was not told")
                proxy.clear()
                proxy.when("/v2/a/", redirect_elsewhere(other.url))
                is_refused(reach(where, source, "--no-cache", extra=NAMED, secrets=secrets))
                for request in other.log:
                    same("authorization" in request.headers, False, "sent elsewhere")


def never_from_https_to_http(where):
    path, layout = image_of_two_layers(where + "/i")
    authority = Authority(where + "/ca")
    with Registry(where + "/r") as registry, \
            FaultProxy(registry.host, tls=authority.certificate("server", "DNS:registry.localhost")) as proxy:
        registry.push(path, "a", "1")
        source = f"registry:registry.localhost:{proxy.port}/a:1"
        trusted = ("--no-cache", "--registry-ca", authority.file)
        is_whole(reach(where, source, *trusted))
        proxy.when("/blobs/" + layout.layers[0]["digest"], redirect_elsewhere(f"http://{registry.host}"))
        is_refused(reach(where, source, *trusted), "http")


def logins_that_expire_on_the_way(where):
    path, layout = image_of_two_layers(where + "/i")
    with TokenServer(where + "/t", users=USERS, private=["a"]) as server, Registry(where + "/r", tokens=server) as registry, \
            FaultProxy(registry.host) as proxy:
        registry.push(path, "a", "1")
        expired = status(401, headers=[("WWW-Authenticate", f'Bearer realm="{server.realm}",service="{server.service}",'
                                        'scope="repository:a:pull",error="invalid_token"')])
        for pattern in ("/manifests/", "/blobs/" + layout.layers[0]["digest"]):
            proxy.clear()
            proxy.when(pattern, expired, times=1, skip=1 if pattern == "/manifests/" else 0)
            is_whole(reach(where, f"{proxy.host}/a:1", "--no-cache", extra=NAMED), pattern)
        proxy.clear()
        proxy.when("/blobs/", expired)
        before = len(server.seen)
        is_refused(reach(where, f"{proxy.host}/a:1", "--no-cache", extra=NAMED, secrets=tuple(USERS.values())), proxy.host)
        if len(server.seen) - before > 12:
            raise AssertionError(f"{len(server.seen) - before} tokens were asked for")


def nothing_broken_is_kept(where):
    with bench(where) as b:
        b.proxy.when(b.layer, garble(100))
        source = f"registry:{b.proxy.host}/a:1"
        is_refused(reach(where, source))
        b.proxy.clear()
        is_whole(reach(where, source), "after a garbled layer")
        b.proxy.when(b.layer, status(404))
        is_whole(reach(where, source), "from the cache alone")


if __name__ == "__main__":
    main([connections_that_break_are_taken_up_again, ranges_that_are_not_honoured, servers_that_are_busy, slow_servers,
          bytes_that_are_wrong, manifests_that_are_wrong, bodies_without_an_end, pages_with_control_characters, redirects,
          credentials_stay_with_their_origin, never_from_https_to_http, logins_that_expire_on_the_way, nothing_broken_is_kept])
