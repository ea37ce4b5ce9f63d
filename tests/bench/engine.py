#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times the first scan of an image that an engine has, through its storage and through the archive it makes.

usage: tests/bench/engine.py BUILD-DIRECTORY [--runs N]

A private dockerd and a private podman get an image of five layers, 320 MB of this machine's own files. It is scanned
by root, who reads the layers as directories, and by root without CAP_SYS_ADMIN, to whom they come over the same socket
as `docker save` would write them; in turn, without plimsoll's cache. Prints medians, the smallest and the largest.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
import enginelib  # noqa: E402
import imagelib  # noqa: E402
import scan  # noqa: E402

LAYERS = 5


def make_layers():
    groups, filled = [[] for _ in range(LAYERS)], [0] * LAYERS
    for path in sorted(scan.pick_files(), key=os.path.getsize, reverse=True):
        least = filled.index(min(filled))
        groups[least].append(path)
        filled[least] += os.path.getsize(path) + 512
    for group in groups:
        entries = []
        for path in sorted(group):
            with open(path, "rb") as file:
                entries.append(imagelib.entry(path.lstrip("/"), file.read()))
        yield imagelib.make_tar(entries)


def timed(program, database, at, scheme, before):
    start = time.monotonic()
    subprocess.run([*before, program, "scan", "--db", database, "--no-cache", "--format", "json", f"{scheme}:test:1"],
                   env=at.scan_env, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def spread(times):
    return f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    program = os.path.join(options.build, "plimsoll")
    with tempfile.TemporaryDirectory() as where:
        subprocess.run([program, "db", "update", "--db", where + "/db", "--from", os.path.join(HERE, "../../data/starter")],
                       stdout=subprocess.DEVNULL, check=True)
        archive = imagelib.docker_archive(where + "/image.tar", list(make_layers()))
        print("| engine | through its storage | through its archive | |\n|---|---|---|---|")
        for scheme, kind in (("docker", enginelib.Docker), ("podman", enginelib.PodmanOverlay)):
            with kind() as at:
                at.load(archive)
                lesser = [enginelib.need("setpriv"), "--bounding-set", "-sys_admin"]
                pairs = [tuple(timed(program, where + "/db", at, scheme, before) for before in ([], lesser))
                         for _ in range(options.runs + 1)][1:]
                near, away = zip(*pairs)
                ratio = statistics.median(b / a for a, b in pairs)
                print(f"| {scheme} | {spread(near)} | {spread(away)} | {ratio:.1f} times |", flush=True)


if __name__ == "__main__":
    main()
