#include "rmt/findings_compare.h"

#include "rmt/findings_text.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/table_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a finding is about --------------------------------------------------------------- */

typedef struct {
    const rmt_table *table;
    size_t line, id, visit; /* columns or RMT_NO_COLUMN */
} place_columns;

static const char *visit_column_of(const rmt_plan *plan, const char *table)
{
    for (size_t i = 0; i < plan->n_outcomes; i++)
        if (plan->outcomes[i].visit && strcmp(plan->outcomes[i].table, table) == 0)
            return plan->outcomes[i].visit;
    return plan->visit_column;
}

static place_columns places_of(const rmt_findings_of *f, const char *name)
{
    place_columns p = {rmt_named_table_find(f->tables, f->n_tables, name), RMT_NO_COLUMN,
                       RMT_NO_COLUMN, RMT_NO_COLUMN};
    const char *visit = visit_column_of(f->plan, name);
    if (!p.table) return p;
    p.line = rmt_line_column(p.table);
    if (f->plan->subject_id) p.id = rmt_table_find(p.table, f->plan->subject_id);
    if (visit) p.visit = rmt_table_find(p.table, visit);
    return p;
}

/* Rows stand in the order of their lines. The number of rows = none. */
static size_t row_of(const place_columns *p, size_t line)
{
    const size_t n = rmt_table_rows(p->table);
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rmt_line_of(p->table, p->line, middle) < line) low = middle + 1;
        else high = middle;
    }
    return low < n && rmt_line_of(p->table, p->line, low) == line ? low : n;
}

typedef struct {
    char *key;
    size_t row; /* of the findings */
    bool paired;
} entry;

/* Cells are NUL-terminated text, so that a control character can part them. */
static rmt_status key_of(char **out, const rmt_findings_of *f, size_t row, rmt_error *err)
{
    static const char *const names[] = {"table", "column", "code", "value"};
    rmt_text key = {0};
    rmt_status st = RMT_OK;
    char id_buf[RMT_NUM_BUF], visit_buf[RMT_NUM_BUF];
    const rmt_table *t = f->issues;
    const char *subject = rmt_table_text(t, rmt_table_find(t, "subject"), row), *visit = "";
    const int32_t line = rmt_table_integer(t, rmt_table_find(t, "line"), row);
    const place_columns p = places_of(f, rmt_table_text(t, rmt_table_find(t, "table"), row));
    if (p.table && p.line != RMT_NO_COLUMN && line > 0) {
        const size_t at = row_of(&p, (size_t)line);
        const bool found = at < rmt_table_rows(p.table);
        if (found && p.id != RMT_NO_COLUMN) subject = rmt_table_format(p.table, p.id, at, id_buf);
        if (found && p.visit != RMT_NO_COLUMN)
            visit = rmt_table_format(p.table, p.visit, at, visit_buf);
    }
    for (size_t i = 0; i < 4 && !st; i++)
        st =
            rmt_text_addf(&key, err, "%s\x1f", rmt_table_text(t, rmt_table_find(t, names[i]), row));
    if (!st) st = rmt_text_addf(&key, err, "%s\x1f%s", subject, visit);
    if (st) rmt_text_clear(&key);
    else *out = key.s;
    return st;
}

