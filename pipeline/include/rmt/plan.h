/* plan.h - the trial's plan: what the files are, who is who, what is to be computed.
 * Layer: data. Parsed from a tree (plan.yaml, or the /plan of a study file); texts are borrowed from it.
 * schemas/plan.schema.json describes the same shape for editors. */
#ifndef RMT_PLAN_H
#define RMT_PLAN_H
#include "rmt/checks.h"
#include "rmt/condition.h"
#include "rmt/instrument.h"
#include "rmt/redcap.h"
#include "rmt/schema.h"
#include "rmt/wide.h"

typedef struct {
    const char *name; /* table name: /tables/<name> */
    const char *file;
    const char *encoding;    /* NULL = by BOM, else UTF-8, else windows-1252 */
    char delimiter, decimal; /* 0 = sniffed; '.' or ',' */
    char comment;            /* 0 = none */
    size_t skip_rows, label_rows, footer_rows;
    const rmt_node *missing, *names;
    const rmt_node *schema_node; /* a path (scalar), an object (inlined) or NULL */
    /* of the table; parsed when the node is an object, else NULL. Owned. The node of a wide file describes the file, the
     * schema what is made of it */
    rmt_schema *schema;
    rmt_wide *wide;    /* the file is wide and is made long; NULL = as it is. Owned */
    rmt_doc *long_doc; /* what schema is parsed from then. Owned */
    const char **forms,
        **events; /* of the REDCap file, which is then `file`; n_forms 0 = a file of its own */
    size_t n_forms, n_events; /* no events: all */
    const rmt_node *
        expect; /* what the file must be as a whole: checked keys hash, bytes, rows, columns; or NULL */
    size_t line;
} rmt_plan_table;

typedef struct {                   /* the REDCap export of which tables are made by their forms */
    const char *file, *dictionary; /* NULL = there is none */
    const rmt_node *missing;       /* missing data codes of the project; NULL = none */
    rmt_redcap_values values;
} rmt_plan_redcap;

typedef struct {
    const char *name; /* "week2" */
    /* what the visit column holds for it: one text, or several (an event has a name in each arm of a REDCap project);
     * default: name */
    const char **values;
    size_t n_values;
    const char *title; /* default: name */
    /* nominal time and window in the unit of the visit's time; NaN = none */
    double at, low, high;
    bool hours; /* the unit of at, low, high: hours, else days */
    bool baseline;
} rmt_plan_visit;

typedef enum { RMT_VISIT_LABEL, RMT_VISIT_DAY, RMT_VISIT_HOURS } rmt_visit_kind;

typedef struct {
    const char *name; /* "caps5" */
    const char *table;
    const char *instrument_id;  /* NULL = none: a bare total column */
    rmt_instrument *instrument; /* owned; NULL until resolved */
    const char **items;         /* column of each instrument item, in item order; NULL = no items */
    size_t n_items;
    const char *total; /* column of a stored total; NULL = computed from items */
    /* column holding each subject's baseline; NULL = the baseline visit */
    const char *baseline;
    const char *visit;                /* this table's visit column; default visits.visit */
    const char *title;                /* default: instrument name or outcome name */
    const char *role;                 /* primary, secondary, harm; default secondary */
    const char *primary_visit;        /* NULL = all */
    const char *response, *remission; /* definition ids; NULL = the instrument's first */
    size_t max_missing_items; /* proration allowed up to this many; default 0: all items needed */
    size_t line;
} rmt_plan_outcome;

typedef struct
{ /* numbers as published: one row per arm (long), or one row per comparison (wide) */
    const char *name, *table;
    const char *study, *outcome, *visit; /* label columns; NULL = none */
    /* long: */
    const char *arm, *role; /* role column holds "treatment" or "control" */
    const char *mean, *sd, *n, *events, *total;
    /* wide, [0] = treatment, [1] = control: */
    bool wide;
    const char *arm_w[2], *mean_w[2], *sd_w[2], *n_w[2], *events_w[2], *total_w[2];
    const rmt_node
        *range; /* [0, 80] of every row, or such a list for each outcome; NULL = not told */
} rmt_plan_summary;

/* ---- the conduct of the trial, for the checks alone: all of it may be absent ---------------------- */

typedef struct {
    const char *table, *visit, *date, *amount; /* table NULL = no doses; columns NULL = not there */
    const char **arms;                         /* those with a planned dose */
    double *planned;                           /* for each of arms, in the unit of amount */
    size_t n_arms;
    double tolerance; /* how far from the planned dose, as a part of it */
    size_t *at;       /* visits at which a dose is due: indices into visits */
    size_t n_at;
} rmt_plan_doses;

typedef struct {
    const char *outcome; /* NULL = columns of table */
    const char *table;
    const char **columns;
    size_t n_columns;
    size_t *at; /* indices into visits */
    size_t n_at;
} rmt_plan_monitoring;

typedef struct {
    const char *name, *text;  /* name: for people; default: text */
    rmt_condition *condition; /* owned; names: rmt_plan_operand */
    size_t visit;             /* index into visits; n_visits = none */
} rmt_plan_criterion;

