#!/usr/bin/env bash
# Consumer groups of every client at hand over a slice of real input, and Kafka's group tool verb by verb; the broker restarts in between.
#   testkit/src/test/sh/group-table.sh [LINES]     needs ./mvnw test-compile; MILLRACE_REQUIRE_CLIENTS=1 fails on a missing client
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=testkit/src/test/sh/table.sh
. "$root/testkit/src/test/sh/table.sh"
table_start "${MILLRACE_TEST_PORT:-19094}" "${1:-20000}" --set group.initial.rebalance.delay.ms=1000
idle=4

groups_tool() {
  "$java" -cp "$kafka" org.apache.kafka.tools.consumer.group.ConsumerGroupCommand --bootstrap-server "$server" "$@" 2>>"$work/tool.log"
}

# says NAME PATTERN COMMAND...: the command's output has a line like that.
says() {
  local pattern=$1
  shift
  "$@" >"$work/said" || { cat "$work/said"; return 1; }
  grep -qE "$pattern" "$work/said" || { echo "no line like '$pattern' in:"; cat "$work/said"; return 1; }
}

# two GROUP COMMAND...: two members at once; each writes what it got, the group's name and the idle time are added.
two() {
  local group=$1
  shift
  "$@" "$group" "$idle" >"$work/$group.1" 2>"$work/$group.1.err" &
  local other=$!
  if ! "$@" "$group" "$idle" >"$work/$group.2" 2>"$work/$group.2.err"; then cat "$work/$group.2.err"; fi
  wait "$other" || { cat "$work/$group.1.err"; return 1; }
  [ -s "$work/$group.1" ] && [ -s "$work/$group.2" ] || { echo "one member of $group got nothing"; return 1; }
  cat "$work/$group.1" "$work/$group.2" | compare_stream "$group"
}

# nothing GROUP COMMAND...: a member that comes later finds everything committed.
nothing() {
  local group=$1
  shift
  "$@" "$group" "$idle" >"$work/$group.3" 2>"$work/$group.3.err" || { cat "$work/$group.3.err"; return 1; }
  [ ! -s "$work/$group.3" ] || { echo "$group read $(wc -l <"$work/$group.3") lines twice"; return 1; }
}

run ProduceLines "$server" input none "$zip" "$limit" >/dev/null

console() {
  "$java" -cp "$kafka" org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$server" --topic input --group "$1" \
    --from-beginning --formatter-property print.key=true --timeout-ms "$((($2 + 4) * 1000))"
}
row "console consumer, two members" two console console

members=(console)
if have kcat kcat command -v kcat; then
  kcat_member() {
    timeout 60 kcat -G "$1" -b "$server" -q -e -K "$(printf '\t')" -X auto.offset.reset=earliest -X session.timeout.ms=6000 input
  }
  kcat_reads() { kcat_member kcat "$idle" | compare_stream kcat; }
  row "kcat -G" kcat_reads
fi
if have confluent-kafka-python python3-confluent-kafka /usr/bin/python3 -c 'import confluent_kafka'; then
  confluent_member() { timeout 120 /usr/bin/python3 "$clients/confluent.py" group "$server" input "$@"; }
  row "confluent-kafka, two cooperative members" two confluent confluent_member
  members+=(confluent)
fi
if have kafka-python python3-kafka /usr/bin/python3 -c 'import kafka'; then
  python_member() { timeout 120 /usr/bin/python3 "$clients/kafka_python.py" group "$server" input "$@"; }
  row "kafka-python, two members" two kafka-python python_member
  members+=(python)
fi
if have node "nodejs and npm" command -v npm; then
  [ -d "$clients/kafkajs/node_modules" ] || (cd "$clients/kafkajs" && npm ci --silent --no-audit --no-fund)
  kafkajs_member() { timeout 120 node "$clients/kafkajs/group.js" "$server" input "$@"; }
  row "kafkajs, two members" two kafkajs kafkajs_member
  members+=(kafkajs)
fi

table_restart_broker

for member in "${members[@]}"; do
  case $member in
    console) row "console consumer finds its offsets after a restart" nothing console console ;;
    confluent) row "confluent-kafka finds its offsets after a restart" nothing confluent confluent_member ;;
    python) row "kafka-python finds its offsets after a restart" nothing kafka-python python_member ;;
    kafkajs) row "kafkajs finds its offsets after a restart" nothing kafkajs kafkajs_member ;;
  esac
done

row "kafka-consumer-groups --list" says '^console$' groups_tool --list
row "kafka-consumer-groups --list --state" says '^console +.*Empty' groups_tool --list --state empty
row "kafka-consumer-groups --describe" says '^console +input +0 +[0-9]+ +[0-9]+ +0 ' groups_tool --describe --group console
row "kafka-consumer-groups --describe --state" says '^console .*Empty +0$' groups_tool --describe --group console --state
reset_reads() {
  says '^console +input +0 +0$' groups_tool --group console --topic input --reset-offsets --to-earliest --dry-run &&
    says '^console +input +0 +0$' groups_tool --group console --topic input --reset-offsets --to-earliest --execute &&
    console console "$idle" 2>/dev/null | compare_stream reset
}
row "kafka-consumer-groups --reset-offsets" reset_reads
row "kafka-consumer-groups --delete-offsets" says '^input +0 +Successful' groups_tool --group console --topic input --delete-offsets
active() {
  console active 20 >/dev/null 2>&1 &
  local consumer=$! found=1
  for _ in 1 2 3 4 5 6; do
    if groups_tool --describe --group active --members --verbose | grep -qE 'console-consumer.* /127.0.0.1 .* 6 .*input:0,1,2,3,4,5'; then
      found=0
      break
    fi
    sleep 1
  done
  [ $found = 0 ] && says 'GroupNotEmptyException' groups_tool --delete --group active || found=1
  kill $consumer 2>/dev/null || true
  wait $consumer 2>/dev/null || true
  return $found
}
row "kafka-consumer-groups --describe --members --verbose; --delete of an active group is refused" active
row "kafka-consumer-groups --delete" says 'was successful' groups_tool --delete --group console
gone() { ! groups_tool --list | grep -qx console; }
row "a deleted group is gone" gone

table_end
