#include "rmt/regress.h"

#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

#include "estimate.h"
#include "rmt/dist.h"
#include "rmt/mem.h"
#include "rmt/moments.h"

/* A residual this small against y, in epsilons, is rounding: the fit is perfect. */
static const double PERFECT_FIT_EPSILONS = 64.0;

static rmt_status gsl_status(int code, rmt_error *err)
{
    if (code == GSL_SUCCESS) return RMT_OK;
    return rmt_fail(err, RMT_ERR_INTERNAL, "least squares: %s", gsl_strerror(code));
}

/* What one fit needs; all NULL is empty. */
typedef struct {
    gsl_matrix *qr;      /* n x k: X with unit columns, then its QR */
    gsl_matrix *inverse; /* k x k: R, then its inverse              */
    gsl_vector *tau, *b, *y, *residual, *length;
} workspace;

static void workspace_clear(workspace *w)
{
    gsl_matrix_free(w->qr); /* the free functions take NULL */
    gsl_matrix_free(w->inverse);
    gsl_vector_free(w->tau);
    gsl_vector_free(w->b);
    gsl_vector_free(w->y);
    gsl_vector_free(w->residual);
    gsl_vector_free(w->length);
}

static rmt_status workspace_init(workspace *w, size_t n, size_t k, rmt_error *err)
{
    if (n > RMT_MEM_CAP / sizeof(double) / k)
        return rmt_fail(err, RMT_ERR_NOMEM, "a design of %zu x %zu is too large", n, k);
    w->qr = gsl_matrix_alloc(n, k);
    w->inverse = gsl_matrix_calloc(k, k);
    w->tau = gsl_vector_alloc(k);
    w->b = gsl_vector_alloc(k);
    w->y = gsl_vector_alloc(n);
    w->residual = gsl_vector_alloc(n);
    w->length = gsl_vector_alloc(k);
    if (!w->qr || !w->inverse || !w->tau || !w->b || !w->y || !w->residual || !w->length)
        return rmt_fail(err, RMT_ERR_NOMEM, "no memory for a design of %zu x %zu", n, k);
    return RMT_OK;
}

/* Names the column as its caller knows it: ANCOVA's covariates follow two columns of its own. */
static rmt_status deficient(size_t column, size_t n_own, rmt_error *err)
{
    if (n_own > 0 && column >= n_own)
        return rmt_fail(err, RMT_ERR_DEGENERATE, "rank_deficient_covariate_%zu", column - n_own);
    return rmt_fail(err, RMT_ERR_DEGENERATE, "rank_deficient_column_%zu", column);
}

/* QR of the columns scaled to length 1. The diagonal of R then is what each column keeps beside
 * those before it. No pivoting, so that the column named is the first dependent one in the caller's
 * order. `whole` gives the lengths to judge by, NULL = the columns' own. */
static rmt_status decompose(workspace *w, const double *x, const double *whole, size_t n_own,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n = w->qr->size1, k = w->qr->size2;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(w->qr, i, j, x[i * k + j]);
    for (size_t j = 0; j < k; j++) {
        gsl_vector_view column = gsl_matrix_column(w->qr, j);
        double length = gsl_blas_dnrm2(&column.vector);
        if (!isfinite(length)) return rmt_degenerate(err, "overflow");
        if (!(length > 0.0)) return deficient(j, n_own, err);
        gsl_vector_set(w->length, j, length);
        for (size_t i = 0; i < n; i++)
            gsl_vector_set(&column.vector, i, gsl_vector_get(&column.vector, i) / length);
    }
    if ((st = gsl_status(gsl_linalg_QR_decomp(w->qr, w->tau), err))) return st;
    for (size_t j = 0; j < k; j++) {
        double share = fabs(gsl_matrix_get(w->qr, j, j));
        if (whole) share *= gsl_vector_get(w->length, j) / whole[j];
        if (!(share > RMT_OLS_RANK_TOLERANCE)) return deficient(j, n_own, err);
    }
    return RMT_OK;
}

static rmt_status solve(workspace *w, const double *y, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n = w->qr->size1, k = w->qr->size2;
    for (size_t i = 0; i < n; i++)
        gsl_vector_set(w->y, i, y[i]);
    if ((st = gsl_status(gsl_linalg_QR_lssolve(w->qr, w->tau, w->y, w->b, w->residual), err)))
        return st;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i; j < k; j++)
            gsl_matrix_set(w->inverse, i, j, gsl_matrix_get(w->qr, i, j));
    return gsl_status(gsl_linalg_tri_invert(CblasUpper, CblasNonUnit, w->inverse), err);
}

static rmt_status coefficient(rmt_estimate *out, const workspace *w, size_t j, double sigma,
                              double df, double critical, rmt_error *err)
{
    size_t k = w->qr->size2;
    /* row j of R^-1: its length is sqrt of (X'X)^-1 at jj, for unit columns */
    gsl_vector_const_view row = gsl_matrix_const_subrow(w->inverse, j, j, k - j);
    double length = gsl_vector_get(w->length, j);
    return rmt_estimate_by_t(out, gsl_vector_get(w->b, j) / length,
                             sigma * gsl_blas_dnrm2(&row.vector) / length, df, critical, err);
}

