/* The executable remit-<name>: one stage's life, and nothing else. */
#include "rmt/stage.h"

int main(int argc, char **argv)
{
    return rmt_stage_main(rmt_stage_find(RMT_STAGE_NAME), "remit-" RMT_STAGE_NAME, argc, argv);
}
