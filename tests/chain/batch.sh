#!/bin/bash
# Many plans: a broken one stops nothing but itself, and one line says which and why.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

for name in a b c d e f; do
    make_tiny "$tmp/$name"
    sed -i "s/id: TINY/id: TRIAL-$name/" "$tmp/$name/plan.yaml"
done
sed -i 's/T2,end,1/T2,end,"1/' "$tmp/b/madrs.csv"         # a quote that is never closed
sed -i 's/T3,placebo/T3,neither/' "$tmp/d/people.csv"      # an arm that the plan does not know
rm "$tmp/f/people.schema.json"                             # a schema that is not there
plans=("$tmp"/[a-f]/plan.yaml)

for jobs in 1 2 6; do
    rm -rf "$tmp/out"
    expect_exit 1 remit run --jobs=$jobs --output-dir="$tmp/out" "${plans[@]}" >"$tmp/stdout"
    cp "$tmp/err" "$tmp/err$jobs"
    expect "nothing on standard output" test ! -s "$tmp/stdout"
    expect "three outputs, nothing else" test "$(ls "$tmp/out" | tr '\n' ' ')" = "TRIAL-a.h5 TRIAL-c.h5 TRIAL-e.h5 "
    for name in a c e; do
        expect_exit 0 remit run -q "$tmp/$name/plan.yaml" -o "$tmp/alone.h5"
        expect_same "$tmp/alone.h5" "$tmp/out/TRIAL-$name.h5"
        expect "one line for trial $name" test "$(grep -c "^remit-run: TRIAL-$name: done" "$tmp/err$jobs")" -eq 1
    done
    for name in b d f; do
        expect "one line says that trial $name failed" test "$(grep -c "^remit-run: TRIAL-$name: .*failed" "$tmp/err$jobs")" -eq 1
    done
    expect "why b failed" grep -Eq "^remit-run: TRIAL-b: .*madrs.csv:[0-9]+: " "$tmp/err$jobs"
    expect "why d failed" grep -Eq "^remit-run: TRIAL-d: .*people.csv:4: .*neither" "$tmp/err$jobs"
    expect "why f failed" grep -Eq "^remit-run: TRIAL-f: .*people.schema.json.*No such file" "$tmp/err$jobs"
    # In the order of the plans, however many ran at once.
    sed -E 's/^remit-run: (TRIAL-[a-f]).*/\1/' "$tmp/err$jobs" | uniq >"$tmp/order"
    expect "messages in the order of the plans" test "$(tr '\n' ' ' <"$tmp/order")" = "TRIAL-a TRIAL-b TRIAL-c TRIAL-d TRIAL-e TRIAL-f "
    [ "$jobs" = 1 ] || expect_same <(sed "s#$tmp/out##" "$tmp/err1") <(sed "s#$tmp/out##" "$tmp/err$jobs")
done

# -q: the failures only.
rm -rf "$tmp/out"
expect_exit 1 remit run -q --output-dir="$tmp/out" "${plans[@]}"
expect "-q does not tell what went well" test "$(grep -c 'TRIAL-[ace]' "$tmp/err")" -eq 0
expect_stderr "TRIAL-b: .*failed"

# A single plan that fails: the code of the stage that failed, and no output.
rm -rf "$tmp/out"
mkdir "$tmp/out"
expect_exit 65 remit run "$tmp/b/plan.yaml" -o "$tmp/out/b.h5"
expect_exit 1 remit run "$tmp/d/plan.yaml" -o "$tmp/out/d.h5"
expect_exit 66 remit run "$tmp/f/plan.yaml" -o "$tmp/out/f.h5"
expect_empty_dir "$tmp/out"

