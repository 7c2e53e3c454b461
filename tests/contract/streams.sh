#!/bin/bash
# What a stage does when its input or output is not what it hopes for.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

make_tiny "$tmp/t"
make_steps "$tmp/t"
mkdir "$tmp/empty"

# What is no good study: named NUMBER-KIND-PLACE.
mkdir "$tmp/broken"
python3 - "$tmp/t/last.h5" "$tmp/broken" "$RMT_BIN/remit" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
size, n = len(data), 0
def write(what, at, content):
    global n
    n += 1
    open("%s/%02d-%s-%d" % (sys.argv[2], n, what, at), "wb").write(content)
write("empty", 0, b"")
for at in (1, 10, 100, 511, 512, 513, 600, 1024, size // 2, size - 1): write("cut", at, data[:at])
for at in (0, 5, 20, 60, 200, 511, 512, 520, 700, size // 3, size // 2, size - 2):
    write("flipped", at, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
write("longer", size, data + b"more\n")
write("none", 1, b"".join(b"%d\n" % i for i in range(20000)))
write("none", 2, bytes(100000))
write("none", 3, open(sys.argv[3], "rb").read(20000))
END
n=0
expect "broken studies" test "$(ls "$tmp/broken" | wc -l)" -eq 27

# The command line of a stage on a good input: sets `program`, `input` and `rest`.
command_of() { # NAME
    program=remit-$1
    rest=()
    if [ "$(stage_kind "$1")" = source ]; then
        input=$tmp/t/plan.yaml
    else
        input=$(stage_input "$tmp/t" "$1")
        [ -z "$(stage_argument "$1")" ] || rest=("$(stage_argument "$1")")
    fi
}

no_descriptor() { "$@" >&-; }
in_terminal() { # command...: standard input and output are a terminal; standard error goes to $tmp/err
    printf '%q ' "$@" >"$tmp/line"
    printf '2>%q\n' "$tmp/terr" >>"$tmp/line"
    script -qec "bash $tmp/line" /dev/null >/dev/null
    local code=$?
    cat "$tmp/terr" >&2
    return "$code"
}
has_script=
command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1 && has_script=1

for s in $(stages); do
    command_of "$s"
    kind=$(stage_kind "$s")
    find "$tmp/t" -type f -exec sha256sum {} + | sort >"$tmp/before"

    # A good run is quiet and whole.
    expect_exit 0 "$program" -q "$input" "${rest[@]}" >"$tmp/good"
    expect_silent
    expect "$s: writes something" test -s "$tmp/good"
    expect_exit 0 "$program" -q "$input" "${rest[@]}" -o "$tmp/good-file"
    expect_same "$tmp/good" "$tmp/good-file"

    # Standard output full, closed.
    for option in "" -q; do
        expect_exit 74 "$program" $option "$input" "${rest[@]}" >/dev/full
        expect_stderr "^$program: .*standard output.*(No space left|cannot)"
        expect_exit 74 no_descriptor "$program" $option "$input" "${rest[@]}"
        expect_stderr "^$program: .*standard output"
    done
    for option in --help --version; do
        expect_exit 74 "$program" $option >/dev/full
        expect_stderr "^$program: cannot write standard output: No space left"
        expect_exit 74 no_descriptor "$program" $option
        expect_stderr "^$program: cannot write standard output"
    done
    expect_exit 74 "$program" -q "$input" "${rest[@]}" -o /dev/full
    expect_stderr "^$program: /dev/full: .*No space left"

    # A reader that goes away ends the stage without a word (141 = SIGPIPE), or is too late to be noticed.
    "$program" -q "$input" "${rest[@]}" 2>"$tmp/err" | true
    codes=("${PIPESTATUS[@]}")
    expect "$s: reader gone: exit ${codes[0]}" test "${codes[0]}" -eq 141 -o "${codes[0]}" -eq 0
    expect_silent

    # Input absent, a directory, not readable.
    expect_exit 66 "$program" "$tmp/absent" "${rest[@]}" >"$tmp/out"
    expect_stderr "^$program: $tmp/absent: cannot be opened: No such file"
    expect_stderr_lines 1
    expect "$s: nothing written" test ! -s "$tmp/out"
    expect_exit 66 "$program" "$tmp/empty" "${rest[@]}" >"$tmp/out"
    expect_stderr "directory"
    expect_stderr_lines 1
    expect_exit 66 "$program" "$tmp/absent" "${rest[@]}" -o "$tmp/empty/out"
    expect_empty_dir "$tmp/empty"

    # Output in a folder that is absent, a folder itself, one that exists already, the input itself.
    expect_exit 73 "$program" -q "$input" "${rest[@]}" -o "$tmp/absent/out"
    expect_stderr "^$program: $tmp/absent/out: cannot be created: No such file"
    expect_stderr_lines 1
    expect_exit 73 "$program" -q "$input" "${rest[@]}" -o "$tmp/empty"
    expect_stderr "is a directory"
    expect_empty_dir "$tmp/empty"
    echo precious >"$tmp/precious"
    expect_exit 73 "$program" -q --no-clobber "$input" "${rest[@]}" -o "$tmp/precious"
    expect_stderr "^$program: $tmp/precious: exists already"
    expect "$s: --no-clobber keeps the file" test "$(cat "$tmp/precious")" = precious
    expect_exit 0 "$program" -q --no-clobber "$input" "${rest[@]}" -o "$tmp/fresh"
    expect_same "$tmp/good" "$tmp/fresh"
    rm -f "$tmp/fresh"
    cp -r "$tmp/t" "$tmp/copy"
    cp "$input" "$tmp/copy/self"
    ln -s self "$tmp/copy/link"
    ln "$tmp/copy/self" "$tmp/copy/hard-link"
    for output in self link hard-link ../copy/./self; do
        expect_exit 73 "$program" -q "$tmp/copy/self" "${rest[@]}" -o "$tmp/copy/$output"
        expect_stderr "is the same file as the input"
        expect_same "$input" "$tmp/copy/self"
    done
    rm -r "$tmp/copy"

    # A link stays a link; the file it points to is replaced.
    echo old >"$tmp/behind"
    ln -s behind "$tmp/link"
    expect_exit 0 "$program" -q "$input" "${rest[@]}" -o "$tmp/link"
    expect "$s: a link as output stays" test -L "$tmp/link"
    expect_same "$tmp/good" "$tmp/behind"
    rm -f "$tmp/link" "$tmp/behind"

    # An option's error comes before any reading, and leaves no output.
    expect_exit 64 "$program" --no-such-option "$input" -o "$tmp/empty/out"
    expect_empty_dir "$tmp/empty"

    # A study is no text for a terminal.
    if [ "$kind" != sink ] && [ -n "$has_script" ]; then
        expect_exit 64 in_terminal "$program" "$input" "${rest[@]}"
        expect_stderr "no text for a terminal"
    fi

    if [ "$kind" != source ]; then
        if [ -n "$has_script" ]; then
            expect_exit 64 in_terminal "$program" "${rest[@]}" -o "$tmp/empty/out"
            expect_stderr "standard input is a terminal"
        fi
        # From a pipe: the same bytes; "-" says so too.
        expect_exit 0 "$program" -q "${rest[@]}" <"$input" >"$tmp/out"
        expect_same "$tmp/good" "$tmp/out"
        cat "$input" | expect_exit 0 "$program" -q - "${rest[@]}" >"$tmp/out"
        expect_same "$tmp/good" "$tmp/out"

        # Empty, cut short at every kind of place, damaged, no study at all.
        for source in pipe file; do
            for broken in "$tmp"/broken/*; do
                what=$(basename "$broken" | sed 's/^[0-9]*-//; s/-[0-9]*$//')
                # Both ways go through the same check: in quick mode every third by its name.
                [ "$source" = pipe ] || [ -n "$RMT_TEST_FULL" ] || [ $((n++ % 3)) -eq 0 ] || continue
                case "$what" in
                    empty) pattern='is empty'; [ "$source" = file ] || pattern='the stream is empty: ' ;;
                    cut) pattern='cut short|not a study file' ;;
                    none) pattern='not a study file' ;;
                    *) pattern='seal|cut short|too long' ;;
                esac
                if [ "$source" = pipe ]; then expect_exit 65 "$program" "${rest[@]}" -o "$tmp/empty/out" <"$broken"
                else expect_exit 65 "$program" "$broken" "${rest[@]}" -o "$tmp/empty/out"; fi || echo "  ($s: $broken)" >&2
                expect_stderr "^$program: .*($pattern)"
                expect_stderr_lines 1
                expect_empty_dir "$tmp/empty"
                rm -f "$tmp/empty/out"
            done
        done
    fi

    # No input was changed by any of this.
    find "$tmp/t" -type f -exec sha256sum {} + | sort >"$tmp/after"
    expect_same "$tmp/before" "$tmp/after"
    expect "$s: temporary files left" test -z "$(find "$tmp" -name '*.tmp.[0-9]*')"
    rm -f "$tmp/good" "$tmp/good-file" "$tmp/out"
done

# Only filters write in place: whole, and only with a FILE.
for s in $(stages_of filter); do
    input=$(stage_input "$tmp/t" "$s")
    cp "$input" "$tmp/place.h5"
    remit "$s" -q "$input" -o "$tmp/want.h5"
    expect_exit 0 remit "$s" -q --in-place "$tmp/place.h5"
    expect_same "$tmp/want.h5" "$tmp/place.h5"
    expect_exit 64 remit "$s" --in-place <"$input"
    expect_exit 64 remit "$s" --in-place "$tmp/place.h5" -o "$tmp/other.h5"
    expect_absent "$tmp/other.h5"
    expect_exit 65 remit "$s" --in-place "$tmp/t/people.csv"
done

# Standard input is an input too.
for s in $(stages); do
    command_of "$s"
    [ "$(stage_kind "$s")" != source ] || continue
    cp "$input" "$tmp/stdin.h5"
    expect_exit 73 "$program" -o "$tmp/stdin.h5" - "${rest[@]}" <"$tmp/stdin.h5"
    expect_stderr "stdin.h5: is the same file as the input"
    expect "$s leaves its standard input" cmp -s "$input" "$tmp/stdin.h5"
done

# Files of other software: columns of other types than ours, cells that no study file holds, limits of the one who asks.
/usr/bin/python3 - "$tmp/t/last.h5" "$tmp" <<'END'
import hashlib, struct, sys
import h5py
name, out = sys.argv[1:]
body = open(name, "rb").read()[512:]
def write(what, body): # with a true seal
    seal = "remit-study 1 sha256:%s bytes:%d\n" % (hashlib.sha256(body).hexdigest(), len(body))
    open("%s/%s.h5" % (out, what), "wb").write(seal.encode().ljust(512, b"\0") + body)
open(out + "/bare.h5", "wb").write(body)
with h5py.File(name) as f:
    table = next(t for t in f["tables"])
    at = f["tables"][table]["source_line"].id.get_offset() - 512
    number = f["outcomes/AVAL"].id.get_offset() - 512
write("infinite", body[:number] + struct.pack("<d", float("inf")) + body[number + 8:])
open(out + "/retyped.h5", "wb").write(body)
with h5py.File(out + "/retyped.h5", "r+") as f:
    for path in ["validation/issues/line"] + ["tables/%s/source_line" % t for t in f["tables"]]:
        values = f[path][()].astype("f8")
        del f[path]
        f[path] = values
    kinds = f["dictionary/type"][()]
    names = f["dictionary/column"][()]
    for i, c in enumerate(names):
        if c in (b"line", b"source_line"): kinds[i] = b"number"
    f["dictionary/type"][...] = kinds
open(out + "/plax.h5", "wb").write(body)
with h5py.File(out + "/plax.h5", "r+") as f: f["plax/t/a"] = [1, 2]
END
expect_exit 65 remit export "$tmp/infinite.h5" /provenance
expect_stderr "/outcomes: row 1 holds an infinity"
for s in score effects rates; do # one line and no crash, or a result
    remit "$s" "$tmp/retyped.h5" -o "$tmp/retyped.out.h5" 2>"$tmp/err"
    code=$?
    expect "$s on columns of other types: exit $code" test "$code" -lt 100
done
expect_exit 0 remit export "$tmp/bare.h5" /provenance
memory=$(memory_limit 3000000)
(ulimit -v "$memory"; ulimit -t 30; exec remit export "$tmp/bare.h5" /provenance) >"$tmp/limited" 2>"$tmp/err"
expect "a file of other software within lower limits" test "$?" -eq 0
remit effects "$tmp/plax.h5" -o "$tmp/own.h5" 2>"$tmp/err"
python3 - "$tmp/own.h5" "$tmp/named.h5" <<'END'
import hashlib, sys
body = open(sys.argv[1], "rb").read()[512:].replace(b"plax", b"plan")
seal = "remit-study 1 sha256:%s bytes:%d\n" % (hashlib.sha256(body).hexdigest(), len(body))
open(sys.argv[2], "wb").write(seal.encode().ljust(512, b"\0") + body)
END
expect_exit 65 remit effects "$tmp/named.h5" -o "$tmp/named.out.h5"
expect_absent "$tmp/named.out.h5"

# The front command itself.
for option in --help --version; do
    expect_exit 74 remit $option >/dev/full
    expect_exit 74 no_descriptor remit $option
done
expect_exit 66 remit run "$tmp/absent.yaml" -o "$tmp/empty/out"
expect_stderr "absent.yaml: .*No such file"
expect_exit 74 remit run "$tmp/t/plan.yaml" >/dev/full
expect_exit 74 no_descriptor remit run "$tmp/t/plan.yaml"
expect_exit 73 remit run "$tmp/t/plan.yaml" -o "$tmp/absent/out"
expect_exit 73 remit run --no-clobber "$tmp/t/plan.yaml" -o "$tmp/precious"
expect_exit 73 remit run "$tmp/t/plan.yaml" -d "$tmp/precious"
expect_exit 73 remit run "$tmp/t/plan.yaml" -o "$tmp/t/plan.yaml"
expect "run keeps its plan" grep -q TINY "$tmp/t/plan.yaml"
# The CSV files, schemas and instruments of a plan are inputs as well.
mkdir "$tmp/t/instruments"
cp "$RMT_SOURCE/schemas/instruments/madrs.json" "$tmp/t/instruments"
for f in people.csv madrs.csv people.schema.json instruments/madrs.json; do
    sha256sum "$tmp/t/$f" >"$tmp/before"
    expect_exit 73 remit-ingest "$tmp/t/plan.yaml" -o "$tmp/t/$f"
    expect_exit 73 remit run "$tmp/t/plan.yaml" -o "$tmp/t/$f"
    sha256sum "$tmp/t/$f" >"$tmp/after"
    expect_same "$tmp/before" "$tmp/after"
done
expect_empty_dir "$tmp/empty"
