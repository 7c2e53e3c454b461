#include "rmt/proportion.h"

#include <float.h>
#include <math.h>

#include "estimate.h"
#include "rmt/dist.h"

enum { N_MAX = 1000000000 }; /* products of two counts stay exact in 64 bits */

/* R's guard in fisher.test: tables as probable as the observed one must not fall out by rounding.
 */
static const double TIE_TOLERANCE = 1e-7;

static rmt_status check_count(const rmt_count *c, rmt_error *err)
{
    if (c->n < 1) return rmt_degenerate(err, "n<1");
    if (c->events < 0) return rmt_degenerate(err, "negative_events");
    if (c->events > c->n) return rmt_degenerate(err, "events>n");
    if (c->n > N_MAX) return rmt_degenerate(err, "n>1e9");
    return RMT_OK;
}

static rmt_status check_arms(const rmt_count *treat, const rmt_count *control, rmt_error *err)
{
    rmt_status st = check_count(treat, err);
    return st ? st : check_count(control, err);
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Wilson's limits for a checked count. The lower one as 2x^2 / (n (A + B)), A = 2x + z^2 and B the
 * root: A - B would cancel for small x. */
static rmt_proportion wilson(const rmt_count *c, double z)
{
    double x = (double)c->events, n = (double)c->n, zz = z * z;
    double sum = 2.0 * x + zz + z * sqrt(zz + 4.0 * x * ((n - x) / n));
    rmt_proportion r = {.estimate = x / n};
    r.ci_low = c->events == 0 ? 0.0 : clamp(2.0 * x * (x / n) / sum, 0.0, r.estimate);
    r.ci_high = c->events == c->n ? 1.0 : clamp(sum / (2.0 * (n + zz)), r.estimate, 1.0);
    return r;
}

rmt_status rmt_ci_wilson(rmt_proportion *out, const rmt_count *count, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    double z = 0.0;
    if ((st = check_count(count, err))) return st;
    if ((st = rmt_normal_critical(&z, level, err))) return st;
    *out = wilson(count, z);
    return RMT_OK;
}

rmt_status rmt_ci_clopper_pearson(rmt_proportion *out, const rmt_count *count, double level,
                                  rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_count(count, err))) return st;
    if (!(level > 0.0 && level < 1.0)) return rmt_degenerate(err, "level_outside_0_1");
    double x = (double)count->events, n = (double)count->n, tail = (1.0 - level) / 2.0;
    rmt_proportion r = {.estimate = x / n, .ci_low = 0.0, .ci_high = 1.0};
    if (count->events > 0 && (st = rmt_beta_quantile(&r.ci_low, tail, x, n - x + 1.0, err)))
        return st;
    if (count->events < count->n &&
        (st = rmt_beta_quantile_upper(&r.ci_high, tail, x + 1.0, n - x, err)))
        return st;
    *out = r;
    return RMT_OK;
}

/* The difference of proportions over a numerator that does not round: x_t n_c - x_c n_t. */
static double difference(const rmt_count *t, const rmt_count *c)
{
    long long cross = (long long)t->events * c->n - (long long)c->events * t->n;
    return (double)cross / ((double)t->n * (double)c->n);
}

rmt_status rmt_risk_difference(rmt_estimate *out, const rmt_count *treat, const rmt_count *control,
                               double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    double z = 0.0;
    rmt_estimate e = {.df = (double)NAN, .statistic = 0.0, .p = 1.0};
    if ((st = check_arms(treat, control, err))) return st;
    if ((st = rmt_normal_critical(&z, level, err))) return st;
    rmt_proportion t = wilson(treat, z), c = wilson(control, z);
    double nt = (double)treat->n, nc = (double)control->n;
    double qt = (nt - (double)treat->events) / nt, qc = (nc - (double)control->events) / nc;
    double events = (double)treat->events + (double)control->events;
    e.estimate = difference(treat, control);
    e.se = sqrt(t.estimate * qt / nt + c.estimate * qc / nc);
    double pooled = events / (nt + nc) * ((nt + nc - events) / (nt + nc));
    if (pooled > 0.0) {
        e.statistic = e.estimate / sqrt(pooled * (1.0 / nt + 1.0 / nc));
        if ((st = rmt_normal_two_sided_p(&e.p, e.statistic, err))) return st;
    }
    double down = hypot(t.estimate - t.ci_low, c.ci_high - c.estimate);
    double up = hypot(t.ci_high - t.estimate, c.estimate - c.ci_low);
    e.ci_low = clamp(e.estimate - down, -1.0, 1.0);
    e.ci_high = clamp(e.estimate + up, -1.0, 1.0);
    *out = e;
    return RMT_OK;
}

/* ln(a/b) for exact whole a, b > 0, with full digits near a = b as well. */
static double log_ratio(long long a, long long b)
{
    double ratio = (double)a / (double)b;
    return ratio > 0.5 && ratio < 2.0 ? log1p((double)(a - b) / (double)b) : log(ratio);
}

