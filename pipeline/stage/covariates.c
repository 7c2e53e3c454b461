#include "rmt/covariates.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/numbers_in_text.h"
#include "rmt/subjects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t column; /* of the subject table */
    bool factor;
    const char **levels; /* of a factor of text, sorted by bytes; else NULL */
    double *codes;       /* of a factor of numbers, ascending; else NULL */
    size_t n_levels;
} covariate;

struct rmt_covariates {
    rmt_subjects *subjects;
    covariate list[RMT_SETTING_MAX];
    size_t n_list;
};

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The distinct values of a text column. */
static rmt_status collect_levels(const rmt_covariates *c, covariate *v, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    size_t n = 0, kept = 0;
    const char **all = rmt_mem_array(c->subjects->n, sizeof *all, err);
    if (!all) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < c->subjects->n; i++) {
        const char *text = rmt_subjects_text(c->subjects, i, v->column, buf, NULL);
        if (*text) all[n++] = text; /* text columns give the borrowed cell, never buf */
    }
    if (n > 0) qsort(all, n, sizeof *all, rmt_text_order);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0) all[kept++] = all[i];
    v->levels = all;
    v->n_levels = kept;
    return RMT_OK;
}

/* The distinct values of a column of numbers. */
static rmt_status collect_codes(const rmt_covariates *c, covariate *v, rmt_error *err)
{
    size_t n = 0, kept = 0;
    double *all = rmt_mem_array(c->subjects->n, sizeof *all, err);
    if (!all) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < c->subjects->n; i++) {
        const double x = rmt_subjects_number(c->subjects, i, v->column, NULL);
        if (!isnan(x)) all[n++] = x;
    }
    if (n > 0) qsort(all, n, sizeof *all, by_size);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || all[kept - 1] < all[i]) all[kept++] = all[i];
    v->codes = all;
    v->n_levels = kept;
    return RMT_OK;
}

static bool is_stratum(const rmt_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_strata; i++)
        if (strcmp(plan->strata[i], name) == 0) return true;
    return false;
}

/* A column without a schema is text as soon as one cell is no number ("NA", "3O", "59,6"), and would be a
 * factor of as many levels as there are ages: one stray cell shall not change the model unseen. */
static rmt_status refuse_stray_text(const rmt_covariates *c, const rmt_plan *plan, size_t column,
                                    rmt_error *err)
{
    const rmt_table *t = c->subjects->table;
    const char *name = rmt_table_name(t, column);
    const rmt_plan_table *from = rmt_plan_find_table(plan, plan->subject_table);
    if (rmt_table_type(t, column) != RMT_TYPE_STRING) return RMT_OK;
    if (from && from->schema && rmt_schema_field(from->schema, name)) return RMT_OK;
    rmt_numbers_in_text found;
    rmt_numbers_in_text_count(&found, t, column, from ? from->decimal : 0, is_stratum(plan, name));
    if (found.first_other == found.n_rows || 2 * found.n_numbers <= found.n_values) return RMT_OK;
    const char *cell = rmt_table_text(t, column, found.first_other);
    const char *file = from ? from->file : plan->subject_table;
    const size_t line = rmt_line_of(t, rmt_line_column(t), found.first_other);
    const bool comma = !from || from->decimal != ',';
    if (found.is_other_sign)
        return rmt_fail_at(
            err, RMT_ERR_INCONSISTENT, file, line, name,
            "'%s' is no number with the decimal sign '%c', so the column is text and "
            "would enter as a factor; declare decimal: \"%c\" for the file, or give "
            "the column a schema (type string if it is a factor)",
            cell, comma ? '.' : ',', comma ? ',' : '.');
    return rmt_fail_at(
        err, RMT_ERR_INCONSISTENT, file, line, name,
        "'%s' is no number, though %zu of %zu values are, so the column is text and "
        "would enter as a factor; mend the cell, declare missing: [\"\", \"%s\"] for "
        "the file, or give the column a schema (type string if it is a factor)",
        cell, found.n_numbers, found.n_values, cell);
}

static rmt_status add_covariate(rmt_covariates *c, const rmt_plan *plan, const char *name,
                                rmt_error *err)
{
    rmt_status st;
    const rmt_table *t = c->subjects->table;
    covariate *v = &c->list[c->n_list];
    if ((st = rmt_named_table_column(&v->column, t, plan->subject_table, name, err))) return st;
    if ((st = refuse_stray_text(c, plan, v->column, err))) return st;
    const bool text = rmt_type_is_text(rmt_table_type(t, v->column));
    v->factor = text || is_stratum(plan, name);
    c->n_list++;
    if (!v->factor) return RMT_OK;
    return text ? collect_levels(c, v, err) : collect_codes(c, v, err);
}

