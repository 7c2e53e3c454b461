/* condition.c - see rmt/condition.h. A condition becomes steps in postfix order, worked off on a small stack;
 * condition_kinds.c walks the same steps over what the names can hold. */
#include "condition_parts.h"
#include "rmt/day.h"

#include "rmt/mem.h"
#include "rmt/num.h"
#include "rmt/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH_MAX = 1 << 15 /* bytes; the longest branching logic seen is a tenth of it */ };

static void free_texts(condition_texts *t)
{
    for (size_t i = 0; i < t->n; i++)
        rmt_mem_free(t->s[i]);
    rmt_mem_free(t->s);
}

void rmt_condition_free(rmt_condition *c)
{
    if (!c) return;
    free_texts(&c->names);
    free_texts(&c->literals);
    rmt_mem_free(c->steps);
    rmt_mem_free(c);
}

size_t rmt_condition_n_names(const rmt_condition *c)
{
    return c->names.n;
}

const char *rmt_condition_name(const rmt_condition *c, size_t i)
{
    return c->names.s[i];
}

/* ---- words --------------------------------------------------------------------------------- */

typedef enum {
    WORD_END,
    WORD_NAME,
    WORD_NUMBER,
    WORD_TEXT,
    WORD_SIGN, /* an operator, a bracket or a comma: p->sign */
    WORD_AND,
    WORD_OR,
    WORD_NOT,
    WORD_IS,
    WORD_IN
} word_kind;

typedef struct {
    rmt_condition *c;
    const char *text, *source;
    size_t line;
    rmt_error *err;
    word_kind word; /* the one looked at */
    const char *start, *end;
    rmt_text content; /* of a name or a text */
    double number;
    char sign[3];
    size_t nesting;
} parser;

