#!/usr/bin/env python3
"""Writes the SIMULATED trial of ../ketamine-midazolam as REDCap would export it: nobody in these files exists.

usage: make_redcap.py SOURCEDIR OUTDIR

One record per participant, an event per visit, a form per file; the data raw and with labels, and the data dictionary.
What the CSV files do not have is invented by arithmetic on the record number: earlier treatments and symptoms seen
(checkboxes), adverse events (a repeating form). The same bytes everywhere."""
import csv
import os
import sys

DICTIONARY = ["Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
              "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
              "Text Validation Min", "Text Validation Max", "Identifier?",
              "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
              "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation"]
MISSING = {"-99": "-99", "not done": "ND"}  # codes of the CSV files: missing data codes of the project
CODE_LABELS = {"-99": "No answer", "ND": "Not done"}

EVENTS = [("baseline", "Baseline")]
for i in range(1, 7):
    EVENTS += [("infusion%d_pre" % i, "Infusion %d, before" % i), ("infusion%d_40min" % i, "Infusion %d, 40 min" % i),
               ("infusion%d_2h" % i, "Infusion %d, 2 h" % i)]
    EVENTS += {1: [("hour24", "Hour 24")], 3: [("week1", "Week 1")], 6: [("week2", "Week 2")]}.get(i, [])
EVENTS += [("week%d" % i, "Week %d" % i) for i in range(3, 9)] + [("unscheduled", "Unscheduled")]


def unique_name(label):
    """As REDCap makes it: symbols gone, blanks as _, at most 18 characters, then the arm."""
    kept = "".join(c for c in label.lower().replace(" ", "_") if c == "_" or c.isalnum())
    return kept[:18] + "_arm_1"


class Field:
    def __init__(self, name, form, kind, label, choices="", validation="", low="", high="", required=False, branching="",
                 note="", header="", source=None, recode=None):
        self.name, self.form, self.kind, self.label = name, form, kind, label
        self.text, self.validation, self.low, self.high = choices, validation, low, high
        self.required, self.branching, self.note, self.header = required, branching, note, header
        self.source = source or name  # column of the CSV file
        self.recode = recode or {}  # its words as codes
        self.choices = {}
        if kind in ("radio", "dropdown", "checkbox"):
            self.choices = {c.split(",", 1)[0].strip(): c.split(",", 1)[1].strip() for c in choices.split("|")}
        if kind == "yesno":
            self.choices = {"1": "Yes", "0": "No"}

    def row(self):
        return [self.name, self.form, self.header, self.kind, self.label, self.text, self.note, self.validation,
                self.low, self.high, "", self.branching, "y" if self.required else "", "", "", "", "", ""]

    def columns(self):
        """(header, label of the header) of each column of an export."""
        if self.kind == "descriptive":
            return []
        if self.kind != "checkbox":
            return [(self.name, self.label)]
        boxes = list(self.choices.items()) + list(CODE_LABELS.items())
        return [("%s___%s" % (self.name, code.lower().replace("-", "_")), "%s (choice=%s)" % (self.label, text))
                for code, text in boxes]


