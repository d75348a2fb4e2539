#!/usr/bin/env bash
# Measures how long a broker with data is away: exec of ./millrace dev to the first acknowledged batch, after kill -9, after kill -9
# with an empty page cache (as root), and after a clean stop. Prints milliseconds and a table.
#
#   bench/restart.sh [MIB[,MIB...]] [PARTITIONS] [ROUNDS]     default 1024 64 3; 1024,10240 tells whether the time is flat
#
# RESTART_WORK is a folder for the data (a temporary one otherwise), RESTART_PORT a free port, RESTART_BROKER another command line
# with {port} and {data}; RESTART_CLASSPATH a class path that is built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath=${RESTART_CLASSPATH:-}
if [ -z "$classpath" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am compile dependency:build-classpath \
    -Dmdep.includeScope=runtime -Dmdep.outputFile=target/restart-classpath.txt)
  classpath="$root/bench/target/classes:$(cat "$root/bench/target/restart-classpath.txt")"
fi
work=${RESTART_WORK:-$(mktemp -d)}
# Not as a default within braces: its own would end the expansion.
broker=${RESTART_BROKER:-}
[ -n "$broker" ] || broker="$root/millrace dev --port {port} --data {data} --admin-port -1"
status=0
"$JAVA_HOME/bin/java" -Xmx512m -cp "$classpath" io.millrace.bench.load.RestartTime \
  --command "$broker" --port "${RESTART_PORT:-19492}" \
  --data "$work/data" --mib "${1:-1024}" --partitions "${2:-64}" --rounds "${3:-3}" || status=$?
[ $status -ne 0 ] && echo "what the broker printed: $work/data.log" || rm -rf "$work/data" "$work/data.log"
[ -n "${RESTART_WORK:-}" ] || [ $status -ne 0 ] || rmdir "$work"
exit $status
