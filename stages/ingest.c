/* ingest: plan + CSV files -> a study file.
 * Memory: O(columns); many cells lie in a temporary file. Reads: the plan, its schemas, instruments and CSVs. Adds: /plan,
 * /sources, /source_notes, /source_columns, /source_findings, /tables, /wide. */
#include "rmt/csv.h"
#include "rmt/datapackage.h"
#include "rmt/mem.h"
#include "rmt/redcap_files.h"
#include "rmt/source_columns.h"
#include "rmt/source_findings.h"
#include "rmt/source_notes.h"
#include "rmt/stage.h"
#include "rmt/stage_files.h"
#include "rmt/tree.h"
#include "rmt/wide_file.h"

#include <string.h>

static const char *const adds[] = {"/sources",          RMT_SOURCE_NOTES, RMT_SOURCE_COLUMNS,
                                   RMT_SOURCE_FINDINGS, "/tables",        "/wide"};

static const rmt_column_spec source_columns[] = {
    {"name", RMT_TYPE_STRING, "table name in the plan", NULL},
    {"file", RMT_TYPE_STRING, "file as named in the plan", NULL},
    {"sha256", RMT_TYPE_STRING, "SHA-256 of the file's bytes", NULL},
    {"bytes", RMT_TYPE_NUMBER, "size of the file", "bytes"},
    {"lines", RMT_TYPE_NUMBER, "lines of the file", NULL},
    {"blank_lines", RMT_TYPE_NUMBER,
     "lines without a character, or with delimiters alone, passed over", NULL},
    {"skipped_lines", RMT_TYPE_NUMBER, "lines before the header and comments, passed over", NULL},
    {"inner_lines", RMT_TYPE_NUMBER, "lines that continue a row, within a quoted cell", NULL},
    {"rows", RMT_TYPE_NUMBER, "data rows that the file has", NULL},
    {"rows_stored", RMT_TYPE_NUMBER, "rows of them in the table", NULL},
    {"rows_refused", RMT_TYPE_NUMBER, "rows that a problem names", NULL},
    {"rows_set_aside", RMT_TYPE_NUMBER, "rows of a REDCap export that are no part of this table",
     NULL},
    {"cells", RMT_TYPE_NUMBER, "cells of all data rows", NULL},
    {"cells_stored", RMT_TYPE_NUMBER, "cells of the rows stored", NULL},
    {"cells_set_aside", RMT_TYPE_NUMBER, "cells of a REDCap export that are no part of this table",
     NULL},
    {"cells_missing", RMT_TYPE_NUMBER, "cells stored that are empty or a missing code", NULL},
    {"cells_unreadable", RMT_TYPE_NUMBER, "cells stored as missing, with their text as the reason",
     NULL},
    {"columns", RMT_TYPE_INTEGER, "columns of the file", NULL},
    {"encoding", RMT_TYPE_STRING, "encoding used to read it", NULL},
    {"delimiter", RMT_TYPE_STRING, "delimiter used to read it", NULL},
    {"types", RMT_TYPE_STRING, "where the types come from: schema or inferred", NULL},
};
enum {
    S_NAME,
    S_FILE,
    S_SHA256,
    S_BYTES,
    S_LINES,
    S_BLANK_LINES,
    S_SKIPPED_LINES,
    S_INNER_LINES,
    S_ROWS,
    S_ROWS_STORED,
    S_ROWS_REFUSED,
    S_ROWS_SET_ASIDE,
    S_CELLS,
    S_CELLS_STORED,
    S_CELLS_SET_ASIDE,
    S_CELLS_MISSING,
    S_CELLS_UNREADABLE,
    S_COLUMNS,
    S_ENCODING,
    S_DELIMITER,
    S_TYPES,
    N_SOURCE_COLUMNS
};

static rmt_status set_text(rmt_table *t, size_t col, size_t row, const char *s, rmt_error *err)
{
    return rmt_table_set_text(t, col, row, s, strlen(s), err);
}

