/* Writes man pages and completions below a directory at build time; not installed itself. */
#include "run.h"

#include "rmt/life.h"
#include "rmt/mem.h"
#include "rmt/stages.h"

#include <stdio.h>

typedef rmt_status (*writer)(const rmt_stage *const *commands, size_t n, rmt_text *out,
                             rmt_error *err);

static rmt_status write_file(const char *dir, const char *name, const rmt_text *text,
                             rmt_error *err)
{
    rmt_text path = {0};
    rmt_status st = rmt_text_addf(&path, err, "%s/%s", dir, name);
    if (!st) {
        FILE *f = fopen(path.s, "w");
        bool written = f && fwrite(text->s, 1, text->len, f) == text->len;
        if (f && fclose(f) != 0) written = false;
        if (!written) st = rmt_fail_at(err, RMT_ERR_CREATE, path.s, 0, NULL, "cannot be written");
    }
    rmt_text_clear(&path);
    return st;
}

static rmt_status write_lists(const char *root, const rmt_stage *const *commands, size_t n,
                              rmt_error *err)
{
    static const struct {
        const char *file;
        writer write;
    } lists[] = {{"man/man1/remit.1", rmt_stage_man_front},
                 {"bash-completion/completions/remit", rmt_stage_completion_bash},
                 {"zsh/vendor-completions/_remit", rmt_stage_completion_zsh}};
    rmt_status st = RMT_OK;
    for (size_t i = 0; !st && i < sizeof lists / sizeof lists[0]; i++) {
        rmt_text text = {0};
        st = lists[i].write(commands, n, &text, err);
        if (!st) st = write_file(root, lists[i].file, &text, err);
        rmt_text_clear(&text);
    }
    return st;
}

static rmt_status write_page(const char *root, const rmt_stage *stage, rmt_error *err)
{
    rmt_text text = {0}, name = {0};
    rmt_status st = rmt_text_addf(&name, err, "man/man1/remit-%s.1", stage->name);
    if (!st) st = rmt_stage_man(stage, &text, err);
    if (!st) st = write_file(root, name.s, &text, err);
    rmt_text_clear(&name);
    rmt_text_clear(&text);
    return st;
}

int main(int argc, char **argv)
{
    rmt_error error = {0};
    const rmt_stage **commands = NULL;
    size_t n = 0;
    if (argc != 2) {
        fputs("Usage: remit_docs DIR (with man/man1 and the completions' directories in it)\n",
              stderr);
        return 64;
    }
    rmt_status st = rmt_commands(&commands, &n, &rmt_stages, &error);
    for (size_t i = 0; !st && i < n; i++)
        st = write_page(argv[1], commands[i], &error);
    if (!st) st = write_lists(argv[1], commands, n, &error);
    rmt_mem_free(commands);
    return rmt_life_tell("remit_docs", "remit_docs", st, &error);
}
