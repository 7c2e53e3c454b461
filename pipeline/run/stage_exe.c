/* The executable remit-<name>: one stage's life, and nothing else. */
#include "rmt/stages.h"

int main(int argc, char **argv)
{
    const rmt_stage *stage = rmt_stage_find(&rmt_stages, RMT_STAGE_NAME);
    return rmt_stage_main(&rmt_stages, stage, "remit-" RMT_STAGE_NAME, argc, argv);
}
