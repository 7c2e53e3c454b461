/* recognise.h - what the tables of a trial seem to be: who, which arm, which visit, which scales.
 * Layer: clinical. Looks at names and values of columns and guesses as a data manager would; what is not certain is said in a
 * line of `checks` beside the guess. Memory: O(cells of the widest table's columns). The same tables in the same order give
 * the same guesses. Tables, instruments and names are borrowed and must outlive what is made of them. */
#ifndef RMT_RECOGNISE_H
#define RMT_RECOGNISE_H
#include "rmt/instrument.h"
#include "rmt/schema.h"
#include "rmt/table.h"
#include "rmt/text.h"

/* ---- one column ------------------------------------------------------------------------------ */

/* A file as rmt_csv_read read it without a schema, where only an empty cell is missing; and again with the words of
 * rmt_recognise_missing as missing codes, and with the numbers besides (NULL: not needed). These two are read with the columns of
 * rmt_recognise_mostly_numbers as columns of numbers. */
typedef struct {
    const char *name; /* of the table, as the plan shall have it */
    const rmt_table *read, *without_words, *without_codes;
    const char *const
        *titles;    /* of the columns of `read`, in the file beside their names; NULL = none */
    bool made_long; /* of a wide file: its columns are not the file's */
    bool described; /* types and keys are told by a schema: nothing is said of them */
    const rmt_schema *schema; /* labels of categories; NULL = none are known */
} rmt_recognise_source;

/* How the text columns of `read` write "missing" (see rmt/missing_words.h), each spelling once: n_words words, then the
 * numbers, n in all; with these as missing codes a column may have another type. None: *out is NULL. RMT_ERR_NOMEM.
 * Ownership: caller, the list; the texts are read's. */
RMT_MUST_CHECK rmt_status rmt_recognise_missing(const char ***out, size_t *n_words, size_t *n,
                                                const rmt_table *read, rmt_error *err);
/* True for a text column most of whose values are numbers, so that the others are slips: two at least, and half of what is
 * no word for missing; never a column of names. decimal: as the file has it. */
bool rmt_recognise_mostly_numbers(const rmt_table *read, size_t col, char decimal);

typedef struct {
    const char *text; /* NULL in a column of numbers */
    double number;
    size_t n, first; /* cells that have it, and the first row of them */
} rmt_level;
typedef struct {
    const char *text;
    size_t n, first;
    bool taken; /* else it only looks like a code */
} rmt_code_found;

/* A text that does not fit the type that the other cells of its column have. */
typedef struct {
    const char *text;
    size_t n, first; /* cells that have it, and the first row of them */
} rmt_odd_text;
enum { RMT_ODD_KEPT = 3 };

typedef struct {
    const char *name;
    const rmt_field *field; /* what a schema says; NULL = nothing */
    const char *title;      /* of the schema or of the file; "" = none */
    const rmt_table *cells; /* the reading that fits best */
    size_t col;
    rmt_type type;            /* boolean: a text column of yes and no */
    const char *format;       /* of dates that are not ISO 8601; NULL = ISO */
    const char *other_format; /* fits all dates as well; NULL = none */
    rmt_level *levels;        /* distinct values without missing ones, in order */
    size_t n_levels, n_values;
    rmt_code_found *codes;
    size_t n_codes, cap_codes;
    /* Cells that do not fit `fits`, and the first of their texts. Where most do fit, it is the type. */
    rmt_type fits;
    size_t n_odd, n_odd_kept;
    rmt_odd_text odd[RMT_ODD_KEPT];
} rmt_column_facts;

enum { RMT_LEVEL_BUF = 64 };
/* A level as the file writes it. */
const char *rmt_level_text(const rmt_level *level, char buf[RMT_LEVEL_BUF]);
/* What the schema calls a level; NULL = nothing. */
const char *rmt_level_label(const rmt_column_facts *f, const rmt_level *level);
/* The cell as text; "" where it is missing or a code taken. Numbers are written to buf (RMT_LEVEL_BUF bytes). */
const char *rmt_facts_cell(const rmt_column_facts *f, size_t row, char *buf);
bool rmt_facts_is_number(const rmt_column_facts *f);

/* ---- wide files ------------------------------------------------------------------------------ */

/* Visits that stand in the names of columns (caps5_total_wk2, week4.madrs): how the plan's `long` takes them apart. */
typedef struct {
    char pattern[24]; /* "{name}_{visit}" */
    char **visits;    /* as the names have them, in the order of the columns */
    size_t n_visits;
} rmt_recognised_wide;

/* *out = NULL: no column's name is that of another but for the visit in it, or a column is called as visits are.
 * columns[0..n): the file's. RMT_ERR_NOMEM. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_recognise_wide(rmt_recognised_wide **out, const char *const *columns,
                                             size_t n, rmt_error *err);
void rmt_recognised_wide_free(rmt_recognised_wide *w); /* NULL allowed */

/* Called as columns of ids, arms or visits are: their cells are names, so that 1.10 is not 1.1. */
bool rmt_recognise_holds_names(const char *column);

/* ---- the trial ------------------------------------------------------------------------------- */

