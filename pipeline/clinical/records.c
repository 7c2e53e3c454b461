/* records.c - see records.h. */
#include "records.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

void rmt_columns_rest_now(const rmt_table *t, const size_t *columns, size_t n, size_t rows)
{
    const size_t piece = n < 4 ? RMT_TABLE_PIECE : RMT_REST_ROWS; /* they are there together */
    if (rows % piece != 0 && rows != rmt_table_rows(t)) return;
    for (size_t i = 0; i < (columns ? n : rmt_table_columns(t)); i++)
        if (!columns || columns[i] != RMT_NO_COLUMN) rmt_table_rest(t, columns ? columns[i] : i);
}

size_t rmt_records_line(const rmt_records *r, size_t row)
{
    return rmt_line_of(r->table, r->line_column, row);
}

double rmt_records_number(const rmt_records *r, size_t column, size_t row)
{
    if (rmt_type_is_text(rmt_table_type(r->table, column))) return (double)NAN;
    return rmt_table_number(r->table, column, row);
}

double rmt_records_item(const rmt_records *r, size_t item, size_t row)
{
    const rmt_item_cells *c = &r->items[item];
    if (c->numbers) return c->numbers[row];
    if (c->integers && c->integers[row] != RMT_INTEGER_MISSING) return c->integers[row];
    return (double)NAN;
}

void rmt_records_items(const rmt_records *r, size_t row, double *items)
{
    for (size_t i = 0; i < r->n_items; i++)
        items[i] = rmt_records_item(r, i, row);
}

size_t rmt_records_baseline_visit(const rmt_plan *plan)
{
    for (size_t i = 0; i < plan->n_visits; i++)
        if (plan->visits[i].baseline) return i;
    return plan->n_visits;
}

const char *rmt_records_title(const rmt_plan_outcome *o)
{
    if (o->instrument && o->instrument->n_scales > 0) return o->instrument->scales[0].label;
    return o->title ? o->title : o->name;
}

/* ---- columns ------------------------------------------------------------------------------- */

/* A column that must hold numbers. A column without any value may be typed as text: nothing to
 * read. */
static rmt_status number_column(size_t *out, const rmt_records *r, const char *name, rmt_error *err)
{
    rmt_status st = rmt_named_table_column(out, r->table, r->outcome->table, name, err);
    if (st || !rmt_type_is_text(rmt_table_type(r->table, *out))) return st;
    size_t first = r->n_rows; /* the first cell that is no number, else the first with a value */
    for (size_t i = r->n_rows; i-- > 0;) {
        double x;
        const char *cell = rmt_table_text(r->table, *out, i);
        if (!rmt_table_is_missing(r->table, *out, i) &&
            !rmt_num_parse_double(cell, strlen(cell), &x))
            first = i;
    }
    for (size_t i = 0; i < r->n_rows && first == r->n_rows; i++)
        if (!rmt_table_is_missing(r->table, *out, i)) first = i;
    if (first == r->n_rows) return RMT_OK;
    const rmt_plan_table *pt = rmt_plan_find_table(r->plan, r->outcome->table);
    return rmt_fail_at(
        err, RMT_ERR_SCHEMA, pt ? pt->file : NULL, rmt_records_line(r, first), name,
        "the column must hold numbers for outcome %s, and here is '%s' (the plan can declare "
        "missing codes and the decimal character)",
        r->outcome->name, rmt_table_text(r->table, *out, first));
}

static rmt_status find_columns(rmt_records *r, rmt_error *err)
{
    const rmt_plan_outcome *o = r->outcome;
    rmt_status st;

    r->line_column = rmt_line_column(r->table);
    if ((st = rmt_named_table_column(&r->id_column, r->table, o->table, r->plan->subject_id, err)))
        return st;
    r->visit_name = o->visit ? o->visit : r->plan->visit_column;
    if (!r->visit_name || r->plan->n_visits == 0)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, "visits",
                           "outcome %s needs a visit column and a schedule of visits", o->name);
    st = r->plan->visit_kind == RMT_VISIT_LABEL
             ? rmt_named_table_column(&r->visit_column, r->table, o->table, r->visit_name, err)
             : number_column(&r->visit_column, r, r->visit_name, err);
    if (st) return st;
    r->total_column = r->baseline_column = RMT_NO_COLUMN;
    if (o->total && (st = number_column(&r->total_column, r, o->total, err))) return st;
    if (o->baseline && (st = number_column(&r->baseline_column, r, o->baseline, err))) return st;
    r->item_columns = rmt_mem_array(o->n_items, sizeof *r->item_columns, err);
    r->items = rmt_mem_array(o->n_items, sizeof *r->items, err);
    if (!r->item_columns || !r->items) return RMT_ERR_NOMEM;
    if (!o->items || !r->instrument) return RMT_OK;
    if (o->n_items > r->instrument->n_items)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, o->name,
                           "outcome %s names %zu items, instrument %s has %zu", o->name, o->n_items,
                           r->instrument->id, r->instrument->n_items);
    for (size_t i = 0; i < o->n_items; i++) {
        if ((st = number_column(&r->item_columns[i], r, o->items[i], err))) return st;
        r->items[i] = (rmt_item_cells){rmt_table_numbers(r->table, r->item_columns[i]),
                                       rmt_table_integers(r->table, r->item_columns[i])};
    }
    r->n_items = o->n_items;
    return RMT_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool says_something(const rmt_records *r, size_t column, size_t row)
{
    if (!rmt_table_is_missing(r->table, column, row)) return true;
    return rmt_unreadable_text(rmt_table_reason(r->table, column, row)) != NULL;
}

