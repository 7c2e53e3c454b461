/* option.h - one declarative option table: parser, --help, man page, completion and tests come from it.
 * Layer: stage. */
#ifndef RMT_OPTION_H
#define RMT_OPTION_H
#include "rmt/status.h"
#include "rmt/text.h"

typedef enum {
    RMT_OPTION_FLAG,   /* no value */
    RMT_OPTION_CHOICE, /* one of `choices` */
    /* in [min, max]; min, max exclusive when `open`; no limits when min = max */
    RMT_OPTION_NUMBER,
    RMT_OPTION_INTEGER, /* in [min, max], likewise; exact up to 2^53 */
    RMT_OPTION_TEXT,
    RMT_OPTION_LIST /* comma-separated; repeatable; members checked against `choices` when given */
} rmt_option_kind;

typedef struct {
    const char *name; /* "conf-level"; long option without dashes */
    char letter;      /* 0 = none */
    rmt_option_kind kind;
    const char *placeholder; /* "LEVEL" */
    const char *initial;     /* default as text; NULL = none */
    const char *choices;     /* "welch|pooled" */
    double min, max;
    bool open;
    bool result;      /* changes a number: recorded in /provenance */
    const char *help; /* with unit; the default is appended by --help */
} rmt_option;

typedef struct rmt_options rmt_options; /* parsed values */

/* Parses argv[1..]; long options as --name=V or --name V, no abbreviations, "--" ends options; of an
 * option given twice the last one counts (a list grows), and so it does of the flags --x and --no-x. `common` options are
 * those every stage has; `own` are the stage's. RMT_ERR_USAGE with one line. Parsing ends at --help and --version, so
 * that they answer whatever follows. The tables and argv must outlive *out. */
RMT_MUST_CHECK rmt_status rmt_options_parse(rmt_options **out, const rmt_option *own, size_t n_own,
                                            const rmt_option *common, size_t n_common, int argc,
                                            char *const *argv, rmt_error *err);
void rmt_options_free(rmt_options *o);
/* Values by option name (asserted to exist). text: NULL when neither given nor defaulted. */
bool rmt_options_flag(const rmt_options *o, const char *name);
const char *rmt_options_text(const rmt_options *o, const char *name);
double rmt_options_number(const rmt_options *o, const char *name);
bool rmt_options_given(const rmt_options *o, const char *name); /* on the command line */
size_t rmt_options_list_size(const rmt_options *o, const char *name);
const char *rmt_options_list_at(const rmt_options *o, const char *name, size_t i);
size_t rmt_options_n_arguments(const rmt_options *o); /* positional */
const char *rmt_options_argument(const rmt_options *o, size_t i);
/* "remit effects --conf-level=0.95 ...": all `result` options, given or default, leaving out defaults named in `skip` (keys
 * the plan sets itself). Shell-quoted; can be pasted back. */
RMT_MUST_CHECK rmt_status rmt_options_command(const rmt_options *o, const char *stage,
                                              const char *const *skip, size_t n_skip, rmt_text *out,
                                              rmt_error *err);
/* The values an option takes, for help and messages: "one of: welch, pooled", "above 0 and below 1",
 * "a whole number, 1 or more". Appends nothing when there is no limit. */
RMT_MUST_CHECK rmt_status rmt_option_domain(const rmt_option *option, rmt_text *out,
                                            rmt_error *err);
#endif
