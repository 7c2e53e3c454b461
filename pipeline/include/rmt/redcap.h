/* redcap.h - a REDCap export: its data dictionary as a Table Schema, its one file as the tables of a plan.
 * Layer: data. Pure: the files are read by others. Not thread-safe while made; safe to read from many threads.
 *
 * The dictionary says which columns an export can have, in the order in which it has them: the record id (the first
 * field), redcap_event_name, redcap_repeat_instrument, redcap_repeat_instance, redcap_data_access_group,
 * redcap_survey_identifier, then form by form FORM_timestamp, the fields (a checkbox as FIELD___CODE for each choice, then for each
 * missing code of the project) and FORM_complete. In names of boxes letters of a code are lower case and what is no
 * letter, digit or underscore is an underscore: FIELD____99 for -99. A header of labels has the field labels, "LABEL
 * (choice=OPTION)", "Complete?" and the like in the same order.
 *
 * Was a form saved? REDCap exports the boxes of a form that nobody ever opened as 0 and its FORM_complete as 0 (REDCapR
 * issue 420). Here a form counts as saved in a row when FORM_complete is 1 or 2, or when any field of it but the record id
 * is not blank, an unchecked box being blank. A form saved as incomplete with nothing filled in looks the same as one
 * never saved, and is taken as that. */
#ifndef RMT_REDCAP_H
#define RMT_REDCAP_H
#include "rmt/schema.h"

typedef enum {
    RMT_REDCAP_TEXT,
    RMT_REDCAP_NOTES,
    RMT_REDCAP_DROPDOWN,
    RMT_REDCAP_RADIO,
    RMT_REDCAP_CHECKBOX,
    RMT_REDCAP_CALC,
    RMT_REDCAP_YESNO,
    RMT_REDCAP_TRUEFALSE,
    RMT_REDCAP_SLIDER,
    RMT_REDCAP_FILE,
    RMT_REDCAP_DESCRIPTIVE, /* holds no data: no column */
    RMT_REDCAP_SQL,
    RMT_REDCAP_N_TYPES
} rmt_redcap_type;

typedef struct {
    const char *code, *label;
} rmt_redcap_choice;

typedef struct {
    const char *name, *label;                   /* the label as the dictionary has it */
    const char *validation, *minimum, *maximum; /* "" = none */
    const char *branching;                      /* "" = always shown */
    rmt_redcap_type type;
    rmt_redcap_choice *choices; /* of yesno and truefalse: 1 and 0 */
    size_t n_choices;
    size_t form;
    bool required, identifier;
    size_t line; /* in the dictionary */
} rmt_redcap_field;

typedef enum {
    RMT_REDCAP_COLUMN_RECORD,
    RMT_REDCAP_COLUMN_EVENT,
    RMT_REDCAP_COLUMN_INSTRUMENT,
    RMT_REDCAP_COLUMN_INSTANCE,
    RMT_REDCAP_COLUMN_GROUP,
    RMT_REDCAP_COLUMN_SURVEY,
    RMT_REDCAP_COLUMN_TIMESTAMP,
    RMT_REDCAP_COLUMN_VALUE,
    RMT_REDCAP_COLUMN_BOX,
    RMT_REDCAP_COLUMN_MISSING_BOX, /* "this field has the missing code": its news goes into the boxes */
    RMT_REDCAP_COLUMN_COMPLETE
} rmt_redcap_column_kind;

#define RMT_REDCAP_NONE ((size_t)-1)
/* A column that an export may have. */
typedef struct {
    rmt_redcap_column_kind kind;
    const char *name;  /* "symptoms___2" */
    const char *label; /* "Symptoms (choice=Headache)", without HTML, blanks squeezed */
    size_t form;       /* RMT_REDCAP_NONE: of the whole record, as the record id */
    size_t field;      /* of record id, values and boxes; else RMT_REDCAP_NONE */
    size_t choice;     /* of a box: among the field's choices, or among the missing codes */
} rmt_redcap_column;

