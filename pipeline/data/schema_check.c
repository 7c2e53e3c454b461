/* schema_check.c - a table against its schema, as findings.
 * Cells are looked at column by column, a block of rows at a time, and only those that may be at fault are examined: in
 * the order of lines, then of columns, so that findings come out ordered and nothing is kept back. */
#include <string.h>

#include "rmt/mem.h"
#include "schema_check_parts.h"

enum { BLOCK = 4096, BLOCK_WORDS = BLOCK / SCHEMA_WORD };

/* A table against its schema, block of rows by block. */
typedef struct {
    schema_reporter *r;
    schema_column *columns; /* per column of the table */
    size_t *asked;          /* the columns of which something is asked */
    size_t n_asked;
    const schema_key *keys;
    size_t n_keys;
    rmt_row_order order;
    uint64_t *doubt; /* per column asked BLOCK_WORDS, a bit for a row that may be at fault */
} examination;

static rmt_status examine_row(const examination *x, size_t i, size_t row)
{
    rmt_status st;

    for (size_t a = 0; a < x->n_asked; a++) {
        const schema_column *c = &x->columns[x->asked[a]];
        if (!(x->doubt[a * BLOCK_WORDS + i / SCHEMA_WORD] >> i % SCHEMA_WORD & 1)) continue;
        if ((st = schema_check_cell(x->r, c, row))) return st;
        if (c->key && !schema_missing_is_said(x->r, c, row) &&
            (st = schema_check_key(x->r, &x->keys[0], row)))
            return st;
    }
    return RMT_OK;
}

/* The primary key of one column goes with its cell; the others come last in their row. */
static bool is_key_of_row(const examination *x, size_t k)
{
    return x->keys[k].columns && (k > 0 || x->keys[k].n > 1);
}

static rmt_status examine_keys(const examination *x, size_t row)
{
    rmt_status st = RMT_OK;

    for (size_t k = 0; k < x->n_keys && !st; k++)
        if (is_key_of_row(x, k)) st = schema_check_key(x->r, &x->keys[k], row);
    return st;
}

/* Of those, one has a fault somewhere. */
static bool has_key_faults(const examination *x)
{
    for (size_t k = 0; k < x->n_keys; k++)
        if (is_key_of_row(x, k) && schema_key_has_faults(&x->keys[k])) return true;
    return false;
}

static rmt_status examine_block(const examination *x, size_t first, size_t n)
{
    const bool keys = has_key_faults(x);
    uint64_t any[BLOCK_WORDS] = {0};
    rmt_status st;

    for (size_t a = 0; a < x->n_asked; a++) {
        uint64_t *bits = &x->doubt[a * BLOCK_WORDS];
        memset(bits, 0, BLOCK_WORDS * sizeof *bits);
        if (!schema_column_doubt(&x->columns[x->asked[a]], x->r->table, &x->order, bits, first, n))
            continue;
        for (size_t w = 0; w < BLOCK_WORDS; w++)
            any[w] |= bits[w];
    }
    for (size_t i = 0; i < n; i++) {
        const size_t row = rmt_row_at(&x->order, first + i);
        if (!keys && any[i / SCHEMA_WORD] == 0) {
            i |= SCHEMA_WORD - 1;
            continue;
        }
        if ((any[i / SCHEMA_WORD] >> i % SCHEMA_WORD & 1) && (st = examine_row(x, i, row)))
            return st;
        if (keys && (st = examine_keys(x, row))) return st;
    }
    return RMT_OK;
}

static rmt_status examine(examination *x, size_t n_columns, rmt_error *err)
{
    rmt_status st = RMT_OK;

    for (size_t c = 0; c < n_columns; c++)
        if (x->columns[c].field && !x->columns[c].idle) x->asked[x->n_asked++] = c;
    x->doubt = rmt_mem_array(x->n_asked, BLOCK_WORDS * sizeof *x->doubt, err);
    if (!x->doubt) return RMT_ERR_NOMEM;
    for (size_t first = 0; first < x->order.n && !st; first += BLOCK)
        st = examine_block(x, first, x->order.n - first < BLOCK ? x->order.n - first : BLOCK);
    return st;
}

rmt_status rmt_schema_check(rmt_ledger *ledger, const rmt_schema *s, const char *name,
                            const rmt_table *t, rmt_error *err)
{
    const size_t n_columns = rmt_table_columns(t), n_keys = 1 + s->n_unique_keys;
    schema_key *keys = NULL; /* the primary one first */
    schema_reporter r;
    examination x = {.r = &r};
    rmt_status st = RMT_ERR_NOMEM;

    schema_reporter_init(&r, ledger, name, t, err);
    if (!(x.columns = rmt_mem_array(n_columns, sizeof *x.columns, err))) goto done;
    if (!(x.asked = rmt_mem_array(n_columns, sizeof *x.asked, err))) goto done;
    if (!(keys = rmt_mem_array(n_keys, sizeof *keys, err))) goto done;
    x.keys = keys;
    x.n_keys = n_keys;
    if ((st = rmt_row_order_init(&x.order, t, err))) goto done;
    st = schema_key_init(&keys[0], s->primary_key, s->n_primary_key, true, t, &x.order, err);
    for (size_t i = 0; i < s->n_unique_keys && !st; i++)
        st = schema_key_init(&keys[i + 1], s->unique_keys[i].fields, s->unique_keys[i].n, false, t,
                             &x.order, err);
    for (size_t i = 0; i < s->n_fields && !st; i++) {
        const size_t col = rmt_table_find(t, s->fields[i].name);
        if (col == RMT_NO_COLUMN) continue;
        x.columns[col].field = &s->fields[i];
        x.columns[col].col = col;
        if (s->n_primary_key == 1 && strcmp(s->primary_key[0], s->fields[i].name) == 0)
            x.columns[col].key = &keys[0].repeats;
        st = schema_column_init(&x.columns[col], t, &x.order, err);
    }
    if (st || (st = schema_check_labels(&r, s, x.columns))) goto done;
    st = examine(&x, n_columns, err);
done:
    for (size_t i = 0; x.columns && i < n_columns; i++)
        schema_column_clear(&x.columns[i]);
    for (size_t i = 0; keys && i < n_keys; i++)
        schema_key_clear(&keys[i]);
    rmt_mem_free(x.columns);
    rmt_mem_free(x.asked);
    rmt_mem_free(x.doubt);
    rmt_mem_free(keys);
    rmt_row_order_clear(&x.order);
    schema_reporter_clear(&r);
    return st;
}
