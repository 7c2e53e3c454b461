#include "rmt/draft.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <string.h>

enum { ENUM_MAX = 12, ENUM_BYTES = 64 };

/* What an outcome says of a column. */
typedef struct {
    bool ranged;
    double low, high;
} range;

static range range_of(const rmt_recognised *r, size_t table, size_t col)
{
    for (size_t i = 0; i < r->n_outcomes; i++) {
        const rmt_recognised_outcome *o = &r->outcomes[i];
        if (o->table != table || !o->instrument) continue;
        for (size_t k = 0; k < o->n_items; k++)
            if (o->items[k] == col)
                return (range){true, o->instrument->items[k].min, o->instrument->items[k].max};
        if (o->total == col || o->baseline == col)
            return (range){true, o->instrument->scales[0].min, o->instrument->scales[0].max};
    }
    return (range){0};
}

/* The codes taken in the columns of a table, in their order; is_value: some column has it as a value, so that it is no code
 * for the whole table. */
typedef struct {
    struct {
        const char *text;
        bool is_value;
    } * at;
    size_t n, cap;
} code_list;

static size_t find_code(const code_list *l, const char *text)
{
    size_t i = 0;
    while (i < l->n && strcmp(l->at[i].text, text) != 0)
        i++;
    return i;
}

/* There are some ten codes at most, and as many levels as there are cells: these are gone through once. */
static rmt_status list_codes(code_list *l, const rmt_recognised_table *t, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < t->n_columns; i++)
        for (size_t k = 0; k < t->columns[i].n_codes; k++) {
            const rmt_code_found *c = &t->columns[i].codes[k];
            if (!c->taken || find_code(l, c->text) < l->n) continue;
            if ((st = rmt_mem_grow(&l->at, &l->cap, l->n + 1, sizeof *l->at, err))) return st;
            l->at[l->n].text = c->text;
            l->at[l->n++].is_value = false;
        }
    for (size_t i = 0; l->n && i < t->n_columns; i++)
        for (size_t k = 0; k < t->columns[i].n_levels; k++) {
            char buf[RMT_LEVEL_BUF];
            const size_t at = find_code(l, rmt_level_text(&t->columns[i].levels[k], buf));
            if (at < l->n) l->at[at].is_value = true;
        }
    return RMT_OK;
}

static rmt_status add_item(rmt_text *out, const char *text, rmt_error *err)
{
    rmt_status st = rmt_text_add(out, ", ", err);
    return st ? st : rmt_text_add_json(out, text, err);
}

static rmt_status add_missing_values(rmt_text *out, const code_list *codes, rmt_error *err)
{
    rmt_status st = rmt_text_add(out, "\"missingValues\": [\"\"", err);
    for (size_t i = 0; !st && i < codes->n; i++)
        if (!codes->at[i].is_value) st = add_item(out, codes->at[i].text, err);
    return st ? st : rmt_text_add(out, "]", err);
}

/* A field's own codes, where one of them is a value of another column. */
static rmt_status add_own_codes(rmt_text *out, const code_list *codes, const rmt_column_facts *f,
                                rmt_error *err)
{
    bool own = false;
    rmt_status st = RMT_OK;
    for (size_t k = 0; k < f->n_codes; k++)
        own = own || (f->codes[k].taken && codes->at[find_code(codes, f->codes[k].text)].is_value);
    if (!own) return RMT_OK;
    st = rmt_text_add(out, ", \"missingValues\": [\"\"", err);
    for (size_t k = 0; !st && k < f->n_codes; k++)
        if (f->codes[k].taken) st = add_item(out, f->codes[k].text, err);
    return st ? st : rmt_text_add(out, "]", err);
}

static bool is_name_column(const rmt_recognised *r, size_t table, size_t col)
{
    const rmt_recognised_table *t = &r->tables[table];
    return col == t->id || col == t->visit || (table == r->subjects && &t->columns[col] == r->arms);
}

/* A short list of values, each met several times. */
static bool is_list(const rmt_recognised_table *t, size_t col, bool names)
{
    const rmt_column_facts *f = &t->columns[col];
    if (col == t->id || f->n_levels < 2 || f->n_values < 3 * f->n_levels) return false;
    if (!names && (f->type != RMT_TYPE_STRING || f->n_odd || f->format || f->n_levels > ENUM_MAX))
        return false;
    for (size_t i = 0; i < f->n_levels; i++)
        if (f->levels[i].text && strlen(f->levels[i].text) > ENUM_BYTES) return false;
    return true;
}

static rmt_status add_levels(rmt_text *out, const rmt_column_facts *f, rmt_error *err)
{
    rmt_status st = rmt_text_add(out, "\"enum\": [", err);
    for (size_t i = 0; !st && i < f->n_levels; i++) {
        char buf[RMT_LEVEL_BUF];
        if (i) st = rmt_text_add(out, ", ", err);
        if (!st) st = rmt_text_add_json(out, rmt_level_text(&f->levels[i], buf), err);
    }
    return st ? st : rmt_text_add(out, "]", err);
}

