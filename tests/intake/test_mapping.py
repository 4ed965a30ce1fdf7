"""Which column is which: by name and by what its cells hold, never against them, and as answered once before."""

import json

import pytest

from core import store
from core.intake.dates import DAY_FIRST, MONTH_FIRST
from core.intake.imports import propose
from core.intake.mapping import NO_COLUMN
from core.intake.remembered import answers_of_program, source
from core.model import Refusal
from core.terms import catalogue
from tests.intake.bringing import DAY, HEADER, LEADS_WITH_CONTACTS, NOW, cells_of, export, reasons, rows

# Contents


@pytest.mark.parametrize(
    ("header", "cells", "field", "choices"),
    [
        ("name,email,created", "Ann,+1 (555) 123-4567,2024-05-01", "email", ["email", NO_COLUMN]),
        ("name,email,created,reach", "Ann,555-123-4567,2024-05-01,ann@acme.com", "email", ["email", "reach", NO_COLUMN]),
        ("name,email,created", "ann@acme.com,b@acme.com,2024-05-01", "full_name", ["name", NO_COLUMN]),
        ("name,created", "Ann,acme.com", "submitted_at", ["created", NO_COLUMN]),
        ("name,email,website,created", "Ann,a@b.co,2024-05-01,2024-05-01", "website", ["website", NO_COLUMN]),
        ("name,title,created", "Ann,00Q1G00000nDnM5UAK,2024-05-01", "role", ["title", NO_COLUMN]),
        ("name,company,created", 'Ann,"$1,000.00",2024-05-01', "company", ["company", NO_COLUMN]),
    ],
)
def test_a_name_that_its_cells_plainly_contradict_is_asked_for(con, bring, header, cells, field, choices):
    report = bring(f"{header}\n{cells}\n{cells}\n")
    assert {"column": field, "choices": choices} in report.needs
    assert (report.accepted, rows(con, "select count(*) from leads")) == (0, [(0,)])


def test_a_few_odd_cells_do_not_contradict_a_name(bring):
    cells = "".join(f"Ann {number},a{number}@acme.com,2024-05-01\n" for number in range(7))
    assert bring("name,email,created\n" + cells + "Bo,555-123-4567,2024-05-01\n").accepted == 8


def test_a_contradicted_name_comes_in_once_it_is_answered(con, bring):
    lines = "name,email,created,reach\nAnn,555-123-4567,2024-05-01,ann@acme.com\n"
    assert bring(lines, mapping={"email": "reach"}).accepted == 1
    assert rows(con, "select email from contacts") == [("ann@acme.com",)]


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [("name,a,created", "Ann,ann@acme.com,2024-05-01", "email"), ("name,email,a", "Ann,a@b.co,3 Mar 2024", "submitted_at"),
     ("name,email,a,created", "Ann,a@b.co,https://acme.com/,2024-05-01", "website")],
)
def test_what_must_not_be_missed_is_asked_for_where_a_column_of_another_name_holds_it(bring, header, cells, field):
    lines = f"{header}\n{cells}\n"
    assert bring(lines).needs == [{"column": field, "choices": ["a", NO_COLUMN]}]
    report = bring(lines, mapping={field: "a"})
    assert (report.accepted, report.mapping[field]) == (1, "a")


def test_a_column_that_holds_something_else_is_not_asked_for(bring):
    report = bring("name,email,created,page\nAnn,a@b.co,2024-05-01,https://acme.com/in/ann?x=1\n")
    assert (report.needs, report.accepted) == ([], 1)


# What nothing takes


def test_columns_that_no_field_takes_are_named_in_the_report_and_their_cells_kept(con, bring):
    report = bring('name,created,Fax,"a ""b""",empty\nAnn,2024-05-01,"+1 555 123 4567","x\n""y"" \\",\nBo,2024-05-02,,,\n')
    assert 'No field takes "Fax", "a "b"".' in report.notes
    assert "2 columns that no field takes are kept with the rows as further details." in report.notes
    assert "1 further column that no field takes is empty." in report.notes
    stored = rows(con, f"select full_name, leads.other_details from {LEADS_WITH_CONTACTS} order by 1")
    assert json.loads(stored[0][1]) == {"columns": {"Fax": "+1 555 123 4567", 'a "b"': 'x\n"y" \\'}}
    assert stored[1] == ("Bo", None)


