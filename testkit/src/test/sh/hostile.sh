#!/usr/bin/env bash
# Hostile input against a broker process, then idle and unreading connections. testkit/src/test/sh/hostile.sh [FRAMES] [SEED]
#   prints Markdown; ends with 1 when the broker did anything wrong
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
cd "$root"
# shellcheck source=tools/src/main/sh/find-java.sh
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
# Two descriptors for each idle connection, one at each end; each end is a process of its own.
ulimit -n "$(ulimit -Hn)"
echo "descriptors: $(ulimit -n)"
classpath_file=$root/testkit/target/hostile-classpath.txt
./mvnw -q -Dquick -pl testkit -am test-compile dependency:build-classpath -Dmdep.includeScope=test \
  -Dmdep.outputFile=target/hostile-classpath.txt
classpath="$root/testkit/target/test-classes:$root/testkit/target/classes:$(cat "$classpath_file")"
run() { "$JAVA_HOME/bin/java" "@$root/tools/src/main/sh/jvm.flags" -Xmx1g -cp "$classpath" "$@"; }
run io.millrace.hostile.HostileRun "${1:-1000000}" "${2:-1}"
run io.millrace.hostile.idle.IdleRun 10000
