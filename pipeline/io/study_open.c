/* study_open.c - from a path, a stream or bytes in memory to an opened study.
 * Memory: a path is mapped, not read, and the library looks at the same pages: O(1) and what is
 * used. A stream is held once: O(bytes). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rmt/mem.h"
#include "study_internal.h"

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

enum { STREAM_PIECE = 1 << 20 };
enum { TRIAL_CPU_SECONDS = 60, TRIAL_WALL_SECONDS = 120 };
#define TRIAL_MEMORY ((rlim_t)4 << 30) /* bytes beyond the file itself */

/* ---- bytes --------------------------------------------------------------------------------- */

/* Reads fd to its end into s->heap. */
static rmt_status read_stream(rmt_study *s, int fd, rmt_error *err)
{
    unsigned char *bytes = NULL;
    size_t n = 0, cap = 0;

    rmt_study_widen_pipe(fd, STREAM_PIECE);
    for (;;) {
        rmt_status st;
        ssize_t got;
        if (n == cap &&
            (st = rmt_mem_grow(&bytes, &cap, n < STREAM_PIECE ? STREAM_PIECE : n + 1, 1, err))) {
            rmt_mem_free(bytes);
            return st;
        }
        got = read(fd, bytes + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            rmt_mem_free(bytes);
            return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
        }
        if (got == 0) break;
        n += (size_t)got;
    }
    s->heap = bytes;
    s->bytes = bytes;
    s->n_bytes = n;
    return RMT_OK;
}

static rmt_status map_file(rmt_study *s, int fd, size_t n, rmt_error *err)
{
    if (n == 0) return RMT_OK;
    void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return rmt_fail(err, RMT_ERR_IO, "cannot be read: %s", strerror(errno));
    s->mapped = bytes;
    s->bytes = bytes;
    s->n_bytes = n;
    return RMT_OK;
}

/* *is_stream: what came was read to its end, from standard input or a named pipe. */
static rmt_status take_path(rmt_study *s, const char *path, bool *is_stream, rmt_error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    rmt_status st;

    if (fd < 0) return rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    *is_stream = true;
    if (fstat(fd, &info) != 0)
        st = rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    else if (S_ISDIR(info.st_mode))
        st = rmt_fail(err, RMT_ERR_OPEN, "cannot be opened: it is a directory");
    else if (is_stdin || !S_ISREG(info.st_mode)) st = read_stream(s, fd, err);
    else {
        *is_stream = false;
        st = map_file(s, fd, (size_t)info.st_size, err);
    }
    if (!is_stdin) (void)close(fd);
    return st;
}

/* ---- the library's view -------------------------------------------------------------------- */

/* These callbacks make the library look at our bytes instead of a copy; it only reads them. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *study)
{
    union {
        const unsigned char *read;
        void *given;
    } u = {.read = ((const rmt_study *)study)->bytes};
    (void)op;
    return size == ((const rmt_study *)study)->n_bytes ? u.given : NULL;
}

static void *image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t op,
                          void *study)
{
    (void)op, (void)study;
    return to == from ? to : memcpy(to, from, size);
}

static void *image_realloc(void *p, size_t size, H5FD_file_image_op_t op, void *study)
{
    (void)p, (void)size, (void)op, (void)study;
    return NULL; /* nothing grows in a file that is only read */
}

static herr_t image_free(void *p, H5FD_file_image_op_t op, void *study)
{
    (void)p, (void)op, (void)study;
    return 0;
}

static void *study_copy(void *study)
{
    return study;
}

static herr_t study_free(void *study)
{
    (void)study;
    return 0;
}

/* The name only has to differ among open files and to exist nowhere. */
static rmt_status view_bytes(rmt_study *s, rmt_error *err)
{
    H5FD_file_image_callbacks_t callbacks = {
        image_malloc, image_memcpy, image_realloc, image_free, study_copy, study_free, s};
    char name[64];
    union {
        const unsigned char *read;
        void *given;
    } u = {.read = s->bytes};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    (void)snprintf(name, sizeof name, "/dev/null/study-%p", (void *)s);
    if (access >= 0 && H5Pset_fapl_core(access, (size_t)1 << 16, false) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, u.given, s->n_bytes) >= 0)
        s->file = H5Fopen(name, H5F_ACC_RDONLY, access);
    rmt_study_drop(access);
    if (s->file < 0) return rmt_fail(err, RMT_ERR_MALFORMED, "the HDF5 library cannot open it");
    return RMT_OK;
}

