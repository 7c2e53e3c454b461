/* Conditions: grammar, three-valued logic, and what is said of a fault. */
#include "rmt/condition.h"
#include "support.h"
#include "tst_memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NONE ((double)NAN)

/* What the conditions below are about: numbers, texts, and two missing ones. */
static const struct {
    const char *name;
    rmt_value value;
} known[] = {
    {"age", {NULL, 34}},
    {"caps5", {NULL, 47.5}},
    {"zero", {NULL, 0}},
    {"sex", {"female", NONE}},
    {"visit", {"week2", NONE}},
    {"code", {"07", NONE}},
    {"consent", {"2026-03-01", NONE}},
    {"dosed", {"2026-03-02", NONE}},
    {"seen", {"2026-03-02T09:30:00", NONE}},
    {"vitals.systolic", {NULL, 121}},
    {"Age at entry", {NULL, 34}},
    {"race___2", {"1", NONE}},
    {"race____99", {"0", NONE}},
    {"gone", {NULL, NONE}},
    {"blank", {"", NONE}},
    {"both", {"12", 12}},
};

static rmt_value value_of(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0) return known[i].value;
    fail_msg("nothing is called '%s'", name);
    return known[0].value;
}

static rmt_truth eval(const rmt_condition *c)
{
    rmt_value values[16];
    assert_true(rmt_condition_n_names(c) <= 16);
    for (size_t i = 0; i < rmt_condition_n_names(c); i++)
        values[i] = value_of(rmt_condition_name(c, i));
    return rmt_condition_eval(c, values);
}

typedef struct {
    const char *text;
    rmt_truth truth;
} truth_case;

static void expect_truths(rmt_condition_syntax syntax, const truth_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rmt_condition *c = NULL;
        rmt_error err = {0};
        tst_ok(rmt_condition_parse(&c, cases[i].text, syntax, "plan.yaml", 3, &err), &err);
        const rmt_truth got = eval(c);
        if (got != cases[i].truth)
            fail_msg("%s is %d, not %d", cases[i].text, (int)got, (int)cases[i].truth);
        rmt_condition_free(c);
    }
}
#define EXPECT(syntax, cases) expect_truths(syntax, cases, sizeof cases / sizeof cases[0])

static void logic_has_three_values(void **state)
{
    (void)state;
    static const char *const sides[] = {"zero = 1", "zero = 0", "gone = 0"}; /* as rmt_truth */
    static const rmt_truth ands[3][3] = {{RMT_FALSE, RMT_FALSE, RMT_FALSE},
                                         {RMT_FALSE, RMT_TRUE, RMT_UNKNOWN},
                                         {RMT_FALSE, RMT_UNKNOWN, RMT_UNKNOWN}};
    static const rmt_truth ors[3][3] = {{RMT_FALSE, RMT_TRUE, RMT_UNKNOWN},
                                        {RMT_TRUE, RMT_TRUE, RMT_TRUE},
                                        {RMT_UNKNOWN, RMT_TRUE, RMT_UNKNOWN}};
    static const rmt_truth nots[3] = {RMT_TRUE, RMT_FALSE, RMT_UNKNOWN};
    char text[64];
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "not %s", sides[i]);
        expect_truths(RMT_CONDITION_PLAN, &(truth_case){text, nots[i]}, 1);
        for (size_t k = 0; k < 3; k++) {
            snprintf(text, sizeof text, "%s and %s", sides[i], sides[k]);
            expect_truths(RMT_CONDITION_PLAN, &(truth_case){text, ands[i][k]}, 1);
            snprintf(text, sizeof text, "%s or %s", sides[i], sides[k]);
            expect_truths(RMT_CONDITION_PLAN, &(truth_case){text, ors[i][k]}, 1);
        }
    }
}

static void what_binds_tighter(void **state)
{
    (void)state;
    static const truth_case cases[] = {
        {"zero = 0 or zero = 1 and zero = 1", RMT_TRUE},
        {"(zero = 0 or zero = 1) and zero = 1", RMT_FALSE},
        {"not zero = 1 and zero = 0", RMT_TRUE},
        {"not (zero = 1 and zero = 0)", RMT_TRUE},
        {"not zero = 0 or zero = 0", RMT_TRUE},
        {"not not zero = 0", RMT_TRUE},
        {"2 + 3 * 4 = 14", RMT_TRUE},
        {"(2 + 3) * 4 = 20", RMT_TRUE},
        {"10 - 4 - 3 = 3", RMT_TRUE},
        {"12 / 2 / 3 = 2", RMT_TRUE},
        {"-2 * -3 = +6", RMT_TRUE},
        {"3 - -1 = 4", RMT_TRUE},
        {"age + 1 > caps5 - 10 AND Not sex = 'male'", RMT_FALSE},
        {"age + 4 > caps5 - 10 AND Not sex = 'male'", RMT_TRUE},
    };
    EXPECT(RMT_CONDITION_PLAN, cases);
}

