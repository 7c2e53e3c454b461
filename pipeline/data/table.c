/* table.c - see rmt/table.h. */
#include "rmt/table.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One text per row as an offset into one block of bytes: no allocation per cell. Offset 0 is "".
 * Overwritten texts stay in the block; a table is filled once. Or, as long as nobody changes them,
 * texts that lie in memory of somebody else: at equal distances, or placed as our own are. */
typedef struct {
    const char *borrowed; /* NULL: own. Row i begins at borrowed + i * width */
    size_t width;
    const rmt_table_texts *placed; /* NULL: own, or at equal distances */
    size_t *at;                    /* row_cap offsets; NULL = all "" */
    char *bytes;                   /* NULL until the first text */
    size_t len, cap;
    size_t last;  /* offset of the text stored last: neighbours often agree */
    size_t n_set; /* rows that are not "" */
} texts;

typedef struct {
    char *name, *title, *unit;
    rmt_type type;
    double *numbers;   /* number */
    int32_t *integers; /* integer, boolean */
    bool is_borrowed;  /* numbers or integers are not ours to free */
    bool is_changed;   /* and have been written to */
    texts cells;       /* string, date, datetime */
    texts reasons;     /* `at` is allocated with the first reason */
} column;

struct rmt_table {
    char *title;
    column *cols;
    size_t n_cols, cols_cap;
    size_t n_rows, row_cap; /* every column has room for row_cap rows */
    size_t *slots;          /* open addressing over names: column + 1, 0 = free */
    size_t n_slots;         /* a power of two, at least twice n_cols */
    rmt_table_memory kept;  /* what columns borrow from */
};

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

static bool is_integral(rmt_type t)
{
    return t == RMT_TYPE_INTEGER || t == RMT_TYPE_BOOLEAN;
}

/* ---- texts --------------------------------------------------------------------------------- */

static void texts_clear(texts *x)
{
    rmt_mem_free(x->at);
    rmt_mem_free(x->bytes);
    *x = (texts){0};
}

static const char *texts_get(const texts *x, size_t row)
{
    if (x->borrowed) return x->borrowed + row * x->width;
    if (x->placed) return x->placed->bytes + x->placed->at[row];
    return x->at && x->at[row] ? x->bytes + x->at[row] : "";
}

/* The offset of s[0..n), stored if need be. s may lie in x itself. */
static rmt_status texts_store(texts *x, const char *s, size_t n, size_t *offset, rmt_error *err)
{
    if (n == 0) {
        *offset = 0;
        return RMT_OK;
    }
    if (memchr(s, '\0', n))
        return rmt_fail(err, RMT_ERR_INTERNAL, "a text cell cannot hold a NUL byte");
    if (x->last && strncmp(x->bytes + x->last, s, n) == 0 && x->bytes[x->last + n] == '\0') {
        *offset = x->last;
        return RMT_OK;
    }

    uintptr_t base = (uintptr_t)x->bytes;
    bool inside = x->bytes && (uintptr_t)s >= base && (uintptr_t)s < base + x->len;
    size_t from = inside ? (size_t)((uintptr_t)s - base) : 0;
    size_t start = x->len ? x->len : 1; /* byte 0 is the empty text */
    if (n >= SIZE_MAX - start) return rmt_fail(err, RMT_ERR_NOMEM, "text too long");
    rmt_status st = rmt_mem_grow(&x->bytes, &x->cap, start + n + 1, 1, err);
    if (st) return st;
    x->bytes[0] = '\0';
    memcpy(x->bytes + start, inside ? x->bytes + from : s, n);
    x->bytes[start + n] = '\0';
    x->len = start + n + 1;
    x->last = start;
    *offset = start;
    return RMT_OK;
}

static rmt_status texts_set(texts *x, size_t row, const char *s, size_t n, rmt_error *err)
{
    size_t offset = 0;
    rmt_status st = texts_store(x, s, n, &offset, err);
    if (st) return st;
    if (x->at[row]) x->n_set--;
    if (offset) x->n_set++;
    x->at[row] = offset;
    return RMT_OK;
}

static bool is_borrowed(const texts *x)
{
    return x->borrowed || x->placed;
}

