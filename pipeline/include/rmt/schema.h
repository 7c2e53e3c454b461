/* schema.h - Frictionless Table Schema: what a table's columns promise.
 * Layer: data. Parsed from a configuration tree; texts are borrowed from it. */
#ifndef RMT_SCHEMA_H
#define RMT_SCHEMA_H
#include "rmt/node.h"
#include "rmt/table.h"

/* What a field declares. The first six are those a column can have, in the order of rmt_type; a year is stored as
 * integer, the others as string. */
typedef enum {
    RMT_FIELD_NUMBER,
    RMT_FIELD_INTEGER,
    RMT_FIELD_BOOLEAN,
    RMT_FIELD_STRING,
    RMT_FIELD_DATE,
    RMT_FIELD_DATETIME,
    RMT_FIELD_TIME,
    RMT_FIELD_YEAR,
    RMT_FIELD_YEARMONTH,
    RMT_FIELD_DURATION,
    RMT_FIELD_GEOPOINT,
    RMT_FIELD_OBJECT,
    RMT_FIELD_ARRAY,
    RMT_FIELD_LIST,
    RMT_FIELD_ANY,
    RMT_N_FIELD_TYPES
} rmt_field_type;

/* As the schema writes it: "number", ..., "any". */
const char *rmt_field_type_name(rmt_field_type t);

typedef struct {
    const char *name;
    const char *title; /* "" = none */
    const char *unit;  /* remit.unit, "" = none */
    /* remit.form: of REDCap, in whose tables a cell can be missing because nobody was asked (rmt/redcap.h); remit.branching:
     * when the field is shown; "" = none */
    const char *form, *branching;
    bool identifier; /* remit.identifier: tells who somebody is */
    bool box;        /* remit.box: one choice of a checkbox; REDCap has none that is blank */
    rmt_field_type declared;
    rmt_type type; /* of the column */
    /* dates and times: "default" (ISO 8601), "any" is refused, or a strptime pattern of %Y %m %d %H %M %S %b;
     * strings: "default", "email", "uri", "binary", "uuid"; geopoints: "default", "array", "object" */
    const char *format;
    bool checked;      /* stored as string, and not every text will do */
    char decimal_char; /* 0 = not given: the dialect's */
    char group_char;   /* 0 = none */
    bool bare_number;  /* false: leading and trailing non-digits (%, currency) are stripped */
    /* lists or NULL = the standard's: true True TRUE 1 / false False FALSE 0 */
    const rmt_node *true_values, *false_values;
    const char *delimiter;          /* of a list */
    rmt_field_type item_type;       /* of a list */
    const rmt_node *missing_values; /* list or NULL = the schema's; see rmt_missing_code */
    bool required, unique;
    const char *minimum, *maximum; /* as written; NULL = none */
    const char *exclusive_minimum, *exclusive_maximum;
    const rmt_node
        *allowed; /* constraint enum, else categories: list or NULL; see rmt_choice_text */
    const char *allowed_name; /* "enum" or "categories" */
    const char *pattern;      /* NULL = none; matches the whole cell */
    /* of pattern, made at parse; private to data, freed with the schema */
    struct rmt_pattern *compiled;
    size_t min_length, max_length; /* code points; SIZE_MAX for max_length = none */
    size_t line;                   /* in the schema's source */
} rmt_field;

typedef struct {
    const char **fields; /* own */
    size_t n;
    const char *resource;   /* table referred to; "" = itself */
    const char **reference; /* n columns there */
} rmt_foreign_key;

typedef struct {
    const char **fields; /* own */
    size_t n;
} rmt_unique_key;

/* How labels and fields must agree. Columns are found by their names in every case. */
typedef enum {
    RMT_FIELDS_UNSAID,   /* an absent field is an error, an extra column a warning */
    RMT_FIELDS_EXACT,    /* the same names in the same order */
    RMT_FIELDS_EQUAL,    /* the same names */
    RMT_FIELDS_SUBSET,   /* all fields, perhaps more columns */
    RMT_FIELDS_SUPERSET, /* no column that is no field */
    RMT_FIELDS_PARTIAL   /* at least one field */
} rmt_fields_match;

