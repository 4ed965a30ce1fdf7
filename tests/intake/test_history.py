"""What the CRM knows, told by its exports, and the verdicts that change for it."""

import datetime as dt

import pytest

from core import results
from core.terms import catalogue
from tests.intake.bringing import DAY, cells_of, counts, export, reasons, rows

AS_OF = dt.datetime.fromisoformat("2025-01-02T12:00:00")
ORGANIZATIONS = "id,name,website,created_date\nA1,Acme,acme.com,2019-01-01\nA2,Beta,beta.com,2019-01-01\n"
CONTACTS = ("id,account_id,name,email,created_date\nC1,A1,Ann Lee,ann@acme.com,2019-01-01\n"
            "C2,A1,Bo Lee,bo@acme.com,2019-01-01\nC3,A2,Cy Lee,cy@beta.com,2019-01-01\n")
LEADS = ("id,name,email,company,products,created\nL1,Ann Lee,ann@acme.com,Acme,Integrator.io,2024-06-01\n"
         "L2,Cy Lee,cy@beta.com,Beta,Integrator.io,2024-06-01\n")


@pytest.fixture
def known(con, bring):
    """Two organizations with their contacts, and a lead of each, of a program."""

    def known(program):
        bring(ORGANIZATIONS, kind="organizations", name="organizations.csv", program=program)
        bring(CONTACTS, kind="contacts", name="contacts.csv", program=program)
        assert bring(LEADS, name="leads.csv", program=program).accepted == 2

    return known


def verdicts(con, criterion):
    found = results.of_database(con, catalogue(), AS_OF)
    return {lead: one["criteria"][criterion] for lead, one in found["leads"].items()}


def because(con, lead, criterion):
    return results.of_database(con, catalogue(), AS_OF)["findings"][lead][criterion]["because"]


# Opportunities and deals

DEALS = {
    "Salesforce": ("Id,AccountId,Name,StageName,IsClosed,CloseDate,CreatedDate,LastActivityDate,OwnerId,Amount\n"
                   "006A,A1,Big,Prospecting,false,2025-09-01,2024-01-10,2024-05-20,005R,1000\n"),
    "HubSpot": ("Record ID,Deal Name,Deal Stage,Close Date,Create Date,Last Activity Date,Deal owner,Associated Company,"
                "Associated Company IDs,Associated Contact,Associated Contact IDs\n"
                "77,Big,Contract Sent,2025-09-01,2024-01-10 10:00,2024-05-20 09:00,Rep,Acme,A1,Ann Lee (ann@acme.com),C1\n"),
    "Pipedrive": ("Deal - ID,Deal - Title,Deal - Status,Deal - Stage,Deal - Owner,Deal - Organization,Deal - Contact person,"
                  "Deal - Deal created,Deal - Last activity date,Deal - Expected close date\n"
                  "5,Big,Open,Demo,Rep,Acme,Ann Lee,2024-01-10 10:00:00,2024-05-20,2025-09-01\n"),
}


@pytest.mark.parametrize("system", DEALS)
def test_an_open_deal_leaves_it_to_a_person_whether_its_lead_is_an_active_prospect(con, bring, known, system):
    known("raf")
    assert set(verdicts(con, "not_active_prospect").values()) == {"unknown"}, "nobody searched yet"
    report = bring(DEALS[system], program="raf", kind=None, name="deals.csv")
    assert (report.kind, report.accepted) == ("opportunities", 1)
    assert rows(con, "select org, stage, occurred_at::date, logged_at = occurred_at, meaningful, rep is not null "
                "from events where kind = 'opportunity' order by occurred_at") == [
        ("A1", "in_sales_cycle", dt.date(2024, 1, 10), True, "unknown", True),
        ("A1", "in_sales_cycle", dt.date(2024, 5, 20), True, "unknown", True),
    ]
    assert counts(con)["events"] == 7, "five records, creation and last activity"
    assert "Activity logged on 20 May 2024 may count" in because(con, "L1", "not_active_prospect")
    assert "Nobody has searched" in because(con, "L2", "not_active_prospect")
    assert report.covers == {"opportunities": {"organizations": 1, "leads": 1, "lead_ids": ["L1"]}}


