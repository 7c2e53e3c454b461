/* check_text.h - the table of checks as text, and what the command line makes of it.
 * Layer: stage. */
#ifndef RMT_CHECK_TEXT_H
#define RMT_CHECK_TEXT_H
#include "rmt/checks.h"
#include "rmt/option.h"

/* All checks: with format "csv" or "json" every column by rmt_table_write, else for people. */
RMT_MUST_CHECK rmt_status rmt_check_list(rmt_text *out, const char *format, rmt_error *err);
/* One check: rule, why it matters, source, how to switch it off. RMT_ERR_USAGE names the nearest code. */
RMT_MUST_CHECK rmt_status rmt_check_explain(rmt_text *out, const char *code, rmt_error *err);
/* Switches off the checks that the list option `name` names. RMT_ERR_USAGE for an unknown one. */
RMT_MUST_CHECK rmt_status rmt_check_disable(rmt_check_settings *s, const rmt_options *options,
                                            const char *name, rmt_error *err);
#endif
