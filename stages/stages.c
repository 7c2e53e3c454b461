/* The list of stages, in the order of the chain: the one place that names them. A new stage is one
 * file stages/<name>.c that defines rmt_stage_<name>, and one line here; CMakeLists.txt reads the
 * lines. */
#include "rmt/stages.h"

#define STAGES(STAGE)                                                                              \
    /* clang-format off */ \
    STAGE(ingest) \
    STAGE(validate) \
    STAGE(score) \
    STAGE(effects) \
    STAGE(rates) \
    STAGE(show) \
    STAGE(export)                                                                       \
    /* clang-format on */

#define DECLARE(name) extern const rmt_stage rmt_stage_##name;
#define LIST(name) &rmt_stage_##name,

STAGES(DECLARE)

static const rmt_stage *const stages[] = {STAGES(LIST)};

const rmt_stage_list rmt_stages = {stages, sizeof stages / sizeof stages[0]};