static void comparisons(void **state)
{
    (void)state;
    static const truth_case cases[] = {
        {"age = 34", RMT_TRUE},
        {"age == 34.0", RMT_TRUE},
        {"age <> 34", RMT_FALSE},
        {"age != 3.4e1", RMT_FALSE},
        {"age < 34", RMT_FALSE},
        {"age <= 34", RMT_TRUE},
        {"age > 33.5", RMT_TRUE},
        {"age >= .34e+2", RMT_TRUE},
        {"vitals.systolic < 140 and age >= 18", RMT_TRUE},
        {"`Age at entry` >= 18", RMT_TRUE},
        {"sex = 'female'", RMT_TRUE},
        {"sex = \"female\"", RMT_TRUE},
        {"sex = 'Female'", RMT_FALSE},
        {"sex <> 'it''s'", RMT_TRUE},
        {"consent < dosed", RMT_TRUE},
        {"dosed < '2026-03-02T08:00:00'", RMT_FALSE}, /* by the day, where one has no time */
        {"dosed = '2026-03-02T08:00:00'", RMT_TRUE},
        {"seen > '2026-03-02T09:29:59' and seen <= '2026-03-02'", RMT_TRUE},
        {"dosed - consent = 1", RMT_TRUE},
        {"consent - seen = -1", RMT_TRUE},
        {"dosed - '2025-03-02' = 365", RMT_TRUE},
        {"'2024-03-01' - '2024-02-28' = 2", RMT_TRUE}, /* a leap year */
        {"dosed - gone > 0", RMT_UNKNOWN},
        {"dosed - sex > 0", RMT_UNKNOWN},
        {"code = 7", RMT_TRUE},    /* a number on one side: read as numbers */
        {"code = '7'", RMT_FALSE}, /* two texts */
        {"age = '34.0'", RMT_TRUE},
        {"both = 12 and both = '12.0'", RMT_TRUE},
        {"visit = 2", RMT_FALSE}, /* it is something, and no 2 */
        {"visit <> 2", RMT_TRUE},
        {"visit > 2", RMT_UNKNOWN},
        {"gone = 3", RMT_UNKNOWN},
        {"gone <> 3", RMT_UNKNOWN},
        {"gone = blank", RMT_UNKNOWN},
        {"blank >= 3", RMT_UNKNOWN},
        {"gone + 1 > 0", RMT_UNKNOWN},
        {"age / zero > 0", RMT_UNKNOWN},
        {"sex * 2 > 0", RMT_UNKNOWN},
        {"1e308 * 10 > 0", RMT_UNKNOWN},
        {"gone is missing", RMT_TRUE},
        {"blank IS Missing", RMT_TRUE},
        {"age is missing", RMT_FALSE},
        {"age is not missing", RMT_TRUE},
        {"(age + gone) is missing", RMT_TRUE},
        {"sex in ('male', 'female')", RMT_TRUE},
        {"sex in ('male')", RMT_FALSE},
        {"sex not in ('male')", RMT_TRUE},
        {"age in (30, 2 * 17)", RMT_TRUE},
        {"age in (30, gone)", RMT_UNKNOWN},
        {"age in (34, gone)", RMT_TRUE},
        {"gone in (1, 2)", RMT_UNKNOWN},
        {"gone not in (1, 2)", RMT_UNKNOWN},
        {"age in(1,2)or age in(34)", RMT_TRUE},
    };
    EXPECT(RMT_CONDITION_PLAN, cases);
}

