#include "rmt/analysis.h"

#include "rmt/mem.h"

#include <string.h>

/* One run of one stage. */
typedef struct {
    const rmt_analysis *a;
    rmt_stage_run *run;
    const rmt_cells *cells; /* NULL: the plan has no outcomes */
    rmt_table *out;
} job;

/* What one entry asked for and found. */
typedef struct {
    size_t n_cells;     /* parameters at visits */
    size_t n_summaries; /* published summaries */
} asked;

/* Options the plan sets itself are not recorded with their defaults. */
static rmt_status note_plan_keys(rmt_stage_run *run, const rmt_node *entries, const rmt_analysis *a,
                                 rmt_error *err)
{
    for (size_t o = 0; o < a->n_options; o++) {
        bool planned = false;
        for (size_t i = 0; i < rmt_node_size(entries) && !planned; i++)
            planned = rmt_setting_planned(rmt_node_at(entries, i), a->options[o].name) != NULL;
        if (!planned) continue;
        if (run->n_plan_keys == RMT_STAGE_PLAN_KEYS)
            return rmt_fail(err, RMT_ERR_INTERNAL, "%s has more than %d options a plan may set",
                            a->stage, (int)RMT_STAGE_PLAN_KEYS);
        run->plan_keys[run->n_plan_keys++] = a->options[o].name;
    }
    return RMT_OK;
}

static rmt_status read_selection(rmt_selection *s, const rmt_options *o, const rmt_node *entry,
                                 rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_setting_list(&s->outcomes, o, entry, "outcome", err))) return st;
    if ((st = rmt_setting_list(&s->visits, o, entry, "visit", err))) return st;
    if ((st = rmt_setting_list(&s->summaries, o, entry, "summaries", err))) return st;
    return rmt_setting_number(&s->level, o, entry, "conf-level", err);
}

static rmt_status check_summaries(const rmt_selection *s, const rmt_plan *plan, rmt_error *err)
{
    const char **names = rmt_mem_array(plan->n_summaries, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t k = 0; k < plan->n_summaries; k++)
        names[k] = plan->summaries[k].name;
    rmt_status st = rmt_setting_check(&s->summaries, "summaries", names, plan->n_summaries, err);
    rmt_mem_free(names);
    return st;
}

/* Without a selection of visits: those after baseline at which somebody has a value, and the primary
 * one even without. */
static bool visit_is_asked(const rmt_selection *s, const rmt_cells *c, size_t param, size_t visit)
{
    if (s->visits.n) return rmt_setting_holds(&s->visits, c->visits[visit]);
    if (c->visit_is_baseline[visit]) return false;
    if (rmt_cells_observed(c, param, visit)) return true;
    const rmt_plan_outcome *o = rmt_plan_find_outcome(c->plan, c->param_outcome[param]);
    return o && o->primary_visit && strcmp(o->primary_visit, c->visits[visit]) == 0;
}

static rmt_status run_participants(const job *j, void *state, const rmt_selection *s, asked *n,
                                   rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_cells *c = j->cells;
    if ((st = rmt_setting_check(&s->outcomes, "outcome", c->param_outcome, c->n_params, err)))
        return st;
    if ((st = rmt_setting_check(&s->visits, "visit", c->visits, c->n_visits, err))) return st;
    for (size_t p = 0; p < c->n_params; p++) {
        if (s->outcomes.n && !rmt_setting_holds(&s->outcomes, c->param_outcome[p])) continue;
        for (size_t v = 0; v < c->n_visits; v++) {
            if (!visit_is_asked(s, c, p, v)) continue;
            n->n_cells++;
            if ((st = j->a->add_cell(state, c, p, v, j->out, err))) return st;
        }
    }
    return RMT_OK;
}

static rmt_status run_summary(const job *j, void *state, const rmt_plan_summary *summary,
                              rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_comparisons *list = NULL;
    size_t n_left_out = 0;
    if ((st = rmt_comparisons_new(&list, j->run, summary, err))) return st;
    if ((st = rmt_comparisons_warn(j->run->notes, list, j->a->of_means, err))) goto done;
    for (size_t i = 0; i < rmt_comparisons_n(list) && !st; i++) {
        bool used = true;
        st = j->a->add_published(state, summary, rmt_comparisons_at(list, i), &used, j->out, err);
        n_left_out += !used;
    }
    if (n_left_out > 0)
        rmt_problems_add(j->run->notes, RMT_SEVERITY_INFO, RMT_OK, summary->table, 0, NULL,
                         "%zu of %zu comparisons hold no numbers for this stage", n_left_out,
                         rmt_comparisons_n(list));
done:
    rmt_comparisons_free(list);
    return st;
}

