#include "rmt/named_tables.h"

#include "rmt/mem.h"

rmt_status rmt_stage_named_tables(rmt_named_table **out, size_t *n, rmt_stage_run *run,
                                  rmt_error *err)
{
    rmt_status st = RMT_OK;
    rmt_text path = {0};
    const rmt_plan *plan = run->plan;
    rmt_named_table *list = rmt_mem_array(plan->n_tables, sizeof *list, err);
    size_t kept = 0;
    if (!list) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < plan->n_tables; i++) {
        path.len = 0;
        if ((st = rmt_text_addf(&path, err, "/tables/%s", plan->tables[i].name))) goto done;
        if (!rmt_study_has(run->study, path.s)) continue;
        list[kept].name = plan->tables[i].name;
        if ((st = rmt_study_get(&list[kept].table, run->study, path.s, err))) goto done;
        kept++;
    }
    *out = list;
    *n = kept;
    list = NULL;
done:
    rmt_text_clear(&path);
    rmt_mem_free(list);
    return st;
}
