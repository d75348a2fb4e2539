#!/usr/bin/env bash
# Compacts the same keyed input in Millrace and in Apache Kafka: MiB/s, CPU, memory, what a producer beside it felt, and whether
# both left the same records, and those that a map of the input has.
#
#   bench/compaction.sh [MIB] [DUPLICATE_PERCENT]     default 5120 50
#
# COMPACTION_WORK is a folder for the data (a temporary one otherwise); COMPACTION_BROKER another command line for Millrace, with
# {port} and {data}; COMPACTION_CLASSPATH class paths that are built already; COMPACTION_KAFKA the class path of Apache Kafka.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath=${COMPACTION_CLASSPATH:-}
if [ -z "$classpath" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am test-compile dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/compaction-classpath.txt)
  classpath="$root/bench/target/test-classes:$root/bench/target/classes:$(cat "$root/bench/target/compaction-classpath.txt")"
fi
kafka=${COMPACTION_KAFKA:-$("$root/bench/peers/fetch")}
work=${COMPACTION_WORK:-$(mktemp -d)}
mkdir -p "$work"
broker=${COMPACTION_BROKER:-}
[ -n "$broker" ] || broker="$root/millrace dev --port {port} --data {data} --admin-port -1"
pid=
stop() { if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; pid=; fi; }
trap stop EXIT

measure() { # name port beginning-of-the-names-of-threads-that-compact
  for _ in $(seq 600); do (exec 3<>"/dev/tcp/localhost/$2") 2>/dev/null && break; sleep 0.2; done
  echo "== $1"
  "$JAVA_HOME/bin/java" -Xmx512m -cp "$classpath" io.millrace.bench.compaction.CompactionMain \
    --bootstrap "localhost:$2" --pid "$pid" --threads "$3" --left "$work/$1.left" --mib "$mib" --duplicates "$duplicates" \
    --segment "${COMPACTION_SEGMENT:-67108864}" | grep -v '|-' || status=1
  stop
}

mib=${1:-5120}
duplicates=${2:-50}
status=0
line=${broker//\{port\}/19592}
bash -c "exec ${line//\{data\}/$work/millrace}" > "$work/millrace.log" 2>&1 &
pid=$!
measure millrace 19592 millrace-disk-p

cat > "$work/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:19694
listeners=PLAINTEXT://localhost:19692,CONTROLLER://localhost:19694
controller.listener.names=CONTROLLER
log.dirs=$work/kafka
offsets.topic.replication.factor=1
log.cleaner.backoff.ms=1000
PROPERTIES
"$JAVA_HOME/bin/java" -cp "$kafka" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qk \
  -c "$work/server.properties" > "$work/kafka.log" 2>&1
"$JAVA_HOME/bin/java" -Xms1g -Xmx1g -cp "$kafka" kafka.Kafka "$work/server.properties" >> "$work/kafka.log" 2>&1 &
pid=$!
measure kafka 19692 kafka-log-clean

if cmp -s "$work/millrace.left" "$work/kafka.left"; then echo "both left the same $(wc -l < "$work/kafka.left") records"
else echo "DIFFERENT records are left: $work/millrace.left $work/kafka.left" && status=1; fi
[ -n "${COMPACTION_WORK:-}" ] || [ $status -ne 0 ] || rm -rf "$work"
exit $status
