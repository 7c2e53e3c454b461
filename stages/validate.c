/* validate: do the data keep what the schemas and the plan promise?
 * Memory: O(rows of the largest table + findings). Reads: /tables. Adds: /validation. */
#include "rmt/check_text.h"
#include "rmt/findings_compare.h"
#include "rmt/findings_text.h"
#include "rmt/mem.h"
#include "rmt/named_tables.h"
#include "rmt/stage.h"
#include "rmt/table_text.h"
#include "rmt/trialcheck.h"

#include <stdio.h>
#include <string.h>

static const char *const needs[] = {"/tables"};
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
    {.name = "compare",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "OLD",
     .help =
         "tell what was fixed, what is new and what stays since the study file OLD, instead of the "
         "study; with --format csv or json every finding"},
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
    {"n", RMT_TYPE_INTEGER, "findings", NULL},
};

/* Counts findings by code, severity and table, in order of first appearance. */
static rmt_status summarise(rmt_table **out, const rmt_table *issues, size_t *n_errors,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_table *t = NULL;
    const size_t from[] = {rmt_table_find(issues, "code"), rmt_table_find(issues, "severity"),
                           rmt_table_find(issues, "table")};
    *n_errors = 0;
    if ((st = rmt_table_new(&t, "Findings by kind", err))) goto done;
    if ((st = rmt_table_add_columns(t, summary_columns, 4, err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(issues); r++) {
        size_t k = 0;
        *n_errors += strcmp(rmt_table_text(issues, from[1], r), "error") == 0;
        for (; k < rmt_table_rows(t); k++) {
            bool same = true;
            for (size_t c = 0; c < 3; c++)
                same = same &&
                       strcmp(rmt_table_text(t, c, k), rmt_table_text(issues, from[c], r)) == 0;
            if (same) break;
        }
        if (k == rmt_table_rows(t)) {
            if ((st = rmt_table_add_rows(t, 1, err))) goto done;
            for (size_t c = 0; c < 3; c++) {
                const char *s = rmt_table_text(issues, from[c], r);
                if ((st = rmt_table_set_text(t, c, k, s, strlen(s), err))) goto done;
            }
            rmt_table_set_integer(t, 3, k, 0);
        }
        rmt_table_set_integer(t, 3, k, rmt_table_integer(t, 3, k) + 1);
    }
    *out = t;
    t = NULL;
done:
    rmt_table_free(t);
    return st;
}

static rmt_status check_schemas(rmt_table *issues, const rmt_plan *plan,
                                const rmt_named_table *tables, size_t n, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < n; i++) {
        const rmt_plan_table *pt = rmt_plan_find_table(plan, tables[i].name);
        if (!pt) continue;
        if ((st = rmt_unreadable_check(issues, pt->schema, pt->name, tables[i].table, err)))
            return st;
        if (!pt->schema) continue;
        if ((st = rmt_schema_check(issues, pt->schema, pt->name, tables[i].table, err))) return st;
        for (size_t k = 0; k < pt->schema->n_foreign_keys; k++) {
            const rmt_foreign_key *key = &pt->schema->foreign_keys[k];
            const rmt_table *target =
                *key->resource ? rmt_named_table_find(tables, n, key->resource) : tables[i].table;
            if (!target)
                return rmt_fail_at(err, RMT_ERR_CONFIG, pt->name, 0, "foreignKeys",
                                   "refers to table '%s', which the plan does not have",
                                   key->resource);
            if ((st = rmt_schema_check_foreign_key(issues, key, pt->name, tables[i].table, target,
                                                   err)))
                return st;
        }
    }
    return RMT_OK;
}

/* ---- findings for people ------------------------------------------------------------------- */

/* One cause often makes many findings: those that say the same of a column are told once with their number, and of a
 * kind (code, table and column) only so many. */
enum { KINDS = RMT_PROBLEMS_KEPT, TOLD_OF_A_KIND = 5 };
typedef struct {
    size_t row[TOLD_OF_A_KIND]; /* first of its message */
    size_t n[TOLD_OF_A_KIND];
    size_t n_told, n_more;
} kind;

static bool same_texts(const rmt_table *t, size_t row, size_t other, const char *const *names,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t c = rmt_table_find(t, names[i]);
        if (strcmp(rmt_table_text(t, c, row), rmt_table_text(t, c, other)) != 0) return false;
    }
    return true;
}