static rmt_status add_source(rmt_table *sources, const rmt_plan_table *pt,
                             const rmt_csv_facts *facts, size_t n_columns, rmt_error *err)
{
    size_t row = rmt_table_rows(sources);
    const char delimiter[2] = {facts->delimiter, '\0'};
    const struct {
        size_t column, n;
    } counts[] = {{S_BYTES, facts->bytes},
                  {S_LINES, facts->lines},
                  {S_BLANK_LINES, facts->blank_lines},
                  {S_SKIPPED_LINES, facts->skipped_lines},
                  {S_INNER_LINES, facts->inner_lines},
                  {S_ROWS, facts->rows},
                  {S_ROWS_STORED, facts->rows_stored},
                  {S_ROWS_REFUSED, facts->rows_refused},
                  {S_ROWS_SET_ASIDE, facts->rows_set_aside},
                  {S_CELLS, facts->cells},
                  {S_CELLS_STORED, facts->cells_stored},
                  {S_CELLS_SET_ASIDE, facts->cells_set_aside},
                  {S_CELLS_MISSING, facts->cells_missing},
                  {S_CELLS_UNREADABLE, facts->cells_unreadable}};
    rmt_status st;
    if ((st = rmt_table_add_rows(sources, 1, err))) return st;
    if ((st = set_text(sources, S_NAME, row, pt->name, err))) return st;
    if ((st = set_text(sources, S_FILE, row, pt->file, err))) return st;
    if ((st = set_text(sources, S_SHA256, row, facts->sha256, err))) return st;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if ((st = rmt_table_set_number(sources, counts[i].column, row, (double)counts[i].n, err)))
            return st;
    rmt_table_set_integer(sources, S_COLUMNS, row, (int32_t)n_columns);
    if ((st = set_text(sources, S_ENCODING, row, facts->encoding, err))) return st;
    if ((st = set_text(sources, S_DELIMITER, row, delimiter, err))) return st;
    return set_text(sources, S_TYPES, row, pt->schema ? "schema" : "inferred", err);
}

/* Cells that did not fit their type are kept with their text; the user hears of them at once. */
static void note_unreadable(size_t n, const rmt_plan_table *pt, rmt_problems *notes)
{
    if (n > 0)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_ERR_SCHEMA, pt->file, 0, NULL,
                         "%zu cell%s not of the column's type; 'remit validate' lists them", n,
                         n == 1 ? " is" : "s are");
}

/* What the file of pt was taken for. */
static void note_reading(const rmt_csv_facts *facts, const rmt_plan_table *pt, rmt_problems *notes)
{
    if (!pt->delimiter)
        rmt_problems_add(notes, RMT_SEVERITY_INFO, RMT_OK, pt->file, 0, NULL,
                         "the delimiter is taken to be '%s'",
                         facts->delimiter == '\t' ? "tab" : (char[]){facts->delimiter, '\0'});
    if (facts->blank_lines > 0)
        rmt_problems_add(notes, RMT_SEVERITY_WARNING, RMT_OK, pt->file, 0, NULL,
                         "%zu blank line%s passed over", facts->blank_lines,
                         facts->blank_lines == 1 ? "" : "s");
}

static rmt_status put_table(rmt_stage_run *run, const char *group, const char *name, rmt_table **t,
                            rmt_error *err)
{
    rmt_text path = {0};
    rmt_status st = rmt_text_addf(&path, err, "%s/%s", group, name);
    if (!st) st = rmt_study_put(run->study, path.s, t, err);
    rmt_text_clear(&path);
    return st;
}

/* What ingest tells besides the tables. */
typedef struct {
    rmt_table *sources, *notes, *columns, *findings;
} accounts;

static rmt_status accounts_new(accounts *a, rmt_error *err)
{
    rmt_status st = rmt_table_new(&a->sources, "Files read, one per table", err);
    if (!st) st = rmt_table_add_columns(a->sources, source_columns, N_SOURCE_COLUMNS, err);
    if (!st) st = rmt_source_notes_new(&a->notes, err);
    if (!st) st = rmt_source_columns_new(&a->columns, err);
    return st ? st : rmt_redcap_found_new(&a->findings, err);
}

static void accounts_clear(accounts *a)
{
    rmt_table_free(a->sources);
    rmt_table_free(a->notes);
    rmt_table_free(a->columns);
    rmt_table_free(a->findings);
}

static rmt_status accounts_put(accounts *a, rmt_study *study, rmt_error *err)
{
    rmt_status st = rmt_study_put(study, "/sources", &a->sources, err);
    if (!st && rmt_table_rows(a->notes) > 0)
        st = rmt_study_put(study, RMT_SOURCE_NOTES, &a->notes, err);
    if (!st && rmt_table_rows(a->columns) > 0)
        st = rmt_study_put(study, RMT_SOURCE_COLUMNS, &a->columns, err);
    if (!st && rmt_table_rows(a->findings) > 0)
        st = rmt_study_put(study, RMT_SOURCE_FINDINGS, &a->findings, err);
    return st;
}

