/* node.c - not written yet. */
#include "rmt/node.h"
