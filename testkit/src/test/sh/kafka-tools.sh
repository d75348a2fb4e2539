#!/usr/bin/env bash
# Kafka's own command-line tools, verb by verb, against Millrace and against Apache Kafka; what they print is compared line by line.
#   testkit/src/test/sh/kafka-tools.sh [--keep]     needs ./mvnw test-compile; --keep leaves the outputs and says where
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
java="$JAVA_HOME/bin/java"
kafka=${MILLRACE_KAFKA_CLASSPATH:-$("$root/bench/peers/fetch")}
port=${MILLRACE_TEST_PORT:-19393}
kafka_port=$((port + 10))
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ "${1:-}" = --keep ]; then echo "outputs are in $work"; else rm -rf "$work"; fi
}
trap 'finish "'"${1:-}"'"' EXIT
mkdir -p "$work/millrace" "$work/kafka"
cat >"$work/log4j2.properties" <<'LOG'
rootLogger.level=OFF
LOG

# With an archive of the tools' classes each starts in half the time.
archive="$work/tools.jsa"
tool() {
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:SharedArchiveFile="$archive" -Xlog:cds=off -Dlog4j2.configurationFile="$work/log4j2.properties" -cp "$kafka" "$@" 2>&1 ||
    echo "exit code $?"
}
topics() { tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$server" "$@"; }
configs() { tool kafka.admin.ConfigCommand --bootstrap-server "$server" "$@"; }
offsets() { tool org.apache.kafka.tools.GetOffsetShell --bootstrap-server "$server" "$@"; }
groups() { tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand --bootstrap-server "$server" "$@"; }

# What differs from start to start; what Kafka sets by itself on a new cluster (min.insync.replicas); what only Millrace has to say
# (its own keys, the default behind a value that was set).
plain() {
  sed -E -e 's/TopicId: [A-Za-z0-9_-]{22}/TopicId: ID/' -e "s/localhost:($port|$kafka_port)/localhost:PORT/g" \
    -e 's/"timestamp":[0-9]+/"timestamp":T/' -e 's/"(avg_throughput|target_throughput)":[-0-9.]+/"\1":N/g' \
    -e 's#"logDir":"[^"]*"#"logDir":"FOLDER"#' -e 's/"size":[1-9][0-9]*/"size":SOME/g' \
    -e 's/"(count|maxOffset|offset)":[0-9]+/"\1":N/g' -e 's/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/UUID/g' \
    -e '/^  min\.insync\.replicas=1 .*DYNAMIC_DEFAULT/d' -e 's/(Configs: )min\.insync\.replicas=1,?/\1/' \
    -e 's/, DEFAULT_CONFIG:log\.retention\.hours=168//' -e '/^millrace\./d' \
    -e 's/[[:space:]]+$//' -e '/^SLF4J/d' -e '/^WARNING: A/d' -e '/StatusLogger/d'
}

# verb NAME COMMAND...: what a tool prints goes to a file of that name.
verb() {
  local name=$1
  shift
  "$@" | plain >"$work/$peer/$name"
}

verbs() {
  verb topics-create topics --create --topic orders --partitions 2 --replication-factor 1 --config retention.ms=86400000
  verb topics-create-records topics --create --topic records --partitions 1
  verb topics-create-again topics --create --topic orders
  verb topics-create-if-not-exists topics --create --topic orders --if-not-exists
  verb topics-create-assigned topics --create --topic assigned --replica-assignment 1,1,1
  verb topics-create-bad-config topics --create --topic bad --config cleanup.policy=shred
  verb topics-alter topics --alter --topic orders --partitions 4
  verb topics-alter-fewer topics --alter --topic orders --partitions 3
  verb topics-list topics --list --exclude-internal
  verb topics-describe topics --describe --topic orders
  verb topics-describe-unknown topics --describe --topic nowhere
  verb configs-alter configs --alter --entity-type topics --entity-name orders --add-config retention.ms=3600000,max.message.bytes=2000000
  verb configs-describe configs --describe --entity-type topics --entity-name orders
  verb configs-delete configs --alter --entity-type topics --entity-name orders --delete-config max.message.bytes
  verb configs-describe-again configs --describe --entity-type topics --entity-name orders
  verb configs-all sorted_keys configs --describe --all --entity-type topics --entity-name orders
  verb configs-brokers-alter configs --alter --entity-type brokers --entity-default --add-config log.retention.ms=7200000
  verb configs-brokers-describe configs --describe --entity-type brokers --entity-default
  verb configs-one-broker-alter configs --alter --entity-type brokers --entity-name 1 --add-config log.segment.bytes=10485760
  verb configs-one-broker-describe configs --describe --entity-type brokers --entity-name 1
  verb configs-one-broker-delete configs --alter --entity-type brokers --entity-name 1 --delete-config log.segment.bytes
  verb configs-brokers-delete configs --alter --entity-type brokers --entity-default --delete-config log.retention.ms
  verb configs-read-only configs --alter --entity-type brokers --entity-name 1 --add-config num.partitions=7
  verb producer tool org.apache.kafka.tools.VerifiableProducer --bootstrap-server "$server" --topic records --max-messages 100 --acks -1
  verb get-offsets offsets --topic records
  verb get-offsets-earliest offsets --topic records --time earliest
  echo '{"partitions":[{"topic":"records","partition":0,"offset":10},{"topic":"assigned","partition":1,"offset":-1}],"version":1}' \
    >"$work/$peer.json"
  verb delete-records sorted tool org.apache.kafka.tools.DeleteRecordsCommand --bootstrap-server "$server" --offset-json-file "$work/$peer.json"
  verb get-offsets-after-delete offsets --topic records --time earliest
  verb consumer timeout 300 "$java" -cp "$kafka" -Dlog4j2.configurationFile="$work/log4j2.properties" \
    org.apache.kafka.tools.VerifiableConsumer --bootstrap-server "$server" --topic records --group-id readers --max-messages 50 \
    --reset-policy earliest
  verb groups-list groups --list
  verb groups-list-state groups --list --state
  verb groups-list-type groups --list --type classic
  verb groups-describe groups --describe --group readers
  verb groups-describe-offsets groups --describe --group readers --offsets --verbose
  verb groups-describe-state groups --describe --group readers --state
  verb groups-describe-members groups --describe --group readers --members
  verb groups-describe-unknown groups --describe --group nobody
  verb groups-reset-dry-run groups --reset-offsets --group readers --topic records --to-earliest --dry-run
  verb groups-describe-after-dry-run groups --describe --group readers
  verb groups-reset-to-offset groups --reset-offsets --group readers --topic records --to-offset 30 --execute
  verb groups-reset-shift groups --reset-offsets --group readers --topic records:0 --shift-by -5 --execute
  verb groups-describe-after-reset groups --describe --group readers
  verb groups-reset-to-latest groups --reset-offsets --group readers --all-topics --to-latest --execute
  verb groups-reset-export groups --reset-offsets --group readers --topic records --to-datetime 2020-01-01T00:00:00.000 --dry-run --export
  verb groups-reset-unknown-topic groups --reset-offsets --group readers --topic nowhere --to-earliest --execute
  active_group
  verb groups-delete-offsets groups --delete-offsets --group readers --topic records
  verb groups-delete-offsets-again groups --delete-offsets --group readers --topic nowhere
  verb groups-delete groups --delete --group readers
  verb groups-delete-unknown groups --delete --group nobody
  verb groups-list-after groups --list
  verb log-dirs tool org.apache.kafka.tools.LogDirsCommand --bootstrap-server "$server" --describe --topic-list records,assigned
  verb api-versions tool org.apache.kafka.tools.BrokerApiVersionsCommand --bootstrap-server "$server"
  verb topics-delete topics --delete --topic orders
  verb topics-list-after topics --list --exclude-internal
}

# Of a group that somebody is in.
active_group() {
  "$java" -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile="$work/log4j2.properties" -cp "$kafka" \
    org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$server" --topic records --group active --from-beginning \
    >"$work/$peer.consumed" 2>&1 &
  local consumer=$!
  for _ in $(seq 60); do
    groups --describe --group active --state | grep -q Stable && break
  done
  verb groups-active-members groups --describe --group active --members --verbose
  verb groups-active-state groups --describe --group active --state
  verb groups-active-reset groups --reset-offsets --group active --topic records --to-earliest --execute
  verb groups-active-delete-offsets groups --delete-offsets --group active --topic records
  verb groups-active-delete groups --delete --group active
  kill $consumer
  wait $consumer 2>/dev/null || true
  verb groups-left groups --describe --group active --state
  verb groups-left-delete groups --delete --group active
}

sorted() { "$@" | sort; }

# Names of the configurations, for their values are each broker's own.
sorted_keys() { "$@" | sed -nE 's/^[[:space:]]+([a-z.]+)=.*/\1/p' | sort; }

MILLRACE_DATA=$work/data
${MILLRACE_COMMAND:-"$root/millrace"} dev --port "$port" --data "$MILLRACE_DATA" >"$work/millrace.log" 2>&1 &
pids+=($!)
until grep -q 'serves the Kafka protocol' "$work/millrace.log"; do
  kill -0 "${pids[0]}" 2>/dev/null || { cat "$work/millrace.log"; exit 1; }
  sleep 0.2
done
cat >"$work/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:$((kafka_port + 1))
listeners=PLAINTEXT://localhost:$kafka_port,CONTROLLER://localhost:$((kafka_port + 1))
controller.listener.names=CONTROLLER
log.dirs=$work/kafka-data
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
PROPERTIES
tool kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$work/server.properties" >"$work/format.log"
"$java" -Xmx512m -cp "$kafka" kafka.Kafka "$work/server.properties" >"$work/kafka.log" 2>&1 &
pids+=($!)
for _ in $(seq 400); do
  kill -0 "${pids[1]}" 2>/dev/null || { tail -20 "$work/kafka.log"; exit 1; }
  (exec 3<>"/dev/tcp/localhost/$kafka_port") 2>/dev/null && break
  sleep 0.3
done
"$java" -XX:ArchiveClassesAtExit="$archive" -Dlog4j2.configurationFile="$work/log4j2.properties" -cp "$kafka" \
  org.apache.kafka.tools.TopicCommand --bootstrap-server "localhost:$port" --list >/dev/null 2>&1
# Both at once, for most of the time is the tools' own.
(peer=kafka server="localhost:$kafka_port" && verbs) &
beside=$!
(peer=millrace server="localhost:$port" && verbs)
wait $beside

# Refusals in our own words are compared by their kind, the offer of APIs by what both have.
kind() { grep -oE '^(Error|Caused by: [A-Za-z.]+|exit code.*)' "$1" | sed -E 's/Invalid(Request|Configuration)/Invalid/' | sort -u || true; }
common() { grep -vE 'UNSUPPORTED' "$work/millrace/api-versions" | sed 's/,$//'; }

same=0 failed=0
for name in $(cd "$work/kafka" && echo *); do
  kafka_output=$work/kafka/$name millrace_output=$work/millrace/$name
  case $name in
    topics-alter-fewer | configs-read-only)
      kind "$kafka_output" >"$work/a"
      kind "$millrace_output" >"$work/b"
      ;;
    api-versions)
      common >"$work/b"
      sed 's/,$//' "$kafka_output" | grep -xFf "$work/b" >"$work/a"
      ;;
    *)
      cp "$kafka_output" "$work/a"
      cp "$millrace_output" "$work/b"
      ;;
  esac
  if diff -u "$work/a" "$work/b" >"$work/diff"; then
    same=$((same + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $name: first Kafka's lines, then Millrace's"
    grep -E '^[-+][^-+]' "$work/diff" | head -20
  fi
done
echo "same=$same failed=$failed"
[ "$failed" = 0 ]
