#!/usr/bin/env bash
# Three Java consumers in a group, eager and then cooperative, while a producer produces; each round some are killed with SIGKILL, every
# other round the broker too.
#   testkit/src/test/sh/group-rounds.sh [ROUNDS [SEED]]     needs ./mvnw test-compile; KEEP=1 leaves the members' files
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=testkit/src/test/sh/table.sh
. "$root/testkit/src/test/sh/table.sh"
port=${MILLRACE_TEST_PORT:-19096}
if [ "${KEEP:-}" = 1 ]; then echo "files in $work"; else trap 'rm -rf "$work"' EXIT; fi
for assignor in RangeAssignor CooperativeStickyAssignor; do
  "$java" -cp "$classpath" io.millrace.rounds.GroupRounds "localhost:$port" "${1:-20}" \
    "org.apache.kafka.clients.consumer.$assignor" "${2:-20}" "$work/$assignor" \
    "$root/millrace" dev --port "$port" --data "$work/$assignor/data" --set group.initial.rebalance.delay.ms=500 --set millrace.shards=3
done
