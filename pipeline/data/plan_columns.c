/* plan_columns.c - the columns a plan names, held against the tables once these are read. */
#include "plan_read.h"
#include "rmt/day.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

typedef struct {
    const rmt_plan *plan;
    const rmt_table *const *tables;
    rmt_error *err;
} checker;

static const rmt_table *table_of(const checker *c, const char *table)
{
    return c->tables[rmt_plan_find_table(c->plan, table) - c->plan->tables];
}

/* *near: the column of the table that `column` is most like; NULL = none. */
static rmt_status nearest_column(const char **near, const checker *c, const char *table,
                                 const char *column)
{
    const rmt_table *t = table_of(c, table);
    const size_t n = rmt_table_columns(t);
    const char **names = rmt_mem_array(n, sizeof *names, c->err);
    if (names == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_table_name(t, i);
    *near = rmt_text_nearest(column, names, n);
    rmt_mem_free(names);
    return RMT_OK;
}

/* at: where the plan names the column. otherwise: what is said of one that is near to none. */
static rmt_status need_column_or(const checker *c, const char *table, const char *column,
                                 const rmt_node *at, const char *key, const char *otherwise)
{
    const rmt_table *t = table_of(c, table);
    const char *near = NULL;
    if (t == NULL || rmt_table_find(t, column) != RMT_NO_COLUMN) return RMT_OK;
    rmt_status st = nearest_column(&near, c, table, column);
    if (st != RMT_OK) return st;
    return CONFIG_FAIL(c->err, at, key, "table %s has no column '%s'%s%s%s", table, column,
                       near != NULL ? "; did you mean '" : otherwise, near != NULL ? near : "",
                       near != NULL ? "'?" : "");
}

static rmt_status need_column(const checker *c, const char *table, const char *column,
                              const rmt_node *at, const char *key)
{
    return need_column_or(c, table, column, at, key, "");
}

/* The columns under some keys of a map; an absent key names none. */
static rmt_status need_keys(const checker *c, const char *table, const rmt_node *map,
                            const char *const *keys, size_t n)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && st == RMT_OK; i++) {
        const rmt_node *words = rmt_node_get(map, keys[i]);
        if (rmt_node_is_null(words)) continue;
        for (size_t k = 0; k < config_n_words(words) && st == RMT_OK; k++) {
            const rmt_node *word = config_word(words, k);
            st = need_column(c, table, rmt_node_text(word), word, keys[i]);
        }
    }
    return st;
}

/* A pattern that fits none of the columns is to be written otherwise, not column by column. */
static rmt_status need_item(const checker *c, const rmt_plan_outcome *o, size_t item,
                            const rmt_node *words)
{
    const rmt_table *t = c->tables[rmt_plan_find_table(c->plan, o->table) - c->plan->tables];
    const char *column = o->items[item];
    const rmt_node *word = words;
    rmt_text pattern = {0};
    if (t == NULL || rmt_table_find(t, column) != RMT_NO_COLUMN) return RMT_OK;
    rmt_status st = plan_suggest_items(&pattern, &word, words, item, t, c->err);
    if (st == RMT_OK && pattern.len > 0)
        st = CONFIG_FAIL(c->err, word, "items",
                         "table %s has no column '%s' of '%s'; did you mean \"%s\"?", o->table,
                         column, rmt_node_text(word), pattern.s);
    else if (st == RMT_OK) st = need_column(c, o->table, column, word, "items");
    rmt_text_clear(&pattern);
    return st;
}

static rmt_status check_outcome(const checker *c, const rmt_plan_outcome *o, const rmt_node *map,
                                const rmt_node *visits)
{
    static const char *const keys[] = {"visit", "total", "baseline"};
    static const char *const common[] = {"visit", "day", "hours"};
    const rmt_node *words = rmt_node_get(map, "items");
    rmt_status st =
        need_column(c, o->table, c->plan->subject_id, rmt_node_get(map, "table"), "table");
    if (st != RMT_OK) return st;
    if (rmt_node_is_null(rmt_node_get(map, "visit")) &&
        (st = need_keys(c, o->table, visits, common, CONFIG_COUNT(common))))
        return st;
    if ((st = need_keys(c, o->table, map, keys, CONFIG_COUNT(keys)))) return st;
    for (size_t i = 0; i < o->n_items && st == RMT_OK; i++)
        st = need_item(c, o, i, words);
    return st;
}

