/* plan_trial.c - what a plan says of the conduct of the trial: dates, doses, monitoring, eligibility. */
#include "plan_read.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

rmt_plan_operand rmt_plan_operand_of(const rmt_plan *p, const char *name)
{
    const char *dot = strchr(name, '.');
    const rmt_plan_outcome *o = rmt_plan_find_outcome(p, name);
    if (o != NULL) return (rmt_plan_operand){.outcome = o};
    for (size_t i = 0; i < p->n_tables && dot != NULL; i++) {
        const size_t n = strlen(p->tables[i].name);
        if (n == (size_t)(dot - name) && strncmp(p->tables[i].name, name, n) == 0)
            return (rmt_plan_operand){.table = p->tables[i].name, .column = dot + 1};
    }
    return (rmt_plan_operand){.table = p->subject_table, .column = name, .of_subject = true};
}

/* "at: [infusion1, infusion2]" as indices into the schedule. */
static rmt_status parse_visits_at(const rmt_plan *p, const rmt_node *map, size_t **out, size_t *n,
                                  rmt_error *err)
{
    const rmt_node *words = NULL;
    rmt_status st = config_words(map, "at", &words, err);
    if (st != RMT_OK || words == NULL) return st;
    *n = config_n_words(words);
    if ((*out = rmt_mem_array(*n, sizeof **out, err)) == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < *n && st == RMT_OK; i++) {
        st = plan_check_visit(p, config_word(words, i), "at", err);
        (*out)[i] = rmt_plan_find_visit(p, rmt_node_text(config_word(words, i)));
    }
    return st;
}

static rmt_status parse_number(double *out, const rmt_node *at, const char *key, double low,
                               rmt_error *err)
{
    const char *text = rmt_node_text(at);
    if (text == NULL || !rmt_num_parse_double(text, strlen(text), out) || *out < low)
        return CONFIG_FAIL(err, at, key, "'%s' is no number from %g", text ? text : "", low);
    return RMT_OK;
}

/* ---- doses ----------------------------------------------------------------------------------- */

/* "{ketamine: 0.5, midazolam: 0.045}" */
static rmt_status parse_planned(rmt_plan_doses *d, const rmt_plan *p, const rmt_node *map,
                                rmt_error *err)
{
    const rmt_node *planned = NULL;
    rmt_status st = rmt_node_read_child(map, "planned", RMT_NODE_MAP, &planned, err);
    if (st != RMT_OK || planned == NULL) return st;
    d->n_arms = rmt_node_size(planned);
    d->arms = rmt_mem_array(d->n_arms, sizeof *d->arms, err);
    d->planned = rmt_mem_array(d->n_arms, sizeof *d->planned, err);
    if (d->arms == NULL || d->planned == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < d->n_arms && st == RMT_OK; i++) {
        d->arms[i] = rmt_node_key(planned, i);
        if (p->n_arms > 0 && config_find(d->arms[i], p->arms, p->n_arms) == p->n_arms)
            return config_unknown(rmt_node_at(planned, i), "planned", "arm", d->arms[i], p->arms,
                                  p->n_arms, err);
        st = parse_number(&d->planned[i], rmt_node_at(planned, i), d->arms[i], 0, err);
    }
    return st;
}

/* "10%" */
static rmt_status parse_tolerance(rmt_plan_doses *d, const rmt_node *map, rmt_error *err)
{
    enum { USUAL = 10 };
    const char *text = NULL;
    double percent = USUAL;
    rmt_status st = config_text(map, "tolerance", &text, err);
    if (st != RMT_OK) return st;
    const size_t n = text != NULL ? strlen(text) : 0;
    if (text != NULL &&
        (text[n - 1] != '%' || !rmt_num_parse_double(text, n - 1, &percent) || percent < 0))
        return CONFIG_FAIL(err, rmt_node_get(map, "tolerance"), "tolerance",
                           "'%s' is no percentage, such as 10%%", text);
    d->tolerance = percent / 100;
    return RMT_OK;
}

static rmt_status parse_doses(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    rmt_plan_doses *d = &p->trial.doses;
    const rmt_node *map = NULL;
    rmt_status st = rmt_node_read_child(root, "doses", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_DOSES, err)) ||
        (st = plan_need_table(p, map, "doses", "table", &d->table, err)) ||
        (st = config_text(map, "visit", &d->visit, err)) ||
        (st = config_text(map, "date", &d->date, err)) ||
        (st = config_text(map, "amount", &d->amount, err)) ||
        (st = parse_planned(d, p, map, err)) || (st = parse_tolerance(d, map, err)) ||
        (st = parse_visits_at(p, map, &d->at, &d->n_at, err)))
        return st;
    if (d->n_at > 0 && d->visit == NULL)
        return CONFIG_FAIL(
            err, rmt_node_get(map, "at"), "at",
            "'at' needs 'visit', the column that says at which visit a dose was given");
    return RMT_OK;
}

