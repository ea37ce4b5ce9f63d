#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds plimsoll and runs its tests.
#
#   ./test.sh                       everything
#   ./test.sh check unit fuzz e2e   these parts, in this order; bench is only run when named
#
# "release" is gcc with optimisation, "asan" is clang with AddressSanitizer and
# UndefinedBehaviorSanitizer; both with warnings as errors. The last line is
# "N passed, N failed, N skipped", and the exit status is 0 only when nothing failed.
set -u
cd "$(dirname "$0")" || exit 1

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export ASAN_OPTIONS=detect_leaks=1
# The Debian packages are for Debian's own interpreter, not for one that comes first in PATH.
PYTHON=/usr/bin/python3
PACKAGES="gcc clang-14 clang-format-14 libclang-rt-14-dev llvm-14 meson ninja-build pkg-config python3
  python3-jsonschema python3-yaml libcmocka-dev libjansson-dev libyaml-dev libxml2-dev libarchive-dev libisal-dev liblzma-dev libzstd-dev libssl-dev
  libcurl4-openssl-dev libsqlite3-dev libxml2-utils zstd gzip rpm python3-rpm python3-h2 distro-info-data skopeo openssl ca-certificates
  docker-registry apache2-utils protobuf-compiler docker.io containerd runc podman openssh-client openssh-server strace
  python3-packaging python3-venv ruby php-cli php-composer-semver composer debootstrap node-semver pacman-package-manager"

passed=0
failed=0
skipped=0
built=

say() {
    printf '\n== %s\n' "$*"
}

count() { # passed failed skipped
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}

install_packages() {
    command -v dpkg-query >/dev/null || return 0
    missing=
    for package in $PACKAGES; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "missing, and neither root nor sudo:$missing"; return 0; }
        as_root=sudo
    fi
    say "installing$missing"
    $as_root apt-get update -q
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing
}

build() { # name compiler options...
    name=$1
    compiler=$2
    shift 2
    [ -f "build/$name/build.ninja" ] || CC=$compiler meson setup "build/$name" --werror "$@" || return 1
    # Which files are tests is asked when the build is set up, and quickstart.sh sets it up without.
    meson setup --reconfigure "build/$name" --werror -Dtests=true "$@" >"build/$name/reconfigure.log" 2>&1 ||
        { cat "build/$name/reconfigure.log"; return 1; }
    ninja -C "build/$name"
}

build_both() {
    say "building release (gcc) and asan (clang-14)"
    build release gcc --buildtype=release &&
        build asan clang-14 --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
}

need_build() {
    if [ -z "$built" ]; then
        if build_both; then
            built=yes
            count 2 0 0
        else
            built=no
            echo "not ok build"
            count 0 1 0
        fi
    fi
    [ "$built" = yes ]
}

run_check() {
    say "checks"
    for check in layers source headers defs; do
        if "$PYTHON" "tools/check_$check.py" .; then
            count 1 0 0
        else
            echo "not ok check $check"
            count 0 1 0
        fi
    done
}

run_suite() { # meson suite
    need_build || return
    for name in release asan; do
        say "$1 tests in build/$name"
        log=build/$name/meson-logs/testlog.junit.xml
        rm -f "$log"
        meson test -C "build/$name" --no-rebuild --suite "$1" --print-errorlogs --num-processes 2
        status=$?
        before=$failed
        if counts=$("$PYTHON" tools/count_tests.py "$log"); then
            # shellcheck disable=SC2086
            count $counts
        else
            echo "not ok $1 tests in build/$name: no results"
            count 0 1 0
        fi
        # Whatever the results say, meson's own word is not to be lost.
        if [ $status -ne 0 ] && [ "$failed" -eq "$before" ]; then
            echo "not ok $1 tests in build/$name: meson test ended with status $status"
            count 0 1 0
        fi
    done
}

run_e2e() {
    need_build || return
    for name in release asan; do
        say "end-to-end tests of build/$name"
        e2e_of "$name"
    done
}

e2e_of() { # build
    mkdir -p "build/e2e/$1"
    export PLIMSOLL="$PWD/build/$1/plimsoll"
    # What is bounded in memory is measured without a sanitizer's own.
    PL_TEST_SANITIZED=
    [ "$1" = release ] || PL_TEST_SANITIZED=1
    export PL_TEST_SANITIZED
    for script in tests/e2e/*.sh; do
        [ -e "$script" ] || continue
        log=build/e2e/$1/$(basename "$script" .sh).log
        timeout 600 sh "$script" >"$log" 2>&1
        status=$?
        cat "$log"
        ok=$(grep -c '^ok ' "$log")
        bad=$(grep -c '^not ok ' "$log")
        # A script that ends badly without saying so, or says nothing at all, has failed.
        if [ "$bad" -eq 0 ] && { [ $status -ne 0 ] || ! grep -Eq '^(ok|skip) ' "$log"; }; then
            echo "not ok $(basename "$script"): exit status $status"
            bad=1
        fi
        count "$ok" "$bad" "$(grep -c '^skip ' "$log")"
    done
}

# Prints tables; docs/performance.md says how to read them.
run_bench() {
    need_build || return
    say "scanning against the floor"
    "$PYTHON" tests/bench/scan.py build/release || count 0 1 0
    say "the advisory database"
    export_dir=data/starter
    [ ! -d ../shared/feeds/osv ] || export_dir=../shared/feeds/osv
    sh tests/bench/db.sh build/release "$export_dir" || count 0 1 0
}

[ $# -gt 0 ] || set -- check unit fuzz e2e
for part in "$@"; do
    case $part in
    check | unit | fuzz | e2e | bench) ;;
    *)
        echo "usage: ./test.sh [check] [unit] [fuzz] [e2e] [bench]" >&2
        exit 2
        ;;
    esac
done
install_packages
for part in "$@"; do
    case $part in
    check) run_check ;;
    unit) run_suite unit ;;
    fuzz) run_suite fuzz ;;
    e2e)
        run_suite program
        run_e2e
        ;;
    bench) run_bench ;;
    esac
done
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