def test_with_the_activities_told_whole_only_the_lead_with_the_deal_waits_for_a_person(con, bring, known):
    known("raf")
    bring("id,account_id,activity_date,subject,owner_id\n1,A1,2023-01-01,Call,005R\n2,A2,2023-01-01,Call,005R\n",
          program="raf", kind="activities", name="tasks.csv")
    assert set(verdicts(con, "not_active_prospect").values()) == {"pass"}
    bring(DEALS["Salesforce"], program="raf", name="deals.csv", kind="opportunities")
    assert verdicts(con, "not_active_prospect") == {"L1": "unknown", "L2": "pass"}


@pytest.mark.parametrize(
    ("status", "closed", "last_activity", "stage"),
    [("true", "2024-05-20", "2024-05-20", "none"), ("true", "2024-05-21", "2024-05-20", "in_sales_cycle"),
     ("true", "", "2024-05-20", None), ("false", "2024-05-01", "2024-05-20", "in_sales_cycle"),
     ("", "2024-05-20", "2024-05-20", None)],
)
def test_a_deal_was_in_the_sales_cycle_until_it_was_closed(con, bring, known, status, closed, last_activity, stage):
    known("ptr")
    bring("Id,AccountId,Name,StageName,IsClosed,CloseDate,CreatedDate,LastActivityDate,OwnerId\n"
          f"006A,A1,Big,Odd,{status},{closed},2024-01-10,{last_activity},005R\n", program="ptr", kind="opportunities")
    found = dict(rows(con, "select occurred_at, stage from events where kind = 'opportunity'"))
    assert found[DAY(last_activity)] == stage


def test_for_cerri_a_deal_is_a_touch_at_its_creation(con, bring, known):
    known("cerri")
    assert set(verdicts(con, "not_duplicate").values()) == {"unknown"}, "nobody looked for activities yet"
    deal = DEALS["Salesforce"].replace("2024-01-10", "2024-03-01")
    assert bring(deal, program="cerri", kind="opportunities", name="deals.csv").accepted == 1
    assert rows(con, "select type, kind, org, happened_at from events where rep is not null") == [
        ("crm_touch", "record_created", "A1", DAY("2024-03-01"))
    ]
    assert verdicts(con, "not_duplicate") == {"L1": "fail", "L2": "unknown"}
    assert "1 March 2024" in because(con, "L1", "not_duplicate")
    assert bring(deal.replace("Big", "Bigger"), program="cerri", kind="opportunities", name="2.csv").accepted == 0
    assert bring(deal, program="raf", kind="opportunities", name="deals.csv").accepted == 1, "sales activity is another's"
    assert bring(deal, program="ptr", kind="opportunities", name="deals.csv").accepted == 0, "told for both of Celigo's"


def test_deals_whose_links_stand_in_a_file_of_their_own_cover_nobody_and_say_so(con, bring, tmp_path):
    report = bring(export(tmp_path, "hubspot/deal_data.csv"), program="raf", kind=None)
    given = cells_of("hubspot/deal_data.csv")
    assert (report.kind, report.rows_read, report.accepted) == ("opportunities", len(given), 0)
    assert "names neither a contact nor an organization, so it would cover nobody" in set(reasons(report).values())
    assert not any(counts(con).values())


def test_salesforce_opportunities_come_in_once_their_accounts_are_known(con, bring, tmp_path):
    given = cells_of("salesforce/sf_opportunity_data.csv")
    first = bring(export(tmp_path, "salesforce/sf_opportunity_data.csv"), program="raf", kind=None)
    deleted = sum(row["is_deleted"].lower() == "true" for row in given)
    assert (first.kind, first.accepted) == ("opportunities", 0)
    assert sum("import contacts and organizations first" in reason for reason in reasons(first).values()) == (
        len(given) - deleted)
    ids = {row["account_id"] for row in given} - {""}
    bring("id,name,created_date\n" + "".join(f"{id},Org {id},2019-01-01\n" for id in ids), kind="organizations",
          name="accounts.csv")
    again = bring(tmp_path / "sf_opportunity_data.csv", program="raf", kind=None)
    assert again.accepted == sum(row["is_deleted"].lower() != "true" and row["account_id"] in ids for row in given)