typedef struct {
    const char *consent, *withdrawal, *randomised, *first_dose; /* columns of the subject table */
    const char **visit_dates; /* columns of the tables of records; none = told by usual names */
    size_t n_visit_dates;
    rmt_plan_doses doses;
    rmt_plan_monitoring *monitoring;
    size_t n_monitoring;
    rmt_plan_criterion *eligibility;
    size_t n_eligibility;
} rmt_plan_trial;

typedef struct {
    const char *study_id, *study_title, *registry;
    rmt_plan_redcap redcap;
    rmt_plan_table *tables;
    size_t n_tables;
    const char *subject_table, *subject_id, *subject_arm;
    /* a row of the file, of a wide one too; false: the subject table has one per record, constant arm within subject */
    bool one_row_per_subject;
    const char **strata;
    size_t n_strata;
    const char **covariates;
    size_t n_covariates;
    const char *reference_arm;
    const char **arms;
    size_t n_arms;     /* order; [] = by bytes, the reference arm last */
    double *arm_ratio; /* n_arms, as planned; NULL = not told */
    rmt_visit_kind visit_kind;
    const char *visit_column; /* NULL = no visits */
    rmt_plan_visit *visits;
    size_t n_visits;
    rmt_plan_outcome *outcomes;
    size_t n_outcomes;
    rmt_plan_summary *summaries;
    size_t n_summaries;
    const rmt_node *effects, *rates; /* analyses: lists of maps or NULL */
    rmt_plan_trial trial;
    rmt_check_settings checks; /* the key checks; the rest as the table of checks has it */
} rmt_plan;

/* Parses and checks the plan; unknown keys, unknown names (table, visit, definition) are refused with the nearest valid
 * one. With `instruments` in the tree (as in /plan) they are parsed too. Columns are not checked here: tables are not
 * read yet. RMT_ERR_CONFIG with file, line, key. */
RMT_MUST_CHECK rmt_status rmt_plan_parse(rmt_plan **out, const rmt_node *root, rmt_error *err);
void rmt_plan_free(rmt_plan *p);
/* Every column that p (parsed from root) names is in its table. tables: one for each of p->tables, NULL = not looked
 * at. RMT_ERR_CONFIG at the first that is not, with file, line and key of the plan and the nearest column. */
RMT_MUST_CHECK rmt_status rmt_plan_check_columns(const rmt_plan *p, const rmt_node *root,
                                                 const rmt_table *const *tables, rmt_error *err);
/* What a plan needs the columns of one table for: as names of something (ids, arms, visits by label, the words of
 * summaries) or as numbers (items, totals, baselines, days, hours, published numbers). The names are borrowed from the
 * plan, may be repeated, and may be no column of the table. Clear what was made. */
typedef struct {
    const char **labels, **numbers;
    size_t n_labels, n_numbers;
} rmt_plan_uses;
RMT_MUST_CHECK rmt_status rmt_plan_column_uses(rmt_plan_uses *out, const rmt_plan *p,
                                               const char *table, rmt_error *err);
void rmt_plan_uses_clear(rmt_plan_uses *u);
const rmt_plan_table *rmt_plan_find_table(const rmt_plan *p, const char *name);
const rmt_plan_outcome *rmt_plan_find_outcome(const rmt_plan *p, const char *name);
/* Index into visits, or n_visits. */
size_t rmt_plan_find_visit(const rmt_plan *p, const char *name);

/* What a name in a condition of the plan stands for: the total of an outcome (outcome), a column of another table
 * ("vitals.systolic"), both at the condition's visit, else a column of the subject table. Texts are borrowed. */
typedef struct {
    const rmt_plan_outcome *outcome;
    const char *table, *column; /* outcome NULL */
    bool of_subject;
} rmt_plan_operand;
rmt_plan_operand rmt_plan_operand_of(const rmt_plan *p, const char *name);

/* The words an analysis chooses among, in the plan and as options of the stages: a list with SEP between. */
/* clang-format off */
#define RMT_COMMA ,
#define RMT_WORDS_VALUE(SEP) "change" SEP "score"
#define RMT_WORDS_MEASURE(SEP) "mean_difference_welch" SEP "mean_difference_pooled" SEP "hedges_g" SEP "ancova"
#define RMT_WORDS_CORRECTION(SEP) "exact" SEP "approximate"
#define RMT_WORDS_VARIANCE(SEP) "g" SEP "d"
#define RMT_WORDS_CI(SEP) "noncentral-t" SEP "large-sample"
#define RMT_WORDS_DIRECTION(SEP) "treatment-minus-reference" SEP "reference-minus-treatment"
#define RMT_WORDS_EVENT(SEP) "response" SEP "remission" SEP "loss_of_diagnosis"
#define RMT_WORDS_MISSING(SEP) "nonresponder" SEP "completer"
/* clang-format on */

/* Every word the plan knows, for the test that holds schemas/plan.schema.json to it. Keys: name is the kind of
 * map ("plan", "outcome"). Values: name is "map.key" ("effects.measure"). Static storage. */
typedef struct {
    const char *name;
    const char *const *words;
    size_t n;
} rmt_plan_words;
const rmt_plan_words *rmt_plan_keys(size_t *n);
const rmt_plan_words *rmt_plan_values(size_t *n);
#endif
