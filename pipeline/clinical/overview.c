/* overview.c - see overview.h and rmt/trialcheck.h. */
#include "overview.h"

#include "check_parts.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/trialcheck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const rmt_column_spec missingness_columns[] = {
    {"outcome", RMT_TYPE_STRING, "outcome of the plan", NULL},
    {"visit", RMT_TYPE_STRING, "visit of the schedule at which anybody has a record", NULL},
    {"arm", RMT_TYPE_STRING, "arm", NULL},
    {"n", RMT_TYPE_INTEGER, "participants of the arm", NULL},
    {"n_records", RMT_TYPE_INTEGER, "those with one record or more that holds a value", NULL},
    {"n_values", RMT_TYPE_INTEGER, "those with one record that gives a total", NULL},
    {"n_missing", RMT_TYPE_INTEGER, "n - n_values", NULL},
    {"percent_missing", RMT_TYPE_NUMBER, "100 n_missing / n", "%"},
};
enum { M_OUTCOME, M_VISIT, M_ARM, M_N, M_RECORDS, M_VALUES, M_MISSING, M_PERCENT, N_M };

static const rmt_column_spec baseline_columns[] = {
    {"variable", RMT_TYPE_STRING, "column of the subject table, or outcome at baseline", NULL},
    {"level", RMT_TYPE_STRING, "category; empty for a mean", NULL},
    {"arm", RMT_TYPE_STRING, "arm", NULL},
    {"n", RMT_TYPE_INTEGER, "participants of the arm with a value", NULL},
    {"count", RMT_TYPE_INTEGER, "those of the category", NULL},
    {"percent", RMT_TYPE_NUMBER, "100 count / n", "%"},
    {"mean", RMT_TYPE_NUMBER, "mean", NULL},
    {"sd", RMT_TYPE_NUMBER, "sample standard deviation (n - 1)", NULL},
};
enum { B_VARIABLE, B_LEVEL, B_ARM, B_N, B_COUNT, B_PERCENT, B_MEAN, B_SD, N_B };

