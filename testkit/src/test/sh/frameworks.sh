#!/usr/bin/env bash
# Kafka Connect (two distributed workers, file source and two file sinks) and a Kafka Streams word count over one broker, which is stopped by
# SIGTERM after a third of the time and killed after two thirds. Nothing may be lost; what came twice is counted.
#   testkit/src/test/sh/frameworks.sh [MINUTES] [LINES_PER_SECOND]     MILLRACE_COMMAND: another millrace command
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
minutes=${1:-10}
rate=${2:-100}
port=${MILLRACE_TEST_PORT:-19097}
server="localhost:$port"
work=$(mktemp -d)
pids=()
broker=
finish() {
  kill "${pids[@]}" 2>/dev/null || true
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -z "$broker" ] || { kill "$broker" 2>/dev/null || true; wait "$broker" 2>/dev/null || true; }
  if [ -n "${MILLRACE_KEEP:-}" ]; then echo "logs are in $work"; else rm -rf "$work"; fi
}
trap finish EXIT
command -v curl >/dev/null || { echo "SKIPPED: install curl"; [ "${MILLRACE_REQUIRE_CLIENTS:-}" != 1 ]; exit; }

frameworks=$("$root/testkit/src/test/sh/peers.sh" frameworks)
"$JAVA_HOME/bin/javac" -nowarn -d "$work/classes" -cp "$frameworks" "$root"/testkit/src/test/frameworks/*.java
# program HEAP LEVEL CLASS ARGUMENT...: with warnings to standard error.
program() {
  exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC "-Xmx$1" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.slf4j.simpleLogger.showDateTime=true "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS" \
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=$2" -Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=error -cp "$work/classes:$frameworks" "${@:3}"
}
run() { (program 256m error "$@"); }

start_broker() {
  ${MILLRACE_COMMAND:-"$root/millrace"} dev --port "$port" --admin-port -1 --data "$work/data" --set num.partitions=3 \
    >"$work/broker.$1.log" 2>&1 &
  broker=$!
  until grep -q 'serves the Kafka protocol' "$work/broker.$1.log"; do
    kill -0 $broker 2>/dev/null || { cat "$work/broker.$1.log"; exit 1; }
    sleep 0.2
  done
}

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $deadline ] || { echo "FAIL: waited in vain for $what"; tail -n 5 "$work"/*.log; exit 1; }
    sleep 0.5
  done
}

# lines_of FILE: 0 for one that is not there yet.
lines_of() { if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi; }
reaches() { [ "$(lines_of "$1")" -ge "$2" ]; }

worker() {
  local rest=$((port + 10 + $1))
  cat >"$work/worker.$1.properties" <<PROPERTIES
bootstrap.servers=$server
group.id=connect
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
config.storage.topic=connect-configs
offset.storage.topic=connect-offsets
status.storage.topic=connect-status
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=5
status.storage.partitions=2
offset.flush.interval.ms=1000
scheduled.rebalance.max.delay.ms=5000
listeners=http://localhost:$rest
plugin.discovery=service_load
PROPERTIES
  program 256m warn org.apache.kafka.connect.cli.ConnectDistributed "$work/worker.$1.properties" >"$work/worker.$1.log" 2>&1 &
  pids+=($!)
}
rest="http://localhost:$((port + 11))"
connector() { curl -sf -o "$work/rest" -X PUT -H 'Content-Type: application/json' --data "$2" "$rest/connectors/$1/config"; }
tasks_running() {
  local state
  for name in source sink-a sink-b; do
    state=$(curl -sf "$rest/connectors/$name/status") || return 1
    [ "$(grep -o RUNNING <<<"$state" | wc -l)" = 2 ] || return 1
  done
}

# check_lines IN OUT: every line of IN is in OUT, and no other; sets lost, twice, alien.
check_lines() {
  sort "$1" >"$work/in.sorted"
  sort "$2" >"$work/out.sorted"
  lost=$(comm -23 "$work/in.sorted" "$work/out.sorted" | wc -l)
  twice=$(comm -13 "$work/in.sorted" "$work/out.sorted" | wc -l)
  alien=$(uniq "$work/out.sorted" | comm -13 "$work/in.sorted" - | wc -l)
  [ "$lost" = 0 ] && [ "$alien" = 0 ]
}

# check_words LINES COUNTS REBALANCES: every word is counted at least as often as it is in the lines, and not more often unless Streams had to
# rebalance because of an outage; sets words, exact, under, over, excess.
check_words() {
  read -r words exact under over excess < <(awk -F '\t' '
    NR == FNR { n = split($0, part, " "); for (i = 1; i <= n; i++) if (part[i] ~ /^word/) truth[part[i]]++; next }
    { counted[$1] = $2 }
    END {
      for (word in truth) {
        words++
        difference = counted[word] - truth[word]
        if (difference == 0) exact++; else if (difference < 0) under++; else { over++; excess += difference }
      }
      for (word in counted) if (!(word in truth)) over++
      print words + 0, exact + 0, under + 0, over + 0, excess + 0
    }' "$1" "$2")
  [ "$words" -gt 0 ] && [ "$under" = 0 ] && { [ "$over" = 0 ] || [ "$3" -gt 0 ]; }
}

seconds=$(awk "BEGIN { print int($minutes * 60) }")
start_broker 1
touch "$work/in.txt"
worker 1
worker 2
await 120 "Connect's workers" curl -sf -o /dev/null "$rest/connectors"
file='"connector.class":"FileStreamSource","tasks.max":"1","file":"'$work/in.txt'","topic":"lines"'
await 120 "the file source" connector source "{$file,\"topic.creation.default.replication.factor\":\"1\",\"topic.creation.default.partitions\":\"3\"}"
for sink in a b; do
  file='"connector.class":"FileStreamSink","tasks.max":"1","file":"'$work/out-$sink.txt'","topics":"lines"'
  await 120 "the file sink" connector "sink-$sink" "{$file,\"consumer.override.auto.offset.reset\":\"earliest\",\"consumer.override.session.timeout.ms\":\"10000\"}"
done
await 120 "running tasks" tasks_running
program 256m error FeedLines "$work/in.txt" "$work/stop" "$rate" &
feeder=$!
pids+=("$feeder")
fed_from=$SECONDS
await 120 "the first lines" reaches "$work/out-a.txt" 1
program 256m warn WordCount "$server" "$work/state" >"$work/streams.log" 2>&1 &
pids+=($!)
streams=$!
await 120 "Streams" grep -q 'RUNNING$' "$work/streams.log"

# Without a coordinator for 3 s a worker gives its tasks back; a sink's consumer cannot say goodbye then, so its successor waits for the end of
# its session (10 s here, 45 s unless configured). That is so with any broker.
# outage NAME SIGNAL AT_SECONDS: ends the broker and starts it again; says when lines flow again.
outage() {
  local left=$((fed_from + $3 - SECONDS)) from before
  [ $left -le 0 ] || sleep $left
  from=$SECONDS
  kill "-$2" $broker
  wait $broker 2>/dev/null || true
  sleep 2
  before=$(lines_of "$work/out-a.txt")
  start_broker "$1"
  await 120 "lines after $2" reaches "$work/out-a.txt" $((before + rate))
  echo "broker ended by SIG$2 at $3 s, back at once: lines flow again after $((SECONDS - from)) s"
}
# Streams' threads join one after the other; only what comes later may be the broker's doing.
rebalances() { grep -c -- '-> REBALANCING' "$work/streams.log"; }
sleep 5
rebalances_at_start=$(rebalances)
outage 2 TERM $((seconds / 3))
outage 3 KILL $((seconds * 2 / 3))

left=$((fed_from + seconds - SECONDS))
[ $left -le 0 ] || sleep $left
touch "$work/stop"
wait $feeder
total=$(lines_of "$work/in.txt")
await 120 "all lines in the first sink" reaches "$work/out-a.txt" $total
await 120 "all lines in the second sink" reaches "$work/out-b.txt" $total
caught_up() { run GroupLag "$server" word-count >"$work/lag" 2>"$work/lag.err" && grep -q '^0 ' "$work/lag"; }
await 120 "Streams to catch up" caught_up
# One more flush of the sinks, so that what they would repeat is seen.
sleep 3
run ReadTopic "$server" lines "$work/lines.txt" lines
run ReadTopic "$server" counts "$work/counts.txt" counts
rebalanced=$(($(rebalances) - rebalances_at_start))

failed=0
verdict() {
  if "${@:2}"; then printf 'PASS %s: ' "$1"; else
    printf 'FAIL %s: ' "$1"
    failed=$((failed + 1))
  fi
}
verdict "file -> topic" check_lines "$work/in.txt" "$work/lines.txt"
echo "lines=$total lost=$lost twice=$twice alien=$alien"
for sink in a b; do
  verdict "file -> topic -> file $sink" check_lines "$work/in.txt" "$work/out-$sink.txt"
  echo "lines=$total lost=$lost twice=$twice alien=$alien"
done
verdict "words counted" check_words "$work/lines.txt" "$work/counts.txt" "$rebalanced"
echo "words=$words exact=$exact under=$under over=$over excess=$excess rebalances=$rebalanced"
echo "broker's memory at the end: $(($(ps -o rss= -p $broker) / 1024)) MiB"
kill $streams
wait $streams 2>/dev/null || true
(program 256m error WordCount "$server" "$work/state-again" "$work/restored.txt") >"$work/restore.log" 2>&1 || tail -n 5 "$work/restore.log"
verdict "state restored from the changelog" cmp "$work/counts.txt" "$work/restored.txt"
echo "words=$(lines_of "$work/restored.txt")"

# The checks can fail: a line less, a line of somebody else, a count one lower.
sed 1d "$work/out-a.txt" >"$work/less.txt"
{ cat "$work/out-a.txt"; echo "line of somebody else"; } >"$work/more.txt"
awk -F '\t' -v OFS='\t' 'NR == 1 { $2 -= 1 } { print }' "$work/counts.txt" >"$work/lower.txt"
awk -F '\t' -v OFS='\t' 'NR == 1 { $2 += 1 } { print }' "$work/counts.txt" >"$work/higher.txt"
for wrong in "check_lines $work/in.txt $work/less.txt" "check_lines $work/in.txt $work/more.txt" \
  "check_words $work/lines.txt $work/lower.txt 1" "check_words $work/lines.txt $work/higher.txt 0"; do
  if $wrong; then
    echo "FAIL the check takes it for right: $wrong"
    failed=$((failed + 1))
  fi
done
curl -sf "$rest/connectors" >/dev/null || { echo "FAIL a worker is gone"; failed=$((failed + 1)); }
grep -hE ' (WARN|ERROR)' "$work"/broker.*.log || true
echo "minutes=$minutes failed=$failed"
[ "$failed" = 0 ]
