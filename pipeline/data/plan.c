#include "rmt/plan.h"

#include "plan_read.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- data ------------------------------------------------------------------------------------ */

static rmt_status parse_dialect(rmt_plan_table *t, const rmt_node *map, rmt_error *err)
{
    const char *delimiter = NULL;
    size_t choice = PLAN_N_VALUES;
    rmt_status st = config_text(map, "delimiter", &delimiter, err);
    if (st != RMT_OK) return st;
    if (delimiter != NULL) {
        t->delimiter = strcmp(delimiter, "tab") == 0 ? '\t' : delimiter[0];
        if ((t->delimiter != '\t' && strlen(delimiter) != 1) ||
            strchr(",;|:\t ", t->delimiter) == NULL)
            return CONFIG_FAIL(err, rmt_node_get(map, "delimiter"), "delimiter",
                               "'%s' is none of ',' ';' '|' ':' ' ' and 'tab'", delimiter);
    }
    t->decimal = '.';
    if ((st = plan_choice(map, "decimal", PLAN_VALUES_DECIMAL, &choice, err))) return st;
    if (choice == 1) t->decimal = ',';
    if (t->decimal == t->delimiter)
        return CONFIG_FAIL(err, rmt_node_get(map, "delimiter"), "delimiter",
                           "'%c' cannot be both the delimiter and the decimal sign", t->decimal);
    const rmt_plan_words *encodings = plan_value_words(PLAN_VALUES_ENCODING);
    choice = encodings->n;
    if ((st = plan_choice(map, "encoding", PLAN_VALUES_ENCODING, &choice, err))) return st;
    if (choice < encodings->n) t->encoding = encodings->words[choice];
    return RMT_OK;
}

/* What of the file is neither header nor data. */
static rmt_status parse_passed_over(rmt_plan_table *t, const rmt_node *map, rmt_error *err)
{
    enum { FOOTER_ROWS_MAX = 1000 };
    const char *comment = NULL;
    rmt_status st;
    if ((st = rmt_node_read_size(map, "skip_rows", &t->skip_rows, err))) return st;
    if ((st = rmt_node_read_size(map, "label_rows", &t->label_rows, err))) return st;
    if ((st = rmt_node_read_size(map, "footer_rows", &t->footer_rows, err))) return st;
    if (t->footer_rows > FOOTER_ROWS_MAX)
        return CONFIG_FAIL(err, rmt_node_get(map, "footer_rows"), "footer_rows",
                           "%zu rows are more than %d", t->footer_rows, FOOTER_ROWS_MAX);
    if ((st = config_text(map, "comment", &comment, err)) || comment == NULL) return st;
    t->comment = comment[0];
    if (strlen(comment) != 1 || strchr("#%!*~;/", t->comment) == NULL)
        return CONFIG_FAIL(err, rmt_node_get(map, "comment"), "comment",
                           "'%s' is none of '#' '%%' '!' '*' '~' ';' and '/'", comment);
    if (t->comment == t->delimiter)
        return CONFIG_FAIL(err, rmt_node_get(map, "comment"), "comment",
                           "'%c' cannot be both the delimiter and the comment sign", t->comment);
    return RMT_OK;
}

static rmt_status check_column_names(const rmt_node *names, rmt_error *err)
{
    for (size_t i = 0; i < rmt_node_size(names); i++) {
        const char *key = rmt_node_key(names, i), *text = rmt_node_text(rmt_node_at(names, i));
        int64_t position;
        if (!rmt_num_parse_int(key, strlen(key), &position) || position < 1)
            return CONFIG_FAIL(err, rmt_node_at(names, i), "names",
                               "'%s' is not the position of a column, counted from 1", key);
        if (text == NULL || text[0] == '\0')
            return CONFIG_FAIL(err, rmt_node_at(names, i), "names", "column %s gets no name", key);
    }
    return RMT_OK;
}

