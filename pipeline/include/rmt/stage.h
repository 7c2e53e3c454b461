/* stage.h - a stage as a value, and its life.
 * Layer: stage. A stage file (stages/<name>.c) exports one `const rmt_stage`; stages/stages.c lists them. */
#ifndef RMT_STAGE_H
#define RMT_STAGE_H
#include "rmt/option.h"
#include "rmt/plan.h"
#include "rmt/study.h"
#include <stdio.h>

typedef enum {
    RMT_STAGE_SOURCE, /* makes a study from something else (ingest) */
    RMT_STAGE_FILTER, /* study in, study out */
    RMT_STAGE_SINK    /* study in, text out (show, export) */
} rmt_stage_kind;

enum { RMT_STAGE_PLAN_KEYS = 32 };

typedef struct {
    rmt_study *study;           /* filters and sinks: opened; sources: new and empty */
    const rmt_options *options;
    const rmt_plan *plan;       /* the study's plan, parsed; NULL for sources or when there is none */
    rmt_problems *notes;        /* warnings and facts for stderr, printed by the caller */
    rmt_text *text;             /* sinks (and validate --format): what goes to stdout */
    const char *argument;       /* the stage's own positional argument, see rmt_stage.argument */
    const char *plan_keys[RMT_STAGE_PLAN_KEYS]; /* out: options the plan sets itself, left out of the recorded command */
    size_t n_plan_keys;
    bool found;                 /* out: the stage found what it looks for: exit 1 */
    bool withhold;              /* out: no study is written */
} rmt_stage_run;

typedef struct rmt_stage {
    const char *name;           /* "effects" */
    const char *summary;        /* one line */
    const char *description;    /* paragraphs for --help and the man page; what it reads, computes, writes */
    rmt_stage_kind kind;
    const char *memory;         /* "O(rows)" ... */
    const rmt_option *options;  size_t n_options;
    const char *argument;       /* placeholder of the stage's own positional argument ("PLAN"), after FILE; NULL = none */
    const char *const *needs;   size_t n_needs; /* paths read: "/tables" */
    const char *const *adds;    size_t n_adds;  /* paths written: "/results/effects" */
    rmt_status (*run)(rmt_stage_run *run, rmt_error *err);
} rmt_stage;

/* The list: the one place that names the stages (stages/stages.c). */
extern const rmt_stage *const rmt_stages[];
extern const size_t rmt_n_stages;
const rmt_stage *rmt_stage_find(const char *name);

/* Runs a stage on a study in memory: checks needs, removes what it adds and what depends on that, runs it, records it in
 * /provenance. What a test calls. */
RMT_MUST_CHECK rmt_status rmt_stage_apply(const rmt_stage *stage, rmt_stage_run *run, rmt_error *err);
/* The whole life of an executable: parse, open, apply, save, messages, exit code. `program` is the prefix of messages. */
int rmt_stage_main(const rmt_stage *stage, const char *program, int argc, char *const *argv);
/* Help and man page of a stage, appended to out. */
RMT_MUST_CHECK rmt_status rmt_stage_help(const rmt_stage *stage, rmt_text *out, rmt_error *err);
RMT_MUST_CHECK rmt_status rmt_stage_man(const rmt_stage *stage, rmt_text *out, rmt_error *err);
#endif
