/* covariates.h - columns of the subject table as the columns of a design matrix.
 * Layer: stage. Memory: O(subjects). Safe to read from many threads. */
#ifndef RMT_COVARIATES_H
#define RMT_COVARIATES_H
#include "rmt/settings.h"
#include "rmt/stage.h"
#include "rmt/text.h"

typedef struct rmt_covariates rmt_covariates;

/* names: columns of the plan's subject table. Number, integer and boolean columns enter as they are, in
 * their own unit. Text columns, and the plan's strata whatever their type, are factors (levels by
 * bytes, numbers by size).
 * Errors:    RMT_ERR_CONFIG the plan names no subject table, or the table has no such column.
 *            RMT_ERR_INCONSISTENT no schema declares the column, it is text, and most of its values are
 *            numbers: file, line and value of the first that is none. *out is untouched on failure.
 * Ownership: caller, rmt_covariates_free (NULL allowed). Borrows the table from run->study and texts of
 *            run->plan: both must outlive it; names is not kept. */
RMT_MUST_CHECK rmt_status rmt_covariates_new(rmt_covariates **out, rmt_stage_run *run,
                                             const rmt_setting_names *names, rmt_error *err);
void rmt_covariates_free(rmt_covariates *c);
/* How many: the columns of names. */
size_t rmt_covariates_n(const rmt_covariates *c);
/* Fills values[0..rmt_covariates_n(c)) for one subject: of a factor the number of its level. False when the
 * subject is unknown or a value is missing; values is then of no use. O(columns x log subjects). */
bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *values);
/* The design matrix of the people analysed. values: n_rows rows, each the baseline and then what
 * rmt_covariates_of gave. *x: n_rows rows of *n_columns, the baseline, numbers as they are, and of each
 * factor an indicator (0 or 1) of every level that somebody is in but the first of these. terms gets
 * " + age + site (factor of 3 levels)" added.
 * Ownership: *x caller, rmt_mem_free; untouched on failure. */
RMT_MUST_CHECK rmt_status rmt_covariates_design(double **x, size_t *n_columns, rmt_text *terms,
                                                const rmt_covariates *c, const double *values,
                                                size_t n_rows, rmt_error *err);
#endif
