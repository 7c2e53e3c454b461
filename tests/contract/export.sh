#!/bin/bash
# remit export: any text comes back as it went in, in every format; FILE alone says which tables there are.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

# Whatever a cell can hold: delimiters, quotes, line ends, blanks, controls, signs of all scripts.
cat >"$tmp/nasty.py" <<'END'
import csv, io, json, subprocess, sys
folder, step = sys.argv[1], sys.argv[2]
cells = ['plain', 'a,b', 'a;b', 'a\tb', 'say "no"', '"', '""', '"quoted"', "it's", 'two\nlines', 'cr\rlf\r\n', '\n', ' blank before',
         'blank behind ', '=1+1', '-5', '#x', '\\', '\\n', '{"a": [1]}', '</td>&amp;', '%s%n', '\x01\x1f\x7f', '\u00e4\u00f6\u00fc\u00df',
         '\u4e2d\u6587', '\U0001f600', 'e\u0301', '\u202egnp', '\u0085\u2028\u2029', '\ufeffbom', 'NA', 'null', 'true', '1e5', '007', 'x' * 5000]
names = ['id', 'odd,"name"\t\n x', '\u00fcn\u00ef', 'a/b%c', 'value__missing']
if step == 'write':
    with open(folder + '/nasty.csv', 'w', encoding='utf-8', newline='') as f:
        w = csv.writer(f, quoting=csv.QUOTE_ALL)
        w.writerow(names)
        for i, c in enumerate(cells): w.writerow(['N%d' % i, c, c[::-1], c, c])
    fields = [{"name": n, "type": "string"} for n in names]
    json.dump({"fields": fields, "missingValues": [""]}, open(folder + '/nasty.schema.json', 'w'))
    sys.exit()
want = list(csv.reader(open(folder + '/nasty.csv', encoding='utf-8', newline='')))
def export(form):
    return subprocess.run(['remit', 'export', '-f', form, folder + '/n.h5', '/tables/nasty'], stdout=subprocess.PIPE, check=True).stdout.decode('utf-8')
for form, delimiter in (('csv', ','), ('tsv', '\t')):
    got = [r[:len(names)] for r in csv.reader(io.StringIO(export(form), newline=''), delimiter=delimiter, strict=True)]
    if len(got) != len(want): print(form, len(got), 'rows, not', len(want))
    for g, w in zip(got, want):
        if g != w: print(form, ascii(g)[:200], 'is not', ascii(w)[:200])
got = json.loads(export('json'))
if len(got) != len(cells): print('json', len(got), 'rows')
for g, w in zip(got, want[1:]):
    if [g[n] for n in names] != w: print('json', ascii(g)[:200], 'is not', ascii(w)[:200])
END
make_tiny "$tmp/n"
sed -i 's/^data:/&\n  nasty: {file: nasty.csv, schema: nasty.schema.json}/' "$tmp/n/plan.yaml"
expect "no python3" python3 "$tmp/nasty.py" "$tmp/n" write
expect_exit 0 remit ingest -q "$tmp/n/plan.yaml" -o "$tmp/n/n.h5"
python3 "$tmp/nasty.py" "$tmp/n" compare >"$tmp/problems" 2>&1
n_checks=$((n_checks + 1))
while read -r line; do fail "$line"; done <"$tmp/problems"

# On a terminal no name steers it.
sed -i 's/id: TINY/id: TINY, title: "a\\e[31mb\\tc"/' "$tmp/n/plan.yaml"
expect_exit 0 remit ingest -q "$tmp/n/plan.yaml" -o "$tmp/n/n.h5"
expect_exit 0 remit show "$tmp/n/n.h5" >"$tmp/shown"
expect "show lets a control character through" test "$(tr -d '\n' <"$tmp/shown" | tr -dc '\000-\037\177' | wc -c)" -eq 0
expect "show gives the title" grep -qF 'a?[31mb?c' "$tmp/shown"

# FILE alone: the tables with their rows, nothing on standard output, and no waiting for standard input.
make_tiny "$tmp/t"
expect_exit 0 remit run -q "$tmp/t/plan.yaml" -o "$tmp/t.h5"
mkfifo "$tmp/silent"
expect_exit 64 timeout 20 remit export "$tmp/t.h5" >"$tmp/out" <>"$tmp/silent"
expect "standard output is not empty" test ! -s "$tmp/out"
expect_stderr '^/tables/people +4$'
expect_stderr '^/outcomes +8$'
expect_stderr 'PATH is missing: name one of these'
expect_stderr "Try 'remit-export --help'"
listed=$(sed -n 's/^\(\/[a-z_\/]*\) .*/\1/p' "$tmp/err")
for path in $listed; do expect_exit 0 remit export "$tmp/t.h5" "$path" >"$tmp/out"; done
expect "not all paths of show are listed" test "$(remit show "$tmp/t.h5" | grep '^/')" = "$(echo "$listed" | grep -vx /plan)"

# However many tables there are, the nearest is found.
make_tiny "$tmp/many"
printf 'a\n1\n' >"$tmp/many/a.csv"
for ((i = 100; i < 400; i++)); do echo "  t$i: {file: a.csv}"; done >"$tmp/tables"
echo "  zebra: {file: a.csv}" >>"$tmp/tables"
sed -i "/^data:/r $tmp/tables" "$tmp/many/plan.yaml"
expect_exit 0 remit ingest -q "$tmp/many/plan.yaml" -o "$tmp/many.h5"
expect_exit 64 remit export "$tmp/many.h5" /tables/zebar
expect_stderr 'did you mean /tables/zebra\?'

# The format's own table, as other software reads it: every column of every table.
expect_exit 0 remit export "$tmp/t.h5" /dictionary >"$tmp/out"
expect "the columns of /dictionary" grep -qx 'table,position,column,type,title,unit' "$tmp/out"
expect "a column in its place" grep -q '^/tables/people,2,arm,string,' "$tmp/out"