def fields():
    sites = {"Almere": "1", "Boston": "2", "Montréal": "3"}
    traumas = ["assault", "accident", "combat", "childhood abuse", "disaster"]
    f = [Field("record_id", "participants", "text", "Participant", required=True),
         Field("arm", "participants", "radio", "Arm as randomised", "ketamine, Ketamine | midazolam, Midazolam", required=True),
         Field("site", "participants", "radio", "Site (stratum of randomisation)",
               " | ".join("%s, %s" % (c, s) for s, c in sites.items()), required=True, recode=sites),
         Field("age", "participants", "text", "Age at consent", "", "integer", "18", "70", required=True),
         Field("sex", "participants", "radio", "Sex", "1, Female | 2, Male", required=True,
               recode={"female": "1", "male": "2"}),
         Field("weight_kg", "participants", "text", "Body weight", "", "number_1dp", "40", "160", note="kg, without shoes"),
         Field("trauma", "participants", "dropdown", "Kind of the index trauma",
               " | ".join("%d, %s" % (i + 1, t.capitalize()) for i, t in enumerate(traumas)),
               recode={t: str(i + 1) for i, t in enumerate(traumas)}),
         Field("years_since_trauma", "participants", "text", "Time since the index trauma", "", "integer", "0", "60"),
         Field("medicated", "participants", "yesno", "On a stable psychotropic medicine", recode={"yes": "1", "no": "0"}),
         Field("treatments", "participants", "checkbox", "Earlier treatments, all that apply",
               "1, Psychotherapy, any kind | 2, SSRI | 3, SNRI | -1, Other", header="History"),
         Field("treatment_other", "participants", "text", "Which other treatment", branching="[treatments(-1)] = '1'"),
         Field("consent_date", "participants", "text", "Date of consent", "", "date_dmy", "2022-01-01", "2024-12-31", required=True),
         Field("randomisation_date", "participants", "text", "Date of randomisation and first infusion", "", "date_ymd",
               "2022-01-01", "2024-12-31", required=True),
         Field("infusions", "participants", "text", "Infusions given", "", "integer", "0", "6", required=True),
         Field("status", "participants", "radio", "End of participation", "1, Completed | 2, Withdrawn", required=True,
               recode={"completed": "1", "withdrawn": "2"}),
         Field("withdrawal_reason", "participants", "text", "Why participation ended early", branching="[status] = '2'",
               required=True)]

    def visit(form):
        return Field(form + "_date", form, "text", "Date of the visit", "", "date_ymd", "2022-01-01", "2024-12-31",
                     source="date")
    degrees = "0, None | 1, Mild | 2, Moderate | 3, Severe | 4, Extreme"
    f += [visit("caps5"), Field("caps5_rater", "caps5", "radio", "Rater", "R1, Rater 1 | R2, Rater 2 | R3, Rater 3", source="rater"),
          Field("caps5_hint", "caps5", "descriptive", "<b>Rate severity</b>, not frequency alone; see the manual.")]
    f += [Field("caps5_%02d" % i, "caps5", "radio", "CAPS-5, item %d" % i, degrees)
          for i in list(range(1, 21)) + [23, 24, 25, 29, 30]]
    f += [visit("pcl5")] + [Field("pcl5_%02d" % i, "pcl5", "radio", "PCL-5, item %d" % i, degrees) for i in range(1, 21)]
    f += [visit("madrs")]
    f += [Field("madrs_%02d" % i, "madrs", "text", "MADRS, item %d" % i, "", "integer", "0", "6") for i in range(1, 11)]
    f += [visit("cadss")]  # choices written without blanks
    f += [Field("cadss_%02d" % i, "cadss", "radio", "CADSS, item %d" % i, "0,None|1,Slight|2,Moderate|3,Strong|4,Extreme")
          for i in range(1, 24)]
    f += [visit("vitals"), Field("systolic", "vitals", "text", "Systolic blood pressure", "", "integer", "50", "300", note="mmHg"),
          Field("diastolic", "vitals", "text", "Diastolic blood pressure", "", "integer", "20", "200", note="mmHg"),
          Field("heart_rate", "vitals", "text", "Heart rate", "", "integer", "20", "250", note="1/min"),
          Field("spo2", "vitals", "text", "Oxygen saturation", "", "integer", "50", "100", note="%"),
          Field("seen", "vitals", "checkbox", "Seen at this reading", "1, Nausea | 2, Dizziness | 3, Headache")]
    f += [Field("ae_term", "adverse_events", "text", "What happened", required=True),
          Field("ae_grade", "adverse_events", "radio", "How severe", "1, Mild | 2, Moderate | 3, Severe")]
    return f


FORMS = ["participants", "caps5", "pcl5", "madrs", "cadss", "vitals", "adverse_events"]
SYSTEM = [("redcap_event_name", "Event Name"), ("redcap_repeat_instrument", "Repeat Instrument"),
          ("redcap_repeat_instance", "Repeat Instance")]


def read(directory, form):
    """The rows of a file by participant and visit."""
    with open(os.path.join(directory, form + ".csv"), encoding="utf-8", newline="") as f:
        return {(r["record_id"], r.get("visit", "baseline")): r for r in csv.DictReader(f)}


def ticked(number, visit, field):
    """What the CSV files do not have."""
    if field.name == "treatments":
        return [c for i, c in enumerate(field.choices) if (number * 7 + i * 3) % 4 == 0]
    return [c for i, c in enumerate(field.choices) if "40min" in visit and (number + len(visit) + 2 * i) % 5 == 0]


def form_cells(form_fields, source, number, visit):
    """(column, raw value, label) of a saved form."""
    for field in form_fields:
        if field.kind == "checkbox":
            on = ticked(number, visit, field)
            if field.name == "treatments" and number == 14:
                on = ["-99"]  # the missing code has a box of its own
            for (column, _), code in zip(field.columns(), list(field.choices) + list(CODE_LABELS)):
                yield column, "01"[code in on], ["Unchecked", "Checked"][code in on]
            continue
        if field.name == "treatment_other":
            value = "hypnosis" if number % 4 == 1 else ""
        else:
            value = source.get(field.source, "")
        raw = MISSING.get(value, field.recode.get(value, value))
        label = CODE_LABELS.get(raw, field.choices.get(raw, raw))
        if field.kind != "descriptive":
            yield field.name, raw, label


