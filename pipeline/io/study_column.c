/* study_column.c - the cells of one column, from its dataset into a table; the names of datasets.
 * Memory: the column and one piece of RMT_STUDY_SLAB bytes. */
#include <math.h>
#include <stdio.h>
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

/* Where the cells come from and what to say when they are wrong. */
typedef struct {
    hid_t dataset;
    rmt_study_raw raw; /* when it has cells, the dataset is not opened */
    const char *path;
    const char *column;
    size_t rows;
} source;

static rmt_status unreadable(const source *c, rmt_error *err)
{
    return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column, "%s: the column cannot be read",
                       c->path);
}

static rmt_status read_numbers(rmt_table *t, size_t col, const source *c, rmt_error *err)
{
    double *x = rmt_table_numbers_mutable(t, col);
    if (c->rows == 0) return RMT_OK;
    if (c->raw.cells != NULL) memcpy(x, c->raw.cells, c->rows * sizeof *x);
    else if (H5Dread(c->dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        return unreadable(c, err);
    for (size_t i = 0; i < c->rows; i++)
        if (isinf(x[i]))
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column,
                               "%s: row %zu holds an infinity", c->path, i + 1);
    return RMT_OK;
}

/* Integers of 64 bits and unsigned ones of 32, as other software writes them. */
static rmt_status read_wide_integers(int32_t *x, const source *c, rmt_error *err)
{
    int64_t *wide = rmt_mem_array(c->rows, sizeof *wide, err);
    rmt_status st = RMT_OK;
    if (wide == NULL) return RMT_ERR_NOMEM;
    if (H5Dread(c->dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, wide) < 0)
        st = unreadable(c, err);
    for (size_t i = 0; st == RMT_OK && i < c->rows; i++) {
        if (wide[i] < INT32_MIN || wide[i] > INT32_MAX)
            st = rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column,
                             "%s: row %zu: %lld does not fit 32 bits", c->path, i + 1,
                             (long long)wide[i]);
        else x[i] = (int32_t)wide[i];
    }
    rmt_mem_free(wide);
    return st;
}

/* Enumerations of one byte: the booleans of h5py and PyTables. */
static rmt_status read_enumeration(int32_t *x, hid_t type, const source *c, rmt_error *err)
{
    int8_t *bytes = rmt_mem_array(c->rows, 1, err);
    rmt_status st = RMT_OK;
    if (bytes == NULL) return RMT_ERR_NOMEM;
    if (H5Dread(c->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
        st = unreadable(c, err);
    for (size_t i = 0; st == RMT_OK && i < c->rows; i++)
        x[i] = bytes[i];
    rmt_mem_free(bytes);
    return st;
}

/* Integers of any kind, by way of the library. */
static rmt_status read_stored_integers(int32_t *x, const source *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    hid_t type;

    if ((type = H5Dget_type(c->dataset)) < 0) return unreadable(c, err);
    size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_ENUM)
        st = size == 1 ? read_enumeration(x, type, c, err) : unreadable(c, err);
    else if (size > 4 || (size == 4 && H5Tget_sign(type) == H5T_SGN_NONE))
        st = read_wide_integers(x, c, err);
    else if (H5Dread(c->dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        st = unreadable(c, err);
    rmt_study_drop(type);
    return st;
}

static rmt_status read_integers(rmt_table *t, size_t col, const source *c, rmt_error *err)
{
    int32_t *x = rmt_table_integers_mutable(t, col);
    rmt_status st = RMT_OK;

    if (c->rows == 0) return RMT_OK;
    if (c->raw.cells != NULL) memcpy(x, c->raw.cells, c->rows * sizeof *x);
    else st = read_stored_integers(x, c, err);
    if (st || rmt_table_type(t, col) != RMT_TYPE_BOOLEAN) return st;
    for (size_t i = 0; i < c->rows; i++)
        if (x[i] != 0 && x[i] != 1 && x[i] != RMT_INTEGER_MISSING)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column,
                               "%s: row %zu: %d is no boolean", c->path, i + 1, (int)x[i]);
    return RMT_OK;
}

hid_t rmt_study_text_type(hid_t type)
{
    hid_t copy = H5Tcopy(type); /* a dataset's own type cannot be changed */
    if (copy >= 0 && H5Tset_strpad(copy, H5T_STR_NULLPAD) < 0) {
        rmt_study_drop(copy);
        return -1;
    }
    return copy;
}

/* Gives n cells of `width` bytes each to the table; scratch has width + 1 bytes. */
static rmt_status take_texts(rmt_table *t, size_t col, bool is_reason, size_t first,
                             const char *cells, size_t n, size_t width, char *scratch,
                             const source *c, rmt_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *cell = cells + i * width;
        size_t len = strnlen(cell, width);
        rmt_status st;
        if (len == 0) continue;                                             /* already missing */
        bool is_repeated = i > 0 && memcmp(cell, cell - width, width) == 0; /* valid, then */
        if (!is_repeated && rmt_text_utf8_valid_prefix(cell, len) != len)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column,
                               "%s: row %zu is not UTF-8", c->path, first + i + 1);
        if (is_reason) {
            memcpy(scratch, cell, len);
            scratch[len] = '\0';
            st = rmt_table_set_reason(t, col, first + i, scratch, err);
        } else {
            st = rmt_table_set_text(t, col, first + i, cell, len, err);
        }
        if (st) return st;
    }
    return RMT_OK;
}

