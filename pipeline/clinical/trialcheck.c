/* trialcheck.c - see rmt/trialcheck.h. */
#include "rmt/trialcheck.h"

#include "check_parts.h"
#include "overview.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the subject table --------------------------------------------------------------------- */

typedef struct {
    rmt_reporter *out;
    const rmt_plan *plan;
    const rmt_subjects *s;
    size_t line_column;
    const char *known_arms; /* "'ketamine', 'midazolam'" */
    const rmt_arms_seen *seen;
} subject_check;

static rmt_finding subject_finding(const subject_check *c, const char *code, size_t row,
                                   const char *subject)
{
    rmt_finding f = rmt_finding_of_row(code, c->plan->subject_table,
                                       rmt_line_of(c->s->table, c->line_column, row), row);
    f.subject = subject;
    return f;
}

static bool is_arm_of(const rmt_subjects *s, const char *arm, size_t row)
{
    char buf[RMT_NUM_BUF];
    return strcmp(arm, rmt_table_format(s->table, s->arm_column, row, buf)) == 0;
}

static void check_rows_of_subject(const subject_check *c, const rmt_subject *x)
{
    const rmt_subjects *s = c->s;
    char first_buf[RMT_NUM_BUF], buf[RMT_NUM_BUF];
    const char *first = "";
    const size_t first_line = rmt_line_of(s->table, c->line_column, s->rows[x->first]);
    size_t last_line = 0;

    for (size_t i = 0; i < x->n_rows; i++) {
        size_t row = s->rows[x->first + i];
        const char *arm = rmt_table_format(s->table, s->arm_column, row, *first ? buf : first_buf);
        /* The rows made of one line of a wide file are one row, unless the visits have arms of their own. */
        const size_t line = rmt_line_of(s->table, c->line_column, row);
        const bool same_line = i > 0 && line > 0 && line == last_line;
        last_line = line;
        if (same_line && is_arm_of(s, arm, s->rows[x->first + i - 1])) continue;
        if (*first && *arm && strcmp(arm, first) != 0) {
            rmt_finding f = subject_finding(c, "trial/randomised-twice", row, x->id);
            f.column = c->plan->subject_arm;
            f.value = arm;
            f.rule = "one arm for a subject";
            rmt_report(c->out, f, "subject %s is in arm %s and in arm %s", x->id, first, arm);
        } else if (i > 0 && !same_line && c->plan->one_row_per_subject) {
            rmt_finding f = subject_finding(c, "trial/randomised-twice", row, x->id);
            f.column = c->plan->subject_id;
            f.value = x->id;
            f.rule = "one row for a subject";
            rmt_report(c->out, f, "subject %s stands on line %zu already", x->id, first_line);
        }
        if (!*first) first = arm;
    }
}

/* Where not all could be listed, any may have been. */
static bool is_seen(const rmt_arms_seen *seen, const char *arm)
{
    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->names[i], arm) == 0) return true;
    return seen->n == RMT_ARMS_SEEN;
}

