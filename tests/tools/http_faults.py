#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP client against servers that are busy, break off, stand still, lie, and never end.

usage: http_faults.py HTTP_GET [CHECK...]
"""
import os
import re
import time

import http_server
from http_client import BODY, SECRET, bad, get, good, main, ok


def check_busy(_top):
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


def broken_site():
    return http_server.Server({
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


def check_broken(_top):
    """What is asked again, and what of it."""
    server = broken_site()
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


def check_parts(_top):
    """Parts that are asked for, that are given, and that do not fit."""
    server = broken_site()
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


def check_garbage(_top):
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


def check_limits(_top):
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


main([check_busy, check_broken, check_parts, check_stalls, check_garbage, check_limits])
