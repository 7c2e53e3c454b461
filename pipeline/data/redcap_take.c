/* redcap_take.c - see rmt/redcap.h: the rows and columns of some forms out of an export. */
#include "redcap_data.h"

#include "config.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <stdio.h>
#include <string.h>

/* One call of rmt_redcap_take. */
typedef struct {
    const rmt_redcap_data *d;
    const rmt_redcap_selection *what;
    redcap_logics *logics;
    size_t *rows; /* of the file, those taken */
    size_t n_rows;
    bool *saved; /* of each row taken, form by form of `what` */
    rmt_text scratch;
    rmt_redcap_counts counts;
    rmt_table *found; /* NULL = nobody asks */
    rmt_problems *notes;
    rmt_error *err;
} taker;

/* ---- one cell -------------------------------------------------------------------------------- */

/* The boxes of a field in one row: is any checked, does a missing code stand for all of them, and what stands in the box
 * of a missing code that is neither checked nor not (NULL = none)? */
static bool any_checked(const taker *k, size_t field, size_t row, const char **missing,
                        const char **odd)
{
    const rmt_redcap_data *d = k->d;
    const size_t form = d->r->fields[field].form;
    bool any = false;
    *missing = *odd = NULL;
    for (size_t i = d->field_from[field]; i < d->form_from[form + 1]; i++) {
        const size_t col = d->of_form[i];
        const rmt_redcap_column *c = d->columns[col];
        if (c->field != field) break;
        const char *raw = redcap_raw_of(d, col, row).text;
        if (c->kind == RMT_REDCAP_COLUMN_MISSING_BOX && raw[0] && strcmp(raw, "0") != 0 &&
            strcmp(raw, "1") != 0) {
            if (redcap_missing_code(d, raw)) *missing = redcap_missing_code(d, raw);
            else *odd = raw;
        }
        if (strcmp(raw, "1") != 0) continue;
        if (c->kind == RMT_REDCAP_COLUMN_MISSING_BOX) *missing = d->r->missing[c->choice].code;
        else any = true;
    }
    return any;
}

static rmt_status set_missing(taker *k, rmt_table *t, size_t col, size_t row, const char *reason)
{
    k->counts.cells_missing++;
    return reason[0] ? rmt_table_set_reason(t, col, row, reason, k->err) : RMT_OK;
}

/* By a code: "-99", or "-99 (refused)" where the plan tells what it means. */
static rmt_status set_missing_code(taker *k, rmt_table *t, size_t col, size_t row, const char *code)
{
    rmt_status st = RMT_OK;
    k->scratch.len = 0;
    for (size_t i = 0; i < k->d->r->n_missing && !st; i++) {
        const rmt_redcap_choice *c = &k->d->r->missing[i];
        if (strcmp(c->code, code) == 0 && c->label)
            st = rmt_text_addf(&k->scratch, k->err, "%s (%s)", code, c->label);
    }
    if (st) return st;
    return set_missing(k, t, col, row, k->scratch.len > 0 ? k->scratch.s : code);
}

static rmt_status set_unreadable(taker *k, rmt_table *t, size_t col, size_t row, const char *cell)
{
    k->counts.cells_unreadable++;
    k->scratch.len = 0;
    rmt_status st = rmt_text_addf(&k->scratch, k->err, "%s%s", RMT_UNREADABLE, cell);
    return st ? st : rmt_table_set_reason(t, col, row, k->scratch.s, k->err);
}

static rmt_status set_value(taker *k, rmt_table *t, size_t col, size_t row, const rmt_field *f,
                            const char *text)
{
    rmt_cell cell;
    rmt_field_read_cell(&cell, f, k->what->schema->missing_values, '.', text, strlen(text));
    if (cell.kind == RMT_CELL_MISSING)
        return text[0] ? set_missing_code(k, t, col, row, text) : set_missing(k, t, col, row, "");
    if (cell.kind == RMT_CELL_UNREADABLE) return set_unreadable(k, t, col, row, text);
    switch (f->type) {
    case RMT_TYPE_NUMBER: return rmt_table_set_number(t, col, row, cell.number, k->err);
    case RMT_TYPE_INTEGER:
    case RMT_TYPE_BOOLEAN: rmt_table_set_integer(t, col, row, cell.integer); return RMT_OK;
    default:
        if (cell.text[0]) text = cell.text;
        return rmt_table_set_text(t, col, row, text, strlen(text), k->err);
    }
}

