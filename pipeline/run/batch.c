/* batch.c - many trials, a process each: a broken one stops nothing but itself. A signal that ends
 * the batch ends its children first. */
#include "run.h"

#include "rmt/life.h"
#include "rmt/mem.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef enum { WAITING, RUNNING, ENDED, LEFT_OUT } job_state;

typedef struct {
    job_state state;
    pid_t pid;
    int fd;       /* read end of the child's messages */
    rmt_text log; /* what the child said */
    int wait_status;
} job;

/* ---- signals ------------------------------------------------------------------------------- */

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
enum { N_ENDING = sizeof ending / sizeof ending[0] };

/* What a handler, which gets no argument, has to know: the signal that came, and the pipe that wakes
 * the parent, so that none comes unseen between a look and poll. */
static volatile sig_atomic_t caught;
static volatile sig_atomic_t wake;

static void on_signal(int sig)
{
    const int before = errno;
    caught = sig;
    const ssize_t told = write(wake, "", 1);
    (void)told;
    errno = before;
}

typedef struct {
    int ends[2];
    sigset_t set;
    struct sigaction before[N_ENDING];
    size_t n_caught; /* actions that were changed, from the first */
} watch;

static void watch_stop(watch *w)
{
    while (w->n_caught > 0) {
        w->n_caught--;
        sigaction(ending[w->n_caught], &w->before[w->n_caught], NULL);
    }
    for (int i = 0; i < 2; i++) {
        if (w->ends[i] >= 0) close(w->ends[i]);
        w->ends[i] = -1;
    }
}

static rmt_status watch_start(watch *w, rmt_error *err)
{
    struct sigaction action = {.sa_handler = on_signal};
    *w = (watch){.ends = {-1, -1}};
    if (pipe(w->ends) != 0)
        return rmt_fail(err, RMT_ERR_NOMEM, "cannot make a pipe: %s", strerror(errno));
    caught = 0;
    wake = w->ends[1];
    sigfillset(&action.sa_mask);
    sigemptyset(&w->set);
    for (; w->n_caught < N_ENDING; w->n_caught++) {
        const int sig = ending[w->n_caught];
        struct sigaction *before = &w->before[w->n_caught];
        sigaddset(&w->set, sig);
        if (sigaction(sig, NULL, before) == 0 && before->sa_handler == SIG_IGN)
            continue; /* nohup */
        if (sigaction(sig, &action, NULL) != 0)
            return rmt_fail(err, RMT_ERR_INTERNAL, "cannot catch signal %d: %s", sig,
                            strerror(errno));
    }
    return RMT_OK;
}

/* ---- the batch ----------------------------------------------------------------------------- */

typedef struct {
    const rmt_trial *trials;
    job *jobs;
    watch watch;
    size_t n, n_running, n_ended, n_told, n_failed;
    const rmt_batch_options *options;
    struct timespec shown;
    bool line_open; /* a progress line is on the terminal */
} batch;

/* ---- the child ----------------------------------------------------------------------------- */

static void write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        const ssize_t w = write(fd, s, n);
        if (w < 0 && errno == EINTR) continue;
        if (w <= 0) return;
        s += w;
        n -= (size_t)w;
    }
}

static _Noreturn void child(const batch *b, size_t i, int fd)
{
    rmt_error error = {0};
    rmt_text log = {0};
    rmt_trial_result result = {0};
    const rmt_trial *trial = &b->trials[i];
    const rmt_trial_options *options = &b->options->trial;
    const rmt_status st = rmt_trial_run(trial, options, &result, &log, &error);
    const rmt_status told =
        rmt_trial_tell(trial, options, &result, st, &error, !options->quiet, &log, NULL);
    if (log.len) write_all(fd, log.s, log.len);
    rmt_text_clear(&log);
    _exit(st || told || result.found || result.withheld ? 1 : 0);
}

/* ---- the parent ---------------------------------------------------------------------------- */

static rmt_status start(batch *b, size_t i, rmt_error *err)
{
    int ends[2];
    job *j = &b->jobs[i];
    if (pipe(ends) != 0)
        return rmt_fail(err, RMT_ERR_NOMEM, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    /* A signal that comes before the child has its own actions back waits for them. */
    sigset_t before;
    sigprocmask(SIG_BLOCK, &b->watch.set, &before);
    const pid_t pid = fork();
    const int why = errno;
    if (pid == 0) watch_stop(&b->watch);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return rmt_fail(err, RMT_ERR_NOMEM, "cannot start a process: %s", strerror(why));
    }
    if (pid == 0) {
        close(ends[0]);
        child(b, i, ends[1]);
    }
    close(ends[1]);
    j->pid = pid;
    j->fd = ends[0];
    j->state = RUNNING;
    b->n_running++;
    return RMT_OK;
}

static void wipe_progress(batch *b)
{
    if (b->line_open) fputs("\r\033[K", stderr);
    b->line_open = false;
}

static void show_progress(batch *b)
{
    enum { NANOSECONDS = 1000000000, PAUSE = NANOSECONDS / 5 };
    struct timespec now;
    if (!b->options->progress || clock_gettime(CLOCK_MONOTONIC, &now) != 0) return;
    const long long gone =
        (long long)(now.tv_sec - b->shown.tv_sec) * NANOSECONDS + (now.tv_nsec - b->shown.tv_nsec);
    if (gone < PAUSE) return;
    b->shown = now;
    fprintf(stderr, "\r\033[Kremit-run: %zu of %zu done", b->n_ended, b->n);
    fflush(stderr);
    b->line_open = true;
}