static int by_key(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int order = strcmp(x->key, y->key);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int by_row(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static void free_entries(entry *e, size_t n)
{
    for (size_t i = 0; e && i < n; i++)
        rmt_mem_free(e[i].key);
    rmt_mem_free(e);
}

/* One entry for a finding, sorted by key. */
static rmt_status entries_of(entry **out, const rmt_findings_of *f, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t n = rmt_table_rows(f->issues);
    entry *e = rmt_mem_array(n, sizeof *e, err);
    if (!e) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++) {
        e[i].row = i;
        st = key_of(&e[i].key, f, i, err);
    }
    if (st) {
        free_entries(e, n);
        return st;
    }
    if (n > 1) qsort(e, n, sizeof *e, by_key);
    *out = e;
    return RMT_OK;
}

static void pair(entry *a, size_t n_a, entry *b, size_t n_b)
{
    for (size_t i = 0, k = 0; i < n_a && k < n_b;) {
        const int order = strcmp(a[i].key, b[k].key);
        if (order == 0) a[i].paired = b[k].paired = true;
        if (order <= 0) i++;
        if (order >= 0) k++;
    }
}

/* ---- lists that are cut -------------------------------------------------------------------- */

static bool is_of(const rmt_table *t, size_t row, const char *code, const char *table)
{
    return strcmp(rmt_table_text(t, rmt_table_find(t, "code"), row), code) == 0 &&
           strcmp(rmt_table_text(t, rmt_table_find(t, "table"), row), table) == 0;
}

static bool is_cut(const rmt_findings_change *c, const char *code, const char *table)
{
    for (size_t r = 0; r < rmt_table_rows(c->cut); r++)
        if (is_of(c->cut, r, code, table)) return true;
    return false;
}

/* How many findings of a check and table there are; a side without counts has what it lists. */
static double n_found(const rmt_findings_of *f, const char *code, const char *table)
{
    double n = 0;
    const rmt_table *t = f->counts ? f->counts : f->issues;
    const size_t found = f->counts ? rmt_table_find(t, "found") : 0;
    for (size_t r = 0; r < rmt_table_rows(t); r++)
        if (is_of(t, r, code, table)) n += f->counts ? rmt_table_number(t, found, r) : 1;
    return n;
}

/* Enters the checks and tables of which one side has not all in its list. */
static rmt_status find_cut(rmt_findings_change *c, const rmt_table *counts,
                           const rmt_findings_of *before, const rmt_findings_of *now,
                           rmt_error *err)
{
    rmt_status st = RMT_OK;
    const size_t n = counts ? rmt_table_rows(counts) : 0;
    const size_t found = counts ? rmt_table_find(counts, "found") : 0;
    const size_t listed = counts ? rmt_table_find(counts, "listed") : 0;
    for (size_t r = 0; r < n && !st; r++) {
        const char *code = rmt_table_text(counts, rmt_table_find(counts, "code"), r);
        const char *table = rmt_table_text(counts, rmt_table_find(counts, "table"), r);
        const char *severity = rmt_table_text(counts, rmt_table_find(counts, "severity"), r);
        char message[128];
        if (rmt_table_number(counts, found, r) <= rmt_table_number(counts, listed, r) ||
            is_cut(c, code, table))
            continue;
        const double n_before = n_found(before, code, table), n_now = n_found(now, code, table);
        snprintf(message, sizeof message, "cut lists: %.0f before, %.0f now", n_before, n_now);
        c->n_before += n_before;
        c->n_now += n_now;
        st = rmt_findings_add(c->cut,
                              &(rmt_finding){.severity = rmt_severity_of(severity),
                                             .code = code,
                                             .table = table,
                                             .column = "",
                                             .subject = "",
                                             .value = "",
                                             .rule = "",
                                             .message = message},
                              err);
    }
    return st;
}

static bool row_is_cut(const rmt_findings_change *c, const rmt_table *issues, size_t row)
{
    return rmt_table_rows(c->cut) > 0 &&
           is_cut(c, rmt_table_text(issues, rmt_table_find(issues, "code"), row),
                  rmt_table_text(issues, rmt_table_find(issues, "table"), row));
}

/* ---- the comparison ------------------------------------------------------------------------ */

static rmt_status copy_finding(rmt_table *to, const rmt_table *t, size_t row, rmt_error *err)
{
    const int32_t line = rmt_table_integer(t, rmt_table_find(t, "line"), row);
    const rmt_finding f = {
        .severity = rmt_severity_of(rmt_table_text(t, rmt_table_find(t, "severity"), row)),
        .code = rmt_table_text(t, rmt_table_find(t, "code"), row),
        .table = rmt_table_text(t, rmt_table_find(t, "table"), row),
        .line = line > 0 ? (size_t)line : 0,
        .column = rmt_table_text(t, rmt_table_find(t, "column"), row),
        .subject = rmt_table_text(t, rmt_table_find(t, "subject"), row),
        .value = rmt_table_text(t, rmt_table_find(t, "value"), row),
        .rule = rmt_table_text(t, rmt_table_find(t, "rule"), row),
        .message = rmt_table_text(t, rmt_table_find(t, "message"), row)};
    return rmt_findings_add(to, &f, err);
}

/* A study file may come from other software. */
static rmt_status check_counts(const rmt_table *t, rmt_error *err)
{
    static const char *const names[] = {"severity", "code", "table"};
    static const char at[] = "/validation/counts";
    rmt_status st = RMT_OK;
    size_t c;
    for (size_t i = 0; t && i < 3 && !st; i++)
        st = rmt_table_need(&c, t, names[i], RMT_KIND_TEXT, at, err);
    if (t && !st) st = rmt_table_need(&c, t, "found", RMT_KIND_NUMBER, at, err);
    if (t && !st) st = rmt_table_need(&c, t, "listed", RMT_KIND_NUMBER, at, err);
    return st;
}

static rmt_status check_columns(const rmt_table *t, rmt_error *err)
{
    static const char *const names[] = {"severity", "code",  "table", "column",
                                        "subject",  "value", "rule",  "message"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t c = rmt_table_find(t, names[i]);
        if (c == RMT_NO_COLUMN || !rmt_type_is_text(rmt_table_type(t, c)))
            return rmt_fail(err, RMT_ERR_MALFORMED,
                            "the table /validation/issues has no text column '%s'", names[i]);
    }
    const size_t line = rmt_table_find(t, "line");
    if (line == RMT_NO_COLUMN || rmt_table_type(t, line) != RMT_TYPE_INTEGER)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "the table /validation/issues has no whole-number column 'line'");
    return RMT_OK;
}

