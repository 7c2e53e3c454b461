/* validate: do the data keep what the schemas and the plan promise?
 * Memory: O(rows of the largest table + findings listed). Reads: /tables. Adds: /validation. */
#include "rmt/check_text.h"
#include "rmt/findings_compare.h"
#include "rmt/findings_text.h"
#include "rmt/ledger.h"
#include "rmt/mem.h"
#include "rmt/named_tables.h"
#include "rmt/source_columns.h"
#include "rmt/source_findings.h"
#include "rmt/source_notes.h"
#include "rmt/stage.h"
#include "rmt/table_text.h"
#include "rmt/trialcheck.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DIGITS(x) #x
#define TEXT_OF(x) DIGITS(x)

static const char *const needs[] = {"/tables", RMT_SOURCE_NOTES "?", RMT_SOURCE_FINDINGS "?",
                                    "/wide?"};
static const char *const adds[] = {"/validation"};
static const char *const text_options[] = {"format", "compare"};

static const rmt_option options[] = {
    {.name = "keep-going",
     .letter = 'k',
     .kind = RMT_OPTION_FLAG,
     .result = true,
     .help = "pass the study on although there are errors, with the records flagged; the exit code "
             "is 1 all the same (the option of this name of 'remit run' is about plans, not about "
             "findings)"},
    {.name = "format",
     .letter = 'f',
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "FORMAT",
     .choices = "text|lines|csv|json",
     .help = "write the findings instead of the study: text for people, lines that editors jump "
             "to, csv "
             "and json with every column"},
    {.name = "disable",
     .kind = RMT_OPTION_LIST,
     .placeholder = "CODE",
     .result = true,
     .help = "switch these checks off, besides those that the plan's key 'checks' switches off"},
    {.name = "max-findings",
     .kind = RMT_OPTION_INTEGER,
     .placeholder = "N",
     .initial = TEXT_OF(RMT_LEDGER_LISTED),
     .min = 0,
     .max = INT32_MAX,
     .result = true,
     .help = "list the first N findings of one check in one table; the others are counted in "
             "/validation/counts and flag their records all the same"},
    {.name = "compare",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "OLD",
     .help =
         "tell what was fixed, what is new and what stays since the study file OLD, instead of the "
         "study; with --format csv or json every finding. Where a list is cut (--max-findings), in "
         "OLD or now, only the counts of its check and table are compared"},
    {.name = "list-checks",
     .kind = RMT_OPTION_FLAG,
     .help = "name every check and end; with --format csv or json all that is known of it"},
    {.name = "explain",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "CODE",
     .help = "say what a check does, why it matters and how to switch it off, and end"},
};

static const rmt_column_spec summary_columns[] = {
    {"code", RMT_TYPE_STRING, "what was found", NULL},
    {"severity", RMT_TYPE_STRING, "error, warning or info", NULL},
    {"table", RMT_TYPE_STRING, "table concerned", NULL},
    {"n", RMT_TYPE_NUMBER, "findings, listed or not", NULL},
};

