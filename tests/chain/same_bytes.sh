#!/bin/bash
# One study, made in every way there is: the same bytes.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

source_stage=$(stages_of source | head -1)
filters=$(stages_of filter)

piped() { # PLAN OUTPUT: remit-STAGE | remit-STAGE ...
    local line="remit-$source_stage -q $(printf %q "$1")" s
    for s in $filters; do line="$line | remit-$s -q"; done
    bash -o pipefail -c "$line" >"$2"
}

check_plan() { # NAME PLAN
    local name=$1 plan=$2 d=$tmp/$1 s build before program
    mkdir -p "$d"

    expect_exit "0|1" remit run -q "$plan" -o "$d/run.h5"
    [ -s "$d/run.h5" ] || { fail "$name: remit run wrote nothing"; return; }
    expect "$name: piped" piped "$plan" "$d/piped.h5"
    expect_same "$d/run.h5" "$d/piped.h5"
    expect_exit 0 remit run -q "$plan" >"$d/run-stdout.h5"
    expect_same "$d/run.h5" "$d/run-stdout.h5"

    # Through files, each stage of the front command, and the chain up to it; and each stage run a second time, in place.
    expect_exit 0 remit "$source_stage" -q "$plan" -o "$d/files.h5"
    cp "$d/files.h5" "$d/twice.h5"
    for s in $filters; do
        expect_exit 0 remit "$s" -q "$d/files.h5" -o "$d/next.h5"
        mv "$d/next.h5" "$d/files.h5"
        expect_exit "0|1" remit run -q --until="$s" "$plan" -o "$d/until.h5"
        expect_same "$d/files.h5" "$d/until.h5"
        expect_exit 0 remit "$s" -q --in-place "$d/twice.h5"
        cp "$d/twice.h5" "$d/once.h5"
        expect_exit 0 remit "$s" -q --in-place "$d/twice.h5"
        expect_same "$d/once.h5" "$d/twice.h5"
    done
    expect_same "$d/run.h5" "$d/files.h5"
    expect_same "$d/run.h5" "$d/twice.h5"

    # An early stage run again takes away what depends on it; the rest of the chain brings it back.
    cp "$d/run.h5" "$d/again.h5"
    for s in $filters; do expect_exit 0 remit "$s" -q --in-place "$d/again.h5"; done
    expect_same "$d/run.h5" "$d/again.h5"

    # The commands in /provenance, pasted back.
    remit export "$d/run.h5" /provenance --format=json >"$d/provenance.json"
    python3 - "$d/provenance.json" "$plan" >"$d/pasted.sh" <<'END'
import json, shlex, sys
rows = json.load(open(sys.argv[1]))
commands = [r["command"] for r in rows]
print(" --quiet |\n".join([commands[0] + " " + shlex.quote(sys.argv[2])] + commands[1:]) + " --quiet")
END
    expect "$name: a row of provenance per stage" \
        test "$(grep -c '^remit ' "$d/pasted.sh")" -ge 2
    expect_exit 0 bash -o pipefail "$d/pasted.sh" >"$d/pasted.h5"
    expect_same "$d/run.h5" "$d/pasted.h5"

    # The script of --dry-run, by the shell it is written for.
    remit run -q --dry-run "$plan" -o "$d/by script.h5" >"$d/script.sh"
    expect_absent "$d/by script.h5"
    expect_exit 0 bash "$d/script.sh"
    expect_same "$d/run.h5" "$d/by script.h5"

    # No path of this machine, no name of the file.
    expect "$name: a path in the study" test "$(grep -acF -e "$tmp" -e "$RMT_SOURCE" -e "$HOME/" "$d/run.h5")" -eq 0

    # From another folder, by another path.
    expect_exit 0 env -C "$(dirname "$plan")" remit run -q "$(basename "$plan")" -o "$d/elsewhere.h5"
    expect_same "$d/run.h5" "$d/elsewhere.h5"

    # Other environments.
    expect_exit 0 env LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo OMP_NUM_THREADS=7 remit run -q "$plan" -o "$d/locale.h5"
    expect_same "$d/run.h5" "$d/locale.h5"

    # Other compilers and other optimisation, where they were built (of the same source).
    before=$(remit --version | head -1)
    for build in release dev clang; do
        program=$RMT_SOURCE/build/$build/bin/remit
        if [ ! -x "$program" ] || [ "$RMT_SOURCE/build/$build/bin" = "$RMT_BIN" ]; then continue; fi
        if [ "$("$program" --version | head -1)" != "$before" ] ||
            [ -n "$(find "$RMT_SOURCE/pipeline" "$RMT_SOURCE/stages" -name '*.[ch]' -newer "$program" | head -1)" ]; then
            echo "not compared: build/$build is older than the source"
            continue
        fi
        expect_exit 0 "$program" run -q "$plan" -o "$d/$build.h5"
        expect_same "$d/run.h5" "$d/$build.h5"
    done
}

make_tiny "$tmp/in"
check_plan tiny "$tmp/in/plan.yaml"
[ ! -e "$sample/plan.yaml" ] || check_plan sample "$sample/plan.yaml"

# Many plans: the bytes do not depend on how many run at once.
for i in 1 2 3 4; do
    make_tiny "$tmp/many/$i"
    sed -i "s/id: TINY/id: TINY$i/" "$tmp/many/$i/plan.yaml"
done
for jobs in 1 2 4; do
    expect_exit 0 remit run -q --jobs=$jobs --output-dir="$tmp/jobs$jobs" "$tmp"/many/*/plan.yaml
done
for i in 1 2 3 4; do
    expect_same "$tmp/jobs1/TINY$i.h5" "$tmp/jobs2/TINY$i.h5"
    expect_same "$tmp/jobs1/TINY$i.h5" "$tmp/jobs4/TINY$i.h5"
    remit run -q "$tmp/many/$i/plan.yaml" -o "$tmp/alone.h5"
    expect_same "$tmp/alone.h5" "$tmp/jobs1/TINY$i.h5"
done

# Rows of the CSV files in another order: the same results.
shuffled() { # FROM TO
    cp -r "$1" "$2"
    python3 - "$2" <<'END'
import glob, random, sys
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    with open(path, newline="") as f:
        lines = f.read().splitlines(keepends=True)
    body = [l if l.endswith("\n") else l + "\n" for l in lines[1:]]
    random.Random(20).shuffle(body)
    with open(path, "w", newline="") as f:
        f.writelines(lines[:1] + body)
END
}
for from in "$tmp/in" "$sample"; do
    [ -e "$from/plan.yaml" ] || continue
    shuffled "$from" "$tmp/shuffled"
    expect "the shuffling shuffles" test "$(cat "$from"/*.csv | cksum)" != "$(cat "$tmp"/shuffled/*.csv | cksum)"
    remit run -q "$from/plan.yaml" -o "$tmp/straight.h5"
    expect_exit 0 remit run -q "$tmp/shuffled/plan.yaml" -o "$tmp/shuffled.h5"
    for path in $(remit show "$tmp/straight.h5" | grep '^/results/'); do
        remit export "$tmp/straight.h5" "$path" >"$tmp/straight.csv"
        remit export "$tmp/shuffled.h5" "$path" >"$tmp/shuffled.csv"
        expect "$path has rows" test "$(wc -l <"$tmp/straight.csv")" -gt 1
        expect_same "$tmp/straight.csv" "$tmp/shuffled.csv"
    done
    rm -r "$tmp/shuffled"
done
