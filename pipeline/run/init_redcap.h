/* init_redcap.h - a REDCap project among the files of `remit init`.
 * Layer: run. */
#ifndef RMT_INIT_REDCAP_H
#define RMT_INIT_REDCAP_H
#include "init_read.h"

typedef struct {
    char *file, *dictionary; /* paths as given; NULL = no REDCap project */
    char *record;            /* the record id, the dictionary's first field */
    bool events;             /* the export has redcap_event_name */
    char **missing;          /* codes of the project, as far as they show in its cells */
    size_t n_missing, cap_missing;
    rmt_text checks; /* lines about them */
} rmt_init_redcap;

/* Looks for a data dictionary among the files, and for the first file that is its export. Both are taken out of `in`; other
 * exports of the same dictionary too, with a warning. Without a dictionary a file that looks like an export is a warning.
 * RMT_ERR_OPEN when there is a dictionary and no export; RMT_ERR_MALFORMED when a labelled export without one has forms
 * whose "Complete?" are double names. */
RMT_MUST_CHECK rmt_status rmt_init_redcap_find(rmt_init_redcap *r, rmt_init_input *in,
                                               rmt_problems *notes, rmt_error *err);
/* Adds to `in` a table for each form that was saved at least once, read with the missing codes known. Errors: as
 * rmt_redcap_file_open and rmt_redcap_file_table. */
RMT_MUST_CHECK rmt_status rmt_init_redcap_read(const rmt_init_redcap *r, rmt_init_input *in,
                                               rmt_problems *notes, rmt_error *err);
/* Missing codes in the tables of forms, from cells that their fields cannot hold and from what was found in columns of
 * numbers. *again: there are new ones, and the tables of forms, which are taken away, are to be read again. */
RMT_MUST_CHECK rmt_status rmt_init_redcap_codes(rmt_init_redcap *r, rmt_init_input *in,
                                                const rmt_recognised *found, bool *again,
                                                rmt_error *err);
void rmt_init_redcap_clear(rmt_init_redcap *r);
#endif