def test_a_deal_of_several_organizations_is_told_of_each(con, bring, known):
    known("raf")
    report = bring("Deal ID,Deal Name,Deal Stage,Create Date,Deal owner,Associated Company IDs,Associated Company\n"
                   "8,Big,Open,2024-05-01,Rep,A1;A2,\n9,Big,Open,2024-05-02,Rep,,Acme;Beta\n", program="raf",
                   kind="opportunities")
    assert (report.accepted, report.covers) == (2, {"opportunities": {"organizations": 2, "leads": 2,
                                                                            "lead_ids": ["L1", "L2"]}})
    assert rows(con, "select id, org from events where kind = 'opportunity' order by id") == [
        ("8/opportunity", "A1"), ("8/opportunity/2", "A2"), ("9/opportunity", "A1"), ("9/opportunity/2", "A2")
    ]


def test_a_deal_of_several_contacts_is_told_of_each(con, bring, known):
    known("raf")
    report = bring("Deal ID,Deal Name,Deal Stage,Create Date,Deal owner,Associated Contact IDs\n"
                   "9,Big,Open,2024-05-01,Rep,C1;C3;C9\n", program="raf", kind="opportunities")
    assert report.accepted == 1
    assert rows(con, "select id, contact, person_key from events where kind = 'opportunity' order by id") == [
        ("9/opportunity", "C1", "ann@acme.com"), ("9/opportunity/2", "C3", "cy@beta.com")
    ]


def test_records_of_several_kinds_may_have_the_same_id_in_their_system(con, bring):
    organization = bring("id,name,website,created_date\n7,Acme,acme.com,2019-01-01\n", kind="organizations")
    contact = bring("id,name,email,created_date\n7,Ann,ann@acme.com,2019-01-01\n", kind="contacts")
    activity = bring("id,contact_id,activity_date,subject\n7,7,2024-05-01,Call\n", kind="activities")
    deal = bring("Deal ID,Deal Name,Deal Stage,Create Date,Company ID\n7,Big,Open,2024-05-01,7\n", kind="opportunities")
    assert [one.accepted for one in (organization, contact, activity, deal)] == [1, 1, 1, 1]
    assert counts(con)["events"] == 4


def test_a_name_that_two_organizations_or_persons_bear_names_nobody(con, bring):
    bring("id,name,website,created_date\nA1,Acme,acme.com,2019-01-01\nA2,acme,acme.de,2019-01-01\n", kind="organizations")
    deal = "Deal - Title,Deal - Status,Deal - Owner,Deal - Organization,Deal - Deal created\nBig,Open,Rep,Acme,2024-05-01\n"
    report = bring(deal, program="raf", kind=None, name="deals.csv")
    assert 'organization "Acme" not known yet' in reasons(report)[2]


def test_activity_that_names_another_person_of_the_organization_is_for_a_person_to_judge(con, bring, known):
    known("raf")
    bring("id,account_id,who_id,activity_date,subject,owner_id\n1,A1,C9,2024-05-20,Call,005R\n", program="raf",
          kind="activities", name="tasks.csv")
    assert rows(con, "select contact, org from events where type = 'sales_activity'") == [("C9", "A1")]