/* Copies `from`, n_rows long, into the empty `to`, whose `at` has room for them where from has texts. */
static rmt_status texts_copy(texts *to, const texts *from, size_t n_rows, rmt_error *err)
{
    if (from->n_set == 0) return RMT_OK;
    if (is_borrowed(from)) {
        rmt_status st = RMT_OK;
        for (size_t i = 0; i < n_rows && !st; i++) {
            const char *s = texts_get(from, i);
            if (*s) st = texts_set(to, i, s, strlen(s), err);
        }
        return st;
    }
    to->bytes = rmt_mem_array(from->len, 1, err);
    if (!to->bytes) return RMT_ERR_NOMEM;
    memcpy(to->bytes, from->bytes, from->len);
    memcpy(to->at, from->at, n_rows * sizeof *to->at);
    to->len = to->cap = from->len;
    to->last = from->last;
    to->n_set = from->n_set;
    return RMT_OK;
}

/* Makes borrowed texts the table's own, with room for `cap` rows: they are about to change. */
static rmt_status texts_own(texts *x, size_t n_rows, size_t cap, rmt_error *err)
{
    if (!is_borrowed(x)) return RMT_OK;
    texts own = {.at = rmt_mem_array(cap, sizeof *own.at, err)};
    if (!own.at) return RMT_ERR_NOMEM;
    rmt_status st = texts_copy(&own, x, n_rows, err);
    if (st) texts_clear(&own);
    else *x = own;
    return st;
}

/* ---- columns ------------------------------------------------------------------------------- */

static void column_clear(column *c)
{
    rmt_mem_free(c->name);
    rmt_mem_free(c->title);
    rmt_mem_free(c->unit);
    if (!c->is_borrowed) {
        rmt_mem_free(c->numbers);
        rmt_mem_free(c->integers);
    }
    texts_clear(&c->cells);
    texts_clear(&c->reasons);
    memset(c, 0, sizeof *c);
}

/* Makes rows [from, to) missing and without a reason. */
static void column_blank(column *c, size_t from, size_t to)
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
static rmt_status column_own(column *c, size_t n_rows, size_t cap, rmt_error *err)
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

static rmt_status column_widen(column *c, size_t n_rows, size_t cap, rmt_error *err)
{
    rmt_status st = column_own(c, n_rows, cap, err);
    if (!st) st = texts_own(&c->cells, n_rows, cap, err);
    if (!st) st = texts_own(&c->reasons, n_rows, cap, err);
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
                                                : is_integral(type);
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
static rmt_status allocate(const rmt_table *t, column *c, rmt_error *err)
{
    void *block;
    if (c->type == RMT_TYPE_NUMBER)
        block = c->numbers = rmt_mem_array(t->row_cap, sizeof *c->numbers, err);
    else if (is_integral(c->type))
        block = c->integers = rmt_mem_array(t->row_cap, sizeof *c->integers, err);
    else block = c->cells.at = rmt_mem_array(t->row_cap, sizeof *c->cells.at, err);
    if (!block) return RMT_ERR_NOMEM;
    column_blank(c, 0, t->n_rows);
    return RMT_OK;
}

static void borrow_placed(texts *x, const rmt_table_texts *from)
{
    x->placed = from->at ? from : NULL;
    x->n_set = from->n_set;
}

static void borrow_all(column *c, const rmt_table_borrowed *from)
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
    column c = {.type = type};
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
        if (!st) st = texts_own(&t->cols[i].cells, t->n_rows, t->row_cap, err);
        if (!st) st = texts_own(&t->cols[i].reasons, t->n_rows, t->row_cap, err);
        if (st) return st;
    }
    for (size_t i = 0; i < t->n_cols; i++)
        column_blank(&t->cols[i], t->n_rows, need);
    t->n_rows = need;
    return RMT_OK;
}

static rmt_status reasons_reserve(const rmt_table *t, column *c, rmt_error *err)
{
    if (is_borrowed(&c->reasons)) return texts_own(&c->reasons, t->n_rows, t->row_cap, err);
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
        const column *from = &t->cols[i];
        if ((st = rmt_table_add_column(copy, from->name, from->type, from->title, from->unit, err)))
            goto done;
        column *to = &copy->cols[i];
        if (from->numbers) memcpy(to->numbers, from->numbers, n * sizeof *to->numbers);
        if (from->integers) memcpy(to->integers, from->integers, n * sizeof *to->integers);
        if ((st = texts_copy(&to->cells, &from->cells, n, err))) goto done;
        if (from->reasons.n_set == 0) continue;
        if ((st = reasons_reserve(copy, to, err))) goto done;
        if ((st = texts_copy(&to->reasons, &from->reasons, n, err))) goto done;
    }
    *out = copy;
    copy = NULL;
done:
    rmt_table_free(copy);
    return st;
}