static bool is_valued(const rmt_records *r, size_t row)
{
    if (r->total_column != RMT_NO_COLUMN && says_something(r, r->total_column, row)) return true;
    for (size_t i = 0; i < r->n_items; i++)
        if (says_something(r, r->item_columns[i], row)) return true;
    return false;
}

static bool is_called(const rmt_plan_visit *v, const char *label)
{
    for (size_t k = 0; k < v->n_values; k++)
        if (strcmp(v->values[k], label) == 0) return true;
    return false;
}

/* Texts of a table that come again, as ids and visits do, often lie in one place: then they need not be compared. */
enum { NEAR_VISITS = 3 };
typedef struct {
    const char *id;
    const char **labels; /* of each visit, NULL = not met */
} last_met;

/* A label as written, or the same number: "2" and "2.0". near: the visit that is tried first. */
static size_t visit_of_label(const rmt_records *r, size_t row, size_t near, last_met *met)
{
    const rmt_plan *p = r->plan;
    char buf[RMT_NUM_BUF];
    const char *label = rmt_table_format(r->table, r->visit_column, row, buf);
    if (!*label) return p->n_visits;
    for (size_t n = 0, i = near; n < NEAR_VISITS && n < p->n_visits; n++, i++) {
        if (i >= p->n_visits) i = 0;
        if (met->labels[i] == label) return i;
    }
    for (size_t n = 0, i = near; n < p->n_visits; n++, i++) {
        if (i >= p->n_visits) i = 0;
        if (!is_called(&p->visits[i], label)) continue;
        if (label != buf) met->labels[i] = label;
        return i;
    }
    rmt_type type = rmt_table_type(r->table, r->visit_column);
    if (type != RMT_TYPE_NUMBER && type != RMT_TYPE_INTEGER) return p->n_visits;
    double x = rmt_table_number(r->table, r->visit_column, row), y;
    for (size_t i = 0; i < p->n_visits; i++)
        for (size_t k = 0; k < p->visits[i].n_values; k++) {
            const char *value = p->visits[i].values[k];
            if (rmt_num_parse_double(value, strlen(value), &y) && rmt_num_same(x, y)) return i;
        }
    return p->n_visits;
}

