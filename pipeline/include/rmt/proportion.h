/* proportion.h - proportions, and their comparison between two arms.
 * Layer: stats. Pure: no I/O, no allocation, no global state; thread-safe.
 * Keys in [brackets] are entries of pipeline/REFERENCES.md.
 *
 * Shapes:    scalars throughout. Units: proportions and their differences in 0..1, ratios unitless.
 * Ownership: the caller owns everything; `out` is untouched on failure.
 * Errors:    RMT_ERR_DEGENERATE with a reason fit for a result's note: "n<1", "negative_events",
 *            "events>n", "n>1e9", "level_outside_0_1". Nothing is ever added to a cell. */
#ifndef RMT_PROPORTION_H
#define RMT_PROPORTION_H
#include "rmt/effect.h"
#include "rmt/status.h"

typedef struct {
    long events; /* participants with the event, 0..n */
    long n;      /* participants observed, 1..1e9     */
} rmt_count;

typedef struct {
    double estimate; /* events / n */
    double ci_low;   /* >= 0       */
    double ci_high;  /* <= 1       */
} rmt_proportion;

/* Wilson's score interval, without continuity correction.
 *   (2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2 (n + z^2)), lower limit by its conjugate
 * Source:   [Wilson1927]; [Newcombe1998a] method 3; as R prop.test(correct = FALSE).
 * Accuracy: FUNC; limits are exactly 0 at x = 0 and 1 at x = n. */
RMT_MUST_CHECK rmt_status rmt_ci_wilson(rmt_proportion *out, const rmt_count *count, double level,
                                        rmt_error *err);

/* The exact interval of Clopper and Pearson, from quantiles of the beta distribution.
 *   low = B^-1(a/2; x, n-x+1), high = B^-1(1-a/2; x+1, n-x); 0 at x = 0, 1 at x = n
 * Source:   [Clopper1934]; as R binom.test.
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_ci_clopper_pearson(rmt_proportion *out, const rmt_count *count,
                                                 double level, rmt_error *err);

/* Risk difference d = p_t - p_c with the hybrid score interval of Newcombe, no continuity correction.
 *   ci_low  = d - sqrt((p_t - l_t)^2 + (u_c - p_c)^2)
 *   ci_high = d + sqrt((u_t - p_t)^2 + (p_c - l_c)^2),  l, u the Wilson limits of each arm
 *   se = sqrt(p_t q_t/n_t + p_c q_c/n_c), Wald's, for pooling: 0 when both proportions are 0 or 1;
 *        the interval does not use it
 *   statistic z = d / sqrt(p q (1/n_t + 1/n_c)), p pooled: the score test; z = 0 and p = 1 when
 *        nobody or everybody has the event
 * Interval and test are of different families: near the border they can disagree.
 * Source:   [Newcombe1998b] method 10; the test as R prop.test(correct = FALSE).
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_risk_difference(rmt_estimate *out, const rmt_count *treat,
                                              const rmt_count *control, double level,
                                              rmt_error *err);

/* Risk ratio p_t / p_c, Wald on the log scale.
 *   se^2 = 1/x_t - 1/n_t + 1/x_c - 1/n_c, statistic = ln RR / se, ci = exp(ln RR -/+ z se)
 * Source:   [Katz1978]; as metafor escalc(measure = "RR").
 * Units:    estimate, ci_low and ci_high are ratios; se is that of ln RR.
 * Errors:   also "zero_events" (an arm has none), "zero_se" (everybody has the event in both arms).
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_risk_ratio(rmt_estimate *out, const rmt_count *treat,
                                         const rmt_count *control, double level, rmt_error *err);

/* Odds ratio (x_t (n_c - x_c)) / (x_c (n_t - x_t)), Woolf's log Wald interval.
 *   se^2 = 1/x_t + 1/(n_t - x_t) + 1/x_c + 1/(n_c - x_c), the rest as for the risk ratio
 * Source:   [Woolf1955]; as metafor escalc(measure = "OR").
 * Units:    estimate, ci_low and ci_high are ratios; se is that of ln OR.
 * Errors:   also "zero_events", "zero_non_events".
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_odds_ratio(rmt_estimate *out, const rmt_count *treat,
                                         const rmt_count *control, double level, rmt_error *err);

typedef enum {
    RMT_EVENT_DESIRED,  /* response, remission: more events = benefit */
    RMT_EVENT_UNDESIRED /* relapse, dropout: fewer events = benefit   */
} rmt_event_meaning;

/* A number needed to treat with its direction: NNT for benefit, or for harm. */
typedef struct {
    double number; /* > 0; infinite where the risk difference is exactly 0 */
    bool benefit;  /* true: to benefit; false: to harm                     */
} rmt_nnt_value;

typedef struct {
    rmt_nnt_value nnt;
    rmt_nnt_value worst; /* the interval's end nearest to (or farthest into) harm      */
    rmt_nnt_value best;  /* its end nearest to (or farthest into) benefit              */
    bool spans_infinity; /* the interval runs from worst over infinity to best         */
} rmt_nnt_result;

/* Number needed to treat, with Newcombe's limits inverted.
 *   nnt = 1/|d|, d the risk difference; worst and best = 1/|limit of d|
 * When the interval of d lies on one side of 0 both ends have one direction. When it holds 0
 * spans_infinity is true and it reads "NNTH worst to infinity to NNTB best"; an end at exactly 0 is
 * infinite, with spans_infinity true.
 * Source:   [Altman1998], [Bender2001] (limits from score intervals).
 * Units:    participants treated for one event more (or less).
 * Errors:   also "zero_difference" (no direction, no number).
 * Accuracy: FUNC. */
RMT_MUST_CHECK rmt_status rmt_nnt(rmt_nnt_result *out, const rmt_count *treat,
                                  const rmt_count *control, rmt_event_meaning meaning, double level,
                                  rmt_error *err);

/* Fisher's exact test, two-sided.
 *   p = the sum of the probabilities of all tables with the same margins that are no more probable
 *   than the observed one, times 1 + 1e-7 against rounding in ties (R's rule)
 * By recurrence from the mode: no factorial, no overflow; time O(sd of the table's cell).
 * Source:   [Fisher1935], as R fisher.test.
 * Accuracy: FUNC for p > 3e-308; a p below the smallest normal double may be 0. */
RMT_MUST_CHECK rmt_status rmt_fisher_exact(double *p, const rmt_count *treat,
                                           const rmt_count *control, rmt_error *err);
#endif
