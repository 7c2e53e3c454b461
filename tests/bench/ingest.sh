#!/bin/sh
# How fast ingest reads, and in how much memory, beside the peers that only read. Files are made in a temporary directory (TMPDIR;
# give it room for five times the largest file):
#   trial   ROWS rows x 27 columns, as a trial has them; also with data.table::fread (2 threads) and pandas.read_csv
#   twice   twice the rows: memory stays, time doubles
#   texts   every row has a text of its own
#   wide    5,000 columns, and as many cells in 50
#   sh tests/bench/ingest.sh REMIT [ROWS]
# Peers that are not installed are left out. A loaded machine shows in seconds, hardly in user and system time.
set -eu
remit=${1:?usage: ingest.sh REMIT [ROWS]}
rows=${2:-2000000}
case $remit in
/*) ;;
*) remit=$(cd "$(dirname "$remit")" && pwd)/$(basename "$remit") ;;
esac
[ -x /usr/bin/time ] || { echo "needs /usr/bin/time (GNU)" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

# SIMULATED rows by a linear congruence: id, arm, visit, date, ITEMS items, weight, pressure, a note that is DISTINCT or not.
make_csv() { # FILE ROWS ITEMS DISTINCT
    awk -v n="$2" -v items="$3" -v distinct="$4" 'BEGIN {
        printf "record_id,arm,visit,date"
        for (i = 1; i <= items; i++) printf ",item_%02d", i
        printf ",weight,systolic,note\n"
        s = 12345
        split("baseline week1 week2 week4", visits, " ")
        split("none|mild headache|nausea|dizzy after the infusion|", notes, "|")
        for (r = 0; r < n; r++) {
            line = ""
            for (i = 0; i < items; i++) { s = (s * 69069 + 1) % 4294967296; line = line "," int(s / 65536) % 5 }
            s = (s * 69069 + 1) % 4294967296
            printf "P%07d,%s,%s,2023-%02d-%02d%s,%.1f,%d,%s\n", int(r / 4), int(r / 4) % 2 ? "ketamine" : "midazolam",
                visits[r % 4 + 1], r % 12 + 1, int(r / 4) % 28 + 1, line, 50 + int(s / 256) % 700 / 10,
                100 + int(s / 65536) % 60, distinct ? "note " r " of " s : notes[int(s / 1048576) % 5 + 1]
        }
    }' >"$1"
}

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

# The best of three, by user and system time.
measure() { # NAME COMMAND...
    name=$1
    shift
    : >measured
    for _ in 1 2 3; do /usr/bin/time -q -a -o measured -f '%e %U %S %M' "$@" >said 2>&1 || { cat said >&2; exit 1; }; done
    sort -k2,2n measured | head -n 1 | awk -v name="$name" -v bytes="$(wc -c <big.csv)" '{
        printf "%-28s %6.2f s  %6.2f user %6.2f system  %7.1f MiB resident  %5.0f MB/s\n",
            name, $1, $2, $3, $4 / 1024, bytes / 1e6 / ($1 > 0 ? $1 : 0.01) }'
}
ingest() {
    measure "$1" "$remit" ingest -q plan.yaml -o big.h5
}

make_csv big.csv "$rows" 20 0
printf 'trial: %s rows x 27 columns, %s bytes\n' "$rows" "$(wc -c <big.csv)"
if Rscript --vanilla -e 'stopifnot(requireNamespace("data.table", quietly = TRUE))' >/dev/null 2>&1; then
    measure "fread, reading only" Rscript --vanilla -e \
        'library(data.table); setDTthreads(2); d <- fread("big.csv", showProgress = FALSE)'
fi
for python in /usr/bin/python3 python3; do
    "$python" -c 'import pandas' 2>/dev/null || continue
    measure "pandas, reading only" "$python" -c 'import pandas; d = pandas.read_csv("big.csv")'
    break
done
ingest "remit ingest"
measure "remit run --until validate" "$remit" run -q --until validate plan.yaml -o checked.h5
measure "remit ingest, then validate" sh -c "'$remit' ingest -q plan.yaml -o big.h5 && '$remit' validate -q big.h5 -o checked.h5"

make_csv big.csv $((2 * rows)) 20 0
ingest "twice"
make_csv big.csv "$rows" 20 1
ingest "texts"
make_csv big.csv $((rows / 1000)) 4993 0
ingest "wide: 5,000 columns"
make_csv big.csv $((rows / 10)) 43 0
ingest "wide: 50 columns"
