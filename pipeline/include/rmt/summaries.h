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
    rmt_arm summary[2];                  /* points, as printed; NaN, n -1 where not printed */
    rmt_count count[2];                  /* participants; -1 where not printed */
    size_t line;                         /* of the treatment's row in its file */
} rmt_comparison;

typedef struct rmt_comparisons rmt_comparisons;

/* Long layout: each row whose role is "treatment" against the one row of the same study, outcome and
 * visit whose role is "control", in any case.
 * Errors:    RMT_ERR_INCONSISTENT, with file, line and column: a role is neither, the control is absent
 *            or double, a control has no treatment, a column is absent, a cell is no number where one is
 *            needed, a count is not whole or not in 0..1e9. *out is untouched on failure.
 * Ownership: caller, rmt_comparisons_free (NULL allowed). Borrows the table from run->study, which must
 *            outlive the list. */
RMT_MUST_CHECK rmt_status rmt_comparisons_new(rmt_comparisons **out, rmt_stage_run *run,
                                              const rmt_plan_summary *summary, rmt_error *err);
/* Warns of printed numbers that cannot be, each cell once: of means an SD that is not above 0 and an n of 0,
 * of counts more events than people and a total of 0. The plan has to be there still. */
RMT_MUST_CHECK rmt_status rmt_comparisons_warn(rmt_problems *notes, const rmt_comparisons *c,
                                               bool of_means, rmt_error *err);
void rmt_comparisons_free(rmt_comparisons *c);
size_t rmt_comparisons_n(const rmt_comparisons *c);
/* Borrowed; i < rmt_comparisons_n(c). In the order of the table's rows. */
const rmt_comparison *rmt_comparisons_at(const rmt_comparisons *c, size_t i);
#endif