/* The counts without their columns: by code, severity and table, in order of first appearance. */
static rmt_status summarise(rmt_table **out, const rmt_table *counts, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_table *t = NULL;
    const size_t from[] = {rmt_table_find(counts, "code"), rmt_table_find(counts, "severity"),
                           rmt_table_find(counts, "table")};
    const size_t found = rmt_table_find(counts, "found");
    if ((st = rmt_table_new(&t, "Findings by kind", err))) goto done;
    if ((st = rmt_table_add_columns(t, summary_columns, 4, err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(counts); r++) {
        size_t k = 0;
        for (; k < rmt_table_rows(t); k++) {
            bool same = true;
            for (size_t c = 0; c < 3; c++)
                same = same &&
                       strcmp(rmt_table_text(t, c, k), rmt_table_text(counts, from[c], r)) == 0;
            if (same) break;
        }
        const bool is_new = k == rmt_table_rows(t);
        if (is_new && (st = rmt_table_add_rows(t, 1, err))) goto done;
        for (size_t c = 0; c < 3 && is_new; c++) {
            const char *s = rmt_table_text(counts, from[c], r);
            if ((st = rmt_table_set_text(t, c, k, s, strlen(s), err))) goto done;
        }
        const double before = is_new ? 0 : rmt_table_number(t, 3, k);
        const double n = before + rmt_table_number(counts, found, r);
        if ((st = rmt_table_set_number(t, 3, k, n, err))) goto done;
    }
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    return st;
}

/* Findings in tables that were wide files name the columns as these do. */
static rmt_status name_columns(rmt_ledger *ledger, const rmt_stage_run *run,
                               const rmt_named_table *tables, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text path = {0};
    for (size_t i = 0; i < n && !st; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(run->plan, tables[i].name);
        const rmt_table *columns = NULL;
        if (!pt || !pt->wide) continue;
        path.len = 0;
        if ((st = rmt_text_addf(&path, err, "/wide/%s", pt->name))) break;
        if (!rmt_study_has(run->study, path.s)) continue; /* written by other software */
        st = rmt_study_get(&columns, run->study, path.s, err);
        if (!st)
            st = rmt_ledger_name_columns(ledger, pt->name, tables[i].table, pt->wide->visit,
                                         columns, err);
    }
    rmt_text_clear(&path);
    return st;
}

/* Findings in tables of participants say whose row it is, those of a schema too. */
static rmt_status name_subjects(rmt_ledger *ledger, const rmt_plan *plan,
                                const rmt_named_table *tables, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && plan->subject_id && !st; i++) {
        const size_t id = rmt_table_find(tables[i].table, plan->subject_id);
        if (id != RMT_NO_COLUMN)
            st = rmt_ledger_name_subjects(ledger, tables[i].name, tables[i].table, id, err);
    }
    return st;
}

/* Tables of forms are made of one export: a cell that several of them have is told of once. */
static rmt_status share_file(rmt_ledger *ledger, const rmt_plan *plan, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < plan->n_tables && !st; i++)
        if (plan->tables[i].n_forms > 0)
            st = rmt_ledger_share_file(ledger, plan->tables[i].name, err);
    return st;
}

static rmt_status check_schemas(rmt_ledger *ledger, const rmt_plan *plan,
                                const rmt_named_table *tables, size_t n, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < n; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(plan, tables[i].name);
        if (!pt) continue;
        if ((st = rmt_unreadable_check(ledger, pt->schema, pt->name, tables[i].table, err)))
            return st;
        if (!pt->schema) continue;
        if ((st = rmt_schema_check(ledger, pt->schema, pt->name, tables[i].table, err))) return st;
        for (size_t k = 0; k < pt->schema->n_foreign_keys; k++) {
            const rmt_foreign_key *key = &pt->schema->foreign_keys[k];
            const rmt_table *target =
                *key->resource ? rmt_named_table_find(tables, n, key->resource) : tables[i].table;
            if (!target)
                return rmt_fail_at(err, RMT_ERR_CONFIG, pt->name, 0, "foreignKeys",
                                   "refers to table '%s', which the plan does not have",
                                   key->resource);
            if ((st = rmt_schema_check_foreign_key(ledger, key, pt->name, tables[i].table, target,
                                                   err)))
                return st;
        }
    }
    return RMT_OK;
}

/* ---- findings for people ------------------------------------------------------------------- */

/* One cause often makes many findings: those that say the same of a column are told once with their number, and of a
 * kind (a row of the counts) only so many. */
enum { TOLD_OF_A_KIND = 5 };
typedef struct {
    size_t row[TOLD_OF_A_KIND]; /* of the list: first of its message */
    size_t n[TOLD_OF_A_KIND];
    size_t n_told, n_of_told;
} kind;

/* The row of the counts that counts a finding. Findings of a kind stand together, or kinds take turns: it is looked for
 * from the one before. */
static size_t kind_of(const rmt_table *counts, size_t from, const rmt_table *list, size_t row)
{
    const size_t n = rmt_table_rows(counts);
    static const char *const names[] = {"column", "code", "table", "severity"};
    size_t of_counts[4], k = from;
    const char *wanted[4];
    for (size_t c = 0; c < 4; c++) {
        of_counts[c] = rmt_table_find(counts, names[c]);
        wanted[c] = rmt_table_text(list, rmt_table_find(list, names[c]), row);
    }
    for (size_t i = 0; i < n; i++, k = k + 1 < n ? k + 1 : 0) {
        bool same = true;
        for (size_t c = 0; c < 4 && same; c++)
            same = strcmp(rmt_table_text(counts, of_counts[c], k), wanted[c]) == 0;
        if (same) return k;
    }
    return n;
}

