/* score.c - see rmt/score.h. */
#include "rmt/score.h"

#include "rmt/num.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two sides of a definition closer than this, relative to the larger, are a tie: 28.7 is 70 % of 41
 * on paper though not in binary. No score has steps this small. */
static const double tie = 1e-9;

static double item_value(const double *items, size_t n_items, size_t i)
{
    return i < n_items ? items[i] : (double)NAN;
}

static bool in_range(const rmt_item *item, double v)
{
    if (!(v >= item->min && v <= item->max)) return false;
    const double whole = (int)v; /* item ranges are ranges of int */
    return !(v < whole || v > whole);
}

const char *rmt_score_item_problem(const rmt_item *item, double v, char buf[RMT_REASON_BUF])
{
    if (isnan(v) || in_range(item, v)) return "";
    char text[RMT_NUM_BUF];
    rmt_num_print(text, v);
    if (v < item->min || v > item->max)
        snprintf(buf, RMT_REASON_BUF, "%.40s = %s is outside %d..%d", item->id, text, item->min,
                 item->max);
    else snprintf(buf, RMT_REASON_BUF, "%.40s = %s is no whole number", item->id, text);
    return buf;
}

static void add(rmt_tally *t, const rmt_scale *scale, double v)
{
    t->sum += v;
    t->n_present++;
    t->n_at_least += v >= scale->threshold;
}

static void add_numbers(rmt_tally *t, const rmt_scale *scale, const rmt_item *item, const double *v,
                        size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (in_range(item, v[i])) add(&t[i], scale, v[i]);
        else if (!isnan(v[i])) t[i].n_bad++;
}

static void add_integers(rmt_tally *t, const rmt_scale *scale, const rmt_item *item,
                         const int32_t *v, size_t n)
{
    const int min = item->min, max = item->max;
    for (size_t i = 0; i < n; i++)
        if (v[i] == RMT_INTEGER_MISSING) continue;
        else if (v[i] >= min && v[i] <= max) add(&t[i], scale, v[i]);
        else t[i].n_bad++;
}

void rmt_score_add_item(rmt_tally *tallies, const rmt_scale *scale, const rmt_item *item,
                        const rmt_item_cells *cells, size_t first, size_t n)
{
    if (cells->integers) add_integers(tallies, scale, item, cells->integers + first, n);
    else if (cells->numbers) add_numbers(tallies, scale, item, cells->numbers + first, n);
}

static size_t n_missing(const rmt_tally *t, const rmt_scale *s)
{
    return s->n_items - t->n_present - t->n_bad;
}

double rmt_score_tallied(const rmt_tally *t, const rmt_scale *s, size_t max_missing)
{
    const size_t missing = n_missing(t, s);
    const bool may_prorate = s->rule == RMT_SCORE_SUM && missing <= max_missing;
    if (t->n_bad > 0 || t->n_present == 0 || (missing > 0 && !may_prorate)) return (double)NAN;
    if (s->rule == RMT_SCORE_COUNT_AT_LEAST) return t->n_at_least;
    /* One division of two exact whole numbers: correctly rounded. */
    return missing == 0 ? t->sum : t->sum * (double)s->n_items / (double)t->n_present;
}

void rmt_score_scale(rmt_score *out, const rmt_instrument *ins, size_t scale, const double *items,
                     size_t n_items, size_t max_missing)
{
    assert(scale < ins->n_scales);
    const rmt_scale *s = &ins->scales[scale];
    rmt_tally t = {0};
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i] < n_items)
            add_numbers(&t, s, &ins->items[s->items[i]], &items[s->items[i]], 1);
    out->value = rmt_score_tallied(&t, s, max_missing);
    out->n_missing = n_missing(&t, s);
    out->prorated = out->n_missing > 0 && !isnan(out->value);
    out->reason[0] = '\0';
    if (!isnan(out->value)) return;
    for (size_t i = 0; i < s->n_items && t.n_bad > 0; i++) {
        const rmt_item *item = &ins->items[s->items[i]];
        const double v = item_value(items, n_items, s->items[i]);
        char text[RMT_NUM_BUF];
        if (isnan(v) || in_range(item, v)) continue;
        rmt_num_print(text, v);
        snprintf(out->reason, sizeof out->reason, "bad %.40s = %s", item->id, text);
        return;
    }
    snprintf(out->reason, sizeof out->reason, "%zu of %zu missing", out->n_missing, s->n_items);
}