/* n_left: what is of yet another kind, for which notes have no line left. */
static size_t sort_into_kinds(kind *kinds, size_t *n_left, const rmt_table *issues,
                              rmt_severity wanted)
{
    static const char *const of_kind[] = {"code", "table", "column"}, *const of_one = "message";
    const size_t severity = rmt_table_find(issues, "severity");
    size_t n_kinds = 0;
    *n_left = 0;
    for (size_t r = 0; r < rmt_table_rows(issues); r++) {
        size_t k = 0, m = 0;
        if (strcmp(rmt_table_text(issues, severity, r), rmt_severity_name(wanted)) != 0) continue;
        while (k < n_kinds && !same_texts(issues, kinds[k].row[0], r, of_kind, 3))
            k++;
        if (k == KINDS) {
            ++*n_left;
            continue;
        }
        if (k == n_kinds) kinds[n_kinds++] = (kind){.n_told = 0};
        kind *x = &kinds[k];
        while (m < x->n_told && !same_texts(issues, x->row[m], r, &of_one, 1))
            m++;
        if (m < x->n_told) x->n[m]++;
        else if (m < TOLD_OF_A_KIND) {
            x->row[m] = r;
            x->n[m] = 1;
            x->n_told++;
        } else x->n_more++;
    }
    return n_kinds;
}

static void note_kind(rmt_problems *notes, rmt_severity severity, const kind *k,
                      const rmt_table *issues, const rmt_plan *plan)
{
    const char *table = rmt_table_text(issues, rmt_table_find(issues, "table"), k->row[0]);
    const char *column = rmt_table_text(issues, rmt_table_find(issues, "column"), k->row[0]);
    const char *code = rmt_table_text(issues, rmt_table_find(issues, "code"), k->row[0]);
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
    if (k->n_more > 0)
        rmt_problems_add(notes, severity, RMT_ERR_SCHEMA, file, 0, column,
                         "and %zu more; 'remit validate --format lines' lists them [%s]", k->n_more,
                         code);
}

/* The study and --format have every finding by itself. */
static void note_findings(rmt_problems *notes, const rmt_table *issues, const rmt_plan *plan)
{
    kind kinds[KINDS];
    /* the gravest first: only so many lines are shown */
    for (int i = RMT_SEVERITY_ERROR; i >= RMT_SEVERITY_INFO; i--) {
        const rmt_severity severity = (rmt_severity)i;
        size_t n_left = 0;
        const size_t n = sort_into_kinds(kinds, &n_left, issues, severity);
        for (size_t k = 0; k < n; k++)
            note_kind(notes, severity, &kinds[k], issues, plan);
        while (n_left-- > 0) /* counted */
            rmt_problems_add(notes, severity, RMT_ERR_SCHEMA, NULL, 0, NULL, "another kind");
    }
}

