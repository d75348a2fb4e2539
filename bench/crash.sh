#!/usr/bin/env bash
# Crashes a broker under load and holds what it kept against what it acknowledged.
#
#   bench/crash.sh kill [ROUNDS]      kill -9 (default 50)
#   bench/crash.sh power [ROUNDS]     power cuts: the data lies on an ext4 image that is copied in one step (default 20, needs root)
#   bench/crash.sh control [ROUNDS]   power cuts on a broker whose syncs do nothing: must lose acknowledged records (default 5, root, strace)
#
# After each power cut the copied disk is held against what the broker had written: the last lines count the cuts that took
# unsynced bytes, and how many.
#
# CRASH_BROKER is the command line of the broker, with {port} and {data}; CRASH_WORK an empty folder; CRASH_PORT a port.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mode=${1:-}
case $mode in
  kill) rounds=${2:-50} ;;
  power) rounds=${2:-20} ;;
  control) rounds=${2:-5} ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
if [ "$mode" != kill ] && [ "$(id -u)" != 0 ]; then
  echo "SKIPPED: $mode needs root, for loop devices" && exit 0
fi
for tool in $([ "$mode" = kill ] || echo mkfs.xfs mkfs.ext4) $([ "$mode" != control ] || echo strace); do
  command -v "$tool" >/dev/null || { echo "SKIPPED: $mode needs $tool; install xfsprogs, e2fsprogs, strace"; exit 0; }
done

. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath_file=$root/bench/target/crash-classpath.txt
if [ ! -s "$classpath_file" ] || [ -n "$(find "$root/bench/src/test" "$root/bench/pom.xml" -newer "$classpath_file" -print -quit)" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am test-compile dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/crash-classpath.txt)
fi

work=${CRASH_WORK:-$(mktemp -d)}
broker=${CRASH_BROKER:-}
[ -n "$broker" ] || broker="$root/millrace dev --port {port} --set millrace.shards=3 --data {data}"
if [ "$mode" = control ]; then
  syncs=fsync,fdatasync,syncfs,msync,sync_file_range
  broker="strace -f -qq --seccomp-bpf -o /dev/null -e trace=$syncs -e inject=$syncs:retval=0 $broker"
fi
status=0
"$JAVA_HOME/bin/java" -Xmx1g -Dlogback.configurationFile=crash-logback.xml -cp "$root/bench/target/test-classes:$root/bench/target/classes:$(cat "$classpath_file")" \
  io.millrace.bench.crash.CrashMain "$mode" "$rounds" "${CRASH_PORT:-19392}" "$work" "$broker" || status=$?
if [ $status -ne 0 ]; then
  echo "what the broker printed: $work/broker.log"
fi
for mount in "$work/copy" "$work/live" "$work/pool"; do
  ! mountpoint -q "$mount" 2>/dev/null || umount "$mount" || true
done
[ $status -ne 0 ] || [ -n "${CRASH_WORK:-}" ] || rm -rf "$work"
exit $status
