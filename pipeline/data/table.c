/* table.c - see rmt/table.h: types, columns and their names, rows. Cells are in table_cells.c. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "rmt/mem.h"
#include "table_parts.h"

/* ---- types --------------------------------------------------------------------------------- */

static const char *const type_names[RMT_N_TYPES] = {
    [RMT_TYPE_NUMBER] = "number", [RMT_TYPE_INTEGER] = "integer", [RMT_TYPE_BOOLEAN] = "boolean",
    [RMT_TYPE_STRING] = "string", [RMT_TYPE_DATE] = "date",       [RMT_TYPE_DATETIME] = "datetime",
};

const char *rmt_type_name(rmt_type t)
{
    assert((unsigned)t < RMT_N_TYPES);
    return type_names[t];
}

bool rmt_type_from_name(const char *name, rmt_type *out)
{
    for (int i = 0; i < RMT_N_TYPES; i++) {
        if (strcmp(name, type_names[i]) == 0) {
            *out = (rmt_type)i;
            return true;
        }
    }
    return false;
}

bool rmt_type_is_text(rmt_type t)
{
    return t == RMT_TYPE_STRING || t == RMT_TYPE_DATE || t == RMT_TYPE_DATETIME;
}

/* ---- columns ------------------------------------------------------------------------------- */

static void column_clear(table_column *c)
{
    rmt_mem_free(c->name);
    rmt_mem_free(c->title);
    rmt_mem_free(c->unit);
    if (!c->is_borrowed) {
        rmt_mem_free(c->numbers);
        rmt_mem_free(c->integers);
    }
    column_texts_clear(&c->cells);
    column_texts_clear(&c->reasons);
    memset(c, 0, sizeof *c);
}

/* Makes rows [from, to) missing and without a reason. */
static void column_blank(table_column *c, size_t from, size_t to)
{
    if (c->numbers) {
        for (size_t i = from; i < to; i++)
            c->numbers[i] = (double)NAN;
    }
    if (c->integers) {
        for (size_t i = from; i < to; i++)
            c->integers[i] = RMT_INTEGER_MISSING;
    }
    if (c->cells.at) memset(c->cells.at + from, 0, (to - from) * sizeof *c->cells.at);
    if (c->reasons.at) memset(c->reasons.at + from, 0, (to - from) * sizeof *c->reasons.at);
}

/* *block, when there is one, with room for `cap` elements. */
static rmt_status widen(void *block, size_t cap, size_t size, rmt_error *err)
{
    void *p;
    memcpy(&p, block, sizeof p);
    if (!p) return RMT_OK;
    p = rmt_mem_resize(p, cap, size, err);
    if (!p) return RMT_ERR_NOMEM;
    memcpy(block, &p, sizeof p);
    return RMT_OK;
}

/* Makes borrowed numbers or integers the table's own, with room for `cap` rows. */
static rmt_status column_own(table_column *c, size_t n_rows, size_t cap, rmt_error *err)
{
    if (!c->is_borrowed) return RMT_OK;
    const size_t size = c->numbers ? sizeof *c->numbers : sizeof *c->integers;
    void *own = rmt_mem_resize(NULL, cap, size, err);
    if (!own) return RMT_ERR_NOMEM;
    memcpy(own, c->numbers ? (void *)c->numbers : (void *)c->integers, n_rows * size);
    if (c->numbers) c->numbers = own;
    else c->integers = own;
    c->is_borrowed = false;
    return RMT_OK;
}

static rmt_status column_widen(table_column *c, size_t n_rows, size_t cap, rmt_error *err)
{
    rmt_status st = column_own(c, n_rows, cap, err);
    if (!st) st = column_texts_own(&c->cells, n_rows, cap, err);
    if (!st) st = column_texts_own(&c->reasons, n_rows, cap, err);
    if (!st) st = widen(&c->numbers, cap, sizeof *c->numbers, err);
    if (!st) st = widen(&c->integers, cap, sizeof *c->integers, err);
    if (!st) st = widen(&c->cells.at, cap, sizeof *c->cells.at, err);
    if (!st) st = widen(&c->reasons.at, cap, sizeof *c->reasons.at, err);
    return st;
}

