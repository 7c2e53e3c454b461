/* export: one table of a study file as CSV, TSV or JSON.
 * Memory: O(cells of the table). Reads: any path. */
#include "rmt/grid.h"
#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/stage.h"
#include "rmt/table_text.h"

#include <stdio.h>
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
    const size_t n = rmt_study_size(s);
    const char **names = rmt_mem_array(n, sizeof *names, err);
    if (!names) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        names[i] = rmt_study_path(s, i);
    const char *near = rmt_text_nearest(path, names, n);
    const rmt_status st = rmt_fail(
        err, RMT_ERR_USAGE, "no table %s in this study file%s%s%s; 'remit show' lists them", path,
        near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    rmt_mem_free(names);
    return st;
}

/* Without a PATH: which there are. */
static rmt_status list_paths(const rmt_stage_run *run, rmt_error *err)
{
    static const rmt_grid_column columns[] = {{"PATH", false}, {"rows", true}};
    rmt_status st;
    rmt_grid *g = NULL;
    const rmt_table *t = NULL;
    char rows[RMT_NUM_BUF];
    if ((st = rmt_grid_new(&g, columns, 2, err))) return st;
    for (size_t i = 0; i < rmt_study_size(run->study); i++) {
        const char *path = rmt_study_path(run->study, i);
        if ((st = rmt_study_get(&t, run->study, path, err))) goto done;
        snprintf(rows, sizeof rows, "%zu", rmt_table_rows(t));
        if ((st = rmt_grid_add(g, (const char *const[]){path, rows}, err))) goto done;
    }
    if (rmt_study_plan(run->study) &&
        (st = rmt_grid_add(g, (const char *const[]){"/plan", "JSON"}, err)))
        goto done;
    if ((st = rmt_grid_write(g, false, run->text, err))) goto done;
    st = rmt_fail(err, RMT_ERR_USAGE, "PATH is missing: name one of these");
done:
    rmt_grid_free(g);
    return st;
}

/* What the format itself adds to a file; it is no table that stages know. */
static const char dictionary[] = "/dictionary";

static rmt_status write_dictionary(const rmt_stage_run *run, const char *format, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_study_describe(&t, run->study, err);
    if (!st) st = rmt_table_write(run->text, t, format, err);
    rmt_table_free(t);
    return st;
}

static rmt_status run_export(rmt_stage_run *run, rmt_error *err)
{
    const char *path = run->argument;
    const char *format = rmt_options_text(run->options, "format");
    const rmt_table *t = NULL;
    rmt_status st;
    if (!path) return list_paths(run, err);
    if (strcmp(path, "/plan") == 0) {
        const char *plan = rmt_study_plan(run->study);
        if (!plan) return rmt_fail(err, RMT_ERR_INCONSISTENT, "this study file holds no plan");
        return rmt_text_addf(run->text, err, "%s\n", plan);
    }
    if (strcmp(path, dictionary) == 0) return write_dictionary(run, format, err);
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
        "output; /plan gives the plan as JSON, /dictionary the order, type, title and unit of "
        "every "
        "column, and FILE without PATH says which there are. "
        "Numbers carry the fewest digits that read back to "
        "the "
        "same value; a missing cell is empty (null in JSON); booleans are true and false.",
    .kind = RMT_STAGE_SINK,
    .memory = "O(cells of the table)",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .argument = "PATH",
    .run = run_export,
};
