#!/usr/bin/env python3
"""Spoils the SIMULATED trial of ../ketamine-midazolam the way bad exports are spoilt, each defect on purpose.

    python3 make_messy.py CLEAN_DIR OUTDIR

Writes participants.csv (semicolons, decimal commas, windows-1252), caps5.csv, pcl5.csv, madrs.csv, the files of
structural/ and defects.csv: which finding of `remit validate` stands for which defect, by file, line and column.
Standard library only; the same bytes on every machine.
"""
import csv
import io
import os
import sys


class Table:
    def __init__(self, directory, name):
        self.name = name
        with open(os.path.join(directory, name), encoding="utf-8", newline="") as f:
            rows = list(csv.reader(f))
        self.header, self.rows = rows[0], rows[1:]

    def find(self, *key):
        return next(i for i, r in enumerate(self.rows) if tuple(r[:len(key)]) == key)

    def bytes(self, delimiter=",", encoding="utf-8"):
        text = io.StringIO()
        out = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        out.writerow(self.header)
        out.writerows(self.rows)
        return text.getvalue().encode(encoding)


class Messy:
    def __init__(self, clean):
        self.clean = clean
        self.defects = []

    def note(self, table, row, column, codes, what):
        line = self.tables[table].rows.index(row) + 2 if row is not None else 0
        for code in codes:
            self.defects.append([table + ".csv", line, column, code, what])

    def spoil(self):
        self.tables = {n: Table(self.clean, n + ".csv") for n in ("participants", "caps5", "pcl5", "madrs")}
        self.notes = []
        self.participants()
        self.caps5()
        self.pcl5()
        self.madrs()
        for table, row, column, codes, what in self.notes:  # lines are known when all rows are in place
            self.note(table, row, column, codes, what)

    def cell(self, table, key, column, value, codes, what):
        t = self.tables[table]
        row = t.rows[t.find(*key)]
        row[t.header.index(column)] = value
        self.notes.append((table, row, column, codes, what))

    def append(self, table, row, column, codes, what):
        self.tables[table].rows.append(row)
        self.notes.append((table, row, column, codes, what))

    def participants(self):
        t = self.tables["participants"]
        at = t.header.index
        copy = list(t.rows[t.find("KM-008")])
        copy[at("years_since_trauma")] = "7"
        other = list(t.rows[t.find("KM-021")])
        other[at("arm")] = "midazolam" if other[at("arm")] == "ketamine" else "ketamine"
        new = list(t.rows[t.find("KM-014")])
        new[0] = "KM31"
        weight = at("weight_kg")
        c = "constraint-error"
        self.cell("participants", ("KM-003",), "age", "forty-six", ["type-error"], "text where a whole number belongs")
        self.cell("participants", ("KM-005",), "weight_kg", "7.15", [c, "vitals/limits"],
                  "decimal place slipped: below the minimum")
        self.cell("participants", ("KM-006",), "consent_date", "2022-02-30", ["type-error"], "no such day")
        self.cell("participants", ("KM-009",), "sex", "f", [c], "not one of the codes")
        self.cell("participants", ("KM-010",), "arm", "ketamin", [c, "trial/unknown-arm"], "arm misspelt")
        self.cell("participants", ("KM-016",), "consent_date", "", [c], "a required date is missing")
        self.cell("participants", ("KM-017",), "medicated", "maybe", ["type-error"], "neither yes nor no")
        self.cell("participants", ("KM-026",), "arm", "", [c, "trial/arm-missing"], "randomised to nothing")
        self.append("participants", copy, "record_id", ["unique-error", "primary-key", "trial/randomised-twice"],
                    "one person twice, same arm")
        self.append("participants", other, "record_id", ["unique-error", "primary-key"], "one person twice, other arm")
        self.notes.append(("participants", other, "arm", ["trial/randomised-twice"], "one person in both arms"))
        self.append("participants", new, "record_id", [c, "trial/no-records"], "the id does not keep the pattern")
        for row in t.rows:
            row[weight] = row[weight].replace(".", ",")

    def caps5(self):
        t = self.tables["caps5"]
        c = "constraint-error"
        del t.rows[t.find("KM-015", "baseline")]
        self.notes.append(("caps5", t.rows[t.find("KM-015", "week1")], "visit", ["trial/no-baseline"],
                           "the baseline record is gone (a warning)"))
        twice = list(t.rows[t.find("KM-012", "week1")])
        twice[4:9] = ["2", "2", "2", "2", "2"]
        stranger = list(t.rows[t.find("KM-029", "week2")])
        stranger[0] = "KM-099"
        nobody = list(t.rows[t.find("KM-028", "week4")])
        nobody[0] = ""
        self.cell("caps5", ("KM-002", "week1"), "caps5_07", "7", [c], "a rating of 7 on 0-4")
        self.cell("caps5", ("KM-003", "week2"), "caps5_11", "12x", ["type-error"], "a slip of the keyboard")
        self.cell("caps5", ("KM-006", "week2"), "rater", "anna", [c], "the code of the rater does not keep the pattern")
        self.cell("caps5", ("KM-009", "week1"), "date", "2031-05-04", [c, "trial/visit-order"],
                  "a date after the end of the trial")
        self.append("caps5", twice, "visit", ["trial/duplicate-visit"], "a second record for one visit")
        self.notes.append(("caps5", twice, "", ["primary-key"], "a second record for one visit"))
        second = t.rows[t.find("KM-013", "week1")]
        second[1] = "baseline"
        self.notes.append(("caps5", second, "", ["primary-key"], "week 1 entered as a second baseline"))
        self.notes.append(("caps5", second, "visit", ["trial/two-baselines"], "week 1 entered as a second baseline"))
        self.cell("caps5", ("KM-022", "week2"), "visit", "wk 2", [c, "trial/unknown-visit"], "no visit of the schedule")
        self.append("caps5", stranger, "record_id", ["foreign-key", "trial/unknown-subject"], "nobody of the trial")
        self.append("caps5", nobody, "record_id", [c, "trial/unknown-subject"], "no id at all")
        self.notes.append(("caps5", nobody, "", ["primary-key"], "no id at all"))

    def pcl5(self):
        t = self.tables["pcl5"]
        self.cell("pcl5", ("KM-004", "week1"), "pcl5_03", "2,5", ["type-error"], "half a point")
        self.cell("pcl5", ("KM-006", "week2"), "pcl5_08", "-1", ["constraint-error"], "below the scale")
        self.cell("pcl5", ("KM-007", "baseline"), "pcl5_15", "999", ["constraint-error"], "a missing code nobody declared")
        self.cell("pcl5", ("KM-018", "week3"), "date", "14/03/2023", ["type-error"], "day first")
        t.header.append("comment")
        for i, row in enumerate(t.rows):
            row.append("phoned; will come later" if i % 40 == 7 else "")
        self.defects.append(["pcl5.csv", 0, "comment", "extra-label", "a column the schema does not know (a warning)"])

    def madrs(self):
        t = self.tables["madrs"]
        at = t.header.index("date")
        del t.header[at]
        for row in t.rows:
            del row[at]
        self.defects.append(["madrs.csv", 0, "date", "missing-label", "a column of the schema is gone"])


