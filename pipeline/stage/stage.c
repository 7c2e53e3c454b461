#include "rmt/stage.h"

#include "rmt/dist.h"
#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/tree.h"

#include <stdio.h>
#include <string.h>

#define PROVENANCE "/provenance"

static const rmt_column_spec provenance_columns[] = {
    {"stage", RMT_TYPE_STRING, "stage that ran", NULL},
    {"version", RMT_TYPE_STRING, "version of remit", NULL},
    {"command", RMT_TYPE_STRING, "effective options as a command, without input and output", NULL},
    {"input_sha256", RMT_TYPE_STRING, "SHA-256 of the tables and the plan it read", NULL},
    {"seed", RMT_TYPE_STRING, "seed of its random numbers; empty where it uses none", NULL},
    {"libraries", RMT_TYPE_STRING, "libraries and their versions", NULL},
};
enum { P_STAGE, P_VERSION, P_COMMAND, P_INPUT, P_SEED, P_LIBRARIES, N_PROVENANCE };

const rmt_stage *rmt_stage_find(const rmt_stage_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->at[i]->name, name) == 0) return list->at[i];
    return NULL;
}

const char *rmt_stage_text_option(const rmt_stage *stage, const rmt_options *options)
{
    for (size_t i = 0; i < stage->n_text_options; i++)
        if (rmt_options_given(options, stage->text_options[i])) return stage->text_options[i];
    return NULL;
}

/* ---- paths --------------------------------------------------------------------------------- */

/* Length of a need without the mark of an optional one. */
static size_t need_length(const char *need)
{
    size_t n = strlen(need);
    return n > 0 && need[n - 1] == '?' ? n - 1 : n;
}

/* a[0..na) is b[0..nb) or lies above it. */
static bool is_above(const char *a, size_t na, const char *b, size_t nb)
{
    return na <= nb && memcmp(a, b, na) == 0 && (na == nb || b[na] == '/');
}

/* The study holds a table at path[0..n) or below it. */
static bool holds(const rmt_study *s, const char *path, size_t n)
{
    for (size_t i = 0; i < rmt_study_size(s); i++) {
        const char *p = rmt_study_path(s, i);
        if (is_above(path, n, p, strlen(p))) return true;
    }
    return false;
}

/* Both name the same tables, at least in part. */
static bool overlap(const char *need, const char *added)
{
    const size_t n = need_length(need), m = strlen(added);
    return is_above(need, n, added, m) || is_above(added, m, need, n);
}

static const rmt_stage *stage_adding(const rmt_stage_list *list, const char *need)
{
    for (size_t i = 0; i < list->n; i++)
        for (size_t k = 0; k < list->at[i]->n_adds; k++)
            if (overlap(need, list->at[i]->adds[k])) return list->at[i];
    return NULL;
}

static bool reads_from(const rmt_stage *reader, const rmt_stage *writer)
{
    for (size_t i = 0; i < reader->n_needs; i++)
        for (size_t k = 0; k < writer->n_adds; k++)
            if (overlap(reader->needs[i], writer->adds[k])) return true;
    return false;
}

rmt_status rmt_stage_require(const char *stage, const rmt_stage_run *run, const char *path,
                             rmt_error *err)
{
    const size_t n = need_length(path);
    if (holds(run->study, path, n)) return RMT_OK;
    const rmt_stage *adding = stage_adding(run->list, path);
    if (!adding)
        return rmt_fail(err, RMT_ERR_INCONSISTENT,
                        "remit %s needs %.*s, which this study file lacks", stage, (int)n, path);
    return rmt_fail(err, RMT_ERR_INCONSISTENT, "remit %s needs %.*s: run 'remit %s' first", stage,
                    (int)n, path, adding->name);
}

static rmt_status check_needs(const rmt_stage *stage, const rmt_stage_run *run, rmt_error *err)
{
    for (size_t i = 0; i < stage->n_needs; i++) {
        const char *need = stage->needs[i];
        if (need[need_length(need)] == '?') continue;
        rmt_status st = rmt_stage_require(stage->name, run, need, err);
        if (st) return st;
    }
    return RMT_OK;
}

/* ---- /provenance --------------------------------------------------------------------------- */

typedef struct {
    char *cell[N_PROVENANCE];
} record;

static void record_clear(record *r)
{
    for (size_t c = 0; c < N_PROVENANCE; c++) {
        rmt_mem_free(r->cell[c]);
        r->cell[c] = NULL;
    }
}

