#include "run.h"

#include "rmt/mem.h"

#include <string.h>

static const rmt_command own[] = {{&rmt_command_run, rmt_run_main},
                                  {&rmt_command_init, rmt_init_main}};
enum { N_OWN = sizeof own / sizeof own[0] };

const rmt_command *rmt_command_find(const char *name)
{
    for (size_t i = 0; i < N_OWN; i++)
        if (strcmp(own[i].described->name, name) == 0) return &own[i];
    return NULL;
}

rmt_status rmt_commands(const rmt_stage ***out, size_t *n, const rmt_stage_list *stages,
                        rmt_error *err)
{
    const rmt_stage **list = rmt_mem_array(stages->n + N_OWN, sizeof *list, err);
    if (!list) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < stages->n; i++)
        list[i] = stages->at[i];
    for (size_t i = 0; i < N_OWN; i++)
        list[stages->n + i] = own[i].described;
    *out = list;
    *n = stages->n + N_OWN;
    return RMT_OK;
}