static void check_arm_of_subject(const subject_check *c, const rmt_subject *x)
{
    const rmt_subjects *s = c->s;
    bool any = false;
    const char *last = "";
    char buf[2][RMT_NUM_BUF];

    for (size_t i = 0; i < x->n_rows; i++) {
        size_t row = s->rows[x->first + i];
        const char *arm = rmt_table_format(s->table, s->arm_column, row, buf[i % 2]);
        if (!*arm) continue;
        any = true;
        bool known = false;
        for (size_t a = 0; a < s->n_arms && !known; a++)
            known = strcmp(s->arms[a], arm) == 0;
        if (known || strcmp(arm, last) == 0) continue;
        last = arm;
        const char *near = rmt_text_nearest(arm, s->arms, s->n_arms);
        rmt_finding f = subject_finding(c, "trial/unknown-arm", row, x->id);
        f.column = c->plan->subject_arm;
        f.value = arm;
        f.rule = "an arm of the plan";
        /* A name of the plan that nobody has is the one to change. */
        if (near && !is_seen(c->seen, near))
            rmt_report(
                c->out, f,
                "'%s' is no arm of the plan (%s); nobody is in the plan's '%s': did it mean '%s'?",
                arm, c->known_arms, near, arm);
        else
            rmt_report(c->out, f, "'%s' is no arm of the plan (%s)%s%s%s", arm, c->known_arms,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    if (any) return;
    rmt_finding f = subject_finding(c, "trial/arm-missing", s->rows[x->first], x->id);
    f.column = c->plan->subject_arm;
    f.value = rmt_table_reason(s->table, s->arm_column, s->rows[x->first]);
    f.rule = "every subject has an arm";
    rmt_report(c->out, f, "subject %s has no arm", x->id);
}

static bool is_plan_arm(const rmt_plan *plan, const char *arm)
{
    for (size_t i = 0; i < plan->n_arms; i++)
        if (strcmp(plan->arms[i], arm) == 0) return true;
    return false;
}

static void check_empty_arms(const subject_check *c)
{
    for (size_t a = 0; a < c->s->n_arms; a++) {
        bool found = false;
        for (size_t i = 0; i < c->s->n && !found; i++)
            found = c->s->subjects[i].arm == a;
        if (found) continue;
        rmt_finding f = {.code = "trial/empty-arm",
                         .table = c->plan->subject_table,
                         .column = c->plan->subject_arm,
                         .value = c->s->arms[a],
                         .rule = "every arm has subjects"};
        /* What the data have and the plan does not is what the plan may have meant. */
        const char *names[RMT_ARMS_SEEN];
        size_t n = 0;
        for (size_t i = 0; i < c->seen->n; i++)
            if (c->plan->n_arms == 0 || !is_plan_arm(c->plan, c->seen->names[i]))
                names[n++] = c->seen->names[i];
        const char *near = rmt_text_nearest(c->s->arms[a], names, n);
        rmt_report(c->out, f, "no subject is in arm '%s'%s%s%s", c->s->arms[a],
                   near ? "; did the plan mean '" : "", near ? near : "", near ? "'?" : "");
    }
}

/* Without arms.order every spelling is an arm of its own. */
static void check_alike_arms(const subject_check *c)
{
    enum { RARE = 4 }; /* a slip makes a small arm: at most one for so many of the true one */
    const rmt_arms_seen *seen = c->seen;
    for (size_t i = 0; i < seen->n; i++)
        for (size_t k = 0; k < i; k++) {
            const bool less = seen->n_subjects[i] < seen->n_subjects[k];
            const size_t few = less ? i : k, many = less ? k : i;
            const rmt_likeness like = rmt_names_likeness(seen->names[i], seen->names[k]);
            if (like == RMT_NAMES_DIFFER) continue;
            if (like == RMT_NAMES_ONE_SLIP && seen->n_subjects[few] > seen->n_subjects[many] / RARE)
                continue;
            rmt_finding f = {.code = "trial/arms-alike",
                             .table = c->plan->subject_table,
                             .column = c->plan->subject_arm,
                             .value = seen->names[few],
                             .rule = "arms of like names stand in arms.order"};
            rmt_report(
                c->out, f,
                "'%s' (%zu subject%s) looks like '%s' (%zu): correct the data, or name both in "
                "arms.order",
                seen->names[few], seen->n_subjects[few], seen->n_subjects[few] == 1 ? "" : "s",
                seen->names[many], seen->n_subjects[many]);
        }
}

static bool same_but_for_case_and_blanks(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " \t");
        b += strspn(b, " \t");
        const char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        const char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
        if (x != y) return false;
        if (x == '\0') return true;
    }
}

