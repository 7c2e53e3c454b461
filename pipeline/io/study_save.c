/* study_save.c - the one canonical writer of study files.
 * The bytes depend on the content alone: one order, no times, no chunks, one kind of NaN, and no library
 * that could lay them out otherwise. Columns go out piece by piece as they are in the tables, and as they
 * are in the file where a table was not made here. Memory: O(columns) and one piece. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "h5_layout.h"
#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_internal.h"
#include "temporary.h"

enum { PIECE = 1 << 18 };

/* Where the cells of a dataset come from. */
typedef struct {
    const unsigned char *raw; /* as they are in the file; NULL: from the table */
    const rmt_table *table;
    size_t col;
    bool is_reasons;
} cells;

typedef struct {
    rmt_study *s;
    rmt_h5_layout layout;
    cells *from; /* one for each dataset of the layout */
    size_t n_from, cap_from;
    char **names; /* of datasets: ours to free */
    size_t n_names, cap_names;
    rmt_table *dictionary;
    unsigned char *piece; /* PIECE bytes, or one cell when that is longer */
} build;

static void build_clear(build *b)
{
    rmt_h5_clear(&b->layout);
    for (size_t i = 0; i < b->n_names; i++)
        rmt_mem_free(b->names[i]);
    rmt_mem_free(b->names);
    rmt_mem_free(b->from);
    rmt_table_free(b->dictionary);
    rmt_mem_free(b->piece);
}

/* ---- the layout ---------------------------------------------------------------------------- */

/* Link name + suffix, kept by b. */
static rmt_status keep_name(const char **out, build *b, const char *link, const char *suffix,
                            rmt_error *err)
{
    rmt_text name = {0};
    rmt_status st = rmt_mem_grow(&b->names, &b->cap_names, b->n_names + 1, sizeof *b->names, err);
    if (!st) st = rmt_text_addf(&name, err, "%s%s", link, suffix);
    if (st) {
        rmt_text_clear(&name);
        return st;
    }
    *out = b->names[b->n_names++] = name.s; /* of rmt_mem, like all text */
    return RMT_OK;
}

static rmt_status add_dataset(build *b, const char *link, const char *suffix, rmt_type type,
                              size_t width, size_t rows, const cells *from, rmt_error *err)
{
    rmt_status st;
    rmt_h5_dataset d = {.width = width, .rows = rows};
    if (type == RMT_TYPE_NUMBER) d.kind = RMT_H5_FLOAT64;
    else d.kind = rmt_type_is_text(type) ? RMT_H5_TEXT : RMT_H5_INT32;
    if ((st = keep_name(&d.name, b, link, suffix, err))) return st;
    if ((st = rmt_mem_grow(&b->from, &b->cap_from, b->n_from + 1, sizeof *b->from, err))) return st;
    if ((st = rmt_h5_add_dataset(&b->layout, &d, err))) return st;
    b->from[b->n_from++] = *from;
    return RMT_OK;
}

/* Every cell takes the room of the longest. One cell of a megabyte in a million rows must not become a terabyte. */
static rmt_status check_room(const cells *c, const char *path, size_t width, rmt_error *err)
{
    enum { LARGE = 1 << 30, SPARSE = 64 };
    const size_t rows = rmt_table_rows(c->table);
    size_t content = 0, longest = 0, at = 0;
    if (rows == 0 || width <= LARGE / rows) return RMT_OK;
    for (size_t i = 0; i < rows; i++) {
        const char *s = c->is_reasons ? rmt_table_reason(c->table, c->col, i)
                                      : rmt_table_text(c->table, c->col, i);
        const size_t n = strlen(s);
        content += n + 1;
        if (n > longest) longest = n, at = i;
    }
    if (width / SPARSE <= content / rows) return RMT_OK;
    return rmt_fail_at(
        err, RMT_ERR_SCHEMA, NULL, 0, rmt_table_name(c->table, c->col),
        "%s: row %zu has a text of %zu bytes, for which a study file would keep as much "
        "room in each of %zu rows; shorten it, or leave the column out",
        path, at + 1, longest, rows);
}