GOOD = [b"record_id,arm,visit,total", b"S-1,ketamine,baseline,41", b"S-1,ketamine,week2,20",
        b"S-2,midazolam,baseline,39", b"S-2,midazolam,week2,33"]
STRUCTURAL = {
    "ragged-row": {3: b"S-2,midazolam,39"},
    "bad-quote": {2: b'S-1,"ketamine"x,week2,20'},
    "nul-byte": {4: b"S-2,midazo\0lam,week2,33"},
    "duplicate-column": {0: b"record_id,arm,visit,visit"},
    "empty-column-name": {0: b"record_id,,visit,total"},
    "bad-utf8": {1: b"S-1,ketamine\xff,baseline,41"},
}


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_messy.py CLEAN_DIR OUTDIR")
    out = sys.argv[2]
    messy = Messy(sys.argv[1])
    messy.spoil()
    os.makedirs(os.path.join(out, "structural"), exist_ok=True)
    for name, t in messy.tables.items():
        odd = name == "participants"
        write(os.path.join(out, name + ".csv"), t.bytes(";" if odd else ",", "cp1252" if odd else "utf-8"))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["file", "line", "column", "code", "defect"])
    rows.writerows(sorted(messy.defects))
    write(os.path.join(out, "defects.csv"), text.getvalue().encode("utf-8"))
    for name, changes in STRUCTURAL.items():
        lines = [changes.get(i, line) for i, line in enumerate(GOOD)]
        write(os.path.join(out, "structural", name + ".csv"), b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main()
