/* study.c - the study in memory: a map from path to table in saving order, and the plan. */
#include <stdio.h>
#include <string.h>

#include "rmt/mem.h"
#include "study_internal.h"

rmt_status rmt_study_new(rmt_study **out, rmt_error *err)
{
    rmt_study *s = rmt_mem_array(1, sizeof *s, err);
    if (s == NULL) return RMT_ERR_NOMEM;
    *out = s;
    return RMT_OK;
}

void rmt_study_columns_free(rmt_study_column *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rmt_mem_free(columns[i].name);
        rmt_mem_free(columns[i].link);
        rmt_mem_free(columns[i].title);
        rmt_mem_free(columns[i].unit);
    }
    rmt_mem_free(columns);
}

/* Forgets the table, wherever it is; the path stays. */
static void empty_entry(rmt_study_entry *e)
{
    rmt_table_free(e->table);
    rmt_study_columns_free(e->columns, e->n_columns);
    rmt_mem_free(e->title);
    *e = (rmt_study_entry){.path = e->path};
}

void rmt_study_free(rmt_study *s)
{
    if (s == NULL) return;
    rmt_study_digest_await(s);
    for (size_t i = 0; i < s->n; i++) {
        empty_entry(&s->entries[i]);
        rmt_mem_free(s->entries[i].path);
    }
    rmt_mem_free(s->entries);
    for (size_t i = 0; i < s->n_inputs; i++)
        rmt_mem_free(s->inputs[i]);
    rmt_mem_free(s->inputs);
    rmt_mem_free(s->plan);
    rmt_study_release_bytes(s);
    rmt_mem_free(s);
}

rmt_status rmt_study_add_input(rmt_study *s, const char *path, rmt_error *err)
{
    rmt_status st;
    st = rmt_mem_grow(&s->inputs, &s->cap_inputs, s->n_inputs + 1, sizeof *s->inputs, err);
    if (st) return st;
    char *copy = rmt_mem_text(path, strlen(path), err);
    if (!copy) return RMT_ERR_NOMEM;
    s->inputs[s->n_inputs++] = copy;
    return RMT_OK;
}

const char *rmt_study_plan(const rmt_study *s)
{
    return s->plan;
}

rmt_status rmt_study_set_plan(rmt_study *s, const char *json, rmt_error *err)
{
    char *copy = NULL;
    if (json != NULL && *json != '\0' && (copy = rmt_mem_text(json, strlen(json), err)) == NULL)
        return RMT_ERR_NOMEM;
    rmt_mem_free(s->plan);
    s->plan = copy;
    return RMT_OK;
}

/* ---- saving order -------------------------------------------------------------------------- */

/* Place of a path's first name among the groups of a study, in the order in which they come about.
 */
static int group_rank(const char *path)
{
    static const char *const order[] = {"/sources",         "/source_notes", "/source_columns",
                                        "/source_findings", "/tables",       "/validation",
                                        "/outcomes",        "/results"};
    const int n = (int)(sizeof order / sizeof *order);
    size_t len = 1 + strcspn(path + 1, "/");
    for (int i = 0; i < n; i++)
        if (len == strlen(order[i]) && strncmp(path, order[i], len) == 0) return i;
    return len == strlen("/provenance") && strncmp(path, "/provenance", len) == 0 ? n + 1 : n;
}

int rmt_study_compare_paths(const char *a, const char *b)
{
    int d = group_rank(a) - group_rank(b);
    return d != 0 ? d : strcmp(a, b);
}

/* Index of the first entry that does not come before path. */
static size_t lower_bound(const rmt_study *s, const char *path)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (rmt_study_compare_paths(s->entries[mid].path, path) < 0) low = mid + 1;
        else high = mid;
    }
    return low;
}

rmt_study_entry *rmt_study_entry_find(const rmt_study *s, const char *path)
{
    size_t i = lower_bound(s, path);
    return i < s->n && strcmp(s->entries[i].path, path) == 0 ? &s->entries[i] : NULL;
}