static rmt_status parse_table(rmt_plan_table *t, const rmt_plan *p, const char *name,
                              const rmt_node *map, rmt_error *err)
{
    rmt_status st;
    t->name = name;
    t->line = rmt_node_line(map);
    if (!config_is_name(name))
        return CONFIG_FAIL(err, map, name,
                           "table name '%s' is not a letter followed by letters, digits and _",
                           name);
    if ((st = plan_check_keys(map, PLAN_KEYS_TABLE, err))) return st;
    if (!rmt_node_is_null(rmt_node_get(map, "forms"))) return plan_parse_forms(t, p, map, err);
    if ((st = config_need_text(map, "table", "file", &t->file, err)) ||
        (st = parse_dialect(t, map, err)) || (st = parse_passed_over(t, map, err)) ||
        (st = rmt_node_read_child(map, "missing", RMT_NODE_LIST, &t->missing, err)) ||
        (st = rmt_node_read_child(map, "names", RMT_NODE_MAP, &t->names, err)) ||
        (st = check_column_names(t->names, err)) || (st = plan_parse_expect(t, map, err)) ||
        (st = plan_parse_wide(t, map, err)))
        return st;
    for (size_t i = 0; i < rmt_node_size(t->missing); i++)
        if (rmt_node_kind_of(rmt_node_at(t->missing, i)) != RMT_NODE_SCALAR)
            return CONFIG_FAIL(err, rmt_node_at(t->missing, i), "missing",
                               "a missing code is a text, such as \"NA\"");
    const rmt_node *schema = rmt_node_get(map, "schema");
    if (rmt_node_is_null(schema)) return RMT_OK;
    t->schema_node = schema;
    if (t->missing != NULL)
        return CONFIG_FAIL(err, rmt_node_get(map, "missing"), "missing",
                           "'missing' is for a table without a schema; this one's schema has "
                           "'missingValues'");
    if (rmt_node_kind_of(schema) == RMT_NODE_LIST)
        return CONFIG_FAIL(err, schema, "schema", "'schema' is a path or a Table Schema object");
    if (rmt_node_kind_of(schema) == RMT_NODE_SCALAR || t->wide) return RMT_OK;
    return rmt_schema_parse(&t->schema, schema, err);
}

static rmt_status parse_data(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *data = NULL;
    rmt_status st = config_need(root, "plan", "data", RMT_NODE_MAP, &data, err);
    if (st != RMT_OK) return st;
    size_t n = rmt_node_size(data);
    if (n == 0) return CONFIG_FAIL(err, data, "data", "'data' names no table");
    if ((p->tables = rmt_mem_array(n, sizeof *p->tables, err)) == NULL) return RMT_ERR_NOMEM;
    p->n_tables = n;
    for (size_t i = 0; i < n; i++)
        if ((st = parse_table(&p->tables[i], p, rmt_node_key(data, i), rmt_node_at(data, i), err)))
            return st;
    size_t n_forms = 0;
    for (size_t i = 0; i < n; i++)
        n_forms += p->tables[i].n_forms;
    if (p->redcap.file != NULL && n_forms == 0)
        return CONFIG_FAIL(err, rmt_node_get(root, "redcap"), "redcap",
                           "no table of 'data' has 'forms': nothing of the export would be read");
    return RMT_OK;
}

/* ---- study, subjects, arms ------------------------------------------------------------------- */

static rmt_status parse_study(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    rmt_status st;
    if ((st = config_need(root, "plan", "study", RMT_NODE_MAP, &map, err)) ||
        (st = plan_check_keys(map, PLAN_KEYS_STUDY, err)) ||
        (st = config_need_text(map, "study", "id", &p->study_id, err)) ||
        (st = config_text(map, "title", &p->study_title, err)))
        return st;
    return config_text(map, "registry", &p->registry, err);
}

static rmt_status parse_subjects(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    size_t rows = 0;
    rmt_status st = rmt_node_read_child(root, "subjects", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_SUBJECTS, err)) ||
        (st = plan_need_table(p, map, "subjects", "table", &p->subject_table, err)) ||
        (st = config_need_text(map, "subjects", "id", &p->subject_id, err)) ||
        (st = config_need_text(map, "subjects", "arm", &p->subject_arm, err)) ||
        (st = plan_choice(map, "one_row_per", PLAN_VALUES_ONE_ROW_PER, &rows, err)) ||
        (st = config_word_array(map, "strata", &p->strata, &p->n_strata, err)))
        return st;
    p->one_row_per_subject = rows == 0;
    return config_word_array(map, "covariates", &p->covariates, &p->n_covariates, err);
}

