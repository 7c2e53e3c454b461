/* The list of stages, in the order of the chain: the one place that names them. A new stage is one
 * file stages/<name>.c that defines rmt_stage_<name>, and one line here; CMakeLists.txt reads the
 * lines. */
#include "rmt/stage.h"

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

const rmt_stage *const rmt_stages[] = {STAGES(LIST) NULL};
const size_t rmt_n_stages = sizeof rmt_stages / sizeof rmt_stages[0] - 1;
