#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const rmt_stage_list *list;
    const rmt_stage *stage;
    const char *program;
    rmt_options *options;
    const char *file; /* the study read; "-" = standard input */
    const char *argument;
    const char *output;
    bool progress;
    bool found;
    rmt_problems notes;
} life;

static bool makes_study(const life *l)
{
    if (l->stage->kind == RMT_STAGE_SINK) return false;
    return rmt_stage_text_option(l->stage, l->options) == NULL;
}

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

static rmt_status read_arguments(life *l, rmt_error *err)
{
    const bool source = l->stage->kind == RMT_STAGE_SOURCE;
    const size_t n = rmt_options_n_arguments(l->options);
    size_t used = 0;
    /* FILE comes first and may be left out; the stage's own argument is the last. */
    const size_t own = l->stage->argument ? 1 : 0;
    if (n < own) return rmt_fail(err, RMT_ERR_USAGE, "%s is missing", l->stage->argument);
    /* A file alone is FILE, nothing to wait for on standard input: the stage says what it could be
     * asked. */
    if (!source && own && n == 1 && is_file(rmt_options_argument(l->options, 0))) {
        l->file = rmt_options_argument(l->options, 0);
        return RMT_OK;
    }
    if (!source) l->file = n > own ? rmt_options_argument(l->options, used++) : "-";
    if (own) l->argument = rmt_options_argument(l->options, used++);
    if (n > used)
        return rmt_fail(err, RMT_ERR_USAGE, "one argument too many: '%s'",
                        rmt_options_argument(l->options, used));
    return RMT_OK;
}

static rmt_status choose_output(life *l, rmt_error *err)
{
    l->output = rmt_options_text(l->options, "output");
    if (l->output[0] == '\0')
        return rmt_fail(err, RMT_ERR_USAGE, "option '--output' needs a file name");
    if (l->stage->kind != RMT_STAGE_FILTER || !rmt_options_flag(l->options, "in-place"))
        return RMT_OK;
    if (rmt_options_given(l->options, "output"))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "options '--in-place' and '--output' exclude each other");
    if (rmt_options_flag(l->options, "no-clobber"))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "options '--in-place' and '--no-clobber' exclude each other");
    if (strcmp(l->file, "-") == 0)
        return rmt_fail(err, RMT_ERR_USAGE, "option '--in-place' needs a FILE");
    if (!makes_study(l))
        return rmt_fail(err, RMT_ERR_USAGE, "options '--in-place' and '--%s' exclude each other",
                        rmt_stage_text_option(l->stage, l->options));
    l->output = l->file;
    return RMT_OK;
}

static rmt_status refuse_terminals(const life *l, rmt_error *err)
{
    if (l->file && strcmp(l->file, "-") == 0 && isatty(STDIN_FILENO))
        return rmt_fail(
            err, RMT_ERR_USAGE,
            "no FILE given and standard input is a terminal: name a study file or pipe one in");
    if (makes_study(l) && strcmp(l->output, "-") == 0 && isatty(STDOUT_FILENO))
        return rmt_fail(err, RMT_ERR_USAGE,
                        "a study file is no text for a terminal: give '--output FILE' or a pipe");
    return RMT_OK;
}

/* One word on the terminal for what is going on; NULL wipes it away. */
static void show_phase(const life *l, const char *phase)
{
    if (!l->progress) return;
    if (phase) fprintf(stderr, "\r\033[K%s: %s ...", l->program, phase);
    else fputs("\r\033[K", stderr);
    fflush(stderr);
}

static rmt_status save_text(const life *l, const rmt_text *text, const rmt_outfile_options *how,
                            rmt_error *err)
{
    rmt_outfile *f = NULL;
    rmt_status st;
    if (strcmp(l->output, "-") == 0 || makes_study(l)) return rmt_life_print(text, err);
    if ((st = rmt_outfile_open(&f, l->output, how, err))) return st;
    if (text->len && (st = rmt_outfile_write(f, text->s, text->len, err))) {
        rmt_outfile_discard(f);
        return st;
    }
    return rmt_outfile_commit(f, err);
}

static rmt_status save(const life *l, const rmt_stage_run *run, rmt_error *err)
{
    rmt_status st;
    const char *inputs[2];
    size_t n = 0;
    const bool in_place = l->file && l->output == l->file;
    if (l->file && !in_place) inputs[n++] = l->file; /* "-": what standard input is */
    if (l->stage->kind == RMT_STAGE_SOURCE && l->argument) inputs[n++] = l->argument;
    const rmt_outfile_options how = {
        .no_clobber = rmt_options_flag(l->options, "no-clobber"), .inputs = inputs, .n_inputs = n};
    if ((st = save_text(l, run->text, &how, err))) return st;
    if (!makes_study(l) || run->withhold) return RMT_OK;
    return rmt_study_save(run->study, l->output, &how, err);
}