rmt_status rmt_study_insert(rmt_study_entry **out, rmt_study *s, const char *path, rmt_error *err)
{
    rmt_status st = rmt_mem_grow(&s->entries, &s->cap, s->n + 1, sizeof *s->entries, err);
    if (st) return st;
    char *copy = rmt_mem_text(path, strlen(path), err);
    if (copy == NULL) return RMT_ERR_NOMEM;
    size_t i = lower_bound(s, path);
    memmove(s->entries + i + 1, s->entries + i, (s->n - i) * sizeof *s->entries);
    s->entries[i] = (rmt_study_entry){.path = copy};
    s->n++;
    *out = &s->entries[i];
    return RMT_OK;
}

/* ---- tables -------------------------------------------------------------------------------- */

size_t rmt_study_size(const rmt_study *s)
{
    return s->n;
}

const char *rmt_study_path(const rmt_study *s, size_t i)
{
    return s->entries[i].path;
}

bool rmt_study_has(const rmt_study *s, const char *path)
{
    return rmt_study_entry_find(s, path) != NULL;
}

rmt_status rmt_study_get(const rmt_table **out, rmt_study *s, const char *path, rmt_error *err)
{
    rmt_study_entry *e = rmt_study_entry_find(s, path);
    rmt_status st;
    if (e == NULL)
        return rmt_fail(err, RMT_ERR_INCONSISTENT, "no table %s in this study file", path);
    if (e->table == NULL && (st = rmt_study_table_read(&e->table, s, e, err))) return st;
    *out = e->table;
    return RMT_OK;
}

bool rmt_study_is_within(const char *path, const char *above)
{
    size_t n = strlen(above);
    if (strcmp(above, "/") == 0) return true;
    return strncmp(path, above, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

rmt_status rmt_study_check_path(const char *path, rmt_error *err)
{
    int n_names = 0;
    const char *p = path;
    while (*p == '/') {
        size_t n = strcspn(p + 1, "/");
        if (n == 0 || (n == 1 && p[1] == '.')) break;
        n_names++;
        p += 1 + n;
    }
    if (*p != '\0' || n_names < 1 || n_names > RMT_STUDY_MAX_DEPTH)
        return rmt_fail(err, RMT_ERR_INTERNAL, "'%s' is not a path of a table", path);
    if (rmt_study_is_within(path, "/plan") || rmt_study_is_within(path, "/dictionary"))
        return rmt_fail(err, RMT_ERR_INTERNAL, "the path %s is taken by the format", path);
    return RMT_OK;
}

rmt_status rmt_study_put(rmt_study *s, const char *path, rmt_table **t, rmt_error *err)
{
    rmt_status st = rmt_study_check_path(path, err);
    rmt_study_entry *e = rmt_study_entry_find(s, path);

    if (st) return st;
    if (e == NULL) {
        for (size_t i = 0; i < s->n; i++)
            if (rmt_study_is_within(path, s->entries[i].path) ||
                rmt_study_is_within(s->entries[i].path, path))
                return rmt_fail(err, RMT_ERR_INTERNAL, "a table cannot hold tables: %s and %s",
                                s->entries[i].path, path);
        if ((st = rmt_study_insert(&e, s, path, err))) return st;
    }
    rmt_study_digest_await(s);
    empty_entry(e);
    e->table = *t;
    *t = NULL;
    return RMT_OK;
}

size_t rmt_study_remove(rmt_study *s, const char *path)
{
    size_t kept = 0, removed;
    rmt_study_digest_await(s);
    for (size_t i = 0; i < s->n; i++) {
        if (rmt_study_is_within(s->entries[i].path, path)) {
            empty_entry(&s->entries[i]);
            rmt_mem_free(s->entries[i].path);
        } else {
            s->entries[kept++] = s->entries[i];
        }
    }
    removed = s->n - kept;
    s->n = kept;
    return removed;
}
