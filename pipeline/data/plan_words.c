#include "plan_read.h"

static const char *const plan[] = {"study",       "data",       "subjects",    "arms",
                                   "visits",      "outcomes",   "summaries",   "analyses",
                                   "instruments", "seed",       "checks",      "redcap",
                                   "doses",       "monitoring", "eligibility", "datapackage"};
static const char *const study[] = {"id", "title", "registry"};
static const char *const table[] = {"file",    "schema", "delimiter", "decimal",    "encoding",
                                    "missing", "names",  "skip_rows", "label_rows", "footer_rows",
                                    "comment", "forms",  "events",    "long",       "expect"};
static const char *const expect[] = {"hash", "bytes", "rows", "columns"};
static const char *const subjects[] = {"table",      "id",         "arm",     "one_row_per",
                                       "strata",     "covariates", "consent", "withdrawal",
                                       "randomised", "first_dose"};
static const char *const arms[] = {"reference", "order", "ratio"};
static const char *const visits[] = {"visit", "day", "hours", "schedule", "date"};
static const char *const visit[] = {"name",   "value", "title",        "day",
                                    "window", "hours", "window_hours", "baseline"};
static const char *const outcome[] = {
    "table", "instrument", "items",         "total",    "baseline",  "visit",
    "title", "role",       "primary_visit", "response", "remission", "max_missing_items"};
static const char *const summary[] = {"table", "study",     "outcome", "visit", "arm",
                                      "role",  "mean",      "sd",      "n",     "events",
                                      "total", "treatment", "control", "range"};
static const char *const summary_arm[] = {"arm", "mean", "sd", "n", "events", "total"};
static const char *const analyses[] = {"effects", "rates"};
static const char *const effects[] = {"outcome",   "visit",      "value",    "measure",
                                      "adjust",    "correction", "variance", "ci",
                                      "direction", "conf_level", "summaries"};
static const char *const rates[] = {"outcome", "visit",      "event",
                                    "missing", "conf_level", "summaries"};
static const char *const doses[] = {"table",   "visit",     "date", "amount",
                                    "planned", "tolerance", "at"};
static const char *const monitoring[] = {"outcome", "table", "columns", "at"};
static const char *const eligibility[] = {"name", "condition", "visit"};

static const char *const redcap[] = {"file", "dictionary", "missing", "values"};
static const char *const wide[] = {"columns", "visit", "value", "keep"};

static const char *const check_settings[] = {"off", "on", "info", "warning", "error"};
static const char *const encodings[] = {"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252"};
static const char *const decimals[] = {".", ","};
static const char *const row_kinds[] = {"subject", "record"};
static const char *const roles[] = {"primary", "secondary", "harm"};
static const char *const effect_values[] = {RMT_WORDS_VALUE(RMT_COMMA)};
static const char *const measures[] = {RMT_WORDS_MEASURE(RMT_COMMA)};
static const char *const corrections[] = {RMT_WORDS_CORRECTION(RMT_COMMA)};
static const char *const variances[] = {RMT_WORDS_VARIANCE(RMT_COMMA)};
static const char *const intervals[] = {RMT_WORDS_CI(RMT_COMMA)};
static const char *const directions[] = {RMT_WORDS_DIRECTION(RMT_COMMA)};
static const char *const events[] = {RMT_WORDS_EVENT(RMT_COMMA)};
static const char *const missing_rules[] = {RMT_WORDS_MISSING(RMT_COMMA)};
static const char *const redcap_values[] = {"raw", "labels"};

#define WORDS(name, array)                                                                         \
    {                                                                                              \
        name, array, CONFIG_COUNT(array)                                                           \
    }

static const rmt_plan_words key_table[PLAN_N_KEYS] = {
    [PLAN_KEYS_PLAN] = WORDS("plan", plan),
    [PLAN_KEYS_STUDY] = WORDS("study", study),
    [PLAN_KEYS_TABLE] = WORDS("table", table),
    [PLAN_KEYS_SUBJECTS] = WORDS("subjects", subjects),
    [PLAN_KEYS_ARMS] = WORDS("arms", arms),
    [PLAN_KEYS_VISITS] = WORDS("visits", visits),
    [PLAN_KEYS_VISIT] = WORDS("visit", visit),
    [PLAN_KEYS_OUTCOME] = WORDS("outcome", outcome),
    [PLAN_KEYS_SUMMARY] = WORDS("summary", summary),
    [PLAN_KEYS_SUMMARY_ARM] = WORDS("summary_arm", summary_arm),
    [PLAN_KEYS_ANALYSES] = WORDS("analyses", analyses),
    [PLAN_KEYS_EFFECTS] = WORDS("effects", effects),
    [PLAN_KEYS_RATES] = WORDS("rates", rates),
    [PLAN_KEYS_DOSES] = WORDS("doses", doses),
    [PLAN_KEYS_MONITORING] = WORDS("monitoring", monitoring),
    [PLAN_KEYS_ELIGIBILITY] = WORDS("eligibility", eligibility),
    [PLAN_KEYS_REDCAP] = WORDS("redcap", redcap),
    [PLAN_KEYS_EXPECT] = WORDS("expect", expect),
    [PLAN_KEYS_LONG] = WORDS("long", wide),
};

/* In the order of plan_values. */
static const rmt_plan_words value_table[PLAN_N_VALUES] = {
    WORDS("plan.checks", check_settings),   WORDS("table.encoding", encodings),
    WORDS("table.decimal", decimals),       WORDS("subjects.one_row_per", row_kinds),
    WORDS("outcome.role", roles),           WORDS("effects.value", effect_values),
    WORDS("effects.measure", measures),     WORDS("effects.correction", corrections),
    WORDS("effects.variance", variances),   WORDS("effects.ci", intervals),
    WORDS("effects.direction", directions), WORDS("rates.event", events),
    WORDS("rates.missing", missing_rules),  WORDS("redcap.values", redcap_values),
};

const rmt_plan_words *rmt_plan_keys(size_t *n)
{
    *n = PLAN_N_KEYS;
    return key_table;
}

const rmt_plan_words *rmt_plan_values(size_t *n)
{
    *n = PLAN_N_VALUES;
    return value_table;
}

const rmt_plan_words *plan_key_words(plan_keys which)
{
    return &key_table[which];
}

const rmt_plan_words *plan_value_words(plan_values which)
{
    return &value_table[which];
}

rmt_status plan_check_keys(const rmt_node *map, plan_keys which, rmt_error *err)
{
    const rmt_plan_words *w = plan_key_words(which);
    return rmt_node_check_keys(map, w->name, w->words, w->n, err);
}

rmt_status plan_choice(const rmt_node *map, const char *key, plan_values which, size_t *out,
                       rmt_error *err)
{
    const rmt_plan_words *w = plan_value_words(which);
    return config_choice(map, key, w->words, w->n, out, err);
}
