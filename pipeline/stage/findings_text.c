#include "rmt/findings_text.h"

#include "rmt/stage.h"

#include <string.h>

/* Where the columns of a table of findings are. */
typedef struct {
    const rmt_table *t;
    const rmt_plan *plan;
    size_t severity, code, table, line, column, message;
} findings;

static findings open_findings(const rmt_table *t, const rmt_plan *plan)
{
    return (findings){t,
                      plan,
                      rmt_table_find(t, "severity"),
                      rmt_table_find(t, "code"),
                      rmt_table_find(t, "table"),
                      rmt_table_find(t, "line"),
                      rmt_table_find(t, "column"),
                      rmt_table_find(t, "message")};
}

static const char *file_of(const findings *f, size_t row)
{
    const char *name = rmt_table_text(f->t, f->table, row);
    const rmt_plan_table *t = rmt_plan_find_table(f->plan, name);
    return t ? t->file : name;
}

static int32_t line_of(const findings *f, size_t row)
{
    const int32_t line = rmt_table_integer(f->t, f->line, row);
    return line == RMT_INTEGER_MISSING ? 0 : line;
}

/* Several texts in a row, with nothing in them that steers a terminal. */
static rmt_status add_all(rmt_text *out, const char *const *texts, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_text_add_visible(out, texts[i], err);
    return st;
}

rmt_status rmt_findings_lines(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                              rmt_error *err)
{
    rmt_status st;
    const findings f = open_findings(issues, plan);
    for (size_t r = 0; r < rmt_table_rows(issues); r++) {
        const int32_t line = line_of(&f, r);
        const char *column = rmt_table_text(f.t, f.column, r);
        const char *const tail[] = {column,
                                    *column ? ": " : " ",
                                    rmt_table_text(f.t, f.severity, r),
                                    ": ",
                                    rmt_table_text(f.t, f.message, r),
                                    " [",
                                    rmt_table_text(f.t, f.code, r),
                                    "]"};
        if ((st = rmt_text_add_visible(out, file_of(&f, r), err)) ||
            (st = rmt_text_addf(out, err, ":%d:", (int)(line > 0 ? line : 1))) ||
            (st = add_all(out, tail, sizeof tail / sizeof tail[0], err)) ||
            (st = rmt_text_add(out, "\n", err)))
            return st;
    }
    return RMT_OK;
}

/* ---- for people ---------------------------------------------------------------------------- */

typedef struct {
    size_t n, shown[RMT_FINDINGS_SHOWN]; /* how many, and the rows of the first of them */
} group;

/* "2 errors", "1 info". */
static rmt_status add_count(rmt_text *out, size_t n, const char *severity, rmt_error *err)
{
    const bool plural = n != 1 && strcmp(severity, "info") != 0;
    return rmt_text_addf(out, err, "%zu %s%s", n, severity, plural ? "s" : "");
}

static rmt_status add_place(rmt_text *out, const findings *f, size_t row, rmt_error *err)
{
    rmt_status st;
    const int32_t line = line_of(f, row);
    const char *column = rmt_table_text(f->t, f->column, row);
    const char *const tail[] = {": ", column, *column ? ": " : "",
                                rmt_table_text(f->t, f->message, row)};
    if ((st = rmt_text_add(out, "  ", err))) return st;
    if ((st = rmt_text_add_visible(out, file_of(f, row), err))) return st;
    if (line > 0 && (st = rmt_text_addf(out, err, ":%d", (int)line))) return st;
    if ((st = add_all(out, tail, sizeof tail / sizeof tail[0], err))) return st;
    return rmt_text_add(out, "\n", err);
}

static rmt_status add_group(rmt_text *out, const findings *f, const rmt_check *check,
                            const group *g, rmt_error *err)
{
    rmt_status st;
    const size_t shown = g->n < RMT_FINDINGS_SHOWN ? g->n : RMT_FINDINGS_SHOWN;
    if ((st = rmt_text_addf(out, err, "\n%s: %s, ", check->code, check->title)) ||
        (st = add_count(out, g->n, rmt_table_text(f->t, f->severity, g->shown[0]), err)) ||
        (st = rmt_text_add(out, "\n", err)))
        return st;
    for (size_t i = 0; i < shown; i++)
        if ((st = add_place(out, f, g->shown[i], err))) return st;
    if (g->n > shown && (st = rmt_text_addf(out, err, "  and %zu more\n", g->n - shown))) return st;
    if (!check->suggestion || !*check->suggestion) return RMT_OK;
    if ((st = rmt_text_add(out, "  -> ", err))) return st;
    return rmt_help_wrap(out, check->suggestion, 5, false, err);
}

static rmt_status add_total(rmt_text *out, const findings *f, rmt_error *err)
{
    static const char *const severities[] = {"error", "warning", "info"};
    size_t n[3] = {0};
    bool any = false;
    rmt_status st = RMT_OK;
    for (size_t r = 0; r < rmt_table_rows(f->t); r++)
        for (size_t i = 0; i < 3; i++)
            if (strcmp(rmt_table_text(f->t, f->severity, r), severities[i]) == 0) n[i]++;
    for (size_t i = 0; i < 3 && !st; i++) {
        if (n[i] == 0) continue;
        if (any) st = rmt_text_add(out, ", ", err);
        if (!st) st = add_count(out, n[i], severities[i], err);
        any = true;
    }
    return st ? st : rmt_text_add(out, any ? "\n" : "nothing was found\n", err);
}

static rmt_status write_groups(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                               bool *cut, rmt_error *err)
{
    rmt_status st;
    const findings f = open_findings(issues, plan);
    group groups[RMT_N_CHECKS] = {{0}};
    *cut = false;
    for (size_t r = 0; r < rmt_table_rows(issues); r++) {
        const size_t check = rmt_check_find(rmt_table_text(issues, f.code, r));
        if (check == RMT_N_CHECKS) continue;
        group *g = &groups[check];
        if (g->n < RMT_FINDINGS_SHOWN) g->shown[g->n] = r;
        else *cut = true;
        g->n++;
    }
    if ((st = add_total(out, &f, err))) return st;
    for (int severity = RMT_SEVERITY_ERROR; severity >= RMT_SEVERITY_INFO; severity--)
        for (size_t i = 0; i < RMT_N_CHECKS; i++) {
            const char *name = rmt_severity_name((rmt_severity)severity);
            if (groups[i].n == 0 ||
                strcmp(rmt_table_text(issues, f.severity, groups[i].shown[0]), name) != 0)
                continue;
            if ((st = add_group(out, &f, &rmt_checks[i], &groups[i], err))) return st;
        }
    return RMT_OK;
}

rmt_status rmt_findings_groups(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                               rmt_error *err)
{
    bool cut;
    return write_groups(out, issues, plan, &cut, err);
}

rmt_status rmt_findings_text(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                             rmt_error *err)
{
    bool cut;
    const rmt_status st = write_groups(out, issues, plan, &cut, err);
    if (st || rmt_table_rows(issues) == 0) return st;
    return rmt_text_addf(out, err, "\n%s'remit validate --explain CODE' tells more of a check.\n",
                         cut ? "'--format lines' lists every finding; " : "");
}
