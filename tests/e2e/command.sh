#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line: exit statuses, help, suggestions, failed writes, completion.
set -u
: "${PLIMSOLL:?names the program}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

ok() {
    echo "ok command: $1"
}

not_ok() {
    echo "not ok command: $1: $2"
}

# expect NAME STATUS TEXT ARGUMENTS...: the exit status, and a text in what was printed.
expect() {
    name=$1
    wanted=$2
    text=$3
    shift 3
    "$PLIMSOLL" "$@" >"$work/out" 2>&1 </dev/null
    status=$?
    if [ $status -ne "$wanted" ]; then
        not_ok "$name" "exit status $status, not $wanted"
    elif ! grep -qF -- "$text" "$work/out"; then
        not_ok "$name" "does not say \"$text\""
    else
        ok "$name"
    fi
}

# answers NAME WANTED: the lines in $work/out, joined by blanks.
answers() {
    given=$(tr '\n' ' ' <"$work/out")
    if [ "$given" = "$2 " ]; then
        ok "$1"
    else
        not_ok "$1" "$given"
    fi
}

expect "version" 0 "plimsoll " --version
expect "help" 0 "Commands:" help
expect "help of a command" 0 "compare SCHEME" help version
expect "--help of a command" 0 "--fail-on" scan --help
expect "no command" 2 "Commands:"
expect "mistyped command" 2 "did you mean scan?" sacn
expect "mistyped option" 2 "did you mean --fail-on?" scan --fial-on high dir:/
expect "mistyped help topic" 2 "did you mean version?" help verison
expect "unknown version scheme" 2 "dpkg" version compare nonsense
expect "a version scheme without ranges" 2 "golang has no ranges" version in golang
expect "unknown version scheme with ranges" 2 "did you mean npm?" version in npn
expect "mistyped version action" 2 "did you mean compare?" version comprae npm
expect "version in without scheme" 2 "version scheme" version in
expect "unknown severity" 2 "critical, high" scan --fail-on severe dir:/
expect "two formats to standard output" 2 "only one --format" scan --format json --format table dir:/
expect "unknown format" 2 "did you mean json?" scan --format jsno dir:/
expect "no source" 2 "source" scan
expect "no database" 3 "db update" scan --db "$work/nothing" dir:/

tab=$(printf '\t')
printf '1.0-1\t1.0-1+deb12u1\n2\t1:1\n1.0\t1.0\n1.0~rc1\t1.0\nno pair\n' |
    "$PLIMSOLL" version compare dpkg >"$work/out"
answers "version compare" "< < = < invalid"

# A scheme answers to its other names; a range may be empty, and is no version.
printf '^1.2\t1.9.0\n^1.2\t2.0.0\n\t1.0.0\n^1.2\t1.2\nblerg\t1.0.0\n1.0.0\n' |
    "$PLIMSOLL" version in npm >"$work/out"
printf '~=1.4\t1.9\n' | "$PLIMSOLL" version in pypi >>"$work/out"
answers "version in" "in out in invalid invalid invalid in"

# A line of 10 MB is one answer, and not much memory.
{ head -c 10000000 /dev/zero | tr '\0' 1; printf '%s1\n1%s1\n' "$tab" "$tab"; } |
    "$PLIMSOLL" version compare dpkg >"$work/out"
answers "version compare on a huge line" "invalid ="
{ head -c 10000000 /dev/zero | tr '\0' 1; printf '%s1\n>=1%s1\n' "$tab" "$tab"; } |
    "$PLIMSOLL" version in pypi >"$work/out"
answers "version in on a huge line" "invalid in"

"$PLIMSOLL" help >/dev/full 2>"$work/err"
status=$?
if [ $status -eq 3 ] && grep -q "No space" "$work/err"; then
    ok "a full disk is a failure"
else
    not_ok "a full disk is a failure" "exit status $status"
fi
"$PLIMSOLL" help >&- 2>"$work/err"
status=$?
[ $status -eq 3 ] && ok "closed standard output is a failure" ||
    not_ok "closed standard output is a failure" "exit status $status"

if command -v bash >/dev/null; then
    "$PLIMSOLL" completion bash >"$work/completion"
    # shellcheck disable=SC2016
    got=$(bash -c '. "$1"; COMP_WORDS=(plimsoll sc); COMP_CWORD=1; _plimsoll; echo "${COMPREPLY[*]}"
        COMP_WORDS=(plimsoll scan --fail); COMP_CWORD=2; _plimsoll; echo "${COMPREPLY[*]}"
        COMP_WORDS=(plimsoll version co); COMP_CWORD=2; _plimsoll; echo "${COMPREPLY[*]}"
        COMP_WORDS=(plimsoll version in pe); COMP_CWORD=3; _plimsoll; echo "${COMPREPLY[*]}"
        COMP_WORDS=(plimsoll version in go); COMP_CWORD=3; _plimsoll; echo "${COMPREPLY[*]}"' - "$work/completion" | tr '\n' ' ')
    [ "$got" = "scan --fail-on compare pep440  " ] && ok "completion" || not_ok "completion" "$got"
else
    echo "skip command: completion: there is no bash"
fi
