/* covariates.h - columns of the subject table as the columns of a design matrix.
 * Layer: stage. Memory: O(subjects). Safe to read from many threads. */
#ifndef RMT_COVARIATES_H
#define RMT_COVARIATES_H
#include "rmt/settings.h"
#include "rmt/stage.h"

typedef struct rmt_covariates rmt_covariates;

/* names: columns of the plan's subject table. Number, integer and boolean columns enter as they are, in
 * their own unit; text columns as indicators of each level but the first (levels by bytes). A column
 * of one level gives no design column.
 * Errors:    RMT_ERR_CONFIG the plan names no subject table, or the table has no such column; *out is
 *            untouched on failure.
 * Ownership: caller, rmt_covariates_free (NULL allowed). Borrows the table from run->study and texts of
 *            run->plan: both must outlive it; names is not kept. */
RMT_MUST_CHECK rmt_status rmt_covariates_new(rmt_covariates **out, rmt_stage_run *run,
                                             const rmt_setting_names *names, rmt_error *err);
void rmt_covariates_free(rmt_covariates *c);
/* Design columns: what rmt_covariates_of writes. */
size_t rmt_covariates_n(const rmt_covariates *c);
/* Fills x[0..rmt_covariates_n(c)) for one subject, indicators 0 or 1. False when the subject is unknown
 * or a value is missing; x is then of no use. O(log subjects + columns). */
bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *x);
#endif
