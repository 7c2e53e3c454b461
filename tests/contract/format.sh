#!/bin/bash
# Every C file is as .clang-format says. `git ls-files '*.[ch]' | xargs clang-format -i` mends it.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

command -v clang-format >/dev/null || skip "no clang-format"
cd "$RMT_SOURCE" || exit 70
git ls-files '*.[ch]' >"$tmp/tracked" 2>/dev/null || skip "no git checkout"
while read -r file; do [ ! -e "$file" ] || echo "$file"; done <"$tmp/tracked" >"$tmp/files"
expect "C files are tracked" test "$(wc -l <"$tmp/files")" -ge 60
expect_exit 0 clang-format --dry-run --Werror --files="$tmp/files"