static rmt_status record_set(record *r, size_t c, const char *s, rmt_error *err)
{
    char *copy = rmt_mem_text(s, strlen(s), err);
    if (!copy) return RMT_ERR_NOMEM;
    rmt_mem_free(r->cell[c]);
    r->cell[c] = copy;
    return RMT_OK;
}

/* Place in the stage list; stages this program does not know come last, in the order they had. */
static size_t rank(const rmt_stage_list *list, const char *name)
{
    size_t i = 0;
    while (i < list->n && strcmp(list->at[i]->name, name) != 0)
        i++;
    return i;
}

/* Columns of `old` by name: the table may come from other software. */
static rmt_status check_provenance(const rmt_table *old, size_t col[N_PROVENANCE], rmt_error *err)
{
    for (size_t c = 0; c < N_PROVENANCE; c++) {
        rmt_status st = rmt_table_need(&col[c], old, provenance_columns[c].name, RMT_KIND_TEXT,
                                       PROVENANCE, err);
        if (st) return st;
    }
    return RMT_OK;
}

static rmt_status new_provenance(rmt_table **out, rmt_error *err)
{
    rmt_table *t = NULL;
    rmt_status st = rmt_table_new(&t, "How each part was made, one row per stage", err);
    if (!st) st = rmt_table_add_columns(t, provenance_columns, N_PROVENANCE, err);
    if (st) rmt_table_free(t);
    else *out = t;
    return st;
}

static rmt_status add_row(rmt_table *t, const char *const cell[N_PROVENANCE], rmt_error *err)
{
    const size_t row = rmt_table_rows(t);
    rmt_status st = rmt_table_add_rows(t, 1, err);
    for (size_t c = 0; !st && c < N_PROVENANCE; c++)
        st = rmt_table_set_text(t, c, row, cell[c], strlen(cell[c]), err);
    return st;
}

static rmt_status add_record(rmt_table *t, const record *r, rmt_error *err)
{
    const char *cell[N_PROVENANCE];
    for (size_t c = 0; c < N_PROVENANCE; c++)
        cell[c] = r->cell[c] ? r->cell[c] : "";
    return add_row(t, cell, err);
}

/* Writes the table anew: without the row of `name`, with `added` (NULL = none) in its place of the
 * stage list. */
static rmt_status rewrite_provenance(const rmt_stage_run *run, const char *name,
                                     const record *added, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_study *study = run->study;
    const rmt_table *old = NULL;
    rmt_table *t = NULL;
    size_t col[N_PROVENANCE] = {0};

    if (rmt_study_has(study, PROVENANCE)) {
        if ((st = rmt_study_get(&old, study, PROVENANCE, err))) goto done;
        if ((st = check_provenance(old, col, err))) goto done;
    } else if (!added) {
        goto done;
    }
    if ((st = new_provenance(&t, err))) goto done;
    for (size_t row = 0; old && row < rmt_table_rows(old); row++) {
        const char *cell[N_PROVENANCE];
        for (size_t c = 0; c < N_PROVENANCE; c++)
            cell[c] = rmt_table_text(old, col[c], row);
        if (strcmp(cell[P_STAGE], name) == 0) continue;
        if (added && rank(run->list, cell[P_STAGE]) > rank(run->list, name)) {
            if ((st = add_record(t, added, err))) goto done;
            added = NULL;
        }
        if ((st = add_row(t, cell, err))) goto done;
    }
    if (added && (st = add_record(t, added, err))) goto done;
    if (rmt_table_rows(t) == 0) rmt_study_remove(study, PROVENANCE);
    else st = rmt_study_put(study, PROVENANCE, &t, err);
done:
    rmt_table_free(t);
    return st;
}

static rmt_status has_record(bool *out, rmt_study *study, const char *name, rmt_error *err)
{
    *out = false;
    if (!rmt_study_has(study, PROVENANCE)) return RMT_OK;
    const rmt_table *t = NULL;
    size_t col[N_PROVENANCE] = {0};
    rmt_status st;
    if ((st = rmt_study_get(&t, study, PROVENANCE, err))) return st;
    if ((st = check_provenance(t, col, err))) return st;
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (strcmp(rmt_table_text(t, col[P_STAGE], row), name) == 0) *out = true;
    return RMT_OK;
}

/* What the record of a stage calls its input. A source reads files, not tables: what it made of them stands for that. */
static const char *const *inputs_of(const rmt_stage *stage, size_t *n)
{
    const bool source = stage->kind == RMT_STAGE_SOURCE;
    *n = source ? stage->n_adds : stage->n_needs;
    return source ? stage->adds : stage->needs;
}

