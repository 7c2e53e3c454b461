/* analysis.h - what the analysing stages share: settings, and /outcomes cut into cells.
 * Layer: stage. */
#ifndef RMT_ANALYSIS_H
#define RMT_ANALYSIS_H
#include "rmt/stage.h"

/* ---- settings: command line, else the plan's entry, else the default ------------------------- */

/* The analysis entries to run: those of the plan (`analyses.<stage>`), or one empty entry (NULL). */
size_t rmt_analysis_n_entries(const rmt_node *entries);
const rmt_node *rmt_analysis_entry(const rmt_node *entries, size_t i);

/* One value. option: "conf-level"; the plan's key is the same with '_'. NULL when nowhere given. */
RMT_MUST_CHECK rmt_status rmt_setting_text(const char **out, const rmt_options *options,
                                           const rmt_node *entry, const char *option, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_setting_number(double *out, const rmt_options *options,
                                             const rmt_node *entry, const char *option,
                                             rmt_error *err);
/* Several values: a list or a single scalar in the plan. */
enum { RMT_SETTING_MAX = 256 };
typedef struct {
    const char *names[RMT_SETTING_MAX]; /* borrowed */
    size_t n;                           /* 0 = not given */
} rmt_setting_names;
RMT_MUST_CHECK rmt_status rmt_setting_list(rmt_setting_names *out, const rmt_options *options,
                                           const rmt_node *entry, const char *option,
                                           rmt_error *err);
bool rmt_setting_holds(const rmt_setting_names *s, const char *name);
/* Tells run which options the plan's entries set, so that /provenance does not record their defaults. */
void rmt_setting_note_plan_keys(rmt_stage_run *run, const rmt_node *entries, const rmt_option *options,
                                size_t n_options);

/* ---- /outcomes as cells ------------------------------------------------------------------------ */

/* The rows of one parameter at one visit in one arm are one cell. */
typedef struct {
    const rmt_table *t; /* /outcomes, borrowed */
    /* columns */
    size_t subject, arm, paramcd, outcome, scale, visit, visit_n, aval, base, chg, ablfl, dxfl, respfl, respdef, remfl,
        remdef, dxlossfl;
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
/* Somebody has a value there. */
bool rmt_cells_observed(const rmt_cells *c, size_t param, size_t visit);

/* The names a selection may hold, checked: RMT_ERR_USAGE or RMT_ERR_CONFIG naming the nearest. */
RMT_MUST_CHECK rmt_status rmt_setting_check(const rmt_setting_names *s, const char *what,
                                            const char *const *valid, size_t n_valid,
                                            rmt_error *err);

/* Writing result rows: text and number by column, with missing left missing. */
RMT_MUST_CHECK rmt_status rmt_result_text(rmt_table *t, size_t col, const char *s, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_result_number(rmt_table *t, size_t col, double x, rmt_error *err);
void rmt_result_integer(rmt_table *t, size_t col, long x);
#endif
