/* life.h - what every executable does first and last, and how it talks.
 * Layer: stage. One process. What is said and written at the end is so by its first thread; readers and digests have threads of
 * their own, which end with them. */
#ifndef RMT_LIFE_H
#define RMT_LIFE_H
#include "rmt/option.h"
#include "rmt/status.h"
#include "rmt/text.h"

/* Holds closed standard descriptors so that no file opened later becomes one of them, turns the
 * libraries' own messages off, and removes unfinished outputs on signals. SIGXFSZ is ignored: what is too large for
 * `ulimit -f` fails as any other write does. SIGPIPE stays as it is. */
RMT_MUST_CHECK rmt_status rmt_life_begin(rmt_error *err);
/* The only way out: flushes and closes stdout; an output that could not be written becomes exit
 * code 74. Returns the process's exit code. `program` prefixes the message. */
int rmt_life_end(const char *program, int code);

/* --max-memory of the options all executables have, from now on (rmt_mem_limit). RMT_ERR_USAGE for what is no size. */
RMT_MUST_CHECK rmt_status rmt_limit_memory(const rmt_options *options, rmt_error *err);

/* --max-problems of the same options: a number, SIZE_MAX for 'all'. RMT_ERR_USAGE for what is neither. */
RMT_MUST_CHECK rmt_status rmt_max_problems(size_t *out, const rmt_options *options, rmt_error *err);

/* Tells a failure on standard error, in one line, and after misuse that `help` --help says more; nothing for RMT_OK. Returns
 * the exit code of st. Needs no memory. */
int rmt_life_tell(const char *program, const char *help, rmt_status st, const rmt_error *error);

/* Writes text to stdout (checked again by rmt_life_end). */
RMT_MUST_CHECK rmt_status rmt_life_print(const rmt_text *text, rmt_error *err);
/* "remit-effects (remit) 0.1.0 (git abc), study format 1, GSL 2.7.1, Rmath 4.2.2, HDF5 1.10.8" and the licence
 * line. */
RMT_MUST_CHECK rmt_status rmt_life_version(const char *program, rmt_text *out, rmt_error *err);

/* One line of the message: "program: message". */
RMT_MUST_CHECK rmt_status rmt_life_line(rmt_text *out, const char *prefix, const rmt_error *message,
                                        rmt_error *err);
/* The notes as lines: errors always, warnings unless quiet, facts when verbose; then how many were
 * not kept. */
RMT_MUST_CHECK rmt_status rmt_life_notes(rmt_text *out, const char *prefix,
                                         const rmt_problems *notes, bool quiet, bool verbose,
                                         rmt_error *err);
/* Progress is shown: stderr is a terminal (or RMT_FAKE_TTY=1) and stdout is none. */
bool rmt_life_progress_wanted(void);

const char *rmt_version(void); /* "0.1.0" */
const char *rmt_git_id(void);  /* "abc123" or "unknown" */
#endif
