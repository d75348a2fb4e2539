#!/usr/bin/env bash
# What partitions with data cost a broker that does nothing, after a clean stop and after kill -9: start time, memory, descriptors,
# maps, threads, CPU; with 1, 1,000 and N partitions, so that the cost of each can be told from the rest.
#
#   bench/partitions.sh [N] [millrace|kafka]     default 10000, both
#
# PARTITIONS_WORK is a folder for the data (a temporary one otherwise), PARTITIONS_IDLE the seconds to watch it do nothing (60),
# PARTITIONS_BROKER another command line for Millrace with {port} and {data}, PARTITIONS_CLASSPATH a class path that is built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath=${PARTITIONS_CLASSPATH:-}
if [ -z "$classpath" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am compile dependency:build-classpath \
    -Dmdep.includeScope=runtime -Dmdep.outputFile=target/restart-classpath.txt)
  classpath="$root/bench/target/classes:$(cat "$root/bench/target/restart-classpath.txt")"
fi
work=${PARTITIONS_WORK:-$(mktemp -d)}
mkdir -p "$work"
program=
finish() {
  if [ -n "$program" ]; then kill "$program" 2>/dev/null || true; wait "$program" 2>/dev/null || true; fi
  [ -n "${PARTITIONS_WORK:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

n=${1:-10000}
sizes=1,1000,$n
[ "$n" -gt 1000 ] || sizes=1,$n
measure() { # peer port command
  "$JAVA_HOME/bin/java" -Xmx512m "@$root/tools/src/main/sh/jvm.flags" -cp "$classpath" io.millrace.bench.partitions.PartitionCost \
    --peer "$1" --port "$2" --command "$3" --data "$work/$1" --partitions "$sizes" --idle-seconds "${PARTITIONS_IDLE:-60}" &
  program=$!
  wait "$program"
  program=
  [ -n "${PARTITIONS_WORK:-}" ] || rm -rf "${work:?}/$1"-*
}

if [ "${2:-millrace}" = millrace ]; then
  broker=${PARTITIONS_BROKER:-}
  [ -n "$broker" ] || broker="$root/millrace dev --port {port} --data {data} --admin-port -1"
  measure millrace 19492 "$broker"
fi
if [ "${2:-kafka}" = kafka ]; then
  KAFKA_CLASSPATH=$("$root/bench/peers/fetch")
  export KAFKA_CLASSPATH
  measure kafka 19592 "$root/bench/peers/broker {port} {data}"
fi