/* "ratio: [2, 1]", arm by arm in the order of 'order'. */
static rmt_status parse_ratio(rmt_plan *p, const rmt_node *map, rmt_error *err)
{
    const rmt_node *list = NULL;
    rmt_status st = rmt_node_read_child(map, "ratio", RMT_NODE_LIST, &list, err);
    if (st != RMT_OK || list == NULL) return st;
    if (p->n_arms == 0 || rmt_node_size(list) != p->n_arms)
        return CONFIG_FAIL(
            err, list, "ratio",
            "'ratio' has %zu numbers and 'order' %zu arms; it needs one for each arm",
            rmt_node_size(list), p->n_arms);
    if (!(p->arm_ratio = rmt_mem_array(p->n_arms, sizeof *p->arm_ratio, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_arms; i++) {
        const char *text = rmt_node_text(rmt_node_at(list, i));
        if (!text || !rmt_num_parse_double(text, strlen(text), &p->arm_ratio[i]) ||
            !(p->arm_ratio[i] > 0))
            return CONFIG_FAIL(err, rmt_node_at(list, i), "ratio", "'%s' is no number above 0",
                               text ? text : "");
    }
    return RMT_OK;
}

static rmt_status parse_arms(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    const rmt_node *map = NULL;
    rmt_status st = rmt_node_read_child(root, "arms", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_ARMS, err)) ||
        (st = config_need_text(map, "arms", "reference", &p->reference_arm, err)) ||
        (st = config_word_array(map, "order", &p->arms, &p->n_arms, err)))
        return st;
    if (p->n_arms > 0 && config_find(p->reference_arm, p->arms, p->n_arms) == p->n_arms)
        return config_unknown(rmt_node_get(map, "reference"), "reference", "arm", p->reference_arm,
                              p->arms, p->n_arms, err);
    if (p->n_arms == 1)
        return CONFIG_FAIL(err, rmt_node_get(map, "order"), "order",
                           "one arm alone cannot be compared");
    return parse_ratio(p, map, err);
}

/* ---- visits ---------------------------------------------------------------------------------- */

static rmt_status parse_window(rmt_plan_visit *v, const rmt_node *map, const char *key,
                               rmt_error *err)
{
    const rmt_node *window = NULL;
    rmt_status st = rmt_node_read_child(map, key, RMT_NODE_LIST, &window, err);
    if (st != RMT_OK || window == NULL) return st;
    const char *low = rmt_node_text(rmt_node_at(window, 0));
    const char *high = rmt_node_text(rmt_node_at(window, 1));
    if (rmt_node_size(window) != 2 || low == NULL || high == NULL ||
        !rmt_num_parse_double(low, strlen(low), &v->low) ||
        !rmt_num_parse_double(high, strlen(high), &v->high))
        return CONFIG_FAIL(err, window, key, "'%s' is two numbers, [from, to]", key);
    if (v->low > v->high)
        return CONFIG_FAIL(err, window, key, "the window from %g to %g is empty", v->low, v->high);
    if (v->at < v->low || v->at > v->high)
        return CONFIG_FAIL(err, window, key, "visit '%s' at %g is outside its window %g to %g",
                           v->name, v->at, v->low, v->high);
    return RMT_OK;
}