static rmt_status run_summaries(const job *j, void *state, const rmt_selection *s, asked *n,
                                rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_plan *plan = j->run->plan;
    for (size_t k = 0; k < plan->n_summaries && !st; k++) {
        const rmt_plan_summary *summary = &plan->summaries[k];
        const bool wanted = s->summaries.n ? rmt_setting_holds(&s->summaries, summary->name)
                                           : s->outcomes.n == 0 && j->a->has_numbers(summary);
        if (!wanted) continue;
        n->n_summaries++;
        st = run_summary(j, state, summary, err);
    }
    return st;
}

/* An analysis that was asked for and gave nothing shall not pass in silence. number: of the entry, from
 * 1; 0 = the defaults. */
static void warn_of_nothing(const job *j, const asked *n, size_t number)
{
    const bool said = j->cells && (rmt_cells_in_arms(j->cells) == 0 || j->cells->n_arms < 2);
    const char *why = n->n_summaries > 0 ? "no published comparison has numbers for this stage"
                      : n->n_cells > 0   ? j->a->no_rows
                      : j->cells ? "no selected outcome has a value at a visit after baseline"
                                 : "the plan has no outcome, and no summary for this stage";
    if (said && n->n_summaries == 0) return;
    if (number == 0)
        rmt_problems_add(j->run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "no result: %s", why);
    else
        rmt_problems_add(j->run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "entry %zu of analyses.%s gives no result: %s", number, j->a->stage, why);
}

static rmt_status run_entry(const job *j, const rmt_node *entry, size_t number, rmt_error *err)
{
    rmt_status st;
    rmt_selection s;
    asked n = {0};
    void *state = NULL;
    const size_t n_before = rmt_table_rows(j->out);
    if ((st = read_selection(&s, j->run->options, entry, err))) return st;
    if ((st = check_summaries(&s, j->run->plan, err))) return st;
    if ((st = j->a->begin(&state, j->run, entry, &s, err))) goto done;
    if (j->cells && (s.summaries.n == 0 || s.outcomes.n > 0) &&
        (st = run_participants(j, state, &s, &n, err)))
        goto done;
    if ((st = run_summaries(j, state, &s, &n, err))) goto done;
    if (rmt_table_rows(j->out) == n_before) warn_of_nothing(j, &n, number);
done:
    j->a->end(state);
    return st;
}

/* /outcomes in cells; *cells stays NULL when the plan has no outcomes. */
static rmt_status open_cells(rmt_cells **cells, const rmt_analysis *a, rmt_stage_run *run,
                             rmt_error *err)
{
    rmt_status st;
    const rmt_table *outcomes = NULL;
    if (run->plan->n_outcomes == 0) return RMT_OK;
    if ((st = rmt_stage_require(a->stage, run, "/outcomes", err))) return st;
    if ((st = rmt_study_get(&outcomes, run->study, "/outcomes", err))) return st;
    if ((st = rmt_cells_new(cells, outcomes, run->plan, err))) return st;
    if (rmt_cells_in_arms(*cells) == 0)
        rmt_problems_add(run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, "/outcomes", 0,
                         "TRT01P", "nobody is in an arm of the plan: nothing can be compared");
    else if ((*cells)->n_arms < 2)
        rmt_problems_add(run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                         "there is one arm only (%s): nothing can be compared", (*cells)->arms[0]);
    return RMT_OK;
}

rmt_status rmt_analysis_run(const rmt_analysis *a, rmt_stage_run *run, const rmt_node *entries,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_cells *cells = NULL;
    const size_t n = rmt_node_size(entries);
    job j = {.a = a, .run = run};

    if ((st = rmt_table_new(&j.out, a->title, err))) goto done;
    if ((st = rmt_table_add_columns(j.out, a->columns, a->n_columns, err))) goto done;
    if ((st = open_cells(&cells, a, run, err))) goto done;
    j.cells = cells;
    if (n == 0 && (st = run_entry(&j, NULL, 0, err))) goto done;
    for (size_t i = 0; i < n; i++)
        if ((st = run_entry(&j, rmt_node_at(entries, i), i + 1, err))) goto done;
    if (n > 1 && (st = rmt_result_distinct(&j.out, a->columns, a->n_columns, err))) goto done;
    if ((st = note_plan_keys(run, entries, a, err))) goto done;
    st = rmt_study_put(run->study, a->path, &j.out, err);
done:
    rmt_cells_free(cells);
    rmt_table_free(j.out);
    return st;
}
