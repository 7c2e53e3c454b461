/* csv_columns.c - raw cells become typed columns, a block of rows at a time (see csv_parts.h). */
#include "csv_parts.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"
#include "spill.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a column keeps, each a strand of the spill. Reasons that are known at the end only make a second list of places. */
enum { INTEGERS, NUMBERS, RAW, AT, BYTES, REASON_AT, REASON_BYTES, LATE_REASON_AT, N_STRANDS };

/* How the cells are kept. Without a schema a column begins as whole numbers, from which their cells can be made again; then
 * it is numbers, with the raw cells beside them in case a later one is none; then texts. */
typedef enum { AS_INTEGERS, AS_NUMBERS, AS_TEXTS } form;

/* Texts stored behind one another. */
typedef struct {
    size_t n_set, longest;
} stored;

typedef struct {
    const rmt_field *field; /* NULL: no schema knows it */
    bool must_be_number, is_sure, is_label;
    rmt_csv_codes missing;
    char decimal;
    form form;
    int kinds; /* that all values so far can be */
    size_t n_values, n_numbers, n_integers;
    stored texts, reasons;
    size_t reason_at; /* the strand with the places of the reasons */
} column;

enum { CACHE = 64, CACHE_LONGEST = 64 };
/* Texts of the block at hand, on their way to a strand. */
typedef struct {
    size_t *at;     /* RMT_CSV_BLOCK_ROWS places */
    rmt_text bytes; /* from place `base` on */
    size_t base;
    size_t recent[CACHE]; /* places of texts met in this block, by a hash; 0 = none */
    stored *to;
    bool any;
} sink;

struct rmt_csv_columns {
    const rmt_csv_options *options;
    char *const *names;
    column *cols;
    size_t n_cols, n_rows, block_rows;
    size_t n_missing, n_unreadable;
    rmt_spill *spill;
    void *values; /* of the block at hand: RMT_CSV_BLOCK_ROWS int32 or double */
    sink texts, reasons;
    rmt_text scratch;
    rmt_table_borrowed *borrowed;
};

static size_t strand_of(size_t col, size_t which)
{
    return col * N_STRANDS + which;
}

static form form_of(const rmt_field *f)
{
    if (rmt_type_is_text(f->type)) return AS_TEXTS;
    return f->type == RMT_TYPE_NUMBER ? AS_NUMBERS : AS_INTEGERS;
}

static rmt_status init_column(column *x, const char *name, const rmt_csv_options *o, rmt_error *err)
{
    const rmt_field *f = o->schema ? rmt_schema_field(o->schema, name) : NULL;
    const rmt_node *list = o->schema ? o->schema->missing_values : o->missing;
    *x = (column){.field = f, .kinds = RMT_CSV_IS_ANY, .reason_at = REASON_AT};
    x->decimal = o->decimal_char ? o->decimal_char : '.';
    if (f) {
        if (f->missing_values) list = f->missing_values;
        if (f->decimal_char) x->decimal = f->decimal_char;
        x->form = form_of(f);
    } else {
        x->is_label = o->as_text || rmt_text_is_among(name, o->labels, o->n_labels);
        x->must_be_number = !x->is_label && rmt_text_is_among(name, o->numbers, o->n_numbers);
        x->is_sure =
            x->must_be_number && rmt_text_is_among(name, o->sure_numbers, o->n_sure_numbers);
        if (x->is_label) x->form = AS_TEXTS, x->kinds = 0;
    }
    return rmt_csv_codes_init(&x->missing, list, !f, err);
}

rmt_status rmt_csv_columns_new(rmt_csv_columns **out, char *const *names, size_t n,
                               const rmt_csv_options *options, rmt_error *err)
{
    rmt_status st = RMT_ERR_NOMEM;
    rmt_csv_columns *c = rmt_mem_array(1, sizeof *c, err);
    if (!c) return st;
    c->options = options;
    c->names = names;
    if (!(c->cols = rmt_mem_array(n, sizeof *c->cols, err))) goto done;
    c->n_cols = n;
    if (!(c->values = rmt_mem_resize(NULL, RMT_CSV_BLOCK_ROWS, sizeof(double), err))) goto done;
    if (!(c->texts.at = rmt_mem_resize(NULL, RMT_CSV_BLOCK_ROWS, sizeof(size_t), err))) goto done;
    if (!(c->reasons.at = rmt_mem_resize(NULL, RMT_CSV_BLOCK_ROWS, sizeof(size_t), err))) goto done;
    if ((st = rmt_spill_new(&c->spill, n * N_STRANDS + 1, RMT_CSV_IN_MEMORY, err))) goto done;
    for (size_t i = 0; i < n; i++)
        if ((st = init_column(&c->cols[i], names[i], options, err))) goto done;
    *out = c;
    c = NULL;
done:
    rmt_csv_columns_free(c);
    return st;
}

