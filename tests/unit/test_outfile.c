/* Outputs: whole or absent, never over an input, gone after a signal. */
#define _XOPEN_SOURCE 700 /* symlink, mkdtemp */
#include "rmt/outfile.h"
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/rmt_out_XXXXXX";
static char target[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(target, sizeof target, "%s/out", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(target);
    return rmdir(folder);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void holds(const char *path, const char *want)
{
    char got[64] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(got, want);
}

static size_t n_files(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void put(rmt_outfile *f, const char *text)
{
    rmt_error err = {0};
    tst_ok(rmt_outfile_write(f, text, strlen(text), &err), &err);
}

static void test_whole(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    struct stat info;
    unlink(target);
    tst_ok(rmt_outfile_open(&f, target, NULL, &err), &err);
    put(f, "new");
    assert_int_equal(access(target, F_OK), -1); /* not before it is whole */
    assert_int_equal(n_files(), 1);
    tst_ok(rmt_outfile_commit(f, &err), &err);
    holds(target, "new");
    assert_int_equal(chmod(target, 0640), 0);
    tst_ok(rmt_outfile_open(&f, target, NULL, &err), &err);
    put(f, "other");
    rmt_outfile_discard(f);
    holds(target, "new");
    tst_ok(rmt_outfile_open(&f, target, NULL, &err), &err);
    tst_ok(rmt_outfile_commit(f, &err), &err);
    holds(target, "");
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(n_files(), 1);
    rmt_outfile_discard(NULL);
}

static void test_large(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    struct stat info;
    static char block[200000];
    tst_ok(rmt_outfile_open(&f, target, NULL, &err), &err);
    put(f, "x");
    tst_ok(rmt_outfile_write(f, block, sizeof block, &err), &err);
    for (size_t i = 0; i < 100000; i++)
        put(f, "ab");
    tst_ok(rmt_outfile_commit(f, &err), &err);
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_size, 1 + 200000 + 200000);
}

static void test_refused(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    char other[80];
    write_file(target, "in");
    snprintf(other, sizeof other, "%s/link", folder);
    assert_int_equal(link(target, other), 0);
    const char *const inputs[] = {"/nowhere", other};
    rmt_outfile_options options = {.inputs = inputs, .n_inputs = 2};
    tst_fails(rmt_outfile_open(&f, target, &options, &err), RMT_ERR_CREATE, &err,
              "is the same file as the input");
    unlink(other);
    options = (rmt_outfile_options){.no_clobber = true};
    tst_fails(rmt_outfile_open(&f, target, &options, &err), RMT_ERR_CREATE, &err, "exists already");
    tst_fails(rmt_outfile_open(&f, folder, NULL, &err), RMT_ERR_CREATE, &err, "is a directory");
    tst_fails(rmt_outfile_open(&f, "/nowhere/x", NULL, &err), RMT_ERR_CREATE, &err,
              "cannot be created: No such file");
    assert_null(f);
    /* The target appears while the output is written. */
    unlink(target);
    tst_ok(rmt_outfile_open(&f, target, &options, &err), &err);
    rmt_outfile *second = NULL;
    tst_fails(rmt_outfile_open(&second, target, NULL, &err), RMT_ERR_CREATE, &err,
              "is being written already");
    write_file(target, "theirs");
    tst_fails(rmt_outfile_commit(f, &err), RMT_ERR_CREATE, &err, "exists already");
    holds(target, "theirs");
    assert_int_equal(n_files(), 1);
    unlink(target);
    tst_ok(rmt_outfile_open(&f, target, &options, &err), &err);
    put(f, "mine");
    tst_ok(rmt_outfile_commit(f, &err), &err);
    holds(target, "mine");
    assert_int_equal(n_files(), 1);
}

static void test_link_and_stale(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    struct stat info;
    char link_path[80], stale[96];
    write_file(target, "old");
    snprintf(link_path, sizeof link_path, "%s/sym", folder);
    snprintf(stale, sizeof stale, "%s.tmp.%ld", target, (long)getpid());
    write_file(stale, "left by a dead process");
    assert_int_equal(symlink(target, link_path), 0);
    tst_ok(rmt_outfile_open(&f, link_path, NULL, &err), &err);
    put(f, "new");
    tst_ok(rmt_outfile_commit(f, &err), &err);
    holds(target, "new");
    assert_int_equal(lstat(link_path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    unlink(link_path);
    assert_int_equal(n_files(), 1);
}

static void test_full_device(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    tst_ok(rmt_outfile_open(&f, "/dev/full", NULL, &err), &err);
    put(f, "x");
    tst_fails(rmt_outfile_commit(f, &err), RMT_ERR_IO, &err, "cannot be written: No space left");
    tst_ok(rmt_outfile_open(&f, "/dev/null", NULL, &err), &err);
    put(f, "x");
    tst_ok(rmt_outfile_commit(f, &err), &err);
}

static void test_stdout(void **state)
{
    (void)state;
    rmt_error err = {0};
    rmt_outfile *f = NULL;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    int fd = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    close(fd);
    const char *const inputs[] = {target};
    rmt_outfile_options options = {.inputs = inputs, .n_inputs = 1};
    rmt_status same = rmt_outfile_open(&f, "-", &options, &err);
    rmt_error same_err = err;
    rmt_error_clear(&err);
    rmt_status st = rmt_outfile_open(&f, "-", NULL, &err);
    if (!st) st = rmt_outfile_write(f, "data", 4, &err);
    if (!st) st = rmt_outfile_commit(f, &err);
    close(STDOUT_FILENO);
    rmt_error closed_err = {0};
    rmt_status closed = rmt_outfile_open(&f, "-", NULL, &closed_err);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    tst_ok(st, &err);
    holds(target, "data");
    tst_fails(same, RMT_ERR_CREATE, &same_err, "is the same file as the input");
    tst_fails(closed, RMT_ERR_IO, &closed_err, "cannot be written: Bad file descriptor");
}

static void test_signals(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        int status = 0;
        write_file(target, "old");
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            rmt_outfile *f = NULL;
            signal(signals[i], SIG_DFL);
            if (rmt_outfile_catch_signals(NULL)) _exit(2);
            if (rmt_outfile_open(&f, target, NULL, NULL)) _exit(3);
            if (rmt_outfile_write(f, "half", 4, NULL)) _exit(4);
            if (n_files() != 2) _exit(5);
            raise(signals[i]);
            _exit(6);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_int_equal(n_files(), 1);
        holds(target, "old");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),       cmocka_unit_test(test_large),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_link_and_stale),
        cmocka_unit_test(test_full_device), cmocka_unit_test(test_stdout),
        cmocka_unit_test(test_signals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
