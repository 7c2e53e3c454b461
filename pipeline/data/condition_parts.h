/* condition_parts.h - a condition in steps, as condition.c makes and works them off and condition_kinds.c walks over them.
 * Layer: data, private to this folder. */
#ifndef RMT_DATA_CONDITION_PARTS_H
#define RMT_DATA_CONDITION_PARTS_H
#include "rmt/condition.h"

enum {
    NESTING_MAX = 50, /* brackets, signs and nots within each other */
    PENDING = 6, /* or, and, comparison, sum, product, sign: what a bracket can leave waiting */
    STACK = PENDING * (NESTING_MAX + 1) + 1
};

typedef enum {
    STEP_NAME, /* puts a value on the stack */
    STEP_NUMBER,
    STEP_TEXT,
    STEP_ADD, /* these take two, as do the comparisons, ONE_OF, AND and OR */
    STEP_SUBTRACT,
    STEP_MULTIPLY,
    STEP_DIVIDE,
    STEP_EQUAL,
    STEP_UNEQUAL,
    STEP_LESS,
    STEP_AT_MOST,
    STEP_MORE,
    STEP_AT_LEAST,
    STEP_NEGATE,
    STEP_IS_MISSING,
    STEP_LIST_BEGIN, /* puts "not found yet" above what is looked for */
    STEP_LIST_ITEM,  /* takes an item; found, where it equals what lies two below */
    STEP_LIST_END,   /* leaves whether it was found */
    STEP_NOT,
    STEP_AND,
    STEP_OR
} condition_step_kind;

typedef struct {
    condition_step_kind kind;
    size_t index; /* of the name or the text */
    double number;
} condition_step;

typedef struct {
    char **s; /* owned, each of them too */
    size_t n, cap;
} condition_texts;

struct rmt_condition {
    rmt_condition_syntax syntax;
    condition_step *steps;
    size_t n_steps, cap_steps;
    condition_texts names, literals;
};
#endif
