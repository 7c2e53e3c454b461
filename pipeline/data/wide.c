/* wide.c - see rmt/wide.h. */
#include "rmt/wide.h"

#include "config.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <string.h>

/* ---- patterns ------------------------------------------------------------------------------ */

static const char name_mark[] = "{name}", visit_mark[] = "{visit}";

rmt_status rmt_wide_pattern_parse(rmt_wide_pattern *out, const char *text, const char **wrong,
                                  rmt_error *err)
{
    const char *name = strstr(text, name_mark), *visit = strstr(text, visit_mark);
    const char *end = text + strlen(text);
    *wrong = NULL;
    if (!visit) *wrong = "has no {visit}";
    else if (strstr(visit + 1, visit_mark) || (name && strstr(name + 1, name_mark)))
        *wrong = "has the same part twice";
    if (*wrong) return RMT_OK;
    out->text = text;
    out->has_name = name != NULL;
    out->visit_first = !name || visit < name;
    const char *first = out->visit_first ? visit : name;
    const char *second = !name ? NULL : out->visit_first ? name : visit;
    const char *behind = first + (out->visit_first ? sizeof visit_mark : sizeof name_mark) - 1;
    const char *after =
        !second ? behind : second + (out->visit_first ? sizeof name_mark : sizeof visit_mark) - 1;
    if (!second) second = behind;
    out->before = rmt_mem_text(text, (size_t)(first - text), err);
    out->between = rmt_mem_text(behind, (size_t)(second - behind), err);
    out->after = rmt_mem_text(after, (size_t)(end - after), err);
    return out->before && out->between && out->after ? RMT_OK : RMT_ERR_NOMEM;
}

void rmt_wide_free(rmt_wide *w)
{
    if (!w) return;
    for (size_t i = 0; i < w->n_patterns; i++) {
        rmt_mem_free(w->patterns[i].before);
        rmt_mem_free(w->patterns[i].between);
        rmt_mem_free(w->patterns[i].after);
    }
    rmt_mem_free(w->patterns);
    rmt_mem_free(w->keep);
    rmt_mem_free(w->scheduled);
    rmt_mem_free(w);
}

/* ---- taking names apart -------------------------------------------------------------------- */

typedef struct {
    const char *s;
    size_t n;
} part;

/* One way to take a column's name apart. */
typedef struct {
    size_t pattern;
    part name, visit;
} way;

static bool is_text(part p, const char *s)
{
    return strlen(s) == p.n && memcmp(p.s, s, p.n) == 0;
}

static bool is_scheduled(const rmt_wide *w, part visit)
{
    for (size_t i = 0; i < w->n_scheduled; i++)
        if (is_text(visit, w->scheduled[i])) return true;
    return false;
}

/* What maps are made with. */
typedef struct {
    const rmt_wide *w;
    const char *const *columns;
    rmt_wide_map *m;
    bool *applies; /* per pattern: to some column */
    size_t names_cap, visits_cap;
    rmt_error *err;
} mapper;

static size_t find_text(char *const *texts, size_t n, part p)
{
    size_t i = 0;
    while (i < n && !is_text(p, texts[i]))
        i++;
    return i;
}

/* Which ways count: those to a visit of the schedule, those to a name that is made already, or any. */
typedef enum { SCHEDULED, NAMED, ANY } wanted;

static bool counts(const mapper *p, const way *one, wanted which)
{
    if (which == SCHEDULED) return is_scheduled(p->w, one->visit);
    if (which == NAMED) return find_text(p->m->names, p->m->n_names, one->name) < p->m->n_names;
    return true;
}

static size_t count_way(const mapper *p, way one, wanted which, way found[2], size_t n_found)
{
    if (!counts(p, &one, which)) return n_found;
    if (n_found < 2) found[n_found] = one;
    return n_found + 1;
}