void rmt_score_stored_total(rmt_score *out, const rmt_instrument *ins, double total)
{
    *out = (rmt_score){.value = (double)NAN};
    if (isnan(total)) {
        snprintf(out->reason, sizeof out->reason, "total missing");
        return;
    }
    if (ins && ins->n_scales > 0 && (total < ins->scales[0].min || total > ins->scales[0].max)) {
        char text[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF];
        rmt_num_print(text, total);
        rmt_num_print(low, ins->scales[0].min);
        rmt_num_print(high, ins->scales[0].max);
        snprintf(out->reason, sizeof out->reason, "%.24s not in %.20s..%.20s", text, low, high);
        return;
    }
    out->value = total;
}

int32_t rmt_score_diagnosis(const rmt_instrument *ins, const double *items, size_t n_items)
{
    if (ins->n_diagnosis == 0) return RMT_INTEGER_MISSING;
    bool all_met = true;
    for (size_t c = 0; c < ins->n_diagnosis; c++) {
        const rmt_criterion *k = &ins->diagnosis[c];
        size_t n_present = 0, n_open = 0;
        for (size_t i = 0; i < k->n_items; i++) {
            double v = item_value(items, n_items, k->items[i]);
            if (isnan(v) || !in_range(&ins->items[k->items[i]], v)) n_open++;
            else if (v >= k->present_at) n_present++;
        }
        if (n_present + n_open < k->min_count) return 0; /* beyond reach */
        if (n_present < k->min_count) all_met = false;
    }
    return all_met ? 1 : RMT_INTEGER_MISSING;
}

static rmt_truth compare(rmt_op op, double left, double right)
{
    double scale = fmax(fabs(left), fabs(right));
    bool equal = fabs(left - right) <= tie * fmax(1.0, scale);
    bool less = !equal && left < right;
    switch (op) {
    case RMT_OP_LT: return less ? RMT_TRUE : RMT_FALSE;
    case RMT_OP_LE: return less || equal ? RMT_TRUE : RMT_FALSE;
    case RMT_OP_GT: return !less && !equal ? RMT_TRUE : RMT_FALSE;
    case RMT_OP_GE: return !less ? RMT_TRUE : RMT_FALSE;
    }
    return RMT_UNKNOWN;
}

static rmt_truth unknown(const char **reason, const char *why)
{
    *reason = why;
    return RMT_UNKNOWN;
}

static rmt_truth all_of(const rmt_definition *d, double value, double base, int32_t diagnosis,
                        const char **reason)
{
    const char *first = "";
    rmt_truth result = RMT_TRUE;
    for (size_t i = 0; i < d->n_parts; i++) {
        const char *why = "";
        rmt_truth t = rmt_score_definition(&d->parts[i], value, base, diagnosis, &why);
        if (t == RMT_FALSE) return RMT_FALSE;
        if (t == RMT_UNKNOWN && result == RMT_TRUE) {
            result = RMT_UNKNOWN;
            first = why;
        }
    }
    *reason = first;
    return result;
}

rmt_truth rmt_score_definition(const rmt_definition *d, double value, double base,
                               int32_t diagnosis, const char **reason)
{
    const char *ignored;
    if (!reason) reason = &ignored;
    *reason = "";
    switch (d->kind) {
    case RMT_DEF_PERCENT_REDUCTION:
        if (isnan(value)) return unknown(reason, "no value");
        if (isnan(base)) return unknown(reason, "no baseline");
        if (base < 0) return unknown(reason, "baseline < 0");
        if (!(base > 0)) return unknown(reason, "baseline 0");
        return compare(d->op, 100 * (base - value), d->value * base);
    case RMT_DEF_POINT_REDUCTION:
        if (isnan(value)) return unknown(reason, "no value");
        if (isnan(base)) return unknown(reason, "no baseline");
        return compare(d->op, base - value, d->value);
    case RMT_DEF_SCORE:
        if (isnan(value)) return unknown(reason, "no value");
        return compare(d->op, value, d->value);
    case RMT_DEF_NO_DIAGNOSIS:
        if (diagnosis == RMT_INTEGER_MISSING) return unknown(reason, "dx unknown");
        return diagnosis ? RMT_FALSE : RMT_TRUE;
    case RMT_DEF_ALL_OF: return all_of(d, value, base, diagnosis, reason);
    }
    return unknown(reason, "no definition");
}
