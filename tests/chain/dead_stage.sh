#!/bin/bash
# A stage that dies in the middle of a pipe: the next one says so and writes nothing; PIPESTATUS tells which.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

make_tiny "$tmp/t"
make_steps "$tmp/t"
mkdir "$tmp/out"

for s in $(stages_of filter) $(stages_of sink); do
    input=$(stage_input "$tmp/t" "$s")
    # shellcheck disable=SC2207  # no argument, or one
    rest=($(stage_argument "$s"))
    size=$(wc -c <"$input")
    out=$tmp/out/out

    # The stage before dies before, while, and at the end of writing.
    for part in 0 1 4096 $((size / 2)) $((size - 1)); do
        bash -c 'head -c "$1" "$2"; kill -KILL $$' sh "$part" "$input" | remit "$s" - "${rest[@]}" -o "$out" 2>"$tmp/err"
        codes=("${PIPESTATUS[@]}")
        expect "$s: codes ${codes[*]} after $part bytes" test "${codes[*]}" = "137 65"
        expect_stderr_lines 1
        if [ "$part" -eq 0 ]; then expect_stderr "^remit-$s: .*stream is empty: the stage before wrote nothing"
        else expect_stderr "^remit-$s: .*cut short"; fi
        expect_empty_dir "$tmp/out"
    done

    # It fails properly: an empty stream, and its own code and line.
    remit validate "$tmp/t/absent.h5" 2>"$tmp/err1" | remit "$s" - "${rest[@]}" -o "$out" 2>"$tmp/err"
    codes=("${PIPESTATUS[@]}")
    expect "$s: codes ${codes[*]}" test "${codes[*]}" = "66 65"
    expect "the first says why" grep -q "^remit-validate: .*No such file" "$tmp/err1"
    expect_stderr "stream is empty"
    expect_empty_dir "$tmp/out"
done

# The whole chain with one link that cannot run: every later stage ends, none writes, pipefail gives a code that is not 0.
for dead in $(stages_of filter); do
    line="remit ingest -q $tmp/t/plan.yaml"
    for s in $(stages_of filter); do
        if [ "$s" = "$dead" ]; then line="$line | false"; else line="$line | remit $s -q"; fi
    done
    expect_exit "65|1" bash -o pipefail -c "$line -o $tmp/out/out 2>>$tmp/all"
    [ "$dead" = "$(stages_of filter | tail -1)" ] || expect_absent "$tmp/out/out"
    rm -f "$tmp/out/out"
done 2>"$tmp/all-err" >/dev/null
sed 's/^/  /' "$tmp/all-err" >&2