static rmt_status table_of(rmt_table **out, const char *title, const rmt_column_spec *columns,
                           size_t n, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, title, err);
    if (!st) st = rmt_table_add_columns(t, columns, n, err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

rmt_status rmt_missingness_new(rmt_table **out, rmt_error *err)
{
    return table_of(out, "Values and missing values by outcome, visit and arm", missingness_columns,
                    N_M, err);
}

rmt_status rmt_baseline_new(rmt_table **out, rmt_error *err)
{
    return table_of(out, "The arms at baseline", baseline_columns, N_B, err);
}

/* Appends a row that begins with three texts. */
static rmt_status add_row(rmt_table *t, const char *const texts[3], size_t *row, rmt_error *err)
{
    *row = rmt_table_rows(t);
    rmt_status st = rmt_table_add_rows(t, 1, err);
    for (size_t c = 0; c < 3 && !st; c++)
        st = rmt_table_set_text(t, c, *row, texts[c], strlen(texts[c]), err);
    return st;
}

static void set_count(rmt_table *t, size_t column, size_t row, size_t n)
{
    rmt_table_set_integer(t, column, row, n > INT32_MAX ? INT32_MAX : (int32_t)n);
}

/* ---- means and counts at baseline ---------------------------------------------------------- */

/* values: per subject, NaN = none. */
static rmt_status add_means(rmt_table *t, const rmt_subjects *s, const char *variable,
                            const double *values, rmt_error *err)
{
    for (size_t a = 0; a < s->n_arms; a++) {
        size_t n = 0, row;
        double sum = 0, squares = 0;
        rmt_status st;
        for (size_t i = 0; i < s->n; i++) {
            if (s->subjects[i].arm != a || isnan(values[i])) continue;
            sum += values[i];
            n++;
        }
        const double mean = n > 0 ? sum / (double)n : 0;
        for (size_t i = 0; i < s->n; i++)
            if (s->subjects[i].arm == a && !isnan(values[i]))
                squares += (values[i] - mean) * (values[i] - mean);
        const char *const texts[] = {variable, "", s->arms[a]};
        if ((st = add_row(t, texts, &row, err))) return st;
        set_count(t, B_N, row, n);
        if (n > 0 && (st = rmt_table_set_number(t, B_MEAN, row, mean, err))) return st;
        if (n > 1 &&
            (st = rmt_table_set_number(t, B_SD, row, sqrt(squares / (double)(n - 1)), err)))
            return st;
    }
    return RMT_OK;
}

typedef struct {
    char *level;
    size_t arm;
} cell;

static int by_level(const void *a, const void *b)
{
    const cell *x = a, *y = b;
    return strcmp(x->level, y->level);
}

/* cells: sorted by level; every subject with an arm and a value. */
static rmt_status add_levels(rmt_table *t, const rmt_subjects *s, const char *variable,
                             const cell *cells, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t *of_arm = rmt_mem_array(s->n_arms, sizeof *of_arm, err), row;
    if (!of_arm) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        of_arm[cells[i].arm]++;
    for (size_t first = 0, end = 0; first < n; first = end) {
        while (end < n && strcmp(cells[end].level, cells[first].level) == 0)
            end++;
        for (size_t a = 0; a < s->n_arms; a++) {
            size_t count = 0;
            for (size_t i = first; i < end; i++)
                if (cells[i].arm == a) count++;
            const char *const texts[] = {variable, cells[first].level, s->arms[a]};
            if ((st = add_row(t, texts, &row, err))) goto done;
            set_count(t, B_N, row, of_arm[a]);
            set_count(t, B_COUNT, row, count);
            if (of_arm[a] > 0 &&
                (st = rmt_table_set_number(t, B_PERCENT, row,
                                           100 * (double)count / (double)of_arm[a], err)))
                goto done;
        }
    }
done:
    rmt_mem_free(of_arm);
    return st;
}

static rmt_status add_categories(rmt_table *t, const rmt_subjects *s, const char *variable,
                                 size_t column, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t n = 0;
    char buf[RMT_NUM_BUF];
    cell *cells = rmt_mem_array(s->n, sizeof *cells, err);
    if (!cells) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < s->n; i++) {
        const char *level = rmt_subjects_text(s, i, column, buf, NULL);
        if (s->subjects[i].arm == RMT_NO_ARM || !*level) continue;
        if (!(cells[n].level = rmt_mem_text(level, strlen(level), err))) {
            st = RMT_ERR_NOMEM;
            goto done;
        }
        cells[n++].arm = s->subjects[i].arm;
    }
    qsort(cells, n, sizeof *cells, by_level);
    st = add_levels(t, s, variable, cells, n, err);
done:
    for (size_t i = 0; i < n; i++)
        rmt_mem_free(cells[i].level);
    rmt_mem_free(cells);
    return st;
}

static rmt_status add_numbers(rmt_table *t, const rmt_subjects *s, const char *variable,
                              size_t column, rmt_error *err)
{
    double *values = rmt_mem_array(s->n, sizeof *values, err);
    if (!values) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < s->n; i++)
        values[i] = rmt_subjects_number(s, i, column, NULL);
    rmt_status st = add_means(t, s, variable, values, err);
    rmt_mem_free(values);
    return st;
}

rmt_status rmt_overview_subjects(rmt_table *baseline, const rmt_plan *plan, const rmt_subjects *s,
                                 rmt_error *err)
{
    rmt_status st;
    size_t column;
    for (size_t i = 0; i < plan->n_strata + plan->n_covariates; i++) {
        const bool stratum = i < plan->n_strata;
        const char *name = stratum ? plan->strata[i] : plan->covariates[i - plan->n_strata];
        if ((st = rmt_named_table_column(&column, s->table, plan->subject_table, name, err)))
            return st;
        const rmt_type type = rmt_table_type(s->table, column);
        const bool number = type == RMT_TYPE_NUMBER || type == RMT_TYPE_INTEGER;
        st = number && !stratum ? add_numbers(baseline, s, name, column, err)
                                : add_categories(baseline, s, name, column, err);
        if (st) return st;
    }
    return RMT_OK;
}

