#include "rmt/findings_text.h"

#include "rmt/source_columns.h"
#include "rmt/stage.h"

#include <string.h>

/* Where the columns of a table of findings are. */
typedef struct {
    const rmt_table *t;
    const rmt_plan *plan;
    size_t severity, code, table, line, column, value, message;
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
                      rmt_table_find(t, "value"),
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

/* The place ("d.csv:8") of a note about another file than the table's, and what follows it in the message; NULL = the finding
 * is about the table's file. */
static const char *other_place(const findings *f, size_t row, const char **message)
{
    const char *place = rmt_table_text(f->t, f->value, row);
    const size_t n = strlen(place);
    *message = rmt_table_text(f->t, f->message, row);
    if (n == 0 || strcmp(rmt_table_text(f->t, f->code, row), "source/reading") != 0 ||
        strncmp(*message, place, n) != 0 || strncmp(*message + n, ": ", 2) != 0)
        return NULL;
    *message += n + 2;
    return place;
}

/* Several texts in a row, with nothing in them that steers a terminal. */
static rmt_status add_all(rmt_text *out, const char *const *texts, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_text_add_visible(out, texts[i], err);
    return st;
}

/* The place of a column in its file, from 1; 0 = not known. A table has the order of its file, but for one made of the
 * forms of a REDCap export and for one made long. */
static size_t column_number(const rmt_plan *plan, const rmt_named_table *tables, size_t n,
                            const rmt_source_columns *places, const char *table, const char *column)
{
    const rmt_plan_table *planned = rmt_plan_find_table(plan, table);
    if (!*column || !planned) return 0;
    if (planned->n_forms > 0 || planned->wide)
        return rmt_source_columns_number(places, table, column);
    const rmt_table *t = rmt_named_table_find(tables, n, table);
    const size_t found = t ? rmt_table_find(t, column) : RMT_NO_COLUMN;
    return found == RMT_NO_COLUMN ? 0 : found + 1;
}

rmt_status rmt_findings_lines(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                              const rmt_named_table *tables, size_t n_tables,
                              const rmt_table *places, rmt_error *err)
{
    const findings f = open_findings(issues, plan);
    rmt_source_columns known = {0};
    rmt_status st = rmt_source_columns_open(&known, places, err);
    for (size_t r = 0; r < rmt_table_rows(issues) && !st; r++) {
        const int32_t line = line_of(&f, r);
        const char *column = rmt_table_text(f.t, f.column, r), *message = NULL;
        const char *place = other_place(&f, r, &message);
        const size_t at = place ? 0
                                : column_number(plan, tables, n_tables, &known,
                                                rmt_table_text(f.t, f.table, r), column);
        const char *const tail[] = {
            " ",  rmt_table_text(f.t, f.severity, r), ": ", column, *column ? ": " : "", message,
            " [", rmt_table_text(f.t, f.code, r),     "]"};
        st = rmt_text_add_visible(out, place ? place : file_of(&f, r), err);
        if (!st && !place) st = rmt_text_addf(out, err, ":%d", (int)(line > 0 ? line : 1));
        if (!st) st = rmt_text_add(out, ":", err);
        if (!st && at > 0) st = rmt_text_addf(out, err, "%zu:", at);
        if (!st) st = add_all(out, tail, sizeof tail / sizeof tail[0], err);
        if (!st) st = rmt_text_add(out, "\n", err);
    }
    rmt_source_columns_close(&known);
    return st;
}

/* ---- for people ---------------------------------------------------------------------------- */

typedef struct {
    size_t n;                         /* found, in the list or not */
    const char *severity;             /* of the first of them */
    size_t shown[RMT_FINDINGS_SHOWN]; /* rows of the list */
    size_t n_shown;
} group;

typedef struct {
    group groups[RMT_N_CHECKS];
    size_t errors, warnings, infos;
} tally;

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
    const char *column = rmt_table_text(f->t, f->column, row), *message = NULL;
    const char *place = other_place(f, row, &message);
    const char *const tail[] = {": ", column, *column ? ": " : "", message};
    if ((st = rmt_text_add(out, "  ", err))) return st;
    if ((st = rmt_text_add_visible(out, place ? place : file_of(f, row), err))) return st;
    if (!place && line > 0 && (st = rmt_text_addf(out, err, ":%d", (int)line))) return st;
    if ((st = add_all(out, tail, sizeof tail / sizeof tail[0], err))) return st;
    return rmt_text_add(out, "\n", err);
}

