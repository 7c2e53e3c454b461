/* Each allocation of REDCap's reader fails once: said, and nothing leaks. */
#include "support.h"
#include "tst_memory.h"
#include "tst_redcap.h"

static const char dictionary[] =
    TST_REDCAP_HEADER "id,a,text,Id,,,,,,,\n"
                      "sex,a,radio,Sex,\"1, Female | 2, Male\",,,,,,y\n"
                      "day,a,text,Day,,date_dmy,31-12-2020,,y,,\n"
                      "dose,a,text,Dose,,number_comma_decimal,\"0,5\",,,[sex] = '1',\n"
                      "seen,a,checkbox,Seen,\"1, <b>Red</b> | 2, Blue\",,,,,[sex] = '1',\n"
                      "ae,b,text,Event,,,,,,[sex] = '2',\n";
static const char export[] =
    "Id,Event Name,Repeat Instrument,Repeat Instance,Data Access Group,Sex,Day,Dose,"
    "Seen (choice=Red),Seen (choice=Blue),Seen (choice=Unknown),Complete?,Event,Complete?,?\n"
    "1,Base,,,Here,Male,2024-01-02,\"1,5\",Unchecked,Unchecked,Checked,Complete,,,\n"
    "2,Base,,,Here,Unknown,x,,Unchecked,Unchecked,Unchecked,Complete,,,\n"
    "1,Base,Harm,1,Here,,,,,,,,,Complete,\n";

static rmt_status once(void *of, rmt_error *err)
{
    (void)of;
    static const char *const forms[] = {"a", "b", NULL};
    rmt_problems notes = {0};
    rmt_redcap *r = NULL;
    rmt_text got = {0};
    rmt_redcap_counts n;
    rmt_table *found = NULL;
    rmt_status st = tst_redcap_new(&r, dictionary, "[{value: UNK, label: Unknown}]", &notes, err);
    assert_true((r == NULL) == (st != RMT_OK));
    if (!st) st = rmt_redcap_found_new(&found, err);
    if (!st)
        st = tst_redcap_find(&got, found, &n, r, export, forms, "base_arm_1", RMT_REDCAP_UNSAID,
                             &notes, err);
    if (!st)
        assert_non_null(strstr(
            got.s, "1|base_arm_1|()|()|here|2|2024-01-02|")); /* not reached with a wrong table */
    if (!st) assert_int_equal(rmt_table_rows(found), 1);
    rmt_table_free(found);
    rmt_text_clear(&got);
    rmt_redcap_free(r);
    return st;
}

static void each_allocation_fails(void **state)
{
    (void)state;
    tst_each_allocation_fails(once, NULL, 400, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests_name("redcap_memory", tests, NULL, NULL);
}