/* ---- outcomes ------------------------------------------------------------------------------ */

static rmt_status add_visit(rmt_table *t, const rmt_records *r, const rmt_slot *slots,
                            const double *of_subjects, size_t visit, rmt_error *err)
{
    const rmt_subjects *s = r->subjects;
    const size_t n_visits = r->plan->n_visits;
    bool any = false;
    for (size_t i = 0; i < s->n && !any; i++)
        any = slots[i * n_visits + visit].valued;
    for (size_t a = 0; a < s->n_arms && any; a++) {
        size_t n = 0, records = 0, values = 0, row;
        rmt_status st;
        for (size_t i = 0; i < s->n; i++) {
            if (s->subjects[i].arm != a) continue;
            n++;
            if (slots[i * n_visits + visit].valued) records++;
            if (!isnan(of_subjects[i])) values++;
        }
        const char *const texts[] = {r->outcome->name, r->plan->visits[visit].name, s->arms[a]};
        if ((st = add_row(t, texts, &row, err))) return st;
        set_count(t, M_N, row, n);
        set_count(t, M_RECORDS, row, records);
        set_count(t, M_VALUES, row, values);
        set_count(t, M_MISSING, row, n - values);
        if (n > 0 && (st = rmt_table_set_number(t, M_PERCENT, row,
                                                100 * (double)(n - values) / (double)n, err)))
            return st;
    }
    return RMT_OK;
}

/* The baseline column's value of each subject; NaN where it has none, or two. */
static void column_baselines(const rmt_records *r, double *values, bool *differ)
{
    rmt_score score;
    for (size_t i = 0; i < r->subjects->n; i++) {
        values[i] = (double)NAN;
        differ[i] = false;
    }
    for (size_t row = 0; row < r->n_rows; row++) {
        const size_t s = r->subject[row];
        const double x = rmt_records_number(r, r->baseline_column, row);
        if (s == r->subjects->n || isnan(x)) continue;
        if (x < values[s] || x > values[s]) differ[s] = true;
        values[s] = x;
    }
    for (size_t i = 0; i < r->subjects->n; i++) {
        rmt_score_stored_total(&score, r->instrument, values[i]);
        values[i] = differ[i] ? (double)NAN : score.value;
    }
}

rmt_status rmt_overview_outcome(rmt_table *missingness, rmt_table *baseline, const rmt_records *r,
                                const rmt_slot *slots, const double *totals, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t n = r->subjects->n, n_visits = r->plan->n_visits;
    double *values = rmt_mem_array(n, sizeof *values, err); /* of each subject */
    bool *differ = rmt_mem_array(n, sizeof *differ, err);
    if (!values || !differ) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t v = 0; v < n_visits; v++) {
        for (size_t i = 0; i < n; i++) {
            const rmt_slot *slot = &slots[i * n_visits + v];
            values[i] = slot->n == 1 && slot->valued ? totals[slot->row] : (double)NAN;
        }
        if ((st = add_visit(missingness, r, slots, values, v, err))) goto done;
        if (r->baseline_column == RMT_NO_COLUMN && r->plan->visits[v].baseline &&
            (st = add_means(baseline, r->subjects, r->outcome->name, values, err)))
            goto done;
    }
    if (r->baseline_column == RMT_NO_COLUMN) goto done;
    column_baselines(r, values, differ);
    st = add_means(baseline, r->subjects, r->outcome->name, values, err);
done:
    rmt_mem_free(differ);
    rmt_mem_free(values);
    return st;
}
