/* reporter.h - where the findings of the clinical checks go, and what each of them fills in.
 * Layer: clinical, inside the room. */
#ifndef RMT_REPORTER_H
#define RMT_REPORTER_H
#include "dates.h"
#include "records.h"
#include "rmt/ledger.h"

/* The first failure is kept, what follows is skipped. */
typedef struct {
    rmt_ledger *ledger;
    const rmt_check_settings *settings;
    rmt_status st;
    rmt_error *err;
    rmt_told told; /* of dates */
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

/* The records of one outcome under examination. */
typedef struct {
    rmt_reporter *out;
    const rmt_records *r;
    const rmt_slot *slots;
    unsigned char *said; /* per row of the table */
    const char **ids;    /* of the subjects, by likeness; NULL = every record has its subject */
} rmt_record_check;

/* The participant's id as the record has it; buf as of rmt_table_format. */
const char *rmt_record_subject(const rmt_record_check *c, size_t row, char *buf);
/* A finding about a row of the outcome's table. */
rmt_finding rmt_record_finding(const rmt_record_check *c, const char *code, size_t row,
                               const char *column, const char *subject);
#endif