static rmt_status add_group(rmt_text *out, const findings *f, const rmt_check *check,
                            const group *g, rmt_error *err)
{
    rmt_status st;
    if ((st = rmt_text_addf(out, err, "\n%s: %s, ", check->code, check->title)) ||
        (st = add_count(out, g->n, g->severity, err)) || (st = rmt_text_add(out, "\n", err)))
        return st;
    for (size_t i = 0; i < g->n_shown; i++)
        if ((st = add_place(out, f, g->shown[i], err))) return st;
    if (g->n > g->n_shown && (st = rmt_text_addf(out, err, "  and %zu more\n", g->n - g->n_shown)))
        return st;
    if (!check->suggestion || !*check->suggestion) return RMT_OK;
    if ((st = rmt_text_add(out, "  -> ", err))) return st;
    return rmt_help_wrap(out, check->suggestion, 5, false, err);
}

static rmt_status add_total(rmt_text *out, const tally *t, rmt_error *err)
{
    static const char *const severities[] = {"error", "warning", "info"};
    const size_t n[] = {t->errors, t->warnings, t->infos};
    bool any = false;
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < 3 && !st; i++) {
        if (n[i] == 0) continue;
        if (any) st = rmt_text_add(out, ", ", err);
        if (!st) st = add_count(out, n[i], severities[i], err);
        any = true;
    }
    return st ? st : rmt_text_add(out, any ? "\n" : "nothing was found\n", err);
}

/* counts as of rmt_findings_text. */
static void take_tally(tally *out, const findings *f, const rmt_table *counts)
{
    const rmt_table *t = counts ? counts : f->t;
    const size_t severity = rmt_table_find(t, "severity"), code = rmt_table_find(t, "code");
    const size_t found = counts ? rmt_table_find(t, "found") : 0;
    *out = (tally){.errors = 0};
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        const size_t n = counts ? (size_t)rmt_table_number(t, found, r) : 1;
        const char *weight = rmt_table_text(t, severity, r);
        const size_t check = rmt_check_find(rmt_table_text(t, code, r));
        if (strcmp(weight, "error") == 0) out->errors += n;
        if (strcmp(weight, "warning") == 0) out->warnings += n;
        if (strcmp(weight, "info") == 0) out->infos += n;
        if (check == RMT_N_CHECKS) continue;
        group *g = &out->groups[check];
        if (g->n == 0) g->severity = weight;
        g->n += n;
    }
    for (size_t r = 0; r < rmt_table_rows(f->t); r++) {
        const size_t check = rmt_check_find(rmt_table_text(f->t, f->code, r));
        if (check == RMT_N_CHECKS) continue;
        group *g = &out->groups[check];
        if (g->n_shown < RMT_FINDINGS_SHOWN) g->shown[g->n_shown++] = r;
    }
}

static rmt_status write_groups(rmt_text *out, const findings *f, const tally *t, rmt_error *err)
{
    rmt_status st;
    if ((st = add_total(out, t, err))) return st;
    for (int severity = RMT_SEVERITY_ERROR; severity >= RMT_SEVERITY_INFO; severity--)
        for (size_t i = 0; i < RMT_N_CHECKS; i++) {
            const group *g = &t->groups[i];
            if (g->n == 0 || strcmp(g->severity, rmt_severity_name((rmt_severity)severity)) != 0)
                continue;
            if ((st = add_group(out, f, &rmt_checks[i], g, err))) return st;
        }
    return RMT_OK;
}

rmt_status rmt_findings_groups(rmt_text *out, const rmt_table *issues, const rmt_plan *plan,
                               rmt_error *err)
{
    const findings f = open_findings(issues, plan);
    tally t;
    take_tally(&t, &f, NULL);
    return write_groups(out, &f, &t, err);
}

rmt_status rmt_findings_text(rmt_text *out, const rmt_table *issues, const rmt_table *counts,
                             const rmt_plan *plan, rmt_error *err)
{
    const findings f = open_findings(issues, plan);
    const size_t listed = rmt_table_rows(issues);
    tally t;
    take_tally(&t, &f, counts);
    const size_t found = t.errors + t.warnings + t.infos;
    bool more = false;
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        more = more || t.groups[i].n > t.groups[i].n_shown;
    rmt_status st = write_groups(out, &f, &t, err);
    if (st || found == 0) return st;
    if ((st = rmt_text_add(out, "\n", err))) return st;
    if (more && found == listed)
        st = rmt_text_add(out, "'--format lines' lists every finding; ", err);
    else if (more)
        st = rmt_text_addf(out, err,
                           "'--format lines' lists %zu of %zu findings, more with "
                           "'--max-findings'; ",
                           listed, found);
    if (st) return st;
    return rmt_text_add(out, "'remit validate --explain CODE' tells more of a check.\n", err);
}
