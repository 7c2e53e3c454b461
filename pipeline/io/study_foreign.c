/* study_foreign.c - files of other software, which only libhdf5 can read and which may be made to harm it.
 * A child process with limits on memory and time opens the file, reads all of it, and writes what it read
 * as we write study files; the parent checks that like any file of ours. This contains crashes and loops; it is no
 * sandbox: the child has all rights of its user. Memory: O(bytes) in both. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_library.h"

/* AddressSanitizer reserves more address space than any limit would allow. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifndef HAS_ASAN
#define HAS_ASAN 0
#endif

enum { TRIAL_CPU_SECONDS = 60, TRIAL_WALL_SECONDS = 120 };
#define TRIAL_MEMORY ((rlim_t)4 << 30) /* bytes beyond the file itself */

/* ---- the child ----------------------------------------------------------------------------- */

/* Moves everything the file holds to s, as if it had been made here. */
static rmt_status read_file(rmt_study *s, hid_t file, size_t n_bytes, rmt_error *err)
{
    rmt_found found = {0};
    rmt_study_entry entry = {0};
    rmt_table *dictionary = NULL;
    rmt_status st;

    if ((st = rmt_library_scan(&found, s, file, n_bytes, err))) goto done;
    if ((st = rmt_found_dictionary(&entry, &found, err))) goto done;
    if (found.has_dictionary && (st = rmt_library_table(&dictionary, file, &entry, err))) goto done;
    if ((st = rmt_found_settle(&found, dictionary, s, false, err))) goto done;
    for (size_t i = 0; i < s->n; i++) {
        rmt_study_entry *e = &s->entries[i];
        rmt_table *t = NULL;
        if ((st = rmt_library_table(&t, file, e, err))) goto done;
        if ((st = rmt_study_put(s, e->path, &t, err))) {
            rmt_table_free(t);
            goto done;
        }
    }
done:
    rmt_table_free(dictionary);
    rmt_found_clear(&found);
    return st;
}

static void limit(int what, rlim_t value)
{
    struct rlimit l;
    if (getrlimit(what, &l) != 0) _exit(1);     /* without limits it is no trial */
    if (l.rlim_max > value) l.rlim_max = value; /* who started us may have set a lower one */
    if (l.rlim_cur > l.rlim_max) l.rlim_cur = l.rlim_max;
    if (setrlimit(what, &l) != 0) _exit(1);
}

static void write_whole(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) _exit(1);
        p += done;
        n -= (size_t)done;
    }
}

static rmt_status translate(void **image, size_t *n, rmt_library_view *v, rmt_error *err)
{
    rmt_study *s = NULL;
    hid_t file = -1;
    rmt_status st;
    if ((st = rmt_library_start(err))) goto done;
    if ((st = rmt_study_new(&s, err))) goto done;
    if ((st = rmt_library_open(&file, v, err))) goto done;
    if ((st = read_file(s, file, v->n, err))) goto done;
    st = rmt_study_image(image, n, s, err);
done:
    rmt_study_free(s); /* the library's file ends with the process */
    return st;
}

/* Says how it went, then gives the study file, and is gone without running anybody's exit handlers. */
static _Noreturn void run_trial(rmt_library_view *v, int answer)
{
    rmt_error err = {0};
    void *image = NULL;
    size_t n = 0;
    int silent = open("/dev/null", O_WRONLY);
    static const int fatal[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGFPE, SIGILL,
                                SIGALRM, SIGXCPU, SIGTERM, SIGINT, SIGHUP};

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        (void)signal(fatal[i], SIG_DFL);
    if (silent >= 0) {
        (void)dup2(silent, STDOUT_FILENO);
        (void)dup2(silent, STDERR_FILENO);
    }
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, TRIAL_CPU_SECONDS);
    if (!HAS_ASAN) limit(RLIMIT_AS, TRIAL_MEMORY + 2 * (rlim_t)v->n);
    (void)alarm(TRIAL_WALL_SECONDS);
    if (translate(&image, &n, v, &err) == RMT_OK) err.code = RMT_OK;
    write_whole(answer, &err, sizeof err);
    write_whole(answer, image, n);
    _exit(0);
}

