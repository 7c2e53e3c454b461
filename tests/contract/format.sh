#!/bin/bash
# Every C file is as .clang-format says. `git ls-files '*.[ch]' | xargs clang-format -i` mends it.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

command -v clang-format >/dev/null || skip "no clang-format"
cd "$RMT_SOURCE" || exit 70
git ls-files '*.[ch]' >"$tmp/files" 2>/dev/null || skip "no git checkout"
expect "C files are tracked" test "$(wc -l <"$tmp/files")" -ge 60
while read -r file; do
    [ -e "$file" ] || continue
    clang-format "$file" >"$tmp/formatted"
    expect "$file: line $(cmp "$file" "$tmp/formatted" 2>/dev/null | sed 's/.* line //')" cmp -s "$file" "$tmp/formatted"
done <"$tmp/files"
