#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times a cold `plimsoll scan` from a registry on this machine against the floor (floor.c) on the same blobs.

usage: tests/bench/registry.py BUILD-DIRECTORY [--runs N] [--keep DIR]

Makes an image of five layers and 1 GB of this machine's own files, once gzip-compressed and once plain, pushes both
into Debian's docker-registry, and scans them with --jobs 1 and 2 without the cache. The floor fetches the same blobs over
a plain socket and verifies them, in as many processes: of compressed layers both digests (fetch, hash, inflate, hash,
walk), of plain ones the only one there is (fetch, hash). Each scan is paired with a floor that follows it. Last comes
what a scan costs when the layers are known from the cache, from the registry and from the OCI layout.
"""
import argparse
import os
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from registrylib import Registry  # noqa: E402
from scan import make_image, pick_files, print_row, starter_database, timed  # noqa: E402

WANTED_BYTES = 1_000_000_000


def prepare(where, is_packed):
    layout = os.path.join(where, "layers-5-1g" + ("" if is_packed else "-plain"))
    listing = layout + ".blobs"
    if not os.path.exists(listing):
        blobs = make_image(layout, list(pick_files(WANTED_BYTES)), 5, is_packed)
        with open(listing, "w", encoding="utf-8") as out:
            out.write("\n".join(blobs))
    with open(listing, encoding="utf-8") as names:
        return layout, names.read().split()


def compare(plimsoll, database, floor, name, image, runs):
    for jobs in (1, 2):
        scan = [plimsoll, "scan", "--no-cache", "--db", database, "--format", "json", "--jobs", str(jobs), image]
        least = [floor[0], "--jobs", str(jobs), *floor[1:]]
        print_row(name, jobs, scan, least, runs)


def known(plimsoll, database, image, layout, runs):
    print("\n| known layers | median | best |\n|---|---|---|")
    for name, source in (("registry", image), ("OCI layout", "oci-dir:" + layout)):
        scan = [plimsoll, "scan", "--db", database, "--format", "json", source]
        timed(scan)
        times = sorted(timed(scan) * 1000 for _ in range(runs * 3))
        print(f"| {name} | {statistics.median(times):.1f} ms | {times[0]:.1f} ms |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", help="make the image here, and use it again if it is there")
    options = parser.parse_args()
    plimsoll = os.path.join(options.build, "plimsoll")
    floor = os.path.join(options.build, "tests", "bench_floor")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PLIMSOLL_CACHE"] = os.path.join(scratch, "cache")
        database = starter_database(plimsoll, scratch)
        where = options.keep or scratch
        with Registry(os.path.join(scratch, "registry")) as registry:
            print("| layers | jobs | floor | scan | scan / floor | largest process | all processes |\n"
                  "|---|---|---|---|---|---|---|")
            for name, is_packed in (("gzip", True), ("plain", False)):
                layout, blobs = prepare(where, is_packed)
                registry.push(layout, "bench/" + name, "1")
                urls = [f"http://{registry.host}/v2/bench/{name}/blobs/sha256:{os.path.basename(blob)}" for blob in blobs]
                compare(plimsoll, database, [floor] + ([] if is_packed else ["--stored"]) + urls, name,
                        f"registry:{registry.host}/bench/{name}:1", options.runs)
            known(plimsoll, database, f"registry:{registry.host}/bench/plain:1", layout, options.runs)


if __name__ == "__main__":
    main()
