#!/bin/sh
# The storage spike of ADR 2 in one command: run.sh [rounds] [work folder on the disk to measure].
# Needs JDK 25 and a build of this project done once (it looks for the jspecify jar in the Maven repository).
# One process per round, so that other work can take turns; MILLRACE_LOCK names a file to lock around each.
set -eu
rounds=${1:-3}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=${2:-$root/bench/target/spike}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jspecify=${JSPECIFY_JAR:-$(find "$HOME/.m2" -name 'jspecify-1.*.jar' ! -name '*sources*' | head -1)}
classes=$work/classes
mkdir -p "$classes" "$work/disk"
"${java}c" --release 25 -Xlint:all -Werror -cp "$jspecify" -d "$classes" \
    "$root"/bench/src/main/java/io/millrace/bench/spike/*.java
spike() {
    set -- "$java" -XX:+UseSerialGC -Xms256m -Xmx256m -XX:MaxDirectMemorySize=4g --enable-native-access=ALL-UNNAMED \
        -cp "$classes" io.millrace.bench.spike.StorageSpike "$@"
    if [ -n "${MILLRACE_LOCK:-}" ]; then flock "$MILLRACE_LOCK" "$@"; else "$@"; fi
}
spike probe "$work/disk" | tee "$here/probe.txt"
rm -f "$work"/disk/probe-* "$here/rounds.csv" "$here/sweep.csv" "$here/tune.csv"
round=1
while [ "$round" -le "$rounds" ]; do
    echo "## Round $round of $rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
    spike matrix "$work/disk" "$here/rounds.csv" "$round"
    spike sweep "$work/disk" "$here/sweep.csv" "$round"
    spike tune "$work/disk" "$here/tune.csv" "$round"
    round=$((round + 1))
done
for part in rounds sweep tune; do spike table "$here/$part.csv" | tee "$here/$part.md"; done
rm -rf "$work/disk"