void rmt_csv_columns_free(rmt_csv_columns *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n_cols; i++)
        rmt_csv_codes_clear(&c->cols[i].missing);
    rmt_mem_free(c->cols);
    rmt_mem_free(c->values);
    rmt_mem_free(c->texts.at);
    rmt_mem_free(c->reasons.at);
    rmt_text_clear(&c->texts.bytes);
    rmt_text_clear(&c->reasons.bytes);
    rmt_text_clear(&c->scratch);
    rmt_mem_free(c->borrowed);
    rmt_spill_free(c->spill);
    rmt_mem_free(c);
}

/* ---- texts --------------------------------------------------------------------------------- */

/* The texts that follow go to `to`, behind those of the strand. */
static void begin_texts(const rmt_csv_columns *c, sink *x, stored *to, size_t strand)
{
    const size_t length = rmt_spill_length(c->spill, strand);
    x->to = to;
    x->any = false;
    x->bytes.len = 0;
    x->base = length ? length : 1; /* place 0 is the empty text */
    memset(x->recent, 0, sizeof x->recent);
}

static size_t hash_of(const char *s, size_t n)
{
    uint64_t w = 0;
    if (n >= 8) memcpy(&w, s + n - 8, 8);
    else
        for (size_t i = 0; i < n; i++)
            w = w << 8 | (unsigned char)s[i];
    return (size_t)(((w ^ n) * UINT64_C(0x9E3779B97F4A7C15)) >> 58);
}

/* Where s[0..n), ended by NUL, is stored; texts that come again in a block are stored once. */
static rmt_status add_text(size_t *at, sink *x, const char *s, size_t n, rmt_error *err)
{
    *at = 0;
    if (n == 0) return RMT_OK;
    x->any = true;
    x->to->n_set++;
    if (n > x->to->longest) x->to->longest = n;
    size_t *recent = n <= CACHE_LONGEST ? &x->recent[hash_of(s, n)] : NULL;
    if (recent && *recent) {
        const char *old = x->bytes.s + (*recent - x->base);
        if (strcmp(old, s) == 0) {
            *at = *recent;
            return RMT_OK;
        }
    }
    *at = x->base + x->bytes.len;
    if (recent) *recent = *at;
    rmt_status st = rmt_mem_grow(&x->bytes.s, &x->bytes.cap, x->bytes.len + n + 1, 1, err);
    if (st) return st;
    memcpy(x->bytes.s + x->bytes.len, s, n + 1);
    x->bytes.len += n + 1;
    return RMT_OK;
}

/* The n texts from row `first` of the block on. */
static rmt_status end_texts(rmt_csv_columns *c, const sink *x, size_t strand_at,
                            size_t strand_bytes, size_t first, size_t n, rmt_error *err)
{
    rmt_status st = rmt_spill_add(c->spill, strand_at, x->at + first, n * sizeof *x->at, err);
    if (!st && rmt_spill_length(c->spill, strand_bytes) == 0)
        st = rmt_spill_skip(c->spill, strand_bytes, 1, err);
    return st ? st : rmt_spill_add(c->spill, strand_bytes, x->bytes.s, x->bytes.len, err);
}

static rmt_status set_reason(rmt_csv_columns *c, size_t row, const char *reason, rmt_error *err)
{
    if (!reason[0]) return RMT_OK;
    if (!c->reasons.any) memset(c->reasons.at, 0, c->block_rows * sizeof *c->reasons.at);
    return add_text(&c->reasons.at[row], &c->reasons, reason, strlen(reason), err);
}

