#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP client's requests: what is sent and answered, uploads, redirects and credentials.

usage: http_requests.py HTTP_GET [CHECK...]
"""
import os
import subprocess

import http_server
from http_client import BODY, HTTP_GET, SECRET, bad, good, main, ok, redirect


def check_plain(_top):
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


def check_login(_top):
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


def check_fork(_top):
    server = http_server.Server({None: ok})
    good("--fork", server.url("/before"), server.url("/after"))
    before, in_child, in_parent = server.requests
    assert before.connection == in_parent.connection != in_child.connection


def check_library(top):
    """libcurl comes when it is needed; where it is not there, we are told what to install."""
    with open(os.path.join(top, "libcurl.so.4"), "w", encoding="ascii") as file:
        file.write("not a library")
    bad("unsupported", ["libcurl4", "cannot be loaded"], "http://127.0.0.1:1/", LD_LIBRARY_PATH=top)
    linked = subprocess.run(["ldd", HTTP_GET], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert "libcurl" not in linked.stdout, linked.stdout


main([check_plain, check_upload, check_redirects, check_login, check_fork, check_library])
