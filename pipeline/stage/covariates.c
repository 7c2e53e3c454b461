#include "rmt/covariates.h"

#include "rmt/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t column;       /* of the subject table */
    const char **levels; /* text columns, sorted; NULL for numbers */
    size_t n_levels;
} covariate;

struct rmt_covariates {
    const rmt_table *subjects;
    size_t id_column;
    const char **ids; /* sorted; ids[i] is in row rows[i] */
    size_t *rows, n_ids;
    covariate list[RMT_SETTING_MAX];
    size_t n_list, n_columns;
};

typedef struct {
    const char *id;
    size_t row;
} keyed;

static int by_id(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    int c = strcmp(x->id, y->id);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static rmt_status index_subjects(rmt_covariates *c, rmt_error *err)
{
    size_t n = rmt_table_rows(c->subjects);
    keyed *keys = rmt_mem_array(n, sizeof *keys, err);
    c->ids = rmt_mem_array(n, sizeof *c->ids, err);
    c->rows = rmt_mem_array(n, sizeof *c->rows, err);
    if (!keys || !c->ids || !c->rows) {
        rmt_mem_free(keys);
        return RMT_ERR_NOMEM;
    }
    for (size_t r = 0; r < n; r++)
        keys[r] = (keyed){rmt_table_text(c->subjects, c->id_column, r), r};
    if (n > 0) qsort(keys, n, sizeof *keys, by_id);
    for (size_t i = 0; i < n; i++) {
        if (c->n_ids > 0 && strcmp(c->ids[c->n_ids - 1], keys[i].id) == 0) continue;
        c->ids[c->n_ids] = keys[i].id;
        c->rows[c->n_ids++] = keys[i].row;
    }
    rmt_mem_free(keys);
    return RMT_OK;
}

static rmt_status collect_levels(rmt_covariates *c, covariate *v, rmt_error *err)
{
    const char **all = rmt_mem_array(c->n_ids, sizeof *all, err);
    if (!all) return RMT_ERR_NOMEM;
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < c->n_ids; i++) {
        const char *text = rmt_table_text(c->subjects, v->column, c->rows[i]);
        if (*text) all[n++] = text;
    }
    if (n > 0) qsort(all, n, sizeof *all, by_bytes);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(all[kept - 1], all[i]) != 0) all[kept++] = all[i];
    v->levels = all;
    v->n_levels = kept;
    return RMT_OK;
}

rmt_status rmt_covariates_new(rmt_covariates **out, rmt_stage_run *run, const rmt_setting_names *names,
                              rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text path = {0};
    rmt_covariates *c = rmt_mem_array(1, sizeof *c, err);
    if (!c) return RMT_ERR_NOMEM;
    if ((st = rmt_text_addf(&path, err, "/tables/%s", run->plan->subject_table))) goto done;
    if ((st = rmt_study_get(&c->subjects, run->study, path.s, err))) goto done;
    c->id_column = rmt_table_find(c->subjects, run->plan->subject_id);
    if (c->id_column == RMT_NO_COLUMN || !rmt_type_is_text(rmt_table_type(c->subjects, c->id_column))) {
        st = rmt_fail(err, RMT_ERR_INCONSISTENT, "%s: adjusting needs a text column '%s' of subject ids", path.s,
                      run->plan->subject_id);
        goto done;
    }
    if ((st = index_subjects(c, err))) goto done;
    for (size_t i = 0; i < names->n; i++) {
        covariate *v = &c->list[c->n_list++];
        v->column = rmt_table_find(c->subjects, names->names[i]);
        if (v->column == RMT_NO_COLUMN) {
            st = rmt_fail(err, RMT_ERR_INCONSISTENT, "%s has no column '%s' to adjust for", path.s,
                          names->names[i]);
            goto done;
        }
        if (rmt_type_is_text(rmt_table_type(c->subjects, v->column))) {
            if ((st = collect_levels(c, v, err))) goto done;
            c->n_columns += v->n_levels > 1 ? v->n_levels - 1 : 0;
        } else c->n_columns++;
    }
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
    rmt_mem_free(c->ids);
    rmt_mem_free(c->rows);
    rmt_mem_free(c);
}

size_t rmt_covariates_n(const rmt_covariates *c)
{
    return c->n_columns;
}

bool rmt_covariates_of(const rmt_covariates *c, const char *subject, double *x)
{
    const char **hit = c->n_ids ? bsearch(&subject, c->ids, c->n_ids, sizeof *c->ids, by_bytes) : NULL;
    if (!hit) return false;
    size_t row = c->rows[hit - c->ids], k = 0;
    for (size_t i = 0; i < c->n_list; i++) {
        const covariate *v = &c->list[i];
        if (rmt_table_is_missing(c->subjects, v->column, row)) return false;
        if (!v->levels) {
            x[k++] = rmt_table_number(c->subjects, v->column, row);
            continue;
        }
        const char *text = rmt_table_text(c->subjects, v->column, row);
        for (size_t l = 1; l < v->n_levels; l++)
            x[k++] = strcmp(text, v->levels[l]) == 0 ? 1.0 : 0.0;
    }
    return true;
}
