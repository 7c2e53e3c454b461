#!/usr/bin/env python3
"""Asserts what is known of the real data sets; called by check.sh. Standard library only, prints no row of the data.

    check.py antidepressant-hamd17 EFFECTS.csv RATES.csv
    check.py metapsy-ptsd-psyctr EFFECTS.csv DATA.csv
"""
import csv
import sys

faults = []


def read(path, **how):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, **how))


def expect(what, got, want):
    if got != want:
        faults.append("%s: %s, expected %s" % (what, got, want))


def printed(what, value, want):
    """value agrees with a number as printed: within half a unit of its last digit."""
    digits = len(want.split(".")[1]) if "." in want else 0
    if value == "" or abs(float(value) - float(want)) > 0.5 * 10 ** -digits + 1e-12:
        faults.append("%s: %s, expected %s" % (what, value or "(empty)", want))


def one(rows, **key):
    found = [r for r in rows if all(r[k] == v for k, v in key.items())]
    if len(found) != 1:
        faults.append("%d rows for %s" % (len(found), key))
        return None
    return found[0]


def antidepressant(effects_path, rates_path):
    effects, rates = read(effects_path), read(rates_path)
    sizes = {"visit4": ("84", "88"), "visit5": ("77", "81"), "visit6": ("73", "76"), "visit7": ("64", "65")}
    expect("rows of effects", len(effects), 2 * len(sizes))
    for visit, want in sizes.items():
        r = one(effects, visit=visit, measure="mean_difference_welch")
        if r:
            expect("n at " + visit, (r["n_arm"], r["n_reference"]), want)
    welch = one(effects, visit="visit7", measure="mean_difference_welch")
    hedges = one(effects, visit="visit7", measure="hedges_g")
    if welch and hedges:
        printed("mean difference", welch["estimate"], "-3.20529")
        printed("Welch p", welch["p"], "0.0086153")
        printed("Hedges' g", hedges["estimate"], "-0.46811")
    for event, want in (("response", ("29", "64", "20", "65")), ("remission", ("20", "64", "18", "65"))):
        r = one(rates, visit="visit7", event=event, missing="completer", measure="risk_difference")
        if r:
            expect(event, (r["events_arm"], r["n_arm"], r["events_reference"], r["n_reference"]), want)


def metapsy(effects_path, data_path):
    effects, data = read(effects_path), read(data_path, delimiter=";")
    expect("comparisons in the file", len(data), 131)
    expect("rows of effects", len(effects), len(data))
    n = 0
    for i, (got, row) in enumerate(zip(effects, data)):
        place = "comparison %d" % (i + 1)
        expect(place + ", study", got["study"], row["study"])
        if row["outcome_type"] != "msd":
            if any(row[c] == "NA" for c in ("mean_arm1", "sd_arm1", "n_arm1", "mean_arm2", "sd_arm2", "n_arm2")):
                expect(place + ", estimate without numbers", got["estimate"], "")
            continue
        n += 1
        for column, key in (("estimate", ".g"), ("se", ".g_se")):
            want = float(row[key].replace(",", "."))
            # three decimals are what the file's own rounding of its inputs warrants
            if got[column] == "" or abs(float(got[column]) - want) > 0.0005:
                faults.append("%s, %s: %s differs from the file" % (place, key, got[column] or "(empty)"))
    expect("comparisons with means", n, 112)


def main():
    checks = {"antidepressant-hamd17": antidepressant, "metapsy-ptsd-psyctr": metapsy}
    if len(sys.argv) != 4 or sys.argv[1] not in checks:
        print(__doc__, file=sys.stderr)
        return 2
    checks[sys.argv[1]](*sys.argv[2:])
    for fault in faults[:20]:
        print(fault)
    print("%s: %s" % (sys.argv[1], "%d faults" % len(faults) if faults else "all facts hold"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
