#!/bin/sh
# Times the simulated trial three ways, in one go on one machine: the chain of five processes, `remit run` in one, and
# the same work in R. Prints the medians and their ratios.
#   sh tests/bench/run.sh REMIT [RUNS]
# Needs Rscript with data.table, effectsize and hdf5r; uses hyperfine where it is installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
remit=${1:?usage: run.sh REMIT [RUNS]}
runs=${2:-10}
case $remit in
/*) ;;
*) remit=$(cd "$(dirname "$remit")" && pwd)/$(basename "$remit") ;;
esac
trial=$here/../../sample-data/ketamine-midazolam
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# validate has nothing to report on this trial; -q keeps the terminal out of the timing.
cat >"$work/chain" <<EOF
#!/bin/sh
set -e
"$remit" ingest -q "$trial/plan.yaml" | "$remit" validate -q | "$remit" score -q | "$remit" effects -q |
    "$remit" rates -q -o "$work/chain.h5"
EOF
cat >"$work/run" <<EOF
#!/bin/sh
exec "$remit" run -q "$trial/plan.yaml" -o "$work/run.h5"
EOF
cat >"$work/r" <<EOF
#!/bin/sh
exec Rscript --vanilla "$here/chain.R" "$trial" "$work/r.h5"
EOF
chmod +x "$work/chain" "$work/run" "$work/r"
names="chain run"
if Rscript --vanilla -e 'for (p in c("data.table", "effectsize", "hdf5r")) stopifnot(requireNamespace(p, quietly = TRUE))' \
    >/dev/null 2>&1; then
    names="$names r"
else
    echo "R or its packages are not installed: remit alone is timed"
fi
for name in $names; do "$work/$name"; done # once unmeasured: caches are warm for all, and all must work

if command -v hyperfine >/dev/null 2>&1; then
    for name in $names; do
        # The one process is timed without a shell around it.
        command=$work/$name
        [ "$name" = run ] && command="'$remit' run -q '$trial/plan.yaml' -o '$work/run.h5'"
        hyperfine -N --warmup 1 --runs "$runs" --export-csv "$work/$name.csv" "$command" >/dev/null 2>&1
        # command,mean,stddev,median,user,system,min,max
        tail -n 1 "$work/$name.csv" | awk -F, '{ print $(NF-4) }' >"$work/$name.median"
    done
else
    for name in $names; do
        i=0
        : >"$work/$name.times"
        while [ "$i" -lt "$runs" ]; do
            /usr/bin/time -f %e -a -o "$work/$name.times" "$work/$name"
            i=$((i + 1))
        done
        sort -n "$work/$name.times" | awk '{ t[NR] = $1 }
            END { print NR % 2 ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2 }' >"$work/$name.median"
    done
fi

chain=$(cat "$work/chain.median")
run=$(cat "$work/run.median")
printf 'runs %s, median wall time\n' "$runs"
printf '  chain of 5 processes  %s s\n  remit run             %s s\n' "$chain" "$run"
if [ -f "$work/r.median" ]; then
    r=$(cat "$work/r.median")
    printf '  R                     %s s\n' "$r"
    awk -v c="$chain" -v u="$run" -v r="$r" 'BEGIN {
        if (c > 0) printf "R / chain      %.1f\n", r / c
        if (u > 0) printf "R / remit run  %.1f\n", r / u }'
fi