/* Names may be like each other on purpose, but not to the eye the same. */
static void check_alike_order(const subject_check *c)
{
    const rmt_plan *plan = c->plan;
    for (size_t i = 0; i < plan->n_arms; i++)
        for (size_t k = 0; k < i; k++) {
            if (!same_but_for_case_and_blanks(plan->arms[i], plan->arms[k])) continue;
            const rmt_finding f = {.code = "trial/arms-alike",
                                   .table = plan->subject_table,
                                   .column = plan->subject_arm,
                                   .value = plan->arms[i],
                                   .rule = "no arms differ by case and blanks alone"};
            rmt_report(c->out, f,
                       "'%s' and '%s' are two arms of arms.order and differ only by case or "
                       "blanks: correct the data, and name one",
                       plan->arms[k], plan->arms[i]);
        }
}

static void check_unnamed_subjects(const subject_check *c)
{
    const rmt_table *t = c->s->table;
    const rmt_subject *last = c->s->n > 0 ? &c->s->subjects[c->s->n - 1] : NULL;
    const size_t n_named = last ? last->first + last->n_rows : 0;
    for (size_t i = 0; i < rmt_table_rows(t) && n_named < rmt_table_rows(t); i++) {
        if (!rmt_table_is_missing(t, c->s->id_column, i)) continue;
        rmt_finding f = subject_finding(c, "trial/unknown-subject", i, "");
        f.column = c->plan->subject_id;
        f.value = rmt_table_reason(t, c->s->id_column, i);
        f.rule = "every row names its subject";
        rmt_report(c->out, f, "the row does not say whose it is");
    }
}

static rmt_status check_subjects(rmt_reporter *out, const rmt_plan *plan, const rmt_subjects *s,
                                 rmt_error *err)
{
    rmt_text arms = {0};
    rmt_status st = RMT_OK;
    rmt_arms_seen seen;
    rmt_subjects_arms_seen(&seen, s);
    for (size_t a = 0; a < s->n_arms && !st; a++) {
        if (plan->n_arms == 0 && !is_seen(&seen, s->arms[a])) continue;
        st = rmt_text_addf(&arms, err, "%s'%s'", arms.len ? ", " : "", s->arms[a]);
    }
    if (st) goto done;
    subject_check c = {out, plan, s, rmt_line_column(s->table), arms.s ? arms.s : "", &seen};
    check_unnamed_subjects(&c);
    /* An arm that all rows agree on needs no second look. */
    for (size_t i = 0; i < s->n; i++)
        if (s->subjects[i].arm == RMT_NO_ARM ||
            (s->subjects[i].n_rows > 1 && plan->one_row_per_subject))
            check_rows_of_subject(&c, &s->subjects[i]);
    for (size_t i = 0; i < s->n; i++)
        if (s->subjects[i].arm == RMT_NO_ARM) check_arm_of_subject(&c, &s->subjects[i]);
    check_empty_arms(&c);
    check_alike_order(&c);
    if (plan->n_arms == 0) {
        check_alike_arms(&c);
        rmt_finding f = {.code = "trial/arms-not-declared",
                         .table = plan->subject_table,
                         .column = plan->subject_arm,
                         .rule = "arms.order names the arms"};
        rmt_report(out, f, "the plan does not name the arms (arms.order); the data have: %s",
                   c.known_arms);
    }
    st = out->st;
done:
    rmt_text_clear(&arms);
    return st;
}

/* ---- the records of one outcome ------------------------------------------------------------- */

