/* study_save.c - the one canonical writer of study files.
 * The file is built in the library's memory driver with its user block, the seal is written into
 * that block, and the bytes go out from where they lie. Memory: O(bytes of the file), and one
 * column of a table that was not loaded. The bytes depend on the content alone: one order, no
 * times, no chunks, one kind of NaN. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_internal.h"

enum { MEMORY_INCREMENT = 1 << 22 };

typedef struct {
    rmt_study *s;
    hid_t file;
    hid_t text; /* fixed-length UTF-8, resized for every use */
    hid_t create_dataset;
    hid_t create_group;
    char *slab; /* RMT_STUDY_SLAB bytes, or one cell when that is longer */
    size_t n_slab;
    rmt_table *dictionary;
} build;

static rmt_status library_failed(rmt_error *err)
{
    return rmt_fail(err, RMT_ERR_INTERNAL, "the HDF5 library cannot build the study file");
}

static rmt_status reserve_slab(build *b, size_t n, rmt_error *err)
{
    if (n < RMT_STUDY_SLAB) n = RMT_STUDY_SLAB;
    if (n <= b->n_slab) return RMT_OK;
    char *slab = rmt_mem_resize(b->slab, n, 1, err);
    if (slab == NULL) return RMT_ERR_NOMEM;
    b->slab = slab;
    b->n_slab = n;
    return RMT_OK;
}

/* ---- datasets ------------------------------------------------------------------------------ */

/* Fills `to` with the n cells from row `first` on. */
typedef void fill_cells(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                        size_t width);

static void fill_numbers(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                         size_t width)
{
    const double *x = rmt_table_numbers(t, col) + first;
    double *y = to;
    (void)width;
    for (size_t i = 0; i < n; i++)
        y[i] = isnan(x[i]) ? (double)NAN : x[i] + 0.0; /* one NaN, one zero: -0.0 + 0.0 is 0.0 */
}

static void fill_integers(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                          size_t width)
{
    memcpy(to, rmt_table_integers(t, col) + first, n * width);
}

static void fill_with(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                      size_t width, const char *(*get)(const rmt_table *, size_t, size_t))
{
    memset(to, 0, n * width);
    for (size_t i = 0; i < n; i++) {
        const char *cell = get(t, col, first + i);
        memcpy((char *)to + i * width, cell, strlen(cell));
    }
}

static void fill_texts(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                       size_t width)
{
    fill_with(to, t, col, first, n, width, rmt_table_text);
}

static void fill_reasons(void *to, const rmt_table *t, size_t col, size_t first, size_t n,
                         size_t width)
{
    fill_with(to, t, col, first, n, width, rmt_table_reason);
}

/* Bytes of the longest cell, at least 1. */
static size_t longest(const rmt_table *t, size_t col,
                      const char *(*get)(const rmt_table *, size_t, size_t))
{
    size_t width = 1;
    for (size_t i = 0; i < rmt_table_rows(t); i++) {
        size_t n = strlen(get(t, col, i));
        if (n > width) width = n;
    }
    return width;
}

/* One dataset, moved through the slab in as many pieces as it takes. */
static rmt_status write_dataset(build *b, hid_t group, const char *link, hid_t file_type,
                                hid_t memory_type, const rmt_table *t, size_t col, size_t width,
                                fill_cells *fill, rmt_error *err)
{
    size_t rows = rmt_table_rows(t), step;
    hsize_t size = rows;
    hid_t space = -1, piece = -1, dataset = -1;
    rmt_status st = reserve_slab(b, width, err);

    if (st) return st;
    step = b->n_slab / width;
    st = library_failed(NULL); /* until the end is reached */
    if ((space = H5Screate_simple(1, &size, NULL)) < 0) goto done;
    if ((dataset = H5Dcreate2(group, link, file_type, space, H5P_DEFAULT, b->create_dataset,
                              H5P_DEFAULT)) < 0)
        goto done;
    for (size_t first = 0; first < rows; first += step) {
        hsize_t at = first, n = rows - first < step ? rows - first : step;
        fill(b->slab, t, col, first, (size_t)n, width);
        if (n == rows) {
            if (H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, b->slab) < 0)
                goto done;
            break;
        }
        rmt_study_drop(piece);
        if ((piece = H5Screate_simple(1, &n, NULL)) < 0 ||
            H5Sselect_hyperslab(space, H5S_SELECT_SET, &at, NULL, &n, NULL) < 0 ||
            H5Dwrite(dataset, memory_type, piece, space, H5P_DEFAULT, b->slab) < 0)
            goto done;
    }
    st = RMT_OK;
