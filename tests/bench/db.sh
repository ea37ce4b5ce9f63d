#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the database from an export three times and times look-ups in it.
# usage: db.sh BUILD-DIRECTORY EXPORT-DIRECTORY
set -eu
build=$1
export_dir=$2
database=$(mktemp -d)
trap 'rm -rf "$database"' EXIT
for turn in 1 2 3; do
    /usr/bin/time -f "%e s wall, %U s user, %S s system, peak %M KiB" \
        "$build/plimsoll" db update --db "$database" --from "$export_dir" --format json >"$database/told"
    cat "$database/told" | python3 -c '
import json, sys
told = json.load(sys.stdin)
print("%.1f MB of JSON, database %.1f MB (%.0f %%)" % (told["read_bytes"] / 1e6,
      told["size_bytes"] / 1e6, 100 * told["size_bytes"] / told["read_bytes"]))'
done
# Five hundred packages of each, scattered: in a version of the middle of those listed, and in the last one that fixes.
python3 - "$export_dir" "$database" <<'P'
import hashlib, json, os, sys, zipfile
for ecosystem in ("AlmaLinux:9", "Go", "PyPI"):
    listed, fixed = {}, {}
    with zipfile.ZipFile(os.path.join(sys.argv[1], ecosystem.split(":")[0], "all.zip")) as archive:
        for name in archive.namelist():
            for affected in json.loads(archive.read(name)).get("affected") or []:
                package = affected.get("package") or {}
                if package.get("ecosystem") != ecosystem:
                    continue
                fixes = [event["fixed"] for row in affected.get("ranges") or [] if row["type"] != "GIT"
                         for event in row["events"] if "fixed" in event]
                fixed.setdefault(package["name"], []).extend(fixes)
                listed.setdefault(package["name"], []).extend(affected.get("versions") or fixes)
    names = sorted((name for name in listed if listed[name]),
                   key=lambda name: hashlib.sha256(name.encode()).digest())
    for kind, versions in ("middle", listed), ("fixed", fixed):
        with open("%s/keys.%s.%s" % (sys.argv[2], ecosystem, kind), "w") as keys:
            for name in names[:500]:
                of = versions[name] or listed[name]
                version = of[len(of) // 2 if kind == "middle" else -1]
                keys.write("%s\t%s\t%s\n" % (ecosystem, name, version))
P
for keys in "$database"/keys.*; do
    for turn in 1 2 3; do
        printf '%s: ' "${keys##*/keys.}"
        "$build/tests/db_lookup" "$database" <"$keys"
    done
done
