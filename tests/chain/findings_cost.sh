#!/bin/bash
# A finding in every row costs at most twice the clean file: instructions of ingest and validate, which no other load of the
# machine changes, and the most memory of a file ten times as long (tests/bench/findings.sh has seconds and a million rows).
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

command -v valgrind >/dev/null || skip "no valgrind"
! grep -q __asan_init <(nm "$RMT_BIN/remit" 2>/dev/null) || skip "sanitizers and valgrind exclude each other"
rows=6000
make() { # KIND ROWS: the export of that many rows, with the fault of its kind in each
    python3 - "$tmp/$1" "$1" "$2" <<'PY'
import json, sys
out, kind, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
names, last = ["item_%02d" % i for i in range(1, 21)], {"clean": "3", "above": "7", "unreadable": "3x"}[kind]
with open(out + "/big.csv", "w") as f:
    print("id,arm,visit", *names, sep=",", file=f)
    for r in range(rows):
        print("P%07d" % (r // 4), "ketamine" if r // 4 % 2 else "midazolam", ["baseline", "week1", "week2", "week4"][r % 4],
              *[(r * 7 + i * 3) % 5 for i in range(1, 20)], last, sep=",", file=f)
items = [{"name": n, "type": "integer", "constraints": {"minimum": 0, "maximum": 4}} for n in names]
json.dump({"fields": [{"name": "id"}, {"name": "arm"}, {"name": "visit"}] + items}, open(out + "/schema.json", "w"))
PY
}
peak() { # COMMAND...: the most memory it has, in KiB
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}
for kind in clean above unreadable; do
    mkdir "$tmp/$kind"
    make $kind $rows
    cat >"$tmp/$kind/plan.yaml" <<'END_OF_PLAN'
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
END_OF_PLAN
    : >"$tmp/$kind/log"
    for stage in "ingest $tmp/$kind/plan.yaml -o $tmp/$kind/big.h5" "validate --keep-going $tmp/$kind/big.h5 -o $tmp/$kind/out.h5"; do
        # shellcheck disable=SC2086 # words
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$RMT_BIN/remit" $stage -q >>"$tmp/$kind/log" 2>&1
    done
    awk '/Collected/ { n += $NF; lines++ } END { print (lines == 2 ? n : 0) }' "$tmp/$kind/log" >"$tmp/$kind/work"
    expect "$kind: counted" test "$(cat "$tmp/$kind/work")" -gt 1000000
    make $kind $((10 * rows))
    peak remit ingest -q "$tmp/$kind/plan.yaml" -o "$tmp/$kind/long.h5" >"$tmp/$kind/ingest"
    peak remit validate -q --keep-going "$tmp/$kind/long.h5" -o "$tmp/$kind/checked.h5" >"$tmp/$kind/validate"
done
for kind in above unreadable; do
    n=$(remit export "$tmp/$kind/out.h5" /validation/counts | awk -F, 'NR > 1 { n += $5 } END { print n }')
    expect "$kind: $n findings" test "$n" -ge $rows
    expect "$kind: $(cat "$tmp/$kind/work") instructions, $(cat "$tmp/clean/work") of the clean file" \
        test "$(cat "$tmp/$kind/work")" -le $((2 * $(cat "$tmp/clean/work")))
    for stage in ingest validate; do
        expect "$kind, $stage: $(cat "$tmp/$kind/$stage") KiB, $(cat "$tmp/clean/$stage") of the clean file" \
            test "$(cat "$tmp/$kind/$stage")" -le $((2 * $(cat "$tmp/clean/$stage")))
    done
done