/* kinds: one for each row of the counts. */
static void sort_into_kinds(kind *kinds, const rmt_ledger *ledger)
{
    const rmt_table *issues = rmt_ledger_list(ledger), *counts = rmt_ledger_counts(ledger);
    const size_t message = rmt_table_find(issues, "message"), n = rmt_table_rows(counts);
    size_t last = 0;
    for (size_t r = 0; r < rmt_table_rows(issues); r++) {
        const size_t k = kind_of(counts, last, issues, r);
        if (k == n) continue;
        kind *x = &kinds[last = k];
        const char *text = rmt_table_text(issues, message, r);
        size_t m = 0;
        while (m < x->n_told && strcmp(rmt_table_text(issues, message, x->row[m]), text) != 0)
            m++;
        if (m == TOLD_OF_A_KIND) continue;
        if (m == x->n_told) x->row[x->n_told++] = r;
        x->n[m]++;
        x->n_of_told++;
    }
}

/* row: of the counts. */
static void note_kind(rmt_problems *notes, rmt_severity severity, const kind *k, size_t row,
                      const rmt_ledger *ledger, const rmt_plan *plan)
{
    const rmt_table *issues = rmt_ledger_list(ledger), *counts = rmt_ledger_counts(ledger);
    const char *table = rmt_table_text(counts, rmt_table_find(counts, "table"), row);
    const char *column = rmt_table_text(counts, rmt_table_find(counts, "column"), row);
    const char *code = rmt_table_text(counts, rmt_table_find(counts, "code"), row);
    const size_t n = (size_t)rmt_table_number(counts, rmt_table_find(counts, "found"), row);
    const rmt_plan_table *pt = rmt_plan_find_table(plan, table);
    const char *file = pt ? pt->file : table;
    for (size_t m = 0; m < k->n_told; m++) {
        const int32_t at = rmt_table_integer(issues, rmt_table_find(issues, "line"), k->row[m]);
        char count[64] = "";
        if (k->n[m] > 1) snprintf(count, sizeof count, " (the first of %zu)", k->n[m]);
        rmt_problems_add(
            notes, severity, RMT_ERR_SCHEMA, file, at > 0 ? (size_t)at : 0, column, "%s%s [%s]",
            rmt_table_text(issues, rmt_table_find(issues, "message"), k->row[m]), count, code);
    }
    if (n == k->n_of_told) return;
    if (k->n_told == 0) {
        rmt_problems_add(notes, severity, RMT_ERR_SCHEMA, file, 0, column,
                         "%zu finding%s, not listed; --max-findings=N lists N [%s]", n,
                         n == 1 ? "" : "s", code);
        return;
    }
    const bool whole = rmt_ledger_lists(ledger, code, table);
    rmt_problems_add(notes, severity, RMT_ERR_SCHEMA, file, 0, column, "and %zu more; %s [%s]",
                     n - k->n_of_told,
                     whole ? "'remit validate --format lines' lists them"
                           : "--format lines and --max-findings=N list N of them",
                     code);
}

/* The study and --format have every finding by itself. What is noted does not depend on how many notes are kept. */
static rmt_status note_findings(rmt_problems *notes, const rmt_ledger *ledger, const rmt_plan *plan,
                                rmt_error *err)
{
    const rmt_table *counts = rmt_ledger_counts(ledger);
    const size_t n = rmt_table_rows(counts), weight = rmt_table_find(counts, "severity");
    kind *kinds = rmt_mem_array(n, sizeof *kinds, err);
    if (!kinds) return RMT_ERR_NOMEM;
    sort_into_kinds(kinds, ledger);
    /* the gravest first: only so many lines are shown */
    for (int i = RMT_SEVERITY_ERROR; i >= RMT_SEVERITY_INFO; i--) {
        const rmt_severity severity = (rmt_severity)i;
        for (size_t k = 0; k < n; k++)
            if (strcmp(rmt_table_text(counts, weight, k), rmt_severity_name(severity)) == 0)
                note_kind(notes, severity, &kinds[k], k, ledger, plan);
    }
    rmt_mem_free(kinds);
    return RMT_OK;
}

/* A list that is not whole says so, whatever it is written to. */
static void note_cut(rmt_problems *notes, const rmt_ledger *l)
{
    const size_t found = rmt_ledger_found(l), listed = rmt_ledger_listed(l);
    if (found > listed)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_SCHEMA, NULL, 0, NULL,
                         "%zu of %zu findings are listed, all are counted in /validation/counts; "
                         "--max-findings=N lists N of a check and table",
                         listed, found);
}