static rmt_status set_unreadable(rmt_csv_columns *c, size_t row, const char *cell, rmt_error *err)
{
    rmt_status st;
    c->n_unreadable++;
    c->scratch.len = 0;
    if ((st = rmt_text_add(&c->scratch, RMT_UNREADABLE, err))) return st;
    if ((st = rmt_text_add(&c->scratch, cell, err))) return st;
    return set_reason(c, row, c->scratch.s, err);
}

static rmt_status set_missing(rmt_csv_columns *c, size_t row, const char *reason, rmt_error *err)
{
    c->n_missing++;
    return set_reason(c, row, reason, err);
}

static void begin_reasons(rmt_csv_columns *c, size_t col)
{
    begin_texts(c, &c->reasons, &c->cols[col].reasons, strand_of(col, REASON_BYTES));
}

static void begin_cells(rmt_csv_columns *c, size_t col)
{
    begin_texts(c, &c->texts, &c->cols[col].texts, strand_of(col, BYTES));
}

static rmt_status end_cells(rmt_csv_columns *c, size_t col, size_t first, size_t n, rmt_error *err)
{
    return end_texts(c, &c->texts, strand_of(col, AT), strand_of(col, BYTES), first, n, err);
}

/* Nothing is kept of a column's reasons before the first. */
static rmt_status end_reasons(rmt_csv_columns *c, size_t col, rmt_error *err)
{
    const size_t strand = strand_of(col, c->cols[col].reason_at);
    const size_t done = rmt_spill_length(c->spill, strand), size = sizeof(size_t);
    if (!c->reasons.any) return RMT_OK;
    rmt_status st = rmt_spill_skip(c->spill, strand, c->n_rows * size - done, err);
    return st ? st
              : end_texts(c, &c->reasons, strand, strand_of(col, REASON_BYTES), 0, c->block_rows,
                          err);
}

/* ---- columns that no schema knows ---------------------------------------------------------- */

/* Cells first..*to of the block, as the column keeps them now; *to is where a cell is of another form. cell moves on. */
static rmt_status take_integers(rmt_csv_columns *c, column *x, const char **cell, size_t first,
                                size_t *to, rmt_error *err)
{
    int32_t *values = c->values;
    const char *p = *cell, *reason;
    rmt_status st = RMT_OK;
    size_t row = first, n_before = x->n_values;
    for (; row < c->block_rows && !st; row++) {
        if (x->missing.begins[(unsigned char)p[0]] && (reason = rmt_csv_missing(&x->missing, p))) {
            values[row] = RMT_INTEGER_MISSING;
            st = set_missing(c, row, reason, err);
            p += strlen(p) + 1;
        } else if (p[0] >= '0' && p[0] <= '9' && p[1] == '\0') {
            values[row] = p[0] - '0';
            p += 2;
            x->n_values++;
        } else {
            const size_t n = strlen(p);
            if (!rmt_csv_as_integer(p, n, &values[row]) || (p[0] == '-' && p[1] == '0')) break;
            p += n + 1;
            x->n_values++;
        }
    }
    x->n_numbers += x->n_values - n_before;
    x->n_integers += x->n_values - n_before;
    if (x->n_values > n_before) x->kinds &= RMT_CSV_IS_INTEGER | RMT_CSV_IS_NUMBER;
    *cell = p;
    *to = row;
    return st;
}

static rmt_status take_numbers(rmt_csv_columns *c, column *x, const char **cell, size_t first,
                               size_t *to, rmt_error *err)
{
    double *values = c->values;
    const char *p = *cell, *reason;
    rmt_status st = RMT_OK;
    size_t row = first;
    int32_t whole;
    for (; row < c->block_rows && !st; row++) {
        const size_t n = strlen(p);
        if (x->missing.begins[(unsigned char)p[0]] && (reason = rmt_csv_missing(&x->missing, p))) {
            values[row] = (double)NAN;
            st = set_missing(c, row, reason, err);
        } else if (rmt_csv_as_number(p, n, x->decimal, &values[row])) {
            const bool is_whole = rmt_csv_as_integer(p, n, &whole);
            x->n_integers += is_whole;
            x->kinds &= is_whole ? RMT_CSV_IS_INTEGER | RMT_CSV_IS_NUMBER : RMT_CSV_IS_NUMBER;
            x->n_numbers++;
            x->n_values++;
        } else {
            break;
        }
        p += n + 1;
    }
    *cell = p;
    *to = row;
    return st;
}

