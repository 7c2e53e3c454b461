/* study_pipe.c - room in the pipe that a study comes through: fewer turns between two stages. */
#if defined(__linux__)
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include <fcntl.h>

#include "study_internal.h"

void rmt_study_widen_pipe(int fd, int bytes)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, bytes); /* no pipe, or refused: only slower */
#else
    (void)fd, (void)bytes;
#endif
}
