#!/bin/bash
# A wide file, one row per participant with a column for each item and visit, gives the values and results of the long
# one; what cannot be made long is refused with the plan's line.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

cp "$sample"/*.csv "$sample"/*.json "$tmp"
python3 - "$tmp" "$sample/plan.yaml" <<'END' || exit 1
import csv, json, sys
out, plan = sys.argv[1:]
rows = list(csv.DictReader(open(f"{out}/caps5.csv", encoding="utf-8", newline="")))
names = [n for n in rows[0] if n not in ("record_id", "visit")]
visits = list(dict.fromkeys(r["visit"] for r in rows))
cells = {(r["record_id"], r["visit"], n): r[n] for r in rows for n in names}
with open(f"{out}/wide.csv", "w", encoding="utf-8", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["record_id"] + [f"{n}_{v}" for v in visits for n in names])
    for s in dict.fromkeys(r["record_id"] for r in rows):
        w.writerow([s] + [cells.get((s, v, n), "") for v in visits for n in names])
schema = json.load(open(f"{out}/caps5.schema.json", encoding="utf-8"))
fields = {f["name"]: f for f in schema["fields"]}
schema["fields"] = [fields["record_id"]] + [dict(fields[n], name=f"{n}_{v}") for v in visits for n in names]
schema["primaryKey"] = "record_id"
json.dump(schema, open(f"{out}/wide.schema.json", "w", encoding="utf-8"))
text = open(plan, encoding="utf-8").read()
old = "{file: caps5.csv, schema: caps5.schema.json}"
assert old in text
for name, new in (("wide", '{file: wide.csv, schema: wide.schema.json, long: {columns: "{name}_{visit}"}}'),
                  ("as_long", '{file: wide.csv, schema: caps5.schema.json, long: {columns: "{name}_{visit}"}}'),
                  ("no_schema", '{file: wide.csv, missing: ["", "-99", "not done"], long: {columns: "{name}_{visit}"}}'),
                  ("typo", '{file: wide.csv, long: {columns: "{name}__{visit}"}}'),
                  ("no_visit", '{file: wide.csv, long: {columns: "{name}_wk"}}')):
    open(f"{out}/{name}.yaml", "w", encoding="utf-8").write(text.replace(old, new))
END

expect_exit 0 remit run "$sample/plan.yaml" -o "$tmp/long.h5"
for plan in wide as_long no_schema; do
    expect_exit 0 remit run "$tmp/$plan.yaml" -o "$tmp/$plan.h5"
    expect "no finding" test "$(remit export "$tmp/$plan.h5" /validation/issues | wc -l)" -eq 1
    for path in /results/effects /results/rates; do
        expect_same <(remit export "$tmp/long.h5" "$path") <(remit export "$tmp/$plan.h5" "$path")
    done
    # The lines are those of the wide file; where nobody came, the long file has no row and the wide one a row of blanks.
    for study in long $plan; do
        remit export "$tmp/$study.h5" /outcomes | python3 -c '
import csv, sys
for r in csv.DictReader(sys.stdin):
    if r["PARAMCD"].startswith("CAPS5"): print([v for k, v in r.items() if k not in ("NMISS", "SRCTABLE", "SRCLINE") and not k.endswith("__missing")])
' >"$tmp/$study.outcomes"
    done
    expect "outcomes are there" test "$(wc -l <"$tmp/long.outcomes")" -gt 500
    expect_same "$tmp/long.outcomes" "$tmp/$plan.outcomes"
done
# Without a record every visit of the schedule has its row all the same; a row of the file is in the table once a visit.
expect "30 participants at 4 visits" test "$(remit export "$tmp/wide.h5" /tables/caps5 | wc -l)" -eq 121
expect "what was made long is said" grep -q "^caps5: made long, 30 rows x 4 visits$" <(remit show "$tmp/wide.h5")
expect "rows of the file" grep -q '^caps5,.*,31,0,0,0,30,30,0,' <(remit export "$tmp/wide.h5" /sources | grep '^caps5')

expect_exit 78 remit ingest "$tmp/typo.yaml" -o "$tmp/x.h5"
expect "pattern named: $(cat "$tmp/err")" grep -q "typo.yaml:10: long: no column is of the pattern '{name}__{visit}' at a visit of the schedule" "$tmp/err"
expect_exit 78 remit ingest "$tmp/no_visit.yaml" -o "$tmp/x.h5"
expect "pattern named: $(cat "$tmp/err")" grep -q "no_visit.yaml:10: columns: '{name}_wk' has no {visit}" "$tmp/err"

# A finding names line and column of the file.
sed -i '3s/^\(KM-[0-9]*,[^,]*,[^,]*,\)[^,]*/\1x7/' "$tmp/wide.csv"
expect_exit 1 remit run "$tmp/wide.yaml" -o "$tmp/x.h5"
expect_stderr 'wide.csv:3: caps5_01_baseline: x7 cannot be read as type integer: text before the number \[type-error\]'

# It flags the record of that visit: the others of the line are right.
remit ingest -q "$tmp/wide.yaml" | remit validate -q --keep-going 2>/dev/null | remit score -q -o "$tmp/flags.h5"
remit export "$tmp/flags.h5" /outcomes | python3 -c '
import csv, sys
print(*sorted({r["AVISIT"] for r in csv.DictReader(sys.stdin) if r["FLAGGED"] == "true"}))' >"$tmp/flags"
expect "one visit is flagged: $(cat "$tmp/flags")" test "$(wc -w <"$tmp/flags")" -eq 1

# A column the plan needs as numbers is one when most values of all its visits are: each other cell is a finding.
cat >"$tmp/few.yaml" <<'END'
study: {id: SIMULATED-FEW}
data:
  people: {file: few.csv, long: {columns: "{name}_{visit}"}}
