/* column_words.c - see column_words.h. */
#include "column_words.h"

#include <string.h>

/* U+00C0 to U+00FF without accents; '/' separates. */
static const char latin1[] = "aaaaaaaceeeeiiiidnooooo/ouuuuyts"
                             "aaaaaaaceeeeiiiidnooooo/ouuuuyty";

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The next letters of a name, lower case; a blank for what separates words. *s moves on. */
static const char *next_letters(const char **s, char out[3])
{
    const unsigned char c = (unsigned char)*(*s)++;
    out[0] = (char)c;
    out[1] = out[2] = '\0';
    if (c == 0xC3 && (unsigned char)**s >= 0x80) {
        const size_t i = (size_t)((unsigned char)*(*s)++ - 0x80);
        out[0] = latin1[i];
        if (i == 0x1F) out[1] = 's'; /* sharp s */
    }
    if (is_upper(out[0])) out[0] = (char)(out[0] + 32);
    if (c == '#') return " no ";
    const bool other = !is_lower(out[0]) && !(out[0] >= '0' && out[0] <= '9');
    if (other && (unsigned char)out[0] < 0x80) out[0] = ' ';
    return out;
}

bool rmt_column_words_read(rmt_column_words *words, const char *column)
{
    enum { CAMEL = 3 }; /* "patientName" are two words, "mmHg" and "SpO2" one */
    char text[RMT_WORDS_TEXT], letters[3];
    size_t n = 0, run = 0;
    for (const char *s = column; *s;) {
        if (is_upper(*s) && run >= CAMEL && n + 1 < sizeof text) text[n++] = ' ';
        run = is_lower(*s) ? run + 1 : 0;
        for (const char *l = next_letters(&s, letters); *l; l++) {
            if (n + 1 == sizeof text) return false;
            text[n++] = *l;
        }
    }
    text[n] = '\0';
    words->n = 0;
    memcpy(words->text, text, n + 1);
    for (char *s = words->text; *s;) {
        s += strspn(s, " ");
        if (!*s) break;
        if (words->n == RMT_WORDS_MOST) return false;
        words->word[words->n++] = s;
        s += strcspn(s, " ");
        if (*s) *s++ = '\0';
    }
    return words->n > 0;
}

void rmt_column_words_join(char out[RMT_WORDS_TEXT], const rmt_column_words *words, size_t from,
                           size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const size_t length = strlen(words->word[i]);
        memcpy(out + n, words->word[i], length);
        n += length;
    }
    out[n] = '\0';
}
