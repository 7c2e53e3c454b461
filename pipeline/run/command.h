/* command.h - the beginning and the end of a command of the front program (run, init).
 * Layer: run, inside the room. */
#ifndef RMT_COMMAND_H
#define RMT_COMMAND_H
#include "rmt/stage.h"

/* Begins the process's life, reads the options, and answers --help and --version on standard output: *answered then, and
 * there is nothing more to do. Then the limit of --max-memory holds. *options, also after a failure: the caller's,
 * rmt_options_free. */
RMT_MUST_CHECK rmt_status rmt_command_begin(rmt_options **options, bool *answered,
                                            const rmt_stage *described, const char *program,
                                            int argc, char *const *argv, rmt_error *err);
/* The line of a failure, and where help is after misuse, on standard error; nothing for RMT_OK. */
void rmt_command_tell_failure(const rmt_stage *described, const char *program, rmt_status st,
                              const rmt_error *error);
/* One that is there already will do. RMT_ERR_CREATE. */
RMT_MUST_CHECK rmt_status rmt_command_make_directory(const char *dir, rmt_error *err);
#endif
