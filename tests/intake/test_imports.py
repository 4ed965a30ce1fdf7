"""Imports of files: real exports of Salesforce and HubSpot, and the boundaries of what a file may be."""

import csv
import datetime as dt
import json

import pytest

from core import pieces, store
from core.intake.dates import SWAPPED
from core.intake.imports import import_file
from core.intake.vocabulary import KINDS
from core.model import Refusal
from tests.intake.bringing import (
    DAY,
    EXPORTS,
    HEADER,
    LEADS_WITH_CONTACTS,
    NOW,
    accounts_of,
    cells_of,
    counts,
    export,
    reasons,
    rows,
)

# Real exports


def test_a_salesforce_lead_of_382_columns_becomes_a_lead_with_contact_and_organization(con, bring, tmp_path):
    [lead] = cells_of("salesforce/sf_lead_data.csv")
    assert len(lead) == 382
    report = bring(export(tmp_path, "salesforce/sf_lead_data.csv"), kind=None)
    assert (report.kind, report.rows_read, report.accepted, report.refused) == ("leads", 1, 1, [])
    assert report.mapping["email"] == "email" and report.mapping["submitted_at"] == "created_date"
    assert rows(con, "select id, partner, submitted_at, history_lookup, org, recorded_at, channel from leads") == [
        (lead["id"], "P1", DAY(lead["created_date"]), "unavailable", lead["converted_account_id"], NOW, None)
    ]
    assert rows(con, "select full_name, email, company, email_class from contacts") == [
        (lead["name"], "h@gmail.com", "Z", "free")
    ]
    assert rows(con, "select id, name from organizations") == [(lead["converted_account_id"], "Z")]


def test_a_hubspot_contact_list_can_be_brought_as_leads_and_keeps_hashed_addresses_as_given(con, bring, tmp_path):
    report = bring(export(tmp_path, "hubspot/contact_data.csv"))
    given = cells_of("hubspot/contact_data.csv")
    assert (report.rows_read, report.accepted) == (22, 22)
    assert report.mapping["submitted_at"] == "property_createdate"
    stored = rows(con, f"select leads.id, email, full_name, submitted_at from {LEADS_WITH_CONTACTS}")
    assert sorted(stored) == sorted(
        (row["id"], row["property_email"], f"{row['property_firstname']} {row['property_lastname']}",
         DAY(row["property_createdate"])) for row in given
    )
    assert rows(con, "select distinct email_class from contacts") == [("malformed",)]


def test_hubspot_contacts_are_history_with_one_touch_at_their_creation(con, bring, tmp_path):
    report = bring(export(tmp_path, "hubspot/contact_data.csv"), kind=None, partner=None)
    given = cells_of("hubspot/contact_data.csv")
    assert (report.kind, report.accepted, counts(con)["leads"]) == ("contacts", 22, 0)
    touches = rows(con, "select contact, happened_at, kind, program from events where type = 'crm_touch'")
    assert sorted(touches) == sorted(
        (row["id"], DAY(row["property_createdate"]), "record_created", "cerri") for row in given
    )
    merged = {row["id"]: row["property_hs_merged_object_ids"] for row in given if row["property_hs_merged_object_ids"]}
    details = {id: json.loads(detail) for id, detail in rows(con, "select id, other_details from contacts")}
    assert {id: detail["merged_ids"] for id, detail in details.items() if "merged_ids" in detail} == merged
    assert all(detail["columns"]["property_annualrevenue"] for detail in details.values()), "no cell is dropped"


def test_salesforce_contacts_keep_their_account_and_cover_the_domain_they_write_from(con, bring, tmp_path):
    report = bring(export(tmp_path, "salesforce/sf_contact_data.csv"), program="raf", kind=None, partner=None)
    given = cells_of("salesforce/sf_contact_data.csv")
    assert (report.kind, report.rows_read, report.accepted) == ("contacts", 4, 4)
    assert sorted(rows(con, "select id, org, full_name from contacts"), key=str) == sorted(
        ((row["id"], row["account_id"] or None, row["name"] or None) for row in given), key=str
    )
    assert rows(con, "select org_key, part from history_coverage") == [("d:google.com", "contacts")]


def test_hubspot_companies_are_organizations_known_since_their_creation(con, bring, tmp_path):
    report = bring(export(tmp_path, "hubspot/company_data.csv"), kind=None)
    given = cells_of("hubspot/company_data.csv")
    assert (report.kind, report.accepted) == ("organizations", 24)
    touches = rows(con, "select org, happened_at, kind from events")
    assert sorted(touches) == sorted(
        (row["id"], DAY(row["property_createdate"].replace(" 1:", " 01:").replace(" 2:", " 02:")), "record_created")
        for row in given
    )
    assert rows(con, "select count(*) from history_coverage where part = 'contacts'") == [(24,)]
    assert rows(con, "select count(*) from history_coverage where part = 'products'") == [(0,)]


def test_deleted_salesforce_accounts_are_refused_and_an_undated_one_covers_nothing(con, bring, tmp_path):
    report = bring(export(tmp_path, "salesforce/sf_account_data.csv"), kind=None, partner=None)
    given = cells_of("salesforce/sf_account_data.csv")
    deleted = [number for number, row in enumerate(given, start=2) if row["is_deleted"] == "true"]
    assert (report.kind, report.accepted, len(deleted)) == ("organizations", 10 - len(deleted), 9)
    assert reasons(report) == dict.fromkeys(deleted, "is deleted at its source")
    assert {refusal["column"] for refusal in report.refused} == {"is_deleted"}
    assert counts(con) | {"events": 0, "history_coverage": 0} == counts(con)


