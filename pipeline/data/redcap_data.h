/* redcap_data.h - the export as a table of texts, its columns found, and what its parts ask of it.
 * Layer: data, private to this folder. redcap_data.c opens it and tells what nobody reads, redcap_cells.c turns its cells
 * into those of a raw export, redcap_rows.c tells its rows by their keys, redcap_logic.c judges branching logic,
 * redcap_take.c takes tables out of it, redcap_found.c lists what is odd about them. */
#ifndef RMT_DATA_REDCAP_DATA_H
#define RMT_DATA_REDCAP_DATA_H
#include "redcap_parts.h"
#include "rmt/condition.h"

struct rmt_redcap_data {
    const rmt_redcap *r;
    const rmt_table *text;
    const rmt_redcap_column *const *columns; /* n_cols */
    size_t n_cols, n_rows, line_col;
    const char *source;
    bool labels;
    size_t *at; /* column of the file, by column of the dictionary */
    /* columns of the file, form by form: form_from[f]..form_from[f + 1]; those of a field stand together there, from
     * field_from on */
    size_t *of_form, *form_from, *field_from;
    size_t record, event, instrument, instance; /* columns of the file; RMT_NO_COLUMN */
    size_t *by_key;                             /* n_rows, in the order of redcap_sort_rows */
    redcap_events events;
};

/* The column of the file; RMT_NO_COLUMN = the export leaves it out. */
static inline size_t redcap_column_of(const rmt_redcap_data *d, const rmt_redcap_column *c)
{
    return d->at[c - d->r->columns];
}

static inline const char *redcap_cell(const rmt_redcap_data *d, size_t col, size_t row)
{
    return col == RMT_NO_COLUMN ? "" : rmt_table_text(d->text, col, row);
}

static inline size_t redcap_line(const rmt_redcap_data *d, size_t row)
{
    return rmt_line_of(d->text, d->line_col, row);
}

/* The unique name of the row's event; "" = it has none. */
static inline const char *redcap_event_of(const rmt_redcap_data *d, size_t row)
{
    return redcap_event_name(&d->events, redcap_cell(d, d->event, row));
}

static inline bool redcap_is_box(const rmt_redcap_column *c)
{
    return c->kind == RMT_REDCAP_COLUMN_BOX || c->kind == RMT_REDCAP_COLUMN_MISSING_BOX;
}

/* ---- cells (redcap_cells.c) ---------------------------------------------------------------------- */

typedef struct {
    const char *text; /* as a raw export has it */
    bool stray;       /* a label of no choice: text is that label */
    size_t n_choices; /* more than one: choices with the same label */
} redcap_raw;
/* The cell of a column of the file, of the kinds value, box, missing box, complete and timestamp. */
redcap_raw redcap_raw_of(const rmt_redcap_data *d, size_t col, size_t row);
/* The code of the project that the cell is, by itself or by its label; NULL = none. */
const char *redcap_missing_code(const rmt_redcap_data *d, const char *cell);
/* Does the cell say that somebody saved its form? Does any cell of the form in this row? */
bool redcap_says_saved(const rmt_redcap_data *d, size_t col, size_t row);
bool redcap_is_saved(const rmt_redcap_data *d, size_t form, size_t row);
/* Sets d->labels by what the cells themselves say. RMT_ERR_INCONSISTENT when they say both. */
RMT_MUST_CHECK rmt_status redcap_recognise(rmt_redcap_data *d, rmt_problems *notes, rmt_error *err);

/* ---- rows (redcap_rows.c) ------------------------------------------------------------------------ */

/* Sets d->by_key: by record, event, repeat instrument and repeat instance, of equals as in the file. O(n log n), O(n)
 * of a file in this order. */
RMT_MUST_CHECK rmt_status redcap_sort_rows(rmt_redcap_data *d, rmt_error *err);
/* The row in which the form's cells for this row stand, own_form being saved here: in a row of a repeated instrument
 * those of other forms are in the row of the record and event itself. The row itself when there is none. */
size_t redcap_row_of_form(const rmt_redcap_data *d, size_t form, size_t own_form, size_t row);

/* ---- branching logic (redcap_logic.c) ------------------------------------------------------------ */

/* The logic of the fields of some forms. */
typedef struct redcap_logics redcap_logics;
/* Logic that cannot be judged is a note. Ownership: caller, redcap_logics_free. */
RMT_MUST_CHECK rmt_status redcap_logics_new(redcap_logics **out, const rmt_redcap_data *d,
                                            const size_t *forms, size_t n_forms,
                                            rmt_problems *notes, rmt_error *err);
void redcap_logics_free(redcap_logics *l); /* NULL allowed */
/* Does the branching logic hide the field in this row? Never where it cannot be judged. */
bool redcap_is_hidden(const redcap_logics *l, size_t field, size_t row);

/* ---- what is odd (redcap_found.c) ---------------------------------------------------------------- */

typedef struct {
    const char *code, *table, *column, *subject, *value, *nearest; /* NULL = none */
    size_t line, first_line;
} redcap_found;
/* t: of rmt_redcap_found_new. */
RMT_MUST_CHECK rmt_status redcap_found_add(rmt_table *t, const redcap_found *f, rmt_error *err);
#endif
