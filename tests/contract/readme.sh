#!/bin/bash
# What README.md and stages/README.md show is true: each line of a ```sh block runs, on copies of the sample trials; the
# plan, the recipes for R and Python and the worked example do as well; output shown is output given.
# Not run: lines that clone, install, build or test, which begin with git, sudo, apt, cmake, ./pipeline/ or ./tests/.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

[ -e "$sample/plan.yaml" ] || skip "no sample data"
blocks() { # LANGUAGE FILE DIR: every block of the language in DIR/1, DIR/2, ...
    mkdir -p "$3"
    awk -v word="\`\`\`$1" -v dir="$3" '
        /^```/ { if (on) { close(out); on = 0 } else if ($0 == word) { out = dir "/" ++n; printf "" >out; on = 1 }; next }
        on { print >out }' "$2"
}
n_blocks() { find "$1" -type f | wc -l; }

# ---- the shell ------------------------------------------------------------------------------------
work=$tmp/work
mkdir -p "$work/trials"
cp -r "$sample/." "$work"
cp -r "$sample" "$work/trials/a"
cp -r "$RMT_SOURCE/sample-data/published-ketamine" "$work/trials/b"
cd "$work" || exit 70
n_lines=0
for readme in README.md stages/README.md; do
    blocks sh "$RMT_SOURCE/$readme" "$tmp/sh/$readme"
    for ((i = 1; i <= $(n_blocks "$tmp/sh/$readme"); i++)); do
        while IFS= read -r line; do
            case "$line" in
                "" | git\ * | sudo\ * | apt\ * | apt-get\ * | cmake\ * | ./pipeline/* | ./tests/*) continue ;;
            esac
            n_lines=$((n_lines + 1))
            written=$(echo "$line" | sed -n 's/.* -o \([a-z0-9_.]*\) *# the same bytes.*/\1/p')
            [ -z "$written" ] || mv "$written" "$written.before"
            expect_exit 0 bash -e -o pipefail -c "$line" >"$tmp/out"
            [ -z "$written" ] || expect_same "$written" "$written.before"
        done <"$tmp/sh/$readme/$i"
    done
done
expect "lines to run: $n_lines" test "$n_lines" -ge 5
expect "README.md makes trial.h5" test -e trial.h5
expect "the pipe was compared with what run wrote" test -e trial.h5.before
expect "README.md says where remit is before it calls it" test "$(grep -n -m1 '^export PATH=.*build/release/bin' "$RMT_SOURCE/README.md" | cut -d: -f1)" -lt "$(grep -n -m1 '^remit ' "$RMT_SOURCE/README.md" | cut -d: -f1)"

# ---- output as shown: its paragraphs stand in this order; "..." stands for any lines ----------------------
sed -n '/^<!-- demo -->$/,/^<!-- \/demo -->$/p' "$RMT_SOURCE/README.md" | sed '1,2d' | sed '/^```$/,$d' >"$tmp/shown"
expect "README.md shows output" test "$(wc -l <"$tmp/shown")" -ge 10
remit show trial.h5 >"$tmp/given"
python3 - "$tmp/shown" "$tmp/given" >"$tmp/problem" <<'END'
import re, sys
shown, given = (open(name, encoding='utf-8').read().strip('\n') + '\n' for name in sys.argv[1:])
at = 0
for paragraph in re.split(r'(?:^\.\.\.\n|^\n)+', shown, flags=re.M):
    found = ('\n' + given).find('\n' + paragraph, at)
    if found < 0: print(paragraph.split('\n')[0]); break
    at = found + len(paragraph)
END
n_checks=$((n_checks + 1))
[ ! -s "$tmp/problem" ] || fail "README.md shows what remit show does not, in: $(cat "$tmp/problem")"

# ---- the smallest plan ---------------------------------------------------------------------------------
mkdir own
blocks yaml "$RMT_SOURCE/README.md" "$tmp/yaml"
expect "README.md shows a plan" test "$(n_blocks "$tmp/yaml")" -eq 1
cp "$tmp/yaml/1" own/plan.yaml
{
    echo "id,group"
    for ((i = 10; i < 30; i++)); do echo "S$i,$([ $((i % 2)) = 0 ] && echo drug || echo placebo)"; done
} >own/people.csv
items=$(printf ',caps%02d' {1..20})
{
    echo "id,visit$items"
    for ((i = 10; i < 30; i++)); do
        for visit in baseline week12; do
            echo "S$i,$visit$(for ((k = 0; k < 20; k++)); do printf ',%d' $(((i * k + ${#visit}) % 5)); done)"
        done
    done
} >own/caps.csv
expect_exit 0 remit run own/plan.yaml -o own.h5
expect "the plan needs no more than it names: $(ls own | tr '\n' ' ')" test "$(find own -type f | wc -l)" -eq 3
expect_exit 0 remit export own.h5 /results/effects >"$tmp/out"
expect "the plan gives effects" test "$(grep -c ',week12,drug,placebo,' "$tmp/out")" -ge 3

# ---- R and Python ----------------------------------------------------------------------------------------
blocks python "$RMT_SOURCE/README.md" "$tmp/python"
blocks r "$RMT_SOURCE/README.md" "$tmp/r"
expect "recipes" test "$(n_blocks "$tmp/python")" -eq 1 -a "$(n_blocks "$tmp/r")" -eq 1
remit export trial.h5 /outcomes >outcomes.csv
answer=$(python3 - <<'END'
import csv
rows = list(csv.DictReader(open('outcomes.csv', encoding='utf-8', newline='')))
rows = [r for r in rows if r['PARAMCD'] == 'CAPS5TOT' and r['AVISIT'] == 'week2']
print(sum(r['RESPFL'] == 'true' for r in rows), 'responses among', sum(r['RESPFL'] != '' for r in rows), 'values')
END
)
python=
for p in python3 /usr/bin/python3; do
    ! "$p" -c 'import h5py, numpy' 2>/dev/null || { python=$p; break; }
done
if [ -n "$python" ]; then
    expect_exit 0 "$python" "$tmp/python/1" >"$tmp/out"
    expect "Python: $(tail -1 "$tmp/out"), not $answer" test "$(tail -1 "$tmp/out")" = "$answer"
    expect "Python: g of CAPS5TOT at week2" grep -qx 'CAPS5TOT week2 hedges_g -0.79' "$tmp/out"
else
    echo "no h5py"
fi
if Rscript -e 'library(rhdf5)' >/dev/null 2>&1; then
    echo 'cat(sum(week2$RESPFL, na.rm = TRUE), "responses among", sum(!is.na(week2$RESPFL)), "values\n")' >>"$tmp/r/1"
    expect_exit 0 Rscript "$tmp/r/1" >"$tmp/out"
    expect "R: $(tail -1 "$tmp/out"), not $answer" test "$(tail -1 "$tmp/out" | sed 's/ *$//')" = "$answer"
    expect "R: g of CAPS5TOT at week2" grep -Eq '^[0-9]+ +CAPS5TOT +week2 +-0\.79' "$tmp/out"
else
    echo "no R with rhdf5"
fi

# ---- the worked example of a stage, and the reasons ------------------------------------------------------
blocks c "$RMT_SOURCE/stages/README.md" "$tmp/c"
expect "a worked example" test "$(n_blocks "$tmp/c")" -eq 1
expect_exit 0 "${RMT_CC:-cc}" -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$RMT_SOURCE/pipeline/include" -x c "$tmp/c/1"
sed -n '/^## Why a cell/,/^## [^W]/s/^| [^|]*| \(`[^|]*`\) |.*/\1/p' "$RMT_SOURCE/stages/README.md" | grep -o '`[^`]*`' | tr -d '`' | sort -u >"$tmp/reasons"
expect "reasons" test "$(wc -l <"$tmp/reasons")" -ge 15
while read -r reason; do
    expect "rmt/outcomes.h does not know the reason '$reason'" grep -qF "$reason" "$RMT_SOURCE/pipeline/include/rmt/outcomes.h"
done <"$tmp/reasons"