static void redcap_knows_no_unknown(void **state)
{
    (void)state;
    static const truth_case cases[] = {
        {"[age] >= 18", RMT_TRUE},
        {"[age] >= '18' AND [sex] = \"female\"", RMT_TRUE},
        {"[race(2)] = '1'", RMT_TRUE},
        {"[race(-99)]='1' or [race(2)]=\"1\"", RMT_TRUE},
        {"([age]=34)and([zero]=0)", RMT_TRUE},
        {"[code] = '7'", RMT_TRUE}, /* both read as numbers */
        {"[blank] = ''", RMT_TRUE},
        {"[gone] = \"\"", RMT_TRUE},
        {"[blank] <> ''", RMT_FALSE},
        {"[age] <> \"\"", RMT_TRUE},
        {"[age] = ''", RMT_FALSE},
        {"[blank] <> '1'", RMT_TRUE},
        {"[blank] = 0", RMT_FALSE},
        {"[blank] < 3", RMT_FALSE},
        {"[blank] >= 0", RMT_FALSE},
        {"3 > [gone]", RMT_FALSE},
        {"[sex] > 3", RMT_FALSE},
        {"[consent] < [dosed]", RMT_TRUE},
        {"[age] + [blank] > 0", RMT_FALSE},
        {"[age] - 4 = 30", RMT_TRUE},
        {"[dosed] - [consent] = 1", RMT_FALSE}, /* REDCap has datediff */
        {"not [age] = 34", RMT_FALSE},
    };
    EXPECT(RMT_CONDITION_REDCAP, cases);
}

