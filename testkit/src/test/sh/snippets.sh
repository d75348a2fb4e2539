#!/usr/bin/env bash
# Runs every snippet of docs/snippets as a reader would, against a broker; each prints one line.
#   testkit/src/test/sh/snippets.sh     MILLRACE_REQUIRE_CLIENTS=1 fails on a missing client; MILLRACE_TEST_SERVER names a broker that runs
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=testkit/src/test/sh/table.sh
. "$root/testkit/src/test/sh/table.sh"
snippets="$root/docs/snippets"
if [ -n "${MILLRACE_TEST_SERVER:-}" ]; then
  server=$MILLRACE_TEST_SERVER
  : >"$work/broker.log"
  trap 'rm -rf "$work"' EXIT
else
  table_start "${MILLRACE_TEST_PORT:-19193}" 0 --set group.initial.rebalance.delay.ms=0
fi

# prints LINE COMMAND...: a snippet prints this line, once or, for those that run again on the same broker, as the first.
prints() {
  local expected=$1 printed
  shift
  printed=$(timeout 300 "$@" 2>"$work/snippet.err") || { cat "$work/snippet.err"; return 1; }
  [ "${printed%%$'\n'*}" = "$expected" ] || { printf 'printed: %s\n' "$printed"; cat "$work/snippet.err"; return 1; }
}

row "Java" prints "hello from Java" "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$kafka" "$snippets/java/Snippet.java" "$server"

spring_dependencies() {
  local lib="$snippets/spring/target/dependency"
  [ -f "$lib/.complete" ] || {
    "$root/mvnw" -q -f "$snippets/spring/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
      -DoutputDirectory="$lib" -DincludeScope=runtime && touch "$lib/.complete"
  }
}
if have "Spring" "a way to Maven Central" spring_dependencies; then
  row "Spring" prints "hello from Spring" "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$snippets/spring/target/dependency/*" "$snippets/spring/Snippet.java" "$server"
fi
if have kafka-python python3-kafka /usr/bin/python3 -c 'import kafka'; then
  row "kafka-python" prints "hello from kafka-python" /usr/bin/python3 "$snippets/python/kafka_python.py" "$server"
fi
if have confluent-kafka-python python3-confluent-kafka /usr/bin/python3 -c 'import confluent_kafka'; then
  row "confluent-kafka" prints "hello from confluent-kafka" /usr/bin/python3 "$snippets/python/confluent.py" "$server"
fi
if have Node "nodejs and npm" command -v npm; then
  [ -d "$clients/kafkajs/node_modules" ] || (cd "$clients/kafkajs" && npm ci --silent --no-audit --no-fund)
  NODE_PATH="$clients/kafkajs/node_modules" row "kafkajs" prints "hello from Node" node "$snippets/node/snippet.js" "$server"
fi

table_end