static void check_known_subject(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    char buf[RMT_NUM_BUF];
    if (r->subject[row] != r->subjects->n || (c->said[row] & RMT_SAID_SUBJECT)) return;
    c->said[row] |= RMT_SAID_SUBJECT;
    /* The subject table's own rows without an id are named by check_subjects. */
    if (r->table == r->subjects->table) return;
    const char *id = rmt_record_subject(c, row, buf);
    rmt_finding f = rmt_record_finding(c, "trial/unknown-subject", row, r->plan->subject_id, id);
    f.value = *id ? id : rmt_table_reason(r->table, r->id_column, row);
    f.rule = "every record belongs to a subject of the subject table";
    const char *meant = rmt_subjects_meant(c->ids, r->subjects->n, id);
    if (*id)
        rmt_report(c->out, f, "'%s' is not in table %s%s%s%s", id, r->plan->subject_table,
                   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    else rmt_report(c->out, f, "the record does not say whose it is");
}

static bool same_number(const char *a, const char *b)
{
    double x, y;
    return rmt_num_parse_double(a, strlen(a), &x) && rmt_num_parse_double(b, strlen(b), &y) &&
           rmt_num_same(x, y);
}

/* The schedule's label that comes nearest; NULL = none is near. */
static const char *visit_meant(const rmt_plan *plan, const char *label)
{
    const char *best = NULL;
    rmt_likeness most = RMT_NAMES_DIFFER;
    for (size_t i = 0; i < plan->n_visits; i++)
        for (size_t k = 0; k < plan->visits[i].n_values; k++) {
            const char *value = plan->visits[i].values[k];
            rmt_likeness like = rmt_names_likeness(label, value);
            if (same_number(label, value)) like = RMT_NAMES_ALIKE;
            if (like > most) best = value;
            if (like > most) most = like;
        }
    return best;
}

static void check_known_visit(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], buf[RMT_NUM_BUF];
    if (r->visit[row] != r->plan->n_visits || !r->valued[row] || (c->said[row] & RMT_SAID_VISIT))
        return;
    c->said[row] |= RMT_SAID_VISIT;
    const char *label = rmt_table_format(r->table, r->visit_column, row, buf);
    bool by_label = r->plan->visit_kind == RMT_VISIT_LABEL;
    const bool windows = !by_label && *label; /* the visit is known, and none of the schedule */
    rmt_finding f = rmt_record_finding(c, windows ? "trial/visit-window" : "trial/unknown-visit",
                                       row, r->visit_name, rmt_record_subject(c, row, id_buf));
    f.value = *label ? label : rmt_table_reason(r->table, r->visit_column, row);
    f.rule = by_label ? "a visit of the schedule" : "within the window of a visit";
    if (!*label) rmt_report(c->out, f, "the record does not say at which visit it was made");
    else if (by_label) {
        const char *meant = visit_meant(r->plan, label);
        rmt_report(c->out, f, "'%s' is no visit of the schedule%s%s%s", label,
                   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    } else
        rmt_report(c->out, f, "%s %s is outside the window of every visit: the record is left out",
                   r->plan->visit_kind == RMT_VISIT_DAY ? "day" : "hour", label);
}

static void check_one_record(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], buf[RMT_NUM_BUF];
    if (!r->valued[row] || r->subject[row] == r->subjects->n || r->visit[row] == r->plan->n_visits)
        return;
    const rmt_slot *slot = &c->slots[r->subject[row] * r->plan->n_visits + r->visit[row]];
    if (slot->n < 2 || slot->row == row || (c->said[row] & RMT_SAID_DUPLICATE)) return;
    c->said[row] |= RMT_SAID_DUPLICATE;
    const rmt_plan_visit *v = &r->plan->visits[r->visit[row]];
    rmt_finding f =
        rmt_record_finding(c, v->baseline ? "trial/two-baselines" : "trial/duplicate-visit", row,
                           r->visit_name, rmt_record_subject(c, row, id_buf));
    f.value = rmt_table_format(r->table, r->visit_column, row, buf);
    f.rule = v->baseline ? "one baseline record for a subject and outcome"
                         : "one record for a subject, outcome and visit";
    rmt_report(c->out, f, "outcome %s of subject %s at visit %s stands on line %zu already",
               r->outcome->name, f.subject, v->name, rmt_records_line(r, slot->row));
}

/* Whether the schema's own finding is an error of the same cell: then the cell has been told of, and its line flagged. */
static bool schema_refuses(const rmt_record_check *c, const char *column, double v)
{
    static const char code[] = "constraint-error";
    const rmt_check_settings *set = c->out->settings;
    const rmt_plan_table *pt = rmt_plan_find_table(c->r->plan, c->r->outcome->table);
    const rmt_field *f = pt && pt->schema ? rmt_schema_field(pt->schema, column) : NULL;
    return f && rmt_check_is_on(set, code) &&
           set->of[rmt_check_find(code)].severity == RMT_SEVERITY_ERROR && !rmt_field_admits(f, v);
}

