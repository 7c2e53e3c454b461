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

static bool asks_no_diagnosis(const rmt_definition *d)
{
    if (d->kind == RMT_DEF_NO_DIAGNOSIS) return true;
    for (size_t i = 0; i < d->n_parts; i++)
        if (asks_no_diagnosis(&d->parts[i])) return true;
    return false;
}

static bool remission_needs_diagnosis(const rmt_cells *c, size_t param, const char *id)
{
    const rmt_plan_outcome *o = rmt_plan_find_outcome(c->plan, c->param_outcome[param]);
    const rmt_definition *d =
        o && o->instrument ? rmt_instrument_remission(o->instrument, id) : NULL;
    return d && asks_no_diagnosis(d);
}

bool rmt_counting_find(rmt_counting *out, const rmt_cells *cells, size_t param, size_t visit,
                       rmt_event event)
{
    const char *definition = definition_of(cells, param, visit, event);
    if (*definition == '\0') return false;
    *out = (rmt_counting){.cells = cells,
                          .param = param,
                          .visit = visit,
                          .event = event,
                          .definition = definition,
                          .needs_diagnosis = event == RMT_EVENT_LOSS_OF_DIAGNOSIS ||
                                             (event == RMT_EVENT_REMISSION &&
                                              remission_needs_diagnosis(cells, param, definition))};
    return true;
}

/* The rows at the baseline visit. */
static const size_t *baseline_rows(const rmt_counting *w, size_t arm, size_t *n)
{
    *n = 0;
    for (size_t v = 0; v < w->cells->n_visits; v++)
        if (w->cells->visit_is_baseline[v]) return rmt_cells_rows(w->cells, w->param, v, arm, n);
    return NULL;
}

/* rows[0..n) are sorted by subject where remit made /outcomes: then O(log n). A table in another order
 * gives the same answer, slower. */
static bool had_diagnosis(const rmt_cells *c, const size_t *rows, size_t n, const char *subject)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(rmt_table_text(c->t, c->subject, rows[middle]), subject);
        if (order == 0) return rmt_table_integer(c->t, c->dxfl, rows[middle]) == 1;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(rmt_table_text(c->t, c->subject, rows[i]), subject) == 0)
            return rmt_table_integer(c->t, c->dxfl, rows[i]) == 1;
    return false;
}

void rmt_count_arm(rmt_event_count *out, const rmt_counting *what, size_t arm,
                   rmt_missing_rule rule)
{
    const rmt_cells *c = what->cells;
    const size_t column = flag_column(c, what->event);
    size_t n, n_base;
    const size_t *rows = rmt_cells_rows(c, what->param, what->visit, arm, &n);
    const size_t *base = baseline_rows(what, arm, &n_base);
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
