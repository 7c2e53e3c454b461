/* study_library.c - libhdf5 as study_foreign.c and study_scan.c use it: started, bytes opened in place, the
 * cells of a table read. Memory: a table and one piece of its texts. */
#include "study_library.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rmt/mem.h"
#include "rmt/text.h"

#define PIECE ((size_t)1 << 22) /* text is moved in pieces of this many bytes */

/* ---- the library --------------------------------------------------------------------------- */

void rmt_library_drop(hid_t id)
{
    if (id >= 0) (void)H5Idec_ref(id);
}

hid_t rmt_library_text_type(hid_t type)
{
    hid_t copy = H5Tcopy(type); /* a dataset's own type cannot be changed */
    if (copy >= 0 && H5Tset_strpad(copy, H5T_STR_NULLPAD) < 0) {
        rmt_library_drop(copy);
        return -1;
    }
    return copy;
}

void rmt_io_versions(char *buf, size_t size)
{
    (void)snprintf(buf, size, "HDF5 %d.%d.%d", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
}

rmt_status rmt_library_start(rmt_error *err)
{
    /* Filters that a file names are never loaded from plug-ins; the library's own messages are not for
     * people. */
    if (H5open() < 0 || H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0 || H5PLset_loading_state(0) < 0)
        return rmt_fail(err, RMT_ERR_INTERNAL, "the HDF5 library cannot be started");
    return RMT_OK;
}

/* These callbacks make the library look at our bytes instead of a copy; it only reads them. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *data)
{
    const rmt_library_view *v = data;
    (void)op;
    return size == v->n ? v->bytes : NULL;
}

static void *image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t op,
                          void *data)
{
    (void)op, (void)data;
    return to == from ? to : memcpy(to, from, size);
}

static void *image_realloc(void *p, size_t size, H5FD_file_image_op_t op, void *data)
{
    (void)p, (void)size, (void)op, (void)data;
    return NULL; /* nothing grows in a file that is only read */
}

static herr_t image_free(void *p, H5FD_file_image_op_t op, void *data)
{
    (void)p, (void)op, (void)data;
    return 0;
}

static void *data_copy(void *data)
{
    return data;
}

static herr_t data_free(void *data)
{
    (void)data;
    return 0;
}

rmt_status rmt_library_open(hid_t *file, rmt_library_view *v, rmt_error *err)
{
    H5FD_file_image_callbacks_t callbacks = {
        image_malloc, image_memcpy, image_realloc, image_free, data_copy, data_free, v};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    *file = -1;
    if (access >= 0 && H5Pset_fapl_core(access, (size_t)1 << 16, false) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, v->bytes, v->n) >= 0)
        *file = H5Fopen("/dev/null/study", H5F_ACC_RDONLY, access); /* a name that exists nowhere */
    rmt_library_drop(access);
    if (*file < 0) return rmt_fail(err, RMT_ERR_MALFORMED, "the HDF5 library cannot open it");
    return RMT_OK;
}

/* ---- cells --------------------------------------------------------------------------------- */

/* Where the cells come from and what to say when they are wrong. */
typedef struct {
    hid_t dataset;
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
    if (H5Dread(c->dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
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
    rmt_library_drop(type);
    return st;
}

static rmt_status read_integers(rmt_table *t, size_t col, const source *c, rmt_error *err)
{
    int32_t *x = rmt_table_integers_mutable(t, col);
    rmt_status st = RMT_OK;

    if (c->rows == 0) return RMT_OK;
    st = read_stored_integers(x, c, err);
    if (st || rmt_table_type(t, col) != RMT_TYPE_BOOLEAN) return st;
    for (size_t i = 0; i < c->rows; i++)
        if (x[i] != 0 && x[i] != 1 && x[i] != RMT_INTEGER_MISSING)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, c->column,
                               "%s: row %zu: %d is no boolean", c->path, i + 1, (int)x[i]);
    return RMT_OK;
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
    if ((stored = H5Dget_type(c->dataset)) < 0 || (type = rmt_library_text_type(stored)) < 0 ||
        (space = H5Dget_space(c->dataset)) < 0) {
        st = unreadable(c, err);
        goto done;
    }
    size_t width = H5Tget_size(type);
    size_t step = PIECE / width > 0 ? PIECE / width : 1;
    if (step > c->rows) step = c->rows;
    if ((cells = rmt_mem_array(step, width, err)) == NULL ||
        (scratch = rmt_mem_array(width + 1, 1, err)) == NULL) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t first = 0; first < c->rows; first += step) {
        hsize_t at = first, n = c->rows - first < step ? c->rows - first : step;
        rmt_library_drop(piece);
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
    rmt_library_drop(piece);
    rmt_library_drop(space);
    rmt_library_drop(type);
    rmt_library_drop(stored);
    return st;
}

static rmt_status read_reasons(rmt_table *t, size_t col, hid_t group, const char *path,
                               const rmt_study_column *column, rmt_error *err)
{
    rmt_text link = {0};
    source c = {-1, path, column->name, rmt_table_rows(t)};
    rmt_status st;

    if ((st = rmt_text_addf(&link, err, "%s" RMT_STUDY_REASONS, column->link))) goto done;
    c.dataset = H5Dopen2(group, link.s, H5P_DEFAULT);
    st = c.dataset < 0 ? unreadable(&c, err) : read_texts(t, col, true, &c, err);
done:
    rmt_library_drop(c.dataset);
    rmt_text_clear(&link);
    return st;
}

static rmt_status read_column(rmt_table *t, hid_t group, const char *path,
                              const rmt_study_column *column, rmt_error *err)
{
    source c = {-1, path, column->name, rmt_table_rows(t)};
    size_t col = rmt_table_columns(t);
    rmt_status st;

    if (rmt_table_find(t, column->name) != RMT_NO_COLUMN)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, column->name,
                           "%s: the column is there twice", path);
    if ((st =
             rmt_table_add_column(t, column->name, column->type, column->title, column->unit, err)))
        return st;
    c.dataset = H5Dopen2(group, column->link, H5P_DEFAULT);
    if (c.dataset < 0) st = unreadable(&c, err);
    else if (column->type == RMT_TYPE_NUMBER) st = read_numbers(t, col, &c, err);
    else if (rmt_type_is_text(column->type)) st = read_texts(t, col, false, &c, err);
    else st = read_integers(t, col, &c, err);
    rmt_library_drop(c.dataset);
    if (st == RMT_OK && column->has_reasons) st = read_reasons(t, col, group, path, column, err);
    return st;
}

/* ---- tables -------------------------------------------------------------------------------- */

rmt_status rmt_library_table(rmt_table **out, hid_t file, const rmt_study_entry *e, rmt_error *err)
{
    rmt_table *t = NULL;
    hid_t group = H5Gopen2(file, e->path, H5P_DEFAULT);
    rmt_status st = RMT_OK;

    if (group < 0) {
        st = rmt_fail(err, RMT_ERR_MALFORMED, "%s cannot be read", e->path);
        goto done;
    }
    if ((st = rmt_table_new(&t, e->title ? e->title : "", err))) goto done;
    if ((st = rmt_table_add_rows(t, e->rows, err))) goto done;
    for (size_t i = 0; i < e->n_columns; i++)
        if ((st = read_column(t, group, e->path, &e->columns[i], err))) goto done;
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    rmt_library_drop(group);
    return st;
}
