/* redcap_rows.c - see rmt/redcap.h: the rows and columns of some forms out of an export. */
#include "redcap_parts.h"

#include "config.h"
#include "rmt/condition.h"
#include "rmt/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    size_t event_col;
    redcap_events events;
};

static const char *const states[] = {"Incomplete", "Unverified", "Complete"};
static const char *const codes_of_states[] = {"0", "1", "2"};

static size_t column_of(const rmt_redcap_data *d, const rmt_redcap_column *c)
{
    return d->at[c - d->r->columns];
}

static size_t column_of_kind(const rmt_redcap_data *d, rmt_redcap_column_kind kind)
{
    for (size_t i = 0; i < d->n_cols; i++)
        if (d->columns[i] && d->columns[i]->kind == kind) return i;
    return RMT_NO_COLUMN;
}

static const char *cell_at(const rmt_redcap_data *d, size_t col, size_t row)
{
    return col == RMT_NO_COLUMN ? "" : rmt_table_text(d->text, col, row);
}

static size_t line_of(const rmt_redcap_data *d, size_t row)
{
    return rmt_line_of(d->text, d->line_col, row);
}

/* ---- codes and labels ------------------------------------------------------------------------ */

typedef struct {
    const char *code;
    size_t n; /* choices with this label */
} found_label;

static found_label find_label(const rmt_redcap_field *f, const char *cell)
{
    found_label found = {0};
    for (size_t i = 0; i < f->n_choices; i++) {
        if (!redcap_is_plainly(cell, f->choices[i].label)) continue;
        if (found.n++ == 0) found.code = f->choices[i].code;
    }
    return found;
}

static bool has_code(const rmt_redcap_field *f, const char *cell)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, cell) == 0) return true;
    return false;
}

/* The code of the project that the cell is, by itself or by its label; NULL = none. */
static const char *missing_code(const rmt_redcap_data *d, const char *cell)
{
    for (size_t i = 0; i < d->r->n_missing; i++) {
        const rmt_redcap_choice *c = &d->r->missing[i];
        if (strcmp(c->code, cell) == 0) return c->code;
        if (d->labels && c->label && strcmp(c->label, cell) == 0) return c->code;
    }
    return NULL;
}

static const char *event_of(const rmt_redcap_data *d, size_t row)
{
    return redcap_event_name(&d->events, cell_at(d, d->event_col, row));
}

/* ---- cells ----------------------------------------------------------------------------------- */

typedef struct {
    const char *text; /* as a raw export has it */
    bool stray;       /* a label of no choice: text is that label */
    size_t n_choices; /* more than one: choices with the same label */
} raw_cell;

static raw_cell raw_state(const char *cell)
{
    const size_t i = config_find(cell, states, CONFIG_COUNT(states));
    if (i == CONFIG_COUNT(states)) return (raw_cell){.text = cell, .stray = true};
    return (raw_cell){.text = codes_of_states[i]};
}

static raw_cell raw_value(const rmt_redcap_data *d, const rmt_redcap_field *f, const char *cell)
{
    const char *code = missing_code(d, cell);
    if (code) return (raw_cell){.text = code};
    if (f->n_choices == 0) return (raw_cell){.text = cell};
    const found_label found = find_label(f, cell);
    return (raw_cell){
        .text = found.n ? found.code : cell, .stray = found.n == 0, .n_choices = found.n};
}

/* The cell of a column of the file, of the kinds value, box, missing box, complete and timestamp. */
static raw_cell raw_of(const rmt_redcap_data *d, size_t col, size_t row)
{
    const rmt_redcap_column *c = d->columns[col];
    const char *cell = cell_at(d, col, row);
    if (!d->labels || !cell[0]) return (raw_cell){.text = cell};
    switch (c->kind) {
    case RMT_REDCAP_COLUMN_COMPLETE: return raw_state(cell);
    case RMT_REDCAP_COLUMN_BOX:
    case RMT_REDCAP_COLUMN_MISSING_BOX:
        if (strcmp(cell, "Checked") == 0) return (raw_cell){.text = "1"};
        if (strcmp(cell, "Unchecked") == 0) return (raw_cell){.text = "0"};
        if (missing_code(d, cell)) return (raw_cell){.text = missing_code(d, cell)};
        return (raw_cell){.text = cell, .stray = true};
    case RMT_REDCAP_COLUMN_VALUE: return raw_value(d, &d->r->fields[c->field], cell);
    default: return (raw_cell){.text = cell};
    }
}

