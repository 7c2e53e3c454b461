/* no_plugins.c - what dlopen is in a statically linked program. Its one caller is libhdf5, which loads filters
 * that a file names from plug-ins; study_foreign.c turns that off, and a program without a loader could
 * not do it. Linked with --wrap=dlopen (CMakeLists.txt), so that the C library's own is not taken along. */
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode);

void *__wrap_dlopen(const char *file, int mode)
{
    (void)file, (void)mode;
    return NULL;
}