@pytest.mark.parametrize("name", ["sf_task_data.csv", "sf_event_data.csv"])
def test_activities_of_nobody_we_know_are_refused_so_that_they_can_be_brought_later(con, bring, tmp_path, name):
    report = bring(export(tmp_path, f"salesforce/{name}"), program="raf", kind=None, partner=None)
    given = cells_of(f"salesforce/{name}")
    assert (report.kind, report.rows_read, report.accepted) == ("activities", 10, 0)
    for number, row in enumerate(given, start=2):
        assert row["who_id"] in reasons(report)[number] and row["account_id"] in reasons(report)[number]
        assert "import contacts and organizations first" in reasons(report)[number]
    assert not any(counts(con).values())
    bring(accounts_of(given), kind="organizations", name="accounts.csv")
    again = bring(tmp_path / f"{name}.refused.csv", program="raf", kind="activities", partner=None)
    assert again.accepted == sum(bool(row["account_id"]) for row in given) == 10 - len(again.refused)


def test_salesforce_tasks_are_sales_activity_for_celigo_and_outbound_touches_for_cerri(con, bring, tmp_path):
    given = [row for row in cells_of("salesforce/sf_task_data.csv") if row["account_id"]]
    bring(accounts_of(given), kind="organizations", name="accounts.csv")
    report = bring(export(tmp_path, "salesforce/sf_task_data.csv"), program="ptr", kind="activities")
    assert report.accepted == len(given) == 9
    sales = rows(con, "select id, contact, org, rep, occurred_at, logged_at, stage, meaningful, happened_at, org_key "
                 "is not null from events where type = 'sales_activity' order by id")
    assert sales == sorted(
        (row["id"], row["who_id"], row["account_id"], row["owner_id"], DAY(row["activity_date"]),
         DAY(row["created_date"]), None, "unknown", DAY(row["activity_date"]), True) for row in given
    )
    assert {part for (part,) in rows(con, "select part from history_coverage")} == {"contacts", "activities"}
    again = bring(tmp_path / "sf_task_data.csv", program="raf", kind="activities")
    assert again.accepted == 0 and "already imported on 2025-01-02 from sf_task_data.csv" in reasons(again)[2]
    cerri = bring(tmp_path / "sf_task_data.csv", program="cerri", kind="activities")
    assert cerri.accepted == len(given)
    touches = "select distinct kind, happened_at, program from events where type = 'crm_touch' and rep is not null"
    assert rows(con, touches) == [("outbound", DAY("2019-11-11 17:23:34"), "cerri")]


def test_hubspot_form_submissions_are_inbound_touches_of_their_contact(con, bring, tmp_path):
    bring("id,email,created_date\n001,a@acme.com,2023-01-01\n002,b@beta.com,2023-01-01\n", kind="contacts")
    path = export(tmp_path, "hubspot/contact_form_submission_data.csv")
    report = bring(path, program="raf", kind=None, partner=None)
    assert (report.kind, report.rows_read, report.accepted) == ("activities", 5, 2)
    wanted = "contact, kind, happened_at, person_key, org_key"
    assert rows(con, f"select {wanted} from events where kind = 'inbound' order by contact") == [
        ("001", "inbound", DAY("2023-11-01 10:20:00"), "a@acme.com", "d:acme.com"),
        ("002", "inbound", DAY("2023-10-15 08:10:00"), "b@beta.com", "d:beta.com"),
    ]
    assert bring(path, program="cerri", kind=None, partner=None).accepted == 0


def test_a_list_of_500_companies_becomes_500_organizations(con, bring, tmp_path):
    report = bring(export(tmp_path, "companies/constituents.csv"), kind=None)
    given = cells_of("companies/constituents.csv")
    assert (report.kind, report.rows_read, report.accepted) == ("organizations", 503, len(given))
    names = rows(con, "select id, name from organizations")
    assert sorted(names) == sorted((row["Symbol"], row["Security"]) for row in given)
    assert counts(con)["history_coverage"] == 0


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("hubspot/deal_company_data.csv", "links between deals and companies"),
        ("hubspot/deal_contact_data.csv", "links between deals and contacts"),
        ("hubspot/deal_pipeline_stage_data.csv", "stages of deal pipelines"),
        ("hubspot/contact_merge_audit_data.csv", "a record of merged contacts"),
        ("salesforce/sf_user_data.csv", "users of the CRM"),
    ],
)
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_what_is_plainly_of_another_kind_is_named_and_not_imported(con, bring, tmp_path, name, holds, kind):
    with pytest.raises(Refusal) as refusal:
        bring(export(tmp_path, name), kind=kind)
    assert f"looks like {holds}" in str(refusal.value)
    assert "leads, contacts, organizations, activities, opportunities and products" in str(refusal.value)
    assert not any(counts(con).values())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("salesforce/sf_account_data.csv", "leads"),
        ("hubspot/company_data.csv", "contacts"),
        ("salesforce/sf_task_data.csv", "leads"),
        ("salesforce/sf_lead_data.csv", "organizations"),
        ("hubspot/contact_data.csv", "activities"),
        ("companies/constituents.csv", "leads"),
    ],
)
def test_a_file_of_one_kind_is_not_taken_for_another(bring, tmp_path, name, kind):
    with pytest.raises(Refusal, match=f"not {kind}"):
        bring(export(tmp_path, name), kind=kind)


@pytest.mark.parametrize("name", sorted(str(path.relative_to(EXPORTS)) for path in EXPORTS.glob("*/*.csv")))
def test_the_same_export_again_adds_nothing(con, bring, tmp_path, name):
    path = export(tmp_path, name)
    try:
        first = bring(path, kind=None)
    except Refusal:
        return
    before = counts(con)
    again = bring(path, kind=None)
    assert (again.accepted, again.rows_read, counts(con)) == (0, first.rows_read, before)
    if first.accepted:
        said = f"already imported on 2025-01-02 from {path.name}"
        assert all(reason.startswith(said) for reason in reasons(again).values())


# The same row twice


def test_a_row_that_came_with_another_file_is_refused_naming_that_file(con, bring):
    bring(HEADER + "Ann,ann@acme.com,Acme,2024-03-01\n", name="first.csv")
    second = "company;email;created;name;note\nAcme;ann@acme.com;01.03.2024;Ann;x\nBeta;b@beta.com;13.03.2024;Bo;\n"
    report = bring(second, name="second.csv")
    assert report.accepted == 1
    assert reasons(report) == {2: "already imported on 2025-01-02 from first.csv"}