typedef struct {
    rmt_field *fields;
    size_t n_fields;
    const rmt_field **by_name;      /* the fields in the order of their names */
    const rmt_node *missing_values; /* NULL = [""] */
    const char **primary_key;
    size_t n_primary_key;
    rmt_unique_key *unique_keys;
    size_t n_unique_keys;
    rmt_foreign_key *foreign_keys;
    size_t n_foreign_keys;
    rmt_fields_match fields_match;
} rmt_schema;

/* A field of this type as the standard has it when nothing else is said: no format, no constraint,
 * bare numbers. For fields that no schema declares. name is kept, not copied. */
void rmt_field_init(rmt_field *f, const char *name, rmt_type type);

/* Parses a Table Schema object (version 1 or 2 of the standard), field by field to the first fault. Unknown keys are
 * refused except under "remit" and those the standard lets pass (title, description, example, rdfType, $schema and any
 * key beginning with "x-"); so is what would not be checked: geojson, formats outside the standard, jsonSchema, ranges
 * of durations, and enum, unique and keys of types whose values are not compared (duration, geopoint, object, array,
 * list). A field without type is a string. Patterns are PCRE2 in UTF mode with Unicode classes. Limits of numbers are
 * plain decimals whatever decimalChar says, those of dates stand in the field's format. RMT_ERR_CONFIG names file, line,
 * key. */
RMT_MUST_CHECK rmt_status rmt_schema_parse(rmt_schema **out, const rmt_node *node, rmt_error *err);
void rmt_schema_free(rmt_schema *s);
/* NULL = absent. O(log fields) */
const rmt_field *rmt_schema_field(const rmt_schema *s, const char *name);

/* An item of missingValues, enum or categories: the value as written, and its label (NULL = none; the argument may be
 * NULL) where the item is an object of value and label. NULL when it is neither text nor such an object. */
const char *rmt_choice_text(const rmt_node *item, const char **label);

/* How a CSV's cells are read into values; one for a column. */
typedef enum { RMT_CELL_VALUE, RMT_CELL_MISSING, RMT_CELL_UNREADABLE } rmt_cell_kind;
typedef struct {
    rmt_cell_kind kind;
    double number;   /* number */
    int32_t integer; /* integer, boolean */
    char text[32];   /* dates, times and months in ISO form; other text is the cell itself */
    /* missing: the code as written ("" = empty cell); unreadable: the rule broken */
    const char *reason;
    const char *label; /* of the missing code; NULL = none */
} rmt_cell;
/* decimal_char: the dialect's, used when the field gives none (0 = '.'). cell must be NUL-terminated valid UTF-8;
 * out->reason is borrowed: of a constant, or of the list of missing codes. Nothing is trimmed: " 12" is no number.
 *   number    the plain decimal of rmt_num_parse_double with decimalChar for the point, unreadable where that
 *             overflows, or underflows to zero, or has more digits in front of no point than a double holds (2^53); groupChar only where it parts
 *             the whole part into threes (so "1,5" is no 15). With bareNumber false the text around is stripped,
 *             except where it would change the value: a sign apart from the number ("-$5" is -5, "$-5" too, "-a-5"
 *             is unreadable), a comparison ("<5") or brackets ("(5)") are unreadable.
 *   integer   whole digits, -2147483647..2147483647 (INT32_MIN is the table's missing).
 *   date      years 0001..9999 of the Gregorian calendar. %Y is four digits, %M %S two, %m %d %H two, or one
 *             except right after other digits; %b an English month of three letters in any case. Every
 *             other character is itself.
 *   datetime  default YYYY-MM-DDThh:mm:ss, Z or nothing; other zones and fractions are unreadable.
 *   time      default hh:mm:ss, Z or nothing, as for datetime.
 *   year      four digits, 0001..9999; yearmonth YYYY-MM.
 *   duration  PnYnMnDTnHnMnS of XML Schema, a minus in front of the whole, decimals in seconds only, no weeks.
 *   geopoint  "lon, lat", an array or an object of JSON; longitude -180..180, latitude -90..90.
 *   object, array  RFC 8259, at most 64 deep; list: items of itemType in its default format, 511 bytes at most.
 *   string    email: dot-atom at a domain of two labels; uri: RFC 3986 with a scheme; binary: padded base64; uuid: five
 *             groups of hexadecimal digits.
 * NaN and INF, which the standard has as numbers, are unreadable: a missing cell has a reason, infinity is never a
 * measurement. */