def test_other_cells_stand_beside_the_details_that_were_kept_before(con, bring):
    bring("name,created,Lead Source,Fax\nAnn,2024-05-01,Word of mouth,+1 555 123 4567\n")
    [(details,)] = rows(con, "select other_details from leads")
    assert json.loads(details) == {"channel": "Word of mouth", "columns": {"Fax": "+1 555 123 4567"}}


def test_a_salesforce_lead_keeps_every_filled_cell_of_its_382_columns(con, bring, tmp_path):
    [lead] = cells_of("salesforce/sf_lead_data.csv")
    report = bring(export(tmp_path, "salesforce/sf_lead_data.csv"))
    [(details,)] = rows(con, "select other_details from leads")
    taken = set(report.mapping.values())
    assert json.loads(details)["columns"] == {name: cell for name, cell in lead.items() if cell and name not in taken}


# Forms and Pipedrive


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Timestamp,What is your full name?,What is your work email?,Which company do you work for?,What is your job title?",
         "5/13/2024 14:03:22,Ann Lee,ann@acme.com,Acme,CTO"),
        ("#,First name,Last name,What's your email address?,Your company's name,Job title,Submitted At",
         "x1,Ann,Lee,ann@acme.com,Acme,CTO,2024-05-13 14:03:22"),
        ("Submission Date,Name (First),Name (Last),Email Address *,Company Name,Your role,Source Url",
         '"May 13, 2024, 2:03:22 PM",Ann,Lee,ann@acme.com,Acme,CTO,https://example.com/a/b'),
        ("Entry Id,Entry Date,Your Name,E-Mail,Organisation,Please enter your job title",
         "77,2024-05-13 14:03:22,Ann Lee,ann@acme.com,Acme,CTO"),
        ("Person - Name,Person - Organization,Person - Email - Work,Person - Job title,Person - Person created,Person - Owner",
         "Ann Lee,Acme,ann@acme.com,CTO,2024-05-13 14:03:22,Rep"),
    ],
)
def test_forms_and_pipedrive_are_read_as_they_come(con, bring, header, cells):
    report = bring(f"{header}\n{cells}\n", kind=None)
    assert (report.kind, report.accepted, report.needs) == ("leads", 1, [])
    assert rows(con, f"select full_name, email, company, role, submitted_at from {LEADS_WITH_CONTACTS}") == [
        ("Ann Lee", "ann@acme.com", "Acme", "CTO", DAY("2024-05-13 14:03:22"))
    ]


# Remembered


def test_what_was_answered_once_for_a_source_is_taken_again_and_the_report_says_so(con, bring):
    header = "name,reach at,sent by,created\n"
    answers = {"email": "reach at", "_dates": {"created": DAY_FIRST}}
    first = bring(header + "Ann,ann@acme.com,bob@p.com,01/02/2024\n", mapping=answers, name="may.csv")
    assert (first.accepted, first.needs) == (1, [])
    second = bring("created,name,reach at,sent by\n03/04/2024,Bo,bo@acme.com,bob@p.com\n", name="june.csv")
    assert (second.accepted, second.needs) == (1, [])
    assert "What was answered for may.csv on 2025-01-02 is remembered and was taken again." in second.notes
    assert rows(con, f"select email, submitted_at from {LEADS_WITH_CONTACTS} order by 2") == [
        ("ann@acme.com", DAY("2024-02-01")), ("bo@acme.com", DAY("2024-04-03"))
    ]


def test_answers_of_a_file_that_did_not_come_in_or_of_other_columns_are_not_taken(bring):
    header, mapping = "name,reach at,created\n", {"email": "reach at"}
    assert bring(header + "Ann,ann@acme.com,never\n", mapping=mapping).accepted == 0
    assert bring(header + "Ann,ann@acme.com,2024-05-01\n").needs
    assert bring(header + "Ann,ann@acme.com,2024-05-01\n", mapping=mapping).accepted == 1
    assert bring("name,reach at,created,x\nBo,bo@acme.com,2024-05-01,1\n", name="other.csv").needs
    assert bring(header + "Bo,bo@acme.com,2024-05-01\n", name="raf.csv", program="raf").needs


def test_what_was_answered_before_a_file_was_read_is_kept_with_its_source(con, bring):
    bring("name,created\nAnn,2024-05-01\n", mapping={"_sheet": "Leads", "_encoding": "cp1252"})
    assert answers_of_program(con, "cerri") == [
        (source("cerri", "leads", ["created", "name"]), {"_sheet": "Leads", "_encoding": "cp1252"})
    ]
    assert answers_of_program(con, "raf") == []