static rmt_status answer_about_checks(const rmt_options *o, rmt_text *text, bool *answered,
                                      rmt_error *err)
{
    const char *code = rmt_options_text(o, "explain");
    const bool list = rmt_options_flag(o, "list-checks");
    *answered = list || code;
    if (list) return rmt_check_list(text, rmt_options_text(o, "format"), err);
    return code ? rmt_check_explain(text, code, err) : RMT_OK;
}

/* The findings of an earlier study file beside those of this one. */
static rmt_status compare(const rmt_stage_run *run, const char *path, const char *format,
                          const rmt_findings_of *now, rmt_error *err)
{
    rmt_status st;
    rmt_study *study = NULL;
    rmt_stage_plan plan = {0};
    rmt_named_table *tables = NULL;
    rmt_findings_of before = {0};
    rmt_findings_change change = {0};
    if ((st = rmt_study_open(&study, path, err))) goto done;
    if ((st = rmt_stage_plan_follow(&plan, study, err))) goto done;
    if (!plan.plan) {
        st = rmt_fail_at(err, RMT_ERR_INCONSISTENT, path, 0, NULL, "this study file holds no plan");
        goto done;
    }
    rmt_stage_run old = {.study = study, .plan = plan.plan};
    if ((st = rmt_stage_named_tables(&tables, &before.n_tables, &old, err))) goto done;
    before.tables = tables;
    before.plan = plan.plan;
    if (!rmt_study_has(study, "/validation/issues")) {
        st = rmt_fail_at(err, RMT_ERR_INCONSISTENT, path, 0, NULL,
                         "the study was not validated: there is no /validation/issues in it");
        goto done;
    }
    if ((st = rmt_study_get(&before.issues, study, "/validation/issues", err))) goto done;
    /* other software may have written none */
    if (rmt_study_has(study, "/validation/counts") &&
        (st = rmt_study_get(&before.counts, study, "/validation/counts", err)))
        goto done;
    if ((st = rmt_findings_compare(&change, &before, now, err))) goto done;
    st = rmt_findings_change_write(run->text, &change, plan.plan, now, format, err);
done:
    if (st) rmt_error_locate(err, path, 0, NULL);
    rmt_findings_change_clear(&change);
    rmt_mem_free(tables);
    rmt_stage_plan_clear(&plan);
    rmt_study_free(study);
    return st;
}

/* What goes to standard output or, without --format, to standard error. */
static rmt_status tell(const rmt_stage_run *run, const rmt_ledger *ledger,
                       const rmt_named_table *tables, size_t n_tables, rmt_error *err)
{
    const char *format = rmt_options_text(run->options, "format");
    const char *old = rmt_options_text(run->options, "compare");
    const rmt_table *issues = rmt_ledger_list(ledger);
    const rmt_table *places = NULL;
    rmt_status st = RMT_OK;
    if (rmt_study_has(run->study, RMT_SOURCE_COLUMNS) &&
        (st = rmt_study_get(&places, run->study, RMT_SOURCE_COLUMNS, err)))
        return st;
    note_cut(run->notes, ledger);
    if (old)
        return compare(run, old, format ? format : "text",
                       &(rmt_findings_of){issues, rmt_ledger_counts(ledger), run->plan, tables,
                                          n_tables, places},
                       err);
    if (!format) return note_findings(run->notes, ledger, run->plan, err);
    if (strcmp(format, "text") == 0)
        return rmt_findings_text(run->text, issues, rmt_ledger_counts(ledger), run->plan, err);
    if (strcmp(format, "lines") == 0)
        return rmt_findings_lines(run->text, issues, run->plan, tables, n_tables, places, err);
    return rmt_table_write(run->text, issues, format, err);
}

static rmt_status put(rmt_study *study, const char *path, rmt_table *t, rmt_error *err)
{
    const rmt_status st = rmt_study_put(study, path, &t, err);
    rmt_table_free(t);
    return st;
}

