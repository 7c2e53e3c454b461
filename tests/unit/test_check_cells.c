/* Cells unlike the rest of their column, and ids as spreadsheets leave them. */
#include "tst_findings.h"

#define PLAN                                                                                       \
    "study: {id: T1}\n"                                                                            \
    "data: {people: {file: p.csv}, more: {file: m.csv%s}}\n"                                       \
    "subjects: {table: people, id: id, arm: arm}\n"                                                \
    "arms: {reference: ctl, order: [ket, ctl]}\n"                                                  \
    "visits: {visit: visit, schedule: [{name: base, baseline: true}]}\n"                           \
    "outcomes: {x: {table: more, total: x}}\n%s"

/* What the plan says of the table, what else it says, the participants and the rows of the table. */
static void findings(const char *of_table, const char *more, const char *people, const char *rows,
                     const char *const *want, size_t n)
{
    char plan[1024];
    tst_trial t;
    snprintf(plan, sizeof plan, PLAN, of_table, more);
    tst_trial_open(&t, plan);
    tst_trial_table(&t, "people", "id arm", people);
    tst_trial_table(&t, "more", "id visit x:n score", rows);
    tst_findings_are(&t, want, n);
    tst_trial_close(&t);
}

#define TWO "A ket\nB ctl"
#define ROWS "A base 1 1\nA . . 2\nB base 1 <5\nB . . 4\nB . . 5"
#define ODD(of)                                                                                    \
    "warning column/odd-cell more 4 score B <5 | numbers, as the other cells of the column are | " \
    "<5 is no number, but the column of " of " values is text because of it"

static void a_cell_that_makes_a_column_text_is_named(void **state)
{
    (void)state;
    static const char *const one[] = {ODD("5")};
    static const char *const fewer[] = {ODD("4")};
    findings("", "", TWO, ROWS, one, 1);
    /* below the number of values, until the plan asks for less */
    findings("", "", TWO, "A base 1 1\nA . . 2\nB base 1 <5\nB . . 4", NULL, 0);
    findings("", "checks: {column/odd-cell: {values: 4}}\n", TWO,
             "A base 1 1\nA . . 2\nB base 1 <5\nB . . 4", fewer, 1);
    findings("", "checks: {column/odd-cell: off}\n", TWO, ROWS, NULL, 0);
    /* two of five are many, unless the plan has it otherwise; a missing cell is none of them */
    findings("", "", TWO, "A base 1 1\nA . . x\nB base 1 <5\nB . . 4\nB . . 5", NULL, 0);
    findings("", "", TWO, "A base 1 1\nA . . .\nB base 1 <5\nB . . 4\nB . . 5", NULL, 0);
    /* the schema says that it is text */
    findings(", schema: {fields: [{name: id}, {name: visit}, {name: x, type: number}, {name: "
             "score}]}",
             "", TWO, ROWS, NULL, 0);
}

static void what_is_written_as_ids_are_is_no_number(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning column/odd-cell more 4 score B 007 | numbers, as the other cells of the column "
        "are | "
        "007 is no number, but the column of 5 values is text because of it"};
    findings("", "", TWO, "A base 1 1\nA . . 2\nB base 1 007\nB . . 4\nB . . -5", want, 1);
    static const char *const long_ones[] = {
        "warning column/odd-cell more 4 score B -1234567890123456 | numbers, as the other cells of "
        "the column are | -1234567890123456 is no number, but the column of 5 values is text "
        "because of it"};
    findings("", "", TWO, "A base 1 1\nA . . 2\nB base 1 -1234567890123456\nB . . 4\nB . . -5",
             long_ones, 1);
    static const char *const longest[] = {
        "warning column/odd-cell more 4 score B "
        "0.11111111111111111111111111111111111111111111111111111111111111 | numbers, as the other "
        "cells of the column are | "
        "0.11111111111111111111111111111111111111111111111111111111111111 is no number, but the "
        "column of 5 values is text because of it"};
    findings("", "", TWO,
             "A base 1 1\nA . . 2\nB base 1 "
             "0.11111111111111111111111111111111111111111111111111111111111111\nB . . 4\nB . . -5",
             longest, 1);
    findings("", "", TWO, "A base 1 01\nA . . 02\nB base 1 x\nB . . 04\nB . . 05", NULL, 0);
}

