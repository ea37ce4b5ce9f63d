#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Times catalogers on trees where there is much to read, with hyperfine.

usage: tests/bench/inventory.py BUILD-DIRECTORY [--runs N] [--keep DIR]

million     a tree of 1,000,000 small files that nobody wants
npm         node_modules with 15,000 packages of five files each
jars        fat jars of 500 MB together, each with jars and pom.properties inside
images      `sbom` of two images of this machine's own files (scan.py makes them), with all catalogers and with those
            of distributions alone; each pair of runs in turn, and their ratio

Prints seconds (median and range) and the peak memory of the largest process. The paths of this machine go through
path_filter as well, which tells what the decision about one path costs.
"""
import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

DISTRIBUTIONS = "apk,dpkg,dpkg-copyright,rpm"


def make_million(root):
    for a in range(100):
        for b in range(100):
            folder = f"{root}/d{a:02}/s{b:02}"
            os.makedirs(folder)
            for c in range(100):
                with open(f"{folder}/file{c:02}.txt", "w", encoding="ascii") as out:
                    out.write("x")


def make_npm(root):
    for number in range(15_000):
        scope = f"@s{number % 50}/" if number % 5 == 0 else ""
        folder = f"{root}/node_modules/{scope}p{number}"
        os.makedirs(folder + "/lib")
        with open(folder + "/package.json", "w", encoding="ascii") as out:
            json.dump({"name": f"{scope}p{number}", "version": f"1.{number % 40}.{number % 7}", "license": "MIT",
                       "description": "text " * 30, "main": "lib/index.js", "keywords": ["a", "b", "c"],
                       "repository": {"type": "git", "url": f"git+https://host.example/p{number}.git"},
                       "dependencies": {f"p{(number * 7 + i) % 15_000}": "^1.0.0" for i in range(4)},
                       "devDependencies": {f"d{i}": "*" for i in range(8)},
                       "scripts": {"test": "tap", "build": "tsc"}}, out, indent=2)
        for name in ("lib/index.js", "lib/a.js", "README.md", "LICENSE"):
            with open(f"{folder}/{name}", "w", encoding="ascii") as out:
                out.write("module.exports = 1\n" * 20)


def make_jars(root):
    source = random.Random(1)
    classes = [bytes(source.choices(range(256), weights=[8] * 64 + [1] * 192, k=20_000)) for _ in range(50)]
    os.makedirs(root + "/app")
    total = 0
    number = 0
    while total < 500_000_000:
        path = f"{root}/app/fat{number}.jar"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as jar:
            jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
            for part in range(40):
                jar.writestr(f"META-INF/maven/org.example/a{number}-{part}/pom.properties",
                             f"groupId=org.example\nartifactId=a{number}-{part}\nversion=1.{part}\n")
            for index in range(1500):
                jar.writestr(f"org/example/C{index}.class", classes[(index + number) % len(classes)])
        total += os.path.getsize(path)
        number += 1
        if number == 1:
            # The rest are copies with other coordinates: compressing them anew takes minutes.
            size = os.path.getsize(path)
            while total < 500_000_000:
                shutil.copy(path, f"{root}/app/fat{number}.jar")
                total += size
                number += 1


def hyperfine(command, runs):
    """Seconds of each run."""
    with tempfile.NamedTemporaryFile() as result:
        subprocess.run(["hyperfine", "-N", "--warmup", "1", "--runs", str(runs), "--export-json", result.name,
                        " ".join(command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.load(result)["results"][0]["times"]


def peak_mb(command):
    """Of the largest process, in a process of its own, since the kernel keeps the largest of all."""
    child = os.fork()
    if child == 0:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        os._exit(min(255, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def show(name, times, peak=""):
    print(f"{name:28} {statistics.median(times):7.2f} s ({min(times):.2f} to {max(times):.2f}) {peak}", flush=True)


def trees(plimsoll, where, runs):
    for name, make in (("million", make_million), ("npm", make_npm), ("jars", make_jars)):
        root = f"{where}/{name}"
        if not os.path.isdir(root):
            os.makedirs(root)
            make(root)
        command = [plimsoll, "sbom", "--format", "purl", f"dir:{root}"]
        show(name, hyperfine(command, runs), f"{peak_mb(command)} MB")


def timed(command):
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def images(plimsoll, where, runs):
    sys.path.insert(0, os.path.dirname(__file__))
    from scan import make_image, pick_files
    for layers in (1, 5):
        layout = f"{where}/image-{layers}"
        if not os.path.isdir(layout):
            os.makedirs(layout)
            make_image(layout, list(pick_files()), layers)
        for jobs in ("1", "2"):
            command = [plimsoll, "sbom", "--no-cache", "--jobs", jobs, "--format", "purl", f"oci-dir:{layout}"]
            few = command + ["--catalogers", DISTRIBUTIONS]
            pairs = [(timed(few), timed(command)) for _ in range(runs)]
            ratios = [b / a for a, b in pairs]
            print(f"{layers} layers, {jobs} jobs: distributions alone {statistics.median(a for a, _ in pairs):.2f} s, "
                  f"all {statistics.median(b for _, b in pairs):.2f} s, ratio {statistics.median(ratios):.2f} "
                  f"({min(ratios):.2f} to {max(ratios):.2f})", flush=True)


def path_filter(build):
    listing = subprocess.run(["find", "/", "-xdev", "-printf", "%P\\n"], capture_output=True, check=False).stdout
    subprocess.run([f"{build}/tests/path_filter"], input=listing, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keep", metavar="DIR", help="where to make the trees and leave them")
    options = parser.parse_args()
    plimsoll = os.path.abspath(f"{options.build}/plimsoll")
    path_filter(options.build)
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as own:
        where = options.keep or own
        trees(plimsoll, where, options.runs)
        images(plimsoll, where, options.runs)


if __name__ == "__main__":
    main()
