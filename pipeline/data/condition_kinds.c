/* condition_kinds.c - can a condition have an answer at all? Its steps are walked once, with what the values of a name can
 * be in the place of a value. */
#include "condition_parts.h"
#include "rmt/day.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    unsigned kinds;
    const condition_step *of; /* the name, number or text; NULL = calculated, or a truth */
    double number;            /* of is a number: that, with its sign */
    bool varies;              /* a name is in it */
} slot;

typedef struct {
    const rmt_condition *c;
    const char *text, *source;
    const rmt_operand_kind *names;
    size_t line;
    rmt_error *err;
} walk;

enum { WHAT = 200 }; /* bytes of an operand in a message */

static const rmt_operand_kind *named(const walk *w, slot s)
{
    return s.of && s.of->kind == STEP_NAME ? &w->names[s.of->index] : NULL;
}

static const char *literal(const walk *w, slot s)
{
    return s.of && s.of->kind == STEP_TEXT ? w->c->literals.s[s.of->index] : NULL;
}

static unsigned kinds_of_text(const char *text)
{
    double x;
    return RMT_OPERAND_TEXT |
           (rmt_num_parse_double(text, strlen(text), &x) ? RMT_OPERAND_NUMBER : 0u) |
           (isnan(rmt_day_of(text).days) ? 0u : RMT_OPERAND_DATE);
}

static slot operand(const walk *w, const condition_step *s)
{
    switch (s->kind) {
    case STEP_NAME: return (slot){w->names[s->index].kinds, s, 0, true};
    case STEP_TEXT: return (slot){kinds_of_text(w->c->literals.s[s->index]), s, 0, false};
    default: return (slot){RMT_OPERAND_NUMBER, s, s->number, false};
    }
}

static slot calculated(bool varies)
{
    return (slot){.kinds = RMT_OPERAND_NUMBER, .varies = varies};
}

/* "sex", "'old'", "5". */
static const char *word_of(char buf[WHAT], const walk *w, slot s)
{
    char number[RMT_NUM_BUF];
    if (!s.of) return "the result of a calculation";
    if (s.of->kind == STEP_NUMBER) {
        rmt_num_print(number, s.number);
        snprintf(buf, WHAT, "%s", number);
    } else {
        const char *quote = s.of->kind == STEP_TEXT ? "'" : "";
        const char *text = quote[0] ? literal(w, s) : w->c->names.s[s.of->index];
        snprintf(buf, WHAT, "%s%.*s%s", quote, WHAT - 3, text, quote);
    }
    return buf;
}

/* What s is, seen from the other side of a comparison: "text", "a number", "no date". */
static const char *type_of(const walk *w, slot s, slot other)
{
    const rmt_operand_kind *k = named(w, s);
    if (k) return k->type;
    if (!literal(w, s)) return "a number";
    return other.kinds & RMT_OPERAND_DATE   ? "no date"
           : other.kinds & RMT_OPERAND_TEXT ? "text"
                                            : "no number";
}

/* What the other side of a comparison with s must be. */
static const char *wanted_by(const walk *w, slot s)
{
    if (named(w, s) && named(w, s)->is_boolean) return "'true' or 'false'";
    if (s.kinds & RMT_OPERAND_DATE) return "a date such as '2024-01-31'";
    return s.kinds & RMT_OPERAND_TEXT ? "a text in quotes" : "a number";
}

/* The value of s that a text or number means: as it is written or, where numbers are compared, as a number. */
static bool is_value(const walk *w, slot s, slot other, const char *value, const char *text)
{
    double x, y;
    if (strcmp(value, text) == 0) return true;
    if (literal(w, other) && s.kinds & RMT_OPERAND_TEXT) return false;
    return rmt_num_parse_double(value, strlen(value), &x) &&
           rmt_num_parse_double(text, strlen(text), &y) && !(x < y) && !(x > y);
}

static rmt_status check_choice(const walk *w, slot s, slot other)
{
    const rmt_operand_kind *k = named(w, s);
    if (!k || !other.of || other.of->kind == STEP_NAME) return RMT_OK;
    char word[WHAT], name[WHAT], number[RMT_NUM_BUF];
    const char *text = literal(w, other), *label = NULL;
    if (!text) {
        rmt_num_print(number, other.number);
        text = number;
    }
    for (size_t i = 0; i < k->n_missing; i++)
        if (is_value(w, s, other, k->missing[i], text))
            return rmt_fail_at(w->err, RMT_ERR_CONFIG, w->source, w->line, NULL,
                               "%s stands for a missing value of %s, so that nothing equals it in "
                               "'%s'; write '%s is missing'",
                               word_of(word, w, other), word_of(name, w, s), w->text, name);
    for (size_t i = 0; i < k->n_choices; i++) {
        if (is_value(w, s, other, k->choices[i], text)) return RMT_OK;
        if (k->labels && k->labels[i] && strcmp(k->labels[i], text) == 0) label = k->choices[i];
    }
    if (k->n_choices == 0) return RMT_OK;
    /* Every code of a character or two is near to every other. */
    const char *near = label;
    if (!near && literal(w, other) && strlen(text) > 2)
        near = rmt_text_nearest(text, k->choices, k->n_choices);
    rmt_text list = {0};
    rmt_status st = RMT_OK;
    size_t n = 0;
    for (; n < k->n_choices && !near && !st && list.len < WHAT; n++)
        st = rmt_text_addf(&list, w->err, "%s'%s'", n ? ", " : "", k->choices[n]);
    if (!st && !near && n < k->n_choices) st = rmt_text_add(&list, ", ...", w->err);
    if (!st)
        st = rmt_fail_at(w->err, RMT_ERR_CONFIG, w->source, w->line, NULL,
                         "%s is never %s in '%s'; %s%s%s", word_of(name, w, s),
                         word_of(word, w, other), w->text,
                         label  ? "that is the label of '"
                         : near ? "did you mean '"
                                : "its values are ",
                         near ? near : list.s,
                         label  ? "'"
                         : near ? "'?"
                                : "");
    rmt_text_clear(&list);
    return st;
}