done:
    rmt_study_drop(dataset);
    rmt_study_drop(piece);
    rmt_study_drop(space);
    return st ? library_failed(err) : RMT_OK;
}

static rmt_status write_texts(build *b, hid_t group, const char *link, const rmt_table *t,
                              size_t col, bool is_reason, rmt_error *err)
{
    size_t width = longest(t, col, is_reason ? rmt_table_reason : rmt_table_text);
    if (width > RMT_STUDY_MAX_WIDTH)
        return rmt_fail_at(err, RMT_ERR_SCHEMA, NULL, 0, rmt_table_name(t, col),
                           "a text of %zu bytes is longer than a study file holds (%zu)", width,
                           RMT_STUDY_MAX_WIDTH);
    if (H5Tset_size(b->text, width) < 0) return library_failed(err);
    return write_dataset(b, group, link, b->text, b->text, t, col, width,
                         is_reason ? fill_reasons : fill_texts, err);
}

static rmt_status write_column(build *b, hid_t group, const rmt_table *t, size_t col,
                               rmt_error *err)
{
    char *link = rmt_study_link_of(rmt_table_name(t, col), err);
    rmt_text companion = {0};
    rmt_status st;

    if (link == NULL) return RMT_ERR_NOMEM;
    if (rmt_table_type(t, col) == RMT_TYPE_NUMBER)
        st = write_dataset(b, group, link, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, t, col,
                           sizeof(double), fill_numbers, err);
    else if (rmt_type_is_text(rmt_table_type(t, col)))
        st = write_texts(b, group, link, t, col, false, err);
    else
        st = write_dataset(b, group, link, H5T_STD_I32LE, H5T_NATIVE_INT32, t, col, sizeof(int32_t),
                           fill_integers, err);
    if (st == RMT_OK && rmt_table_has_reasons(t, col) &&
        (st = rmt_text_addf(&companion, err, "%s" RMT_STUDY_REASONS, link)) == RMT_OK)
        st = write_texts(b, group, companion.s, t, col, true, err);
    rmt_text_clear(&companion);
    rmt_mem_free(link);
    return st;
}

/* ---- attributes ---------------------------------------------------------------------------- */

static rmt_status write_attribute(build *b, hid_t object, const char *name, hid_t file_type,
                                  hid_t memory_type, const void *value, rmt_error *err)
{
    hid_t space = H5Screate(H5S_SCALAR), a = -1;
    bool is_done;
    (void)b;
    if (space >= 0) a = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    is_done = a >= 0 && H5Awrite(a, memory_type, value) >= 0;
    rmt_study_drop(a);
    rmt_study_drop(space);
    return is_done ? RMT_OK : library_failed(err);
}

static rmt_status write_text_attribute(build *b, hid_t object, const char *name, const char *value,
                                       rmt_error *err)
{
    size_t n = strlen(value);
    if (n == 0) return RMT_OK;
    if (H5Tset_size(b->text, n) < 0) return library_failed(err);
    return write_attribute(b, object, name, b->text, b->text, value, err);
}

static rmt_status write_root_attributes(build *b, rmt_error *err)
{
    int32_t version = RMT_STUDY_FORMAT_VERSION;
    rmt_status st;
    if ((st = write_text_attribute(b, b->file, "format", RMT_STUDY_FORMAT, err))) return st;
    if ((st = write_attribute(b, b->file, "format_version", H5T_STD_I32LE, H5T_NATIVE_INT32,
                              &version, err)))
        return st;
    return write_text_attribute(b, b->file, "generator", "remit " RMT_VERSION, err);
}

