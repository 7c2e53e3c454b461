/* version.c - what --version and /provenance say of the program; git_id.cmake makes rmt_git_id. */
#include "rmt/dist.h"
#include "rmt/life.h"
#include "rmt/study.h"

#include <stdio.h>

const char *rmt_version(void)
{
    return RMT_VERSION;
}

void rmt_libraries(char *buf, size_t size)
{
    char numerics[64], hdf5[64];
    rmt_stats_versions(numerics, sizeof numerics);
    rmt_io_versions(hdf5, sizeof hdf5);
    snprintf(buf, size, "%s, %s", numerics, hdf5);
}
