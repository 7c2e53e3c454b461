#!/usr/bin/env python3
"""sample-data/messy-export: every defect is found, and nothing else is. Standard library only.

    check_messy.py REMIT [MESSY_DIR]

Joins defects.csv both ways with `remit validate --format csv`, by table, line, column and code; then each plan of
structural/ must stop `remit ingest` with a message that names file and line. Exit code: 0 or 1, 2 wrong usage.
"""
import csv
import io
import os
import subprocess
import sys
import tempfile

LINES = {"ragged-row": 4, "bad-quote": 3, "nul-byte": 5, "duplicate-column": 1, "empty-column-name": 1, "bad-utf8": 2}


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    remit = os.path.abspath(sys.argv[1])
    here = os.path.dirname(os.path.abspath(__file__))
    messy = sys.argv[2] if len(sys.argv) == 3 else os.path.join(here, "..", "..", "sample-data", "messy-export")
    faults = []
    with tempfile.TemporaryDirectory() as work:
        study = os.path.join(work, "messy.h5")
        subprocess.run([remit, "ingest", "-q", os.path.join(messy, "plan.yaml"), "-o", study], check=True)
        found = subprocess.run([remit, "validate", "--format", "csv", study], stdout=subprocess.PIPE)
        if found.returncode != 1:
            faults.append("validate ended with %d, not 1" % found.returncode)
        got = sorted((r["table"], int(r["line"] or 0), r["column"], r["code"])
                     for r in csv.DictReader(io.StringIO(found.stdout.decode("utf-8"))))
        with open(os.path.join(messy, "defects.csv"), encoding="utf-8", newline="") as f:
            want = sorted((r["file"][:-4], int(r["line"]), r["column"], r["code"]) for r in csv.DictReader(f))
        faults += ["not found: %s" % (x,) for x in want if x not in got]
        faults += ["found without a defect: %s" % (x,) for x in got if x not in want]
        if len(got) != len(set(got)):
            faults.append("a finding stands twice")
        for name, line in sorted(LINES.items()):
            plan = os.path.join(messy, "structural", name + ".yaml")
            out = os.path.join(work, name + ".h5")
            run = subprocess.run([remit, "ingest", plan, "-o", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            place = "%s.csv:%d:" % (name, line)
            if run.returncode == 0 or os.path.exists(out):
                faults.append("%s: ingest did not stop" % name)
            elif place not in run.stderr.decode("utf-8", "replace"):
                faults.append("%s: no message at %s" % (name, place))
    for fault in faults:
        print(fault)
    print("messy export: %d findings, %d broken files, %d faults" % (len(want), len(LINES), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
