#include "config.h"

#include "rmt/mem.h"
#include "rmt/num.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

size_t config_find(const char *word, const char *const *known, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(word, known[i]) != 0)
        i++;
    return i;
}

rmt_status config_unknown(const rmt_node *at, const char *key, const char *what, const char *word,
                          const char *const *known, size_t n, rmt_error *err)
{
    const char *nearest = rmt_text_nearest(word, known, n);
    if (nearest != NULL)
        return CONFIG_FAIL(err, at, key, "unknown %s '%s'; did you mean '%s'?", what, word,
                           nearest);
    if (n == 0) return CONFIG_FAIL(err, at, key, "unknown %s '%s'; there is none", what, word);

    rmt_text list = {0};
    rmt_status st = RMT_OK;
    for (size_t i = 0; i < n && st == RMT_OK; i++)
        st = rmt_text_addf(&list, err, "%s%s", i > 0 ? ", " : "", known[i]);
    if (st == RMT_OK)
        st = CONFIG_FAIL(err, at, key, "unknown %s '%s'; known: %s", what, word, list.s);
    rmt_text_clear(&list);
    return st;
}

const rmt_node *config_place(const rmt_node *map, const char *key)
{
    const rmt_node *value = rmt_node_get(map, key);
    return value ? value : map;
}

rmt_status config_need(const rmt_node *map, const char *what, const char *key, rmt_node_kind kind,
                       const rmt_node **out, rmt_error *err)
{
    const rmt_node *child = NULL;
    rmt_status st = rmt_node_read_child(map, key, kind, &child, err);
    if (st != RMT_OK) return st;
    if (child == NULL)
        return CONFIG_FAIL(err, config_place(map, key), key, "%s needs '%s'", what, key);
    *out = child;
    return RMT_OK;
}

rmt_status config_text(const rmt_node *map, const char *key, const char **out, rmt_error *err)
{
    const char *text = NULL;
    rmt_status st = rmt_node_read_text(map, key, &text, err);
    if (st != RMT_OK || text == NULL) return st;
    if (text[0] == '\0') return CONFIG_FAIL(err, rmt_node_get(map, key), key, "'%s' is empty", key);
    *out = text;
    return RMT_OK;
}

rmt_status config_need_text(const rmt_node *map, const char *what, const char *key,
                            const char **out, rmt_error *err)
{
    const char *text = NULL;
    rmt_status st = config_text(map, key, &text, err);
    if (st != RMT_OK) return st;
    if (text == NULL)
        return CONFIG_FAIL(err, config_place(map, key), key, "%s needs '%s'", what, key);
    *out = text;
    return RMT_OK;
}

rmt_status config_choice(const rmt_node *map, const char *key, const char *const *known, size_t n,
                         size_t *out, rmt_error *err)
{
    const char *text = NULL;
    rmt_status st = config_text(map, key, &text, err);
    if (st != RMT_OK || text == NULL) return st;
    size_t i = config_find(text, known, n);
    if (i == n) return config_unknown(rmt_node_get(map, key), key, key, text, known, n, err);
    *out = i;
    return RMT_OK;
}

rmt_status config_need_int(const rmt_node *map, const char *what, const char *key, int *out,
                           rmt_error *err)
{
    const char *text = NULL;
    rmt_status st = config_need_text(map, what, key, &text, err);
    if (st != RMT_OK) return st;
    int64_t value;
    if (!rmt_num_parse_int(text, strlen(text), &value) || value < INT_MIN || value > INT_MAX)
        return CONFIG_FAIL(err, rmt_node_get(map, key), key, "'%s' is not a whole number", text);
    *out = (int)value;
    return RMT_OK;
}

rmt_status config_repeat(const char *const *texts, size_t n, size_t *first, size_t *again,
                         rmt_error *err)
{
    rmt_text_placed *sorted = rmt_mem_array(n, sizeof *sorted, err);
    if (sorted == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (rmt_text_placed){texts[i], i};
    qsort(sorted, n, sizeof *sorted, rmt_text_placed_order);
    *again = n;
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1].text, sorted[i].text) == 0 && sorted[i].place < *again) {
            *first = sorted[i - 1].place;
            *again = sorted[i].place;
        }
    rmt_mem_free(sorted);
    return RMT_OK;
}

size_t config_n_words(const rmt_node *words)
{
    if (words == NULL) return 0;
    return rmt_node_kind_of(words) == RMT_NODE_LIST ? rmt_node_size(words) : 1;
}

const rmt_node *config_word(const rmt_node *words, size_t i)
{
    return rmt_node_kind_of(words) == RMT_NODE_LIST ? rmt_node_at(words, i) : words;
}

/* The words of a node as an array of borrowed texts, none empty, none twice. */
static rmt_status read_words(const rmt_node *node, const char *key, const char ***out,
                             rmt_error *err)
{
    size_t n = config_n_words(node), first = 0, again = n;
    const char **words = rmt_mem_array(n, sizeof *words, err);
    rmt_status st = RMT_OK;
    if (words == NULL) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n && st == RMT_OK; i++) {
        words[i] = rmt_node_text(config_word(node, i));
        if (words[i] == NULL || words[i][0] == '\0')
            st = CONFIG_FAIL(err, config_word(node, i), key, "entry %zu of '%s' is not a word",
                             i + 1, key);
    }
    if (st == RMT_OK) st = config_repeat(words, n, &first, &again, err);
    if (st == RMT_OK && again < n)
        st = CONFIG_FAIL(err, config_word(node, again), key, "'%s' stands twice in '%s'",
                         words[again], key);
    if (st == RMT_OK) *out = words;
    else rmt_mem_free(words);
    return st;
}

static rmt_status find_words(const rmt_node *map, const char *key, const rmt_node **out,
                             rmt_error *err)
{
    const rmt_node *node = rmt_node_get(map, key);
    if (rmt_node_is_null(node)) return RMT_OK;
    if (rmt_node_kind_of(node) == RMT_NODE_MAP)
        return CONFIG_FAIL(err, node, key, "'%s' is a word or a list of words, not a map", key);
    *out = node;
    return RMT_OK;
}

rmt_status config_words(const rmt_node *map, const char *key, const rmt_node **out, rmt_error *err)
{
    const rmt_node *node = NULL;
    const char **words = NULL;
    rmt_status st = find_words(map, key, &node, err);
    if (st != RMT_OK || node == NULL) return st;
    if ((st = read_words(node, key, &words, err))) return st;
    rmt_mem_free(words);
    *out = node;
    return RMT_OK;
}

rmt_status config_word_array(const rmt_node *map, const char *key, const char ***out, size_t *n,
                             rmt_error *err)
{
    const rmt_node *node = NULL;
    rmt_status st = find_words(map, key, &node, err);
    if (st != RMT_OK || node == NULL) return st;
    if ((st = read_words(node, key, out, err))) return st;
    *n = config_n_words(node);
    return RMT_OK;
}

bool config_is_name(const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if (s[0] == '\0' || strchr(letters, s[0]) == NULL) return false;
    for (; *s != '\0'; s++)
        if (strchr(letters, *s) == NULL && strchr("0123456789_", *s) == NULL) return false;
    return true;
}
