/* analysis.h - what the analysing stages share: settings, and /outcomes cut into cells.
 * Layer: stage. */
#ifndef RMT_ANALYSIS_H
#define RMT_ANALYSIS_H
#include "rmt/stage.h"
#include "rmt/summaries.h"

/* ---- settings: command line, else the plan's entry, else the default ------------------------- */

/* One value. option: "conf-level"; the plan's key is the same with '_'. NULL when nowhere given. */
RMT_MUST_CHECK rmt_status rmt_setting_text(const char **out, const rmt_options *options,
                                           const rmt_node *entry, const char *option,
                                           rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_setting_number(double *out, const rmt_options *options,
                                             const rmt_node *entry, const char *option,
                                             rmt_error *err);
/* Several values: a list or a single scalar in the plan. */
enum { RMT_SETTING_MAX = 256 };
typedef struct {
    const char *names[RMT_SETTING_MAX]; /* borrowed */
    size_t n;                           /* 0 = not given */
    bool from_option;                   /* given on the command line, not by the plan */
} rmt_setting_names;
RMT_MUST_CHECK rmt_status rmt_setting_list(rmt_setting_names *out, const rmt_options *options,
                                           const rmt_node *entry, const char *option,
                                           rmt_error *err);
bool rmt_setting_holds(const rmt_setting_names *s, const char *name);
/* ---- /outcomes as cells ------------------------------------------------------------------------
 */

/* The rows of one parameter at one visit in one arm are one cell. */
typedef struct {
    const rmt_table *t; /* /outcomes, borrowed */
    /* columns */
    size_t subject, arm, paramcd, outcome, scale, visit, aval, base, chg, dxfl, respfl, respdef,
        remfl, remdef, dxlossfl, flagged;
    const char **params; /* PARAMCD in order of the plan; borrowed texts */
    const char **param_outcome, **param_scale;
    size_t n_params;
    const char **visits; /* scheduled visits in order */
    bool *visit_is_baseline;
    size_t n_visits;
    const char **arms; /* the plan's order, else by bytes with the reference arm last */
    size_t n_arms, reference;
    size_t *rows;   /* row numbers, cell after cell, by subject within a cell */
    size_t *starts; /* n_params * n_visits * n_arms + 1 */
} rmt_cells;

RMT_MUST_CHECK rmt_status rmt_cells_new(rmt_cells **out, const rmt_table *outcomes,
                                        const rmt_plan *plan, rmt_error *err);
void rmt_cells_free(rmt_cells *c);
/* Borrowed row numbers of a cell. */
const size_t *rmt_cells_rows(const rmt_cells *c, size_t param, size_t visit, size_t arm, size_t *n);
/* Values of a cell whose record has an error in /validation/issues (--keep-going): results say how many. */
size_t rmt_cells_flagged(const rmt_cells *c, size_t param, size_t visit, size_t arm);
/* "3 values of records with validation errors"; "" for none. Returns buf. */
enum { RMT_FLAGGED_NOTE = 96 };
const char *rmt_cells_flagged_note(char buf[RMT_FLAGGED_NOTE], size_t n_flagged);
/* Somebody has a value there. */
bool rmt_cells_observed(const rmt_cells *c, size_t param, size_t visit);

/* The names a selection may hold, checked: RMT_ERR_USAGE or RMT_ERR_CONFIG naming the nearest. */
RMT_MUST_CHECK rmt_status rmt_setting_check(const rmt_setting_names *s, const char *what,
                                            const char *const *valid, size_t n_valid,
                                            rmt_error *err);

/* ---- the run that all analysing stages share ---------------------------------------------------
 */

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
    bool (*has_numbers)(const rmt_plan_summary *summary); /* columns for this stage are named */
} rmt_analysis;

/* Runs every entry of the plan (`entries`; NULL = one with the defaults): the selected outcomes at
 * the selected visits, then the selected summaries, and puts the table into the study. Summaries
 * are analysed by default only where no outcome is selected, and outcomes only where no summary is.
 */
RMT_MUST_CHECK rmt_status rmt_analysis_run(const rmt_analysis *analysis, rmt_stage_run *run,
                                           const rmt_node *entries, rmt_error *err);

/* A degenerate estimate is a result: an empty estimate with its reason, and the note. Any other
 * failure is handed on with `why`. st != RMT_OK. */
RMT_MUST_CHECK rmt_status rmt_result_degenerate(rmt_table *t, size_t estimate_col, size_t note_col,
                                                rmt_status st, const rmt_error *why,
                                                rmt_error *err);
/* Writing result rows: text and number by column, with missing left missing. */
RMT_MUST_CHECK rmt_status rmt_result_text(rmt_table *t, size_t col, const char *s, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_result_number(rmt_table *t, size_t col, double x, rmt_error *err);
void rmt_result_integer(rmt_table *t, size_t col, long x);
#endif
