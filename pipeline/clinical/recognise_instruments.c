/* recognise_instruments.c - what the name or the title of a column says of an instrument. See recognise_parts.h. */
#include "recognise_parts.h"
#include "rmt/num.h"

#include <stdio.h>
#include <string.h>

enum { SPACED_MAX = 256 };

/* ---- what an instrument is called ------------------------------------------------------------ */

static void add_alias(rmt_alias_list *a, const char *name, size_t n)
{
    char cut[NAME_MAX_BYTES], plain[NAME_MAX_BYTES];
    snprintf(cut, sizeof cut, "%.*s", (int)n, name);
    rmt_plain_name(plain, cut);
    for (int again = 0; again < 2 && plain[0] && a->n < RMT_ALIASES_MAX; again++) {
        bool known = strlen(plain) < 3;
        for (size_t i = 0; i < a->n; i++)
            known = known || strcmp(a->at[i], plain) == 0;
        if (!known) strcpy(a->at[a->n++], plain);
        for (size_t end = strlen(plain); end > 0 && plain[end - 1] >= '0' && plain[end - 1] <= '9';)
            plain[--end] = '\0';
    }
}

void rmt_aliases_of(rmt_alias_list *a, const rmt_instrument *ins)
{
    const char *item = ins->items[0].id;
    size_t stem = strlen(item);
    a->n = 0;
    add_alias(a, ins->id, strlen(ins->id));
    while (stem > 0 && item[stem - 1] >= '0' && item[stem - 1] <= '9')
        stem--;
    add_alias(a, item, stem);
    add_alias(a, ins->name, strcspn(ins->name, "(,"));
    for (const char *open = strchr(ins->name, '('); open; open = strchr(open, '(')) {
        const char *from = open + 1, *close = strchr(from, ')');
        for (; close && from < close; from++) {
            const size_t n = strcspn(from, ",)");
            add_alias(a, from, n);
            from += n;
        }
        open++;
    }
}

/* Bytes of a word before the number of an item. */
static size_t item_word(const char *s)
{
    static const char *const words[] = {"item", "itm", "nr", "no", "question", "frage", "q", "i"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(s, words[i], strlen(words[i])) == 0) return strlen(words[i]);
    return 0;
}

/* Digits as a number of an item; 0 = none. */
size_t rmt_small_number(const char *digits)
{
    int64_t number;
    const size_t n = strlen(digits);
    return n >= 1 && n <= 2 && rmt_num_parse_int(digits, n, &number) ? (size_t)number : 0;
}

/* The number in "caps5_07", "CAPS-5 item 7", "caps5q07"; 0 = no item of this alias. */
static size_t exact_item(const char *plain, const char *alias)
{
    const size_t n = strlen(alias);
    if (strncmp(plain, alias, n) != 0) return 0;
    const char *rest = plain + n;
    rest += item_word(rest);
    const size_t digits = strspn(rest, "0123456789");
    return rest[digits] ? 0 : rmt_small_number(rest);
}

/* ---- longer texts ---------------------------------------------------------------------------- */

