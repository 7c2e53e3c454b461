#include "rmt/stage.h"

/* Filters have all of them, sources and sinks all but the first, commands (their own output) all
 * but two. */
static const rmt_option common[] = {
    {.name = "in-place",
     .kind = RMT_OPTION_FLAG,
     .help = "write the result back to FILE, which is replaced as a whole or not at all"},
    {.name = "output",
     .letter = 'o',
     .kind = RMT_OPTION_TEXT,
     .placeholder = "FILE",
     .initial = "-",
     .help = "where the result goes, whole or not at all; - is standard output"},
    {.name = "no-clobber",
     .kind = RMT_OPTION_FLAG,
     .help = "refuse to replace an output that exists"},
    {.name = "quiet", .letter = 'q', .kind = RMT_OPTION_FLAG, .help = "say nothing but errors"},
    {.name = "verbose",
     .letter = 'v',
     .kind = RMT_OPTION_FLAG,
     .help = "say facts besides warnings"},
    {.name = "progress",
     .kind = RMT_OPTION_FLAG,
     .help = "show progress even where standard error is no terminal"},
    {.name = "no-progress", .kind = RMT_OPTION_FLAG, .help = "show no progress"},
    {.name = "max-problems",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "N",
     .initial = "20",
     .help = "say the first N messages about the input, faults and warnings, and count the others; "
             "'all' says every one"},
    {.name = "max-memory",
     .kind = RMT_OPTION_TEXT,
     .placeholder = "SIZE",
     .help =
         "end with exit code 71 rather than take more memory than SIZE (500M, 2G: K, M, G and T "
         "are powers of 1024) for tables, findings and text; without it there is no limit. It "
         "changes no result"},
    {.name = "help", .letter = 'h', .kind = RMT_OPTION_FLAG, .help = "print this help and end"},
    {.name = "version",
     .letter = 'V',
     .kind = RMT_OPTION_FLAG,
     .help = "print the version and end"},
};

const rmt_option *rmt_stage_common(rmt_stage_kind kind, size_t *n)
{
    size_t skip = 1;
    if (kind == RMT_STAGE_FILTER) skip = 0;
    if (kind == RMT_STAGE_COMMAND) skip = 2;
    *n = sizeof common / sizeof common[0] - skip;
    return common + skip;
}