/* rows and title of a table's group; digest may be "". */
static rmt_status write_group_attributes(build *b, hid_t group, const char *path, size_t rows,
                                         const char *title, const char *digest, rmt_error *err)
{
    int64_t n = (int64_t)rows;
    rmt_status st;
    if ((uint64_t)rows > RMT_STUDY_MAX_ROWS)
        return rmt_fail(err, RMT_ERR_SCHEMA, "%s: %zu rows are more than a study file holds", path,
                        rows);
    if (strlen(title) > RMT_STUDY_MAX_TITLE)
        return rmt_fail(err, RMT_ERR_SCHEMA, "%s: the title is longer than %zu bytes", path,
                        RMT_STUDY_MAX_TITLE);
    if ((st = write_attribute(b, group, "rows", H5T_STD_I64LE, H5T_NATIVE_INT64, &n, err)))
        return st;
    if ((st = write_text_attribute(b, group, "title", title, err))) return st;
    return write_text_attribute(b, group, "sha256", digest, err);
}

/* ---- the parts of the file ----------------------------------------------------------------- */

static rmt_status write_plan(build *b, rmt_error *err)
{
    const char *plan = rmt_study_plan(b->s);
    hid_t space = -1, dataset = -1;
    bool is_done;

    if (plan == NULL) return RMT_OK;
    if (H5Tset_size(b->text, strlen(plan)) >= 0 && (space = H5Screate(H5S_SCALAR)) >= 0)
        dataset = H5Dcreate2(b->file, "plan", b->text, space, H5P_DEFAULT, b->create_dataset,
                             H5P_DEFAULT);
    is_done = dataset >= 0 && H5Dwrite(dataset, b->text, H5S_ALL, H5S_ALL, H5P_DEFAULT, plan) >= 0;
    rmt_study_drop(dataset);
    rmt_study_drop(space);
    return is_done ? RMT_OK : library_failed(err);
}

/* Opens the group at path, creating it and those above it where needed. */
static rmt_status open_group(hid_t *out, build *b, const char *path, rmt_error *err)
{
    hid_t group = -1;
    char *part = rmt_mem_text(path, strlen(path), err);

    if (part == NULL) return RMT_ERR_NOMEM;
    for (char *end = part; *end != '\0';) {
        end += 1 + strcspn(end + 1, "/");
        char next = *end;
        *end = '\0';
        rmt_study_drop(group);
        group = H5Lexists(b->file, part, H5P_DEFAULT) > 0
                    ? H5Gopen2(b->file, part, H5P_DEFAULT)
                    : H5Gcreate2(b->file, part, H5P_DEFAULT, b->create_group, H5P_DEFAULT);
        *end = next;
        if (group < 0) break;
    }
    rmt_mem_free(part);
    *out = group;
    return group < 0 ? library_failed(err) : RMT_OK;
}

static rmt_status write_table(build *b, const char *path, const rmt_table *t, const char *digest,
                              rmt_error *err)
{
    hid_t group = -1;
    rmt_status st = open_group(&group, b, path, err);
    if (st == RMT_OK)
        st = write_group_attributes(b, group, path, rmt_table_rows(t), rmt_table_title(t), digest,
                                    err);
    for (size_t i = 0; st == RMT_OK && i < rmt_table_columns(t); i++)
        st = write_column(b, group, t, i, err);
    rmt_study_drop(group);
    return st;
}