subjects: {table: people, id: id, arm: arm}
arms: {reference: a}
visits: {visit: visit, schedule: [{name: b, baseline: true}, {name: w1}]}
outcomes:
  o: {table: people, total: total}
END
printf 'id,arm,total_b,total_w1\n1,a,3,30\n2,a,4,not done\n3,b,5,no\n4,b,6,n/a\n' >"$tmp/few.csv"
remit ingest -q "$tmp/few.yaml" -o "$tmp/few.h5"
expect_exit 1 remit validate -q "$tmp/few.h5" -o "$tmp/x.h5"
expect_stderr "few.csv:3: total_w1: not done cannot be read as type (integer|number)"
remit export "$tmp/few.h5" /tables/people >"$tmp/few.out"
expect "the numbers are there" grep -q '^1,a,w1,30,' "$tmp/few.out"
# Where most are none it is text at all visits.
printf 'id,arm,total_b,total_w1\n1,a,3,30\n2,a,no,not done\n3,b,no,no\n4,b,no,n/a\n' >"$tmp/few.csv"
remit ingest -q "$tmp/few.yaml" -o "$tmp/few.h5"
expect "no cell is lost" grep -q '^4,b,b,no,' <(remit export "$tmp/few.h5" /tables/people)

# A participant has one line of a wide file, from which several rows are made: that is one row, a second line is another.
cat >"$tmp/one.yaml" <<'PLAN'
study: {id: SIMULATED-ONE}
data:
  people: {file: one.csv, long: {columns: "{name}_{visit}"}}
subjects: {table: people, id: id, arm: arm}
arms: {reference: a, order: [b, a]}
visits: {visit: visit, schedule: [{name: b, baseline: true}, {name: w1}]}
outcomes:
  o: {table: people, total: total}
PLAN
printf 'id,arm,total_b,total_w1\n1,a,3,30\n2,b,4,5\n' >"$tmp/one.csv"
remit init "$tmp/one.csv" 2>/dev/null >"$tmp/drafted"
expect "the draft counts the file's rows" grep -q 'one_row_per: subject' "$tmp/drafted"
remit ingest -q "$tmp/one.yaml" | remit validate -q --format lines >"$tmp/findings"
expect "nobody is randomised twice: $(cat "$tmp/findings")" test ! -s "$tmp/findings"
printf '2,b,,\n1,b,,\n' >>"$tmp/one.csv"
remit ingest -q "$tmp/one.yaml" | remit validate -q --format lines | grep randomised-twice >"$tmp/findings"
expect_same "$tmp/findings" /dev/stdin <<'FINDINGS'
one.csv:5:2: error: arm: subject 1 is in arm a and in arm b [trial/randomised-twice]
one.csv:4:1: error: id: subject 2 stands on line 3 already [trial/randomised-twice]
FINDINGS
# Where the arm is told visit by visit, one line can have two.
printf 'id,arm_b,arm_w1,total_b,total_w1\n1,a,a,3,30\n2,a,b,4,5\n3,b,b,4,5\n' >"$tmp/one.csv"
remit ingest -q "$tmp/one.yaml" | remit validate -q --format lines >"$tmp/findings"
expect_same "$tmp/findings" /dev/stdin <<'FINDINGS'
one.csv:3:3: error: arm_w1: subject 2 is in arm a and in arm b [trial/randomised-twice]
FINDINGS

# A column that is a slip of the key away from one that the patterns take is named, with what it resembles.
resembling() { # LONG HEADER: the warnings
    sed "s/long: {.*}}/long: {$1}}/; s/{name: w1}/{name: w1}, {name: w2}/" "$tmp/one.yaml" >"$tmp/slip.yaml"
    { echo "$2"; sed "s/[^,]*/3/g; s/^3,3/1,a/" <<<"$2"; sed "s/[^,]*/3/g; s/^3,3/2,b/" <<<"$2"; } >"$tmp/one.csv"
    remit ingest -q "$tmp/slip.yaml" | remit validate -q --format lines
}
no_name='columns: "total_{visit}", value: total'
resembling "$no_name" id,arm,total_b,total_w1,toatl_w2 >"$tmp/findings"
expect "no pattern: $(cat "$tmp/findings")" grep -q "one.csv:1:5: warning: toatl_w2: no pattern of 'long' takes the column, so that it stands at every visit; it resembles 'total_w2', which is not in the file" "$tmp/findings"
resembling 'columns: "{name}_{visit}"' id,arm,total_b,total_w1,toatl_w2 >"$tmp/findings"
expect "a name of its own: $(cat "$tmp/findings")" grep -q "toatl_w2: the column is made 'toatl', which has no other visit; it resembles 'total_w2', which is not in the file" "$tmp/findings"
resembling "$no_name" id,arm,total_b,total_w1,total_w2,totall_w2 >"$tmp/findings"
expect "there too: $(cat "$tmp/findings")" grep -q "totall_w2: .* it resembles 'total_w2', which is there too" "$tmp/findings"
for right in "$no_name|id,arm,total_b,total_w1,total_w2,totax_b,totax_w1,totax_w2" "$no_name, keep: toatl_w2|id,arm,total_b,total_w1,toatl_w2" \
    'columns: "{name}_{visit}"|id,arm,total_b,total_w1,total_w2,sub_w2,age,sex' 'columns: "{name}_{visit}"|id,arm,total_b,total_w1,subs_b,subt_w1' 'columns: "{name}_{visit}"|id,arm,total_b,tota1_w1'; do
    resembling "${right%%|*}" "${right#*|}" >"$tmp/findings"
    expect "nothing resembles: $right $(cat "$tmp/findings")" test ! -s "$tmp/findings"
done
