#include "command.h"
#include "init_redcap.h"
#include "run.h"

#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/outfile.h"
#include "rmt/stage_files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const rmt_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = RMT_OPTION_TEXT,
     .placeholder = "FILE",
     .initial = "-",
     .help = "where the plan goes; - is standard output"},
    {.name = "schemas",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "DIR",
     .help = "write a Table Schema for each file, DIR/NAME.schema.json; - puts them into the plan. "
             "Without it they go beside the plan, and into it when it goes to standard output"},
    {.name = "force",
     .letter = 'f',
     .kind = RMT_OPTION_FLAG,
     .help = "replace a plan and schemas that are there"},
    {.name = "id",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "COLUMN",
     .help = "the column that tells participants apart, instead of a guess"},
    {.name = "arm",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "COLUMN",
     .help = "the column of arms, instead of a guess"},
    {.name = "visit",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "COLUMN",
     .help = "the column that tells visits apart, instead of a guess"},
};

const rmt_stage rmt_command_init = {
    .name = "init",
    .summary = "draft a plan and Table Schemas from a trial's CSV files",
    .description =
        "Looks at CSV files (of a DIR: those that end in .csv, .csv.gz or .tsv) and writes a plan "
        "with comments: what each file is, its types, missing codes and keys, who the participants "
        "are, their arms, the visits in the order of time, and the scales, known by the names of "
        "columns and the range of their values. What is not certain is marked '# check:' with the "
        "reason. The plan runs as it is written, or a warning says what is missing.\n\n"
        "A data package (a datapackage.json, or a DIR with one) becomes the key 'datapackage', and "
        "its "
        "schemas count. A REDCap export beside its data dictionary becomes the key 'redcap' and a "
        "table for each "
        "form. Visits that stand in the names of columns (caps5_total_wk2) become the key 'long'. "
        "A "
        "file of means and SDs, or of events, becomes 'summaries'.\n\n"
        "The plan names the files as they are seen from its own folder: that of --output, or, "
        "when standard output is a file, that of this file; else the current directory. So all of "
        "'remit init DIR > DIR/plan.yaml', 'cd DIR && remit init . > plan.yaml' and 'remit init "
        "DIR -o DIR/plan.yaml' give a plan that runs. Files that are there are not replaced "
        "without --force.\n\n"
        "The files are read whole, up to three times, into memory.",
    .kind = RMT_STAGE_COMMAND,
    .argument = "DIR|FILE...",
    .example = "remit init trial/ -o trial/plan.yaml && remit run trial/plan.yaml -o trial.h5",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
};

static const char program[] = "remit-init";

/* ---- places ---------------------------------------------------------------------------------- */

/* The folder of the file that standard output is; "." when it is none. */
static rmt_status folder_of_stdout(char **out, rmt_error *err)
{
    char path[PATH_MAX];
    struct stat info, same;
    const ssize_t n = readlink("/proc/self/fd/1", path, sizeof path - 1);
    if (n > 0) path[n] = '\0';
    const bool file = n > 0 && fstat(STDOUT_FILENO, &info) == 0 && S_ISREG(info.st_mode) &&
                      stat(path, &same) == 0 && same.st_ino == info.st_ino &&
                      same.st_dev == info.st_dev;
    return rmt_stage_directory_of(out, file ? path : "", err);
}

/* The path of `file` as seen from the folder `from`; both exist. */
static rmt_status path_from(char **out, const char *from, const char *file, rmt_error *err)
{
    char a[PATH_MAX], b[PATH_MAX];
    rmt_text path = {0};
    rmt_status st = RMT_OK;
    if (!realpath(from, a))
        return rmt_fail_at(err, RMT_ERR_CREATE, from, 0, NULL, "is no directory: %s",
                           strerror(errno));
    if (!realpath(file, b))
        return rmt_fail_at(err, RMT_ERR_OPEN, file, 0, NULL, "cannot be opened: %s",
                           strerror(errno));
    /* What both begin with, up to a slash or the end. */
    size_t common = 0;
    if (strcmp(a, "/") == 0) a[0] = '\0';
    for (size_t i = 0;; i++) {
        const bool end_a = a[i] == '\0' || a[i] == '/', end_b = b[i] == '\0' || b[i] == '/';
        if (end_a && end_b) common = i;
        if (a[i] != b[i] || a[i] == '\0') break;
    }
    for (const char *s = a + common; *s && !st; s++)
        if (*s == '/') st = rmt_text_add(&path, "../", err);
    if (!st) st = rmt_text_add(&path, b + common + (b[common] == '/'), err);
    if (st) rmt_text_clear(&path);
    else *out = path.s;
    return st;
}