static rmt_status run_validate(rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_named_table *tables = NULL;
    rmt_table *summary = NULL, *flagged = NULL;
    rmt_trial_report report = {0};
    size_t n_tables = 0;

    rmt_check_settings settings = run->plan->checks;
    if ((st = rmt_check_disable(&settings, run->options, "disable", err))) goto done;
    if ((st = rmt_stage_named_tables(&tables, &n_tables, run, err))) goto done;
    const size_t most = (size_t)rmt_options_number(run->options, "max-findings");
    if ((st = rmt_ledger_new(&report.ledger, most, &settings, err))) goto done;
    if ((st = share_file(report.ledger, run->plan, err))) goto done;
    if ((st = rmt_source_notes_check(report.ledger, run->study, run->plan, err))) goto done;
    if ((st = name_columns(report.ledger, run, tables, n_tables, err))) goto done;
    if ((st = name_subjects(report.ledger, run->plan, tables, n_tables, err))) goto done;
    if ((st = check_schemas(report.ledger, run->plan, tables, n_tables, err))) goto done;
    if ((st = rmt_source_findings_check(report.ledger, run->study, run->plan, tables, n_tables,
                                        err)))
        goto done;
    if ((st = rmt_missingness_new(&report.missingness, err))) goto done;
    if ((st = rmt_baseline_new(&report.baseline, err))) goto done;
    if ((st = rmt_trial_check(&report, run->plan, &settings, tables, n_tables, err))) goto done;
    if ((st = tell(run, report.ledger, tables, n_tables, err))) goto done;

    const size_t n_errors = rmt_ledger_errors(report.ledger);
    run->found = n_errors > 0;
    run->warned = rmt_ledger_found(report.ledger) > n_errors;
    run->withhold = n_errors > 0 && !rmt_options_flag(run->options, "keep-going");
    if ((st = summarise(&summary, rmt_ledger_counts(report.ledger), err))) goto done;
    if ((st = rmt_ledger_lines(&flagged, report.ledger, err))) goto done;
    if ((st = rmt_study_put(run->study, "/validation/flagged", &flagged, err))) goto done;
    if ((st = rmt_study_put(run->study, "/validation/summary", &summary, err))) goto done;
    st = put(run->study, "/validation/issues", rmt_ledger_take_list(report.ledger), err);
    if (!st) st = put(run->study, "/validation/counts", rmt_ledger_take_counts(report.ledger), err);
    if (st || !run->plan->subject_table) goto done;
    if ((st = rmt_study_put(run->study, "/validation/missingness", &report.missingness, err)))
        goto done;
    st = rmt_study_put(run->study, "/validation/baseline", &report.baseline, err);
done:
    rmt_ledger_free(report.ledger);
    rmt_table_free(report.missingness);
    rmt_table_free(report.baseline);
    rmt_table_free(flagged);
    rmt_table_free(summary);
    rmt_mem_free(tables);
    return st;
}

const rmt_stage rmt_stage_validate = {
    .name = "validate",
    .summary = "check the tables against their schemas and the trial's plan",
    .description =
        "Checks every table against its Table Schema (types and formats, every constraint, "
        "categories, primary, unique and foreign keys, fieldsMatch) and the trial against its plan "
        "(each "
        "subject randomised "
        "once to a known arm, one baseline, one record per subject and visit, items within their "
        "instrument's range), and writes every finding with file, line, column, value and rule to "
        "/validation/issues (of one check in one table the first ones, see --max-findings), their "
        "number to "
        "/validation/counts by column and /validation/summary by table, the lines with an error to "
        "/validation/flagged. Who has values, by outcome, visit and "
        "arm, goes to "
        "/validation/missingness, the arms at baseline to /validation/baseline.\n\n"
        "With an error among the findings the exit code is 1 and no study is written, unless "
        "--keep-going: then "
        "the study goes on with the findings in it and the records concerned flagged in /outcomes. "
        "Without --format the findings go to standard error: those that say the same in one line "
        "with their number, and the first few of every kind.\n\n"
        "A study that did not pass was not written: 'remit ingest PLAN | remit validate --format "
        "csv' lists what was found.",
    .kind = RMT_STAGE_FILTER,
    .memory = "O(rows of the largest table + findings listed)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .text_options = text_options,
    .n_text_options = sizeof text_options / sizeof text_options[0],
    .answer = answer_about_checks,
    .needs = needs,
    .n_needs = sizeof needs / sizeof needs[0],
    .adds = adds,
    .n_adds = sizeof adds / sizeof adds[0],
    .needs_plan = true,
    .run = run_validate,
};
