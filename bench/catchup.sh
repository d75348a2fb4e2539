#!/usr/bin/env bash
# What a live producer and consumer (1,000 requests/s of 1 KiB) feel while another consumer reads a history that is not in the page
# cache (as root; it is dropped), and while 100 consumers read one byte a second. Also: how fast the history came, and whether all.
#
#   bench/catchup.sh [GIB] [millrace|kafka]     default 10, both
#
# CATCHUP_WORK is a folder for the data (a temporary one otherwise), CATCHUP_SECONDS the length of each part (30), CATCHUP_MIB the
# history in MiB instead of GiB, CATCHUP_BROKER another command line for Millrace with {port} and {data}, CATCHUP_CLASSPATH a class
# path that is built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath=${CATCHUP_CLASSPATH:-}
if [ -z "$classpath" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am compile dependency:build-classpath \
    -Dmdep.includeScope=runtime -Dmdep.outputFile=target/restart-classpath.txt)
  classpath="$root/bench/target/classes:$(cat "$root/bench/target/restart-classpath.txt")"
fi
work=${CATCHUP_WORK:-$(mktemp -d)}
mkdir -p "$work"
program=
finish() {
  if [ -n "$program" ]; then kill "$program" 2>/dev/null || true; wait "$program" 2>/dev/null || true; fi
  [ -n "${CATCHUP_WORK:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

mib=${CATCHUP_MIB:-$((${1:-10} * 1024))}
measure() { # peer port command
  "$JAVA_HOME/bin/java" -Xmx512m "@$root/tools/src/main/sh/jvm.flags" -cp "$classpath" io.millrace.bench.catchup.CatchUp \
    --peer "$1" --port "$2" --command "$3" --data "$work/$1" --mib "$mib" --seconds "${CATCHUP_SECONDS:-30}" &
  program=$!
  wait "$program"
  program=
  [ -n "${CATCHUP_WORK:-}" ] || rm -rf "${work:?}/$1"
}

if [ "${2:-millrace}" = millrace ]; then
  broker=${CATCHUP_BROKER:-}
  [ -n "$broker" ] || broker="$root/millrace dev --port {port} --data {data} --admin-port -1"
  measure millrace 19792 "$broker"
fi
if [ "${2:-kafka}" = kafka ]; then
  KAFKA_CLASSPATH=$("$root/bench/peers/fetch")
  export KAFKA_CLASSPATH
  measure kafka 19892 "$root/bench/peers/broker {port} {data}"
fi
