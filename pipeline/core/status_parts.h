/* status_parts.h - what status.c and problems.c share; inside the room. */
#ifndef RMT_STATUS_PARTS_H
#define RMT_STATUS_PARTS_H
#include <stdarg.h>

#include "rmt/status.h"

/* Fills err, whatever it held. */
__attribute__((format(printf, 6, 0))) void rmt_error_fill(rmt_error *err, rmt_status code,
                                                          const char *source, size_t line,
                                                          const char *column, const char *fmt,
                                                          va_list args);
#endif