static bool is_box(const rmt_redcap_column *c)
{
    return c->kind == RMT_REDCAP_COLUMN_BOX || c->kind == RMT_REDCAP_COLUMN_MISSING_BOX;
}

/* Does the cell say that somebody saved its form? */
static bool says_saved(const rmt_redcap_data *d, size_t col, size_t row)
{
    const rmt_redcap_column *c = d->columns[col];
    const char *raw = raw_of(d, col, row).text;
    if (!raw[0]) return false;
    if (is_box(c) || c->kind == RMT_REDCAP_COLUMN_COMPLETE) return strcmp(raw, "0") != 0;
    return c->kind != RMT_REDCAP_COLUMN_TIMESTAMP || strcmp(raw, "[not completed]") != 0;
}

static bool is_saved(const rmt_redcap_data *d, size_t form, size_t row)
{
    for (size_t i = d->form_from[form]; i < d->form_from[form + 1]; i++)
        if (says_saved(d, d->of_form[i], row)) return true;
    return false;
}

/* ---- raw or labelled ------------------------------------------------------------------------- */

typedef struct {
    size_t n, col, row; /* how many, and the first of them */
} witness;

static void count_cell(const rmt_redcap_data *d, size_t col, size_t row, witness *codes,
                       witness *labels)
{
    const rmt_redcap_column *c = d->columns[col];
    const char *cell = cell_at(d, col, row);
    bool code, label;
    if (c->kind == RMT_REDCAP_COLUMN_COMPLETE) {
        code = config_find(cell, codes_of_states, 3) < 3;
        label = config_find(cell, states, 3) < 3;
    } else if (is_box(c)) {
        code = strcmp(cell, "0") == 0 || strcmp(cell, "1") == 0;
        label = strcmp(cell, "Checked") == 0 || strcmp(cell, "Unchecked") == 0;
    } else {
        const rmt_redcap_field *f = &d->r->fields[c->field];
        code = has_code(f, cell);
        label = find_label(f, cell).n > 0;
    }
    if (code == label || missing_code(d, cell)) return;
    witness *w = code ? codes : labels;
    if (w->n++ > 0) return;
    w->col = col;
    w->row = row;
}

