/* check_doses.c - doses against the planned ones, and against the visits they belong to. See check_parts.h. */
#include "check_parts.h"
#include "dates.h"
#include "rmt/mem.h"
#include "rmt/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Days on which a participant has records at a visit. */
typedef struct {
    double first, last; /* NaN = none */
} span;

typedef struct {
    const rmt_conduct *c;
    const rmt_plan_doses *plan;
    rmt_records r;
    size_t amount, date; /* columns; RMT_NO_COLUMN = not there */
    span *spans;         /* by participant and visit; NULL = not looked at */
    const char **ids;    /* of the subjects, by likeness; NULL = every dose has its subject */
} dose_check;

/* The planned dose of an arm; NaN = it has none. */
static double planned_dose(const dose_check *d, size_t arm)
{
    for (size_t i = 0; i < d->plan->n_arms && arm != RMT_NO_ARM; i++)
        if (strcmp(d->plan->arms[i], d->c->s->arms[arm]) == 0) return d->plan->planned[i];
    return (double)NAN;
}

static void check_owner(const dose_check *d, size_t row)
{
    char buf[RMT_NUM_BUF];
    if (d->r.subject[row] < d->c->s->n) return;
    rmt_finding f = rmt_row_finding(d->c, "trial/unknown-subject", d->plan->table, &d->r, row,
                                    d->c->plan->subject_id);
    f.subject = f.value = rmt_table_format(d->r.table, d->r.id_column, row, buf);
    f.rule = "every dose belongs to a subject of the subject table";
    const char *meant = *f.value ? rmt_subjects_meant(d->ids, d->c->s->n, f.value) : NULL;
    rmt_report(d->c->out, f, "'%s' has a dose and is not in table %s%s%s%s", f.value,
               d->c->plan->subject_table, meant ? "; did you mean '" : "", meant ? meant : "",
               meant ? "'?" : "");
}

/* A row that tells neither when nor how much: a form that was opened, and no dose. */
static bool is_blank(const dose_check *d, size_t row)
{
    if (d->date == RMT_NO_COLUMN && d->amount == RMT_NO_COLUMN) return false;
    return (d->date == RMT_NO_COLUMN || rmt_table_is_missing(d->r.table, d->date, row)) &&
           (d->amount == RMT_NO_COLUMN || rmt_table_is_missing(d->r.table, d->amount, row));
}

/* An amount that nobody wrote down. Where doses are due, a blank row is told as the dose that is missing. */
static void check_no_amount(const dose_check *d, size_t row, const rmt_subject *x)
{
    if (d->amount == RMT_NO_COLUMN || (is_blank(d, row) && d->plan->n_at > 0)) return;
    rmt_finding f =
        rmt_row_finding(d->c, "trial/dose-amount", d->plan->table, &d->r, row, d->plan->amount);
    f.rule = "an amount for every dose";
    rmt_report(d->c->out, f, "the dose of subject %s has no amount", x->id);
}

