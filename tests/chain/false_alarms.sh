#!/bin/bash
# False alarms: what validate finds in clean data, by every way in, against false_alarms.csv. Nothing, or what that list
# has, where each finding has the reason why it is true. Real trials count where their data are.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

samples=$RMT_SOURCE/sample-data
[ -e "$samples/redcap-export/plan.yaml" ] || skip "no sample-data"
real=$RMT_SOURCE/../shared/data
echo "data,severity,code,table,line,column,subject,value" >"$tmp/found.csv"
runs=()

# NAME PLAN: its findings, behind those of others. What ingest warns of is among them (source/reading).
look() {
    expect_exit 0 remit ingest "$2" -o "$tmp/in.h5"
    expect_exit "0|1" remit validate -q --keep-going "$tmp/in.h5" -o "$tmp/out.h5"
    expect "$1 has rows" test "$(remit export "$tmp/out.h5" /sources | wc -l)" -gt 1
    remit export "$tmp/out.h5" /validation/issues >"$tmp/issues.csv"
    python3 - "$1" "$tmp/issues.csv" >>"$tmp/found.csv" <<'PY'
import csv, sys
names = "severity code table line column subject value".split()
out = csv.writer(sys.stdout, lineterminator="\n")
for r in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")): out.writerow([sys.argv[1]] + [r[n] for n in names])
PY
    runs+=("$1")
}

draft() { # NAME FILE...: the plan that init writes
    mkdir "$tmp/$1"
    cp "${@:2}" "$tmp/$1"
    expect_exit 0 remit init -q "$tmp/$1" -o "$tmp/$1/plan.yaml"
    look "$1" "$tmp/$1/plan.yaml"
}

look sample "$sample/plan.yaml"
look published "$samples/published-ketamine/plan.yaml"
look redcap-raw "$samples/redcap-export/plan.yaml"
look redcap-labels "$samples/redcap-export/plan-labels.yaml"

# Every check there is: those that are off, and those that need more of a plan.
mkdir "$tmp/strict" && cp "$sample"/*.csv "$sample"/*.json "$tmp/strict"
sed "s/^  order: \[ketamine, midazolam\]/&\n  ratio: [1, 1]/; s/^  visit: visit$/&\n  date: date/" "$sample/plan.yaml" >"$tmp/strict/plan.yaml"
remit validate --list-checks | awk '$2 == "off" { printf "%s%s: warning", n++ ? ", " : "checks: {", $1 } END { print n ? "}" : "" }' >>"$tmp/strict/plan.yaml"
look every-check "$tmp/strict/plan.yaml"
# Published numbers against the range of their scale: means and SDs of whole numbers.
mkdir "$tmp/ranges" && cp "$samples/published-ketamine"/*.csv "$samples/published-ketamine"/*.json "$tmp/ranges"
sed 's/events: events, total: total}/events: events, total: total,\n         range: {"ptsd severity (CPSS)": [0, 51], "ptsd symptoms (CPTSDI)": [0, 17], "depression (MFQ)": [0, 66], "anxiety (SCAS)": [0, 114],\n                 "functioning (CGAS)": [1, 100], "emotional (SDQ)": [0, 10], "conduct (SDQ)": [0, 10], "CAPS-5 change": [-80, 80]}}/' \
    "$samples/published-ketamine/plan.yaml" >"$tmp/ranges/plan.yaml"
expect "ranges are in the plan" grep -q '"anxiety (SCAS)": \[0, 114\]' "$tmp/ranges/plan.yaml"
look published-ranges "$tmp/ranges/plan.yaml"

# The same trial as a wide file and as a data package.
mkdir "$tmp/wide" "$tmp/package" && cp "$sample"/*.csv "$sample"/*.json "$tmp/wide" && cp "$sample"/*.csv "$tmp/package"
python3 - "$tmp" "$sample" <<'PY' || exit 1
import csv, json, sys
out, sample = sys.argv[1:]
plan = open(f"{sample}/plan.yaml", encoding="utf-8").read()
rows = list(csv.DictReader(open(f"{sample}/madrs.csv", encoding="utf-8", newline="")))
names = [n for n in rows[0] if n not in ("record_id", "visit")]
visits = list(dict.fromkeys(r["visit"] for r in rows))
cells = {(r["record_id"], r["visit"], n): r[n] for r in rows for n in names}
with open(f"{out}/wide/madrs.csv", "w", encoding="utf-8", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["record_id"] + [f"{n}_{v}" for v in visits for n in names])
    for s in dict.fromkeys(r["record_id"] for r in rows): w.writerow([s] + [cells.get((s, v, n), "") for v in visits for n in names])
old = "madrs: {file: madrs.csv, schema: madrs.schema.json}"
assert old in plan
open(f"{out}/wide/plan.yaml", "w", encoding="utf-8").write(plan.replace(old, old[:-1] + ', long: {columns: "{name}_{visit}"}}'))
tables = "participants caps5 pcl5 madrs cadss vitals".split()
schema = lambda t: json.load(open(f"{sample}/{t}.schema.json", encoding="utf-8"))
package = {"name": "km", "resources": [{"name": t, "path": t + ".csv", "schema": schema(t)} for t in tables]}
json.dump(package, open(f"{out}/package/datapackage.json", "w", encoding="utf-8"))
head, rest = plan.split("data:\n")
open(f"{out}/package/plan.yaml", "w", encoding="utf-8").write(head + "datapackage: datapackage.json\n" + rest[rest.index("\n\n"):])
PY
look wide "$tmp/wide/plan.yaml"
look package "$tmp/package/plan.yaml"

# Without a word about them, as init drafts the plan.
draft draft "$sample"/*.csv
draft draft-redcap "$samples/redcap-export/SIMULATED_DATA.csv" "$samples/redcap-export/SIMULATED_DataDictionary.csv"
draft draft-redcap-labels "$samples/redcap-export/SIMULATED_DATA_LABELS.csv" "$samples/redcap-export/SIMULATED_DataDictionary.csv"
draft draft-published "$samples/published-ketamine/arms.csv"

for name in antidepressant-hamd17 metapsy-ptsd-psyctr; do
    [ -e "$real/$name/data.csv" ] || continue
    mkdir "$tmp/$name" && cp "$RMT_SOURCE/tests/real/$name/plan.yaml" "$real/$name/data.csv" "$tmp/$name"
    look "$name" "$tmp/$name/plan.yaml"
    draft "draft-$name" "$real/$name/data.csv"
done

# The list has the findings and a reason for each, of the data looked at here.
python3 - "$(dirname "${BASH_SOURCE[0]}")/false_alarms.csv" "$tmp/found.csv" "${runs[@]}" >"$tmp/problems" <<'PY'
import collections, csv, sys
read = lambda name: list(csv.DictReader(open(name, encoding="utf-8", newline="")))
wanted, found = (collections.Counter(tuple(v for k, v in r.items() if k != "why") for r in rows if r["data"] in sys.argv[3:])
                 for rows in (read(sys.argv[1]), read(sys.argv[2])))
for r in read(sys.argv[1]):
    if not r["why"]: print("no reason for", *r.values())
for f in found - wanted: print("a finding in clean data:", *f)
for f in wanted - found: print("no longer found:", *f)
PY
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"
expect "data sets: ${#runs[@]}" test "${#runs[@]}" -ge 13