static rmt_status check_summary(const checker *c, const rmt_plan_summary *s, const rmt_node *map)
{
    static const char *const labels[] = {"study", "outcome", "visit", "role"};
    static const char *const numbers[] = {"arm", "mean", "sd", "n", "events", "total"};
    const rmt_node *arms[] = {map, rmt_node_get(map, "treatment"), rmt_node_get(map, "control")};
    rmt_status st = need_keys(c, s->table, map, labels, CONFIG_COUNT(labels));
    for (size_t i = 0; i < CONFIG_COUNT(arms) && st == RMT_OK; i++)
        st = need_keys(c, s->table, arms[i], numbers, CONFIG_COUNT(numbers));
    return st;
}

typedef struct {
    const char **names;
    size_t n, cap;
} name_list;

static rmt_status list_name(name_list *l, const char *name, rmt_error *err)
{
    if (name == NULL) return RMT_OK;
    rmt_status st = rmt_mem_grow(&l->names, &l->cap, l->n + 1, sizeof *l->names, err);
    if (!st) l->names[l->n++] = name;
    return st;
}

static rmt_status list_names(name_list *l, const char *const *names, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && !st; i++)
        st = list_name(l, names[i], err);
    return st;
}

static rmt_status outcome_uses(name_list *labels, name_list *numbers, const rmt_plan *p,
                               const rmt_plan_outcome *o, rmt_error *err)
{
    const char *const own[] = {o->total, o->baseline};
    const char *visit = o->visit ? o->visit : p->visit_column;
    rmt_status st = list_name(p->visit_kind == RMT_VISIT_LABEL ? labels : numbers, visit, err);
    if (!st) st = list_names(numbers, own, CONFIG_COUNT(own), err);
    if (!st && o->items) st = list_names(numbers, o->items, o->n_items, err);
    return st;
}

static rmt_status summary_uses(name_list *labels, name_list *numbers, const rmt_plan_summary *s,
                               rmt_error *err)
{
    const char *const words[] = {s->study, s->outcome,  s->visit,   s->arm,
                                 s->role,  s->arm_w[0], s->arm_w[1]};
    const char *const counts[] = {s->mean,        s->sd,         s->n,         s->events,
                                  s->total,       s->mean_w[0],  s->mean_w[1], s->sd_w[0],
                                  s->sd_w[1],     s->n_w[0],     s->n_w[1],    s->events_w[0],
                                  s->events_w[1], s->total_w[0], s->total_w[1]};
    rmt_status st = list_names(labels, words, CONFIG_COUNT(words), err);
    return st ? st : list_names(numbers, counts, CONFIG_COUNT(counts), err);
}

static rmt_status dose_uses(name_list *labels, name_list *numbers, const rmt_plan *p,
                            rmt_error *err)
{
    const rmt_plan_doses *d = &p->trial.doses;
    rmt_status st = list_name(numbers, d->amount, err);
    return st ? st : list_name(p->visit_kind == RMT_VISIT_LABEL ? labels : numbers, d->visit, err);
}

rmt_status rmt_plan_column_uses(rmt_plan_uses *out, const rmt_plan *p, const char *table,
                                rmt_error *err)
{
    name_list labels = {0}, numbers = {0};
    const char *const everywhere[] = {p->subject_id, p->subject_arm};
    rmt_status st = list_names(&labels, everywhere, CONFIG_COUNT(everywhere), err);
    if (!st && p->visit_kind == RMT_VISIT_LABEL) st = list_name(&labels, p->visit_column, err);
    for (size_t i = 0; i < p->n_outcomes && !st; i++)
        if (strcmp(p->outcomes[i].table, table) == 0)
            st = outcome_uses(&labels, &numbers, p, &p->outcomes[i], err);
    for (size_t i = 0; i < p->n_summaries && !st; i++)
        if (strcmp(p->summaries[i].table, table) == 0)
            st = summary_uses(&labels, &numbers, &p->summaries[i], err);
    if (!st && p->trial.doses.table && strcmp(p->trial.doses.table, table) == 0)
        st = dose_uses(&labels, &numbers, p, err);
    *out = (rmt_plan_uses){labels.names, numbers.names, labels.n, numbers.n};
    if (st) rmt_plan_uses_clear(out);
    return st;
}