/* A table that was not loaded goes over column by column. */
static rmt_status copy_table(build *b, const rmt_study_entry *e, rmt_error *err)
{
    hid_t group = -1, from = -1;
    rmt_table *t = NULL;
    rmt_status st = open_group(&group, b, e->path, err);

    if (st) goto done;
    if ((from = H5Gopen2(b->s->file, e->path, H5P_DEFAULT)) < 0) {
        st = library_failed(err);
        goto done;
    }
    if ((st = write_group_attributes(b, group, e->path, e->rows, e->title ? e->title : "",
                                     e->digest, err)))
        goto done;
    for (size_t i = 0; i < e->n_columns; i++) {
        rmt_table_free(t);
        t = NULL;
        if ((st = rmt_table_new(&t, "", err))) goto done;
        if ((st = rmt_table_add_rows(t, e->rows, err))) goto done;
        if ((st = rmt_study_column_read(t, from, e->path, &e->columns[i], err))) goto done;
        if ((st = write_column(b, group, t, 0, err))) goto done;
    }
done:
    rmt_table_free(t);
    rmt_study_drop(from);
    rmt_study_drop(group);
    return st;
}

static rmt_status describe(rmt_table *d, size_t row, const char *path, size_t position,
                           const char *column, rmt_type type, const char *title, const char *unit,
                           rmt_error *err)
{
    const char *cells[] = {path, NULL, column, rmt_type_name(type), title, unit};
    rmt_table_set_integer(d, 1, row, (int32_t)position);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        rmt_status st;
        if (cells[i] == NULL) continue;
        if ((st = rmt_table_set_text(d, i, row, cells[i], strlen(cells[i]), err))) return st;
    }
    return RMT_OK;
}

static rmt_status write_dictionary(build *b, rmt_error *err)
{
    const rmt_study *s = b->s;
    size_t n = 0, row = 0;
    rmt_status st;

    for (size_t i = 0; i < s->n; i++)
        n += s->entries[i].table ? rmt_table_columns(s->entries[i].table) : s->entries[i].n_columns;
    if ((st = rmt_table_new(&b->dictionary, "", err))) return st;
    if ((st = rmt_table_add_columns(b->dictionary, rmt_study_dictionary, RMT_STUDY_N_DICTIONARY,
                                    err)))
        return st;
    if ((st = rmt_table_add_rows(b->dictionary, n, err))) return st;
    for (size_t i = 0; i < s->n; i++) {
        const rmt_study_entry *e = &s->entries[i];
        size_t n_columns = e->table ? rmt_table_columns(e->table) : e->n_columns;
        for (size_t k = 0; k < n_columns; k++) {
            const rmt_study_column *c = e->table ? NULL : &e->columns[k];
            st = c ? describe(b->dictionary, row, e->path, k + 1, c->name, c->type, c->title,
                              c->unit, err)
                   : describe(b->dictionary, row, e->path, k + 1, rmt_table_name(e->table, k),
                              rmt_table_type(e->table, k), rmt_table_column_title(e->table, k),
                              rmt_table_unit(e->table, k), err);
            if (st) return st;
            row++;
        }
    }
    return write_table(b, "/dictionary", b->dictionary, "", err);
}

/* ---- the file ------------------------------------------------------------------------------ */

static rmt_status start_build(build *b, rmt_error *err)
{
    hid_t create = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    char name[64];

    (void)snprintf(name, sizeof name, "/dev/null/build-%p", (void *)b);
    b->text = H5Tcopy(H5T_C_S1);
    b->create_dataset = H5Pcreate(H5P_DATASET_CREATE);
    b->create_group = H5Pcreate(H5P_GROUP_CREATE);
    if (create >= 0 && access >= 0 && b->text >= 0 && b->create_dataset >= 0 &&
        b->create_group >= 0 && H5Tset_strpad(b->text, H5T_STR_NULLPAD) >= 0 &&
        H5Tset_cset(b->text, H5T_CSET_UTF8) >= 0 &&
        H5Pset_obj_track_times(b->create_dataset, false) >= 0 &&
        H5Pset_fill_time(b->create_dataset, H5D_FILL_TIME_NEVER) >= 0 &&
        H5Pset_obj_track_times(b->create_group, false) >= 0 &&
        H5Pset_obj_track_times(create, false) >= 0 &&
        H5Pset_userblock(create, RMT_STUDY_USER_BLOCK) >= 0 &&
        H5Pset_fapl_core(access, MEMORY_INCREMENT, false) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0)
        b->file = H5Fcreate(name, H5F_ACC_TRUNC, create, access);
    rmt_study_drop(access);
    rmt_study_drop(create);
    return b->file < 0 ? library_failed(err) : RMT_OK;
}

