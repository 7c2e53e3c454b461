/* The REDCap files a plan names: resolved, read once, taken apart; each failing allocation is met. */
#include "rmt/plan.h"
#include "rmt/redcap_files.h"
#include "rmt/stage_files.h"
#include "rmt/tree.h"
#include "support.h"
#include "tst_memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char dictionary[] =
    "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,"
    "identifier,branching_logic,required_field\n"
    "id,people,text,Id,,,,,,,\n"
    "arm,people,radio,Arm,\"1, Drug | 2, Placebo\",,,,,,y\n"
    "score,visit,text,Score,,integer,0,60,,,\n"
    "other,more,text,Other,,,,,,,\n";
static const char data[] = "id,redcap_event_name,arm,people_complete,score,visit_complete,other\n"
                           "1,base_arm_1,1,2,30,2,x\n"
                           "1,end_arm_1,,,20,2,\n"
                           "id,redcap_event_name,arm,people_complete,score,visit_complete,other\n"
                           "2,base_arm_1,2,2,,0,y\n";
#define REST                                                                                       \
    "subjects: {table: people, id: id, arm: arm}\narms: {reference: \"2\"}\n"                      \
    "visits: {visit: redcap_event_name, schedule: [{name: base, value: base_arm_1, baseline: "     \
    "true}]}\noutcomes: {madrs: {table: visit, instrument: madrs, total: score}}\n"
#define PLAN                                                                                       \
    "study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv, missing: [UNK]}\n"       \
    "data:\n  people: {forms: people, events: base_arm_1}\n  visit: {forms: [visit]}\n" REST

static char dir[] = "/tmp/rmt_redcap_XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(dir)) return -1;
    write_file("dictionary.csv", dictionary);
    write_file("data.csv", data);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"dictionary.csv", "data.csv"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        if (remove(path)) return -1;
    }
    return rmdir(dir);
}

/* A plan as written, resolved and parsed. Without instruments: nothing looks for them here. */
typedef struct {
    rmt_doc *read, *doc;
    rmt_plan *plan;
} plans;

static void plans_clear(plans *p)
{
    rmt_plan_free(p->plan);
    rmt_doc_free(p->doc);
    rmt_doc_free(p->read);
}

static rmt_status plans_read(plans *p, const char *yaml, rmt_error *err)
{
    *p = (plans){0};
    rmt_status st = rmt_tree_parse(&p->read, yaml, strlen(yaml), "plan.yaml", err);
    if (!st) st = rmt_stage_resolve_plan(&p->doc, p->read, dir, NULL, err);
    if (!st) st = rmt_plan_parse(&p->plan, rmt_doc_root(p->doc), err);
    return st;
}

static void faults_of_plans(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *part;
    } cases[] = {
        {"study: {id: X}\nredcap: {file: data.csv}\ndata: {people: {forms: people}}\n" REST,
         "redcap needs 'dictionary'"},
        {"study: {id: X}\ndata: {people: {forms: people}}\n" REST,
         "'forms' are those of a REDCap export: the plan has no 'redcap'"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
         "data: {people: {forms: peple}}\n" REST,
         "'peple' is no form of dictionary.csv; did you mean 'people'?"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
         "data: {people: {forms: people, delimiter: tab}}\n" REST,
         "'delimiter' is for a table with a file of its own"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
         "data: {people: {forms: people, schema: x.json}}\n" REST,
         "the schema of a table of forms is made of the data dictionary"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
         "data: {people: {forms: []}}\n" REST,
         ""},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv, values: codes}\n"
         "data: {people: {forms: people}}\n" REST,
         "codes"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv, missing: [[1]]}\n"
         "data: {people: {forms: people}}\n" REST,
         "a missing code is a text"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
         "data: {people: {file: data.csv}}\n" REST,
         "no table of 'data' has 'forms': nothing of the export would be read"},
        {"study: {id: X}\nredcap: {file: data.csv, dictionary: data.csv}\n"
         "data: {people: {forms: people}}\n" REST,
         "no data dictionary of REDCap"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plans p;
        rmt_error err = {0};
        const rmt_status st = plans_read(&p, cases[i].yaml, &err);
        if (err.line == 0) fail_msg("case %zu: no line", i);
        tst_fails(st, RMT_ERR_CONFIG, &err, cases[i].part);
        plans_clear(&p);
    }
}

