#!/usr/bin/env bash
# Every line of every file in the JDK's src.zip through the broker: in by kcat, out by Kafka's Java consumer, compared file by
# file (SHA-256), once per codec; the codec in the stored batches is shown by kafka-dump-log.
#   testkit/src/test/sh/real-input.sh [LINES] [CODEC...]      needs ./mvnw test-compile, kcat, and a JDK with lib/src.zip
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
java="$JAVA_HOME/bin/java"
limit=${1:-9000000000}
shift || true
codecs=("$@")
[ ${#codecs[@]} -gt 0 ] || codecs=(none gzip snappy lz4 zstd)
zip="$JAVA_HOME/lib/src.zip"
port=${MILLRACE_TEST_PORT:-19092}
work=$(mktemp -d)
kafka=$("$root/bench/peers/fetch")
classpath="$root/testkit/target/test-classes:$kafka"

"$root/millrace" dev --port "$port" --data "$work/data" --set millrace.shards=3 >"$work/broker.log" 2>&1 &
broker=$!
trap 'kill $broker 2>/dev/null || true; wait $broker 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 300); do
  if grep -q 'serves the Kafka protocol' "$work/broker.log"; then break; fi
  kill -0 $broker || { cat "$work/broker.log"; exit 1; }
  sleep 0.2
done

for codec in "${codecs[@]}"; do
  topic="source-$codec"
  "$root/millrace" topic create "$topic" --partitions 6 --server "localhost:$port" >/dev/null
  started=$SECONDS
  "$java" -cp "$classpath" io.millrace.realinput.SourceLines "$zip" "$limit" |
    kcat -P -b "localhost:$port" -t "$topic" -K "$(printf '\t')" -z "$codec" -X queue.buffering.max.messages=1000000 \
      -X message.max.bytes=1000000
  produced=$SECONDS
  "$java" -cp "$classpath" io.millrace.realinput.CompareTopic "localhost:$port" "$topic" "$zip" "$limit"
  echo "codec=$codec produce=$((produced - started))s consume=$((SECONDS - produced))s"
done

# A clean stop leaves everything in segments; Kafka's own tool must read them.
kill $broker
wait $broker || true
trap 'rm -rf "$work"' EXIT
for codec in "${codecs[@]}"; do
  segment=$(find "$work/data" -path "*source-$codec-0/*.log" | sort | head -n 1)
  dump=$("$java" -cp "$kafka" org.apache.kafka.tools.DumpLogSegments --files "$segment" | sed -n 's/.*compresscodec: \([a-z0-9]*\).*/\1/p' | sort | uniq -c | tr '\n' ' ')
  echo "dump-log source-$codec-0: batches by codec: $dump"
done
