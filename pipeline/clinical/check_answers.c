/* check_answers.c - items and totals as they were answered. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>

/* ---- reading ------------------------------------------------------------------------------- */

enum { BLOCK = 1 << 9 }; /* rows; the work on them stays in the first cache */

/* The plan names all items of the total, in the order of the instrument. */
static bool has_total_items(const rmt_records *r)
{
    return r->instrument && r->n_items >= r->instrument->scales[0].n_items;
}

static bool is_of_scale(const rmt_scale *s, size_t item)
{
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i] == item) return true;
    return false;
}

/* The first two answers differ in nearly every record: nothing more is read of it. */
static bool is_flat(const rmt_records *r, size_t row)
{
    const rmt_scale *scale = &r->instrument->scales[0];
    const double first = rmt_records_item(r, scale->items[0], row);
    if (!(first > r->instrument->items[scale->items[0]].min)) return false;
    for (size_t i = 1; i < scale->n_items; i++)
        if (!rmt_num_same(rmt_records_item(r, scale->items[i], row), first)) return false;
    return true;
}

static bool differ(double total, double sum)
{
    return fabs(total - sum) > 1e-9 * fabs(total);
}

/* What there is to tell of a record that has all columns of the total. */
static unsigned char judge(const rmt_records *r, size_t row, const rmt_tally *t)
{
    const rmt_scale *scale = &r->instrument->scales[0];
    const size_t n = t->n_present + t->n_bad;
    unsigned char odd = is_flat(r, row) ? RMT_ODD_FLAT : 0;
    if (n > 0 && scale->n_items - n > r->outcome->max_missing_items) odd |= RMT_ODD_COUNT;
    if (r->total_column != RMT_NO_COLUMN &&
        differ(rmt_records_number(r, r->total_column, row), rmt_score_tallied(t, scale, 0)))
        odd |= RMT_ODD_SUM;
    return odd;
}

/* n rows from `first` on, at most BLOCK. */
static void read_block(rmt_answers *a, const rmt_records *r, size_t first, size_t n)
{
    const rmt_scale *scale = r->instrument ? &r->instrument->scales[0] : NULL;
    const bool whole = has_total_items(r);
    rmt_tally of_total[BLOCK] = {0}, further[BLOCK] = {0};
    for (size_t i = 0; i < r->n_items; i++)
        rmt_score_add_item(is_of_scale(scale, i) ? of_total : further, scale,
                           &r->instrument->items[i], &r->items[i], first, n);
    for (size_t i = 0, row = first; i < n; i++, row++) {
        rmt_score stored;
        if (of_total[i].n_bad + further[i].n_bad > 0) a->odd[row] = RMT_ODD_ITEM;
        if (whole) a->odd[row] |= judge(r, row, &of_total[i]);
        if (r->total_column == RMT_NO_COLUMN) {
            a->totals[row] = rmt_score_tallied(&of_total[i], scale, r->outcome->max_missing_items);
            continue;
        }
        rmt_score_stored_total(&stored, r->instrument, rmt_records_number(r, r->total_column, row));
        a->totals[row] = stored.value;
    }
}

rmt_status rmt_answers_read(rmt_answers *out, const rmt_records *r, rmt_error *err)
{
    rmt_answers a = {rmt_mem_array(r->n_rows, sizeof *a.totals, err),
                     rmt_mem_array(r->n_rows, sizeof *a.odd, err)};
    if (!a.totals || !a.odd) {
        rmt_answers_clear(&a);
        return RMT_ERR_NOMEM;
    }
    for (size_t first = 0, n; first < r->n_rows; first += n) {
        n = r->n_rows - first < BLOCK ? r->n_rows - first : BLOCK;
        read_block(&a, r, first, n);
        rmt_columns_rest(r->table, r->item_columns, r->n_items, first + n);
        rmt_columns_rest(r->table, &r->total_column, 1, first + n);
    }
    *out = a;
    return RMT_OK;
}

void rmt_answers_clear(rmt_answers *a)
{
    rmt_mem_free(a->totals);
    rmt_mem_free(a->odd);
    *a = (rmt_answers){0};
}

/* ---- telling ------------------------------------------------------------------------------- */

static void report_sum(const rmt_record_check *c, size_t row, double *items)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], sum[RMT_NUM_BUF];
    rmt_score score;
    rmt_records_items(r, row, items);
    rmt_score_scale(&score, r->instrument, 0, items, r->n_items, 0);
    rmt_finding f = rmt_record_finding(c, "trial/total-differs", row, r->outcome->total,
                                       rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, rmt_records_number(r, r->total_column, row));
    rmt_num_print(sum, score.value);
    f.value = value;
    f.rule = "the sum of the items";
    rmt_report(c->out, f, "the total is %s, the items add up to %s", value, sum);
}

/* With a half or a tenth: what lies outside the scale is told as that. */
static void report_whole(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], rest[96] = "";
    size_t n = 0;
    for (size_t i = 0; has_total_items(r) && i < scale->n_items; i++)
        n += (size_t)!isnan(rmt_records_item(r, scale->items[i], row));
    if (n == scale->n_items) return; /* trial/total-differs */
    if (n) snprintf(rest, sizeof rest, "; %zu of its %zu items have a value", n, scale->n_items);
    rmt_finding f = rmt_record_finding(c, "trial/total-not-whole", row, r->outcome->total,
                                       rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, c->answers.totals[row]);
    f.value = value;
    f.rule = "a whole number, as the items are";
    rmt_report(c->out, f, "the total of outcome %s is %s, no whole number%s", r->outcome->name,
               value, rest);
}

static void report_flat_line(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF];
    rmt_finding f =
        rmt_record_finding(c, "score/flat-line", row, NULL, rmt_record_subject(c, row, id_buf));
    rmt_num_print(value, rmt_records_item(r, scale->items[0], row));
    f.value = value;
    f.rule = "answers that are not all alike";
    rmt_report(c->out, f, "all %zu items of outcome %s are %s", scale->n_items, r->outcome->name,
               value);
}

static void report_count(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    const rmt_scale *scale = &r->instrument->scales[0];
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], rule[64];
    size_t n = 0;
    for (size_t i = 0; i < scale->n_items; i++)
        if (!isnan(rmt_records_item(r, scale->items[i], row))) n++;
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

static void check_piles(const rmt_record_check *c)
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
            const double x = c->answers.totals[slot->row];
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
    const unsigned char *odd = c->answers.odd;
    if (rmt_check_is_on(on, "trial/total-differs"))
        for (size_t i = 0; i < r->n_rows; i++)
            if (odd[i] & RMT_ODD_SUM) report_sum(c, i, items);
    if (r->total_column != RMT_NO_COLUMN && rmt_check_is_on(on, "trial/total-not-whole"))
        for (size_t i = 0; i < r->n_rows; i++) {
            const double total = c->answers.totals[i];
            if (!isnan(total) && !rmt_num_same(total, floor(total))) report_whole(c, i);
        }
    if (!items_said && rmt_check_is_on(on, "trial/item-count"))
        for (size_t i = 0; i < r->n_rows; i++)
            if (odd[i] & RMT_ODD_COUNT) report_count(c, i);
    if (!items_said &&
        (double)r->instrument->scales[0].n_items >=
            rmt_check_value(on, "score/flat-line", "items") &&
        rmt_check_is_on(on, "score/flat-line"))
        for (size_t i = 0; i < r->n_rows; i++)
            if (odd[i] & RMT_ODD_FLAT) report_flat_line(c, i);
    if (rmt_check_is_on(on, "score/floor-ceiling")) check_piles(c);
    rmt_mem_free(items);
    return c->out->st;
}
