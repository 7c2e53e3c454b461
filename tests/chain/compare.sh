#!/bin/bash
# validate --compare: a corrected export against the one before. Lines move, and the findings are still known again.
. "$(dirname "${BASH_SOURCE[0]}")/../support/support.sh"

cp -r "$RMT_SOURCE/sample-data/messy-export" "$RMT_SOURCE/sample-data/ketamine-midazolam" "$tmp"
cd "$tmp/messy-export" || exit 70
expect_exit 0 remit ingest -q plan.yaml -o in.h5
expect_exit 1 remit validate -q --keep-going in.h5 -o old.h5
n=$(($(remit export old.h5 /validation/issues | wc -l) - 1))

expect_exit 1 remit validate in.h5 --compare old.h5 >same
expect "nothing has changed" grep -qx "0 fixed, 0 new, $n still there" same

# The answer 7 and the slip of the keyboard (one) are mended; the first two records of the file go, so that
# every line moves; a rater is misspelt.
sed -i -e '7s/,7,/,3,/' -e '12s/12x/2/' -e '15s/,R\([0-9]\),/,r\1,/' -e 2,3d caps5.csv
expect_exit 0 remit ingest -q plan.yaml -o in.h5
expect_exit 1 remit validate in.h5 --compare old.h5 --format csv >changed.csv
cut -d, -f1,3,4,5,6 changed.csv | grep -v ^stays >changes
expect_same changes - <<END
change,code,table,line,column
fixed,constraint-error,caps5,7,caps5_07
fixed,type-error,caps5,12,caps5_11
new,constraint-error,caps5,13,rater
new,trial/no-baseline,caps5,2,visit
END
expect "the others stay" test "$(grep -c ^stays changed.csv)" -eq $((n - 2))
expect_exit 1 remit validate in.h5 --compare old.h5 >text
expect "counts" grep -qx "2 fixed, 2 new, $((n - 2)) still there" text
expect "fixed" grep -qx "Fixed: 2 errors" text
expect "new" grep -qx "New: 1 error, 1 warning" text
expect_exit 1 remit validate in.h5 --compare old.h5 --format lines >lines
expect "the new ones as lines: $(cat lines)" test "$(wc -l <lines)" -eq 2

# Only a study that was validated can be compared with, and no study is made.
expect_exit 65 remit validate in.h5 --compare in.h5 -o x.h5
expect_stderr "^remit-validate: in.h5: the study was not validated"
expect_exit 66 remit validate in.h5 --compare absent.h5 -o x.h5
expect_exit 64 remit validate --in-place in.h5 --compare old.h5
expect_stderr "'--in-place' and '--compare' exclude each other"
expect_exit 1 remit validate in.h5 --compare old.h5 -o written
expect_same written text
