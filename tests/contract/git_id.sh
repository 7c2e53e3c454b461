#!/bin/bash
# The version: one number in all places, and the state of the sources as they are when built; no study file depends on it.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

number=$(remit --version | sed -n '1s/^remit \([0-9.]*\) .*/\1/p')
expect "CITATION.cff cites another version than $number" grep -qx "version: $number" "$RMT_SOURCE/CITATION.cff"
expect "CHANGELOG.md does not know version $number" grep -q "^## $number" "$RMT_SOURCE/CHANGELOG.md"

id=$(remit --version | sed -n '1s/.*(git \([^)]*\)).*/\1/p')
expect "--version says the state of the sources" test -n "$id"
make_tiny "$tmp/t"
expect_exit 0 remit run -q "$tmp/t/plan.yaml" -o "$tmp/study.h5"
expect "the study file holds the state of the sources" test -z "$(grep -aoF -e "${id%+}" "$tmp/study.h5")"

command -v cmake >/dev/null && command -v git >/dev/null || exit 0
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CEILING_DIRECTORIES=$tmp
git() { command git -C "$tmp/sources" -c user.name=x -c user.email=x@example.org "$@" >/dev/null; }
says() { # WHAT PATTERN
    expect_exit 0 cmake -D "SOURCE=${3:-$tmp/sources}" -D "OUTPUT=$tmp/id.c" -P "$RMT_SOURCE/pipeline/stage/git_id.cmake"
    expect "$1: $(grep return "$tmp/id.c")" grep -Eqx "    return \"$2\";" "$tmp/id.c"
}
mkdir -p "$tmp/sources/inside"
echo one >"$tmp/sources/file"
says "no checkout" unknown
git init -q -b main && git add file && git commit -m one
git tag v1
says "a commit" '[0-9a-f]{12}'
says "a folder of a checkout that is not ours" unknown "$tmp/sources/inside"
says "a commit" '[0-9a-f]{12}'
touch -d 2001-01-01 "$tmp/id.c" "$tmp/then"
says "the same commit" '[0-9a-f]{12}'
expect "what is the same is not written again" test ! "$tmp/id.c" -nt "$tmp/then"
echo two >"$tmp/sources/file"
says "a change" '[0-9a-f]{12}\+'
expect "what has changed is written" test "$tmp/id.c" -nt "$tmp/then"
