/* check_answers.c - items and totals as they were answered. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>

double rmt_record_total(const rmt_records *r, size_t row, double *items)
{
    rmt_score score;
    if (r->total_column != RMT_NO_COLUMN) {
        rmt_score_stored_total(&score, r->instrument, rmt_records_number(r, r->total_column, row));
    } else {
        rmt_records_items(r, row, items);
        rmt_score_scale(&score, r->instrument, 0, items, r->n_items, r->outcome->max_missing_items);
    }
    return score.value;
}

static void check_sum(const rmt_record_check *c, size_t row, double *items)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], sum[RMT_NUM_BUF];
    rmt_score score;
    const double total = rmt_records_number(r, r->total_column, row);
    if (isnan(total)) return;
    rmt_records_items(r, row, items);
    rmt_score_scale(&score, r->instrument, 0, items, r->n_items, 0);
    if (isnan(score.value) || !(fabs(total - score.value) > 1e-9 * fabs(total))) return;
    rmt_finding f = rmt_record_finding(c, "trial/total-differs", row, r->outcome->total,
                                       rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, total);
    rmt_num_print(sum, score.value);
    f.value = value;
    f.rule = "the sum of the items";
    rmt_report(c->out, f, "the total is %s, the items add up to %s", value, sum);
}

/* The first two answers differ in nearly every record: nothing more is read of it. */
static void check_flat_line(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF];
    const double first = rmt_records_item(r, scale->items[0], row);
    if (!(first > r->instrument->items[scale->items[0]].min)) return;
    for (size_t i = 1; i < scale->n_items; i++)
        if (!rmt_num_same(rmt_records_item(r, scale->items[i], row), first)) return;
    rmt_finding f =
        rmt_record_finding(c, "score/flat-line", row, NULL, rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, first);
    f.value = value;
    f.rule = "answers that are not all alike";
    rmt_report(c->out, f, "all %zu items of outcome %s are %s", scale->n_items, r->outcome->name,
               value);
}

static void check_count(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], rule[64];
    size_t n = 0;
    for (size_t i = 0; i < scale->n_items; i++)
        if (!isnan(rmt_records_item(r, scale->items[i], row))) n++;
    if (n == 0 || scale->n_items - n <= r->outcome->max_missing_items) return;
    rmt_finding f =
        rmt_record_finding(c, "trial/item-count", row, NULL, rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, (double)n);
    snprintf(rule, sizeof rule, "at least %zu of %zu items",
             scale->n_items - r->outcome->max_missing_items, scale->n_items);
    f.value = value;
    f.rule = rule;
    rmt_report(c->out, f, "%zu of the %zu items of outcome %s have a value", n, scale->n_items,
               r->outcome->name);
}

/* The plan names all items of the total, in the order of the instrument. */
static bool has_total_items(const rmt_records *r)
{
    return r->instrument && r->n_items >= r->instrument->scales[0].n_items;
}

static void report_pile(const rmt_record_check *c, size_t visit, size_t n, size_t n_at, double end,
                        const char *which)
{
    const rmt_records *r = c->r;
    const double percent = rmt_check_value(c->out->settings, "score/floor-ceiling", "percent");
    char value[2 * RMT_NUM_BUF + 8], score[RMT_NUM_BUF];
    if (!((double)n_at > percent / 100 * (double)n)) return;
    rmt_num_print(score, end);
    snprintf(value, sizeof value, "%zu of %zu", n_at, n);
    rmt_finding f = {.code = "score/floor-ceiling",
                     .table = r->outcome->table,
                     .column = r->outcome->total,
                     .value = value,
                     .rule = "few values at an end of the scale"};
    rmt_report(c->out, f, "%s values of outcome %s at visit %s are %s, the %s score", value,
               r->outcome->name, r->plan->visits[visit].name, score, which);
}

static void check_piles(const rmt_record_check *c, double *items)
{
    const rmt_records *r = c->r;
    const size_t n_visits = r->plan->n_visits, n_subjects = r->subjects->n;
    const rmt_scale *scale = &r->instrument->scales[0];
    const double fewest = rmt_check_value(c->out->settings, "score/floor-ceiling", "values");
    for (size_t v = 0; v < n_visits && (double)n_subjects >= fewest; v++) {
        size_t n = 0, low = 0, high = 0;
        for (size_t s = 0; s < n_subjects; s++) {
            const rmt_slot *slot = &c->slots[s * n_visits + v];
            if (slot->n != 1 || !slot->valued) continue;
            const double x = rmt_record_total(r, slot->row, items);
            if (isnan(x)) continue;
            n++;
            if (x <= scale->min) low++;
            if (x >= scale->max) high++;
        }
        if ((double)n < fewest) continue;
        report_pile(c, v, n, low, scale->min, "lowest");
        report_pile(c, v, n, high, scale->max, "highest");
    }
}

rmt_status rmt_check_answers(const rmt_record_check *c, bool items_said, rmt_error *err)
{
    const rmt_records *r = c->r;
    const rmt_check_settings *on = c->out->settings;
    if (!r->instrument) return RMT_OK;
    double *items = rmt_mem_array(r->n_items, sizeof *items, err);
    if (!items) return RMT_ERR_NOMEM;
    const bool by_items = has_total_items(r);
    if (by_items && r->total_column != RMT_NO_COLUMN && rmt_check_is_on(on, "trial/total-differs"))
        for (size_t i = 0; i < r->n_rows; i++)
            check_sum(c, i, items);
    if (by_items && !items_said && rmt_check_is_on(on, "trial/item-count"))
        for (size_t i = 0; i < r->n_rows; i++)
            check_count(c, i);
    if (by_items && !items_said &&
        (double)r->instrument->scales[0].n_items >=
            rmt_check_value(on, "score/flat-line", "items") &&
        rmt_check_is_on(on, "score/flat-line"))
        for (size_t i = 0; i < r->n_rows; i++)
            check_flat_line(c, i);
    if (rmt_check_is_on(on, "score/floor-ceiling")) check_piles(c, items);
    rmt_mem_free(items);
    return c->out->st;
}