static rmt_status take_texts(rmt_csv_columns *c, column *x, const char **cell, size_t first,
                             size_t *to, rmt_error *err)
{
    const char *p = *cell, *reason;
    rmt_status st = RMT_OK;
    for (size_t row = first; row < c->block_rows && !st; row++) {
        const size_t n = strlen(p);
        if (x->missing.begins[(unsigned char)p[0]] && (reason = rmt_csv_missing(&x->missing, p))) {
            c->texts.at[row] = 0;
            st = set_missing(c, row, reason, err);
        } else {
            const int wanted = x->must_be_number ? RMT_CSV_IS_INTEGER | RMT_CSV_IS_NUMBER : 0;
            if (x->kinds | wanted) {
                const int kinds = rmt_csv_kinds_of(p, n, x->kinds | wanted, x->decimal);
                x->kinds &= kinds;
                x->n_numbers += (kinds & RMT_CSV_IS_NUMBER) != 0;
                x->n_integers += (kinds & RMT_CSV_IS_INTEGER) != 0;
            }
            x->n_values++;
            st = add_text(&c->texts.at[row], &c->texts, p, n, err);
        }
        p += n + 1;
    }
    *cell = p;
    *to = c->block_rows;
    return st;
}

/* The rows first..to of the block, and their raw cells, go to the strands. */
static rmt_status put_values(rmt_csv_columns *c, size_t col, const char *raw, size_t n_raw,
                             size_t first, size_t to, rmt_error *err)
{
    const column *x = &c->cols[col];
    const size_t n = to - first;
    if (x->form == AS_INTEGERS)
        return rmt_spill_add(c->spill, strand_of(col, INTEGERS), (int32_t *)c->values + first,
                             n * sizeof(int32_t), err);
    if (x->form == AS_TEXTS) return end_cells(c, col, first, n, err);
    rmt_status st = rmt_spill_add(c->spill, strand_of(col, NUMBERS), (double *)c->values + first,
                                  n * sizeof(double), err);
    return st || x->field ? st : rmt_spill_add(c->spill, strand_of(col, RAW), raw, n_raw, err);
}

/* What is kept as whole numbers becomes numbers and raw cells, or texts. */
static rmt_status change_integers(rmt_csv_columns *c, size_t col, form wanted, rmt_error *err)
{
    const size_t from = strand_of(col, INTEGERS);
    const size_t n = rmt_spill_length(c->spill, from) / sizeof(int32_t);
    int32_t whole[RMT_CSV_PIECE_ROWS];
    double numbers[RMT_CSV_PIECE_ROWS];
    char cell[RMT_NUM_BUF];
    rmt_status st = RMT_OK;
    for (size_t first = 0, k; first < n && !st; first += k) {
        k = n - first < RMT_CSV_PIECE_ROWS ? n - first : RMT_CSV_PIECE_ROWS;
        st = rmt_spill_read(c->spill, from, first * sizeof *whole, whole, k * sizeof *whole, err);
        begin_cells(c, col);
        c->scratch.len = 0;
        for (size_t i = 0; i < k && !st; i++) {
            const bool missing = whole[i] == RMT_INTEGER_MISSING;
            const int len = missing ? 0 : snprintf(cell, sizeof cell, "%" PRId32, whole[i]);
            cell[len] = '\0';
            numbers[i] = missing ? (double)NAN : whole[i];
            if (wanted == AS_TEXTS)
                st = add_text(&c->texts.at[i], &c->texts, cell, (size_t)len, err);
            else st = rmt_text_add_bytes(&c->scratch, cell, (size_t)len + 1, err);
        }
        if (st) break;
        if (wanted == AS_TEXTS) {
            st = end_cells(c, col, 0, k, err);
            continue;
        }
        st = rmt_spill_add(c->spill, strand_of(col, NUMBERS), numbers, k * sizeof *numbers, err);
        if (!st)
            st = rmt_spill_add(c->spill, strand_of(col, RAW), c->scratch.s, c->scratch.len, err);
    }
    rmt_spill_empty(c->spill, from);
    return st;
}

