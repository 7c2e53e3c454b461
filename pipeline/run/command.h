/* command.h - what the commands of the front program (run, init) share. How they begin and end is that of all programs:
 * rmt/stage.h, rmt/life.h.
 * Layer: run, inside the room. */
#ifndef RMT_COMMAND_H
#define RMT_COMMAND_H
#include "rmt/status.h"

/* One that is there already will do. RMT_ERR_CREATE. */
RMT_MUST_CHECK rmt_status rmt_command_make_directory(const char *dir, rmt_error *err);
#endif
