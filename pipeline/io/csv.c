/* csv.c - see rmt/csv.h. A file from its first byte to the table. */
#include "rmt/csv.h"

#include "csv_reader.h"
#include "rmt/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a file whose blocks are much of the memory that a program takes. */
enum { LARGE = 1 << 24 };

static rmt_status read_all(rmt_csv_reader *r, rmt_csv_input *in, unsigned char *block)
{
    rmt_status st;
    bool first = true;
    for (size_t n = RMT_CSV_CHUNK; n == RMT_CSV_CHUNK; first = false) {
        if ((st = rmt_csv_input_next(in, block, &n, r->err))) {
            /* What damaged data hold up to their damage is no news of the text. */
            *r->facts = (rmt_csv_facts){0};
            rmt_problems_clear(r->problems);
            return st;
        }
        size_t mark = 0;
        if (first) {
            const char *other = rmt_csv_other_format(block, n);
            if (other)
                return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, 0, NULL,
                                   "is no delimited text, but %s", other);
            st = rmt_decoder_init(&r->decoder, &mark, r->options->encoding, block, n, r->err);
            if (st) return st;
            strcpy(r->facts->encoding, rmt_encoding_name(r->decoder.encoding));
            r->guess = (!r->options->encoding || !r->options->encoding[0]) && mark == 0 &&
                       r->decoder.encoding == RMT_ENCODING_UTF8;
        }
        r->facts->bytes = in->bytes;
        if (r->stop && r->options->header_only) break;
        if (r->stop) continue; /* the digest is of the whole file */
        bool last = n < RMT_CSV_CHUNK;
        st = rmt_decoder_add(&r->decoder, &r->in, block + mark, n - mark, last, r->err);
        if (st) return st;
        if ((st = rmt_csv_split_lines(r, last))) return st;
    }
    if (r->row_open) {
        rmt_csv_report_open_quote(r);
        rmt_csv_give_up_row(r);
    } else if (!r->header_done && !rmt_csv_is_faulty(r)) {
        rmt_csv_problem(r, 1, NULL, "there is no header line");
    }
    if (r->st) return r->st;
    rmt_csv_end_rows(r);
    st = rmt_digest_end(in->digest, r->facts->sha256, r->err);
    return st || !in->other ? st : rmt_digest_end_of(in->other, r->facts->digest, r->err);
}

static rmt_status make_table(rmt_table **out, rmt_csv_reader *r)
{
    rmt_status st = rmt_csv_end_block(r, true);
    if (!st) st = rmt_csv_columns_table(out, r->columns, r->facts, r->err);
    if (!st) r->columns = NULL; /* the table has it */
    return st;
}

/* Says in err what is in problems. */
static rmt_status fail_malformed(const rmt_csv_reader *r)
{
    const rmt_problems *p = r->problems;
    size_t n = p->n_errors;
    for (size_t i = 0; i < p->n_kept && n == 1; i++) {
        const rmt_error *e = &p->kept[i];
        if (p->severity[i] == RMT_SEVERITY_ERROR)
            return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, e->line, e->column, "%s",
                               e->msg);
    }
    return rmt_fail_at(r->err, RMT_ERR_MALFORMED, r->source, 0, NULL, "%zu structural problems", n);
}

static void reader_clear(rmt_csv_reader *r)
{
    if (r->csv_ready) csv_free(&r->csv);
    (void)rmt_csv_typist_end(r->typist,
                             NULL); /* it has failed already, or does not matter any more */
    for (size_t i = 0; i < r->n_cols; i++)
        rmt_mem_free(r->names[i]);
    rmt_mem_free(r->names);
    rmt_csv_block_clear(&r->block, r->n_cols);
    rmt_csv_columns_free(r->columns);
    rmt_text_clear(&r->in);
    rmt_text_clear(&r->row);
    rmt_text_clear(&r->recoded);
    rmt_text_clear(&r->header);
    rmt_mem_free(r->ends);
    rmt_mem_free(r->held);
    rmt_mem_free(r->last_lines);
}

static rmt_status check_options(const rmt_csv_options *options, const char *source, rmt_error *err)
{
    unsigned char d = (unsigned char)options->delimiter;
    if (d == '"' || d == '\n' || d == '\r' || d >= 0x80)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, 0, NULL,
                           "a quote, a line break or a character outside ASCII is no delimiter");
    if (options->footer_rows > RMT_FOOTER_ROWS_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, 0, NULL, "a footer has at most %d rows",
                           RMT_FOOTER_ROWS_MAX);
    return RMT_OK;
}

rmt_status rmt_csv_read(rmt_table **out, rmt_csv_facts *facts, const char *path, const char *source,
                        const rmt_csv_options *options, rmt_problems *problems, rmt_error *err)
{
    static const rmt_csv_options defaults = {0};
    rmt_status st;
    rmt_csv_facts own_facts;
    rmt_problems found = {.most = problems ? problems->most : 0};
    unsigned char *block = NULL;
    rmt_csv_input input = {.fd = -1, .source = source};
    struct stat info;
    rmt_csv_reader r = {.source = source,
                        .options = options ? options : &defaults,
                        .facts = facts ? facts : &own_facts,
                        .problems = &found,
                        .err = err};

    *r.facts = (rmt_csv_facts){.delimiter = r.options->delimiter};
    if ((st = check_options(r.options, source, err))) goto done;
    if ((input.fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        st = rmt_fail_at(err, RMT_ERR_OPEN, source, 0, NULL, "cannot be opened: %s",
                         strerror(errno));
        goto done;
    }
    if (fstat(input.fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        st = rmt_fail_at(err, RMT_ERR_OPEN, source, 0, NULL, "is a directory");
        goto done;
    }
    st = RMT_ERR_NOMEM;
    if (!(block = rmt_mem_resize(NULL, RMT_CSV_CHUNK, 1, err))) goto done; /* not zeroed */
    if (r.options->footer_rows > 0 &&
        !(r.last_lines = rmt_mem_array(r.options->footer_rows, sizeof *r.last_lines, err)))
        goto done;
    if ((st = rmt_digest_new(&input.digest, err))) goto done;
    if (r.options->digest && (st = rmt_digest_new_of(&input.other, *r.options->digest, err)))
        goto done;
    if ((st = read_all(&r, &input, block))) goto done;
    st = rmt_csv_is_faulty(&r) ? fail_malformed(&r) : make_table(out, &r);
done:
    if (st) (void)rmt_error_locate(err, source, 0, NULL);
    if (problems) rmt_problems_append(problems, &found);
    rmt_problems_clear(&found);
    rmt_digest_free(input.digest);
    rmt_digest_free(input.other);
    rmt_csv_input_clear(&input);
    rmt_mem_free(block);
    reader_clear(&r);
    if (r.facts->bytes > LARGE) rmt_mem_trim(); /* the blocks */
    if (input.fd >= 0) close(input.fd);
    return st;
}
