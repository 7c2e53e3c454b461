/* checks.c - see rmt/checks.h. */
#include "rmt/checks.h"

#include "rmt/text.h"

#include <string.h>

/* By kind; within a kind in the order in which a reader meets them. */
const rmt_check rmt_checks[RMT_N_CHECKS] = {
    /* ---- Table Schema: the codes of Frictionless ---- */
    {.code = "type-error",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a cell that is not of its type",
     .rule = "A cell with a value can be read as the type and format of its field.",
     .why = "An unreadable value is kept as text and counts as missing in every analysis.",
     .suggestion = "correct the cell, or declare the code in missingValues",
     .needs = "a schema"},
    {.code = "constraint-error",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a cell outside its constraints",
     .rule =
         "A cell keeps required, minimum, maximum, enum, pattern, minLength and maxLength of its "
         "field.",
     .why = "Slipped decimals, missing codes nobody declared and misspelt categories enter means "
            "and denominators unseen.",
     .suggestion = "correct the cell, or declare the code in missingValues",
     .needs = "a schema"},
    {.code = "unique-error",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a value that must not repeat and does",
     .rule = "A field with the constraint unique has no value twice.",
     .why = "A repeated identifier joins the records of two people.",
     .needs = "a schema"},
    {.code = "primary-key",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a key that is missing or repeats",
     .rule = "The fields of the primary key are present in every row and differ between rows.",
     .why = "A record entered twice counts twice, or the wrong one of two counts.",
     .needs = "a schema with primaryKey"},
    {.code = "foreign-key",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a row that refers to nothing",
     .rule = "The fields of a foreign key are found together in the table referred to.",
     .why = "Records of nobody drop out when tables are joined.",
     .needs = "a schema with foreignKeys"},
    {.code = "missing-label",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a column of the schema that is gone",
     .rule = "Every field of the schema is a column of the file.",
     .why = "What was collected is not analysed and nobody is told.",
     .suggestion = "ask for an export with the column, or take the field out of the schema",
     .needs = "a schema"},
    {.code = "extra-label",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a column the schema does not know",
     .rule = "Every column of the file is a field of the schema.",
     .why = "Nothing is promised of the column, so nothing of it is checked.",
     .suggestion = "describe the column in the schema, or leave it out of the export",
     .needs = "a schema"},
    /* ---- who is in the trial ---- */
    {.code = "trial/randomised-twice",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a participant with two rows or two arms",
     .rule = "A participant has one row of the subject table and one arm.",
     .why = "Who was randomised twice has no arm by intention to treat.",
     .suggestion = "find out which randomisation was acted on, and document the other",
     .citation = "Yelland LN, et al. Clin Trials 2015;12:418-423"},
    {.code = "trial/unknown-arm",
     .severity = RMT_SEVERITY_ERROR,
     .title = "an arm the plan does not name",
     .rule = "Every arm of the subject table is one of arms.order.",
     .why = "A misspelt arm becomes an arm of its own, or its people are left out.",
     .needs = "arms.order"},
    {.code = "trial/arm-missing",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a participant without an arm",
     .rule = "Every participant has an arm.",
     .why = "A participant without an arm is in no analysis and in no denominator."},
    {.code = "trial/empty-arm",
     .severity = RMT_SEVERITY_ERROR,
     .title = "an arm without participants",
     .rule = "Every arm has at least one participant.",
     .why = "A comparison with an empty arm has no answer.",
     .suggestion = "look for another spelling of the arm in the data"},
    {.code = "trial/arms-not-declared",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a plan that does not name the arms",
     .rule = "arms.order names every arm.",
     .why = "Without the names a misspelt arm cannot be told from a true one.",
     .suggestion = "add arms.order to the plan"},
    {.code = "trial/arms-alike",
     .severity = RMT_SEVERITY_ERROR,
     .title = "arms whose names are nearly the same",
     .rule =
         "Without arms.order no two arms differ by case, blanks and separators alone, nor a small "
         "one from a large one by one slip of a letter.",
     .why = "A misspelt arm becomes an arm of its own.",
     .suggestion = "correct the data, or name both in arms.order"},
    {.code = "trial/no-records",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant without any record",
     .rule = "Every participant has a record in the table of some outcome.",
     .why = "Who was randomised and never seen counts in denominators; mostly the id is written "
            "in two ways.",
     .needs = "outcomes"},
    {.code = "trial/unknown-subject",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a record of nobody in the trial",
     .rule = "Every record names a participant of the subject table.",
     .why = "A record of nobody is left out; mostly it belongs to somebody."},
    /* ---- visits ---- */
    {.code = "trial/unknown-visit",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a visit that is not in the schedule",
     .rule = "Every record with a value says at which visit of the schedule it was made.",
     .why = "A record at an unknown visit is left out.",
     .suggestion = "correct the label, or add the visit to the schedule"},
    {.code = "trial/visit-window",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a visit outside its window",
     .rule = "Where visits are told by time, a record lies within the window of a visit.",
     .why = "A record outside every window is left out.",
     .suggestion = "check the date; widen the window only as the protocol does",
     .needs = "visits with a window"},
    {.code = "trial/duplicate-visit",
     .severity = RMT_SEVERITY_ERROR,
     .title = "two records of one visit",
     .rule = "A participant has one record with values for an outcome and a visit.",
     .why = "None of the two is chosen, so the value is missing.",
     .suggestion = "delete the copy, or correct the visit of one of them"},
    {.code = "trial/two-baselines",
     .severity = RMT_SEVERITY_ERROR,
     .title = "two baselines",
     .rule = "A participant has one baseline of an outcome.",
     .why = "Every change of the participant would depend on which one is taken."},
    {.code = "trial/no-baseline",
     .severity = RMT_SEVERITY_WARNING,
     .title = "values after baseline and no baseline",
     .rule = "A participant with values of an outcome after baseline has one at baseline.",
     .why = "Without a baseline there is no change, no response and no adjustment.",
     .suggestion = "look for the record under another visit or participant"},
    /* ---- items and totals ---- */
    {.code = "trial/item-out-of-range",
     .severity = RMT_SEVERITY_ERROR,
     .title = "an item outside its range",
     .rule = "An item is a whole number within the range of its instrument.",
     .why = "The scale is not scored for this record.",
     .suggestion = "correct the cell, or declare the code in missingValues",
     .needs = "an instrument and items"},
    {.code = "trial/total-out-of-range",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a total outside the scale's range",
     .rule = "A stored total or baseline lies within the range of the scale.",
     .why = "The value is left out.",
     .needs = "an instrument and a stored total or baseline"},
};

size_t rmt_check_find(const char *code)
{
    size_t i = 0;
    while (i < RMT_N_CHECKS && strcmp(rmt_checks[i].code, code) != 0)
        i++;
    return i;
}

const char *rmt_check_nearest(const char *code)
{
    const char *codes[RMT_N_CHECKS];
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        codes[i] = rmt_checks[i].code;
    return rmt_text_nearest(code, codes, RMT_N_CHECKS);
}

void rmt_check_settings_init(rmt_check_settings *s)
{
    for (size_t i = 0; i < RMT_N_CHECKS; i++)
        s->of[i] = (rmt_check_setting){rmt_checks[i].off, rmt_checks[i].severity};
}

bool rmt_check_is_on(const rmt_check_settings *s, const char *code)
{
    size_t i = rmt_check_find(code);
    return i == RMT_N_CHECKS || !s->of[i].off;
}

const char *rmt_severity_name(rmt_severity severity)
{
    switch (severity) {
    case RMT_SEVERITY_INFO: return "info";
    case RMT_SEVERITY_WARNING: return "warning";
    case RMT_SEVERITY_ERROR: break;
    }
    return "error";
}
