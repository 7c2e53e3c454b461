/* schema_check_keys.c - the keys of a table, as findings: primary, unique and foreign. */
#include "rmt/mem.h"
#include "schema_check_parts.h"

/* The cells of a key, parted by ", ", into r->value. */
static rmt_status key_value(schema_reporter *r, const size_t *columns, size_t n, size_t row)
{
    rmt_status st = RMT_OK;

    rmt_text_empty(&r->value);
    for (size_t i = 0; i < n && !st; i++) {
        char buf[RMT_NUM_BUF];
        bool missing = rmt_table_is_missing(r->table, columns[i], row);
        const char *cell =
            missing && n > 1 ? "(missing)" : rmt_table_format(r->table, columns[i], row, buf);
        st = rmt_text_addf(&r->value, r->err, "%s%s", i ? ", " : "", cell);
    }
    return st;
}

/* "primary key id, visit" */
static rmt_status key_rule(schema_reporter *r, const char *what, const char **names, size_t n)
{
    rmt_status st;

    rmt_text_empty(&r->rule);
    st = rmt_text_add(&r->rule, what, r->err);
    for (size_t i = 0; i < n && !st; i++)
        st = rmt_text_addf(&r->rule, r->err, "%s%s", i ? ", " : " ", names[i]);
    return st;
}

/* ---- primary and unique keys ------------------------------------------------------------------ */

rmt_status schema_key_init(schema_key *k, const char **names, size_t n, bool is_primary,
                           const rmt_table *t, const rmt_row_order *order, rmt_error *err)
{
    rmt_key key = {t, NULL, n};

    *k = (schema_key){.names = names, .n = n, .is_primary = is_primary};
    for (size_t i = 0; i < n; i++)
        if (rmt_table_find(t, names[i]) == RMT_NO_COLUMN) return RMT_OK; /* missing-label */
    if (n == 0) return RMT_OK;
    if (!(k->columns = rmt_mem_array(n, sizeof *k->columns, err))) return RMT_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        k->columns[i] = rmt_table_find(t, names[i]);
    key.columns = k->columns;
    return rmt_key_repeats(&k->repeats, &key, order, err);
}

void schema_key_clear(schema_key *k)
{
    rmt_mem_free(k->columns);
    rmt_repeats_clear(&k->repeats);
}

/* Whether schema_check_key has something to say of a row. */
static bool is_key_fault(const schema_key *k, const rmt_table *t, size_t row)
{
    const rmt_key key = {t, k->columns, k->n};

    if (k->repeats.first && k->repeats.first[row] > 0) return true;
    return k->is_primary && k->repeats.any_missing && rmt_key_missing(&key, row) > 0;
}

bool schema_key_has_faults(const schema_key *k)
{
    return k->repeats.first || (k->is_primary && k->repeats.any_missing);
}

rmt_status schema_check_key(schema_reporter *r, const schema_key *k, size_t row)
{
    const char *what = k->is_primary ? "primary key" : "unique key";
    const char *code = k->is_primary ? "primary-key" : "unique-error";
    const char *column = k->n == 1 ? k->names[0] : "";
    char at[SCHEMA_PLACE_BUF];
    rmt_status st;

    if (!is_key_fault(k, r->table, row)) return RMT_OK;
    if (schema_told_without_words(r, code, row, column, &st)) return st;
    if ((st = key_rule(r, what, k->names, k->n))) return st;
    if ((st = key_value(r, k->columns, k->n, row))) return st;
    if (!k->repeats.first || k->repeats.first[row] == 0)
        return schema_say(r, RMT_SEVERITY_ERROR, code, row, column, rmt_text_str(&r->value),
                          "is incomplete as the ", rmt_text_str(&r->rule));
    return schema_say(r, RMT_SEVERITY_ERROR, code, row, column, rmt_text_str(&r->value),
                      k->is_primary ? "is already the primary key of "
                                    : "is already the unique key of ",
                      schema_place(r, k->repeats.first[row] - 1, at));
}

/* ---- foreign keys ----------------------------------------------------------------------------- */

