#!/usr/bin/env bash
# A slice of real input through every client at hand, as producer and as consumer; each result is compared file by file.
#   testkit/src/test/sh/client-table.sh [LINES]     needs ./mvnw test-compile; MILLRACE_REQUIRE_CLIENTS=1 fails on a missing client
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=testkit/src/test/sh/table.sh
. "$root/testkit/src/test/sh/table.sh"
table_start "${MILLRACE_TEST_PORT:-19093}" "${1:-200000}"
compare_topic() { run CompareTopic "$server" "$1" "$zip" "$limit"; }

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

table_end
