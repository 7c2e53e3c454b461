/* export: one table of a study file as CSV, TSV or JSON.
 * Memory: O(cells of the table). Reads: any path. */
#include "rmt/stage.h"
#include "rmt/table_text.h"

#include <string.h>

static const rmt_option options[] = {
    {.name = "format",
     .letter = 'f',
     .kind = RMT_OPTION_CHOICE,
     .placeholder = "FORMAT",
     .initial = "csv",
     .choices = "csv|tsv|json",
     .help = "how the table is written; JSON is a list of records"},
};

static rmt_status unknown_path(const rmt_study *s, const char *path, rmt_error *err)
{
    const char *names[256];
    size_t n = 0;
    for (size_t i = 0; i < rmt_study_size(s) && n < sizeof names / sizeof names[0]; i++)
        names[n++] = rmt_study_path(s, i);
    const char *near = rmt_text_nearest(path, names, n);
    return rmt_fail(err, RMT_ERR_USAGE,
                    "no table %s in this study file%s%s%s; 'remit show' lists them", path,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static rmt_status run_export(rmt_stage_run *run, rmt_error *err)
{
    const char *path = run->argument;
    const char *format = rmt_options_text(run->options, "format");
    const rmt_table *t = NULL;
    rmt_status st;
    if (strcmp(path, "/plan") == 0) {
        const char *plan = rmt_study_plan(run->study);
        if (!plan) return rmt_fail(err, RMT_ERR_INCONSISTENT, "this study file holds no plan");
        return rmt_text_addf(run->text, err, "%s\n", plan);
    }
    if (!rmt_study_has(run->study, path)) return unknown_path(run->study, path, err);
    if ((st = rmt_study_get(&t, run->study, path, err))) return st;
    return rmt_table_write(run->text, t, format, err);
}

const rmt_stage rmt_stage_export = {
    .name = "export",
    .summary = "write one table of a study file as CSV, TSV or JSON",
    .description =
        "Writes the table at PATH (for example /results/effects, /outcomes, /tables/caps5) to "
        "standard "
        "output; /plan gives the plan as JSON. Numbers carry the fewest digits that read back to "
        "the "
        "same value; a missing cell is empty (null in JSON); booleans are true and false.",
    .kind = RMT_STAGE_SINK,
    .memory = "O(cells of the table)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .argument = "PATH",
    .run = run_export,
};
