/* checks.c - see rmt/checks.h. */
#include "rmt/checks.h"

#include "rmt/num.h"
#include "rmt/redcap.h"

#include <math.h>
#include <string.h>

/* By kind; within a kind in the order in which a reader meets them. */
const rmt_check rmt_checks[RMT_N_CHECKS] = {
    /* ---- how the files were read ---- */
    {.code = "source/reading",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a place passed over, or read by a guess",
     .rule =
         "A file is read as it stands: no repeated header, footer, blank line, surplus delimiter "
         "or byte outside its encoding is met.",
     .why = "What is passed over may be a row, and a character guessed may be another.",
     .suggestion = "look at the place; where all is well, say so in the plan (encoding, skip_rows, "
                   "label_rows, footer_rows, comment)"},
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
    {.code = "incorrect-label",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a column of another name than its field",
     .rule = "Where fieldsMatch goes by position every column has the name of its field.",
     .why = "Two columns changed about put every value under the wrong name.",
     .needs = "a schema with fieldsMatch exact"},
    {.code = "unmatched-header",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a file without any column of the schema",
     .rule = "Where fieldsMatch is partial at least one column is a field of the schema.",
     .why = "Most likely it is another file.",
     .needs = "a schema with fieldsMatch partial"},
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
         "one from a large one by one slip of a letter; in arms.order none by case and blanks "
         "alone.",
     .why = "A misspelt arm becomes an arm of its own.",
     .suggestion = "correct the data, or name both in arms.order where they are two arms"},
    {.code = "trial/no-records",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant without any record",
     .rule = "Every participant has a record in the table of some outcome.",
     .why = "Who was randomised and never seen counts in denominators; mostly the id is written "
            "in two ways.",
     .needs = "outcomes"},
    {.code = "trial/arm-ratio",
     .severity = RMT_SEVERITY_WARNING,
     .title = "arms far from the planned ratio",
     .rule = "The numbers in the arms, in all and in each combination of strata, agree with "
             "arms.ratio: the two-sided exact binomial p is at least {p}.",
     .why = "Arms far from the ratio hint at a randomisation that was not followed, or at people "
            "missing from the export.",
     .suggestion = "compare with the randomisation list",
     .needs = "arms.order and arms.ratio",
     .parameters = {{"p", 0.001, 0, 1, "least probability that is no finding"}}},
    {.code = "trial/unknown-subject",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a record of nobody in the trial",
     .rule = "Every record names a participant of the subject table.",
     .why = "A record of nobody is left out; mostly it belongs to somebody."},
    {.code = "trial/no-common-id",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a table with the ids of other people",
     .rule = "The table of an outcome, or of the doses, with several ids has at least one of the "
             "subject table.",
     .why = "Nothing of the table can be joined: it is of another trial, or its ids are written "
            "otherwise.",
     .suggestion =
         "write the ids of both tables in the same way, or name the column that has them"},
    {.code = "trial/not-in-table",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant whom a table lacks",
     .rule = "Who has a record of some outcome has one in the table of each; where more than "
             "{percent} % of them have none, the table is told once.",
     .why = "A form that was lost on the way looks like one that was never filled in.",
     .suggestion = "ask whether the form was filled in",
     .needs = "outcomes in several tables",
     .parameters = {{"percent", 50, 0, 100,
                     "most participants who are named one by one, in per cent"}}},
    {.code = "trial/other-subject",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a row of nobody in a further table",
     .rule = "In every table with the column of subjects.id each row names a participant of the "
             "subject table; where none does, the table is told once.",
     .why = "Vital signs or adverse events of nobody are in no count; mostly they belong to "
            "somebody.",
     .needs = "tables that neither outcomes nor doses are read from, and no foreign key"},
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
     .rule =
         "A record told by its time lies within the window of a visit; one told by a label lies "
         "within the window of its visit, by its day or its date since baseline.",
     .why = "A value measured at another time is another measurement; where visits are told by "
            "time it is left out.",
     .suggestion = "check the date; widen the window only as the protocol does",
     .needs = "visits with a window; for labels a column date, visit_date, day or study_day"},
    {.code = "trial/visit-order",
     .severity = RMT_SEVERITY_WARNING,
     .title = "visits out of order",
     .rule = "The dates or days of a participant's visits do not decrease along the schedule; of "
             "two that do the one is named that does not fit its other neighbour.",
     .why = "A wrong date, or two visits swapped: then the change has the wrong sign.",
     .suggestion = "check both dates against the source",
     .needs = "visits told by labels and a column date, visit_date, day or study_day"},
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
    /* ---- the conduct of the trial ---- */
    {.code = "trial/not-a-date",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a cell that is no date",
     .rule = "In the columns that the plan names as dates every cell with a value is one, "
             "YYYY-MM-DD or with a time.",
     .why = "What cannot be read is compared with nothing.",
     .suggestion =
         "correct the cell, give the column its format in a schema, or declare the code as missing",
     .needs = "subjects.consent, randomised, first_dose or withdrawal, visits.date or doses.date"},
    {.code = "trial/date-order",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant's dates out of order",
     .rule = "Consent is dated at or before randomisation, the first dose and withdrawal, and "
             "randomisation at or before the first dose.",
     .why =
         "Nobody may be randomised or treated before consent; mostly one of the dates is a slip.",
     .suggestion = "check the dates against the source",
     .citation = "ICH E6(R2) 4.8.8",
     .needs = "subjects.consent and one of randomised, first_dose, withdrawal; or doses.date"},
    {.code = "trial/before-consent",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a record from before consent",
     .rule = "No record and no dose is dated before the participant's consent.",
     .why = "Data of before consent may not be used.",
     .suggestion = "check both dates against the source",
     .citation = "ICH E6(R2) 4.8.8",
     .needs = "subjects.consent, and a date in the records"},
    {.code = "trial/no-consent",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant without a date of consent",
     .rule = "Who has records or doses has a date of consent.",
     .why =
         "Data of somebody who did not consent may not be used; mostly the date was not entered.",
     .suggestion = "look for the consent form",
     .citation = "ICH E6(R2) 4.8.8",
     .needs = "subjects.consent"},
    {.code = "trial/after-withdrawal",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a record from after withdrawal",
     .rule = "No record and no dose is dated after the participant's withdrawal.",
     .why = "Who withdrew consent may not be observed further; mostly the date or the participant "
            "is wrong.",
     .suggestion = "check both dates, and from what the participant withdrew",
     .needs = "subjects.withdrawal, and a date in the records"},
    {.code = "trial/baseline-after-dose",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a baseline from after the first dose",
     .rule = "A record at baseline is dated at or before the first dose.",
     .why = "Such a baseline has the effect of the treatment in it.",
     .suggestion = "check the dates; look for an earlier record",
     .needs = "subjects.first_dose or doses.date, and a date in the records"},
    {.code = "trial/dose-amount",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a dose that is not the planned one",
     .rule = "A dose has an amount, and lies within doses.tolerance of what is planned for the "
             "participant's arm.",
     .why = "A slipped decimal, another unit, or a treatment that was not the one of the arm.",
     .suggestion = "check amount and unit against the source",
     .needs = "doses with amount and planned"},
    {.code = "trial/dose-arm",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a dose in an arm that has none",
     .rule = "Doses are given to participants of arms with a planned dose.",
     .why = "A participant got the treatment of another arm, or the dose is somebody else's.",
     .suggestion = "check whose dose it is",
     .needs = "doses with planned"},
    {.code = "trial/dose-date",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a dose that is not dated at its visit",
     .rule = "A dose is dated within {days} day of the records of its visit.",
     .why = "The dose or the records belong to another visit.",
     .suggestion = "check date and visit against the source",
     .needs = "doses with visit and date, and a date in the records",
     .parameters = {{"days", 1, 0, 10000, "days between a dose and the records of its visit"}}},
    {.code = "trial/doses-missing",
     .severity = RMT_SEVERITY_INFO,
     .title = "fewer doses than scheduled",
     .rule = "A participant of an arm with a dose has one at each visit of doses.at; a row without "
             "date and amount is none.",
     .why = "Who got less treatment than planned is counted all the same.",
     .needs = "doses with visit and at"},
    {.code = "trial/monitoring-missing",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a visit without its safety readings",
     .rule = "Who was dosed, or has any record, at a visit has the readings that are due there.",
     .why = "Harms that nobody looked for are not harms that were not there.",
     .suggestion = "look for the form",
     .citation = "Ioannidis JP, et al. Ann Intern Med 2004;141:781-788",
     .needs = "monitoring"},
    {.code = "trial/ineligible",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a participant who is not eligible",
     .rule = "Every participant meets the conditions of eligibility.",
     .why = "The trial says whom its results are about. By intention to treat the participant is "
            "analysed all the same.",
     .suggestion = "check the values; report a deviation from the protocol",
     .needs = "eligibility"},
    {.code = "trial/eligibility-unknown",
     .severity = RMT_SEVERITY_INFO,
     .title = "eligibility that cannot be judged",
     .rule = "The values by which eligibility is judged are there for every participant.",
     .why = "With a value missing nobody can say whether the participant is eligible.",
     .suggestion = "look for the values at screening",
     .needs = "eligibility"},
    {.code = "trial/same-answers",
     .severity = RMT_SEVERITY_WARNING,
     .title = "answers that are somebody else's",
     .rule = "No two participants have all answers alike at a visit, on two outcomes, or on one "
             "and in every stratum and covariate (two or more). Outcomes of {items} items or more, "
             "all answered, of which {varied} or more differ from the most frequent answer.",
     .why = "A form entered for the wrong participant, a participant enrolled twice, or records "
            "that were made up. Only whole forms count: how alike honest answers are depends on "
            "the scale, so that a share of equal answers says little (Simmons K, et al. Stat J "
            "IAOS 2016;32:327-338).",
     .suggestion = "look at both forms",
     .citation = "Kuriakose N, Robbins M. Stat J IAOS 2016;32:283-291",
     .needs = "two outcomes with items; or one, and strata and covariates",
     .parameters = {{"items", 10, 2, 1000, "fewest items of an outcome that are compared"},
                    {"varied", 5, 1, 1000,
                     "fewest answers that differ from the most frequent one"}}},
    /* ---- items and totals ---- */
    {.code = "trial/item-out-of-range",
     .severity = RMT_SEVERITY_ERROR,
     .title = "an item outside its range",
     .rule =
         "An item is a whole number within the range of its instrument; what the schema's range "
         "refuses is constraint-error alone.",
     .why = "The scale is not scored for this record.",
     .suggestion = "correct the cell, or declare the code in missingValues",
     .needs = "an instrument and items"},
    {.code = "trial/total-out-of-range",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a total outside the scale's range",
     .rule = "A stored total or baseline lies within the range of the scale; what the schema's "
             "range refuses is constraint-error alone.",
     .why = "The value is left out.",
     .needs = "an instrument and a stored total or baseline"},
    {.code = "trial/total-differs",
     .severity = RMT_SEVERITY_ERROR,
     .title = "a total that is not the sum of its items",
     .rule = "A stored total is the sum of its items where all of them have a value.",
     .why = "The stored total is analysed, and one of the two is wrong.",
     .suggestion = "correct the record, or leave 'total' out of the outcome to have it scored",
     .needs = "an outcome with 'total' and 'items'"},
    {.code = "trial/total-not-whole",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a total that is no whole number",
     .rule = "A stored total is a whole number, as the items of its scale are.",
     .why = "It may be prorated for a missing item, or a slip; it is analysed as it is.",
     .suggestion = "correct it, or say in the protocol how totals were prorated",
     .needs = "an instrument and a stored total"},
    {.code = "trial/item-count",
     .severity = RMT_SEVERITY_INFO,
     .off = true,
     .title = "a record with too few items for a total",
     .rule = "A record with any item has all items of the total but at most max_missing_items.",
     .why = "The total is missing; /outcomes says so cell by cell.",
     .needs = "an instrument and items"},
    {.code = "score/flat-line",
     .severity = RMT_SEVERITY_WARNING,
     .title = "answers that are all alike",
     .rule = "The items of a total, {items} or more, are not all the same value, unless that is "
             "the lowest.",
     .why = "One answer ticked down the page is mostly no answer, and neither is one filled in "
            "afterwards.",
     .suggestion = "look at the form; ask the rater or the participant",
     .citation = "Curran PG. J Exp Soc Psychol 2016;66:4-19",
     .needs = "an instrument and items",
     .parameters = {{"items", 10, 2, 1000, "fewest items of a total that are looked at"}}},
    {.code = "score/implausible-change",
     .severity = RMT_SEVERITY_WARNING,
     .off = true,
     .title = "a sudden change of a total",
     .rule = "Between two neighbouring visits at most {days} days apart a total changes by at most "
             "{percent} % of the scale's range.",
     .why = "A form of another participant or visit shows as a leap. Off, because rapid effects "
            "are what some trials are about.",
     .needs = "an instrument, and dates or days of the visits",
     .parameters = {{"percent", 50, 0, 100, "most change, in per cent of the range"},
                    {"days", 8, 0, 10000, "days between the visits that are compared"}}},
    {.code = "score/floor-ceiling",
     .severity = RMT_SEVERITY_INFO,
     .title = "scores piling up at an end of the scale",
     .rule = "At a visit with {values} totals or more at most {percent} % of them are the lowest, "
             "or the highest, score.",
     .why = "Where the scale ends nobody can get better, or worse, and means hide it.",
     .citation = "Terwee CB, et al. J Clin Epidemiol 2007;60:34-42",
     .needs = "an instrument",
     .parameters = {{"percent", 15, 0, 100, "most of the totals at one end, in per cent"},
                    {"values", 50, 1, 1e6, "fewest totals of a visit that are looked at"}}},
    /* ---- published numbers ---- */
    {.code = "summary/mean-range",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a mean outside its scale",
     .rule = "A published mean lies within the range of its scale.",
     .why = "The number is another outcome's, a change, or mistyped.",
     .suggestion = "compare with the publication",
     .needs = "summaries with range"},
    {.code = "summary/grim",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a mean that n whole numbers cannot have",
     .rule = "A published mean is, as rounded, the sum of n whole numbers divided by n. Zeros at "
             "the end of a decimal are not seen: 5.20 counts as 5.2.",
     .why = "Mean or n is mistyped, or n is not the number of those analysed.",
     .suggestion = "compare with the publication; leave 'range' out where scores are no whole "
                   "numbers (prorated, adjusted or item means)",
     .citation = "Brown NJL, Heathers JAJ. Soc Psychol Personal Sci 2017;8:363-369",
     .needs = "summaries with range"},
    {.code = "summary/sd-range",
     .severity = RMT_SEVERITY_WARNING,
     .title = "an SD larger than its scale allows",
     .rule =
         "A published SD is at most the square root of n/(n - 1) (highest - mean)(mean - lowest).",
     .why = "No values within the scale vary so much: it is another number, or mistyped.",
     .suggestion = "compare with the publication",
     .citation = "Bhatia R, Davis C. Am Math Mon 2000;107:353-357",
     .needs = "summaries with range"},
    /* ---- cells and ids as spreadsheets leave them ---- */
    {.code = "column/odd-cell",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a cell that makes a column of numbers text",
     .rule = "Where types are inferred, a column in which {percent} % of the values or fewer, or "
             "one of {values} or more, are no numbers (no dates) has none such.",
     .why = "One slip of a key makes the whole column text, and its numbers are not analysed.",
     .suggestion = "correct the cell, or declare the type in a schema or the code in 'missing'",
     .needs = "a column without a field in a schema",
     .parameters = {{"percent", 10, 0, 50, "most values that are odd, in per cent"},
                    {"values", 5, 2, 1e9, "fewest values among which one is odd"}}},
    {.code = "id/scientific",
     .severity = RMT_SEVERITY_WARNING,
     .title = "an id in scientific notation",
     .rule = "No id of a participant is written as 1.23E+11.",
     .why = "A spreadsheet shows long numbers so and saves what it shows: the other digits are "
            "lost, and the records of several people get one id.",
     .suggestion = "export the ids as text"},
    {.code = "id/rounded",
     .severity = RMT_SEVERITY_WARNING,
     .title = "long ids that end in zeros",
     .rule = "Ids of more than 15 digits do not all end in zeros behind these, {zeros} or more of "
             "them together.",
     .why = "A spreadsheet keeps 15 digits of a number: the others have become zeros, and people "
            "who differ there have one id.",
     .suggestion = "export the ids as text",
     .parameters = {{"zeros", 3, 1, 1e9, "fewest zeros, of all ids together"}}},
    {.code = "id/alike",
     .severity = RMT_SEVERITY_WARNING,
     .title = "ids that differ only in their writing",
     .rule = "No two ids of participants differ by leading zeros, case or blanks alone.",
     .why = "007 and 7 are mostly one person, who then counts twice.",
     .suggestion = "find out whether they are one person; write the id in one way"},
    /* ---- columns told by their names ---- */
    {.code = "vitals/pressure",
     .severity = RMT_SEVERITY_WARNING,
     .title = "systolic not above diastolic pressure",
     .rule = "Systolic pressure is above the diastolic pressure of the same row and occasion "
             "(sbp_pre, dbp_pre).",
     .why = "The two are swapped, or one of them is mistyped.",
     .suggestion = "check both against the source",
     .needs = "columns such as systolic or sbp, and diastolic or dbp"},
    {.code = "vitals/limits",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a vital sign no body can have",
     .rule = "Systolic pressure is 40 to 300 mmHg, diastolic 10 to 200 mmHg, heart rate 20 to "
             "300/min, respiratory rate 2 to 80/min, oxygen saturation 30 to 100 %, temperature 25 "
             "to 45 degrees C, weight 20 to 400 kg, height 100 to 250 cm (adults), or the same in "
             "kPa, degrees F, pounds, m or inches where schema or name say so. Of temperature, "
             "weight and height without a unit it is the one that fits most values.",
     .why = "A value beyond is a slip of the pen, a code or another unit.",
     .suggestion =
         "check the value and its unit; the finding says which unit would make it one of a body",
     .needs = "columns of numbers named so (sbp, dia_40min, heart_rate, temp_c, weight)"},
    {.code = "vitals/digit-preference",
     .severity = RMT_SEVERITY_INFO,
     .title = "blood pressures that are rounded",
     .rule = "Among {values} pressures or more, with a standard deviation of at least {spread}, "
             "the last digits 0 to 9 occur alike: chi-square is at most {chi2}.",
     .why = "Rounded readings blur small differences and move people across cut-offs.",
     .citation = "Wen SW, et al. J Clin Epidemiol 1993;46:1187-1193",
     .needs = "columns such as systolic or dbp",
     .parameters = {{"values", 100, 10, 1e9, "fewest pressures that are looked at"},
                    {"spread", 5, 0, 100, "their least standard deviation, mmHg"},
                    {"chi2", 27.877, 0, 1e6,
                     "most chi-square with 9 degrees of freedom (27.877: p 0.001)"}}},
    {.code = "privacy/identifier",
     .severity = RMT_SEVERITY_WARNING,
     .title = "a column that identifies people",
     .rule = "No table of participants has a column called like a name, initials, date or year of "
             "birth, address, telephone, postcode or record number (in English, German, French, "
             "Spanish or Dutch), one that its schema marks as an identifier, "
             "or an e-mail address in its first {rows} rows.",
     .why = "The study file is made to be passed on, and everything in the tables is in it.",
     .suggestion = "leave the column out of the export; an age can stand for a date of birth",
     .citation = "45 CFR 164.514(b)(2)",
     .needs = "a table with the column of subjects.id",
     .parameters = {{"rows", 1000, 1, 1e9, "rows that are looked at"}}},
    /* ---- REDCap: its rows, and what its data dictionary says ---- */
    {.code = RMT_REDCAP_COPIED_ROW,
     .severity = RMT_SEVERITY_ERROR,
     .title = "a row of an export that stands there twice",
     .rule = "No two rows of an export have the same record, event, repeat instrument and repeat "
             "instance; a row of no instance is of the first.",
     .why = "REDCap never exports two such rows: somebody copied one, and its values count twice.",
     .suggestion = "export anew, or delete one of the two rows",
     .needs = "a table of a REDCap export"},
    {.code = RMT_REDCAP_UNKNOWN_FORM,
     .severity = RMT_SEVERITY_ERROR,
     .title = "a repeat instrument that is no form",
     .rule = "Every redcap_repeat_instrument of a raw export is a form of the data dictionary.",
     .why = "The export was edited, or the dictionary is of another version of the project.",
     .suggestion = "export anew, with the data dictionary of the same day",
     .needs = "a table of a REDCap export"},
    {.code = RMT_REDCAP_UNKNOWN_EVENT,
     .severity = RMT_SEVERITY_ERROR,
     .title = "a misspelt event",
     .rule = "No redcap_event_name is one of the events that the plan knows, by its tables' "
             "events and its schedule, but for a slip in its letters; rows of outcomes are "
             "trial/unknown-visit instead.",
     .why = "The row is of no visit, and of no table that asks for its event.",
     .suggestion = "correct the cell, or name the event in the plan",
     .needs = "a table of a REDCap export with events, or with events as visits"},
    {.code = RMT_REDCAP_HIDDEN_VALUE,
     .severity = RMT_SEVERITY_WARNING,
     .title = "a value that branching logic hides",
     .rule =
         "A field has no value where its branching logic, as far as it asks for fields that the "
         "export has, hides the field.",
     .why = "It was entered before the answer changed that hid it; whether it still holds, nobody "
            "sees on the form.",
     .suggestion = "open the form: REDCap asks whether to erase the value",
     .needs = "a table of a REDCap export"},
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