/* All tables of the plan, in turn. */
static rmt_status take_all(rmt_csv_facts *facts, const plans *p, rmt_problems *notes,
                           rmt_error *err)
{
    rmt_redcap_file *f = NULL;
    rmt_table *found = NULL;
    rmt_status st = rmt_redcap_found_new(&found, err);
    if (!st)
        st = rmt_redcap_file_open(&f, rmt_doc_root(p->read), p->plan, dir, NULL, found, notes, err);
    for (size_t i = 0; i < p->plan->n_tables && !st; i++) {
        rmt_table *t = NULL, *columns = NULL;
        st = rmt_redcap_file_table(&t, &columns, found, &facts[i], f, &p->plan->tables[i], notes,
                                   err);
        if (!st) assert_true((columns != NULL) == (p->plan->tables[i].wide != NULL));
        rmt_table_free(columns);
        rmt_table_free(t);
    }
    rmt_redcap_file_close(f);
    rmt_table_free(found);
    return st;
}

static void one_file_for_all_tables(void **state)
{
    (void)state;
    plans p;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_csv_facts facts[2];
    static const size_t stored[] = {2, 2}, columns[] = {4, 4};
    tst_ok(plans_read(&p, PLAN, &err), &err);
    assert_string_equal(p.plan->tables[0].file, "data.csv");
    assert_string_equal(p.plan->tables[0].schema->fields[1].name, "redcap_event_name");
    tst_ok(take_all(facts, &p, &notes, &err), &err);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(facts[i].rows, 4);
        assert_int_equal(facts[i].rows_refused, 1); /* the header once more */
        assert_int_equal(facts[i].rows_stored, stored[i]);
        assert_int_equal(facts[i].rows_set_aside, 3 - stored[i]);
        assert_int_equal(facts[i].cells, 28);
        assert_int_equal(facts[i].cells_refused, 7);
        assert_int_equal(facts[i].cells_stored, stored[i] * columns[i]);
        assert_int_equal(facts[i].cells_set_aside, 21 - stored[i] * columns[i]);
    }
    bool unread = false;
    for (size_t i = 0; i < notes.n_kept; i++)
        unread = unread || strcmp(notes.kept[i].msg,
                                  "form more: in no table of the plan, 2 values are not read") == 0;
    assert_true(unread);
    plans_clear(&p);
}

/* An event that no row is of, named where the plan has it. */
static void events_of_plans(void **state)
{
    (void)state;
    plans p;
    rmt_error err = {0};
    rmt_problems notes = {0};
    rmt_csv_facts facts[2];
    tst_ok(plans_read(&p,
                      "study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"
                      "data:\n  people: {forms: people, events: bsae_arm_1}\n"
                      "  visit: {forms: [visit]}\n" REST,
                      &err),
           &err);
    tst_fails(take_all(facts, &p, &notes, &err), RMT_ERR_CONFIG, &err,
              "no row of data.csv is of the event 'bsae_arm_1'; did you mean 'base_arm_1'");
    plans_clear(&p);
}

/* The column score as "sc" at the visit "re": made long. */
#define LONG                                                                                       \
    "study: {id: X}\nredcap: {file: data.csv, dictionary: dictionary.csv}\n"                       \
    "data:\n  people: {forms: people}\n"                                                           \
    "  visit: {forms: visit, long: {columns: \"{name}o{visit}\"}}\n"                               \
    "subjects: {table: people, id: id, arm: arm}\narms: {reference: \"2\"}\n"                      \
    "visits: {visit: visit, schedule: [{name: re, baseline: true}]}\n"                             \
    "outcomes: {madrs: {table: visit, instrument: madrs, total: sc}}\n"

static rmt_status once(void *plan, rmt_error *err)
{
    plans p;
    rmt_problems notes = {0};
    rmt_csv_facts facts[2];
    rmt_status st = plans_read(&p, plan, err);
    if (!st) st = take_all(facts, &p, &notes, err);
    plans_clear(&p);
    return st;
}

static void each_allocation_fails(void **state)
{
    (void)state;
    static char plan[] = PLAN, made_long[] = LONG;
    tst_each_allocation_fails(once, plan, 400, 6);
    tst_each_allocation_fails(once, made_long, 400, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_plans),
        cmocka_unit_test(one_file_for_all_tables),
        cmocka_unit_test(events_of_plans),
        cmocka_unit_test(each_allocation_fails),
    };
    return cmocka_run_group_tests_name("redcap_files", tests, set_up, tear_down);
}