typedef struct {
    const char *source; /* the dictionary's file, for messages */
    rmt_redcap_field *fields;
    size_t n_fields;
    const char **forms; /* in order of first use */
    size_t n_forms;
    rmt_redcap_column *columns; /* in the order of an export */
    size_t n_columns;
    const rmt_redcap_column **by_name; /* the same in the order of their names */
    rmt_redcap_choice *missing; /* missing data codes of the project; label NULL = not told */
    size_t n_missing;
    char **texts; /* what the pointers above point to */
    size_t n_texts, texts_cap;
} rmt_redcap;

/* The data dictionary, read as a table of texts with source_line. Its columns are known by their names in REDCap's file
 * ("Variable / Field Name") or in its API ("field_name"), whatever their order; of the 18 those are needed that hold
 * name, form, type, label, choices, validation, minimum, maximum, identifier, branching logic, required. missing: codes of
 * the project as texts or as {value, label}; NULL = none. What REDCap knows and this does not (a validation type of one
 * site, a limit that is no value of the type, as "today") is text, or no limit, and a warning.
 * RMT_ERR_CONFIG with file, line and column: a name that is none or double, an unknown type, choices without codes or
 * with a double one, two columns of the export with the same name; RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_redcap_new(rmt_redcap **out, const rmt_table *dictionary,
                                         const char *source, const rmt_node *missing,
                                         rmt_problems *notes, rmt_error *err);
void rmt_redcap_free(rmt_redcap *r);
/* Index of a form, or RMT_REDCAP_NONE. */
size_t rmt_redcap_form(const rmt_redcap *r, const char *name);
/* The column of that name in a raw header; NULL = none. O(log columns) */
const rmt_redcap_column *rmt_redcap_find(const rmt_redcap *r, const char *name);

/* The Table Schema of a table made of forms (indices), as a node of doc: the columns of the whole record, then those of the forms in
 * their order, without RMT_REDCAP_COLUMN_MISSING_BOX. fieldsMatch is superset: an export may leave fields out.
 *   radio, dropdown   integer when every code is a whole number written plainly, else string; categories with labels
 *   yesno, truefalse, boxes   boolean, 1 and 0
 *   FORM_complete     integer, categories 0 Incomplete, 1 Unverified, 2 Complete
 *   calc, number*     number (a decimal comma where the validation says so); integer, slider: integer
 *   date_*, datetime_*, time   as REDCap exports them, year first, whatever the form shows; others string
 * A missing code of the project is one in every field but FORM_complete and the columns of the whole record. `required`
 * is left out for identifiers, which exports may leave out, and for boxes. Under `remit`: form, box (of a checkbox),
 * branching, identifier. */
RMT_MUST_CHECK rmt_status rmt_redcap_schema(rmt_node **out, rmt_doc *doc, rmt_redcap *r,
                                            const size_t *forms, size_t n_forms, rmt_error *err);

/* ---- the file ---------------------------------------------------------------------------------- */

/* What a header's cells are. Names win over labels: one that is the record id's name is a raw header, one that is its
 * label a header of labels; else most cells decide. Labels may be repeated and columns left out, in the order of the dictionary:
 * each cell is given to the one column it can be. RMT_ERR_CONFIG names the cell that could be several, that is out of
 * order, or says that the header has neither names nor labels of the dictionary.
 * out: caller's, n columns, NULL for a cell that is no column of r (a warning). */
RMT_MUST_CHECK rmt_status rmt_redcap_match_header(const rmt_redcap_column ***out,
                                                  const rmt_redcap *r, const char *const *cells,
                                                  size_t n, const char *source, rmt_problems *notes,
                                                  rmt_error *err);

typedef enum { RMT_REDCAP_UNSAID, RMT_REDCAP_RAW, RMT_REDCAP_LABELS } rmt_redcap_values;

typedef struct rmt_redcap_data rmt_redcap_data;
/* text: the file's columns, each as text, then source_line; columns: of rmt_redcap_match_header. All are kept by
 * reference. values unsaid: recognised from the cells that are a code and no label, or a label and no code, of their
 * field; RMT_ERR_INCONSISTENT when there are both, with the first of each. In a labelled export events become the unique names that
 * REDCap makes of them ("Week 2" is week_2_arm_1, "Week 2 (Arm 2: Drug)" week_2_arm_2); two labels of one name are refused. */
