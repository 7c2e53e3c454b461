/* check_dates.c - consent, randomisation, first dose and withdrawal, and what is dated against them. See
 * check_parts.h. */
#include "check_parts.h"
#include "dates.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <string.h>

enum { CONSENT, RANDOMISED, FIRST_DOSE, WITHDRAWAL, N_EVENTS };
static const char *const events[N_EVENTS] = {"consent", "randomisation", "the first dose",
                                             "withdrawal"};

typedef struct {
    rmt_day at[N_EVENTS];
} history; /* of one participant */

static rmt_status read_histories(history *h, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    const char *const names[N_EVENTS] = {t->consent, t->randomised, t->first_dose, t->withdrawal};
    rmt_status st = RMT_OK;
    for (size_t e = 0; e < N_EVENTS; e++) {
        size_t column = RMT_NO_COLUMN;
        if (names[e] && (st = rmt_date_column(&column, c->plan, c->s->table, c->plan->subject_table,
                                              names[e], err)))
            return st;
        for (size_t i = 0; i < c->s->n; i++)
            h[i].at[e] = rmt_day_of(
                column == RMT_NO_COLUMN ? "" : rmt_subjects_text(c->s, i, column, NULL, NULL));
    }
    return RMT_OK;
}

/* Where no column says it, the first dose is the first date of the doses. */
static rmt_status read_first_doses(history *h, const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_doses *d = &c->plan->trial.doses;
    rmt_records r = {0};
    size_t column = RMT_NO_COLUMN;
    rmt_status st;
    if (!d->table || !d->date || c->plan->trial.first_dose) return RMT_OK;
    if ((st = rmt_conduct_doses(&r, c, err)) ||
        (st = rmt_date_column(&column, c->plan, r.table, d->table, d->date, err)))
        goto done;
    for (size_t i = 0; i < r.n_rows && column != RMT_NO_COLUMN; i++) {
        if (r.subject[i] == c->s->n) continue;
        rmt_day *first = &h[r.subject[i]].at[FIRST_DOSE];
        const rmt_day now = rmt_day_of(rmt_table_text(r.table, column, i));
        if (isnan(first->days) || rmt_day_after(*first, now)) *first = now;
    }
done:
    rmt_records_close(&r);
    return st;
}

static void check_order(const rmt_conduct *c, const history *h)
{
    static const size_t pairs[][2] = {{CONSENT, RANDOMISED},
                                      {RANDOMISED, FIRST_DOSE},
                                      {CONSENT, FIRST_DOSE},
                                      {CONSENT, WITHDRAWAL}};
    const rmt_plan_trial *t = &c->plan->trial;
    const char *const names[N_EVENTS] = {t->consent, t->randomised, t->first_dose, t->withdrawal};
    for (size_t i = 0; i < c->s->n; i++)
        for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
            const size_t early = pairs[k][0], late = pairs[k][1];
            if (!rmt_day_after(h[i].at[early], h[i].at[late])) continue;
            /* Of a first dose before both, randomisation has said it. */
            if (k == 2 && !isnan(h[i].at[RANDOMISED].days)) continue;
            rmt_finding f = rmt_subject_finding(c, "trial/date-order", i, names[early]);
            f.value =
                rmt_subjects_text(c->s, i, rmt_table_find(c->s->table, names[early]), NULL, NULL);
            f.rule = "consent, randomisation, first dose, withdrawal";
            rmt_report(c->out, f, "%s of subject %s is dated after %s", events[early], f.subject,
                       events[late]);
        }
}

/* A row of records, or of doses, against consent and withdrawal. */
static void check_row(const rmt_conduct *c, const history *h, const char *table,
                      const rmt_records *r, size_t row, size_t column)
{
    const history *of = &h[r->subject[row]];
    const char *cell = rmt_table_text(r->table, column, row);
    const rmt_day now = rmt_day_of(cell);
    const char *name = rmt_table_name(r->table, column);
    if (rmt_day_after(of->at[CONSENT], now)) {
        rmt_finding f = rmt_row_finding(c, "trial/before-consent", table, r, row, name);
        f.value = cell;
        f.rule = "nothing before consent";
        rmt_report(c->out, f, "%s lies before the consent of subject %s", cell, f.subject);
    }
    if (rmt_day_after(now, of->at[WITHDRAWAL])) {
        rmt_finding f = rmt_row_finding(c, "trial/after-withdrawal", table, r, row, name);
        f.value = cell;
        f.rule = "nothing after withdrawal";
        rmt_report(c->out, f, "%s lies after the withdrawal of subject %s", cell, f.subject);
    }
    if (r->visit[row] < c->plan->n_visits && c->plan->visits[r->visit[row]].baseline &&
        rmt_day_after(now, of->at[FIRST_DOSE])) {
        rmt_finding f = rmt_row_finding(c, "trial/baseline-after-dose", table, r, row, name);
        f.value = cell;
        f.rule = "baseline at or before the first dose";
        rmt_report(c->out, f, "the baseline of subject %s is dated after the first dose",
                   f.subject);
    }
}

static bool is_outcome_table(const rmt_plan *plan, const char *table)
{
    for (size_t i = 0; i < plan->n_outcomes; i++)
        if (strcmp(plan->outcomes[i].table, table) == 0) return true;
    return false;
}