/* Bytes of the longest cell and the NUL that ends it. */
static rmt_status text_width(size_t *width, const cells *c, const char *path, rmt_error *err)
{
    const size_t longest = rmt_table_longest_text(c->table, c->col, c->is_reasons);
    if (longest >= RMT_STUDY_MAX_WIDTH)
        return rmt_fail_at(err, RMT_ERR_SCHEMA, NULL, 0, rmt_table_name(c->table, c->col),
                           "a text of %zu bytes is longer than a study file holds (%zu)", longest,
                           RMT_STUDY_MAX_WIDTH - 1);
    *width = longest + 1;
    return check_room(c, path, *width, err);
}

static rmt_status add_column(build *b, const char *path, const rmt_table *t, size_t col,
                             rmt_error *err)
{
    const rmt_type type = rmt_table_type(t, col);
    const size_t rows = rmt_table_rows(t);
    cells from = {.table = t, .col = col};
    size_t width = type == RMT_TYPE_NUMBER ? sizeof(double) : sizeof(int32_t);
    char *link = rmt_study_link_of(rmt_table_name(t, col), err);
    rmt_status st = link ? RMT_OK : RMT_ERR_NOMEM;

    if (!st && rmt_type_is_text(type)) st = text_width(&width, &from, path, err);
    if (!st) st = add_dataset(b, link, "", type, width, rows, &from, err);
    if (!st && rmt_table_has_reasons(t, col)) {
        from.is_reasons = true;
        st = text_width(&width, &from, path, err);
        if (!st)
            st = add_dataset(b, link, RMT_STUDY_REASONS, RMT_TYPE_STRING, width, rows, &from, err);
    }
    rmt_mem_free(link);
    return st;
}

/* A column that goes over as it is. */
static rmt_status add_raw_column(build *b, const rmt_study_column *c, size_t rows, rmt_error *err)
{
    cells from = {.raw = c->raw.cells};
    rmt_status st = add_dataset(b, c->link, "", c->type, c->raw.width, rows, &from, err);
    if (st || !c->has_reasons) return st;
    from.raw = c->raw_reasons.cells;
    return add_dataset(b, c->link, RMT_STUDY_REASONS, RMT_TYPE_STRING, c->raw_reasons.width, rows,
                       &from, err);
}

static rmt_status add_table(build *b, const char *path, const rmt_table *t, const char *digest,
                            rmt_error *err)
{
    const size_t rows = rmt_table_rows(t);
    rmt_status st;
    if ((uint64_t)rows > RMT_STUDY_MAX_ROWS)
        return rmt_fail(err, RMT_ERR_SCHEMA, "%s: %zu rows are more than a study file holds", path,
                        rows);
    if (strlen(rmt_table_title(t)) > RMT_STUDY_MAX_TITLE)
        return rmt_fail(err, RMT_ERR_SCHEMA, "%s: the title is longer than %zu bytes", path,
                        RMT_STUDY_MAX_TITLE);
    size_t n = 0;
    for (size_t i = 0; i < rmt_table_columns(t); i++)
        n += rmt_table_has_reasons(t, i) ? 2 : 1;
    if (n > RMT_H5_MAX_LINKS)
        return rmt_fail(
            err, RMT_ERR_SCHEMA,
            "%s: %zu columns, with their reasons, are more than a study file holds (%d)", path, n,
            (int)RMT_H5_MAX_LINKS);
    st = rmt_h5_add_table(&b->layout, path, rows, rmt_table_title(t), digest, err);
    for (size_t i = 0; !st && i < rmt_table_columns(t); i++)
        st = add_column(b, path, t, i, err);
    return st;
}

static rmt_status add_entry(build *b, const rmt_study_entry *e, rmt_error *err)
{
    if (!e->is_in_file) return add_table(b, e->path, e->table, e->digest, err);
    rmt_status st =
        rmt_h5_add_table(&b->layout, e->path, e->rows, e->title ? e->title : "", e->digest, err);
    for (size_t i = 0; !st && i < e->n_columns; i++)
        st = add_raw_column(b, &e->columns[i], e->rows, err);
    return st;
}