rmt_status rmt_findings_compare(rmt_findings_change *out, const rmt_findings_of *before,
                                const rmt_findings_of *now, rmt_error *err)
{
    rmt_status st;
    rmt_findings_change c = {0};
    entry *a = NULL, *b = NULL;
    const size_t n_a = rmt_table_rows(before->issues), n_b = rmt_table_rows(now->issues);
    if ((st = check_columns(before->issues, err)) || (st = check_columns(now->issues, err)) ||
        (st = check_counts(before->counts, err)) || (st = check_counts(now->counts, err)) ||
        (st = rmt_findings_new(&c.fixed, err)) || (st = rmt_findings_new(&c.added, err)) ||
        (st = rmt_findings_new(&c.staying, err)) || (st = rmt_findings_new(&c.cut, err)) ||
        (st = find_cut(&c, before->counts, before, now, err)) ||
        (st = find_cut(&c, now->counts, before, now, err)) || (st = entries_of(&a, before, err)) ||
        (st = entries_of(&b, now, err)))
        goto done;
    pair(a, n_a, b, n_b);
    if (n_a > 1) qsort(a, n_a, sizeof *a, by_row);
    if (n_b > 1) qsort(b, n_b, sizeof *b, by_row);
    for (size_t i = 0; i < n_a; i++)
        if (!a[i].paired && !row_is_cut(&c, before->issues, a[i].row) &&
            (st = copy_finding(c.fixed, before->issues, a[i].row, err)))
            goto done;
    for (size_t i = 0; i < n_b; i++)
        if (!row_is_cut(&c, now->issues, b[i].row) &&
            (st = copy_finding(b[i].paired ? c.staying : c.added, now->issues, b[i].row, err)))
            goto done;
    *out = c;
    c = (rmt_findings_change){0};
done:
    rmt_findings_change_clear(&c);
    free_entries(a, n_a);
    free_entries(b, n_b);
    return st;
}

void rmt_findings_change_clear(rmt_findings_change *c)
{
    rmt_table_free(c->fixed);
    rmt_table_free(c->added);
    rmt_table_free(c->staying);
    rmt_table_free(c->cut);
    *c = (rmt_findings_change){0};
}

/* ---- as text ------------------------------------------------------------------------------- */