def test_the_same_row_of_another_partner_is_another_lead(con, bring):
    bring(HEADER + "Ann,ann@acme.com,Acme,2024-03-01\n")
    assert bring(HEADER + "Ann,ann@acme.com,Acme,2024-03-01\n\n", partner="P2", name="other.csv").accepted == 1


def test_a_row_repeated_inside_a_file_is_refused_naming_the_first(bring):
    ann, bo = "Ann,a@acme.com,Acme,2024-03-01\n", "Bo,b@acme.com,Acme,2024-03-01\n"
    report = bring(HEADER + ann + bo + ann)
    assert (report.accepted, reasons(report)) == (2, {4: "the same as row 2"})


def test_an_id_with_other_content_is_refused_naming_it(con, bring):
    lines = "id,name,created\nL1,Ann,2024-03-01\nL1,Bo,2024-03-01\nL2,Cy,2024-03-01\n"
    report = bring(lines)
    assert (report.accepted, reasons(report)) == (2, {3: 'id "L1" stands in row 2 with other content'})
    later = bring("id,name,created\nL2,Cyd,2024-03-01\n", name="later.csv")
    assert later.refused == [{"row": 2, "column": "id", "reason": 'id "L2" already exists with other content'}]


def test_an_id_whose_first_row_was_refused_may_come_with_the_next(bring):
    report = bring("id,name,created\nL1,Ann,never\nL1,Ann,2024-03-01\n")
    assert (report.accepted, [refusal["row"] for refusal in report.refused]) == (1, [2])


def test_nothing_is_remembered_of_a_file_of_which_no_row_came_in(con, bring):
    lines = HEADER + "Ann,ann@acme.com,Acme,2024-03-01\n"
    refused = bring(lines, partner=None)
    assert refused.refused == [{"row": 2, "column": "partner", "reason": "no partner: name the column, or the partner for the whole file"}]
    assert not any(counts(con).values())
    assert bring(lines, partner="P1").accepted == 1


def test_rows_refused_the_first_time_are_told_so_when_the_file_comes_again(bring, tmp_path):
    lines = HEADER + "Ann,ann@acme.com,Acme,2024-03-01\nBo,bo@acme.com,Acme,\n"
    bring(lines)
    mending = tmp_path / "file.csv.refused.csv"
    mending.write_text(mending.read_text().replace("Acme,,", "Acme,2024-03-02,"))
    again = bring(lines)
    assert reasons(again)[2] == "already imported on 2025-01-02 from file.csv"
    assert reasons(again)[3].endswith("where this row was refused: mend it in file.csv.refused.csv and import that")
    assert "2024-03-02" in mending.read_text(), "a file that is being mended must not be written over"
    assert bring(mending).accepted == 1


def test_history_imported_for_one_program_is_there_for_the_others(con, bring, tmp_path):
    bring(export(tmp_path, "hubspot/company_data.csv"), program="raf", kind="organizations")
    before = counts(con)
    report = bring(tmp_path / "company_data.csv", program="cerri", kind="organizations")
    assert report.accepted == 0 and "already imported" in reasons(report)[2]
    assert counts(con) == before


# Leads


def test_fields_of_a_lead_are_read_from_a_partner_s_spreadsheet(con, bring):
    report = bring(
        "Submission Date,First Name,Last Name,Work Email,Company Name,Job Title,Company Website,Country/Region,"
        "Lead Source,Products,Expected Decision Date,Partner ID,Source Context,Follow-up with,New Contact Record\n"
        "2024-05-01T09:00:00+02:00,Ann,Lee,ann@mail.acme.com,Acme Inc,CTO,https://www.acme.com/x,US,"
        "Referral form,Integrator.io; B2B Manager,2025-01-31,P2,Trade show,Partner,no\n",
        program="ptr", kind=None, partner=None,
    )
    assert (report.kind, report.accepted) == ("leads", 1)
    assert rows(con, "select partner, submitted_at, channel, products, expected_decision_on, source_context, "
                "follow_up_with, new_contact_record, org_key, person_key from leads") == [
        ("P2", DAY("2024-05-01 07:00:00"), "web_form", ["integrator_io", "b2b_manager"], dt.date(2025, 1, 31),
         "trade_show", "partner", False, "d:acme.com", "ann@mail.acme.com")
    ]
    assert rows(con, "select full_name, role, company from contacts") == [("Ann Lee", "CTO", "Acme Inc")]
    assert rows(con, "select id, name, domain, country from organizations") == [
        ("d:acme.com", "Acme Inc", "acme.com", "US")
    ]


@pytest.mark.parametrize(
    ("said", "channel", "context"),
    [("Web", "web_form", "normal"), ("Contact Us", "contact_form", "normal"), ("Free Trial", "trial_signup", "normal"),
     ("trial_signup", "trial_signup", "normal"), ("Phone Inquiry", "phone", "normal"),
     ("Purchased List", None, "purchased_list"), ("Trade Show", None, "trade_show"), ("Word of mouth", None, "normal"),
     ("", None, "normal")],
)
def test_a_channel_is_taken_from_words_that_are_evident_and_else_left_open(con, bring, said, channel, context):
    assert bring(f"name,created,Lead Source\nAnn,2024-05-01,{said}\n").accepted == 1
    [(stored, details, source_context)] = rows(con, "select channel, other_details, source_context from leads")
    assert (stored, source_context) == (channel, context)
    assert (details is None) == (channel is not None or not said)


def test_one_company_becomes_one_organization_whoever_of_it_comes(con, bring):
    bring(
        "id,name,email,company,website,account id,created\n"
        "1,Ann,ann@acme.com,Acme,,,2024-05-01\n2,Bo,bo@gmail.com,Acme Inc.,www.acme.com,,2024-05-02\n"
        "3,Cy,cy@acme.com,,,,2024-05-03\n4,Di,di@gmail.com,Solo,,,2024-05-04\n5,Ed,ed@gmail.com,SOLO,,,2024-05-05\n"
        "6,Fay,fay@beta.com,Beta,,A7,2024-05-06\n7,Gus,gus@beta.com,Beta Ltd,,,2024-05-07\n"
        "8,Hal,hal@gmail.com,,,,2024-05-08\n"
    )
    assert dict(rows(con, "select id, org from leads")) == {
        "1": "d:acme.com", "2": "d:acme.com", "3": "d:acme.com", "4": "n:solo|", "5": "n:solo|", "6": "A7", "7": "A7",
        "8": None,
    }
    assert rows(con, "select id, name, org_key from organizations order by id") == [
        ("A7", "Beta", "d:beta.com"), ("d:acme.com", "Acme", "d:acme.com"), ("n:solo|", "Solo", "n:solo|")
    ]