/* Of a column of the whole record. */
static const char *record_text(taker *k, const rmt_redcap_column *c, size_t col, size_t row,
                               rmt_status *st)
{
    const char *cell = redcap_cell(k->d, col, row);
    size_t form = RMT_REDCAP_NONE;
    if (!k->d->labels || !cell[0]) return cell;
    if (c->kind == RMT_REDCAP_COLUMN_EVENT) return redcap_event_of(k->d, row);
    if (c->kind == RMT_REDCAP_COLUMN_INSTRUMENT) {
        /* told by its label, as no file has it beside the name: that of the form which alone stands in the row */
        for (size_t i = 0; i < k->d->r->n_forms; i++) {
            if (!redcap_is_saved(k->d, i, row)) continue;
            if (form != RMT_REDCAP_NONE) return cell;
            form = i;
        }
        return form == RMT_REDCAP_NONE ? cell : k->d->r->forms[form];
    }
    if (c->kind != RMT_REDCAP_COLUMN_GROUP) return cell;
    k->scratch.len = 0;
    *st = redcap_add_unique_name(&k->scratch, cell, strlen(cell), k->err);
    return *st || k->scratch.len == 0 ? cell : k->scratch.s;
}

/* A value where the branching logic hides the field. */
static rmt_status note_hidden(taker *k, const rmt_table *t, size_t col, size_t at,
                              const rmt_redcap_column *c)
{
    char value[RMT_NUM_BUF];
    const size_t row = k->rows[at];
    if (c->field == RMT_REDCAP_NONE || rmt_table_is_missing(t, col, at) ||
        (c->kind == RMT_REDCAP_COLUMN_BOX && !rmt_table_integer(t, col, at)) ||
        !redcap_is_hidden(k->logics, c->field, row))
        return RMT_OK;
    const redcap_found f = {.code = RMT_REDCAP_HIDDEN_VALUE,
                            .table = k->what->table,
                            .column = c->name,
                            .subject = redcap_cell(k->d, k->d->record, row),
                            .value = rmt_table_format(t, col, at, value),
                            .line = redcap_line(k->d, row)};
    return redcap_found_add(k->found, &f, k->err);
}

static rmt_status fill_cell(taker *k, rmt_table *t, size_t out, size_t at, const rmt_field *f,
                            size_t col)
{
    const rmt_redcap_column *c = k->d->columns[col];
    const size_t row = k->rows[at];
    rmt_status st = RMT_OK;
    if (c->form == RMT_REDCAP_NONE) {
        const char *text = record_text(k, c, col, row, &st);
        return st ? st : set_value(k, t, out, at, f, text);
    }
    size_t form = 0;
    while (k->what->forms[form] != c->form)
        form++;
    if (!k->saved[at * k->what->n_forms + form])
        return set_missing(k, t, out, at, RMT_REDCAP_NOT_SAVED);
    const redcap_raw raw = redcap_raw_of(k->d, col, row);
    if (raw.n_choices > 1)
        return rmt_fail_at(k->err, RMT_ERR_INCONSISTENT, k->d->source, redcap_line(k->d, row),
                           c->name,
                           "'%s' is the label of %zu choices of this field: labels cannot be read "
                           "back; export raw values",
                           redcap_cell(k->d, col, row), raw.n_choices);
    if (raw.stray) return set_unreadable(k, t, out, at, raw.text);
    if (c->kind == RMT_REDCAP_COLUMN_BOX && (!raw.text[0] || strcmp(raw.text, "0") == 0)) {
        const char *missing = NULL, *odd = NULL;
        const bool any = any_checked(k, c->field, row, &missing, &odd);
        if (odd) return set_unreadable(k, t, out, at, odd);
        if (missing) return set_missing_code(k, t, out, at, missing);
        if (!any && redcap_is_hidden(k->logics, c->field, row))
            return set_missing(k, t, out, at, RMT_REDCAP_NOT_APPLICABLE);
    } else if (c->kind == RMT_REDCAP_COLUMN_VALUE && !raw.text[0] &&
               redcap_is_hidden(k->logics, c->field, row)) {
        return set_missing(k, t, out, at, RMT_REDCAP_NOT_APPLICABLE);
    }
    st = set_value(k, t, out, at, f, raw.text);
    return st || !k->found ? st : note_hidden(k, t, out, at, c);
}

