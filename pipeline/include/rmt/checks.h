/* checks.h - every check of validate as data: its code, how grave it is, its rule, why it matters.
 * Layer: data. The table is the one place where a check is registered: --list-checks, --explain, the catalogue in
 * schemas/README.md and the plan's key `checks` come from it. */
#ifndef RMT_CHECKS_H
#define RMT_CHECKS_H
#include "rmt/text.h"

/* A number in the rule of a check, which a plan may set: checks: {trial/arm-ratio: {p: 0.01}}. */
typedef struct {
    const char *name;        /* NULL = none */
    double value, low, high; /* by default; both ends are allowed */
    const char *meaning;     /* with its unit, if it has one */
} rmt_check_parameter;
enum { RMT_CHECK_PARAMETERS = 3 }; /* most of one check */

typedef struct {
    const char *code; /* "trial/visit-order" */
    rmt_severity severity;
    bool off;               /* only when the plan asks for it */
    const char *title;      /* what is found, in a few words */
    const char *rule;       /* what must hold, in one sentence; {p} stands for the parameter p */
    const char *why;        /* what goes wrong when nobody looks */
    const char *suggestion; /* what to do first; "" = the message says it */
    const char *citation;   /* "" = none */
    const char *needs; /* what the plan or the data must have for it to look; "" = nothing more */
    rmt_check_parameter parameters[RMT_CHECK_PARAMETERS];
} rmt_check;

enum { RMT_N_CHECKS = 65 };
extern const rmt_check rmt_checks[RMT_N_CHECKS];

/* Index into rmt_checks, or RMT_N_CHECKS. */
size_t rmt_check_find(const char *code);
/* The code nearest to a misspelt one; NULL = none is near. */
const char *rmt_check_nearest(const char *code);
/* Index into the parameters of a check, or RMT_CHECK_PARAMETERS. */
size_t rmt_check_find_parameter(const rmt_check *c, const char *name);
/* Appends the rule, with the parameters as they are by default. */
RMT_MUST_CHECK rmt_status rmt_check_rule(rmt_text *out, const rmt_check *c, rmt_error *err);

/* ---- what a plan or a user makes of them --------------------------------------------------------- */

typedef struct {
    bool off;
    rmt_severity severity;
    double values[RMT_CHECK_PARAMETERS];
} rmt_check_setting;
typedef struct {
    rmt_check_setting of[RMT_N_CHECKS];
} rmt_check_settings;

/* As the table has them. */
void rmt_check_settings_init(rmt_check_settings *s);
/* Not switched off. An unknown code is a bug and counts as on. */
bool rmt_check_is_on(const rmt_check_settings *s, const char *code);
/* The parameter of a check; NaN = there is none of this name, a bug. */
double rmt_check_value(const rmt_check_settings *s, const char *code, const char *parameter);

/* "info", "warning", "error". */
const char *rmt_severity_name(rmt_severity severity);
/* The severity of that name; of another text: error. */
rmt_severity rmt_severity_of(const char *name);
#endif
