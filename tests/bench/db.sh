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
# A thousand packages of the export, scattered.
python3 - "$export_dir" >"$database/keys" <<'P'
import glob, hashlib, json, os, sys, zipfile
keys = set()
for path in glob.glob(os.path.join(glob.escape(sys.argv[1]), "*", "all.zip")):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            for affected in json.loads(archive.read(name)).get("affected") or []:
                package = affected.get("package")
                if package:
                    keys.add("%s\t%s" % (package["ecosystem"], package["name"]))
print("\n".join(sorted(keys, key=lambda key: hashlib.sha256(key.encode()).digest())[:1000]))
P
for turn in 1 2 3; do
    "$build/tests/db_lookup" "$database" <"$database/keys"
done
