#!/bin/bash
# Where two files are joined, who is in one and not in the other is a finding with its line: in /validation/issues, on standard
# error of `remit run`, and in its exit code where it is an error.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

make_tiny "$tmp/t"
cd "$tmp/t" || exit 70
sed 's/^\(T.,[a-z]*\),.*/\1,5/; s/^id,visit,.*/id,visit,x,x0/; s/^\(T.,base\),.*/\1,4,4/; s/^\(T.,end\),.*/\1,3,4/' madrs.csv >bare.csv
printf 'id,visit,pulse\nT1,base,60\nT2,base,61\nT3,base,62\nT4,base,63\n' >vitals.csv
printf 'id,visit,mg\nT1,base,10\nT2,base,10\nT3,base,1\nT4,base,1\n' >doses.csv
cp vitals.csv keyed.csv
cat >keyed.schema.json <<'END'
{"fields": [{"name": "id"}, {"name": "visit"}, {"name": "pulse", "type": "integer"}],
 "foreignKeys": [{"fields": "id", "reference": {"resource": "people", "fields": "id"}}]}
END
sed '/^  madrs: {file/a\  bare: {file: bare.csv}\n  vitals: {file: vitals.csv}\n  doses: {file: doses.csv}\n  keyed: {file: keyed.csv, schema: keyed.schema.json}
/^outcomes:/a\  bare: {table: bare, total: x, baseline: x0}' plan.yaml >joined.yaml
echo 'doses: {table: doses, visit: visit}' >>joined.yaml
cp -r . ../sound
expect_exit 0 remit run joined.yaml -o sound.h5
expect "a sound trial has none: $(remit export sound.h5 /validation/issues)" test "$(remit export sound.h5 /validation/issues | wc -l)" -eq 1

# told EXIT SEVERITY,CODE,TABLE,LINE,COLUMN,SUBJECT MESSAGE command...: what the command does to the files is told so, once.
told() {
    local code=$1 finding=$2 message=$3
    shift 3
    cp ../sound/*.csv .
    "$@"
    expect_exit "$code" remit run -v joined.yaml -o "$tmp/joined.h5"
    expect_stderr "$message"
    remit ingest -q joined.yaml | remit validate -q --format csv >"$tmp/issues.csv"
    expect "one finding '$finding': $(cat "$tmp/issues.csv")" test "$(grep -c "^$finding," "$tmp/issues.csv")" -eq 1
}
edit() { sed -i "$2" "$1"; }

told 1 error,trial/unknown-subject,madrs,2,id,t-01 "madrs.csv:2: id: 't-01' is not in table people; did you mean 'T1'\?" edit madrs.csv '2s/T1/t-01/'
told 1 error,trial/unknown-subject,bare,3,id,T9 "bare.csv:3: id: 'T9' is not in table people" edit bare.csv '3s/T1/T9/'
told 1 error,trial/unknown-subject,doses,2,id,T9 "doses.csv:2: id: 'T9' has a dose and is not in table people" edit doses.csv s/T1/T9/
told 1 error,trial/unknown-subject,doses,2,id,t-1 "doses.csv:2: id: 't-1' has a dose and is not in table people; did you mean 'T1'\?" edit doses.csv s/T1/t-1/
told 1 error,foreign-key,keyed,3,id,T9 "keyed.csv:3: id: .*T9.* is not in people" edit keyed.csv s/T2/T9/
told 0 warning,trial/other-subject,vitals,3,id,T02 "vitals.csv:3: id: 'T02' is not in table people; did you mean 'T2'\?" edit vitals.csv s/T2/T02/
told 0 warning,trial/not-in-table,people,3,id,T2 'people.csv:3: id: table bare has no record of this subject' edit bare.csv /T2/d
told 0 warning,trial/not-in-table,bare,0,id, 'bare.csv: id: table bare has no record of 3 of 4 subjects' edit bare.csv '/T[234]/d'
nowhere() { edit madrs.csv /T2/d; edit bare.csv /T2/d; }
told 0 warning,trial/no-records,people,3,id,T2 "people.csv:3: id: no outcome's table has a record of this subject" nowhere
expect_stderr 'TINY: done with findings'
told 1 error,trial/no-common-id,madrs,2,id,X-T1 "madrs.csv:2: id: no id of table madrs is in table people: 'X-T1' here, 'T1' there" edit madrs.csv s/^T/X-T/
expect "nothing else is said" test "$(wc -l <"$tmp/issues.csv")" -eq 2
told 1 error,trial/no-common-id,madrs,2,id,t_01 "'t_01' here, 'T1' there; are they written in two ways\?" edit madrs.csv s/^T/t_0/

# Tables of forms are joined like others: a form nobody saved.
export=$RMT_SOURCE/sample-data/redcap-export
cp -r "$export" "$tmp/redcap"
python3 - "$tmp/redcap/SIMULATED_DATA.csv" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
names, who = rows[0], rows[1][0]
form = [i for i, n in enumerate(names) if n.startswith("pcl5")]
for r in rows[1:]:
    if r[0] == who:
        for i in form: r[i] = "0" if names[i].endswith("_complete") else ""
csv.writer(open(sys.argv[1], "w", encoding="utf-8", newline="")).writerows(rows)
END
expect_exit 0 remit run -v "$tmp/redcap/plan.yaml" -o "$tmp/redcap.h5"
expect_stderr 'SIMULATED_DATA.csv:2: .*table pcl5 has no record of this subject \[trial/not-in-table\]'