static char *copy_or_empty(const char *s, rmt_error *err)
{
    return rmt_mem_text(s, s ? strlen(s) : 0, err);
}

/* ---- the index of names -------------------------------------------------------------------- */

/* FNV-1a, 64 bits. */
static size_t hash_name(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ (h >> 32));
}

static void index_add(size_t *slots, size_t n_slots, const char *name, size_t col)
{
    size_t i = hash_name(name) & (n_slots - 1);
    while (slots[i])
        i = (i + 1) & (n_slots - 1);
    slots[i] = col + 1;
}

/* Room in the index for one more column. */
static rmt_status index_reserve(rmt_table *t, rmt_error *err)
{
    if ((t->n_cols + 1) * 2 <= t->n_slots) return RMT_OK;
    size_t n = t->n_slots ? t->n_slots * 2 : 16;
    size_t *slots = rmt_mem_array(n, sizeof *slots, err);
    if (!slots) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < t->n_cols; i++)
        index_add(slots, n, t->cols[i].name, i);
    rmt_mem_free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    return RMT_OK;
}

size_t rmt_table_find(const rmt_table *t, const char *name)
{
    if (t->n_slots == 0) return RMT_NO_COLUMN;
    size_t i = hash_name(name) & (t->n_slots - 1);
    for (; t->slots[i]; i = (i + 1) & (t->n_slots - 1)) {
        if (strcmp(t->cols[t->slots[i] - 1].name, name) == 0) return t->slots[i] - 1;
    }
    return RMT_NO_COLUMN;
}

rmt_status rmt_table_need(size_t *col, const rmt_table *t, const char *name, rmt_column_kind kind,
                          const char *path, rmt_error *err)
{
    static const char *const words[] = {"texts", "numbers", "whole numbers or booleans"};
    const size_t found = rmt_table_find(t, name);
    if (found == RMT_NO_COLUMN)
        return rmt_fail(err, RMT_ERR_INCONSISTENT, "%s has no column %s", path, name);
    const rmt_type type = t->cols[found].type;
    const bool fits = kind == RMT_KIND_TEXT     ? rmt_type_is_text(type)
                      : kind == RMT_KIND_NUMBER ? !rmt_type_is_text(type)
                                                : table_is_integral(type);
    if (!fits)
        return rmt_fail(err, RMT_ERR_INCONSISTENT, "column %s of %s is of type %s, %s are needed",
                        name, path, rmt_type_name(type), words[kind]);
    *col = found;
    return RMT_OK;
}

/* ---- the table ----------------------------------------------------------------------------- */

rmt_status rmt_table_new(rmt_table **out, const char *title, rmt_error *err)
{
    rmt_table *t = rmt_mem_array(1, sizeof *t, err);
    if (!t) return RMT_ERR_NOMEM;
    t->title = copy_or_empty(title, err);
    if (!t->title) {
        rmt_table_free(t);
        return RMT_ERR_NOMEM;
    }
    *out = t;
    return RMT_OK;
}

void rmt_table_free(rmt_table *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n_cols; i++)
        column_clear(&t->cols[i]);
    rmt_mem_free(t->cols);
    rmt_mem_free(t->slots);
    rmt_mem_free(t->title);
    if (t->kept.release) t->kept.release(t->kept.memory);
    rmt_mem_free(t);
}

/* Room for the cells of a new column. */
static rmt_status allocate(const rmt_table *t, table_column *c, rmt_error *err)
{
    void *block;
    if (c->type == RMT_TYPE_NUMBER)
        block = c->numbers = rmt_mem_array(t->row_cap, sizeof *c->numbers, err);
    else if (table_is_integral(c->type))
        block = c->integers = rmt_mem_array(t->row_cap, sizeof *c->integers, err);
    else block = c->cells.at = rmt_mem_array(t->row_cap, sizeof *c->cells.at, err);
    if (!block) return RMT_ERR_NOMEM;
    column_blank(c, 0, t->n_rows);
    return RMT_OK;
}

static void borrow_placed(column_texts *x, const rmt_table_texts *from)
{
    x->placed = from->at ? from : NULL;
    x->n_set = from->n_set;
}

