#!/bin/sh
# What findings cost: a file without any and one with a finding in every row (a value above its maximum, or a cell that
# is no number) are ingested and validated; time and peak memory of each, and the ratios to the clean file.
#   sh tests/bench/findings.sh REMIT [ROWS]
set -eu
remit=${1:?usage: findings.sh REMIT [ROWS]}
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

# SIMULATED rows: a subject, a visit, 20 items; the last one carries the fault.
for kind in clean above unreadable; do
    mkdir $kind
    awk -v n="$rows" -v kind=$kind 'BEGIN {
        printf "id,arm,visit"
        for (i = 1; i <= 20; i++) printf ",item_%02d", i
        printf "\n"
        split("baseline week1 week2 week4", visits, " ")
        fault = kind == "above" ? "7" : kind == "unreadable" ? "3x" : "3"
        for (r = 0; r < n; r++) {
            printf "P%07d,%s,%s", int(r / 4), int(r / 4) % 2 ? "ketamine" : "midazolam", visits[r % 4 + 1]
            for (i = 1; i < 20; i++) printf ",%d", (r * 7 + i * 3) % 5
            printf ",%s\n", fault
        }
        items = ""
        for (i = 1; i <= 20; i++)
            items = items sprintf(", {\"name\": \"item_%02d\", \"type\": \"integer\", \"constraints\": {\"minimum\": 0, \"maximum\": 4}}", i)
        printf "{\"fields\": [{\"name\": \"id\"}, {\"name\": \"arm\"}, {\"name\": \"visit\"}%s]}\n", items >"schema.json"
    }' >$kind/big.csv
    mv schema.json $kind/
    cat >$kind/plan.yaml <<'EOF'
study: {id: SIMULATED-FINDINGS}
data:
  big: {file: big.csv, schema: schema.json}
subjects: {table: big, id: id, arm: arm, one_row_per: record}
arms: {reference: midazolam, order: [ketamine, midazolam]}
visits:
  visit: visit
  schedule: [{name: baseline, baseline: true}, {name: week1}, {name: week2}, {name: week4}]
outcomes:
  total: {table: big, instrument: caps5, items: "item_{01..20}"}
EOF
    /usr/bin/time -f '%e %M' -o $kind/ingest "$remit" ingest -q $kind/plan.yaml -o $kind/big.h5
    status=0
    /usr/bin/time -q -f '%e %M' -o $kind/validate "$remit" validate -q --keep-going $kind/big.h5 \
        -o $kind/checked.h5 2>/dev/null || status=$?
    [ $status -le 1 ]
    "$remit" export $kind/checked.h5 /validation/summary >$kind/summary
done
printf '%-12s %10s %12s %10s %12s  %s\n' file ingest/s MiB validate/s MiB findings
for kind in clean above unreadable; do
    read -r is im <$kind/ingest
    read -r vs vm <$kind/validate
    found=$(awk -F, 'NR > 1 { n += $NF } END { print n + 0 }' $kind/summary)
    printf '%-12s %10s %12.1f %10s %12.1f  %s\n' $kind "$is" "$(echo "$im" | awk '{ print $1 / 1024 }')" "$vs" \
        "$(echo "$vm" | awk '{ print $1 / 1024 }')" "$found"
done
read -r cs _ <clean/ingest
read -r cv _ <clean/validate
for kind in above unreadable; do
    read -r is _ <$kind/ingest
    read -r vs _ <$kind/validate
    awk -v k=$kind -v a="$is" -v b="$vs" -v c="$cs" -v d="$cv" \
        'BEGIN { printf "%s: ingest and validate take %.2f times the clean file\n", k, (a + b) / (c + d) }'
done
