#!/usr/bin/env bash
# Every client at hand: produce and consume with every codec, groups, admin. Every consumer reads what every producer wrote, in every codec that
# it has; two members of a group share its partitions, commit, leave, and a third resumes after the broker was killed; each admin verb is read
# back. A tap between clients and broker notes which versions of the protocol each of them speaks.
#   testkit/src/test/sh/client-table.sh [--write] [LINES]
# Needs ./mvnw test-compile. --write puts the table into docs/clients.md. MILLRACE_REQUIRE_CLIENTS=1 fails on a missing client.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
sh="$root/testkit/src/test/sh"
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
# shellcheck source=testkit/src/test/sh/client-drivers.sh
. "$sh/client-drivers.sh"
write=
if [ "${1:-}" = --write ]; then
  write=1
  shift
fi
lines=${1:-3000}
port=${MILLRACE_TEST_PORT:-19093}
broker_port=$((port + 10))
server="localhost:$port"
work=$(mktemp -d)
mkdir "$work/cells" "$work/out"
pids=()
broker=
finish() {
  for pid in "${pids[@]}" $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ -n "${MILLRACE_KEEP:-}" ]; then echo "files are in $work"; else rm -rf "$work"; fi
}
trap finish EXIT
await_line() {
  until grep -q "$2" "$1" 2>/dev/null; do
    kill -0 "$3" 2>/dev/null || { cat "$1"; exit 1; }
    sleep 0.2
  done
}
start_broker() {
  ${MILLRACE_COMMAND:-"$root/millrace"} dev --port "$broker_port" --admin-port -1 --data "$work/data" --set num.partitions=6 \
    --set "advertised.listeners=PLAINTEXT://$server" --set group.initial.rebalance.delay.ms=500 >"$work/broker.$1.log" 2>&1 &
  broker=$!
  await_line "$work/broker.$1.log" 'serves the Kafka protocol' $broker
}
started=$SECONDS
start_broker 1
drivers_start
"$java" -cp "$native" io.millrace.clienttable.VersionTap "$port" "$broker_port" "$work/versions" >"$work/tap.log" 2>&1 &
tap=$!
pids+=("$tap")
await_line "$work/tap.log" tapping $tap

"$java" -cp "$native" io.millrace.realinput.SourceLines "$JAVA_HOME/lib/src.zip" "$lines" >"$work/lines" 2>/dev/null
third=$((lines / 3))
awk -v third=$third -v name="$work/lines." '{ print >(name (NR <= third ? 1 : NR <= 2 * third ? 2 : 3)) }' "$work/lines"

codecs=(none gzip snappy lz4 zstd)
ids=()
for id in "${all_clients[@]}"; do if present "$id"; then ids+=("$id"); fi; done

# cell ID COLUMN OUTCOME: ok, FAIL why, or - why not.
cell() { printf '%s\n' "$3" >"$work/cells/$1.$2"; }
has_codec() { [[ $(cat "$work/cells/$1.produce-$2" 2>/dev/null) != -* ]]; }

produces() {
  local id=$1 topics=() codec outcome
  for codec in "${codecs[@]}"; do
    topics+=("$codec=$id.$codec")
    cell "$id" "produce-$codec" "FAIL no answer"
  done
  (drive "$id" produce "$server" "${topics[@]}" <"$work/lines") >"$work/out/$id.produced" 2>"$work/out/$id.produce.err" || true
  while read -r codec outcome; do cell "$id" "produce-$codec" "$outcome"; done <"$work/out/$id.produced"
}

consumes() {
  local id=$1 topics=() codec outcome topic producer
  for codec in "${codecs[@]}"; do
    if has_codec "$id" "$codec"; then
      cell "$id" "consume-$codec" ok
      for producer in "${ids[@]}"; do
        if [ "$(cat "$work/cells/$producer.produce-$codec")" = ok ]; then topics+=("$producer.$codec"); fi
      done
    else
      cp "$work/cells/$id.produce-$codec" "$work/cells/$id.consume-$codec"
    fi
  done
  (drive "$id" consume "$server" "${topics[@]}") 2>"$work/out/$id.consume.err" | compare "$work/lines" "${topics[@]}" >"$work/out/$id.consumed" || true
  for topic in "${topics[@]}"; do
    if ! grep -qx "$topic same" "$work/out/$id.consumed"; then cell "$id" "consume-${topic##*.}" "FAIL $topic is not what was sent"; fi
  done
}