static void check_amount(const dose_check *d, size_t row)
{
    char value[RMT_NUM_BUF], want[RMT_NUM_BUF], percent[RMT_NUM_BUF], rule[3 * RMT_NUM_BUF];
    if (d->plan->n_arms == 0 || d->r.subject[row] == d->c->s->n) return;
    const rmt_subject *x = &d->c->s->subjects[d->r.subject[row]];
    const double planned = planned_dose(d, x->arm);
    const double given =
        d->amount == RMT_NO_COLUMN ? (double)NAN : rmt_table_number(d->r.table, d->amount, row);
    if (x->arm == RMT_NO_ARM) return;
    rmt_num_print(value, given);
    if (!(planned > 0)) { /* none is planned, or one of 0 */
        if (d->amount != RMT_NO_COLUMN && !(given > 0)) return;
        rmt_finding f =
            rmt_row_finding(d->c, "trial/dose-arm", d->plan->table, &d->r, row, d->plan->amount);
        f.value = value;
        f.rule = "doses in the arms that have one";
        rmt_report(d->c->out, f, "subject %s has a dose, and none is planned in arm %s", x->id,
                   d->c->s->arms[x->arm]);
        return;
    }
    /* Room for the last digit of what 0.5 +- 10 % makes in binary. */
    if (isnan(given)) check_no_amount(d, row, x);
    if (isnan(given) || fabs(given - planned) <= d->plan->tolerance * planned * (1 + 1e-9)) return;
    rmt_finding f =
        rmt_row_finding(d->c, "trial/dose-amount", d->plan->table, &d->r, row, d->plan->amount);
    rmt_num_print(want, planned);
    rmt_num_print(percent, round(1e8 * d->plan->tolerance) / 1e6); /* 100 * 0.07 is 7, and a bit */
    snprintf(rule, sizeof rule, "%s within %s %%", want, percent);
    f.value = value;
    f.rule = rule;
    rmt_report(d->c->out, f, "subject %s of arm %s got %s, planned is %s", x->id,
               d->c->s->arms[x->arm], value, rule);
}

static void check_visit(const dose_check *d, size_t row)
{
    const rmt_plan *plan = d->c->plan;
    char buf[RMT_NUM_BUF];
    if (!d->plan->visit || d->r.visit[row] < plan->n_visits) return;
    rmt_finding f =
        rmt_row_finding(d->c, "trial/unknown-visit", d->plan->table, &d->r, row, d->plan->visit);
    f.value = rmt_table_format(d->r.table, d->r.visit_column, row, buf);
    f.rule = "a visit of the schedule";
    rmt_report(d->c->out, f, "the dose was given at '%s', no visit of the schedule", f.value);
}

static void check_date(const dose_check *d, size_t row)
{
    const size_t s = d->r.subject[row], v = d->r.visit[row], n_visits = d->c->plan->n_visits;
    if (!d->spans || s == d->c->s->n || v == n_visits) return;
    const span *x = &d->spans[s * n_visits + v];
    const double slack = rmt_check_value(d->c->out->settings, "trial/dose-date", "days");
    const char *cell = rmt_table_text(d->r.table, d->date, row);
    const double day = floor(rmt_day_of(cell).days);
    if (!(day < x->first - slack || day > x->last + slack)) return;
    rmt_finding f = rmt_row_finding(d->c, "trial/dose-date", d->plan->table, &d->r, row,
                                    rmt_table_name(d->r.table, d->date));
    f.value = cell;
    f.rule = "the dates of its visit's records";
    const double days = day < x->first ? x->first - day : day - x->last;
    char number[RMT_NUM_BUF];
    rmt_num_print(number, days);
    rmt_report(d->c->out, f, "the dose of subject %s at visit %s is dated %s day%s %s its records",
               f.subject, d->c->plan->visits[v].name, number, days > 1 ? "s" : "",
               day < x->first ? "before" : "after");
}