void rmt_plan_uses_clear(rmt_plan_uses *u)
{
    rmt_mem_free(u->labels);
    rmt_mem_free(u->numbers);
    *u = (rmt_plan_uses){0};
}

/* A date of visits is in the table of one outcome, at least; of several each may be in a further table of people. */
static bool has_visit_date(const checker *c, const char *date)
{
    const rmt_plan *p = c->plan;
    bool found = false;
    for (size_t i = 0; i < p->n_outcomes && !found; i++) {
        const rmt_table *t = table_of(c, p->outcomes[i].table);
        found = t == NULL || rmt_table_find(t, date) != RMT_NO_COLUMN;
    }
    for (size_t i = 0; i < p->n_tables && !found && p->trial.n_visit_dates > 1; i++)
        found =
            c->tables[i] == NULL || (rmt_table_find(c->tables[i], p->subject_id) != RMT_NO_COLUMN &&
                                     rmt_table_find(c->tables[i], date) != RMT_NO_COLUMN);
    return found;
}

/* Of several that are nowhere the table is named that has the like. */
static rmt_status check_visit_dates(const checker *c, const rmt_node *visits)
{
    const rmt_plan *p = c->plan;
    const rmt_node *words = rmt_node_get(visits, "date");
    for (size_t k = 0; k < p->trial.n_visit_dates && p->n_outcomes > 0; k++) {
        const char *date = p->trial.visit_dates[k];
        const rmt_node *at = config_word(words, k);
        if (has_visit_date(c, date)) continue;
        for (size_t i = 0; i < p->n_outcomes; i++) {
            const char *near = NULL;
            rmt_status st = nearest_column(&near, c, p->outcomes[i].table, date);
            if (st != RMT_OK) return st;
            if (near != NULL || i + 1 == p->n_outcomes)
                return need_column(c, p->outcomes[near ? i : 0].table, date, at, "date");
        }
    }
    return RMT_OK;
}

/* ---- conditions ------------------------------------------------------------------------------ */

/* Of a column of text: what its cells can be read as. One slip of a key makes a column text, and its other cells numbers
 * that conditions read: so one is enough. */
static unsigned kinds_of_cells(const rmt_table *t, size_t col)
{
    unsigned kinds = 0;
    double x;
    for (size_t row = 0; row < rmt_table_rows(t) && kinds != RMT_OPERAND_ANY; row++) {
        const char *cell = rmt_table_text(t, col, row);
        if (*cell == '\0') continue;
        kinds |= RMT_OPERAND_TEXT;
        if (!isnan(rmt_day_of(cell).days)) kinds |= RMT_OPERAND_DATE;
        if (rmt_num_parse_double(cell, strlen(cell), &x)) kinds |= RMT_OPERAND_NUMBER;
        if (row % RMT_TABLE_PIECE == RMT_TABLE_PIECE - 1) rmt_table_rest(t, col);
    }
    return kinds ? kinds : RMT_OPERAND_ANY;
}

/* The enum or the categories of a field. */
static void list_choices(rmt_operand_kind *k, const char ***room, const rmt_field *f)
{
    const size_t n = rmt_node_size(f->allowed);
    const char **choices = *room, **labels = choices + n;
    for (size_t i = 0; i < n; i++) {
        labels[i] = NULL;
        choices[i] = rmt_choice_text(rmt_node_at(f->allowed, i), &labels[i]);
    }
    k->choices = choices;
    k->labels = labels;
    k->n_choices = n;
    *room += 2 * n;
}