static rmt_status by_log(rmt_estimate *out, long long numerator, long long denominator, double se,
                         double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    double z = 0.0, log_estimate = log_ratio(numerator, denominator);
    rmt_estimate e = {
        .estimate = (double)numerator / (double)denominator, .se = se, .df = (double)NAN};
    if ((st = rmt_normal_critical(&z, level, err))) return st;
    e.statistic = log_estimate / se;
    if ((st = rmt_normal_two_sided_p(&e.p, e.statistic, err))) return st;
    e.ci_low = exp(log_estimate - z * se);
    e.ci_high = exp(log_estimate + z * se);
    *out = e;
    return RMT_OK;
}

rmt_status rmt_risk_ratio(rmt_estimate *out, const rmt_count *treat, const rmt_count *control,
                          double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    if (treat->events == 0 || control->events == 0) return rmt_degenerate(err, "zero_events");
    if (treat->events == treat->n && control->events == control->n)
        return rmt_degenerate(err, "zero_se");
    double xt = (double)treat->events, nt = (double)treat->n;
    double xc = (double)control->events, nc = (double)control->n;
    /* 1/x - 1/n as (n - x)/(x n): the two terms would cancel when nearly everybody has the event */
    double se = sqrt((nt - xt) / (xt * nt) + (nc - xc) / (xc * nc));
    return by_log(out, (long long)treat->events * control->n, (long long)control->events * treat->n,
                  se, level, err);
}

rmt_status rmt_odds_ratio(rmt_estimate *out, const rmt_count *treat, const rmt_count *control,
                          double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    if (treat->events == 0 || control->events == 0) return rmt_degenerate(err, "zero_events");
    if (treat->events == treat->n || control->events == control->n)
        return rmt_degenerate(err, "zero_non_events");
    long long xt = treat->events, yt = treat->n - treat->events;
    long long xc = control->events, yc = control->n - control->events;
    double se = sqrt(1.0 / (double)xt + 1.0 / (double)yt + 1.0 / (double)xc + 1.0 / (double)yc);
    return by_log(out, xt * yc, xc * yt, se, level, err);
}

static rmt_nnt_value invert(double gain)
{
    rmt_nnt_value v = {.number = (double)INFINITY, .benefit = gain > 0.0};
    if (fabs(gain) > 0.0) v.number = 1.0 / fabs(gain);
    return v;
}

rmt_status rmt_nnt(rmt_nnt_result *out, const rmt_count *treat, const rmt_count *control,
                   rmt_event_meaning meaning, double level, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_estimate rd = {.df = (double)NAN};
    if ((st = rmt_risk_difference(&rd, treat, control, level, err))) return st;
    if (!(fabs(rd.estimate) > 0.0)) return rmt_degenerate(err, "zero_difference");
    bool desired = meaning == RMT_EVENT_DESIRED;
    double worst = desired ? rd.ci_low : -rd.ci_high, best = desired ? rd.ci_high : -rd.ci_low;
    *out = (rmt_nnt_result){.nnt = invert(desired ? rd.estimate : -rd.estimate),
                            .worst = invert(worst),
                            .best = invert(best),
                            .spans_infinity = worst <= 0.0 && best >= 0.0};
    return RMT_OK;
}

/* The hypergeometric law of the treatment arm's events, given both margins. */
typedef struct {
    double events, n_t, n_c; /* margins */
    long low, high, mode;    /* of the cell */
} margins;

/* P(k+1) / P(k) */
static double step_up(const margins *m, long k)
{
    double x = (double)k;
    return (m->events - x) / (x + 1.0) * ((m->n_t - x) / (m->n_c - m->events + x + 1.0));
}

rmt_status rmt_fisher_exact(double *p, const rmt_count *treat, const rmt_count *control,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    if ((st = check_arms(treat, control, err))) return st;
    long events = treat->events + control->events;
    margins m = {.events = (double)events, .n_t = (double)treat->n, .n_c = (double)control->n};
    m.low = events > control->n ? events - control->n : 0;
    m.high = events < treat->n ? events : treat->n;
    m.mode = (long)((m.events + 1.0) * ((m.n_t + 1.0) / (m.n_t + m.n_c + 2.0)));
    if (m.mode < m.low) m.mode = m.low;
    if (m.mode > m.high) m.mode = m.high;

    /* Weights relative to the mode's, which is large so that tails keep their digits down to the
     * smallest p. What falls below DBL_MIN ends a tail: denormals would linger there, rounded up
     * again at every step. */
    const double mode_weight = 0x1p1000;
    double observed = mode_weight;
    for (long k = m.mode; k < treat->events && observed >= DBL_MIN; k++)
        observed *= step_up(&m, k);
    for (long k = m.mode; k > treat->events && observed >= DBL_MIN; k--)
        observed /= step_up(&m, k - 1);
    if (observed < DBL_MIN) observed = 0.0;

    double limit = observed * (1.0 + TIE_TOLERANCE), total = mode_weight;
    double extreme = limit >= mode_weight ? mode_weight : 0.0, term = mode_weight;
    for (long k = m.mode; k < m.high && term >= DBL_MIN; k++) {
        term *= step_up(&m, k);
        total += term;
        if (term <= limit) extreme += term;
    }
    term = mode_weight;
    for (long k = m.mode; k > m.low && term >= DBL_MIN; k--) {
        term /= step_up(&m, k - 1);
        total += term;
        if (term <= limit) extreme += term;
    }
    *p = clamp(extreme / total, 0.0, 1.0);
    return RMT_OK;
}
