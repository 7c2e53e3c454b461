/* outcomes.h - the analysis dataset /outcomes, with CDISC ADaM BDS names.
 * Layer: clinical. Memory: O(rows of the result). Does not depend on the order of rows. */
#ifndef RMT_OUTCOMES_H
#define RMT_OUTCOMES_H
#include "rmt/plan.h"
#include "rmt/score.h"
#include "rmt/subjects.h"

/* Columns of /outcomes; their titles and units are in the table itself.
 *   STUDYID USUBJID
 *   TRT01P     the arm; "" = not known, with reason
 *   PARAMCD    code of the scale, PARAM its label
 *   outcome    the plan's outcome
 *   scale      the instrument's scale ("total", "B")
 *   AVISIT     visit name
 *   AVISITN    integer: baseline 0, after it 1, 2, ..., before it -1, -2, ... in schedule order;
 *              1, 2, ... when no visit is the baseline. "After baseline" means AVISITN > 0
 *   ADY        number, days: where visits are matched by day; else missing
 *   AVAL BASE  numbers: value and baseline value
 *   CHG PCHG   numbers, after baseline: AVAL - BASE, and 100 CHG / BASE (negative = lower)
 *   ABLFL      boolean: the record is the baseline
 *   ANL01FL    boolean: used in analyses: after baseline, AVAL present, arm known
 *   DTYPE      "PRORATED" or ""
 *   NMISS      integer: items missing; missing for stored totals and without a record
 *   DXFL       boolean or missing: the diagnostic rule holds; rows of the total
 *   RESPFL RESPDEF REMFL REMDEF
 *              boolean or missing, and the definition's id; rows of the total after baseline
 *   DXLOSSFL   boolean or missing: diagnosis at baseline, none now; rows of the total after
 *              baseline. Missing ("no baseline dx") where there was none to lose
 *   FLAGGED    boolean: an error finding refers to the source record
 *   SRCTABLE SRCLINE
 *              where the record stands; of two records the lower line
 * Missing cells carry a reason (rmt_table_reason, COLUMN__missing in the file). The file pads every
 * cell to the longest of its column, so they are short; "dx" is the diagnosis by the instrument.
 *   TRT01P     arm missing       the subject table gives no arm
 *              unknown arm       one that the plan does not name
 *              several arms      its rows give different ones
 *   AVAL       no record         nothing for this subject and visit
 *              2 records         none is chosen
 *              3 of 20 missing   items without a value, more than may be prorated
 *              bad caps5_07 = 7  an item out of its range, or no whole number; the first such
 *              total missing     a stored total without a value
 *              total: -99        the same; behind the colon the reason in the source table
 *              94 not in 0..80   a stored total out of the scale's range
 *   BASE       no baseline       no baseline visit, or no record there
 *              baselines differ  the baseline column has two values for the subject
 *              or as AVAL        of the record or the column's value at baseline
 *   CHG PCHG   no value          AVAL is missing
 *              no baseline       BASE is missing
 *   PCHG       baseline 0        nothing to divide by
 *              baseline < 0      a percentage would have no meaning
 *   DXFL       undecided         items missing or bad, and the others leave the rule open
 *              or as AVAL        no record, or several
 *   RESPFL REMFL
 *              no value, no baseline, baseline 0, baseline < 0
 *              dx unknown        DXFL is missing
 *   DXLOSSFL   no baseline dx    no diagnosis at baseline: none to lose
 *              base dx unknown   DXFL is missing at baseline
 *              dx unknown        DXFL is missing here */
extern const rmt_column_spec rmt_outcomes_columns[];
extern const size_t rmt_n_outcomes_columns;

typedef struct {
    const rmt_plan *plan; /* with its instruments resolved */
    const rmt_named_table *tables;
    size_t n_tables;
    const rmt_table *flagged; /* /validation/flagged, or NULL: then nothing is flagged */
} rmt_outcomes_input;

/* Rows: every subject of the subject table (by id, bytes) x outcome (plan order) x scale
 * (instrument order) x visit (schedule order) at which any subject has a value of the outcome.
 *
 * Scales:   a stored total is the total and nothing else, unless the outcome names its items too:
 *           then these give the other scales and the diagnosis. A scale with items the plan does
 *           not name is left out. Proration by the outcome's max_missing_items, scale by scale.
 * Records:  of several for one subject and visit, those without any value of the outcome are left
 *           aside (one table may hold several instruments). If two or more remain none is chosen:
 *           AVAL is missing.
 * Baseline: the value at the baseline visit, or the outcome's baseline column (total only), which
 *           must be constant within the subject.
 * Visits:   label = the visit's value; day or hours within [low, high] (no window: exactly `at`);
 *           inside two windows the nearer nominal time, then the earlier visit. The schedule is
 *           in order of time.
 * Left out: records outside every visit, or of nobody in the subject table. They are counted in
 *           `notes` (NULL allowed), one warning per outcome and cause; rmt_trial_check names each.
 * Errors:   RMT_ERR_CONFIG  a table, column, definition or visit schedule is not there
 *           RMT_ERR_SCHEMA  a column of text where numbers are needed
 *           *out is untouched on failure. Ownership: caller, rmt_table_free. */
RMT_MUST_CHECK rmt_status rmt_outcomes_build(rmt_table **out, const rmt_outcomes_input *in,
                                             rmt_problems *notes, rmt_error *err);
#endif