static rmt_status work(life *l, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_study *study = NULL;
    rmt_text text = {0};

    show_phase(l, "reading");
    if (l->file) st = rmt_study_open(&study, l->file, err);
    else st = rmt_study_new(&study, err);
    if (st) goto done;
    rmt_stage_run run = {.list = l->list,
                         .study = study,
                         .options = l->options,
                         .argument = l->argument,
                         .notes = &l->notes,
                         .text = &text};
    show_phase(l, "computing");
    st = rmt_stage_apply(l->stage, &run, err);
    if (!st && (st = rmt_study_check_unchanged(study, err)))
        (void)rmt_error_locate(err, l->file, 0, NULL);
    if (st == RMT_ERR_USAGE && text.len) fputs(text.s, stderr); /* what there is to ask for */
    if (st) goto done;
    l->found = run.found;
    show_phase(l, "writing");
    st = save(l, &run, err);
done:
    show_phase(l, NULL);
    rmt_text_clear(&text);
    rmt_study_free(study);
    return st;
}

/* What --help, --version and the stage's own questions print; *answered = false when nothing was asked. */
static rmt_status answer(bool *answered, const rmt_stage *stage, const char *program,
                         const rmt_options *options, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text text = {0};
    const bool help = rmt_options_flag(options, "help");
    *answered = help || rmt_options_flag(options, "version");
    if (help) st = rmt_stage_help(stage, &text, err);
    else if (*answered) st = rmt_life_version(program, &text, err);
    else if (stage->answer) st = stage->answer(options, &text, answered, err);
    if (!st && *answered) st = rmt_life_print(&text, err);
    rmt_text_clear(&text);
    return st;
}

rmt_status rmt_stage_begin(rmt_options **options, bool *answered, const rmt_stage *stage,
                           const char *program, int argc, char *const *argv, rmt_error *err)
{
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(stage->kind, &n_common);
    rmt_status st = rmt_life_begin(err);
    if (!st)
        st = rmt_options_parse(options, stage->options, stage->n_options, common, n_common, argc,
                               argv, err);
    if (!st) st = answer(answered, stage, program, *options, err);
    return st || *answered ? st : rmt_limit_memory(*options, err);
}

static rmt_status live(life *l, int argc, char *const *argv, rmt_error *err)
{
    rmt_status st;
    bool answered = false;
    st = rmt_stage_begin(&l->options, &answered, l->stage, l->program, argc, argv, err);
    if (st || answered) return st;
    if ((st = rmt_max_problems(&l->notes.most, l->options, err))) return st;
    if ((st = read_arguments(l, err))) return st;
    if ((st = choose_output(l, err))) return st;
    if ((st = refuse_terminals(l, err))) return st;
    l->progress = !rmt_options_flag(l->options, "no-progress") &&
                  (rmt_options_flag(l->options, "progress") ||
                   (rmt_life_progress_wanted() && !rmt_options_flag(l->options, "quiet")));
    return work(l, err);
}

/* The error was told already when it is one of the notes. */
static bool is_noted(const rmt_problems *notes, const rmt_error *error)
{
    for (size_t i = 0; i < notes->n_kept; i++)
        if (notes->severity[i] == RMT_SEVERITY_ERROR && notes->kept[i].line == error->line &&
            strcmp(notes->kept[i].msg, error->msg) == 0)
            return true;
    return false;
}

/* What there is to say at the end; the exit code of the status. */
static int talk(const life *l, rmt_status st, const rmt_error *error)
{
    rmt_text out = {0};
    const bool quiet = l->options && rmt_options_flag(l->options, "quiet");
    const bool verbose = l->options && rmt_options_flag(l->options, "verbose");
    const rmt_status told = rmt_life_notes(&out, l->program, &l->notes, quiet, verbose, NULL);
    if (out.len) fputs(out.s, stderr);
    rmt_text_clear(&out);
    if (told) fprintf(stderr, "%s: out of memory\n", l->program);
    return is_noted(&l->notes, error) ? rmt_status_exit_code(st)
                                      : rmt_life_tell(l->program, l->program, st, error);
}

int rmt_stage_main(const rmt_stage_list *list, const rmt_stage *stage, const char *program,
                   int argc, char *const *argv)
{
    rmt_error error = {0};
    life *l = rmt_mem_array(1, sizeof *l, &error);
    if (!l) return rmt_life_end(program, rmt_life_tell(program, program, RMT_ERR_NOMEM, &error));
    l->list = list;
    l->stage = stage;
    l->program = program;
    const rmt_status st = live(l, argc, argv, &error);
    int code = talk(l, st, &error);
    if (code == 0 && l->found) code = 1;
    rmt_problems_clear(&l->notes);
    rmt_options_free(l->options);
    rmt_mem_free(l);
    return rmt_life_end(program, code);
}
