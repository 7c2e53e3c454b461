#include "run.h"

#include "rmt/life.h"
#include "rmt/mem.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static rmt_status refuse_stage(const char *name, const rmt_stage *const *chain, size_t n,
                               rmt_error *err)
{
    const char **names = rmt_mem_array(n, sizeof *names, err);
    rmt_text all = {0};
    rmt_status st = names ? RMT_OK : RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && !st; i++) {
        names[i] = chain[i]->name;
        st = rmt_text_addf(&all, err, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = st ? NULL : rmt_text_nearest(name, names, n);
    if (!st)
        st = rmt_fail(err, RMT_ERR_USAGE,
                      "option '--until': '%s' is no stage of the chain (%s)%s%s%s", name, all.s,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    rmt_text_clear(&all);
    rmt_mem_free(names);
    return st;
}

rmt_status rmt_trial_chain(const rmt_stage ***out, size_t *n, const rmt_stage_list *stages,
                           const char *until, rmt_error *err)
{
    size_t n_all = 0, n_wanted = 0;
    bool has_source = false;
    const rmt_stage **chain = rmt_mem_array(stages->n, sizeof *chain, err);
    if (!chain) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < stages->n; i++) {
        const rmt_stage *stage = stages->at[i];
        /* The list's first stage that makes a study begins it; other sources are other beginnings. */
        const bool begins = stage->kind == RMT_STAGE_SOURCE && !has_source;
        if (!begins && stage->kind != RMT_STAGE_FILTER) continue;
        has_source = true;
        chain[n_all++] = stage;
        if (until && strcmp(stage->name, until) == 0) n_wanted = n_all;
    }
    if (until && n_wanted == 0) {
        const rmt_status st = refuse_stage(until, chain, n_all, err);
        rmt_mem_free(chain);
        return st;
    }
    *out = chain;
    *n = until ? n_wanted : n_all;
    return RMT_OK;
}

/* Takes the note out that says what the failure says: it is told once. */
static void drop_note(rmt_problems *notes, const rmt_error *error)
{
    for (size_t i = 0; i < notes->n_kept; i++) {
        if (notes->kept[i].line != error->line || strcmp(notes->kept[i].msg, error->msg) != 0)
            continue;
        notes->n_kept--;
        notes->n_total--;
        for (size_t k = i; k < notes->n_kept; k++) {
            notes->kept[k] = notes->kept[k + 1];
            notes->severity[k] = notes->severity[k + 1];
        }
        return;
    }
}

/* One stage with its defaults; its notes go to the log. */
static rmt_status run_stage(const rmt_stage *stage, rmt_study *study, rmt_stage_plan *plan,
                            const rmt_trial *trial, const rmt_trial_options *options,
                            rmt_trial_result *result, rmt_text *log, rmt_error *err)
{
    rmt_status st;
    rmt_options *parsed = NULL;
    rmt_text text = {0}, prefix = {0};
    rmt_problems notes = {.most = options->max_problems};
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n_common);

    result->stage = stage->name;
    if ((st = rmt_options_parse(&parsed, stage->options, stage->n_options, common, n_common, 0,
                                NULL, err)))
        goto done;
    if (stage->kind != RMT_STAGE_SOURCE && (st = rmt_stage_plan_follow(plan, study, err)))
        goto done;
    rmt_stage_run run = {.list = options->stages,
                         .study = study,
                         .plan = stage->kind != RMT_STAGE_SOURCE ? plan->plan : NULL,
                         .options = parsed,
                         .argument = stage->argument ? trial->plan : NULL,
                         .settle_later = true,
                         .notes = &notes,
                         .text = &text};
    st = rmt_stage_apply(stage, &run, err);
    result->found = result->found || run.found;
    result->warned = result->warned || run.warned;
    result->withheld = run.withhold;
    if (!st && !run.withhold) result->stage = NULL;
    if (st && err) drop_note(&notes, err);
    rmt_status told = rmt_text_addf(&prefix, NULL, "remit-run: %s: %s", trial->name, stage->name);
    if (!told) told = rmt_life_notes(log, prefix.s, &notes, options->quiet, options->verbose, NULL);
    if (!st && told) st = rmt_fail(err, told, "out of memory");
done:
    rmt_problems_clear(&notes);
    rmt_text_clear(&prefix);
    rmt_text_clear(&text);
    rmt_options_free(parsed);
    return st;
}