static void borrow(texts *x, const char *cells, size_t width, size_t n_rows)
{
    if (n_rows == 0) return; /* nothing to point at */
    texts_clear(x);
    x->borrowed = cells;
    x->width = width;
    for (size_t i = 0; i < n_rows; i++)
        x->n_set += cells[i * width] != '\0';
}

void rmt_table_borrow_texts(rmt_table *t, size_t col, const char *cells, size_t width)
{
    column *c = &t->cols[col];
    assert(rmt_type_is_text(c->type));
    borrow(&c->cells, cells, width, t->n_rows);
}

void rmt_table_borrow_reasons(rmt_table *t, size_t col, const char *cells, size_t width)
{
    borrow(&t->cols[col].reasons, cells, width, t->n_rows);
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
    const column *c = &t->cols[col];
    const texts *both[] = {&c->cells, &c->reasons};
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

static column *col_of(const rmt_table *t, size_t col)
{
    assert(col < t->n_cols);
    return &t->cols[col];
}

static column *cell_of(const rmt_table *t, size_t col, size_t row)
{
    assert(col < t->n_cols && row < t->n_rows);
    (void)row;
    return &t->cols[col];
}

const char *rmt_table_name(const rmt_table *t, size_t col)
{
    return col_of(t, col)->name;
}

rmt_type rmt_table_type(const rmt_table *t, size_t col)
{
    return col_of(t, col)->type;
}

const char *rmt_table_column_title(const rmt_table *t, size_t col)
{
    return col_of(t, col)->title;
}

const char *rmt_table_unit(const rmt_table *t, size_t col)
{
    return col_of(t, col)->unit;
}

/* ---- cells --------------------------------------------------------------------------------- */

rmt_status rmt_table_set_number(rmt_table *t, size_t col, size_t row, double x, rmt_error *err)
{
    column *c = cell_of(t, col, row);
    assert(c->type == RMT_TYPE_NUMBER);
    if (isinf(x))
        return rmt_fail_at(err, RMT_ERR_INTERNAL, NULL, 0, c->name,
                           "an infinite number in row %zu of table '%s'", row + 1, t->title);
    c->numbers[row] = x;
    c->is_changed = true;
    return RMT_OK;
}

void rmt_table_set_integer(rmt_table *t, size_t col, size_t row, int32_t x)
{
    column *c = cell_of(t, col, row);
    assert(is_integral(c->type));
    c->integers[row] = x;
    c->is_changed = true;
}

rmt_status rmt_table_set_text(rmt_table *t, size_t col, size_t row, const char *s, size_t n,
                              rmt_error *err)
{
    column *c = cell_of(t, col, row);
    assert(rmt_type_is_text(c->type));
    rmt_status st = texts_own(&c->cells, t->n_rows, t->row_cap, err);
    if (!st) st = texts_set(&c->cells, row, s, n, err);
    if (st) rmt_error_locate(err, NULL, 0, c->name);
    return st;
}

rmt_status rmt_table_fill_text(rmt_table *t, size_t col, size_t first, size_t step, size_t n_cells,
                               const char *s, size_t n, rmt_error *err)
{
    if (n_cells == 0) return RMT_OK;
    column *c = cell_of(t, col, first + step * (n_cells - 1));
    assert(rmt_type_is_text(c->type));
    size_t offset = 0;
    rmt_status st = texts_own(&c->cells, t->n_rows, t->row_cap, err);
    if (!st) st = texts_store(&c->cells, s, n, &offset, err);
    if (st) {
        rmt_error_locate(err, NULL, 0, c->name);
        return st;
    }
    for (size_t i = 0; i < n_cells; i++) {
        size_t *at = &c->cells.at[first + i * step];
        if (*at) c->cells.n_set--;
        if (offset) c->cells.n_set++;
        *at = offset;
    }
    return RMT_OK;
}

rmt_status rmt_table_set_reason(rmt_table *t, size_t col, size_t row, const char *reason,
                                rmt_error *err)
{
    column *c = cell_of(t, col, row);
    if (!reason[0] && c->reasons.n_set == 0) return RMT_OK;
    rmt_status st = reasons_reserve(t, c, err);
    if (!st) st = texts_set(&c->reasons, row, reason, strlen(reason), err);
    if (st) rmt_error_locate(err, NULL, 0, c->name);
    return st;
}

double rmt_table_number(const rmt_table *t, size_t col, size_t row)
{
    const column *c = cell_of(t, col, row);
    assert(!rmt_type_is_text(c->type));
    if (c->numbers) return c->numbers[row];
    return c->integers[row] == RMT_INTEGER_MISSING ? (double)NAN : c->integers[row];
}

int32_t rmt_table_integer(const rmt_table *t, size_t col, size_t row)
{
    const column *c = cell_of(t, col, row);
    assert(is_integral(c->type));
    return c->integers[row];
}

const char *rmt_table_text(const rmt_table *t, size_t col, size_t row)
{
    const column *c = cell_of(t, col, row);
    assert(rmt_type_is_text(c->type));
    return texts_get(&c->cells, row);
}

bool rmt_table_is_missing(const rmt_table *t, size_t col, size_t row)
{
    const column *c = cell_of(t, col, row);
    if (c->numbers) return isnan(c->numbers[row]);
    if (c->integers) return c->integers[row] == RMT_INTEGER_MISSING;
    return *texts_get(&c->cells, row) == '\0';
}

const char *rmt_table_reason(const rmt_table *t, size_t col, size_t row)
{
    return texts_get(&cell_of(t, col, row)->reasons, row);
}

bool rmt_table_has_reasons(const rmt_table *t, size_t col)
{
    return col_of(t, col)->reasons.n_set > 0;
}

const char *rmt_table_format(const rmt_table *t, size_t col, size_t row, char *buf)
{
    const column *c = cell_of(t, col, row);
    if (rmt_type_is_text(c->type)) return texts_get(&c->cells, row);
    if (c->type == RMT_TYPE_NUMBER) {
        rmt_num_print(buf, c->numbers[row]);
        return buf;
    }
    int32_t x = c->integers[row];
    if (x == RMT_INTEGER_MISSING) buf[0] = '\0';
    else if (c->type == RMT_TYPE_BOOLEAN) strcpy(buf, x ? "true" : "false");
    else snprintf(buf, RMT_NUM_BUF, "%" PRId32, x);
    return buf;
}

static const texts *texts_of(const rmt_table *t, size_t col, bool is_reasons)
{
    const column *c = col_of(t, col);
    return is_reasons ? &c->reasons : &c->cells;
}

size_t rmt_table_longest_text(const rmt_table *t, size_t col, bool is_reasons)
{
    const texts *x = texts_of(t, col, is_reasons);
    const char *last = "";
    size_t longest = 0;
    if (x->placed) return x->placed->longest;
    for (size_t i = 0; x->n_set > 0 && i < t->n_rows; i++) {
        const char *s = texts_get(x, i);
        if (s == last) continue; /* neighbours often agree */
        const size_t n = strlen(s);
        if (n > longest) longest = n;
        last = s;
    }
    return longest;
}

void rmt_table_copy_texts(const rmt_table *t, size_t col, bool is_reasons, size_t first, size_t n,
                          char *to, size_t width)
{
    const texts *x = texts_of(t, col, is_reasons);
    const char *last = NULL;
    for (size_t i = 0; i < n; i++, to += width) {
        const char *s = x->n_set > 0 ? texts_get(x, first + i) : "";
        if (s == last) {
            memcpy(to, to - width, width);
            continue;
        }
        const size_t len = strlen(s);
        memcpy(to, s, len);
        memset(to + len, 0, width - len);
        last = s;
    }
}

const double *rmt_table_numbers(const rmt_table *t, size_t col)
{
    return col_of(t, col)->numbers;
}

const int32_t *rmt_table_integers(const rmt_table *t, size_t col)
{
    return col_of(t, col)->integers;
}

double *rmt_table_numbers_mutable(rmt_table *t, size_t col)
{
    t->cols[col].is_changed = true;
    return col_of(t, col)->numbers;
}

int32_t *rmt_table_integers_mutable(rmt_table *t, size_t col)
{
    t->cols[col].is_changed = true;
    return col_of(t, col)->integers;
}

/* ---- digest -------------------------------------------------------------------------------- */

/* Small pieces are gathered: a digest takes long ones at a fraction of the cost. */
typedef struct {
    rmt_digest *digest;
    unsigned char block[8192];
    size_t used;
} gatherer;

static rmt_status flush(gatherer *g, rmt_error *err)
{
    rmt_status st = rmt_digest_add(g->digest, g->block, g->used, err);
    g->used = 0;
    return st;
}

static rmt_status gather(gatherer *g, const void *bytes, size_t n, rmt_error *err)
{
    if (n > sizeof g->block - g->used) {
        rmt_status st = flush(g, err);
        if (st) return st;
        if (n > sizeof g->block) return rmt_digest_add(g->digest, bytes, n, err);
    }
    memcpy(g->block + g->used, bytes, n);
    g->used += n;
    return RMT_OK;
}

/* With its NUL. */
static rmt_status gather_text(gatherer *g, const char *s, rmt_error *err)
{
    return gather(g, s, strlen(s) + 1, err);
}

static void put_little_endian(unsigned char *to, uint64_t x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(x >> (8 * i));
}

static rmt_status gather_count(gatherer *g, size_t n, rmt_error *err)
{
    unsigned char b[8];
    put_little_endian(b, n, sizeof b);
    return gather(g, b, sizeof b, err);
}

/* One bit pattern for each value that prints the same: there are many NaN, and two zeros. */
static uint64_t canonical_bits(double x)
{
    uint64_t bits;
    x = isnan(x) ? (double)NAN : x + 0.0; /* -0.0 + 0.0 is 0.0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Constant sizes: the compiler then stores a value at once. */
static rmt_status gather_values(gatherer *g, const column *c, size_t from, size_t to,
                                rmt_error *err)
{
    const size_t size = c->numbers ? 8 : 4;
    for (size_t first = from, n; first < to; first += n) {
        rmt_status st = sizeof g->block - g->used < size ? flush(g, err) : RMT_OK;
        if (st) return st;
        unsigned char *at = g->block + g->used;
        n = (sizeof g->block - g->used) / size;
        if (n > to - first) n = to - first;
        for (size_t i = 0; i < n; i++)
            if (c->numbers) put_little_endian(at + 8 * i, canonical_bits(c->numbers[first + i]), 8);
            else put_little_endian(at + 4 * i, (uint32_t)c->integers[first + i], 4);
        g->used += n * size;
    }
    return RMT_OK;
}

static rmt_status gather_texts(gatherer *g, const texts *x, size_t from, size_t to, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = from; i < to && !st; i++)
        st = gather_text(g, texts_get(x, i), err);
    return st;
}

/* Only the rows that have one, each with its row. */
static rmt_status gather_reasons(gatherer *g, const texts *x, size_t from, size_t to,
                                 rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = from; i < to && !st; i++) {
        if (*texts_get(x, i) == '\0') continue;
        st = gather_count(g, i, err);
        if (!st) st = gather_text(g, texts_get(x, i), err);
    }
    return st;
}

