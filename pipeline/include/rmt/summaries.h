/* summaries.h - published numbers as pairs of arms: one comparison per treatment row (long layout), or
 * per row (wide layout).
 * Layer: stage. Memory: O(comparisons). Safe to read from many threads. */
#ifndef RMT_SUMMARIES_H
#define RMT_SUMMARIES_H
#include "rmt/moments.h"
#include "rmt/proportion.h"
#include "rmt/stage.h"

typedef struct {
    const char *study, *outcome, *visit; /* "" = not given; borrowed from the list */
    const char *arm[2];                  /* treatment, control; borrowed likewise */
    rmt_arm summary[2];                  /* points, as printed; NaN or n = 0 where not printed */
    rmt_count count[2];                  /* participants; events -1, n 0 where not printed */
    size_t line;                         /* of the treatment's row in its file */
} rmt_comparison;

typedef struct rmt_comparisons rmt_comparisons;

/* Long layout: each row whose role is "treatment" against the one row of the same study, outcome and
 * visit whose role is "control"; rows with another role are left alone.
 * Errors:    RMT_ERR_INCONSISTENT, with the line: the control is absent or double, a column is absent
 *            or of text where numbers are needed, a count is not whole or not in 0..1e9. *out is
 *            untouched on failure.
 * Ownership: caller, rmt_comparisons_free (NULL allowed). Borrows the table from run->study, which must
 *            outlive the list. */
RMT_MUST_CHECK rmt_status rmt_comparisons_new(rmt_comparisons **out, rmt_stage_run *run,
                                              const rmt_plan_summary *summary, rmt_error *err);
void rmt_comparisons_free(rmt_comparisons *c);
size_t rmt_comparisons_n(const rmt_comparisons *c);
/* Borrowed; i < rmt_comparisons_n(c). In the order of the table's rows. */
const rmt_comparison *rmt_comparisons_at(const rmt_comparisons *c, size_t i);
#endif
