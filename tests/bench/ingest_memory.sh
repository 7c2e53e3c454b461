#!/bin/sh
# How much memory reading takes: a CSV of many rows is made in a temporary directory, ingested, and the peak resident set
# is set against the bytes that the columns hold (numbers 8, integers 4, text its length and one).
#   sh tests/bench/ingest_memory.sh REMIT [ROWS]
set -eu
remit=${1:?usage: ingest_memory.sh REMIT [ROWS]}
rows=${2:-1000000}
case $remit in
/*) ;;
*) remit=$(cd "$(dirname "$remit")" && pwd)/$(basename "$remit") ;;
esac
[ -x /usr/bin/time ] || { echo "needs /usr/bin/time (GNU)" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# SIMULATED rows by a linear congruence: 20 integer items, one decimal number, three texts.
awk -v n="$rows" -v facts=facts 'BEGIN {
    printf "record_id,arm,visit,weight"
    for (i = 1; i <= 20; i++) printf ",item_%02d", i
    printf "\n"
    s = 12345
    split("baseline week1 week2 week4", visits, " ")
    for (r = 0; r < n; r++) {
        id = sprintf("P%07d", int(r / 4))
        arm = int(r / 4) % 2 ? "ketamine" : "midazolam"
        visit = visits[r % 4 + 1]
        s = (s * 69069 + 1) % 4294967296
        printf "%s,%s,%s,%.1f", id, arm, visit, 50 + s % 700 / 10
        for (i = 0; i < 20; i++) { s = (s * 69069 + 1) % 4294967296; printf ",%d", int(s / 65536) % 5 }
        printf "\n"
        text += length(id) + length(arm) + length(visit) + 3
    }
    # 20 items and the source line as integers, one number
    printf "%.0f\n", text + n * (21 * 4 + 8) >facts
}' >big.csv
cat >plan.yaml <<'EOF'
study: {id: SIMULATED-BIG}
data:
  big: {file: big.csv}
subjects: {table: big, id: record_id, arm: arm, one_row_per: record}
arms: {reference: midazolam, order: [ketamine, midazolam]}
visits:
  visit: visit
  schedule: [{name: baseline, baseline: true}, {name: week1}, {name: week2}, {name: week4}]
outcomes:
  caps5: {table: big, instrument: caps5, items: "item_{01..20}"}
EOF
/usr/bin/time -f '%M %e' -o measured "$remit" ingest -q plan.yaml -o big.h5
read -r kib seconds <measured
stored=$(cat facts)
size=$(wc -c <big.csv)
study=$(wc -c <big.h5)
awk -v kib="$kib" -v s="$seconds" -v stored="$stored" -v size="$size" -v study="$study" -v n="$rows" 'BEGIN {
    m = 1048576
    printf "rows                %d\n", n
    printf "CSV file            %.1f MiB\n", size / m
    printf "columns stored      %.1f MiB\n", stored / m
    printf "study file          %.1f MiB\n", study / m
    printf "peak resident set   %.1f MiB\n", kib / 1024
    printf "peak / columns      %.2f\n", kib * 1024 / stored
    printf "wall time           %.2f s (%.0f MiB/s of CSV)\n", s, (s > 0 ? size / m / s : 0) }'