/* The cells of a column, then its reasons, some rows at a time: what is mapped of them goes again. */
static rmt_status gather_column(gatherer *g, const rmt_table *t, size_t col, rmt_error *err)
{
    const column *c = &t->cols[col];
    const size_t n = t->n_rows;
    rmt_status st = RMT_OK;
    for (size_t from = 0, to; from < n && !st; from = to) {
        to = n - from < RMT_TABLE_PIECE ? n : from + RMT_TABLE_PIECE;
        st = rmt_type_is_text(c->type) ? gather_texts(g, &c->cells, from, to, err)
                                       : gather_values(g, c, from, to, err);
        rmt_table_rest(t, col);
    }
    if (!st) st = gather_count(g, c->reasons.n_set, err);
    for (size_t from = 0, to; c->reasons.n_set > 0 && from < n && !st; from = to) {
        to = n - from < RMT_TABLE_PIECE ? n : from + RMT_TABLE_PIECE;
        st = gather_reasons(g, &c->reasons, from, to, err);
        rmt_table_rest(t, col);
    }
    return st;
}

rmt_status rmt_table_digest(const rmt_table *t, char hex[RMT_DIGEST_HEX], rmt_error *err)
{
    rmt_status st;
    gatherer g = {.used = 0};

    if ((st = rmt_digest_new(&g.digest, err))) goto done;
    if ((st = gather_text(&g, t->title, err))) goto done;
    if ((st = gather_count(&g, t->n_rows, err))) goto done;
    if ((st = gather_count(&g, t->n_cols, err))) goto done;
    for (size_t i = 0; i < t->n_cols; i++) {
        const column *c = &t->cols[i];
        if ((st = gather_text(&g, c->name, err))) goto done;
        if ((st = gather_text(&g, rmt_type_name(c->type), err))) goto done;
        if ((st = gather_text(&g, c->title, err))) goto done;
        if ((st = gather_text(&g, c->unit, err))) goto done;
        if ((st = gather_column(&g, t, i, err))) goto done;
    }
    if ((st = flush(&g, err))) goto done;
    st = rmt_digest_end(g.digest, hex, err);
done:
    rmt_digest_free(g.digest);
    return st;
}