/* The n cells that begin in s[0..*len) and end there become texts; *len: the bytes of them. */
static rmt_status raw_to_texts(rmt_csv_columns *c, size_t col, const char *s, size_t *len,
                               rmt_error *err)
{
    column *x = &c->cols[col];
    const char *p = s, *end;
    size_t row = 0;
    rmt_status st = RMT_OK;
    begin_cells(c, col);
    while (!st && row < RMT_CSV_BLOCK_ROWS && (end = memchr(p, '\0', *len - (size_t)(p - s)))) {
        const bool missing = rmt_csv_missing(&x->missing, p) != NULL;
        st = add_text(&c->texts.at[row++], &c->texts, p, missing ? 0 : (size_t)(end - p), err);
        p = end + 1;
        if ((size_t)(p - s) == *len) break;
    }
    *len = (size_t)(p - s);
    return st ? st : end_cells(c, col, 0, row, err);
}

/* What is kept as numbers becomes texts, from the raw cells. */
static rmt_status change_numbers(rmt_csv_columns *c, size_t col, rmt_error *err)
{
    const size_t raw = strand_of(col, RAW), n = rmt_spill_length(c->spill, raw);
    rmt_text piece = {0};
    rmt_status st = RMT_OK;
    size_t want = 1 << 16;
    for (size_t at = 0, len; at < n && !st; at += len) {
        len = n - at < want ? n - at : want;
        if ((st = rmt_mem_grow(&piece.s, &piece.cap, len, 1, err))) break;
        if ((st = rmt_spill_read(c->spill, raw, at, piece.s, len, err))) break;
        if ((st = raw_to_texts(c, col, piece.s, &len, err))) break;
        if (len == 0) want *= 2; /* a cell longer than the piece */
    }
    rmt_text_clear(&piece);
    rmt_spill_empty(c->spill, raw);
    rmt_spill_empty(c->spill, strand_of(col, NUMBERS));
    return st;
}

/* The column gets a form that can keep the cell as well. */
static rmt_status change_form(rmt_csv_columns *c, size_t col, const char *cell, rmt_error *err)
{
    column *x = &c->cols[col];
    double number;
    rmt_status st;
    if (x->form == AS_INTEGERS && rmt_csv_as_number(cell, strlen(cell), x->decimal, &number)) {
        st = change_integers(c, col, AS_NUMBERS, err);
        x->form = AS_NUMBERS;
        return st;
    }
    st = x->form == AS_INTEGERS ? change_integers(c, col, AS_TEXTS, err)
                                : change_numbers(c, col, err);
    x->form = AS_TEXTS;
    return st;
}

static rmt_status take_inferred(rmt_csv_columns *c, size_t col, const char *cells, rmt_error *err)
{
    column *x = &c->cols[col];
    rmt_status st = RMT_OK;
    for (size_t first = 0, to = 0; !st; first = to) {
        const char *raw = cells;
        begin_cells(c, col);
        if (x->form == AS_INTEGERS) st = take_integers(c, x, &cells, first, &to, err);
        else if (x->form == AS_NUMBERS) st = take_numbers(c, x, &cells, first, &to, err);
        else st = take_texts(c, x, &cells, first, &to, err);
        if (!st) st = put_values(c, col, raw, (size_t)(cells - raw), first, to, err);
        if (st || to == c->block_rows) break;
        st = change_form(c, col, cells, err);
    }
    return st;
}

/* ---- columns of the schema ----------------------------------------------------------------- */

/* What cannot be read by the short ways. */
static rmt_status take_by_rules(rmt_csv_columns *c, column *x, size_t row, const char *cell,
                                size_t n, rmt_error *err)
{
    rmt_cell value;
    const rmt_schema *schema = c->options->schema;
    rmt_field_read_cell(&value, x->field, schema->missing_values, x->decimal, cell, n);
    const bool readable = value.kind != RMT_CELL_UNREADABLE;
    if (x->form == AS_INTEGERS)
        ((int32_t *)c->values)[row] = readable ? value.integer : RMT_INTEGER_MISSING;
    if (x->form == AS_NUMBERS) ((double *)c->values)[row] = readable ? value.number : (double)NAN;
    if (x->form == AS_TEXTS) c->texts.at[row] = 0;
    if (!readable) return set_unreadable(c, row, cell, err);
    c->n_missing += n == 0; /* a text without characters is a missing one */
    if (x->form != AS_TEXTS) return RMT_OK;
    const rmt_type type = x->field->type;
    /* Dates, and times in ISO form. */
    const bool rewritten = type == RMT_TYPE_DATE || type == RMT_TYPE_DATETIME || value.text[0];
    return add_text(&c->texts.at[row], &c->texts, rewritten ? value.text : cell,
                    rewritten ? strlen(value.text) : n, err);
}

