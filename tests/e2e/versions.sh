#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The collected version vectors through the command: version compare and version in, answer by answer.
set -u
: "${PLIMSOLL:?names the program}"
vectors=${PL_TEST_CORPUS:-$(dirname "$0")/../../../shared/corpus}/version
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

if [ ! -d "$vectors" ]; then
    echo "skip versions: no vectors in $vectors"
    exit 0
fi

for file in "$vectors"/*.tsv; do
    name=$(basename "$file" .tsv)
    verb=compare
    case $name in *-ranges) verb=in ;; esac
    cut -f2 "$file" >"$work/wanted"
    cut -f1,3 "$file" | "$PLIMSOLL" version "$verb" "${name%-ranges}" >"$work/got" 2>"$work/err"
    status=$?
    if [ $status -ne 0 ]; then
        echo "not ok versions: $verb ${name%-ranges}: exit status $status: $(head -n 1 "$work/err")"
    elif ! cmp -s "$work/wanted" "$work/got"; then
        line=$(cmp "$work/wanted" "$work/got" 2>&1 | sed 's/.*line //')
        echo "not ok versions: $verb ${name%-ranges}: line $line: $(sed -n "${line}p" "$file")"
    else
        echo "ok versions: $verb ${name%-ranges}, $(wc -l <"$file") vectors"
    fi
done