/* ---- the dictionary ------------------------------------------------------------------------ */

static rmt_status describe(rmt_table *d, size_t row, const char *path, size_t position,
                           const char *column, rmt_type type, const char *title, const char *unit,
                           rmt_error *err)
{
    const char *texts[] = {path, NULL, column, rmt_type_name(type), title, unit};
    rmt_table_set_integer(d, 1, row, (int32_t)position);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rmt_status st;
        if (texts[i] == NULL) continue;
        if ((st = rmt_table_set_text(d, i, row, texts[i], strlen(texts[i]), err))) return st;
    }
    return RMT_OK;
}

static size_t columns_of(const rmt_study_entry *e)
{
    return e->is_in_file ? e->n_columns : rmt_table_columns(e->table);
}

rmt_status rmt_study_describe(rmt_table **out, const rmt_study *s, rmt_error *err)
{
    size_t n = 0, row = 0;
    rmt_table *d = NULL;
    rmt_status st;

    for (size_t i = 0; i < s->n; i++)
        n += columns_of(&s->entries[i]);
    if ((st = rmt_table_new(&d, "", err))) goto done;
    if ((st = rmt_table_add_columns(d, rmt_study_dictionary, RMT_STUDY_N_DICTIONARY, err)))
        goto done;
    if ((st = rmt_table_add_rows(d, n, err))) goto done;
    for (size_t i = 0; i < s->n; i++) {
        const rmt_study_entry *e = &s->entries[i];
        const rmt_table *t = e->table;
        for (size_t k = 0; k < columns_of(e); k++, row++) {
            const rmt_study_column *c = e->is_in_file ? &e->columns[k] : NULL;
            st = c ? describe(d, row, e->path, k + 1, c->name, c->type, c->title, c->unit, err)
                   : describe(d, row, e->path, k + 1, rmt_table_name(t, k), rmt_table_type(t, k),
                              rmt_table_column_title(t, k), rmt_table_unit(t, k), err);
            if (st) goto done;
        }
    }
    *out = d;
    d = NULL;
done:
    rmt_table_free(d);
    return st;
}

/* ---- the file ------------------------------------------------------------------------------ */

static rmt_status make_layout(build *b, rmt_error *err)
{
    rmt_study *s = b->s;
    rmt_h5_layout *l = &b->layout;
    rmt_status st;

    l->format = RMT_STUDY_FORMAT;
    l->format_version = RMT_STUDY_FORMAT_VERSION;
    l->generator = "remit " RMT_VERSION;
    for (size_t i = 0; i < s->n; i++)
        if ((st = rmt_study_table_digest(&s->entries[i], s, err))) return st;
    if ((st = rmt_study_describe(&b->dictionary, b->s, err))) return st;

    if ((st = rmt_h5_add_table(l, "/", 0, "", "", err))) return st;
    if (s->plan) {
        const rmt_h5_dataset plan = {.name = "plan",
                                     .kind = RMT_H5_TEXT,
                                     .is_scalar = true,
                                     .width = strlen(s->plan),
                                     .rows = 1};
        const cells from = {.raw = (const unsigned char *)s->plan};
        if ((st = rmt_mem_grow(&b->from, &b->cap_from, 1, sizeof *b->from, err))) return st;
        if ((st = rmt_h5_add_dataset(l, &plan, err))) return st;
        b->from[b->n_from++] = from;
    }
    if ((st = add_table(b, "/dictionary", b->dictionary, "", err))) return st;
    for (size_t i = 0; i < s->n; i++)
        if ((st = add_entry(b, &s->entries[i], err))) return st;
    return rmt_h5_place(l, err);
}

/* Where the bytes go: an output, memory, or a temporary file. All behind the user block are digested on the way. */
typedef struct {
    rmt_outfile *file;    /* NULL: one of the other two */
    unsigned char *image; /* NULL: the last */
    int temporary;
    size_t n; /* bytes of these two, with the user block */
    rmt_digest *digest;
} target;