static rmt_status take_typed(rmt_csv_columns *c, size_t col, const char *cells, rmt_error *err)
{
    column *x = &c->cols[col];
    const rmt_field *f = x->field;
    /* Nearly all cells of a number are plain: what these short ways cannot read, the field's rules can. */
    const bool plain = f->bare_number && !f->group_char;
    int32_t *integers = plain && f->declared == RMT_FIELD_INTEGER ? c->values : NULL;
    double *numbers = plain && f->type == RMT_TYPE_NUMBER && x->decimal == '.' ? c->values : NULL;
    const char *p = cells, *reason;
    rmt_status st = RMT_OK;
    begin_cells(c, col);
    for (size_t row = 0; row < c->block_rows && !st; row++) {
        const size_t n = p[0] && p[1] == '\0' ? 1 : strlen(p);
        if (x->missing.begins[(unsigned char)p[0]] && (reason = rmt_csv_missing(&x->missing, p))) {
            if (x->form == AS_INTEGERS) ((int32_t *)c->values)[row] = RMT_INTEGER_MISSING;
            else if (x->form == AS_NUMBERS) ((double *)c->values)[row] = (double)NAN;
            else c->texts.at[row] = 0;
            st = set_missing(c, row, reason, err);
        } else if (!(integers && rmt_csv_as_integer(p, n, &integers[row])) &&
                   !(numbers && rmt_num_parse_double(p, n, &numbers[row]) &&
                     fabs(numbers[row]) < RMT_NUM_EXACT)) {
            st = take_by_rules(c, x, row, p, n, err);
        }
        p += n + 1;
    }
    return st ? st : put_values(c, col, NULL, 0, 0, c->block_rows, err);
}

rmt_status rmt_csv_columns_add(rmt_csv_columns *c, const rmt_csv_block *block, rmt_error *err)
{
    rmt_status st = RMT_OK;
    c->block_rows = block->n_rows;
    if (block->n_rows == 0) return st;
    for (size_t i = 0; i < c->n_cols && !st; i++) {
        begin_reasons(c, i);
        st = c->cols[i].field ? take_typed(c, i, block->cells[i].s, err)
                              : take_inferred(c, i, block->cells[i].s, err);
        if (!st) st = end_reasons(c, i, err);
    }
    if (!st)
        st = rmt_spill_add(c->spill, c->n_cols * N_STRANDS, block->lines,
                           block->n_rows * sizeof *block->lines, err);
    c->n_rows += block->n_rows;
    return st;
}

/* ---- the table ----------------------------------------------------------------------------- */

/* The type all values agree on; of a column that must hold numbers, the one of its numbers when they are at least half of
 * its values. */
static rmt_type type_of(const column *x)
{
    if (x->field) return x->field->type;
    const bool mostly = x->n_numbers > 0 && 2 * x->n_numbers >= x->n_values;
    if (x->n_values == 0) return RMT_TYPE_STRING;
    if (x->is_sure && x->n_numbers == 0) return RMT_TYPE_NUMBER; /* as which cells are told why */
    if (x->is_sure || (x->must_be_number && mostly))
        return x->n_integers == x->n_numbers ? RMT_TYPE_INTEGER : RMT_TYPE_NUMBER;
    if (x->kinds & RMT_CSV_IS_INTEGER) return RMT_TYPE_INTEGER;
    if (x->kinds & RMT_CSV_IS_NUMBER) return RMT_TYPE_NUMBER;
    if (x->kinds & RMT_CSV_IS_DATE) return RMT_TYPE_DATE;
    if (x->kinds & RMT_CSV_IS_DATETIME) return RMT_TYPE_DATETIME;
    return RMT_TYPE_STRING;
}

