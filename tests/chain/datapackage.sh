#!/bin/bash
# A Frictionless data package gives the numbers of a plan that names the files itself; what would be read otherwise than the
# package says is refused with file, line and key.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

cp -r "$sample" "$tmp/trial"
mkdir "$tmp/trial/package"
cd "$tmp/trial" || exit 70

# The sample trial as a package in a folder of its own: schemas inline or as files, what the standard lets pass, and names
# that no table can have.
describe() {
    python3 - "$@" <<'END'
import hashlib, json, os, shutil, sys
resources = []
for i, name in enumerate("participants caps5 pcl5 madrs cadss vitals".split()):
    csv, schema = name + ".csv", name + ".schema.json"
    shutil.copy(csv, "package")
    fields = json.load(open(schema))
    for key in fields.get("foreignKeys", []): key["reference"]["resource"] = "km-participants"
    json.dump(fields, open("package/" + schema, "w"))
    data = open(csv, "rb").read()
    r = {"name": "km-" + name, "path": csv if i else ["./" + csv], "profile": "tabular-data-resource", "mediatype": "text/csv",
         "encoding": "UTF-8", "bytes": len(data), "hash": "sha256:" + hashlib.sha256(data).hexdigest(), "title": name,
         "rows": len(data.splitlines()) - 1, "x-own": {"a": [1]},
         "schema": fields if i % 2 else schema}
    if i == 1:
        r["dialect"] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "headerRows": [1],
                        "skipInitialSpace": False, "lineTerminator": "\r\n", "caseSensitiveHeader": False}
    if i == 2: r["dialect"] = "dialect.json"
    if i == 3: r["dialect"] = {"csv": {"delimiter": ","}}
    resources.append(r)
json.dump({"delimiter": ",", "commentChar": "#"}, open("package/dialect.json", "w"))
resources.append({"name": "protocol", "path": "protocol.pdf"})
package = {"name": "km", "title": "SIMULATED", "licenses": [{"name": "CC0-1.0"}], "temporal": "2020/2021", "resources": resources}
# "2.encoding=latin-9": a resource's key; "2.-path" removes it
for change in sys.argv[1:]:
    key, _, value = change.partition("=")
    where, _, key = key.partition(".")
    target = package if where == "package" else resources[int(where)]
    if key.startswith("-"): del target[key[1:]]
    else: target[key] = json.loads(value)
json.dump(package, open("package/datapackage.json", "w"), indent=1)
END
}
sed '/^data:/,/^$/d; s/\btable: /table: km_/; s/\bvitals\./km_vitals./' plan.yaml >packaged.yaml
cat >>packaged.yaml <<'END'
datapackage: package/datapackage.json
data: {protocol: null}
END
describe
expect_exit 0 remit run plan.yaml -o plain.h5
expect_exit 0 remit run packaged.yaml -o packaged.h5
for table in participants caps5 pcl5 madrs cadss vitals; do
    expect "$table has rows" test "$(remit export packaged.h5 "/tables/km_$table" | wc -l)" -gt 10
    expect_same <(remit export plain.h5 "/tables/$table") <(remit export packaged.h5 "/tables/km_$table")
done
for path in /results/effects /results/rates; do
    expect_same <(remit export plain.h5 "$path") <(remit export packaged.h5 "$path")
done
expect_same <(remit export plain.h5 /outcomes) <(remit export packaged.h5 /outcomes | sed 's/\bkm_//')
expect "nothing found" test "$(remit export packaged.h5 /validation/issues | wc -l)" -eq 1

# The same names: every byte of every table, but for what the plan itself says.
sed 's/km_//g; s|package/||' packaged.yaml >here.yaml
sed 's/"km-/"/' package/datapackage.json >datapackage.json
cp package/dialect.json .
expect_exit 0 remit run here.yaml -o here.h5
for path in $(remit export plain.h5 2>&1 | grep -o '/[a-z0-9_/]*' | grep -Ev '^/(provenance|plan)$'); do
    expect_same <(remit export plain.h5 "$path") <(remit export here.h5 "$path")
done

# An absolute name leaves no trace; inputs are never overwritten.
sed "s|datapackage: |&$PWD/|" packaged.yaml >absolute.yaml
expect_exit 0 remit ingest absolute.yaml -o absolute.h5
expect "no path in the study" test "$(grep -acF "$PWD" absolute.h5)" -eq 0
for input in package/datapackage.json package/participants.schema.json package/dialect.json package/caps5.csv; do
    cp "$input" kept
    expect_exit 73 remit ingest packaged.yaml -o "$input"
    expect_same kept "$input"
done

# An entry of the plan adds and overrides; another file is not held to what was declared of the first.
sed 's|^data: .*|data: {protocol: null, km_madrs: {file: madrs2.csv, delimiter: tab}}|' packaged.yaml >other.yaml
tr , '\t' <madrs.csv >madrs2.csv
expect_exit 0 remit ingest other.yaml -o other.h5
expect_same <(remit export plain.h5 /tables/madrs) <(remit export other.h5 /tables/km_madrs)

