/* command.c - what the commands of the front program share (see command.h). */
#include "command.h"

#include "rmt/life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static rmt_status answer(bool *answered, const rmt_stage *described, const char *program,
                         const rmt_options *options, rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text text = {0};
    const bool help = rmt_options_flag(options, "help");
    *answered = help || rmt_options_flag(options, "version");
    if (help) st = rmt_stage_help(described, &text, err);
    else if (*answered) st = rmt_life_version(program, &text, err);
    if (!st) st = rmt_life_print(&text, err);
    rmt_text_clear(&text);
    return st;
}

rmt_status rmt_command_begin(rmt_options **options, bool *answered, const rmt_stage *described,
                             const char *program, int argc, char *const *argv, rmt_error *err)
{
    size_t n_common = 0;
    const rmt_option *common = rmt_stage_common(RMT_STAGE_COMMAND, &n_common);
    rmt_status st = rmt_life_begin(err);
    if (!st)
        st = rmt_options_parse(options, described->options, described->n_options, common, n_common,
                               argc, argv, err);
    if (!st) st = answer(answered, described, program, *options, err);
    return st || *answered ? st : rmt_limit_memory(*options, err);
}

void rmt_command_tell_failure(const rmt_stage *described, const char *program, rmt_status st,
                              const rmt_error *error)
{
    char line[1024];
    if (!st) return;
    rmt_error_format(error, line, sizeof line);
    fprintf(stderr, "%s: %s\n", program, line);
    if (st == RMT_ERR_USAGE)
        fprintf(stderr, "%s: Try 'remit %s --help'\n", program, described->name);
}

rmt_status rmt_command_make_directory(const char *dir, rmt_error *err)
{
    struct stat info;
    if (mkdir(dir, 0777) == 0) return RMT_OK;
    const int why = errno;
    if (why == EEXIST && stat(dir, &info) == 0 && S_ISDIR(info.st_mode)) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_CREATE, dir, 0, NULL, "cannot make the directory: %s",
                       why == EEXIST ? "a file of this name is there" : strerror(why));
}