def test_a_lead_of_a_company_in_the_crm_joins_its_record(con, bring):
    bring("id,name,website,createdate\n77,Acme,acme.com,2020-01-01\n", kind="organizations")
    bring(HEADER + "Ann,ann@acme.com,Acme Corporation,2024-05-01\n", name="leads.csv")
    assert rows(con, "select org, org_key from leads") == [("77", "d:acme.com")]
    assert counts(con)["organizations"] == 1


def test_leads_are_refused_for_want_of_what_cannot_be_judged_later(bring):
    report = bring(
        "id,name,email,company,created,partner,is_deleted\n"
        "1,,,,2024-05-01,P1,\n2,Ann,,,2024-05-01,P1,TRUE\n3,Ann,,,,P1,\n4,Ann,,,2024-05-01,P9,\n5,Ann,,,2024-05-01,,false\n"
        "6,,a@acme.com,,2024-05-01,P1,0\n7,,,Acme,2024-05-01,P1,no\n8,Ann,,,2024-05-01,P1,perhaps\n",
        partner=None,
    )
    assert report.accepted == 2
    assert report.refused == [
        {"row": 2, "column": None, "reason": "names nobody: neither a name nor an e-mail nor a company"},
        {"row": 3, "column": "is_deleted", "reason": "is deleted at its source"},
        {"row": 4, "column": "created", "reason": "no submission date"},
        {"row": 5, "column": "partner", "reason": 'partner "P9" is not known'},
        {"row": 6, "column": "partner", "reason": "no partner: name the column, or the partner for the whole file"},
        {"row": 9, "column": "is_deleted", "reason": '"perhaps" is neither yes nor no'},
    ]


def test_a_lead_without_id_and_address_still_comes_in_under_a_made_id(con, bring):
    bring("name,created\nAnn,2024-05-01\n")
    [(lead, contact, email_class)] = rows(con, f"select leads.id, contact, email_class from {LEADS_WITH_CONTACTS}")
    assert (lead.startswith("cerri-"), contact, email_class) == (True, f"{lead}/contact", "missing")


# History


def test_contacts_bring_the_touches_that_their_export_names(con, bring):
    bring("Record ID,Email,Create Date,Last Contacted,hs_email_last_reply_date\n"
          "9,a@acme.com,2024-01-01,2024-02-02 10:00,1707300000000\n", kind="contacts")
    assert rows(con, "select kind, happened_at, org_key from events order by happened_at") == [
        ("record_created", DAY("2024-01-01"), "d:acme.com"),
        ("outbound", DAY("2024-02-02 10:00:00"), "d:acme.com"),
        ("inbound", DAY("2024-02-07 10:00:00"), "d:acme.com"),
    ]


def test_an_organization_with_a_contact_left_out_is_not_covered(con, bring, tmp_path):
    bring("id,email,created_date,is_deleted\n1,a@acme.com,2024-01-01,\n2,b@acme.com,never,\n3,c@beta.com,2024-01-01,\n"
          "4,d@beta.com,2024-01-01,true\n5,e@gamma.com,,\n", kind="contacts")
    assert counts(con)["contacts"] == 3
    assert rows(con, "select org_key from history_coverage") == [("d:beta.com",)]
    mending = tmp_path / "file.csv.refused.csv"
    mending.write_text(mending.read_text().replace("never", "2024-01-01"))
    bring(mending, kind="contacts")
    assert ("d:acme.com",) in rows(con, "select org_key from history_coverage")


def test_an_organization_is_not_covered_where_its_contacts_came_before_it(con, bring):
    bring("id,name,account_id,created_date\n1,Ann,A1,2024-01-01\n", kind="contacts")
    bring("id,name,website,created_date\nA1,Acme,acme.com,2023-01-01\nA2,Beta,beta.com,2023-01-01\n",
          kind="organizations", name="accounts.csv")
    assert rows(con, "select org_key from history_coverage") == [("d:beta.com",)]


def test_products_are_covered_only_by_a_file_that_has_them(con, bring):
    bring("id,name,website,createdate,products,in_use,purchased_on\n"
          "A1,Acme,acme.com,2023-01-01,Integrator.io;B2B Manager,yes,2022-05-01\n"
          "A2,Beta,beta.com,2023-01-01,,,\n", kind="organizations")
    bought = "select organization, product, is_in_use, purchased_on from organization_products order by product"
    assert rows(con, bought) == [
        ("A1", "b2b_manager", True, dt.date(2022, 5, 1)), ("A1", "integrator_io", True, dt.date(2022, 5, 1))
    ]
    assert rows(con, "select org_key from history_coverage where part = 'products' order by 1") == [
        ("d:acme.com",), ("d:beta.com",)
    ]


def test_an_inbound_call_is_an_inbound_touch_and_a_task_on_a_lead_is_on_its_contact(con, bring):
    bring("id,name,email,created\n00Q1,Ann,ann@acme.com,2024-05-01\n")
    bring("id,who_id,activity_date,subject,type,call_type\n"
          "1,00Q1,2024-04-01,Call,Call,Inbound\n2,00Q1,2024-04-02,Inbound mail,,\n"
          "3,00Q1,2024-04-03,Reply to outbound,,\n", kind="activities", name="tasks.csv")
    assert rows(con, "select kind, contact, person_key from events order by happened_at") == [
        ("inbound", "00Q1/contact", "ann@acme.com"), ("inbound", "00Q1/contact", "ann@acme.com"),
        ("outbound", "00Q1/contact", "ann@acme.com"),
    ]
    assert rows(con, "select org_key, part from history_coverage") == [("d:acme.com", "activities")]


