#!/usr/bin/env bash
# Downloads what a table of clients runs (a profile of testkit/src/test/peers/pom.xml) into testkit/target/peers and prints its class path.
#   testkit/src/test/sh/peers.sh clients-3.9|clients-2.8|frameworks
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
pom="$root/testkit/src/test/peers/pom.xml"
lib="$root/testkit/target/peers/$1"
if [ ! -f "$lib/.complete" ] || [ "$pom" -nt "$lib/.complete" ]; then
  rm -rf "$lib"
  "$root/mvnw" -q -f "$pom" -P"$1" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DoutputDirectory="$lib" -DincludeScope=runtime >&2
  touch "$lib/.complete"
fi
echo "$lib/*"
