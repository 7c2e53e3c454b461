#!/bin/bash
# Checks: the catalogue in schemas/README.md and the key `checks` of schemas/plan.schema.json are the table of checks
# (--write makes them anew), in which stands every code that is reported and no other; a check can be switched off
# or weighed otherwise, by the plan and by --disable, whether it is the schema's or the trial's.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

readme=$RMT_SOURCE/schemas/README.md
expect_exit 0 remit validate --list-checks --format csv >"$tmp/checks.csv"
python3 - "$tmp/checks.csv" >"$tmp/catalogue" <<'END'
import csv, sys
print("| check | finding | rule | needs | why | parameters |\n|---|---|---|---|---|---|")
for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    weight = r["severity"] + (", off" if r["default"] == "off" else "")
    why = r["why"] + (" [" + r["citation"] + "]" if r["citation"] else "")
    print("| `%s` | %s | %s | %s | %s | %s |" % (r["code"], weight, r["rule"], r["needs"], why, r["parameters"]))
END
schema=$RMT_SOURCE/schemas/plan.schema.json
python3 - "$tmp/checks.csv" >"$tmp/settings" <<'END'
import csv, json, re, sys
words = {"type": "string", "enum": ["off", "on", "info", "warning", "error"]}
def setting(parameters):
    numbers = {name: {"description": meaning + ".", "type": "number", "minimum": json.loads(low),
                      "maximum": json.loads(high), "default": json.loads(value)}
               for name, value, low, high, meaning in parameters}
    return {"anyOf": [words, {"type": "object", "additionalProperties": False,
                              "properties": {"severity": words, **numbers}}]}
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
print("""    "checks": {
      "description": "Checks of validate that are switched off or on, get another severity, or other numbers in their rule: code to setting. 'remit validate --list-checks' names the codes, '--explain CODE' the numbers.",
      "type": "object",
      "additionalProperties": %s,
      "properties": {""" % json.dumps(setting([])))
lines = []
for r in rows:
    found = re.findall(r"(\w+) = (\S+) \((\S+) to (\S+)\): ([^;]*)", r["parameters"])
    if found: lines.append("        %s: %s" % (json.dumps(r["code"]), json.dumps(setting(found))))
print(",\n".join(lines) + '\n      },\n      "propertyNames": {\n        "enum": [')
print(",\n".join("          " + json.dumps(r["code"]) for r in rows) + "\n        ]\n      }\n    },")
END
if [ "${1-}" = --write ]; then
    python3 - "$readme" "$tmp/catalogue" <<'END'
import re, sys
text, table = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
text = re.sub(r"(?<=<!-- checks -->\n).*?(?=<!-- /checks -->)", lambda m: table, text, flags=re.S)
open(sys.argv[1], "w", encoding="utf-8").write(text)
END
    python3 - "$schema" "$tmp/settings" <<'END'
import re, sys
text, settings = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
text = re.sub(r'^    "checks": \{\n.*?^    \},\n', lambda m: settings, text, flags=re.S | re.M)
open(sys.argv[1], "w", encoding="utf-8").write(text)
END
fi
sed -n '/^    "checks": {$/,/^    },$/p' "$schema" >"$tmp/shown_settings"
expect_same "$tmp/shown_settings" "$tmp/settings"
sed -n '/^<!-- checks -->$/,/^<!-- \/checks -->$/p' "$readme" | sed '1d;$d' >"$tmp/shown"
expect_same "$tmp/shown" "$tmp/catalogue"

# Codes in the sources: KIND/NAME anywhere but in the table, and the schema's where its checks are made.
kinds=$(tail -n +2 "$tmp/checks.csv" | grep -o '^[a-z]*/' | sort -u | tr -d '/' | paste -sd '|')
{
    grep -rhoE "\"($kinds)/[a-z-]+\"" "$RMT_SOURCE/pipeline" "$RMT_SOURCE/stages" --include='*.[ch]' --exclude=checks.c
    grep -hoE '"[a-z]+-(error|key|label|header)"' "$RMT_SOURCE"/pipeline/data/schema_check*.c | tee "$tmp/schema_codes"
} | tr -d '"' | sort -u >"$tmp/reported"
expect_same "$tmp/reported" <(tail -n +2 "$tmp/checks.csv" | cut -d, -f1 | sort)
expect_same <(sed -n '/^<!-- codes -->$/,/^<!-- \/codes -->$/s/^| `\([a-z-]*\)` .*/\1/p' "$readme" | sort) \
    <(tr -d '"' <"$tmp/schema_codes" | sort -u)