/* The ways of one pattern that count: how many, and the first two. */
static size_t ways_of(const mapper *p, size_t pattern, const char *column, wanted which,
                      way found[2], size_t n_found)
{
    const rmt_wide_pattern *x = &p->w->patterns[pattern];
    const size_t n = strlen(column), n_before = strlen(x->before), n_after = strlen(x->after);
    const size_t n_between = strlen(x->between);
    if (n <= n_before + n_after || strncmp(column, x->before, n_before) != 0 ||
        strcmp(column + n - n_after, x->after) != 0)
        return n_found;
    const part middle = {column + n_before, n - n_before - n_after};
    if (!x->has_name) {
        const part name = {p->w->value, p->w->value ? strlen(p->w->value) : 0};
        return count_way(p, (way){pattern, name, middle}, which, found, n_found);
    }
    for (size_t i = 1; i + n_between < middle.n; i++) {
        if (memcmp(middle.s + i, x->between, n_between) != 0) continue;
        const part first = {middle.s, i};
        const part second = {middle.s + i + n_between, middle.n - i - n_between};
        const way one = {pattern, x->visit_first ? second : first, x->visit_first ? first : second};
        n_found = count_way(p, one, which, found, n_found);
    }
    return n_found;
}

static rmt_status add_text(char ***texts, size_t *n, size_t *cap, part p, rmt_error *err)
{
    rmt_status st = rmt_mem_grow(texts, cap, *n + 1, sizeof **texts, err);
    if (st) return st;
    if (!((*texts)[*n] = rmt_mem_text(p.s, p.n, err))) return RMT_ERR_NOMEM;
    ++*n;
    return RMT_OK;
}

static rmt_status fail_twice(const mapper *p, const char *column, const way found[2])
{
    return rmt_fail_at(p->err, RMT_ERR_CONFIG, p->w->source, p->w->line, "long",
                       "column '%s' is '%.*s' at visit '%.*s', or '%.*s' at visit '%.*s'; a "
                       "narrower pattern, the visits of the schedule or 'keep' settle it",
                       column, (int)found[0].name.n, found[0].name.s, (int)found[0].visit.n,
                       found[0].visit.s, (int)found[1].name.n, found[1].name.s,
                       (int)found[1].visit.n, found[1].visit.s);
}

/* Takes a column apart, if it can be: a name and a visit of the long table. */
static rmt_status map_column(mapper *p, size_t column, wanted which)
{
    rmt_wide_map *m = p->m;
    const char *text = p->columns[column];
    way found[2];
    size_t n = 0;
    rmt_status st;
    for (size_t i = 0; i < p->w->n_patterns; i++)
        n = ways_of(p, i, text, which, found, n);
    if (n == 0) return RMT_OK;
    if (n > 1) return fail_twice(p, text, found);
    p->applies[found[0].pattern] = true;
    m->name[column] = find_text(m->names, m->n_names, found[0].name);
    m->visit[column] = find_text(m->visits, m->n_visits, found[0].visit);
    if (m->name[column] == m->n_names &&
        (st = add_text(&m->names, &m->n_names, &p->names_cap, found[0].name, p->err)))
        return st;
    if (m->visit[column] < m->n_visits) return RMT_OK;
    return add_text(&m->visits, &m->n_visits, &p->visits_cap, found[0].visit, p->err);
}

static rmt_status map_columns(mapper *p, wanted which)
{
    for (size_t i = 0; i < p->m->n_columns; i++) {
        rmt_status st;
        if (p->m->name[i] != RMT_NO_COLUMN ||
            config_find(p->columns[i], p->w->keep, p->w->n_keep) < p->w->n_keep)
            continue;
        if ((st = map_column(p, i, which))) return st;
    }
    return RMT_OK;
}

/* Visits of the schedule first, in its order, as far as some column has them. */
static rmt_status order_visits(mapper *p)
{
    rmt_wide_map *m = p->m;
    size_t n = 0;
    size_t *to = rmt_mem_array(m->n_visits, sizeof *to, p->err);
    char **visits = rmt_mem_array(m->n_visits, sizeof *visits, p->err);
    if (!to || !visits) {
        rmt_mem_free(to);
        rmt_mem_free(visits);
        return RMT_ERR_NOMEM;
    }
    for (size_t k = 0; k < p->w->n_scheduled; k++) {
        const part visit = {p->w->scheduled[k], strlen(p->w->scheduled[k])};
        const size_t i = find_text(m->visits, m->n_visits, visit);
        if (i == m->n_visits || find_text(visits, n, visit) < n) continue;
        to[i] = n;
        visits[n++] = m->visits[i];
    }
    for (size_t i = 0; i < m->n_visits; i++)
        if (!is_scheduled(p->w, (part){m->visits[i], strlen(m->visits[i])})) {
            to[i] = n;
            visits[n++] = m->visits[i];
        }
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->name[i] != RMT_NO_COLUMN) m->visit[i] = to[m->visit[i]];
    rmt_mem_free(m->visits);
    rmt_mem_free(to);
    m->visits = visits;
    return RMT_OK;
}