static rmt_status check_table(const rmt_conduct *c, const history *h, const rmt_named_table *t,
                              rmt_error *err)
{
    const rmt_plan_doses *d = &c->plan->trial.doses;
    const bool is_doses = d->table && strcmp(d->table, t->name) == 0 && d->date;
    rmt_status st = RMT_OK;
    rmt_records r = {0};
    size_t dates = rmt_record_dates(c->plan, t->table, 0);
    if (rmt_table_find(t->table, c->plan->subject_id) == RMT_NO_COLUMN) return RMT_OK;
    if (is_doses) st = rmt_date_column(&dates, c->plan, t->table, t->name, d->date, err);
    if (st || dates == RMT_NO_COLUMN) return st;
    /* Only records of an outcome are a baseline. */
    st = is_outcome_table(c->plan, t->name)
             ? rmt_conduct_place(&r, c, t->name, err)
             : rmt_records_place(&r, c->plan, c->s, t->table, t->name, NULL, err);
    for (size_t nth = 1; !st && dates != RMT_NO_COLUMN; nth++) {
        for (size_t i = 0; i < r.n_rows; i++)
            if (r.subject[i] < c->s->n) check_row(c, h, t->name, &r, i, dates);
        dates = is_doses ? RMT_NO_COLUMN : rmt_record_dates(c->plan, t->table, nth);
    }
    rmt_records_close(&r);
    return st;
}

/* ---- cells that are no dates --------------------------------------------------------------------- */

static rmt_status check_cells(const rmt_conduct *c, const rmt_named_table *t, size_t of,
                              rmt_error *err)
{
    const char *name = rmt_table_name(t->table, of);
    const size_t id_column = rmt_table_find(t->table, c->plan->subject_id);
    const size_t line_column = rmt_line_column(t->table);
    size_t column = RMT_NO_COLUMN;
    rmt_status st = rmt_date_column(&column, c->plan, t->table, t->name, name, err);
    if (st || column == RMT_NO_COLUMN || !rmt_type_is_text(rmt_table_type(t->table, column)))
        return st;
    for (size_t row = 0; row < rmt_table_rows(t->table); row++) {
        char id[RMT_NUM_BUF];
        const char *cell = rmt_table_text(t->table, column, row);
        if (rmt_table_is_missing(t->table, column, row) || !isnan(rmt_day_of(cell).days)) continue;
        const rmt_finding f = {.code = "trial/not-a-date",
                               .table = t->name,
                               .line = rmt_line_of(t->table, line_column, row),
                               .column = name,
                               .subject = id_column == RMT_NO_COLUMN
                                              ? NULL
                                              : rmt_table_format(t->table, id_column, row, id),
                               .value = cell,
                               .rule = "date YYYY-MM-DD"};
        rmt_report(c->out, f, "%.100s is no date (YYYY-MM-DD); it counts as missing", cell);
    }
    return c->out->st;
}

rmt_status rmt_check_date_cells(const rmt_conduct *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < c->n_tables && !st; i++) {
        const rmt_named_table *t = &c->tables[i];
        if (!rmt_plan_find_table(c->plan, t->name)) continue;
        for (size_t k = 0; k < rmt_table_columns(t->table) && !st; k++)
            if (rmt_is_planned_date(c->plan, t->name, rmt_table_name(t->table, k)))
                st = check_cells(c, t, k, err);
    }
    return st;
}

/* ---- consent that nobody dated ------------------------------------------------------------------- */

/* table: of an outcome; NULL = the doses */
static rmt_status mark_recorded(bool *recorded, const rmt_conduct *c, const char *table,
                                rmt_error *err)
{
    rmt_records r = {0};
    const rmt_status st =
        table ? rmt_conduct_place(&r, c, table, err) : rmt_conduct_doses(&r, c, err);
    for (size_t i = 0; i < r.n_rows && !st; i++)
        if (r.subject[i] < c->s->n) recorded[r.subject[i]] = true;
    rmt_records_close(&r);
    return st;
}

/* Who has records of an outcome, or doses, and no date of consent. A cell that is no date has been told. */
static rmt_status check_consent(const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    rmt_status st = RMT_OK;
    if (!t->consent || !rmt_check_is_on(c->out->settings, "trial/no-consent")) return RMT_OK;
    const size_t column = rmt_table_find(c->s->table, t->consent);
    bool *recorded = rmt_mem_array(c->s->n, sizeof *recorded, err);
    if (!recorded) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < c->plan->n_outcomes && !st; i++)
        st = mark_recorded(recorded, c, c->plan->outcomes[i].table, err);
    if (!st && t->doses.table) st = mark_recorded(recorded, c, NULL, err);
    for (size_t i = 0; i < c->s->n && !st; i++) {
        const char *reason = "";
        char buf[RMT_NUM_BUF];
        rmt_subjects_text(c->s, i, column, buf, &reason);
        if (!recorded[i] || strcmp(reason, "missing") != 0) continue;
        rmt_finding f = rmt_subject_finding(c, "trial/no-consent", i, t->consent);
        f.rule = "a date of consent for everybody with records";
        rmt_report(c->out, f, "subject %s has records and no date of consent", f.subject);
    }
    rmt_mem_free(recorded);
    return st;
}

rmt_status rmt_check_dates(const rmt_conduct *c, rmt_error *err)
{
    const rmt_plan_trial *t = &c->plan->trial;
    rmt_status st = RMT_OK;
    if (!t->consent && !t->withdrawal && !t->randomised && !t->first_dose && !t->doses.date)
        return RMT_OK;
    history *h = rmt_mem_array(c->s->n, sizeof *h, err);
    if (!h) return RMT_ERR_NOMEM;
    if ((st = read_histories(h, c, err)) || (st = read_first_doses(h, c, err))) goto done;
    check_order(c, h);
    if ((st = check_consent(c, err))) goto done;
    for (size_t i = 0; i < c->n_tables && !st; i++)
        if (rmt_plan_find_table(c->plan, c->tables[i].name))
            st = check_table(c, h, &c->tables[i], err);
    if (!st) st = c->out->st;
done:
    rmt_mem_free(h);
    return st;
}