/* A table of forms, out of the REDCap export. */
static rmt_status ingest_forms(rmt_stage_run *run, const rmt_plan_table *pt,
                               const rmt_redcap_file *redcap, const accounts *a, rmt_error *err)
{
    rmt_table *t = NULL, *columns = NULL;
    rmt_csv_facts facts = {0};
    rmt_status st =
        rmt_redcap_file_table(&t, &columns, a->findings, &facts, redcap, pt, run->notes, err);
    if (!st) st = add_source(a->sources, pt, &facts, rmt_redcap_file_columns(redcap), err);
    if (!st) st = rmt_redcap_file_places(a->columns, redcap, pt->name, t, columns, err);
    if (!st) note_unreadable(facts.cells_unreadable, pt, run->notes);
    if (!st && columns) st = put_table(run, "/wide", pt->name, &columns, err);
    if (!st) st = put_table(run, "/tables", pt->name, &t, err);
    rmt_table_free(columns);
    rmt_table_free(t);
    return st;
}

/* How the file of pt is to be read. */
static rmt_csv_options options_of(const rmt_plan_table *pt, const rmt_plan_uses *uses)
{
    return (rmt_csv_options){.encoding = pt->encoding,
                             .delimiter = pt->delimiter,
                             .decimal_char = pt->decimal,
                             .skip_rows = pt->skip_rows,
                             .label_rows = pt->label_rows,
                             .footer_rows = pt->footer_rows,
                             .comment = pt->comment,
                             .missing = pt->missing,
                             .names = pt->names,
                             .schema = pt->schema,
                             .labels = uses->labels,
                             .n_labels = uses->n_labels,
                             .numbers = uses->numbers,
                             .n_numbers = uses->n_numbers,
                             .sure_numbers = uses->numbers,
                             .n_sure_numbers = uses->n_numbers};
}

/* file: where the table's file really is. */
static rmt_status ingest_table(rmt_stage_run *run, const rmt_plan *plan, const rmt_plan_table *pt,
                               const char *file, const accounts *a, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_table *t = NULL, *columns = NULL;
    rmt_csv_facts facts = {0};
    rmt_plan_uses uses = {0};
    size_t n_columns = 0;
    if ((st = rmt_plan_column_uses(&uses, plan, pt->name, err))) return st;
    const char *digits;
    rmt_digest_kind digest;
    rmt_csv_options options = options_of(pt, &uses);
    if (rmt_stage_expected_digest(&digest, &digits, pt)) options.digest = &digest;
    if (pt->wide)
        st = rmt_wide_file_read(&t, &columns, a->columns, &facts, &n_columns, file, pt, &options,
                                run->notes, err);
    else if (!(st = rmt_csv_read(&t, &facts, file, pt->file, &options, run->notes, err)))
        n_columns = rmt_table_columns(t) - 1;
    if (st || (st = add_source(a->sources, pt, &facts, n_columns, err))) goto done;
    if ((st = rmt_stage_check_expected(pt, &facts, n_columns, run->notes, err))) goto done;
    if (!pt->schema)
        rmt_problems_add(run->notes, RMT_SEVERITY_INFO, RMT_OK, pt->file, 0, NULL,
                         "no schema: types are inferred from the values");
    note_reading(&facts, pt, run->notes);
    note_unreadable(facts.cells_unreadable, pt, run->notes);
    if (columns && (st = put_table(run, "/wide", pt->name, &columns, err))) goto done;
    st = put_table(run, "/tables", pt->name, &t, err);
done:
    rmt_plan_uses_clear(&uses);
    rmt_table_free(columns);
    rmt_table_free(t);
    return st;
}

/* A table with a file of its own, named as the plan's author wrote it and seen from the plan's directory. It is an input: no
 * output may take its place. */
static rmt_status ingest_file(rmt_stage_run *run, const rmt_plan *plan, const rmt_plan_table *pt,
                              const rmt_node *read, const char *directory, const accounts *a,
                              rmt_error *err)
{
    const rmt_node *table = rmt_node_get(rmt_node_get(read, "data"), pt->name);
    char *file = NULL;
    rmt_status st =
        rmt_stage_path_beside(&file, directory, rmt_node_text(rmt_node_get(table, "file")), err);
    if (!st) st = rmt_study_add_input(run->study, file, err);
    if (!st) st = ingest_table(run, plan, pt, file, a, err);
    rmt_mem_free(file);
    return st;
}

/* The export, for the first table of its forms. */
static rmt_status open_redcap(rmt_redcap_file **out, rmt_stage_run *run, const rmt_node *read,
                              const rmt_plan *plan, const rmt_plan_table *pt, const char *directory,
                              rmt_table *found, rmt_error *err)
{
    rmt_status st =
        rmt_redcap_file_open(out, read, plan, directory, run->study, found, run->notes, err);
    if (!st) note_reading(rmt_redcap_file_facts(*out), pt, run->notes);
    return st;
}

/* All files are read even when one is broken: the user hears of every structural fault at once. read: the plan as its
 * author wrote it. */
