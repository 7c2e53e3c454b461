#!/bin/bash
# Who may include whom, and what a library may not do. The table is that of pipeline/README.md.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"
cd "$RMT_SOURCE" || exit 70

python3 - "$tmp/rooms" >"$tmp/problems" <<'END'
import pathlib, re, sys

rooms = ["core", "data", "io", "stats", "clinical", "stage", "run"]
above = {"core": [], "data": ["core"], "io": ["data", "core"], "stats": ["core"], "clinical": ["data", "core"],
         "stage": ["io", "clinical", "stats", "data", "core"],
         "run": ["stage", "io", "clinical", "stats", "data", "core"]}
open(sys.argv[1], "w").write("".join(" ".join([room, *above[room]]) + "\n" for room in rooms))
above["stages"] = above["run"]
programs = ("main.c", "stage_exe.c", "docs_main.c") # of pipeline/run: they alone know the list of stages
libraries = {"nettle/": ["core"], "pcre2.h": ["data"], "hdf5": ["io"], "H5": ["io"], "yaml.h": ["io"], "csv.h": ["io"], "zlib.h": ["io"],
             "gsl/": ["stats"], "Rmath.h": ["stats"], "cmocka.h": [], "malloc.h": ["core"]}
libc = set("""assert ctype errno float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef
stdint stdio stdlib stdnoreturn string tgmath threads time wchar wctype fcntl poll unistd dirent sys/stat sys/types sys/wait
sys/mman sys/resource sys/time sys/select strings endian pthread""".split())
# Only these rooms may talk to the system beyond C11: files, processes, threads, terminals.
posix = {"fcntl", "poll", "unistd", "dirent", "sys/stat", "sys/types", "sys/wait", "sys/mman", "sys/resource", "sys/time", "sys/select", "pthread"}

headers = {}
for path in sorted(pathlib.Path("pipeline/include/rmt").glob("*.h")):
    m = re.search(r"Layer:\s*(\w+)", path.read_text())
    if not m or m.group(1) not in rooms + ["stages"]:
        print(f"{path}: no 'Layer: ROOM' line")
        continue
    headers[path.name] = m.group(1)

names = {}
files = [(p, headers.get(p.name)) for p in sorted(pathlib.Path("pipeline/include/rmt").glob("*.h"))]
for room in rooms:
    files += [(p, room) for p in sorted(pathlib.Path("pipeline", room).rglob("*.[ch]"))]
files += [(p, "stages") for p in sorted(pathlib.Path("stages").glob("*.[ch]"))]
seen = 0
for path, room in files:
    if room is None: continue
    seen += 1
    if path.suffix == ".c" and room != "stages":
        if (path.name in names): print(f"{path}: the name is taken by {names[path.name]}")
        names[path.name] = path
    own = {p.name for p in path.parent.glob("*.h")}
    text = path.read_text()
    for number, line in enumerate(text.split("\n"), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not m: continue
        where, kind, name = f"{path}:{number}", m.group(1), m.group(2)
        if kind == '"' and name.startswith("rmt/"):
            other = headers.get(name[4:])
            if other is None: print(f"{where}: no header {name}")
            elif other == "stages" and path.name in programs: pass
            elif other != room and other not in above[room]: print(f"{where}: {room} may not include {name} of {other}")
        elif kind == '"':
            if name not in own: print(f"{where}: {name} is not in this folder")
        else:
            library = next((l for l in libraries if name.startswith(l)), None)
            if library:
                if room not in libraries[library]: print(f"{where}: {room} may not include <{name}>")
            elif name.removesuffix(".h") not in libc: print(f"{where}: unknown system header <{name}>")
            elif name == "locale.h": print(f"{where}: text never depends on the locale")
            elif name.removesuffix(".h") in posix and room in ("data", "stats", "clinical", "stages"):
                print(f"{where}: {room} may not include <{name}>")
if seen < 60: print(f"only {seen} files were looked at")

# What the libraries may not do; comments and texts do not count.
def code_of(text):
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)

