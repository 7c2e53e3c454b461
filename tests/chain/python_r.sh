#!/bin/bash
# Other software reads a study file: every table of h5py, and in full mode of R's rhdf5, is what remit export writes.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

python=
for p in python3 /usr/bin/python3; do
    ! "$p" -c 'import h5py, numpy' 2>/dev/null || { python=$p; break; }
done
[ -n "$python" ] || skip "no h5py"
plan=$sample/plan.yaml
if [ ! -e "$plan" ]; then
    make_tiny "$tmp/t"
    plan=$tmp/t/plan.yaml
fi
expect_exit 0 remit run -q "$plan" -o "$tmp/study.h5"
paths=$(remit show "$tmp/study.h5" | grep -E '^/[a-z]+(/[a-z_0-9]+)?$')
expect "tables to compare" test "$(echo "$paths" | wc -l)" -ge 6
mkdir "$tmp/csv"
for path in $paths; do remit export "$tmp/study.h5" "$path" >"$tmp/csv/$(echo "$path" | tr / _).csv"; done

# tests/chain/read_study.py reads by pipeline/FORMAT.md alone.
cat >"$tmp/compare.py" <<'END'
import csv, importlib.util, sys
import h5py, numpy as np
spec = importlib.util.spec_from_file_location("read_study", sys.argv[1])
reader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reader)
tables = reader.read(sys.argv[2])
with h5py.File(sys.argv[2], "r") as f:
    d = {k: [x.decode() if isinstance(x, bytes) else x for x in v[()]] for k, v in f["dictionary"].items()}
types = {(t, c): k for t, c, k in zip(d["table"], d["column"], d["type"])}
missing = -2 ** 31
cells = 0
for path in sys.argv[4:]:
    with open(sys.argv[3] + "/" + path.replace("/", "_") + ".csv", encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    header, rows = rows[0], rows[1:]
    columns = tables.get(path)
    if columns is None: print(path, "is not in the dictionary"); continue
    for at, name in enumerate(header):
        if name not in columns: print(path, name, "is not in the file"); continue
        values = columns[name]
        if len(values) != len(rows): print(path, name, len(values), "values,", len(rows), "rows"); continue
        for row, value in zip(rows, values):
            cell = row[at]
            cells += 1
            if isinstance(value, bytes): same = value.decode() == cell
            elif np.issubdtype(type(value), np.floating): same = np.isnan(value) if cell == "" else float(cell) == value
            elif value == missing: same = cell == ""
            elif cell in ("true", "false"): same = (value == 1) == (cell == "true")
            else: same = cell != "" and int(cell) == value
            if not same: print(path, name, repr(value), "is exported as", repr(cell)); break
if cells < 100: print("only", cells, "cells were compared")
END
# shellcheck disable=SC2086  # a list of words
PYTHONDONTWRITEBYTECODE=1 $python "$tmp/compare.py" "$RMT_SOURCE/tests/chain/read_study.py" "$tmp/study.h5" "$tmp/csv" $paths >"$tmp/problems" 2>&1
n_checks=$((n_checks + 1))
while read -r line; do fail "h5py: $line"; done <"$tmp/problems"

# And the other way: a sealed file that h5py wrote is read.
PYTHONDONTWRITEBYTECODE=1 expect_exit 0 $python "$RMT_SOURCE/tests/chain/read_study.py" --write "$tmp/written.h5"
expect_exit 0 remit export "$tmp/written.h5" /tables/caps5 >"$tmp/written.csv"
expect "what h5py wrote" test "$(head -2 "$tmp/written.csv" | tail -1)" = "A1,41.5,0"

if [ -z "$RMT_TEST_FULL" ]; then
    echo "R is compared in full mode only"
elif ! Rscript -e 'library(rhdf5)' >/dev/null 2>&1; then
    echo "no R with rhdf5"
else
    cat >"$tmp/compare.R" <<'END'
args <- commandArgs(TRUE)
suppressMessages(library(rhdf5))
for (path in args[-(1:2)]) {
    want <- read.csv(file.path(args[2], paste0(gsub("/", "_", path), ".csv")), colClasses = "character", check.names = FALSE, encoding = "UTF-8")
    got <- suppressMessages(h5read(args[1], path))
    for (name in names(want)) {
        v <- got[[name]]
        w <- want[[name]]
        if (is.null(v)) { cat(path, name, "is not in the file\n"); next }
        if (length(v) != length(w)) { cat(path, name, length(v), "values,", length(w), "rows\n"); next }
        v <- as.vector(v)
        if (is.character(v)) same <- enc2utf8(v) == w
        else if (any(w %in% c("true", "false"))) same <- ifelse(is.na(v), w == "", (v == 1) == (w == "true"))
        else same <- ifelse(is.na(v), w == "", w != "" & abs(v - as.numeric(w)) <= 4e-16 * abs(v))
        if (!all(same)) cat(path, name, "differs in row", which(!same)[1], ":", v[which(!same)[1]], "exported as", w[which(!same)[1]], "\n")
    }
}
END
    # shellcheck disable=SC2086
    LC_ALL=C.UTF-8 Rscript "$tmp/compare.R" "$tmp/study.h5" "$tmp/csv" /outcomes $(echo "$paths" | grep ^/results/) >"$tmp/problems" 2>&1
    n_checks=$((n_checks + 1))
    while read -r line; do fail "R: $line"; done <"$tmp/problems"
fi
