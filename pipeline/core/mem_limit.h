/* mem_limit.h - what the blocks of mem.c may hold together; inside the room. */
#ifndef RMT_MEM_LIMIT_H
#define RMT_MEM_LIMIT_H
#include "rmt/status.h"

/* A block of `gone` bytes is about to become one of `wanted`, or to be made (gone 0): RMT_ERR_NOMEM, naming the limit,
 * when that is more than there may be. Without a limit nothing is counted. */
RMT_MUST_CHECK rmt_status rmt_mem_admit(size_t gone, size_t wanted, rmt_error *err);
/* It has happened; wanted 0: the block was freed. */
void rmt_mem_count(size_t gone, size_t wanted);
bool rmt_mem_is_limited(void);
#endif
