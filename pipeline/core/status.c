/* status.c - see rmt/status.h. */
#include "status_parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where a text of len bytes can be cut at or before `at` without splitting a UTF-8 sequence. */
static size_t cut_point(const char *s, size_t at)
{
    while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* Ends the first size - 1 bytes of an overlong text in "...". */
static void mark_cut(char *buf, size_t size)
{
    size_t at = cut_point(buf, size - 4);
    memcpy(buf + at, "...", 4);
}

static void copy_text(char *buf, size_t size, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    if (n == 0) {
        buf[0] = '\0';
        return;
    }
    size_t kept = n < size ? n : size - 1;
    memcpy(buf, s, kept);
    buf[kept] = '\0';
    if (kept < n) mark_cut(buf, size);
}

/* A cell of an input may hold terminal escapes or line breaks; a message must stay one line. */
static void hide_controls(char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == 0x7f) *s = '?';
        /* U+0080 to U+009F are control characters too; some terminals obey them. */
        if (c == 0xc2 && (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0)
            s[0] = s[1] = '?';
    }
}

void rmt_error_fill(rmt_error *err, rmt_status code, const char *source, size_t line,
                    const char *column, const char *fmt, va_list args)
{
    rmt_error_clear(err);
    err->code = code;
    copy_text(err->source, sizeof err->source, source);
    err->line = line;
    copy_text(err->column, sizeof err->column, column);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, args);
    if (n < 0)
        copy_text(err->msg, sizeof err->msg, fmt); /* better the bare format than no message */
    else if ((size_t)n >= sizeof err->msg) mark_cut(err->msg, sizeof err->msg);
    hide_controls(err->msg);
}

void rmt_error_clear(rmt_error *err)
{
    if (err) memset(err, 0, sizeof *err);
}

rmt_status rmt_fail(rmt_error *err, rmt_status code, const char *fmt, ...)
{
    assert(code != RMT_OK);
    if (err && err->code == RMT_OK) {
        va_list args;
        va_start(args, fmt);
        rmt_error_fill(err, code, NULL, 0, NULL, fmt, args);
        va_end(args);
    }
    return code;
}

rmt_status rmt_fail_at(rmt_error *err, rmt_status code, const char *source, size_t line,
                       const char *column, const char *fmt, ...)
{
    assert(code != RMT_OK);
    if (err && err->code == RMT_OK) {
        va_list args;
        va_start(args, fmt);
        rmt_error_fill(err, code, source, line, column, fmt, args);
        va_end(args);
    }
    return code;
}

rmt_status rmt_error_locate(rmt_error *err, const char *source, size_t line, const char *column)
{
    if (!err || err->code == RMT_OK) return RMT_OK;
    if (source && source[0]) {
        char given[sizeof err->source];
        copy_text(given, sizeof given, source);
        if (!err->source[0]) memcpy(err->source, given, sizeof given);
        else if (strcmp(err->source, given) != 0)
            line = 0; /* a line of another file would point at the wrong place */
    }
    if (err->line == 0) err->line = line;
    if (!err->column[0]) copy_text(err->column, sizeof err->column, column);
    return err->code;
}

/* Appends s to buf at *len, as much as fits. */
static void append(char *buf, size_t size, size_t *len, const char *s)
{
    size_t n = strlen(s);
    size_t room = size - 1 - *len;
    if (n > room) n = cut_point(s, room);
    memcpy(buf + *len, s, n);
    *len += n;
    buf[*len] = '\0';
}

void rmt_error_format(const rmt_error *err, char *buf, size_t size)
{
    if (size == 0) return;
    buf[0] = '\0';
    if (!err || err->code == RMT_OK) return;
    size_t len = 0;
    if (err->source[0]) append(buf, size, &len, err->source);
    if (err->line) {
        char number[32];
        snprintf(number, sizeof number, "%s%zu", err->source[0] ? ":" : "line ", err->line);
        append(buf, size, &len, number);
    }
    if (len) append(buf, size, &len, ": ");
    if (err->column[0]) {
        append(buf, size, &len, err->column);
        append(buf, size, &len, ": ");
    }
    append(buf, size, &len, err->msg);
    hide_controls(buf);
}

int rmt_status_exit_code(rmt_status st)
{
    switch (st) {
    case RMT_OK: return 0;
    case RMT_ERR_USAGE: return 64;
    case RMT_ERR_OPEN: return 66;
    case RMT_ERR_CREATE: return 73;
    case RMT_ERR_IO: return 74;
    case RMT_ERR_NOMEM: return 71;
    case RMT_ERR_MALFORMED: return 65;
    case RMT_ERR_SCHEMA: return 65;
    case RMT_ERR_INCONSISTENT: return 65;
    case RMT_ERR_CONFIG: return 78;
    case RMT_ERR_DEGENERATE: return 80;
    case RMT_ERR_NOCONV: return 80;
    case RMT_ERR_INTERNAL: return 70;
    case RMT_N_STATUS: break;
    }
    return 70;
}