void rmt_field_read_cell(rmt_cell *out, const rmt_field *f, const rmt_node *schema_missing,
                         char decimal_char, const char *cell, size_t n);

/* ---- what every table read from a file has --------------------------------------------------- */

/* Its last column: the physical line on which the row begins. */
#define RMT_LINE_COLUMN "source_line"
/* The column, or RMT_NO_COLUMN. */
size_t rmt_line_column(const rmt_table *t);
/* The line of a row; 0 = unknown. col: of rmt_line_column. */
size_t rmt_line_of(const rmt_table *t, size_t col, size_t row);
/* The reason of a cell that does not fit its type begins with this; the cell's text follows. */
#define RMT_UNREADABLE "unreadable: "
/* That text; NULL when the reason is another. */
const char *rmt_unreadable_text(const char *reason);

/* ---- checks: findings ---------------------------------------------------------------------- */

/* A table for findings: severity, code, table, line, column, subject, value, rule, message (all text but line). */
RMT_MUST_CHECK rmt_status rmt_findings_new(rmt_table **out, rmt_error *err);
typedef struct {
    rmt_severity severity;
    /* Frictionless type ("type-error", "primary-key") or ours ("trial/randomised-twice") */
    const char *code;
    const char *table;
    size_t line;        /* source_line; 0 = the table as a whole */
    const char *column; /* "" = row or table */
    const char *subject;
    const char *value; /* as written */
    const char *rule;  /* the rule broken: "maximum 4" */
    const char *message;
    size_t record; /* row of the table, counted from 1; 0 = of no one row */
} rmt_finding;
RMT_MUST_CHECK rmt_status rmt_findings_add(rmt_table *findings, const rmt_finding *f,
                                           rmt_error *err);

/* See rmt/ledger.h. */
struct rmt_ledger;

/* Whether a number keeps the range and the enum or categories of its field; of a field of text any does. Meant for few
 * cells: the limits are read anew. */
bool rmt_field_admits(const rmt_field *f, double x);

/* Table Schema constraints of one table, entered in the ledger: type-error (cells kept as unreadable),
 * constraint-error (required, minimum, maximum, exclusiveMinimum, exclusiveMaximum, enum, categories, pattern,
 * minLength, maxLength), unique-error (unique, uniqueKeys), primary-key, and by fieldsMatch missing-label, extra-label,
 * incorrect-label, unmatched-header. name: the table's name.
 * Findings come by line, then by column of the table; those of line 0 first, a key of several columns last in its row.
 * Lines are the table's source_line (0 without it). Of cells that repeat one another the one on the smallest line is
 * the first; missing cells repeat nothing. A primary key with a missing cell, or an unreadable one, is a finding; a key
 * with an absent column is not checked. A cell has one finding for one fault: unreadable, it is not told as required
 * too, and as a key of one column neither is told again as a key. Numbers are compared as numbers, dates in ISO form as text.
 * O(cells); unique columns and keys that do not ascend take 16 bytes a row, and O(rows log rows) where they were made to
 * collide. Errors: RMT_ERR_NOMEM; RMT_ERR_INCONSISTENT when a
 * column's type is not its field's; findings added before an error stay. */
RMT_MUST_CHECK rmt_status rmt_schema_check(struct rmt_ledger *ledger, const rmt_schema *s,
                                           const char *name, const rmt_table *t, rmt_error *err);
/* Cells of columns that are no field of s (NULL: of all columns) which a reader could not read as the type of their
 * column: code type-error, by line within each column. */
RMT_MUST_CHECK rmt_status rmt_unreadable_check(struct rmt_ledger *ledger, const rmt_schema *s,
                                               const char *name, const rmt_table *t,
                                               rmt_error *err);
/* One foreign key from t to `target` (which may be t): code foreign-key. A row whose cells are all missing refers to
 * nothing and is passed over, so is one with an unreadable cell (a type-error already); one with some missing is a
 * finding. An absent column, or text against numbers, is a finding of line 0. */
RMT_MUST_CHECK rmt_status rmt_schema_check_foreign_key(struct rmt_ledger *ledger,
                                                       const rmt_foreign_key *k, const char *name,
                                                       const rmt_table *t, const rmt_table *target,
                                                       rmt_error *err);
#endif