def test_a_mapping_file_counts_above_what_is_remembered(con, bring):
    header = "name,reach at,sent by,created\n"
    bring(header + "Ann,ann@acme.com,bob@p.com,01/02/2024\n",
          mapping={"email": "reach at", "_dates": {"created": DAY_FIRST}})
    bring(header + "Bo,bo@acme.com,bob@p.com,03/04/2024\n", mapping={"_dates": {"created": MONTH_FIRST}}, name="2.csv")
    bring(header + "Cy,cy@acme.com,bob@p.com,05/06/2024\n", mapping={"email": "sent by"}, name="3.csv")
    assert rows(con, f"select email, submitted_at from {LEADS_WITH_CONTACTS} order by 2") == [
        ("ann@acme.com", DAY("2024-02-01")), ("bo@acme.com", DAY("2024-03-04")), ("bob@p.com", DAY("2024-05-06"))
    ]


def test_a_remembered_order_that_the_new_dates_contradict_is_not_taken(con, bring):
    bring("name,created\nAnn,01/02/2024\n", mapping={"_dates": {"created": DAY_FIRST}})
    assert bring("name,created\nBo,12/13/2024\n", name="2.csv").accepted == 1
    assert bring("name,created\nCy,13/12/2024\nDi,12/13/2024\n", name="3.csv").accepted == 1
    assert bring("name,created\nEd,2024-03-01\nFay,05/04/2024\n", name="4.csv").needs, "true dates may be swapped"


# For a screen


def test_a_proposal_says_for_each_field_which_column_why_and_what_stands_in_it(con, bring, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("name,reach,Fax,created\n" + "".join(f"Ann {i},a{i}@b.co,+1 555 123 456{i},0{i}/02/2024\n" for i in range(1, 6)))
    found = propose(con, path, "cerri", "leads", "P1", None, NOW)
    fields = {one.field: one for one in found.fields}
    assert (fields["full_name"].column, fields["full_name"].why) == ("name", "name")
    assert fields["full_name"].examples == ["Ann 1", "Ann 2", "Ann 3"]
    assert (fields["email"].column, fields["email"].why, fields["email"].alternatives) == (None, "contents", ["reach", NO_COLUMN])
    assert (fields["role"].column, fields["role"].why) == (None, None)
    assert [(one["column"], one["holds"]) for one in found.unused] == [("reach", "address"), ("Fax", "phone")]
    assert [need["column"] for need in found.needs] == ["email", "created"]
    answers = {"email": "reach", "_dates": {"created": DAY_FIRST}}
    assert propose(con, path, "cerri", "leads", "P1", answers, NOW).needs == []
    assert rows(con, "select count(*) from imports") == [(0,)]
    bring(path, mapping=answers)
    fields = {one.field: one for one in propose(con, path, "cerri", "leads", "P1", None, NOW).fields}
    assert (fields["email"].column, fields["email"].why) == ("reach", "remembered")


# Programs are data


def test_a_fourth_program_is_another_terms_file_and_nothing_else(con, bring, tmp_path):
    text = (store.HERE.parent / "terms" / "ptr.toml").read_text()
    fourth = tmp_path / "fourth.toml"
    fourth.write_text(text.replace('id = "ptr"', 'id = "fourth"', 1).replace('company = "celigo"', 'company = "acme"')
                      .replace('"ptr.', '"fourth.').replace("[settings.ptr", "[settings.fourth"))
    terms = catalogue(fourth)
    assert bring(HEADER + "Ann,a@b.co,Acme,2024-05-01\n", program="fourth", partner="N1", terms=terms).accepted == 1
    assert rows(con, "select program, partner from leads") == [("fourth", "N1")]
    assert rows(con, "select kind from partners where id = 'N1'") == [("referral_partner",)]
    with pytest.raises(Refusal, match="no program 'fourth'; there are cerri, ptr, raf"):
        bring(HEADER, program="fourth")


def test_progress_is_told_and_reaches_its_end(bring):
    told = []
    bring(HEADER + "Ann,a@b.co,Acme,2024-05-01\n", progress=lambda *stage: told.append(stage))
    assert ("checking rows", 1, 1) in told
    assert told[-2] == ("storing rows", 5, 5), "organization, contact, lead, the import and its row"
    assert told[-1] == ("looking for look-alikes", 0, 0)


def test_two_columns_of_one_name_and_a_header_alone_are_no_trouble(bring):
    assert bring("name,name,created\n").rows_read == 0
    report = bring("name,name,created\nAnn,Ann,never\n")
    assert reasons(report) and report.mapping["_renamed"] == {"name_2": "name"}
