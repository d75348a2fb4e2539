#!/usr/bin/env bash
# A slice of real input through every client at hand, as producer and as consumer; each result is compared file by file.
#   testkit/src/test/sh/client-table.sh [LINES]     needs ./mvnw test-compile; MILLRACE_REQUIRE_CLIENTS=1 fails on a missing client
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
java="$JAVA_HOME/bin/java"
limit=${1:-200000}
zip="$JAVA_HOME/lib/src.zip"
port=${MILLRACE_TEST_PORT:-19093}
server="localhost:$port"
clients="$root/testkit/src/test/clients"
work=$(mktemp -d)
kafka=$("$root/bench/peers/fetch")
classpath="$root/testkit/target/test-classes:$kafka"
passed=0
failed=0
skipped=0

"$root/millrace" dev --port "$port" --data "$work/data" --set num.partitions=6 >"$work/broker.log" 2>&1 &
broker=$!
trap 'kill $broker 2>/dev/null || true; wait $broker 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q 'serves the Kafka protocol' "$work/broker.log"; do
  kill -0 $broker 2>/dev/null || { cat "$work/broker.log"; exit 1; }
  sleep 0.2
done

run() { "$java" -cp "$classpath" "io.millrace.realinput.$1" "${@:2}"; }
lines() { run SourceLines "$zip" "$limit" 2>/dev/null; }
compare_topic() { run CompareTopic "$server" "$1" "$zip" "$limit"; }
compare_stream() { run CompareStream "$1" "$zip" "$limit"; }

# row NAME COMMAND...: one line of the table.
row() {
  local name=$1 started=$SECONDS
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "PASS $name ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
  fi
}

# have NAME WHAT-TO-INSTALL COMMAND...: whether a client is here.
have() {
  local name=$1 install=$2
  shift 2
  if "$@" >/dev/null 2>&1; then return 0; fi
  if [ "${MILLRACE_REQUIRE_CLIENTS:-}" = 1 ]; then
    failed=$((failed + 1))
    echo "FAIL $name is required here: install $install"
  else
    skipped=$((skipped + 1))
    echo "SKIPPED $name: install $install"
  fi
  return 1
}

java_produces() { run ProduceLines "$server" "java-$1" "$1" "$zip" "$limit" && compare_topic "java-$1"; }
for codec in none gzip snappy lz4 zstd; do row "Java producer $codec -> Java consumer" java_produces "$codec"; done

console_consumes() {
  for partition in 0 1 2 3 4 5; do
    local count
    count=$("$java" -cp "$kafka" org.apache.kafka.tools.GetOffsetShell --bootstrap-server "$server" \
      --topic-partitions "java-lz4:$partition" | cut -d: -f3)
    if [ "$count" -gt 0 ]; then
      "$java" -cp "$kafka" org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$server" --topic java-lz4 \
        --partition "$partition" --offset earliest --max-messages "$count" \
        --formatter-property print.key=true 2>>"$work/console.log"
    fi
  done | compare_stream console-consumer
}
row "Java producer lz4 -> console consumer" console_consumes

if have kcat kcat command -v kcat; then
  kcat_both() {
    lines | kcat -P -b "$server" -t kcat -K "$(printf '\t')" -z snappy &&
      kcat -C -b "$server" -t kcat -o beginning -e -q -K "$(printf '\t')" | compare_stream kcat
  }
  row "kcat snappy -> kcat" kcat_both
fi

if have kafka-python python3-kafka /usr/bin/python3 -c 'import kafka'; then
  python_produces() {
    lines | /usr/bin/python3 "$clients/kafka_python.py" produce "$server" "kafka-python-$1" "$1" &&
      compare_topic "kafka-python-$1"
  }
  python_consumes() { /usr/bin/python3 "$clients/kafka_python.py" consume "$server" java-gzip | compare_stream kafka-python; }
  row "kafka-python none -> Java consumer" python_produces none
  row "kafka-python gzip -> Java consumer" python_produces gzip
  row "Java producer gzip -> kafka-python" python_consumes
fi

if have confluent-kafka-python python3-confluent-kafka /usr/bin/python3 -c 'import confluent_kafka'; then
  confluent_produces() {
    lines | /usr/bin/python3 "$clients/confluent.py" produce "$server" "confluent-$1" "$1" && compare_topic "confluent-$1"
  }
  confluent_consumes() { timeout 300 /usr/bin/python3 "$clients/confluent.py" consume "$server" java-zstd | compare_stream confluent; }
  row "confluent-kafka lz4 -> Java consumer" confluent_produces lz4
  row "confluent-kafka zstd -> Java consumer" confluent_produces zstd
  row "Java producer zstd -> confluent-kafka" confluent_consumes
fi

if have node "nodejs and npm" command -v npm; then
  [ -d "$clients/kafkajs/node_modules" ] || (cd "$clients/kafkajs" && npm ci --silent --no-audit --no-fund)
  kafkajs_produces() { lines | node "$clients/kafkajs/produce.js" "$server" "kafkajs-$1" "$1" && compare_topic "kafkajs-$1"; }
  for codec in none gzip snappy; do row "kafkajs $codec -> Java consumer" kafkajs_produces "$codec"; done
fi

cat "$work/broker.log" | tail -n +12
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
