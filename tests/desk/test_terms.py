"""Settings: from a day on, previewed first, and followed at once by what is kept."""

import datetime as dt
import json

import polars as pl
import pytest

from core import desk
from core.evaluation import FOREVER, Moment, evaluate
from core.model import Refusal
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


BONUS, DAY = "raf.bonus_amount", dt.date(2025, 1, 1)


def stored(con, known_at: dt.datetime = FOREVER) -> list[tuple]:
    return [(one.effective_on, one.value) for one in stored_settings(con, catalogue(), known_at) if one.name == BONUS]


def follows(con) -> bool:
    """Whether what is kept is what evaluating everything gives, and the journal verifies."""
    as_of = ask(con, "select as_of from evaluation_runs")[0][0]
    return same(kept_rows(con), computed_rows(con, as_of)) and desk.first_fault(con) is None


def test_what_was_set_by_mistake_is_taken_back_and_its_day_has_again_what_it_had_before(con) -> None:
    days = "cerri.unresponsive_days"
    before = kept_rows(con)
    done = desk.set_setting(con, signed("mona"), BONUS, "5000", DAY, "a slip")
    known_at = ask(con, "select max(recorded_at) from journal")[0][0]
    taken = desk.take_back_setting(con, signed("mona", key="back"), BONUS, DAY, "one nought too many")
    assert (done.after["value"], taken.after["value"]) == ('"5000.00"', None)
    assert stored(con) == [] and stored(con, known_at) == [(DAY, 5000)]  # as known then it counted
    assert same(kept_rows(con), before) and follows(con)
    again = desk.take_back_setting(con, signed("mona", key="back"), BONUS, DAY, "one nought too many")
    assert again.is_repeated and again.number == taken.number
    for again in (lambda: desk.take_back_setting(con, signed("mona"), BONUS, DAY, "once more"),
                  lambda: desk.preview_taking_back(con, BONUS, DAY, NOW)):
        with pytest.raises(Refusal, match=f"Nobody has set {BONUS} from 2025-01-01, or it was taken back already"):
            again()
    desk.set_setting(con, signed("mona"), BONUS, "500", DAY, "the board")  # from an earlier day again
    assert stored(con) == [(DAY, 500)]
    tomorrow = TODAY + dt.timedelta(1)
    for text in ("30", "40"):
        desk.set_setting(con, signed("mona"), days, text, tomorrow, "the board")
    desk.take_back_setting(con, signed("mona"), days, tomorrow, "30 was right")
    assert [one.value for one in stored_settings(con, catalogue(), FOREVER) if one.name == days] == [30]
    assert follows(con)


def test_a_setting_that_was_taken_back_or_set_since_it_was_shown_is_looked_at_again(con) -> None:
    desk.set_setting(con, signed("mona"), BONUS, "400", DAY, "the board")
    desk.take_back_setting(con, signed("mona"), BONUS, DAY, "not yet", seen=1)
    with pytest.raises(Refusal, match="was taken back since you saw it"):
        desk.set_setting(con, signed("mona"), BONUS, "500", DAY, "the board", seen=1)
    desk.set_setting(con, signed("mona"), BONUS, "500", DAY, "the board", seen=0)
    with pytest.raises(Refusal, match="was set since you saw it"):
        desk.take_back_setting(con, signed("mona"), BONUS, DAY, "so", seen=0)
    with pytest.raises(Refusal, match="why it is taken back"):
        desk.take_back_setting(con, signed("mona"), BONUS, DAY, " ", seen=1)


def test_a_preview_of_taking_back_shows_what_taking_it_back_changes(file) -> None:
    rate, day = "ptr.commission_rate", dt.date(2025, 1, 1)
    settings = stored_settings(file, catalogue(), FOREVER)
    left = [one for one in settings if (one.name, one.effective_on) != (rate, day)]
    assert len(left) == len(settings) - 1
    before, after = outcome(file, settings), outcome(file, left)
    differing = set(after.join(before, on=after.columns, how="anti", nulls_equal=True)["lead"])
    assert differing and set(desk.preview_taking_back(file, rate, day, NOW)["lead"]) == differing
    with pytest.raises(Refusal, match=r"earning lines? w(as|ere) booked by it and never change"):
        desk.take_back_setting(file, signed("operator"), rate, day, "a slip")
