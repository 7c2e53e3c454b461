/* condition.h - a condition over named values: "caps5_total >= 30 and sex = 'female'".
 * Layer: data. A parsed condition is not changed by evaluation: threads may share it. */
#ifndef RMT_CONDITION_H
#define RMT_CONDITION_H
#include "rmt/status.h"

/* Three-valued (Kleene): a missing value makes a comparison unknown, and unknown stays unknown unless the other side
 * of `and` is false or that of `or` is true. */
typedef enum { RMT_FALSE, RMT_TRUE, RMT_UNKNOWN } rmt_truth;

/* Plan. Names (letters, digits, _ and ., or anything between `backticks`), numbers, 'text' or "text" (a quote within is
 * doubled); loosest first: or; and; not; = (==) <> (!=) < <= > >=, `is missing`, `is not missing`, `in (a, b)`,
 * `not in (a, b)`; + -; * /; a sign. Words of the language in any case.
 * REDCap. [field] and [field(code)] in the place of names; the rest as above as far as REDCap has it. Its functions,
 * smart variables and references to other events or instances are not understood. */
typedef enum { RMT_CONDITION_PLAN, RMT_CONDITION_REDCAP } rmt_condition_syntax;
typedef struct rmt_condition rmt_condition;

/* One operand at evaluation; what is neither a text nor a number is missing. A column of numbers gives the number, any
 * other the text: dates and times as ISO 8601. Borrowed. */
typedef struct {
    const char *text; /* NULL or "" = no text */
    double number;    /* NaN = no number */
} rmt_value;

/* source and line: where text stands, for messages. RMT_ERR_CONFIG with the place within the text. Ownership: caller,
 * rmt_condition_free. */
RMT_MUST_CHECK rmt_status rmt_condition_parse(rmt_condition **out, const char *text,
                                              rmt_condition_syntax syntax, const char *source,
                                              size_t line, rmt_error *err);
void rmt_condition_free(rmt_condition *c); /* NULL allowed */

/* The distinct names, in the order in which they are first used. [field(code)] of REDCap is called as in its exports:
 * "field___code", in lower case and with _ for what is no letter or digit. Borrowed. */
size_t rmt_condition_n_names(const rmt_condition *c);
const char *rmt_condition_name(const rmt_condition *c, size_t i);

/* values: one for each name. No allocation.
 * Two texts compare by their bytes, two dates of a plan (rmt_day_of) by the day, and by the time where both have one.
 * Where a side is a number, the other is read as one: a text that is none differs from it and has no order (unknown).
 * Of two dates of a plan the difference is in whole days. Other arithmetic with what is no number, and division by what
 * turns out to be 0, give a missing value; a plan's division by the constant 0 is not parsed.
 * REDCap knows no unknown: a missing value is the empty text, two sides that both read as numbers compare as such, and
 * an order with an empty text is false. */
rmt_truth rmt_condition_eval(const rmt_condition *c, const rmt_value *values);

/* What the values of a name can be read as. Borrowed. */
enum { RMT_OPERAND_NUMBER = 1, RMT_OPERAND_TEXT = 2, RMT_OPERAND_DATE = 4, RMT_OPERAND_ANY = 7 };
typedef struct {
    unsigned
        kinds; /* a set; RMT_OPERAND_ANY where nothing is known, as of a column without values */
    const char *type;           /* behind "is": "text", "a date" */
    const char *const *choices; /* the only values there are; n_choices 0 = nobody says */
    const char *const *labels;  /* of each choice, NULL = none; or NULL */
    size_t n_choices;
    bool is_boolean;            /* its choices are the texts true and false */
    const char *const *missing; /* what stands for a missing value, which no value equals */
    size_t n_missing;
} rmt_operand_kind;

/* Whether each comparison and each calculation of a plan's condition can have an answer, whatever the values.
 * kinds: one for each name. RMT_ERR_CONFIG at the first that cannot: sides of different kinds (a number against a text that
 * is none, a text against a date), two sides without a name, arithmetic with texts or dates but for the difference of two
 * dates, or = <> in with a text or number that is a missing code or not among the choices. source and line: where the
 * condition stands. */
RMT_MUST_CHECK rmt_status rmt_condition_check(const rmt_condition *c, const char *text,
                                              const rmt_operand_kind *kinds, const char *source,
                                              size_t line, rmt_error *err);
#endif