RMT_MUST_CHECK rmt_status rmt_redcap_data_new(rmt_redcap_data **out, const rmt_redcap *r,
                                              const rmt_table *text,
                                              const rmt_redcap_column *const *columns,
                                              rmt_redcap_values values, const char *source,
                                              rmt_problems *notes, rmt_error *err);
void rmt_redcap_data_free(rmt_redcap_data *d);

/* What only the whole export tells, for a table of its own in the study: code, table, line, first_line, column, subject,
 * value, nearest. Codes are of rmt_checks. Ownership: caller. */
#define RMT_REDCAP_HIDDEN_VALUE "redcap/hidden-value"
#define RMT_REDCAP_COPIED_ROW "redcap/copied-row"
#define RMT_REDCAP_UNKNOWN_FORM "redcap/unknown-form"
#define RMT_REDCAP_UNKNOWN_EVENT "redcap/unknown-event"
RMT_MUST_CHECK rmt_status rmt_redcap_found_new(rmt_table **out, rmt_error *err);
/* Adds the rows whose record, event, repeat instrument and instance another row has already (no instance is the first),
 * whose repeat instrument is no form, and whose event is one of `events` but for a slip. events: unique names that the
 * plan knows. O(rows) */
RMT_MUST_CHECK rmt_status rmt_redcap_find_rows(rmt_table *found, const rmt_redcap_data *d,
                                               const char *const *events, size_t n_events,
                                               rmt_error *err);
/* The events (unique names) that the plan asks for at the node `at` (NULL = it is not known). One of which no row is may not be
 * reached yet: a warning with the events of the file. RMT_ERR_CONFIG with them when it looks like a slip, or when the file
 * has no column of events. */
RMT_MUST_CHECK rmt_status rmt_redcap_check_events(const rmt_redcap_data *d,
                                                  const char *const *events, size_t n,
                                                  const rmt_node *at, rmt_problems *notes,
                                                  rmt_error *err);
/* The place in the file of a column called so in the dictionary, from 1; 0 = the export has none. O(log columns) */
size_t rmt_redcap_place(const rmt_redcap_data *d, const char *column);
/* Notes of each form among those not taken how many of its values nobody reads. taken: n_forms flags. */
void rmt_redcap_note_unread(const rmt_redcap_data *d, const bool *taken, rmt_problems *notes);

typedef struct {
    const size_t *forms;
    size_t n_forms;
    const char *const *events; /* unique names; n_events 0 = all */
    size_t n_events;
    const rmt_schema *schema; /* of rmt_redcap_schema for these forms */
    const char *table;        /* its name in the plan; NULL = in none */
} rmt_redcap_selection;
typedef struct {
    size_t rows, rows_set_aside, cells, cells_set_aside, cells_missing, cells_unreadable;
} rmt_redcap_counts;
/* The reasons of cells that REDCap did not ask for. */
#define RMT_REDCAP_NOT_SAVED "form not saved"
#define RMT_REDCAP_NOT_APPLICABLE "not applicable"
/* The table of some forms: the rows in which one of them was saved, at the events asked for; the columns of its schema
 * that the file has, and source_line. A labelled export gives the values of a raw one. A cell is missing because it is
 * blank, by a missing code (the code is the reason), because its form was not saved, or because the branching logic hides its field;
 * a label that is no choice is unreadable. Values where the logic hides the field are added to found (of
 * rmt_redcap_found_new; NULL = nobody asks). RMT_ERR_INCONSISTENT for a label that two choices of its field have. */
RMT_MUST_CHECK rmt_status rmt_redcap_take(rmt_table **out, rmt_redcap_counts *counts,
                                          rmt_table *found, const rmt_redcap_data *d,
                                          const rmt_redcap_selection *what, rmt_problems *notes,
                                          rmt_error *err);
#endif