static rmt_status read_spans(dose_check *d, rmt_error *err)
{
    const rmt_conduct *c = d->c;
    const size_t n_visits = c->plan->n_visits, n = c->s->n * n_visits;
    if (d->date == RMT_NO_COLUMN || !d->plan->visit || n == 0 ||
        !rmt_check_is_on(c->out->settings, "trial/dose-date"))
        return RMT_OK;
    if (!(d->spans = rmt_mem_array(n, sizeof *d->spans, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        d->spans[i] = (span){(double)NAN, (double)NAN};
    for (size_t o = 0; o < c->plan->n_outcomes; o++) {
        rmt_records r = {0};
        const rmt_status st = rmt_conduct_place(&r, c, c->plan->outcomes[o].table, err);
        if (st) return st;
        const size_t dates = rmt_record_dates(c->plan, r.table, 0);
        for (size_t i = 0; i < r.n_rows && dates != RMT_NO_COLUMN; i++) {
            const double day = floor(rmt_day_of(rmt_table_text(r.table, dates, i)).days);
            if (r.subject[i] == c->s->n || r.visit[i] == n_visits || isnan(day)) continue;
            span *x = &d->spans[r.subject[i] * n_visits + r.visit[i]];
            x->first = fmin(x->first, day); /* of NaN and a number the number */
            x->last = fmax(x->last, day);
        }
        rmt_records_close(&r);
    }
    return RMT_OK;
}

/* Who is in an arm with a dose and has none at a visit where one is due. */
static rmt_status check_due(const dose_check *d, rmt_error *err)
{
    const rmt_conduct *c = d->c;
    const size_t n_visits = c->plan->n_visits;
    rmt_status st = RMT_OK;
    rmt_text missing = {0};
    if (d->plan->n_at == 0 || !rmt_check_is_on(c->out->settings, "trial/doses-missing"))
        return RMT_OK;
    bool *has = rmt_mem_array(c->s->n * n_visits, sizeof *has, err);
    if (!has) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < d->r.n_rows; i++)
        if (d->r.subject[i] < c->s->n && d->r.visit[i] < n_visits && !is_blank(d, i))
            has[d->r.subject[i] * n_visits + d->r.visit[i]] = true;
    for (size_t i = 0; i < c->s->n && !st; i++) {
        char value[64];
        size_t n = 0;
        if (d->plan->n_arms > 0 && !(planned_dose(d, c->s->subjects[i].arm) > 0)) continue;
        missing.len = 0;
        for (size_t k = 0; k < d->plan->n_at && !st; k++) {
            const size_t v = d->plan->at[k];
            if (has[i * n_visits + v]) n++;
            else
                st = rmt_text_addf(&missing, err, "%s%s", missing.len ? ", " : "",
                                   c->plan->visits[v].name);
        }
        if (st || n == d->plan->n_at) continue;
        rmt_finding f = rmt_subject_finding(c, "trial/doses-missing", i, c->plan->subject_id);
        snprintf(value, sizeof value, "%zu of %zu", n, d->plan->n_at);
        f.value = value;
        f.rule = "a dose at each visit of doses.at";
        rmt_report(c->out, f, "subject %s has %s doses, none at %s", f.subject, value, missing.s);
    }
    rmt_text_clear(&missing);
    rmt_mem_free(has);
    return st;
}

rmt_status rmt_check_doses(const rmt_conduct *c, rmt_error *err)
{
    dose_check d = {
        .c = c, .plan = &c->plan->trial.doses, .amount = RMT_NO_COLUMN, .date = RMT_NO_COLUMN};
    rmt_status st;
    if (!d.plan->table) return RMT_OK;
    if ((st = rmt_conduct_doses(&d.r, c, err))) goto done;
    if (d.plan->amount &&
        (st = rmt_named_table_column(&d.amount, d.r.table, d.plan->table, d.plan->amount, err)))
        goto done;
    if (d.amount != RMT_NO_COLUMN && rmt_type_is_text(rmt_table_type(d.r.table, d.amount)))
        d.amount = RMT_NO_COLUMN; /* the columns a plan needs as numbers are ingest's concern */
    if (d.plan->date &&
        (st = rmt_date_column(&d.date, c->plan, d.r.table, d.plan->table, d.plan->date, err)))
        goto done;
    if ((st = read_spans(&d, err))) goto done;
    for (size_t i = 0; i < d.r.n_rows && !d.ids; i++)
        if (d.r.subject[i] == c->s->n && (st = rmt_subjects_ids(&d.ids, c->s, err))) goto done;
    const bool apart = rmt_check_ids_apart(c, "trial/no-common-id", d.plan->table, &d.r);
    for (size_t i = 0; i < d.r.n_rows; i++) {
        if (!apart) check_owner(&d, i);
        check_visit(&d, i);
        check_amount(&d, i);
        check_date(&d, i);
    }
    if (!(st = check_due(&d, err))) st = c->out->st;
done:
    rmt_mem_free(d.ids);
    rmt_mem_free(d.spans);
    rmt_records_close(&d.r);
    return st;
}
