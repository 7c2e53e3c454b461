#!/usr/bin/env python3
"""SIMULATED trial of repeated ketamine or midazolam infusions in PTSD: writes its CSV files.

    python3 simulate.py OUTDIR

Nobody in these files exists. Only the form (30 people, 15 per arm, six infusions in two weeks, primary outcome
CAPS-5 at week 2) follows the registry record NCT02397889; every number is drawn here. The generator is integer
arithmetic (SplitMix64), so every machine writes the same bytes. Standard library only.
"""
import csv
import datetime
import os
import sys

SEED = 24
MASK = (1 << 64) - 1
N_PER_ARM = 15
SITES = ["Almere", "Boston", "Montréal"]
TRAUMA = ["assault", "accident", "combat", "childhood abuse", "disaster"]
CAPS_VISITS = [("baseline", 0), ("week1", 7), ("week2", 14), ("week4", 28)]
PCL_VISITS = [("baseline", 0), ("hour24", 1)] + [("week%d" % w, 7 * w) for w in range(1, 9)]
MADRS_VISITS = [("baseline", 0), ("hour24", 1), ("week1", 7), ("week2", 14)]
INFUSION_DAYS = [0, 2, 4, 7, 9, 11]
POINTS = ["pre", "40min", "2h"]


class Random:
    """SplitMix64. Everything is drawn in integers; a 'per mille' value is a whole number of thousandths."""

    def __init__(self, seed):
        self.state = seed & MASK

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, n):
        return (self.bits() >> 11) % n

    def normal(self, mean, sd):
        """Near enough normal: twelve uniforms, in integers throughout."""
        total = sum(self.below(65536) for _ in range(12)) - 6 * 65536
        return mean + (total * sd) // 65536

    def choice(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


def clip(x, low, high):
    return max(low, min(high, x))


def spread(rng, total, n_items, top, weights):
    """n_items ratings of 0..top that add up to total; items with more weight get more."""
    items = [0] * n_items
    for _ in range(clip(total, 0, n_items * top)):
        open_items = [i for i in range(n_items) if items[i] < top]
        at = rng.below(sum(weights[i] for i in open_items))
        for i in open_items:
            at -= weights[i]
            if at < 0:
                items[i] += 1
                break
    return items


def make_people(rng):
    arms = rng.shuffled(["ketamine"] * N_PER_ARM + ["midazolam"] * N_PER_ARM)
    start = datetime.date(2022, 1, 10)
    people = []
    for i, arm in enumerate(arms):
        consent = start + datetime.timedelta(days=17 * i + rng.below(9))
        randomised = consent + datetime.timedelta(days=6 + rng.below(12))
        ketamine = arm == "ketamine"
        people.append({
            "id": "KM-%03d" % (i + 1), "arm": arm, "site": SITES[(i * 2 + rng.below(2)) % 3],
            "age": clip(rng.normal(39, 12), 19, 68), "sex": "female" if rng.below(100) < 70 else "male",
            "weight": clip(rng.normal(765, 140), 480, 1230), "trauma": rng.choice(TRAUMA),
            "years": 1 + rng.below(28), "medicated": "yes" if rng.below(100) < 40 else "no",
            "consent": consent, "randomised": randomised,
            "caps": clip(rng.normal(42, 7), 30, 62), "pcl": rng.normal(3, 6),
            "madrs": clip(rng.normal(24, 6), 9, 44),
            "gain": rng.normal(400 if ketamine else 180, 190),  # per mille lower at week 2
            "weights": [6 + rng.below(9) for _ in range(20)],
            "cadss": clip(rng.normal(21, 9), 4, 60) if ketamine else rng.below(7),
            "last_infusion": 6, "last_day": 56, "reason": "",
        })
    return people


def withdraw(people):
    """Three people leave early; leave_gaps touches none of those who may."""
    may = [p for p in people if p["id"] in ("KM-005", "KM-007", "KM-024", "KM-026", "KM-027", "KM-029", "KM-030")]
    ketamine = [p for p in may if p["arm"] == "ketamine"]
    midazolam = [p for p in may if p["arm"] == "midazolam"]
    ketamine[0].update(last_infusion=3, last_day=5, reason="adverse event")
    midazolam[0].update(last_infusion=5, last_day=10, reason="lack of efficacy")
    midazolam[1].update(last_infusion=6, last_day=20, reason="moved away")


def share_of_gain(day):
    """How much of the week 2 gain is there on a day, per mille: quick onset, slow loss after week 2."""
    if day <= 0:
        return 0
    if day <= 1:
        return 500
    if day <= 7:
        return 750
    if day <= 14:
        return 1000
    return clip(1000 - 16 * (day - 14), 250, 1000)


def score_at(rng, person, base, day, sd):
    if day == 0:
        return base
    lowered = base - base * person["gain"] * share_of_gain(day) // 1000000
    return rng.normal(lowered, sd)


def write(directory, name, header, rows):
    with open(os.path.join(directory, name), "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def item_names(stem, n):
    return ["%s_%02d" % (stem, i) for i in range(1, n + 1)]


def attended(person, day):
    return day <= person["last_day"]


def on_day(person, day):
    return (person["randomised"] + datetime.timedelta(days=day)).isoformat()


def participants(people):
    rows = []
    for p in people:
        gone = p["last_day"] < 56
        rows.append([p["id"], p["arm"], p["site"], p["age"], p["sex"], "%d.%d" % divmod(p["weight"], 10),
                     p["trauma"], p["years"], p["medicated"], p["consent"].isoformat(), p["randomised"].isoformat(),
                     p["last_infusion"], "withdrawn" if gone else "completed", p["reason"]])
    return rows


def caps5(rng, people):
    rows = []
    for p in people:
        for visit, day in CAPS_VISITS:
            if not attended(p, day):
                continue
            total = clip(score_at(rng, p, p["caps"], day, 3), 0, 80)
            items = spread(rng, total, 20, 4, p["weights"])
            burden = clip(1 + total // 20, 0, 4)
            extra = [clip(burden + rng.below(2) - rng.below(2), 0, 4) for _ in range(3)]
            extra += [clip(total // 25 - rng.below(2), 0, 4) for _ in range(2)]
            rows.append([p["id"], visit, on_day(p, day), "R%d" % (1 + rng.below(3))] + items + extra)
    return rows


def pcl5(rng, people):
    rows = []
    for p in people:
        base = clip(p["caps"] + p["pcl"], 28, 72)
        for visit, day in PCL_VISITS:
            if attended(p, day):
                total = clip(score_at(rng, p, base, day, 4), 0, 80)
                rows.append([p["id"], visit, on_day(p, day)] + spread(rng, total, 20, 4, p["weights"]))
    return rows


def madrs(rng, people):
    rows = []
    for p in people:
        for visit, day in MADRS_VISITS:
            if attended(p, day):
                total = clip(score_at(rng, p, p["madrs"], day, 3), 0, 60)
                rows.append([p["id"], visit, on_day(p, day)] + spread(rng, total, 10, 6, p["weights"][:10]))
    return rows


def infusions(person):
    for i, day in enumerate(INFUSION_DAYS[:person["last_infusion"]]):
        for point in POINTS:
            yield i + 1, day, point, "infusion%d_%s" % (i + 1, point)


def cadss(rng, people):
    weights = [9, 9, 8, 5, 7, 9, 9, 2, 6, 3, 4, 7, 2, 3, 8, 7, 3, 7, 3, 2, 6, 3, 2]
    rows = []
    for p in people:
        rows.append([p["id"], "baseline", on_day(p, 0)] + spread(rng, rng.below(4), 23, 4, weights))
        for number, day, point, label in infusions(p):
            level = rng.below(3)
            if point == "40min":
                level = clip(rng.normal(p["cadss"] * (21 - 2 * number) // 20, 3), 0, 92)
            elif point == "2h":
                level = clip(p["cadss"] // 9 + rng.below(3) - 1, 0, 92)
            rows.append([p["id"], label, on_day(p, day)] + spread(rng, level, 23, 4, weights))
    return rows


def vitals(rng, people):
    rows = []
    for p in people:
        rise = 22 if p["arm"] == "ketamine" else -5
        usual = rng.normal(122, 9)
        for _, day, point, label in infusions(p):
            more = rise if point == "40min" else rise // 5 if point == "2h" else 0
            systolic = clip(rng.normal(usual + more, 7), 88, 190)
            diastolic = clip(rng.normal(systolic * 62 // 100 + more // 5, 5), 50, systolic - 15)
            rows.append([p["id"], label, on_day(p, day), systolic, diastolic,
                         clip(rng.normal(72 + more // 2, 7), 48, 130), clip(rng.normal(98, 1), 93, 100)])
    return rows


def leave_gaps(tables):
    """What real trials have: missed visits, a form not done, single answers missing, in three ways of writing it."""
    def rows(table, *key):
        found = [r for r in tables[table] if tuple(r[:2]) == key]
        if len(found) != 1:
            raise SystemExit("no single row %s in %s" % (key, table))
        return found[0]

    def drop(table, *key):
        tables[table].remove(rows(table, *key))

    drop("caps5", "KM-004", "week1")
    drop("caps5", "KM-011", "week2")  # a completer without the primary outcome
    drop("caps5", "KM-023", "week4")
    rows("caps5", "KM-017", "week1")[4 + 7] = "-99"  # one item: no total
    rows("caps5", "KM-008", "week4")[4 + 2] = "-99"
    rows("caps5", "KM-008", "week4")[4 + 15] = "-99"
    rows("caps5", "KM-002", "week2")[4 + 23] = "-99"  # an item outside the total
    whole = rows("caps5", "KM-020", "week4")  # assessed, form lost
    whole[4:] = ["not done"] * 25
    drop("pcl5", "KM-001", "hour24")
    drop("pcl5", "KM-009", "week3")
    drop("pcl5", "KM-009", "week4")
    drop("pcl5", "KM-014", "week6")
    drop("pcl5", "KM-021", "week7")
    drop("pcl5", "KM-028", "week8")
    rows("pcl5", "KM-003", "baseline")[3 + 4] = ""  # prorated: the plan allows two
    rows("pcl5", "KM-012", "week2")[3 + 9] = ""
    rows("pcl5", "KM-012", "week2")[3 + 18] = "-99"
    for i in (5, 6, 11):
        rows("pcl5", "KM-025", "week1")[3 + i] = ""  # three: no total
    rows("pcl5", "KM-016", "week5")[3:] = ["not done"] * 20
    rows("madrs", "KM-010", "hour24")[3 + 4] = "-99"  # prorated: the plan allows one
    rows("madrs", "KM-019", "week1")[3 + 2] = "-99"
    rows("madrs", "KM-019", "week1")[3 + 3] = "-99"
    drop("madrs", "KM-006", "hour24")
    drop("cadss", "KM-015", "infusion4_2h")
    rows("cadss", "KM-022", "infusion2_40min")[3 + 16] = "-99"
    drop("vitals", "KM-013", "infusion5_40min")
    rows("vitals", "KM-018", "infusion1_2h")[6] = "-99"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: simulate.py OUTDIR")
    rng = Random(SEED)
    people = make_people(rng)
    withdraw(people)
    tables = {"caps5": caps5(rng, people), "pcl5": pcl5(rng, people), "madrs": madrs(rng, people),
              "cadss": cadss(rng, people), "vitals": vitals(rng, people)}
    leave_gaps(tables)
    when = ["record_id", "visit", "date"]
    headers = {
        "caps5": when + ["rater"] + item_names("caps5", 20) + ["caps5_%d" % i for i in (23, 24, 25, 29, 30)],
        "pcl5": when + item_names("pcl5", 20), "madrs": when + item_names("madrs", 10),
        "cadss": when + item_names("cadss", 23),
        "vitals": when + ["systolic", "diastolic", "heart_rate", "spo2"]}
    os.makedirs(sys.argv[1], exist_ok=True)
    write(sys.argv[1], "participants.csv",
          ["record_id", "arm", "site", "age", "sex", "weight_kg", "trauma", "years_since_trauma", "medicated",
           "consent_date", "randomisation_date", "infusions", "status", "withdrawal_reason"], participants(people))
    for name, header in headers.items():
        write(sys.argv[1], name + ".csv", header, tables[name])


if __name__ == "__main__":
    main()