static void borrow_all(table_column *c, const rmt_table_borrowed *from)
{
    borrow_placed(&c->reasons, &from->reasons);
    if (rmt_type_is_text(c->type)) {
        borrow_placed(&c->cells, &from->texts);
        return;
    }
    if (c->type == RMT_TYPE_NUMBER) c->numbers = from->values;
    else c->integers = from->values;
    c->is_borrowed = true;
}

/* from: NULL = the cells are missing. */
static rmt_status add_column(rmt_table *t, const char *name, rmt_type type, const char *title,
                             const char *unit, const rmt_table_borrowed *from, rmt_error *err)
{
    rmt_status st;
    table_column c = {.type = type};
    assert((unsigned)type < RMT_N_TYPES);
    if (!name || !name[0])
        return rmt_fail(err, RMT_ERR_INTERNAL, "a column of table '%s' has no name", t->title);
    if (rmt_table_find(t, name) != RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_INTERNAL, NULL, 0, name,
                           "table '%s' has this column already", t->title);

    st = RMT_ERR_NOMEM;
    if (!(c.name = copy_or_empty(name, err))) goto done;
    if (!(c.title = copy_or_empty(title, err))) goto done;
    if (!(c.unit = copy_or_empty(unit, err))) goto done;
    if (from) borrow_all(&c, from);
    else if ((st = allocate(t, &c, err))) goto done;
    if ((st = index_reserve(t, err))) goto done;
    if ((st = rmt_mem_grow(&t->cols, &t->cols_cap, t->n_cols + 1, sizeof *t->cols, err))) goto done;

    index_add(t->slots, t->n_slots, name, t->n_cols);
    t->cols[t->n_cols++] = c;
    memset(&c, 0, sizeof c);
done:
    column_clear(&c);
    return st;
}

rmt_status rmt_table_add_column(rmt_table *t, const char *name, rmt_type type, const char *title,
                                const char *unit, rmt_error *err)
{
    return add_column(t, name, type, title, unit, NULL, err);
}

rmt_status rmt_table_add_borrowed(rmt_table *t, const char *name, rmt_type type, const char *title,
                                  const char *unit, const rmt_table_borrowed *from, rmt_error *err)
{
    return add_column(t, name, type, title, unit, t->n_rows > 0 ? from : NULL, err);
}

rmt_status rmt_table_add_columns(rmt_table *t, const rmt_column_spec *specs, size_t n,
                                 rmt_error *err)
{
    for (size_t i = 0; i < n; i++) {
        rmt_status st = rmt_table_add_column(t, specs[i].name, specs[i].type, specs[i].title,
                                             specs[i].unit, err);
        if (st) return st;
    }
    return RMT_OK;
}

rmt_status rmt_table_add_rows(rmt_table *t, size_t n, rmt_error *err)
{
    if (n > RMT_MEM_CAP || t->n_rows + n > RMT_MEM_CAP)
        return rmt_fail(err, RMT_ERR_NOMEM, "table '%s' cannot hold %zu more rows", t->title, n);
    size_t need = t->n_rows + n;
    if (need > t->row_cap) {
        /* Double, but never so far that doubling is refused where the need is not. */
        size_t cap = t->row_cap * 2;
        size_t most = RMT_MEM_CAP / sizeof(double);
        if (cap > most) cap = most;
        if (cap < need) cap = need;
        for (size_t i = 0; i < t->n_cols; i++) {
            rmt_status st = column_widen(&t->cols[i], t->n_rows, cap, err);
            if (st) return st; /* some columns have more room than row_cap says: harmless */
        }
        t->row_cap = cap;
    }
    for (size_t i = 0; i < t->n_cols; i++) {
        rmt_status st = column_own(&t->cols[i], t->n_rows, t->row_cap, err);
        if (!st) st = column_texts_own(&t->cols[i].cells, t->n_rows, t->row_cap, err);
        if (!st) st = column_texts_own(&t->cols[i].reasons, t->n_rows, t->row_cap, err);
        if (st) return st;
    }
    for (size_t i = 0; i < t->n_cols; i++)
        column_blank(&t->cols[i], t->n_rows, need);
    t->n_rows = need;
    return RMT_OK;
}

