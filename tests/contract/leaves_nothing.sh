#!/bin/bash
# Building and testing leave the working tree as it was: nothing untracked, nothing changed by a test.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

command -v git >/dev/null || skip "no git"
git -C "$RMT_SOURCE" rev-parse --is-inside-work-tree >/dev/null 2>&1 || skip "no git checkout"

# Sources being edited are no rubbish: a new *.c, *.sh ... is told, other new files fail.
git -C "$RMT_SOURCE" status --porcelain --untracked-files=all >"$tmp/status"
expect "left in the working tree: $(grep -Ev '\.(c|h|sh|py|R|md|txt|cff)$|/run$' "$tmp/status" | head -5 | tr '\n' ' ')" \
    test -z "$(grep -E '^\?\?' "$tmp/status" | grep -Ev '\.(c|h|sh|py|R|md|json|yaml|csv)$')"
expect "tests changed sample data: $(grep 'sample-data/' "$tmp/status" | head -3)" \
    test -z "$(grep -E '^ ?[MD]+ sample-data/' "$tmp/status")"
expect "temporary files left beside an output" \
    test -z "$(find "$RMT_SOURCE" -path "$RMT_SOURCE/build" -prune -o -name '*.tmp.[0-9]*' -print | head -3)"
