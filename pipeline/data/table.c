/* table.c - not written yet. */
#include "rmt/table.h"
