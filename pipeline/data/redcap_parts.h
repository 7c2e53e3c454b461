/* redcap_parts.h - what the parts of REDCap's reader share.
 * Layer: data, private to this folder. redcap.c reads the dictionary, redcap_schema.c makes a Table Schema of it,
 * redcap_header.c finds the columns of an export, redcap_events.c names its events; what reads the export itself shares
 * redcap_data.h. */
#ifndef RMT_DATA_REDCAP_PARTS_H
#define RMT_DATA_REDCAP_PARTS_H
#include "rmt/redcap.h"
#include "rmt/text.h"

/* s[0..n) without HTML tags and with every run of blanks as one, none at the ends: as REDCap writes a label into a
 * header. Kept by r. NULL with err filled when out of memory. */
RMT_MUST_CHECK const char *redcap_plain(rmt_redcap *r, const char *s, size_t n, rmt_error *err);
/* The same into out, whose earlier content goes. */
RMT_MUST_CHECK rmt_status redcap_plain_text(rmt_text *out, const char *s, size_t n, rmt_error *err);
/* Is s, read so, the text `plain`? */
bool redcap_is_plainly(const char *s, const char *plain);
/* How the column of a box is called: FIELD___CODE. */
RMT_MUST_CHECK rmt_status redcap_box_name(rmt_text *out, const char *field, const char *code,
                                          rmt_error *err);
/* A whole number written plainly, which an integer column can hold: no sign but a minus, no leading zero. */
bool redcap_is_whole(const char *code);
/* A copy of s[0..n), kept by r. */
RMT_MUST_CHECK const char *redcap_keep(rmt_redcap *r, const char *s, size_t n, rmt_error *err);

/* label[0..n) in lower case, symbols gone, blanks as _, at most 18 bytes: how REDCap makes unique names of labels. */
RMT_MUST_CHECK rmt_status redcap_add_unique_name(rmt_text *out, const char *label, size_t n,
                                                 rmt_error *err);

/* The distinct events of a file; {0} = none. */
typedef struct {
    rmt_text_placed
        *by_label; /* n, sorted: what stands in the file (the table's), and the place of its name */
    char **names;  /* n unique names, in the order of the file */
    size_t n;
} redcap_events;
/* Of the column col; labels: they are labels, else unique names. O(rows log events). RMT_ERR_INCONSISTENT when two
 * labels have one name. out is to be cleared on failure too. */
RMT_MUST_CHECK rmt_status redcap_events_list(redcap_events *out, const rmt_table *text, size_t col,
                                             bool labels, const char *source, rmt_error *err);
/* Which of names the event in a cell has; n when it is none. */
size_t redcap_event_place(const redcap_events *e, const char *label);
/* The unique name of what stands in a cell; the cell itself when it is no event. */
const char *redcap_event_name(const redcap_events *e, const char *label);
void redcap_events_clear(redcap_events *e);
/* The one of known that an event was meant to be, but for a slip; NULL when it is one of them, or like none. Events whose
 * numbers differ are not alike: week_3_arm_1 is no slip of week_2_arm_1. */
const char *redcap_meant_event(const char *event, const char *const *known, size_t n);

/* What a field promises in the words of a Table Schema. */
typedef struct {
    rmt_field_type type;
    const char *format;            /* NULL = default */
    const char *minimum, *maximum; /* as a schema writes them; NULL = none */
    char decimal;                  /* 0 = as usual */
} redcap_promise;
RMT_MUST_CHECK rmt_status redcap_promise_of(redcap_promise *out, rmt_redcap *r,
                                            const rmt_redcap_field *f, rmt_error *err);
bool redcap_knows_validation(const char *word);
bool redcap_is_empty_range(const redcap_promise *p);
#endif
