/* findings_compare.h - two lots of findings about one trial: what was mended, what is new, what stays.
 * Layer: stage. */
#ifndef RMT_FINDINGS_COMPARE_H
#define RMT_FINDINGS_COMPARE_H
#include "rmt/plan.h"
#include "rmt/subjects.h"
#include "rmt/text.h"

/* Findings with what they are about: lines change between exports, so the row is looked up for its participant and
 * visit. counts: /validation/counts, by which a list that is cut is known; NULL = all lists are whole. Tables are those
 * of rmt_stage_named_tables. */
typedef struct {
    const rmt_table *issues, *counts;
    const rmt_plan *plan;
    const rmt_named_table *tables;
    size_t n_tables;
    const rmt_table *places; /* as of rmt_findings_lines */
} rmt_findings_of;

/* Two findings are the same when table, participant, visit, column, code and value agree; of several that do, as many
 * are the same as both sides have. Owned by the caller; fixed has rows of the old findings, added and staying of the new
 * ones, in their order.
 *
 * Where either side lists fewer findings of a check and table than it found, none of these can be told to be fixed or
 * new: they are in none of the three. cut has a row for each such check and table, whose message has the counts;
 * n_before and n_now are their sums. */
typedef struct {
    rmt_table *fixed, *added, *staying, *cut;
    double n_before, n_now;
} rmt_findings_change;
RMT_MUST_CHECK rmt_status rmt_findings_compare(rmt_findings_change *out,
                                               const rmt_findings_of *before,
                                               const rmt_findings_of *now, rmt_error *err);
void rmt_findings_change_clear(rmt_findings_change *c);

/* "text": counts, then the fixed and the new by check. "lines": the new ones, and the lists that are cut. "csv", "json":
 * all, with a first column `change`: fixed, new, stays, cut. before_plan names the files of what was fixed. */
RMT_MUST_CHECK rmt_status rmt_findings_change_write(rmt_text *out, const rmt_findings_change *c,
                                                    const rmt_plan *before_plan,
                                                    const rmt_findings_of *now, const char *format,
                                                    rmt_error *err);
#endif
