#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test program and mends its TAP: cmocka 1.1 says "not ok N # SKIP" of a skipped test, which
# readers of TAP take for a failure.
said=$("$@")
status=$?
printf '%s\n' "$said" | sed 's/^not ok \([0-9]* # SKIP\)/ok \1/'
exit $status
