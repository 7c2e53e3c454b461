/* study_column.c - a table over the cells of our own file; the names of datasets.
 * Memory: cells stay where they are; numbers are copied where bytes do not lie as they have to. */
#include <math.h>
#include <stdalign.h>
#include <string.h>

#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_internal.h"

/* ---- names --------------------------------------------------------------------------------- */

char *rmt_study_link_of(const char *column, rmt_error *err)
{
    rmt_text t = {0};
    char *link = NULL;
    size_t n = strlen(column), suffix = strlen(RMT_STUDY_REASONS);
    size_t escape = n; /* where a final "__missing" begins: that end is kept for companions */

    if (n >= suffix && strcmp(column + n - suffix, RMT_STUDY_REASONS) == 0) escape = n - suffix;
    if (strcmp(column, ".") == 0) escape = 0;
    for (size_t i = 0; i < n; i++) {
        rmt_status st;
        if (column[i] == '/' || column[i] == '%' || i == escape)
            st = rmt_text_addf(&t, err, "%%%02X", (unsigned)(unsigned char)column[i]);
        else st = rmt_text_add_bytes(&t, column + i, 1, err);
        if (st) goto done;
    }
    link = rmt_mem_text(t.s ? t.s : "", t.len, err);
done:
    rmt_text_clear(&t);
    return link;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char *rmt_study_column_of(const char *link, rmt_error *err)
{
    size_t n = strlen(link), len = 0;
    char *name = rmt_mem_text(link, n, err);
    char *again = NULL;

    if (name == NULL) return NULL;
    for (size_t i = 0; i < n; i++) {
        if (link[i] == '%' && i + 2 < n && hex_value(link[i + 1]) >= 0 &&
            hex_value(link[i + 2]) >= 0) {
            name[len++] =
                (char)(unsigned char)(hex_value(link[i + 1]) * 16 + hex_value(link[i + 2]));
            i += 2;
        } else {
            name[len++] = link[i];
        }
    }
    name[len] = '\0';
    if ((again = rmt_study_link_of(name, err)) == NULL) {
        rmt_mem_free(name);
        return NULL;
    }
    if (strcmp(again, link) != 0) memcpy(name, link, n + 1);
    rmt_mem_free(again);
    return name;
}

/* ---- cells --------------------------------------------------------------------------------- */

static rmt_status fault(const rmt_study_entry *e, const rmt_study_column *c, size_t row,
                        const char *what, rmt_error *err)
{
    return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->name, "%s: row %zu %s", e->path, row + 1,
                       what);
}

static double number_at(const rmt_study_column *c, size_t row)
{
    double x;
    memcpy(&x, c->raw.cells + row * sizeof x, sizeof x);
    return x;
}

static int32_t integer_at(const rmt_study_column *c, size_t row)
{
    int32_t x;
    memcpy(&x, c->raw.cells + row * sizeof x, sizeof x);
    return x;
}

static bool is_ascii(const unsigned char *p, size_t n)
{
    uint64_t high = 0;
    for (; n >= sizeof high; p += sizeof high, n -= sizeof high) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        high |= word;
    }
    while (n-- > 0)
        high |= *p++;
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

static rmt_status check_values(const rmt_study_entry *e, const rmt_study_column *c, size_t from,
                               size_t to, rmt_error *err)
{
    for (size_t i = from; c->type == RMT_TYPE_NUMBER && i < to; i++)
        if (isinf(number_at(c, i))) return fault(e, c, i, "holds an infinity", err);
    for (size_t i = from; c->type == RMT_TYPE_BOOLEAN && i < to; i++) {
        const int32_t x = integer_at(c, i);
        if (x != 0 && x != 1 && x != RMT_INTEGER_MISSING)
            return fault(e, c, i, "is no boolean", err);
    }
    return RMT_OK;
}