/* The findings of the schemas as the settings have them. */
static rmt_status apply_settings(rmt_table **issues, const rmt_check_settings *s, rmt_error *err)
{
    rmt_status st;
    rmt_table *kept = NULL;
    const rmt_table *t = *issues;
    const size_t code = rmt_table_find(t, "code"), line = rmt_table_find(t, "line");
    const size_t table = rmt_table_find(t, "table"), column = rmt_table_find(t, "column");
    const size_t subject = rmt_table_find(t, "subject"), value = rmt_table_find(t, "value");
    const size_t rule = rmt_table_find(t, "rule"), message = rmt_table_find(t, "message");
    const size_t severity = rmt_table_find(t, "severity");
    bool as_they_are = true;
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        as_they_are = as_they_are && s->of[i].off == rmt_checks[i].off &&
                      s->of[i].severity == rmt_checks[i].severity;
    if (as_they_are) return RMT_OK;
    if ((st = rmt_findings_new(&kept, err))) goto done;
    for (size_t r = 0; r < rmt_table_rows(t); r++) {
        const char *of = rmt_table_text(t, code, r);
        const size_t check = rmt_check_find(of);
        if (!rmt_check_is_on(s, of)) continue;
        /* Left as it is, an extra-label is an error where fieldsMatch makes it one. */
        const bool weighed =
            check < RMT_N_CHECKS && s->of[check].severity != rmt_checks[check].severity;
        const rmt_finding f = {.severity = weighed
                                               ? s->of[check].severity
                                               : rmt_severity_of(rmt_table_text(t, severity, r)),
                               .code = of,
                               .table = rmt_table_text(t, table, r),
                               .line = (size_t)rmt_table_integer(t, line, r),
                               .column = rmt_table_text(t, column, r),
                               .subject = rmt_table_text(t, subject, r),
                               .value = rmt_table_text(t, value, r),
                               .rule = rmt_table_text(t, rule, r),
                               .message = rmt_table_text(t, message, r)};
        if ((st = rmt_findings_add(kept, &f, err))) goto done;
    }
    rmt_table_free(*issues);
    *issues = kept;
    kept = NULL;
done:
    rmt_table_free(kept);
    return st;
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
    if ((st = rmt_findings_compare(&change, &before, now, err))) goto done;
    st = rmt_findings_change_write(run->text, &change, plan.plan, run->plan, format, err);
done:
    if (st) rmt_error_locate(err, path, 0, NULL);
    rmt_findings_change_clear(&change);
    rmt_mem_free(tables);
    rmt_stage_plan_clear(&plan);
    rmt_study_free(study);
    return st;
}

static rmt_status run_validate(rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_named_table *tables = NULL;
    rmt_table *issues = NULL, *summary = NULL;
    rmt_trial_report report = {0};
    size_t n_tables = 0, n_errors = 0;
    const char *format = rmt_options_text(run->options, "format");

    rmt_check_settings settings = run->plan->checks;
    if ((st = rmt_check_disable(&settings, run->options, "disable", err))) goto done;
    if ((st = rmt_stage_named_tables(&tables, &n_tables, run, err))) goto done;
    if ((st = rmt_findings_new(&issues, err))) goto done;
    if ((st = check_schemas(issues, run->plan, tables, n_tables, err))) goto done;
    if ((st = apply_settings(&issues, &settings, err))) goto done;
    report.findings = issues;
    if ((st = rmt_missingness_new(&report.missingness, err))) goto done;
    if ((st = rmt_baseline_new(&report.baseline, err))) goto done;
    if ((st = rmt_trial_check(&report, run->plan, &settings, tables, n_tables, err))) goto done;
    if ((st = summarise(&summary, issues, &n_errors, err))) goto done;

    const char *old = rmt_options_text(run->options, "compare");
    if (old)
        st = compare(run, old, format ? format : "text",
                     &(rmt_findings_of){issues, run->plan, tables, n_tables}, err);
    else if (!format) note_findings(run->notes, issues, run->plan);
    else if (strcmp(format, "text") == 0) st = rmt_findings_text(run->text, issues, run->plan, err);
    else if (strcmp(format, "lines") == 0)
        st = rmt_findings_lines(run->text, issues, run->plan, err);
    else st = rmt_table_write(run->text, issues, format, err);
    if (st) goto done;

    run->found = n_errors > 0;
    run->warned = rmt_table_rows(issues) > n_errors;
    run->withhold = n_errors > 0 && !rmt_options_flag(run->options, "keep-going");
    if ((st = rmt_study_put(run->study, "/validation/issues", &issues, err))) goto done;
    if ((st = rmt_study_put(run->study, "/validation/summary", &summary, err))) goto done;
    if (!run->plan->subject_table) goto done;
    if ((st = rmt_study_put(run->study, "/validation/missingness", &report.missingness, err)))
        goto done;
    st = rmt_study_put(run->study, "/validation/baseline", &report.baseline, err);
done:
    rmt_table_free(report.missingness);
    rmt_table_free(report.baseline);
    rmt_table_free(summary);
    rmt_table_free(issues);
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
        "/validation/issues, counts to /validation/summary. Who has values, by outcome, visit and "
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
    .memory = "O(rows of the largest table + findings)",
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