/* What the cells themselves say. */
static rmt_status recognise(rmt_redcap_data *d, rmt_problems *notes, rmt_error *err)
{
    witness codes = {0}, labels = {0};
    for (size_t col = 0; col < d->n_cols; col++) {
        const rmt_redcap_column *c = d->columns[col];
        if (!c) continue;
        if (c->kind == RMT_REDCAP_COLUMN_VALUE && d->r->fields[c->field].n_choices == 0) continue;
        if (c->kind != RMT_REDCAP_COLUMN_VALUE && !is_box(c) &&
            c->kind != RMT_REDCAP_COLUMN_COMPLETE)
            continue;
        for (size_t row = 0; row < d->n_rows; row++)
            if (cell_at(d, col, row)[0]) count_cell(d, col, row, &codes, &labels);
    }
    if (codes.n > 0 && labels.n > 0)
        return rmt_fail_at(
            err, RMT_ERR_INCONSISTENT, d->source, line_of(d, labels.row),
            rmt_table_name(d->text, labels.col),
            "'%s' is a label, but '%s' in %s on line %zu is a code (%zu labels, %zu codes); "
            "'values' in the plan says how the others are to be taken",
            cell_at(d, labels.col, labels.row), cell_at(d, codes.col, codes.row),
            rmt_table_name(d->text, codes.col), line_of(d, codes.row), labels.n, codes.n);
    d->labels = labels.n > 0;
    rmt_problems_add(notes, RMT_SEVERITY_INFO, RMT_OK, d->source, 0, NULL,
                     "the values are taken to be %s", d->labels ? "labels" : "raw codes");
    return RMT_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

static rmt_status index_columns(rmt_redcap_data *d, rmt_error *err)
{
    const rmt_redcap *r = d->r;
    size_t n = 0;
    if (!(d->at = rmt_mem_array(r->n_columns, sizeof *d->at, err))) return RMT_ERR_NOMEM;
    if (!(d->of_form = rmt_mem_array(d->n_cols, sizeof *d->of_form, err))) return RMT_ERR_NOMEM;
    if (!(d->form_from = rmt_mem_array(r->n_forms + 1, sizeof *d->form_from, err)))
        return RMT_ERR_NOMEM;
    if (!(d->field_from = rmt_mem_array(r->n_fields, sizeof *d->field_from, err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_columns; i++)
        d->at[i] = RMT_NO_COLUMN;
    for (size_t i = 0; i < d->n_cols; i++) {
        if (!d->columns[i]) continue;
        size_t *at = &d->at[d->columns[i] - r->columns];
        if (*at != RMT_NO_COLUMN)
            return rmt_fail_at(err, RMT_ERR_INCONSISTENT, d->source, 1, d->columns[i]->name,
                               "columns %zu and %zu of the export are both %s", *at + 1, i + 1,
                               d->columns[i]->name);
        *at = i;
        if (d->columns[i]->form != RMT_REDCAP_NONE) d->form_from[d->columns[i]->form + 1]++;
    }
    for (size_t i = 0; i < r->n_forms; i++)
        d->form_from[i + 1] += d->form_from[i];
    size_t last = RMT_REDCAP_NONE;
    for (size_t i = 0; i < r->n_columns; i++) { /* the forms' columns stand together there */
        const rmt_redcap_column *c = &r->columns[i];
        if (d->at[i] == RMT_NO_COLUMN || c->form == RMT_REDCAP_NONE) continue;
        if (c->field != RMT_REDCAP_NONE && c->field != last) d->field_from[c->field] = n;
        last = c->field;
        d->of_form[n++] = d->at[i];
    }
    d->event_col = column_of_kind(d, RMT_REDCAP_COLUMN_EVENT);
    return RMT_OK;
}

rmt_status rmt_redcap_data_new(rmt_redcap_data **out, const rmt_redcap *r, const rmt_table *text,
                               const rmt_redcap_column *const *columns, rmt_redcap_values values,
                               const char *source, rmt_problems *notes, rmt_error *err)
{
    rmt_status st;
    rmt_redcap_data *d = rmt_mem_array(1, sizeof *d, err);
    if (!d) return RMT_ERR_NOMEM;
    *d = (rmt_redcap_data){.r = r,
                           .text = text,
                           .columns = columns,
                           .n_cols = rmt_table_columns(text) - 1,
                           .n_rows = rmt_table_rows(text),
                           .line_col = rmt_line_column(text),
                           .source = source,
                           .labels = values == RMT_REDCAP_LABELS};
    if ((st = index_columns(d, err))) goto done;
    if (column_of(d, &r->columns[0]) == RMT_NO_COLUMN) {
        st = rmt_fail_at(err, RMT_ERR_INCONSISTENT, source, 1, r->columns[0].name,
                         "the record id, the first field of %s, is no column of the export",
                         r->source);
        goto done;
    }
    if (values == RMT_REDCAP_UNSAID && (st = recognise(d, notes, err))) goto done;
    if (d->event_col != RMT_NO_COLUMN &&
        (st = redcap_events_list(&d->events, text, d->event_col, d->labels, source, err)))
        goto done;
    *out = d;
    d = NULL;
done:
    rmt_redcap_data_free(d);
    return st;
}

void rmt_redcap_data_free(rmt_redcap_data *d)
{
    if (!d) return;
    redcap_events_clear(&d->events);
    rmt_mem_free(d->at);
    rmt_mem_free(d->of_form);
    rmt_mem_free(d->form_from);
    rmt_mem_free(d->field_from);
    rmt_mem_free(d);
}

static size_t count_values(const rmt_redcap_data *d, size_t form)
{
    size_t n = 0;
    for (size_t i = d->form_from[form]; i < d->form_from[form + 1]; i++) {
        const size_t col = d->of_form[i];
        const rmt_redcap_column_kind kind = d->columns[col]->kind;
        if (kind == RMT_REDCAP_COLUMN_COMPLETE || kind == RMT_REDCAP_COLUMN_TIMESTAMP) continue;
        for (size_t row = 0; row < d->n_rows; row++)
            n += says_saved(d, col, row);
    }
    return n;
}

/* A row of nobody's form stands in no table: who has no other row is in none. */
static void note_blank_rows(const rmt_redcap_data *d, rmt_problems *notes)
{
    size_t n = 0, first = 0;
    for (size_t row = 0; row < d->n_rows; row++) {
        bool any = false;
        for (size_t form = 0; form < d->r->n_forms && !any; form++)
            any = is_saved(d, form, row);
        if (!any && n++ == 0) first = line_of(d, row);
    }
    if (n > 0)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_OK, d->source, first, NULL,
                         "%zu row%s without any saved form: in no table", n, n == 1 ? "" : "s");
}

void rmt_redcap_note_unread(const rmt_redcap_data *d, const bool *taken, rmt_problems *notes)
{
    note_blank_rows(d, notes);
    char names[160] = "";
    size_t n_values = 0, n_forms = 0, used = 0;
    bool cut = false;
    for (size_t form = 0; form < d->r->n_forms; form++) {
        const size_t n = taken[form] ? 0 : count_values(d, form);
        if (n == 0) continue;
        n_values += n;
        n_forms++;
        if (used + strlen(d->r->forms[form]) + 8 < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     d->r->forms[form]);
        else cut = true;
    }
    if (n_forms > 0)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_OK, d->source, 0, NULL,
                         "form%s %s%s: in no table of the plan, %zu value%s not read",
                         n_forms == 1 ? "" : "s", names,
                         !cut   ? ""
                         : used ? ", ..."
                                : "...",
                         n_values, n_values == 1 ? " is" : "s are");
}

/* ---- branching logic ------------------------------------------------------------------------- */

/* The logic of one field; condition NULL = none, or none that can be judged. */
typedef struct {
    rmt_condition *condition;
    const rmt_redcap_column **operands;
    rmt_value *values;
    size_t n;
} logic;

/* One call of rmt_redcap_take. */
typedef struct {
    const rmt_redcap_data *d;
    const rmt_redcap_selection *what;
    logic *logics; /* one for each field of the dictionary */
    size_t *rows;  /* of the file, those taken */
    size_t n_rows;
    bool *saved;  /* of each row taken, form by form of `what` */
    size_t *base; /* rows without a repeated instrument, by record and event */
    size_t n_base;
    size_t record, event, instrument; /* columns of the file */
    rmt_text scratch;
    rmt_redcap_counts counts;
    rmt_problems *notes;
    rmt_error *err;
} taker;

static void logic_clear(logic *l)
{
    rmt_condition_free(l->condition);
    rmt_mem_free(l->operands);
    rmt_mem_free(l->values);
    *l = (logic){0};
}

/* Of fields with the same logic the first is named, with the number of the others; NULL: this is another. */
static const char *others_alike(const taker *k, size_t field, char *buf, size_t size)
{
    const rmt_redcap *r = k->d->r;
    size_t n = 0;
    for (size_t i = 1; i < r->n_fields; i++) {
        bool taken = false;
        if (strcmp(r->fields[i].branching, r->fields[field].branching) != 0) continue;
        for (size_t form = 0; form < k->what->n_forms; form++)
            taken = taken || r->fields[i].form == k->what->forms[form];
        if (taken && i < field) return NULL;
        n += taken && i != field;
    }
    buf[0] = '\0';
    if (n > 0) snprintf(buf, size, " (and of %zu more field%s)", n, n == 1 ? "" : "s");
    return buf;
}

#define WARN_LOGIC(k, f, ...)                                                                      \
    rmt_problems_add((k)->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, (k)->d->r->source,          \
                     (f)->line, (f)->name, __VA_ARGS__)
#define NOT_JUDGED "; where the field is blank it is plainly missing"

static rmt_status prepare_logic(taker *k, size_t field)
{
    const rmt_redcap_field *f = &k->d->r->fields[field];
    logic *l = &k->logics[field];
    rmt_error fault = {0};
    char buf[64];
    rmt_status st = rmt_condition_parse(&l->condition, f->branching, RMT_CONDITION_REDCAP,
                                        k->d->r->source, f->line, &fault);
    if (st == RMT_ERR_CONFIG) {
        const char *alike = others_alike(k, field, buf, sizeof buf);
        if (alike)
            WARN_LOGIC(k, f, "the branching logic%s cannot be judged: %s" NOT_JUDGED, alike,
                       fault.msg);
        return RMT_OK;
    }
    if (st) return rmt_fail(k->err, st, "%s", fault.msg);
    l->n = rmt_condition_n_names(l->condition);
    if (!(l->operands = rmt_mem_array(l->n, sizeof(rmt_redcap_column *), k->err)))
        return RMT_ERR_NOMEM;
    if (!(l->values = rmt_mem_array(l->n, sizeof *l->values, k->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < l->n; i++) {
        const char *name = rmt_condition_name(l->condition, i);
        l->operands[i] = rmt_redcap_find(k->d->r, name);
        if (l->operands[i] && column_of(k->d, l->operands[i]) != RMT_NO_COLUMN) continue;
        const char *alike = others_alike(k, field, buf, sizeof buf);
        if (alike)
            WARN_LOGIC(k, f, "the branching logic%s asks for %s, which is no %s" NOT_JUDGED, alike,
                       name, l->operands[i] ? "column of the export" : "field of the dictionary");
        logic_clear(l);
        break;
    }
    return RMT_OK;
}

static int compare_rows(const taker *k, size_t a, size_t b)
{
    const int order = strcmp(cell_at(k->d, k->record, a), cell_at(k->d, k->record, b));
    return order ? order : strcmp(cell_at(k->d, k->event, a), cell_at(k->d, k->event, b));
}

/* Merge sort, as qsort has no context. */
static rmt_status sort_base(taker *k)
{
    size_t *spare = rmt_mem_array(k->n_base, sizeof *spare, k->err);
    if (!spare) return RMT_ERR_NOMEM;
    for (size_t width = 1; width < k->n_base; width *= 2) {
        for (size_t low = 0; low < k->n_base; low += 2 * width) {
            const size_t mid = k->n_base - low > width ? low + width : k->n_base;
            const size_t high = k->n_base - low > 2 * width ? low + 2 * width : k->n_base;
            size_t i = low, j = mid;
            for (size_t o = low; o < high; o++) {
                const bool left =
                    i < mid && (j == high || compare_rows(k, k->base[i], k->base[j]) <= 0);
                spare[o] = left ? k->base[i++] : k->base[j++];
            }
        }
        memcpy(k->base, spare, k->n_base * sizeof *spare);
    }
    rmt_mem_free(spare);
    return RMT_OK;
}

static rmt_status list_base(taker *k)
{
    if (k->instrument == RMT_NO_COLUMN) return RMT_OK;
    if (!(k->base = rmt_mem_array(k->d->n_rows, sizeof *k->base, k->err))) return RMT_ERR_NOMEM;
    for (size_t row = 0; row < k->d->n_rows; row++)
        if (!cell_at(k->d, k->instrument, row)[0]) k->base[k->n_base++] = row;
    return sort_base(k);
}

/* The row in which the form's cells for this row stand: in a row of a repeated instrument those of other forms
 * are in the row of the record and event itself. The row itself when there is none. */
static size_t row_of_form(const taker *k, size_t form, size_t own_form, size_t row)
{
    size_t low = 0, high = k->n_base;
    if (form == own_form || form == RMT_REDCAP_NONE || k->instrument == RMT_NO_COLUMN ||
        !cell_at(k->d, k->instrument, row)[0] || is_saved(k->d, form, row))
        return row;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = compare_rows(k, row, k->base[mid]);
        if (order == 0) return k->base[mid];
        if (order < 0) high = mid;
        else low = mid + 1;
    }
    return row;
}

static bool is_hidden(const taker *k, size_t field, size_t row)
{
    const logic *l = &k->logics[field];
    if (!l->condition) return false;
    for (size_t i = 0; i < l->n; i++) {
        const rmt_redcap_column *c = l->operands[i];
        const size_t from = row_of_form(k, c->form, k->d->r->fields[field].form, row);
        const size_t col = column_of(k->d, c);
        const bool is_event = c->kind == RMT_REDCAP_COLUMN_EVENT;
        l->values[i].text = is_event ? event_of(k->d, from) : raw_of(k->d, col, from).text;
        l->values[i].number = (double)NAN;
    }
    return rmt_condition_eval(l->condition, l->values) == RMT_FALSE;
}

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
        const char *raw = raw_of(d, col, row).text;
        if (c->kind == RMT_REDCAP_COLUMN_MISSING_BOX && raw[0] && strcmp(raw, "0") != 0 &&
            strcmp(raw, "1") != 0) {
            if (missing_code(d, raw)) *missing = missing_code(d, raw);
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
    const char *cell = cell_at(k->d, col, row);
    size_t form = RMT_REDCAP_NONE;
    if (!k->d->labels || !cell[0]) return cell;
    if (c->kind == RMT_REDCAP_COLUMN_EVENT) return event_of(k->d, row);
    if (c->kind == RMT_REDCAP_COLUMN_INSTRUMENT) {
        /* told by its label, as no file has it beside the name: that of the form which alone stands in the row */
        for (size_t i = 0; i < k->d->r->n_forms; i++) {
            if (!is_saved(k->d, i, row)) continue;
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
    const raw_cell raw = raw_of(k->d, col, row);
    if (raw.n_choices > 1)
        return rmt_fail_at(k->err, RMT_ERR_INCONSISTENT, k->d->source, line_of(k->d, row), c->name,
                           "'%s' is the label of %zu choices of this field: labels cannot be read "
                           "back; export raw values",
                           cell_at(k->d, col, row), raw.n_choices);
    if (raw.stray) return set_unreadable(k, t, out, at, raw.text);
    if (c->kind == RMT_REDCAP_COLUMN_BOX && (!raw.text[0] || strcmp(raw.text, "0") == 0)) {
        const char *missing = NULL, *odd = NULL;
        const bool any = any_checked(k, c->field, row, &missing, &odd);
        if (odd) return set_unreadable(k, t, out, at, odd);
        if (missing) return set_missing_code(k, t, out, at, missing);
        if (!any && is_hidden(k, c->field, row))
            return set_missing(k, t, out, at, RMT_REDCAP_NOT_APPLICABLE);
    } else if (c->kind == RMT_REDCAP_COLUMN_VALUE && !raw.text[0] && is_hidden(k, c->field, row)) {
        return set_missing(k, t, out, at, RMT_REDCAP_NOT_APPLICABLE);
    }
    return set_value(k, t, out, at, f, raw.text);
}

/* ---- rows and columns ------------------------------------------------------------------------ */

static bool is_wanted_event(const taker *k, size_t row)
{
    if (k->what->n_events == 0) return true;
    return config_find(event_of(k->d, row), k->what->events, k->what->n_events) < k->what->n_events;
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
            const bool saved = is_saved(k->d, k->what->forms[i], row);
            k->saved[k->n_rows * n_forms + i] = saved;
            any = any || saved;
        }
        if (any && is_wanted_event(k, row)) k->rows[k->n_rows++] = row;
        else if (any && elsewhere++ == 0) first = line_of(k->d, row);
    }
    if (elsewhere > 0)
        rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_OK, k->d->source, first, NULL,
                         "%s saved at another event than the plan asks for%s",
                         k->d->r->forms[k->what->forms[0]],
                         elsewhere > 1 ? ", here and further down; such rows are not read"
                                       : "; the row is not read");
    return RMT_OK;
}

static rmt_status check_events(const taker *k)
{
    if (k->what->n_events > 0 && k->event == RMT_NO_COLUMN)
        return rmt_fail_at(k->err, RMT_ERR_CONFIG, k->d->source, 1, "redcap_event_name",
                           "the plan asks for events, but the export has no such column");
    for (size_t i = 0; i < k->what->n_events; i++) {
        const char *const *known = (const char *const *)k->d->events.names;
        const char *wanted = k->what->events[i];
        if (config_find(wanted, known, k->d->events.n) < k->d->events.n) continue;
        const char *near = rmt_text_nearest(wanted, known, k->d->events.n);
        rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, k->d->source, 0, NULL,
                         "no row is of the event '%s' that the plan asks for%s%s%s", wanted,
                         near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return RMT_OK;
}

/* Is a box of the column's field unchecked, so that the missing code stands there? */
static bool any_unchecked(const rmt_redcap_data *d, const rmt_redcap_column *of, size_t row)
{
    for (size_t i = d->field_from[of->field]; i < d->form_from[of->form + 1]; i++) {
        const rmt_redcap_column *c = d->columns[d->of_form[i]];
        if (c->field != of->field) break;
        const char *raw = raw_of(d, d->of_form[i], row).text;
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
                const char *raw = raw_of(d, d->of_form[i], k->rows[at]).text;
                if (!raw[0] || strcmp(raw, "0") == 0 || any_unchecked(d, c, k->rows[at])) continue;
                rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_OK, d->source,
                                 line_of(d, k->rows[at]), c->name,
                                 "'%s' in the box of a missing code is not read: no other box of "
                                 "the field is unchecked",
                                 cell_at(d, d->of_form[i], k->rows[at]));
            }
        }
    }
}