def test_an_activity_that_names_an_opportunity_names_no_organization(con, bring):
    bring("id,name,createdate\n001A,Acme,2020-01-01\n", kind="organizations")
    tasks = ("id,what_id,activity_date,created_date,subject\n1,006A,2024-04-01,2024-04-02,x\n"
             "2,001A,2024-04-01,2024-04-02,x\n3,001A,,2024-04-02,y\n4,001A,,,z\n")
    report = bring(tasks, program="raf", kind="activities", name="tasks.csv")
    assert reasons(report) == {
        2: "names neither a contact nor an organization, so it would cover nobody", 5: "no date: neither when it was nor when it was logged"
    }
    assert rows(con, "select org, occurred_at, logged_at from events where type = 'sales_activity' order by id") == [
        ("001A", DAY("2024-04-01"), DAY("2024-04-02")), ("001A", DAY("2024-04-02"), DAY("2024-04-02"))
    ]


# Dates


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2019-10-17 21:10:19", "2019-10-17 21:10:19"), ("2018-12-18 18:20:30.829", "2018-12-18 18:20:30.829"),
        ("2020-12-30 3:15:52", "2020-12-30 03:15:52"), ("2021-04-01T17:32:47Z", "2021-04-01 17:32:47"),
        ("2021-04-01T17:32:47+02:00", "2021-04-01 15:32:47"), ("2021-04-01T17:32:47.000-0330", "2021-04-01 21:02:47"),
        ("2021-04-01 17:32:47 UTC", "2021-04-01 17:32:47"), ("1617298367000", "2021-04-01 17:32:47"),
        ("2021/4/1", "2021-04-01"), ("31/12/2024", "2024-12-31"), ("12/31/2024 2:30 PM", "2024-12-31 14:30"),
        ('"12/31/2024, 12:05 AM"', "2024-12-31 00:05"), ("31.12.2024 14:30", "2024-12-31 14:30"),
        ("31-12-2024", "2024-12-31"), ("2024-02-29", "2024-02-29"), (" 2024-03-01 ", "2024-03-01"),
    ],
)
def test_dates_are_read_in_the_spellings_of_other_systems(con, bring, written, read):
    assert bring(f"name,created\nAnn,{written}\n").accepted == 1
    assert rows(con, "select submitted_at from leads") == [(DAY(read),)]


@pytest.mark.parametrize(
    "written",
    ["2023-02-29", "2024-13-01", "2024-01-01T24:00:00", "31/12/99", "12/31/99 10:00", "31/13/2024", "tomorrow", "450000",
     "20240101", "2024-01/02", "155414625", "0001-01-01", "2024-01-01T10:00:00+27:00", "13:30 PM",
     "12/31/2024 13:30 PM"],
)
def test_what_is_no_date_is_refused_with_its_value_and_what_is_expected(bring, written):
    report = bring(f"name,created\nAnn,{written}\n")
    [refusal] = report.refused
    assert (refusal["row"], refusal["column"]) == (2, "created")
    assert f'"{written}"' in refusal["reason"] and "expected a date such as 2024-12-31" in refusal["reason"]
    assert ("two digits" in refusal["reason"]) == (written in ("31/12/99", "12/31/99 10:00"))


def test_where_every_date_fits_both_orders_the_import_asks_and_stores_nothing(con, bring, tmp_path):
    lines = "name,created,decision date\nAnn,01/02/2024,2025-01-01\nBo,12.11.2024,05/06/2025\n"
    report = bring(lines)
    assert report.needs == [
        {"column": "created", "choices": ["day first", "month first"]},
        {"column": "decision date", "choices": ["day first", "month first", "day first" + SWAPPED,
                                                "month first" + SWAPPED]},
    ]
    assert (report.accepted, any(counts(con).values()), list(tmp_path.glob("*.refused.csv"))) == (0, False, [])
    answered = bring(lines, mapping={"_dates": {"created": "day first", "decision date": "month first"}})
    assert (answered.accepted, answered.needs) == (2, [])
    assert answered.mapping["_dates"] == {"created": "day first", "decision date": "month first"}
    assert rows(con, "select submitted_at, expected_decision_on from leads order by 1") == [
        (DAY("2024-02-01"), dt.date(2025, 1, 1)), (DAY("2024-11-12"), dt.date(2025, 5, 6))
    ]


def test_one_date_that_fits_one_order_decides_for_its_whole_column(con, bring):
    bring("name,created\nAnn,01/02/2024\nBo,12/13/2024\n")
    assert rows(con, "select submitted_at from leads order by 1") == [(DAY("2024-01-02"),), (DAY("2024-12-13"),)]


def test_dates_that_contradict_each_other_are_asked_for_and_then_refused_where_they_do_not_fit(bring):
    lines = "name,created\nAnn,13/02/2024\nBo,12/13/2024\n"
    assert bring(lines).needs
    answered = bring(lines, mapping={"_dates": {"created": "day_first"}})
    assert (answered.accepted, list(reasons(answered))) == (1, [3])


def test_times_without_zone_are_local_times_of_the_program(con, bring):
    bring("name,created\n" + "".join(f"A{i},{at}\n" for i, at in enumerate(
        ["2024-07-01", "2024-01-01 00:00", "2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-07-01T00:00:00Z"])),
        zone="America/New_York")
    moments = rows(con, f"select submitted_at from {LEADS_WITH_CONTACTS} order by full_name")
    assert [moment for (moment,) in moments] == [
        DAY("2024-07-01 04:00:00"), DAY("2024-01-01 05:00:00"), DAY("2024-03-10 07:30:00"), DAY("2024-11-03 05:30:00"),
        DAY("2024-07-01 00:00:00"),
    ]


def test_a_day_stays_the_day_that_is_written_whatever_the_zone(con, bring):
    bring("name,created,decision date\nAnn,2024-01-01,2025-06-30T00:00:00Z\nBo,2024-01-02,1751241600000\n",
          zone="America/Los_Angeles")
    assert rows(con, "select distinct expected_decision_on from leads") == [(dt.date(2025, 6, 30),)]


