/* checks.h - every check of validate as data: its code, how grave it is, its rule, why it matters.
 * Layer: data. The table is the one place where a check is registered: --list-checks, --explain, the catalogue in
 * schemas/README.md and the plan's key `checks` come from it. */
#ifndef RMT_CHECKS_H
#define RMT_CHECKS_H
#include "rmt/status.h"

typedef struct {
    const char *code; /* "trial/visit-order" */
    rmt_severity severity;
    bool off;               /* only when the plan asks for it */
    const char *title;      /* what is found, in a few words */
    const char *rule;       /* when it is a finding, in one sentence */
    const char *why;        /* what goes wrong when nobody looks */
    const char *suggestion; /* what to do first; "" = the message says it */
    const char *citation;   /* "" = none */
    const char *needs; /* what the plan or the data must have for it to look; "" = nothing more */
} rmt_check;

enum { RMT_N_CHECKS = 39 };
extern const rmt_check rmt_checks[RMT_N_CHECKS];

/* The numbers in the rules. Plain literals: the rules spell them out with them. */
#define RMT_RATIO_P 0.001        /* trial/arm-ratio */
#define RMT_FLAT_LINE_ITEMS 10   /* score/flat-line */
#define RMT_CHANGE_PERCENT 50    /* score/implausible-change: of the scale's range */
#define RMT_CHANGE_DAYS 8        /* a week and a day */
#define RMT_PILE_PERCENT 15      /* score/floor-ceiling */
#define RMT_PILE_VALUES 50       /* fewest values it looks at */
#define RMT_DIGIT_VALUES 100     /* vitals/digit-preference: fewest values it looks at */
#define RMT_DIGIT_SPREAD 5       /* and their least standard deviation */
#define RMT_DIGIT_CHI2 27.877    /* 0.999 quantile of chi-square with 9 degrees of freedom */
#define RMT_ODD_PART 10          /* column/odd-cell: at most one cell in so many */
#define RMT_ODD_VALUES 5         /* or one among so many values and more */
#define RMT_ID_DIGITS 15         /* id/rounded: what a spreadsheet keeps of a number */
#define RMT_ID_ZEROS 3           /* behind them, in all ids together */
#define RMT_IDENTIFIER_ROWS 1000 /* privacy/identifier: rows it looks at */

/* Index into rmt_checks, or RMT_N_CHECKS. */
size_t rmt_check_find(const char *code);
/* The code nearest to a misspelt one; NULL = none is near. */
const char *rmt_check_nearest(const char *code);

/* ---- what a plan or a user makes of them --------------------------------------------------------- */

typedef struct {
    bool off;
    rmt_severity severity;
} rmt_check_setting;
typedef struct {
    rmt_check_setting of[RMT_N_CHECKS];
} rmt_check_settings;

/* As the table has them. */
void rmt_check_settings_init(rmt_check_settings *s);
/* Not switched off. An unknown code is a bug and counts as on. */
bool rmt_check_is_on(const rmt_check_settings *s, const char *code);

/* "info", "warning", "error". */
const char *rmt_severity_name(rmt_severity severity);
/* The severity of that name; of another text: error. */
rmt_severity rmt_severity_of(const char *name);
#endif