def test_pipedrive_exports_of_people_organizations_and_activities_come_in_as_they_are(con, bring):
    organizations = bring("Organization - ID,Organization - Name,Organization - Owner,Organization - Organization created,"
                          "Organization - Website\n1,Acme,Rep,2019-01-01 10:00:00,acme.com\n", kind=None, partner=None)
    people = bring("Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Phone - Work,"
                   "Person - Person created,Person - Owner\n7,Ann Lee,Acme,ann@acme.com,+1 555 123 4567,"
                   "2019-01-01 10:00:00,Rep\n", kind=None, partner=None)
    activities = bring("Activity - Subject,Activity - Type,Activity - Due date,Activity - Done,Activity - Add time,"
                       "Activity - Assigned to user,Activity - Organization,Activity - Contact person\n"
                       "Demo,Call,2024-05-20,Done,2024-05-19 10:00:00,Rep,Acme,Ann Lee\n", kind=None, program="raf")
    assert [(one.kind, one.accepted, one.needs) for one in (organizations, people, activities)] == [
        ("organizations", 1, []), ("contacts", 1, []), ("activities", 1, [])
    ]
    assert rows(con, "select org, contact, rep, occurred_at, logged_at from events where type = 'sales_activity'") == [
        ("1", "7", "Rep", DAY("2024-05-20"), DAY("2024-05-19 10:00:00"))
    ]


# Products

ASSETS = ("Id,AccountId,Name,Status,PurchaseDate,UsageEndDate,Product2Id,IsCompetitorProduct\n"
          "02iA,A1,Integrator.io,{status},2022-05-01,{end},01tA,false\n")


@pytest.mark.parametrize(
    ("status", "end", "verdict"),
    [("Installed", "", "fail"), ("Purchased", "", "unknown"), ("Obsolete", "", "pass"),
     ("Installed", "2024-06-01", "fail"), ("Installed", "2024-05-31", "pass")],
)
def test_a_product_in_use_bars_a_lead_for_it(con, bring, known, status, end, verdict):
    known("ptr")
    assert set(verdicts(con, "product_not_in_use").values()) == {"unknown"}, "nobody searched yet"
    report = bring(ASSETS.format(status=status, end=end), program="ptr", kind=None, name="assets.csv")
    assert (report.kind, report.accepted, report.covers) == (
        "products", 1, {"products": {"organizations": 1, "leads": 1, "lead_ids": ["L1"]}})
    assert verdicts(con, "product_not_in_use") == {"L1": verdict, "L2": "unknown"}


def test_products_of_competitors_of_nobody_and_of_no_name_are_refused(con, bring, known):
    known("raf")
    report = bring("id,account_id,company,product,in_use,competitor_product\n1,A1,,Other,yes,true\n2,,,Integrator.io,yes,\n"
                   "3,A9,,Integrator.io,yes,\n4,A1,,,yes,\n5,,Beta,Integrator.io,yes,\n6,A1,,Integrator.io,maybe,\n",
                   program="raf", kind="products", name="products.csv")
    assert reasons(report) == {
        2: "is a product of a competitor", 3: "names no organization",
        4: 'organization "A9" is not known yet: import organizations first, then this row', 5: "names no product",
        7: '"maybe" is neither yes nor no',
    }
    assert rows(con, "select organization, product, is_in_use from organization_products") == [
        ("A2", "integrator_io", True)
    ]
    assert report.covers == {"products": {"organizations": 1, "leads": 1, "lead_ids": ["L2"]}}, "Acme's products are not all told"
    again = bring("id,account_id,product,in_use\n5,A2,Integrator.io,no\n", program="raf", kind="products", name="2.csv")
    assert reasons(again) == {2: 'id "5" already exists with other content'}


# Coverage


def test_the_report_says_how_many_organizations_and_which_waiting_leads_are_covered_now(con, bring):
    bring(LEADS, name="leads.csv", program="raf")
    report = bring(CONTACTS, kind="contacts", program="raf", name="contacts.csv")
    assert report.covers == {"contacts": {"organizations": 2, "leads": 2, "lead_ids": ["L1", "L2"]}}
    tasks = "id,contact_id,activity_date,subject\n1,C1,2023-01-01,Call\n"
    report = bring(tasks, kind="activities", program="cerri", name="tasks.csv")
    assert report.covers == {"activities": {"organizations": 1, "leads": 0, "lead_ids": []}}, "another company's sales people"
