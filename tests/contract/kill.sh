#!/bin/bash
# Killed at any moment, on a full disk, over the size limit: an output is whole or absent.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

# A trial big enough to be caught in the middle of things.
make_tiny "$tmp/big"
python3 - "$tmp/big" "${RMT_TEST_FULL:-0}" <<'END'
import sys
folder, n = sys.argv[1], 20000 if sys.argv[2] == "1" else 6000
with open(folder + "/people.csv", "w") as people, open(folder + "/madrs.csv", "w") as madrs:
    people.write("id,arm,site\n")
    madrs.write("id,visit," + ",".join(f"m{i}" for i in range(1, 11)) + "\n")
    for i in range(n):
        people.write(f"T{i},{'drug' if i % 2 else 'placebo'},{'AB'[i // 2 % 2]}\n")
        for visit in ("base", "end"):
            madrs.write(f"T{i},{visit}," + ",".join(str((i * k + len(visit)) % 7) for k in range(1, 11)) + "\n")
END
sed -i 's/, "pattern": "T\[0-9\]"//' "$tmp/big/people.schema.json"

now() { date +%s%N; }
start=$(now)
expect_exit 0 remit run -q "$tmp/big/plan.yaml" -o "$tmp/want.h5"
took=$(($(now) - start))
start=$(now)
expect_exit 0 remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/want-ingest.h5"
took_ingest=$(($(now) - start))
cp "$tmp/want-ingest.h5" "$tmp/in.h5"
expect_exit 0 remit validate -q "$tmp/in.h5" -o "$tmp/want-validate.h5"

