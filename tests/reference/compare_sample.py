#!/usr/bin/env python3
"""Compares exported results with what R made of the same CSV files; standard library only.

    compare_sample.py effects  REFERENCE.csv EXPORTED.csv
    compare_sample.py rates    REFERENCE.csv EXPORTED.csv
    compare_sample.py outcomes REFERENCE.csv EXPORTED.csv
    compare_sample.py baseline REFERENCE.csv EXPORTED.csv
    compare_sample.py missingness REFERENCE.csv EXPORTED.csv

EXPORTED is the output of `remit export FILE /results/effects` (or /results/rates, /outcomes, /validation/baseline,
/validation/missingness). Rows are joined both
ways: a row that stands on one side only is a failure, and so is a key that stands twice. A cell that is empty on one
side only is a failure too. Numbers agree within 1e-10 relative (1e-12 absolute near 0); the limits of the
noncentral interval of g within 1e-8, as R's own noncentral t is no better.
Exit code: 0 all agree, 1 something differs, 2 wrong usage.
"""
import csv
import sys

KINDS = {
    "effects": {
        "key": ["outcome", "paramcd", "visit", "arm", "reference", "value", "measure", "adjust"],
        "text": [],
        "numbers": ["estimate", "se", "df", "statistic", "p", "ci_low", "ci_high", "n_arm", "mean_arm", "sd_arm",
                    "n_reference", "mean_reference", "sd_reference"]},
    "rates": {
        "key": ["outcome", "paramcd", "visit", "event", "definition", "missing", "measure", "method", "arm",
                "reference"],
        "text": ["nnt_direction"],
        "numbers": ["events_arm", "n_arm", "n_missing_arm", "events_reference", "n_reference",
                    "n_missing_reference", "estimate", "se", "statistic", "p", "ci_low", "ci_high",
                    "nnt_benefit_limit", "nnt_harm_limit"]},
    "outcomes": {
        "key": ["USUBJID", "outcome", "scale", "PARAMCD", "AVISIT"],
        "text": ["TRT01P", "ANL01FL", "DTYPE", "DXFL", "RESPFL", "REMFL", "DXLOSSFL"],
        "numbers": ["AVAL", "BASE", "CHG", "PCHG", "NMISS"]},
    "baseline": {"key": ["variable", "level", "arm"], "text": [], "numbers": ["n", "count", "percent", "mean", "sd"]},
    "missingness": {"key": ["outcome", "visit", "arm"], "text": [],
                    "numbers": ["n", "n_records", "n_values", "n_missing", "percent_missing"]},
}


def read(path, kind, ours):
    rows, faults = {}, []
    with open(path, encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        wanted = set(kind["key"] + kind["text"] + kind["numbers"])
        absent = sorted(wanted - set(reader.fieldnames or []))
        if absent:
            sys.exit("%s: no column %s" % (path, ", ".join(absent)))
        for row in reader:
            if ours and row.get("source", "participants") != "participants":
                continue
            if "method" in kind["key"] and row["measure"] != "proportion":
                row["method"] = ""  # two methods of one measure: proportions only
            key = tuple(row[k] for k in kind["key"])
            if key in rows:
                faults.append("%s: twice: %s" % (path, " ".join(key)))
            rows[key] = row
    return rows, faults


def tolerance(row, column):
    if row.get("measure") == "hedges_g" and column in ("ci_low", "ci_high"):
        return 1e-8
    return 1e-10


def same_number(a, b, rtol):
    x, y = float(a), float(b)
    return abs(x - y) <= rtol * max(abs(x), abs(y)) + 1e-12


def compare(name, reference_path, exported_path):
    kind = KINDS[name]
    reference, faults = read(reference_path, kind, False)
    exported, more = read(exported_path, kind, True)
    faults += more
    faults += ["only in the reference: " + " ".join(k) for k in reference if k not in exported]
    faults += ["only in the export: " + " ".join(k) for k in exported if k not in reference]
    cells = 0
    for key, want in reference.items():
        got = exported.get(key)
        if got is None:
            continue
        for column in kind["text"] + kind["numbers"]:
            if column == "NMISS" and not want["AVAL"]:
                continue  # a record without any answer may count as no record
            a, b = want[column], got[column]
            cells += 1
            if (a == "") != (b == "") or (column in kind["text"] and a != b):
                ok = False
            else:
                ok = a == b or same_number(a, b, tolerance(want, column))
            if not ok:
                faults.append("%s: %s: reference %s, export %s" % (" ".join(key), column, a or "(empty)", b or "(empty)"))
    return reference, cells, faults


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        print(__doc__, file=sys.stderr)
        return 2
    reference, cells, faults = compare(*sys.argv[1:])
    for fault in faults[:40]:
        print(fault)
    if len(faults) > 40:
        print("... and %d more" % (len(faults) - 40))
    if not reference:
        print("the reference is empty")
        return 1
    print("%s: %d rows, %d cells compared, %d differences" % (sys.argv[1], len(reference), cells, len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
