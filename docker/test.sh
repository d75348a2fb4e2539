#!/usr/bin/env bash
# What the image does, without Docker: builds and unpacks the archive, then runs entry point, health check and an orderly stop.
# Shows as well that the archive runs without Maven and without the sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill -9 $broker 2>/dev/null || true; rm -rf "$work"' EXIT
fail() {
  cat "$work/broker.log" 2>/dev/null || true
  echo "docker/test.sh: $*" >&2
  exit 1
}

archive=$(./millrace dist)
mkdir "$work/home"
tar -xzf "$archive" -C "$work/home" --strip-components=1
cp docker/entrypoint.sh docker/health.sh "$work/home/bin/"
chmod 755 "$work/home/bin/entrypoint.sh" "$work/home/bin/health.sh"
[ ! -e "$work/home/millrace.aot" ] || fail "the archive holds a start cache of this machine"

# Every file that the Dockerfile copies exists, and every step is one that this script knows.
while read -r source; do [ -e "$source" ] || fail "the Dockerfile copies $source, which is not there"; done < <(
  sed -n 's/^COPY \(docker[^ ]*\) \(docker[^ ]* \)\{0,1\}.*/\1\n\2/p' docker/Dockerfile | sed '/^$/d; s/ $//'
)
"$work/home/bin/millrace" check-config --config docker/millrace.yaml | grep -q 'log.dirs = /var/lib/millrace'
"$work/home/bin/millrace" check-config --config packaging/millrace.yaml >/dev/null

# Without the explicit word nothing is served beyond loopback.
export MILLRACE_HOME="$work/home" MILLRACE_CONFIG="$PWD/docker/millrace.yaml"
if "$work/home/bin/entrypoint.sh" server >"$work/refused" 2>&1; then fail "plaintext was served without being allowed"; fi
grep -q MILLRACE_ALLOW_PLAINTEXT "$work/refused" || fail "the refusal does not say what to do"

cd "$work" # nothing may depend on the sources' folder
# Below the ports that the system gives to outgoing connections.
port=$((20000 + RANDOM % 4000)) inner=$((24000 + RANDOM % 4000)) admin=$((28000 + RANDOM % 4000))
export MILLRACE_ALLOW_PLAINTEXT=true MILLRACE_LOG_DIRS="$work/data" MILLRACE_ADMIN_PORT=$admin
MILLRACE_LISTENERS="HOST://127.0.0.1:$port,CONTAINER://127.0.0.1:$inner" \
  MILLRACE_ADVERTISED_LISTENERS="HOST://localhost:$port,CONTAINER://127.0.0.1:$inner" \
  "$work/home/bin/entrypoint.sh" server >"$work/broker.log" 2>&1 &
broker=$!
for _ in $(seq 300); do
  if "$work/home/bin/health.sh" >/dev/null 2>&1; then break; fi
  kill -0 $broker 2>/dev/null || fail "the broker ended"
  sleep 0.2
done
"$work/home/bin/health.sh" || fail "never healthy"
for server in "localhost:$port" "127.0.0.1:$inner"; do
  echo "from $server" | "$work/home/bin/entrypoint.sh" produce greetings --server "$server"
done
"$work/home/bin/entrypoint.sh" consume greetings --from-beginning --max 2 --server "localhost:$port" | grep -c from | grep -qx 2
kill -TERM $broker
wait $broker || fail "the stop was not orderly: exit code $?"
broker=
grep -q Stopping "$work/broker.log" || fail "no orderly stop"
echo "docker/test.sh: archive, entry point, health check and stop passed"