size_t rmt_check_find_parameter(const rmt_check *c, const char *name)
{
    size_t i = 0;
    while (i < RMT_CHECK_PARAMETERS && c->parameters[i].name &&
           strcmp(c->parameters[i].name, name) != 0)
        i++;
    return i < RMT_CHECK_PARAMETERS && c->parameters[i].name ? i : RMT_CHECK_PARAMETERS;
}

/* The parameter whose "{name}" s begins with; RMT_CHECK_PARAMETERS = none. */
static size_t placeholder(const rmt_check *c, const char *s)
{
    for (size_t i = 0; i < RMT_CHECK_PARAMETERS && c->parameters[i].name; i++) {
        const size_t n = strlen(c->parameters[i].name);
        if (strncmp(s + 1, c->parameters[i].name, n) == 0 && s[n + 1] == '}') return i;
    }
    return RMT_CHECK_PARAMETERS;
}

rmt_status rmt_check_rule(rmt_text *out, const rmt_check *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (const char *s = c->rule; *s && !st;) {
        const size_t i = *s == '{' ? placeholder(c, s) : RMT_CHECK_PARAMETERS;
        const size_t plain = 1 + strcspn(s + 1, "{");
        char value[RMT_NUM_BUF];
        if (i == RMT_CHECK_PARAMETERS) {
            st = rmt_text_add_bytes(out, s, plain, err);
            s += plain;
        } else {
            rmt_num_print(value, c->parameters[i].value);
            st = rmt_text_add(out, value, err);
            s += strlen(c->parameters[i].name) + 2;
        }
    }
    return st;
}