/* ---- the command ----------------------------------------------------------------------------- */

typedef struct {
    rmt_options *options;
    const char *output, *schemas; /* schemas NULL = in the plan */
    bool force, quiet;
    char *folder; /* of the plan */
    rmt_init_input in;
    rmt_init_redcap redcap;
    rmt_recognise_source *sources;
    rmt_draft_file *files;
    /* what the plan names: a file and a schema for each table; export and dictionary of REDCap */
    char **paths;
    size_t n_paths;
    rmt_recognised *found;
    char *study;
    rmt_text plan, missing;
    rmt_problems notes;
} command;

static rmt_status read_command(command *c, rmt_error *err)
{
    rmt_status st;
    const rmt_options *o = c->options;
    c->output = rmt_options_text(o, "output");
    c->schemas = rmt_options_text(o, "schemas");
    c->force = rmt_options_flag(o, "force");
    c->quiet = rmt_options_flag(o, "quiet");
    const size_t n = rmt_options_n_arguments(o);
    if (c->output[0] == '\0')
        return rmt_fail(err, RMT_ERR_USAGE, "option '--output' needs a file name");
    if (c->schemas && c->schemas[0] == '\0')
        return rmt_fail(err, RMT_ERR_USAGE, "option '--schemas' needs a directory");
    if (n == 0) return rmt_fail(err, RMT_ERR_USAGE, "no DIR or FILE given");
    if (c->force && rmt_options_flag(o, "no-clobber"))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "options '--force' and '--no-clobber' exclude each other");
    const bool to_stdout = strcmp(c->output, "-") == 0;
    st = to_stdout ? folder_of_stdout(&c->folder, err)
                   : rmt_stage_directory_of(&c->folder, c->output, err);
    if (!c->schemas && !to_stdout) c->schemas = c->folder;
    if (c->schemas && strcmp(c->schemas, "-") == 0) c->schemas = NULL;
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_init_add(&c->in, rmt_options_argument(o, i), err);
    return st;
}

/* The trial's name: that of the first file's folder, or of a file given alone. */
static rmt_status name_study(command *c, rmt_error *err)
{
    char path[PATH_MAX];
    if (!realpath(c->in.files[0].path, path))
        return rmt_fail_at(err, RMT_ERR_OPEN, c->in.files[0].path, 0, NULL, "cannot be opened: %s",
                           strerror(errno));
    char *slash = strrchr(path, '/');
    if ((c->in.from_directory || c->in.n_files > 1) && slash && slash > path) {
        *slash = '\0';
        slash = strrchr(path, '/');
        c->study = rmt_mem_text(slash + 1, strlen(slash + 1), err);
    } else {
        c->study = rmt_mem_text(c->in.files[0].name, strlen(c->in.files[0].name), err);
    }
    return c->study ? RMT_OK : RMT_ERR_NOMEM;
}

static rmt_status schema_path(char **out, const command *c, size_t i, rmt_error *err)
{
    rmt_text path = {0};
    const char *name = c->in.files[i].name;
    rmt_status st = strcmp(c->schemas, ".") == 0
                        ? rmt_text_addf(&path, err, "%s.schema.json", name)
                        : rmt_text_addf(&path, err, "%s%s%s.schema.json", c->schemas,
                                        c->schemas[strlen(c->schemas) - 1] == '/' ? "" : "/", name);
    if (st) rmt_text_clear(&path);
    else *out = path.s;
    return st;
}

/* Where the plan will find the schema of file i. */
static rmt_status schema_as_named(char **out, const command *c, size_t i, rmt_error *err)
{
    char *folder = NULL;
    rmt_text path = {0};
    rmt_status st = path_from(&folder, c->folder, c->schemas, err);
    if (!st)
        st = rmt_text_addf(&path, err, "%s%s%s.schema.json", folder,
                           folder[0] && folder[strlen(folder) - 1] != '/' ? "/" : "",
                           c->in.files[i].name);
    rmt_mem_free(folder);
    if (st) rmt_text_clear(&path);
    else *out = path.s;
    return st;
}