static rmt_status digest_inputs(char hex[RMT_DIGEST_HEX], const rmt_stage *stage, rmt_study *study,
                                rmt_error *err)
{
    rmt_status st = RMT_ERR_NOMEM;
    size_t n;
    const char *const *paths = inputs_of(stage, &n);
    char **bare = rmt_mem_array(n, sizeof *bare, err);
    if (!bare) goto done;
    for (size_t i = 0; i < n; i++)
        if (!(bare[i] = rmt_mem_text(paths[i], need_length(paths[i]), err))) goto done;
    st = rmt_study_digest(study, (const char *const *)bare, n, hex, err);
done:
    for (size_t i = 0; bare && i < n; i++)
        rmt_mem_free(bare[i]);
    rmt_mem_free(bare);
    return st;
}

static rmt_status record_input(record *r, const rmt_stage *stage, rmt_study *study, rmt_error *err)
{
    char hex[RMT_DIGEST_HEX];
    rmt_status st = digest_inputs(hex, stage, study, err);
    return st ? st : record_set(r, P_INPUT, hex, err);
}

rmt_status rmt_stage_settle(const rmt_stage_list *list, rmt_study *study, rmt_error *err)
{
    rmt_status st = RMT_OK;
    const rmt_table *old = NULL;
    rmt_table *t = NULL;
    size_t col[N_PROVENANCE] = {0};

    if (!rmt_study_has(study, PROVENANCE)) goto done;
    if ((st = rmt_study_get(&old, study, PROVENANCE, err))) goto done;
    if ((st = check_provenance(old, col, err))) goto done;
    if ((st = new_provenance(&t, err))) goto done;
    for (size_t row = 0; row < rmt_table_rows(old); row++) {
        char hex[RMT_DIGEST_HEX];
        const char *cell[N_PROVENANCE];
        for (size_t c = 0; c < N_PROVENANCE; c++)
            cell[c] = rmt_table_text(old, col[c], row);
        const rmt_stage *stage = rmt_stage_find(list, cell[P_STAGE]);
        if (stage && cell[P_INPUT][0] == '\0') {
            if ((st = digest_inputs(hex, stage, study, err))) goto done;
            cell[P_INPUT] = hex;
        }
        if ((st = add_row(t, cell, err))) goto done;
    }
    st = rmt_study_put(study, PROVENANCE, &t, err);
done:
    rmt_table_free(t);
    return st;
}

/* What `stage` is about to replace may be input of a stage before, whose record lacks its digest. */
static rmt_status settle_before(const rmt_stage *stage, const rmt_stage_run *run, rmt_error *err)
{
    for (size_t i = 0; i < run->list->n; i++) {
        size_t n;
        const char *const *paths = inputs_of(run->list->at[i], &n);
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < stage->n_adds; j++)
                if (overlap(paths[k], stage->adds[j]) &&
                    holds(run->study, stage->adds[j], strlen(stage->adds[j])))
                    return rmt_stage_settle(run->list, run->study, err);
    }
    return RMT_OK;
}

static const char *seed_of(const rmt_stage *stage, const rmt_options *o)
{
    for (size_t i = 0; i < stage->n_options; i++)
        if (strcmp(stage->options[i].name, "seed") == 0) return rmt_options_text(o, "seed");
    return NULL;
}

static rmt_status record_fill(record *r, const rmt_stage *stage, const rmt_stage_run *run,
                              rmt_error *err)
{
    rmt_status st;
    rmt_text command = {0};
    char libraries[64]; /* those that numbers depend on: nothing else may change a file */
    const char *seed = seed_of(stage, run->options);
    rmt_stats_versions(libraries, sizeof libraries);
    if ((st = rmt_options_command(run->options, stage->name, run->plan_keys, run->n_plan_keys,
                                  &command, err)))
        goto done;
    if ((st = record_set(r, P_STAGE, stage->name, err))) goto done;
    if ((st = record_set(r, P_VERSION, rmt_version(), err))) goto done;
    if ((st = record_set(r, P_COMMAND, command.s, err))) goto done;
    if ((st = record_set(r, P_SEED, seed ? seed : "", err))) goto done;
    st = record_set(r, P_LIBRARIES, libraries, err);
done:
    rmt_text_clear(&command);
    return st;
}

/* ---- applying ------------------------------------------------------------------------------ */

static size_t remove_added(const rmt_stage *stage, rmt_study *study)
{
    size_t n = 0;
    for (size_t i = 0; i < stage->n_adds; i++)
        n += rmt_study_remove(study, stage->adds[i]);
    return n;
}