rmt_status rmt_covariates_new(rmt_covariates **out, rmt_stage_run *run,
                              const rmt_setting_names *names, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text path = {0};
    rmt_named_table people = {.name = run->plan->subject_table};
    rmt_covariates *c = rmt_mem_array(1, sizeof *c, err);
    if (!c) return RMT_ERR_NOMEM;
    if ((st = rmt_text_addf(&path, err, "/tables/%s", people.name))) goto done;
    if (rmt_study_has(run->study, path.s) &&
        (st = rmt_study_get(&people.table, run->study, path.s, err)))
        goto done;
    if ((st = rmt_subjects_new(&c->subjects, run->plan, &people, people.table ? 1 : 0, err)))
        goto done;
    for (size_t i = 0; i < names->n; i++)
        if ((st = add_covariate(c, run->plan, names->names[i], err))) goto done;
    *out = c;
    c = NULL;
done:
    rmt_text_clear(&path);
    rmt_covariates_free(c);
    return st;
}

void rmt_covariates_free(rmt_covariates *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n_list; i++) {
        rmt_mem_free(c->list[i].levels);
        rmt_mem_free(c->list[i].codes);
    }
    rmt_subjects_free(c->subjects);
    rmt_mem_free(c);
}

size_t rmt_covariates_n(const rmt_covariates *c)
{
    return c->n_list;
}

/* Index of the person's level; n_levels = missing. */
static size_t level_of(const rmt_covariates *c, const covariate *v, size_t subject)
{
    char buf[RMT_NUM_BUF];
    if (v->codes) {
        const double x = rmt_subjects_number(c->subjects, subject, v->column, NULL);
        const double *at = bsearch(&x, v->codes, v->n_levels, sizeof x, by_size);
        return isnan(x) || !at ? v->n_levels : (size_t)(at - v->codes);
    }
    const char *text = rmt_subjects_text(c->subjects, subject, v->column, buf, NULL);
    const char **at = bsearch(&text, v->levels, v->n_levels, sizeof text, rmt_text_order);
    return at ? (size_t)(at - v->levels) : v->n_levels;
}

bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *values)
{
    const size_t s = rmt_subjects_find(c->subjects, subject);
    if (s == c->subjects->n) return false;
    for (size_t i = 0; i < c->n_list; i++) {
        const covariate *v = &c->list[i];
        const size_t level = v->factor ? level_of(c, v, s) : 0;
        if (v->factor && level == v->n_levels) return false;
        values[i] =
            v->factor ? (double)level : rmt_subjects_number(c->subjects, s, v->column, NULL);
        if (isnan(values[i])) return false;
    }
    return true;
}

/* indicator[l]: the design column of level l, from 1; 0 for the first level present and those nobody is
 * in. Returns the levels present. */
static size_t number_levels(size_t *indicator, const covariate *v, const double *values,
                            size_t n_rows, size_t width)
{
    size_t n_present = 0;
    for (size_t r = 0; r < n_rows; r++)
        indicator[(size_t)values[r * width]] = 1;
    for (size_t l = 0; l < v->n_levels; l++)
        if (indicator[l]) indicator[l] = n_present++;
    return n_present;
}

rmt_status rmt_covariates_design(double **x, size_t *n_columns, rmt_text *terms,
                                 const rmt_covariates *c, const double *values, size_t n_rows,
                                 rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t width = 1 + c->n_list;
    size_t *indicators[RMT_SETTING_MAX] = {NULL}, n_of[RMT_SETTING_MAX], n = 1;
    double *out = NULL;
    for (size_t i = 0; i < c->n_list; i++) {
        const covariate *v = &c->list[i];
        n_of[i] = 1;
        if ((st =
                 rmt_text_addf(terms, err, " + %s", rmt_table_name(c->subjects->table, v->column))))
            goto done;
        if (v->factor) {
            indicators[i] = rmt_mem_array(v->n_levels, sizeof *indicators[i], err);
            if (!indicators[i]) {
                st = RMT_ERR_NOMEM;
                goto done;
            }
            const size_t present = number_levels(indicators[i], v, values + 1 + i, n_rows, width);
            n_of[i] = present > 1 ? present - 1 : 0;
            if ((st = rmt_text_addf(terms, err, " (factor of %zu level%s)", present,
                                    present == 1 ? "" : "s")))
                goto done;
        }
        n += n_of[i];
    }
    out = rmt_mem_array(n_rows * n, sizeof *out, err); /* zeros */
    if (!out) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    for (size_t r = 0; r < n_rows; r++) {
        const double *from = values + r * width;
        double *to = out + r * n;
        *to++ = from[0];
        for (size_t i = 0; i < c->n_list; to += n_of[i++]) {
            const size_t at = indicators[i] ? indicators[i][(size_t)from[1 + i]] : 0;
            if (!indicators[i]) *to = from[1 + i];
            else if (at > 0) to[at - 1] = 1.0;
        }
    }
    *x = out;
    *n_columns = n;
done:
    for (size_t i = 0; i < c->n_list; i++)
        rmt_mem_free(indicators[i]);
    return st;
}
