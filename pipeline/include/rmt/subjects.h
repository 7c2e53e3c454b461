/* subjects.h - who is in the trial, in which arm, with which strata and covariates.
 * Layer: clinical. Memory: O(rows of the subject table). Read-only after construction; thread-safe
 * to read. Subjects are sorted by the bytes of their id, so that nothing depends on the order of
 * rows. */
#ifndef RMT_SUBJECTS_H
#define RMT_SUBJECTS_H
#include "rmt/plan.h"
#include "rmt/table.h"

#define RMT_NO_ARM UINT32_MAX
#define RMT_SUBJECT_ROWS INT32_MAX /* a table of subjects or records has no more */

/* The tables of a study by name, as the clinical room takes them. */
typedef struct {
    const char *name; /* "caps5": /tables/caps5 */
    const rmt_table *table;
} rmt_named_table;

/* NULL = absent. */
const rmt_table *rmt_named_table_find(const rmt_named_table *tables, size_t n_tables,
                                      const char *name);
/* How near two names are, for "did you mean". Alike: they differ only in case, blanks, '-' and '_', or zeros in front
 * of a number ("P05 " and "p5"). One slip: one byte more, fewer or other, or two neighbours swapped, in at least
 * four bytes and no digit, because digits tell names apart ("week1", "week2"). */
typedef enum { RMT_NAMES_DIFFER, RMT_NAMES_ONE_SLIP, RMT_NAMES_ALIKE } rmt_likeness;
rmt_likeness rmt_names_likeness(const char *a, const char *b);

/* The column's index; RMT_ERR_CONFIG names table, column and the nearest column there. */
RMT_MUST_CHECK rmt_status rmt_named_table_column(size_t *out, const rmt_table *t, const char *table,
                                                 const char *column, rmt_error *err);

extern const char *const rmt_arm_reasons[]; /* "", "arm missing", "unknown arm", "several arms" */

typedef struct {
    const char *id;
    uint32_t arm; /* index into arms; RMT_NO_ARM = missing, unknown to the plan, or not one */
    uint32_t first, n_rows; /* rows[first .. first + n_rows) of the subject table, ascending */
    uint8_t arm_reason;     /* index into rmt_arm_reasons */
} rmt_subject;

typedef struct {
    const rmt_table *table; /* the subject table; borrowed */
    size_t id_column, arm_column;
    rmt_subject *subjects; /* sorted by id, bytes */
    size_t n;
    uint32_t *rows;    /* rows of the table grouped by subject; rows without an id are left out */
    const char **arms; /* the plan's order; without one, by bytes with the reference arm last */
    size_t n_arms;
    size_t reference_arm;  /* index into arms; RMT_NO_ARM = the plan names none */
    char *ids, *arm_texts; /* storage of ids and arms that are not text in the table */
} rmt_subjects;

/* Errors: RMT_ERR_CONFIG when the plan names no subject table, or a table or column that is not
 * there. Borrows texts of plan and table. */
RMT_MUST_CHECK rmt_status rmt_subjects_new(rmt_subjects **out, const rmt_plan *plan,
                                           const rmt_named_table *tables, size_t n_tables,
                                           rmt_error *err);
void rmt_subjects_free(rmt_subjects *s);

/* Index of the subject, or s->n. O(log n). */
size_t rmt_subjects_find(const rmt_subjects *s, const char *id);

/* The ids in an order that puts those alike side by side. Ownership: caller, rmt_mem_free; the texts are borrowed. */
RMT_MUST_CHECK rmt_status rmt_subjects_ids(const char ***out, const rmt_subjects *s,
                                           rmt_error *err);
/* One of rmt_subjects_ids that is alike, or NULL. O(log n). */
const char *rmt_subjects_meant(const char *const *ids, size_t n, const char *id);

/* The arms as the data spell them, whatever the plan says, in order of appearance among the subjects; a subject of
 * several counts for its first. Names are borrowed from s. Of more than RMT_ARMS_SEEN the rest is left out. */
enum { RMT_ARMS_SEEN = 64 };
typedef struct {
    const char *names[RMT_ARMS_SEEN];
    size_t n_subjects[RMT_ARMS_SEEN];
    size_t n;
} rmt_arms_seen;
void rmt_subjects_arms_seen(rmt_arms_seen *out, const rmt_subjects *s);

/* A covariate or stratum: the value all of the subject's rows agree on, rows without one left
 * aside. Missing when none has one ("missing") or two differ ("not constant within the subject");
 * *reason (NULL allowed) is static text,
 * "" when there is a value. column: index in s->table. */
double rmt_subjects_number(const rmt_subjects *s, size_t subject, size_t column,
                           const char **reason); /* NaN = missing */
/* As text, numbers by rmt_num_print into buf (RMT_NUM_BUF bytes); "" = missing. */
const char *rmt_subjects_text(const rmt_subjects *s, size_t subject, size_t column, char *buf,
                              const char **reason);
#endif
