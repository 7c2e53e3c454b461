/* effect.h - differences between two arms in a continuous outcome, raw and standardised.
 * Layer: stats. Pure: no I/O, no allocation, no global state; thread-safe.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md.
 *
 * The sign is always treatment minus control: on a symptom scale negative means that the treatment
 * arm is better off. Everything is computed from two rmt_arm, so that published summaries and
 * participants go the same way.
 *
 * Shapes:    scalars throughout.
 * Ownership: the caller owns everything; `out` is untouched on failure.
 * Errors:    RMT_ERR_DEGENERATE with a reason fit for a result's note: "n<2" (an arm), "not_finite",
 *            "negative_sd", "zero_sd" (both arms), "overflow", "level_outside_0_1". */
#ifndef RMT_EFFECT_H
#define RMT_EFFECT_H
#include "rmt/moments.h"
#include "rmt/status.h"

/* One estimate with its test of "no effect" and its interval. All finite, but for df. */
typedef struct {
    double estimate;
    double se;        /* > 0; on the scale the function names             */
    double df;        /* degrees of freedom of statistic; NaN = normal    */
    double statistic; /* t or z                                           */
    double p;         /* two-sided                                        */
    double ci_low;
    double ci_high;
} rmt_estimate;

/* Mean difference with unequal variances.
 *   md = m_t - m_c,  se^2 = s_t^2/n_t + s_c^2/n_c,  t = md/se
 *   df = se^4 / ((s_t^2/n_t)^2/(n_t-1) + (s_c^2/n_c)^2/(n_c-1)),  ci = md -/+ t_df se
 * Source:   [Welch1947] df, [Satterthwaite1946]; as R t.test(var.equal = FALSE).
 * Units:    estimate and se in the units of the arms. One zero SD is allowed, two are "zero_sd".
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_effect_mean_difference_welch(rmt_estimate *out, const rmt_arm *treat,
                                                           const rmt_arm *control, double level,
                                                           rmt_error *err);

/* Mean difference with one pooled variance.
 *   sp^2 = ((n_t-1) s_t^2 + (n_c-1) s_c^2) / df,  df = n_t + n_c - 2,  se = sp sqrt(1/n_t + 1/n_c)
 * Source:   [Student1908]; as R t.test(var.equal = TRUE).
 * Units:    as above.
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_effect_mean_difference_pooled(rmt_estimate *out, const rmt_arm *treat,
                                                            const rmt_arm *control, double level,
                                                            rmt_error *err);

typedef enum {
    /* Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)), m = n_t + n_c - 2 [Hedges1981] */
    RMT_J_EXACT,
    /* 1 - 3/(4 m - 1), the same m [Hedges1981] */
    RMT_J_APPROXIMATE
} rmt_j;

typedef enum {
    /* 1/n_t + 1/n_c + g^2/(2 (n_t + n_c)): metafor escalc vtype "LS" [Hedges1982] */
    RMT_VAR_G_LS,
    /* the same with the uncorrected d: the Metapsy data files' g_se [Metapsy2023] */
    RMT_VAR_D_LS
} rmt_g_variance;

typedef enum {
    RMT_CI_NONCENTRAL_T, /* see rmt_effect_hedges_g */
    RMT_CI_LARGE_SAMPLE
} rmt_g_ci;

typedef struct {
    rmt_j correction;
    rmt_g_variance variance;
    rmt_g_ci ci;
    double level; /* of the interval, 0 < level < 1 */
} rmt_hedges_options;

/* The small-sample factor J for m degrees of freedom.
 *   by tgamma below m = 100, by the asymptotic series of the ratio [Tricomi1951] from there
 * Source:   [Hedges1981].
 * Units:    unitless, in (0, 1).
 * Errors:   "df<2" for m < 2.
 * Accuracy: 1e-14 relative for every m. */
RMT_MUST_CHECK rmt_status rmt_effect_small_sample_factor(double *out, double m, rmt_j correction,
                                                         rmt_error *err);

/* Cohen's d, the mean difference over the pooled SD, without correction.
 *   d = (m_t - m_c)/sp,  se^2 = 1/n_t + 1/n_c + d^2/(2 (n_t + n_c))
 * Interval and test as in rmt_effect_hedges_g with J = 1; its options' correction and variance are
 * not used.
 * Source:   [Cohen1988], se [Hedges1982].
 * Units:    unitless.
 * Accuracy: FUNC, interval ITER (1e-9). */
RMT_MUST_CHECK rmt_status rmt_effect_cohen_d(rmt_estimate *out, const rmt_arm *treat,
                                             const rmt_arm *control, rmt_g_ci ci, double level,
                                             rmt_error *err);

/* Hedges' g = J d, with the convention of each part chosen in the options.
 *   RMT_CI_NONCENTRAL_T: t = d / h with h = sqrt(1/n_t + 1/n_c). With ncp_lo and ncp_hi the
 *     noncentralities that put t at the upper and lower tail a/2 (m df), the interval is
 *     J h ncp_lo to J h ncp_hi, J the chosen factor. That is what R effectsize::hedges_g computes
 *     (there always the exact J); MBESS::ci.smd gives the same without J, that is the interval of
 *     rmt_effect_cohen_d. Test: t with m df, which agrees with this interval exactly.
 *   RMT_CI_LARGE_SAMPLE: g -/+ z se. Test: z = g/se, df NaN. As metafor.
 *   se always comes from the variance option, the noncentral interval does not use it.
 * Source:   [Hedges1981], [Hedges1982], [Steiger1997].
 * Units:    unitless.
 * Accuracy: FUNC, noncentral interval ITER (1e-9). */
RMT_MUST_CHECK rmt_status rmt_effect_hedges_g(rmt_estimate *out, const rmt_arm *treat,
                                              const rmt_arm *control,
                                              const rmt_hedges_options *options, rmt_error *err);
#endif