/* What has no answer whatever the values, and what is said of it; "" = there is one. */
static void impossible_conditions_are_told(void **state)
{
    (void)state;
    static const char *const choices[] = {"1", "2", "-99"};
    static const char *const labels[] = {"yes", "no", NULL};
    static const char *const races[] = {"black", "white"};
    static const char *const codes[] = {"", "-9", "NA"};
    static const struct {
        const char *name;
        rmt_operand_kind kind;
    } names[] = {
        {"age", {.kinds = RMT_OPERAND_NUMBER, .type = "a number"}},
        {"sex", {.kinds = RMT_OPERAND_TEXT, .type = "text"}},
        {"dose", {.kinds = RMT_OPERAND_TEXT | RMT_OPERAND_NUMBER, .type = "text"}},
        {"when", {.kinds = RMT_OPERAND_TEXT | RMT_OPERAND_DATE, .type = "text"}},
        {"consent", {.kinds = RMT_OPERAND_DATE, .type = "a date"}},
        {"seen", {.kinds = RMT_OPERAND_DATE, .type = "a date with a time"}},
        {"empty", {.kinds = RMT_OPERAND_ANY, .type = "text"}},
        {"ill", {RMT_OPERAND_NUMBER, "a whole number", choices, labels, 3, false, NULL, 0}},
        {"asked",
         {.kinds = RMT_OPERAND_NUMBER, .type = "a number", .missing = codes, .n_missing = 3}},
        {"answer", {.kinds = RMT_OPERAND_TEXT, .type = "text", .missing = codes, .n_missing = 3}},
        {"race", {RMT_OPERAND_TEXT, "text", races, NULL, 2, false, NULL, 0}},
        {"code",
         {RMT_OPERAND_TEXT | RMT_OPERAND_NUMBER, "text", choices, labels, 3, false, NULL, 0}},
    };
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"age > 5 and age + 1 < -2 * age and age > '5'", ""},
        {"sex = 'male' or sex in ('x', 'y') or sex < 'n' or sex is missing", ""},
        {"dose > 5 or when > consent or when - consent > 3", ""},
        {"consent <= '2024-01-31' and seen >= consent and seen - consent <= 28", ""},
        {"seen < '2024-01-31T12:00:00' and consent - '2024-01-01' > 1", ""},
        {"empty > 5 and empty = 'x' and empty < consent and empty + 1 > 2", ""},
        {"ill = 1 or ill in (1, 2.0) or ill = '2' or ill = -99 or ill > 7 or ill <> age", ""},
        {"code = '1' or code = 2 or code in ('-99') or code > 7", ""},
        {"sex > 5", "plan.yaml:7: sex is text and 5 is a number: they have no comparison in "
                    "'sex > 5'; compare sex with a text in quotes"},
        {"5 = sex", "compare sex with a text in quotes"},
        {"age = 'old'", "age is a number and 'old' is no number: they have no comparison in "
                        "'age = 'old''; compare age with a number"},
        {"age in (1, 'old')", "'old' is no number"},
        {"age + 1 > 'old'", "the result of a calculation is a number and 'old' is no number"},
        {"age = sex", "age is a number and sex is text: they have no comparison"},
        {"consent < '2023-02-31'",
         "consent is a date and '2023-02-31' is no date: they have no comparison in "
         "'consent < '2023-02-31''; compare consent with a date such as '2024-01-31'"},
        {"seen < '2024-01-31T12:00'", "'2024-01-31T12:00' is no date"},
        {"consent > 2020", "consent is a date and 2020 is a number: they have no comparison in "
                           "'consent > 2020'; compare consent with a date such as '2024-01-31', "
                           "or the days since another date (DATE - DATE) with the number"},
        {"seen - consent < '2024-01-31'", "the result of a calculation is a number and "
                                          "'2024-01-31' is no number"},
        {"consent = sex", "consent is a date and sex is text"},
        {"consent + 28 > seen", "consent is a date: nothing can be calculated with it in 'consent "
                                "+ 28 > seen'; of dates there is the difference of two, DATE - "
                                "DATE, in days"},
        {"seen - 28 > consent", "seen is a date with a time: nothing can be calculated"},
        {"seen + consent > 3", "seen is a date with a time: nothing can be calculated"},
        {"-consent < 3", "consent is a date: nothing can be calculated"},
        {"sex * 2 > 1", "sex is text: nothing can be calculated with it in 'sex * 2 > 1'; + - * / "
                        "take numbers"},
        {"age - 'x' > 1", "'x' is no number: nothing can be calculated"},
        {"consent - '2023-02-31' > 1", "consent is a date: nothing can be calculated"},
        {"asked > -9 and asked <> 9 and answer <> '-9.0'", ""},
        {"asked <> -9",
         "-9 stands for a missing value of asked, so that nothing equals it in 'asked "
         "<> -9'; write 'asked is missing'"},
        {"asked in (1, -9.0)", "-9 stands for a missing value of asked"},
        {"'NA' = answer", "'NA' stands for a missing value of answer"},
        {"'age' > 5", "'age' and 5 are the same for everybody in ''age' > 5'; the name of a column "
                      "stands without quotes, or in `backticks`"},
        {"age > 5 and 2 + 3 = -5", "the result of a calculation and -5 are the same for everybody"},
        {"'male' in ('male', sex)", "'male' and 'male' are the same for everybody"},
        {"ill = 3", "ill is never 3 in 'ill = 3'; its values are '1', '2', '-99'"},
        {"ill <> -98", "ill is never -98 in 'ill <> -98'; its values are '1', '2', '-99'"},
        {"race = 'Withe'", "race is never 'Withe' in 'race = 'Withe''; did you mean 'white'?"},
        {"3 = ill", "ill is never 3"},
        {"ill in (1, 3)", "ill is never 3"},
        {"code = 'yes'", "code is never 'yes' in 'code = 'yes''; that is the label of '1'"},
        {"code = '2.0'", "code is never '2.0'"},
        {"age > 1 and (sex = 'm' or not (sex = 5))", "sex is text and 5 is a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_condition *c = NULL;
        rmt_error err = {0};
        rmt_operand_kind kinds[16];
        char got[1024];
        tst_ok(rmt_condition_parse(&c, cases[i].text, RMT_CONDITION_PLAN, NULL, 0, &err), &err);
        for (size_t k = 0; k < rmt_condition_n_names(c); k++) {
            size_t j = 0;
            while (strcmp(names[j].name, rmt_condition_name(c, k)) != 0)
                j++;
            kinds[k] = names[j].kind;
        }
        const rmt_status st = rmt_condition_check(c, cases[i].text, kinds, "plan.yaml", 7, &err);
        rmt_error_format(&err, got, sizeof got);
        if (st != (*cases[i].wanted ? RMT_ERR_CONFIG : RMT_OK) || !strstr(got, cases[i].wanted))
            fail_msg("%s: %s", cases[i].text, got);
        rmt_condition_free(c);
    }
}

