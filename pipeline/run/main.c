/* The front command: `remit STAGE ...` is remit-STAGE, and `remit run` is all of them. */
#include "run.h"

#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/stages.h"

#include <stdio.h>
#include <string.h>

static const char program[] = "remit";

static rmt_status add_help(rmt_text *out, rmt_error *err)
{
    enum { SUMMARY_COLUMN = 14 };
    rmt_status st = RMT_OK;
    const rmt_stage **commands = NULL;
    size_t n = 0;
    st = rmt_text_add(out,
                      "Usage: remit COMMAND [ARGUMENT]...\n"
                      "A pipeline for the outcomes of PTSD treatment trials.\n\n"
                      "Commands, the stages in the order of the chain:\n",
                      err);
    if (!st) st = rmt_commands(&commands, &n, &rmt_stages, err);
    for (size_t i = 0; !st && i < n; i++) {
        st = rmt_text_addf(out, err, "  %-*s", SUMMARY_COLUMN - 2, commands[i]->name);
        if (!st) st = rmt_help_wrap(out, commands[i]->summary, SUMMARY_COLUMN, false, err);
    }
    if (!st)
        st = rmt_text_add(out,
                          "  help        print the help of a command: remit help COMMAND\n\n"
                          "Options:\n"
                          "  -h, --help     print this help and end\n"
                          "  -V, --version  print the version and end\n\n"
                          "Example:\n"
                          "  remit run plan.yaml -o trial.h5\n",
                          err);
    rmt_mem_free(commands);
    return st;
}

static rmt_status unknown(const char *word, rmt_error *err)
{
    const rmt_stage **commands = NULL;
    const char **names = NULL;
    size_t n = 0;
    rmt_status st = rmt_commands(&commands, &n, &rmt_stages, err);
    if (st) return st;
    names = rmt_mem_array(n + 1, sizeof *names, err);
    if (names) {
        for (size_t i = 0; i < n; i++)
            names[i] = commands[i]->name;
        names[n] = "help";
        const char *near = rmt_text_nearest(word, names, n + 1);
        const bool option = word[0] == '-';
        st = rmt_fail(err, RMT_ERR_USAGE, "unknown %s '%s'%s%s%s", option ? "option" : "command",
                      word, near && !option ? "; did you mean '" : "", near && !option ? near : "",
                      near && !option ? "'?" : "");
    } else {
        st = RMT_ERR_NOMEM;
    }
    rmt_mem_free(names);
    rmt_mem_free(commands);
    return st;
}

/* A command's help, or the front's own for NULL. */
static rmt_status add_help_of(const char *name, rmt_text *out, rmt_error *err)
{
    if (!name) return add_help(out, err);
    const rmt_command *command = rmt_command_find(name);
    if (command) return rmt_stage_help(command->described, out, err);
    const rmt_stage *stage = rmt_stage_find(&rmt_stages, name);
    return stage ? rmt_stage_help(stage, out, err) : unknown(name, err);
}

static rmt_status answer(int argc, char *const *argv, rmt_error *err)
{
    rmt_status st = rmt_life_begin(err);
    rmt_text text = {0};
    const char *word = argc > 1 ? argv[1] : NULL;
    if (st) goto done;
    if (!word) st = rmt_fail(err, RMT_ERR_USAGE, "no command given");
    else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) st = add_help(&text, err);
    else if (strcmp(word, "help") == 0) st = add_help_of(argc > 2 ? argv[2] : NULL, &text, err);
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        st = rmt_life_version(program, &text, err);
    else st = unknown(word, err);
    if (!st) st = rmt_life_print(&text, err);
done:
    rmt_text_clear(&text);
    return st;
}

int main(int argc, char **argv)
{
    enum { LONGEST = 64 };
    const rmt_stage *stage = argc > 1 ? rmt_stage_find(&rmt_stages, argv[1]) : NULL;
    if (stage) {
        char name[LONGEST];
        snprintf(name, sizeof name, "remit-%s", stage->name);
        return rmt_stage_main(&rmt_stages, stage, name, argc - 1, argv + 1);
    }
    const rmt_command *command = argc > 1 ? rmt_command_find(argv[1]) : NULL;
    if (command) return command->main(&rmt_stages, argc - 1, argv + 1);

    rmt_error error = {0};
    const rmt_status st = answer(argc, argv, &error);
    return rmt_life_end(program, rmt_life_tell(program, program, st, &error));
}
