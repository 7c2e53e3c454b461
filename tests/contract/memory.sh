#!/bin/bash
# --max-memory: the same bytes under any limit that suffices, else one line that names it, exit 71, and nothing left.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

make_tiny "$tmp/t"
make_steps "$tmp/t"
mkdir "$tmp/out"

for s in $(stages); do
    if [ "$(stage_kind "$s")" = source ]; then set -- "$tmp/t/plan.yaml"
    else
        # shellcheck disable=SC2046  # no argument, or one
        set -- "$(stage_input "$tmp/t" "$s")" $(stage_argument "$s")
    fi
    expect_exit "0|1" remit "$s" "$@" -o "$tmp/free"
    expect_exit "0|1" remit "$s" --max-memory=64M "$@" -o "$tmp/limited"
    expect "$s: the same bytes under a limit" cmp "$tmp/free" "$tmp/limited"
    expect_exit 71 remit "$s" --max-memory 1K "$@" -o "$tmp/out/none"
    expect_stderr_lines 1
    expect_stderr "out of memory: [0-9]+ bytes wanted, [0-9]+ held, and '--max-memory=1K' allows 1024\$"
    expect "$s: nothing is left" test -z "$(ls -A "$tmp/out")"
done
expect_exit 0 remit run --max-memory=64M "$tmp/t/plan.yaml" -o "$tmp/run.h5"
expect_exit 71 remit run --max-memory=9K "$tmp/t/plan.yaml" -o "$tmp/out/none"
expect_stderr "'--max-memory=9K' allows 9216"
for size in "" 0 M 1m 1MB -5 1.5G 99999999999999999999 17179869184G; do
    expect_exit 64 remit run --max-memory="$size" "$tmp/t/plan.yaml" -o "$tmp/out/none"
    expect_stderr "option '--max-memory': '$size' is not a size such as 500M or 2G"
done

# Cells beyond 8 MiB lie in a temporary file, whose offsets stay near its cells; what `ulimit -f` forbids is told.
cat >"$tmp/plan.yaml" <<'END'
study: {id: SIMULATED-SPILL}
data:
  people: {file: people.csv}
subjects: {table: people, id: id, arm: arm}
arms: {reference: a}
visits: {visit: visit, schedule: [{name: b, baseline: true}]}
outcomes:
  o: {table: people, total: total}
END
{ echo id,arm,visit,total,note; seq 1 300000 | sed 's/.*/&,a,b,3,a note that is long enough &/'; } >"$tmp/people.csv"
expect_exit 0 bash -c "ulimit -f 262144; exec remit ingest -q '$tmp/plan.yaml' -o '$tmp/spilt.h5'"
expect_exit 74 bash -c "ulimit -f 4096; exec remit ingest -q '$tmp/plan.yaml' -o '$tmp/out/none'"
expect_stderr_lines 1
expect_stderr "cannot be written: File too large"
expect "nothing is left" test -z "$(ls -A "$tmp/out")"
