#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A scan of a small root file system with the starter advisories: what is told, and where it goes.
set -u
: "${PLIMSOLL:?names the program}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

check() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok report: $name"
    else
        echo "not ok report: $name: $(head -c 300 "$work/said" | tr '\n' ' ')"
    fi
}

status_is() { # WANTED COMMAND...
    wanted=$1
    shift
    "$@" >/dev/null 2>"$work/err"
    got=$?
    [ $got -eq "$wanted" ] || { echo "exit status $got, not $wanted: $(cat "$work/err")"; return 1; }
}

mkdir -p "$work/root/etc" "$work/root/var/lib/dpkg"
cat >"$work/root/etc/os-release" <<END
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
END
# Bookworm was released with expat 2.5.0-1; its changelog names CVE-2023-52425 in the entry of
# 2.5.0-1+deb12u2. So that is found in the first, and nothing in a version after all entries.
cat >"$work/root/var/lib/dpkg/status" <<END
Package: libexpat1
Status: install ok installed
Architecture: amd64
Source: expat
Version: 2.5.0-1

END
check "database from the starter advisories" "$PLIMSOLL" db update --db "$work/db" --from data/starter
scan() {
    "$PLIMSOLL" scan --db "$work/db" "$@"
}

check "scan" status_is 0 scan --format "json=$work/a.json" --format table "dir:$work/root"
check "schema" /usr/bin/python3 tests/check_report.py docs/schema/report-1.0.json "$work/a.json"
check "finding" grep -q '"CVE-2023-52425"' "$work/a.json"
check "fixed version" grep -q '"2.5.0-1+deb12u2"' "$work/a.json"
scan --format json "dir:$work/root" >"$work/b.json"
check "the same bytes twice" cmp "$work/a.json" "$work/b.json"
check "outside policy" status_is 1 scan --fail-on unknown "dir:$work/root"
check "within policy" status_is 0 scan --fail-on critical "dir:$work/root"
scan "dir:$work/root" >"$work/table"
check "what to do next" grep -qx '  apt-get update && apt-get install -y --only-upgrade libexpat1' "$work/table"
check "no colour in a file" sh -c '! grep -q "$(printf "\033")" "$1"' - "$work/table"
check "a full disk is a failure" status_is 3 scan --format json=/dev/full "dir:$work/root"
check "a special file stays one" test -c /dev/full

# script(1) gives a terminal.
if command -v script >/dev/null; then
    PL_DB="$work/db" PL_ROOT="$work/root" TERM=xterm script -qec \
        'stty cols 60; "$PLIMSOLL" scan --db "$PL_DB" "dir:$PL_ROOT"' /dev/null >"$work/typescript" </dev/null
    check "colour on a terminal" grep -q "$(printf '\033\\[1m')PACKAGE" "$work/typescript"
else
    echo "skip report: colour on a terminal: there is no script(1)"
fi

sed -i 's/2.5.0-1$/2.5.0-1+deb12u9/' "$work/root/var/lib/dpkg/status"
scan "dir:$work/root" >"$work/table"
check "nothing found is said shortly" grep -qx 'No known vulnerabilities.' "$work/table"
check "inventory" status_is 0 "$PLIMSOLL" sbom --format "plimsoll-json=$work/i.json" "dir:$work/root"
check "schema of the inventory" /usr/bin/python3 tests/check_report.py docs/schema/report-1.0.json "$work/i.json"