static void build_clear(build *b)
{
    rmt_study_drop(b->text);
    rmt_study_drop(b->create_dataset);
    rmt_study_drop(b->create_group);
    if (b->file >= 0) (void)H5Fclose(b->file);
    rmt_table_free(b->dictionary);
    rmt_mem_free(b->slab);
}

/* Builds and seals. *bytes points into the library's own memory and is valid until build_clear. */
static rmt_status build_file(unsigned char **bytes, size_t *n, build *b, rmt_error *err)
{
    rmt_status st;
    void **memory = NULL;
    ssize_t size;

    if ((st = start_build(b, err))) return st;
    if ((st = write_root_attributes(b, err))) return st;
    if ((st = write_plan(b, err))) return st;
    for (size_t i = 0; i < b->s->n; i++)
        if ((st = rmt_study_table_digest(&b->s->entries[i], b->s, err))) return st;
    if ((st = write_dictionary(b, err))) return st;
    for (size_t i = 0; i < b->s->n; i++) {
        const rmt_study_entry *e = &b->s->entries[i];
        st = e->table ? write_table(b, e->path, e->table, e->digest, err) : copy_table(b, e, err);
        if (st) return st;
    }
    if (H5Fflush(b->file, H5F_SCOPE_GLOBAL) < 0 ||
        (size = H5Fget_file_image(b->file, NULL, 0)) <= 0 ||
        H5Fget_vfd_handle(b->file, H5P_DEFAULT, (void **)&memory) < 0)
        return library_failed(err);
    *bytes = *memory;
    *n = RMT_STUDY_USER_BLOCK + (size_t)size;
    return rmt_study_seal_make(*bytes, *bytes + RMT_STUDY_USER_BLOCK, (size_t)size, err);
}

rmt_status rmt_study_image(void **out, size_t *n, rmt_study *s, rmt_error *err)
{
    build b = {.s = s, .file = -1, .text = -1, .create_dataset = -1, .create_group = -1};
    unsigned char *bytes;
    void *copy;
    rmt_status st;

    if ((st = build_file(&bytes, n, &b, err))) goto done;
    if ((copy = rmt_mem_array(*n, 1, err)) == NULL) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    memcpy(copy, bytes, *n);
    *out = copy;
done:
    build_clear(&b);
    return st;
}

rmt_status rmt_study_save(rmt_study *s, const char *path, const rmt_outfile_options *options,
                          rmt_error *err)
{
    build b = {.s = s, .file = -1, .text = -1, .create_dataset = -1, .create_group = -1};
    rmt_outfile *f = NULL;
    unsigned char *bytes;
    size_t n;
    rmt_status st = RMT_ERR_NOMEM;
    rmt_outfile_options how = options ? *options : (rmt_outfile_options){0};
    const char **inputs = rmt_mem_array(how.n_inputs + s->n_inputs, sizeof *inputs, err);

    if (!inputs) goto done;
    for (size_t i = 0; i < how.n_inputs; i++)
        inputs[i] = how.inputs[i];
    for (size_t i = 0; i < s->n_inputs; i++)
        inputs[how.n_inputs + i] = s->inputs[i];
    how.inputs = inputs;
    how.n_inputs += s->n_inputs;
    if ((st = rmt_outfile_open(&f, path, &how, err))) goto done;
    if ((st = build_file(&bytes, &n, &b, err))) goto done;
    if ((st = rmt_outfile_write(f, bytes, n, err))) goto done;
    st = rmt_outfile_commit(f, err);
    f = NULL;
done:
    rmt_outfile_discard(f);
    rmt_mem_free(inputs);
    build_clear(&b);
    return st;
}
