#!/bin/bash
# Packed CSV: the tables of the plain file, one line for what is cut, and memory that does not grow with what is packed.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

cp -r "$RMT_SOURCE/sample-data/ketamine-midazolam" "$tmp/plain"
cp -r "$tmp/plain" "$tmp/packed"
gzip -n "$tmp/packed"/*.csv
sed -i 's/\.csv/.csv.gz/' "$tmp/packed/plan.yaml"
for where in plain packed; do
    expect_exit 0 remit run -q "$tmp/$where/plan.yaml" -o "$tmp/$where.h5"
    for table in /tables/caps5 /outcomes /results/effects; do remit export "$tmp/$where.h5" "$table"; done >"$tmp/$where.csv"
done
expect_same "$tmp/plain.csv" "$tmp/packed.csv"

gunzip -c "$tmp/packed/caps5.csv.gz" >"$tmp/caps5.csv"
gzip -nc "$tmp/caps5.csv" | head -c 1000 >"$tmp/packed/caps5.csv.gz"
mkdir "$tmp/out"
expect_exit 65 remit ingest "$tmp/packed/plan.yaml" -o "$tmp/out/x.h5"
expect_stderr "^remit-ingest: caps5.csv.gz: is cut: its gzip data end too early"
expect_stderr_lines 1
expect_empty_dir "$tmp/out"

# 150 MB of blank lines, packed into some hundred kB.
cat >"$tmp/plan.yaml" <<'END'
study: {id: SIMULATED-BOMB}
data:
  people: {file: bomb.csv.gz}
subjects: {table: people, id: id, arm: arm}
arms: {reference: a}
visits: {visit: visit, schedule: [{name: b, baseline: true}]}
outcomes:
  o: {table: people, total: total}
END
{ echo id,arm,visit,total; echo 1,a,b,3; head -c 150000000 /dev/zero | tr '\0' '\n'; } | gzip -n1 >"$tmp/bomb.csv.gz"
expect_exit 0 bash -c "ulimit -v $(memory_limit 120000);"' exec "$0" "$@"' "$RMT_BIN/remit" ingest -q "$tmp/plan.yaml" -o "$tmp/bomb.h5"
remit export "$tmp/bomb.h5" /sources >"$tmp/sources.csv"
expect "the blank lines are counted" grep -q ',150000002,150000000,' "$tmp/sources.csv"

# What damaged data held before their damage is no news: a row that is too short, in the first of two megabytes.
{ echo id,arm,visit,total; echo 1; yes 2,a,b,3 | head -n 300000; } | gzip -n1 >"$tmp/whole.gz"
size=$(wc -c <"$tmp/whole.gz")
head -c $((size - 5)) "$tmp/whole.gz" >"$tmp/bomb.csv.gz"
expect_exit 65 remit ingest "$tmp/plan.yaml" -o "$tmp/out/x.h5"
expect_stderr "^remit-ingest: bomb.csv.gz: is cut"
expect_stderr_lines 1

# Text that ends where a chunk does.
{ echo id,arm,visit,total; printf 1,a,b,; head -c $((1048576 - 19 - 6 - 1)) /dev/zero | tr '\0' 1; echo; } | gzip -n1 >"$tmp/bomb.csv.gz"
expect_exit 0 remit ingest -q "$tmp/plan.yaml" -o "$tmp/chunk.h5"
