/* status.h - how every remit function says that it failed, and why.
 * Layer: core. No allocation but for problems beyond the first ones, no global state; thread-safe.
 *
 * A function that can fail returns rmt_status and takes `rmt_error *err` last. The lowest layer
 * that knows the fact fills `err` (first writer wins); callers may add a missing file, line or
 * column. `err` may be NULL. */
#ifndef RMT_STATUS_H
#define RMT_STATUS_H
#include <stdbool.h>
#include <stddef.h>

#define RMT_MUST_CHECK __attribute__((warn_unused_result))
#define RMT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

typedef enum {
    RMT_OK = 0,
    RMT_ERR_USAGE,        /* the command line is wrong                                  exit 64 */
    RMT_ERR_OPEN,         /* an input cannot be opened                                  exit 66 */
    RMT_ERR_CREATE,       /* an output cannot be created                                exit 73 */
    RMT_ERR_IO,           /* reading or writing failed                                  exit 74 */
    RMT_ERR_NOMEM,        /* no memory, or a size beyond the cap                        exit 71 */
    RMT_ERR_MALFORMED,    /* bytes do not parse                                         exit 65 */
    RMT_ERR_SCHEMA,       /* data parse but break what was declared about them          exit 65 */
    RMT_ERR_INCONSISTENT, /* two valid inputs disagree                                  exit 65 */
    RMT_ERR_CONFIG,       /* plan, schema, instrument or format version is wrong        exit 78 */
    RMT_ERR_DEGENERATE,   /* valid data without a defined answer                        exit 80 */
    RMT_ERR_NOCONV,       /* an iteration did not converge                              exit 80 */
    RMT_ERR_INTERNAL,     /* a bug in remit                                             exit 70 */
    RMT_N_STATUS
} rmt_status;

typedef struct {
    rmt_status code;
    char source[256]; /* file name as the user gave it, or ""        */
    size_t line;      /* physical line in source, 1-based; 0 = none  */
    char column[128]; /* column name or key, or ""                   */
    char msg[512];    /* one line, no final period                   */
} rmt_error;

/* Empties err (NULL allowed). */
void rmt_error_clear(rmt_error *err);

/* Fills err with code and a printf-formatted message unless it holds an earlier error already.
 * Control characters in the message are shown as '?'; a message too long ends in "...".
 * Returns `code`, so that `return rmt_fail(err, RMT_ERR_IO, "...")` reads well. */
RMT_PRINTF(3, 4) rmt_status rmt_fail(rmt_error *err, rmt_status code, const char *fmt, ...);

/* As rmt_fail, with the place. source and column may be NULL or ""; line 0 = none. */
RMT_PRINTF(6, 7)
rmt_status rmt_fail_at(rmt_error *err, rmt_status code, const char *source, size_t line,
                       const char *column, const char *fmt, ...);

/* Adds source, line or column where err has none yet. Returns err->code (RMT_OK for NULL). */
rmt_status rmt_error_locate(rmt_error *err, const char *source, size_t line, const char *column);

/* Writes "source:line: column: message" (leaving out what is absent) into buf, always terminated. */
void rmt_error_format(const rmt_error *err, char *buf, size_t size);

/* The sysexits-style exit code of a status, as in the table above. */
int rmt_status_exit_code(rmt_status st);

/* ---- several problems of one input -------------------------------------------------------- */

enum { RMT_PROBLEMS_KEPT = 20 }; /* unless more are asked for; the rest is counted */

typedef enum { RMT_SEVERITY_INFO, RMT_SEVERITY_WARNING, RMT_SEVERITY_ERROR } rmt_severity;

/* Start as {0}, or with `most` set; do not copy. Clear it where `most` is more than RMT_PROBLEMS_KEPT: no other one owns
 * memory. */
typedef struct {
    size_t most; /* so many are kept; 0 = RMT_PROBLEMS_KEPT. Fewer where memory is out */
    rmt_error *kept;
    rmt_severity *severity; /* of each */
    size_t n_kept, cap;
    size_t n_total;
    size_t n_errors; /* of n_total, those with RMT_SEVERITY_ERROR */
    size_t n_infos;  /* and those with RMT_SEVERITY_INFO */
    rmt_error first[RMT_PROBLEMS_KEPT];
    rmt_severity first_severity[RMT_PROBLEMS_KEPT];
} rmt_problems;

/* Notes one problem; the first `most` are kept whole, all are counted. Where there is no room a warning or an
 * error takes the place of the last fact, and the first error that of the last warning: these never crowd out what stops
 * a run. */
RMT_PRINTF(7, 8)
void rmt_problems_add(rmt_problems *p, rmt_severity severity, rmt_status code, const char *source,
                      size_t line, const char *column, const char *fmt, ...);
/* Notes all of `from` behind those of `to`: what was collected apart is to be kept. */
void rmt_problems_append(rmt_problems *to, const rmt_problems *from);
void rmt_problems_clear(rmt_problems *p);
#endif
