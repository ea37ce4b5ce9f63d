# SPDX-License-Identifier: Apache-2.0
"""Prints each CVSS vector that stands beside its base score in the JSON documents of a folder of
.tar.zst archives: vector, tab, score. 4.0 vectors with threat metrics are left out where the score
beside them is that of the base metrics alone."""
import glob
import json
import subprocess
import sys
import tarfile
import tempfile

seen = set()


def walk(node):
    if isinstance(node, list):
        for item in node:
            walk(item)
    elif isinstance(node, dict):
        vector, score = node.get("vectorString"), node.get("baseScore")
        if isinstance(vector, str) and isinstance(score, (int, float)):
            seen.add((vector, float(score)))
        for item in node.values():
            walk(item)


for path in sorted(glob.glob(sys.argv[1] + "/*.tar.zst")):
    with tempfile.TemporaryFile() as plain:
        subprocess.run(["zstd", "-dcq", path], stdout=plain, check=True)
        plain.seek(0)
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            for member in archive:
                if not member.isfile() or not member.name.endswith(".json"):
                    continue
                try:
                    walk(json.load(archive.extractfile(member)))
                except ValueError:
                    pass
for vector, score in sorted(seen):
    print(f"{vector}\t{score}")
