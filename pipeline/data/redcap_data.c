/* redcap_data.c - see rmt/redcap.h: the file as a whole. */
#include "redcap_data.h"

#include "rmt/mem.h"

#include <stdio.h>
#include <string.h>

static size_t column_of_kind(const rmt_redcap_data *d, rmt_redcap_column_kind kind)
{
    for (size_t i = 0; i < d->n_cols; i++)
        if (d->columns[i] && d->columns[i]->kind == kind) return i;
    return RMT_NO_COLUMN;
}

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
    d->record = redcap_column_of(d, &r->columns[0]);
    d->event = column_of_kind(d, RMT_REDCAP_COLUMN_EVENT);
    d->instrument = column_of_kind(d, RMT_REDCAP_COLUMN_INSTRUMENT);
    d->instance = column_of_kind(d, RMT_REDCAP_COLUMN_INSTANCE);
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
    if (d->record == RMT_NO_COLUMN) {
        st = rmt_fail_at(err, RMT_ERR_INCONSISTENT, source, 1, r->columns[0].name,
                         "the record id, the first field of %s, is no column of the export",
                         r->source);
        goto done;
    }
    if (values == RMT_REDCAP_UNSAID && (st = redcap_recognise(d, notes, err))) goto done;
    if (d->event != RMT_NO_COLUMN &&
        (st = redcap_events_list(&d->events, text, d->event, d->labels, source, err)))
        goto done;
    if ((st = redcap_sort_rows(d, err))) goto done;
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
    rmt_mem_free(d->by_key);
    rmt_mem_free(d->at);
    rmt_mem_free(d->of_form);
    rmt_mem_free(d->form_from);
    rmt_mem_free(d->field_from);
    rmt_mem_free(d);
}

size_t rmt_redcap_place(const rmt_redcap_data *d, const char *column)
{
    const rmt_redcap_column *c = rmt_redcap_find(d->r, column);
    const size_t at = c ? redcap_column_of(d, c) : RMT_NO_COLUMN;
    return at == RMT_NO_COLUMN ? 0 : at + 1;
}

static size_t count_values(const rmt_redcap_data *d, size_t form)
{
    size_t n = 0;
    for (size_t i = d->form_from[form]; i < d->form_from[form + 1]; i++) {
        const size_t col = d->of_form[i];
        const rmt_redcap_column_kind kind = d->columns[col]->kind;
        if (kind == RMT_REDCAP_COLUMN_COMPLETE || kind == RMT_REDCAP_COLUMN_TIMESTAMP) continue;
        for (size_t row = 0; row < d->n_rows; row++)
            n += redcap_says_saved(d, col, row);
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
            any = redcap_is_saved(d, form, row);
        if (!any && n++ == 0) first = redcap_line(d, row);
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