# --no-keep-going: those that had not begun are left out, and told.
expect_exit 1 remit run -j 1 --no-keep-going -d "$tmp/out" "${plans[@]}"
expect "only the first was made" test "$(ls "$tmp/out")" = TRIAL-a.h5
expect_stderr "TRIAL-c: not run"
rm -f "$tmp"/out/*

# The script of --dry-run does the same: good ones made, exit 1.
remit run -n -q -d "$tmp/out" "${plans[@]}" >"$tmp/script.sh"
expect_exit 1 bash "$tmp/script.sh"
for name in a c e; do
    remit run -q "$tmp/$name/plan.yaml" -o "$tmp/alone.h5"
    expect_same "$tmp/alone.h5" "$tmp/out/TRIAL-$name.h5"
done
expect_absent "$tmp/out/TRIAL-b.h5" "$tmp/out/TRIAL-d.h5" "$tmp/out/TRIAL-f.h5"

# Two plans for one output are refused before anything runs; many plans need a folder.
rm -f "$tmp"/out/*
expect_exit 64 remit run -d "$tmp/out" "$tmp/a/plan.yaml" "$tmp/c/plan.yaml" "$tmp/a/plan.yaml"
expect_stderr "plans $tmp/a/plan.yaml and $tmp/a/plan.yaml would both be written to .*study.id \\(TRIAL-a and TRIAL-a\\)"
expect_exit 64 remit run "$tmp/a/plan.yaml" "$tmp/c/plan.yaml" -o "$tmp/out/x.h5"
expect_empty_dir "$tmp/out"

# An id is free text, a file name is not.
sed -i 's#id: TRIAL-a#id: "../evil/ x"#' "$tmp/a/plan.yaml"
expect_exit 0 remit run -q -d "$tmp/out" "$tmp/a/plan.yaml"
expect "an id does not leave the folder" test "$(find "$tmp/out" -name '*.h5' | wc -l)" -eq 1
expect_absent "$tmp/evil"

# A trial that fails leaves the older result where it is, and says so.
rm -f "$tmp"/out/*
expect_exit 0 remit run -q -d "$tmp/out" "$tmp/c/plan.yaml" "$tmp/e/plan.yaml"
cp "$tmp/out/TRIAL-c.h5" "$tmp/before.h5"
sed -i 's/T3,placebo/T3,neither/' "$tmp/c/people.csv"
sed -i 's/T2,end,1/T2,end,"1/' "$tmp/e/madrs.csv"
for quiet in "" -q; do
    # shellcheck disable=SC2086  # no option is no word
    expect_exit 1 remit run $quiet -d "$tmp/out" "$tmp/c/plan.yaml" "$tmp/d/plan.yaml" "$tmp/e/plan.yaml"
    expect_stderr "TRIAL-c: failed: validate: .*; $tmp/out/TRIAL-c.h5 is of an earlier run$"
    expect_stderr "TRIAL-e: failed: ingest: .*; $tmp/out/TRIAL-e.h5 is of an earlier run$"
    expect "only what is there is told" test "$(grep -c 'earlier run' "$tmp/err")" -eq 2
done
expect_same "$tmp/before.h5" "$tmp/out/TRIAL-c.h5"
expect_exit 1 remit run "$tmp/c/plan.yaml" -o "$tmp/out/TRIAL-c.h5"
expect_stderr "TRIAL-c: failed: .*; $tmp/out/TRIAL-c.h5 is of an earlier run$"
expect_exit 1 remit run -j 1 --no-keep-going -d "$tmp/out" "$tmp/d/plan.yaml" "$tmp/c/plan.yaml"
expect_stderr "TRIAL-c: not run, .*; $tmp/out/TRIAL-c.h5 is of an earlier run$"
cp "$tmp/c/plan.yaml" "$tmp/c/copy.yaml"
expect_exit 1 remit run "$tmp/c/copy.yaml" -o "$tmp/c/copy.yaml"
expect "a plan is no older result" test "$(grep -c 'earlier run' "$tmp/err")" -eq 0

# The way past the findings is told, and works.
expect_exit 1 remit run "$tmp/c/plan.yaml" -o "$tmp/out/x.h5"
expect_stderr "the study does not pass \\(to go on with it: remit ingest $tmp/c/plan.yaml \\| remit validate --keep-going \\| ...\\)$"
way=$(sed -n 's/.*to go on with it: \(.*\) | \.\.\.).*/\1/p' "$tmp/err")
expect_exit 1 bash -o pipefail -c "$way -q | remit score -q | remit effects -q -o '$tmp/out/x.h5'"
expect "the way past leads to a result" test -s "$tmp/out/x.h5"

# Findings that stop nothing are told in the line about a success: who is in no outcome's table here.
make_tiny "$tmp/g"
expect_exit 0 remit run -v "$tmp/g/plan.yaml" -o "$tmp/out/g.h5"
expect_stderr "TINY: done, $tmp/out/g.h5$"
sed -i '/^T2,/d' "$tmp/g/madrs.csv"
expect_exit 0 remit run -v "$tmp/g/plan.yaml" -o "$tmp/out/g.h5"
expect_stderr "people.csv:3: id: no outcome's table has a record of this subject \\[trial/no-records\\]$"
expect_stderr "TINY: done with findings, $tmp/out/g.h5$"

# The script of --dry-run ends as `run` does: with the code of the first stage that failed, not of those after it.
make_tiny "$tmp/s"
sed 's/^study:/sudy:/' "$tmp/s/plan.yaml" >"$tmp/s/wrong.yaml"
sed 's/file: people.csv/file: absent.csv/' "$tmp/s/plan.yaml" >"$tmp/s/absent.yaml"
cp "$tmp/c/plan.yaml" "$tmp/c/findings.yaml"
for plan in "$tmp/s/plan.yaml" "$tmp/s/wrong.yaml" "$tmp/s/absent.yaml" "$tmp/c/findings.yaml"; do
    remit run -q "$plan" -o "$tmp/s/run.h5" 2>"$tmp/err"
    code=$?
    remit run -q "$plan" -o "$tmp/s/script.h5" --dry-run >"$tmp/s/script.sh"
    expect_exit "$code" bash "$tmp/s/script.sh"
done