static rmt_status add_constraints(rmt_text *out, const rmt_recognised *r, size_t table, size_t col,
                                  bool names, rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    const rmt_column_facts *f = &t->columns[col];
    const range limits = range_of(r, table, col);
    const bool required = col == t->id && f->n_values == t->n_rows && t->n_rows > 0;
    const bool list = !limits.ranged && is_list(t, col, names);
    rmt_status st;
    if (!required && !list && !limits.ranged) return RMT_OK;
    if ((st = rmt_text_add(out, ", \"constraints\": {", err))) return st;
    if (required) st = rmt_text_add(out, "\"required\": true", err);
    else if (list) st = add_levels(out, f, err);
    else {
        char low[RMT_NUM_BUF], high[RMT_NUM_BUF];
        rmt_num_print(low, limits.low);
        rmt_num_print(high, limits.high);
        st = rmt_text_addf(out, err, "\"minimum\": %s, \"maximum\": %s", low, high);
    }
    return st ? st : rmt_text_add(out, "}", err);
}

static rmt_status add_field(rmt_text *out, const rmt_recognised *r, size_t table, size_t col,
                            const code_list *codes, rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    const rmt_column_facts *f = &t->columns[col];
    /* Ids, arms and visits are names, also where they look like numbers. */
    const bool names = is_name_column(r, table, col);
    /* A slip in a column of items shall be told as that. */
    const bool item = f->type == RMT_TYPE_STRING && range_of(r, table, col).ranged;
    const rmt_type type = names && col == t->id && r->ids_are_numbers ? RMT_TYPE_INTEGER
                          : names                                     ? RMT_TYPE_STRING
                          : item                                      ? RMT_TYPE_INTEGER
                                                                      : f->type;
    rmt_status st;
    if ((st = rmt_text_add(out, "{\"name\": ", err)) ||
        (st = rmt_text_add_json(out, f->name, err)) ||
        (st = rmt_text_addf(out, err, ", \"type\": \"%s\"", rmt_type_name(type))))
        return st;
    if (t->source->titles && f->title[0] &&
        ((st = rmt_text_add(out, ", \"title\": ", err)) ||
         (st = rmt_text_add_json(out, f->title, err))))
        return st;
    if (!names && f->format && (st = rmt_text_addf(out, err, ", \"format\": \"%s\"", f->format)))
        return st;
    if (type == RMT_TYPE_BOOLEAN) {
        static const char *const keys[] = {"falseValues", "trueValues"};
        for (size_t i = 0; i < 2; i++)
            if ((st = rmt_text_addf(out, err, ", \"%s\": [", keys[i])) ||
                (st = rmt_text_add_json(out, f->levels[i].text, err)) ||
                (st = rmt_text_add(out, "]", err)))
                return st;
    }
    if ((st = add_own_codes(out, codes, f, err)) ||
        (st = add_constraints(out, r, table, col, names, err)))
        return st;
    return rmt_text_add(out, "}", err);
}

static rmt_status add_keys(rmt_text *out, const rmt_recognised *r, size_t table, size_t indent,
                           rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    rmt_status st = RMT_OK;
    if (t->n_key > 0) {
        st = rmt_text_addf(out, err, "%*s  \"primaryKey\": [", (int)indent, "");
        if (!st) st = rmt_text_add_json(out, t->columns[t->id].name, err);
        if (!st && t->n_key > 1) st = add_item(out, t->columns[t->visit].name, err);
        if (!st) st = rmt_text_add(out, "],\n", err);
    }
    if (st || !t->refers || table == r->subjects || r->tables[r->subjects].n_key != 1) return st;
    st = rmt_text_addf(out, err, "%*s  \"foreignKeys\": [{\"fields\": ", (int)indent, "");
    if (!st) st = rmt_text_add_json(out, r->id, err);
    if (!st) st = rmt_text_add(out, ", \"reference\": {\"resource\": ", err);
    if (!st) st = rmt_text_add_json(out, r->tables[r->subjects].source->name, err);
    if (!st) st = rmt_text_add(out, ", \"fields\": ", err);
    if (!st) st = rmt_text_add_json(out, r->id, err);
    return st ? st : rmt_text_add(out, "}}],\n", err);
}

rmt_status rmt_draft_schema(rmt_text *out, const rmt_recognised *r, size_t table, size_t indent,
                            rmt_error *err)
{
    const rmt_recognised_table *t = &r->tables[table];
    const int in = (int)indent;
    code_list codes = {0};
    rmt_status st;
    if ((st = list_codes(&codes, t, err)) ||
        (st = rmt_text_addf(out, err, "%*s{\n%*s  ", in, "", in, "")) ||
        (st = add_missing_values(out, &codes, err)) || (st = rmt_text_add(out, ",\n", err)) ||
        (st = add_keys(out, r, table, indent, err)) ||
        (st = rmt_text_addf(out, err, "%*s  \"fields\": [\n", in, "")))
        goto done;
    for (size_t i = 0; i < t->n_columns; i++) {
        if ((st = rmt_text_addf(out, err, "%*s    ", in, "")) ||
            (st = add_field(out, r, table, i, &codes, err)) ||
            (st = rmt_text_add(out, i + 1 < t->n_columns ? ",\n" : "\n", err)))
            goto done;
    }
    st = rmt_text_addf(out, err, "%*s  ]\n%*s}\n", in, "", in, "");
done:
    rmt_mem_free(codes.at);
    return st;
}
