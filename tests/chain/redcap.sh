#!/bin/bash
# sample-data/redcap-export: the trial as REDCap exports it, raw or labelled, gives the numbers of the trial as CSV files; every
# row and cell of the export is accounted for; what its page says to type runs.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

export=$RMT_SOURCE/sample-data/redcap-export
[ -e "$export/plan.yaml" ] || skip "no sample-data/redcap-export"
mkdir "$tmp/made"

# The files are what their script makes of the CSV files, and the two plans differ in the file alone.
expect_exit 0 python3 "$export/make_redcap.py" "$sample" "$tmp/made"
for f in "$tmp/made"/*; do expect_same "$f" "$export/$(basename "$f")"; done
expect_same <(sed 's/SIMULATED_DATA\.csv/SIMULATED_DATA_LABELS.csv/' "$export/plan.yaml") "$export/plan-labels.yaml"

expect_exit 0 remit run "$sample/plan.yaml" -o "$tmp/csv.h5"
expect_exit 0 remit run "$export/plan.yaml" -o "$tmp/raw.h5"
expect_silent
expect_exit 0 remit run "$export/plan-labels.yaml" -o "$tmp/labels.h5"
expect_silent

# Values: the same from both, and no finding.
for table in participants caps5 pcl5 madrs cadss vitals adverse_events; do
    remit export "$tmp/raw.h5" "/tables/$table" >"$tmp/a.csv"
    remit export "$tmp/labels.h5" "/tables/$table" >"$tmp/b.csv"
    expect "$table has rows" test "$(wc -l <"$tmp/a.csv")" -gt 5
    expect_same "$tmp/a.csv" "$tmp/b.csv"
done
for f in raw labels; do
    expect "$f: no finding" test "$(remit export "$tmp/$f.h5" /validation/issues | wc -l)" -eq 1
    for path in /results/effects /results/rates; do
        expect_same <(remit export "$tmp/csv.h5" "$path") <(remit export "$tmp/$f.h5" "$path")
    done
    # Each person's scores; only the lines they came from are others.
    for study in csv $f; do
        remit export "$tmp/$study.h5" /outcomes >"$tmp/$study.outcomes"
    done
    python3 - "$tmp/csv.outcomes" "$tmp/$f.outcomes" >"$tmp/problems" <<'END'
import csv, sys
a, b = (list(csv.DictReader(open(name, encoding="utf-8", newline=""))) for name in sys.argv[1:])
if len(a) != len(b) or len(a) < 5000: print("rows:", len(a), len(b))
for x, y in zip(a, b):
    wrong = [k for k in x if k not in ("SRCLINE",) and not k.endswith("__missing") and x[k] != y[k]]
    if wrong: print(x["USUBJID"], x["PARAMCD"], x["AVISIT"], wrong); break
END
    n_checks=$((n_checks + 1))
    while read -r line; do fail "$f: $line"; done <"$tmp/problems"
done

# Every row and cell: stored, refused or set aside; the values of the CSV files are all here.
remit export "$tmp/raw.h5" /sources >"$tmp/sources.csv"
python3 - "$tmp/sources.csv" "$export/SIMULATED_DATA.csv" "$sample" >"$tmp/problems" <<'END'
import csv, os, sys
sources = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
data = list(csv.reader(open(sys.argv[2], encoding="utf-8", newline="")))
if len(sources) != 7: print("sources:", len(sources))
for s in sources:
    n = {k: int(v) for k, v in s.items() if v.isdigit()}
    if n["rows"] != len(data) - 1 or n["cells"] != (len(data) - 1) * len(data[0]): print(s["name"], "rows or cells")
    if n["rows"] != n["rows_stored"] + n["rows_refused"] + n["rows_set_aside"]: print(s["name"], "rows do not add up")
    if n["cells"] != n["cells_stored"] + n["cells_set_aside"]: print(s["name"], "cells do not add up")
    file = os.path.join(sys.argv[3], s["name"] + ".csv")
    if os.path.exists(file) and n["rows_stored"] != len(list(csv.reader(open(file, encoding="utf-8")))) - 1:
        print(s["name"], "has other rows than its CSV file")
END
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"
expect_exit 0 remit show "$tmp/raw.h5" >"$tmp/shown"
expect "show tells what is set aside" grep -q "^participants  *30  *782 " "$tmp/shown"

# Reasons: fields that are hidden, codes. The study file holds its texts as they are.
for text in "not applicable" "-99 (No answer)" "ND (Not done)" "SIMULATED_DataDictionary.csv"; do
    expect "the study says '$text'" grep -aqF -e "$text" "$tmp/raw.h5"
done

# A form that no table takes is told; absolute paths leave no trace.
sed "/adverse_events/d; s|file: |file: $export/|; s|dictionary: |dictionary: $export/|" "$export/plan.yaml" >"$tmp/less.yaml"
expect_exit 0 remit ingest "$tmp/less.yaml" -o "$tmp/less.h5"
expect_stderr "SIMULATED_DATA.csv: form adverse_events: in no table of the plan, 18 values are not read"
expect "no path in the study" test "$(grep -acF "$export" "$tmp/less.h5")" -eq 0

# The page: each line of its blocks.
cp -r "$export" "$tmp/page"
cd "$tmp/page" || exit 70
n_lines=0
while IFS= read -r line; do
    n_lines=$((n_lines + 1))
    expect_exit 0 bash -e -o pipefail -c "$line" >"$tmp/out"
done < <(awk '/^```/ { on = $0 == "```sh"; next } on' README.md)
expect "the page has its commands: $n_lines" test "$n_lines" -ge 4
expect "they make a study" test -e trial.h5
expect "with the effects of the four scales" test "$(remit export trial.h5 /results/effects | cut -d, -f3 | sort -u | wc -l)" -ge 5

# What no table can hold is told: a form saved at an event the plan does not ask for, a row of no form, a box of a missing
# code that is neither checked nor not.
mkdir "$tmp/odd" && cp "$export"/*.csv "$export/plan.yaml" "$tmp/odd"
python3 - "$tmp/odd/SIMULATED_DATA.csv" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
head = rows[0]
event, arm, done, box = (head.index(n) for n in ("redcap_event_name", "arm", "participants_complete", "seen___nd"))
seen = next(i for i, r in enumerate(rows) if i > 0 and r[head.index("vitals_complete")] == "2")
rows[seen][box] = "x"
week1 = next(i for i, r in enumerate(rows) if r[event] == "week_1_arm_1")
rows[week1][arm], rows[week1][done] = "midazolam", "2"
rows.append(["KM-031", "baseline_arm_1"] + [""] * (len(head) - 2))
csv.writer(open(sys.argv[1], "w", encoding="utf-8", newline=""), lineterminator="\n").writerows(rows)
print(seen + 1, week1 + 1, len(rows), file=open(sys.argv[1] + ".lines", "w"))
END
read -r seen week1 last <"$tmp/odd/SIMULATED_DATA.csv.lines"
remit ingest -q "$tmp/odd/plan.yaml" | remit validate --format lines >"$tmp/lines"
expect "the odd box: $(head -3 "$tmp/lines")" grep -Eq "^SIMULATED_DATA.csv:$seen:[0-9]+: error: seen___[0-9a-z]+: x .*\[type-error\]" "$tmp/lines"
expect "the other event" grep -q "^SIMULATED_DATA.csv:$week1: warning: participants saved at another event" "$tmp/lines"
expect "the row of nothing" grep -q "^SIMULATED_DATA.csv:$last: warning: 1 row without any saved form" "$tmp/lines"

# What a data manager's hand may do to an export or its dictionary: each the right value, or one finding that says it.
cat >"$tmp/break.py" <<'END'
import csv, io, sys
source, to, case = sys.argv[1:]
def rows(name): return list(csv.reader(open(f"{source}/{name}", encoding="utf-8", newline="")))
labels = case in ("windows-1252", "event label")
data, words = rows("SIMULATED_DATA_LABELS.csv" if labels else "SIMULATED_DATA.csv"), rows("SIMULATED_DataDictionary.csv")
head, encoding, mark = data[0], "utf-8", b""
at = lambda name: head.index(name)
row = lambda name, value: next(i for i, r in enumerate(data) if i and r[at(name)] == value)
field = lambda name: next(r for r in words if r[0] == name)
if not labels: base, harm = row("redcap_event_name", "baseline_arm_1"), row("redcap_repeat_instrument", "adverse_events")
if case == "missing code": data[base][at("medicated")] = "ND"
if case == "undeclared code": data[base][at("medicated")] = "UNK"
if case == "label": data[base][at("sex")] = "Female"
if case == "no blanks": field("sex")[5] = "1,Female|2,Male"
if case == "mark": mark = b"\xef\xbb\xbf"
if case == "windows-1252": encoding = "cp1252"
if case == "validation": field("age")[7] = "whole_number"
if case == "decimal comma": data[base + 1][at("spo2")] = "97,5"
if case == "gap": data[row("redcap_repeat_instance", "2")][3] = "4"
if case == "copy": data.insert(harm + 1, data[harm][:3] + [""] + data[harm][4:])
if case == "form": data[harm][2] = "advers_events"
if case == "event label": data[row("Event Name", "Week 2")][1] = "Week2"
if case == "state": data[base][at("participants_complete")] = "3"
if case == "hidden": data[row("treatments____1", "0")][at("treatment_other")] = "something"
for name, table, e, m in (("SIMULATED_DATA.csv", data, encoding, mark), ("SIMULATED_DataDictionary.csv", words, "utf-8", b"")):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    open(f"{to}/{name}", "wb").write(m + text.getvalue().encode(e))
END
mkdir "$tmp/broken" && cp "$export/plan.yaml" "$tmp/broken"
broken() { # CASE LINES [PATTERN]: so many findings, the first of them like this
    python3 "$tmp/break.py" "$export" "$tmp/broken" "$1"
    remit ingest "$tmp/broken/plan.yaml" 2>"$tmp/said" | remit validate --format lines >"$tmp/lines" 2>>"$tmp/said"
    expect "$1: $2 findings, not: $(head -3 "$tmp/lines" "$tmp/said")" test "$(wc -l <"$tmp/lines")" -eq "$2"
    [ $# -lt 3 ] || expect "$1: $(head -3 "$tmp/lines")" grep -q "$3" <(head -1 "$tmp/lines")
}
f=SIMULATED_DATA.csv
broken "missing code" 0
broken "undeclared code" 1 "^$f:2:12: error: medicated: UNK cannot be read .*missingValues does not declare"
broken "no blanks" 0
broken "mark" 0
broken "windows-1252" 1 "^$f:30:6: warning: site: .*windows-1252"
broken "validation" 1 "^SIMULATED_DataDictionary.csv:5: warning: .*the validation 'whole_number' is not known"
broken "decimal comma" 1 "^$f:3:[0-9]*: error: spo2: 97,5 "
broken "gap" 0
broken "copy" 1 "^$f:126:1: error: record_id: .* stands on line 125 already: the row is a copy \[redcap/copied-row\]$"
broken "form" 1 "^$f:125:3: error: .*'advers_events' is no form .*did you mean 'adverse_events'? \[redcap/unknown-form\]$"
broken "event label" 1 "^$f:23:2: error: .*did you mean 'week_2_arm_1'? \[trial/unknown-visit\]$"
broken "state" 1 "^$f:2:25: error: participants_complete: 3 is not one of 0, 1, 2"
broken "hidden" 1 ":19: warning: treatment_other: .*\[redcap/hidden-value\]$"
broken "label" 0
expect "a label among codes: $(cat "$tmp/said")" grep -q "$f:2: sex: 'Female' is a label, but .* is a code (1 label, " "$tmp/said"
