/* outfile.c - see rmt/outfile.h. */
#define _GNU_SOURCE /* realpath, sync_file_range */
#include "rmt/outfile.h"

#include "rmt/mem.h"
#include "rmt/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, PENDING = 32, PATH_SIZE = 4096, ON_ITS_WAY = 1 << 24 };

/* What a signal handler must remove. The one piece of global state of io: a handler gets no
 * argument. */
enum { SLOT_FREE, SLOT_CLAIMED, SLOT_READY };
static struct {
    atomic_int state;
    pid_t owner;
    char path[PATH_SIZE];
} pending[PENDING];

struct rmt_outfile {
    int fd;
    bool is_stdout, is_direct; /* direct: a device or pipe, written without a temporary file */
    bool no_clobber;
    size_t slot; /* PENDING = none */
    char *name;  /* as the user gave it */
    char *target, *temporary;
    char *buffer;
    size_t used;
    uint64_t written, sent; /* bytes; so many of them are on their way to the disk */
};

static size_t slot_claim(const char *path)
{
    for (size_t i = 0; i < PENDING; i++) {
        int free_state = SLOT_FREE;
        if (!atomic_compare_exchange_strong(&pending[i].state, &free_state, SLOT_CLAIMED)) continue;
        pending[i].owner = getpid();
        strcpy(pending[i].path, path);
        atomic_store(&pending[i].state, SLOT_READY);
        return i;
    }
    return PENDING;
}

static bool slot_holds(const char *path)
{
    for (size_t i = 0; i < PENDING; i++) {
        if (atomic_load(&pending[i].state) == SLOT_READY && strcmp(pending[i].path, path) == 0)
            return true;
    }
    return false;
}

static void slot_release(rmt_outfile *f)
{
    if (f->slot < PENDING) atomic_store(&pending[f->slot].state, SLOT_FREE);
    f->slot = PENDING;
}

/* Only async-signal-safe calls in the handlers. */
static void remove_pending(void)
{
    for (size_t i = 0; i < PENDING; i++) {
        if (atomic_load(&pending[i].state) == SLOT_READY && pending[i].owner == getpid())
            unlink(pending[i].path);
    }
}

/* SA_RESETHAND has put the default action back: the signal raised here is delivered when the handler returns, and ends the
 * process as if it had not been caught. */
static void on_signal(int sig)
{
    remove_pending();
    raise(sig);
}

/* What is mapped is no longer there. */
static void on_lost_bytes(int sig)
{
    static const char line[] =
        "remit: an input was cut short, or its disk failed, while it was read\n";
    (void)sig;
    remove_pending();
    const ssize_t told = write(STDERR_FILENO, line, sizeof line - 1);
    (void)told; /* nobody is left to hear of it */
    _exit(rmt_status_exit_code(RMT_ERR_IO));
}

rmt_status rmt_outfile_catch_signals(rmt_error *err)
{
    static const struct {
        int signal;
        void (*handler)(int);
    } caught[] = {
        {SIGINT, on_signal}, {SIGTERM, on_signal}, {SIGHUP, on_signal}, {SIGBUS, on_lost_bytes}};
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction action = {.sa_handler = caught[i].handler}, old;
        sigfillset(&action.sa_mask);
        action.sa_flags = (int)SA_RESETHAND;
        if (sigaction(caught[i].signal, NULL, &old) == 0) {
            if (old.sa_handler == SIG_IGN) continue; /* nohup */
            if (sigaction(caught[i].signal, &action, NULL) == 0) continue;
        }
        return rmt_fail(err, RMT_ERR_INTERNAL, "cannot catch signal %d: %s", caught[i].signal,
                        strerror(errno));
    }
    return RMT_OK;
}

static rmt_status create_failed(const char *name, int code, rmt_error *err)
{
    return rmt_fail_at(err, RMT_ERR_CREATE, name, 0, NULL, "cannot be created: %s", strerror(code));
}

static rmt_status write_failed(const char *name, int code, rmt_error *err)
{
    return rmt_fail_at(err, RMT_ERR_IO, name, 0, NULL, "cannot be written: %s", strerror(code));
}

