#!/bin/bash
# remit show: 80 columns, words in place of the statistics' own names for what has no answer, each note once; remit
# export keeps those names. On the sample trials, and where a trial has next to nothing to show.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

analyse() { # DIR: from its plan to DIR/study.h5, whatever validation says
    expect_exit 0 remit ingest -q "$1/plan.yaml" -o "$1/1.h5"
    expect_exit "0|1" remit validate -q --keep-going "$1/1.h5" -o "$1/2.h5"
    cp "$1/2.h5" "$1/3.h5"
    for s in score effects rates; do
        case $(remit export "$1/1.h5" /plan) in
            *'"outcomes"'*) ;;
            *) [ "$s" != score ] || continue ;;
        esac
        expect_exit 0 remit "$s" -q --in-place "$1/3.h5"
    done
    mv "$1/3.h5" "$1/study.h5"
}

# The names as they stand in the sources; options and arguments are checked before a result can meet theirs.
names=$(sed -n 's/.*\(degenerate(err, \|RMT_ERR_NOCONV, \|RMT_ERR_DEGENERATE, \)"\([a-z0-9_<=>%]*\)".*/\2/p' "$RMT_SOURCE"/pipeline/stats/*.c |
    grep -vx -e '%s' -e 'level_outside_0_1' -e 'p_outside_0_1' -e 'shape<=0' -e no_columns | sort -u)
expect "names of what has no answer" test "$(echo "$names" | wc -l)" -ge 15
for name in $names; do
    expect "remit show has no words for $name" grep -qF "{\"${name%%%zu}" "$RMT_SOURCE/stages/show.c"
done
grep -rhoE '"rank_deficient_[a-z]+_' "$RMT_SOURCE/pipeline/stats" | sort -u | while read -r name; do
    grep -qF "{$name" "$RMT_SOURCE/stages/show.c" || echo "$name"
done >"$tmp/unknown"
expect "remit show has no words for $(cat "$tmp/unknown")" test ! -s "$tmp/unknown"
pattern="(^|[^a-z_])($(echo "$names" | sed 's/%zu//' | paste -sd '|'))"

for trial in ketamine-midazolam messy-export published-ketamine; do
    [ -e "$RMT_SOURCE/sample-data/$trial/plan.yaml" ] || skip "no sample data"
    cp -r "$RMT_SOURCE/sample-data/$trial" "$tmp/$trial"
done
for trial in one-arm one-subject all-missing three-arms zero-baseline long-names; do make_tiny "$tmp/$trial"; done
sed -i 's/placebo/drug/' "$tmp/one-arm/people.csv"
sed -i '3,$d' "$tmp/one-subject/people.csv"
sed -i '4,$d' "$tmp/one-subject/madrs.csv"
sed -i -E '2,$s/^([^,]*,[^,]*),.*/\1,,,,,,,,,,/' "$tmp/all-missing/madrs.csv"
sed -i 's/T2,drug/T2,high/' "$tmp/three-arms/people.csv"
sed -i 's/drug", "placebo/drug", "high", "placebo/; s/drug, placebo/drug, high, placebo/' "$tmp/three-arms/people.schema.json" "$tmp/three-arms/plan.yaml"
sed -i -E 's/^(T1,base),.*/\1,0,0,0,0,0,0,0,0,0,0/' "$tmp/zero-baseline/madrs.csv"
sed -i "s/id: TINY/id: TINY, title: 'A trial of a very long name, such as registries like, with arms, visits, ages and aims in it'/; s/drug/a drug with a rather long name and a dose beside it/; s/end\b/twelve_weeks_after_the_last_session/" \
    "$tmp"/long-names/{plan.yaml,people.csv,people.schema.json,madrs.csv}

for dir in "$tmp"/*/; do
    trial=$(basename "$dir")
    analyse "$tmp/$trial"
    for all in "" --all; do
        expect_exit 0 remit show $all "$tmp/$trial/study.h5" >"$tmp/$trial/shown"
        long=$(LC_ALL=C.UTF-8 awk 'length($0) > 80' "$tmp/$trial/shown" | head -1)
        expect "$trial: more than 80 columns: $long" test -z "$long"
        name=$(sed -n '/^Effects\|^Rates/,/^Notes/p' "$tmp/$trial/shown" | grep -E "$pattern" | head -1)
        expect "$trial: a name, not words: $name" test -z "$name"
        twice=$(sed -n '/^Notes/,/^How/p' "$tmp/$trial/shown" | grep '^- ' | sort | uniq -d | head -1)
        expect "$trial: a note stands twice: $twice" test -z "$twice"
    done
done
shown() { # TRIAL TEXT
    expect "$1: no '$2'" grep -qF -- "$2" "$tmp/$1/shown"
}
shown all-missing "fewer than 2 in an arm"
shown all-missing "nobody to count"
shown three-arms "difference: high"
shown zero-baseline "MADRSTOT at end: 1 with a baseline of 0 or below have no percent reduction;"
shown ketamine-midazolam "Loss of diagnosis counts only people who had the diagnosis at baseline"
shown ketamine-midazolam "CAPS5TOT reduction30: at least 30% reduction"
shown messy-export "Some results rest on records in which validation found errors"
expect "export keeps the names" grep -q ',n<2$' <(remit export "$tmp/all-missing/study.h5" /results/effects)

# One estimate that no number can hold is a row that says so; the others stand.
mkdir "$tmp/large"
cat >"$tmp/large/plan.yaml" <<'END'
study: {id: LARGE}
data: {people: {file: people.csv}, scores: {file: scores.csv}}
subjects: {table: people, id: id, arm: arm}
arms: {reference: b, order: [a, b]}
visits: {visit: visit, schedule: [{name: v0, baseline: true}, {name: v1}, {name: v2}]}
outcomes: {y: {table: scores, total: y}}
END
{
    echo id,arm
    for i in 1 2 3 4 5 6; do echo "$i,$([ $((i % 2)) = 0 ] && echo a || echo b)"; done
} >"$tmp/large/people.csv"
{
    echo id,visit,y
    for i in 1 2 3 4 5 6; do echo "$i,v0,$i"; echo "$i,v1,${i}e200"; echo "$i,v2,$((i * i))"; done
} >"$tmp/large/scores.csv"
expect_exit 0 remit run -q "$tmp/large/plan.yaml" -o "$tmp/large.h5"
expect "what overflows is said" test "$(remit export "$tmp/large.h5" /results/effects | grep -c ',v1,.*overflow')" -eq 2
expect "what does not is there" test "$(remit show "$tmp/large.h5" | grep -c ' v2 .*[0-9] to ')" -eq 3

# Rows that the plan says are none of the table were not refused.
make_tiny "$tmp/footed"
echo "made on a Monday,," >>"$tmp/footed/people.csv"
sed -i 's/people.schema.json}/people.schema.json, footer_rows: 1}/' "$tmp/footed/plan.yaml"
expect_exit 0 remit ingest -q "$tmp/footed/plan.yaml" -o "$tmp/footed.h5"
remit show "$tmp/footed.h5" >"$tmp/footed/shown"
shown footed "passed over"
expect "a footer is passed over" grep -Eq '^people +5 +4 +1 ' "$tmp/footed/shown"
