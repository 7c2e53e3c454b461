#!/bin/bash
# check.sh [--write] [STAGE[/CASE]]...: runs the cases of tests/golden and compares with what is written there.
#
# A case is a folder STAGE/CASE: `cmd`, run by bash with pipefail in a copy of trial/ under the case's own files; `exit`, its
# exit code (absent: 0); `stdout.exact` (absent: nothing); `stderr.glob`, a pattern of bash (absent: silence).
# --write makes the expected files anew and shows the difference: read it, and only then commit it.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

golden=$RMT_SOURCE/tests/golden
write=
[ "${1-}" != --write ] || { write=1; shift; }

# The expected files of a case, from what came out: nothing is written where it may be absent.
write_case() { # FOLDER
    rm -f "$1/stdout.exact" "$1/exit"
    [ ! -s "$tmp/out" ] || cp "$tmp/out" "$1/stdout.exact"
    [ "$code" -eq 0 ] || echo "$code" >"$1/exit"
    # shellcheck disable=SC2053  # a pattern on purpose
    [[ -e $1/stderr.glob && $(<"$tmp/err") == $(<"$1/stderr.glob") ]] || {
        rm -f "$1/stderr.glob"
        [ ! -s "$tmp/err" ] || sed 's/[][*?\\]/\\&/g' "$tmp/err" >"$1/stderr.glob"
    }
}

expected() { cat "$1" 2>/dev/null || printf %s "${2-}"; } # FILE [DEFAULT]

check_case() { # FOLDER
    local name=${1#"$golden/"} code
    rm -rf "$tmp/case"
    cp -r "$golden/trial" "$tmp/case"
    cp -r "$1/." "$tmp/case"
    (cd "$tmp/case" && bash -o pipefail ./cmd) >"$tmp/out" 2>"$tmp/err"
    code=$?
    [ -z "$write" ] || write_case "$1"
    expect "$name: exit $code, expected $(expected "$1/exit" 0)" test "$code" -eq "$(expected "$1/exit" 0)"
    expect "$name: standard output" diff -u <(expected "$1/stdout.exact") "$tmp/out"
    # shellcheck disable=SC2053  # a pattern on purpose
    [[ $(<"$tmp/err") == $(expected "$1/stderr.glob") ]] ||
        fail "$name: standard error: $(diff <(expected "$1/stderr.glob") "$tmp/err")"
}

for selected in "${@:-*}"; do
    for cmd in "$golden"/$selected/cmd "$golden"/$selected/*/cmd; do
        [ ! -e "$cmd" ] || check_case "$(dirname "$cmd")"
    done
done
if [ -n "$write" ]; then
    git -C "$RMT_SOURCE" --no-pager diff -- tests/golden
    git -C "$RMT_SOURCE" status --short -- tests/golden
fi
