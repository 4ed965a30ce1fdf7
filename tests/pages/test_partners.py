"""The page of partners from the shell on: the directory, one partner in depth, and what is recorded about it."""

import duckdb
import pytest

from core import desk, kept, partners
from tests.conftest import now
from tests.desk.world import ask
from tests.pages.test_pages import markdown_of, words_of
from tests.pages.test_roles import acting, press, verbs


def figures(con: duckdb.DuckDBPyConnection) -> list[dict]:
    return partners.figures(con, kept.kept_as_of(con)).to_dicts()


def registering(con: duckdb.DuckDBPyConnection) -> str:
    """The referral partner with most leads."""
    return max((row for row in figures(con) if row["programs"] == ["ptr"]), key=lambda row: row["submitted"])["partner"]


def latest(con: duckdb.DuckDBPyConnection, partner: str) -> str:
    return partners.leads(con, partner, partners.Filters(), 1, 1)[0]["lead"][0]


@pytest.mark.parametrize("person", ["sara", "chen", "mona", "finn"])
def test_the_directory_lists_partners_those_that_ask_for_attention_first(
    con: duckdb.DuckDBPyConnection, person: str
) -> None:
    rows = figures(con)
    at = acting("partners", person)
    shown = at.dataframe[0].value
    assert list(shown["Partner"]) == [row["partner_name"] for row in rows[:15]]
    assert list(shown["Sent"]) == [row["submitted"] for row in rows[:15]]
    assert f"{len(rows):,} with leads" in words_of(at)
    at = acting("partners", person, plain="true")
    assert not at.dataframe
    assert [one.label for one in at.button if one.label.startswith("Open ")][:15] == [
        f"Open {row['partner']}" for row in rows[:15]]


def test_a_search_and_a_program_narrow_the_directory(con: duckdb.DuckDBPyConnection) -> None:
    one = figures(con)[-1]
    at = acting("partners", "chen", partners_search=one["partner"])
    assert list(at.dataframe[0].value["Partner"]) == [one["partner_name"]]
    at = acting("partners", "chen", partners_program="Refer-a-Friend")
    found = partners.figures(con, kept.kept_as_of(con), "raf")
    assert f"{found.height:,} with leads" in words_of(at)
    assert "No partner matches." in words_of(acting("partners", "chen", partners_search="nobody of this name"))


def test_one_partner_shows_its_figures_and_the_rows_behind_each(con: duckdb.DuckDBPyConnection) -> None:
    name = registering(con)
    row = next(one for one in figures(con) if one["partner"] == name)
    at = acting("partners", "chen", partner=name)
    assert at.metric[0].value == f"{row['submitted']:,}"
    assert list(at.radio(key="lead_state").proto.captions) == [
        f"{row[figure]:,}" for figure in ("submitted", "pending", "qualified", "rejected", "expired", "owned")]
    at.radio(key="lead_state").set_value("Rejected").run()
    leads = partners.leads(con, name, partners.Filters("rejected"), 1, 10)[0]["lead"].to_list()
    assert list(next(one.value for one in at.dataframe if "Contact, company" in one.value)["Lead"]) == leads
    by_clause = next(one.value for one in at.dataframe if "Clause" in one.value)
    assert by_clause["Leads"].sum() == row["rejected"]


def test_money_that_is_not_known_is_no_number(con: duckdb.DuckDBPyConnection) -> None:
    name, sums = next((name, rows) for name, rows in partners.money(con).items()
                      if any(row["unknown_owed"] == row["owed_lines"] > 0 for row in rows))
    said = words_of(acting("partners", "finn", partner=name))
    assert "not known" in said
    assert "0.00" not in said
    assert f"lines in {sums[0]['currency']}" in said or f"line in {sums[0]['currency']}" in said


@pytest.mark.parametrize(
    ("person", "can", "cannot"),
    [("chen", {"Record a finding…", "Record a breach…", "Open a dispute…"}, set()),
     ("sara", {"Open a dispute…"}, {"Record a finding…", "Record a breach…"}),
     ("finn", {"Open a dispute…"}, {"Record a finding…", "Record a breach…"})],
)
def test_each_role_is_offered_what_it_may_record(
    con: duckdb.DuckDBPyConnection, person: str, can: set, cannot: set
) -> None:
    found = verbs(acting("partners", person, partner=registering(con)))
    assert {name for name in can | cannot if found.get(name)} == can


