#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From a fresh Debian or Ubuntu machine to a first result: installs what is needed, builds a
# release, makes an advisory database, and scans this machine.
#
#   ./quickstart.sh                everything
#   ./quickstart.sh --build-only   stops when build/release/plimsoll is there
#
# Needs root or sudo and a reachable package mirror; the internet is tried, not needed.
set -eu
cd "$(dirname "$0")"

PACKAGES="gcc meson ninja-build pkg-config curl ca-certificates libjansson-dev libyaml-dev libxml2-dev libarchive-dev libisal-dev liblzma-dev
  libzstd-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev"
FEED=https://osv-vulnerabilities.storage.googleapis.com
STARTER_DATE=2026-11-17
BINARY=build/release/plimsoll
DB=build/quickstart/db
REPORT=build/quickstart/report.json

fail() {
    echo "quickstart: $*" >&2
    exit 1
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this machine is neither Debian nor Ubuntu; see README.md for what to install"
    missing=
    for package in $PACKAGES; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "not root and no sudo; install:$missing"
        as_root=sudo
    fi
    echo "Installing:$missing"
    $as_root apt-get update -qq || fail "the package mirror cannot be reached"
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends $missing >/dev/null ||
        fail "installing failed"
}

build() {
    if [ ! -f build/release/build.ninja ]; then
        CC=gcc meson setup build/release --buildtype=release -Dtests=false >/dev/null ||
            fail "setting up the build failed; see build/release/meson-logs/meson-log.txt"
    fi
    ninja -C build/release plimsoll >build/release/quickstart.log ||
        fail "building failed; see build/release/quickstart.log"
    echo "Built $BINARY ($($BINARY --version))."
}

# Debian or Ubuntu, as the feed spells it: what this machine is, or what it derives from.
distribution() {
    # shellcheck disable=SC1091
    (. /etc/os-release && case " $ID ${ID_LIKE:-} " in
        *" ubuntu "*) echo Ubuntu ;;
        *" debian "*) echo Debian ;;
    esac)
}

# A download of the last day is used again, so that a second run is quick.
fetch_advisories() {
    name=$(distribution)
    [ -n "$name" ] || return 1
    into=build/quickstart/osv/$name
    mkdir -p "$into"
    if [ -n "$(find "$into" -name all.zip -mtime -1)" ]; then
        return 0
    fi
    curl -fsS --connect-timeout 5 --max-time 300 --speed-limit 1024 --speed-time 10 \
        -o "$into/all.zip.part" "$FEED/$name/all.zip" 2>/dev/null && mv "$into/all.zip.part" "$into/all.zip"
}

make_database() {
    mkdir -p build/quickstart
    if fetch_advisories; then
        echo "Using OSV's current advisories for $(distribution)."
        from=build/quickstart/osv
    else
        echo "No internet: using the starter advisories of $STARTER_DATE, which cover a part of Debian 11 and 12."
        from=data/starter
    fi
    stamp=build/quickstart/stamp
    newest=$(find "$from" -name all.zip -exec cksum {} +)
    if [ -d "$DB" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$newest" ]; then
        return 0
    fi
    $BINARY db update --db "$DB" --from "$from" || fail "making the advisory database failed"
    printf '%s' "$newest" >"$stamp"
}

scan() {
    echo
    $BINARY scan --db "$DB" --format table --format "json=$REPORT" dir:/ || fail "the scan failed"
    cat <<END

The whole report as JSON: $REPORT

Worth trying next:
  $BINARY sbom dir:/
  $BINARY scan --db $DB --fail-on high dir:/; echo "exit status \$?"
  $BINARY help scan
END
}

case ${1:-} in
"" | --build-only) ;;
*)
    echo "usage: ./quickstart.sh [--build-only]" >&2
    exit 2
    ;;
esac
install_packages
build
[ "${1:-}" = --build-only ] && exit 0
make_database
scan
