# SPDX-License-Identifier: Apache-2.0
"""Whose servers an update asks when nobody names a feed: a proxy on loopback notes them, and lets nobody through.
usage: feed_reading.py PLIMSOLL"""
import concurrent.futures
import http.server
import os
import subprocess
import sys
import tempfile
import threading

PLIMSOLL = sys.argv[1]
EVERYBODY = {"osv-vulnerabilities.storage.googleapis.com", "www.cisa.gov", "epss.empiricalsecurity.com"}
# What OSV's export does not have, or not whole.
NATIVE = {"cdn.amazonlinux.com", "linux.oracle.com", "security.access.redhat.com", "security.almalinux.org",
          "security.archlinux.org"}
CASES = (
    ([], EVERYBODY | NATIVE),
    (["--ecosystems", "debian:12,npm"], EVERYBODY),
    (["--ecosystems", "amzn:2"], EVERYBODY | {"cdn.amazonlinux.com"}),
    (["--ecosystems", "AlmaLinux:9,cpan"], EVERYBODY | {"security.almalinux.org", "raw.githubusercontent.com"}),
    (["--ecosystems", "rhel:9"], EVERYBODY | {"security.access.redhat.com"}),
    (["--ecosystems", "fedora:42"], EVERYBODY | {"dl.fedoraproject.org"}),
    (["--feed", "arch"], {"security.archlinux.org"}),
)


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self):
        self.server.asked.add(self.path.rsplit(":", 1)[0])
        self.send_error(403)

    def log_message(self, *words):
        pass


def check(case):
    options, hosts = case
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.asked = set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = "http://127.0.0.1:%d" % server.server_port
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with tempfile.TemporaryDirectory() as database:
        done = subprocess.run([PLIMSOLL, "db", "update", "--db", database, *options], encoding="utf-8",
                              env={**clean, "https_proxy": proxy, "http_proxy": proxy}, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == 3, done
        assert not os.path.exists(os.path.join(database, "current"))
    assert server.asked == hosts, (options, server.asked ^ hosts)
    server.shutdown()


# A server that does not answer is asked again after a while: they wait side by side.
with concurrent.futures.ThreadPoolExecutor(len(CASES)) as pool:
    list(pool.map(check, CASES))
print("%d updates asked whom they should" % len(CASES))
