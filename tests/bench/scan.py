#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times `plimsoll scan` against the floor (floor.c) on two images made of this machine's own files.

usage: tests/bench/scan.py BUILD-DIRECTORY [--runs N] [--keep DIR]

Makes an OCI layout of one layer and one of five, each of at least 300 MB uncompressed, scans them with --jobs 1
and --jobs 2, and runs the floor on the same blobs in turn with each scan, so that a ratio is taken between two
runs that follow one another. Prints the median of the ratios, and the peak memory: of the largest process, and
of all processes of the scan together (PSS, sampled).
"""
import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

WANTED_BYTES = 320_000_000
ROOTS = ["/var/lib/dpkg", "/etc/os-release", "/usr/lib/os-release", "/usr/share/doc", "/usr/bin", "/usr/lib", "/usr/share"]


def pick_files(wanted_bytes=WANTED_BYTES):
    """Files of this machine, package data first, up to the wanted size."""
    total = 0
    seen = set()
    for root in ROOTS:
        walk = [(os.path.dirname(root), [], [os.path.basename(root)])] if not os.path.isdir(root) else os.walk(root)
        for where, dirs, names in walk:
            dirs.sort()
            for name in sorted(names):
                path = os.path.join(where, name)
                if path in seen or os.path.islink(path) or not os.path.isfile(path):
                    continue
                seen.add(path)
                total += (os.path.getsize(path) + 1023) // 512 * 512
                yield path
                if total > wanted_bytes:
                    return


def write_blob(layout, data):
    digest = hashlib.sha256(data).hexdigest()
    path = os.path.join(layout, "blobs", "sha256", digest)
    with open(path, "wb") as out:
        out.write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}, path


def make_image(layout, files, layers, is_packed=True):
    os.makedirs(os.path.join(layout, "blobs", "sha256"))
    blobs, descriptors, diff_ids = [], [], []
    # Largest first into the layer that has least, so that the layers are alike in size.
    groups, filled = [[] for _ in range(layers)], [0] * layers
    for path in sorted(files, key=os.path.getsize, reverse=True):
        least = filled.index(min(filled))
        groups[least].append(path)
        filled[least] += os.path.getsize(path) + 512
    for group in groups:
        with tempfile.TemporaryFile() as plain:
            with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
                for path in sorted(group):
                    try:
                        tar.add(path, path.lstrip("/"), recursive=False)
                    except OSError:
                        pass
            plain.seek(0)
            data = plain.read()
        diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
        if is_packed:
            data = subprocess.run(["gzip", "-6", "-n"], input=data, stdout=subprocess.PIPE, check=True).stdout
        descriptor, path = write_blob(layout, data)
        descriptor["mediaType"] = "application/vnd.oci.image.layer.v1.tar" + ("+gzip" if is_packed else "")
        descriptors.append(descriptor)
        blobs.append(path)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    config, _ = write_blob(layout, json.dumps({
        "os": "linux", "architecture": machine, "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode())
    config["mediaType"] = "application/vnd.oci.image.config.v1+json"
    manifest, _ = write_blob(layout, json.dumps({"schemaVersion": 2, "config": config, "layers": descriptors}).encode())
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json"
    with open(os.path.join(layout, "index.json"), "w") as out:
        json.dump({"schemaVersion": 2, "manifests": [manifest]}, out)
    with open(os.path.join(layout, "oci-layout"), "w") as out:
        json.dump({"imageLayoutVersion": "1.0.0"}, out)
    return blobs


def timed(command):
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def largest_process(command):
    """Peak resident bytes of the largest process of the command, its children included."""
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    out = subprocess.run([sys.executable, "-c", code] + command, stdout=subprocess.PIPE, check=True).stdout
    return int(out) * 1024


def pss_of_tree(root):
    total, queue = 0, [root]
    while queue:
        pid = queue.pop()
        try:
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) * 1024
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                queue += children.read().split()
        except (OSError, StopIteration):
            pass
    return total


def all_processes(command):
    """Peak of the proportional set size of all processes of the command, sampled."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, pss_of_tree(process.pid))
        time.sleep(0.005)
    return peak


def starter_database(plimsoll, scratch):
    database = os.path.join(scratch, "db")
    starter = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../data/starter")
    subprocess.run([plimsoll, "db", "update", "--db", database, "--from", starter], stdout=subprocess.DEVNULL, check=True)
    return database


def print_row(name, jobs, scan, floor, runs):
    """Each scan is paired with a floor that follows it."""
    timed(floor), timed(scan)
    pairs = [(timed(scan), timed(floor)) for _ in range(runs)]
    ratios = sorted(a / b for a, b in pairs)
    scans, floors = (statistics.median(column) for column in zip(*pairs))
    print(f"| {name} | {jobs} | {floors:.3f} s | {scans:.3f} s | {statistics.median(ratios):.2f} "
          f"({ratios[0]:.2f} to {ratios[-1]:.2f}) | {largest_process(scan) / 1e6:.0f} MB "
          f"| {all_processes(scan) / 1e6:.0f} MB |", flush=True)


def measure(build, database, name, layout, blobs, runs):
    floor = [os.path.join(build, "tests", "bench_floor")] + blobs
    for jobs in (1, 2):
        scan = [os.path.join(build, "plimsoll"), "scan", "--db", database, "--no-cache", "--format", "json", "--jobs",
                str(jobs), "oci-dir:" + layout]
        print_row(name, jobs, scan, floor, runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", help="make the images here, and use them again if they are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        where = options.keep or scratch
        database = starter_database(os.path.join(options.build, "plimsoll"), scratch)
        files = None
        print("| image | jobs | floor | scan | scan / floor | largest process | all processes |")
        print("|---|---|---|---|---|---|---|")
        for name, layers in (("one layer", 1), ("five layers", 5)):
            layout = os.path.join(where, f"layers-{layers}")
            listing = layout + ".blobs"
            if os.path.exists(listing):
                with open(listing) as names:
                    blobs = names.read().split()
            else:
                files = files or list(pick_files())
                blobs = make_image(layout, files, layers)
                with open(listing, "w") as out:
                    out.write("\n".join(blobs))
            measure(options.build, database, name, layout, blobs, options.runs)


if __name__ == "__main__":
    main()
