# SPDX-License-Identifier: Apache-2.0
"""A reverse proxy that spoils what it passes on, as told: what a network, a proxy or a hostile registry may do.

    proxy = FaultProxy("127.0.0.1:5000")
    proxy.when(r"/blobs/", cut(after=1000), times=2)    # the first two answers break off
    proxy.when(r"/manifests/", status(429, retry_after=1), times=1)

The first rule that fits and is not used up is applied; without one the answer passes unchanged. A fault is a
function of an Exchange. Every request is kept in `proxy.log`.
"""
import http.client
import json
import re
import time

from httpserver import Server

HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade")
ENDLESS_MOST = 1 << 31


class Answer:
    def __init__(self, status, headers, body, length):
        self.status = status
        self.headers = headers  # pairs, without what counts for one connection only
        self.body = body
        self.length = length  # what Content-Length says: of a HEAD, too

    def header(self, name, value):
        """Sets or, with None, takes away."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))


class Exchange:
    def __init__(self, proxy, request):
        self.proxy = proxy
        self.request = request

    def upstream(self, without=()):
        """What the server behind answers; `without` are request headers that it is not to see."""
        headers = {name: value for name, value in self.request.headers.items()
                   if name not in HOP_BY_HOP and name not in without}
        # The server behind makes absolute locations out of these.
        headers["X-Forwarded-Proto"] = self.proxy.scheme
        connection = self.proxy.connect()
        try:
            connection.request(self.request.method, self.request.target, self.request.body or None, headers)
            response = connection.getresponse()
            body = response.read()
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            stated = response.getheader("Content-Length")
            return Answer(response.status, kept, body, int(stated) if stated else len(body))
        finally:
            connection.close()

    def send(self, answer):
        # 204 and 304 have no length; HEAD keeps the stated one.
        length = answer.length if self.request.method == "HEAD" else len(answer.body)
        self.request.reply(answer.status, answer.headers, answer.body, length)


class Rule:
    def __init__(self, pattern, fault, times, method, skip):
        self.pattern = re.compile(pattern)
        self.fault = fault
        self.left = times
        self.method = method
        self.skip = skip
        self.hits = 0

    def takes(self, request):
        if not self.pattern.search(request.target) or self.method not in (None, request.method):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        self.hits += 1
        return True


class FaultProxy(Server):
    """`upstream` is HOST:PORT; `upstream_tls` an ssl.SSLContext to reach it by; `tls` a Certificate to show."""

    def __init__(self, upstream, upstream_tls=None, tls=None):
        self.upstream = upstream
        self.upstream_tls = upstream_tls
        self.rules = []
        super().__init__(tls)

    def connect(self):
        if self.upstream_tls:
            return http.client.HTTPSConnection(self.upstream, context=self.upstream_tls, timeout=60)
        return http.client.HTTPConnection(self.upstream, timeout=60)

    def when(self, pattern, fault, times=None, method=None, skip=0):
        """Applies `fault` to the requests whose target fits, after `skip` of them, `times` times (None: always)."""
        rule = Rule(pattern, fault, times, method, skip)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        with self.lock:
            self.rules.clear()
            self.log.clear()

    def answer(self, request):
        with self.lock:
            rule = next((rule for rule in self.rules if rule.takes(request)), None)
        exchange = Exchange(self, request)
        if rule:
            rule.fault(exchange)
        else:
            exchange.send(exchange.upstream())


# The faults. Each makes a function of an Exchange.

def cut(after):
    """The connection ends after so many bytes of the body, short of the stated length."""
    def fault(exchange):
        answer = exchange.upstream()
        exchange.request.start(answer.status, [*answer.headers, ("Content-Length", len(answer.body))])
        exchange.request.write(answer.body[:after])
        exchange.request.hang_up()
    return fault


def hang_up():
    """No answer at all."""
    return lambda exchange: exchange.request.hang_up()


def shortened(to):
    """Fewer bytes, and a Content-Length that agrees with them."""
    def fault(exchange):
        answer = exchange.upstream()
        answer.body = answer.body[:to]
        exchange.send(answer)
    return fault


def lengthened(extra):
    """More bytes than there should be, and a Content-Length that agrees."""
    def fault(exchange):
        answer = exchange.upstream()
        answer.body += extra
        exchange.send(answer)
    return fault


def without_length(to=None):
    """No Content-Length: the body ends with the connection, at `to` bytes when that is given."""
    def fault(exchange):
        answer = exchange.upstream()
        exchange.request.start(answer.status, [*answer.headers, ("Connection", "close")])
        exchange.request.write(answer.body[:to])
        exchange.request.hang_up()
    return fault


def delay(seconds):
    def fault(exchange):
        time.sleep(seconds)
        exchange.send(exchange.upstream())
    return fault


def drip(size, pause):
    """`size` bytes at a time with `pause` seconds between."""
    def fault(exchange):
        answer = exchange.upstream()
        exchange.request.start(answer.status, [*answer.headers, ("Content-Length", len(answer.body))])
        for start in range(0, len(answer.body), size):
            exchange.request.write(answer.body[start:start + size])
            time.sleep(pause)
    return fault


def garble(at):
    """One bit is wrong; negative counts from the end."""
    def fault(exchange):
        answer = exchange.upstream()
        body = bytearray(answer.body)
        if body:
            body[max(at, -len(body)) if at < 0 else min(at, len(body) - 1)] ^= 1
        answer.body = bytes(body)
        exchange.send(answer)
    return fault


def replaced(body, media_type=None, digest=None):
    """Another body under the same headers, or with these changed."""
    def fault(exchange):
        answer = exchange.upstream()
        answer.body = body
        answer.length = len(body)
        if media_type is not None:
            answer.header("Content-Type", media_type)
        if digest is not None:
            answer.header("Docker-Content-Digest", digest)
        exchange.send(answer)
    return fault


def with_header(name, value):
    """One header is set, or taken away with None: a wrong Docker-Content-Digest, none, a wrong Content-Type."""
    def fault(exchange):
        answer = exchange.upstream()
        answer.header(name, value)
        exchange.send(answer)
    return fault


def status(code, retry_after=None, body=b"", headers=()):
    def fault(exchange):
        extra = [("Retry-After", retry_after)] if retry_after is not None else []
        exchange.request.reply(code, [*headers, *extra], body)
    return fault


def html_error(code):
    """A page as a proxy in the middle gives it, with sequences that a terminal would obey."""
    page = (b"<html><head><title>\x1b]0;owned\x07\x1b[2J\x1b[31mBad gateway</title></head>\r\n"
            b"<body>\x9b31m\x00\x08\xc2\x9b2J\xe2\x80\xae" + b"A" * 5000 + b"</body></html>")
    return status(code, body=page, headers=[("Content-Type", "text/html; charset=utf-8")])


def json_error(code, name, message):
    """An error as the distribution specification words it."""
    text = json.dumps({"errors": [{"code": name, "message": message, "detail": message}]}, ensure_ascii=False)
    return status(code, body=text.encode(), headers=[("Content-Type", "application/json")])


def redirect(to, code=307):
    """`to` is a URL, or a function of the request that gives one."""
    def fault(exchange):
        where = to(exchange.request) if callable(to) else to
        exchange.request.reply(code, [("Location", where)])
    return fault


def redirect_to_itself(code=302):
    return redirect(lambda request: request.target + ("&" if "?" in request.target else "?") + "again=1", code)


def redirect_elsewhere(base, code=307):
    """The same target at another origin, as registries do that keep their blobs in an object store."""
    return redirect(lambda request: base + request.target, code)


def ignore_range():
    """All of the body with 200, whatever part was asked for."""
    def fault(exchange):
        exchange.send(exchange.upstream(without=("range", "if-range")))
    return fault


def wrong_range():
    """206, but with the bytes from the beginning."""
    def fault(exchange):
        answer = exchange.upstream(without=("range", "if-range"))
        size = len(answer.body)
        answer.status = 206
        answer.header("Content-Range", f"bytes 0-{size - 1}/{size}")
        exchange.send(answer)
    return fault


def endless(block=b"\0" * 65536):
    """A body without an end, as far as a client can tell."""
    def fault(exchange):
        exchange.request.start(200, [("Content-Type", "application/octet-stream"), ("Connection", "close")])
        exchange.sent = 0
        while exchange.sent < ENDLESS_MOST and not exchange.proxy.is_stopping:
            exchange.request.write(block)
            exchange.sent += len(block)
    return fault


def endless_header():
    def fault(exchange):
        exchange.request.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200_000):
            if exchange.proxy.is_stopping:
                break
            exchange.request.write(b"X-Filler-%d: %s\r\n" % (number, b"a" * 8000))
        exchange.request.hang_up()
    return fault


def raw(data):
    """These bytes in place of an answer."""
    def fault(exchange):
        exchange.request.write(data)
        exchange.request.hang_up()
    return fault
