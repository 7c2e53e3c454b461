/* Fuzzes the delimited text reader. The first byte chooses the encoding, the second the delimiter,
 * the decimal sign, comments, a line before the header and a footer. */
#include "rmt/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {NULL,       "utf-8",    "utf-16",
                                            "utf-16le", "utf-16be", "windows-1252"};
    static const char delimiters[] = {0, ',', ';', '\t'};
    if (size < 2) return 0;

    char path[] = "/tmp/rmt_fuzz_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f) abort();
    if (fwrite(data + 2, 1, size - 2, f) != size - 2 || fclose(f) != 0) abort();

    rmt_csv_options options = {.encoding = encodings[data[0] % 6],
                               .delimiter = delimiters[data[1] % 4],
                               .decimal_char = data[1] & 4 ? ',' : '.',
                               .comment = data[1] & 8 ? '#' : 0,
                               .skip_rows = data[1] >> 4 & 1,
                               .footer_rows = data[1] >> 5 & 1};
    rmt_csv_facts facts;
    rmt_problems problems = {0};
    rmt_error err = {0};
    rmt_table *table = NULL;
    rmt_status st = rmt_csv_read(&table, &facts, path, "fuzz", &options, &problems, &err);
    unlink(path);

    /* Either a table of the promised shape, or a reason; what is no such text is refused unread. */
    const bool unread = st == RMT_ERR_MALFORMED && problems.n_errors == 0;
    if (facts.bytes != (unread ? 0 : size - 2)) abort();
    if (st == RMT_OK) {
        if (!table || problems.n_errors || rmt_table_rows(table) != facts.rows_stored) abort();
        if (facts.rows != facts.rows_stored + facts.rows_refused) abort();
        if (facts.lines !=
            facts.blank_lines + facts.skipped_lines + facts.inner_lines + 1 + facts.rows)
            abort();
        if (rmt_table_find(table, "source_line") != rmt_table_columns(table) - 1) abort();
    } else if (table || err.code != st || !err.msg[0] ||
               (st != RMT_ERR_MALFORMED && problems.n_errors > 0)) {
        abort();
    }
    rmt_table_free(table);
    return 0;
}
