/* command.c - see command.h. */
#include "command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

rmt_status rmt_command_make_directory(const char *dir, rmt_error *err)
{
    struct stat info;
    if (mkdir(dir, 0777) == 0) return RMT_OK;
    const int why = errno;
    if (why == EEXIST && stat(dir, &info) == 0 && S_ISDIR(info.st_mode)) return RMT_OK;
    return rmt_fail_at(err, RMT_ERR_CREATE, dir, 0, NULL, "cannot make the directory: %s",
                       why == EEXIST ? "a file of this name is there" : strerror(why));
}
