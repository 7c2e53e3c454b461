# cmake -D SOURCE=DIR -D OUTPUT=FILE.c -P git_id.cmake: the state of the sources for --version, at every build.
# The file is written only when the state has changed, so that nothing else is built anew.
set(id "")
find_program(GIT git)
if(GIT)
    # A checkout that only contains us, such as that of a home folder, says nothing about our state.
    set(ENV{GIT_OPTIONAL_LOCKS} 0)
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-prefix
        OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed AND prefix STREQUAL "")
        execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty=+ --abbrev=12 --exclude=*
            OUTPUT_VARIABLE id OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
endif()
if(id STREQUAL "")
    set(id unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "rmt/life.h"

const char *rmt_git_id(void)
{
    return "@id@";
}
]])
