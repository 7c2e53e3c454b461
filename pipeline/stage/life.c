#include "rmt/life.h"

#include "rmt/dist.h"
#include "rmt/mem.h"
#include "rmt/outfile.h"
#include "rmt/study.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A closed descriptor is held by /dev/null opened the wrong way round: using it still fails. */
static void hold_descriptor(int fd, int mode)
{
    if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) return;
    int got = open("/dev/null", mode);
    if (got >= 0 && got != fd) {
        dup2(got, fd);
        close(got);
    }
}

rmt_status rmt_life_begin(rmt_error *err)
{
    rmt_mem_start();
    hold_descriptor(STDIN_FILENO, O_WRONLY);
    hold_descriptor(STDOUT_FILENO, O_RDONLY);
    hold_descriptor(STDERR_FILENO, O_WRONLY);
    rmt_stats_init();
    (void)signal(SIGXFSZ, SIG_IGN); /* a write beyond `ulimit -f` fails, and is told */
    return rmt_outfile_catch_signals(err);
}

int rmt_life_end(const char *program, int code)
{
    bool failed = fflush(stdout) != 0;
    int why = errno;
    failed = ferror(stdout) != 0 || failed;
    if (fclose(stdout) != 0 && !failed) {
        why = errno;
        failed = true;
    }
    if (failed && code <= 1) {
        fprintf(stderr, "%s: cannot write standard output: %s\n", program, strerror(why));
        code = rmt_status_exit_code(RMT_ERR_IO);
    }
    return code;
}

enum { LONGEST_LINE = 1024 };

int rmt_life_tell(const char *program, const char *help, rmt_status st, const rmt_error *error)
{
    char line[LONGEST_LINE];
    if (st) {
        rmt_error_format(error, line, sizeof line);
        fprintf(stderr, "%s: %s\n", program, line);
    }
    if (st == RMT_ERR_USAGE) fprintf(stderr, "%s: Try '%s --help'\n", program, help);
    return rmt_status_exit_code(st);
}

rmt_status rmt_life_print(const rmt_text *text, rmt_error *err)
{
    if (text->len == 0) return RMT_OK;
    if (fwrite(text->s, 1, text->len, stdout) != text->len || fflush(stdout) != 0)
        return rmt_fail(err, RMT_ERR_IO, "cannot write standard output: %s", strerror(errno));
    return RMT_OK;
}

rmt_status rmt_life_version(const char *program, rmt_text *out, rmt_error *err)
{
    char numerics[64], hdf5[64];
    rmt_stats_versions(numerics, sizeof numerics);
    rmt_io_versions(hdf5, sizeof hdf5);
    const bool front = strcmp(program, "remit") == 0;
    return rmt_text_addf(
        out, err,
        "%s%s %s (git %s), study format %d, %s, %s\n"
        "Licence GPL-3.0-or-later <https://gnu.org/licenses/gpl.html>: free software, "
        "without warranty.\n",
        program, front ? "" : " (remit)", rmt_version(), rmt_git_id(),
        (int)RMT_STUDY_FORMAT_VERSION, numerics, hdf5);
}

rmt_status rmt_life_line(rmt_text *out, const char *prefix, const rmt_error *message,
                         rmt_error *err)
{
    char line[LONGEST_LINE];
    rmt_error shown = *message;
    if (shown.code == RMT_OK) shown.code = RMT_ERR_INTERNAL; /* a fact: only its text counts */
    rmt_error_format(&shown, line, sizeof line);
    return rmt_text_addf(out, err, "%s: %s\n", prefix, line);
}

rmt_status rmt_life_notes(rmt_text *out, const char *prefix, const rmt_problems *notes, bool quiet,
                          bool verbose, rmt_error *err)
{
    rmt_status st;
    for (size_t i = 0; i < notes->n_kept; i++) {
        const rmt_severity severity = notes->severity[i];
        if (severity == RMT_SEVERITY_WARNING && quiet) continue;
        if (severity == RMT_SEVERITY_INFO && (quiet || !verbose)) continue;
        if ((st = rmt_life_line(out, prefix, &notes->kept[i], err))) return st;
    }
    size_t n_kept[RMT_SEVERITY_ERROR + 1] = {0};
    for (size_t i = 0; i < notes->n_kept; i++)
        n_kept[notes->severity[i]]++;
    const size_t n_warnings = notes->n_total - notes->n_errors - notes->n_infos;
    size_t more = notes->n_errors - n_kept[RMT_SEVERITY_ERROR];
    if (!quiet) more += n_warnings - n_kept[RMT_SEVERITY_WARNING];
    if (!quiet && verbose) more += notes->n_infos - n_kept[RMT_SEVERITY_INFO];
    if (more > 0)
        return rmt_text_addf(
            out, err, "%s: and %zu more message%s like these (--max-problems=all says them)\n",
            prefix, more, more == 1 ? "" : "s");
    return RMT_OK;
}

bool rmt_life_progress_wanted(void)
{
    const char *fake = getenv("RMT_FAKE_TTY");
    if (fake && strcmp(fake, "1") == 0) return true;
    return isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
}