/* ---- monitoring ------------------------------------------------------------------------------ */

static rmt_status parse_readings(rmt_plan_monitoring *m, const rmt_plan *p, const rmt_node *map,
                                 rmt_error *err)
{
    rmt_status st;
    if ((st = plan_check_keys(map, PLAN_KEYS_MONITORING, err)) ||
        (st = config_text(map, "outcome", &m->outcome, err)) ||
        (st = config_word_array(map, "columns", &m->columns, &m->n_columns, err)) ||
        (st = parse_visits_at(p, map, &m->at, &m->n_at, err)))
        return st;
    const bool is_table = !rmt_node_is_null(rmt_node_get(map, "table"));
    if (is_table == (m->outcome != NULL))
        return CONFIG_FAIL(err, map, "monitoring", "readings need one of 'outcome' and 'table'");
    if (m->n_at == 0)
        return CONFIG_FAIL(err, map, "at", "readings need 'at', the visits at which they are due");
    if (is_table != (m->n_columns > 0))
        return CONFIG_FAIL(err, map, "columns", "'columns' and 'table' go together");
    if (is_table) return plan_need_table(p, map, "monitoring", "table", &m->table, err);
    const rmt_plan_outcome *o = rmt_plan_find_outcome(p, m->outcome);
    if (o != NULL) {
        m->table = o->table;
        return RMT_OK;
    }
    const char **known = rmt_mem_array(p->n_outcomes, sizeof *known, err);
    if (known == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_outcomes; i++)
        known[i] = p->outcomes[i].name;
    st = config_unknown(rmt_node_get(map, "outcome"), "outcome", "outcome", m->outcome, known,
                        p->n_outcomes, err);
    rmt_mem_free(known);
    return st;
}

static rmt_status parse_monitoring(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(root, "monitoring", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK || list == NULL) return st;
    const size_t n = rmt_node_size(list);
    p->trial.monitoring = rmt_mem_array(n, sizeof *p->trial.monitoring, err);
    if (p->trial.monitoring == NULL) return RMT_ERR_NOMEM;
    p->trial.n_monitoring = n;
    for (size_t i = 0; i < n && st == RMT_OK; i++)
        st = parse_readings(&p->trial.monitoring[i], p, rmt_node_at(list, i), err);
    return st;
}

/* ---- eligibility ----------------------------------------------------------------------------- */

static rmt_status parse_criterion(rmt_plan_criterion *e, const rmt_plan *p, const rmt_node *map,
                                  rmt_error *err)
{
    rmt_status st;
    if ((st = plan_check_keys(map, PLAN_KEYS_ELIGIBILITY, err)) ||
        (st = config_need_text(map, "eligibility", "condition", &e->text, err)))
        return st;
    e->name = e->text;
    if ((st = config_text(map, "name", &e->name, err))) return st;
    const rmt_node *at = rmt_node_get(map, "condition"), *visit = rmt_node_get(map, "visit");
    if ((st = rmt_condition_parse(&e->condition, e->text, RMT_CONDITION_PLAN, rmt_node_source(at),
                                  rmt_node_line(at), err)))
        return rmt_error_locate(err, NULL, 0, "condition");
    e->visit = 0;
    while (e->visit < p->n_visits && !p->visits[e->visit].baseline)
        e->visit++;
    if (!rmt_node_is_null(visit)) {
        const char *name = NULL;
        if ((st = config_text(map, "visit", &name, err)) ||
            (st = plan_check_visit(p, visit, "visit", err)))
            return st;
        e->visit = rmt_plan_find_visit(p, name);
    }
    for (size_t i = 0; i < rmt_condition_n_names(e->condition); i++) {
        const char *name = rmt_condition_name(e->condition, i);
        if (!rmt_plan_operand_of(p, name).of_subject && e->visit == p->n_visits)
            return CONFIG_FAIL(err, map, "visit",
                               "'%s' is measured at visits, and no 'visit' says at which", name);
    }
    return RMT_OK;
}

static rmt_status parse_eligibility(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(root, "eligibility", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK || list == NULL) return st;
    const size_t n = rmt_node_size(list);
    p->trial.eligibility = rmt_mem_array(n, sizeof *p->trial.eligibility, err);
    if (p->trial.eligibility == NULL) return RMT_ERR_NOMEM;
    p->trial.n_eligibility = n;
    for (size_t i = 0; i < n && st == RMT_OK; i++)
        st = parse_criterion(&p->trial.eligibility[i], p, rmt_node_at(list, i), err);
    return st;
}