rmt_status rmt_trial_run(const rmt_trial *trial, const rmt_trial_options *options,
                         rmt_trial_result *result, rmt_text *log, rmt_error *err)
{
    rmt_status st;
    rmt_study *study = NULL;
    rmt_stage_plan plan = {0};
    *result = (rmt_trial_result){0};
    if ((st = rmt_study_new(&study, err))) goto done;
    for (size_t i = 0; i < options->n_chain && !result->withheld; i++)
        if ((st = run_stage(options->chain[i], study, &plan, trial, options, result, log, err)))
            goto done;
    if (result->withheld) goto done;
    if ((st = rmt_stage_settle(options->stages, study, err))) goto done;
    const char *inputs[] = {trial->plan};
    const rmt_outfile_options how = {
        .no_clobber = options->no_clobber, .inputs = inputs, .n_inputs = 1};
    st = rmt_study_save(study, trial->output, &how, err);
done:
    rmt_stage_plan_clear(&plan);
    rmt_study_free(study);
    return st;
}

bool rmt_trial_has_older(const rmt_trial *trial)
{
    struct stat output, plan;
    if (strcmp(trial->output, "-") == 0 || stat(trial->output, &output) != 0) return false;
    if (!S_ISREG(output.st_mode) || output.st_size == 0) return false;
    return stat(trial->plan, &plan) != 0 || output.st_dev != plan.st_dev ||
           output.st_ino != plan.st_ino;
}

static bool has_option(const rmt_stage *stage, const char *name)
{
    for (size_t i = 0; stage && i < stage->n_options; i++)
        if (strcmp(stage->options[i].name, name) == 0) return true;
    return false;
}

/* How the study gets past the stage that withheld it, as far as the pipe up to there. */
static rmt_status add_way_past(rmt_text *log, const rmt_trial *trial,
                               const rmt_trial_options *options, const char *stage, rmt_error *err)
{
    rmt_status st = RMT_OK;
    if (!has_option(rmt_stage_find(options->stages, stage), "keep-going")) return RMT_OK;
    for (size_t i = 0; !st && i < options->n_chain; i++) {
        const rmt_stage *x = options->chain[i];
        st = rmt_text_addf(log, err, "%s%s", i ? " | remit " : " (to go on with it: remit ",
                           x->name);
        if (!st && x->argument) st = rmt_text_add(log, trial->plan[0] == '-' ? " -- " : " ", err);
        if (!st && x->argument) st = rmt_text_add_shell(log, trial->plan, err);
        if (strcmp(x->name, stage) == 0) break;
    }
    return st ? st : rmt_text_add(log, " --keep-going | ...)", err);
}

static rmt_status add_failure(rmt_text *log, const rmt_trial *trial,
                              const rmt_trial_options *options, const rmt_trial_result *result,
                              const rmt_error *error, rmt_error *err)
{
    enum { LONGEST = 1024 };
    char why[LONGEST] = "the study does not pass";
    if (!result->withheld) rmt_error_format(error, why, sizeof why);
    rmt_status st =
        rmt_text_addf(log, err, "remit-run: %s: failed%s%s: %s", trial->name,
                      result->stage ? ": " : "", result->stage ? result->stage : "", why);
    if (!st && result->withheld) st = add_way_past(log, trial, options, result->stage, err);
    /* What cannot be created is named by the message itself. */
    if (!st && error->code != RMT_ERR_CREATE && rmt_trial_has_older(trial))
        st = rmt_text_addf(log, err, "; %s is of an earlier run", trial->output);
    return st ? st : rmt_text_add(log, "\n", err);
}

rmt_status rmt_trial_tell(const rmt_trial *trial, const rmt_trial_options *options,
                          const rmt_trial_result *result, rmt_status st, const rmt_error *error,
                          bool success, rmt_text *log, rmt_error *err)
{
    if (st || result->withheld) return add_failure(log, trial, options, result, error, err);
    if (!success) return RMT_OK;
    return rmt_text_addf(log, err, "remit-run: %s: done%s, %s\n", trial->name,
                         result->found || result->warned ? " with findings" : "", trial->output);
}

rmt_status rmt_trial_script(const rmt_trial *trial, const rmt_trial_options *options, rmt_text *out,
                            rmt_error *err)
{
    rmt_status st = RMT_OK;
    const char *separator = "";
    for (size_t i = 0; !st && i < options->n_chain; i++) {
        const rmt_stage *stage = options->chain[i];
        st = rmt_text_addf(out, err, "%sremit %s%s%s", separator, stage->name,
                           options->quiet ? " --quiet" : "", options->verbose ? " --verbose" : "");
        if (!st && stage->argument) {
            /* A plan called "-x" shall not be taken for an option. */
            st = rmt_text_add(out, trial->plan[0] == '-' ? " -- " : " ", err);
            if (!st) st = rmt_text_add_shell(out, trial->plan, err);
        }
        separator = " |\n    ";
    }
    if (!st && options->no_clobber) st = rmt_text_add(out, " --no-clobber", err);
    if (!st && strcmp(trial->output, "-") != 0) {
        rmt_text word = {0};
        st = rmt_text_addf(&word, err, "--output=%s", trial->output);
        if (!st) st = rmt_text_add(out, " ", err);
        if (!st) st = rmt_text_add_shell(out, word.s, err);
        rmt_text_clear(&word);
    }
    return st;
}