static void kind_of_column(rmt_operand_kind *k, const char ***room, const rmt_table *t, size_t col,
                           const rmt_field *f)
{
    static const char *const truths[] = {"true", "false"};
    static const rmt_operand_kind of_type[] = {
        [RMT_TYPE_NUMBER] = {.kinds = RMT_OPERAND_NUMBER, .type = "a number"},
        [RMT_TYPE_INTEGER] = {.kinds = RMT_OPERAND_NUMBER, .type = "a whole number"},
        [RMT_TYPE_BOOLEAN] = {.kinds = RMT_OPERAND_TEXT,
                              .type = "a boolean",
                              .choices = truths,
                              .n_choices = CONFIG_COUNT(truths),
                              .is_boolean = true},
        [RMT_TYPE_STRING] = {.kinds = RMT_OPERAND_TEXT, .type = "text"},
        [RMT_TYPE_DATE] = {.kinds = RMT_OPERAND_DATE, .type = "a date"},
        [RMT_TYPE_DATETIME] = {.kinds = RMT_OPERAND_DATE, .type = "a date with a time"}};
    const rmt_type type = rmt_table_type(t, col);
    *k = of_type[type];
    if (type == RMT_TYPE_STRING) k->kinds = kinds_of_cells(t, col);
    /* Those of other types are not written as the table has its values. */
    const bool has_choices =
        type == RMT_TYPE_NUMBER || type == RMT_TYPE_INTEGER || type == RMT_TYPE_STRING;
    if (f && f->allowed && has_choices) list_choices(k, room, f);
}

/* The codes by which the cells of a column are missing, as its field, its schema or the plan has them. */
static const rmt_node *missing_of(const rmt_plan *p, const rmt_plan_operand *o, const rmt_field *f)
{
    const rmt_plan_table *t = rmt_plan_find_table(p, o->table);
    if (f && f->missing_values) return f->missing_values;
    return t->schema ? t->schema->missing_values : t->missing;
}

static void list_missing(rmt_operand_kind *k, const char ***room, const rmt_node *codes)
{
    const char **missing = *room;
    for (size_t i = 0; i < config_n_words(codes); i++)
        missing[i] = rmt_choice_text(config_word(codes, i), NULL);
    k->missing = missing;
    k->n_missing = config_n_words(codes);
    *room += k->n_missing;
}

static const rmt_field *field_of(const rmt_plan *p, const rmt_plan_operand *o)
{
    const rmt_schema *s = rmt_plan_find_table(p, o->table)->schema;
    return s ? rmt_schema_field(s, o->column) : NULL;
}

/* What the names of a condition can hold. */
static rmt_status check_kinds(const checker *c, const rmt_plan_criterion *e, const rmt_node *at)
{
    static const rmt_operand_kind total = {.kinds = RMT_OPERAND_NUMBER, .type = "a total"};
    const size_t n = rmt_condition_n_names(e->condition);
    size_t n_choices = 0, n_missing = 0;
    rmt_operand_kind *kinds = rmt_mem_array(n, sizeof *kinds, c->err);
    rmt_plan_operand *operands = rmt_mem_array(n, sizeof *operands, c->err);
    const char **choices = NULL, **room;
    rmt_status st = kinds && operands ? RMT_OK : RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++) {
        operands[i] = rmt_plan_operand_of(c->plan, rmt_condition_name(e->condition, i));
        const rmt_field *f = operands[i].outcome ? NULL : field_of(c->plan, &operands[i]);
        n_choices += f ? rmt_node_size(f->allowed) : 0;
        if (!operands[i].outcome) n_missing += config_n_words(missing_of(c->plan, &operands[i], f));
    }
    if (!st && !(choices = rmt_mem_array(2 * n_choices + n_missing, sizeof *choices, c->err)))
        st = RMT_ERR_NOMEM;
    room = choices;
    for (size_t i = 0; i < n && !st; i++) {
        const rmt_plan_operand *o = &operands[i];
        kinds[i] = total;
        if (o->outcome) continue;
        const rmt_table *t = c->tables[rmt_plan_find_table(c->plan, o->table) - c->plan->tables];
        const rmt_field *f = field_of(c->plan, o);
        if (t) kind_of_column(&kinds[i], &room, t, rmt_table_find(t, o->column), f);
        else kinds[i].kinds = RMT_OPERAND_ANY;
        list_missing(&kinds[i], &room, missing_of(c->plan, o, f));
    }
    if (!st)
        st = rmt_condition_check(e->condition, e->text, kinds, rmt_node_source(at),
                                 rmt_node_line(at), c->err);
    rmt_mem_free(choices);
    rmt_mem_free(operands);
    rmt_mem_free(kinds);
    return st ? rmt_error_locate(c->err, NULL, 0, "condition"), st : RMT_OK;
}