/* ---- the ranges of summaries ----------------------------------------------------------------- */

static rmt_status check_range(const rmt_node *list, const char *key, rmt_error *err)
{
    double ends[2] = {0, 0};
    rmt_status st = RMT_OK;
    if (rmt_node_kind_of(list) != RMT_NODE_LIST || rmt_node_size(list) != 2)
        return CONFIG_FAIL(err, list, key, "a range is two numbers, [lowest, highest]");
    for (size_t i = 0; i < 2 && st == RMT_OK; i++)
        st = parse_number(&ends[i], rmt_node_at(list, i), key, -1e9, err);
    if (st == RMT_OK && ends[0] >= ends[1])
        st = CONFIG_FAIL(err, list, key, "the range from %g to %g is empty", ends[0], ends[1]);
    return st;
}

static rmt_status check_items(const rmt_node *at, const char *key, rmt_error *err)
{
    double items = 0;
    rmt_status st = parse_number(&items, at, key, 1, err);
    if (st == RMT_OK && (floor(items) < items || items > 1000))
        st = CONFIG_FAIL(err, at, key, "%g is no number of items from 1 to 1000", items);
    return st;
}

/* One value for all rows, or one for each outcome. */
static rmt_status parse_by_outcome(const rmt_node **out, const rmt_plan_summary *s,
                                   const rmt_node *map, const char *key,
                                   rmt_status (*check)(const rmt_node *, const char *, rmt_error *),
                                   rmt_error *err)
{
    const rmt_node *node = rmt_node_get(map, key);
    rmt_status st = RMT_OK;
    if (rmt_node_is_null(node)) return RMT_OK;
    *out = node;
    if (rmt_node_kind_of(node) != RMT_NODE_MAP) return check(node, key, err);
    if (s->outcome == NULL)
        return CONFIG_FAIL(err, node, key, "%s by outcome need 'outcome', the column",
                           strcmp(key, "range") == 0 ? "ranges" : key);
    for (size_t i = 0; i < rmt_node_size(node) && st == RMT_OK; i++)
        st = check(rmt_node_at(node, i), rmt_node_key(node, i), err);
    return st;
}

rmt_status plan_parse_range(rmt_plan_summary *s, const rmt_node *map, rmt_error *err)
{
    rmt_status st = parse_by_outcome(&s->range, s, map, "range", check_range, err);
    return st ? st : parse_by_outcome(&s->items, s, map, "items", check_items, err);
}

/* ---- the whole ------------------------------------------------------------------------------- */

rmt_status plan_parse_trial(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    static const char *const keys[] = {"doses", "monitoring", "eligibility"};
    const rmt_node *subjects = rmt_node_get(root, "subjects"),
                   *visits = rmt_node_get(root, "visits");
    rmt_plan_trial *t = &p->trial;
    rmt_status st;
    for (size_t i = 0; i < CONFIG_COUNT(keys) && p->subject_table == NULL; i++)
        if (!rmt_node_is_null(rmt_node_get(root, keys[i])))
            return CONFIG_FAIL(err, rmt_node_get(root, keys[i]), keys[i], "'%s' needs 'subjects'",
                               keys[i]);
    if (subjects != NULL && ((st = config_text(subjects, "consent", &t->consent, err)) ||
                             (st = config_text(subjects, "withdrawal", &t->withdrawal, err)) ||
                             (st = config_text(subjects, "randomised", &t->randomised, err)) ||
                             (st = config_text(subjects, "first_dose", &t->first_dose, err))))
        return st;
    if (visits != NULL &&
        (st = config_word_array(visits, "date", &t->visit_dates, &t->n_visit_dates, err)))
        return st;
    if ((st = parse_doses(p, root, err)) || (st = parse_monitoring(p, root, err))) return st;
    return parse_eligibility(p, root, err);
}

void plan_free_trial(rmt_plan *p)
{
    rmt_plan_trial *t = &p->trial;
    rmt_mem_free(t->visit_dates);
    rmt_mem_free(t->doses.arms);
    rmt_mem_free(t->doses.planned);
    rmt_mem_free(t->doses.at);
    for (size_t i = 0; i < t->n_monitoring; i++) {
        rmt_mem_free(t->monitoring[i].columns);
        rmt_mem_free(t->monitoring[i].at);
    }
    rmt_mem_free(t->monitoring);
    for (size_t i = 0; i < t->n_eligibility; i++)
        rmt_condition_free(t->eligibility[i].condition);
    rmt_mem_free(t->eligibility);
}
