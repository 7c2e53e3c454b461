#include "rmt/counts.h"

#include "rmt/plan.h"

#include <string.h>

const char *const rmt_event_names[RMT_N_EVENTS] = {RMT_WORDS_EVENT(RMT_COMMA)};
const char *const rmt_missing_rule_names[RMT_N_MISSING] = {RMT_WORDS_MISSING(RMT_COMMA)};

static size_t flag_column(const rmt_cells *c, rmt_event event)
{
    return event == RMT_EVENT_RESPONSE    ? c->respfl
           : event == RMT_EVENT_REMISSION ? c->remfl
                                          : c->dxlossfl;
}

/* The definition named by the first row that has one, "" when none does. */
static const char *definition_of(const rmt_cells *c, size_t param, size_t visit, rmt_event event)
{
    for (size_t a = 0; a < c->n_arms; a++) {
        size_t n;
        const size_t *rows = rmt_cells_rows(c, param, visit, a, &n);
        for (size_t i = 0; i < n; i++) {
            if (event == RMT_EVENT_LOSS_OF_DIAGNOSIS) {
                if (!rmt_table_is_missing(c->t, c->dxlossfl, rows[i])) return "loss_of_diagnosis";
                continue;
            }
            const size_t column = event == RMT_EVENT_RESPONSE ? c->respdef : c->remdef;
            const char *id = rmt_table_text(c->t, column, rows[i]);
            if (*id) return id;
        }
    }
    return "";
}

static void read_definition(rmt_counting *what, const rmt_definition *d)
{
    if (d->kind == RMT_DEF_NO_DIAGNOSIS) what->needs_diagnosis = true;
    else if (d->kind != RMT_DEF_ALL_OF) what->asks_value = true;
    if (d->kind == RMT_DEF_PERCENT_REDUCTION || d->kind == RMT_DEF_POINT_REDUCTION)
        what->asks_baseline = true;
    for (size_t i = 0; i < d->n_parts; i++)
        read_definition(what, &d->parts[i]);
}

bool rmt_counting_find(rmt_counting *out, const rmt_cells *cells, size_t param, size_t visit,
                       rmt_event event)
{
    const char *id = definition_of(cells, param, visit, event);
    if (*id == '\0') return false;
    *out = (rmt_counting){
        .cells = cells, .param = param, .visit = visit, .event = event, .definition = id};
    if (event == RMT_EVENT_LOSS_OF_DIAGNOSIS) {
        out->needs_diagnosis = true;
        return true;
    }
    const rmt_plan_outcome *o = rmt_plan_find_outcome(cells->plan, cells->param_outcome[param]);
    const rmt_definition *d = !o || !o->instrument ? NULL
                              : event == RMT_EVENT_RESPONSE
                                  ? rmt_instrument_response(o->instrument, id)
                                  : rmt_instrument_remission(o->instrument, id);
    if (d) read_definition(out, d);
    else out->asks_value = out->asks_baseline = true;
    if (event == RMT_EVENT_RESPONSE) out->needs_diagnosis = false;
    return true;
}

static bool had_diagnosis(const rmt_cells *c, const size_t *rows, size_t n, const char *subject)
{
    const size_t row = rmt_cells_find(c, rows, n, subject);
    return row != RMT_NO_ROW && rmt_table_integer(c->t, c->dxfl, row) == 1;
}

void rmt_count_arm(rmt_event_count *out, const rmt_counting *what, size_t arm,
                   rmt_missing_rule rule)
{
    const rmt_cells *c = what->cells;
    const size_t column = flag_column(c, what->event);
    size_t n, n_base;
    const size_t *rows = rmt_cells_rows(c, what->param, what->visit, arm, &n);
    const size_t *base = rmt_cells_baseline(c, what->param, arm, &n_base);
    *out = (rmt_event_count){0};
    for (size_t i = 0; i < n; i++) {
        const char *subject = rmt_table_text(c->t, c->subject, rows[i]);
        if (what->needs_diagnosis && !had_diagnosis(c, base, n_base, subject)) continue;
        const int32_t flag = rmt_table_integer(c->t, column, rows[i]);
        const bool missing = flag == RMT_INTEGER_MISSING;
        out->n_missing += missing;
        if (missing && rule == RMT_MISSING_COMPLETER) continue;
        out->n++;
        out->events += flag == 1;
        out->n_flagged += rmt_cells_is_flagged(c, rows[i]);
        out->n_prorated += !missing && what->asks_value &&
                           rmt_cells_is_prorated(c, what->param, arm, rows[i], what->asks_baseline);
    }
}

const char *rmt_counting_population(const rmt_counting *what, rmt_missing_rule rule)
{
    const bool all = rule == RMT_MISSING_NONRESPONDER;
    if (what->needs_diagnosis)
        return all ? "randomised with diagnosis at baseline"
                   : "diagnosis at baseline, value at visit";
    return all ? "all randomised" : "value at visit";
}