static bool is_failed(const job *j)
{
    return !WIFEXITED(j->wait_status) || WEXITSTATUS(j->wait_status) != 0;
}

/* The batch is being ended: what its trials had to say by then. */
static void tell_rest(batch *b)
{
    wipe_progress(b);
    for (size_t i = b->n_told; i < b->n; i++)
        if (b->jobs[i].state == ENDED && b->jobs[i].log.len) fputs(b->jobs[i].log.s, stderr);
}

/* What ended is told in the order of the plans, as soon as all before it are told. */
static void tell(batch *b)
{
    for (; b->n_told < b->n; b->n_told++) {
        const job *j = &b->jobs[b->n_told];
        const char *name = b->trials[b->n_told].name;
        if (j->state != ENDED && j->state != LEFT_OUT) return;
        wipe_progress(b);
        if (j->log.len) fputs(j->log.s, stderr);
        if (j->state == ENDED && WIFEXITED(j->wait_status)) continue;
        if (j->state == LEFT_OUT)
            fprintf(stderr, "remit-run: %s: not run, because another trial failed", name);
        else
            fprintf(stderr, "remit-run: %s: failed: the process died of signal %d (%s)", name,
                    WTERMSIG(j->wait_status), strsignal(WTERMSIG(j->wait_status)));
        if (rmt_trial_has_older(&b->trials[b->n_told]))
            fprintf(stderr, "; %s is of an earlier run", b->trials[b->n_told].output);
        fputc('\n', stderr);
    }
}

static void end_job(batch *b, job *j)
{
    while (waitpid(j->pid, &j->wait_status, 0) < 0 && errno == EINTR)
        continue;
    close(j->fd);
    j->state = ENDED;
    b->n_running--;
    b->n_ended++;
    if (!is_failed(j)) return;
    b->n_failed++;
    if (b->options->keep_going) return;
    for (size_t i = 0; i < b->n; i++)
        if (b->jobs[i].state == WAITING) {
            b->jobs[i].state = LEFT_OUT;
            b->n_failed++;
        }
}

/* Takes what one child wrote; its end of file is its end. */
static rmt_status listen_to(batch *b, job *j, rmt_error *err)
{
    char buf[4096];
    const ssize_t n = read(j->fd, buf, sizeof buf);
    if (n > 0) return rmt_text_add_bytes(&j->log, buf, (size_t)n, err);
    if (n == 0 || errno != EINTR) end_job(b, j);
    return RMT_OK;
}

static rmt_status wait_for_some(batch *b, struct pollfd *fds, size_t *which, rmt_error *err)
{
    enum { PROGRESS_MS = 250 };
    rmt_status st = RMT_OK;
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->jobs[i].state == RUNNING) {
            fds[n] = (struct pollfd){.fd = b->jobs[i].fd, .events = POLLIN};
            which[n++] = i;
        }
    fds[n++] = (struct pollfd){.fd = b->watch.ends[0], .events = POLLIN};
    const int ready = poll(fds, (nfds_t)n, b->options->progress ? PROGRESS_MS : -1);
    if (ready < 0 && errno != EINTR)
        return rmt_fail(err, RMT_ERR_IO, "cannot wait for processes: %s", strerror(errno));
    for (size_t k = 0; !st && !caught && ready > 0 && k + 1 < n; k++)
        if (fds[k].revents) st = listen_to(b, &b->jobs[which[k]], err);
    return st;
}

static rmt_status start_some(batch *b, size_t *next, rmt_error *err)
{
    rmt_status st = RMT_OK;
    for (; !st && *next < b->n && b->n_running < b->options->jobs; ++*next)
        if (b->jobs[*next].state == WAITING) st = start(b, *next, err);
    return st;
}

rmt_status rmt_batch_run(const rmt_trial *trials, size_t n, const rmt_batch_options *options,
                         size_t *n_failed, rmt_error *err)
{
    rmt_status st = RMT_ERR_NOMEM;
    batch b = {.trials = trials, .n = n, .options = options, .watch = {.ends = {-1, -1}}};
    size_t next = 0;
    struct pollfd *fds = rmt_mem_array(n + 1, sizeof *fds, err); /* of the jobs, and the signals' */
    size_t *which = rmt_mem_array(n, sizeof *which, err);
    b.jobs = rmt_mem_array(n, sizeof *b.jobs, err);
    if (!fds || !which || !b.jobs) goto done;
    if ((st = watch_start(&b.watch, err))) goto done;
    while (b.n_told < n) {
        if ((st = start_some(&b, &next, err))) break;
        if (b.n_running > 0 && (st = wait_for_some(&b, fds, which, err))) break;
        if (caught) break;
        tell(&b);
        if (b.n_told < n) show_progress(&b);
    }
    wipe_progress(&b);
    *n_failed = b.n_failed;
done:
    if (b.watch.n_caught > 0 && caught) tell_rest(&b);
    for (size_t i = 0; b.jobs && i < n; i++)
        if (b.jobs[i].state == RUNNING) kill(b.jobs[i].pid, SIGTERM);
    for (size_t i = 0; b.jobs && i < n; i++) {
        if (b.jobs[i].state == RUNNING) end_job(&b, &b.jobs[i]);
        rmt_text_clear(&b.jobs[i].log);
    }
    rmt_mem_free(b.jobs);
    rmt_mem_free(which);
    rmt_mem_free(fds);
    const bool watched = b.watch.n_caught > 0;
    watch_stop(&b.watch);
    if (watched && caught) raise(caught); /* with its action of before: ends this process too */
    return st;
}
