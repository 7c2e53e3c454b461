/* check_summaries.c - published means and standard deviations that no data can have. See check_parts.h. */
#include "check_parts.h"
#include "rmt/grimmer.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RANGE = 2 * RMT_NUM_BUF + 2, SCORES = RMT_NUM_BUF + 16, NEAREST = 2 * RMT_NUM_BUF + 24 };

/* One arm's numbers as published; NaN = not there. */
typedef struct {
    rmt_reporter *out;
    const char *table, *mean_column, *sd_column;
    size_t line;
    double mean, sd, n, low, high;
    double items; /* 1, or a score is the mean of so many */
} published;

/* Half a unit of the last decimal shown. A number is kept without the zeros at its end: 5.20 counts as 5.2, which asks
 * for less and never for more. NaN = not written with decimals. */
static double half_unit(double x)
{
    char buf[RMT_NUM_BUF];
    rmt_num_print(buf, x);
    const char *dot = strchr(buf, '.');
    if (isnan(x) || strchr(buf, 'e')) return (double)NAN;
    return 0.5 * pow(10, dot ? -(double)strlen(dot + 1) : 0);
}

static rmt_finding finding(const published *p, const char *code, const char *column,
                           const char *value, const char *rule)
{
    return (rmt_finding){.code = code,
                         .table = p->table,
                         .line = p->line,
                         .column = column,
                         .value = value,
                         .rule = rule};
}

static const char *print_range(char buf[RANGE], const published *p)
{
    char low[RMT_NUM_BUF], high[RMT_NUM_BUF];
    rmt_num_print(low, p->low);
    rmt_num_print(high, p->high);
    snprintf(buf, RANGE, "%s..%s", low, high);
    return buf;
}

static void check_mean(const published *p)
{
    char value[RMT_NUM_BUF], range[RANGE];
    if (isnan(p->mean) || (p->mean >= p->low && p->mean <= p->high)) return;
    rmt_num_print(value, p->mean);
    rmt_report(p->out,
               finding(p, "summary/mean-range", p->mean_column, value, print_range(range, p)),
               "a mean of %s is outside the scale's range, %s", value, range);
}

static const char *scores_of(char buf[SCORES], const published *p)
{
    char items[RMT_NUM_BUF];
    if (p->items < 2) return "whole numbers";
    rmt_num_print(items, p->items);
    snprintf(buf, SCORES, "means of %s items", items);
    return buf;
}

/* Is there a sum of n whole numbers whose mean, rounded either way, is the one published? */
static void check_grim(const published *p)
{
    char value[RMT_NUM_BUF], n[RMT_NUM_BUF], near[2][RMT_NUM_BUF], buf[SCORES];
    const double half = half_unit(p->mean), steps = p->n * p->items, sum = p->mean * steps;
    const double slack = 1e-9 * fmax(1, fabs(sum));
    if (isnan(half) || isnan(sum) || p->n < 1 || floor(p->n) < p->n) return;
    const double least = ceil(sum - half * steps - slack);
    if (least <= sum + half * steps + slack) return;
    const int decimals = (int)lround(-log10(2 * half));
    rmt_num_print(value, p->mean);
    rmt_num_print(n, p->n);
    rmt_num_print_fixed(near[0], (least - 1) / steps, decimals);
    rmt_num_print_fixed(near[1], least / steps, decimals);
    rmt_report(p->out,
               finding(p, "summary/grim", p->mean_column, value, "the mean of n whole numbers"),
               "%s %s cannot have the mean %s: the nearest are %s and %s", n, scores_of(buf, p),
               value, near[0], near[1]);
}

/* The SDs beside the one published that there may be: "2.46 and 2.48", or one of them. */
static const char *print_nearest(char buf[NEAREST], const double nearest[2], double half)
{
    char near[2][RMT_NUM_BUF];
    const int decimals = (int)lround(-log10(2 * half));
    for (size_t i = 0; i < 2; i++)
        if (!isnan(nearest[i])) rmt_num_print_fixed(near[i], nearest[i], decimals);
    if (isnan(nearest[0])) snprintf(buf, NEAREST, "the nearest is %s", near[1]);
    else snprintf(buf, NEAREST, "the nearest are %s and %s", near[0], near[1]);
    return buf;
}

/* Is there a sum of squares as well? */
static void check_grimmer(const published *p)
{
    char value[RMT_NUM_BUF], of[RMT_NUM_BUF], n[RMT_NUM_BUF], near[NEAREST], buf[SCORES];
    double nearest[2];
    const rmt_printed_scores printed = {.mean = p->mean,
                                        .sd = p->sd,
                                        .half_mean = half_unit(p->mean),
                                        .half_sd = half_unit(p->sd),
                                        .n = p->n,
                                        .items = p->items};
    if (rmt_grimmer_of(nearest, &printed) != RMT_GRIMMER_IMPOSSIBLE) return;
    rmt_num_print(value, p->sd);
    rmt_num_print(of, p->mean);
    rmt_num_print(n, p->n);
    rmt_report(p->out,
               finding(p, "summary/grimmer", p->sd_column, value, "the SD of n whole numbers"),
               "%s %s with the mean %s cannot have the SD %s: %s", n, scores_of(buf, p), of, value,
               print_nearest(near, nearest, printed.half_sd));
}