void rmt_check_settings_init(rmt_check_settings *s)
{
    for (size_t i = 0; i < RMT_N_CHECKS; i++) {
        s->of[i] =
            (rmt_check_setting){.off = rmt_checks[i].off, .severity = rmt_checks[i].severity};
        for (size_t k = 0; k < RMT_CHECK_PARAMETERS; k++)
            s->of[i].values[k] = rmt_checks[i].parameters[k].value;
    }
}

bool rmt_check_is_on(const rmt_check_settings *s, const char *code)
{
    size_t i = rmt_check_find(code);
    return i == RMT_N_CHECKS || !s->of[i].off;
}

double rmt_check_value(const rmt_check_settings *s, const char *code, const char *parameter)
{
    const size_t i = rmt_check_find(code);
    const size_t k = i < RMT_N_CHECKS ? rmt_check_find_parameter(&rmt_checks[i], parameter)
                                      : RMT_CHECK_PARAMETERS;
    return k < RMT_CHECK_PARAMETERS ? s->of[i].values[k] : (double)NAN;
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

rmt_severity rmt_severity_of(const char *name)
{
    for (int s = RMT_SEVERITY_INFO; s < RMT_SEVERITY_ERROR; s++)
        if (strcmp(name, rmt_severity_name((rmt_severity)s)) == 0) return (rmt_severity)s;
    return RMT_SEVERITY_ERROR;
}