/* The fit behind both public functions. Writes coefficients [first, first + n_wanted). */
static rmt_status ols(rmt_estimate *out, size_t first, size_t n_wanted, rmt_ols_fit *fit,
                      const double *x, const double *whole, size_t n_own, const double *y, size_t n,
                      size_t k, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    workspace w = {0};
    rmt_estimate *kept = NULL;
    double critical = 0.0, df = (double)n - (double)k;

    if ((st = rmt_t_critical(&critical, level, df, err))) goto done;
    if ((st = workspace_init(&w, n, k, err))) goto done;
    if ((st = decompose(&w, x, whole, n_own, err))) goto done;
    if ((st = solve(&w, y, err))) goto done;
    double rest = gsl_blas_dnrm2(w.residual), size = gsl_blas_dnrm2(w.y);
    if (!isfinite(rest) || !isfinite(size)) {
        st = rmt_degenerate(err, "overflow");
        goto done;
    }
    if (rest <= PERFECT_FIT_EPSILONS * GSL_DBL_EPSILON * size) {
        st = rmt_degenerate(err, "zero_residual");
        goto done;
    }
    if (!(kept = rmt_mem_array(n_wanted, sizeof *kept, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    double sigma = rest / sqrt(df);
    for (size_t j = 0; j < n_wanted; j++)
        if ((st = coefficient(&kept[j], &w, first + j, sigma, df, critical, err))) goto done;
    if (!isfinite(rest * rest)) {
        st = rmt_degenerate(err, "overflow");
        goto done;
    }
    for (size_t j = 0; j < n_wanted; j++)
        out[j] = kept[j];
    if (fit) *fit = (rmt_ols_fit){.df = df, .sigma = sigma, .rss = rest * rest};
done:
    rmt_mem_free(kept);
    workspace_clear(&w);
    return st;
}

rmt_status rmt_ols(rmt_estimate *coefficients, rmt_ols_fit *fit, const double *x, const double *y,
                   size_t n_rows, size_t n_columns, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (n_columns < 1) return rmt_degenerate(err, "no_columns");
    if (n_rows <= n_columns) return rmt_degenerate(err, "df<1");
    if (n_rows > RMT_MEM_CAP / sizeof(double) / n_columns)
        return rmt_fail(err, RMT_ERR_NOMEM, "a design of %zu x %zu is too large", n_rows,
                        n_columns);
    if ((st = rmt_check_finite(x, n_rows * n_columns, err))) return st;
    if ((st = rmt_check_finite(y, n_rows, err))) return st;
    return ols(coefficients, 0, n_columns, fit, x, NULL, 0, y, n_rows, n_columns, level, err);
}

/* Length of column j of a row-major n x k array, and its mean. */
static rmt_status column_size(double *mean, double *length, double *column, const double *x,
                              size_t n, size_t k, size_t j, rmt_error *err)
{
    for (size_t i = 0; i < n; i++)
        column[i] = x[i * k + j];
    gsl_vector_const_view v = gsl_vector_const_view_array(column, n);
    *length = gsl_blas_dnrm2(&v.vector);
    return rmt_mean_of(mean, column, n, err);
}

rmt_status rmt_ancova(rmt_estimate *out, const double *outcome, const bool *in_treatment,
                      const double *covariates, size_t n, size_t n_covariates, double level,
                      rmt_error *err)
{
    enum { INTERCEPT, TREATMENT, N_OWN };
    rmt_status st = RMT_OK;
    double *x = NULL, *y = NULL, *column = NULL, *whole = NULL, outcome_mean = 0.0;
    size_t k = n_covariates + N_OWN, n_treated = 0;

    for (size_t i = 0; i < n; i++)
        n_treated += in_treatment[i] ? 1 : 0;
    if (n_treated == 0 || n_treated == n) return rmt_degenerate(err, "one_arm");
    if (n <= k) return rmt_degenerate(err, "df<1");
    if (n > RMT_MEM_CAP / sizeof(double) / k)
        return rmt_fail(err, RMT_ERR_NOMEM, "a design of %zu x %zu is too large", n, k);
    if ((st = rmt_check_finite(outcome, n, err))) return st;
    if ((st = rmt_check_finite(covariates, n * n_covariates, err))) return st;

    x = rmt_mem_array(n * k, sizeof *x, err);
    column = rmt_mem_array(n, sizeof *column, err);
    whole = rmt_mem_array(k, sizeof *whole, err);
    y = rmt_mem_array(n, sizeof *y, err);
    if (!x || !y || !column || !whole) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    /* The outcome is centred too: far from 0 (1e8) the fit would lose the digits of the
     * differences. */
    if ((st = rmt_mean_of(&outcome_mean, outcome, n, err))) goto done;
    for (size_t i = 0; i < n; i++)
        y[i] = outcome[i] - outcome_mean;
    whole[INTERCEPT] = sqrt((double)n);
    whole[TREATMENT] = sqrt((double)n_treated);
    for (size_t i = 0; i < n; i++) {
        x[i * k + INTERCEPT] = 1.0;
        x[i * k + TREATMENT] = in_treatment[i] ? 1.0 : 0.0;
    }
    for (size_t j = 0; j < n_covariates; j++) {
        double mean = 0.0;
        /* Judged by its length before centring: of a constant only rounding is left after. */
        if ((st = column_size(&mean, &whole[N_OWN + j], column, covariates, n, n_covariates, j,
                              err)))
            goto done;
        for (size_t i = 0; i < n; i++)
            x[i * k + N_OWN + j] = column[i] - mean;
    }
    st = ols(out, TREATMENT, 1, NULL, x, whole, N_OWN, y, n, k, level, err);
done:
    rmt_mem_free(y);
    rmt_mem_free(whole);
    rmt_mem_free(column);
    rmt_mem_free(x);
    return st;
}
