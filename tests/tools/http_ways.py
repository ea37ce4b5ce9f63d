#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP client's ways to a server: Unix sockets, names, proxies, TLS, and HTTP/2.

usage: http_ways.py HTTP_GET [CHECK...]
"""
import os
import socket
import ssl
import threading

import http_server
from http_client import SECRET, bad, good, main, ok


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


def relay(connection, request, count):
    """A proxy: CONNECT is carried out, anything else is answered by itself."""
    del count
    if request.method != "CONNECT":
        return connection.answer(200, b"from the proxy")
    host, port = request.target.rsplit(":", 1)
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


main([check_local, check_proxies, check_tls, check_http2])