expect_exit 0 remit validate --list-checks >"$tmp/list"
expect "--list-checks names every check" \
    test "$(tail -n +3 "$tmp/list" | wc -l)" -eq "$(tail -n +2 "$tmp/checks.csv" | wc -l)"
while IFS=, read -r code _; do
    expect_exit 0 remit validate --explain "$code" >"$tmp/explained"
    expect "--explain $code" grep -q "^$code (" "$tmp/explained"
done < <(tail -n +2 "$tmp/checks.csv")
expect_exit 64 remit validate --explain trial/no-baselin
expect_stderr "did you mean 'trial/no-baseline'"

messy=$RMT_SOURCE/sample-data/messy-export
expect_exit 0 remit ingest -q "$messy/plan.yaml" -o "$tmp/in.h5"
found() { remit validate "$tmp/in.h5" --format csv "$@" | cut -d, -f1,2 | sort | uniq -c | sed 's/^ *//'; }
found >"$tmp/before"
found --disable primary-key,trial/no-baseline --disable extra-label >"$tmp/after"
grep -v "primary-key\|trial/no-baseline\|extra-label" "$tmp/before" >"$tmp/wanted"
expect_same "$tmp/after" "$tmp/wanted"
expect_exit 64 remit validate "$tmp/in.h5" --disable extra-lable -o "$tmp/x.h5"
expect_stderr "did you mean 'extra-label'"

cp -r "$messy" "$RMT_SOURCE/sample-data/ketamine-midazolam" "$tmp"
# One cell, one error: what the schema no longer refuses the trial's check does.
expect "the item is told by its schema" test -z "$(grep item-out-of-range "$tmp/before")"
expect "the item is told by its instrument" \
    test "$(found --disable constraint-error | grep item-out-of-range)" = "3 error,trial/item-out-of-range"

echo "checks: {primary-key: off, extra-label: error, trial/no-baseline: info}" >>"$tmp/messy-export/plan.yaml"
expect_exit 0 remit ingest -q "$tmp/messy-export/plan.yaml" -o "$tmp/in.h5"
found >"$tmp/after"
grep -v primary-key "$tmp/before" |
    sed 's/warning,extra-label/error,extra-label/; s/warning,trial\/no-baseline/info,trial\/no-baseline/' |
    sort -k2 >"$tmp/wanted"
expect_same <(sort -k2 "$tmp/after") "$tmp/wanted"
expect_exit 1 remit validate -q --keep-going --disable type-error "$tmp/in.h5" -o "$tmp/x.h5"
expect "the command is recorded" grep -q -- "remit validate --keep-going --disable=type-error" <(remit export "$tmp/x.h5" /provenance)

# /validation/missingness counts what /outcomes has.
expect_exit 0 remit run -q "$sample/plan.yaml" -o "$tmp/sample.h5"
remit export "$tmp/sample.h5" /validation/missingness >"$tmp/missingness.csv"
remit export "$tmp/sample.h5" /outcomes >"$tmp/outcomes.csv"
python3 - "$tmp/missingness.csv" "$tmp/outcomes.csv" >"$tmp/problems" <<'END'
import collections, csv, sys
missingness, outcomes = (list(csv.DictReader(open(name, encoding="utf-8", newline=""))) for name in sys.argv[1:])
n, values = collections.Counter(), collections.Counter()
for r in outcomes:
    if r["scale"] != "total": continue
    n[r["outcome"], r["AVISIT"], r["TRT01P"]] += 1
    values[r["outcome"], r["AVISIT"], r["TRT01P"]] += r["AVAL"] != ""
if len(missingness) != len(n) or len(n) < 50: print("rows:", len(missingness), "of", len(n))
for r in missingness:
    key = r["outcome"], r["visit"], r["arm"]
    if (int(r["n"]), int(r["n_values"])) != (n[key], values[key]): print("differs:", *key)
    if int(r["n_missing"]) != n[key] - values[key]: print("does not add up:", *key)
END
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"