/* The reasons of rows first.. so far are in c->reasons: there may be more now. */
static rmt_status read_reasons(rmt_csv_columns *c, size_t col, size_t first, rmt_error *err)
{
    const size_t from = strand_of(col, REASON_AT), size = sizeof(size_t);
    const size_t there = rmt_spill_length(c->spill, from) / size;
    size_t n = there > first ? there - first : 0;
    if (n > c->block_rows) n = c->block_rows;
    begin_reasons(c, col);
    memset(c->reasons.at, 0, c->block_rows * size);
    c->reasons.any = true;
    return rmt_spill_read(c->spill, from, first * size, c->reasons.at, n * size, err);
}

/* Texts that the type makes numbers: those that are none are unreadable. */
static rmt_status texts_to_values(rmt_csv_columns *c, size_t col, form wanted, rmt_error *err)
{
    column *x = &c->cols[col];
    void *at = NULL, *bytes = NULL;
    const size_t n = c->n_rows;
    rmt_status st = rmt_spill_get(&at, c->spill, strand_of(col, AT), err);
    if (!st) st = rmt_spill_get(&bytes, c->spill, strand_of(col, BYTES), err);
    const size_t *places = at;
    x->form = wanted;
    x->reason_at = LATE_REASON_AT;
    c->n_rows = 0;
    for (; c->n_rows < n && !st; c->n_rows += c->block_rows) {
        const size_t first = c->n_rows;
        c->block_rows = n - first < RMT_CSV_BLOCK_ROWS ? n - first : RMT_CSV_BLOCK_ROWS;
        st = read_reasons(c, col, first, err);
        for (size_t i = 0; i < c->block_rows && !st; i++) {
            const char *cell = (const char *)bytes + places[first + i];
            int32_t *whole = (int32_t *)c->values + i;
            double *number = (double *)c->values + i;
            const size_t len = strlen(cell);
            const bool fits = wanted == AS_INTEGERS
                                  ? rmt_csv_as_integer(cell, len, whole)
                                  : rmt_csv_as_number(cell, len, x->decimal, number);
            if (fits) continue;
            if (wanted == AS_INTEGERS) *whole = RMT_INTEGER_MISSING;
            else *number = (double)NAN;
            if (len > 0) st = set_unreadable(c, i, cell, err);
        }
        if (!st) st = put_values(c, col, NULL, 0, 0, c->block_rows, err);
        if (!st) st = end_reasons(c, col, err);
    }
    c->n_rows = n;
    rmt_spill_empty(c->spill, strand_of(col, AT));
    rmt_spill_empty(c->spill, strand_of(col, BYTES));
    rmt_spill_empty(c->spill, strand_of(col, RAW));
    return st;
}

/* Numbers that are all whole: one of them was written as -0. */
static rmt_status numbers_to_integers(rmt_csv_columns *c, size_t col, rmt_error *err)
{
    const size_t from = strand_of(col, NUMBERS);
    int32_t whole[RMT_CSV_PIECE_ROWS];
    double numbers[RMT_CSV_PIECE_ROWS];
    rmt_status st = RMT_OK;
    for (size_t first = 0, k; first < c->n_rows && !st; first += k) {
        k = c->n_rows - first < RMT_CSV_PIECE_ROWS ? c->n_rows - first : RMT_CSV_PIECE_ROWS;
        st = rmt_spill_read(c->spill, from, first * sizeof *numbers, numbers, k * sizeof *numbers,
                            err);
        for (size_t i = 0; i < k && !st; i++)
            whole[i] = isnan(numbers[i]) ? RMT_INTEGER_MISSING : (int32_t)numbers[i];
        if (!st)
            st = rmt_spill_add(c->spill, strand_of(col, INTEGERS), whole, k * sizeof *whole, err);
    }
    c->cols[col].form = AS_INTEGERS;
    rmt_spill_empty(c->spill, from);
    return st;
}

