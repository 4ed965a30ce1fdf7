"""Settings: from a day on, previewed first, and followed at once by what is kept."""

import datetime as dt
import json

import polars as pl
import pytest

from core import desk
from core.evaluation import FOREVER, Moment, evaluate
from core.results import stored_settings
from core.terms import Entry, catalogue
from tests.desk.world import NOW, ask, computed_rows, kept_rows, same, signed

TODAY = NOW.date()
SETTINGS = [
    ("raf.bonus_amount", "500", dt.date(2025, 1, 1)),       # empty until now, so that it may count from the past
    ("cerri.unresponsive_days", "30", TODAY - dt.timedelta(40)),
    ("cerri.unresponsive_days", "20", TODAY + dt.timedelta(1)),
    ("ptr.commission_rate", "0.1", TODAY + dt.timedelta(1)),
    ("timezone", '"America/Los_Angeles"', TODAY + dt.timedelta(1)),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("terms") / "leads.duckdb"
    con = desk.open_database(path, NOW)
    desk.set_setting(con, signed("operator"), "ptr.commission_rate", "0.05", dt.date(2025, 1, 1), "so the sample sets no figure")
    desk.make_sample(con, signed("operator"), 250, 6, TODAY - dt.timedelta(1))
    yield con
    con.close()


def outcome(con, settings: list[Entry]) -> pl.DataFrame:
    found = evaluate(con, catalogue(), [Moment(NOW, settings)])
    owed = found.payouts.filter(pl.col("status") != "forfeited").group_by("lead", "currency").agg(pl.sum("amount"))
    return found.leads.select("lead", "disposition", "verdicts").join(owed, on="lead", how="left")


@pytest.mark.parametrize(("name", "text", "day"), SETTINGS, ids=lambda value: str(value))
def test_a_preview_shows_what_evaluating_everything_would_change_and_setting_it_keeps_that(file, name, text, day) -> None:
    settings = stored_settings(file, catalogue(), FOREVER)
    entry = Entry(name, day, catalogue().setting(name).parse(text.strip('"') if text[0] == '"' else float(text)), "test")
    before, after = outcome(file, settings), outcome(file, [*settings, entry])
    differing = set(after.join(before, on=after.columns, how="anti", nulls_equal=True)["lead"])
    assert set(desk.preview_setting(file, name, text, day, NOW)["lead"]) == differing
    desk.set_setting(file, signed("operator"), name, text, day, "board")
    as_of = ask(file, "select as_of from evaluation_runs")[0][0]
    assert same(kept_rows(file), computed_rows(file, as_of))


def test_leads_known_ahead_come_under_the_setting_of_their_day_when_it_comes(file) -> None:
    day = TODAY + dt.timedelta(9)
    desk.set_setting(file, signed("operator"), "raf.engagement_months", "1", day, "board")
    leads = [{"id": f"ahead {number}", "program": "raf", "partner": "S", "contact": f"C{number}", "org": f"O{number}",
              "submitted_at": f"{day - dt.timedelta(1 - number)}T15:00:00Z", "channel": "web_form"} for number in (0, 1)]
    document = {
        "partners": [{"id": "S", "kind": "customer_contact", "email": "sol@customer.example"}], "leads": leads,
        "organizations": [{"id": f"O{number}", "name": f"Far {number}", "domain": f"far{number}.example"}
                          for number in (0, 1)],
        "contacts": [{"id": f"C{number}", "org": f"O{number}", "email": f"kim@far{number}.example"}
                     for number in (0, 1)],
    }
    desk.load(file, signed("operator"), [json.dumps(document)])
    assert ask(file, "select count(*) from evaluations where starts_with(lead, 'ahead')") == [(0,)]
    desk.advance(file, dt.datetime.combine(day, dt.time(23)))
    due = dict(ask(file, "select lead, due_on from clocks where starts_with(lead, 'ahead') and clock = 'engagement_3m'"))
    assert due["ahead 1"] < due["ahead 0"]
    assert same(kept_rows(file), computed_rows(file, ask(file, "select as_of from evaluation_runs")[0][0]))