static rmt_status add_rows(rmt_table *to, const char *change, const rmt_table *t, rmt_error *err)
{
    rmt_status st;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        const size_t row = rmt_table_rows(to);
        if ((st = rmt_table_add_rows(to, 1, err)) ||
            (st = rmt_table_set_text(to, 0, row, change, strlen(change), err)))
            return st;
        for (size_t c = 0; c < rmt_table_columns(t); c++) {
            if (rmt_table_type(t, c) == RMT_TYPE_INTEGER) {
                rmt_table_set_integer(to, c + 1, row, rmt_table_integer(t, c, r));
                continue;
            }
            const char *s = rmt_table_text(t, c, r);
            if ((st = rmt_table_set_text(to, c + 1, row, s, strlen(s), err))) return st;
        }
    }
    return RMT_OK;
}

static rmt_status write_table(rmt_text *out, const rmt_findings_change *c, const char *format,
                              rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st;
    if ((st = rmt_table_new(&t, "Findings compared", err)) ||
        (st = rmt_table_add_column(t, "change", RMT_TYPE_STRING, "fixed, new, stays or cut", NULL,
                                   err)))
        goto done;
    for (size_t i = 0; i < rmt_table_columns(c->fixed); i++)
        if ((st = rmt_table_add_column(t, rmt_table_name(c->fixed, i), rmt_table_type(c->fixed, i),
                                       NULL, NULL, err)))
            goto done;
    if ((st = add_rows(t, "fixed", c->fixed, err)) || (st = add_rows(t, "new", c->added, err)) ||
        (st = add_rows(t, "stays", c->staying, err)) || (st = add_rows(t, "cut", c->cut, err)))
        goto done;
    st = rmt_table_write(out, t, format, err);
done:
    rmt_table_free(t);
    return st;
}

/* Of these only the counts are known. */
static rmt_status write_cut(rmt_text *out, const rmt_findings_change *c, const rmt_plan *plan,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (rmt_table_rows(c->cut) == 0) return RMT_OK;
    st = rmt_text_add(
        out,
        "\nLists that are cut, compared by their counts alone ('--max-findings' of both "
        "runs lists more):\n",
        err);
    for (size_t r = 0; r < rmt_table_rows(c->cut) && !st; r++) {
        const char *name = rmt_table_text(c->cut, rmt_table_find(c->cut, "table"), r);
        const rmt_plan_table *t = rmt_plan_find_table(plan, name);
        st = rmt_text_add(out, "  ", err);
        if (!st) st = rmt_text_add_visible(out, t ? t->file : name, err);
        if (!st)
            st = rmt_text_addf(out, err, ": %s [%s]\n",
                               rmt_table_text(c->cut, rmt_table_find(c->cut, "message"), r),
                               rmt_table_text(c->cut, rmt_table_find(c->cut, "code"), r));
    }
    return st;
}

rmt_status rmt_findings_change_write(rmt_text *out, const rmt_findings_change *c,
                                     const rmt_plan *before_plan, const rmt_findings_of *now,
                                     const char *format, rmt_error *err)
{
    rmt_status st;
    const size_t n_fixed = rmt_table_rows(c->fixed), n_new = rmt_table_rows(c->added);
    if (strcmp(format, "lines") == 0) {
        st = rmt_findings_lines(out, c->added, now->plan, now->tables, now->n_tables, now->places,
                                err);
        if (st) return st;
        return rmt_findings_lines(out, c->cut, now->plan, now->tables, now->n_tables, now->places,
                                  err);
    }
    if (strcmp(format, "text") != 0) return write_table(out, c, format, err);
    st = rmt_text_addf(out, err, "%zu fixed, %zu new, %zu still there", n_fixed, n_new,
                       rmt_table_rows(c->staying));
    if (!st && rmt_table_rows(c->cut) > 0)
        st = rmt_text_addf(out, err, "; cut lists: %.0f before, %.0f now", c->n_before, c->n_now);
    if (!st) st = rmt_text_add(out, "\n", err);
    if (!st && n_fixed) st = rmt_text_add(out, "\nFixed: ", err);
    if (!st && n_fixed) st = rmt_findings_groups(out, c->fixed, before_plan, err);
    if (!st && n_new) st = rmt_text_add(out, "\nNew: ", err);
    if (!st && n_new) st = rmt_findings_groups(out, c->added, now->plan, err);
    return st ? st : write_cut(out, c, now->plan, err);
}
