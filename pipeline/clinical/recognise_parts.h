/* recognise_parts.h - the pieces of rmt_recognise (private to clinical). recognise.c joins them. */
#ifndef RMT_RECOGNISE_PARTS_H
#define RMT_RECOGNISE_PARTS_H
#include "rmt/recognise.h"

enum { NAME_MAX_BYTES = 64, SHOWN_BYTES = 48 };

/* ---- recognise_columns.c --------------------------------------------------------------------- */

/* Facts of column col; names: an id or the like, whose numbers are no codes. Clear what was made. */
RMT_MUST_CHECK rmt_status rmt_column_facts_init(rmt_column_facts *f, const rmt_recognise_source *s,
                                                size_t col, bool names, rmt_error *err);
void rmt_column_facts_clear(rmt_column_facts *f);

/* "CAPS-5_Total" as "caps5total": letters and digits alone, in lower case; cut to the buffer. */
void rmt_plain_name(char out[NAME_MAX_BYTES], const char *name);
/* The column of that name, or RMT_NO_COLUMN; name may be NULL. */
size_t rmt_column_of_table(const rmt_recognised_table *t, const char *name);
/* How far from its end plain `name` stands in a list that ends with NULL; 0 = not in it. */
size_t rmt_name_rank(const char *name, const char *const *list);
/* Data in a comment: one line, at most SHOWN_BYTES. */
const char *rmt_shown(char out[SHOWN_BYTES + 4], const char *text);
/* Appends a line. */
RMT_PRINTF(3, 4)
RMT_MUST_CHECK rmt_status rmt_check_line(rmt_text *lines, rmt_error *err, const char *fmt, ...);
/* The line of the file. */
size_t rmt_facts_line(const rmt_column_facts *f, size_t row);
/* Days since 1970-01-01 of an ISO date; NaN for what is none. */
double rmt_days_of_date(const char *iso);

/* ---- recognise_ids.c ------------------------------------------------------------------------- */

/* Called as a column of ids or visits is: its numbers are names. */
bool rmt_is_id_name(const char *name);
bool rmt_is_visit_name(const char *name);
/* Every row has a value of its own. */
bool rmt_is_unique_column(const rmt_recognised_table *t, size_t col);
/* RMT_ERR_USAGE: a name is told that no table has. */
RMT_MUST_CHECK rmt_status rmt_need_told(const rmt_recognised *r, const char *option,
                                        const char *name, rmt_error *err);
/* Ids that are the same in all tables only without the zeros before them are numbers. */
RMT_MUST_CHECK rmt_status rmt_recognise_id_numbers(rmt_recognised *r, rmt_error *err);

/* ---- recognise_roles.c ----------------------------------------------------------------------- */

RMT_MUST_CHECK rmt_status rmt_recognise_ids(rmt_recognised *r, const rmt_recognise_told *told,
                                            rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_recognise_arms(rmt_recognised *r, const rmt_recognise_told *told,
                                             rmt_error *err);

/* ---- recognise_labels.c ---------------------------------------------------------------------- */

/* In the order of time; a label without a word for one lies within the treatment. */
typedef enum {
    RMT_PHASE_SCREENING,
    RMT_PHASE_BASELINE,
    RMT_PHASE_UNKNOWN,
    RMT_PHASE_TREATMENT = RMT_PHASE_UNKNOWN + 1,
    RMT_PHASE_END,
    RMT_PHASE_FOLLOW_UP,
    RMT_PHASE_OTHER
} rmt_phase;
/* How much says that a visit is the baseline: it is a screening, has a word for a baseline among others, is called so. */
typedef enum { RMT_SIGN_NONE, RMT_SIGN_SCREENING, RMT_SIGN_WORD, RMT_SIGN_NAME } rmt_sign;
typedef struct {
    double day,
        unit; /* "week 12", "visit 3 (week 4)": in days; "4": in a unit of its own, unit 0; NaN = none, or several */
    double ordinal; /* "Visit 2 (Baseline)": 2; NaN = it does not begin so */
    rmt_phase phase;
    rmt_sign baseline;
} rmt_label;
rmt_label rmt_label_read(const char *label);

/* ---- recognise_visits.c ---------------------------------------------------------------------- */

RMT_MUST_CHECK rmt_status rmt_recognise_visit_columns(rmt_recognised *r,
                                                      const rmt_recognise_told *told,
                                                      rmt_error *err);

/* ---- recognise_schedule.c -------------------------------------------------------------------- */

RMT_MUST_CHECK rmt_status rmt_recognise_visits(rmt_recognised *r, rmt_error *err);
/* The visit that is the baseline, of outcomes without a column of baselines. */
RMT_MUST_CHECK rmt_status rmt_recognise_baseline(rmt_recognised *r, rmt_error *err);

/* ---- recognise_instruments.c ----------------------------------------------------------------- */

/* What an instrument is called in names and titles of columns: its id, the stem of its items, its name and what that has in
 * brackets; each also without digits at the end ("caps5", "caps"). */
enum { RMT_ALIASES_MAX = 12 };
typedef struct {
    char at[RMT_ALIASES_MAX][NAME_MAX_BYTES];
    size_t n;
} rmt_alias_list;
void rmt_aliases_of(rmt_alias_list *a, const rmt_instrument *ins);
/* Digits as a number of an item; 0 = none. */
size_t rmt_small_number(const char *digits);
/* The item that a name or a title tells: 7 of "caps5_07", "caps5q07", "CAPS-5 item 7: avoids reminders", "Item 7 of the
 * CAPS-5"; 0 = none of the alias `which`. exact: there is nothing besides. */
size_t rmt_item_of(bool *exact, const char *text, const rmt_alias_list *aliases, size_t which);
/* "PCL-5: Repeated, disturbing memories": what follows is anything. */
bool rmt_begins_with_alias(const char *text, const char *alias);
/* "caps5", "totcaps", "CAPS-5 total severity score (0-80)". exact: the alias and at most one word for a total. */
bool rmt_is_total_of(bool *exact, const char *text, const char *alias);

/* ---- recognise_summaries.c ------------------------------------------------------------------- */

/* Means, SDs and n in columns: published numbers. Sets the sides. */
bool rmt_is_summary_table(rmt_recognised_table *t);

/* ---- recognise_scales.c ---------------------------------------------------------------------- */

RMT_MUST_CHECK rmt_status rmt_recognise_scales(rmt_recognised *r,
                                               const rmt_instrument *const *instruments, size_t n,
                                               rmt_error *err);
#endif
