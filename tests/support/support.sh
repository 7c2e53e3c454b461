# support.sh - what the scripts of tests/contract and tests/chain share. Source it first.
# From CTest: RMT_BIN = folder of the executables, RMT_SOURCE = root of the source tree. RMT_TEST_FULL = 1: all of it.
# A check that fails is told and counted; the script goes on, and ends with 1.
set -u -o pipefail
export LC_ALL=C
: "${RMT_SOURCE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}" "${RMT_TEST_FULL:=}"
: "${RMT_BIN:=$RMT_SOURCE/build/dev/bin}"
PATH=$RMT_BIN:$PATH
export RMT_SOURCE RMT_BIN RMT_TEST_FULL PATH
unset NO_COLOR RMT_FAKE_TTY
exec </dev/null

if ! tmp=$(mktemp -d "${TMPDIR:-/tmp}/remit-test.XXXXXX"); then exit 70; fi
n_checks=0 n_failures=0
finish() {
    local code=$?
    [ "$BASHPID" = $$ ] || exit "$code" # a child met by a signal before it became another program
    chmod -R u+rwX "$tmp" 2>/dev/null
    rm -rf "$tmp"
    if [ "$code" -eq 0 ]; then
        if [ "$n_failures" -gt 0 ]; then
            echo "$n_failures of $n_checks checks failed" >&2
            code=1
        elif [ "$n_checks" -eq 0 ]; then
            echo "nothing was checked" >&2
            code=1
        fi
    fi
    exit "$code"
}
trap finish EXIT
trap 'exit 143' TERM INT

skip() { # REASON
    echo "skipped: $*"
    exit 77
}

fail() { # MESSAGE
    local i=0
    while [ "$((i + 1))" -lt "${#BASH_SOURCE[@]}" ] && [ "${BASH_SOURCE[$i]}" = "${BASH_SOURCE[0]}" ]; do i=$((i + 1)); done
    n_failures=$((n_failures + 1))
    echo "${BASH_SOURCE[$i]##*/}:${BASH_LINENO[$((i > 0 ? i - 1 : 0))]}: $*" >&2
    if [ "$n_failures" -ge 50 ]; then
        echo "50 failures are enough" >&2
        exit 1
    fi
}

expect() { # WHAT command...: the command succeeds
    local what=$1
    shift
    n_checks=$((n_checks + 1))
    "$@" || fail "$what"
}

# Runs a command with standard error in $tmp/err (standard output is left alone); the exit code must be CODE.
# "A|B" allows several. Never a crash.
expect_exit() { # CODE command...
    local want=$1 got
    shift
    n_checks=$((n_checks + 1))
    "$@" 2>"$tmp/err"
    got=$?
    case "|$want|" in
        *"|$got|"*) return 0 ;;
    esac
    fail "exit $got, expected $want: $(echo "$*" | cut -c1-200): $(head -3 "$tmp/err")"
    return 1
}

memory_limit() { # KIB: that, or unlimited where a program cannot even start with it (sanitizers reserve more)
    if (ulimit -v "$1" && exec remit --version) >/dev/null 2>&1; then echo "$1"; else echo unlimited; fi
}

expect_stderr() { # PATTERN (extended): some line of the last expect_exit matches
    n_checks=$((n_checks + 1))
    grep -Eq -- "$1" "$tmp/err" || fail "standard error does not say '$1': $(head -3 "$tmp/err")"
}

expect_stderr_lines() { # N
    n_checks=$((n_checks + 1))
    [ "$(wc -l <"$tmp/err")" -eq "$1" ] || fail "$(wc -l <"$tmp/err") lines on standard error, expected $1: $(head -3 "$tmp/err")"
}

expect_silent() { # nothing on standard error
    n_checks=$((n_checks + 1))
    [ ! -s "$tmp/err" ] || fail "standard error should be empty: $(head -3 "$tmp/err")"
}

expect_same() { # FILE FILE
    n_checks=$((n_checks + 1))
    cmp -s -- "$1" "$2" || fail "$1 and $2 differ: $(cmp -- "$1" "$2" 2>&1 | head -1)"
}

