/* schema_dir.h - where the shipped table schemas and instrument definitions are.
 * Layer: stage. The answer depends on the installation and is never recorded in an output. */
#ifndef RMT_SCHEMA_DIR_H
#define RMT_SCHEMA_DIR_H
#include "rmt/status.h"

/* The first of these that exists: the environment variable REMIT_SCHEMAS (taken as it is when set
 * and not empty);
 * ../share/remit/schemas as seen from the executable (an installation, which may be moved as a
 * whole); the source tree's schemas as seen from a build directory. Ownership: caller,
 * rmt_mem_free. Errors: RMT_ERR_OPEN when there is none, RMT_ERR_NOMEM. */
RMT_MUST_CHECK rmt_status rmt_schema_dir(char **out, rmt_error *err);
#endif
