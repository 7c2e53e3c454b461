#include "rmt/missing_words.h"

#include "rmt/num.h"
#include "rmt/text.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *text;
    rmt_missing_kind kind;
} words[] = {
    {"NA", RMT_MISSING_PLAIN},
    {"N/A", RMT_MISSING_PLAIN},
    {"NULL", RMT_MISSING_PLAIN},
    {"not done", RMT_MISSING_PLAIN},
    {"missing", RMT_MISSING_PLAIN},
    {".", RMT_MISSING_PLAIN},
    {"n.a.", RMT_MISSING_WORD},
    {"NaN", RMT_MISSING_WORD},
    {"none", RMT_MISSING_WORD},
    {"nil", RMT_MISSING_WORD},
    {"nd", RMT_MISSING_WORD},
    {"n.d.", RMT_MISSING_WORD},
    {"nk", RMT_MISSING_WORD},
    {"not known", RMT_MISSING_WORD},
    {"not available", RMT_MISSING_WORD},
    {"not assessed", RMT_MISSING_WORD},
    {"not applicable", RMT_MISSING_WORD},
    {"unknown", RMT_MISSING_WORD},
    {"unk", RMT_MISSING_WORD},
    {"refused", RMT_MISSING_WORD},
    {"-", RMT_MISSING_WORD},
    {"--", RMT_MISSING_WORD},
    {"?", RMT_MISSING_WORD},
    {"..", RMT_MISSING_WORD},
    {"*", RMT_MISSING_WORD},
    /* German, Dutch, French */
    {"fehlt", RMT_MISSING_WORD},
    {"fehlend", RMT_MISSING_WORD},
    {"entf.", RMT_MISSING_WORD},
    {"entf\xC3\xA4llt", RMT_MISSING_WORD},
    {"keine Angabe", RMT_MISSING_WORD},
    {"k.A.", RMT_MISSING_WORD},
    {"ontbreekt", RMT_MISSING_WORD},
    {"onbekend", RMT_MISSING_WORD},
    {"manquant", RMT_MISSING_WORD},
    {"#N/A", RMT_MISSING_SHEET},
    {"#NV", RMT_MISSING_SHEET}, /* the same in German */
    {"#DIV/0!", RMT_MISSING_SHEET},
    {"#VALUE!", RMT_MISSING_SHEET},
    {"#WERT!", RMT_MISSING_SHEET},
    {"#REF!", RMT_MISSING_SHEET},
    {"#NAME?", RMT_MISSING_SHEET},
    {"#NUM!", RMT_MISSING_SHEET},
    {"#NULL!", RMT_MISSING_SHEET},
    {"########", RMT_MISSING_SHEET},
    {"no answer", RMT_MISSING_REDCAP},
    {"no information", RMT_MISSING_REDCAP},
    {"not asked", RMT_MISSING_REDCAP},
    {"not performed", RMT_MISSING_REDCAP},
    {"asked but unknown", RMT_MISSING_REDCAP},
    {"temporarily unavailable", RMT_MISSING_REDCAP},
    {"invalid", RMT_MISSING_REDCAP},
    {"masked", RMT_MISSING_REDCAP},
    {"other", RMT_MISSING_REDCAP},
    {"declined to answer", RMT_MISSING_REDCAP},
    {"prefer not to answer", RMT_MISSING_REDCAP},
    {"NI", RMT_MISSING_REDCAP},
    {"INV", RMT_MISSING_REDCAP},
    {"NASK", RMT_MISSING_REDCAP},
    {"ASKU", RMT_MISSING_REDCAP},
    {"NAV", RMT_MISSING_REDCAP},
    {"NP", RMT_MISSING_REDCAP},
    {"MSK", RMT_MISSING_REDCAP},
    {"OTH", RMT_MISSING_REDCAP},
};

/* as_word: also where it stands among texts or dates; 77 and 88 are values there as often as codes. */
static const struct {
    double number;
    const char *text;
    bool as_word;
} numbers[] = {
    {-7, "-7", true},      {-8, "-8", true},       {-9, "-9", true},     {-77, "-77", true},
    {-88, "-88", true},    {-99, "-99", true},     {-777, "-777", true}, {-888, "-888", true},
    {-999, "-999", true},  {-9999, "-9999", true}, {77, "77", false},    {88, "88", false},
    {99, "99", true},      {777, "777", false},    {888, "888", false},  {999, "999", true},
    {7777, "7777", false}, {8888, "8888", false},  {9999, "9999", true}};

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

rmt_missing_kind rmt_missing_kind_of(const char *cell)
{
    const int first = lower(cell[0]);
    const bool can_be_word = first < '0' || first > '9';
    for (size_t i = 0; can_be_word && i < sizeof words / sizeof *words; i++)
        if (first == lower(words[i].text[0]) && rmt_text_equal_nocase(cell, words[i].text))
            return words[i].kind;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (first == numbers[i].text[0] && numbers[i].as_word && strcmp(cell, numbers[i].text) == 0)
            return RMT_MISSING_NUMBER;
    return RMT_MISSING_NOT;
}

const char *rmt_missing_number(double x, bool *below)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!rmt_num_same(x, numbers[i].number)) continue;
        *below = x < 0;
        return numbers[i].text;
    }
    return NULL;
}
