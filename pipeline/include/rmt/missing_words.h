/* missing_words.h - what people write where a value is missing: the one list of it.
 * Layer: data. Pure; thread-safe. */
#ifndef RMT_MISSING_WORDS_H
#define RMT_MISSING_WORDS_H
#include <stdbool.h>

/* What a cell that says "missing" is made of. */
typedef enum {
    RMT_MISSING_NOT,   /* a value */
    RMT_MISSING_PLAIN, /* "NA", "not done", ".": hardly ever a category */
    RMT_MISSING_WORD, /* "none", "refused", "-": beside numbers or dates; elsewhere it may be a category */
    RMT_MISSING_SHEET, /* "#N/A", "#DIV/0!": a fault of a spreadsheet */
    RMT_MISSING_REDCAP, /* a missing data code that REDCap proposes, or its label; elsewhere a value ("other") */
    RMT_MISSING_NUMBER /* "-99", "999": beside dates; among numbers see rmt_missing_number */
} rmt_missing_kind;

/* By the whole cell, whatever the case of its ASCII letters. */
rmt_missing_kind rmt_missing_kind_of(const char *cell);

/* How a number that is used as a code is written: -9, -99, 777, ...; NULL = none is. below: it is less than 0. Whether it
 * is a code where it stands is for the other values to say. */
const char *rmt_missing_number(double x, bool *below);
#endif
