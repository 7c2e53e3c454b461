/* outfile.h - an output that is whole or absent.
 * Layer: io. A path is written as PATH.tmp.PID beside the target and renamed when everything is
 * on disk; on failure, SIGINT or SIGTERM the temporary file is removed. "-" is stdout.
 * A device or pipe is written directly. A replaced file's permissions stay, and a symbolic link stays a link. */
#ifndef RMT_OUTFILE_H
#define RMT_OUTFILE_H
#include "rmt/status.h"

typedef struct rmt_outfile rmt_outfile;

typedef struct {
    bool no_clobber; /* RMT_ERR_CREATE when the target exists */
    /* files that must not be the target (compared by device and inode) */
    const char *const *inputs;
    size_t n_inputs;
} rmt_outfile_options;

RMT_MUST_CHECK rmt_status rmt_outfile_open(rmt_outfile **out, const char *path,
                                           const rmt_outfile_options *options, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_outfile_write(rmt_outfile *f, const void *bytes, size_t n,
                                            rmt_error *err);
/* True where the beginning can be written again: a file, not a stream. */
bool rmt_outfile_is_rewindable(const rmt_outfile *f);
/* Writes n bytes over the beginning; the last thing before committing. The output must be rewindable. */
RMT_MUST_CHECK rmt_status rmt_outfile_rewrite(rmt_outfile *f, const void *bytes, size_t n,
                                              rmt_error *err);
/* Flush, fsync, close, rename. f is freed whatever happens; on failure nothing is left behind. */
RMT_MUST_CHECK rmt_status rmt_outfile_commit(rmt_outfile *f, rmt_error *err);
/* Removes the temporary file and frees; NULL allowed. */
void rmt_outfile_discard(rmt_outfile *f);
/* Installs handlers that remove pending temporary files on SIGINT, SIGTERM and SIGHUP and then die by
 * the same signal; on SIGBUS, as of a mapped file that was cut short, they say so and end with the exit code of RMT_ERR_IO.
 * Called once by the executables. */
RMT_MUST_CHECK rmt_status rmt_outfile_catch_signals(rmt_error *err);
#endif