/* All cells are there: they are kept as the type wants it. */
static rmt_status settle(rmt_csv_columns *c, size_t col, rmt_type type, rmt_error *err)
{
    column *x = &c->cols[col];
    if (x->field) return RMT_OK;
    if (rmt_type_is_text(type)) {
        if (x->form == AS_TEXTS) return RMT_OK;
        rmt_spill_empty(c->spill, strand_of(col, INTEGERS)); /* all are missing */
        x->form = AS_TEXTS;
        return rmt_spill_skip(c->spill, strand_of(col, AT), c->n_rows * sizeof(size_t), err);
    }
    const form wanted = type == RMT_TYPE_NUMBER ? AS_NUMBERS : AS_INTEGERS;
    const bool late = x->form == AS_TEXTS;
    if (late) return texts_to_values(c, col, wanted, err);
    rmt_spill_empty(c->spill, strand_of(col, RAW));
    return x->form == wanted ? RMT_OK : numbers_to_integers(c, col, err);
}

static rmt_status get_texts(rmt_table_texts *out, rmt_csv_columns *c, size_t at, size_t bytes,
                            const stored *x, rmt_error *err)
{
    void *places = NULL, *first = NULL;
    rmt_status st = RMT_OK;
    /* Reasons end with the last row that has one. */
    const size_t length = rmt_spill_length(c->spill, at), whole = c->n_rows * sizeof(size_t);
    if (length > 0) st = rmt_spill_skip(c->spill, at, whole - length, err);
    if (!st && length > 0 && rmt_spill_length(c->spill, bytes) == 0)
        st = rmt_spill_skip(c->spill, bytes, 1, err);
    if (!st) st = rmt_spill_get(&places, c->spill, at, err);
    if (!st) st = rmt_spill_get(&first, c->spill, bytes, err);
    *out =
        (rmt_table_texts){places, first, rmt_spill_length(c->spill, bytes), x->n_set, x->longest};
    return st;
}

static rmt_status add_column(rmt_table *t, rmt_csv_columns *c, size_t col, rmt_error *err)
{
    static const size_t values[] = {[AS_INTEGERS] = INTEGERS, [AS_NUMBERS] = NUMBERS};
    const column *x = &c->cols[col];
    const rmt_field *f = x->field;
    const rmt_type type = type_of(x);
    rmt_table_borrowed *b = &c->borrowed[col];
    rmt_status st = settle(c, col, type, err);
    if (!st && rmt_type_is_text(type))
        st = get_texts(&b->texts, c, strand_of(col, AT), strand_of(col, BYTES), &x->texts, err);
    else if (!st) st = rmt_spill_get(&b->values, c->spill, strand_of(col, values[x->form]), err);
    if (!st)
        st = get_texts(&b->reasons, c, strand_of(col, x->reason_at), strand_of(col, REASON_BYTES),
                       &x->reasons, err);
    return st ? st
              : rmt_table_add_borrowed(t, c->names[col], type, f ? f->title : NULL,
                                       f ? f->unit : NULL, b, err);
}

static void release(void *memory)
{
    rmt_csv_columns_free(memory);
}

static void rest(void *memory, const void *bytes, size_t n)
{
    rmt_spill_rest(((rmt_csv_columns *)memory)->spill, bytes, n);
}

rmt_status rmt_csv_columns_table(rmt_table **out, rmt_csv_columns *c, rmt_csv_facts *facts,
                                 rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = RMT_ERR_NOMEM;
    if (!(c->borrowed = rmt_mem_array(c->n_cols + 1, sizeof *c->borrowed, err))) goto done;
    if ((st = rmt_table_new(&t, "", err))) goto done;
    if ((st = rmt_table_add_rows(t, c->n_rows, err))) goto done;
    for (size_t i = 0; i < c->n_cols; i++)
        if ((st = add_column(t, c, i, err))) goto done;
    rmt_table_borrowed *lines = &c->borrowed[c->n_cols];
    if ((st = rmt_spill_get(&lines->values, c->spill, c->n_cols * N_STRANDS, err))) goto done;
    st = rmt_table_add_borrowed(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER,
                                "Line of the file on which the row begins", NULL, lines, err);
    if (st) goto done;
    facts->cells_missing = c->n_missing;
    facts->cells_unreadable = c->n_unreadable;
    rmt_table_keep(t, &(rmt_table_memory){c, release, rest});
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    return st;
}