/* "PCL-5: Repeated, disturbing" as "pcl 5 repeated disturbing". */
static void space(char out[SPACED_MAX], const char *text)
{
    size_t n = 0;
    for (; *text && n + 2 < SPACED_MAX; text++) {
        const char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept) out[n++] = c;
        else if (n > 0 && out[n - 1] != ' ' && !((unsigned char)c & 0x80)) out[n++] = ' ';
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

/* Behind an alias at the beginning of a spaced text; NULL = it does not begin so. */
static const char *behind(const char *spaced, const char *alias)
{
    for (; *alias; spaced++) {
        if (*spaced == ' ') continue;
        if (*spaced != *alias) return NULL;
        alias++;
    }
    return spaced;
}

static const char *next_word(const char *s)
{
    s += strcspn(s, " ");
    return s + (*s == ' ');
}

/* Behind the first alias among the words; NULL = there is none. *before: bytes before it. */
static const char *behind_any(size_t *before, const char *spaced, const char *alias)
{
    for (const char *s = spaced; *s; s = next_word(s)) {
        const char *rest = behind(s, alias);
        *before = (size_t)(s - spaced);
        if (rest && (*rest == ' ' || *rest == '\0')) return rest;
    }
    return NULL;
}

/* The number at the beginning of a spaced text, a word for items before it; 0 = none, or digits of a longer word. */
static size_t leading_number(const char *s, bool word_needed)
{
    char digits[3] = "";
    s += *s == ' ';
    const size_t word = item_word(s);
    s += word;
    s += *s == ' ';
    const size_t n = strspn(s, "0123456789");
    if (n == 0 || n >= sizeof digits || (s[n] && s[n] != ' ') || (word_needed && word == 0))
        return 0;
    memcpy(digits, s, n);
    return rmt_small_number(digits);
}

/* The digits behind the alias are the instrument's: "PCL-5" for the alias pcl. */
static bool is_longer_alias(const char *spaced, const rmt_alias_list *aliases, const char *alias)
{
    const size_t n = strlen(alias);
    for (size_t i = 0; i < aliases->n; i++)
        if (strlen(aliases->at[i]) > n && strncmp(aliases->at[i], alias, n) == 0 &&
            behind(spaced, aliases->at[i]))
            return true;
    return false;
}

size_t rmt_item_of(bool *exact, const char *text, const rmt_alias_list *aliases, size_t which)
{
    const char *alias = aliases->at[which];
    char plain[NAME_MAX_BYTES], spaced[SPACED_MAX];
    size_t number, before;
    rmt_plain_name(plain, text);
    *exact = true;
    if (strlen(text) < NAME_MAX_BYTES && (number = exact_item(plain, alias))) return number;
    *exact = false;
    space(spaced, text);
    if (is_longer_alias(spaced, aliases, alias)) return 0;
    const char *rest = behind(spaced, alias);
    if (rest && (number = leading_number(rest, false))) return number;
    /* "Item 1 of the PCL-5" */
    return behind_any(&before, spaced, alias) ? leading_number(spaced, true) : 0;
}

bool rmt_begins_with_alias(const char *text, const char *alias)
{
    char spaced[SPACED_MAX];
    space(spaced, text);
    const char *rest = behind(spaced, alias);
    return rest && *rest == ' ';
}

/* Without what stands in brackets, "(0-80)", "[past month]". */
static void cut_brackets(char out[SPACED_MAX], const char *text)
{
    size_t n = 0, depth = 0;
    for (; *text && n + 1 < SPACED_MAX; text++) {
        if (*text == '(' || *text == '[') depth++;
        if (depth == 0) out[n++] = *text;
        if ((*text == ')' || *text == ']') && depth > 0) depth--;
    }
    out[n] = '\0';
}

static bool are_total_words(const char *s, size_t n)
{
    static const char *const words[] = {
        "total",    "totals",      "totalscore",  "score",      "scores",
        "sumscore", "sum",         "severity",    "scale",      "overall",
        "raw",      "of",          "the",         "past",       "month",
        "value",    "gesamt",      "gesamtscore", "gesamtwert", "gesamtpunktzahl",
        "summe",    "summenscore", "summenwert",  "punktwert",  "totaalscore",
        "totaal",   "scoretotal",  "puntuacion",  "global"};
    for (size_t i = 0, length; i < n; i += length) {
        char word[NAME_MAX_BYTES];
        if (s[i] == ' ') {
            length = 1;
            continue;
        }
        length = strcspn(s + i, " ");
        if (length > n - i) length = n - i;
        snprintf(word, sizeof word, "%.*s", (int)length, s + i);
        if (!rmt_text_is_among(word, words, sizeof words / sizeof words[0])) return false;
    }
    return true;
}

/* "caps5", "caps5total", "totcaps", "hamdtl17": the alias, and one word for a total anywhere. */
static bool is_exact_total(const char *plain, const char *alias)
{
    static const char *const words[] = {"totalscore", "sumscore", "total", "score", "tot",
                                        "sum",        "severity", "tl",    NULL};
    if (strcmp(plain, alias) == 0) return true;
    for (size_t i = 0; words[i]; i++)
        for (const char *at = strstr(plain, words[i]); at; at = strstr(at + 1, words[i])) {
            char rest[NAME_MAX_BYTES];
            snprintf(rest, sizeof rest, "%.*s%s", (int)(at - plain), plain, at + strlen(words[i]));
            if (strcmp(rest, alias) == 0) return true;
        }
    return false;
}

bool rmt_is_total_of(bool *exact, const char *text, const char *alias)
{
    char plain[NAME_MAX_BYTES], cut[SPACED_MAX], spaced[SPACED_MAX];
    size_t before;
    rmt_plain_name(plain, text);
    *exact = true;
    if (strlen(text) < NAME_MAX_BYTES && is_exact_total(plain, alias)) return true;
    *exact = false;
    cut_brackets(cut, text);
    for (int whole = 0; whole < 2; whole++) { /* "Total score (PCL-5)" */
        space(spaced, whole ? text : cut);
        const char *rest = behind_any(&before, spaced, alias);
        if (rest && are_total_words(spaced, before) && are_total_words(rest, strlen(rest)))
            return true;
    }
    return false;
}