static size_t visit_of_time(const rmt_records *r, size_t row)
{
    const rmt_plan *p = r->plan;
    double x = rmt_records_number(r, r->visit_column, row);
    size_t best = p->n_visits;
    double best_distance = (double)INFINITY;
    if (isnan(x)) return best;
    for (size_t i = 0; i < p->n_visits; i++) {
        const rmt_plan_visit *v = &p->visits[i];
        double low = isnan(v->low) ? v->at : v->low, high = isnan(v->high) ? v->at : v->high;
        if (!(x >= low && x <= high)) continue;
        double distance = isnan(v->at) ? 0 : fabs(x - v->at);
        if (best == p->n_visits || distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

static bool is_subject(const rmt_subjects *s, size_t i, const char *id)
{
    return i < s->n && strcmp(s->subjects[i].id, id) == 0;
}

/* near: the subject that is tried first, and then the one behind. */
static size_t subject_of(const rmt_records *r, size_t row, size_t near, last_met *met)
{
    char buf[RMT_NUM_BUF];
    const char *id = rmt_table_format(r->table, r->id_column, row, buf);
    if (id == met->id) return near;
    met->id = id != buf ? id : NULL;
    if (!*id) return r->subjects->n;
    if (is_subject(r->subjects, near, id)) return near;
    if (is_subject(r->subjects, near + 1, id)) return near + 1;
    return rmt_subjects_find(r->subjects, id);
}

static size_t visit_of(const rmt_records *r, size_t row, size_t near, last_met *met)
{
    if (r->visit_column == RMT_NO_COLUMN) return r->plan->n_visits;
    return r->plan->visit_kind == RMT_VISIT_LABEL ? visit_of_label(r, row, near, met)
                                                  : visit_of_time(r, row);
}

/* In most files the rows of a subject stand together, or those of a visit. */
static rmt_status place_rows(rmt_records *r, rmt_error *err)
{
    if (r->n_rows > RMT_SUBJECT_ROWS || r->plan->n_visits >= UINT16_MAX)
        return rmt_fail(err, RMT_ERR_NOMEM, "%zu records at %zu visits are too many", r->n_rows,
                        r->plan->n_visits);
    r->subject = rmt_mem_array(r->n_rows, sizeof *r->subject, err);
    r->visit = rmt_mem_array(r->n_rows, sizeof *r->visit, err);
    last_met met = {NULL, rmt_mem_array(r->plan->n_visits, sizeof *met.labels, err)};
    if (!r->subject || !r->visit || !met.labels) {
        rmt_mem_free(met.labels);
        return RMT_ERR_NOMEM;
    }
    for (size_t i = 0; i < r->n_rows; i++) {
        r->subject[i] = (uint32_t)subject_of(r, i, i > 0 ? r->subject[i - 1] : 0, &met);
        r->visit[i] = (uint16_t)visit_of(r, i, i > 0 ? r->visit[i - 1] : 0, &met);
        rmt_columns_rest(r->table, (size_t[]){r->id_column, r->visit_column}, 2, i + 1);
    }
    rmt_mem_free(met.labels);
    return RMT_OK;
}

rmt_status rmt_records_place(rmt_records *out, const rmt_plan *plan, const rmt_subjects *subjects,
                             const rmt_table *table, const char *name, const char *visit,
                             rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_records r = {.plan = plan,
                     .subjects = subjects,
                     .table = table,
                     .visit_name = visit,
                     .visit_column = RMT_NO_COLUMN,
                     .line_column = rmt_line_column(table),
                     .n_rows = rmt_table_rows(table)};
    if ((st = rmt_named_table_column(&r.id_column, table, name, plan->subject_id, err)) ||
        (visit && (st = rmt_named_table_column(&r.visit_column, table, name, visit, err))))
        goto done;
    if ((st = place_rows(&r, err))) goto done;
    *out = r;
    r = (rmt_records){0};
done:
    rmt_records_close(&r);
    return st;
}

rmt_status rmt_records_open(rmt_records *out, const rmt_plan *plan, const rmt_plan_outcome *outcome,
                            const rmt_subjects *subjects, const rmt_named_table *tables,
                            size_t n_tables, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_records r = {.plan = plan, .outcome = outcome, .subjects = subjects};

    r.instrument = outcome->instrument;
    if (outcome->instrument_id && !r.instrument)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, outcome->name,
                           "instrument %s of outcome %s is not known", outcome->instrument_id,
                           outcome->name);
    if (!outcome->total && !(outcome->items && r.instrument))
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, outcome->name,
                           "outcome %s needs a total, or items and an instrument", outcome->name);
    r.table = rmt_named_table_find(tables, n_tables, outcome->table);
    if (!r.table)
        return rmt_fail_at(err, RMT_ERR_CONFIG, NULL, 0, outcome->name,
                           "outcome %s: there is no table %s", outcome->name, outcome->table);
    r.n_rows = rmt_table_rows(r.table);
    if ((st = find_columns(&r, err))) goto done;
    if ((st = place_rows(&r, err))) goto done;
    if (!(r.valued = rmt_mem_array(r.n_rows, sizeof *r.valued, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t i = 0; i < r.n_rows; i++)
        r.valued[i] = is_valued(&r, i);
    rmt_columns_rest(r.table, NULL, 0, r.n_rows);
    *out = r;
    r = (rmt_records){0};
done:
    rmt_records_close(&r);
    return st;
}

void rmt_records_close(rmt_records *r)
{
    rmt_mem_free(r->item_columns);
    rmt_mem_free(r->items);
    rmt_mem_free(r->subject);
    rmt_mem_free(r->visit);
    rmt_mem_free(r->valued);
    *r = (rmt_records){0};
}

static bool comes_before(const rmt_records *r, size_t row, size_t other)
{
    size_t a = rmt_records_line(r, row), b = rmt_records_line(r, other);
    return a != b ? a < b : row < other;
}

rmt_status rmt_records_slots(rmt_slot **out, const rmt_records *r, rmt_error *err)
{
    size_t n_visits = r->plan->n_visits;
    if (r->subjects->n > 0 && n_visits > SIZE_MAX / r->subjects->n)
        return rmt_fail(err, RMT_ERR_NOMEM, "too many subjects and visits");
    rmt_slot *slots = rmt_mem_array(r->subjects->n * n_visits, sizeof *slots, err);
    if (!slots) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_rows; i++) {
        if (r->subject[i] == r->subjects->n || r->visit[i] == n_visits) continue;
        rmt_slot *s = &slots[r->subject[i] * n_visits + r->visit[i]];
        if (s->n == 0 || (r->valued[i] && !s->valued)) {
            *s = (rmt_slot){.row = (uint32_t)i, .n = 1, .valued = r->valued[i]};
        } else if (r->valued[i] == s->valued) {
            if (s->valued) s->n++;
            if (comes_before(r, i, s->row)) s->row = (uint32_t)i;
        }
    }
    *out = slots;
    return RMT_OK;
}
