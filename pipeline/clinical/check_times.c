/* check_times.c - dates and days of records. See check_parts.h. */
#include "check_parts.h"
#include "dates.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* When a record was made, in days: a column of dates, or of days since the trial began. */
typedef struct {
    const rmt_table *table;
    size_t column; /* RMT_NO_COLUMN = the table does not say */
    bool is_date;
} time_column;

static time_column find_times(const rmt_plan *plan, const rmt_table *t)
{
    static const char *const days[] = {"day", "study_day", "visit_day", "ady"};
    const size_t dates = rmt_record_dates(plan, t, 0);
    if (dates != RMT_NO_COLUMN) return (time_column){t, dates, true};
    for (size_t c = 0; c < rmt_table_columns(t); c++) {
        const rmt_type type = rmt_table_type(t, c);
        for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
            if ((type == RMT_TYPE_INTEGER || type == RMT_TYPE_NUMBER) &&
                rmt_text_equal_nocase(rmt_table_name(t, c), days[i]))
                return (time_column){t, c, false};
    }
    return (time_column){t, RMT_NO_COLUMN, false};
}

static double time_of(const time_column *c, size_t row)
{
    return c->is_date ? rmt_day_of(rmt_table_text(c->table, c->column, row)).days
                      : rmt_table_number(c->table, c->column, row);
}

/* ---- one participant ----------------------------------------------------------------------- */

typedef struct {
    size_t row, visit;
    double time;
} moment;

/* The participant's single records with a time, in the order of the schedule. */
static size_t moments_of(moment *out, const rmt_record_check *c, const time_column *times,
                         size_t subject)
{
    const size_t n_visits = c->r->plan->n_visits;
    size_t n = 0;
    for (size_t v = 0; v < n_visits; v++) {
        const rmt_slot *slot = &c->slots[subject * n_visits + v];
        if (slot->n != 1) continue;
        const double t = time_of(times, slot->row);
        if (!isnan(t)) out[n++] = (moment){slot->row, v, t};
    }
    return n;
}

static void report_order(const rmt_record_check *c, const time_column *times, const moment *wrong,
                         const moment *other)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], buf[RMT_NUM_BUF], other_buf[RMT_NUM_BUF];
    if (c->said[wrong->row] & RMT_SAID_ORDER) return;
    c->said[wrong->row] |= RMT_SAID_ORDER;
    rmt_finding f = rmt_record_finding(c, "trial/visit-order", wrong->row,
                                       rmt_table_name(r->table, times->column),
                                       rmt_record_subject(c, wrong->row, id_buf));
    f.value = rmt_table_format(r->table, times->column, wrong->row, buf);
    f.rule = "visits in the order of the schedule";
    rmt_report(c->out, f, "visit %s (%s) lies %s visit %s (%s, line %zu)",
               r->plan->visits[wrong->visit].name, f.value,
               wrong->visit > other->visit ? "before" : "after", r->plan->visits[other->visit].name,
               rmt_table_format(r->table, times->column, other->row, other_buf),
               rmt_records_line(r, other->row));
}

/* Of two visits the wrong way round the one is told that does not fit its other neighbour. */
static void check_order(const rmt_record_check *c, const time_column *times, const moment *m,
                        size_t n)
{
    const moment *before = NULL, *last = n ? &m[0] : NULL;
    for (size_t i = 1; i < n; i++) {
        const moment *now = &m[i];
        const bool last_is_wrong =
            before ? before->time <= now->time : i + 1 < n && m[i + 1].time < last->time;
        if (now->time >= last->time) {
            before = last;
            last = now;
        } else if (last_is_wrong) {
            report_order(c, times, last, now);
            last = now;
        } else {
            report_order(c, times, now, last);
        }
    }
}

