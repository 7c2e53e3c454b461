#include "run.h"
#include "command.h"

#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const rmt_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = RMT_OPTION_TEXT,
     .placeholder = "FILE",
     .initial = "-",
     .help = "where the study of a single plan goes; - is standard output"},
    {.name = "output-dir",
     .letter = 'd',
     .kind = RMT_OPTION_TEXT,
     .placeholder = "DIR",
     .help =
         "write DIR/<study id>.h5 for every plan (the name of the plan's directory where it gives "
         "no id); made when absent"},
    {.name = "until",
     .letter = 'u',
     .kind = RMT_OPTION_TEXT,
     .placeholder = "STAGE",
     .help =
         "save the study as it is after STAGE; 'validate' reads and checks the data and computes "
         "nothing"},
    {.name = "jobs",
     .letter = 'j',
     .kind = RMT_OPTION_INTEGER,
     .placeholder = "N",
     .min = 1,
     .max = HUGE_VAL,
     .help = "run at most N plans at once; without it, as many as there are processors"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = RMT_OPTION_FLAG,
     .help = "run nothing; print a POSIX shell script of the equivalent chains"},
    {.name = "keep-going",
     .letter = 'k',
     .kind = RMT_OPTION_FLAG,
     .help = "a plan that fails stops only itself; this is the default (it lets no study pass that "
             "has errors: that is --keep-going of 'remit validate')"},
    {.name = "no-keep-going",
     .kind = RMT_OPTION_FLAG,
     .help = "start no further plan after one has failed"},
};

const rmt_stage rmt_command_run = {
    .name = "run",
    .summary = "take plans through the whole chain of stages",
    .description =
        "Takes every PLAN through all stages with their defaults and the options its plan gives, "
        "in "
        "memory, and saves once: the bytes are those of the chain of pipes that --dry-run "
        "prints.\n\n"
        "One plan is written to --output. Many plans need --output-dir; each runs in a process of "
        "its own "
        "and is reported in one line, in the order given. With one plan the exit status is that of "
        "the stage that failed, with many it is 1 when any failed.\n\n"
        "A plan that fails writes nothing and removes nothing: where its output is there from an "
        "earlier run, the line about the failure says so. Collect results from a new directory, "
        "or by the lines that say 'done'.",
    .kind = RMT_STAGE_COMMAND,
    .argument = "PLAN...",
    .example = "remit run --output-dir results */plan.yaml",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
};

static const char program[] = "remit-run";

/* ---- names --------------------------------------------------------------------------------- */

/* The plan's study.id, or NULL; a plan that cannot be read is reported when it is run. */
static rmt_status read_study_id(char **out, const char *plan, rmt_error *err)
{
    rmt_doc *doc = NULL;
    rmt_error unreadable = {0};
    *out = NULL;
    if (rmt_tree_read(&doc, plan, &unreadable)) {
        if (unreadable.code != RMT_ERR_NOMEM) return RMT_OK;
        if (err) *err = unreadable;
        return RMT_ERR_NOMEM;
    }
    const char *id = rmt_node_text(rmt_node_get(rmt_node_get(rmt_doc_root(doc), "study"), "id"));
    if (id && id[0]) *out = rmt_mem_text(id, strlen(id), err);
    const rmt_status st = id && id[0] && !*out ? RMT_ERR_NOMEM : RMT_OK;
    rmt_doc_free(doc);
    return st;
}

/* The plan's directory, or its own name without the extension where there is none. */
static rmt_status name_from_path(char **out, const char *plan, rmt_error *err)
{
    const char *last = strrchr(plan, '/');
    const char *begin = last ? last + 1 : plan, *end = NULL;
    if (last) {
        end = last;
        while (end > plan && end[-1] == '/')
            end--;
        begin = end;
        while (begin > plan && begin[-1] != '/')
            begin--;
    }
    const size_t n = end ? (size_t)(end - begin) : 0;
    const bool usable = n > 0 && !(begin[0] == '.' && (n == 1 || (n == 2 && begin[1] == '.')));
    if (!usable) {
        begin = last ? last + 1 : plan;
        const char *dot = strrchr(begin, '.');
        end = dot && dot > begin ? dot : begin + strlen(begin);
    }
    *out = rmt_mem_text(begin, (size_t)(end - begin), err);
    return *out ? RMT_OK : RMT_ERR_NOMEM;
}

