# How client-table.sh runs each client. Sourced with $root and $server set; not run by itself.
# shellcheck shell=bash disable=SC2034,SC2154
all_clients=(kafka-clients-4.3 kafka-clients-3.9 kafka-clients-2.8 kcat confluent-kafka-python kafka-python kafkajs millrace)
clients="$root/testkit/src/test/clients"
skipped=0
missing=0

# Class paths, once ./millrace has built what they name.
drivers_start() {
  JAVA_HOME=$(millrace_find_jdk)
  java="$JAVA_HOME/bin/java"
  classes=${MILLRACE_TEST_CLASSES:-"$root/testkit/target/test-classes"}
  native="$classes:${MILLRACE_LIB:-"$root/tools/target/millrace/lib/*"}"
  kafka_43=$("$root/bench/peers/fetch")
  kafka_39=$("$sh/peers.sh" clients-3.9)
  kafka_28=$("$sh/peers.sh" clients-2.8)
  if command -v npm >/dev/null && [ ! -d "$clients/kafkajs/node_modules/lz4js" ]; then
    (cd "$clients/kafkajs" && npm ci --silent --no-audit --no-fund) || true
  fi
}

# present ID: whether a client is here; says what to install where it is not.
present() {
  local test install
  case $1 in
    kcat) test=(command -v kcat) install=kcat ;;
    confluent-kafka-python) test=(/usr/bin/python3 -c 'import confluent_kafka') install=python3-confluent-kafka ;;
    kafka-python) test=(/usr/bin/python3 -c 'import kafka') install="python3-kafka python3-snappy python3-lz4 python3-zstandard" ;;
    kafkajs) test=(node "$clients/kafkajs/client.js" version) install="nodejs and npm" ;;
    *) return 0 ;;
  esac
  if "${test[@]}" >/dev/null 2>&1; then return 0; fi
  if [ "${MILLRACE_REQUIRE_CLIENTS:-}" = 1 ]; then
    missing=$((missing + 1))
    echo "FAIL $1 is required here: install $install"
  else
    skipped=$((skipped + 1))
    echo "SKIPPED $1: install $install"
  fi
  return 1
}

version() {
  case $1 in
    kafka-clients-4.3) jar_version "$kafka_43" ;;
    kafka-clients-3.9) jar_version "$kafka_39" ;;
    kafka-clients-2.8) jar_version "$kafka_28" ;;
    kcat) kcat -V | sed -nE 's/^Version ([^ ]+) .*librdkafka ([^ ]+) .*/\1, librdkafka \2/p' ;;
    millrace) echo "of this repository" ;;
    *) (drive "$1" version) ;;
  esac
}
jar_version() { basename "${1%/\*}"/kafka-clients-*.jar .jar | sed 's/kafka-clients-//'; }

# drive ID COMMAND ARGUMENT...: becomes the client's driver; call it in a subshell.
drive() {
  local id=$1
  shift
  export CLIENT_ID=$id
  local jvm=("$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
  case $id in
    kafka-clients-4.3) exec "${jvm[@]}" -cp "$classes:$kafka_43" io.millrace.clienttable.JavaCells "$@" ;;
    kafka-clients-3.9) exec "${jvm[@]}" -cp "$classes:$kafka_39" io.millrace.clienttable.JavaCells "$@" ;;
    kafka-clients-2.8) exec "${jvm[@]}" -cp "$classes:$kafka_28" io.millrace.clienttable.JavaCells "$@" ;;
    confluent-kafka-python) exec /usr/bin/python3 "$clients/confluent.py" "$@" ;;
    kafka-python) exec /usr/bin/python3 "$clients/kafka_python.py" "$@" ;;
    kafkajs) exec node "$clients/kafkajs/client.js" "$@" ;;
    millrace) exec "${jvm[@]}" -cp "$native" io.millrace.clienttable.NativeCells "$@" ;;
    kcat) "kcat_$1" "${@:2}" ;;
  esac
}

tab=$(printf '\t')
kcat_produce() {
  local bootstrap=$1 pair input
  input=$(mktemp "$work/kcat.XXXXXX")
  cat >"$input"
  for pair in "${@:2}"; do
    if kcat -P -b "$bootstrap" -X client.id=kcat -X acks=all -t "${pair#*=}" -z "${pair%%=*}" -K "$tab" <"$input"; then
      echo "${pair%%=*} ok"
    fi
  done
}
kcat_consume() {
  local topic
  for topic in "${@:2}"; do
    kcat -C -b "$1" -X client.id=kcat -t "$topic" -o beginning -e -q -f '%t\t%k\t%s\n'
  done
}
kcat_member() {
  exec kcat -G "$3" -b "$1" -u -K "$tab" -X client.id=kcat -X auto.offset.reset=earliest -X session.timeout.ms=10000 \
    -X heartbeat.interval.ms=500 -X auto.commit.interval.ms=500 "$2"
}
kcat_admin() {
  local topic=admin.kcat verb
  echo created | kcat -P -b "$1" -X client.id=kcat -t $topic
  if kcat -L -b "$1" -X client.id=kcat -t $topic | grep -q "topic \"$topic\" with 6 partitions"; then echo "describe-topic ok"; else
    echo "describe-topic FAIL not 6 partitions"
  fi
  for verb in create-topic add-partitions describe-config alter-config delete-records list-groups describe-group delete-group delete-topic; do
    echo "$verb - kcat has no admin verbs beyond -L"
  done
}

# assigned FILE: of how many partitions a member said last that it has them.
assigned() {
  awk '
    /^assigned / { count = $2 }
    /rebalanced.*: assigned: / { count = gsub(/\[[0-9]+\]/, "") }
    /rebalanced.*: revoked: / { count = 0 }
    END { print count + 0 }' "$1" 2>/dev/null || echo 0
}

# compare EXPECTED TOPIC ...: see CompareTopics.
compare() { "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$native" io.millrace.clienttable.CompareTopics "$@"; }