/* Most of all varies what lies at the ends of the scale alone: s^2 <= n/(n - 1) (high - mean)(mean - low). Is it so? */
static bool check_sd(const published *p)
{
    char value[RMT_NUM_BUF], most[RMT_NUM_BUF], of[RMT_NUM_BUF], range[RANGE];
    char rule[64 + RMT_NUM_BUF];
    const double half_mean = half_unit(p->mean), half_sd = half_unit(p->sd);
    if (isnan(half_mean) || isnan(half_sd) || !(p->n >= 2) || p->mean < p->low || p->mean > p->high)
        return true;
    const double middle = (p->low + p->high) / 2; /* where the bound is widest */
    const double mean = fmin(fmax(middle, p->mean - half_mean), p->mean + half_mean);
    const double bound = sqrt(fmax(0, (p->high - mean) * (mean - p->low)) * p->n / (p->n - 1));
    if (!(p->sd - half_sd > bound * (1 + 1e-9))) return true;
    rmt_num_print(value, p->sd);
    rmt_num_print(of, p->mean);
    rmt_num_print_fixed(most, bound, 2);
    snprintf(rule, sizeof rule, "at most %s", most);
    rmt_report(p->out, finding(p, "summary/sd-range", p->sd_column, value, rule),
               "an SD of %s is more than values in %s with the mean %s can have, %s", value,
               print_range(range, p), of, rule);
    return false;
}

static double cell(const rmt_table *t, const char *column, size_t row)
{
    const size_t c = column ? rmt_table_find(t, column) : RMT_NO_COLUMN;
    if (c == RMT_NO_COLUMN || rmt_type_is_text(rmt_table_type(t, c))) return (double)NAN;
    return rmt_table_number(t, c, row);
}

/* What the plan says of a row: one node for all, or one for each outcome; NULL = nothing. */
static const rmt_node *told_of(const rmt_node *node, const rmt_plan_summary *s, const rmt_table *t,
                               size_t row)
{
    char buf[RMT_NUM_BUF];
    if (rmt_node_kind_of(node) != RMT_NODE_MAP) return node;
    const size_t outcome = rmt_table_find(t, s->outcome);
    if (outcome == RMT_NO_COLUMN) return NULL;
    return rmt_node_get(node, rmt_table_format(t, outcome, row, buf));
}

/* The range of a row; false = none was told. */
static bool range_of(published *p, const rmt_plan_summary *s, const rmt_table *t, size_t row)
{
    const rmt_node *list = told_of(s->range, s, t, row);
    const char *items = s->items ? rmt_node_text(told_of(s->items, s, t, row)) : NULL;
    if (!items || !rmt_num_parse_double(items, strlen(items), &p->items)) p->items = 1;
    const char *low = rmt_node_text(rmt_node_at(list, 0)),
               *high = rmt_node_text(rmt_node_at(list, 1));
    return low && high && rmt_num_parse_double(low, strlen(low), &p->low) &&
           rmt_num_parse_double(high, strlen(high), &p->high);
}

void rmt_check_summaries(rmt_reporter *out, const rmt_plan *plan, const rmt_named_table *tables,
                         size_t n_tables)
{
    for (size_t i = 0; i < plan->n_summaries; i++) {
        const rmt_plan_summary *s = &plan->summaries[i];
        const rmt_table *t = rmt_named_table_find(tables, n_tables, s->table);
        const char *const columns[][3] = {{s->mean, s->sd, s->n},
                                          {s->mean_w[0], s->sd_w[0], s->n_w[0]},
                                          {s->mean_w[1], s->sd_w[1], s->n_w[1]}};
        for (size_t row = 0; t && s->range && row < rmt_table_rows(t); row++)
            for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
                published p = {.out = out,
                               .table = s->table,
                               .mean_column = columns[k][0],
                               .sd_column = columns[k][1],
                               .line = rmt_line_of(t, rmt_line_column(t), row),
                               .mean = cell(t, columns[k][0], row),
                               .sd = cell(t, columns[k][1], row),
                               .n = cell(t, columns[k][2], row)};
                if (!columns[k][0] || !range_of(&p, s, t, row)) continue;
                check_mean(&p);
                check_grim(&p);
                if (check_sd(&p)) check_grimmer(&p);
            }
    }
}
