# SPDX-License-Identifier: Apache-2.0
"""A web server in threads for tests, on a free port of the loopback interface, that remembers what it was asked.

What the standard library's server does for one, this one leaves to the test: any status line, any header, any
number of bytes, at any speed.
"""
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Request:
    """What was asked, and the ways to answer it."""

    def __init__(self, handler):
        self.handler = handler
        self.method = handler.command
        self.target = handler.path
        split = urlsplit(handler.path)
        self.path = split.path
        self.query = parse_qs(split.query, keep_blank_values=True)
        self.headers = {name.lower(): ", ".join(handler.headers.get_all(name)) for name in handler.headers}
        self.body = self._read_body()
        self.status = None

    def _read_body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int(self.handler.rfile.readline().split(b";")[0] or b"0", 16)
                body += self.handler.rfile.read(size)
                self.handler.rfile.readline()
                if size == 0:
                    return body
        return self.handler.rfile.read(int(self.headers.get("content-length", "0") or "0"))

    def one(self, name, default=""):
        return self.query.get(name, [default])[0]

    def start(self, status, headers=()):
        self.status = status
        lines = [f"HTTP/1.1 {status} Status"] + [f"{name}: {value}" for name, value in headers]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def write(self, data):
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def reply(self, status, headers=(), body=b"", length=None):
        """A whole answer; `length` is what Content-Length claims, where that is to differ."""
        if length is None:
            length = len(body)
        self.start(status, [*headers, ("Content-Length", length)])
        if self.method != "HEAD":
            self.write(body)

    def hang_up(self):
        """Ends the connection in the middle of whatever it was doing."""
        self.handler.close_connection = True
        try:
            self.handler.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Server:
    """Answers each request by `answer(request)`; `log` holds the requests in the order of their coming."""

    def __init__(self, tls=None):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A client's idle connection does not keep a test from ending.
            timeout = 30

            def handle_any(self):
                request = Request(self)
                with server.lock:
                    server.log.append(request)
                server.answer(request)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def handle(self):
                try:
                    if tls:
                        self.request.do_handshake()
                    super().handle()
                except (OSError, ValueError):
                    pass  # the client has gone, which is its right

            def finish(self):
                try:
                    super().finish()
                except (OSError, ValueError):
                    pass

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_):
                if not server.is_stopping:
                    super().handle_error(*_)

        self.is_stopping = False
        self.lock = threading.Lock()
        self.log = []
        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.scheme = "https" if tls else "http"
        self.url = f"{self.scheme}://{self.host}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate, tls.key)
            self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True,
                                                       do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def answer(self, request):
        raise NotImplementedError

    def asked(self, part="", method=None):
        """The requests whose target holds `part`."""
        with self.lock:
            return [request for request in self.log if part in request.target and method in (None, request.method)]

    def stop(self):
        self.is_stopping = True
        self.listener.shutdown()
        self.listener.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Recorder(Server):
    """Answers everything alike and keeps the requests: another party, who must not be told a secret."""

    def __init__(self, status=404, headers=(), body=b"", tls=None):
        super().__init__(tls)
        self.given = (status, list(headers), body)

    def answer(self, request):
        request.reply(*self.given)
