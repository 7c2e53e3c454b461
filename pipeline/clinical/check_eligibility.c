/* check_eligibility.c - the plan's criteria of eligibility, participant by participant. See check_parts.h. */
#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

/* Where the values of a name of the condition come from. */
typedef struct {
    rmt_plan_operand of;
    rmt_records r;   /* not for columns of the subject table */
    rmt_slot *slots; /* of an outcome */
    size_t *row; /* of a table: by participant, the row at the visit; n_rows = none, or several */
    size_t column;
    rmt_answers answers;
} source;

static void close_source(source *x)
{
    rmt_answers_clear(&x->answers);
    rmt_mem_free(x->row);
    rmt_mem_free(x->slots);
    rmt_records_close(&x->r);
}

static rmt_status open_outcome(source *x, const rmt_conduct *c, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_records_open(&x->r, c->plan, x->of.outcome, c->s, c->tables, c->n_tables, err)) ||
        (st = rmt_records_slots(&x->slots, &x->r, err)))
        return st;
    return rmt_answers_read(&x->answers, &x->r, err);
}

static rmt_status open_table(source *x, const rmt_conduct *c, size_t visit, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_conduct_place(&x->r, c, x->of.table, err)) ||
        (st = rmt_named_table_column(&x->column, x->r.table, x->of.table, x->of.column, err)))
        return st;
    size_t *n = rmt_mem_array(c->s->n, sizeof *n, err);
    x->row = rmt_mem_array(c->s->n, sizeof *x->row, err);
    if (!n || !x->row) st = RMT_ERR_NOMEM;
    for (size_t i = 0; i < c->s->n && !st; i++)
        x->row[i] = x->r.n_rows;
    for (size_t i = 0; i < x->r.n_rows && !st; i++) {
        const size_t s = x->r.subject[i];
        if (s < c->s->n && x->r.visit[i] == visit) x->row[s] = n[s]++ ? x->r.n_rows : i;
    }
    rmt_mem_free(n);
    return st;
}

static rmt_status open_source(source *x, const rmt_conduct *c, const char *name, size_t visit,
                              rmt_error *err)
{
    x->of = rmt_plan_operand_of(c->plan, name);
    if (x->of.outcome) return open_outcome(x, c, err);
    if (!x->of.of_subject) return open_table(x, c, visit, err);
    return rmt_named_table_column(&x->column, c->s->table, x->of.table, x->of.column, err);
}

static rmt_value cell_value(const rmt_table *t, size_t column, size_t row, char *buf)
{
    const rmt_type type = rmt_table_type(t, column);
    if (type == RMT_TYPE_NUMBER || type == RMT_TYPE_INTEGER)
        return (rmt_value){NULL, rmt_table_number(t, column, row)};
    return (rmt_value){rmt_table_format(t, column, row, buf), (double)NAN};
}

static rmt_value value_of(const source *x, const rmt_conduct *c, size_t subject, size_t visit,
                          char *buf)
{
    const rmt_value none = {NULL, (double)NAN};
    if (x->of.outcome) {
        const rmt_slot *slot = &x->slots[subject * c->plan->n_visits + visit];
        if (slot->n != 1 || !slot->valued) return none;
        return (rmt_value){NULL, x->answers.totals[slot->row]};
    }
    if (!x->of.of_subject) {
        if (x->row[subject] == x->r.n_rows) return none;
        return cell_value(x->r.table, x->column, x->row[subject], buf);
    }
    const rmt_type type = rmt_table_type(c->s->table, x->column);
    if (type == RMT_TYPE_NUMBER || type == RMT_TYPE_INTEGER)
        return (rmt_value){NULL, rmt_subjects_number(c->s, subject, x->column, NULL)};
    return (rmt_value){rmt_subjects_text(c->s, subject, x->column, buf, NULL), (double)NAN};
}

/* "caps5 27, sex female". */
static rmt_status list_values(rmt_text *out, const rmt_plan_criterion *e, const rmt_value *values,
                              rmt_error *err)
{
    rmt_status st = RMT_OK;
    char buf[RMT_NUM_BUF];
    out->len = 0;
    for (size_t i = 0; i < rmt_condition_n_names(e->condition) && !st; i++) {
        const char *text = values[i].text;
        if (!isnan(values[i].number)) {
            rmt_num_print(buf, values[i].number);
            text = buf;
        }
        st = rmt_text_addf(out, err, "%s%s %s", i ? ", " : "", rmt_condition_name(e->condition, i),
                           text && *text ? text : "missing");
    }
    return st ? st : rmt_text_add(out, "", err);
}

static rmt_status check_criterion(const rmt_conduct *c, const rmt_plan_criterion *e, rmt_error *err)
{
    const size_t n = rmt_condition_n_names(e->condition);
    rmt_status st = RMT_OK;
    rmt_text list = {0};
    source *sources = rmt_mem_array(n, sizeof *sources, err);
    rmt_value *values = rmt_mem_array(n, sizeof *values, err);
    char(*bufs)[RMT_NUM_BUF] = rmt_mem_array(n, sizeof *bufs, err);
    if (!sources || !values || !bufs) st = RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++)
        st = open_source(&sources[i], c, rmt_condition_name(e->condition, i), e->visit, err);
    for (size_t s = 0; s < c->s->n && !st; s++) {
        for (size_t i = 0; i < n; i++)
            values[i] = value_of(&sources[i], c, s, e->visit, bufs[i]);
        const rmt_truth truth = rmt_condition_eval(e->condition, values);
        if (truth == RMT_TRUE) continue;
        if ((st = list_values(&list, e, values, err))) break;
        rmt_finding f = rmt_subject_finding(
            c, truth == RMT_FALSE ? "trial/ineligible" : "trial/eligibility-unknown", s, NULL);
        f.value = list.s;
        f.rule = e->text;
        rmt_report(c->out, f,
                   truth == RMT_FALSE ? "subject %s does not meet '%s': %s"
                                      : "whether subject %s meets '%s' is not known: %s",
                   f.subject, e->name, list.s);
    }
    for (size_t i = 0; i < n && sources; i++)
        close_source(&sources[i]);
    rmt_mem_free(bufs);
    rmt_mem_free(values);
    rmt_mem_free(sources);
    rmt_text_clear(&list);
    return st;
}

rmt_status rmt_check_eligibility(const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    rmt_status st = RMT_OK;
    if (!rmt_check_is_on(c->out->settings, "trial/ineligible") &&
        !rmt_check_is_on(c->out->settings, "trial/eligibility-unknown"))
        return RMT_OK;
    for (size_t i = 0; i < t->n_eligibility && !st; i++)
        st = check_criterion(c, &t->eligibility[i], err);
    return st ? st : c->out->st;
}
