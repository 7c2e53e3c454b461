#!/bin/bash
# Every kind of allocation fails once: exit 71, one line, no output, no crash. Leaks show under the asan preset.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

faulty=$(dirname "$RMT_BIN")/tests/remit-faulty
[ -x "$faulty" ] || skip "no remit-faulty beside $RMT_BIN"
make_tiny "$tmp/t"
make_steps "$tmp/t"
mkdir "$tmp/out"

# Which calls to fail: quick - the first of every caller (innermost function that is not a convenience of mem_util and
# text, and its own callers); full - every caller seen, and every 40th call besides.
select_calls() { # TRACE
    if [ -n "$RMT_TEST_FULL" ]; then awk '!seen[$2]++ || NR % 40 == 0 {print $1}' "$1"
    else awk '!seen[$3]++ {print $1}' "$1"; fi
}

check() { # NAME arguments...: `remit arguments -o $tmp/out/out`
    local name=$1 n failed=0 calls=0 recovered=0 most
    shift
    rm -f "$tmp/out/out"
    expect_exit "0|1" env RMT_TEST_FAIL_TRACE="$tmp/trace" "$faulty" "$@" -o "$tmp/out/out"
    expect "$name allocates" test -s "$tmp/trace"
    mv "$tmp/out/out" "$tmp/whole"
    for n in $(select_calls "$tmp/trace"); do
        calls=$((calls + 1))
        RMT_TEST_FAIL_ALLOC=$n "$faulty" "$@" -o "$tmp/out/out" 2>"$tmp/err" >"$tmp/stdout"
        code=$?
        lines=$(wc -l <"$tmp/err")
        # libcsv asks again for less when its buffer cannot grow: then all is well, and the result the same.
        if [ "$code" -eq 0 ] && cmp -s "$tmp/out/out" "$tmp/whole"; then
            recovered=$((recovered + 1))
            rm -f "$tmp/out/out"
            continue
        fi
        if [ "$code" -ne 71 ] || [ "$lines" -ne 1 ] || [ -n "$(ls -A "$tmp/out")" ] || [ -s "$tmp/stdout" ] ||
            ! grep -Eq '(out of|no) memory' "$tmp/err"; then
            failed=$((failed + 1))
            [ "$failed" -gt 3 ] || fail "$name: allocation $n: exit $code, $lines lines: $(head -2 "$tmp/err"), left: $(ls -A "$tmp/out")"
            rm -f "$tmp"/out/*
        fi
    done
    n_checks=$((n_checks + calls))
    most=0
    [ "$(stage_kind "$name" 2>/dev/null)" != source ] && [ "$name" != run ] && [ "$name" != init ] || most=3
    [ "$recovered" -le "$most" ] || fail "$name: $recovered failing allocations changed nothing"
    [ "$failed" -eq 0 ] || fail "$name: $failed of $calls failing allocations were not met as they should be"
    echo "$name: $calls of $(wc -l <"$tmp/trace") allocations failed once"
}

# A plan with what the tiny trial leaves out is no concern here: unit tests fail every allocation of the libraries.
for s in $(stages); do
    if [ "$(stage_kind "$s")" = source ]; then
        check "$s" "$s" "$tmp/t/plan.yaml"
    else
        # shellcheck disable=SC2046  # no argument, or one
        check "$s" "$s" "$(stage_input "$tmp/t" "$s")" $(stage_argument "$s")
    fi
done
check init init "$tmp/t/people.csv" "$tmp/t/madrs.csv" --schemas -
[ -z "$RMT_TEST_FULL" ] || check run run "$tmp/t/plan.yaml"
