/* reporter.h - where the findings of the clinical checks go, and what each of them fills in.
 * Layer: clinical, inside the room. */
#ifndef RMT_REPORTER_H
#define RMT_REPORTER_H
#include "records.h"
#include "rmt/ledger.h"

/* The first failure is kept, what follows is skipped. */
typedef struct {
    rmt_ledger *ledger;
    const rmt_check_settings *settings;
    rmt_status st;
    rmt_error *err;
} rmt_reporter;

/* Adds a finding unless its check is switched off. Its severity is the one the settings have for the code; texts may
 * be NULL, and so may be message, which the format makes. */
RMT_PRINTF(3, 4) void rmt_report(rmt_reporter *r, rmt_finding f, const char *fmt, ...);

/* A finding about a row of a table. What names the columns of a wide file needs the record. */
rmt_finding rmt_finding_of_row(const char *code, const char *table, size_t line, size_t row);

/* What has been said of a row already: outcomes may share a table. */
enum {
    RMT_SAID_SUBJECT = 1,
    RMT_SAID_VISIT = 2,
    RMT_SAID_DUPLICATE = 4,
    RMT_SAID_ORDER = 8,
    RMT_SAID_WINDOW = 16
};

/* What is odd about the answers of a record. */
enum {
    RMT_ODD_ITEM = 1,  /* a value outside its item's range, or no whole number */
    RMT_ODD_COUNT = 2, /* too few items of the total have a value, and one has */
    RMT_ODD_FLAT = 4,  /* all items of the total are alike, and above their lowest value */
    RMT_ODD_SUM = 8    /* the stored total is another than that of the items */
};
/* The answers of an outcome, by row of its table. */
typedef struct {
    double *totals;     /* as they are analysed: stored, or scored from the items; NaN = none */
    unsigned char *odd; /* of RMT_ODD_... */
} rmt_answers;          /* start as {0} */

/* Time: linear in the cells, column by column. */
RMT_MUST_CHECK rmt_status rmt_answers_read(rmt_answers *out, const rmt_records *r, rmt_error *err);
void rmt_answers_clear(rmt_answers *a);

/* The records of one outcome under examination. */
typedef struct {
    rmt_reporter *out;
    const rmt_records *r;
    const rmt_slot *slots;
    rmt_answers answers;
    unsigned char *said; /* per row of the table */
    const char **ids;    /* of the subjects, by likeness; NULL = every record has its subject */
} rmt_record_check;

/* The participant's id as the record has it; buf as of rmt_table_format. */
const char *rmt_record_subject(const rmt_record_check *c, size_t row, char *buf);
/* A finding about a row of the outcome's table. */
rmt_finding rmt_record_finding(const rmt_record_check *c, const char *code, size_t row,
                               const char *column, const char *subject);
#endif
