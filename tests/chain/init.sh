#!/bin/bash
# remit init: the drafts of the sample trial, of real trials where they are, and of the trial of the tests run as they are
# written; their scores are those of the plans written by hand; the same bytes whatever the order of a directory.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

sample=$RMT_SOURCE/sample-data/ketamine-midazolam
mkdir "$tmp/trial"
cp "$sample"/*.csv "$tmp/trial"
cd "$tmp" || exit 70

# Standard output as a file, from beside it and from within; --output; into a pipe.
expect_exit 0 remit init trial >trial/plan.yaml
expect_silent
(cd trial && expect_exit 0 remit init . >inside.yaml)
expect_same trial/plan.yaml trial/inside.yaml
expect_exit 0 remit init trial >outside.yaml
(cd trial && expect_exit 0 remit init . | cat >piped.yaml)
expect_same trial/plan.yaml trial/piped.yaml
expect "schemas are in the plan" test "$(ls trial/*.json 2>/dev/null | wc -l)" -eq 0
expect_exit 0 remit init trial -o trial/beside.yaml
expect "a schema beside the plan for each file" test "$(ls trial/*.schema.json | wc -l)" -eq 6
expect_exit 0 remit init trial -o trial/in.yaml --schemas -
expect_same trial/plan.yaml trial/in.yaml
expect_exit 0 remit init trial --schemas made >made.yaml
for plan in outside.yaml trial/plan.yaml trial/beside.yaml made.yaml; do
    expect_exit 0 remit run "$plan" -o "${plan%.yaml}.h5"
    remit export "${plan%.yaml}.h5" /outcomes >"outcomes${plan//\//_}.csv"
    expect_same outcomesoutside.yaml.csv "outcomes${plan//\//_}.csv"
done

# A directory in another order.
mkdir -p other/trial
for f in $(ls -r trial/*.csv); do cp "$f" other/trial; done
expect_exit 0 remit init other/trial >other/trial/plan.yaml
expect_same trial/plan.yaml other/trial/plan.yaml

expect_exit 0 remit run -q "$sample/plan.yaml" -o hand.h5
remit export hand.h5 /outcomes >hand.csv
expect "the draft and the plan by hand" python3 - outcomesoutside.yaml.csv hand.csv <<'END'
import csv, sys
def read(path):
    return {(r["USUBJID"], r["PARAMCD"], r["AVISIT"]): r for r in csv.DictReader(open(path, encoding="utf-8"))}
draft, hand = map(read, sys.argv[1:])
assert draft.keys() == hand.keys() and len(draft) == 5610, (len(draft), len(hand))
both = [k for k in draft if draft[k]["AVAL"] and hand[k]["AVAL"]]
assert len(both) > 5000 and all(draft[k]["AVAL"] == hand[k]["AVAL"] for k in both), "a score differs"
# By hand, forms with a few items missing are prorated; a draft leaves that to people.
assert sum(bool(hand[k]["AVAL"]) for k in hand) - len(both) == 7 and all(hand[k]["AVAL"] for k in draft if draft[k]["AVAL"])
assert all(draft[k]["TRT01P"] == hand[k]["TRT01P"] for k in draft), "an arm differs"
END
visits() { sed -n '/^  schedule:/,/^[a-z]/s/^ *- {name: \([a-z0-9_]*\).*/\1/p' "$1"; }
expect "the order of visits" diff <(visits outside.yaml) <(visits "$sample/plan.yaml")

# Told, not guessed.
expect_exit 64 remit init trial --arm group
expect_stderr "no file has a column 'group'"
expect_exit 0 remit init trial --id record_id --arm status --visit visit >told.yaml
expect "the arm is as told" grep -q '^  arm: status$' told.yaml

# Published numbers, and a trial for each kind of failure of the outputs.
cp "$RMT_SOURCE/sample-data/published-ketamine/arms.csv" .
expect_exit 0 remit init arms.csv >arms.yaml
expect_exit 0 remit run arms.yaml -o arms.h5
remit run -q "$RMT_SOURCE/sample-data/published-ketamine/plan.yaml" -o published.h5
expect "the published rates" diff <(remit export arms.h5 /results/rates) <(remit export published.h5 /results/rates)
expect_exit 74 remit init trial >/dev/full
expect_exit 73 remit init trial -o absent/plan.yaml

# Real trials, where they are.
real=$RMT_SOURCE/../shared/data
for name in antidepressant-hamd17 metapsy-ptsd-psyctr; do
    if [ ! -e "$real/$name/data.csv" ]; then
        echo "skipped: $name is not there"
        continue
    fi
    mkdir "$name"
    cp "$real/$name/data.csv" "$name"
    expect_exit 0 remit init "$name" -o "$name/plan.yaml"
    expect_exit 0 remit run -q "$name/plan.yaml" -o "$name.h5"
done
if [ -e antidepressant-hamd17.h5 ]; then
    remit export antidepressant-hamd17.h5 /results/effects >effects.csv
    expect "Hedges' g of the real trial at its last visit" grep -q 'visit7.*hedges_g.*,-0\.468' effects.csv
fi

# The sample trial as REDCap exports it, raw and labelled: the scores of the plan by hand at the visits both have.
for export in SIMULATED_DATA.csv SIMULATED_DATA_LABELS.csv; do
    mkdir "$export.d"
    cp "$RMT_SOURCE/sample-data/redcap-export/$export" "$RMT_SOURCE/sample-data/redcap-export/SIMULATED_DataDictionary.csv" "$export.d"
    expect_exit 0 remit init "$export.d" -o "$export.d/plan.yaml"
    expect "no schema beside the dictionary" test "$(ls "$export.d" | wc -l)" -eq 3
    expect_exit 0 remit run -q "$export.d/plan.yaml" -o redcap.h5
    remit export redcap.h5 /outcomes >redcap.csv
    expect "$export and the plan by hand" python3 - redcap.csv outcomesoutside.yaml.csv <<'END'
import csv, re, sys
def read(path):
    return {(r["USUBJID"].split("/")[-1], r["PARAMCD"], re.sub("_", "", r["AVISIT"])): r["AVAL"] for r in csv.DictReader(open(path, encoding="utf-8"))
            if re.match("baseline|hour|week", r["AVISIT"])}
redcap, files = map(read, sys.argv[1:])
assert redcap.keys() == files.keys() and len(files) > 2000, (len(redcap), len(files), sorted(redcap.keys() ^ files.keys())[:4])
assert redcap == files, [k for k in files if redcap[k] != files[k]][:5]
END
done
cp "$RMT_SOURCE/sample-data/redcap-export/SIMULATED_DataDictionary.csv" .
expect_exit 66 remit init SIMULATED_DataDictionary.csv
expect_stderr "is a data dictionary of REDCap, but no file given is its export"
