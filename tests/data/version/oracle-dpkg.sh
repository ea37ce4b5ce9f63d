#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Judges each line "a<TAB>b" of the file with dpkg itself: <, = or >, ! when dpkg refuses one.
command -v dpkg >/dev/null || exit 77
tab=$(printf '\t')
while IFS="$tab" read -r a b; do
    if ! dpkg --validate-version "$a" 2>/dev/null || ! dpkg --validate-version "$b" 2>/dev/null; then
        echo '!'
    elif dpkg --compare-versions "$a" lt "$b"; then
        echo '<'
    elif dpkg --compare-versions "$a" eq "$b"; then
        echo '='
    else
        echo '>'
    fi
done <"$1"
