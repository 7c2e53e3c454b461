#!/bin/bash
# sample-data/published-ketamine: the numbers of its README, recomputed in R from what the papers printed.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

published=$RMT_SOURCE/sample-data/published-ketamine
[ -e "$published/plan.yaml" ] || skip "no sample-data/published-ketamine"
expect_exit 0 remit run -q "$published/plan.yaml" -o "$tmp/run.h5"
remit ingest -q "$published/plan.yaml" | remit effects -q | remit rates -q -o "$tmp/short.h5"
for stage in effects rates; do
    expect_exit 0 remit export "$tmp/run.h5" "/results/$stage" >"$tmp/$stage.csv"
    expect_exit 0 remit export "$tmp/short.h5" "/results/$stage" >"$tmp/short.csv"
    expect_same "$tmp/$stage.csv" "$tmp/short.csv"
done
python3 - "$tmp/effects.csv" "$tmp/rates.csv" >"$tmp/problems" <<'END'
import csv, sys
effects, rates = ([r for r in csv.DictReader(open(p, encoding="utf-8", newline=""))] for p in sys.argv[1:3])

def rows_of(rows, **want):
    found = [r for r in rows if all(w(r[k]) if callable(w) else r[k] == w for k, w in want.items())]
    if not found: print("no row:", {k: w for k, w in want.items() if not callable(w)})
    return found

def near(what, got, want):
    digits = len(want.split(".")[1])
    if got == "" or abs(float(got) - float(want)) > 0.5 * 10 ** -digits + 1e-12: print(what, got or "(empty)", "expected", want)

def effect(study, measure, pick, **want):
    found = [r for r in rows_of(effects, study=study, measure=measure) if pick(r)]
    if len(found) != 1: print(study, measure, len(found), "rows")
    for r in found:
        for k, v in want.items(): near(f"{study} {measure} {k}", r[k], v)

def rate(study, events, measure, **want):
    found = [r for r in rows_of(rates, study=study, measure=measure)
             if (r["events_arm"], r["n_arm"], r["events_reference"], r["n_reference"]) == events]
    if len(found) != 1: print(study, events, measure, len(found), "rows")
    for r in found:
        for k, v in want.items(): near(f"{study} {events} {measure} {k}", r[k], v)
    return found

any_row = lambda r: True
outcome = lambda word: lambda r: word.lower() in r["outcome"].lower() and r["visit"] == "post"
effect("mitchell2021", "mean_difference_welch", any_row, estimate="-10.50", se="2.603")
effect("mitchell2021", "hedges_g", any_row, estimate="-0.900")
effect("meiser2017", "mean_difference_welch", outcome("CPSS"), estimate="-18.10")
effect("meiser2017", "hedges_g", outcome("CPSS"), estimate="-1.295")
effect("meiser2017", "mean_difference_welch", outcome("CPTSD"), estimate="-7.60")
effect("meiser2017", "hedges_g", outcome("CPTSD"), estimate="-1.856")
effect("meiser2017", "mean_difference_welch", outcome("CGAS"), estimate="22.20")
effect("meiser2017", "hedges_g", outcome("CGAS"), estimate="1.535")
feder = ("10", "15", "3", "15")
rate("feder2021", feder, "odds_ratio", estimate="8.0")
rate("feder2021", feder, "risk_ratio", estimate="3.33")
rate("feder2021", feder, "fisher_exact", p="0.025")
severe = ("5", "53", "2", "51")
rate("mitchell2023", severe, "odds_ratio", estimate="2.55")
rate("mitchell2023", severe, "fisher_exact", p="0.44")
free = ("10", "14", "4", "15")
rate("meiser2017", free, "odds_ratio", estimate="6.88")
rate("meiser2017", free, "fisher_exact", p="0.027")
rate("meiser2017", free, "risk_difference", ci_low="0.08", ci_high="0.68")
bryant = ("2", "13", "10", "15")
rate("bryant1999", bryant, "odds_ratio", estimate="0.091")
rate("bryant1999", bryant, "fisher_exact", p="0.009")
# No non-events among the controls: no odds ratio, and the row says why.
for r in rate("feder2021", ("14", "15", "15", "15"), "odds_ratio"):
    if r["estimate"] != "" or not r["note"]: print("feder2021: an odds ratio of", r["estimate"], "without non-events;", r["note"])
END
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"