/* Finds the columns of a foreign key; a side that lacks one, or two that cannot be compared, is
 * said and leaves *complete false. */
static rmt_status foreign_columns(schema_reporter *r, const rmt_foreign_key *k,
                                  const rmt_table *target, size_t *here, size_t *there,
                                  bool *complete)
{
    rmt_status st;

    *complete = true;
    for (size_t i = 0; i < k->n; i++) {
        const char *fault = NULL;
        here[i] = rmt_table_find(r->table, k->fields[i]);
        there[i] = rmt_table_find(target, k->reference[i]);
        if (here[i] == RMT_NO_COLUMN) fault = "is in the foreign key, but no column";
        else if (there[i] == RMT_NO_COLUMN) fault = "refers to an absent column, ";
        else if (rmt_type_is_text(rmt_table_type(r->table, here[i])) !=
                 rmt_type_is_text(rmt_table_type(target, there[i])))
            fault = "differs in type from ";
        if (!fault) continue;
        *complete = false;
        st = schema_say(r, RMT_SEVERITY_ERROR, "foreign-key", SCHEMA_NO_ROW, k->fields[i], "",
                        fault, here[i] == RMT_NO_COLUMN ? "" : k->reference[i]);
        if (st) return st;
    }
    return RMT_OK;
}

static bool any_unreadable(const rmt_table *t, const size_t *columns, size_t n, size_t row)
{
    for (size_t i = 0; i < n; i++)
        if (rmt_unreadable_text(rmt_table_reason(t, columns[i], row))) return true;
    return false;
}

static rmt_status check_reference(schema_reporter *r, const rmt_foreign_key *k, const rmt_key *here,
                                  const rmt_key_index *there, size_t row)
{
    const char *column = k->n == 1 ? k->fields[0] : "";
    size_t n_missing = rmt_key_missing(here, row);
    rmt_status st;

    if (n_missing == k->n) return RMT_OK; /* no reference is made */
    if (n_missing > 0 && any_unreadable(r->table, here->columns, k->n, row))
        return RMT_OK; /* a type-error already */
    if (n_missing == 0 && rmt_key_index_has(there, here, row)) return RMT_OK;
    if (schema_told_without_words(r, "foreign-key", row, column, &st)) return st;
    if ((st = key_value(r, here->columns, k->n, row))) return st;
    if (n_missing > 0)
        return schema_say(r, RMT_SEVERITY_ERROR, "foreign-key", row, column,
                          rmt_text_str(&r->value), "is incomplete as the ", rmt_text_str(&r->rule));
    return schema_say(r, RMT_SEVERITY_ERROR, "foreign-key", row, column, rmt_text_str(&r->value),
                      "is not in ", k->resource[0] ? k->resource : r->name);
}

rmt_status rmt_schema_check_foreign_key(rmt_ledger *ledger, const rmt_foreign_key *k,
                                        const char *name, const rmt_table *t,
                                        const rmt_table *target, rmt_error *err)
{
    size_t *columns = NULL;
    rmt_row_order order = {NULL, 0};
    rmt_key_index *index = NULL;
    rmt_key here = {t, NULL, k->n}, there = {target, NULL, k->n};
    bool complete = false;
    schema_reporter r;
    rmt_status st = RMT_OK;

    schema_reporter_init(&r, ledger, name, t, err);
    if (!(columns = rmt_mem_array(2 * k->n, sizeof *columns, err))) return RMT_ERR_NOMEM;
    here.columns = columns;
    there.columns = columns + k->n;
    if ((st = key_rule(&r, "foreign key", k->fields, k->n))) goto done;
    if ((st = foreign_columns(&r, k, target, columns, columns + k->n, &complete))) goto done;
    if (!complete) goto done;
    if ((st = rmt_row_order_init(&order, t, err))) goto done;
    st = rmt_key_index_new(&index, &there, err);
    for (size_t i = 0; i < order.n && !st; i++)
        st = check_reference(&r, k, &here, index, rmt_row_at(&order, i));
done:
    rmt_key_index_free(index);
    rmt_row_order_clear(&order);
    rmt_mem_free(columns);
    schema_reporter_clear(&r);
    return st;
}
