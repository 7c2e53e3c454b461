/* replay.c - runs a fuzz target over files, without a fuzzer: fuzz_NAME FILE... */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    int failed = 1;
    long size = 0;
    uint8_t *data = NULL;
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0) goto done;
    rewind(f);
    /* Exactly as long as the input, so that reading beyond it is seen. */
    if (!(data = malloc(size ? (size_t)size : 1))) goto done;
    if (fread(data, 1, (size_t)size, f) != (size_t)size) goto done;
    LLVMFuzzerTestOneInput(data, (size_t)size);
    failed = 0;
done:
    if (failed) fprintf(stderr, "%s: cannot be read\n", path);
    free(data);
    if (f) fclose(f);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("no corpus\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        if (replay(argv[i])) return 1;
    }
    printf("%d inputs\n", argc - 1);
    return 0;
}
