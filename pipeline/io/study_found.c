/* study_found.c - what a reader found in a study file, table by table, brought into agreement with
 * the dictionary: which datasets are columns, in which order, and of which type. */
#include <stdlib.h>
#include <string.h>

#include "rmt/mem.h"
#include "rmt/text.h"
#include "study_internal.h"

const rmt_column_spec rmt_study_dictionary[RMT_STUDY_N_DICTIONARY] = {
    {"table", RMT_TYPE_STRING, NULL, NULL},  {"position", RMT_TYPE_INTEGER, NULL, NULL},
    {"column", RMT_TYPE_STRING, NULL, NULL}, {"type", RMT_TYPE_STRING, NULL, NULL},
    {"title", RMT_TYPE_STRING, NULL, NULL},  {"unit", RMT_TYPE_STRING, NULL, NULL},
};

void rmt_found_group_clear(rmt_found_group *g)
{
    for (size_t i = 0; i < g->n; i++)
        rmt_mem_free(g->datasets[i].link);
    rmt_mem_free(g->datasets);
    rmt_mem_free(g->path);
    rmt_mem_free(g->title);
    rmt_study_columns_free(g->columns, g->n_columns);
    *g = (rmt_found_group){0};
}

void rmt_found_clear(rmt_found *f)
{
    for (size_t i = 0; i < f->n; i++)
        rmt_found_group_clear(&f->groups[i]);
    rmt_mem_free(f->groups);
    rmt_found_group_clear(&f->dictionary);
    *f = (rmt_found){0};
}

/* ---- looking up ---------------------------------------------------------------------------- */

static int compare_datasets(const void *a, const void *b)
{
    return strcmp(((const rmt_found_dataset *)a)->link, ((const rmt_found_dataset *)b)->link);
}

static int compare_groups(const void *a, const void *b)
{
    return strcmp(((const rmt_found_group *)a)->path, ((const rmt_found_group *)b)->path);
}

static int compare_link(const void *link, const void *dataset)
{
    return strcmp(link, ((const rmt_found_dataset *)dataset)->link);
}

static int compare_path(const void *path, const void *group)
{
    return strcmp(path, ((const rmt_found_group *)group)->path);
}

static rmt_found_dataset *find_dataset(rmt_found_group *g, const char *link)
{
    return g->n ? bsearch(link, g->datasets, g->n, sizeof *g->datasets, compare_link) : NULL;
}

static rmt_found_group *find_group(rmt_found *f, const char *path)
{
    return f->n ? bsearch(path, f->groups, f->n, sizeof *f->groups, compare_path) : NULL;
}

static void sort_datasets(rmt_found_group *g)
{
    if (g->n > 0) qsort(g->datasets, g->n, sizeof *g->datasets, compare_datasets);
}

/* ---- columns ------------------------------------------------------------------------------- */

static bool kind_fits(rmt_found_kind k, rmt_type t)
{
    if (t == RMT_TYPE_NUMBER) return k == RMT_FOUND_FLOAT;
    if (t == RMT_TYPE_INTEGER) return k == RMT_FOUND_INTEGER;
    if (t == RMT_TYPE_BOOLEAN) return k == RMT_FOUND_INTEGER || k == RMT_FOUND_ENUMERATION;
    return k == RMT_FOUND_TEXT;
}

/* Appends a column to what the group declares; link NULL: it follows from the name. */
static rmt_status declare(rmt_found_group *g, const char *name, const char *link, rmt_type type,
                          const char *title, const char *unit, rmt_error *err)
{
    rmt_status st =
        rmt_mem_grow(&g->columns, &g->cap_columns, g->n_columns + 1, sizeof *g->columns, err);
    rmt_study_column *c;
    rmt_found_dataset *d, *reasons;
    rmt_text companion = {0};

    if (st) return st;
    c = &g->columns[g->n_columns];
    *c = (rmt_study_column){.type = type};
    g->n_columns++;
    c->name = rmt_mem_text(name, strlen(name), err);
    c->link = link ? rmt_mem_text(link, strlen(link), err) : rmt_study_link_of(name, err);
    c->title = rmt_mem_text(title, strlen(title), err);
    c->unit = rmt_mem_text(unit, strlen(unit), err);
    if (c->name == NULL || c->link == NULL || c->title == NULL || c->unit == NULL)
        return RMT_ERR_NOMEM;

    if ((d = find_dataset(g, c->link)) == NULL)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name,
                           "%s: the dictionary names a column that is not there", g->path);
    if (d->is_used)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name, "%s: the column is there twice",
                           g->path);
    if (!kind_fits(d->kind, type))
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name,
                           "%s: the dataset is not of the type %s that the dictionary says",
                           g->path, rmt_type_name(type));
    d->is_used = true;
    c->raw = d->raw;
    if ((st = rmt_text_addf(&companion, err, "%s" RMT_STUDY_REASONS, c->link))) return st;
    reasons = find_dataset(g, companion.s);
    rmt_text_clear(&companion);
    if (reasons == NULL) return RMT_OK;
    if (reasons->kind != RMT_FOUND_TEXT || reasons->is_used)
        return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name,
                           "%s: the reasons for missing cells are not text", g->path);
    reasons->is_used = true;
    c->has_reasons = true;
    c->raw_reasons = reasons->raw;
    return RMT_OK;
}

/* A table that the dictionary does not know: every dataset is a column of the type it has in the
 * file. */