/* "MESSAGE at character 8 of 'age >= '": the end of a long condition is what a message may lose. */
RMT_PRINTF(3, 4) static rmt_status fault(const parser *p, const char *at, const char *fmt, ...)
{
    char what[160];
    size_t character = 1;
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    for (const char *s = p->text; s < at; s++)
        character += ((unsigned char)*s & 0xC0) != 0x80;
    return rmt_fail_at(p->err, RMT_ERR_CONFIG, p->source, p->line, NULL,
                       "%s at character %zu of '%s'", what, character, p->text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A text or a name in quotes. */
static rmt_status read_quoted(parser *p, word_kind kind)
{
    const char quote = *p->start, *s = p->start + 1;
    const bool doubles = p->c->syntax == RMT_CONDITION_PLAN;
    rmt_status st = RMT_OK;
    for (; *s && !st; s++) {
        if (*s == quote && !(doubles && s[1] == quote)) break;
        if (*s == quote) s++;
        st = rmt_text_add_bytes(&p->content, s, 1, p->err);
    }
    if (st) return st;
    if (!*s) return fault(p, p->start, "a quote is not closed");
    if (p->content.len == 0 && doubles)
        return fault(p, p->start,
                     kind == WORD_NAME ? "an empty name" : "an empty text (write 'is missing')");
    p->word = kind;
    p->end = s + 1;
    return RMT_OK;
}

static rmt_status read_number(parser *p)
{
    const char *s = p->start;
    while (is_digit(*s) || *s == '.')
        s++;
    if (s > p->start && (*s == 'e' || *s == 'E') &&
        is_digit(s[1] == '-' || s[1] == '+' ? s[2] : s[1]))
        for (s += 2; is_digit(*s); s++) {
        }
    p->end = s;
    p->word = WORD_NUMBER;
    if (is_letter(*s) || !rmt_num_parse_double(p->start, (size_t)(s - p->start), &p->number))
        return fault(p, p->start, "no number");
    return RMT_OK;
}

/* A word of the language, or a name; REDCap has functions there. */
static rmt_status read_letters(parser *p)
{
    static const struct {
        const char *text;
        word_kind word;
    } words[] = {
        {"and", WORD_AND}, {"or", WORD_OR}, {"not", WORD_NOT}, {"is", WORD_IS}, {"in", WORD_IN}};
    const char *s = p->start;
    while (is_letter(*s) || is_digit(*s) || *s == '.')
        s++;
    p->end = s;
    p->word = WORD_NAME;
    rmt_status st = rmt_text_add_bytes(&p->content, p->start, (size_t)(s - p->start), p->err);
    for (size_t i = 0; i < sizeof words / sizeof words[0] && !st; i++)
        if (rmt_text_equal_nocase(p->content.s, words[i].text)) p->word = words[i].word;
    if (st || p->word != WORD_NAME || p->c->syntax == RMT_CONDITION_PLAN) return st;
    while (is_blank(*s))
        s++;
    return fault(p, p->start,
                 *s == '(' ? "the function '%.60s' is not understood"
                           : "'%.60s' stands where a [field] should",
                 p->content.s);
}

/* [field] or [field(code)], called as the export calls it. */
static rmt_status read_field(parser *p)
{
    const char *s = p->start + 1, *close = strchr(s, ']');
    if (!close) return fault(p, p->start, "a [ is not closed");
    const int shown = close - p->start < 60 ? (int)(close - p->start) + 1 : 60;
    if (close[1] == '[')
        return fault(p, p->start,
                     "the reference to another event or instance, %.*s[, is not understood", shown,
                     p->start);
    while (is_letter(*s) || is_digit(*s))
        s++;
    rmt_status st =
        rmt_text_add_bytes(&p->content, p->start + 1, (size_t)(s - p->start - 1), p->err);
    if (!st && p->content.len > 0 && *s == '(' && close[-1] == ')' && close - s > 2) {
        st = rmt_text_add(&p->content, "___", p->err);
        for (s++; s < close - 1 && !st; s++) {
            const char c = *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
            st = rmt_text_add_bytes(&p->content, is_letter(c) || is_digit(c) ? &c : "_", 1, p->err);
        }
        s = close;
    }
    if (st) return st;
    if (s != close || p->content.len == 0)
        return fault(p, p->start, "the reference %.*s, no plain field, is not understood", shown,
                     p->start);
    p->word = WORD_NAME;
    p->end = close + 1;
    return RMT_OK;
}

static rmt_status read_sign(parser *p)
{
    static const char *const signs[] = {"==", "!=", "<>", "<=", ">=", "=", "<", ">",
                                        "+",  "-",  "*",  "/",  "(",  ")", ","};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        const size_t n = strlen(signs[i]);
        if (strncmp(p->start, signs[i], n) != 0) continue;
        memcpy(p->sign, signs[i], n + 1);
        p->word = WORD_SIGN;
        p->end = p->start + n;
        return RMT_OK;
    }
    return fault(p, p->start, "'%c' is not understood", *p->start);
}

static rmt_status next(parser *p)
{
    const bool plan = p->c->syntax == RMT_CONDITION_PLAN;
    const char *s = p->end;
    while (is_blank(*s))
        s++;
    p->start = p->end = s;
    p->content.len = 0;
    p->sign[0] = '\0';
    p->word = WORD_END;
    if (*s == '\0') return RMT_OK;
    rmt_status st =
        rmt_text_add(&p->content, "", p->err); /* so that it is a text, if an empty one */
    if (st) return st;
    if (*s == '\'' || *s == '"') return read_quoted(p, WORD_TEXT);
    if (*s == '`' && plan) return read_quoted(p, WORD_NAME);
    if (*s == '[' && !plan) return read_field(p);
    if (is_digit(*s) || (*s == '.' && is_digit(s[1]))) return read_number(p);
    return is_letter(*s) ? read_letters(p) : read_sign(p);
}

static bool at_sign(const parser *p, const char *sign)
{
    return p->word == WORD_SIGN && strcmp(p->sign, sign) == 0;
}

static rmt_status need_sign(parser *p, const char *sign)
{
    return at_sign(p, sign) ? next(p) : fault(p, p->start, "'%s' is missing", sign);
}

/* ---- steps --------------------------------------------------------------------------------- */

static rmt_status add_step(parser *p, condition_step s)
{
    rmt_condition *c = p->c;
    rmt_status st =
        rmt_mem_grow(&c->steps, &c->cap_steps, c->n_steps + 1, sizeof *c->steps, p->err);
    if (!st) c->steps[c->n_steps++] = s;
    return st;
}

static rmt_status add_text(parser *p, condition_texts *t)
{
    rmt_status st = rmt_mem_grow(&t->s, &t->cap, t->n + 1, sizeof *t->s, p->err);
    if (st) return st;
    t->s[t->n] = rmt_mem_text(p->content.s, p->content.len, p->err);
    if (!t->s[t->n]) return RMT_ERR_NOMEM;
    t->n++;
    return RMT_OK;
}

/* The name, number or text looked at. */
static rmt_status add_operand(parser *p)
{
    rmt_condition *c = p->c;
    rmt_status st = RMT_OK;
    condition_step s = {.kind = STEP_NUMBER, .number = p->number};
    if (p->word == WORD_TEXT) {
        s = (condition_step){.kind = STEP_TEXT, .index = c->literals.n};
        st = add_text(p, &c->literals);
    } else if (p->word == WORD_NAME) {
        s = (condition_step){.kind = STEP_NAME};
        while (s.index < c->names.n && strcmp(c->names.s[s.index], p->content.s) != 0)
            s.index++;
        if (s.index == c->names.n) st = add_text(p, &c->names);
    }
    if (!st) st = add_step(p, s);
    return st ? st : next(p);
}

/* ---- the grammar: each function reads what binds tighter first --------------------------------- */

typedef enum { A_VALUE, A_TRUTH } sort;

static rmt_status parse_or(parser *p, sort *out);

static rmt_status need_sort(const parser *p, const char *at, sort is, sort wanted)
{
    if (is == wanted) return RMT_OK;
    return fault(p, at,
                 wanted == A_TRUTH ? "a comparison (such as age >= 18) is wanted, not a value,"
                                   : "a value is wanted, not a comparison,");
}

static rmt_status go_in(parser *p)
{
    if (p->nesting == NESTING_MAX)
        return fault(p, p->start, "more than %d levels of brackets", NESTING_MAX);
    p->nesting++;
    return next(p);
}

static rmt_status parse_primary(parser *p, sort *out)
{
    rmt_status st;
    const char *at = p->start;
    *out = A_VALUE;
    if (p->word == WORD_NAME || p->word == WORD_NUMBER || p->word == WORD_TEXT)
        return add_operand(p);
    if (at_sign(p, "-") || at_sign(p, "+")) {
        const bool negative = at_sign(p, "-");
        if ((st = go_in(p)) || (st = parse_primary(p, out)) ||
            (st = need_sort(p, at, *out, A_VALUE)))
            return st;
        p->nesting--;
        return negative ? add_step(p, (condition_step){.kind = STEP_NEGATE}) : RMT_OK;
    }
    if (at_sign(p, "(")) {
        if ((st = go_in(p)) || (st = parse_or(p, out))) return st;
        p->nesting--;
        return need_sign(p, ")");
    }
    return fault(p, at, "a value is missing");
}

typedef struct {
    const char *sign;
    condition_step_kind kind;
} operation;

/* The step of the sign looked at, among n. */
static bool find_operation(const parser *p, const operation *list, size_t n,
                           condition_step_kind *out)
{
    for (size_t i = 0; i < n; i++)
        if (at_sign(p, list[i].sign)) {
            *out = list[i].kind;
            return true;
        }
    return false;
}

static rmt_status parse_product(parser *p, sort *out)
{
    static const operation signs[] = {{"*", STEP_MULTIPLY}, {"/", STEP_DIVIDE}};
    const char *at = p->start;
    condition_step_kind kind;
    rmt_status st = parse_primary(p, out);
    while (!st && find_operation(p, signs, 2, &kind)) {
        sort right;
        const char *at_right;
        if ((st = need_sort(p, at, *out, A_VALUE)) || (st = next(p))) return st;
        at_right = p->start;
        if ((st = parse_primary(p, &right)) || (st = need_sort(p, at_right, right, A_VALUE)))
            return st;
        const condition_step *last = &p->c->steps[p->c->n_steps - 1];
        if (kind == STEP_DIVIDE && p->c->syntax == RMT_CONDITION_PLAN &&
            last->kind == STEP_NUMBER && !(last->number < 0 || last->number > 0))
            return fault(p, at_right, "a division by 0");
        st = add_step(p, (condition_step){.kind = kind});
    }
    return st;
}

static rmt_status parse_sum(parser *p, sort *out)
{
    static const operation signs[] = {{"+", STEP_ADD}, {"-", STEP_SUBTRACT}};
    const char *at = p->start;
    condition_step_kind kind;
    rmt_status st = parse_product(p, out);
    while (!st && find_operation(p, signs, 2, &kind)) {
        sort right;
        const char *at_right;
        if ((st = need_sort(p, at, *out, A_VALUE)) || (st = next(p))) return st;
        at_right = p->start;
        if ((st = parse_product(p, &right)) || (st = need_sort(p, at_right, right, A_VALUE)))
            return st;
        st = add_step(p, (condition_step){.kind = kind});
    }
    return st;
}

/* "(a, b)" behind `in`. */
static rmt_status parse_list(parser *p)
{
    rmt_status st;
    if ((st = add_step(p, (condition_step){.kind = STEP_LIST_BEGIN})) || (st = need_sign(p, "(")))
        return st;
    for (;;) {
        sort item;
        const char *at = p->start;
        if ((st = parse_sum(p, &item)) || (st = need_sort(p, at, item, A_VALUE)) ||
            (st = add_step(p, (condition_step){.kind = STEP_LIST_ITEM})))
            return st;
        if (!at_sign(p, ",")) break;
        if ((st = next(p))) return st;
    }
    return (st = need_sign(p, ")")) ? st : add_step(p, (condition_step){.kind = STEP_LIST_END});
}

/* "is missing", "is not missing", "in (...)", "not in (...)". */
static rmt_status parse_predicate(parser *p)
{
    const bool is = p->word == WORD_IS;
    bool negative = p->word == WORD_NOT;
    rmt_status st = RMT_OK;
    if (is || negative) st = next(p);
    if (st) return st;
    if (is && p->word == WORD_NOT) {
        negative = true;
        if ((st = next(p))) return st;
    }
    if (is && !(p->word == WORD_NAME && rmt_text_equal_nocase(p->content.s, "missing")))
        return fault(p, p->start, "'missing' is missing");
    if (!is && p->word != WORD_IN) return fault(p, p->start, "'in' is missing");
    if ((st = next(p))) return st;
    st = is ? add_step(p, (condition_step){.kind = STEP_IS_MISSING}) : parse_list(p);
    return st || !negative ? st : add_step(p, (condition_step){.kind = STEP_NOT});
}

static rmt_status parse_comparison(parser *p, sort *out)
{
    static const operation signs[] = {
        {"=", STEP_EQUAL}, {"==", STEP_EQUAL},   {"<>", STEP_UNEQUAL}, {"!=", STEP_UNEQUAL},
        {"<", STEP_LESS},  {"<=", STEP_AT_MOST}, {">", STEP_MORE},     {">=", STEP_AT_LEAST}};
    const char *at = p->start;
    condition_step_kind kind;
    sort right;
    rmt_status st = parse_sum(p, out);
    if (st) return st;
    if (p->word == WORD_IS || p->word == WORD_IN || p->word == WORD_NOT) {
        if ((st = need_sort(p, at, *out, A_VALUE))) return st;
        *out = A_TRUTH;
        return parse_predicate(p);
    }
    if (!find_operation(p, signs, sizeof signs / sizeof signs[0], &kind)) return RMT_OK;
    if ((st = need_sort(p, at, *out, A_VALUE)) || (st = next(p))) return st;
    at = p->start;
    if ((st = parse_sum(p, &right)) || (st = need_sort(p, at, right, A_VALUE)) ||
        (st = add_step(p, (condition_step){.kind = kind})))
        return st;
    *out = A_TRUTH;
    if (find_operation(p, signs, sizeof signs / sizeof signs[0], &kind))
        return fault(p, p->start, "a second comparison without 'and'");
    return RMT_OK;
}

static rmt_status parse_not(parser *p, sort *out)
{
    rmt_status st;
    if (p->word != WORD_NOT) return parse_comparison(p, out);
    if ((st = go_in(p))) return st;
    const char *at = p->start;
    if ((st = parse_not(p, out)) || (st = need_sort(p, at, *out, A_TRUTH))) return st;
    p->nesting--;
    return add_step(p, (condition_step){.kind = STEP_NOT});
}

static rmt_status parse_and(parser *p, sort *out)
{
    const char *at = p->start;
    rmt_status st = parse_not(p, out);
    while (!st && p->word == WORD_AND) {
        if ((st = need_sort(p, at, *out, A_TRUTH)) || (st = next(p))) return st;
        at = p->start;
        if ((st = parse_not(p, out)) || (st = need_sort(p, at, *out, A_TRUTH))) return st;
        st = add_step(p, (condition_step){.kind = STEP_AND});
    }
    return st;
}

static rmt_status parse_or(parser *p, sort *out)
{
    const char *at = p->start;
    rmt_status st = parse_and(p, out);
    while (!st && p->word == WORD_OR) {
        if ((st = need_sort(p, at, *out, A_TRUTH)) || (st = next(p))) return st;
        at = p->start;
        if ((st = parse_and(p, out)) || (st = need_sort(p, at, *out, A_TRUTH))) return st;
        st = add_step(p, (condition_step){.kind = STEP_OR});
    }
    return st;
}

rmt_status rmt_condition_parse(rmt_condition **out, const char *text, rmt_condition_syntax syntax,
                               const char *source, size_t line, rmt_error *err)
{
    rmt_status st = RMT_OK;
    sort whole = A_VALUE;
    parser p = {.text = text, .source = source, .line = line, .err = err, .end = text};
    if (strlen(text) > LENGTH_MAX)
        return rmt_fail_at(err, RMT_ERR_CONFIG, source, line, NULL,
                           "a condition of %zu bytes is longer than %d", strlen(text), LENGTH_MAX);
    p.c = rmt_mem_array(1, sizeof *p.c, err);
    if (!p.c) return RMT_ERR_NOMEM;
    p.c->syntax = syntax;
    if ((st = next(&p)) || (st = parse_or(&p, &whole)) ||
        (st = need_sort(&p, text, whole, A_TRUTH)))
        goto done;
    if (p.word != WORD_END) {
        st = fault(&p, p.start, "'and', 'or' or the end is missing");
        goto done;
    }
    *out = p.c;
    p.c = NULL;
done:
    rmt_text_clear(&p.content);
    rmt_condition_free(p.c);
    return st;
}

/* ---- evaluation ---------------------------------------------------------------------------- */

/* A value or a truth: which of the two the grammar has made sure of. */
typedef struct {
    rmt_value value;
    rmt_truth truth;
} slot;

static const char *text_of(rmt_value v)
{
    return v.text ? v.text : "";
}

static bool is_missing(rmt_value v)
{
    return isnan(v.number) && *text_of(v) == '\0';
}

/* NaN = no number. */
static double number_of(rmt_value v)
{
    double x;
    if (!isnan(v.number) || !rmt_num_parse_double(text_of(v), strlen(text_of(v)), &x))
        return v.number;
    return x;
}

static rmt_truth truth_of(bool is)
{
    return is ? RMT_TRUE : RMT_FALSE;
}

/* order < 0, 0, > 0: the left side is less, equal, more. */
static rmt_truth judge(condition_step_kind kind, int order)
{
    switch (kind) {
    case STEP_EQUAL: return truth_of(order == 0);
    case STEP_UNEQUAL: return truth_of(order != 0);
    case STEP_LESS: return truth_of(order < 0);
    case STEP_AT_MOST: return truth_of(order <= 0);
    case STEP_MORE: return truth_of(order > 0);
    default: return truth_of(order >= 0);
    }
}

static int order_of(double x, double y)
{
    return (x > y) - (x < y);
}

static rmt_truth compare_texts(condition_step_kind kind, const char *a, const char *b)
{
    const rmt_day x = rmt_day_of(a), y = rmt_day_of(b);
    if (isnan(x.days) || isnan(y.days)) return judge(kind, strcmp(a, b));
    return judge(kind, rmt_day_after(x, y) - rmt_day_after(y, x));
}

static rmt_truth compare(condition_step_kind kind, rmt_value a, rmt_value b)
{
    if (is_missing(a) || is_missing(b)) return RMT_UNKNOWN;
    if (isnan(a.number) && isnan(b.number)) return compare_texts(kind, a.text, b.text);
    const double x = number_of(a), y = number_of(b);
    if (!isnan(x) && !isnan(y)) return judge(kind, order_of(x, y));
    return kind == STEP_EQUAL ? RMT_FALSE : kind == STEP_UNEQUAL ? RMT_TRUE : RMT_UNKNOWN;
}

static rmt_truth compare_redcap(condition_step_kind kind, rmt_value a, rmt_value b)
{
    char buf[2][RMT_NUM_BUF];
    const double x = number_of(a), y = number_of(b);
    const bool ordered = kind != STEP_EQUAL && kind != STEP_UNEQUAL;
    if (!isnan(x) && !isnan(y)) return judge(kind, order_of(x, y));
    if (ordered && (is_missing(a) || is_missing(b) || !isnan(x) || !isnan(y))) return RMT_FALSE;
    if (*text_of(a) == '\0') {
        rmt_num_print(buf[0], a.number);
        a.text = buf[0];
    }
    if (*text_of(b) == '\0') {
        rmt_num_print(buf[1], b.number);
        b.text = buf[1];
    }
    return judge(kind, strcmp(a.text, b.text));
}

static rmt_truth compare_by(const rmt_condition *c, condition_step_kind kind, rmt_value a,
                            rmt_value b)
{
    return c->syntax == RMT_CONDITION_PLAN ? compare(kind, a, b) : compare_redcap(kind, a, b);
}

/* Whole days from b to a; NaN where one of them is no date. */
static double days_between(rmt_value a, rmt_value b)
{
    return floor(rmt_day_of(text_of(a)).days) - floor(rmt_day_of(text_of(b)).days);
}

static rmt_value calculate(const rmt_condition *c, condition_step_kind kind, rmt_value a,
                           rmt_value b)
{
    const double x = number_of(a), y = number_of(b);
    double z = (double)NAN;
    if (kind == STEP_ADD) z = x + y;
    if (kind == STEP_SUBTRACT) z = x - y;
    if (kind == STEP_SUBTRACT && c->syntax == RMT_CONDITION_PLAN && isnan(x) && isnan(y))
        z = days_between(a, b);
    if (kind == STEP_MULTIPLY) z = x * y;
    if (kind == STEP_DIVIDE && (y < 0 || y > 0)) z = x / y;
    return (rmt_value){NULL, isfinite(z) ? z : (double)NAN};
}

static rmt_truth both(rmt_truth a, rmt_truth b)
{
    if (a == RMT_FALSE || b == RMT_FALSE) return RMT_FALSE;
    return a == RMT_TRUE && b == RMT_TRUE ? RMT_TRUE : RMT_UNKNOWN;
}

static rmt_truth negation(rmt_truth a)
{
    return a == RMT_UNKNOWN ? RMT_UNKNOWN : truth_of(a == RMT_FALSE);
}

static rmt_truth either(rmt_truth a, rmt_truth b)
{
    return negation(both(negation(a), negation(b)));
}

rmt_truth rmt_condition_eval(const rmt_condition *c, const rmt_value *values)
{
    const rmt_value none = {NULL, (double)NAN};
    slot stack[STACK], *top = stack; /* top: the first free one */
    for (size_t i = 0; i < c->n_steps; i++) {
        const condition_step *s = &c->steps[i];
        switch (s->kind) {
        case STEP_NAME: (top++)->value = values[s->index]; break;
        case STEP_NUMBER: (top++)->value = (rmt_value){NULL, s->number}; break;
        case STEP_TEXT: (top++)->value = (rmt_value){c->literals.s[s->index], none.number}; break;
        case STEP_ADD:
        case STEP_SUBTRACT:
        case STEP_MULTIPLY:
        case STEP_DIVIDE:
            top--;
            top[-1].value = calculate(c, s->kind, top[-1].value, top[0].value);
            break;
        case STEP_NEGATE: top[-1].value = (rmt_value){NULL, -number_of(top[-1].value)}; break;
        case STEP_EQUAL:
        case STEP_UNEQUAL:
        case STEP_LESS:
        case STEP_AT_MOST:
        case STEP_MORE:
        case STEP_AT_LEAST:
            top--;
            top[-1].truth = compare_by(c, s->kind, top[-1].value, top[0].value);
            break;
        case STEP_IS_MISSING: top[-1].truth = truth_of(is_missing(top[-1].value)); break;
        case STEP_LIST_BEGIN: (top++)->truth = RMT_FALSE; break;
        case STEP_LIST_ITEM:
            top--;
            top[-1].truth =
                either(top[-1].truth, compare_by(c, STEP_EQUAL, top[-2].value, top[0].value));
            break;
        case STEP_LIST_END:
            top--;
            top[-1].truth = top[0].truth;
            break;
        case STEP_NOT: top[-1].truth = negation(top[-1].truth); break;
        case STEP_AND:
            top--;
            top[-1].truth = both(top[-1].truth, top[0].truth);
            break;
        case STEP_OR:
            top--;
            top[-1].truth = either(top[-1].truth, top[0].truth);
            break;
        }
    }
    return stack[0].truth;
}