static rmt_status name_trial(rmt_trial *trial, const char *plan, const char *dir,
                             const char *output, rmt_error *err)
{
    static const char usable[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    rmt_status st;
    trial->plan = plan;
    trial->output = output;
    if ((st = read_study_id(&trial->name, plan, err))) return st;
    if (!trial->name && (st = name_from_path(&trial->name, plan, err))) return st;
    if (!dir) return RMT_OK;

    rmt_text path = {0};
    st = rmt_text_addf(&path, err, "%s%s%s.h5", dir, dir[strlen(dir) - 1] == '/' ? "" : "/",
                       trial->name);
    if (st) {
        rmt_text_clear(&path);
        return st;
    }
    /* An id is free text; a file name is not. */
    char *file = path.s + path.len - strlen(trial->name) - 3;
    for (char *c = file; *c; c++)
        if (!strchr(usable, *c)) *c = '-';
    if (*file == '.') *file = '-';
    trial->path = path.s;
    trial->output = trial->path;
    return RMT_OK;
}

static rmt_status refuse_same_output(const rmt_trial *trials, size_t n, rmt_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(trials[i].output, trials[k].output) == 0)
                return rmt_fail(err, RMT_ERR_USAGE,
                                "plans %s and %s would both be written to %s; tell them apart by "
                                "study.id (%s and %s)",
                                trials[k].plan, trials[i].plan, trials[i].output, trials[k].name,
                                trials[i].name);
    return RMT_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

typedef struct {
    const rmt_stage_list *stages;
    rmt_options *options;
    rmt_trial *trials;
    size_t n;
    rmt_trial_options how;
    const char *dir;
    int code;
} command;

static rmt_status read_command(command *c, rmt_error *err)
{
    const rmt_options *o = c->options;
    const char *output = rmt_options_text(o, "output");
    c->n = rmt_options_n_arguments(o);
    c->dir = rmt_options_text(o, "output-dir");
    c->how = (rmt_trial_options){.stages = c->stages,
                                 .quiet = rmt_options_flag(o, "quiet"),
                                 .verbose = rmt_options_flag(o, "verbose"),
                                 .no_clobber = rmt_options_flag(o, "no-clobber")};
    rmt_status st = rmt_max_problems(&c->how.max_problems, o, err);
    if (st) return st;
    if (c->n == 0) return rmt_fail(err, RMT_ERR_USAGE, "no PLAN given");
    if (c->dir && c->dir[0] == '\0')
        return rmt_fail(err, RMT_ERR_USAGE, "option '--output-dir' needs a directory");
    if (output[0] == '\0')
        return rmt_fail(err, RMT_ERR_USAGE, "option '--output' needs a file name");
    if (c->dir && rmt_options_given(o, "output"))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "options '--output' and '--output-dir' exclude each other");
    if (c->n > 1 && !c->dir)
        return rmt_fail(err, RMT_ERR_USAGE, "%zu plans need '--output-dir'", c->n);
    if ((st = rmt_trial_chain(&c->how.chain, &c->how.n_chain, c->stages,
                              rmt_options_text(o, "until"), err)))
        return st;
    if (!(c->trials = rmt_mem_array(c->n, sizeof *c->trials, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < c->n; i++) {
        st = name_trial(&c->trials[i], rmt_options_argument(o, i), c->dir, output, err);
        if (st) return st;
    }
    return refuse_same_output(c->trials, c->n, err);
}

static rmt_status print_script(const command *c, rmt_error *err)
{
    rmt_status st;
    rmt_text out = {0};
    if ((st = rmt_text_add(
             &out,
             "#!/bin/bash\n# what 'remit run' does, stage by stage\nstatus=0\n"
             "first_failure() { # exit codes of a pipe: that of the first stage that failed\n"
             "    local code\n"
             "    for code; do case $code in 0 | 141) ;; *) return \"$code\" ;; esac; done\n"
             "}\n",
             err)))
        goto done;
    if (c->dir) {
        if ((st = rmt_text_add(&out, "mkdir -p -- ", err))) goto done;
        if ((st = rmt_text_add_shell(&out, c->dir, err))) goto done;
        if ((st = rmt_text_add(&out, " || exit 73\n", err))) goto done;
    }
    for (size_t i = 0; i < c->n; i++) {
        if ((st = rmt_trial_script(&c->trials[i], &c->how, &out, err))) goto done;
        if ((st = rmt_text_addf(&out, err, "\nfirst_failure \"${PIPESTATUS[@]}\" || status=%s\n",
                                c->n > 1 ? "1" : "$?")))
            goto done;
    }
    if ((st = rmt_text_add(&out, "exit $status\n", err))) goto done;
    st = rmt_life_print(&out, err);
done:
    rmt_text_clear(&out);
    return st;
}

static rmt_status run_one(command *c, rmt_error *err)
{
    rmt_text log = {0};
    rmt_trial_result result = {0};
    const rmt_trial *trial = &c->trials[0];
    if (strcmp(trial->output, "-") == 0 && isatty(STDOUT_FILENO))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "a study file is no text for a terminal: give '--output FILE' or a pipe");
    rmt_error error = {0};
    rmt_status st = rmt_trial_run(trial, &c->how, &result, &log, &error);
    const bool success = c->how.verbose && !c->how.quiet;
    if (rmt_trial_tell(trial, &c->how, &result, st, &error, success, &log, err)) st = RMT_ERR_NOMEM;
    if (log.len) fputs(log.s, stderr);
    c->code = st ? rmt_status_exit_code(st) : result.found || result.withheld;
    rmt_text_clear(&log);
    return RMT_OK;
}

static rmt_status run_many(command *c, rmt_error *err)
{
    size_t n_failed = 0;
    const rmt_options *o = c->options;
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    double jobs = rmt_options_given(o, "jobs") ? rmt_options_number(o, "jobs") : (double)processors;
    if (jobs < 1) jobs = 1;
    if (jobs > (double)c->n) jobs = (double)c->n;
    const rmt_batch_options how = {
        .trial = c->how,
        .jobs = (size_t)jobs,
        .keep_going = !rmt_options_flag(o, "no-keep-going"),
        .progress =
            !rmt_options_flag(o, "no-progress") &&
            (rmt_options_flag(o, "progress") || (!c->how.quiet && rmt_life_progress_wanted())),
    };
    const rmt_status st = rmt_batch_run(c->trials, c->n, &how, &n_failed, err);
    if (n_failed > 0) c->code = 1;
    return st;
}

static rmt_status live(command *c, int argc, char *const *argv, rmt_error *err)
{
    rmt_status st;
    bool answered = false;
    st = rmt_stage_begin(&c->options, &answered, &rmt_command_run, program, argc, argv, err);
    if (st || answered) return st;
    if ((st = read_command(c, err))) return st;
    if (rmt_options_flag(c->options, "dry-run")) return print_script(c, err);
    if (c->dir && (st = rmt_command_make_directory(c->dir, err))) return st;
    return c->n > 1 ? run_many(c, err) : run_one(c, err);
}

int rmt_run_main(const rmt_stage_list *stages, int argc, char *const *argv)
{
    rmt_error error = {0};
    command c = {.stages = stages};
    const rmt_status st = live(&c, argc, argv, &error);
    int code = rmt_life_tell(program, "remit run", st, &error);
    if (!st) code = c.code;
    for (size_t i = 0; c.trials && i < c.n; i++) {
        rmt_mem_free(c.trials[i].name);
        rmt_mem_free(c.trials[i].path);
    }
    rmt_mem_free(c.trials);
    rmt_mem_free(c.how.chain);
    rmt_options_free(c.options);
    return rmt_life_end(program, code);
}
