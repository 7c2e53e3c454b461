#!/bin/bash
# Full mode: the unit tests and the tiny and the sample chain under valgrind; no error, no leak.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

[ -n "$RMT_TEST_FULL" ] || skip "full mode only"
command -v valgrind >/dev/null || skip "no valgrind"
! grep -q __asan_init <(nm "$RMT_BIN/remit" 2>/dev/null) || skip "sanitizers and valgrind exclude each other"

checked() { # OUTPUT command...
    local out=$1
    shift
    n_checks=$((n_checks + 1))
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        --log-file="$tmp/valgrind" "$@" >"$out" 2>"$tmp/err"
    local code=$?
    if [ "$code" -ne 0 ] || [ -s "$tmp/valgrind" ]; then
        fail "exit $code: $(echo "$*" | cut -c1-100): $(tail -2 "$tmp/err") $(head -12 "$tmp/valgrind")"
    fi
}

make_tiny "$tmp/t"
make_steps "$tmp/t"
for s in $(stages); do
    if [ "$(stage_kind "$s")" = source ]; then checked "$tmp/out" "$RMT_BIN/remit-$s" -q "$tmp/t/plan.yaml"
    else
        # shellcheck disable=SC2046  # no argument, or one
        checked "$tmp/out" "$RMT_BIN/remit-$s" -q "$(stage_input "$tmp/t" "$s")" $(stage_argument "$s")
    fi
    checked "$tmp/out" "$RMT_BIN/remit-$s" --help
done
if [ -e "$sample/plan.yaml" ]; then
    checked "$tmp/out" "$RMT_BIN/remit" run -q "$sample/plan.yaml" -o "$tmp/sample.h5"
    remit run -q "$sample/plan.yaml" -o "$tmp/want.h5"
    expect_same "$tmp/sample.h5" "$tmp/want.h5"
fi

# Unit tests, two at a time; a slow one is cut off and told.
for test in "$(dirname "$RMT_BIN")"/tests/unit_*; do
    [ -x "$test" ] || continue
    echo "$test"
done | xargs -P 2 -I{} sh -c '
    timeout 120 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        --log-file="$1/valgrind.${2##*/}" "$2" >"$1/log.${2##*/}" 2>&1
    code=$?
    echo "$code ${2##*/}"' sh "$tmp" {} >"$tmp/codes"
while read -r code name; do
    n_checks=$((n_checks + 1))
    case "$code" in
        0) ;;
        124) echo "$name: not done within 120 s" ;;
        *) fail "$name: exit $code under valgrind: $(grep -v '^$' "$tmp/valgrind.$name" | head -12) $(grep -a FAILED "$tmp/log.$name" | head -3)" ;;
    esac
done <"$tmp/codes"
expect "unit tests were run" test "$(wc -l <"$tmp/codes")" -ge 10
