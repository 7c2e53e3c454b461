#include "rmt/schema_dir.h"

#include "rmt/mem.h"
#include "rmt/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Both are relative to the executable's directory, so that no binary holds a path of the machine it
 * was built on. */
static const char *const places[] = {RMT_SCHEMAS_INSTALLED, RMT_SCHEMAS_SOURCE};

/* The executable's directory; false where /proc tells nothing. */
static bool executable_directory(char dir[PATH_MAX])
{
    const ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
    if (n <= 0 || n >= PATH_MAX - 1) return false;
    dir[n] = '\0';
    char *slash = strrchr(dir, '/');
    if (!slash) return false;
    *slash = '\0';
    return true;
}

static rmt_status join(rmt_text *out, const char *dir, const char *place, const char *below,
                       rmt_error *err)
{
    return rmt_text_addf(out, err, "%s/%s%s", dir, place, below);
}

/* A directory of ours has an instruments/ in it: /usr/local/../../schemas might be anything. */
static rmt_status is_ours(bool *out, const char *dir, const char *place, rmt_error *err)
{
    rmt_text probe = {0};
    struct stat info;
    rmt_status st = join(&probe, dir, place, "/instruments", err);
    if (!st) *out = stat(probe.s, &info) == 0 && S_ISDIR(info.st_mode);
    rmt_text_clear(&probe);
    return st;
}

rmt_status rmt_schema_dir(char **out, rmt_error *err)
{
    char dir[PATH_MAX];
    rmt_status st;
    const char *set = getenv("REMIT_SCHEMAS");
    if (set && set[0]) {
        *out = rmt_mem_text(set, strlen(set), err);
        return *out ? RMT_OK : RMT_ERR_NOMEM;
    }
    for (size_t i = 0; executable_directory(dir) && i < sizeof places / sizeof places[0]; i++) {
        bool ours = false;
        if ((st = is_ours(&ours, dir, places[i], err))) return st;
        if (!ours) continue;
        rmt_text path = {0};
        if ((st = join(&path, dir, places[i], "", err))) {
            rmt_text_clear(&path);
            return st;
        }
        *out = path.s; /* the text's block is the caller's now */
        return RMT_OK;
    }
    return rmt_fail(
        err, RMT_ERR_OPEN,
        "the schemas of remit are not beside the program; REMIT_SCHEMAS can name their place");
}
