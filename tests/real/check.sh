#!/bin/sh
# Real data, where they are: sh check.sh REMIT [DATA_DIR]
# DATA_DIR defaults to ../shared/data beside the project. Nothing of it is kept. Exit 77 = skipped, the data are absent.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
remit=${1:?usage: check.sh REMIT [DATA_DIR]}
data=${2:-$here/../../../shared/data}
if [ ! -d "$data" ]; then
    echo "skipped: no real data at ../shared/data"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
status=0
checked=0
for name in antidepressant-hamd17 metapsy-ptsd-psyctr; do
    if [ ! -f "$data/$name/data.csv" ]; then
        echo "skipped: $name is not there"
        continue
    fi
    mkdir "$work/$name"
    cd "$work/$name"
    cp "$here/$name/plan.yaml" plan.yaml
    cp "$data/$name/data.csv" data.csv
    checked=$((checked + 1))
    "$remit" ingest -q plan.yaml -o ingested.h5
    if [ "$name" = antidepressant-hamd17 ]; then
        "$remit" validate -q ingested.h5 -o validated.h5
        "$remit" score -q validated.h5 -o scored.h5
        "$remit" effects -q scored.h5 -o effects.h5
        "$remit" rates -q effects.h5 -o rates.h5
        "$remit" export rates.h5 /results/rates >rates.csv
        "$remit" export rates.h5 /results/effects >effects.csv
        python3 "$here/check.py" "$name" effects.csv rates.csv || status=1
    else
        "$remit" effects -q ingested.h5 -o effects.h5
        "$remit" export effects.h5 /results/effects >effects.csv
        python3 "$here/check.py" "$name" effects.csv data.csv || status=1
    fi
done
[ "$checked" -gt 0 ] || exit 77
exit $status
