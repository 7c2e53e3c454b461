/* schema_check_columns.c - what a schema asks of a column, made ready to be asked of many cells; and the cells that may be at
 * fault, without a word. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rmt/mem.h"
#include "schema_check_parts.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- limits ---------------------------------------------------------------------------------- */

static const schema_range_rule range_rules[] = {
    {"minimum", "is below the ", true, false},
    {"exclusiveMinimum", "is not above the ", true, true},
    {"maximum", "is above the ", false, false},
    {"exclusiveMaximum", "is not below the ", false, true},
};

static const char *limit_text(const schema_limit *l)
{
    return l->text ? l->text : l->iso;
}

static void limit_set(schema_limit *l, const rmt_field *f, const char *text)
{
    rmt_cell cell;

    rmt_field_read_limit(&cell, f, text);
    l->number = f->type == RMT_TYPE_NUMBER ? cell.number : cell.integer;
    memcpy(l->iso, cell.text, sizeof l->iso);
    l->text = f->type == RMT_TYPE_STRING && !cell.text[0] ? text : NULL;
}

static int limit_compare(const void *a, const void *b)
{
    const schema_limit *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);

    return order ? order : strcmp(limit_text(x), limit_text(y));
}

bool schema_is_beyond(const schema_range_end *e, const schema_limit *x)
{
    const int order = limit_compare(x, &e->at);

    return order == 0 ? e->rule->exclusive : (order < 0) == e->rule->is_low;
}

bool rmt_field_admits(const rmt_field *f, double x)
{
    const char *texts[] = {f->minimum, f->exclusive_minimum, f->maximum, f->exclusive_maximum};
    const schema_limit value = {.number = x};
    if (rmt_type_is_text(f->type)) return true;
    for (size_t i = 0; i < COUNT(range_rules); i++) {
        schema_range_end end = {.rule = &range_rules[i], .text = texts[i]};
        if (!texts[i]) continue;
        limit_set(&end.at, f, texts[i]);
        if (schema_is_beyond(&end, &value)) return false;
    }
    for (size_t i = 0; f->allowed && i < rmt_node_size(f->allowed); i++) {
        schema_limit allowed;
        limit_set(&allowed, f, rmt_choice_text(rmt_node_at(f->allowed, i), NULL));
        if (!(allowed.number < x || allowed.number > x)) return true;
    }
    return !f->allowed;
}

/* ---- a column -------------------------------------------------------------------------------- */

enum { CLEAN_TEXTS = 256 };

void schema_column_clear(schema_column *c)
{
    rmt_mem_free(c->allowed);
    rmt_text_clear(&c->choices);
    rmt_pattern_work_free(c->work);
    rmt_mem_free(c->clean);
    rmt_repeats_clear(&c->unique);
}

