#!/bin/bash
# validate --compare: a corrected export against the one before. Lines move, and the findings are still known again.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

cp -r "$RMT_SOURCE/sample-data/messy-export" "$RMT_SOURCE/sample-data/ketamine-midazolam" "$tmp"
cd "$tmp/messy-export" || exit 70
expect_exit 0 remit ingest -q plan.yaml -o in.h5
expect_exit 1 remit validate -q --keep-going in.h5 -o old.h5
n=$(($(remit export old.h5 /validation/issues | wc -l) - 1))

expect_exit 1 remit validate in.h5 --compare old.h5 >same
expect "nothing has changed" grep -qx "0 fixed, 0 new, $n still there" same

# The answer 7 and the slip of the keyboard (one) are mended; the first two records of the file go, so that
# every line moves; a rater is misspelt.
sed -i -e '7s/,7,/,3,/' -e '12s/12x/2/' -e '15s/,R\([0-9]\),/,r\1,/' -e 2,3d caps5.csv
expect_exit 0 remit ingest -q plan.yaml -o in.h5
expect_exit 1 remit validate in.h5 --compare old.h5 --format csv >changed.csv
cut -d, -f1,3,4,5,6 changed.csv | grep -v ^stays >changes
expect_same changes - <<END
change,code,table,line,column
fixed,constraint-error,caps5,7,caps5_07
fixed,type-error,caps5,12,caps5_11
new,constraint-error,caps5,13,rater
new,trial/no-baseline,caps5,2,visit
END
expect "the others stay" test "$(grep -c ^stays changed.csv)" -eq $((n - 2))
expect_exit 1 remit validate in.h5 --compare old.h5 >text
expect "counts" grep -qx "2 fixed, 2 new, $((n - 2)) still there" text
expect "fixed" grep -qx "Fixed: 2 errors" text
expect "new" grep -qx "New: 1 error, 1 warning" text
expect_exit 1 remit validate in.h5 --compare old.h5 --format lines >lines
expect "the new ones as lines: $(cat lines)" test "$(wc -l <lines)" -eq 2

# Only a study that was validated can be compared with, and no study is made.
expect_exit 65 remit validate in.h5 --compare in.h5 -o x.h5
expect_stderr "^remit-validate: in.h5: the study was not validated"
expect_exit 66 remit validate in.h5 --compare absent.h5 -o x.h5
expect_exit 64 remit validate --in-place in.h5 --compare old.h5
expect_stderr "'--in-place' and '--compare' exclude each other"
expect_exit 1 remit validate in.h5 --compare old.h5 -o written
expect_same written text

# Where a list is cut on one side, nobody knows what was fixed or is new: the counts are compared, and the lists that are
# whole as ever. 40 findings, in one order and the other.
mkdir "$tmp/cut" && cd "$tmp/cut" || exit 70
awk 'BEGIN {
    print "id,arm" >"people.csv"
    print "id,visit,tot,dose" >"many.csv"
    print "id,visit,tot,dose" >"turned.csv"
    for (i = 0; i < 20; i++) print "S" i "," (i % 2 ? "a" : "b") >"people.csv"
    for (i = 0; i < 40; i++) printf "S%d,%s,%d,%s\n", i / 2, i % 2 ? "end" : "start", 10 + i % 30, i == 5 ? 99 : i "x" >"many.csv"
    for (i = 39; i >= 0; i--) printf "S%d,%s,%d,%s\n", i / 2, i % 2 ? "end" : "start", 10 + i % 30, i == 5 ? 99 : i "x" >"turned.csv"
}'
for file in many turned; do
    cat >$file.yaml <<END
study: {id: SIMULATED}
data:
  people: {file: people.csv}
  many: {file: $file.csv, schema: {fields: [{name: id}, {name: visit}, {name: tot, type: integer}, {name: dose, type: integer, constraints: {maximum: 80}}]}}
subjects: {table: people, id: id, arm: arm}
arms: {reference: b, order: [a, b]}
visits: {visit: visit, schedule: [{name: start, baseline: true}, {name: end}]}
outcomes: {madrs: {table: many, instrument: madrs, total: tot}}
END
    expect_exit 0 remit ingest -q $file.yaml -o $file.h5
done
for most in 0 1 7 38; do
    expect_exit 1 remit validate -q --keep-going --max-findings=$most many.h5 -o cut.h5
    expect_exit 1 remit validate -q --keep-going many.h5 -o whole.h5
    for now in many turned; do
        for how in "--max-findings=$most --compare=cut.h5" "--max-findings=$most --compare=whole.h5" "--compare=cut.h5"; do
            expect_exit 1 remit validate -q $now.h5 $how >text
            expect_exit 1 remit validate -q $now.h5 $how --format csv >rows.csv
            n=39 stay=1
            [ "$most" -gt 0 ] || n=40 stay=0
            expect "$most $now $how: $(cat text)" grep -qx "0 fixed, 0 new, $stay still there; cut lists: $n before, $n now" text
            expect "$most $now $how: a cut list is a row" grep -qx "cut,error,type-error,many,0,,,,,\"cut lists: 39 before, 39 now\"" rows.csv
            expect "$most $now $how: no false change: $(cat rows.csv)" test "$(grep -c '^fixed\|^new' rows.csv)" -eq 0
        done
    done
done
expect_exit 1 remit validate -q turned.h5 --compare=cut.h5 --format json >rows.json
expect "json" grep -q '"change": *"cut"' rows.json
expect_exit 1 remit validate -q turned.h5 --compare=cut.h5 --format lines >lines
expect_same lines <(echo "turned.csv:1: error: cut lists: 39 before, 39 now [type-error]")
# What is whole is told all the same, and a count may change.
sed -i -e 's/,99$/,9/' -e 's/,7x$/,7/' turned.csv
expect_exit 0 remit ingest -q turned.yaml -o turned.h5
expect_exit 1 remit validate -q turned.h5 --compare=cut.h5 >text
expect "a change beside a cut list" grep -qx "1 fixed, 0 new, 0 still there; cut lists: 39 before, 38 now" text
expect "by table" grep -qx "  turned.csv: cut lists: 39 before, 38 now \[type-error\]" text
expect_exit 1 remit validate -q turned.h5 --compare=whole.h5 >text
expect "whole lists" grep -qx "2 fixed, 0 new, 38 still there" text
