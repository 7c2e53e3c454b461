#include "run.h"

#include "rmt/mem.h"

rmt_status rmt_commands(const rmt_stage ***out, size_t *n, rmt_error *err)
{
    const rmt_stage **list = rmt_mem_array(rmt_n_stages + 1, sizeof *list, err);
    if (!list) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < rmt_n_stages; i++)
        list[i] = rmt_stages[i];
    list[rmt_n_stages] = &rmt_command_run;
    *out = list;
    *n = rmt_n_stages + 1;
    return RMT_OK;
}
