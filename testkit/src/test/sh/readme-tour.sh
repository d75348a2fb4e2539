#!/usr/bin/env bash
# Runs the README's tour literally: starts ./millrace dev, then every "$ " line of the blocks marked "tour", and fails on the
# first that fails. Port 9092 must be free, as for a user.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
work=$(mktemp -d)

./millrace dev --data "$work/data" >"$work/broker.log" 2>&1 &
broker=$!
trap 'kill $broker 2>/dev/null || true; wait $broker 2>/dev/null || true; rm -rf "$work"' EXIT
started=$SECONDS
until grep -q 'serves the Kafka protocol' "$work/broker.log"; do
  if ! kill -0 $broker 2>/dev/null; then
    cat "$work/broker.log"
    exit 1
  fi
  if [ $((SECONDS - started)) -gt 900 ]; then
    cat "$work/broker.log"
    echo "readme-tour: no broker within 15 minutes"
    exit 1
  fi
  sleep 0.2
done
cat "$work/broker.log"

lines=0
while IFS= read -r line; do
  case "$line" in
    kcat* | *'| kcat'*) command -v kcat >/dev/null || { echo "SKIPPED (install kcat): $line"; continue; } ;;
  esac
  echo "\$ $line"
  bash -euo pipefail -c "$line" </dev/null
  lines=$((lines + 1))
done < <(sed -n '/^<!-- tour/,/^```$/s/^\$ //p' README.md)
[ "$lines" -ge 7 ] || { echo "readme-tour: only $lines lines found in README.md"; exit 1; }

# TERM, like a first Ctrl-C, is an orderly stop.
kill -TERM $broker
wait $broker
grep -q 'Stopping' "$work/broker.log"
echo "readme-tour: $lines lines passed"
