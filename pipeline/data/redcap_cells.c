/* redcap_cells.c - see redcap_data.h: codes and labels, whether a form was saved, raw or labelled. */
#include "redcap_data.h"

#include "config.h"

#include <string.h>

static const char *const states[] = {"Incomplete", "Unverified", "Complete"};
static const char *const codes_of_states[] = {"0", "1", "2"};

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

const char *redcap_missing_code(const rmt_redcap_data *d, const char *cell)
{
    for (size_t i = 0; i < d->r->n_missing; i++) {
        const rmt_redcap_choice *c = &d->r->missing[i];
        if (strcmp(c->code, cell) == 0) return c->code;
        if (d->labels && c->label && strcmp(c->label, cell) == 0) return c->code;
    }
    return NULL;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static redcap_raw raw_state(const char *cell)
{
    const size_t i = config_find(cell, states, CONFIG_COUNT(states));
    if (i == CONFIG_COUNT(states)) return (redcap_raw){.text = cell, .stray = true};
    return (redcap_raw){.text = codes_of_states[i]};
}

static redcap_raw raw_value(const rmt_redcap_data *d, const rmt_redcap_field *f, const char *cell)
{
    const char *code = redcap_missing_code(d, cell);
    if (code) return (redcap_raw){.text = code};
    if (f->n_choices == 0) return (redcap_raw){.text = cell};
    const found_label found = find_label(f, cell);
    return (redcap_raw){
        .text = found.n ? found.code : cell, .stray = found.n == 0, .n_choices = found.n};
}

redcap_raw redcap_raw_of(const rmt_redcap_data *d, size_t col, size_t row)
{
    const rmt_redcap_column *c = d->columns[col];
    const char *cell = redcap_cell(d, col, row);
    if (!d->labels || !cell[0]) return (redcap_raw){.text = cell};
    switch (c->kind) {
    case RMT_REDCAP_COLUMN_COMPLETE: return raw_state(cell);
    case RMT_REDCAP_COLUMN_BOX:
    case RMT_REDCAP_COLUMN_MISSING_BOX:
        if (strcmp(cell, "Checked") == 0) return (redcap_raw){.text = "1"};
        if (strcmp(cell, "Unchecked") == 0) return (redcap_raw){.text = "0"};
        if (redcap_missing_code(d, cell)) return (redcap_raw){.text = redcap_missing_code(d, cell)};
        return (redcap_raw){.text = cell, .stray = true};
    case RMT_REDCAP_COLUMN_VALUE: return raw_value(d, &d->r->fields[c->field], cell);
    default: return (redcap_raw){.text = cell};
    }
}

/* Does the cell say that somebody saved its form? */
bool redcap_says_saved(const rmt_redcap_data *d, size_t col, size_t row)
{
    const rmt_redcap_column *c = d->columns[col];
    const char *raw = redcap_raw_of(d, col, row).text;
    if (!raw[0]) return false;
    if (redcap_is_box(c) || c->kind == RMT_REDCAP_COLUMN_COMPLETE) return strcmp(raw, "0") != 0;
    return c->kind != RMT_REDCAP_COLUMN_TIMESTAMP || strcmp(raw, "[not completed]") != 0;
}

bool redcap_is_saved(const rmt_redcap_data *d, size_t form, size_t row)
{
    for (size_t i = d->form_from[form]; i < d->form_from[form + 1]; i++)
        if (redcap_says_saved(d, d->of_form[i], row)) return true;
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
    const char *cell = redcap_cell(d, col, row);
    bool code, label;
    if (c->kind == RMT_REDCAP_COLUMN_COMPLETE) {
        code = config_find(cell, codes_of_states, 3) < 3;
        label = config_find(cell, states, 3) < 3;
    } else if (redcap_is_box(c)) {
        code = strcmp(cell, "0") == 0 || strcmp(cell, "1") == 0;
        label = strcmp(cell, "Checked") == 0 || strcmp(cell, "Unchecked") == 0;
    } else {
        const rmt_redcap_field *f = &d->r->fields[c->field];
        code = has_code(f, cell);
        label = find_label(f, cell).n > 0;
    }
    if (code == label || redcap_missing_code(d, cell)) return;
    witness *w = code ? codes : labels;
    if (w->n++ > 0) return;
    w->col = col;
    w->row = row;
}

rmt_status redcap_recognise(rmt_redcap_data *d, rmt_problems *notes, rmt_error *err)
{
    witness codes = {0}, labels = {0};
    for (size_t col = 0; col < d->n_cols; col++) {
        const rmt_redcap_column *c = d->columns[col];
        if (!c) continue;
        if (c->kind == RMT_REDCAP_COLUMN_VALUE && d->r->fields[c->field].n_choices == 0) continue;
        if (c->kind != RMT_REDCAP_COLUMN_VALUE && !redcap_is_box(c) &&
            c->kind != RMT_REDCAP_COLUMN_COMPLETE)
            continue;
        for (size_t row = 0; row < d->n_rows; row++)
            if (redcap_cell(d, col, row)[0]) count_cell(d, col, row, &codes, &labels);
    }
    if (codes.n > 0 && labels.n > 0)
        return rmt_fail_at(
            err, RMT_ERR_INCONSISTENT, d->source, redcap_line(d, labels.row),
            rmt_table_name(d->text, labels.col),
            "'%s' is a label, but '%s' in %s on line %zu is a code (%zu label%s, %zu code%s); "
            "'values' in the plan says how the others are to be taken",
            redcap_cell(d, labels.col, labels.row), redcap_cell(d, codes.col, codes.row),
            rmt_table_name(d->text, codes.col), redcap_line(d, codes.row), labels.n,
            labels.n == 1 ? "" : "s", codes.n, codes.n == 1 ? "" : "s");
    d->labels = labels.n > 0;
    rmt_problems_add(notes, RMT_SEVERITY_INFO, RMT_OK, d->source, 0, NULL,
                     "the values are taken to be %s", d->labels ? "labels" : "raw codes");
    return RMT_OK;
}