static void the_decimal_sign_is_the_plans(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning column/odd-cell more 4 score B 2.5 | numbers, as the other cells of the column "
        "are | "
        "2.5 is no number, but the column of 5 values is text because of it"};
    findings(", decimal: ','", "", TWO, "A base 1 1,5\nA . . 2\nB base 1 2.5\nB . . 4\nB . . 5,5",
             want, 1);
}

static void a_plan_of_summaries_has_its_columns_looked_at(void **state)
{
    (void)state;
    tst_trial t;
    static const char *const want[] = {
        "warning column/odd-cell arms 3 note  2O | numbers, as the other cells of the column are | "
        "2O is no number, but the column of 5 values is text because of it"};
    tst_trial_open(&t, "study: {id: T1}\ndata: {arms: {file: a.csv}}\nsummaries:\n"
                       "  s: {table: arms, arm: arm, role: role, mean: mean, sd: sd, n: n}\n");
    tst_trial_table(&t, "arms", "arm role mean:n sd:n n:i note",
                    "k treatment 1 1 9 1\nc control 1 1 9 2O\nk treatment 1 1 9 3\n"
                    "c control 1 1 9 4\nk treatment 1 1 9 5");
    tst_findings_are(&t, want, 1);
    tst_trial_close(&t);
}

static void ids_of_one_person_in_two_writings_are_named(void **state)
{
    (void)state;
    static const char *const want[] = {
        "warning id/alike people 4 id 7 7 | ids differ by more than their writing | 7 and 007 "
        "(line 2) differ only by leading zeros, case or blanks",
        "warning id/alike people 6 id a1 a1 | ids differ by more than their writing | a1 and A1 "
        "(line 5) differ only by leading zeros, case or blanks"};
    findings("", "", "007 ket\nB ctl\n7 ctl\nA1 ket\na1 ctl\nA10 ket\n70 ctl", "A1 base 1 .", want,
             2);
    static const char *const again[] = {
        "warning id/alike people 3 id a1 a1 | ids differ by more than their writing | a1 and A1 "
        "(line 2) differ only by leading zeros, case or blanks"};
    findings("", "checks: {trial/randomised-twice: off}\n", "A1 ket\na1 ctl\nA1 ket\na1 ctl\nB ctl",
             "A1 base 1 .", again, 1);
    findings("", "checks: {id/alike: off}\n", "007 ket\n7 ctl", "7 base 1 .", NULL, 0);
}

static void ids_without_their_last_digits_are_named(void **state)
{
    (void)state;
    static const char *const rounded[] = {
        "warning id/rounded people 3 id 1234567890123400 1234567890123400 | every digit of an id "
        "is kept | 1234567890123400 has zeros behind its digit 15, as all 3 ids so long: a "
        "spreadsheet has rounded"};
    static const char *const scientific[] = {
        "warning id/scientific people 2 id 1.2E+11 1.2E+11 | every digit of an id is written | "
        "1.2E+11 is an id in scientific notation: its other digits are lost",
        "warning id/scientific more 2 id 1.2E+11 1.2E+11 | every digit of an id is written | "
        "1.2E+11 is an id in scientific notation: its other digits are lost"};
    const char *three = "B ctl\n1234567890123400 ket\n1234567890123410 ket\n1234567890123420 ctl";
    findings("", "", three, "B base 1 .", rounded, 1);
    findings("", "checks: {id/rounded: {zeros: 4}}\n", three, "B base 1 .", NULL, 0);
    findings("", "checks: {id/rounded: off}\n", three, "B base 1 .", NULL, 0);
    findings("", "", "1.2E+11 ket\nB ctl\n12E3 ctl", "1.2E+11 base 1 .", scientific, 2);
    findings("", "checks: {id/scientific: off}\n", "1.2E+11 ket\nB ctl", "B base 1 .", NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_that_makes_a_column_text_is_named),
        cmocka_unit_test(what_is_written_as_ids_are_is_no_number),
        cmocka_unit_test(the_decimal_sign_is_the_plans),
        cmocka_unit_test(a_plan_of_summaries_has_its_columns_looked_at),
        cmocka_unit_test(ids_of_one_person_in_two_writings_are_named),
        cmocka_unit_test(ids_without_their_last_digits_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
