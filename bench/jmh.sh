#!/usr/bin/env bash
# Runs the JMH benchmarks with the garbage profiler: bench/jmh.sh [JMH arguments], e.g. bench/jmh.sh IndexLookup -f 3
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/tools/src/main/sh/find-java.sh"
JAVA_HOME=$(millrace_find_jdk)
export JAVA_HOME
classpath_file=$root/bench/target/jmh-classpath.txt
if [ ! -s "$classpath_file" ] || [ -n "$(find "$root"/*/src/main "$root"/*/pom.xml -newer "$classpath_file" -print -quit)" ]; then
  (cd "$root" && ./mvnw -q -Dquick -pl bench -am compile dependency:build-classpath \
    -Dmdep.includeScope=runtime -Dmdep.outputFile=target/jmh-classpath.txt)
fi
exec "$JAVA_HOME/bin/java" "@$root/tools/src/main/sh/jvm.flags" \
  -cp "$root/bench/target/classes:$(cat "$classpath_file")" org.openjdk.jmh.Main -prof gc "$@"
