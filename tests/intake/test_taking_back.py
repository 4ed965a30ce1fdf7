"""An import is taken back as a whole, its file can be sent again, and nothing goes on which something rests."""

import pytest

from core import store
from core.desk.taking_back import remove
from core.intake.imports import finish, prepare, put
from core.model import Refusal
from tests.intake.bringing import DAY, HEADER, counts, reasons, rows

LATER = DAY("2025-01-05T09:00:00")
LEAD = HEADER + "Ann,ann@acme.com,Acme,2024-05-01\n"
ORGANIZATIONS = "id,name,website,created_date,products\nA1,Acme,acme.com,2019-01-01,Integrator.io\n"
CONTACTS = "id,account_id,name,email,created_date\nC1,A1,Ann,ann@acme.com,2019-01-01\n"


@pytest.fixture
def undo(con):
    def undo(report):
        with store.transaction(con) as cursor:
            return remove(cursor, report.import_id, LATER, "Mia")

    return undo


def everything(con):
    tables = ("partners", "organizations", "organization_products", "contacts", "leads", "events", "import_rows",
              "import_refusals", "history_coverage", "import_answers")
    return {table: sorted(rows(con, f"select * from {table}"), key=str) for table in tables}


def record(con, statement):
    with store.transaction(con) as cursor:
        cursor.execute(statement).fetchall()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(LEAD, "leads"), (ORGANIZATIONS, "organizations"), (CONTACTS, "contacts")],
)
def test_all_that_an_import_brought_goes_and_its_file_can_be_sent_again(con, bring, undo, content, kind):
    before = everything(con)
    report = bring(content, kind=kind, partner="NEW", mapping={"_dates": {}})
    brought = everything(con)
    gone = undo(report)
    assert everything(con) == before
    assert gone == {table: len(brought[table]) - len(before[table]) for table in gone}
    assert rows(con, "select taken_back_at, taken_back_by, accepted from imports") == [(LATER, "Mia", 1)]
    again = bring(content, kind=kind, partner="NEW", mapping={"_dates": {}})
    assert (again.accepted, again.import_id) == (1, f"{report.import_id}:2")
    assert counts(con)[kind] == 1
    assert bring(content, kind=kind, partner="NEW").accepted == 0


def test_history_goes_too(con, bring, undo):
    bring(ORGANIZATIONS, kind="organizations")
    bring(CONTACTS, kind="contacts", name="contacts.csv")
    before = everything(con)
    for number, (content, kind) in enumerate([
        ("id,account_id,activity_date,subject\n1,A1,2024-05-01,Call\n", "activities"),
        ("id,account_id,name,stage_name,close_date,created_date\n1,A1,Big,Prospecting,2025-01-01,2024-05-01\n",
         "opportunities"),
        ("id,account_id,product,in_use\n1,A1,B2B Manager,yes\n", "products"),
    ]):
        report = bring(content, kind=kind, program="raf", name=f"{number}.csv")
        assert report.accepted == 1 and everything(con) != before
        undo(report)
        assert everything(con) == before


