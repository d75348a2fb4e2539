#!/usr/bin/env bash
# Starts the image's command. "server" (the default) gets two listeners unless MILLRACE_LISTENERS says otherwise: HOST for
# clients on the machine that runs the container (port 9092, told localhost:9092 or MILLRACE_HOST_ADDRESS), CONTAINER for other
# containers (port 19092, told this container's name and 19092, or MILLRACE_CONTAINER_ADDRESS). Any other word is a verb of millrace.
set -euo pipefail
home=${MILLRACE_HOME:-/opt/millrace}
config=${MILLRACE_CONFIG:-/etc/millrace/millrace.yaml}
host_address=${MILLRACE_HOST_ADDRESS:-localhost:9092}
container_address=${MILLRACE_CONTAINER_ADDRESS:-$(uname -n):19092}
unset MILLRACE_HOME MILLRACE_CONFIG MILLRACE_HOST_ADDRESS MILLRACE_CONTAINER_ADDRESS

if [ "${1:-server}" = server ]; then
  if [ $# -gt 0 ]; then shift; fi
  if [ "${MILLRACE_ALLOW_PLAINTEXT:-}" != true ]; then
    echo "millrace: a container's listeners are reached over a network, unencrypted and unauthenticated in this version:" \
      "say so with -e MILLRACE_ALLOW_PLAINTEXT=true, on a network that you trust" >&2
    exit 2
  fi
  if [ -z "${MILLRACE_LISTENERS:-}" ]; then
    export MILLRACE_LISTENERS="HOST://0.0.0.0:9092,CONTAINER://0.0.0.0:19092"
    export MILLRACE_ADVERTISED_LISTENERS=${MILLRACE_ADVERTISED_LISTENERS:-"HOST://$host_address,CONTAINER://$container_address"}
    export MILLRACE_ADMIN_HOST=${MILLRACE_ADMIN_HOST:-0.0.0.0}
  fi
  exec "$home/bin/millrace" server --config "$config" "$@"
fi
exec "$home/bin/millrace" "$@"
