#!/usr/bin/env bash
# Measures groups on a broker of its own: one of a thousand members, then ten thousand of one, each member a connection.
#
#   ./millrace bench groups [--members N] [--groups N] [--rounds N] [--seconds N] [--heartbeat-ms N] [--commit-ms N]
#
# GROUPS_BROKER is another broker's command line with {port} and {data}; GROUPS_PORT a free port.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath_file=$root/bench/target/restart-classpath.txt
if [ ! -s "$classpath_file" ] || [ -n "$(find "$root/bench/src/main" "$root/bench/pom.xml" -newer "$classpath_file" -print -quit)" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am compile dependency:build-classpath \
    -Dmdep.includeScope=runtime -Dmdep.outputFile=target/restart-classpath.txt)
fi
work=$(mktemp -d)
# Not as a default within braces: its own would end the expansion.
broker=${GROUPS_BROKER:-}
[ -n "$broker" ] || broker="$root/millrace dev --port {port} --data {data} --admin-port -1 --set max.connections=20000 --set max.connections.per.ip=20000"
status=0
"$JAVA_HOME/bin/java" -Xmx1g "@$root/tools/src/main/sh/jvm.flags" -cp "$root/bench/target/classes:$(cat "$classpath_file")" \
  io.millrace.bench.groups.GroupLoad --command "$broker" --port "${GROUPS_PORT:-19592}" --folder "$work" "$@" || status=$?
[ $status -ne 0 ] && echo "what the broker printed: $work/broker.log" || rm -rf "$work"
exit $status