def test_an_unknown_zone_is_refused(bring):
    with pytest.raises(Refusal, match="no time zone 'Mars/Olympus'"):
        bring(HEADER, zone="Mars/Olympus")


# Which column is which


@pytest.mark.parametrize(
    "header",
    ["Id,FirstName,LastName,Email,Company,Title,Website,CreatedDate,LeadSource,Partner_ID__c",
     "ID,FIRSTNAME,LASTNAME,EMAIL,COMPANY,TITLE,WEBSITE,CREATEDDATE,LEADSOURCE,PARTNER_ID__C",
     "id,first_name,last_name,email,company,title,website,created_date,lead_source,partner_id_c",
     "id,property_firstname,property_lastname,property_email,property_company,property_jobtitle,property_website,"
     "property_createdate,property_lead_source,partner_id",
     "Record ID,First Name,Last Name,E-mail,Company name,Job Title,Company Domain Name,Create Date,Source,Partner",
     "Lead ID,Given name,Surname,Work email,Organisation,Position,Web site,Submission date,Form,Affiliate ID"],
)
def test_the_spellings_of_salesforce_hubspot_and_web_forms_are_known(con, bring, header):
    report = bring(f"{header}\n7,Ann,Lee,a@acme.com,Acme,CTO,acme.com,2024-05-01,Web,P2\n", kind=None, partner=None)
    assert (report.kind, report.accepted) == ("leads", 1)
    assert sorted(report.mapping.values()) == sorted(header.split(","))
    wanted = "leads.id, full_name, email, company, role, submitted_at, channel, partner, org_key"
    assert rows(con, f"select {wanted} from {LEADS_WITH_CONTACTS}") == [
        ("7", "Ann Lee", "a@acme.com", "Acme", "CTO", DAY("2024-05-01"), "web_form", "P2", "d:acme.com")
    ]


def test_a_column_of_addresses_under_a_strange_name_is_asked_for(con, bring):
    lines = "name,reach at,sent by,created\nAnn,ann@acme.com,bob@partner.com,2024-05-01\n"
    assert bring(lines).needs == [{"column": "email", "choices": ["reach at", "sent by", "(no column)"]}]
    assert not any(counts(con).values())
    answered = bring(lines, mapping={"email": "reach at"})
    assert (answered.accepted, answered.mapping["email"]) == (1, "reach at")
    assert rows(con, "select email from contacts") == [("ann@acme.com",)]


def test_a_file_without_addresses_may_be_said_to_have_none(bring):
    assert bring("name,sent by,created\nAnn,bob@partner.com,2024-05-01\n", mapping={"email": None}).accepted == 1


def test_the_second_of_two_like_named_columns_gets_a_number_and_is_reported(con, bring):
    same = "email,name,email,created\na@acme.com,Ann,a@acme.com,2024-05-01\n"
    assert bring(same).mapping["_renamed"] == {"email_2": "email"}
    differing = "email,name,email,created\na@acme.com,Ann,b@acme.com,2024-05-01\n"
    assert bring(differing).needs == [{"column": "email", "choices": ["email", "email_2"]}]
    assert bring(differing, mapping={"email": "email_2"}).accepted == 1
    assert ("b@acme.com",) in rows(con, "select email from contacts")


def test_a_mapping_file_overrides_proposals_and_takes_what_a_report_gave(con, bring):
    answers = {"contact_name": "contact person", "submitted_at": "01", "_dates": {"01": "month first"}}
    report = bring("name,company,contact person,created,01\nX,Acme,Ann,2024-05-01,02/03/2024\n", mapping=answers)
    assert report.mapping["full_name"] == "contact person"
    assert rows(con, "select full_name, submitted_at from contacts join leads on contacts.id = contact") == [
        ("Ann", DAY("2024-02-03"))
    ]
    again = bring("name,company,contact person,created,01\nX,Beta,Bo,2024-05-01,02/03/2024\n", mapping=report.mapping)
    assert (again.accepted, again.mapping) == (1, report.mapping)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [("{", "is not JSON"), ("[]", "is not of the form"),
     ({"shoe_size": "name"}, "'shoe_size', which leads do not have"),
     ({"email": "mail"}, "'mail', which the file lacks"), ({"_dates": {"x": "day first"}}, "'x', which the file lacks"),
     ({"_dates": {"created": "week first"}}, "day first")],
)
def test_a_mapping_file_that_cannot_be_followed_is_refused(bring, mapping, says):
    with pytest.raises(Refusal, match=says):
        bring(HEADER, mapping=mapping)


def test_a_missing_mapping_file_is_refused(con, tmp_path):
    (tmp_path / "a.csv").write_text(HEADER)
    with pytest.raises(Refusal, match="cannot be read"):
        import_file(con, tmp_path / "a.csv", "cerri", "leads", None, tmp_path / "none.json", NOW)


def test_a_file_of_strange_columns_is_refused_with_what_to_do(bring):
    with pytest.raises(Refusal, match="mapping file"):
        bring("a,b\n1,2\n")
    with pytest.raises(Refusal, match="--kind"):
        bring("a,b\n1,2\n", kind=None)


def test_only_the_three_programs_and_four_kinds_are_taken(bring):
    with pytest.raises(Refusal, match="no program 'acme'"):
        bring(HEADER, program="acme")
    with pytest.raises(Refusal, match="no kind 'deals'"):
        bring(HEADER, kind="deals")


# Formats


