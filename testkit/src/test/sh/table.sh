# What the tables of clients share: a broker, real input, rows. Sourced with $root set; not run by itself.
# shellcheck shell=bash disable=SC2034,SC2154
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
java="$JAVA_HOME/bin/java"
zip="$JAVA_HOME/lib/src.zip"
clients="$root/testkit/src/test/clients"
work=$(mktemp -d)
kafka=$("$root/bench/peers/fetch")
classpath="$root/testkit/target/test-classes:$kafka"
passed=0
failed=0
skipped=0

# table_start PORT LINES BROKER-OPTION...: starts the broker; every topic has six partitions.
table_start() {
  port=$1
  limit=$2
  server="localhost:$port"
  broker_options=("${@:3}")
  trap 'kill $broker 2>/dev/null || true; wait $broker 2>/dev/null || true; rm -rf "$work"' EXIT
  start_broker
}

start_broker() {
  "$root/millrace" dev --port "$port" --data "$work/data" --set num.partitions=6 --set millrace.shards=3 "${broker_options[@]}" >"$work/broker.log" 2>&1 &
  broker=$!
  until grep -q 'serves the Kafka protocol' "$work/broker.log"; do
    kill -0 $broker 2>/dev/null || { cat "$work/broker.log"; exit 1; }
    sleep 0.2
  done
}

# The same folder and port, killed in between.
table_restart_broker() {
  kill -9 $broker
  wait $broker 2>/dev/null || true
  start_broker
}

run() { "$java" -cp "$classpath" "io.millrace.realinput.$1" "${@:2}"; }

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

# The broker's own lines, the sum, and the exit code.
table_end() {
  tail -n +12 "$work/broker.log"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}