static rmt_status fill_places(mapper *p)
{
    rmt_wide_map *m = p->m;
    if (!(m->at = rmt_mem_array(m->n_names * m->n_visits, sizeof *m->at, p->err)))
        return RMT_ERR_NOMEM;
    for (size_t i = 0; i < m->n_names * m->n_visits; i++)
        m->at[i] = RMT_NO_COLUMN;
    for (size_t i = 0; i < m->n_columns; i++) {
        if (m->name[i] == RMT_NO_COLUMN) continue;
        size_t *place = &m->at[m->name[i] * m->n_visits + m->visit[i]];
        if (*place != RMT_NO_COLUMN)
            return rmt_fail_at(p->err, RMT_ERR_CONFIG, p->w->source, p->w->line, "long",
                               "columns '%s' and '%s' are both '%s' at visit '%s'",
                               p->columns[*place], p->columns[i], m->names[m->name[i]],
                               m->visits[m->visit[i]]);
        *place = i;
    }
    return RMT_OK;
}

/* A column that no pattern is of, for the author to compare: the last, as ids stand first. NULL: there is none. */
static const char *left_over(const mapper *p)
{
    for (size_t i = p->m->n_columns; i-- > 0;)
        if (p->m->name[i] == RMT_NO_COLUMN &&
            config_find(p->columns[i], p->w->keep, p->w->n_keep) == p->w->n_keep)
            return p->columns[i];
    return NULL;
}

static rmt_status fail_no_column(const mapper *p, const rmt_wide_pattern *pattern)
{
    const char *example = left_over(p);
    return rmt_fail_at(p->err, RMT_ERR_CONFIG, p->w->source, pattern->line, "long",
                       "no column is of the pattern '%s'%s%s%s%s", pattern->text,
                       p->w->n_scheduled ? " at a visit of the schedule" : "",
                       example ? "; a column that is of none is '" : "", example ? example : "",
                       example ? "'" : "");
}

/* Everything the plan asks for is there. */
static rmt_status check_whole(const mapper *p)
{
    const rmt_wide *w = p->w;
    const rmt_wide_map *m = p->m;
    for (size_t i = 0; i < w->n_patterns; i++)
        if (!p->applies[i]) return fail_no_column(p, &w->patterns[i]);
    for (size_t i = 0; i < w->n_keep; i++)
        if (config_find(w->keep[i], p->columns, m->n_columns) == m->n_columns) {
            const char *nearest = rmt_text_nearest(w->keep[i], p->columns, m->n_columns);
            return rmt_fail_at(p->err, RMT_ERR_CONFIG, w->source, w->line, "keep",
                               "no column '%s' in the file%s%s%s", w->keep[i],
                               nearest ? "; did you mean '" : "", nearest ? nearest : "",
                               nearest ? "'?" : "");
        }
    return RMT_OK;
}

static rmt_status check_names(const mapper *p)
{
    const rmt_wide *w = p->w;
    const rmt_wide_map *m = p->m;
    for (size_t i = 0; i < m->n_names; i++)
        if (strcmp(m->names[i], w->visit) == 0 || strcmp(m->names[i], RMT_LINE_COLUMN) == 0)
            return rmt_fail_at(p->err, RMT_ERR_CONFIG, w->source, w->line, "long",
                               "a pattern makes a column '%s', which the long table has for "
                               "something else",
                               m->names[i]);
    for (size_t i = 0; i < m->n_columns; i++) {
        if (m->name[i] != RMT_NO_COLUMN) continue;
        const part kept = {p->columns[i], strlen(p->columns[i])};
        if (is_text(kept, w->visit) || find_text(m->names, m->n_names, kept) < m->n_names)
            return rmt_fail_at(p->err, RMT_ERR_CONFIG, w->source, w->line, "long",
                               "the long table gets a column '%s', and the file has one as well",
                               p->columns[i]);
    }
    return RMT_OK;
}

