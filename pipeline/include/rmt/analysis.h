/* analysis.h - the run that all analysing stages share: the plan's entries, one after the other, over the
 * cells of /outcomes and the published summaries.
 * Layer: stage. Memory: O(rows of /outcomes). */
#ifndef RMT_ANALYSIS_H
#define RMT_ANALYSIS_H
#include "rmt/cells.h"
#include "rmt/result_rows.h"
#include "rmt/settings.h"
#include "rmt/stage.h"
#include "rmt/summaries.h"

/* What every entry says: on what, and at which level. */
typedef struct {
    rmt_setting_names outcomes, visits, summaries;
    double level; /* of confidence intervals */
} rmt_selection;

/* Option rows of rmt_selection, for the stage's table. `outcomes` and `summaries`: what is taken by
 * default. */
#define RMT_SELECTION_OPTIONS(outcomes, summaries_default)                                         \
    {.name = "outcome",                                                                            \
     .kind = RMT_OPTION_LIST,                                                                      \
     .placeholder = "NAME",                                                                        \
     .result = true,                                                                               \
     .help = "outcomes of the plan to analyse (default: " outcomes ")"},                           \
        {.name = "visit",                                                                          \
         .kind = RMT_OPTION_LIST,                                                                  \
         .placeholder = "NAME",                                                                    \
         .result = true,                                                                           \
         .help =                                                                                   \
             "visits of the plan to analyse (default: every visit after baseline with a value)"},  \
        {.name = "summaries",                                                                      \
         .kind = RMT_OPTION_LIST,                                                                  \
         .placeholder = "NAME",                                                                    \
         .result = true,                                                                           \
         .help = "published summaries of the plan to analyse (default: " summaries_default ")"},   \
    {                                                                                              \
        .name = "conf-level", .kind = RMT_OPTION_NUMBER, .placeholder = "LEVEL", .result = true,   \
        .initial = "0.95", .min = 0.0, .max = 1.0, .open = true,                                   \
        .help = "confidence level of intervals"                                                    \
    }

/* An analysing stage, described; the state is the stage's own. */
typedef struct {
    const char *stage, *path, *title; /* "effects", "/results/effects", title of the table */
    const rmt_column_spec *columns;
    size_t n_columns;
    const rmt_option *options;
    size_t n_options;
    /* why a cell that was asked for has no row: "no selected outcome defines the selected events" */
    const char *no_rows;
    /* Reads the stage's own settings of one entry into a new *state. */
    rmt_status (*begin)(void **state, rmt_stage_run *run, const rmt_node *entry,
                        const rmt_selection *selection, rmt_error *err);
    void (*end)(void *state);
    /* Adds the rows of one parameter at one visit. */
    rmt_status (*add_cell)(void *state, const rmt_cells *cells, size_t param, size_t visit,
                           rmt_table *out, rmt_error *err);
    /* Adds the rows of one published comparison; *used = false when it holds no numbers for this
     * stage. */
    rmt_status (*add_published)(void *state, const rmt_plan_summary *summary,
                                const rmt_comparison *comparison, bool *used, rmt_table *out,
                                rmt_error *err);
    bool of_means;                                        /* published: reads means; else counts */
    bool (*has_numbers)(const rmt_plan_summary *summary); /* columns for this stage are named */
} rmt_analysis;

/* Runs every entry of the plan (`entries`; NULL = one with the defaults): the selected outcomes at
 * the selected visits, then the selected summaries, and puts the table into the study.
 *   - Summaries are analysed by default only where no outcome is selected, and outcomes only where no
 *     summary is.
 *   - Of rows that are equal in every cell the first stays: options that override the plan can make
 *     two entries ask for the same.
 *   - An entry without a single row, and a study in which nobody's arm is known, are a warning in
 *     run->notes that names the cause.
 * Errors:   RMT_ERR_INCONSISTENT without /outcomes where the plan has outcomes; those of the stage's
 *           functions, of settings.h, cells.h and summaries.h. */
RMT_MUST_CHECK rmt_status rmt_analysis_run(const rmt_analysis *analysis, rmt_stage_run *run,
                                           const rmt_node *entries, rmt_error *err);
#endif
