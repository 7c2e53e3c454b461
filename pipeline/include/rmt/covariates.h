/* covariates.h - columns of the subject table as the columns of a design matrix.
 * Layer: stage. */
#ifndef RMT_COVARIATES_H
#define RMT_COVARIATES_H
#include "rmt/analysis.h"

typedef struct rmt_covariates rmt_covariates;

/* names: columns of the plan's subject table. Number, integer and boolean columns enter as they are; text columns as
 * indicators of each level but the first (levels by bytes). RMT_ERR_CONFIG for an unknown column. */
RMT_MUST_CHECK rmt_status rmt_covariates_new(rmt_covariates **out, rmt_stage_run *run,
                                             const rmt_setting_names *names, rmt_error *err);
void rmt_covariates_free(rmt_covariates *c);
/* Design columns. */
size_t rmt_covariates_n(const rmt_covariates *c);
/* Fills x[0..n) for one subject; false when the subject is unknown or a value is missing. */
bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *x);
#endif