typedef struct {
    const rmt_recognise_source *source;
    rmt_column_facts *columns; /* without source_line */
    size_t n_columns, n_rows;
    size_t id, visit, date, day; /* columns; RMT_NO_COLUMN = none */
    size_t renamed; /* column that is called otherwise in the file; RMT_NO_COLUMN = none */
    size_t n_key;   /* 0 = none, 1 = id, 2 = id and visit are a key */
    bool refers;    /* every id is in the subject table */
    bool summary;   /* means and SDs of arms, no participants */
    const char *sides
        [2]; /* of such a table: what tells the columns of treatment and control; NULL = the rows do */
    rmt_text checks; /* lines */
} rmt_recognised_table;

typedef struct {
    char *name;    /* as the plan shall call it */
    char *value;   /* as the column has it */
    char **others; /* further values: the event of another arm of a REDCap project */
    size_t n_others, cap_others;
    /* Median over participants of the days since their first record, or told by the label; NaN = unknown. */
    double day;
    double
        place; /* by which the schedule is ordered: the day, or what else the label tells; NaN = nothing */
    size_t n_tables, seen; /* tables that have it; where it was met first */
    bool baseline;
} rmt_recognised_visit;
/* The cell of a visit column is this visit. */
bool rmt_recognised_is_visit(const rmt_recognised_visit *v, const char *cell);

typedef struct {
    char *name;
    size_t table;
    const rmt_instrument *instrument; /* NULL: a bare total */
    size_t *items;                    /* columns in the order of the items */
    size_t n_items;
    size_t total, baseline; /* columns; RMT_NO_COLUMN = none */
    size_t last_visit;      /* RMT_NO_COLUMN = none */
    rmt_text checks;
} rmt_recognised_outcome;

/* Dates of a participant, as the plan names them under `subjects`. */
typedef enum {
    RMT_DATE_CONSENT,
    RMT_DATE_RANDOMISED,
    RMT_DATE_FIRST_DOSE,
    RMT_DATE_WITHDRAWAL,
    RMT_N_SUBJECT_DATES
} rmt_subject_date;

typedef struct {
    rmt_recognised_table *tables;
    size_t n_tables;
    const char *id, *arm, *visit; /* columns; NULL = none found */
    size_t subjects;              /* table; RMT_NO_COLUMN = none */
    bool one_row_per_subject;
    bool ids_are_numbers;        /* 007 and 7 are the same */
    size_t *strata, *covariates; /* columns of the subject table */
    size_t n_strata, n_covariates;
    const char *dates[RMT_N_SUBJECT_DATES]; /* columns of the subject table; NULL = none */
    const rmt_column_facts *arms;           /* levels of the arm column */
    size_t reference;                       /* level */
    size_t *spelled_as;  /* for each level: itself, or the arm of which it is another spelling */
    rmt_text arm_labels; /* "1 = Exposure, 2 = Waiting list"; empty = the levels have none */
    rmt_recognised_visit *visits;
    size_t n_visits;
    rmt_recognised_outcome *outcomes;
    size_t n_outcomes;
    rmt_text subject_checks, arm_checks, visit_checks, outcome_checks; /* lines */
} rmt_recognised;

/* What a table of published numbers has of each arm. */
typedef enum {
    RMT_SUMMARY_MEAN,
    RMT_SUMMARY_SD,
    RMT_SUMMARY_N,
    RMT_SUMMARY_EVENTS,
    RMT_SUMMARY_TOTAL,
    RMT_N_QUANTITIES
} rmt_summary_quantity;
/* The column of a quantity of a side, "" = of a table with a row for each arm; NULL = none. */
const char *rmt_recognised_quantity(const rmt_recognised_table *t, rmt_summary_quantity quantity,
                                    const char *side);

/* What the user says instead of leaving it to be guessed; NULL = guess. */
typedef struct {
    const char *id, *arm, *visit;
} rmt_recognise_told;

/* Guesses, in this order:
 *   id        the column that most tables have, called as ids are (record_id, subject, usubjid, ...), unique in one of them;
 *             in another table a column called as ids are with mostly the same ids, which then is called as the first
 *   arm       2 to 6 values, one for each participant, called as arms are or with values that sound like one
 *   visit     the column called as visits are, in most tables with more than one row per participant
 *   order of visits  by the median day since the participants' first record where there is a date or a study day, else by the
 *             number in the label and its unit, else by its words (screening, baseline, end, follow-up), else as they are met
 *   outcomes  an instrument with all items of its total among the columns, or with a column called as its total; values
 *             within its range (up to a tenth may lie outside, which is said)
 *   missing codes  words beside numbers; -9, -99, ... where no other value is below 0; 99, 999, ... further above the other
 *             values than these lie apart. A code among the values is said, never taken.
 * What is told is taken as it is: RMT_ERR_USAGE for a column that no table has. RMT_ERR_NOMEM. Ownership: caller. */
RMT_MUST_CHECK rmt_status rmt_recognise(rmt_recognised **out, const rmt_recognise_source *sources,
                                        size_t n_sources, const rmt_instrument *const *instruments,
                                        size_t n_instruments, const rmt_recognise_told *told,
                                        rmt_error *err);
void rmt_recognised_free(rmt_recognised *r);
#endif
