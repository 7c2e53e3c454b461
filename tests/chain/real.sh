#!/bin/bash
# Real trials, where their data are: tests/real/check.sh says where. Nothing of them is kept.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

check=$RMT_SOURCE/tests/real/check.sh
[ -e "$check" ] || skip "no tests/real"
sh "$check" "$RMT_BIN/remit" >"$tmp/log" 2>&1
code=$?
[ "$code" -ne 77 ] || skip "no real data"
n_checks=1
[ "$code" -eq 0 ] || fail "$(cat "$tmp/log")"