static rmt_status open_bytes(rmt_study *s, rmt_error *err)
{
    rmt_status st = view_bytes(s, err);
    return st ? st : rmt_study_scan(s, err);
}

/* ---- the trial ----------------------------------------------------------------------------- */

static void limit(int what, rlim_t value)
{
    struct rlimit l = {value, value};
    (void)setrlimit(what, &l);
}

/* In the child: opens and reads everything within limits, says how it went, and is gone without
 * running anybody's exit handlers. */
static _Noreturn void run_trial(rmt_study *s, int answer)
{
    rmt_error err = {0};
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
    if (!HAS_ASAN) limit(RLIMIT_AS, TRIAL_MEMORY + (rlim_t)s->n_bytes);
    (void)alarm(TRIAL_WALL_SECONDS);
    if (open_bytes(s, &err) == RMT_OK && rmt_study_read_all(s, &err) == RMT_OK) err.code = RMT_OK;
    _exit(write(answer, &err, sizeof err) == (ssize_t)sizeof err ? 0 : 1);
}

/* Reads the answer of the child whole, or nothing. */
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

/* A file without a seal: what the library does with it is first seen in a child. */
static rmt_status try_in_child(rmt_study *s, rmt_error *err)
{
    rmt_error answer = {0};
    int ends[2], how = 0;
    pid_t child, ended;

    if (pipe(ends) != 0) return rmt_fail(err, RMT_ERR_IO, "no pipe: %s", strerror(errno));
    if ((child = fork()) < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return rmt_fail(err, RMT_ERR_NOMEM, "no child process: %s", strerror(errno));
    }
    if (child == 0) {
        (void)close(ends[0]);
        run_trial(s, ends[1]);
    }
    (void)close(ends[1]);
    bool has_answer = read_answer(ends[0], &answer);
    (void)close(ends[0]);
    do
        ended = waitpid(child, &how, 0);
    while (ended < 0 && errno == EINTR);

    if (ended != child || !WIFEXITED(how) || WEXITSTATUS(how) != 0 || !has_answer)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "a file without a seal, and reading it on trial failed (%s %d)",
                        WIFSIGNALED(how) ? "signal" : "status",
                        WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
    if (answer.code == RMT_OK) return RMT_OK;
    if (answer.code == RMT_ERR_NOMEM)
        return rmt_fail(err, RMT_ERR_MALFORMED,
                        "a file without a seal, and reading it on trial took too much memory");
    return rmt_fail_at(err, answer.code, answer.source, answer.line, answer.column, "%s",
                       answer.msg);
}

/* ---- opening ------------------------------------------------------------------------------- */

static rmt_status judge_and_open(rmt_study *s, bool is_stream, rmt_error *err)
{
    rmt_status st = rmt_study_seal_check(&s->is_sealed, s->bytes, s->n_bytes, is_stream, err);
    if (st == RMT_OK && !s->is_sealed) st = try_in_child(s, err);
    return st ? st : open_bytes(s, err);
}

rmt_status rmt_study_open(rmt_study **out, const char *path, rmt_error *err)
{
    rmt_study *s = NULL;
    bool is_stream = false;
    rmt_status st;

    if ((st = rmt_study_new(&s, err))) goto done;
    if ((st = take_path(s, path, &is_stream, err))) goto done;
    if ((st = judge_and_open(s, is_stream, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_study_free(s);
    if (st) (void)rmt_error_locate(err, strcmp(path, "-") == 0 ? "standard input" : path, 0, NULL);
    return st;
}

rmt_status rmt_study_open_image(rmt_study **out, const void *bytes, size_t n, const char *name,
                                rmt_error *err)
{
    rmt_study *s = NULL;
    rmt_status st;

    if ((st = rmt_study_new(&s, err))) goto done;
    s->bytes = bytes;
    s->n_bytes = n;
    if ((st = judge_and_open(s, true, err))) goto done;
    *out = s;
    s = NULL;
done:
    rmt_study_free(s);
    if (st) (void)rmt_error_locate(err, name, 0, NULL);
    return st;
}