def test_a_finding_bars_the_partner_until_it_is_taken_back(con: duckdb.DuckDBPyConnection) -> None:
    name = next(row["partner"] for row in figures(con) if row["programs"] == ["raf"])
    at = acting("partners", "chen", partner=name)
    press(at, "Record a finding…")
    next(one for one in at.selectbox if one.label == "What was found").select("unsolicited")
    next(one for one in at.text_area).input("Three people asked us to stop.")
    press(at, "Record the finding")
    found = "select kind, lead, reason from events where type = 'abuse_finding' and decided_by = 'chen'"
    assert ask(con, found) == [("unsolicited", latest(con, name), "Three people asked us to stop.")]
    assert "Barred" in markdown_of(at)
    press(at, "Undo")
    assert "Barred" not in markdown_of(at)


def test_a_breach_and_a_dispute_are_recorded_and_the_dispute_is_resolved_by_another(
    con: duckdb.DuckDBPyConnection,
) -> None:
    name = registering(con)
    at = acting("partners", "chen", partner=name)
    press(at, "Record a breach…")
    next(one for one in at.text_area).input("Heard on a call.")
    press(at, "Record the breach")
    assert ask(con, "select customer_asked from events where type = 'competitor_suggested' and decided_by = 'chen'") == [
        ("unknown",)]
    press(at, "Open a dispute…")
    next(one for one in at.text_area).input("We were first.")
    press(at, "Open the dispute")
    assert "We were first." in words_of(at)
    assert "Resolve…" not in verbs(at)  # the channel team opens disputes, managers resolve them
    at.selectbox(key="acting").select("mona").run()
    press(at, "Resolve…")
    next(one for one in at.selectbox if one.label == "Outcome").select("dismissed")
    next(one for one in at.text_area).input("The log says otherwise.")
    press(at, "Resolve")
    assert ask(con, "select outcome, resolved_by from dispute_resolutions") == [("dismissed", "mona")]
    assert "Resolve…" not in verbs(at)


def test_a_finding_that_holds_money_is_resolved_by_another(con: duckdb.DuckDBPyConnection) -> None:
    name = registering(con)
    at = acting("partners", "chen", partner=name)
    press(at, "Record a finding…")
    next(one for one in at.selectbox if one.label == "What was found").select("abuse")
    next(one for one in at.text_area).input("It looks made up.")
    press(at, "Record the finding")
    at.selectbox(key="acting").select("mona").run()
    press(at, "Resolve…")
    next(one for one in at.text_area).input("They are genuine.")
    press(at, "Resolve")
    assert ask(con, "select note, resolved_by from finding_resolutions") == [("They are genuine.", "mona")]
    assert "Resolve…" not in verbs(at)
    assert "They are genuine." in words_of(at)


def test_of_a_past_day_one_can_look_not_record(con: duckdb.DuckDBPyConnection) -> None:
    name = registering(con)
    day = (kept.kept_as_of(con).date()).replace(day=1).isoformat()
    at = acting("partners", "chen", partner=name, as_of=day)
    assert "You can look, not decide" in at.warning[0].value
    assert not {"Record a finding…", "Record a breach…", "Open a dispute…", "Resolve…"} & set(verbs(at))


def test_nobody_of_an_id_leads_back_to_all(con: duckdb.DuckDBPyConnection) -> None:
    at = acting("partners", "chen", partner="nobody")
    assert "There is no partner ‘nobody’" in words_of(at)
    press(at, "All partners")
    assert at.dataframe


def test_no_name_from_outside_is_read_as_markdown(con: duckdb.DuckDBPyConnection) -> None:
    name = registering(con)
    with con.cursor() as cursor:
        cursor.execute("update partners set name = '![x](https://evil.example/x.png) <img src=x>' where id = $name",
                       {"name": name}).fetchall()
    lead = latest(con, name)
    desk.open_dispute(con, desk.Signed("sara", "hostile", now(), desk.version(con, lead)), lead, "other",
                      "![y](https://evil.example/y.png)")
    at = acting("partners", "chen", partner=name)
    assert "evil.example" not in markdown_of(at)
    assert "&lt;img" in "".join(str(one.proto.body) for one in at.get("html"))
