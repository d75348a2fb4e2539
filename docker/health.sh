#!/usr/bin/env bash
# Healthy: the broker serves. Needs only bash: the image has no curl.
set -euo pipefail
exec 3<>"/dev/tcp/localhost/${MILLRACE_ADMIN_PORT:-9644}"
printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
IFS= read -r -t 2 status <&3
case "$status" in
  *' 200 '*) exit 0 ;;
  *)
    echo "not ready: $status"
    exit 1
    ;;
esac
