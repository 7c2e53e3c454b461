/* recognise_summaries.c - tables of published numbers: means and SDs, or events, of arms. See rmt/recognise.h. */
#include "recognise_parts.h"

#include <stdio.h>
#include <string.h>

/* Plain names, by rmt_summary_quantity. */
static const char *const quantities[RMT_N_QUANTITIES][6] = {
    {"mean", "m", "avg", "mittelwert", "mw", NULL},
    {"sd", "std", "stddev", "standarddeviation", NULL},
    {"n", "nobs", "samplesize", NULL},
    {"events", "event", "responders", NULL},
    {"total", "totaln", "n", NULL}};
/* What tells the columns of a side, before or behind the quantity. */
static const char *const treatments[] = {"treatment",
                                         "treat",
                                         "trt",
                                         "tx",
                                         "intervention",
                                         "experimental",
                                         "exp",
                                         "active",
                                         "drug",
                                         "verum",
                                         "e",
                                         "t",
                                         "i",
                                         NULL};
static const char *const controls[] = {"control",    "con",     "ctl", "ctrl",     "comparator",
                                       "comparison", "placebo", "pbo", "waitlist", "wl",
                                       "tau",        "sham",    "c",   NULL};
static const char *const numbered[][2] = {{"arm1", "arm2"}, {"group1", "group2"}, {"1", "2"}};

const char *rmt_recognised_quantity(const rmt_recognised_table *t, rmt_summary_quantity quantity,
                                    const char *side)
{
    for (size_t k = 0; quantities[quantity][k]; k++)
        for (size_t i = 0; i < t->n_columns; i++) {
            char plain[NAME_MAX_BYTES], behind[NAME_MAX_BYTES], before[NAME_MAX_BYTES];
            rmt_plain_name(plain, t->columns[i].name);
            snprintf(behind, sizeof behind, "%s%s", quantities[quantity][k], side);
            snprintf(before, sizeof before, "%s%s", side, quantities[quantity][k]);
            if (rmt_facts_is_number(&t->columns[i]) &&
                (strcmp(plain, behind) == 0 || strcmp(plain, before) == 0))
                return t->columns[i].name;
        }
    return NULL;
}

static bool has_numbers(const rmt_recognised_table *t, const char *side)
{
    const char *at[RMT_N_QUANTITIES];
    for (rmt_summary_quantity q = 0; q < RMT_N_QUANTITIES; q++)
        at[q] = rmt_recognised_quantity(t, q, side);
    return at[RMT_SUMMARY_N] && ((at[RMT_SUMMARY_MEAN] && at[RMT_SUMMARY_SD]) ||
                                 (at[RMT_SUMMARY_EVENTS] && at[RMT_SUMMARY_TOTAL]));
}

static const char *side_of(const rmt_recognised_table *t, const char *const *sides)
{
    for (size_t i = 0; sides[i]; i++)
        if (has_numbers(t, sides[i])) return sides[i];
    return NULL;
}

bool rmt_is_summary_table(rmt_recognised_table *t)
{
    if (has_numbers(t, "")) return true;
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++)
        if (has_numbers(t, numbered[i][0]) && has_numbers(t, numbered[i][1])) {
            memcpy(t->sides, numbered[i], sizeof t->sides);
            return true;
        }
    const char *treatment = side_of(t, treatments), *control = side_of(t, controls);
    if (!treatment || !control) return false;
    t->sides[0] = treatment, t->sides[1] = control;
    return true;
}
