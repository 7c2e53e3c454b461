#include "run.h"

#include "rmt/mem.h"

rmt_status rmt_commands(const rmt_stage ***out, size_t *n, const rmt_stage_list *stages,
                        rmt_error *err)
{
    const rmt_stage **list = rmt_mem_array(stages->n + 1, sizeof *list, err);
    if (!list) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < stages->n; i++)
        list[i] = stages->at[i];
    list[stages->n] = &rmt_command_run;
    *out = list;
    *n = stages->n + 1;
    return RMT_OK;
}
