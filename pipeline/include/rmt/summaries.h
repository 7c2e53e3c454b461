/* summaries.h - published numbers as pairs of arms: one comparison per treatment row (long layout), or per
 * row (wide layout).
 * Layer: stage. */
#ifndef RMT_SUMMARIES_H
#define RMT_SUMMARIES_H
#include "rmt/moments.h"
#include "rmt/proportion.h"
#include "rmt/stage.h"

typedef struct {
    const char *study, *outcome, *visit; /* "" = not given; die with the list */
    const char *arm[2];                  /* treatment, control */
    rmt_arm summary[2];                  /* as printed; NaN or n = 0 where not printed */
    rmt_count count[2];                  /* events -1, n 0 where not printed */
    size_t line;                         /* of the treatment's row */
} rmt_comparison;

typedef struct rmt_comparisons rmt_comparisons;

/* Long layout: each row whose role is "treatment" against the one row of the same study, outcome and visit
 * whose role is "control"; rows with another role are left alone. RMT_ERR_INCONSISTENT, with the line, when the control is
 * absent or double, a column is absent, or a count is not whole. */
RMT_MUST_CHECK rmt_status rmt_comparisons_new(rmt_comparisons **out, rmt_stage_run *run,
                                              const rmt_plan_summary *summary, rmt_error *err);
void rmt_comparisons_free(rmt_comparisons *c);
size_t rmt_comparisons_n(const rmt_comparisons *c);
const rmt_comparison *rmt_comparisons_at(const rmt_comparisons *c, size_t i);
#endif
