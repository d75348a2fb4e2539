#!/usr/bin/env bash
# A broker under mixed load: samples its memory every ten seconds, fits the slope of its resident size over the last two thirds, and
# fails when that is 1 MiB per ten minutes or more, when a part of the load failed, or when Netty reported a leaked buffer.
#   testkit/src/test/sh/soak.sh [MINUTES [leaks]]     default 30; with "leaks" Netty watches every buffer, and memory is not judged
# Needs ./mvnw test-compile. KEEP=DIR keeps samples.csv and the logs there. SOAK_BROKER and SOAK_CLASSPATH run other builds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
minutes=${1:-30}
leaks=${2:-}
port=${MILLRACE_TEST_PORT:-19098}
admin=$((port + 1))
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
if [ -n "${KEEP:-}" ]; then work=$KEEP; mkdir -p "$work"; else work=$(mktemp -d); fi
classpath=${SOAK_CLASSPATH:-"$root/testkit/target/test-classes:$("$root/bench/peers/fetch")"}
read -r -a command <<<"${SOAK_BROKER:-$root/millrace}"
level=disabled
if [ "$leaks" = leaks ]; then level=paranoid; fi

broker=""
load=""
finish() {
  for pid in $load $broker; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work/data"
  [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT

MILLRACE_JAVA_OPTS="-Xlog:gc:file=$work/gc.log -Dio.netty.leakDetection.level=$level" \
  "${command[@]}" dev --port "$port" --data "$work/data" --set millrace.admin.port="$admin" --set offsets.topic.num.partitions=10 \
  --set group.initial.rebalance.delay.ms=500 >"$work/broker.log" 2>&1 &
broker=$!
until grep -qs 'serves the Kafka protocol' "$work/broker.log"; do
  kill -0 $broker 2>/dev/null || { cat "$work/broker.log"; exit 1; }
  sleep 0.2
done
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx256m -cp "$classpath" io.millrace.soak.SoakLoad "localhost:$port" "$minutes" \
  >"$work/load.log" 2>&1 &
load=$!

status() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$broker/status"; }
# The sum of a metric's series.
metric() { awk -v name="$1" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%d", sum }' "$work/metrics"; }
# Code and metadata that Java made meanwhile, KiB: what grows while nothing leaks.
compiled() { awk '/^jvm_memory_used_bytes/ && /area="nonheap"/ { sum += $NF } END { printf "%d", sum / 1024 }' "$work/metrics"; }
# MiB in use after the last collection.
heap() { sed -n 's/.*->\([0-9]*\)M(.*/\1/p' "$work/gc.log" | tail -n 1; }
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat" 2>/dev/null || echo 0; }

echo "seconds,rss_kib,anon_kib,file_kib,heap_after_gc_mib,jvm_direct_bytes,network_bytes,tail_bytes,descriptors,threads,connections,in_records,broker_cpu_ticks,load_cpu_ticks,compiled_kib" >"$work/samples.csv"
started=$SECONDS
next=0
while kill -0 $load 2>/dev/null; do
  if [ $((SECONDS - started)) -ge $next ]; then
    next=$((next + 10))
    kill -0 $broker 2>/dev/null || { echo "the broker ended"; tail "$work/broker.log"; exit 1; }
    curl -s "http://localhost:$admin/metrics" >"$work/metrics"
    echo "$((SECONDS - started)),$(status VmRSS),$(status RssAnon),$(status RssFile),$(heap),$(metric jvm_buffer_memory_used_bytes),$(
      metric millrace_network_buffer_bytes),$(metric millrace_tail_allocated_bytes),$(find "/proc/$broker/fd" -mindepth 1 | wc -l),$(
      status Threads),$(metric millrace_network_open_connections),$(metric millrace_topic_in_records_total),$(cpu $broker),$(cpu $load),$(compiled)" \
      >>"$work/samples.csv"
  fi
  sleep 0.5
done
load_failed=0
wait $load || load_failed=$?
load=""
cat "$work/load.log"

failed=0
if [ $load_failed != 0 ]; then echo "FAIL a part of the load failed"; failed=1; fi
if [ "$leaks" = leaks ]; then
  # A leak is found when the buffer's object is collected, and reported by the next allocation.
  for _ in 1 2 3; do
    "$JAVA_HOME/bin/jcmd" $broker GC.run >/dev/null
    curl -s "http://localhost:$admin/metrics" >/dev/null
  done
  reported=$(grep -c 'LEAK:' "$work/broker.log" || true)
  echo "leaks reported: $reported (detection $level)"
  if [ "$reported" != 0 ]; then grep -A 20 -m 1 'LEAK:' "$work/broker.log"; failed=1; fi
else
  # Least squares over the samples of the last two thirds; KiB per second times 600 is per ten minutes.
  awk -F, -v minutes="$minutes" '
    function fit(name, column,   i, n, sx, sy, sxx, sxy) {
      for (i = 1; i <= rows; i++) if (time[i] >= time[rows] / 3) {
        n++; sx += time[i]; sy += value[i, column]; sxx += time[i] * time[i]; sxy += time[i] * value[i, column]
      }
      slope = n > 2 ? (n * sxy - sx * sy) / (n * sxx - sx * sx) * 600 / 1024 : 0
      printf "%s: mean %.1f MiB, slope %+.3f MiB per 10 minutes\n", name, sy / n / 1024, slope
      return slope
    }
    NR > 1 { rows++; time[rows] = $1; for (i = 2; i <= NF; i++) value[rows, i] = $i }
    END {
      printf "samples %d over %d s, records in %d, CPU of a core: broker %.1f %%, load %.1f %%\n", rows, time[rows], value[rows, 12],
        (value[rows, 13] - value[1, 13]) / time[rows], (value[rows, 14] - value[1, 14]) / time[rows]
      rss = fit("VmRSS", 2); fit("RssAnon", 3); fit("RssFile", 4); fit("of it code and metadata of Java", 15)
      split("5 heap_after_gc_mib 9 descriptors 10 threads 11 connections", shown, " ")
      for (s = 1; s <= 8; s += 2) {
        c = shown[s]; low = 1e18; high = 0
        for (i = 1; i <= rows; i++) if (time[i] >= time[rows] / 3) {
          if (value[i, c] + 0 < low) low = value[i, c] + 0; if (value[i, c] + 0 > high) high = value[i, c] + 0
        }
        printf "%s: %d to %d\n", shown[s + 1], low, high
      }
      if (rss >= 1) { print "FAIL the resident size grows"; exit 1 }
      print "PASS the resident size stays"
    }' "$work/samples.csv" || failed=1
fi
grep -v ' INFO ' "$work/broker.log" | grep -E ' (ERROR|WARN) ' | head -20 || true
exit $failed