def test_bytes_that_are_no_table_are_refused_in_one_sentence_each(con, bring, tmp_path):
    for content, says in [
        (b"", "is empty"), (b"\xef\xbb\xbf", "is empty"), (b" \n\n", "is empty"),
        (bytes(range(256)), "is not"), (b"na\0me,email\n", "is not a text"),
        (b"PK\x03\x04...", "packed file that is damaged"), (b"PAR1...", "damaged Parquet"),
        (HEADER + '"Ann,a@acme.com,Acme,2024-05-01\n', "quotation mark that is opened in line 2"),
        (HEADER + '"Ann "x, y",a@acme.com,A,2024-05-01\nBo,b@acme.com,B,2024-05-01\n', "quotation mark"),
    ]:
        with pytest.raises(Refusal, match=says):
            bring(content)
    for path, says in [(tmp_path, "is a folder"), (tmp_path / "none.csv", "does not exist")]:
        with pytest.raises(Refusal, match=says):
            bring(path)
    assert not any(counts(con).values())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_line_ends_byte_order_marks_and_delimiters_make_no_difference(con, bring, end, begin, sign):
    lines = HEADER + 'Müller,m@acme.com,"Acme; Söhne",2024-05-01\n'
    report = bring(begin + lines.replace(",", sign).replace("\n", end).encode())
    assert (report.accepted, report.mapping["full_name"]) == (1, "name")
    assert rows(con, "select full_name, company from contacts") == [("Müller", "Acme; Söhne")]


def test_a_header_alone_is_a_report_of_no_rows(con, bring):
    report = bring(HEADER)
    assert (report.rows_read, report.accepted, report.refused, counts(con)["imports"]) == (0, 0, [], 0)


def test_ragged_rows_are_refused_where_cells_stand_too_many_and_filled_where_too_few(con, bring):
    report = bring("name,created,company\nAnn,2024-05-01,Acme, Inc\nBo,2024-05-01\n\nCy,2024-05-01,Beta,\n,,\n"
                   "Di,2024-05-01,Delta\n")
    assert (report.rows_read, report.accepted) == (5, 2)
    assert reasons(report)[2] == 'has 4 cells, the header 3; beyond the last column stand " Inc"'
    assert reasons(report)[5].startswith("has 4 cells, the header 3") and list(reasons(report)) == [2, 5, 6]
    assert rows(con, "select full_name, company from contacts order by 1") == [("Bo", None), ("Di", "Delta")]


def test_one_row_with_broken_quotes_a_nul_or_a_huge_cell_does_not_spoil_the_others(bring):
    report = bring(
        HEADER + '"Ann"a,a@acme.com,Acme,2024-05-01\nB\0o,b@acme.com,Acme,2024-05-01\n'
        f'Cy,c@acme.com,{"x" * 1_000_001},2024-05-01\n"Di\n""D""",d@acme.com,Acme,2024-05-01\nEd,e@acme.com,Acme,never\n'
    )
    assert report.accepted == 1
    assert [reasons(report)[row].split()[0] for row in (2, 3, 4)] == ["has", "holds", "holds"]
    assert [refusal["column"] for refusal in report.refused] == [None, "name", "company", "created"]
    assert '"never"' in reasons(report)[6]
    assert list(reasons(report)) == [2, 3, 4, 6]


def test_two_thousand_columns_are_read_and_one_more_is_refused(con, bring):
    header = ",".join(["name", "created", *(f"c{number}" for number in range(1_998))])
    assert bring(f"{header}\nAnn,2024-05-01{',' * 1_998}\n").accepted == 1
    with pytest.raises(Refusal, match="more than 2,000 columns"):
        bring(f"{header},c\nBo,2024-05-01{',' * 1_999}\n", name="wider.csv")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_can_be_told_make_no_difference(con, bring, encoding):
    assert bring((HEADER + "Müller,m@acme.com,Söhne,2024-05-01\n").encode(encoding)).accepted == 1
    assert rows(con, "select full_name, company from contacts") == [("Müller", "Söhne")]


def test_an_encoding_that_cannot_be_told_is_asked_and_the_answer_stands_in_the_report(con, bring):
    lines = (HEADER + "Иван Петров,i@acme.com,Acme,2024-05-01\n").encode("cp1251")
    [need] = bring(lines).needs
    assert need["column"] == "_encoding" and "windows-1251" in need["choices"]
    assert not any(counts(con).values())
    answered = bring(lines, mapping={"_encoding": "windows-1251"})
    assert (answered.accepted, answered.mapping["_encoding"]) == (1, "windows-1251")
    assert rows(con, "select full_name from contacts") == [("Иван Петров",)]


def test_json_lines_are_numbered_by_line_and_keep_their_spelling(con, bring):
    report = bring(
        '{"id": 12345678901234567890, "name": "Ann", "created_at": 1617298367000, '
        '"products": ["Integrator.io", "Services"]}\n\n{"id": "2", "created_at": "2024-05-01", "x": null, '
        '"properties": {"email": "b@acme.com", "firstname": "Bo"}}\n'
        'Cy,c@acme.com\n[1]\n{"id": "\\ud800", "created_at": "2024-05-01"}\n{"id": "7", "created_at": "2024-05-01"',
        name="leads.jsonl",
    )
    assert (report.rows_read, report.accepted) == (6, 2)
    assert list(reasons(report)) == [4, 5, 6, 7]
    assert rows(con, f"select leads.id, full_name, email, products from {LEADS_WITH_CONTACTS} order by 1") == [
        ("12345678901234567890", "Ann", None, ["integrator_io", "services"]), ("2", "Bo", "b@acme.com", [])
    ]
    again = bring('{"id": 12345678901234567890, "name": "Ann", "created_at": 1617298367000, '
                  '"products": ["Integrator.io", "Services"]}', name="one.jsonl")
    assert reasons(again) == {1: "already imported on 2025-01-02 from leads.jsonl"}


def test_json_without_objects_or_cut_off_is_refused(bring):
    for content, says in [("[{}]", "no JSON object"), ("{{{\n{", "not JSON from line 1 on"), ("[{},", "not JSON from")]:
        with pytest.raises(Refusal, match=says):
            bring(content, name="leads.json")


# The file of refused rows


