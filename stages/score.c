/* score: items and totals -> the analysis dataset.
 * Memory: O(rows). Reads: /tables, /validation. Adds: /outcomes. */
#include "rmt/mem.h"
#include "rmt/named_tables.h"
#include "rmt/outcomes.h"
#include "rmt/stage.h"

static const char *const needs[] = {"/tables", "/validation"};
static const char *const adds[] = {"/outcomes"};

static const char flagged[] = "/validation/flagged";

static bool applies(const rmt_plan *plan)
{
    return plan && plan->n_outcomes > 0;
}

static rmt_status run_score(rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_named_table *tables = NULL;
    rmt_table *outcomes = NULL;
    rmt_outcomes_input in = {.plan = run->plan};
    if ((st = rmt_stage_named_tables(&tables, &in.n_tables, run, err))) goto done;
    in.tables = tables;
    if (!rmt_study_has(run->study, flagged)) {
        st = rmt_fail(err, RMT_ERR_INCONSISTENT,
                      "no table %s in this study file: another version of remit, or other "
                      "software, has validated it; run 'remit validate' again",
                      flagged);
        goto done;
    }
    if ((st = rmt_study_get(&in.flagged, run->study, flagged, err))) goto done;
    if ((st = rmt_outcomes_build(&outcomes, &in, run->notes, err))) goto done;
    st = rmt_study_put(run->study, "/outcomes", &outcomes, err);
done:
    rmt_table_free(outcomes);
    rmt_mem_free(tables);
    return st;
}

const rmt_stage rmt_stage_score = {
    .name = "score",
    .summary = "score instruments; change, response, remission, loss of diagnosis",
    .description = "Scores every outcome of the plan by its instrument's definition and writes "
                   "/outcomes: one row per "
                   "subject, scale and visit with CDISC ADaM BDS names (USUBJID, TRT01P, PARAMCD, "
                   "AVISIT, AVAL, BASE, CHG, "
                   "PCHG, ...), the diagnostic rule, and response and remission by the definitions "
                   "that the plan "
                   "names (default: the instrument's first; RESPDEF and REMDEF say which).\n\n"
                   "A total needs all items unless the plan allows missing ones "
                   "(max_missing_items): then the sum is the "
                   "mean of the items present times their number, and DTYPE says PRORATED. An item "
                   "out of range is never "
                   "scored. A subject without a record at a visit has a row with AVAL missing and "
                   "the reason beside it "
                   "(AVAL__missing), so that nobody is silently absent.",
    .kind = RMT_STAGE_FILTER,
    .memory = "O(rows)",
    .needs = needs,
    .n_needs = sizeof needs / sizeof needs[0],
    .adds = adds,
    .n_adds = sizeof adds / sizeof adds[0],
    .applies = applies,
    .run = run_score,
};