count() { if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi; }
# await COMMAND...: for a minute at most.
await() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.2
  done
}
read_by() { local file sum=0; for file in "${@:2}"; do sum=$((sum + $(count "$file"))); done; [ "$sum" -ge "$1" ]; }
shared() {
  local a b
  a=$(assigned "$1") b=$(assigned "$2")
  [ "$a" -gt 0 ] && [ "$b" -gt 0 ] && [ $((a + b)) = 6 ]
}
member() { (drive "$1" member "$server" "group.$1" "members.$1") >"$work/out/$1.$2" 2>"$work/out/$1.$2.err" & }
leave() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
part() { (drive "$1" produce "$server" "none=group.$1" <"$work/lines.$2") >/dev/null 2>>"$work/out/$1.part.err"; }

# Two members: the second comes while the first has all; what comes then is read by both; each commits and leaves.
group_shares() {
  local id=$1 first second out="$work/out/$1"
  part "$id" 1 || true # then its lines are missed below
  member "$id" a
  first=$!
  if ! await read_by $third "$out.a"; then
    cell "$id" group "FAIL a single member read $(count "$out.a") of $third lines"
    leave $first
    return
  fi
  member "$id" b
  second=$!
  if await shared "$out.a.err" "$out.b.err"; then
    part "$id" 2 || true # then its lines are missed below
    if await read_by $((2 * third)) "$out.a" "$out.b"; then cell "$id" group ok; else
      cell "$id" group "FAIL two members read $(count "$out.a") and $(count "$out.b") of $((2 * third)) lines"
    fi
  else
    cell "$id" group "FAIL assigned: $(assigned "$out.a.err") and $(assigned "$out.b.err") of 6"
  fi
  leave $first
  leave $second
}

# A third member, after the broker came back: only what is new, so that all three together read everything once.
group_resumes() {
  local id=$1 third_member out="$work/out/$1"
  [ "$(cat "$work/cells/$id.group")" = ok ] || return 0
  part "$id" 3 || true # then its lines are missed below
  member "$id" c
  third_member=$!
  await read_by "$(count "$work/lines.3")" "$out.c" || true
  sleep 1
  leave $third_member
  if [ "$(count "$out.c")" != "$(count "$work/lines.3")" ]; then
    cell "$id" group "FAIL the third member read $(count "$out.c") of $(count "$work/lines.3") lines"
  elif [ "$(cat "$out.a" "$out.b" "$out.c" | sed 's/^/all\t/' | compare "$work/lines" all)" != "all same" ]; then
    cell "$id" group "FAIL the three members did not read what was sent, once"
  fi
}

administers() {
  local id=$1
  (drive "$id" admin "$server" "members.$id") >"$work/out/$id.admin" 2>"$work/out/$id.admin.err" || echo "the-client FAIL exit code $?" >>"$work/out/$id.admin"
}

# each AT_ONCE FUNCTION: for every client.
each() {
  local id jobs=()
  for id in "${ids[@]}"; do
    if [ ${#jobs[@]} -ge "$1" ]; then
      wait "${jobs[0]}"
      jobs=("${jobs[@]:1}")
    fi
    "$2" "$id" &
    jobs+=($!)
  done
  wait "${jobs[@]}"
}
each 3 produces
each 3 consumes
each 8 group_shares
kill -9 $broker
wait $broker 2>/dev/null || true
start_broker 2
each 8 group_resumes
each 3 administers
kill $broker
wait $broker 2>/dev/null || true
kill $tap
wait $tap 2>/dev/null || true
"$java" -cp "$native" io.millrace.clienttable.StoredCodecs "$work/data" >"$work/stored"
for id in "${ids[@]}"; do
  for codec in "${codecs[@]}"; do
    stored=$(sed -n "s/^$id\.$codec //p" "$work/stored")
    # Besides, a client may leave a small batch as it is (kafka-python does, where compressing would not make it smaller).
    if [ "$(cat "$work/cells/$id.produce-$codec")" = ok ] && [[ ,$stored, != *,$codec,* ]]; then
      cell "$id" "produce-$codec" "FAIL stored as '$stored'"
    fi
  done
done

# shellcheck source=testkit/src/test/sh/client-report.sh
. "$sh/client-report.sh"
report >"$work/report.md"
cat "$work/report.md"
grep -hE ' (WARN|ERROR) ' "$work"/broker.*.log || true
[ -z "$write" ] || cp "$work/report.md" "$root/docs/clients.md"
echo "cells: $passed passed, $failed failed, $absent not in the client, $skipped clients skipped; $((SECONDS - started)) s"
[ $failed = 0 ]
