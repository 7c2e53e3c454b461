#!/bin/bash
# Help, version, man page, completion and misuse of every stage and of the front command.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

share=$(dirname "$RMT_BIN")/share
version='^remit[a-z_-]*( \(remit\))? [0-9]+\.[0-9]+\.[0-9]+ \(git [0-9a-f]{7,40}|^remit[a-z_-]*( \(remit\))? [0-9]+\.[0-9]+\.[0-9]+ \(git unknown'
names=$(stages)
expect "remit lists its stages" test "$(echo "$names" | wc -l)" -ge 5

check_help() { # NAME command...
    local name=$1
    shift
    expect_exit 0 "$@" --help >"$tmp/help"
    expect_silent
    expect "$name --help starts with Usage" grep -q "^Usage: remit" "$tmp/help"
    expect "$name --help: a line is longer than 80 columns" \
        python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 80 for l in open(sys.argv[1], encoding="utf-8")))' "$tmp/help"
    expect "$name --help: blanks at the end of a line" test -z "$(grep -n ' $' "$tmp/help")"
    expect_exit 0 "$@" -h >"$tmp/help2"
    expect_same "$tmp/help" "$tmp/help2"
    expect_exit 0 "$@" --version >"$tmp/version"
    expect_silent
    expect "$name --version: first line" grep -Eq "$version" "$tmp/version"
    expect "$name --version: libraries" grep -Eq 'GSL [0-9.]+.*HDF5 [0-9.]+' "$tmp/version"
    expect "$name --version: licence" grep -q 'GPL-3.0-or-later' "$tmp/version"
    expect_exit 0 "$@" -V >"$tmp/version2"
    expect_same "$tmp/version" "$tmp/version2"
}

check_misuse() { # WHAT PREFIX command...: exit 64, one line, then the Try line; nothing on stdout
    local what=$1 prefix=$2
    shift 2
    expect_exit 64 "$@" >"$tmp/out" || echo "  ($what)" >&2
    expect "$what: nothing on standard output" test ! -s "$tmp/out"
    expect_stderr_lines 2
    expect "$what: every line begins with the program" test "$(grep -vc "^$prefix: " "$tmp/err")" -eq 0
    expect "$what: last line says Try" grep -q "^$prefix: Try '$prefix --help'\$\|^$prefix: Try 'remit [a-z]* --help'\$" <(tail -1 "$tmp/err")
}

check_page() { # FILE NAME
    expect "no man page $1" test -s "$1"
    [ -s "$1" ] || return
    expect "$1: title" grep -q '^\.TH' "$1"
    expect "$1: name" grep -Fq -e "${2//-/\\-} \\- " "$1"
    if command -v man >/dev/null; then
        expect "$1: $(man --warnings -l "$1" 2>&1 >/dev/null | head -1)" \
            test -z "$(MANWIDTH=80 man --warnings -l "$1" 2>&1 >/dev/null)"
    fi
}

check_help remit remit
check_page "$share/man/man1/remit.1" remit
expect "completion for bash" bash -n "$share/bash-completion/completions/remit"
[ -z "$(command -v zsh)" ] || expect "completion for zsh" zsh -n "$share/zsh/vendor-completions/_remit"

for s in $names run init; do
    check_page "$share/man/man1/remit-$s.1" "remit-$s"
    expect "remit.1 does not name $s" grep -q "$s" "$share/man/man1/remit.1"
    for f in bash-completion/completions/remit zsh/vendor-completions/_remit; do
        expect "$f does not know $s" grep -Eq "(^|[^a-z])$s([^a-z]|\$)" "$share/$f"
    done
    case $s in run | init) program=(remit "$s") ;; *) program=("remit-$s"); esac
    check_help "$s" "${program[@]}"
    "${program[@]}" --help >"$tmp/help"
    options=$(sed -n 's/^  \(-[a-zA-Z], \|    \)--\([a-z-]*\).*/\2/p' "$tmp/help")
    expect "$s has the common options" test "$(echo "$options" | grep -cx -e output -e help -e version -e quiet -e verbose)" -eq 5
    for o in $options; do
        expect "remit-$s.1 does not explain --$o" grep -Fq -e "\\-\\-${o//-/\\-}" "$share/man/man1/remit-$s.1"
        for f in bash-completion/completions/remit zsh/vendor-completions/_remit; do
            expect "$f does not know --$o of $s" grep -Fq -e "$o" "$share/$f"
        done
    done
    remit help "$s" >"$tmp/help2"
    expect_same "$tmp/help" "$tmp/help2"
    # --help and --version answer whatever follows.
    expect_exit 0 "${program[@]}" --help --no-such-option >/dev/null

    if [ "$s" = run ]; then prefix=remit-run; else prefix=remit-$s; fi
    check_misuse "$s: unknown option" "$prefix" "${program[@]}" --no-such-option
    expect_stderr "unknown option '--no-such-option'"
    check_misuse "$s: unknown letter" "$prefix" "${program[@]}" -Z
    check_misuse "$s: abbreviation" "$prefix" "${program[@]}" --versio
    check_misuse "$s: a flag with a value" "$prefix" "${program[@]}" --quiet=yes
    check_misuse "$s: an option without its value" "$prefix" "${program[@]}" --output
    check_misuse "$s: an empty output" "$prefix" "${program[@]}" --output= x y z
    # Every option by its first letters alone, unless that is an option too.
    for o in $options; do
        short=${o%?}
        echo "$options" | grep -qx -e "$short" || check_misuse "$s: --$short for --$o" "$prefix" "${program[@]}" "--$short"
    done
    # Numbers: whole, finite, decimal, in range.
    for o in $(sed -n 's/^  \(-[a-zA-Z], \|    \)--\([a-z-]*\)=\(N\|LEVEL\|X\)\( .*\|$\)/\2/p' "$tmp/help"); do
        for bad in '' x 1x nan inf -inf 0x1p-1 0x10 1e999 '0.5 ' ' 0.5' 0,5 --; do
            check_misuse "$s: --$o='$bad'" "$prefix" "${program[@]}" "--$o=$bad"
        done
    done
    # Choices: anything else is refused, and what there is is said.
    for o in $(python3 - "$tmp/help" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
for m in re.finditer(r"^  (?:-\w, |    )--([a-z-]+)(?:=\S+)?((?:\n? .*)*?)(?=\n  (?:-\w, |    --)|\n\n)", text, re.M):
    if "one of:" in m.group(2): print(m.group(1))
END
    ); do
        check_misuse "$s: --$o=no-such-choice" "$prefix" "${program[@]}" "--$o=no-such-choice"
    done
done

for s in $(stages_of filter) $(stages_of sink); do
    # shellcheck disable=SC2046  # no argument, or one
    check_misuse "$s: too many arguments" "remit-$s" "remit-$s" a b c d
done
for s in $(stages_of source); do check_misuse "$s: no plan" "remit-$s" "remit-$s"; done
check_misuse "run: no plan" remit-run remit run
check_misuse "init: no file" remit-init remit init
check_misuse "an unknown command" remit remit no-such-command
check_misuse "no command" remit remit
check_misuse "an unknown option" remit remit --no-such-option
expect_exit 64 remit valdate
expect_stderr "did you mean 'validate'"
