/* stages.h - the list of stages.
 * Layer: stages. Only programs include it; they hand the list down. */
#ifndef RMT_STAGES_H
#define RMT_STAGES_H
#include "rmt/stage.h"

extern const rmt_stage_list rmt_stages;
#endif