/* Day and hour visits are found by their window; without one, by their time itself. */
static rmt_status parse_visit_time(rmt_plan_visit *v, rmt_visit_kind kind, const rmt_node *map,
                                   rmt_error *err)
{
    bool by_day = rmt_node_get(map, "day") != NULL || rmt_node_get(map, "window") != NULL;
    bool by_hour = rmt_node_get(map, "hours") != NULL || rmt_node_get(map, "window_hours") != NULL;
    v->at = v->low = v->high = (double)NAN;
    if (by_day && by_hour)
        return CONFIG_FAIL(err, map, v->name, "visit '%s' is given both in days and in hours",
                           v->name);
    if (by_hour && kind == RMT_VISIT_DAY)
        return CONFIG_FAIL(err, map, v->name, "visits go by day, but visit '%s' is given in hours",
                           v->name);
    if (by_day && kind == RMT_VISIT_HOURS)
        return CONFIG_FAIL(err, map, v->name, "visits go by hours, but visit '%s' is given in days",
                           v->name);
    v->hours = by_hour || kind == RMT_VISIT_HOURS;
    rmt_status st;
    if ((st = rmt_node_read_number(map, v->hours ? "hours" : "day", &v->at, err)) ||
        (st = parse_window(v, map, v->hours ? "window_hours" : "window", err)))
        return st;
    if (kind == RMT_VISIT_LABEL || !isnan(v->low)) return RMT_OK;
    if (isnan(v->at))
        return CONFIG_FAIL(err, map, v->name, "visit '%s' needs '%s' or '%s'", v->name,
                           v->hours ? "hours" : "day", v->hours ? "window_hours" : "window");
    v->low = v->high = v->at;
    return RMT_OK;
}

static rmt_status parse_visit_values(rmt_plan_visit *v, const rmt_node *map, rmt_error *err)
{
    rmt_status st = config_word_array(map, "value", &v->values, &v->n_values, err);
    if (st != RMT_OK || v->n_values > 0) return st;
    if (v->values != NULL)
        return CONFIG_FAIL(err, rmt_node_get(map, "value"), "value",
                           "visit '%s' is told by no value", v->name);
    if ((v->values = rmt_mem_array(1, sizeof *v->values, err)) == NULL) return RMT_ERR_NOMEM;
    v->values[0] = v->name;
    v->n_values = 1;
    return RMT_OK;
}

static rmt_status parse_visit(rmt_plan *p, size_t index, const rmt_node *map, rmt_error *err)
{
    rmt_plan_visit *v = &p->visits[index];
    rmt_status st;
    if ((st = plan_check_keys(map, PLAN_KEYS_VISIT, err)) ||
        (st = config_need_text(map, "visit", "name", &v->name, err)))
        return st;
    v->title = v->name;
    if ((st = parse_visit_values(v, map, err)) ||
        (st = config_text(map, "title", &v->title, err)) ||
        (st = rmt_node_read_bool(map, "baseline", &v->baseline, err)) ||
        (st = parse_visit_time(v, p->visit_kind, map, err)))
        return st;
    if (p->visit_kind != RMT_VISIT_LABEL && rmt_node_get(map, "value") != NULL)
        return CONFIG_FAIL(err, rmt_node_get(map, "value"), "value",
                           "'value' is for visits told by a label; these go by time");
    return RMT_OK;
}

typedef struct {
    const rmt_plan_visit *visit;
    size_t position;
} window;

static int by_start(const void *a, const void *b)
{
    const window *x = a, *y = b;
    if (x->visit->hours != y->visit->hours) return x->visit->hours ? 1 : -1;
    return (x->visit->low > y->visit->low) - (x->visit->low < y->visit->low);
}

/* Windows of one unit must not overlap. */
static rmt_status check_windows(const rmt_plan *p, const rmt_node *schedule, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n = 0;
    window *sorted = rmt_mem_array(p->n_visits, sizeof *sorted, err);
    if (sorted == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_visits; i++)
        if (!isnan(p->visits[i].low)) sorted[n++] = (window){&p->visits[i], i};
    qsort(sorted, n, sizeof *sorted, by_start);
    for (size_t i = 1; i < n && st == RMT_OK; i++) {
        bool in_order = sorted[i - 1].position < sorted[i].position;
        const window *v = &sorted[in_order ? i : i - 1], *w = &sorted[in_order ? i - 1 : i];
        if (w->visit->hours == v->visit->hours && sorted[i].visit->low <= sorted[i - 1].visit->high)
            st = CONFIG_FAIL(err, rmt_node_at(schedule, v->position),
                             v->visit->hours ? "window_hours" : "window",
                             "the windows of '%s' (%g to %g) and '%s' (%g to %g) overlap",
                             w->visit->name, w->visit->low, w->visit->high, v->visit->name,
                             v->visit->low, v->visit->high);
    }
    rmt_mem_free(sorted);
    return st;
}