static rmt_status guess_once(command *c, rmt_error *err)
{
    const rmt_init_redcap *r = &c->redcap;
    rmt_recognise_told told = {rmt_options_text(c->options, "id"),
                               rmt_options_text(c->options, "arm"),
                               rmt_options_text(c->options, "visit")};
    if (r->file && !told.id) told.id = r->record;
    if (r->file && r->events && !told.visit) told.visit = "redcap_event_name";
    const size_t n = c->in.n_files;
    rmt_recognised_free(c->found);
    c->found = NULL;
    rmt_mem_free(c->sources);
    if (!(c->sources = rmt_mem_array(n, sizeof *c->sources, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const rmt_init_file *f = &c->in.files[i];
        c->sources[i] = (rmt_recognise_source){.name = f->name,
                                               .read = f->read,
                                               .without_words = f->without_words,
                                               .without_codes = f->without_codes,
                                               .titles = f->titles,
                                               .made_long = f->wide != NULL,
                                               .described = f->form || f->packaged,
                                               .schema = f->schema};
    }
    const rmt_instrument *const *instruments = (const rmt_instrument *const *)c->in.instruments;
    return rmt_recognise(&c->found, c->sources, n, instruments, c->in.n_instruments, &told, err);
}

/* Missing codes of a REDCap project stand in none of its files: with those found its forms are read again. */
static rmt_status guess(command *c, rmt_error *err)
{
    rmt_status st;
    bool again = false;
    if ((st = rmt_init_redcap_find(&c->redcap, &c->in, &c->notes, err)) ||
        (st = rmt_init_read(&c->in, &c->notes, err)) ||
        (st = rmt_init_read_instruments(&c->in, c->folder, err)))
        return st;
    if (c->redcap.file && (st = rmt_init_redcap_read(&c->redcap, &c->in, &c->notes, err)))
        return st;
    if ((st = guess_once(c, err))) return st;
    if (c->redcap.file && (st = rmt_init_redcap_codes(&c->redcap, &c->in, c->found, &again, err)))
        return st;
    if (again && ((st = rmt_init_redcap_read(&c->redcap, &c->in, &c->notes, err)) ||
                  (st = guess_once(c, err))))
        return st;
    const size_t n = c->in.n_files;
    c->files = rmt_mem_array(n, sizeof *c->files, err);
    c->n_paths = 2 * n + 3;
    c->paths = rmt_mem_array(c->n_paths, sizeof *c->paths, err);
    return c->files && c->paths ? RMT_OK : RMT_ERR_NOMEM;
}

static rmt_status draft_plan(command *c, rmt_error *err)
{
    rmt_status st;
    if ((st = name_study(c, err))) return st;
    for (size_t i = 0; i < c->in.n_files; i++) {
        const rmt_init_file *f = &c->in.files[i];
        char **path = &c->paths[2 * i];
        if ((st = path_from(&path[0], c->folder, f->path, err))) return st;
        c->files[i] = (rmt_draft_file){.file = path[0],
                                       .form = f->form,
                                       .packaged = f->packaged,
                                       .delimiter = f->delimiter,
                                       .decimal = f->decimal,
                                       .skip_rows = f->skip_rows,
                                       .label_rows = f->label_rows,
                                       .encoding = f->windows_1252 ? "windows-1252" : NULL,
                                       .pattern = f->wide ? f->wide->pattern : NULL,
                                       .footer_rows = f->footer_rows,
                                       .names_first = f->names_first};
        if (!c->schemas || f->form || f->packaged) continue;
        if ((st = schema_as_named(&path[1], c, i, err))) return st;
        c->files[i].schema = path[1];
    }
    char **path = &c->paths[2 * c->in.n_files];
    if (c->redcap.file && ((st = path_from(&path[0], c->folder, c->redcap.file, err)) ||
                           (st = path_from(&path[1], c->folder, c->redcap.dictionary, err))))
        return st;
    if (c->in.package && (st = path_from(&path[2], c->folder, c->in.package, err))) return st;
    const rmt_draft_redcap redcap = {path[0], path[1], c->redcap.missing, c->redcap.n_missing,
                                     &c->redcap.checks};
    return rmt_draft_plan(&c->plan, &c->missing, c->found, c->files,
                          c->redcap.file ? &redcap : NULL, path[2], c->study, err);
}

/* ---- writing --------------------------------------------------------------------------------- */

typedef struct {
    rmt_outfile **files;
    size_t n;
} outputs;

static rmt_status refuse_existing(const command *c, const char *path, rmt_error *err)
{
    struct stat info;
    if (c->force || stat(path, &info) != 0) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_CREATE, path, 0, NULL, "is there already; --force replaces it");
}

static rmt_status stage_output(outputs *o, const command *c, const char *path, const rmt_text *text,
                               rmt_error *err)
{
    rmt_status st;
    const rmt_outfile_options how = {.no_clobber = !c->force};
    for (size_t i = 0; i <= c->in.n_files; i++) {
        struct stat a, b;
        const char *input = i < c->in.n_files ? c->in.files[i].path : c->redcap.dictionary;
        if (input && stat(path, &a) == 0 && stat(input, &b) == 0 && a.st_dev == b.st_dev &&
            a.st_ino == b.st_ino)
            return rmt_fail_at(err, RMT_ERR_CREATE, path, 0, NULL, "is one of the files read");
    }
    if ((st = refuse_existing(c, path, err)) ||
        (st = rmt_outfile_open(&o->files[o->n], path, &how, err)))
        return st;
    o->n++;
    return rmt_outfile_write(o->files[o->n - 1], text->s, text->len, err);
}

/* All is written beside its place before anything is put there. */
static rmt_status write_all(command *c, rmt_error *err)
{
    rmt_status st = RMT_OK;
    outputs o = {rmt_mem_array(c->in.n_files + 1, sizeof *o.files, err), 0};
    size_t n_done = 0;
    if (!o.files) return RMT_ERR_NOMEM;
    const bool to_stdout = strcmp(c->output, "-") == 0;
    for (size_t i = 0; c->schemas && i < c->in.n_files && !st; i++) {
        if (c->in.files[i].form || c->in.files[i].packaged) continue;
        rmt_text text = {0};
        char *path = NULL;
        st = schema_path(&path, c, i, err);
        if (!st) st = rmt_draft_schema(&text, c->found, i, 0, err);
        if (!st) st = stage_output(&o, c, path, &text, err);
        rmt_text_clear(&text);
        rmt_mem_free(path);
    }
    if (!st && !to_stdout) st = stage_output(&o, c, c->output, &c->plan, err);
    if (!st && to_stdout) st = rmt_life_print(&c->plan, err);
    for (; n_done < o.n && !st; n_done++)
        st = rmt_outfile_commit(o.files[n_done], err);
    for (size_t i = n_done; i < o.n; i++)
        rmt_outfile_discard(o.files[i]);
    rmt_mem_free(o.files);
    return st;
}

/* What the reader warned of, and what the plan lacks: made before the plan is written, as nothing may fail after. */
static rmt_status make_lines(rmt_text *lines, command *c, rmt_error *err)
{
    for (const char *s = c->missing.s ? c->missing.s : ""; *s;) {
        const size_t n = strcspn(s, "\n");
        rmt_problems_add(&c->notes, RMT_SEVERITY_WARNING, RMT_ERR_CONFIG, NULL, 0, NULL,
                         "the plan does not run yet: %.*s", (int)n, s);
        s += n + 1;
    }
    return rmt_life_notes(lines, program, &c->notes, c->quiet,
                          rmt_options_flag(c->options, "verbose"), err);
}

static rmt_status live(command *c, int argc, char *const *argv, rmt_error *err)
{
    rmt_status st;
    bool answered = false;
    st = rmt_stage_begin(&c->options, &answered, &rmt_command_init, program, argc, argv, err);
    if (st || answered) return st;
    if ((st = rmt_max_problems(&c->notes.most, c->options, err)) || (st = read_command(c, err)))
        return st;
    if (strcmp(c->output, "-") != 0 && (st = refuse_existing(c, c->output, err))) return st;
    if ((st = guess(c, err))) return st;
    const bool made = c->schemas && c->schemas != c->folder;
    if (made && (st = rmt_command_make_directory(c->schemas, err))) return st;
    rmt_text lines = {0};
    if ((st = draft_plan(c, err)) || (st = make_lines(&lines, c, err)) || (st = write_all(c, err)))
        goto done;
    if (lines.len) fputs(lines.s, stderr);
done:
    rmt_text_clear(&lines);
    return st;
}

int rmt_init_main(const rmt_stage_list *stages, int argc, char *const *argv)
{
    rmt_error error = {0};
    command c = {0};
    (void)stages;
    const rmt_status st = live(&c, argc, argv, &error);
    const int code = rmt_life_tell(program, "remit init", st, &error);
    for (size_t i = 0; c.paths && i < c.n_paths; i++)
        rmt_mem_free(c.paths[i]);
    rmt_mem_free(c.paths);
    rmt_mem_free(c.files);
    rmt_mem_free(c.sources);
    rmt_mem_free(c.study);
    rmt_mem_free(c.folder);
    rmt_recognised_free(c.found);
    rmt_init_clear(&c.in);
    rmt_init_redcap_clear(&c.redcap);
    rmt_text_clear(&c.plan);
    rmt_text_clear(&c.missing);
    rmt_problems_clear(&c.notes);
    rmt_options_free(c.options);
    return rmt_life_end(program, code);
}
