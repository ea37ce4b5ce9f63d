# SPDX-License-Identifier: Apache-2.0
"""Runs http_get, whose path is the first argument, and judges what it answers, for the tests of the HTTP client.

Every failure is checked for its class and its words, and nothing that is secret may be among them.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

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


def main(checks):
    """Runs the checks, each given a directory of its own to put things into, or those that are named."""
    only = sys.argv[2:]
    for check in checks:
        if only and check.__name__ not in only:
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as top:
            check(top)
        print("%-16s %5.1f s" % (check.__name__, time.monotonic() - started), flush=True)
