/* version.c - what --version and /provenance say of the program; git_id.cmake makes rmt_git_id. */
#include "rmt/life.h"

const char *rmt_version(void)
{
    return RMT_VERSION;
}
