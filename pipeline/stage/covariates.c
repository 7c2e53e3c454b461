#include "rmt/covariates.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/subjects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t column;       /* of the subject table */
    const char **levels; /* text columns, sorted by bytes; NULL for numbers */
    size_t n_levels;
} covariate;

struct rmt_covariates {
    rmt_subjects *subjects;
    covariate list[RMT_SETTING_MAX];
    size_t n_list, n_columns;
};

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
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
    if (n > 0) qsort(all, n, sizeof *all, by_bytes);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0) all[kept++] = all[i];
    v->levels = all;
    v->n_levels = kept;
    return RMT_OK;
}

static rmt_status add_covariate(rmt_covariates *c, const rmt_plan *plan, const char *name,
                                rmt_error *err)
{
    rmt_status st;
    covariate *v = &c->list[c->n_list];
    if ((st = rmt_named_table_column(&v->column, c->subjects->table, plan->subject_table, name,
                                     err)))
        return st;
    c->n_list++;
    if (!rmt_type_is_text(rmt_table_type(c->subjects->table, v->column))) {
        c->n_columns++;
        return RMT_OK;
    }
    if ((st = collect_levels(c, v, err))) return st;
    c->n_columns += v->n_levels > 1 ? v->n_levels - 1 : 0;
    return RMT_OK;
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
    for (size_t i = 0; i < c->n_list; i++)
        rmt_mem_free(c->list[i].levels);
    rmt_subjects_free(c->subjects);
    rmt_mem_free(c);
}

size_t rmt_covariates_n(const rmt_covariates *c)
{
    return c->n_columns;
}

bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *x)
{
    char buf[RMT_NUM_BUF];
    size_t k = 0, s = rmt_subjects_find(c->subjects, subject);
    if (s == c->subjects->n) return false;
    for (size_t i = 0; i < c->n_list; i++) {
        const covariate *v = &c->list[i];
        if (!v->levels) {
            double value = rmt_subjects_number(c->subjects, s, v->column, NULL);
            if (isnan(value)) return false;
            x[k++] = value;
            continue;
        }
        const char *text = rmt_subjects_text(c->subjects, s, v->column, buf, NULL);
        if (*text == '\0') return false;
        for (size_t l = 1; l < v->n_levels; l++)
            x[k++] = strcmp(text, v->levels[l]) == 0 ? 1.0 : 0.0;
    }
    return true;
}
