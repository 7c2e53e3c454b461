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

# Batches: SIGTERM to remit run ends its children, and leaves no temporary file.
cp -r "$tmp/big" "$tmp/big2"
sed -i 's/id: TINY/id: TINY2/' "$tmp/big2/plan.yaml"
remit run -q -d "$tmp/out" "$tmp/big/plan.yaml" "$tmp/big2/plan.yaml" >/dev/null 2>&1 &
pid=$!
sleep 0.05
children=$(pgrep -P $pid 2>/dev/null)
kill -TERM $pid
wait $pid 2>/dev/null
for ((i = 0; i < 100; i++)); do
    alive=
    for child in $children; do kill -0 "$child" 2>/dev/null && alive=1; done
    [ -n "$alive" ] || break
    sleep 0.1
done
for f in "$tmp"/out/*; do
    [ -e "$f" ] || continue
    case "$f" in
        *.tmp.*) fail "a temporary file of a batch after SIGTERM: ${f##*/}" ;;
        */TINY.h5) expect_same "$f" "$tmp/want.h5" ;;
    esac
done
rm -f "$tmp"/out/*

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