static void names_are_told_once_in_order(void **state)
{
    (void)state;
    static const char *const wanted[] = {"b", "a.b", "x", "Ann's \xc3\xa9"};
    rmt_condition *c = NULL;
    rmt_error err = {0};
    tst_ok(rmt_condition_parse(&c, "b > 1 and a.b = b or x in (b, `Ann's \xc3\xa9`)",
                               RMT_CONDITION_PLAN, NULL, 0, &err),
           &err);
    assert_int_equal(rmt_condition_n_names(c), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(rmt_condition_name(c, i), wanted[i]);
    rmt_condition_free(c);
    tst_ok(rmt_condition_parse(&c, "[Race(Ab-1)] = 1 and [b] = 2", RMT_CONDITION_REDCAP, NULL, 0,
                               &err),
           &err);
    assert_string_equal(rmt_condition_name(c, 0), "Race___ab_1");
    assert_string_equal(rmt_condition_name(c, 1), "b");
    rmt_condition_free(c);
    rmt_condition_free(NULL);
}

static void faults_say_where(void **state)
{
    (void)state;
    static const struct {
        rmt_condition_syntax syntax;
        const char *text, *message;
    } cases[] = {
        {RMT_CONDITION_PLAN, "", "a value is missing at character 1 of ''"},
        {RMT_CONDITION_PLAN, "age >= ", "a value is missing at character 8 of 'age >= '"},
        {RMT_CONDITION_PLAN, "\xc3\xa9ge >= )", "a value is missing at character 8 of"},
        {RMT_CONDITION_PLAN, "age >= 18)", "'and', 'or' or the end is missing at character 10 of"},
        {RMT_CONDITION_PLAN, "(age >= 18", "')' is missing at character 11 of"},
        {RMT_CONDITION_PLAN, "age", "a comparison (such as age >= 18) is wanted, not a value, at"},
        {RMT_CONDITION_PLAN, "age and age = 3", "is wanted, not a value, at character 1 of"},
        {RMT_CONDITION_PLAN, "age = 3 or age", "is wanted, not a value, at character 12 of"},
        {RMT_CONDITION_PLAN, "not age", "is wanted, not a value, at character 5 of"},
        {RMT_CONDITION_PLAN, "(age = 3) + 1 = 2", "a value is wanted, not a comparison, at"},
        {RMT_CONDITION_PLAN, "2 * (age = 3) = 2", "not a comparison, at character 5 of"},
        {RMT_CONDITION_PLAN, "-(age = 3) = 2", "not a comparison, at character 1 of"},
        {RMT_CONDITION_PLAN, "age / 0.0 > 1", "a division by 0 at character 7 of"},
        {RMT_CONDITION_PLAN, "(age = 3) is missing", "not a comparison, at character 1 of"},
        {RMT_CONDITION_PLAN, "18 <= age <= 65",
         "a second comparison without 'and' at character 11"},
        {RMT_CONDITION_PLAN, "age & 3", "'&' is not understood at character 5 of"},
        {RMT_CONDITION_PLAN, "age = 3x", "no number at character 7 of"},
        {RMT_CONDITION_PLAN, "age = 1.2.3", "no number at character 7 of"},
        {RMT_CONDITION_PLAN, "sex = 'male", "a quote is not closed at character 7 of"},
        {RMT_CONDITION_PLAN, "sex = ''", "an empty text (write 'is missing') at character 7 of"},
        {RMT_CONDITION_PLAN, "`` = 3", "an empty name at character 1 of"},
        {RMT_CONDITION_PLAN, "age is 3", "'missing' is missing at character 8 of"},
        {RMT_CONDITION_PLAN, "age not 3", "'in' is missing at character 9 of"},
        {RMT_CONDITION_PLAN, "age in 3", "'(' is missing at character 8 of"},
        {RMT_CONDITION_PLAN, "age in ()", "a value is missing at character 9 of"},
        {RMT_CONDITION_PLAN, "age in (3", "')' is missing at character 10 of"},
        {RMT_CONDITION_PLAN, "[age] = 3", "'[' is not understood at character 1 of"},
        {RMT_CONDITION_REDCAP, "datediff([a], 'today', 'y') > 3",
         "the function 'datediff' is not understood at character 1 of"},
        {RMT_CONDITION_REDCAP, "[event-name] = 'x'",
         "the reference [event-name], no plain field, is not understood at character 1 of"},
        {RMT_CONDITION_REDCAP, "[a:label] = 'x'", "the reference [a:label], no plain field"},
        {RMT_CONDITION_REDCAP, "[a] = 1 and [baseline_arm_1][b] = 2",
         "the reference to another event or instance, [baseline_arm_1][, is not understood at "
         "character 13"},
        {RMT_CONDITION_REDCAP, "age = 3", "'age' stands where a [field] should at character 1 of"},
        {RMT_CONDITION_REDCAP, "[age = 3", "a [ is not closed at character 1 of"},
        {RMT_CONDITION_REDCAP, "[] = 3", "the reference [], no plain field"},
        {RMT_CONDITION_REDCAP, "[a()] = 3", "the reference [a()], no plain field"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rmt_condition *c = NULL;
        rmt_error err = {0};
        char text[700];
        const rmt_status st =
            rmt_condition_parse(&c, cases[i].text, cases[i].syntax, "plan.yaml", 12, &err);
        rmt_error_format(&err, text, sizeof text);
        if (st != RMT_ERR_CONFIG || !strstr(text, cases[i].message) ||
            strncmp(text, "plan.yaml:12: ", 14) != 0)
            fail_msg("%s: %d %s", cases[i].text, (int)st, text);
        assert_null(c);
    }
}

/* `depth` times `open`, "zero = 0" or a value, `depth` times `close`. */
static rmt_status nested(char *text, size_t depth, const char *open, const char *middle,
                         const char *close, rmt_truth *out, rmt_error *err)
{
    rmt_condition *c = NULL;
    text[0] = '\0';
    for (size_t i = 0; i < depth; i++)
        strcat(text, open);
    strcat(text, middle);
    for (size_t i = 0; i < depth; i++)
        strcat(text, close);
    rmt_status st = rmt_condition_parse(&c, text, RMT_CONDITION_PLAN, NULL, 0, err);
    if (!st) *out = eval(c);
    rmt_condition_free(c);
    return st;
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    /* The first leaves on the stack all that a bracket can. */
    static const char *const shapes[][3] = {
        {"zero = 1 or zero = 0 and (", "zero in (0, zero + 1 * 2)", ")"},
        {"(", "zero = 0", ")"},
        {"not not ", "zero = 0", ""},
        {"1 + 0 * (", "zero", ") + 0 = 1 or zero = 0"},
    };
    static char text[1 << 16];
    rmt_truth truth = RMT_UNKNOWN;
    rmt_error err = {0};
    for (size_t i = 0; i < 2; i++) {
        tst_ok(nested(text, 50, shapes[i][0], shapes[i][1], shapes[i][2], &truth, &err), &err);
        assert_int_equal(truth, RMT_TRUE);
        tst_fails(nested(text, 51, shapes[i][0], shapes[i][1], shapes[i][2], &truth, &err),
                  RMT_ERR_CONFIG, &err, "more than 50 levels of brackets");
    }
    tst_ok(nested(text, 25, shapes[2][0], shapes[2][1], shapes[2][2], &truth, &err), &err);
    tst_fails(nested(text, 26, shapes[2][0], shapes[2][1], shapes[2][2], &truth, &err),
              RMT_ERR_CONFIG, &err, "more than 50 levels of brackets");
    tst_ok(nested(text, 1, shapes[3][0], shapes[3][1], shapes[3][2], &truth, &err), &err);
    assert_int_equal(truth, RMT_TRUE);
    tst_fails(nested(text, 5000, "(", "zero", ")", &truth, &err), RMT_ERR_CONFIG, &err, "levels");
    tst_fails(nested(text, 5000, "-", "zero = 0", "", &truth, &err), RMT_ERR_CONFIG, &err,
              "levels");
    /* A long chain is no nesting. */
    tst_ok(nested(text, 2000, "zero = 1 or ", "zero = 0", "", &truth, &err), &err);
    assert_int_equal(truth, RMT_TRUE);
    tst_fails(nested(text, 4000, "zero = 1 or ", "zero = 0", "", &truth, &err), RMT_ERR_CONFIG,
              &err, "a condition of 48008 bytes is longer than 32768");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const texts[] = {"a > 1 and `b c` in ('x', 2)", "[a(1)] = 'x' or [b] <> ''"};
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 1;; n++) {
            rmt_condition *c = NULL;
            rmt_error err = {0};
            const size_t before = n_live;
            n_until_failure = n;
            const rmt_status st = rmt_condition_parse(
                &c, texts[i], i ? RMT_CONDITION_REDCAP : RMT_CONDITION_PLAN, NULL, 0, &err);
            const bool failed = n_until_failure == 0;
            n_until_failure = 0;
            assert_int_equal(st, failed ? RMT_ERR_NOMEM : RMT_OK);
            rmt_condition_free(c);
            assert_int_equal(n_live, before);
            if (!failed) break;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_has_three_values),
        cmocka_unit_test(what_binds_tighter),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(redcap_knows_no_unknown),
        cmocka_unit_test(impossible_conditions_are_told),
        cmocka_unit_test(names_are_told_once_in_order),
        cmocka_unit_test(faults_say_where),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