static rmt_status read_number(double *x, const mapper *p, size_t visit)
{
    const char *text = p->m->visits[visit];
    if (rmt_num_parse_double(text, strlen(text), x)) return RMT_OK;
    return rmt_fail_at(p->err, RMT_ERR_CONFIG, p->w->source, p->w->line, "long",
                       "visit '%s' of a column's name is no number, and the plan has '%s' as days "
                       "or hours",
                       text, p->w->visit);
}

/* Visits that are numbers are called as the long table prints them: whoever looks a visit up finds "02" as "2". */
static rmt_status print_visits(mapper *p)
{
    rmt_wide_map *m = p->m;
    rmt_status st = RMT_OK;
    double *numbers = rmt_mem_array(m->n_visits, sizeof *numbers, p->err);
    if (!numbers) return RMT_ERR_NOMEM;
    for (size_t v = 0; v < m->n_visits && !st; v++) {
        st = read_number(&numbers[v], p, v);
        for (size_t i = 0; i < v && !st; i++)
            if (numbers[i] >= numbers[v] && numbers[i] <= numbers[v])
                st = rmt_fail_at(p->err, RMT_ERR_CONFIG, p->w->source, p->w->line, "long",
                                 "visits '%s' and '%s' of the columns' names are the same number",
                                 m->visits[i], m->visits[v]);
    }
    for (size_t v = 0; v < m->n_visits && !st; v++) {
        char printed[RMT_NUM_BUF];
        rmt_num_print(printed, numbers[v]);
        char *text = rmt_mem_text(printed, strlen(printed), p->err);
        if (!text) st = RMT_ERR_NOMEM;
        else {
            rmt_mem_free(m->visits[v]);
            m->visits[v] = text;
        }
    }
    rmt_mem_free(numbers);
    return st;
}

