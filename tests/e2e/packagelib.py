# SPDX-License-Identifier: Apache-2.0
"""What tests of package managers share: running their tools, and plimsoll's list of what is in a root file system."""
import os
import shutil
import subprocess

from imagelib import Skip, run, same


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"no {program} here")


def tool(*arguments, **options):
    done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=options.pop("timeout", 300), **options)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr.decode()[-2000:]}")
    return done.stdout.decode()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def inventory(*arguments):
    result = run("sbom", "--format", "json", *arguments, timeout=300)
    same(result.status, 0, result.err)
    return result.json["components"]


def components(root, *options):
    return inventory(*options, "dir:" + root)


def of_type(listed, kind):
    return [c for c in listed if c["type"] == kind]


def pairs(listed):
    return sorted((c["name"], c["version"]) for c in listed)