/* The choices of an enum: sorted to be searched, and written out (the first ones) for the rule. */
static rmt_status prepare_enum(schema_column *c, rmt_error *err)
{
    enum { WRITTEN = 200 };
    size_t n = rmt_node_size(c->field->allowed);
    bool cut = false;

    if (!(c->allowed = rmt_mem_array(n, sizeof *c->allowed, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *text = rmt_choice_text(rmt_node_at(c->field->allowed, i), NULL);
        rmt_status st = RMT_OK;
        limit_set(&c->allowed[i], c->field, text);
        if (!cut && i > 0 && c->choices.len + strlen(text) > WRITTEN) {
            cut = true;
            st = rmt_text_add(&c->choices, ", ...", err);
        } else if (!cut) {
            st = rmt_text_addf(&c->choices, err, "%s%s", i ? ", " : "", text);
        }
        if (st) return st;
    }
    c->n_allowed = n;
    qsort(c->allowed, n, sizeof *c->allowed, limit_compare);
    if (c->field->type != RMT_TYPE_NUMBER && !c->is_text && n > 0 &&
        c->allowed[n - 1].number - c->allowed[0].number < 64) {
        c->choice_base = (int32_t)c->allowed[0].number;
        for (size_t i = 0; i < n; i++)
            c->choice_bits |= UINT64_C(1) << (unsigned)(c->allowed[i].number - c->choice_base);
    }
    return RMT_OK;
}

/* The ends of a range as the least and the greatest number that break none of them. */
static void narrow_range(schema_column *c)
{
    c->low = -(double)INFINITY;
    c->high = (double)INFINITY;
    for (size_t i = 0; i < c->n_ends; i++) {
        const schema_range_rule *rule = c->ends[i].rule;
        double end = c->ends[i].at.number;
        if (rule->exclusive) end = nextafter(end, rule->is_low ? c->high : c->low);
        if (rule->is_low && end > c->low) c->low = end;
        if (!rule->is_low && end < c->high) c->high = end;
    }
}

rmt_status schema_column_init(schema_column *c, const rmt_table *t, const rmt_row_order *order,
                              rmt_error *err)
{
    const rmt_field *f = c->field;
    const char *texts[] = {f->minimum, f->exclusive_minimum, f->maximum, f->exclusive_maximum};
    rmt_status st = RMT_OK;

    if (rmt_table_type(t, c->col) != f->type)
        return rmt_fail_at(err, RMT_ERR_INCONSISTENT, "", 0, f->name,
                           "the column is %s in the table and %s in the schema",
                           rmt_type_name(rmt_table_type(t, c->col)), rmt_type_name(f->type));
    c->is_text = rmt_type_is_text(f->type);
    if ((f->declared == RMT_FIELD_DATE || f->declared == RMT_FIELD_DATETIME) &&
        rmt_table_has_reasons(t, c->col))
        c->date_forms = schema_common_date_forms(t, c->col);
    for (size_t i = 0; i < COUNT(range_rules); i++) {
        if (!texts[i]) continue;
        c->ends[c->n_ends] = (schema_range_end){.rule = &range_rules[i], .text = texts[i]};
        limit_set(&c->ends[c->n_ends++].at, f, texts[i]);
    }
    if (f->allowed && (st = prepare_enum(c, err))) return st;
    if (f->compiled && (st = rmt_pattern_work_new(&c->work, f->compiled, err))) return st;
    if (f->unique) {
        const rmt_key key = {t, &c->col, 1};
        if ((st = rmt_key_repeats(&c->unique, &key, order, err))) return st;
    }
    narrow_range(c);
    const bool has_length = f->min_length > 0 || f->max_length != SIZE_MAX;
    const bool constrained =
        c->n_ends > 0 || c->allowed || f->compiled || (c->is_text && has_length);
    c->idle = !constrained && !f->required && !c->unique.first && !c->key &&
              !rmt_table_has_reasons(t, c->col);
    if (c->is_text && constrained &&
        !(c->clean = rmt_mem_array(CLEAN_TEXTS, sizeof *c->clean, err)))
        return RMT_ERR_NOMEM;
    return RMT_OK;
}

bool schema_is_allowed(const schema_column *c, const schema_limit *x)
{
    return bsearch(x, c->allowed, c->n_allowed, sizeof *x, limit_compare);
}

size_t schema_length(const rmt_field *f, const char *value)
{
    return f->declared == RMT_FIELD_STRING ? rmt_text_utf8_length(value)
                                           : rmt_cell_json_members(value);
}

/* ---- which cells to examine ------------------------------------------------------------------ */

/* A missing cell is no fault, unless it must not be or is one that could not be read. */
static bool is_missing_in_doubt(const rmt_table *t, const schema_column *c, size_t row)
{
    if (c->field->required || c->key) return true;
    return rmt_unreadable_text(rmt_table_reason(t, c->col, row));
}

static bool is_repeated(const schema_column *c, size_t row)
{
    return (c->unique.first && c->unique.first[row] > 0) ||
           (c->key && c->key->first && c->key->first[row] > 0);
}

static bool is_number_in_doubt(const schema_column *c, double x)
{
    const schema_limit as_limit = {x, "", NULL};

    return !(x >= c->low && x <= c->high) || (c->allowed && !schema_is_allowed(c, &as_limit));
}

/* What schema_check_cell would say of a text, without a word. */
static bool is_text_clean(const schema_column *c, const char *s)
{
    const rmt_field *f = c->field;
    const schema_limit x = {0.0, "", s};

    for (size_t i = 0; i < c->n_ends; i++)
        if (schema_is_beyond(&c->ends[i], &x)) return false;
    if (c->allowed && !schema_is_allowed(c, &x)) return false;
    if (f->compiled && rmt_pattern_match(f->compiled, c->work, s) != RMT_MATCH_YES) return false;
    if (f->min_length == 0 && f->max_length == SIZE_MAX) return true;
    const size_t n = schema_length(f, s);
    return n >= f->min_length && n <= f->max_length;
}

/* The same few texts fill most columns: those found in order are known again. */
static bool is_text_in_doubt(const schema_column *c, const char *s)
{
    size_t h = 0;

    if (!c->clean) return false;
    for (const char *p = s; *p; p++)
        h = h * 31 + (unsigned char)*p;
    const char **known = &c->clean[(h ^ (h >> 8)) % CLEAN_TEXTS];
    if (*known && strcmp(*known, s) == 0) return false;
    if (!is_text_clean(c, s)) return true;
    *known = s;
    return false;
}

static bool is_in_doubt(const rmt_table *t, const schema_column *c, size_t row)
{
    if (rmt_table_is_missing(t, c->col, row)) return is_missing_in_doubt(t, c, row);
    if (is_repeated(c, row)) return true;
    if (c->is_text) return is_text_in_doubt(c, rmt_table_text(t, c->col, row));
    return is_number_in_doubt(c, rmt_table_number(t, c->col, row));
}

/* All n cells are there and within a range that is all that is asked: what most blocks of numbers are. */
static bool is_plainly_clean(const schema_column *c, const rmt_table *t, size_t first, size_t n)
{
    const double *numbers = rmt_table_numbers(t, c->col);
    const int32_t *integers = rmt_table_integers(t, c->col);
    size_t n_out = 0;

    if (c->unique.first || (c->key && c->key->first) || (c->allowed && c->n_ends > 0)) return false;
    if (numbers && !c->allowed)
        for (size_t i = first; i < first + n; i++)
            n_out += !(numbers[i] >= c->low && numbers[i] <= c->high);
    else if (integers && c->choice_bits) {
        for (size_t i = first; i < first + n; i++) {
            const uint32_t at = (uint32_t)integers[i] - (uint32_t)c->choice_base;
            n_out += at >= SCHEMA_WORD || !(c->choice_bits >> at % SCHEMA_WORD & 1);
        }
    } else if (integers && !c->allowed) {
        const double low = c->low > INT32_MIN ? ceil(c->low) : INT32_MIN + 1.0;
        const double high = c->high < INT32_MAX ? floor(c->high) : INT32_MAX;
        if (!(low <= INT32_MAX && high > INT32_MIN)) return false;
        const int32_t from = (int32_t)low, to = (int32_t)high;
        for (size_t i = first; i < first + n; i++)
            n_out += integers[i] < from || integers[i] > to;
    } else return false;
    return n_out == 0;
}

bool schema_column_doubt(const schema_column *c, const rmt_table *t, const rmt_row_order *order,
                         uint64_t *bits, size_t first, size_t n)
{
    bool any = false;

    if (!order->at && is_plainly_clean(c, t, first, n)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_in_doubt(t, c, rmt_row_at(order, first + i))) continue;
        bits[i / SCHEMA_WORD] |= UINT64_C(1) << i % SCHEMA_WORD;
        any = true;
    }
    return any;
}