static rmt_status read_texts(rmt_table *t, size_t col, bool is_reason, const source *c,
                             rmt_error *err)
{
    rmt_status st = RMT_OK;
    hid_t stored = -1, type = -1, space = -1, piece = -1;
    char *cells = NULL, *scratch = NULL;

    if (c->rows == 0) return RMT_OK;
    if (c->raw.cells != NULL) {
        if ((scratch = rmt_mem_array(c->raw.width + 1, 1, err)) == NULL) return RMT_ERR_NOMEM;
        st = take_texts(t, col, is_reason, 0, (const char *)c->raw.cells, c->rows, c->raw.width,
                        scratch, c, err);
        rmt_mem_free(scratch);
        return st;
    }
    if ((stored = H5Dget_type(c->dataset)) < 0 || (type = rmt_study_text_type(stored)) < 0 ||
        (space = H5Dget_space(c->dataset)) < 0) {
        st = unreadable(c, err);
        goto done;
    }
    size_t width = H5Tget_size(type);
    size_t step = RMT_STUDY_SLAB / width > 0 ? RMT_STUDY_SLAB / width : 1;
    if (step > c->rows) step = c->rows;
    if ((cells = rmt_mem_array(step, width, err)) == NULL ||
        (scratch = rmt_mem_array(width + 1, 1, err)) == NULL) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t first = 0; first < c->rows; first += step) {
        hsize_t at = first, n = c->rows - first < step ? c->rows - first : step;
        rmt_study_drop(piece);
        if ((piece = H5Screate_simple(1, &n, NULL)) < 0 ||
            H5Sselect_hyperslab(space, H5S_SELECT_SET, &at, NULL, &n, NULL) < 0 ||
            H5Dread(c->dataset, type, piece, space, H5P_DEFAULT, cells) < 0) {
            st = unreadable(c, err);
            goto done;
        }
        if ((st = take_texts(t, col, is_reason, first, cells, (size_t)n, width, scratch, c, err)))
            goto done;
    }
done:
    rmt_mem_free(scratch);
    rmt_mem_free(cells);
    rmt_study_drop(piece);
    rmt_study_drop(space);
    rmt_study_drop(type);
    rmt_study_drop(stored);
    return st;
}

static rmt_status read_reasons(rmt_table *t, size_t col, hid_t group, const char *path,
                               const rmt_study_column *column, rmt_error *err)
{
    rmt_text link = {0};
    source c = {-1, column->raw_reasons, path, column->name, rmt_table_rows(t)};
    rmt_status st;

    if (c.raw.cells != NULL) return read_texts(t, col, true, &c, err);
    if ((st = rmt_text_addf(&link, err, "%s" RMT_STUDY_REASONS, column->link))) goto done;
    c.dataset = H5Dopen2(group, link.s, H5P_DEFAULT);
    st = c.dataset < 0 ? unreadable(&c, err) : read_texts(t, col, true, &c, err);
done:
    rmt_study_drop(c.dataset);
    rmt_text_clear(&link);
    return st;
}

rmt_status rmt_study_column_read(rmt_table *t, hid_t group, const char *path,
                                 const rmt_study_column *column, rmt_error *err)
{
    source c = {-1, column->raw, path, column->name, rmt_table_rows(t)};
    size_t col = rmt_table_columns(t);
    rmt_status st;

    if (rmt_table_find(t, column->name) != RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, column->name,
                           "%s: the column is there twice", path);
    if ((st =
             rmt_table_add_column(t, column->name, column->type, column->title, column->unit, err)))
        return st;
    if (c.raw.cells == NULL) c.dataset = H5Dopen2(group, column->link, H5P_DEFAULT);
    if (c.raw.cells == NULL && c.dataset < 0) st = unreadable(&c, err);
    else if (column->type == RMT_TYPE_NUMBER) st = read_numbers(t, col, &c, err);
    else if (rmt_type_is_text(column->type)) st = read_texts(t, col, false, &c, err);
    else st = read_integers(t, col, &c, err);
    rmt_study_drop(c.dataset);
    if (st == RMT_OK && column->has_reasons) st = read_reasons(t, col, group, path, column, err);
    return st;
}

/* ---- tables -------------------------------------------------------------------------------- */

/* An empty table with the entry's title and rows, and its group. */
static rmt_status start_table(rmt_table **out, hid_t *group, const rmt_study *s,
                              const rmt_study_entry *e, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st;

    if ((*group = H5Gopen2(s->file, e->path, H5P_DEFAULT)) < 0)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s cannot be read", e->path);
    if ((st = rmt_table_new(&t, e->title ? e->title : "", err))) return st;
    if ((st = rmt_table_add_rows(t, e->rows, err))) {
        rmt_table_free(t);
        return st;
    }
    *out = t;
    return RMT_OK;
}

rmt_status rmt_study_table_read(rmt_table **out, const rmt_study *s, const rmt_study_entry *e,
                                rmt_error *err)
{
    rmt_table *t = NULL;
    hid_t group = -1;
    rmt_status st = start_table(&t, &group, s, e, err);

    for (size_t i = 0; st == RMT_OK && i < e->n_columns; i++)
        st = rmt_study_column_read(t, group, e->path, &e->columns[i], err);
    if (st == RMT_OK) {
        *out = t;
        t = NULL;
    }
    rmt_table_free(t);
    rmt_study_drop(group);
    return st;
}

rmt_status rmt_study_read_all(const rmt_study *s, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; st == RMT_OK && i < s->n; i++) {
        rmt_study_entry one = s->entries[i];
        for (size_t k = 0; st == RMT_OK && k < s->entries[i].n_columns; k++) {
            rmt_table *t = NULL;
            one.columns = &s->entries[i].columns[k];
            one.n_columns = 1;
            st = rmt_study_table_read(&t, s, &one, err);
            rmt_table_free(t);
        }
    }
    return st;
}