def test_refused_rows_stand_beside_the_file_with_their_reason_and_inert_cells(bring, tmp_path):
    report = bring(HEADER + '=1+1,+a@acme.com,@Acme,never\n-Bo,b@acme.com,"\tx",never\nCy,,Acme,2024-05-01\n'
                   '＝Di,d@acme.com,"\nx",never\n')
    with open(tmp_path / "file.csv.refused.csv", encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert report.refused_file == tmp_path / "file.csv.refused.csv"
    assert list(found[0]) == ["name", "email", "company", "created", "refused_row", "refused_column", "refused_reason"]
    assert [(row["name"], row["email"], row["company"]) for row in found] == [
        ("'=1+1", "'+a@acme.com", "'@Acme"), ("'-Bo", "b@acme.com", "'\tx"), ("'＝Di", "d@acme.com", "'\nx")
    ]
    assert [(row["refused_row"], row["refused_column"]) for row in found] == [
        ("2", "created"), ("3", "created"), ("5", "created")]


def test_mended_refused_rows_come_in_as_they_were_written(con, bring, tmp_path):
    bring("name,phone,created\n=Ann,+1 555,never\n＝Bo,,never\n")
    mended = tmp_path / "file.csv.refused.csv"
    mended.write_text(mended.read_text().replace(",never,", ",2024-05-01,"))
    assert bring(mended).accepted == 2
    assert rows(con, "select full_name from contacts order by full_name") == [("=Ann",), ("＝Bo",)]


def test_no_file_of_refused_rows_is_written_where_nothing_is_refused(bring, tmp_path):
    report = bring(HEADER + "Ann,a@acme.com,Acme,2024-05-01\n")
    assert report.refused_file is None and not list(tmp_path.glob("*.refused.csv"))


# All or nothing


def test_an_import_is_recorded_with_its_counts_mapping_and_accepted_rows(con, bring):
    report = bring(HEADER + "Ann,a@acme.com,Acme,2024-05-01\nBo,b@acme.com,Acme,never\n", program="raf")
    [(id, name, at, read, accepted, refused, mapping)] = rows(
        con, "select id, file_name, imported_at, rows_read, accepted, refused, mapping from imports"
    )
    assert (id, name, at) == (f"{report.sha256}:raf:leads", "file.csv", NOW)
    assert (read, accepted, refused, json.loads(mapping)) == (2, 1, 1, report.mapping)
    assert rows(con, "select import, row_number from import_rows") == [(id, 2)]
    assert rows(con, "select distinct import from leads union select import from contacts") == [(id,)]


def test_where_a_row_cannot_be_stored_nothing_of_the_file_is(con, bring):
    with store.transaction(con) as cursor:
        cursor.execute("insert into contacts (id, recorded_at, person_key, email_class) "
                       "values ('2/contact', timestamp '2020-01-01', 'c:x', 'missing')").fetchall()
    before = counts(con)
    with pytest.raises(Refusal, match="Import it again"):
        bring("id,name,created\n1,Ann,2024-05-01\n2,Bo,2024-05-01\n")
    assert counts(con) == before


def test_many_rows_are_taken_in_pieces_without_losing_any(con, bring):
    number = pieces.ROWS + 5_000 + 1
    lines = "".join(f"{i},n{i},n{i}@acme{i % 100}.com,2024-05-01\n" for i in range(number))
    assert bring("id,name,email,created\n" + lines + "0,n0,n0@acme0.com,2024-05-01\n").accepted == number
    assert (counts(con)["leads"], counts(con)["import_rows"], counts(con)["organizations"]) == (number, number, 100)


# --- ids that are none -----------------------------------------------------------------------------------------------

PEOPLE = "id,name,email,company,created\n{},Una Known,una@known.example,Known,2025-01-01\n"


def ids(con):
    return sorted(name for (name,) in rows(con, "select id from leads"))


@pytest.mark.parametrize("id", ["una@known.example", "Una Known", "+1(555)5550107", "555-555-0107", "(555)555-0107"])
def test_an_id_that_says_who_the_person_is_is_replaced_and_that_is_told(con, bring, id):
    report = bring(PEOPLE.format(id), secret="s")
    assert report.accepted == 1 and ids(con)[0].startswith("id-")
    assert "1 id says who a person is: a digest stands in the place of an address, a telephone number or words." in report.notes
    assert rows(con, "select contact from leads") == [(f"{ids(con)[0]}/contact",)]
    assert reasons(bring(PEOPLE.format(id) + "\n\n", secret="s", name="again.csv")) == {2: "already imported on 2025-01-02 from file.csv"}
    other = bring(PEOPLE.format(id).replace("2025-01-01", "2024-12-31"), secret="s", name="other.csv")
    assert "already exists with other content" in reasons(other)[2]


@pytest.mark.parametrize("id", ["00Q1", "51234567890", "2025-000123", "a1b2-c3d4", "REF.12/7"])
def test_an_id_of_another_system_is_taken_as_it_is(con, bring, id):
    report = bring(PEOPLE.format(id), secret="s")
    assert ids(con) == [id] and not any("who a person is" in note for note in report.notes)


def test_activities_find_a_contact_whose_id_says_who_it_is_as_it_came_in_earlier_too(con, bring):
    people = "contact_id,name,email,created_date\n{0},Una Known,{1},2024-01-01\n"
    bring(people.format("una@known.example", "una@other.example"), kind="contacts", secret="s")
    with store.transaction(con) as cursor:
        cursor.execute("insert into contacts (id, person_key, email_class, recorded_at) values ('ann@lee.example', 'a:ann', 'missing', timestamp '2020-01-01')").fetchall()
    report = bring("id,who_id,activity_date\nT1,una@known.example,2024-05-01\nT2,ann@lee.example,2024-05-01\n", kind="activities", secret="s")
    assert report.accepted == 2
    [una] = [name for (name,) in rows(con, "select id from contacts where full_name = 'Una Known'")]
    assert una.startswith("id-") and {name for (name,) in rows(con, "select contact from events where kind = 'outbound'")} == {una, "ann@lee.example"}


def test_ids_that_are_made_differ_with_the_secret_and_the_row_is_recognised_without_it(con, bring):
    nameless = PEOPLE.replace("id,", "", 1).replace("{},", "")
    bring(nameless)
    first = ids(con)
    assert reasons(bring(nameless + "\n", secret="s", name="again.csv")) == {2: "already imported on 2025-01-02 from file.csv"}
    with store.transaction(con) as cursor:
        for table in ("leads", "contacts", "organizations", "imports", "import_rows"):
            cursor.execute(f"delete from {table}").fetchall()
    bring(nameless, secret="s")
    assert ids(con) != first and len(ids(con)) == 1