libraries_only = ("core", "data", "io", "stats", "clinical")
for path, room in files:
    if room is None: continue
    code = code_of(path.read_text())
    for number, line in enumerate(code.split("\n"), 1):
        where = f"{path}:{number}"
        if re.search(r"\bsetlocale\s*\(", line): print(f"{where}: setlocale")
        if re.search(r"(?<![\w.>])(time|gettimeofday|localtime|gmtime|gethostname|getlogin|rand|srand|random|drand48)\s*\(", line):
            print(f"{where}: clock, host or chance: {line.strip()}")
        if re.search(r"(?<![\w.>])(strtod|atof|atoi|atol|sscanf|gets|sprintf|strtok)\s*\(", line):
            if not (path.name in ("num.c",)): print(f"{where}: {line.strip()}")
        if room in libraries_only:
            if re.search(r"(?<![\w.>])(exit|abort|quick_exit)\s*\(", line): print(f"{where}: a library does not end the program")
            if re.search(r"(?<![\w.>])(printf|puts|putchar|perror)\s*\(", line) or \
               re.search(r"\bf(printf|puts|write|putc)\b[^;]*\b(stdout|stderr)\b", line):
                print(f"{where}: a library does not print")
        if room not in ("core",) and re.search(r"(?<![\w.>])(malloc|calloc|realloc|strdup|strndup)\s*\(", line):
            print(f"{where}: memory comes from rmt/mem.h")

# Everything that is tracked: no unfinished work, no place of one machine.
import subprocess
tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True).stdout.split("\n")
texts = (".c", ".h", ".sh", ".py", ".R", ".md", ".txt", ".json", ".yaml", ".cff", "")
for name in filter(None, tracked):
    path = pathlib.Path(name)
    if path.suffix not in texts or not path.is_file() or name.endswith("contract/layering.sh"): continue
    try: lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError: continue
    for number, line in enumerate(lines, 1):
        if path.suffix in (".c", ".h", ".sh") and re.search(r"\b(TODO|FIXME|XXX)\b", line):
            print(f"{name}:{number}: unfinished: {line.strip()[:60]}")
        if re.search(r"(^|[\s\"'=:(`])/(work|home|root|Users|mnt)/", line) and "LICENSE" not in name:
            print(f"{name}:{number}: a place of one machine: {line.strip()[:80]}")
END
while read -r line; do fail "$line"; done <"$tmp/problems"
n_checks=$((n_checks + 1))

# Every public header compiles alone, as C11 and with the strictest of warnings.
for compiler in "${RMT_CC:-gcc}" $([ -z "$RMT_TEST_FULL" ] || echo clang); do
    command -v "$compiler" >/dev/null || continue
    for header in pipeline/include/rmt/*.h; do
        echo "#include \"rmt/${header##*/}\"" >"$tmp/alone.c"
        expect_exit 0 "$compiler" -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -pedantic -Werror -Wstrict-prototypes \
            -Ipipeline/include -fsyntax-only -x c "$tmp/alone.c"
        # Twice is as good as once.
        echo "#include \"rmt/${header##*/}\"" >>"$tmp/alone.c"
        expect_exit 0 "$compiler" -std=c11 -D_XOPEN_SOURCE=700 -Ipipeline/include -fsyntax-only -x c "$tmp/alone.c"
    done
done

# A library does not hold what it must not call, whatever its source says: nothing of C's, no function of a room above it.
libraries_dir=$(dirname "$RMT_BIN")/pipeline
if command -v nm >/dev/null; then
    for room in core data io stats clinical; do
        archive=$libraries_dir/$room/librmt_$room.a
        [ -e "$archive" ] || continue
        for symbol in exit abort printf puts setlocale time rand; do
            expect "$archive calls $symbol" test -z "$(nm -u "$archive" 2>/dev/null | grep -E " U $symbol(@|\$)")"
        done
    done
    undefined_in() { # ARCHIVE ARCHIVE...: the rmt_ names the first one uses that none of them defines
        comm -23 <(nm -u "$1" 2>/dev/null | sed -n 's/^ *U \(rmt_[a-z0-9_]*\)$/\1/p' | sort -u) \
            <(nm --defined-only "$@" 2>/dev/null | sed -n 's/^[0-9a-f]* [A-Z] \(rmt_.*\)$/\1/p' | sort -u)
    }
    while read -r -a rooms; do
        archives=()
        for room in "${rooms[@]}"; do archives+=("$libraries_dir/$room/librmt_$room.a"); done
        [ -e "${archives[0]}" ] || continue
        missing=$(undefined_in "${archives[@]}" | head -3 | tr '\n' ' ')
        expect "${rooms[0]} uses what it may not: $missing" test -z "$missing"
    done <"$tmp/rooms"
fi