static rmt_status put(target *to, const void *bytes, size_t n, rmt_error *err)
{
    rmt_status st = rmt_digest_add(to->digest, bytes, n, err);
    if (st) return st;
    if (to->file) return rmt_outfile_write(to->file, bytes, n, err);
    if (to->image) memcpy(to->image + to->n, bytes, n);
    else st = rmt_temporary_write(to->temporary, to->n, bytes, n, err);
    to->n += n;
    return st;
}

/* n cells from row `first` on, as they are in a file: where they lie, or in piece. */
static const void *form_cells(unsigned char *piece, const cells *c, const rmt_h5_dataset *d,
                              size_t first, size_t n)
{
    if (d->kind == RMT_H5_INT32) return rmt_table_integers(c->table, c->col) + first;
    if (d->kind == RMT_H5_FLOAT64) {
        const double *x = rmt_table_numbers(c->table, c->col) + first;
        double *y = (double *)(void *)piece;
        for (size_t i = 0; i < n; i++)
            y[i] =
                isnan(x[i]) ? (double)NAN : x[i] + 0.0; /* one NaN, one zero: -0.0 + 0.0 is 0.0 */
        return piece;
    }
    rmt_table_copy_texts(c->table, c->col, c->is_reasons, first, n, (char *)piece,
                         (size_t)d->width);
    return piece;
}

/* A column of a table, piece by piece: what is mapped of it goes again. */
static rmt_status put_column(target *to, build *b, const cells *c, const rmt_h5_dataset *d,
                             rmt_error *err)
{
    const size_t rows = (size_t)d->rows, width = (size_t)d->width;
    const size_t step = width < PIECE ? PIECE / width : 1;
    rmt_status st = RMT_OK;
    for (size_t first = 0, n, n_read = 0; first < rows && !st; first += n) {
        n = rows - first < step ? rows - first : step;
        st = put(to, form_cells(b->piece, c, d, first, n), n * width, err);
        n_read += n;
        if (n_read < RMT_TABLE_PIECE && first + n < rows) continue;
        rmt_table_rest(c->table, c->col);
        n_read = 0;
    }
    return st;
}

/* Bytes of the file that was opened. */
static rmt_status put_raw(target *to, build *b, const unsigned char *raw, size_t n, rmt_error *err)
{
    enum { RAW_PIECE = 1 << 22 };
    rmt_status st = RMT_OK;
    for (size_t at = 0, k; at < n && !st; at += k) {
        k = n - at < RAW_PIECE ? n - at : RAW_PIECE;
        st = put(to, raw + at, k, err);
        rmt_study_rest(b->s, raw + at, k);
    }
    return st;
}

static rmt_status put_cells(target *to, build *b, const cells *c, const rmt_h5_dataset *d,
                            rmt_error *err)
{
    static const unsigned char zeros[8] = {0};
    if (d->rows == 0) return RMT_OK;
    const rmt_status st = c->raw ? put_raw(to, b, c->raw, (size_t)(d->rows * d->width), err)
                                 : put_column(to, b, c, d, err);
    const uint64_t end = d->cells + d->rows * d->width;
    return st ? st : put(to, zeros, (size_t)(rmt_h5_cells_end(d) - end), err);
}

/* Everything behind the user block; then the seal. */
static rmt_status put_file(target *to, build *b, unsigned char seal[RMT_STUDY_USER_BLOCK],
                           rmt_error *err)
{
    const rmt_h5_layout *l = &b->layout;
    unsigned char *head = rmt_mem_array((size_t)l->n_head, 1, err);
    size_t widest = PIECE;
    char hex[RMT_DIGEST_HEX];
    rmt_status st = RMT_ERR_NOMEM;

    if (!head) goto done;
    for (size_t i = 0; i < l->n_datasets; i++)
        if (!b->from[i].raw && l->datasets[i].width > widest) widest = (size_t)l->datasets[i].width;
    if (!(b->piece = rmt_mem_array(widest, 1, err))) goto done;
    if ((st = rmt_digest_new(&to->digest, err))) goto done;
    rmt_h5_write_head(l, head);
    if ((st = put(to, head, (size_t)l->n_head, err))) goto done;
    for (size_t i = 0; i < l->n_datasets; i++)
        if ((st = put_cells(to, b, &b->from[i], &l->datasets[i], err))) goto done;
    if ((st = rmt_digest_end(to->digest, hex, err))) goto done;
    rmt_study_seal_make(seal, hex, l->n_bytes);
done:
    rmt_digest_free(to->digest);
    rmt_mem_free(head);
    return st;
}