moments=${RMT_TEST_FULL:+60}
moments=${moments:-14}
killed=0
attempt() { # SIGNAL DELAY_NS OUTPUT WANT command...
    local signal=$1 delay=$2 output=$3 want=$4 pid code
    shift 4
    "$@" >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '%d.%09d' $((delay / 1000000000)) $((delay % 1000000000)))"
    kill "-$signal" "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    code=$?
    if [ "$code" -gt 128 ]; then killed=$((killed + 1)); fi
    n_checks=$((n_checks + 1))
    case "$code" in
        0) cmp -s "$output" "$want" || fail "$1 $2: exit 0, but the output is not whole" ;;
        137 | 143) [ ! -e "$output" ] || cmp -s "$output" "$want" || fail "$1 $2: a partial output after signal $signal" ;;
        *) fail "$1 $2: exit $code after signal $signal" ;;
    esac
    if [ "$signal" = TERM ]; then
        [ -z "$(find "$(dirname "$output")" -name '*.tmp.*')" ] || fail "$1 $2: a temporary file after SIGTERM at $delay ns"
    fi
    rm -f "$output" "$(dirname "$output")"/*.tmp.*
}
mkdir "$tmp/out"
for signal in TERM KILL; do
    for ((i = 0; i < moments; i++)); do
        attempt $signal $((took * i / moments)) "$tmp/out/run.h5" "$tmp/want.h5" remit run -q "$tmp/big/plan.yaml" -o "$tmp/out/run.h5"
        # The last third of a run is where the output is written.
        attempt $signal $((took_ingest * (2 * moments + i) / (3 * moments))) "$tmp/out/ingest.h5" "$tmp/want-ingest.h5" \
            remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/out/ingest.h5"
    done
done
expect "no process was caught alive" test "$killed" -ge "$moments"

# While it is being written: caught by the temporary file itself.
for signal in TERM KILL INT; do
    caught=
    for ((i = 0; i < 20; i++)); do
        remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/out/x.h5" >/dev/null 2>&1 &
        pid=$!
        until compgen -G "$tmp/out/x.h5.tmp.*" >/dev/null || ! kill -0 $pid 2>/dev/null; do :; done
        kill -$signal $pid 2>/dev/null
        wait $pid 2>/dev/null && code=0 || code=$?
        [ ! -e "$tmp/out/x.h5" ] || expect_same "$tmp/out/x.h5" "$tmp/want-ingest.h5"
        # A background process of a script ignores SIGINT, as nohup's ignores SIGHUP: remit leaves that so.
        if [ "$signal" != KILL ]; then
            n_checks=$((n_checks + 1))
            ! compgen -G "$tmp/out/*.tmp.*" >/dev/null || fail "a temporary file after SIG$signal"
        fi
        rm -f "$tmp"/out/*
        if [ "$code" -gt 128 ]; then caught=1; break; fi
        if [ "$signal" = INT ]; then caught=1; break; fi
    done
    expect "SIG$signal never came in time" test -n "$caught"
done

# In place: the old study or the new one.
for ((i = 0; i < moments; i++)); do
    cp "$tmp/in.h5" "$tmp/out/place.h5"
    remit validate -q --in-place "$tmp/out/place.h5" >/dev/null 2>&1 &
    pid=$!
    sleep "0.0$((i % 10))$((i * 7 % 10))"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    n_checks=$((n_checks + 1))
    cmp -s "$tmp/out/place.h5" "$tmp/in.h5" || cmp -s "$tmp/out/place.h5" "$tmp/want-validate.h5" ||
        fail "--in-place killed: neither the old file nor the new one"
    rm -f "$tmp"/out/*
done

# A temporary file left by a process that was killed does not stand in the way.
expect_exit 0 bash -c 'echo old >"$1.tmp.$$"; exec remit ingest -q "$2" -o "$1"' sh "$tmp/out/ingest.h5" "$tmp/big/plan.yaml"
expect_same "$tmp/out/ingest.h5" "$tmp/want-ingest.h5"
expect "nothing but the output" test "$(ls "$tmp/out")" = ingest.h5
rm -f "$tmp"/out/*

# Batches: what ends remit run ends its children first, then itself by the same signal. The first two trials read from a
# pipe into which nobody writes; the third would begin when one of them ends.
cp -r "$tmp/big" "$tmp/big2"
cp -r "$tmp/big" "$tmp/big3"
for i in 2 3; do sed -i "s/id: TINY/id: TINY$i/" "$tmp/big$i/plan.yaml"; done
mkdir "$tmp/pipes"
for i in 1 2; do
    cp -r "$tmp/big" "$tmp/pipes/$i"
    sed -i "s/id: TINY/id: PIPE$i/" "$tmp/pipes/$i/plan.yaml"
    rm "$tmp/pipes/$i/people.csv"
    mkfifo "$tmp/pipes/$i/people.csv"
done
# A background process of a script ignores SIGINT; python gives it back its default.
with_sigint() { exec python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' "$@"; }
for signal in TERM INT HUP; do
    (with_sigint remit run -q --jobs 2 -d "$tmp/out" "$tmp/pipes/1/plan.yaml" "$tmp/pipes/2/plan.yaml" "$tmp/big3/plan.yaml") >/dev/null 2>&1 &
    pid=$!
    children=
    for ((i = 0; i < 100; i++)); do
        children=$(pgrep -P $pid 2>/dev/null)
        [ "$(echo "$children" | wc -w)" -lt 2 ] || break
        sleep 0.05
    done
    expect "SIG$signal: two children" test "$(echo "$children" | wc -w)" -eq 2
    kill "-$signal" $pid
    for ((i = 0; i < 400; i++)); do
        kill -0 $pid 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL $pid 2>/dev/null # hangs
    wait $pid 2>/dev/null
    code=$?
    expect "SIG$signal: the batch ended with $code" test "$code" -eq $((128 + $(kill -l "$signal")))
    for child in $children; do
        n_checks=$((n_checks + 1))
        if kill -KILL "$child" 2>/dev/null; then fail "SIG$signal: a child outlived the batch"; fi
    done
    expect_empty_dir "$tmp/out"
done

# At any moment: what is there is whole.
caught=0
for ((i = 0; i < moments; i++)); do
    remit run -q -d "$tmp/out" --jobs 2 "$tmp/big/plan.yaml" "$tmp/big2/plan.yaml" "$tmp/big3/plan.yaml" >/dev/null 2>&1 &
    pid=$!
    delay=$((took * 2 * i / moments))
    sleep "$(printf '%d.%09d' $((delay / 1000000000)) $((delay % 1000000000)))"
    kill -TERM $pid 2>/dev/null
    wait $pid 2>/dev/null
    code=$?
    expect "a batch after SIGTERM: exit $code" test "$code" -eq 143 -o "$code" -eq 0
    [ "$code" -eq 0 ] || caught=$((caught + 1))
    for f in "$tmp"/out/*; do
        [ -e "$f" ] || continue
        case "$f" in
            *.tmp.*) fail "a temporary file of a batch after SIGTERM: ${f##*/}" ;;
            */TINY.h5) expect_same "$f" "$tmp/want.h5" ;;
            *) expect_exit 0 remit export "$f" /provenance >/dev/null ;;
        esac
    done
    rm -f "$tmp"/out/*
done
expect "no batch was caught alive" test "$caught" -gt 0

# The file size limit: SIGXFSZ ends the process, or the error is met; never a partial file.
size=$(($(wc -c <"$tmp/want-ingest.h5") / 1024))
for blocks in 0 1 $((size / 2)) $((size - 1)); do
    {
        (
            ulimit -f "$blocks"
            exec remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/out/limit.h5"
        ) >/dev/null 2>"$tmp/err"
    } 2>/dev/null
    code=$?
    expect "file size limit of $blocks KiB: exit $code" test "$code" -eq 74 -o "$code" -eq 153
    expect_absent "$tmp/out/limit.h5"
    rm -f "$tmp"/out/*
    (
        trap '' XFSZ
        ulimit -f "$blocks"
        exec remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/out/limit.h5"
    ) >/dev/null 2>"$tmp/err"
    code=$?
    expect "file size limit of $blocks KiB, SIGXFSZ ignored: exit $code: $(cat "$tmp/err")" test "$code" -eq 74
    expect_empty_dir "$tmp/out"
done

# A full disk, where one can be made.
mkdir "$tmp/disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=256k none "$tmp/disk" 2>/dev/null; then
    expect_exit 74 remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/disk/full.h5"
    expect_stderr "No space left"
    expect_stderr_lines 1
    expect_empty_dir "$tmp/disk"
    echo old >"$tmp/disk/full.h5"
    expect_exit 74 remit ingest -q "$tmp/big/plan.yaml" -o "$tmp/disk/full.h5"
    expect "the old output is still there" test "$(cat "$tmp/disk/full.h5")" = old
    expect_exit 74 remit run -q "$tmp/big/plan.yaml" >"$tmp/disk/full.h5"
    umount "$tmp/disk"
else
    echo "no full disk could be made"
fi
