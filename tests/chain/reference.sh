#!/bin/bash
# The sample trial against what R made of the same CSV files.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

compare=$RMT_SOURCE/tests/reference/compare_sample.py
[ -e "$compare" ] && [ -e "$sample/plan.yaml" ] || skip "no reference of the sample"
expect_exit 0 remit run -q "$sample/plan.yaml" -o "$tmp/sample.h5"
for what in effects rates outcomes baseline missingness; do
    case $what in
        outcomes) path=/outcomes ;;
        baseline | missingness) path=/validation/$what ;;
        *) path=/results/$what ;;
    esac
    expect_exit 0 remit export "$tmp/sample.h5" "$path" >"$tmp/$what.csv"
    n_checks=$((n_checks + 1))
    python3 "$compare" "$what" "$RMT_SOURCE/tests/reference/sample_$what.csv" "$tmp/$what.csv" >"$tmp/log" 2>&1 ||
        fail "$what: $(head -20 "$tmp/log")"
done