/* The visit that the k-th of all values belongs to. */
static size_t visit_of_value(const rmt_plan *p, size_t k)
{
    size_t i = 0;
    for (; k >= p->visits[i].n_values; i++)
        k -= p->visits[i].n_values;
    return i;
}

static rmt_status check_values_apart(const rmt_plan *p, const rmt_node *schedule, rmt_error *err)
{
    size_t n = 0, used = 0, first = 0, again = 0;
    for (size_t i = 0; i < p->n_visits; i++)
        n += p->visits[i].n_values;
    const char **texts = rmt_mem_array(n, sizeof *texts, err);
    if (texts == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < p->n_visits; i++)
        for (size_t k = 0; k < p->visits[i].n_values; k++)
            texts[used++] = p->visits[i].values[k];
    rmt_status st = config_repeat(texts, n, &first, &again, err);
    if (st == RMT_OK && again < n)
        st = CONFIG_FAIL(err, rmt_node_at(schedule, visit_of_value(p, again)), "value",
                         "visits '%s' and '%s' have the same value '%s'",
                         p->visits[visit_of_value(p, first)].name,
                         p->visits[visit_of_value(p, again)].name, texts[again]);
    rmt_mem_free(texts);
    return st;
}

/* No two visits have the same name, or are told by the same value or time. */
static rmt_status check_visits_apart(const rmt_plan *p, const rmt_node *schedule, rmt_error *err)
{
    size_t n = p->n_visits, first = 0, again = n;
    const char **texts = rmt_mem_array(n, sizeof *texts, err);
    if (texts == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        texts[i] = p->visits[i].name;
    rmt_status st = config_repeat(texts, n, &first, &again, err);
    if (st == RMT_OK && again < n)
        st = CONFIG_FAIL(err, rmt_node_at(schedule, again), "name", "two visits are called '%s'",
                         texts[again]);
    rmt_mem_free(texts);
    if (st == RMT_OK) st = check_values_apart(p, schedule, err);
    return st == RMT_OK ? check_windows(p, schedule, err) : st;
}

static rmt_status parse_visits(rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    static const char *const kinds[] = {"visit", "day", "hours"}; /* as rmt_visit_kind */
    const rmt_node *map = NULL, *schedule = NULL;
    size_t given = 0;
    rmt_status st = rmt_node_read_child(root, "visits", RMT_NODE_MAP, &map, err);
    if (st != RMT_OK || map == NULL) return st;
    if ((st = plan_check_keys(map, PLAN_KEYS_VISITS, err))) return st;
    for (size_t i = 0; i < CONFIG_COUNT(kinds); i++) {
        const char *column = NULL;
        if ((st = config_text(map, kinds[i], &column, err))) return st;
        if (column == NULL) continue;
        p->visit_kind = (rmt_visit_kind)i;
        p->visit_column = column;
        given++;
    }
    if (given != 1)
        return CONFIG_FAIL(err, map, "visits",
                           "visits need exactly one of 'visit', 'day' and 'hours', the column that "
                           "tells visits apart");
    if ((st = config_need(map, "visits", "schedule", RMT_NODE_LIST, &schedule, err))) return st;
    size_t n = rmt_node_size(schedule), n_baseline = 0;
    if (n == 0) return CONFIG_FAIL(err, schedule, "schedule", "the schedule has no visit");
    if ((p->visits = rmt_mem_array(n, sizeof *p->visits, err)) == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const rmt_node *entry = rmt_node_at(schedule, i);
        p->n_visits = i + 1; /* before the parse: what it has made is freed too */
        if ((st = parse_visit(p, i, entry, err))) return st;
        n_baseline += p->visits[i].baseline ? 1 : 0;
        if (p->visits[i].baseline && n_baseline > 1)
            return CONFIG_FAIL(err, entry, "baseline", "visit '%s' is a second baseline",
                               p->visits[i].name);
    }
    return check_visits_apart(p, schedule, err);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static rmt_status check_seed(const rmt_node *root, rmt_error *err)
{
    const char *text = NULL;
    int64_t seed;
    rmt_status st = config_text(root, "seed", &text, err);
    if (st != RMT_OK || text == NULL) return st;
    if (!rmt_num_parse_int(text, strlen(text), &seed) || seed < 0)
        return CONFIG_FAIL(err, rmt_node_get(root, "seed"), "seed",
                           "'%s' is not a whole number from 0", text);
    return RMT_OK;
}

static rmt_status check_whole(const rmt_plan *p, const rmt_node *root, rmt_error *err)
{
    static const char *const needed[] = {"subjects", "arms", "visits"};
    if (p->n_outcomes == 0 && p->n_summaries == 0)
        return CONFIG_FAIL(
            err, config_place(root, rmt_node_get(root, "outcomes") ? "outcomes" : "summaries"),
            "outcomes", "plan needs 'outcomes' (with subjects, arms and visits) or 'summaries'");
    if (p->n_outcomes == 0) return RMT_OK;
    for (size_t i = 0; i < CONFIG_COUNT(needed); i++)
        if (rmt_node_is_null(rmt_node_get(root, needed[i])))
            return CONFIG_FAIL(err, config_place(root, needed[i]), needed[i],
                               "plan with outcomes needs '%s'", needed[i]);
    bool has_baseline = false;
    for (size_t i = 0; i < p->n_visits; i++)
        has_baseline = has_baseline || p->visits[i].baseline;
    for (size_t i = 0; i < p->n_outcomes && !has_baseline; i++)
        if (p->outcomes[i].baseline == NULL)
            return CONFIG_FAIL(err, rmt_node_get(rmt_node_get(root, "visits"), "schedule"),
                               "baseline",
                               "no visit is the baseline of outcome '%s': mark one with "
                               "'baseline: true', or name a column with the outcome's 'baseline'",
                               p->outcomes[i].name);
    return RMT_OK;
}

rmt_status rmt_plan_parse(rmt_plan **out, const rmt_node *root, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_plan *p = rmt_mem_array(1, sizeof *p, err);
    if (p == NULL) return RMT_ERR_NOMEM;
    p->one_row_per_subject = true;
    if ((st = plan_check_keys(root, PLAN_KEYS_PLAN, err)) || (st = parse_study(p, root, err)) ||
        (st = plan_parse_redcap(p, root, err)) || (st = plan_check_package(root, err)) ||
        (st = parse_data(p, root, err)) || (st = parse_subjects(p, root, err)) ||
        (st = parse_arms(p, root, err)) || (st = parse_visits(p, root, err)) ||
        (st = plan_finish_wide(p, err)) || (st = plan_parse_outcomes(p, root, err)) ||
        (st = plan_parse_summaries(p, root, err)) || (st = check_whole(p, root, err)) ||
        (st = plan_parse_analyses(p, root, err)) || (st = check_seed(root, err)) ||
        (st = plan_parse_trial(p, root, err)) || (st = plan_parse_checks(p, root, err)))
        goto done;
    *out = p;
    p = NULL;
done:
    rmt_plan_free(p);
    return st;
}

void rmt_plan_free(rmt_plan *p)
{
    if (p == NULL) return;
    plan_free_trial(p);
    for (size_t i = 0; i < p->n_tables; i++) {
        rmt_schema_free(p->tables[i].schema);
        rmt_doc_free(p->tables[i].long_doc);
        rmt_wide_free(p->tables[i].wide);
        rmt_mem_free(p->tables[i].forms);
        rmt_mem_free(p->tables[i].events);
    }
    for (size_t i = 0; i < p->n_outcomes; i++) {
        rmt_instrument_free(p->outcomes[i].instrument);
        rmt_mem_free(p->outcomes[i].items);
    }
    rmt_mem_free(p->tables);
    rmt_mem_free(p->strata);
    rmt_mem_free(p->covariates);
    rmt_mem_free(p->arms);
    rmt_mem_free(p->arm_ratio);
    for (size_t i = 0; i < p->n_visits; i++)
        rmt_mem_free(p->visits[i].values);
    rmt_mem_free(p->visits);
    rmt_mem_free(p->outcomes);
    rmt_mem_free(p->summaries);
    rmt_mem_free(p);
}