def adverse_events(number, source):
    events = []
    if source["status"] == "withdrawn" and source["withdrawal_reason"] == "adverse event":
        events.append({"ae_term": "severe headache, two days", "ae_grade": "3"})
    if number % 6 == 0:
        events += [{"ae_term": "nausea", "ae_grade": "1"}, {"ae_term": "nausea again", "ae_grade": "2"}][:1 + number % 4 // 2]
    return events


def rows(all_fields, tables):
    """Raw and labelled rows as dictionaries, in the order of an export."""
    by_form = {form: [f for f in all_fields if f.form == form and f.name != "record_id"] for form in FORMS}
    designated = {form: {visit for _, visit in tables[form]} for form in tables}
    for number, record in enumerate(sorted(r for r, _ in tables["participants"]), 1):
        for visit, event_label in EVENTS:
            saved = [form for form in tables if (record, visit) in tables[form]]
            if not saved:
                continue
            raw = {"record_id": record, "redcap_event_name": unique_name(event_label)}
            labels = {"record_id": record, "redcap_event_name": event_label}
            for form in tables:
                source = tables[form].get((record, visit))
                if source is None and visit not in designated[form]:
                    continue  # the form does not belong to the event: blank throughout
                if source is None:  # it does and nobody opened it: boxes and completion are exported as 0
                    for field in by_form[form]:
                        if field.kind == "checkbox":
                            raw.update({c: "0" for c, _ in field.columns()})
                            labels.update({c: "Unchecked" for c, _ in field.columns()})
                    raw[form + "_complete"], labels[form + "_complete"] = "0", "Incomplete"
                    continue
                for column, value, label in form_cells(by_form[form], source, number, visit):
                    raw[column], labels[column] = value, label
                gaps = any(v == "" for k, v in source.items() if k != "withdrawal_reason")
                state = 0 if gaps else 1 if any(v in MISSING for v in source.values()) else 2
                raw[form + "_complete"] = str(state)
                labels[form + "_complete"] = ["Incomplete", "Unverified", "Complete"][state]
                if form == "pcl5":  # filled in by the participant, as a survey
                    raw["pcl5_timestamp"] = labels["pcl5_timestamp"] = (
                        "[not completed]" if gaps else source["date"] + " 09:%02d:00" % (number + 10))
            yield raw, labels
        for instance, event in enumerate(adverse_events(number, tables["participants"][record, "baseline"]), 1):
            raw = {"record_id": record, "redcap_event_name": unique_name("Unscheduled"),
                   "redcap_repeat_instrument": "adverse_events", "redcap_repeat_instance": str(instance),
                   "adverse_events_complete": "2"}
            labels = dict(raw, redcap_event_name="Unscheduled", redcap_repeat_instrument="Adverse Events",
                          adverse_events_complete="Complete")
            raw.update(event)
            labels.update(event, ae_grade={"1": "Mild", "2": "Moderate", "3": "Severe"}[event["ae_grade"]])
            yield raw, labels


def export_columns(all_fields):
    """(name, label) of every column of the export."""
    columns = [("record_id", "Participant")] + SYSTEM
    for form in FORMS:
        if form == "pcl5":
            columns.append(("pcl5_timestamp", "Survey Timestamp"))
        for field in all_fields:
            if field.form == form and field.name != "record_id":
                columns += field.columns()
        columns.append((form + "_complete", "Complete?"))
    return columns


def write(path, header, table):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(table)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_redcap.py SOURCEDIR OUTDIR")
    source, out = sys.argv[1:]
    all_fields = fields()
    tables = {form: read(source, form) for form in FORMS if form != "adverse_events"}
    both = list(rows(all_fields, tables))
    columns = export_columns(all_fields)
    names = [name for name, _ in columns]
    os.makedirs(out, exist_ok=True)
    write(os.path.join(out, "SIMULATED_DataDictionary.csv"), DICTIONARY, [f.row() for f in all_fields])
    write(os.path.join(out, "SIMULATED_DATA.csv"), names, [[r.get(n, "") for n in names] for r, _ in both])
    write(os.path.join(out, "SIMULATED_DATA_LABELS.csv"), [label for _, label in columns],
          [[r.get(n, "") for n in names] for _, r in both])


if __name__ == "__main__":
    main()
