#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP client against servers that break off, stand still, lie, and send it elsewhere.

usage: http_faults.py HTTP_GET
Every failure is checked for its class and its words, and nothing that is secret may be among them.
"""
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import http_server  # noqa: E402  (found through the line before)

HTTP_GET = sys.argv[1]
SECRET = "s3cr3t"
BODY = bytes(range(256)) * 512  # 128 KiB, each place different from its neighbours
FAST = ["--backoff-ms=10", "--stall-ms=400"]


class Result:
    def __init__(self, done, seconds):
        self.code = done.returncode
        self.seconds = seconds
        self.raw = done.stdout
        self.said = done.stderr.decode("utf-8")
        text = done.stdout.decode("latin-1")
        self.statuses = [int(word) for word in re.findall(r"^status (\d+)$", text, re.M)]
        self.status = self.statuses[-1] if self.statuses else None
        self.headers = re.findall(r"^header ([^:]+): (.*)$", text, re.M)
        self.bytes = [int(word) for word in re.findall(r"^bytes (\d+)$", text, re.M)]
        self.url = (re.findall(r"^url (.*)$", text, re.M) or [None])[-1]
        self.threads = re.findall(r"^threads (\d+)$", text + "\n" + self.said, re.M)
        self.body = self.raw[:self.raw.index(b"\nstatus ")] if self.statuses else self.raw


def get(*arguments, fast=True, **variables):
    environment = {name: value for name, value in os.environ.items()
                   if not name.lower().endswith("_proxy") and not name.startswith("SSL_CERT")}
    environment.update(variables)
    started = time.monotonic()
    done = subprocess.run([HTTP_GET] + (FAST if fast else []) + list(arguments),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment, start_new_session=True, timeout=120, check=False)
    result = Result(done, time.monotonic() - started)
    assert done.returncode in (0, 1), (arguments, done)
    assert SECRET not in result.said and "runtime error" not in result.said, (arguments, result.said)
    # The caller forks afterwards: whatever happened, no thread is left behind.
    assert set(result.threads) <= {"1"}, (arguments, result.threads)
    return result


def good(*arguments, status=200, **options):
    result = get(*arguments, **options)
    assert result.code == 0 and result.status == status, (arguments, result.raw[-400:], result.said)
    return result


def bad(kind, words, *arguments, **options):
    """Ends with an error of that class, whose text has all of `words`."""
    result = get(*arguments, **options)
    assert result.code == 1 and result.said.startswith(kind + ": "), \
        (arguments, result.raw[-400:], result.said)
    for word in words:
        assert word in result.said, (arguments, word, result.said)
    return result


def ok(connection, request, count):
    del request, count
    connection.answer(200, b"fine")


def redirect(location, status=302):
    def handler(connection, request, count):
        del request, count
        connection.answer(status, b"elsewhere", "Location: " + location)
    return handler


def check_plain():
    server = http_server.Server({None: ok, "/none": lambda c, r, n: c.answer(404, b"no such thing"),
                                 "/head": lambda c, r, n: c.head(200, "Content-Length: 1000"),
                                 "/empty": lambda c, r, n: c.head(204)})
    result = good("--header=X-Own: 1", server.url("/a"), server.url("/b?q=1#part"))
    assert result.body == b"fine" and result.bytes == [4, 4]
    first, second = server.requests
    assert first.connection == second.connection and server.connections == 1
    assert second.target == "/b?q=1" and result.url == server.url("/b?q=1")
    assert first.method == "GET" and first.headers["x-own"] == "1"
    assert first.headers["user-agent"].startswith("plimsoll/")
    assert not {"accept-encoding", "authorization", "range", "content-type"} & set(first.headers)
    result = good(server.url("/none"), status=404)
    assert b"\nbody no such thing\n" in result.raw and result.body == b"", result.raw
    good("--method=HEAD", server.url("/head"))
    assert good(server.url("/empty"), status=204).bytes == [0]
    result = good("--buffer", server.url("/a"))
    assert b"\nbody fine\n" in result.raw and ("content-length", "4") in result.headers
    server.forget()
    good("--method=POST", server.url())
    good("--method=POST", "--body=abc", "--header=Content-Type: text/x", server.url())
    good("--method=DELETE", server.url())
    bare, full, delete = server.requests
    assert bare.headers["content-length"] == "0" and "content-type" not in bare.headers
    assert full.body == b"abc" and full.headers["content-type"] == "text/x"
    assert delete.method == "DELETE" and "content-length" not in delete.headers
    server.forget()
    good("http://user:%s@127.0.0.1:%d/?%s" % (SECRET, server.port, SECRET))
    assert server.requests[0].headers["authorization"] == "Basic dXNlcjpzM2NyM3Q="
    bad("usage", ['"ftp://127.0.0.1/x"'], "ftp://user:%s@127.0.0.1/x" % SECRET)
    bad("usage", [], "http://")
    bad("usage", ["header"], "--header=X: 1\r\nAuthorization: " + SECRET, server.url())
    bad("usage", [], "--authorization=%s\nX: 1" % SECRET, server.url())
    bad("usage", ["method"], "--method=GET /x", server.url())


def check_upload(top):
    path = os.path.join(top, "upload")
    content = BODY * 20
    with open(path, "wb") as file:
        file.write(content)

    def once_broken(connection, request, count):
        return connection.reset() if count == 1 else connection.answer(201, b"")

    def breaks_early(connection, request, count):
        del request, count
        return connection.reset()

    server = http_server.Server({"/put": once_broken, "/post": breaks_early,
                                 "/moved": redirect("/there", 307), "/there": ok})
    good("--method=PUT", "--upload=" + path, server.url("/put"), status=201)
    assert [request.body == content for request in server.requests] == [True, True]
    bad("network", ["/post"], "--method=POST", "--upload=" + path, "--once", server.url("/post"))
    assert server.counts["/post"] == 1
    server.forget()
    bad("io", ["the upload has no more"], "--method=PUT", "--upload=" + path, "--upload-lacks=9",
        server.url("/there"))
    assert not server.requests
    good("--method=PUT", "--upload=" + path, server.url("/moved"))
    assert server.requests[-1].body == content and server.requests[-1].method == "PUT"


def check_redirects(top):
    other_site = {None: ok, "/login": lambda c, r, n: c.answer(401, b"", "WWW-Authenticate: Basic")}
    other = http_server.Server(other_site)
    site = {"/end": ok, "/near": redirect("end?token=" + SECRET), "/far": redirect(other.url("/x")),
            "/out": redirect(other.url("/back")), "/loop": redirect("/pool"),
            "/pool": redirect("/loop"), "/self": redirect("/self"), "/file": redirect("file:///etc/passwd"),
            "/user": redirect("http://user:%s@127.0.0.1:1/" % SECRET),
            "/odd": redirect("http://%s[/" % "x"), "/nowhere": redirect("http://"),
            "/see": redirect("/end", 303), "/found": redirect("/end", 302),
            "/same": redirect("/end", 308), "/challenge": redirect(other.url("/login")),
            "/headless": lambda c, r, n: c.answer(302, b"x"),
            "/blank": redirect("/a b"), "/a%20b": ok}
    for number in range(6):
        site["/%d" % number] = redirect("/%d" % (number + 1))
    site["/6"] = ok
    server = http_server.Server(site)
    other_site["/back"] = redirect(server.url("/end"))
    auth = "--authorization=Bearer " + SECRET
    own = ["--header=X-Registry-Auth: " + SECRET, "--header=Cookie: " + SECRET, "--header=Accept: a/b"]

    assert good(auth, server.url("/near")).url == server.url("/end?token=" + SECRET)
    assert [request.headers.get("authorization") for request in server.requests] == \
        ["Bearer " + SECRET] * 2
    good(auth, *own, server.url("/far"))
    assert SECRET not in str(other.requests) and other.requests[-1].headers["accept"] == "a/b"
    good(*own, "http://user:%s@127.0.0.1:%d/far" % (SECRET, server.port))
    assert SECRET not in str(other.requests)
    server.forget()
    good(auth, *own, server.url("/out"))
    assert SECRET in str(server.requests[0]) and SECRET not in str(server.requests[1:])
    server.forget()
    # Who is asked for credentials after a redirect is not the one they are for.
    good("--login=Bearer " + SECRET, server.url("/challenge"), status=401)
    assert SECRET not in str(other.requests)

    bad("network", ["in a loop", "/pool", "/loop"], server.url("/loop"))
    bad("network", ["in a loop", "/self"], server.url("/self"))
    bad("network", ["more than 5 redirects", "/0", "/6"], server.url("/0"))
    good(server.url("/1"))
    bad("denied", ['"file"', "/file"], server.url("/file"))
    bad("denied", ["user or password"], server.url("/user"))
    bad("network", ["not a URL"], server.url("/odd"))
    bad("network", ["not a URL"], server.url("/nowhere"))
    good(server.url("/headless"), status=302)
    good("--keep-redirect", server.url("/near"), status=302)
    good(server.url("/blank"))
    for path, method, body in (("/see", "GET", b""), ("/found", "GET", b""), ("/same", "POST", b"abc")):
        good("--method=POST", "--body=abc", "--header=Content-Type: a/b", server.url(path))
        assert (server.requests[-1].method, server.requests[-1].body) == (method, body), path
        assert ("content-type" in server.requests[-1].headers) == (method == "POST"), path
    good("--method=PUT", "--body=abc", server.url("/found"))
    assert server.requests[-1].method == "PUT" and server.requests[-1].body == b"abc"

    authority = http_server.Authority(top, "redirects")
    secure = http_server.Server({"/down": redirect(server.url("/end")), "/up": ok},
                                tls=authority.context("here", "IP:127.0.0.1"))
    site["/up"] = redirect(secure.url("/up"))
    bad("denied", ["from HTTPS to HTTP"], "--ca=" + authority.certificate, secure.url("/down"))
    good("--ca=" + authority.certificate, server.url("/up"))


def check_login():
    def guarded(connection, request, count):
        del count
        if request.headers.get("authorization") == "Bearer " + SECRET:
            return connection.answer(200, b"in")
        return connection.answer(401, b"{}", 'WWW-Authenticate: Bearer realm="r"')

    server = http_server.Server({"/guarded": guarded, "/moved": redirect("/guarded"),
                                 "/never": lambda c, r, n: c.answer(401, b"")})
    assert good("--login=Bearer " + SECRET, server.url("/guarded")).body == b"in"
    good("--login=Bearer " + SECRET, server.url("/moved"))
    good("--login=Bearer " + SECRET, "--authorization=Bearer stale", server.url("/guarded"))
    good("--method=POST", "--once", "--body=x", "--login=Bearer " + SECRET, server.url("/guarded"))
    assert server.requests[-1].body == b"x"
    good("--login=Bearer " + SECRET, server.url("/never"), status=401)
    assert server.counts["/never"] == 2
    good(server.url("/guarded"), status=401)
    tokens = http_server.Server({"/token": lambda c, r, n: c.answer(200, SECRET.encode()),
                                 "/broken": lambda c, r, n: c.reset()})
    good("--login=" + tokens.url("/token"), server.url("/guarded"), server.url("/guarded"))
    bad("network", [tokens.url("/broken"), "tried 5 times"], "--login=" + tokens.url("/broken"),
        server.url("/guarded"))
    bad("denied", ["no credentials for", 'realm="r"'], "--login=none", server.url("/guarded"))


def check_busy():
    def after(status, times, *headers):
        def handler(connection, request, count):
            del request
            return connection.answer(status if count <= times else 200, b"text", *headers)
        return handler

    dates = ("Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT")
    server = http_server.Server({
        "/503": after(503, 2), "/ever": after(503, 99), "/429": after(429, 1, "Retry-After: 1"),
        "/date": after(429, 1, *dates), "/long": after(503, 9, "Retry-After: 3600"),
        "/huge": after(503, 9, "Retry-After: " + "9" * 40), "/once": after(503, 9),
        "/odd": after(502, 1, "Retry-After: soon"), "/501": after(501, 9)})
    good(server.url("/503"))
    assert server.counts["/503"] == 3
    result = good("--buffer", server.url("/ever"), status=503)
    assert server.counts["/ever"] == 5 and b"body text" in result.raw
    for path in ("/429", "/date"):
        assert good(server.url(path)).seconds >= 1, path
        assert server.counts[path] == 2
    bad("network", ["503", "3600 seconds", "/long"], server.url("/long"))
    bad("network", ["503", "/huge"], server.url("/huge"))
    assert server.counts["/long"] == server.counts["/huge"] == 1
    good("--once", "--method=POST", server.url("/once"), status=503)
    good(server.url("/odd"))
    good(server.url("/501"), status=501)
    assert server.counts["/once"] == server.counts["/501"] == 1 and server.counts["/odd"] == 2
    # Half a second in all between five tries: 3/4 to 1 of 100, 200, 400 and 800 ms.
    server.forget()
    took = good("--backoff-ms=100", server.url("/ever"), status=503).seconds
    assert took >= 1.1, took


def part_of(request, body=BODY, etag=None):
    """Status, headers and bytes as RFC 9110 wants a Range of the form bytes=N- to be answered."""
    wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    headers = ["ETag: " + etag] if etag else []
    if not wanted or (etag and request.headers.get("if-range", etag) != etag):
        return 200, headers, body
    first = int(wanted[1])
    if first >= len(body):
        return 416, headers + ["Content-Range: bytes */%d" % len(body)], b""
    return 206, headers + ["Content-Range: bytes %d-%d/%d" % (first, len(body) - 1, len(body))], \
        body[first:]


def breaking(after, times, ranges=True, etags=None, how="reset", chunked=False):
    """Breaks off after that many bytes, the first few times."""
    def handler(connection, request, count):
        etag = etags[min(count, len(etags)) - 1] if etags else None
        if not ranges:
            request = request._replace(headers={})
        status, headers, body = part_of(request, etag=etag)
        breaks = count <= times
        if status == 416:
            return connection.answer(status, body, *headers)
        if chunked:
            connection.head(status, "Transfer-Encoding: chunked", *headers)
            piece = body[:after] if breaks else body
            connection.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
            if not breaks:
                return connection.send(b"0\r\n\r\n")
        else:
            connection.head(status, "Content-Length: %d" % len(body), *headers)
            connection.send(body[:after] if breaks else body)
        if not breaks:
            return False
        if how == "stall":
            return connection.wait_until_closed()
        return connection.reset() if how == "reset" else True
    return handler


LONG_STEP = 9 << 20
LONG = bytes(range(256)) * (LONG_STEP // 256) * 7


def check_broken():
    def wrong_part(connection, request, count):
        if count == 1:
            return breaking(1000, 1, how="close")(connection, request, count)
        return connection.answer(206, BODY[500:], "Content-Range: bytes 500-%d/%d" % (
            len(BODY) - 1, len(BODY)))

    def other_length(connection, request, count):
        if count == 1:
            return breaking(1000, 1, how="close")(connection, request, count)
        return connection.answer(206, b"x" * 10, "Content-Range: bytes 1000-1009/1010")

    def shrunk(connection, request, count):
        if count == 1:
            return breaking(1000, 1, how="close", chunked=True)(connection, request, count)
        return connection.answer(200, BODY[:500])

    def short_part(connection, request, count):
        """Gives less than was asked for, as it may (section 15.3.7)."""
        if count == 1:
            return breaking(1000, 1, how="close")(connection, request, count)
        first = int(request.headers.get("range", "bytes=0-")[6:-1])
        last = min(first + 40000, len(BODY)) - 1
        return connection.answer(206, BODY[first:last + 1],
                                 "Content-Range: bytes %d-%d/%d" % (first, last, len(BODY)))

    def often(connection, request, count):
        """Breaks off more often than a request is tried, but gets on in between."""
        first = int(request.headers.get("range", "bytes=0-")[6:-1])
        part = ["Content-Range: bytes %d-%d/%d" % (first, len(LONG) - 1, len(LONG))] if first else []
        connection.head(206 if first else 200, "Content-Length: %d" % (len(LONG) - first), *part)
        connection.send(LONG[first:first + LONG_STEP])
        return True

    server = http_server.Server({
        "/often": often,
        "/resets": lambda c, r, n: c.reset() if n <= 2 else c.answer(200, b"fine"),
        "/dead": lambda c, r, n: c.reset(), "/closes": lambda c, r, n: True,
        "/range": breaking(50000, 1, how="close"), "/twice": breaking(30000, 2),
        "/ignores": breaking(50000, 1, ranges=False, how="close"),
        "/ignores4": breaking(50000, 4, ranges=False, how="close"),
        "/etag": breaking(50000, 1, etags=['"a"'], how="close"),
        "/changed": breaking(50000, 1, etags=['"a"', '"b"'], how="close"),
        "/weak": breaking(50000, 1, etags=['W/"a"', 'W/"b"'], how="close"),
        "/chunks": breaking(50000, 1, how="close", chunked=True),
        "/lastchunk": breaking(len(BODY), 1, how="close", chunked=True),
        "/stops": breaking(100, 99, how="close"), "/wrong": wrong_part, "/length": other_length,
        "/shrunk": shrunk, "/short": short_part, "/post": breaking(50000, 1, how="close"),
        "/broken404": lambda c, r, n: c.head(404, "Content-Length: 100") or c.send(b"half") or True})
    result = good("--quiet", "--max=%d" % len(LONG), server.url("/often"))
    assert result.bytes == [len(LONG)] and server.counts["/often"] == 7
    assert good(server.url("/resets")).body == b"fine"
    assert server.counts["/resets"] == 3
    bad("network", ["/dead", "tried 5 times"], server.url("/dead?" + SECRET))
    bad("network", ["/closes", "tried 5 times", "without an answer"], server.url("/closes"))
    bad("network", ["/closes"], "--once", "--method=POST", server.url("/closes"))
    assert server.counts["/dead"] == 5 and server.counts["/closes"] == 6
    for path in ("/range", "/twice", "/ignores", "/ignores4", "/etag", "/weak", "/chunks",
                 "/lastchunk", "/short"):
        result = good(server.url(path))
        assert result.body == BODY and result.bytes == [len(BODY)], path
    asked = {path: [request.headers.get("range") for request in server.requests
                    if request.target == path] for path in server.counts}
    assert asked["/range"] == [None, "bytes=50000-"], asked["/range"]
    # A reset throws away what had not been read yet: where the rest begins is the kernel's choice.
    assert len(asked["/twice"]) == 3
    assert asked["/lastchunk"] == [None, "bytes=%d-" % len(BODY)]
    conditions = [request.headers.get("if-range") for request in server.requests
                  if request.target == "/etag"]
    assert conditions == [None, '"a"'], conditions
    server.forget()
    result = good("--buffer", server.url("/range"))
    assert b"\nbody " + BODY in result.raw
    server.forget()
    told = [tuple(map(int, line)) for line in re.findall(
        r"^downloading (\d+) of (\d+)$", good("--progress", server.url("/range")).said, re.M)]
    assert told and told == sorted(told) and {total for _, total in told} == {len(BODY)}, told
    result = good("--from=100000", server.url("/etag"), status=206)
    assert result.body == BODY[100000:] and server.requests[-1].headers["range"] == "bytes=100000-"
    server.forget()
    assert good("--from=70000", server.url("/ignores")).body == BODY[70000:]
    assert good("--from=%d" % len(BODY), server.url("/ignores")).bytes == [0]
    bad("network", ["131072 bytes"], "--from=200000", server.url("/ignores"))
    good("--from=200000", server.url("/etag"), status=416)
    assert good("--header=Range: bytes=100-", server.url("/etag"), status=206).body == BODY[100:]
    bad("network", ["another part"], server.url("/wrong"))
    bad("network", ["changed on the server"], server.url("/changed"))
    bad("network", ["changed on the server"], server.url("/length"))
    bad("network", ["500 bytes", "from 1000 on"], server.url("/shrunk"))
    bad("network", ["/stops", "tried 5 times", "before the answer's end"], server.url("/stops"))
    # What was handed out of a POST's answer cannot be gone on with.
    bad("network", ["/post"], "--method=POST", server.url("/post"))
    assert server.counts["/post"] == 1
    server.forget()
    assert BODY in good("--method=POST", "--buffer", server.url("/post")).raw
    assert server.counts["/post"] == 2
    good(server.url("/broken404"), status=404)


def check_stalls(top):
    def drips(connection, request, count):
        """20 bytes a second: alive, and of no use."""
        connection.head(200, "Content-Length: 1000000")
        while True:
            connection.send(b"x")
            time.sleep(0.05)

    def trickles(connection, request, count):
        """Fast enough not to stand still."""
        connection.head(200, "Content-Length: 1000000")
        while True:
            connection.send(b"x" * 1000)
            time.sleep(0.05)

    def late(connection, request, count):
        time.sleep(1)
        return connection.answer(200, b"late")

    site = {"/half": breaking(50000, 1, how="stall"), "/mute": lambda c, r, n: c.wait_until_closed(),
            "/drips": drips, "/trickles": trickles,
            "/big": lambda c, r, n: c.answer(200, BODY * 80), "/late": late}
    server = http_server.Server(site)
    assert good(server.url("/half")).body == BODY
    bad("network", ["/mute", "tried 5 times", "stood still", "512 bytes a second"], server.url("/mute"))
    assert server.counts["/mute"] == 5
    bad("network", ["/drips", "stood still"], "--once", server.url("/drips"))
    bad("limit", ["/trickles", "not whole after 1 seconds"], "--most-seconds=1", server.url("/trickles"))
    # A sink that takes its time is not the server's fault.
    result = good("--sink-ms=1500", "--quiet", "--max=20000000", server.url("/big"))
    assert result.bytes == [len(BODY) * 80] and server.counts["/big"] == 1
    # An engine on this machine thinks before it speaks, for longer than a network may be silent.
    unix = os.path.join(top, "late")
    local = http_server.Server(site, unix=unix)
    good("--unix=" + unix, "http://localhost/late")
    assert local.counts["/late"] == 1
    bad("network", ["stood still"], "--unix=" + unix, "--local-answer-ms=500", "--once",
        "http://localhost/mute")


def check_garbage():
    def says(data):
        def handler(connection, request, count):
            del request, count
            connection.send(data)
            return True
        return handler

    server = http_server.Server({
        "/noise": says(b"\x00\xff\x1b[2J\r\n\r\n" * 50), "/old": says(b"just text\n"),
        "/status": says(b"HTTP/1.1 abc Fine\r\n\r\n"),
        "/header": says(b"HTTP/1.1 200 Fine\r\nno colon here\r\n\r\n"),
        "/chunk": says(b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "/negative": says(b"HTTP/1.1 200 Fine\r\nContent-Length: -5\r\n\r\nhello"),
        "/early": lambda c, r, n: c.send(b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n") or ok(c, r, n),
        "/longer": says(b"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhello and more"),
        "/fold": says(b"HTTP/1.1 200 Fine\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n"),
        "/trailer": says(b"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                         b"2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n"),
        "/control": says(b"HTTP/1.1 302 \r\nLocation: \x1b]0;owned\x07://x\r\n\r\n")})
    for path in ("/noise", "/old", "/status", "/header", "/chunk", "/negative"):
        result = bad("network", [path], server.url(path))
        assert "\x1b" not in result.said
    assert server.counts["/noise"] == server.counts["/header"] == 1
    result = good(server.url("/early"))
    assert result.body == b"fine" and "link" not in dict(result.headers)
    assert good(server.url("/longer")).body == b"hello"
    assert dict(good(server.url("/fold")).headers)["x-a"].startswith("1")
    result = good(server.url("/trailer"))
    assert result.body == b"hi" and ("x-sum", "7") in result.headers
    result = get(server.url("/control"))
    assert result.code == 1 and "\x1b" not in result.said, result.said


def check_limits():
    def endless(first, more):
        def handler(connection, request, count):
            del request, count
            connection.send(first)
            while True:
                connection.send(more)
        return handler

    start = b"HTTP/1.1 200 Fine\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    server = http_server.Server({
        "/many": endless(start, b"X-Header: and again\r\n" * 100),
        "/line": endless(start + b"X-Header: ", b"x" * 65536),
        "/hints": endless(b"", b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" * 100),
        "/body": endless(start + b"Transfer-Encoding: chunked\r\n\r\n", chunk),
        "/until-close": endless(start + b"\r\n", chunk),
        "/trailers": endless(start + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-T: 1\r\n" * 100),
        "/404": endless(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n", chunk),
        "/302": endless(b"HTTP/1.1 302 There\r\nLocation: /ok\r\n\r\n", chunk),
        "/length": lambda c, r, n: c.head(200, "Content-Length: 2000000") or c.wait_until_closed(),
        "/exact": lambda c, r, n: c.answer(200, b"x" * 1000), "/ok": ok})
    for path in ("/many", "/line", "/hints", "/trailers"):
        bad("limit", [path, "header"], server.url(path))
    for path in ("/body", "/until-close", "/length"):
        bad("limit", [path, "1000000 bytes"], "--max=1000000", server.url(path))
        bad("limit", [path, "1000000 bytes"], "--max=1000000", "--buffer", server.url(path))
    assert good("--max=1000", server.url("/exact")).bytes == [1000]
    bad("limit", ["999 bytes"], "--max=999", server.url("/exact"))
    bad("limit", ["0 bytes"], "--max=0", server.url("/exact"))
    assert good(server.url("/404"), status=404).bytes == [65536]
    good(server.url("/302"))
    assert set(server.counts.values()) <= {1, 2, 3}, server.counts
    bad("conflict", ["the sink is full"], "--sink-fails-after=100", "--max=100000000",
        server.url("/body"))


def check_local(top):
    unix = os.path.join(top, "socket")
    server = http_server.Server({None: ok}, unix=unix)
    good("--unix=" + unix, "http://docker/v1.41/info?x=1", http_proxy="http://127.0.0.1:1")
    good("--dial=" + unix, "http://name.invalid/dialled", http_proxy="http://127.0.0.1:1")
    targets = [request.target for request in server.requests]
    assert targets == ["/v1.41/info?x=1", "/dialled"], targets
    missing = os.path.join(top, "missing")
    result = bad("network", [missing, "No such file"], "--unix=" + missing, "http://docker/")
    assert "tried" not in result.said
    bad("not found", ["dialling " + missing], "--dial=" + missing, "http://docker/")
    bad("network", [], "--unix=/" + "x" * 200, "http://docker/")
    # Nobody listens, or nobody knows the name: tried twice and no more.
    bad("network", ["127.0.0.1:1/", "tried 2 times", "Connection refused"], "http://127.0.0.1:1/")
    bad("network", ["name.invalid", "tried 2 times", "not known"], "--resolver-ms=0",
        "http://name.invalid/")
    bad("network", ["name.invalid", "in time"], "--resolver-ms=1500", "--connect-ms=200", "--once",
        "http://name.invalid/")


def check_fork():
    server = http_server.Server({None: ok})
    good("--fork", server.url("/before"), server.url("/after"))
    before, in_child, in_parent = server.requests
    assert before.connection == in_parent.connection != in_child.connection


def relay(connection, request, count):
    """A proxy: CONNECT is carried out, anything else is answered by itself."""
    del count
    if request.method != "CONNECT":
        return connection.answer(200, b"from the proxy")
    host, port = request.target.rsplit(":", 1)
    import socket
    server = socket.create_connection((host, int(port)))
    connection.head(200)

    def pump(source, sink):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=pump, args=(server, connection.socket), daemon=True)
    back.start()
    pump(connection.socket, server)
    back.join()
    return True


def check_proxies(top):
    authority = http_server.Authority(top, "proxies")
    server = http_server.Server({None: ok})
    secure = http_server.Server({None: ok}, tls=authority.context("here", "IP:127.0.0.1"))
    proxy = http_server.Server({None: relay})
    closed = http_server.Server({None: lambda c, r, n: c.answer(403, b"")})
    at = "http://user:%s@127.0.0.1:%d" % (SECRET, proxy.port)
    auth = "--authorization=Bearer origin"
    assert good(auth, server.url("/x"), http_proxy=at).body == b"from the proxy"
    assert proxy.requests[-1].target == server.url("/x") and not server.requests
    assert "proxy-authorization" in proxy.requests[-1].headers
    proxy.forget()
    good(auth, "--ca=" + authority.certificate, secure.url("/y"), https_proxy=at)
    assert proxy.requests[-1].method == "CONNECT"
    assert "authorization" not in proxy.requests[-1].headers, proxy.requests
    assert secure.requests[-1].headers["authorization"] == "Bearer origin"
    assert "proxy-authorization" not in secure.requests[-1].headers
    assert good(server.url("/x"), http_proxy=at, no_proxy="127.0.0.1").body == b"fine"
    bad("network", ["403"], "--ca=" + authority.certificate, secure.url("/y"),
        https_proxy="http://user:%s@127.0.0.1:%d" % (SECRET, closed.port))
    for broken in ("odd://user:%s@127.0.0.1:1", "http://user:%s@127.0.0.1:1", "http://user:%s@[x",
                   "http://user:%s@127.0.0.1:99999"):
        bad("network", [], server.url("/x"), http_proxy=broken % SECRET)


def check_tls(top):
    import ssl
    ours, other = (http_server.Authority(top, name) for name in ("ours", "other"))
    context = ours.context("here", "IP:127.0.0.1,DNS:localhost")
    server = http_server.Server({None: ok}, tls=context)
    ca = "--ca=" + ours.certificate
    good(ca, server.url())
    good(ca, server.url(host="localhost"))
    good("--insecure", server.url())
    before = server.connections
    bad("trust", ["127.0.0.1", "certificate is not trusted"], server.url("/?" + SECRET))
    bad("trust", ["certificate is not trusted"], "--ca=" + other.certificate, server.url())
    assert server.connections == before + 2  # not tried again
    misnamed = http_server.Server({None: ok}, tls=other.context("there", "DNS:example.org"))
    bad("trust", ["certificate is not trusted"], "--ca=" + other.certificate, misnamed.url())

    # --ca stands beside the system's store, which OpenSSL's variables name.
    theirs = http_server.Server({None: ok}, tls=other.context("here", "IP:127.0.0.1"))
    store = os.path.join(top, "store")
    os.mkdir(store)
    with open(other.certificate, encoding="ascii") as source, \
            open(os.path.join(store, "other.pem"), "w", encoding="ascii") as copy:
        copy.write(source.read())
    http_server.Authority.openssl("rehash", store)
    good(theirs.url(), SSL_CERT_DIR=store)
    good(theirs.url(), SSL_CERT_FILE=other.certificate)
    good(ca, server.url(), theirs.url(), SSL_CERT_DIR=store)
    good(ca, server.url(), theirs.url(), SSL_CERT_FILE=other.certificate)
    bad("trust", [], ca, theirs.url())

    missing = os.path.join(top, "nothing.pem")
    bad("not found", [missing], "--ca=" + missing, server.url())
    empty = os.path.join(top, "empty.pem")
    with open(empty, "w", encoding="ascii") as file:
        file.write("no certificate\n")
    bad("trust", ["trusted certificates"], "--ca=" + empty, server.url())

    strict = ours.context("strict", "IP:127.0.0.1")
    strict.verify_mode = ssl.CERT_REQUIRED
    strict.load_verify_locations(ours.certificate)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        strict.maximum_version = version
        wants = http_server.Server({None: ok}, tls=strict)
        for authority, is_accepted in ((ours, True), (other, False)):
            certificate, key = authority.issue("client", "DNS:client")
            use = [ca, "--cert=" + certificate, "--key=" + key, wants.url()]
            if is_accepted:
                good(*use)
            else:
                bad("trust", ["client certificate"], *use)
        # Before TLS 1.3, there was no alert that said what was missing.
        is_told = version == ssl.TLSVersion.TLSv1_3
        bad("trust" if is_told else "network", ["certificate" if is_told else "handshake failure"],
            ca, wants.url())
    certificate, key = ours.issue("locked", "DNS:client", "-passout", "pass:" + SECRET)
    bad("trust", ["key cannot be used"], ca, "--cert=" + certificate, "--key=" + key, wants.url())
    bad("trust", ["key cannot be used"], ca, "--cert=" + certificate,
        "--key=" + other.issue("client", "DNS:client")[1], wants.url())

    plain = http_server.Server({None: ok})
    bad("network", ["tried 2 times", "TLS"], "https://127.0.0.1:%d/" % plain.port)


def speak_http2(raw, requests, answer):
    """Serves one connection with python3-h2: answer(connection, stream, headers, body)."""
    import h2.config
    import h2.connection
    import h2.events
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False,
                                                                      header_encoding="utf-8"))
    connection.initiate_connection()
    raw.sendall(connection.data_to_send())
    asked, bodies = {}, {}
    while data := raw.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                asked[event.stream_id], bodies[event.stream_id] = dict(event.headers), b""
            elif isinstance(event, h2.events.DataReceived):
                bodies[event.stream_id] += event.data
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                headers, body = asked[event.stream_id], bodies[event.stream_id]
                requests.append((headers, body))
                answer(connection, event.stream_id, headers, body)
        raw.sendall(connection.data_to_send())


def check_http2(top):
    try:
        import h2.errors
    except ImportError:
        print("# skipped: python3-h2 is not installed")
        return
    requests = []

    def answer(connection, stream, headers, body):
        path = headers[":path"]
        first = len([asked for asked, _ in requests if asked[":path"] == path]) == 1
        if path == "/reset" or (path == "/once" and first):
            connection.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            return
        connection.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        connection.send_data(stream, b"got " + body)
        if path == "/half" and first:
            connection.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
            return
        connection.send_headers(stream, [("grpc-status", "5"), ("grpc-message", "none")],
                                end_stream=True)

    def site(raw):
        speak_http2(raw, requests, answer)

    unix = os.path.join(top, "grpc")
    http_server.Server(site, unix=unix)
    grpc = ["--http2", "--method=POST", "--header=TE: trailers", "--body=frame",
            "--header=Content-Type: application/grpc"]
    for way in ("--unix=" + unix, "--dial=" + unix):
        result = good(*grpc, way, "http://localhost/a.Service/Get", "http://localhost/a.Service/Put")
        assert result.body.startswith(b"got frame") and result.bytes == [9, 9]
        assert ("grpc-status", "5") in result.headers, result.headers
        assert requests[-1][0]["te"] == "trailers" and requests[-1][1] == b"frame"
    good("--http2", "--unix=" + unix, "http://localhost/once")
    bad("network", ["tried 5 times"], "--http2", "--unix=" + unix, "http://localhost/reset")
    before = len(requests)
    bad("network", ["/half"], "--once", *grpc, "--unix=" + unix, "http://localhost/half")
    assert len(requests) == before + 1
    # Over TLS the two agree on it, or on HTTP/1.1.
    authority = http_server.Authority(top, "http2")
    secure = http_server.Server(site, tls=authority.context("here", "IP:127.0.0.1", ["h2"]))
    result = good("--ca=" + authority.certificate, secure.url("/tls"), secure.url("/tls"))
    assert result.bytes == [4, 4] and secure.connections == 1
    old = http_server.Server({None: ok},
                             tls=authority.context("old", "IP:127.0.0.1", ["http/1.1"]))
    assert good("--ca=" + authority.certificate, old.url("/tls")).body == b"fine"
    # A server of HTTP/1.1 is no server of gRPC.
    plain = http_server.Server({None: ok})
    bad("network", [], "--http2", plain.url("/"))


def check_library(top):
    """libcurl comes when it is needed; where it is not there, we are told what to install."""
    with open(os.path.join(top, "libcurl.so.4"), "w", encoding="ascii") as file:
        file.write("not a library")
    bad("unsupported", ["libcurl4", "cannot be loaded"], "http://127.0.0.1:1/", LD_LIBRARY_PATH=top)
    linked = subprocess.run(["ldd", HTTP_GET], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert "libcurl" not in linked.stdout, linked.stdout


def main():
    with tempfile.TemporaryDirectory() as top:
        checks = [(check_plain,), (check_upload, top), (check_redirects, top), (check_login,),
                  (check_busy,), (check_broken,), (check_stalls, top), (check_garbage,),
                  (check_limits,), (check_local, top), (check_fork,), (check_proxies, top),
                  (check_tls, top), (check_http2, top), (check_library, top)]
        only = sys.argv[2:]
        for check, *arguments in checks:
            if only and check.__name__ not in only:
                continue
            started = time.monotonic()
            check(*arguments)
            print("%-16s %5.1f s" % (check.__name__, time.monotonic() - started), flush=True)


main()