/* Fields of the forms that the export leaves out: told once, as nobody may have meant it. */
static void note_absent(const taker *k)
{
    char names[160] = "";
    size_t n = 0, used = 0;
    for (size_t i = 0; i < k->what->schema->n_fields; i++) {
        const rmt_redcap_column *c = rmt_redcap_find(k->d->r, k->what->schema->fields[i].name);
        if (!c || column_of(k->d, c) != RMT_NO_COLUMN) continue;
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
        if (!c || c->kind != RMT_REDCAP_COLUMN_VALUE || column_of(k->d, c) == RMT_NO_COLUMN)
            continue;
        const rmt_redcap_field *f = &k->d->r->fields[c->field];
        if (f->type == RMT_REDCAP_SQL)
            rmt_problems_add(k->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, k->d->r->source,
                             f->line, f->name,
                             "the choices come from a query: labels are kept as they are, not made "
                             "codes");
    }
}

static rmt_status prepare_logics(taker *k)
{
    const rmt_redcap *r = k->d->r;
    rmt_status st = RMT_OK;
    bool any = false;
    if (!(k->logics = rmt_mem_array(r->n_fields, sizeof *k->logics, k->err))) return RMT_ERR_NOMEM;
    for (size_t i = 1; i < r->n_fields && !st; i++)
        for (size_t form = 0; form < k->what->n_forms && !st; form++) {
            if (r->fields[i].form != k->what->forms[form] || !r->fields[i].branching[0]) continue;
            st = prepare_logic(k, i);
            any = true;
        }
    return st || !any ? st : list_base(k);
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
        const size_t col = c ? column_of(d, c) : RMT_NO_COLUMN;
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
        rmt_table_set_integer(t, n, at, (int32_t)line_of(d, k->rows[at]));
    k->counts.rows = d->n_rows;
    k->counts.rows_set_aside = d->n_rows - k->n_rows;
    k->counts.cells = d->n_rows * d->n_cols;
    k->counts.cells_set_aside = k->counts.cells - k->n_rows * n;
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

rmt_status rmt_redcap_take(rmt_table **out, rmt_redcap_counts *counts, const rmt_redcap_data *d,
                           const rmt_redcap_selection *what, rmt_problems *notes, rmt_error *err)
{
    taker k = {.d = d, .what = what, .notes = notes, .err = err};
    k.record = column_of(d, &d->r->columns[0]);
    k.event = d->event_col;
    k.instrument = column_of_kind(d, RMT_REDCAP_COLUMN_INSTRUMENT);
    rmt_status st = check_events(&k);
    if (!st) note_absent(&k);
    if (!st) note_queries(&k);
    if (!st) st = prepare_logics(&k);
    if (!st) st = select_rows(&k);
    if (!st) note_unheard_boxes(&k);
    if (!st) st = make_table(out, &k);
    if (!st) *counts = k.counts;
    for (size_t i = 0; k.logics && i < d->r->n_fields; i++)
        logic_clear(&k.logics[i]);
    rmt_mem_free(k.logics);
    rmt_mem_free(k.base);
    rmt_mem_free(k.rows);
    rmt_mem_free(k.saved);
    rmt_text_clear(&k.scratch);
    return st;
}