static rmt_status declare_all(rmt_found_group *g, rmt_error *err)
{
    for (size_t i = 0; i < g->n; i++) {
        static const rmt_type types[] = {
            [RMT_FOUND_FLOAT] = RMT_TYPE_NUMBER,
            [RMT_FOUND_INTEGER] = RMT_TYPE_INTEGER,
            [RMT_FOUND_ENUMERATION] = RMT_TYPE_BOOLEAN,
            [RMT_FOUND_TEXT] = RMT_TYPE_STRING,
        };
        const char *link = g->datasets[i].link;
        size_t n = strlen(link), suffix = strlen(RMT_STUDY_REASONS);
        rmt_status st;

        if (g->datasets[i].is_used) continue;
        if (n > suffix && strcmp(link + n - suffix, RMT_STUDY_REASONS) == 0) {
            char *base = rmt_mem_text(link, n - suffix, err);
            if (base == NULL) return RMT_ERR_NOMEM;
            bool is_companion = find_dataset(g, base) != NULL;
            rmt_mem_free(base);
            if (is_companion) continue; /* its column takes it */
        }
        char *name = rmt_study_column_of(link, err);
        if (name == NULL) return RMT_ERR_NOMEM;
        if (rmt_text_utf8_valid_prefix(name, strlen(name)) != strlen(name))
            st = rmt_fail(err, RMT_ERR_MALFORMED, "%s: a name is not UTF-8", g->path);
        else st = declare(g, name, link, types[g->datasets[i].kind], "", "", err);
        rmt_mem_free(name);
        if (st) return st;
    }
    return RMT_OK;
}

/* ---- the dictionary ------------------------------------------------------------------------ */

rmt_status rmt_found_dictionary(rmt_study_entry *out, rmt_found *f, rmt_error *err)
{
    rmt_found_group *d = &f->dictionary;

    if (f->n > 0) qsort(f->groups, f->n, sizeof *f->groups, compare_groups);
    for (size_t i = 0; i < f->n; i++)
        sort_datasets(&f->groups[i]);
    if (!f->has_dictionary) return RMT_OK;
    sort_datasets(d);
    for (size_t i = 0; i < RMT_STUDY_N_DICTIONARY; i++) {
        const rmt_column_spec *c = &rmt_study_dictionary[i];
        rmt_status st = declare(d, c->name, NULL, c->type, "", "", err);
        if (st) return st;
    }
    if (d->n != RMT_STUDY_N_DICTIONARY)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "/dictionary: it holds other datasets than %d known ones",
                        (int)RMT_STUDY_N_DICTIONARY);
    *out = (rmt_study_entry){
        .path = d->path, .columns = d->columns, .n_columns = d->n_columns, .rows = (size_t)d->rows};
    return RMT_OK;
}

static rmt_status apply_dictionary(rmt_found *f, const rmt_table *t, rmt_error *err)
{
    rmt_found_group *g = NULL;
    for (size_t row = 0; row < rmt_table_rows(t); row++) {
        const char *path = rmt_table_text(t, 0, row);
        const char *name = rmt_table_text(t, 2, row);
        rmt_type type;
        rmt_status st;

        if (g == NULL || strcmp(g->path, path) != 0) g = find_group(f, path);
        if (g == NULL)
            return rmt_fail(err, RMT_ERR_MALFORMED,
                            "the dictionary names a table that is not there: %s", path);
        if (rmt_table_integer(t, 1, row) < 1 ||
            (size_t)rmt_table_integer(t, 1, row) != g->n_columns + 1)
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name,
                               "%s: the dictionary says position %d for column %zu", path,
                               (int)rmt_table_integer(t, 1, row), g->n_columns + 1);
        if (*name == '\0' || !rmt_type_from_name(rmt_table_text(t, 3, row), &type))
            return rmt_fail_at(err, RMT_ERR_MALFORMED, NULL, 0, name,
                               "%s: the dictionary says type '%s'", path,
                               rmt_table_text(t, 3, row));
        if ((st = declare(g, name, NULL, type, rmt_table_text(t, 4, row), rmt_table_text(t, 5, row),
                          err)))
            return st;
    }
    return RMT_OK;
}

/* Every dataset of every group is now a column or a companion, or the file is wrong. */
static rmt_status settle_group(rmt_found_group *g, rmt_study *s, bool is_own, rmt_error *err)
{
    rmt_study_entry *e;
    rmt_status st;

    if (g->n_columns == 0 && g->n > 0) {
        if (is_own)
            return rmt_fail(err, RMT_ERR_MALFORMED, "%s: the dictionary does not know this table",
                            g->path);
        if ((st = declare_all(g, err))) return st;
    }
    for (size_t i = 0; i < g->n; i++)
        if (!g->datasets[i].is_used)
            return rmt_fail(err, RMT_ERR_MALFORMED,
                            "%s: the dictionary does not know the dataset '%s'", g->path,
                            g->datasets[i].link);
    if (rmt_study_check_path(g->path, NULL))
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s is no path of a table", g->path);
    if (g->n == 0 && g->rows > RMT_STUDY_MAX_BARE_ROWS)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s: %llu rows without a column", g->path,
                        (unsigned long long)g->rows);
    if ((st = rmt_study_insert(&e, s, g->path, err))) return st;
    e->columns = g->columns;
    e->n_columns = g->n_columns;
    g->columns = NULL;
    g->n_columns = 0;
    e->title = g->title;
    g->title = NULL;
    e->rows = (size_t)g->rows;
    e->is_in_file = true;
    if (is_own) memcpy(e->digest, g->digest, RMT_DIGEST_HEX);
    return RMT_OK;
}

rmt_status rmt_found_settle(rmt_found *f, const rmt_table *dictionary, rmt_study *s, bool is_own,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (dictionary && (st = apply_dictionary(f, dictionary, err))) return st;
    for (size_t i = 0; i < f->n && !st; i++)
        st = settle_group(&f->groups[i], s, is_own, err);
    return st;
}
