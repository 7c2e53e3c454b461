/* run.h - the commands of the front program that are no stages.
 * Layer: run. */
#ifndef RMT_RUN_H
#define RMT_RUN_H
#include "rmt/stage.h"

/* `remit run`, described by the tables that describe a stage (kind RMT_STAGE_COMMAND, no run
 * function). */
extern const rmt_stage rmt_command_run;
int rmt_run_main(const rmt_stage_list *stages, int argc, char *const *argv);

/* `remit init`, likewise. */
extern const rmt_stage rmt_command_init;
int rmt_init_main(const rmt_stage_list *stages, int argc, char *const *argv);

/* A command of the front program, and what runs it. */
typedef struct {
    const rmt_stage *described;
    int (*main)(const rmt_stage_list *stages, int argc, char *const *argv);
} rmt_command;
/* NULL = none of this name. */
const rmt_command *rmt_command_find(const char *name);
/* All stages of the list, then the commands. Ownership: caller, rmt_mem_free. */
RMT_MUST_CHECK rmt_status rmt_commands(const rmt_stage ***out, size_t *n,
                                       const rmt_stage_list *stages, rmt_error *err);

/* One plan through the chain on one study in memory, saved once. */
typedef struct {
    const char *plan;
    const char *output; /* "-" = standard output */
    char *name;         /* what the plan is called in messages. Owned */
    char *path;         /* output under --output-dir. Owned; NULL = `output` as given */
} rmt_trial;
typedef struct {
    const rmt_stage_list *stages;
    const rmt_stage *
        *chain; /* those of them that a plan is taken through: rmt_trial_chain. Owned */
    size_t n_chain;
    bool quiet, verbose, no_clobber;
    size_t max_problems;
} rmt_trial_options;
typedef struct {
    bool found;        /* a stage found what it looks for */
    bool warned;       /* or something that does not stop the study */
    bool withheld;     /* a stage let no study out: nothing was saved */
    const char *stage; /* the stage that failed or withheld; NULL = none */
} rmt_trial_result;
/* The stages of a chain up to and with `until` (NULL: all). RMT_ERR_USAGE names the nearest. Ownership: caller,
 * rmt_mem_free. */
RMT_MUST_CHECK rmt_status rmt_trial_chain(const rmt_stage ***out, size_t *n,
                                          const rmt_stage_list *stages, const char *until,
                                          rmt_error *err);
/* Messages are appended to log, every line whole; the failure itself is only in err. */
RMT_MUST_CHECK rmt_status rmt_trial_run(const rmt_trial *trial, const rmt_trial_options *options,
                                        rmt_trial_result *result, rmt_text *log, rmt_error *err);
/* The one line about a trial that ended: "remit-run: trial-a: done, results/trial-a.h5", or which
 * stage failed and why, and that an older result is still there. A success is told when `success`
 * says so. */
RMT_MUST_CHECK rmt_status rmt_trial_tell(const rmt_trial *trial, const rmt_trial_options *options,
                                         const rmt_trial_result *result, rmt_status st,
                                         const rmt_error *error, bool success, rmt_text *log,
                                         rmt_error *err);
/* A trial that made no output leaves the output of an earlier run where it is. */
bool rmt_trial_has_older(const rmt_trial *trial);
/* The same as a line of POSIX shell: "remit ingest plan.yaml | remit validate | ... -o FILE". */
RMT_MUST_CHECK rmt_status rmt_trial_script(const rmt_trial *trial, const rmt_trial_options *options,
                                           rmt_text *out, rmt_error *err);

/* Runs the trials, each in a child process, at most `jobs` at once; prints messages in the order of
 * the trials. Returns how many failed. SIGINT, SIGTERM and SIGHUP end the children, then the process
 * itself. */
typedef struct {
    rmt_trial_options trial;
    size_t jobs;
    bool keep_going, progress;
} rmt_batch_options;
RMT_MUST_CHECK rmt_status rmt_batch_run(const rmt_trial *trials, size_t n,
                                        const rmt_batch_options *options, size_t *n_failed,
                                        rmt_error *err);
#endif