def test_answers_that_came_with_it_are_no_longer_taken(bring, undo):
    lines = "name,reach at,created\nAnn,ann@acme.com,2024-05-01\n"
    report = bring(lines, mapping={"email": "reach at"})
    undo(report)
    assert bring(lines).needs


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("insert into verdicts (id, lead, criterion, verdict, happened_at, recorded_at) "
         "select 'V', id, 'scale', 'pass', timestamp '2025-01-03', timestamp '2025-01-03' from leads",
         "a verdict rests on its lead"),
        ("insert into events (id, type, happened_at, recorded_at, lead) "
         "select 'E', 'outreach', timestamp '2025-01-03', timestamp '2025-01-03', id from leads",
         r"an event \(outreach\) rests on its lead"),
        ("insert into events (id, type, happened_at, recorded_at, contact) "
         "select 'E', 'crm_touch', timestamp '2025-01-03', timestamp '2025-01-03', contact from leads",
         r"an event \(crm_touch\) rests on its contact"),
        ("insert into events (id, type, happened_at, recorded_at, org) "
         "select 'E', 'crm_touch', timestamp '2025-01-03', timestamp '2025-01-03', org from leads",
         r"an event \(crm_touch\) rests on its organization d:acme.com"),
        ("insert into organization_owners values ('d:acme.com', 'P1', 50, false, timestamp '2025-01-03')",
         "an owner rests on its organization d:acme.com"),
    ],
)
def test_an_import_on_which_something_was_decided_is_not_taken_back(con, bring, undo, statement, says):
    report = bring(LEAD)
    record(con, statement)
    before = everything(con)
    with pytest.raises(Refusal, match=says) as refusal:
        undo(report)
    assert str(refusal.value).count(". ") == 1 and "Undo that first" in str(refusal.value)
    assert everything(con) == before
    assert rows(con, "select taken_back_at from imports") == [(None,)]


def test_an_import_to_which_a_later_one_refers_goes_only_after_that(con, bring, undo):
    first = bring(ORGANIZATIONS, kind="organizations")
    second = bring(CONTACTS, kind="contacts", name="contacts.csv")
    third = bring(LEAD, name="leads.csv")
    with pytest.raises(Refusal, match="rests on its organization A1"):
        undo(first)
    undo(third)
    undo(second)
    undo(first)
    assert not any(count for table, count in counts(con).items() if table != "imports")


def test_leads_of_two_imports_that_share_an_organization_hold_the_first(bring, undo):
    first = bring(LEAD)
    second = bring(HEADER + "Bo,bo@acme.com,Acme,2024-05-02\n", name="second.csv")
    with pytest.raises(Refusal, match=r"another lead rests on its organization d:acme\.com"):
        undo(first)
    undo(second)
    undo(first)


def test_a_partner_that_came_with_an_import_stays_while_others_name_it(con, bring, undo):
    first = bring(LEAD, partner="NEW")
    second = bring(HEADER + "Bo,bo@beta.com,Beta,2024-05-02\n", partner="NEW", name="second.csv")
    with pytest.raises(Refusal, match="another lead rests on its partner NEW"):
        undo(first)
    undo(second)
    undo(first)
    assert rows(con, "select count(*) from partners where id = 'NEW'") == [(0,)]


def test_an_import_is_taken_back_once_and_only_where_there_is_one(bring, undo):
    report = bring(LEAD)
    undo(report)
    with pytest.raises(Refusal, match="was taken back already, on 2025-01-05"):
        undo(report)
    report.import_id = "none"
    with pytest.raises(Refusal, match="There is no import none"):
        undo(report)


def test_a_row_of_a_file_that_was_taken_back_comes_in_with_another(bring, undo):
    report = bring(LEAD)
    other = HEADER + "Ann,ann@acme.com,Acme,2024-05-01\nBo,bo@acme.com,Acme,2024-05-02\n"
    undo(report)
    later = bring(other, name="other.csv")
    assert (later.accepted, reasons(later)) == (2, {})


def test_preparing_stores_nothing_and_the_caller_s_transaction_decides(con, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(LEAD + "Bo,bo@acme.com,Acme,never\n")
    prepared = prepare(con, path, "cerri", "leads", "P1", None, LATER)
    assert not any(counts(con).values())
    with pytest.raises(RuntimeError), store.transaction(con) as cursor:
        put(cursor, prepared)
        raise RuntimeError
    assert not any(counts(con).values())
    prepared = prepare(con, path, "cerri", "leads", "P1", None, LATER)
    with store.transaction(con) as cursor:
        put(cursor, prepared)
        gone = remove(cursor, prepared.report.import_id, LATER, "Mia")
    assert gone["leads"] == 1 and counts(con) == {**dict.fromkeys(counts(con), 0), "imports": 1}
    assert finish(prepared).refused_file.exists()