static rmt_status check_comparison(const walk *w, slot a, slot b, bool of_equals)
{
    char words[2][WHAT], known[WHAT];
    if (!a.varies && !b.varies)
        return rmt_fail_at(w->err, RMT_ERR_CONFIG, w->source, w->line, NULL,
                           "%s and %s are the same for everybody in '%s'; the name of a column "
                           "stands without quotes, or in `backticks`",
                           word_of(words[0], w, a), word_of(words[1], w, b), w->text);
    if (!(a.kinds & b.kinds)) {
        /* What has a type of its own stays, the other is what is to be written otherwise. */
        const slot stays = named(w, a) || !named(w, b) ? a : b;
        const bool days = (a.kinds | b.kinds) & RMT_OPERAND_DATE &&
                          (a.kinds | b.kinds) & RMT_OPERAND_NUMBER && named(w, stays) &&
                          !(stays.kinds & RMT_OPERAND_NUMBER);
        return rmt_fail_at(
            w->err, RMT_ERR_CONFIG, w->source, w->line, NULL,
            "%s is %s and %s is %s: they have no comparison in '%s'; compare %s with %s%s",
            word_of(words[0], w, a), type_of(w, a, b), word_of(words[1], w, b), type_of(w, b, a),
            w->text, word_of(known, w, stays), wanted_by(w, stays),
            days ? ", or the days since another date (DATE - DATE) with the number" : "");
    }
    rmt_status st = of_equals ? check_choice(w, a, b) : RMT_OK;
    return st || !of_equals ? st : check_choice(w, b, a);
}

static rmt_status check_number(const walk *w, slot s)
{
    char word[WHAT];
    if (s.kinds & RMT_OPERAND_NUMBER) return RMT_OK;
    const bool date = s.kinds & RMT_OPERAND_DATE;
    return rmt_fail_at(w->err, RMT_ERR_CONFIG, w->source, w->line, NULL,
                       "%s is %s: nothing can be calculated with it in '%s'; %s",
                       word_of(word, w, s), type_of(w, s, (slot){.kinds = RMT_OPERAND_NUMBER}),
                       w->text,
                       date ? "of dates there is the difference of two, DATE - DATE, in days"
                            : "+ - * / take numbers");
}

static rmt_status check_calculation(const walk *w, condition_step_kind kind, slot a, slot b)
{
    if (kind == STEP_SUBTRACT && a.kinds & b.kinds & RMT_OPERAND_DATE) return RMT_OK;
    rmt_status st = check_number(w, a);
    return st ? st : check_number(w, b);
}

rmt_status rmt_condition_check(const rmt_condition *c, const char *text,
                               const rmt_operand_kind *kinds, const char *source, size_t line,
                               rmt_error *err)
{
    const walk w = {c, text, source, kinds, line, err};
    slot stack[STACK], *top = stack; /* as in rmt_condition_eval */
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < c->n_steps && !st; i++) {
        const condition_step *s = &c->steps[i];
        switch (s->kind) {
        case STEP_NAME:
        case STEP_NUMBER:
        case STEP_TEXT: *top++ = operand(&w, s); break;
        case STEP_ADD:
        case STEP_SUBTRACT:
        case STEP_MULTIPLY:
        case STEP_DIVIDE:
            top--;
            st = check_calculation(&w, s->kind, top[-1], top[0]);
            top[-1] = calculated(top[-1].varies || top[0].varies);
            break;
        case STEP_NEGATE:
            st = check_number(&w, top[-1]);
            if (top[-1].of && top[-1].of->kind == STEP_NUMBER) top[-1].number = -top[-1].number;
            else top[-1] = calculated(top[-1].varies);
            break;
        case STEP_EQUAL:
        case STEP_UNEQUAL:
        case STEP_LESS:
        case STEP_AT_MOST:
        case STEP_MORE:
        case STEP_AT_LEAST:
            top--;
            st = check_comparison(&w, top[-1], top[0],
                                  s->kind == STEP_EQUAL || s->kind == STEP_UNEQUAL);
            break;
        case STEP_LIST_BEGIN: top++; break;
        case STEP_LIST_ITEM:
            top--;
            st = check_comparison(&w, top[-2], top[0], true);
            break;
        case STEP_LIST_END:
        case STEP_AND:
        case STEP_OR: top--; break;
        case STEP_IS_MISSING:
        case STEP_NOT: break;
        }
    }
    return st;
}
