/* redcap_header.c - see rmt/redcap.h: which column of the dictionary each cell of a header is. */
#include "redcap_parts.h"

#include "config.h"
#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const rmt_redcap *r;
    const char *const *cells;
    size_t n;
    const char *source;
    char **plain;              /* cells as labels are compared */
    rmt_text_placed *by_label; /* the columns told by their label, sorted; the place is that in r */
    size_t n_by_label;
    const rmt_redcap_column **out; /* n */
    rmt_problems *notes;
    rmt_error *err;
} matcher;

/* Older versions of REDCap write (choice='Yes'). */
static void without_quotes(char *label)
{
    static const char opening[] = "(choice='";
    const size_t n = strlen(label);
    char *at = strstr(label, opening);
    if (!at || n < 2 || strcmp(label + n - 2, "')") != 0) return;
    at += sizeof opening - 2;
    if (at >= label + n - 2) return;
    label[n - 2] = ')';
    label[n - 1] = '\0';
    memmove(at, at + 1, strlen(at));
}

static rmt_status make_plain(matcher *m)
{
    rmt_text plain = {0};
    rmt_status st = RMT_OK;
    if (!(m->plain = rmt_mem_array(m->n, sizeof *m->plain, m->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < m->n && !st; i++) {
        st = redcap_plain_text(&plain, m->cells[i], strlen(m->cells[i]), m->err);
        if (!st && !(m->plain[i] = rmt_mem_text(plain.s, plain.len, m->err))) st = RMT_ERR_NOMEM;
        if (!st) without_quotes(m->plain[i]);
    }
    rmt_text_clear(&plain);
    return st;
}

static bool has_names(const matcher *m)
{
    const rmt_redcap_column *record = &m->r->columns[0];
    size_t n_names = 0;
    const bool is_name = m->n > 0 && strcmp(m->cells[0], record->name) == 0;
    const bool is_label = m->n > 0 && strcmp(m->plain[0], record->label) == 0;
    if (is_name != is_label) return is_name;
    for (size_t i = 0; i < m->n; i++)
        n_names += rmt_redcap_find(m->r, m->cells[i]) != NULL;
    return 2 * n_names >= m->n;
}

/* Told apart by where they stand, as every form has them with the same label. */
static bool is_of_form(const rmt_redcap_column *c)
{
    return c->kind == RMT_REDCAP_COLUMN_TIMESTAMP || c->kind == RMT_REDCAP_COLUMN_COMPLETE;
}

static rmt_status sort_labels(matcher *m)
{
    const rmt_redcap *r = m->r;
    if (!(m->by_label = rmt_mem_array(r->n_columns, sizeof *m->by_label, m->err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < r->n_columns; i++)
        if (!is_of_form(&r->columns[i]))
            m->by_label[m->n_by_label++] = (rmt_text_placed){r->columns[i].label, i};
    qsort(m->by_label, m->n_by_label, sizeof *m->by_label, rmt_text_placed_order);
    return RMT_OK;
}

/* The first column of that label from `from` on; RMT_REDCAP_NONE = there is none. */
static size_t find_called(const matcher *m, const char *label, size_t from)
{
    const rmt_text_placed wanted = {label, from};
    size_t low = 0, high = m->n_by_label;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (rmt_text_placed_order(&m->by_label[mid], &wanted) < 0) low = mid + 1;
        else high = mid;
    }
    if (low == m->n_by_label || strcmp(m->by_label[low].text, label) != 0) return RMT_REDCAP_NONE;
    return m->by_label[low].place;
}

static bool is_called(const rmt_redcap_column *c, const char *label)
{
    return !is_of_form(c) && strcmp(c->label, label) == 0;
}

#define REFUSE(m, i, ...)                                                                          \
    rmt_fail_at((m)->err, RMT_ERR_CONFIG, (m)->source, 1, (m)->plain[i], __VA_ARGS__)
#define RAW_HEADER "; an export with variable names in its header settles it"

static rmt_status out_of_order(const matcher *m, size_t i)
{
    size_t last = i;
    while (last > 0 && (!m->out[last - 1] || is_of_form(m->out[last - 1])))
        last--;
    return REFUSE(m, i,
                  "column %zu stands after '%s', in the dictionary before it: the labels cannot be "
                  "matched" RAW_HEADER,
                  i + 1, last > 0 ? m->plain[last - 1] : "");
}

/* A name among labels that only one column can have: wherever it stands, it says nothing of the order. */
static const rmt_redcap_column *called_by_name(const matcher *m, size_t i)
{
    const rmt_redcap_column *named = rmt_redcap_find(m->r, m->cells[i]);
    return named && (named->form == RMT_REDCAP_NONE || is_of_form(named)) ? named : NULL;
}

/* Each cell becomes the first column that it can be, those before it taken. */
static rmt_status match_first(matcher *m)
{
    size_t from = 0;
    for (size_t i = 0; i < m->n; i++) {
        if ((m->out[i] = called_by_name(m, i))) continue;
        const size_t k = find_called(m, m->plain[i], from);
        if (k != RMT_REDCAP_NONE) {
            m->out[i] = &m->r->columns[k];
            from = k + 1;
        } else if (find_called(m, m->plain[i], 0) != RMT_REDCAP_NONE) {
            return out_of_order(m, i);
        }
    }
    return RMT_OK;
}

/* The same from the end. Where both agree there is no other way; where not, the cell could be several columns. */
static rmt_status check_only(const matcher *m)
{
    size_t end = m->r->n_columns;
    for (size_t i = m->n; i-- > 0;) {
        const rmt_redcap_column *c = m->out[i];
        if (!c || is_of_form(c) || called_by_name(m, i)) continue;
        while (end > 0 && !is_called(&m->r->columns[end - 1], m->plain[i]))
            end--;
        if (end == 0) return out_of_order(m, i);
        const rmt_redcap_column *last = &m->r->columns[--end];
        if (last != c)
            return REFUSE(m, i, "column %zu may be %s or %s, which have the same label" RAW_HEADER,
                          i + 1, c->name, last->name);
    }
    return RMT_OK;
}

/* The form to which a "Complete?" at i belongs: that of the cell before it; a timestamp stands before its form. */
static size_t form_beside(const matcher *m, size_t i, bool before)
{
    for (size_t step = 1; before ? step <= i : i + step < m->n; step++) {
        const rmt_redcap_column *c = m->out[before ? i - step : i + step];
        if (c && c->form != RMT_REDCAP_NONE) return c->form;
        /* The record id is the first field of the first form. */
        if (c && before && c->kind == RMT_REDCAP_COLUMN_RECORD) return 0;
    }
    return RMT_REDCAP_NONE;
}

static const rmt_redcap_column *column_of_form(const rmt_redcap *r, size_t form,
                                               rmt_redcap_column_kind kind)
{
    for (size_t k = 0; k < r->n_columns; k++)
        if (r->columns[k].kind == kind && r->columns[k].form == form) return &r->columns[k];
    return NULL;
}

static rmt_status match_of_forms(matcher *m, const char *label, rmt_redcap_column_kind kind)
{
    const bool before = kind == RMT_REDCAP_COLUMN_COMPLETE;
    for (size_t i = 0; i < m->n; i++) {
        if (m->out[i] || strcmp(m->plain[i], label) != 0) continue;
        const rmt_redcap_column *c = column_of_form(m->r, form_beside(m, i, before), kind);
        for (size_t k = 0; c && k < m->n; k++)
            if (m->out[k] == c) c = NULL; /* also behind it: by its name */
        if (!c) return REFUSE(m, i, "column %zu: no form is beside it" RAW_HEADER, i + 1);
        m->out[i] = c;
    }
    return RMT_OK;
}

static rmt_status match(matcher *m)
{
    rmt_status st;
    size_t n_known = 0;
    const bool by_name = has_names(m);
    if (by_name) {
        for (size_t i = 0; i < m->n; i++)
            m->out[i] = rmt_redcap_find(m->r, m->cells[i]);
    } else if ((st = sort_labels(m)) || (st = match_first(m)) || (st = check_only(m)) ||
               (st = match_of_forms(m, "Complete?", RMT_REDCAP_COLUMN_COMPLETE)) ||
               (st = match_of_forms(m, "Survey Timestamp", RMT_REDCAP_COLUMN_TIMESTAMP)))
        return st;
    for (size_t i = 0; i < m->n; i++)
        n_known += m->out[i] != NULL;
    if (n_known == 0)
        return rmt_fail_at(m->err, RMT_ERR_CONFIG, m->source, 1, NULL,
                           "the header has neither names nor labels of fields of %s", m->r->source);
    rmt_problems_add(m->notes, RMT_SEVERITY_INFO, RMT_OK, m->source, 0, NULL, "the header has %s",
                     by_name ? "names of fields" : "labels of fields");
    for (size_t i = 0; i < m->n; i++)
        if (!m->out[i])
            rmt_problems_add(m->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, m->source, 1,
                             m->cells[i], "column %zu is no field of %s and is not read", i + 1,
                             m->r->source);
    return RMT_OK;
}

rmt_status rmt_redcap_match_header(const rmt_redcap_column ***out, const rmt_redcap *r,
                                   const char *const *cells, size_t n, const char *source,
                                   rmt_problems *notes, rmt_error *err)
{
    matcher m = {.r = r, .cells = cells, .n = n, .source = source, .notes = notes, .err = err};
    rmt_status st = make_plain(&m);
    if (!st && !(m.out = rmt_mem_array(n, sizeof *m.out, err))) st = RMT_ERR_NOMEM;
    if (!st) st = match(&m);
    for (size_t i = 0; m.plain && i < n; i++)
        rmt_mem_free(m.plain[i]);
    rmt_mem_free(m.plain);
    rmt_mem_free(m.by_label);
    if (st) rmt_mem_free(m.out);
    else *out = m.out;
    return st;
}
