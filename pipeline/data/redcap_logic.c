/* redcap_logic.c - see redcap_data.h: branching logic over the rows of an export. */
#include "redcap_data.h"

#include "rmt/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The logic of one field; condition NULL = none, or none that can be judged. */
typedef struct {
    rmt_condition *condition;
    const rmt_redcap_column **operands;
    rmt_value *values;
    size_t n;
} logic;

struct redcap_logics {
    const rmt_redcap_data *d;
    const size_t *forms; /* borrowed */
    size_t n_forms;
    logic *of; /* one for each field of the dictionary */
    rmt_problems *notes;
    rmt_error *err;
};

static void logic_clear(logic *l)
{
    rmt_condition_free(l->condition);
    rmt_mem_free(l->operands);
    rmt_mem_free(l->values);
    *l = (logic){0};
}

static bool is_of_forms(const redcap_logics *k, size_t field)
{
    for (size_t i = 0; i < k->n_forms; i++)
        if (k->d->r->fields[field].form == k->forms[i]) return true;
    return false;
}

/* Of fields with the same logic the first is named, with the number of the others; NULL: this is another. */
static const char *others_alike(const redcap_logics *k, size_t field, char *buf, size_t size)
{
    const rmt_redcap *r = k->d->r;
    size_t n = 0;
    for (size_t i = 1; i < r->n_fields; i++) {
        if (strcmp(r->fields[i].branching, r->fields[field].branching) != 0) continue;
        const bool asked = is_of_forms(k, i);
        if (asked && i < field) return NULL;
        n += asked && i != field;
    }
    buf[0] = '\0';
    if (n > 0) snprintf(buf, size, " (and of %zu more field%s)", n, n == 1 ? "" : "s");
    return buf;
}

#define WARN_LOGIC(k, f, ...)                                                                      \
    rmt_problems_add((k)->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, (k)->d->r->source,          \
                     (f)->line, (f)->name, __VA_ARGS__)
#define NOT_JUDGED "; where the field is blank it is plainly missing"

static rmt_status prepare_logic(redcap_logics *k, size_t field)
{
    const rmt_redcap_field *f = &k->d->r->fields[field];
    logic *l = &k->of[field];
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
        if (l->operands[i] && redcap_column_of(k->d, l->operands[i]) != RMT_NO_COLUMN) continue;
        const char *alike = others_alike(k, field, buf, sizeof buf);
        if (alike)
            WARN_LOGIC(k, f, "the branching logic%s asks for %s, which is no %s" NOT_JUDGED, alike,
                       name, l->operands[i] ? "column of the export" : "field of the dictionary");
        logic_clear(l);
        break;
    }
    return RMT_OK;
}

static rmt_status prepare(redcap_logics *k)
{
    const rmt_redcap *r = k->d->r;
    rmt_status st = RMT_OK;
    if (!(k->of = rmt_mem_array(r->n_fields, sizeof *k->of, k->err))) return RMT_ERR_NOMEM;
    for (size_t i = 1; i < r->n_fields && !st; i++)
        if (r->fields[i].branching[0] && is_of_forms(k, i)) st = prepare_logic(k, i);
    return st;
}

rmt_status redcap_logics_new(redcap_logics **out, const rmt_redcap_data *d, const size_t *forms,
                             size_t n_forms, rmt_problems *notes, rmt_error *err)
{
    redcap_logics *k = rmt_mem_array(1, sizeof *k, err);
    if (!k) return RMT_ERR_NOMEM;
    *k = (redcap_logics){.d = d, .forms = forms, .n_forms = n_forms, .notes = notes, .err = err};
    const rmt_status st = prepare(k);
    if (st) redcap_logics_free(k);
    else *out = k;
    return st;
}

void redcap_logics_free(redcap_logics *k)
{
    if (!k) return;
    for (size_t i = 0; k->of && i < k->d->r->n_fields; i++)
        logic_clear(&k->of[i]);
    rmt_mem_free(k->of);
    rmt_mem_free(k);
}

bool redcap_is_hidden(const redcap_logics *k, size_t field, size_t row)
{
    const rmt_redcap_data *d = k->d;
    const logic *l = &k->of[field];
    if (!l->condition) return false;
    for (size_t i = 0; i < l->n; i++) {
        const rmt_redcap_column *c = l->operands[i];
        const size_t from = redcap_row_of_form(d, c->form, d->r->fields[field].form, row);
        const bool is_event = c->kind == RMT_REDCAP_COLUMN_EVENT;
        l->values[i].text = is_event ? redcap_event_of(d, from)
                                     : redcap_raw_of(d, redcap_column_of(d, c), from).text;
        l->values[i].number = (double)NAN;
    }
    return rmt_condition_eval(l->condition, l->values) == RMT_FALSE;
}