static void check_window(const rmt_record_check *c, const time_column *times, const moment *m,
                         size_t n)
{
    const rmt_records *r = c->r;
    const size_t base = rmt_records_baseline_visit(r->plan);
    char id_buf[RMT_NUM_BUF], buf[RMT_NUM_BUF], day[RMT_NUM_BUF], low[RMT_NUM_BUF],
        high[RMT_NUM_BUF], rule[2 * RMT_NUM_BUF + 16];
    double zero = times->is_date ? (double)NAN : 0;
    for (size_t i = 0; i < n && times->is_date; i++)
        if (m[i].visit == base)
            zero = m[i].time - (isnan(r->plan->visits[base].at) ? 0 : r->plan->visits[base].at);
    for (size_t i = 0; i < n && !isnan(zero); i++) {
        const rmt_plan_visit *v = &r->plan->visits[m[i].visit];
        if (v->hours || isnan(v->low) || (c->said[m[i].row] & RMT_SAID_WINDOW)) continue;
        const double at = times->is_date ? floor(m[i].time) - floor(zero) : m[i].time;
        if (at >= v->low && at <= v->high) continue;
        c->said[m[i].row] |= RMT_SAID_WINDOW;
        rmt_finding f = rmt_record_finding(c, "trial/visit-window", m[i].row,
                                           rmt_table_name(r->table, times->column),
                                           rmt_record_subject(c, m[i].row, id_buf));
        rmt_num_print(day, at);
        rmt_num_print(low, v->low);
        rmt_num_print(high, v->high);
        snprintf(rule, sizeof rule, "day %s to %s", low, high);
        f.value = rmt_table_format(r->table, times->column, m[i].row, buf);
        f.rule = rule;
        rmt_report(c->out, f, "visit %s is on day %s, outside its window of day %s to %s", v->name,
                   day, low, high);
    }
}

/* ---- sudden changes ------------------------------------------------------------------------ */

/* Days between two visits: by what the records say, else by the schedule; NaN = nobody says. */
static double days_between(const rmt_record_check *c, const time_column *times, const moment *a,
                           const moment *b)
{
    const rmt_plan_visit *v = &c->r->plan->visits[a->visit], *w = &c->r->plan->visits[b->visit];
    if (times->column != RMT_NO_COLUMN) {
        const double d = time_of(times, b->row) - time_of(times, a->row);
        if (!isnan(d)) return d;
    }
    return w->at / (w->hours ? 24 : 1) - v->at / (v->hours ? 24 : 1);
}

static void check_change(const rmt_record_check *c, const time_column *times, size_t subject)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    const size_t n_visits = r->plan->n_visits;
    const rmt_check_settings *set = c->out->settings;
    const double percent = rmt_check_value(set, "score/implausible-change", "percent");
    const double most_days = rmt_check_value(set, "score/implausible-change", "days");
    moment last = {0};
    double from = (double)NAN;
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], before[RMT_NUM_BUF];
    char share[RMT_NUM_BUF], within[RMT_NUM_BUF], rule[2 * RMT_NUM_BUF + 40];
    for (size_t v = 0; v < n_visits; v++) {
        const rmt_slot *slot = &c->slots[subject * n_visits + v];
        if (slot->n != 1 || !slot->valued) continue;
        const double to = c->answers.totals[slot->row];
        if (isnan(to)) continue;
        const moment now = {slot->row, v, 0};
        const double days = isnan(from) ? (double)NAN : days_between(c, times, &last, &now);
        if (days <= most_days && fabs(to - from) > percent / 100 * (scale->max - scale->min)) {
            rmt_finding f =
                rmt_record_finding(c, "score/implausible-change", now.row, r->outcome->total,
                                   rmt_record_subject(c, now.row, id_buf));
            rmt_num_print(value, to);
            rmt_num_print(before, from);
            rmt_num_print(share, percent);
            rmt_num_print(within, most_days);
            snprintf(rule, sizeof rule, "at most %s %% of the range in %s days", share, within);
            f.value = value;
            f.rule = rule;
            rmt_report(c->out, f, "outcome %s goes from %s at visit %s to %s at visit %s",
                       r->outcome->name, before, r->plan->visits[last.visit].name, value,
                       r->plan->visits[v].name);
        }
        last = now;
        from = to;
    }
}

rmt_status rmt_check_times(const rmt_record_check *c, rmt_error *err)
{
    const rmt_records *r = c->r;
    const rmt_check_settings *on = c->out->settings;
    const time_column times = find_times(r->plan, r->table);
    /* Visits told by time are in order, and within their windows, by what they are. */
    const bool dated = times.column != RMT_NO_COLUMN && r->plan->visit_kind == RMT_VISIT_LABEL;
    const bool changes = r->instrument && rmt_check_is_on(on, "score/implausible-change");
    moment *m = rmt_mem_array(r->plan->n_visits, sizeof *m, err);
    if (!m) return RMT_ERR_NOMEM;
    for (size_t s = 0; s < r->subjects->n && dated; s++) {
        const size_t n = moments_of(m, c, &times, s);
        check_window(c, &times, m, n);
        check_order(c, &times, m, n);
        rmt_columns_rest(r->table, &times.column, 1, (s + 1) * r->plan->n_visits);
    }
    rmt_columns_rest(r->table, &times.column, 1, r->n_rows);
    for (size_t s = 0; s < r->subjects->n && changes; s++)
        check_change(c, &times, s);
    rmt_mem_free(m);
    return c->out->st;
}
