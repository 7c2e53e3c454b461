/* plan_read.h - the parts of the plan's parser.
 * Layer: data, private to this folder. plan.c reads tables, subjects, arms and visits,
 * plan_outcome.c outcomes and summaries, plan_analysis.c the analyses,
 * plan_redcap.c the REDCap export, plan_package.c what is declared of files as a whole, plan_wide.c what makes a wide file
 * long, plan_trial.c what is known of the conduct of the trial, plan_checks.c which checks are made; plan_names.c looks up the names it
 * gives, plan_words.c holds every key and value. */
#ifndef RMT_DATA_PLAN_READ_H
#define RMT_DATA_PLAN_READ_H
#include "config.h"
#include "rmt/plan.h"

/* Indices into rmt_plan_keys(). */
typedef enum {
    PLAN_KEYS_PLAN,
    PLAN_KEYS_STUDY,
    PLAN_KEYS_TABLE,
    PLAN_KEYS_SUBJECTS,
    PLAN_KEYS_ARMS,
    PLAN_KEYS_VISITS,
    PLAN_KEYS_VISIT,
    PLAN_KEYS_OUTCOME,
    PLAN_KEYS_SUMMARY,
    PLAN_KEYS_SUMMARY_ARM,
    PLAN_KEYS_ANALYSES,
    PLAN_KEYS_EFFECTS,
    PLAN_KEYS_RATES,
    PLAN_KEYS_REDCAP,
    PLAN_KEYS_EXPECT,
    PLAN_KEYS_LONG,
    PLAN_KEYS_DOSES,
    PLAN_KEYS_MONITORING,
    PLAN_KEYS_ELIGIBILITY,
    PLAN_N_KEYS
} plan_keys;

/* Indices into rmt_plan_values(). */
typedef enum {
    PLAN_VALUES_CHECKS,
    PLAN_VALUES_ENCODING,
    PLAN_VALUES_DECIMAL,
    PLAN_VALUES_ONE_ROW_PER,
    PLAN_VALUES_ROLE,
    PLAN_VALUES_EFFECTS_VALUE,
    PLAN_VALUES_MEASURE,
    PLAN_VALUES_CORRECTION,
    PLAN_VALUES_VARIANCE,
    PLAN_VALUES_CI,
    PLAN_VALUES_DIRECTION,
    PLAN_VALUES_EVENT,
    PLAN_VALUES_MISSING,
    PLAN_VALUES_REDCAP_VALUES,
    PLAN_N_VALUES
} plan_values;

const rmt_plan_words *plan_key_words(plan_keys which);
const rmt_plan_words *plan_value_words(plan_values which);

RMT_MUST_CHECK rmt_status plan_check_keys(const rmt_node *map, plan_keys which, rmt_error *err);
/* The value's index in *out (untouched when absent). */
RMT_MUST_CHECK rmt_status plan_choice(const rmt_node *map, const char *key, plan_values which,
                                      size_t *out, rmt_error *err);
/* A table named by map[key], required; refuses unknown ones. */
RMT_MUST_CHECK rmt_status plan_need_table(const rmt_plan *p, const rmt_node *map, const char *what,
                                          const char *key, const char **out, rmt_error *err);
/* A visit named by a scalar; refuses unknown ones. */
RMT_MUST_CHECK rmt_status plan_check_visit(const rmt_plan *p, const rmt_node *word, const char *key,
                                           rmt_error *err);

RMT_MUST_CHECK rmt_status plan_parse_outcomes(rmt_plan *p, const rmt_node *root, rmt_error *err);
/* Of a column of `items` that t does not have: the word it comes from, and where that is a pattern such as c{01..20} the one
 * of the columns that t has, c{1..20}; out stays empty when there is none. */
RMT_MUST_CHECK rmt_status plan_suggest_items(rmt_text *out, const rmt_node **word,
                                             const rmt_node *words, size_t item, const rmt_table *t,
                                             rmt_error *err);
RMT_MUST_CHECK rmt_status plan_parse_summaries(rmt_plan *p, const rmt_node *root, rmt_error *err);
RMT_MUST_CHECK rmt_status plan_parse_analyses(rmt_plan *p, const rmt_node *root, rmt_error *err);
/* Before the tables: their `forms` are of it. */
RMT_MUST_CHECK rmt_status plan_parse_redcap(rmt_plan *p, const rmt_node *root, rmt_error *err);
/* A table with `forms`: its file is the REDCap export, its schema the dictionary's once the plan is resolved. */
RMT_MUST_CHECK rmt_status plan_parse_forms(rmt_plan_table *t, const rmt_plan *p,
                                           const rmt_node *map, rmt_error *err);
/* The key `long` of a table; after the visits of the plan are known the rest of it, and the table's schema. */
RMT_MUST_CHECK rmt_status plan_parse_wide(rmt_plan_table *t, const rmt_node *map, rmt_error *err);
RMT_MUST_CHECK rmt_status plan_finish_wide(rmt_plan *p, rmt_error *err);
/* The key datapackage. Its resources are tables of `data` by now. */
RMT_MUST_CHECK rmt_status plan_check_package(const rmt_node *root, rmt_error *err);
/* A table's key expect. */
RMT_MUST_CHECK rmt_status plan_parse_expect(rmt_plan_table *t, const rmt_node *map, rmt_error *err);
RMT_MUST_CHECK rmt_status plan_parse_trial(rmt_plan *p, const rmt_node *root, rmt_error *err);
void plan_free_trial(rmt_plan *p);
/* "range" and "items" of a summary. */
RMT_MUST_CHECK rmt_status plan_parse_range(rmt_plan_summary *s, const rmt_node *map,
                                           rmt_error *err);
RMT_MUST_CHECK rmt_status plan_parse_checks(rmt_plan *p, const rmt_node *root, rmt_error *err);
#endif