/* ---- the parent ---------------------------------------------------------------------------- */

/* Reads the answer whole, or nothing. */
static bool read_answer(int fd, rmt_error *answer)
{
    char *to = (char *)answer;
    size_t n = 0;
    while (n < sizeof *answer) {
        ssize_t got = read(fd, to + n, sizeof *answer - n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        n += (size_t)got;
    }
    return true;
}

/* What the child had to say; *image is its study file. */
static rmt_status try_in_child(unsigned char **image, size_t *n, rmt_library_view *v,
                               const char *what, rmt_error *err)
{
    rmt_error answer = {0};
    int ends[2], how = 0;
    pid_t child, ended;
    rmt_status st = RMT_OK;

    if (pipe(ends) != 0) return rmt_fail(err, RMT_ERR_IO, "no pipe: %s", strerror(errno));
    if ((child = fork()) < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return rmt_fail(err, RMT_ERR_NOMEM, "no child process: %s", strerror(errno));
    }
    if (child == 0) {
        (void)close(ends[0]);
        run_trial(v, ends[1]);
    }
    (void)close(ends[1]);
    const bool has_answer = read_answer(ends[0], &answer);
    if (has_answer && answer.code == RMT_OK) st = rmt_study_read_stream(image, n, ends[0], 0, err);
    (void)close(ends[0]);
    do
        ended = waitpid(child, &how, 0);
    while (ended < 0 && errno == EINTR);

    if (st) return st;
    /* What a harmed child says is no more to be trusted than the file. */
    answer.source[sizeof answer.source - 1] = '\0';
    answer.column[sizeof answer.column - 1] = '\0';
    answer.msg[sizeof answer.msg - 1] = '\0';
    if ((unsigned)answer.code >= RMT_N_STATUS) answer.code = RMT_ERR_MALFORMED;
    if (ended != child || !WIFEXITED(how) || WEXITSTATUS(how) != 0 || !has_answer)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s, and reading it on trial failed (%s %d)", what,
                        WIFSIGNALED(how) ? "signal" : "status",
                        WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
    if (answer.code == RMT_ERR_NOMEM)
        return rmt_fail(err, RMT_ERR_MALFORMED, "%s, and reading it on trial took too much memory",
                        what);
    if (answer.code)
        return rmt_fail_at(err, answer.code, answer.source, answer.line, answer.column, "%s",
                           answer.msg);
    return RMT_OK;
}

/* The library wants bytes that it could write to: those of a caller are copied. */
static rmt_status make_view(rmt_library_view *v, const rmt_study *s, void **copy, rmt_error *err)
{
    *v = (rmt_library_view){s->heap ? s->heap : s->mapped, s->n_bytes};
    if (v->bytes) return RMT_OK;
    if (!(*copy = rmt_mem_array(s->n_bytes, 1, err))) return RMT_ERR_NOMEM;
    memcpy(*copy, s->bytes, s->n_bytes);
    v->bytes = *copy;
    return RMT_OK;
}

rmt_status rmt_study_convert(rmt_study *s, bool is_sealed, rmt_error *err)
{
    const char *what = is_sealed ? "a file of other software" : "a file without a seal";
    rmt_library_view v;
    void *copy = NULL;
    unsigned char *image = NULL;
    size_t n = 0;
    rmt_status st;

    if ((st = make_view(&v, s, &copy, err))) goto done;
    if ((st = try_in_child(&image, &n, &v, what, err))) goto done;
    rmt_study_release_bytes(s);
    s->heap = image;
    s->bytes = image;
    s->n_bytes = n;
    image = NULL;
done:
    rmt_mem_free(image);
    rmt_mem_free(copy);
    return st;
}