expect_absent() { # FILE...
    local f
    for f; do
        n_checks=$((n_checks + 1))
        [ ! -e "$f" ] || fail "$f should not be there"
    done
}

expect_empty_dir() { # DIR
    n_checks=$((n_checks + 1))
    [ -z "$(ls -A "$1")" ] || fail "left in $1: $(ls -A "$1" | head -3 | tr '\n' ' ')"
}

# ---- the stages, as remit itself lists them --------------------------------------------------------

# Names in the order of the chain, without the commands `run`, `init` and `help`.
stages() {
    remit --help | sed -n '/^Commands/,/^$/s/^  \([a-z_]*\)  .*/\1/p' | grep -vx -e run -e init -e help
}

stage_kind() { # NAME: source, filter or sink
    local help
    help=$("remit-$1" --help) || return 1
    case "$help" in
        *--in-place*) echo filter ;;
        *"[FILE]"*) echo sink ;;
        *) echo source ;;
    esac
}

stages_of() { # KIND
    local s
    for s in $(stages); do
        [ "$(stage_kind "$s")" != "$1" ] || echo "$s"
    done
}

# The argument a stage needs after FILE, on a study of make_tiny; nothing for most.
stage_argument() { # NAME
    case "$("remit-$1" --help | head -1)" in
        *"[FILE] PATH"*) echo /sources ;;
    esac
}

# The long options of a stage, without dashes.
stage_options() { # NAME
    "remit-$1" --help | sed -n 's/^  \(-[a-zA-Z], \|    \)--\([a-z-]*\).*/\2/p'
}

# ---- data ------------------------------------------------------------------------------------------

sample=$RMT_SOURCE/sample-data/ketamine-midazolam

# A trial of 4 subjects, 2 arms, 2 visits: DIR/plan.yaml.
make_tiny() { # DIR
    mkdir -p "$1"
    cat >"$1/people.csv" <<'END'
id,arm,site
T1,drug,A
T2,drug,B
T3,placebo,A
T4,placebo,B
END
    {
        echo "id,visit,m1,m2,m3,m4,m5,m6,m7,m8,m9,m10"
        local i=0 id
        for id in T1 T2 T3 T4; do
            i=$((i + 1))
            echo "$id,base,4,4,3,$((i % 3)),4,5,3,4,3,$i"
            echo "$id,end,1,$i,1,1,$((i / 2)),2,1,0,2,$i"
        done
    } >"$1/madrs.csv"
    cat >"$1/people.schema.json" <<'END'
{"missingValues": ["", "-99"], "primaryKey": "id", "fields": [
  {"name": "id", "type": "string", "constraints": {"required": true, "pattern": "T[0-9]"}},
  {"name": "arm", "type": "string", "constraints": {"enum": ["drug", "placebo"]}},
  {"name": "site", "type": "string"}]}
END
    cat >"$1/plan.yaml" <<'END'
study: {id: TINY}
data:
  people: {file: people.csv, schema: people.schema.json}
  madrs: {file: madrs.csv}
subjects: {table: people, id: id, arm: arm, strata: [site]}
arms: {reference: placebo, order: [drug, placebo]}
visits:
  visit: visit
  schedule:
    - {name: base, baseline: true}
    - {name: end}
outcomes:
  madrs: {table: madrs, instrument: madrs, items: "m{1..10}", role: primary, primary_visit: end}
END
}

# The study of DIR/plan.yaml before and after every filter: DIR/<filter>.in.h5, DIR/last.h5.
make_steps() { # DIR
    local previous s
    previous=$1/first.h5
    remit "$(stages_of source | head -1)" -q "$1/plan.yaml" -o "$previous" || return
    for s in $(stages_of filter); do
        cp "$previous" "$1/$s.in.h5" || return
        previous=$1/$s.out.h5
        remit "$s" -q "$1/$s.in.h5" -o "$previous" || return
    done
    cp "$previous" "$1/last.h5"
}

# A study file that stage NAME can read, after make_steps DIR.
stage_input() { # DIR NAME
    [ ! -e "$1/$2.in.h5" ] || { echo "$1/$2.in.h5"; return; }
    echo "$1/last.h5"
}
