#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A server that answers as a test says, byte for byte: over TCP, TLS or a Unix socket.

A site is a dictionary from paths to functions(connection, request, count), `count` being 1 for the
first request of that path. A function that returns True ends the connection.
"""
import collections
import socket
import ssl
import struct
import subprocess
import threading

Request = collections.namedtuple("Request", "method target headers body connection")


class Connection:
    def __init__(self, raw, number):
        self.socket = raw
        self.number = number
        self.file = raw.makefile("rb")

    def read_request(self):
        line = self.file.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = {}
        for text in iter(self.file.readline, b"\r\n"):
            if not text:
                return None
            name, value = text.decode("latin-1").split(":", 1)
            headers[name.lower()] = value.strip()
        if headers.get("expect") == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(headers.get("content-length", 0))
        body = self.file.read(length)
        if len(body) < length:
            return None
        if headers.get("transfer-encoding") == "chunked":
            while size := int(self.file.readline(), 16):
                body += self.file.read(size)
                self.file.readline()
            self.file.readline()
        return Request(line[0], line[1], headers, body, self.number)

    def send(self, data):
        self.socket.sendall(data)

    def head(self, status, *headers):
        lines = ["HTTP/1.1 %d Because" % status] + list(headers)
        self.send("".join(line + "\r\n" for line in lines + [""]).encode("latin-1"))

    def answer(self, status, body=b"", *headers):
        self.head(status, "Content-Length: %d" % len(body), *headers)
        self.send(body)

    def wait_until_closed(self):
        """Says nothing more, for as long as the client has patience."""
        try:
            while self.socket.recv(65536):
                pass
        except OSError:
            pass
        return True

    def reset(self):
        """Closes without a farewell: the client sees "connection reset"."""
        self.file.close()
        raw = self.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        return True


class Server:
    def __init__(self, site, tls=None, unix=None):
        self.site = site
        self.tls = tls
        self.requests = []
        self.counts = collections.Counter()
        self.connections = 0
        if unix:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(unix)
            self.listener.listen(64)
        else:
            self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, path="/", host="127.0.0.1"):
        return "%s://%s:%d%s" % ("https" if self.tls else "http", host, self.port, path)

    def accept(self):
        while True:
            raw, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(raw, self.connections), daemon=True).start()

    def serve(self, raw, number):
        try:
            if self.tls:
                raw = self.shake_hands(raw)
            if isinstance(self.site, dict):
                self.speak(Connection(raw, number))
            else:
                self.site(raw)
        except (OSError, ValueError):
            pass  # the client has gone, or does not take our certificate
        finally:
            raw.close()

    def shake_hands(self, raw):
        """A handshake that fails ends as real servers end it: the alert arrives before the end."""
        secure = self.tls.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        try:
            secure.do_handshake()
            return secure
        except ssl.SSLError:
            with socket.socket(fileno=secure.detach()) as plain:
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(65536):
                    pass
            raise

    def speak(self, connection):
        while request := connection.read_request():
            path = request.target.split("?")[0]
            self.counts[path] += 1
            self.requests.append(request)
            handler = self.site.get(path) or self.site[None]
            if handler(connection, request, self.counts[path]):
                connection.file.close()
                return

    def forget(self):
        self.requests.clear()
        self.counts.clear()


class Authority:
    """A certificate authority in a directory, by the openssl program."""

    def __init__(self, directory, name):
        self.base = "%s/%s" % (directory, name)
        self.certificate = self.base + ".pem"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", self.base + ".key", "-out", self.certificate,
                     "-subj", "/CN=" + name, "-days", "2",
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl"] + list(arguments), check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def issue(self, name, subject, *key_options):
        """The paths of a certificate and its key for a host, as openssl spells it: DNS:x, IP:x."""
        base = "%s-%s" % (self.base, name)
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     *(key_options or ("-nodes",)), "-keyout", base + ".key", "-out",
                     base + ".csr", "-subj", "/CN=" + name)
        with open(base + ".ext", "w", encoding="utf-8") as file:
            file.write("subjectAltName=%s\n" % subject)
        self.openssl("x509", "-req", "-in", base + ".csr", "-CA", self.certificate, "-CAkey",
                     self.base + ".key", "-CAcreateserial", "-days", "2", "-extfile",
                     base + ".ext", "-out", base + ".pem")
        return base + ".pem", base + ".key"

    def context(self, name, subject, protocols=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, subject))
        if protocols:
            context.set_alpn_protocols(protocols)
        return context
