/* csv_encoding.c - bytes of a named encoding to UTF-8 (see csv_parts.h). */
#include "csv_parts.h"

#include <string.h>

static const char *const names[] = {
    [RMT_ENCODING_UTF8] = "utf-8",
    [RMT_ENCODING_UTF16LE] = "utf-16le",
    [RMT_ENCODING_UTF16BE] = "utf-16be",
    [RMT_ENCODING_WINDOWS_1252] = "windows-1252",
};

/* The bytes 0x80..0x9F of windows-1252; 0 = not defined. The rest is Latin-1.
 * Source: https://encoding.spec.whatwg.org/index-windows-1252.txt, whose C1 controls stay undefined
 * here. */
static const uint16_t high_part[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

const char *rmt_encoding_name(rmt_encoding e)
{
    return names[e];
}

static bool starts_with(const unsigned char *head, size_t n, const char *mark, size_t n_mark)
{
    return n >= n_mark && memcmp(head, mark, n_mark) == 0;
}

rmt_status rmt_decoder_init(rmt_decoder *d, size_t *n_mark, const char *name,
                            const unsigned char *head, size_t n, rmt_error *err)
{
    bool is_utf8 = starts_with(head, n, "\xEF\xBB\xBF", 3);
    bool is_le = starts_with(head, n, "\xFF\xFE", 2), is_be = starts_with(head, n, "\xFE\xFF", 2);
    *d = (rmt_decoder){.encoding = RMT_ENCODING_UTF8};
    *n_mark = 0;
    if (!name || !name[0]) {
        if (is_le) d->encoding = RMT_ENCODING_UTF16LE;
        if (is_be) d->encoding = RMT_ENCODING_UTF16BE;
    } else if (rmt_text_equal_nocase(name, "utf-16")) {
        /* Without a mark: the side on which the first character, ASCII in any sane header, is zero.
         */
        bool little = is_le || (!is_be && n >= 2 && head[0] != 0 && head[1] == 0);
        d->encoding = little ? RMT_ENCODING_UTF16LE : RMT_ENCODING_UTF16BE;
    } else {
        size_t i = 0, n_names = sizeof names / sizeof *names;
        while (i < n_names && !rmt_text_equal_nocase(name, names[i]))
            i++;
        if (i == n_names)
            return rmt_fail(err, RMT_ERR_CONFIG,
                            "the encoding '%s' is none of utf-8, utf-16, utf-16le, utf-16be, "
                            "windows-1252",
                            name);
        d->encoding = (rmt_encoding)i;
    }
    bool wide = d->encoding == RMT_ENCODING_UTF16LE || d->encoding == RMT_ENCODING_UTF16BE;
    if ((is_utf8 && d->encoding != RMT_ENCODING_UTF8) || ((is_le || is_be) && !wide) ||
        (is_le && d->encoding == RMT_ENCODING_UTF16BE) ||
        (is_be && d->encoding == RMT_ENCODING_UTF16LE))
        return rmt_fail(err, RMT_ERR_MALFORMED, "the byte order mark says %s, the plan says %s",
                        is_utf8 ? "utf-8"
                        : is_le ? "utf-16le"
                                : "utf-16be",
                        name ? name : "utf-8");
    if (d->encoding == RMT_ENCODING_UTF8 && is_utf8) *n_mark = 3;
    if (d->encoding == RMT_ENCODING_UTF16LE && is_le) *n_mark = 2;
    if (d->encoding == RMT_ENCODING_UTF16BE && is_be) *n_mark = 2;
    return RMT_OK;
}

static rmt_status add_windows(rmt_text *out, const unsigned char *bytes, size_t n, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t from = 0;
    for (size_t i = 0; i < n && !st; i++) {
        if (bytes[i] < 0x80) continue;
        st = rmt_text_add_bytes(out, (const char *)bytes + from, i - from, err);
        from = i + 1;
        uint32_t point = bytes[i] < 0xA0 ? high_part[bytes[i] - 0x80] : bytes[i];
        if (st) break;
        if (point == 0) st = rmt_text_add_bytes(out, (const char *)bytes + i, 1, err);
        else st = rmt_text_add_utf8(out, point, err);
    }
    if (!st) st = rmt_text_add_bytes(out, (const char *)bytes + from, n - from, err);
    return st;
}

static rmt_status add_marker(rmt_text *out, int marker, rmt_error *err)
{
    char c = (char)marker;
    return rmt_text_add_bytes(out, &c, 1, err);
}

static rmt_status add_utf16(rmt_decoder *d, rmt_text *out, const unsigned char *bytes, size_t n,
                            bool last, rmt_error *err)
{
    rmt_status st = RMT_OK;
    size_t low_at = d->encoding == RMT_ENCODING_UTF16LE ? 0 : 1;
    for (size_t i = 0; i < n && !st; i++) {
        d->kept[d->n_kept++] = bytes[i];
        if (d->n_kept % 2) continue;
        const unsigned char *k = d->kept;
        uint32_t unit = (uint32_t)k[low_at] | (uint32_t)k[1 - low_at] << 8;
        if (d->n_kept == 4) {
            uint32_t high = unit, low = (uint32_t)k[2 + low_at] | (uint32_t)k[3 - low_at] << 8;
            d->n_kept = 0;
            if (low >= 0xDC00 && low < 0xE000) {
                st =
                    rmt_text_add_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), err);
                continue;
            }
            if ((st = add_marker(out, RMT_LONE_SURROGATE, err))) break;
            memmove(d->kept, d->kept + 2, 2);
            unit = low;
        }
        d->n_kept = 2;
        if (unit >= 0xD800 && unit < 0xDC00) continue; /* the other half comes */
        d->n_kept = 0;
        if (unit >= 0xDC00 && unit < 0xE000) st = add_marker(out, RMT_LONE_SURROGATE, err);
        else st = rmt_text_add_utf8(out, unit, err);
    }
    if (last && d->n_kept >= 2 && !st) st = add_marker(out, RMT_LONE_SURROGATE, err);
    if (last && d->n_kept % 2 && !st) st = add_marker(out, RMT_HALF_UNIT, err);
    return st;
}

rmt_status rmt_decoder_add(rmt_decoder *d, rmt_text *out, const unsigned char *bytes, size_t n,
                           bool last, rmt_error *err)
{
    if (d->encoding == RMT_ENCODING_UTF8)
        return rmt_text_add_bytes(out, (const char *)bytes, n, err);
    if (d->encoding == RMT_ENCODING_WINDOWS_1252) return add_windows(out, bytes, n, err);
    return add_utf16(d, out, bytes, n, last, err);
}