static void check_items(const rmt_record_check *c, size_t row)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], problem[RMT_REASON_BUF], rule[64];
    for (size_t i = 0; i < r->n_items; i++) {
        const rmt_item *item = &r->instrument->items[i];
        double v = rmt_records_item(r, i, row);
        if (*rmt_score_item_problem(item, v, problem) == '\0') continue;
        if (schema_refuses(c, r->outcome->items[i], v)) continue;
        rmt_finding f = rmt_record_finding(c, "trial/item-out-of-range", row, r->outcome->items[i],
                                           rmt_record_subject(c, row, id_buf));
        rmt_num_print(value, v);
        snprintf(rule, sizeof rule, "a whole number in %d..%d", item->min, item->max);
        f.value = value;
        f.rule = rule;
        rmt_report(c->out, f, "%s", problem);
    }
}

static void check_total(const rmt_record_check *c, size_t row, size_t column, const char *name)
{
    const rmt_records *r = c->r;
    char id_buf[RMT_NUM_BUF], value[RMT_NUM_BUF], low[RMT_NUM_BUF], high[RMT_NUM_BUF];
    char rule[2 * RMT_NUM_BUF + 8];
    rmt_score score;
    if (column == RMT_NO_COLUMN || !r->instrument) return;
    double v = rmt_records_number(r, column, row);
    rmt_score_stored_total(&score, r->instrument, v);
    if (isnan(v) || !isnan(score.value) || schema_refuses(c, name, v)) return;
    rmt_num_print(value, v);
    rmt_num_print(low, r->instrument->scales[0].min);
    rmt_num_print(high, r->instrument->scales[0].max);
    snprintf(rule, sizeof rule, "in %s..%s", low, high);
    rmt_finding f = rmt_record_finding(c, "trial/total-out-of-range", row, name,
                                       rmt_record_subject(c, row, id_buf));
    f.value = value;
    f.rule = rule;
    rmt_report(c->out, f, "%s is outside %s..%s", value, low, high);
}

/* *slot: the row with the lowest line so far; n_rows = none yet. */
static void keep_first(const rmt_records *r, uint32_t *slot, size_t row)
{
    if (*slot == r->n_rows || rmt_records_line(r, row) < rmt_records_line(r, *slot))
        *slot = (uint32_t)row;
}

static bool has_baseline_visit(const rmt_record_check *c, size_t subject, size_t base)
{
    size_t n_visits = c->r->plan->n_visits;
    return base < n_visits && c->slots[subject * n_visits + base].valued;
}