# refused WHAT CHANGE...: exit 78 with what, at a line of the package.
refused() {
    local what=$1
    shift
    describe "$@"
    expect_exit 78 remit ingest packaged.yaml -o refused.h5
    expect_stderr "package/datapackage.json:"
    expect_stderr "$what"
}
refused "encoding: 'latin-9' is none of" '1.encoding="latin-9"'
refused "unknown key 'encodin' of a resource; did you mean 'encoding'?" '1.encodin="utf-8"'
refused "unknown key 'resource' of a data package; did you mean 'resources'?" 'package.resource=[]'
refused "unknown key 'delimeter' of a dialect; did you mean 'delimiter'?" '1.dialect={"delimeter": ";"}'
refused "delimiter: '##' is none of" '1.dialect={"delimiter": "##"}'
refused "quoteChar: is not" "1.dialect={\"quoteChar\": \"'\"}"
refused "doubleQuote: is not true" '1.dialect={"doubleQuote": false}'
refused "skipInitialSpace: is not false" '1.dialect={"skipInitialSpace": true}'
refused "header: is not true" '1.dialect={"header": false}'
refused "headerRows: the header is one row" '1.dialect={"headerRows": [1, 2]}'
refused "headerRows: rows are counted from 1" '1.dialect={"headerRows": [0]}'
refused "escapeChar: is not read" '1.dialect={"csv": {"escapeChar": "\\"}}'
refused "commentRows: comments are told" '1.dialect={"commentRows": [2]}'
refused "lineTerminator: lines end with" '1.dialect={"lineTerminator": "|"}'
refused "dialect: a dialect is a map of keys" '1.dialect=[]'
refused "path: 'https://x.org/a.csv' is remote" '1.path="https://x.org/a.csv"'
refused "path: '/etc/a.csv' is absolute" '1.path="/etc/a.csv"'
refused "path: 'a/../../b.csv' leaves" '1.path="a/../../b.csv"'
refused "schema: '../s.json' leaves" '1.schema="../s.json"'
refused "path: a table is one file, this has 2" '1.path=["a.csv", "b.csv"]'
refused "data: the rows of a resource are read from a file" '1.data=[]'
refused "path: a resource needs a 'path'" 1.-path
refused "name: a resource needs a name" 1.-name
refused "resources 'km-caps5' and 'km.caps5' would both be table km_caps5" '2.name="km.caps5"'
refused "resource 'bögen' cannot be a table's name" '2.name="bögen"'
refused "format: resource 'km-caps5' is xlsx, not csv or tsv; 'km_caps5: null'" '1.format="xlsx"'
refused "mediatype: resource 'km-caps5' is text/plain" '1.mediatype="text/plain"'
refused "scheme: resource 'km-caps5' is http" '1.scheme="http"'
refused "path: resource 'km-caps5' says no 'format', and 'a.dat'" '1.path="a.dat"' '1.-mediatype'
refused "resource: 'km-participant' is no resource of the package; did you mean 'km-participants'?" \
    '1.schema={"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a", "reference": {"resource": "km-participant", "fields": "a"}}]}'
refused "needs 'resources'" 'package.resources=[]'
refused "bytes: " '1.bytes="many"'
describe
sed 's|package/datapackage.json|https://x.org/datapackage.json|' packaged.yaml >remote.yaml
expect_exit 78 remit ingest remote.yaml -o refused.h5
expect_stderr "remote.yaml:"
expect_stderr "datapackage: 'https://x.org/datapackage.json' is remote"

# A file that is another one than was declared.
different() {
    describe "$2"
    expect_exit 65 remit ingest packaged.yaml -o different.h5
    expect_stderr "$1"
}
different "package/caps5.csv: bytes: byte-count: $(wc -c <caps5.csv), but package/datapackage.json:" '1.bytes=7'
different "declares 7" '1.bytes=7'
different "rows: row-count: " '1.rows=7'
different "columns: field-count: " '1.fields=7'
is_hash() { # PROGRAM PREFIX: the right digest passes, in capitals too, one of another file does not
    local right
    right=$("$1" <caps5.csv | cut -d ' ' -f 1)
    describe "1.hash=\"$2${right^^}\""
    expect_exit 0 remit ingest -q packaged.yaml -o hashed.h5
    expect "nothing said: $(cat "$tmp/err")" test ! -s "$tmp/err"
    different "package/caps5.csv: hash: hash-count: $2$right, but package/datapackage.json:" "1.hash=\"$2${right//[0-7]/8}\""
    expect_stderr "declares $2${right//[0-7]/8}"
}
is_hash md5sum ""
is_hash md5sum md5:
describe "1.hash=\"MD5:$(printf '%032d' 0)\""
expect_exit 65 remit ingest -q packaged.yaml -o different.h5
is_hash sha1sum sha1:
is_hash sha256sum sha256:
is_hash sha512sum sha512:
is_hash sha256sum ""
different "hash: hash-count: sha1:$(sha1sum <caps5.csv | cut -d ' ' -f 1), but" '1.hash="sha1:0123"'
for hash in crc32:01234567 0123456789abcdef; do
    describe "1.hash=\"$hash\""
    expect_exit 0 remit ingest packaged.yaml -o other.h5
    expect_stderr "caps5.csv: hash: '$hash' is not checked: it is no md5, sha1, sha256 or sha512"
done
