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

# One command, and what the README says that it prints: every expected line (a shell pattern) must match one printed line,
# and there must be as many; in any order, as partitions are read in any order. Nothing expected: only the exit code counts.
lines=0
try() {
  local command=$1 expected=$2 printed
  case "$command" in
    kcat* | *'| kcat'*) command -v kcat >/dev/null || { echo "SKIPPED (install kcat): $command"; return; } ;;
  esac
  echo "\$ $command"
  printed=$(timeout 120 bash -euo pipefail -c "$command" </dev/null) || {
    echo "readme-tour: exit code $? of: $command"
    return 1
  }
  [ -z "$printed" ] || printf '%s\n' "$printed"
  lines=$((lines + 1))
  [ -n "$expected" ] || return 0
  [ "$(wc -l <<<"$expected")" = "$(wc -l <<<"$printed")" ] || {
    printf 'readme-tour: the README says that this prints\n%s\n' "$expected"
    return 1
  }
  local pattern line found
  while IFS= read -r pattern; do
    found=
    while IFS= read -r line; do
      # shellcheck disable=SC2053
      if [[ $line == $pattern ]]; then found=1; fi
    done <<<"$printed"
    [ -n "$found" ] || {
      echo "readme-tour: no line is '$pattern', as the README says"
      return 1
    }
  done <<<"$expected"
}

command='' expected=''
while IFS= read -r line <&3; do
  case "$line" in
    '$ '*)
      [ -z "$command" ] || try "$command" "$expected"
      command=${line#??} expected=''
      ;;
    *) expected+=${expected:+$'\n'}$line ;;
  esac
done 3< <(sed -n '/^<!-- tour/,/^```$/{/^<!-- tour/d;/^```/d;p}' README.md)
[ -z "$command" ] || try "$command" "$expected"
[ "$lines" -ge 7 ] || { echo "readme-tour: only $lines lines found in README.md"; exit 1; }

# TERM, like a first Ctrl-C, is an orderly stop.
kill -TERM $broker
wait $broker
grep -q 'Stopping' "$work/broker.log"
echo "readme-tour: $lines lines passed"
