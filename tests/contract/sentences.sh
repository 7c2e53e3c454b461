#!/bin/bash
# The table of promises in tests/README.md: each has a test, and each test named there is there, with the words.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

tests=$RMT_SOURCE/tests
[ -e "$tests/README.md" ] || skip "no tests/README.md"
python3 - "$tests" >"$tmp/problems" <<'END_OF_SCRIPT'
import os, re, sys
tests = sys.argv[1]
read = lambda path: open(os.path.join(tests, path), encoding="utf-8", errors="replace").read()
table = read("README.md").split("<!-- sentences -->")[1].split("<!-- /sentences -->")[0]
rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines() if line.startswith("| ")][1:]
if len(rows) < 30: print("the table has %d rows" % len(rows))
for promise, named in (([c.strip().replace("\\|", "|") for c in row]) for row in rows):
    found = re.findall(r'`([^`]+)` "([^"]+)"', named)
    if not found or len(found) != len(named.split("; ")): print("%s: a test is not named as `file` \"words\"" % promise)
    for path, words in found:
        if not os.path.exists(os.path.join(tests, path)): print("%s: there is no %s" % (promise, path))
        elif words not in read(path): print("%s: %s does not have \"%s\"" % (promise, path, words))
END_OF_SCRIPT
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"