rmt_status table_reasons_reserve(const rmt_table *t, table_column *c, rmt_error *err)
{
    if (column_texts_are_borrowed(&c->reasons))
        return column_texts_own(&c->reasons, t->n_rows, t->row_cap, err);
    if (c->reasons.at) return RMT_OK;
    c->reasons.at = rmt_mem_array(t->row_cap, sizeof *c->reasons.at, err);
    return c->reasons.at ? RMT_OK : RMT_ERR_NOMEM;
}

rmt_status rmt_table_clone(rmt_table **out, const rmt_table *t, rmt_error *err)
{
    rmt_status st;
    rmt_table *copy = NULL;
    size_t n = t->n_rows;

    if ((st = rmt_table_new(&copy, t->title, err))) goto done;
    if ((st = rmt_table_add_rows(copy, n, err))) goto done;
    for (size_t i = 0; i < t->n_cols; i++) {
        const table_column *from = &t->cols[i];
        if ((st = rmt_table_add_column(copy, from->name, from->type, from->title, from->unit, err)))
            goto done;
        table_column *to = &copy->cols[i];
        if (from->numbers) memcpy(to->numbers, from->numbers, n * sizeof *to->numbers);
        if (from->integers) memcpy(to->integers, from->integers, n * sizeof *to->integers);
        if ((st = column_texts_copy(&to->cells, &from->cells, n, err))) goto done;
        if (from->reasons.n_set == 0) continue;
        if ((st = table_reasons_reserve(copy, to, err))) goto done;
        if ((st = column_texts_copy(&to->reasons, &from->reasons, n, err))) goto done;
    }
    *out = copy;
    copy = NULL;
done:
    rmt_table_free(copy);
    return st;
}

void rmt_table_borrow_texts(rmt_table *t, size_t col, const char *cells, size_t width)
{
    table_column *c = &t->cols[col];
    assert(rmt_type_is_text(c->type));
    column_texts_borrow(&c->cells, cells, width, t->n_rows);
}

void rmt_table_borrow_reasons(rmt_table *t, size_t col, const char *cells, size_t width)
{
    column_texts_borrow(&t->cols[col].reasons, cells, width, t->n_rows);
}

void rmt_table_keep(rmt_table *t, const rmt_table_memory *memory)
{
    assert(!t->kept.release);
    t->kept = *memory;
}

static void rest(const rmt_table *t, const void *bytes, size_t n)
{
    t->kept.rest(t->kept.memory, bytes, n);
}

void rmt_table_rest(const rmt_table *t, size_t col)
{
    const table_column *c = &t->cols[col];
    const column_texts *both[] = {&c->cells, &c->reasons};
    if (!t->kept.rest) return;
    if (c->is_borrowed && !c->is_changed && c->numbers)
        rest(t, c->numbers, t->n_rows * sizeof *c->numbers);
    else if (c->is_borrowed && !c->is_changed)
        rest(t, c->integers, t->n_rows * sizeof *c->integers);
    for (size_t i = 0; i < 2; i++) {
        if (both[i]->borrowed) rest(t, both[i]->borrowed, t->n_rows * both[i]->width);
        if (!both[i]->placed) continue;
        rest(t, both[i]->placed->at, t->n_rows * sizeof *both[i]->placed->at);
        rest(t, both[i]->placed->bytes, both[i]->placed->n_bytes);
    }
}

const char *rmt_table_title(const rmt_table *t)
{
    return t->title;
}

size_t rmt_table_rows(const rmt_table *t)
{
    return t->n_rows;
}

size_t rmt_table_columns(const rmt_table *t)
{
    return t->n_cols;
}

const char *rmt_table_name(const rmt_table *t, size_t col)
{
    return table_col(t, col)->name;
}

rmt_type rmt_table_type(const rmt_table *t, size_t col)
{
    return table_col(t, col)->type;
}

const char *rmt_table_column_title(const rmt_table *t, size_t col)
{
    return table_col(t, col)->title;
}

const char *rmt_table_unit(const rmt_table *t, size_t col)
{
    return table_col(t, col)->unit;
}
