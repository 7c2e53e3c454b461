/* wide_file.c - see rmt/wide_file.h. */
#include "rmt/wide_file.h"

#include "rmt/mem.h"
#include "rmt/source_columns.h"
#include "rmt/subjects.h"
#include "rmt/text.h"

#include <string.h>

/* A wide file while it is read. */
typedef struct {
    const rmt_plan_table *pt;
    const rmt_csv_options *options;
    const char **names; /* of its columns; they lie in header */
    size_t n;
    rmt_table *header, *t;
    rmt_wide_map *map;
    rmt_schema schema;
    const char **labels, **numbers, **sure; /* the file's names of what the long table has */
    size_t n_labels, n_numbers, n_sure;
    rmt_error *err;
} wide_file;

/* What it warns of is told when the rows are read. */
static rmt_status read_header(wide_file *f, const char *path, rmt_problems *notes)
{
    rmt_csv_options options = *f->options;
    rmt_problems said = {0};
    options.header_only = true;
    options.schema = NULL;
    rmt_status st = rmt_csv_read(&f->header, NULL, path, f->pt->file, &options, &said, f->err);
    if (st) {
        if (notes) rmt_problems_append(notes, &said);
        return st;
    }
    f->n = rmt_table_columns(f->header) - 1;
    if (!(f->names = rmt_mem_array(f->n, sizeof *f->names, f->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < f->n; i++)
        f->names[i] = rmt_table_name(f->header, i);
    return RMT_OK;
}

/* Of the file's columns those that are, in the long table, among wanted. */
static rmt_status file_names(const char ***out, size_t *n, const wide_file *f,
                             const char *const *wanted, size_t n_wanted)
{
    /* twice as many as there are columns: those of mixed types may be told again */
    if (!(*out = rmt_mem_array(2 * f->n, sizeof **out, f->err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < f->n; i++) {
        const bool kept = f->map->name[i] == RMT_NO_COLUMN;
        if (rmt_text_is_among(kept ? f->names[i] : f->map->names[f->map->name[i]], wanted,
                              n_wanted))
            (*out)[(*n)++] = f->names[i];
    }
    return RMT_OK;
}

static rmt_status read_rows(wide_file *f, rmt_csv_facts *facts, const char *path,
                            rmt_problems *notes)
{
    rmt_csv_options options = *f->options;
    options.schema = f->pt->schema ? &f->schema : NULL;
    options.labels = f->labels;
    options.n_labels = f->n_labels;
    options.numbers = f->numbers;
    options.n_numbers = f->n_numbers;
    options.sure_numbers = f->sure;
    options.n_sure_numbers = f->n_sure;
    rmt_table_free(f->t);
    f->t = NULL;
    return rmt_csv_read(&f->t, facts, path, f->pt->file, &options, notes, f->err);
}

/* Whether at least half of the values of a name are numbers, over all visits: what is none is unreadable by now. */
static bool are_numbers(const wide_file *f, size_t name)
{
    const rmt_wide_map *m = f->map;
    size_t n_numbers = 0, n_others = 0;
    for (size_t v = 0; v < m->n_visits; v++) {
        const size_t col = m->at[name * m->n_visits + v];
        for (size_t row = 0; col != RMT_NO_COLUMN && row < rmt_table_rows(f->t); row++) {
            if (!rmt_table_is_missing(f->t, col, row)) n_numbers++;
            else if (rmt_table_has_reasons(f->t, col) &&
                     rmt_unreadable_text(rmt_table_reason(f->t, col, row)))
                n_others++;
        }
    }
    return n_numbers >= n_others;
}

/* Those of the columns read as numbers that had better be text. */
static size_t give_up_numbers(wide_file *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (!rmt_text_is_among(f->names[i], f->sure, f->n_sure) || are_numbers(f, f->map->name[i]))
            continue;
        f->labels[f->n_labels++] = f->names[i];
        n++;
    }
    return n;
}

/* What is text at one visit is to be text at all, unless the plan needs numbers and most values of all visits are. */
static rmt_status settle_types(wide_file *f, rmt_csv_facts *facts, const char *path)
{
    const char **mixed = NULL;
    size_t n = 0;
    rmt_status st = rmt_wide_mixed(&mixed, &n, f->map, f->t, f->err);
    if (!st && !(f->sure = rmt_mem_array(f->n, sizeof *f->sure, f->err))) st = RMT_ERR_NOMEM;
    for (size_t k = 0; k < f->n && n > 0 && !st; k++) {
        if (!rmt_text_is_among(f->names[k], mixed, n)) continue;
        if (rmt_text_is_among(f->names[k], f->numbers, f->n_numbers))
            f->sure[f->n_sure++] = f->names[k];
        else f->labels[f->n_labels++] = f->names[k];
    }
    rmt_mem_free(mixed);
    if (st || n == 0 || (st = read_rows(f, facts, path, NULL))) return st;
    return give_up_numbers(f) > 0 ? read_rows(f, facts, path, NULL) : RMT_OK;
}

/* ---- columns that seem misspelt -------------------------------------------------------------- */

/* A column that the patterns make of a name and a visit. */
typedef struct {
    char *text; /* owned */
    size_t name;
    bool in_file;
} expected_column;

typedef struct {
    const wide_file *f;
    expected_column *list;
    size_t n, cap;
    size_t *n_columns; /* of each name */
} expectation;

static rmt_status expect_column(expectation *x, const rmt_wide_pattern *p, size_t name,
                                const char *visit)
{
    rmt_error *err = x->f->err;
    const char *called = x->f->map->names[name];
    const char *first = p->visit_first ? visit : called, *second = p->visit_first ? called : visit;
    rmt_text text = {0};
    rmt_status st = rmt_mem_grow(&x->list, &x->cap, x->n + 1, sizeof *x->list, err);
    if (!st)
        st = rmt_text_addf(&text, err, "%s%s%s%s%s", p->before, first, p->between,
                           p->has_name ? second : "", p->after);
    if (st) rmt_text_clear(&text);
    else
        x->list[x->n++] =
            (expected_column){text.s, name, rmt_table_find(x->f->header, text.s) != RMT_NO_COLUMN};
    return st;
}

/* Every name at every visit: of the schedule, where that is told by labels, else of the file. */
static rmt_status expect_columns(expectation *x)
{
    const rmt_wide *w = x->f->pt->wide;
    const rmt_wide_map *m = x->f->map;
    const bool scheduled = w->n_scheduled > 0;
    const size_t n_visits = scheduled ? w->n_scheduled : m->n_visits;
    rmt_status st = RMT_OK;
    if (!(x->n_columns = rmt_mem_array(m->n_names, sizeof *x->n_columns, x->f->err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->name[i] != RMT_NO_COLUMN) x->n_columns[m->name[i]]++;
    for (size_t p = 0; p < w->n_patterns; p++)
        for (size_t i = 0; i < m->n_names; i++) {
            if (!w->patterns[p].has_name && strcmp(m->names[i], w->value) != 0) continue;
            for (size_t v = 0; v < n_visits && !st; v++)
                st = expect_column(x, &w->patterns[p], i,
                                   scheduled ? w->scheduled[v] : m->visits[v]);
        }
    return st;
}

/* What the column i, which no pattern takes or which is alone with its name, resembles: rather what is not in the file. */
static const expected_column *resembled(const expectation *x, size_t i)
{
    const size_t own = x->f->map->name[i];
    const expected_column *found = NULL;
    for (size_t k = 0; k < x->n; k++) {
        const expected_column *e = &x->list[k];
        /* Two names of one column each tell nothing. */
        if (own != RMT_NO_COLUMN && (e->in_file || x->n_columns[e->name] < 2)) continue;
        if ((!found || !e->in_file) &&
            rmt_names_likeness(x->f->names[i], e->text) != RMT_NAMES_DIFFER)
            found = e;
        if (found && !found->in_file) break;
    }
    return found;
}

static void note_misspelt(const expectation *x, size_t i, const expected_column *e,
                          rmt_problems *notes)
{
    const wide_file *f = x->f;
    const size_t own = f->map->name[i];
    if (own == RMT_NO_COLUMN)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, f->pt->file, 0,
                         f->names[i],
                         "no pattern of 'long' takes the column, so that it stands at every visit; "
                         "it resembles '%s', which is %s ('keep' names a column that is right)",
                         e->text, e->in_file ? "there too" : "not in the file");
    else
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, f->pt->file, 0,
                         f->names[i],
                         "the column is made '%s', which has no other visit; it resembles '%s', "
                         "which is not in the file",
                         f->map->names[own], e->text);
}

static rmt_status note_all_misspelt(const wide_file *f, rmt_problems *notes)
{
    const rmt_wide *w = f->pt->wide;
    expectation x = {.f = f};
    size_t n_there = 0, there = 0;
    const expected_column *other = NULL;
    rmt_status st = expect_columns(&x);
    for (size_t i = 0; i < f->n && !st; i++) {
        const size_t own = f->map->name[i];
        if (own == RMT_NO_COLUMN ? rmt_text_is_among(f->names[i], w->keep, w->n_keep)
                                 : x.n_columns[own] > 1 || f->map->n_visits < 2)
            continue;
        const expected_column *e = resembled(&x, i);
        if (e && !e->in_file) note_misspelt(&x, i, e, notes);
        if (e && e->in_file) {
            n_there++;
            there = i;
            other = e;
        }
    }
    /* Several that resemble what is there are another measure, called nearly the same. */
    if (!st && n_there == 1) note_misspelt(&x, there, other, notes);
    for (size_t k = 0; k < x.n; k++)
        rmt_mem_free(x.list[k].text);
    rmt_mem_free(x.list);
    rmt_mem_free(x.n_columns);
    return st;
}

rmt_status rmt_wide_file_read(rmt_table **out, rmt_table **columns, rmt_table *places,
                              rmt_csv_facts *facts, size_t *n_columns, const char *path,
                              const rmt_plan_table *pt, const rmt_csv_options *options,
                              rmt_problems *notes, rmt_error *err)
{
    const rmt_wide *w = pt->wide;
    wide_file f = {.pt = pt, .options = options, .err = err};
    rmt_status st;
    if ((st = read_header(&f, path, notes))) goto done;
    if ((st = rmt_wide_map_new(&f.map, w, f.names, f.n, true, err))) goto done;
    if (pt->schema && (st = rmt_wide_file_schema(&f.schema, pt->schema, f.map, f.names, err)))
        goto done;
    if ((st = file_names(&f.labels, &f.n_labels, &f, options->labels, options->n_labels)) ||
        (st = file_names(&f.numbers, &f.n_numbers, &f, options->numbers, options->n_numbers)))
        goto done;
    if ((st = read_rows(&f, facts, path, notes)) || (st = settle_types(&f, facts, path)) ||
        (st = note_all_misspelt(&f, notes)))
        goto done;
    if ((st = rmt_wide_columns_table(columns, f.map, f.names, err)) ||
        (st = rmt_wide_make_long(out, w, f.map, f.t, err)))
        goto done;
    for (size_t i = 0; i < f.n && !st; i++)
        st = rmt_source_columns_add(places, pt->name, f.names[i], i + 1, err);
    if (st) goto done;
    *n_columns = f.n;
    rmt_problems_add(notes, RMT_SEVERITY_INFO, RMT_OK, pt->file, 0, NULL,
                     "made long: %zu row%s at %zu visit%s", rmt_table_rows(f.t),
                     rmt_table_rows(f.t) == 1 ? "" : "s", f.map->n_visits,
                     f.map->n_visits == 1 ? "" : "s");
done:
    rmt_wide_file_schema_clear(&f.schema);
    rmt_wide_map_free(f.map);
    rmt_table_free(f.t);
    rmt_table_free(f.header);
    rmt_mem_free(f.names);
    rmt_mem_free(f.labels);
    rmt_mem_free(f.numbers);
    rmt_mem_free(f.sure);
    return st;
}