/* ---- rows and columns ------------------------------------------------------------------------ */

static bool is_wanted_event(const taker *k, size_t row)
{
    if (k->what->n_events == 0) return true;
    return config_find(redcap_event_of(k->d, row), k->what->events, k->what->n_events) <
           k->what->n_events;
}

static rmt_status select_rows(taker *k)
{
    const size_t n_forms = k->what->n_forms;
    size_t elsewhere = 0, first = 0;
    if (!(k->rows = rmt_mem_array(k->d->n_rows, sizeof *k->rows, k->err))) return RMT_ERR_NOMEM;
    if (!(k->saved = rmt_mem_array(k->d->n_rows, n_forms * sizeof *k->saved, k->err)))
        return RMT_ERR_NOMEM;
    for (size_t row = 0; row < k->d->n_rows; row++) {
        bool any = false;
        for (size_t i = 0; i < n_forms; i++) {
            const bool saved = redcap_is_saved(k->d, k->what->forms[i], row);
            k->saved[k->n_rows * n_forms + i] = saved;
            any = any || saved;
        }
        if (any && is_wanted_event(k, row)) k->rows[k->n_rows++] = row;
        else if (any && elsewhere++ == 0) first = redcap_line(k->d, row);
    }
    if (elsewhere > 0)
        rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_OK, k->d->source, first, NULL,
                         "%s saved at another event than the plan asks for%s",
                         k->d->r->forms[k->what->forms[0]],
                         elsewhere > 1 ? ", here and further down; such rows are not read"
                                       : "; the row is not read");
    return RMT_OK;
}

/* Fields of the forms that the export leaves out: told once, as nobody may have meant it. */
static void note_absent(const taker *k)
{
    char names[160] = "";
    size_t n = 0, used = 0;
    for (size_t i = 0; i < k->what->schema->n_fields; i++) {
        const rmt_redcap_column *c = rmt_redcap_find(k->d->r, k->what->schema->fields[i].name);
        if (!c || redcap_column_of(k->d, c) != RMT_NO_COLUMN) continue;
        if (c->kind != RMT_REDCAP_COLUMN_VALUE && c->kind != RMT_REDCAP_COLUMN_BOX &&
            c->kind != RMT_REDCAP_COLUMN_COMPLETE)
            continue;
        if (n++ < 3 && used + strlen(c->name) + 3 < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     c->name);
    }
    if (n > 0)
        rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, k->d->source, 1, NULL,
                         "%zu field%s of %s%s not in the export: %s%s", n, n == 1 ? "" : "s",
                         k->d->r->forms[k->what->forms[0]],
                         k->what->n_forms > 1 ? " and other forms are"
                         : n == 1             ? " is"
                                              : " are",
                         names, n > 3 ? ", ..." : "");
}

/* A query fills the list of such a field: no dictionary tells the codes of its labels. */
static void note_queries(const taker *k)
{
    for (size_t i = 0; k->d->labels && i < k->what->schema->n_fields; i++) {
        const rmt_redcap_column *c = rmt_redcap_find(k->d->r, k->what->schema->fields[i].name);
        if (!c || c->kind != RMT_REDCAP_COLUMN_VALUE || redcap_column_of(k->d, c) == RMT_NO_COLUMN)
            continue;
        const rmt_redcap_field *f = &k->d->r->fields[c->field];
        if (f->type == RMT_REDCAP_SQL)
            rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, k->d->r->source,
                             f->line, f->name,
                             "the choices come from a query: labels are kept as they are, not made "
                             "codes");
    }
}

