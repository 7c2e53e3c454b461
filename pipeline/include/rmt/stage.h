/* stage.h - a stage as a value, and its life.
 * Layer: stage. A stage file (stages/<name>.c) exports one `const rmt_stage`; stages/stages.c lists them, and the
 * programs hand the list down: nothing here knows a stage by name. */
#ifndef RMT_STAGE_H
#define RMT_STAGE_H
#include "rmt/option.h"
#include "rmt/plan.h"
#include "rmt/study.h"
#include <stdio.h>

typedef enum {
    RMT_STAGE_SOURCE, /* makes a study from something else (ingest) */
    RMT_STAGE_FILTER, /* study in, study out */
    RMT_STAGE_SINK,   /* study in, text out (show, export) */
    RMT_STAGE_COMMAND /* no stage: a command of the front program (run), described by the same tables */
} rmt_stage_kind;

enum { RMT_STAGE_PLAN_KEYS = 32 };

typedef struct rmt_stage rmt_stage;

/* The stages a program knows, in the order of the chain. */
typedef struct {
    const rmt_stage *const *at;
    size_t n;
} rmt_stage_list;
/* NULL = none of this name. */
const rmt_stage *rmt_stage_find(const rmt_stage_list *list, const char *name);

typedef struct {
    const rmt_stage_list *list; /* for what depends on what, and for messages */
    rmt_study *study;           /* filters and sinks: opened; sources: new and empty */
    const rmt_options *options;
    /* the positional argument named by the stage's `argument`; else NULL, also where a file was all
     * that was given: RMT_ERR_USAGE is the answer, with what could be asked for as text */
    const char *argument;
    /* the study's plan, parsed by rmt_stage_apply unless the caller gives one; NULL for sources or
     * when there is none. Dies with the call */
    const rmt_plan *plan;
    /* the digest of what the stage reads, or made, is left to rmt_stage_settle: it is worked out beside the stages that follow */
    bool settle_later;
    rmt_problems *notes; /* warnings and facts for stderr, printed by the caller */
    rmt_text *text;      /* sinks (and validate --format): what goes to stdout */
    /* out: options the plan sets itself, left out of the recorded command */
    const char *plan_keys[RMT_STAGE_PLAN_KEYS];
    size_t n_plan_keys;
    bool found;  /* out: the stage found what it looks for: exit 1 */
    bool warned; /* out: it found something that does not stop the study: a batch's line says so */
    bool withhold; /* out: no study is written */
} rmt_stage_run;

struct rmt_stage {
    const char *name;    /* "effects" */
    const char *summary; /* one line */
    /* paragraphs for --help and the man page; what it reads, computes, writes */
    const char *description;
    rmt_stage_kind kind;
    const char *memory; /* "O(rows)" ... */
    const rmt_option *options;
    size_t n_options;
    /* placeholder of a required positional argument, after FILE ("PLAN", "PATH"); NULL = none */
    const char *argument;
    /* filters: the options that, when given, make text and no study ("format") */
    const char *const *text_options;
    size_t n_text_options;
    /* answers options about the stage itself (--list-checks), which need no input, with text on standard output;
     * *answered = false when none was given. NULL = there are none */
    rmt_status (*answer)(const rmt_options *options, rmt_text *text, bool *answered,
                         rmt_error *err);
    const char *example; /* one command line; NULL = one made from the name */
    /* paths read: "/tables"; "/outcomes?" = read when there */
    const char *const *needs;
    size_t n_needs;
    const char *const *adds;
    size_t n_adds;   /* paths written: "/results/effects" */
    bool needs_plan; /* run->plan is never NULL: a study without a plan is refused */
    /* false: nothing to do for this plan, the study passes unchanged and nothing is recorded. NULL
     * = always. plan may be NULL */
    bool (*applies)(const rmt_plan *plan);
    rmt_status (*run)(rmt_stage_run *run, rmt_error *err);
};