static rmt_status refuse_inputs(const char *name, const struct stat *target,
                                const rmt_outfile_options *options, rmt_error *err)
{
    if (!S_ISREG(target->st_mode)) return RMT_OK;
    for (size_t i = 0; i < options->n_inputs; i++) {
        struct stat input;
        const char *path = options->inputs[i];
        int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &input) : stat(path, &input);
        if (failed) continue;
        if (input.st_dev == target->st_dev && input.st_ino == target->st_ino)
            return rmt_fail_at(err, RMT_ERR_CREATE, name, 0, NULL,
                               "is the same file as the input '%s'", path);
    }
    return RMT_OK;
}

/* Creates the temporary file; a file left by a dead process that had our number is replaced. */
static rmt_status open_temporary(rmt_outfile *f, const struct stat *target, rmt_error *err)
{
    rmt_status st;
    rmt_text path = {0};
    enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC };

    if ((st = rmt_text_addf(&path, err, "%s.tmp.%ld", f->target, (long)getpid()))) goto done;
    if (path.len >= PATH_SIZE) {
        st = create_failed(f->name, ENAMETOOLONG, err);
        goto done;
    }
    if (slot_holds(path.s)) {
        st = rmt_fail_at(err, RMT_ERR_CREATE, f->name, 0, NULL, "is being written already");
        goto done;
    }
    if (!(f->temporary = rmt_mem_text(path.s, path.len, err))) {
        st = RMT_ERR_NOMEM;
        goto done;
    }
    if ((f->slot = slot_claim(path.s)) == PENDING) {
        st = rmt_fail_at(err, RMT_ERR_INTERNAL, f->name, 0, NULL, "more than %d outputs are open",
                         PENDING);
        goto done;
    }
    f->fd = open(f->temporary, FLAGS, 0666);
    if (f->fd < 0 && errno == EEXIST && unlink(f->temporary) == 0)
        f->fd = open(f->temporary, FLAGS, 0666);
    if (f->fd < 0) {
        st = create_failed(f->name, errno, err);
        slot_release(f);
        goto done;
    }
    /* An output keeps the permissions of the file it replaces; where that is refused the umask's
     * do. */
    if (target && fchmod(f->fd, target->st_mode & 0777) != 0) errno = 0;
done:
    rmt_text_clear(&path);
    return st;
}

static rmt_status open_target(rmt_outfile *f, const rmt_outfile_options *options, rmt_error *err)
{
    rmt_status st;
    struct stat target, link;
    bool exists = stat(f->name, &target) == 0;
    if (!exists && errno != ENOENT) return create_failed(f->name, errno, err);
    if (exists) {
        if (S_ISDIR(target.st_mode))
            return rmt_fail_at(err, RMT_ERR_CREATE, f->name, 0, NULL, "is a directory");
        if ((st = refuse_inputs(f->name, &target, options, err))) return st;
        if (!S_ISREG(target.st_mode)) {
            f->is_direct = true;
            f->fd = open(f->name, O_WRONLY | O_CLOEXEC);
            return f->fd < 0 ? create_failed(f->name, errno, err) : RMT_OK;
        }
        if (options->no_clobber)
            return rmt_fail_at(err, RMT_ERR_CREATE, f->name, 0, NULL, "exists already");
    }
    /* A symbolic link stays; the file it points to is replaced. */
    if (exists && lstat(f->name, &link) == 0 && S_ISLNK(link.st_mode)) {
        char *resolved = realpath(f->name, NULL);
        if (!resolved) return create_failed(f->name, errno, err);
        f->target = rmt_mem_text(resolved, strlen(resolved), err);
        free(resolved);
    } else {
        f->target = rmt_mem_text(f->name, strlen(f->name), err);
    }
    if (!f->target) return RMT_ERR_NOMEM;
    return open_temporary(f, exists ? &target : NULL, err);
}

static rmt_status open_stdout(rmt_outfile *f, const rmt_outfile_options *options, rmt_error *err)
{
    struct stat target;
    f->is_stdout = true;
    if (fflush(stdout) != 0 || fstat(STDOUT_FILENO, &target) != 0)
        return write_failed(f->name, errno, err);
    f->fd = STDOUT_FILENO;
    return refuse_inputs(f->name, &target, options, err);
}

rmt_status rmt_outfile_open(rmt_outfile **out, const char *path, const rmt_outfile_options *options,
                            rmt_error *err)
{
    static const rmt_outfile_options none = {0};
    rmt_status st = RMT_ERR_NOMEM;
    if (!options) options = &none;
    rmt_outfile *f = rmt_mem_array(1, sizeof *f, err);
    if (!f) return st;
    f->fd = -1;
    f->slot = PENDING;
    f->no_clobber = options->no_clobber;
    bool is_stdout = strcmp(path, "-") == 0;
    const char *name = is_stdout ? "standard output" : path;
    if (!(f->name = rmt_mem_text(name, strlen(name), err))) goto done;
    if (!(f->buffer = rmt_mem_array(BUFFER, 1, err))) goto done;
    st = is_stdout ? open_stdout(f, options, err) : open_target(f, options, err);
    if (st) goto done;
    *out = f;
    f = NULL;
done:
    rmt_outfile_discard(f);
    return st;
}