static rmt_status check_baselines(const rmt_record_check *c, rmt_error *err)
{
    const rmt_records *r = c->r;
    size_t n = r->subjects->n, base = rmt_records_baseline_visit(r->plan);
    bool by_column = r->baseline_column != RMT_NO_COLUMN;
    rmt_status st = RMT_OK;
    uint32_t *first = rmt_mem_array(n, sizeof *first, err); /* with a baseline in the column */
    uint32_t *after = rmt_mem_array(n, sizeof *after, err); /* with a value after baseline */
    if (!first || !after) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t s = 0; s < n; s++)
        first[s] = after[s] = (uint32_t)r->n_rows;
    for (size_t i = 0; i < r->n_rows; i++) {
        size_t s = r->subject[i], v = r->visit[i];
        if (s == n) continue;
        if (by_column && !isnan(rmt_records_number(r, r->baseline_column, i)))
            keep_first(r, &first[s], i);
        if (r->valued[i] && v < r->plan->n_visits && (base == r->plan->n_visits || v > base))
            keep_first(r, &after[s], i);
        rmt_columns_rest(r->table, &r->line_column, 1, i + 1);
    }
    for (size_t i = 0; i < r->n_rows && by_column; i++) {
        size_t s = r->subject[i];
        if (s == n || first[s] == i) continue;
        double v = rmt_records_number(r, r->baseline_column, i);
        double known = first[s] == r->n_rows ? (double)NAN
                                             : rmt_records_number(r, r->baseline_column, first[s]);
        if (isnan(v) || !(v < known || v > known)) continue;
        char value[RMT_NUM_BUF], other[RMT_NUM_BUF];
        rmt_num_print(value, v);
        rmt_num_print(other, known);
        rmt_finding f = rmt_record_finding(c, "trial/two-baselines", i, r->outcome->baseline,
                                           r->subjects->subjects[s].id);
        f.value = value;
        f.rule = "one baseline for a subject and outcome";
        rmt_report(c->out, f, "the baseline of outcome %s is %s here and %s on line %zu",
                   r->outcome->name, value, other, rmt_records_line(r, first[s]));
    }
    for (size_t s = 0; s < n; s++) {
        bool has = by_column ? first[s] < r->n_rows : has_baseline_visit(c, s, base);
        if (after[s] == r->n_rows || has) continue;
        rmt_finding f = rmt_record_finding(c, "trial/no-baseline", after[s],
                                           by_column ? r->outcome->baseline : r->visit_name,
                                           r->subjects->subjects[s].id);
        f.rule = "a baseline value for every subject and outcome";
        rmt_report(c->out, f, "subject %s has values of outcome %s after baseline but no baseline",
                   f.subject, r->outcome->name);
    }
    st = c->out->st;
done:
    rmt_mem_free(after);
    rmt_mem_free(first);
    return st;
}

/* Two outcomes may score the same items by other rules: their ranges are checked once. */
static bool items_checked_before(const rmt_plan *plan, size_t outcome)
{
    const rmt_plan_outcome *o = &plan->outcomes[outcome];
    for (size_t i = 0; i < outcome; i++) {
        const rmt_plan_outcome *p = &plan->outcomes[i];
        if (strcmp(p->table, o->table) != 0 || p->n_items < o->n_items || o->n_items == 0) continue;
        if (!p->instrument_id || !o->instrument_id ||
            strcmp(p->instrument_id, o->instrument_id) != 0)
            continue;
        bool same = true;
        for (size_t k = 0; k < o->n_items && same; k++)
            same = strcmp(p->items[k], o->items[k]) == 0;
        if (same) return true;
    }
    return false;
}