/* A study's plan, for several stages in turn. Start as {0}. */
typedef struct {
    rmt_plan *plan; /* NULL = the study has none */
    rmt_doc *doc;   /* what the plan was parsed from */
    char *json;     /* /plan as it was then */
} rmt_stage_plan;
/* Parses the study's plan unless it is the one held already. */
RMT_MUST_CHECK rmt_status rmt_stage_plan_follow(rmt_stage_plan *held, const rmt_study *study,
                                                rmt_error *err);
void rmt_stage_plan_clear(rmt_stage_plan *held);

/* Runs a stage on a study in memory: checks needs, removes what it adds and what depends on that, runs it, records it in
 * /provenance. What a test calls. Sinks are run and leave no record. After a failure the study may lack what
 * the stage replaces: do not save it. Messages about a study without the table it needs name the stage that adds it. */
RMT_MUST_CHECK rmt_status rmt_stage_apply(const rmt_stage *stage, rmt_stage_run *run,
                                          rmt_error *err);
/* After stages that ran with settle_later: the digests of what they read, into their records. */
RMT_MUST_CHECK rmt_status rmt_stage_settle(const rmt_stage_list *list, rmt_study *study,
                                           rmt_error *err);
/* "remit effects needs /outcomes: run 'remit score' first" (RMT_ERR_INCONSISTENT) unless path or something below it is
 * there; for a stage whose needs depend on the plan. */
RMT_MUST_CHECK rmt_status rmt_stage_require(const char *stage, const rmt_stage_run *run,
                                            const char *path, rmt_error *err);
/* The beginning of a life: reads the options and answers those about the program itself (--help, --version, those of
 * stage->answer) on standard output: *answered then, and there is nothing more to do. Then the limit of --max-memory holds.
 * *options, also after a failure: the caller's, rmt_options_free. */
RMT_MUST_CHECK rmt_status rmt_stage_begin(rmt_options **options, bool *answered,
                                          const rmt_stage *stage, const char *program, int argc,
                                          char *const *argv, rmt_error *err);
/* The whole life of an executable: parse, open, apply, save, messages, exit code. `program` is the prefix of messages. */
int rmt_stage_main(const rmt_stage_list *list, const rmt_stage *stage, const char *program,
                   int argc, char *const *argv);
/* The first of stage->text_options that was given; NULL = none: a study is made. */
const char *rmt_stage_text_option(const rmt_stage *stage, const rmt_options *options);
/* The options all stages of this kind have. */
const rmt_option *rmt_stage_common(rmt_stage_kind kind, size_t *n);

/* Help and man page of a stage, appended to out. `program` in --help is "remit-<name>" ("remit <name>" for a command). */
RMT_MUST_CHECK rmt_status rmt_stage_help(const rmt_stage *stage, rmt_text *out, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_stage_man(const rmt_stage *stage, rmt_text *out, rmt_error *err);
/* remit(1): the front command and its list of commands. */
RMT_MUST_CHECK rmt_status rmt_stage_man_front(const rmt_stage *const *commands, size_t n,
                                              rmt_text *out, rmt_error *err);
/* Completions of `remit` and of every remit-<stage>, from the same tables. */
RMT_MUST_CHECK rmt_status rmt_stage_completion_bash(const rmt_stage *const *commands, size_t n,
                                                    rmt_text *out, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_stage_completion_zsh(const rmt_stage *const *commands, size_t n,
                                                   rmt_text *out, rmt_error *err);
/* s wrapped at blanks to RMT_HELP_WIDTH columns, every line after `indent` blanks; paragraphs are kept apart by an
 * empty line. first = false: the first line's indent is there already. Ends in a newline. */
enum { RMT_HELP_WIDTH = 80 };
RMT_MUST_CHECK rmt_status rmt_help_wrap(rmt_text *out, const char *s, size_t indent, bool first,
                                        rmt_error *err);
#endif
