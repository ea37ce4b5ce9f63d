# SPDX-License-Identifier: Apache-2.0
"""A publisher's server for tests: files by path, with ranges and conditions."""
import email.utils
import http.server
import re
import threading


def rfc3339(at):
    return email.utils.datetime.datetime.fromtimestamp(
        at, email.utils.datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.123456Z")


class Site:
    """Files by path, with when they were made. Knows ranges and conditions, and counts what is asked."""

    def __init__(self):
        self.files = {}
        self.broken = {}
        self.asked = []
        self.held = {}
        self.sent = 0
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # an answer in one piece

            def log_message(self, *arguments):
                pass

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "HEAD":
                    return
                self.wfile.write(body)
                site.sent += len(body) if status < 300 else 0

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                path = self.path
                site.asked.append(path if self.command == "GET" else "HEAD " + path)
                if path in site.held:
                    site.held[path].set()
                    return self.rfile.read()  # says nothing until the other side is gone
                if path in site.broken:
                    return self.answer(*site.broken[path])
                if path not in site.files:
                    return self.answer(404, b"<html>not here</html>", Content_Type="text/html")
                body, at = site.files[path]
                date = email.utils.formatdate(at, usegmt=True)
                etag = '"%x-%x"' % (at, len(body))
                if self.headers.get("If-None-Match") == etag:
                    return self.answer(304, ETag=etag)
                wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                if wanted and not site.is_simple:
                    first = int(wanted[1])
                    last = min(int(wanted[2] or len(body)), len(body) - 1)
                    if first > last:
                        return self.answer(416, Content_Range="bytes */%d" % len(body))
                    return self.answer(206, body[first:last + 1], Last_Modified=date, ETag=etag,
                                       Content_Range="bytes %d-%d/%d" % (first, last, len(body)))
                return self.answer(200, body, Last_Modified=date, ETag=etag)

        self.is_simple = False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # of a client that had enough
        self.base = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def put(self, path, body, at=1767225600):
        self.files[path] = (body if isinstance(body, bytes) else body.encode(), at)

    def take_asked(self):
        asked, self.asked = self.asked, []
        return asked