/* Is a box of the column's field unchecked, so that the missing code stands there? */
static bool any_unchecked(const rmt_redcap_data *d, const rmt_redcap_column *of, size_t row)
{
    for (size_t i = d->field_from[of->field]; i < d->form_from[of->form + 1]; i++) {
        const rmt_redcap_column *c = d->columns[d->of_form[i]];
        if (c->field != of->field) break;
        const char *raw = redcap_raw_of(d, d->of_form[i], row).text;
        if (c->kind == RMT_REDCAP_COLUMN_BOX && (!raw[0] || strcmp(raw, "0") == 0)) return true;
    }
    return false;
}

/* The box of a missing code has no column of its own: where every other box is filled it would be heard of nowhere. */
static void note_unheard_boxes(const taker *k)
{
    const rmt_redcap_data *d = k->d;
    for (size_t form = 0; form < k->what->n_forms; form++) {
        const size_t f = k->what->forms[form];
        for (size_t i = d->form_from[f]; i < d->form_from[f + 1]; i++) {
            const rmt_redcap_column *c = d->columns[d->of_form[i]];
            if (c->kind != RMT_REDCAP_COLUMN_MISSING_BOX) continue;
            for (size_t at = 0; at < k->n_rows; at++) {
                const char *raw = redcap_raw_of(d, d->of_form[i], k->rows[at]).text;
                if (!raw[0] || strcmp(raw, "0") == 0 || any_unchecked(d, c, k->rows[at])) continue;
                rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_OK, d->source,
                                 redcap_line(d, k->rows[at]), c->name,
                                 "'%s' in the box of a missing code is not read: no other box of "
                                 "the field is unchecked",
                                 redcap_cell(d, d->of_form[i], k->rows[at]));
            }
        }
    }
}

static rmt_status make_table(rmt_table **out, taker *k)
{
    const rmt_redcap_data *d = k->d;
    rmt_table *t = NULL;
    size_t n = 0;
    rmt_status st = rmt_table_new(&t, "", k->err);
    if (!st) st = rmt_table_add_rows(t, k->n_rows, k->err);
    for (size_t i = 0; i < k->what->schema->n_fields && !st; i++) {
        const rmt_field *f = &k->what->schema->fields[i];
        const rmt_redcap_column *c = rmt_redcap_find(d->r, f->name);
        const size_t col = c ? redcap_column_of(d, c) : RMT_NO_COLUMN;
        if (col == RMT_NO_COLUMN) continue;
        st = rmt_table_add_column(t, f->name, f->type, f->title, f->unit, k->err);
        for (size_t at = 0; at < k->n_rows && !st; at++)
            st = fill_cell(k, t, n, at, f, col);
        n++;
    }
    if (!st)
        st = rmt_table_add_column(t, RMT_LINE_COLUMN, RMT_TYPE_INTEGER,
                                  "Line of the file on which the row begins", NULL, k->err);
    for (size_t at = 0; at < k->n_rows && !st; at++)
        rmt_table_set_integer(t, n, at, (int32_t)redcap_line(d, k->rows[at]));
    k->counts.rows = d->n_rows;
    k->counts.rows_set_aside = d->n_rows - k->n_rows;
    k->counts.cells = d->n_rows * d->n_cols;
    k->counts.cells_set_aside = k->counts.cells - k->n_rows * n;
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

rmt_status rmt_redcap_take(rmt_table **out, rmt_redcap_counts *counts, rmt_table *found,
                           const rmt_redcap_data *d, const rmt_redcap_selection *what,
                           rmt_problems *notes, rmt_error *err)
{
    taker k = {.d = d, .what = what, .found = found, .notes = notes, .err = err};
    note_absent(&k);
    note_queries(&k);
    rmt_status st = redcap_logics_new(&k.logics, d, what->forms, what->n_forms, notes, err);
    if (!st) st = select_rows(&k);
    if (!st) note_unheard_boxes(&k);
    if (!st) st = make_table(out, &k);
    if (!st) *counts = k.counts;
    redcap_logics_free(k.logics);
    rmt_mem_free(k.rows);
    rmt_mem_free(k.saved);
    rmt_text_clear(&k.scratch);
    return st;
}