/* A large file begins its way to the disk while the rest is made: committing waits for little then. */
static void send(rmt_outfile *f)
{
#ifdef SYNC_FILE_RANGE_WRITE
    if (f->is_stdout || f->is_direct || f->written - f->sent < ON_ITS_WAY) return;
    (void)sync_file_range(f->fd, (off_t)f->sent, (off_t)(f->written - f->sent),
                          SYNC_FILE_RANGE_WRITE);
    f->sent = f->written;
#else
    (void)f;
#endif
}

static rmt_status write_all(rmt_outfile *f, const char *bytes, size_t n, rmt_error *err)
{
    f->written += n;
    while (n > 0) {
        ssize_t done = write(f->fd, bytes, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return write_failed(f->name, errno, err);
        bytes += done;
        n -= (size_t)done;
    }
    send(f);
    return RMT_OK;
}

static rmt_status flush(rmt_outfile *f, rmt_error *err)
{
    rmt_status st = write_all(f, f->buffer, f->used, err);
    f->used = 0;
    return st;
}

rmt_status rmt_outfile_write(rmt_outfile *f, const void *bytes, size_t n, rmt_error *err)
{
    if (n == 0) return RMT_OK;
    if (n > BUFFER - f->used) {
        rmt_status st = flush(f, err);
        if (st) return st;
    }
    if (n >= BUFFER) return write_all(f, bytes, n, err);
    memcpy(f->buffer + f->used, bytes, n);
    f->used += n;
    return RMT_OK;
}

bool rmt_outfile_is_rewindable(const rmt_outfile *f)
{
    return !f->is_stdout && !f->is_direct;
}

rmt_status rmt_outfile_rewrite(rmt_outfile *f, const void *bytes, size_t n, rmt_error *err)
{
    rmt_status st = flush(f, err);
    if (st) return st;
    if (lseek(f->fd, 0, SEEK_SET) != 0) return write_failed(f->name, errno, err);
    return write_all(f, bytes, n, err);
}

/* Gives the temporary file its name. link, not rename, finds out about a target made meanwhile. */
static rmt_status put_in_place(rmt_outfile *f, rmt_error *err)
{
    if (f->no_clobber) {
        if (link(f->temporary, f->target) == 0) {
            unlink(f->temporary);
            return RMT_OK;
        }
        if (errno == EEXIST)
            return rmt_fail_at(err, RMT_ERR_CREATE, f->name, 0, NULL, "exists already");
        /* A file system without hard links. */
    }
    if (rename(f->temporary, f->target) != 0) return create_failed(f->name, errno, err);
    return RMT_OK;
}

rmt_status rmt_outfile_commit(rmt_outfile *f, rmt_error *err)
{
    rmt_status st = flush(f, err);
    if (st) goto done;
    if (f->is_stdout) {
        /* Only closing tells that a remote disk is full; the duplicate keeps stdout for others. */
        int copy = dup(f->fd);
        if (copy < 0 || close(copy) != 0) st = write_failed(f->name, errno, err);
        goto done;
    }
    if (!f->is_direct && fsync(f->fd) != 0) {
        st = write_failed(f->name, errno, err);
        goto done;
    }
    int fd = f->fd;
    f->fd = -1;
    if (close(fd) != 0) {
        st = write_failed(f->name, errno, err);
        goto done;
    }
    if (f->is_direct) goto done;
    if ((st = put_in_place(f, err))) goto done;
    slot_release(f);
done:
    rmt_outfile_discard(f);
    return st;
}

void rmt_outfile_discard(rmt_outfile *f)
{
    if (!f) return;
    if (f->fd >= 0 && !f->is_stdout) close(f->fd);
    if (f->slot < PENDING) {
        unlink(f->temporary);
        slot_release(f);
    }
    rmt_mem_free(f->name);
    rmt_mem_free(f->target);
    rmt_mem_free(f->temporary);
    rmt_mem_free(f->buffer);
    rmt_mem_free(f);
}
