/* dates.c - see dates.h. */
#include "dates.h"

#include "rmt/num.h"
#include "rmt/text.h"

#include <math.h>
#include <string.h>

static bool is_date(const rmt_table *t, size_t column)
{
    const rmt_type type = rmt_table_type(t, column);
    return type == RMT_TYPE_DATE || type == RMT_TYPE_DATETIME;
}

/* One cell that is none must not cost the dates of all others. */
static bool has_date(const rmt_table *t, size_t column)
{
    if (is_date(t, column)) return true;
    if (!rmt_type_is_text(rmt_table_type(t, column))) return false;
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (!isnan(rmt_day_of(rmt_table_text(t, column, row)).days)) return true;
    return false;
}

rmt_status rmt_date_column(size_t *out, const rmt_plan *plan, const rmt_table *t, const char *table,
                           const char *column, rmt_error *err)
{
    char buf[RMT_NUM_BUF];
    rmt_status st = rmt_named_table_column(out, t, table, column, err);
    if (st || has_date(t, *out)) return st;
    const rmt_plan_table *from = rmt_plan_find_table(plan, table);
    for (size_t row = 0; row < rmt_table_rows(t); row++)
        if (!rmt_table_is_missing(t, *out, row))
            return rmt_fail_at(
                err, RMT_ERR_SCHEMA, from ? from->file : NULL, 0, column,
                "column %s of table %s must hold dates (YYYY-MM-DD, or as its schema "
                "says), and no cell is one: line %zu has '%s'",
                column, table, rmt_line_of(t, rmt_line_column(t), row),
                rmt_table_format(t, *out, row, buf));
    *out = RMT_NO_COLUMN;
    return RMT_OK;
}

bool rmt_is_planned_date(const rmt_plan *plan, const char *table, const char *column)
{
    const rmt_plan_trial *p = &plan->trial;
    const bool of_subjects = plan->subject_table && strcmp(plan->subject_table, table) == 0;
    const bool of_doses = p->doses.table && strcmp(p->doses.table, table) == 0;
    const char *const names[] = {
        of_subjects ? p->consent : NULL, of_subjects ? p->randomised : NULL,
        of_subjects ? p->first_dose : NULL, of_subjects ? p->withdrawal : NULL,
        of_doses ? p->doses.date : NULL};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i] && strcmp(names[i], column) == 0) return true;
    return rmt_text_is_among(column, p->visit_dates, p->n_visit_dates);
}

size_t rmt_record_dates(const rmt_plan *plan, const rmt_table *t, size_t nth)
{
    static const char *const usual[] = {"date",          "visit_date",      "visitdate",
                                        "date_of_visit", "assessment_date", "date_of_assessment",
                                        "visdat"};
    for (size_t i = 0; i < plan->trial.n_visit_dates; i++) {
        const size_t c = rmt_table_find(t, plan->trial.visit_dates[i]);
        if (c != RMT_NO_COLUMN && has_date(t, c) && nth-- == 0) return c;
    }
    if (plan->trial.n_visit_dates > 0) return RMT_NO_COLUMN;
    for (size_t c = 0; c < rmt_table_columns(t); c++)
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
            if (is_date(t, c) && rmt_text_equal_nocase(rmt_table_name(t, c), usual[i]) && nth == 0)
                return c;
    return RMT_NO_COLUMN;
}