static rmt_status check_outcome(rmt_reporter *out, const rmt_trial_report *report,
                                const rmt_plan *plan, size_t outcome, const rmt_subjects *s,
                                const rmt_named_table *tables, size_t n_tables,
                                unsigned char **said, rmt_copies *copies, rmt_joins *joins,
                                size_t first, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_records r = {0};
    rmt_slot *slots = NULL;
    rmt_answers answers = {0};
    const char **ids = NULL;
    const rmt_plan_outcome *o = &plan->outcomes[outcome];

    if ((st = rmt_records_open(&r, plan, o, s, tables, n_tables, err))) goto done;
    if ((st = rmt_records_slots(&slots, &r, err))) goto done;
    if ((st = rmt_answers_read(&answers, &r, err))) goto done;
    if (!*said && !(*said = rmt_mem_array(r.n_rows, 1, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    bool strangers = false;
    for (size_t i = 0; i < r.n_rows; i++)
        strangers = strangers || r.subject[i] == s->n;
    if (strangers && (st = rmt_subjects_ids(&ids, s, err))) goto done;
    rmt_record_check c = {out, &r, slots, answers, *said, ids};
    const bool apart = rmt_joins_add(joins, first, &r, ids);
    for (size_t i = 0; i < r.n_rows; i++)
        if (!apart || rmt_table_is_missing(r.table, r.id_column, i)) check_known_subject(&c, i);
    for (size_t i = 0; i < r.n_rows; i++)
        check_known_visit(&c, i);
    for (size_t i = 0; i < r.n_rows; i++)
        check_one_record(&c, i);
    bool said_items = items_checked_before(plan, outcome);
    for (size_t i = 0; i < r.n_rows && !said_items; i++)
        if (answers.odd[i] & RMT_ODD_ITEM) check_items(&c, i);
    for (size_t i = 0; i < r.n_rows; i++) {
        check_total(&c, i, r.total_column, o->total);
        check_total(&c, i, r.baseline_column, o->baseline);
    }
    if ((st = check_baselines(&c, err))) goto done;
    if ((st = rmt_check_times(&c, err))) goto done;
    if ((st = rmt_check_answers(&c, said_items, err))) goto done;
    if ((st = rmt_copies_read(copies, &c, err))) goto done;
    if (report->missingness && report->baseline)
        st = rmt_overview_outcome(report->missingness, report->baseline, &r, slots, answers.totals,
                                  err);
done:
    rmt_answers_clear(&answers);
    rmt_mem_free(ids);
    rmt_mem_free(slots);
    rmt_records_close(&r);
    return st;
}

/* ---- the whole ----------------------------------------------------------------------------- */

rmt_status rmt_trial_check(const rmt_trial_report *report, const rmt_plan *plan,
                           const rmt_check_settings *settings, const rmt_named_table *tables,
                           size_t n_tables, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_subjects *s = NULL;
    unsigned char **said = NULL; /* per outcome; owned by the first of its table */
    rmt_reporter out = {report->ledger, settings, RMT_OK, err};
    rmt_copies copies = {0};
    rmt_conduct conduct = {&out, plan, NULL, tables, n_tables};
    rmt_joins joins = {0};

    rmt_check_summaries(&out, plan, tables, n_tables);
    if (!plan->subject_table) { /* published summaries */
        for (size_t i = 0; i < n_tables && !st; i++)
            if (rmt_plan_find_table(plan, tables[i].name))
                st = rmt_check_cells(&out, plan, NULL, &tables[i]);
        return st ? st : out.st;
    }
    said = rmt_mem_array(plan->n_outcomes, sizeof *said, err);
    if (!said) return RMT_ERR_NOMEM;
    if ((st = rmt_subjects_new(&s, plan, tables, n_tables, err))) goto done;
    conduct.s = s;
    if ((st = check_subjects(&out, plan, s, err))) goto done;
    if ((st = rmt_joins_open(&joins, &conduct, err))) goto done;
    if (report->baseline && (st = rmt_overview_subjects(report->baseline, plan, s, err))) goto done;
    if ((st = rmt_check_arm_ratio(&out, plan, s, err))) goto done;
    for (size_t i = 0; i < n_tables; i++) {
        if (!rmt_plan_find_table(plan, tables[i].name)) continue;
        if ((st = rmt_check_vitals(&out, plan, &tables[i], err))) goto done;
        rmt_check_identifiers(&out, plan, &tables[i]);
        rmt_columns_rest(tables[i].table, NULL, 0, rmt_table_rows(tables[i].table));
        if ((st = rmt_check_cells(&out, plan, s, &tables[i]))) goto done;
        rmt_columns_rest(tables[i].table, NULL, 0, rmt_table_rows(tables[i].table));
    }
    for (size_t i = 0; i < plan->n_outcomes; i++) {
        size_t first = 0;
        while (strcmp(plan->outcomes[first].table, plan->outcomes[i].table) != 0)
            first++;
        if ((st = check_outcome(&out, report, plan, i, s, tables, n_tables, &said[first], &copies,
                                &joins, first, err)))
            goto done;
    }
    rmt_joins_report(&joins);
    if ((st = rmt_check_further_tables(&conduct, err))) goto done;
    if ((st = rmt_copies_report(&copies, &out, plan, s, err))) goto done;
    if ((st = rmt_check_conduct(&conduct, err))) goto done;
    st = out.st;
done:
    rmt_copies_clear(&copies);
    rmt_joins_close(&joins);
    for (size_t i = 0; i < plan->n_outcomes; i++)
        rmt_mem_free(said[i]);
    rmt_mem_free(said);
    rmt_subjects_free(s);
    return st;
}