static rmt_status ingest_tables(rmt_stage_run *run, const rmt_plan *plan, const rmt_node *read,
                                const char *directory, const accounts *a, rmt_error *err)
{
    rmt_problems *const notes = run->notes;
    rmt_redcap_file *redcap = NULL;
    rmt_status worst = RMT_OK, of_redcap = RMT_OK;
    for (size_t i = 0; i < plan->n_tables; i++) {
        const rmt_plan_table *pt = &plan->tables[i];
        const bool has_forms = pt->n_forms > 0;
        rmt_error one = {0};
        rmt_problems said = {.most = RMT_SOURCE_NOTES_MOST};
        rmt_status st = RMT_OK;
        if (has_forms && of_redcap) continue; /* told already */
        run->notes = &said;
        if (has_forms && !redcap)
            st = of_redcap =
                open_redcap(&redcap, run, read, plan, pt, directory, a->findings, &one);
        if (!st)
            st = has_forms ? ingest_forms(run, pt, redcap, a, &one)
                           : ingest_file(run, plan, pt, read, directory, a, &one);
        run->notes = notes;
        const rmt_status taken = rmt_source_notes_take(a->notes, &said, pt->name, notes, &one);
        if (!st) st = taken;
        if (st && !worst) {
            worst = st;
            if (err) *err = one;
        }
    }
    rmt_redcap_file_close(redcap);
    return worst;
}

static rmt_status check_columns(rmt_study *study, const rmt_plan *plan, const rmt_node *root,
                                rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text path = {0};
    const rmt_table **tables = rmt_mem_array(plan->n_tables, sizeof *tables, err);
    if (!tables) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < plan->n_tables && !st; i++) {
        path.len = 0;
        st = rmt_text_addf(&path, err, "/tables/%s", plan->tables[i].name);
        if (!st) st = rmt_study_get(&tables[i], study, path.s, err);
    }
    if (!st) st = rmt_plan_check_columns(plan, root, tables, err);
    rmt_text_clear(&path);
    rmt_mem_free(tables);
    return st;
}

static rmt_status run_ingest(rmt_stage_run *run, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_doc *read = NULL, *doc = NULL;
    rmt_plan *plan = NULL;
    accounts a = {0};
    char *directory = NULL;
    rmt_text json = {0};
    const char *path = run->argument;

    if ((st = rmt_stage_directory_of(&directory, path, err))) goto done;
    if ((st = rmt_stage_read_plan(&read, path, directory, run->study, err))) goto done;
    if ((st = rmt_stage_resolve_plan(&doc, read, directory, run->study, err))) goto done;
    if ((st = rmt_plan_parse(&plan, rmt_doc_root(doc), err))) goto done;
    if ((st = accounts_new(&a, err))) goto done;
    if ((st = ingest_tables(run, plan, rmt_doc_root(read), directory, &a, err))) goto done;
    if ((st = check_columns(run->study, plan, rmt_doc_root(doc), err))) goto done;
    if ((st = accounts_put(&a, run->study, err))) goto done;
    if ((st = rmt_node_write_json(rmt_doc_root(doc), &json, err))) goto done;
    st = rmt_study_set_plan(run->study, json.s, err);
done:
    rmt_text_clear(&json);
    accounts_clear(&a);
    rmt_plan_free(plan);
    rmt_doc_free(doc);
    rmt_doc_free(read);
    rmt_mem_free(directory);
    return st;
}

const rmt_stage rmt_stage_ingest = {
    .name = "ingest",
    .summary = "read a plan and its CSV files into a study file",
    .description =
        "Reads PLAN (YAML or JSON), the CSV files, Table Schemas, data packages, REDCap exports "
        "with their data "
        "dictionary, and instrument definitions it names, "
        "and starts a study file that holds all of them: later stages need nothing else.\n\n"
        "Types come from the schema, or are inferred from all values where there is none. Every "
        "row and "
        "cell of a file is stored, with the line it came from; a cell that does not fit its type "
        "is kept as "
        "missing with its text as the reason, for 'remit validate' to report. A header repeated "
        "and a delimiter at the end of every line are passed over with a warning, which "
        "/source_notes keeps. A ragged row, a "
        "bad "
        "quote, a NUL byte, bytes outside the encoding, or a column name that is empty or double "
        "stops the run, each named by file, line and column. So does a column that the plan names "
        "and its table lacks.\n\n"
        "Files of any length are read in the same memory: more than 8 MiB of cells go to a "
        "temporary file in TMPDIR, else /var/tmp, about as large as the study file. It has no name "
        "and leaves nothing behind.\n\n"
        "The command that /provenance records names no input, as none does: add PLAN to paste it "
        "back.",
    .kind = RMT_STAGE_SOURCE,
    .memory = "O(columns)",
    .argument = "PLAN",
    .adds = adds,
    .n_adds = sizeof adds / sizeof adds[0],
    .run = run_ingest,
};