rmt_status rmt_wide_map_new(rmt_wide_map **out, const rmt_wide *w, const char *const *columns,
                            size_t n, bool whole, rmt_error *err)
{
    mapper p = {.w = w, .columns = columns, .err = err};
    rmt_status st = RMT_ERR_NOMEM;
    if (!(p.m = rmt_mem_array(1, sizeof *p.m, err))) goto done;
    p.m->n_columns = n;
    if (!(p.m->name = rmt_mem_array(n, sizeof *p.m->name, err)) ||
        !(p.m->visit = rmt_mem_array(n, sizeof *p.m->visit, err)) ||
        !(p.applies = rmt_mem_array(w->n_patterns, sizeof *p.applies, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        p.m->name[i] = RMT_NO_COLUMN;
    if ((st = map_columns(&p, w->n_scheduled ? SCHEDULED : ANY))) goto done;
    if (w->n_scheduled && (st = map_columns(&p, NAMED))) goto done;
    if (whole && (st = check_whole(&p))) goto done;
    if ((st = check_names(&p)) || (st = order_visits(&p)) || (st = fill_places(&p))) goto done;
    if (whole && w->numbers && (st = print_visits(&p))) goto done;
    *out = p.m;
    p.m = NULL;
done:
    rmt_mem_free(p.applies);
    rmt_wide_map_free(p.m);
    return st;
}

void rmt_wide_map_free(rmt_wide_map *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->n_names; i++)
        rmt_mem_free(m->names[i]);
    for (size_t i = 0; i < m->n_visits; i++)
        rmt_mem_free(m->visits[i]);
    rmt_mem_free(m->names);
    rmt_mem_free(m->visits);
    rmt_mem_free(m->name);
    rmt_mem_free(m->visit);
    rmt_mem_free(m->at);
    rmt_mem_free(m);
}

/* ---- types --------------------------------------------------------------------------------- */

static bool has_value(const rmt_table *t, size_t col)
{
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (!rmt_table_is_missing(t, col, row)) return true;
    return false;
}

/* A column without a value, nor a cell that could not be read, says nothing of the type. */
static bool is_blank(const rmt_table *t, size_t col)
{
    if (has_value(t, col)) return false;
    for (size_t row = 0; rmt_table_has_reasons(t, col) && row < rmt_table_rows(t); row++)
        if (rmt_unreadable_text(rmt_table_reason(t, col, row))) return false;
    return true;
}

/* The type that holds both; false: there is none but text as it was written. */
static bool join_types(rmt_type *type, rmt_type other)
{
    if (*type == other) return true;
    const bool numbers = (*type == RMT_TYPE_INTEGER || *type == RMT_TYPE_NUMBER) &&
                         (other == RMT_TYPE_INTEGER || other == RMT_TYPE_NUMBER);
    const bool texts = rmt_type_is_text(*type) && rmt_type_is_text(other);
    if (numbers) *type = RMT_TYPE_NUMBER;
    if (texts) *type = RMT_TYPE_STRING;
    return numbers || texts;
}

/* The type of a name over all visits. mixed: there is none. */
static rmt_type type_of(const rmt_wide_map *m, const rmt_table *t, size_t name, bool *mixed)
{
    rmt_type type = RMT_N_TYPES;
    size_t any = RMT_NO_COLUMN;
    *mixed = false;
    for (size_t v = 0; v < m->n_visits; v++) {
        const size_t col = m->at[name * m->n_visits + v];
        if (col == RMT_NO_COLUMN) continue;
        any = col;
        if (is_blank(t, col)) continue;
        if (type == RMT_N_TYPES) type = rmt_table_type(t, col);
        else if (!join_types(&type, rmt_table_type(t, col))) *mixed = true;
    }
    return type == RMT_N_TYPES ? rmt_table_type(t, any) : type;
}

rmt_status rmt_wide_mixed(const char ***names, size_t *n, const rmt_wide_map *m, const rmt_table *t,
                          rmt_error *err)
{
    const char **list = rmt_mem_array(m->n_columns, sizeof *list, err);
    if (!list) return RMT_ERR_NOMEM;
    *n = 0;
    for (size_t i = 0; i < m->n_names; i++) {
        bool mixed;
        type_of(m, t, i, &mixed);
        for (size_t v = 0; mixed && v < m->n_visits; v++)
            if (m->at[i * m->n_visits + v] != RMT_NO_COLUMN)
                list[(*n)++] = rmt_table_name(t, m->at[i * m->n_visits + v]);
    }
    *names = list;
    return RMT_OK;
}

/* ---- the long table ------------------------------------------------------------------------ */

static rmt_status copy_cell(rmt_table *to, size_t col, size_t row, const rmt_table *from,
                            size_t from_col, size_t from_row, rmt_error *err)
{
    const char *text;
    rmt_status st = RMT_OK;
    if (rmt_table_has_reasons(from, from_col)) {
        const char *reason = rmt_table_reason(from, from_col, from_row);
        if (reason[0]) st = rmt_table_set_reason(to, col, row, reason, err);
    }
    if (st || rmt_table_is_missing(from, from_col, from_row)) return st;
    switch (rmt_table_type(to, col)) {
    case RMT_TYPE_NUMBER:
        return rmt_table_set_number(to, col, row, rmt_table_number(from, from_col, from_row), err);
    case RMT_TYPE_INTEGER:
    case RMT_TYPE_BOOLEAN:
        rmt_table_set_integer(to, col, row, rmt_table_integer(from, from_col, from_row));
        return RMT_OK;
    default:
        text = rmt_table_text(from, from_col, from_row);
        return rmt_table_set_text(to, col, row, text, strlen(text), err);
    }
}

/* A column of the file in each visit's rows (visit = RMT_NO_COLUMN), or in those of one visit. */
static rmt_status copy_column(rmt_table *to, size_t col, const rmt_wide_map *m, size_t visit,
                              const rmt_table *from, size_t from_col, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t row = 0; row < rmt_table_rows(from) && !st; row++)
        for (size_t v = 0; v < m->n_visits && !st; v++)
            if (visit == RMT_NO_COLUMN || visit == v)
                st = copy_cell(to, col, row * m->n_visits + v, from, from_col, row, err);
    return st;
}

static rmt_status add_kept(rmt_table *to, const rmt_wide_map *m, const rmt_table *from, size_t col,
                           rmt_error *err)
{
    const size_t at = rmt_table_columns(to);
    rmt_status st =
        rmt_table_add_column(to, rmt_table_name(from, col), rmt_table_type(from, col),
                             rmt_table_column_title(from, col), rmt_table_unit(from, col), err);
    return st ? st : copy_column(to, at, m, RMT_NO_COLUMN, from, col, err);
}

static rmt_status add_numbers(rmt_table *to, size_t at, const rmt_wide_map *m, size_t n_rows,
                              rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t v = 0; v < m->n_visits && !st; v++) {
        double x;
        if (!rmt_num_parse_double(m->visits[v], strlen(m->visits[v]), &x))
            return rmt_fail(err, RMT_ERR_INTERNAL, "visit '%s' is no number", m->visits[v]);
        for (size_t row = 0; row < n_rows && !st; row++)
            st = rmt_table_set_number(to, at, row * m->n_visits + v, x, err);
    }
    return st;
}