static rmt_status make_image(void **out, size_t *n, build *b, rmt_error *err)
{
    target to = {0};
    if (b->layout.n_bytes > RMT_MEM_CAP - RMT_STUDY_USER_BLOCK)
        return rmt_fail(err, RMT_ERR_NOMEM, "the study file would have %llu bytes",
                        (unsigned long long)b->layout.n_bytes);
    const size_t size = RMT_STUDY_USER_BLOCK + (size_t)b->layout.n_bytes;
    if (!(to.image = rmt_mem_array(size, 1, err))) return RMT_ERR_NOMEM;
    to.n = RMT_STUDY_USER_BLOCK;
    rmt_status st = put_file(&to, b, to.image, err);
    if (st) {
        rmt_mem_free(to.image);
        return st;
    }
    *out = to.image;
    *n = size;
    return RMT_OK;
}

rmt_status rmt_study_image(void **out, size_t *n, rmt_study *s, rmt_error *err)
{
    build b = {.s = s};
    rmt_status st = make_layout(&b, err);
    if (!st) st = make_image(out, n, &b, err);
    build_clear(&b);
    return st;
}

static rmt_status copy_file(rmt_outfile *f, int from, size_t n, unsigned char *piece,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t at = 0; at < n && !st;) {
        const ssize_t got = pread(from, piece, n - at < PIECE ? n - at : PIECE, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            return rmt_fail(err, RMT_ERR_IO, "the temporary file cannot be read: %s",
                            strerror(got < 0 ? errno : EIO));
        st = rmt_outfile_write(f, piece, (size_t)got, err);
        at += (size_t)got;
    }
    return st;
}

/* The seal comes first, and is known last: what is too much for memory waits in a temporary file. */
static rmt_status write_through_file(rmt_outfile *f, build *b, rmt_error *err)
{
    unsigned char seal[RMT_STUDY_USER_BLOCK] = {0};
    target to = {.n = sizeof seal};
    rmt_status st = rmt_temporary_open(&to.temporary, err);
    if (st) return st;
    st = put_file(&to, b, seal, err);
    if (!st) st = rmt_temporary_write(to.temporary, 0, seal, sizeof seal, err);
    if (!st) st = copy_file(f, to.temporary, to.n, b->piece, err);
    (void)close(to.temporary);
    return st;
}

static rmt_status write_file(rmt_outfile *f, build *b, rmt_error *err)
{
    unsigned char seal[RMT_STUDY_USER_BLOCK] = {0};
    rmt_status st;
    if (rmt_outfile_is_rewindable(f)) {
        target to = {.file = f};
        if ((st = rmt_outfile_write(f, seal, sizeof seal, err))) return st;
        if ((st = put_file(&to, b, seal, err))) return st;
        return rmt_outfile_rewrite(f, seal, sizeof seal, err);
    }
    if (b->layout.n_bytes > RMT_STUDY_IN_MEMORY) return write_through_file(f, b, err);
    void *image = NULL;
    size_t n = 0;
    if ((st = make_image(&image, &n, b, err))) return st;
    st = rmt_outfile_write(f, image, n, err);
    rmt_mem_free(image);
    return st;
}

rmt_status rmt_study_save(rmt_study *s, const char *path, const rmt_outfile_options *options,
                          rmt_error *err)
{
    build b = {.s = s};
    rmt_outfile *f = NULL;
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
    if ((st = make_layout(&b, err))) goto done;
    if ((st = write_file(f, &b, err))) goto done;
    if ((st = rmt_study_check_unchanged(s, err))) goto done;
    st = rmt_outfile_commit(f, err);
    f = NULL;
done:
    rmt_outfile_discard(f);
    rmt_mem_free(inputs);
    build_clear(&b);
    return st;
}