/* What a stage read has changed: its results no longer belong to the file. */
static rmt_status remove_dependents(const rmt_stage *changed, const rmt_stage *cause,
                                    rmt_stage_run *run, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < run->list->n; i++) {
        const rmt_stage *stage = run->list->at[i];
        if (stage == cause || stage == changed || stage->kind != RMT_STAGE_FILTER) continue;
        if (!reads_from(stage, changed)) continue;
        bool recorded = false;
        if ((st = has_record(&recorded, run->study, stage->name, err))) return st;
        if (remove_added(stage, run->study) == 0 && !recorded) continue;
        if ((st = rewrite_provenance(run, stage->name, NULL, err))) return st;
        if (run->notes)
            rmt_problems_add(
                run->notes, RMT_SEVERITY_WARNING, RMT_ERR_INCONSISTENT, NULL, 0, NULL,
                "the results of 'remit %s' depended on what 'remit %s' replaces and are "
                "removed; run it again",
                stage->name, cause->name);
        if ((st = remove_dependents(stage, cause, run, err))) return st;
    }
    return RMT_OK;
}

static rmt_status run_recorded(const rmt_stage *stage, rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    record r = {{0}};
    const bool source = stage->kind == RMT_STAGE_SOURCE;

    if (stage->needs_plan && !run->plan) {
        st = rmt_fail(err, RMT_ERR_INCONSISTENT,
                      "this study file holds no plan, which 'remit %s' needs", stage->name);
        goto done;
    }
    if ((st = check_needs(stage, run, err))) goto done;
    if (stage->kind != RMT_STAGE_SINK) {
        if (run->settle_later && (st = settle_before(stage, run, err))) goto done;
        remove_added(stage, run->study);
        /* Where text is made in place of a study, nothing is replaced and nothing to be warned of.
         */
        const bool text_only = rmt_stage_text_option(stage, run->options) != NULL;
        if (!text_only && (st = remove_dependents(stage, stage, run, err))) goto done;
        if (!source && !run->settle_later && (st = record_input(&r, stage, run->study, err)))
            goto done;
    }
    if ((st = stage->run(run, err))) goto done;
    if (stage->kind == RMT_STAGE_SINK) goto done;
    if (source && run->settle_later) rmt_study_digest_ahead(run->study);
    else if (source && (st = record_input(&r, stage, run->study, err))) goto done;
    if ((st = record_fill(&r, stage, run, err))) goto done;
    st = rewrite_provenance(run, stage->name, &r, err);
done:
    record_clear(&r);
    return st;
}

void rmt_stage_plan_clear(rmt_stage_plan *held)
{
    rmt_plan_free(held->plan);
    rmt_doc_free(held->doc);
    rmt_mem_free(held->json);
    *held = (rmt_stage_plan){0};
}

rmt_status rmt_stage_plan_follow(rmt_stage_plan *held, const rmt_study *study, rmt_error *err)
{
    rmt_status st;
    const char *json = rmt_study_plan(study);
    if (held->plan && json && strcmp(held->json, json) == 0) return RMT_OK;
    rmt_stage_plan_clear(held);
    if (!json) return RMT_OK;
    const size_t n = strlen(json);
    if (!(held->json = rmt_mem_text(json, n, err))) return RMT_ERR_NOMEM;
    if ((st = rmt_tree_parse_json(&held->doc, json, n, "/plan", err))) return st;
    return rmt_plan_parse(&held->plan, rmt_doc_root(held->doc), err);
}

rmt_status rmt_stage_apply(const rmt_stage *stage, rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_stage_plan own = {0};
    const rmt_plan *given = run->plan;

    if (!given && stage->kind != RMT_STAGE_SOURCE) {
        if ((st = rmt_stage_plan_follow(&own, run->study, err))) goto done;
        run->plan = own.plan;
    }
    if (stage->applies && !stage->applies(run->plan)) {
        if (run->notes)
            rmt_problems_add(run->notes, RMT_SEVERITY_INFO, RMT_ERR_CONFIG, NULL, 0, NULL,
                             "nothing to do for this plan");
        goto done;
    }
    st = run_recorded(stage, run, err);
    /* A failure without a message is a bug of the stage; the user shall still hear which one. */
    if (st && (!err || err->code == RMT_OK))
        rmt_fail(err, st, "remit %s failed without saying why", stage->name);
done:
    run->plan = given;
    rmt_stage_plan_clear(&own);
    return st;
}