/* Every cell is UTF-8 and ends within its width. */
static rmt_status check_texts(const rmt_study_raw *raw, const rmt_study_entry *e,
                              const rmt_study_column *c, size_t from, size_t to, rmt_error *err)
{
    const bool plain = is_ascii(raw->cells + from * raw->width, (to - from) * raw->width);
    for (size_t i = from; i < to; i++) {
        const char *cell = (const char *)raw->cells + i * raw->width;
        if (cell[raw->width - 1] != '\0') return fault(e, c, i, "has no end", err);
        if (plain) continue;
        const size_t n = strlen(cell);
        if (rmt_text_utf8_valid_prefix(cell, n) != n) return fault(e, c, i, "is not UTF-8", err);
    }
    return RMT_OK;
}

rmt_status rmt_study_cells_check(const rmt_study *s, const rmt_study_entry *e, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < e->n_columns && !st; i++) {
        const rmt_study_column *c = &e->columns[i];
        const rmt_study_raw *both[] = {&c->raw, c->has_reasons ? &c->raw_reasons : NULL};
        for (size_t from = 0, to; from < e->rows && !st; from = to) {
            to = e->rows - from < RMT_TABLE_PIECE ? e->rows : from + RMT_TABLE_PIECE;
            st = rmt_type_is_text(c->type) ? check_texts(both[0], e, c, from, to, err)
                                           : check_values(e, c, from, to, err);
            if (!st && both[1]) st = check_texts(both[1], e, c, from, to, err);
            for (size_t k = 0; k < 2 && both[k]; k++)
                rmt_study_rest(s, both[k]->cells + from * both[k]->width,
                               (to - from) * both[k]->width);
        }
    }
    return st;
}

static rmt_status take_column(rmt_table *t, const rmt_study_entry *e, const rmt_study_column *c,
                              rmt_error *err)
{
    const size_t col = rmt_table_columns(t);
    /* Nobody writes to the tables of an opened study: they are handed out as const. */
    const rmt_table_borrowed from = {.values = (void *)(uintptr_t)c->raw.cells}; /* of numbers */
    const bool is_text = rmt_type_is_text(c->type);
    const bool in_place =
        e->rows > 0 && (is_text || (uintptr_t)c->raw.cells % alignof(double) == 0);
    rmt_status st;

    if (rmt_table_find(t, c->name) != RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->name,
                           "%s: the column is there twice", e->path);
    st = in_place ? rmt_table_add_borrowed(t, c->name, c->type, c->title, c->unit, &from, err)
                  : rmt_table_add_column(t, c->name, c->type, c->title, c->unit, err);
    if (st || e->rows == 0) return st;
    if (is_text) rmt_table_borrow_texts(t, col, (const char *)c->raw.cells, c->raw.width);
    else if (!in_place && c->type == RMT_TYPE_NUMBER)
        memcpy(rmt_table_numbers_mutable(t, col), c->raw.cells, e->rows * sizeof(double));
    else if (!in_place)
        memcpy(rmt_table_integers_mutable(t, col), c->raw.cells, e->rows * sizeof(int32_t));
    if (c->has_reasons)
        rmt_table_borrow_reasons(t, col, (const char *)c->raw_reasons.cells, c->raw_reasons.width);
    return RMT_OK;
}

static void rest(void *study, const void *bytes, size_t n)
{
    rmt_study_rest(study, bytes, n);
}

rmt_status rmt_study_table_read(rmt_table **out, rmt_study *s, const rmt_study_entry *e,
                                rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st;

    if ((st = rmt_table_new(&t, e->title ? e->title : "", err))) goto done;
    if ((st = rmt_table_add_rows(t, e->rows, err))) goto done;
    rmt_table_keep(t, &(rmt_table_memory){.memory = s, .rest = rest});
    for (size_t i = 0; i < e->n_columns; i++) {
        if ((st = take_column(t, e, &e->columns[i], err))) goto done;
        rmt_table_rest(t, i);
    }
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    return st;
}
