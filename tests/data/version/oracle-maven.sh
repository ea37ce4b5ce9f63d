#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's maven-artifact, when it and a compiler for Java are there.
java=/usr/share/java
for jar in maven3-artifact commons-lang3 plexus-utils2; do
    [ -f "$java/$jar.jar" ] || exit 77
done
command -v javac >/dev/null || exit 77
exec java -cp "$java/maven3-artifact.jar:$java/commons-lang3.jar:$java/plexus-utils2.jar" \
    "${0%.sh}.java" "$@"