static rmt_status check_criterion(const checker *c, const rmt_plan_criterion *e,
                                  const rmt_node *map)
{
    const rmt_node *at = rmt_node_get(map, "condition");
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < rmt_condition_n_names(e->condition) && st == RMT_OK; i++) {
        const rmt_plan_operand o =
            rmt_plan_operand_of(c->plan, rmt_condition_name(e->condition, i));
        if (o.outcome != NULL) continue;
        /* Mostly a name that is none is a text without its quotes. */
        st = need_column_or(c, o.table, o.column, at, "condition",
                            !o.of_subject           ? ""
                            : strchr(o.column, '.') ? ", and no table is called so"
                                                    : "; a text stands in quotes");
        if (st == RMT_OK && !o.of_subject)
            st = need_column(c, o.table, c->plan->subject_id, at, "condition");
    }
    return st ? st : check_kinds(c, e, at);
}

/* Doses, monitoring and eligibility. */
static rmt_status check_conduct(const checker *c, const rmt_node *root)
{
    static const char *const dose_keys[] = {"visit", "date", "amount"};
    static const char *const columns[] = {"columns"};
    const rmt_plan_trial *t = &c->plan->trial;
    const rmt_node *doses = rmt_node_get(root, "doses");
    rmt_status st = RMT_OK;
    if (t->doses.table != NULL) {
        st = need_keys(c, t->doses.table, doses, dose_keys, CONFIG_COUNT(dose_keys));
        if (st == RMT_OK)
            st = need_column(c, t->doses.table, c->plan->subject_id, rmt_node_get(doses, "table"),
                             "table");
    }
    for (size_t i = 0; i < t->n_monitoring && st == RMT_OK; i++) {
        const rmt_node *map = rmt_node_at(rmt_node_get(root, "monitoring"), i);
        if (t->monitoring[i].outcome != NULL) continue;
        st = need_column(c, t->monitoring[i].table, c->plan->subject_id, rmt_node_get(map, "table"),
                         "table");
        if (st == RMT_OK) st = need_keys(c, t->monitoring[i].table, map, columns, 1);
    }
    for (size_t i = 0; i < t->n_eligibility && st == RMT_OK; i++)
        st = check_criterion(c, &t->eligibility[i],
                             rmt_node_at(rmt_node_get(root, "eligibility"), i));
    return st;
}

rmt_status rmt_plan_check_columns(const rmt_plan *p, const rmt_node *root,
                                  const rmt_table *const *tables, rmt_error *err)
{
    static const char *const subject_keys[] = {"id",      "arm",        "strata",     "covariates",
                                               "consent", "withdrawal", "randomised", "first_dose"};
    const checker c = {p, tables, err};
    const rmt_node *outcomes = rmt_node_get(root, "outcomes");
    const rmt_node *summaries = rmt_node_get(root, "summaries");
    rmt_status st = RMT_OK;
    if (p->subject_table != NULL)
        st = need_keys(&c, p->subject_table, rmt_node_get(root, "subjects"), subject_keys,
                       CONFIG_COUNT(subject_keys));
    for (size_t i = 0; i < p->n_outcomes && st == RMT_OK; i++)
        st = check_outcome(&c, &p->outcomes[i], rmt_node_at(outcomes, i),
                           rmt_node_get(root, "visits"));
    for (size_t i = 0; i < p->n_summaries && st == RMT_OK; i++)
        st = check_summary(&c, &p->summaries[i], rmt_node_at(summaries, i));
    if (st == RMT_OK) st = check_visit_dates(&c, rmt_node_get(root, "visits"));
    if (st == RMT_OK) st = check_conduct(&c, root);
    return st;
}
