/* outcomes.h - the analysis dataset /outcomes: one row per subject, parameter and visit (CDISC ADaM
 * BDS names). Layer: clinical. Memory: O(rows of the result). Does not depend on the order of rows
 * in the tables. */
#ifndef RMT_OUTCOMES_H
#define RMT_OUTCOMES_H
#include "rmt/plan.h"
#include "rmt/score.h"
#include "rmt/subjects.h"

/* Columns of /outcomes; their titles and units are in the table itself (rmt_outcomes_columns).
 *   STUDYID USUBJID TRT01P ("" = arm not known, with reason)
 *   PARAMCD PARAM   code and label of the scale
 *   outcome scale   the plan's outcome and the instrument's scale ("total", "B")
 *   AVISIT AVISITN  visit name; integer: baseline 0, after it 1, 2, ... and before it -1, -2, ...
 * in schedule order; 1, 2, ... when no visit is the baseline. After baseline means AVISITN > 0 ADY
 * number, days: the record's study day where visits are matched by day; else missing AVAL BASE CHG
 * PCHG  numbers: value, baseline value, AVAL - BASE, 100 CHG / BASE (percent; negative = lower).
 * CHG and PCHG on post-baseline rows only ABLFL           boolean: the record is the baseline
 * ANL01FL         boolean: used in analyses: post-baseline, AVAL present, arm known DTYPE
 * "PRORATED" or "" NMISS           integer: items missing (missing for stored totals and where
 * there is no record) DXFL            boolean or missing: the diagnostic rule holds; rows of the
 * total only RESPFL RESPDEF REMFL REMDEF  boolean or missing, and id of the definition; total,
 * post-baseline rows only DXLOSSFL        boolean or missing: diagnosis at baseline and none now;
 * total, post-baseline rows only; missing with reason "no diagnosis at baseline" where there was
 * none to lose FLAGGED         boolean: an error finding refers to the source record SRCTABLE
 * SRCLINE where the record stands; with two records the lower line Missing cells carry a reason
 * (rmt_table_reason): AVAL "no record", "2 records for this visit", or a reason of score.h; BASE
 * "no baseline", "2 records for this visit", "baseline not constant", ...; flags as in score.h. */
extern const rmt_column_spec rmt_outcomes_columns[];
extern const size_t rmt_n_outcomes_columns;

typedef struct {
    const rmt_plan *plan; /* with its instruments resolved */
    const rmt_named_table *tables;
    size_t n_tables;
    const rmt_table
        *issues; /* /validation/issues (rmt_findings_new), or NULL: then nothing is flagged */
} rmt_outcomes_input;

/* Rows: every subject of the subject table (by id, bytes) x outcome (plan order) x scale
 * (instrument order) x visit (schedule order) at which any subject has a value of the outcome. A
 * stored total is the total and nothing else, unless the outcome names its items too: then these
 * give the other scales and the diagnosis. A scale with items the plan does not name is left out.
 * Of several records for one subject and visit those without any value of the outcome are left
 * aside (one table may hold several instruments); if two or more remain none is chosen: AVAL is
 * missing. Proration is by the outcome's max_missing_items, counted scale by scale.
 * Baseline: the value at the baseline visit, or the outcome's baseline column (total only),
 * constant within subject. Visits: label = the visit's value; day or hours = within [low, high] (no
 * window: exactly `at`); inside two windows the nearer nominal time, then the earlier visit.
 * Records outside every visit, or of nobody in the subject table, give no row: they are counted in
 * `notes` (NULL allowed), a warning per outcome; rmt_trial_check names each. A required column,
 * table, definition or visit schedule that is not there is RMT_ERR_CONFIG; a text column where
 * numbers are needed RMT_ERR_SCHEMA. *out untouched on failure. */
RMT_MUST_CHECK rmt_status rmt_outcomes_build(rmt_table **out, const rmt_outcomes_input *in,
                                             rmt_problems *notes, rmt_error *err);
#endif
