# The result of client-table.sh as a page. Sourced by it; not run by itself.
# shellcheck shell=bash disable=SC2154
admin_verbs=(create-topic describe-topic add-partitions describe-config alter-config delete-records list-groups describe-group delete-group delete-topic)
passed=0 failed=$missing absent=0
notes=()
shown=

# note TEXT: its number, the same for the same text.
note() {
  local number
  for number in "${!notes[@]}"; do
    if [ "${notes[$number]}" = "$1" ]; then shown=$((number + 1)); return; fi
  done
  notes+=("$1")
  shown=${#notes[@]}
}

# show ID COLUMN: what the table says of a cell.
show() {
  local outcome
  outcome=$(cat "$work/cells/$1.$2" 2>/dev/null || echo "FAIL did not run")
  case $outcome in
    ok) passed=$((passed + 1)) shown=yes ;;
    -*) absent=$((absent + 1)) && note "${outcome#- }" && shown="- [$shown]" ;;
    *) failed=$((failed + 1)) && note "$1 $2: $outcome" && shown="**FAIL** [$shown]" ;;
  esac
}

# A codec's cell: produced and stored so, and read from every producer.
show_codec() {
  local produced
  show "$1" "produce-$2"
  produced=$shown
  show "$1" "consume-$2"
  [ "$produced" = "$shown" ] || shown="$produced / $shown"
}

show_admin() {
  local verb outcome did=0 lacks=() wrong=() texts
  for verb in "${admin_verbs[@]}"; do
    outcome=$(sed -n "s/^$verb //p" "$work/out/$1.admin")
    case $outcome in
      ok) did=$((did + 1)) passed=$((passed + 1)) ;;
      -*) absent=$((absent + 1)) && lacks+=("$verb") ;;
      *) failed=$((failed + 1)) && wrong+=("$verb ${outcome:-did not run}") ;;
    esac
  done
  texts="$did of ${#admin_verbs[@]}"
  if [ ${#lacks[@]} -gt 0 ]; then
    note "$(sed -nE "s/^${lacks[0]} - //p" "$work/out/$1.admin"): ${lacks[*]}"
    texts+=" [$shown]"
  fi
  if [ ${#wrong[@]} -gt 0 ]; then
    note "$1: ${wrong[*]}"
    texts+=" **FAIL** [$shown]"
  fi
  shown=$texts
}

report() {
  cat <<HEAD
# Clients

Written by \`testkit/src/test/sh/client-table.sh --write\`, each cell by a test that just ran; \`.ci/run\` runs them all again. The input is
$lines lines of the JDK's sources, keyed by file.

| client | version | produce | consume | gzip | snappy | lz4 | zstd | group | admin |
|---|---|---|---|---|---|---|---|---|---|
HEAD
  local id row codec
  for id in "${all_clients[@]}"; do
    if [[ " ${ids[*]} " != *" $id "* ]]; then
      echo "| $id | | skipped: not installed where this was written | | | | | | | |"
      continue
    fi
    row="| $id | $(version "$id") |"
    show "$id" produce-none
    row+=" $shown |"
    show "$id" consume-none
    row+=" $shown |"
    for codec in gzip snappy lz4 zstd; do
      show_codec "$id" "$codec"
      row+=" $shown |"
    done
    show "$id" group
    row+=" $shown |"
    show_admin "$id"
    echo "$row $shown |"
  done
  echo
  local number
  for number in "${!notes[@]}"; do echo "$((number + 1)). ${notes[$number]}"; done
  cat <<TEXT

- **produce, consume**: all records acknowledged by all replicas; every client then reads the topics of every other client and gets each key's
  lines, in their order, byte for byte.
- **gzip, snappy, lz4, zstd**: the client compresses so (the stored batches say it) and reads what every client compressed so.
- **group**: a second member joins while the first has all six partitions; they share them and what comes then, commit and leave; the
  broker is killed and started; a third member reads only what is new. Each record is read once.
- **admin**: ${admin_verbs[*]}; what each changes is read back. kafka-clients 3.9 and 2.8 alter configurations in the old and the incremental way.

## Versions of the protocol that were driven

What a tap between clients and broker saw during these tests, beside what the tests of [protocol.md](reference/protocol.md) send.

| API |$(for id in "${ids[@]}"; do printf ' %s |' "$id"; done)
|---|$(for id in "${ids[@]}"; do printf -- '---|'; done)
TEXT
  awk -F '\t' -v ids="${ids[*]}" '
    { api[$2 + 0] = $3; seen[$2 + 0, $1] = $4 }
    END {
      count = split(ids, id, " ")
      for (key = 0; key < 100; key++) if (key in api) {
        row = "| " api[key] " |"
        for (i = 1; i <= count; i++) row = row " " seen[key, id[i]] " |"
        print row
      }
    }' "$work/versions"
}