static rmt_status add_visits(rmt_table *to, const rmt_wide *w, const rmt_wide_map *m, size_t n_rows,
                             rmt_error *err)
{
    const size_t at = rmt_table_columns(to);
    rmt_status st =
        rmt_table_add_column(to, w->visit, w->numbers ? RMT_TYPE_NUMBER : RMT_TYPE_STRING,
                             "Visit, from the names of the columns", NULL, err);
    if (!st && w->numbers) return add_numbers(to, at, m, n_rows, err);
    for (size_t v = 0; v < m->n_visits && n_rows > 0 && !st; v++)
        st = rmt_table_fill_text(to, at, v, m->n_visits, n_rows, m->visits[v], strlen(m->visits[v]),
                                 err);
    return st;
}

static rmt_status add_name(rmt_table *to, const rmt_wide_map *m, const rmt_table *from, size_t name,
                           rmt_error *err)
{
    const size_t at = rmt_table_columns(to);
    bool mixed;
    const rmt_type type = type_of(m, from, name, &mixed);
    const size_t *cols = m->at + name * m->n_visits;
    size_t first = 0;
    while (cols[first] == RMT_NO_COLUMN)
        first++;
    if (mixed) return rmt_fail(err, RMT_ERR_INTERNAL, "'%s' has types that differ", m->names[name]);
    rmt_status st =
        rmt_table_add_column(to, m->names[name], type, rmt_table_column_title(from, cols[first]),
                             rmt_table_unit(from, cols[first]), err);
    for (size_t v = 0; v < m->n_visits && !st; v++)
        if (cols[v] != RMT_NO_COLUMN) st = copy_column(to, at, m, v, from, cols[v], err);
    return st;
}

rmt_status rmt_wide_make_long(rmt_table **out, const rmt_wide *w, const rmt_wide_map *m,
                              const rmt_table *t, rmt_error *err)
{
    rmt_table *to = NULL;
    rmt_status st = rmt_table_new(&to, rmt_table_title(t), err);
    if (!st) st = rmt_table_add_rows(to, rmt_table_rows(t) * m->n_visits, err);
    for (size_t i = 0; i < m->n_columns && !st; i++)
        if (m->name[i] == RMT_NO_COLUMN) st = add_kept(to, m, t, i, err);
    if (!st) st = add_visits(to, w, m, rmt_table_rows(t), err);
    for (size_t i = 0; i < m->n_names && !st; i++)
        st = add_name(to, m, t, i, err);
    if (!st) st = add_kept(to, m, t, m->n_columns, err); /* source_line */
    if (st) rmt_table_free(to);
    else *out = to;
    return st;
}

rmt_status rmt_wide_columns_table(rmt_table **out, const rmt_wide_map *m,
                                  const char *const *columns, rmt_error *err)
{
    static const rmt_column_spec specs[] = {
        {"name", RMT_TYPE_STRING, "column of the long table", NULL},
        {"visit", RMT_TYPE_STRING, "its visit", NULL},
        {"column", RMT_TYPE_STRING, "column of the file", NULL},
    };
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "Columns of a wide file", err);
    if (!st) st = rmt_table_add_columns(t, specs, CONFIG_COUNT(specs), err);
    for (size_t i = 0; i < m->n_columns && !st; i++) {
        if (m->name[i] == RMT_NO_COLUMN) continue;
        const char *const cells[] = {m->names[m->name[i]], m->visits[m->visit[i]], columns[i]};
        const size_t row = rmt_table_rows(t);
        st = rmt_table_add_rows(t, 1, err);
        for (size_t c = 0; c < CONFIG_COUNT(cells) && !st; c++)
            st = rmt_table_set_text(t, c, row, cells[c], strlen(cells[c]), err);
    }
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}
