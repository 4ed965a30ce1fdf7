"""The queue: which leads wait, how many, in which order.

Called by pages. Reads the kept evaluation (core/kept); changes nothing. Must not read a clock: `as_of` is passed in.
Days are counted in each program's own time zone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import polars as pl

from core import days, kept, review, store
from core.matching.reading import look_alikes
from core.model import LETTERS, NA, UNKNOWN
from core.store.answers import until_stored
from core.terms import catalogue

SQL = store.HERE / "sql"
DUE = {
    "overdue": ("overdue",), "today": ("today",), "three": ("today", "three"), "seven": ("today", "three", "seven"),
    "any": ("overdue", "today", "three", "seven", "later"),
}
"""Choices of when something is due, each with the due classes of queue_page.sql that it takes in."""
ANY_DAY = (*DUE["any"], "none")
SOON_DAYS, WEEK_DAYS = 3, 7
QUEUES = ("open", "new", "review", "asked", "ending", "overdue", "alike", "mine", "aside", "decided")
"""Parts of the queue: undecided leads; of those what nobody took or judged, what somebody did, what waits for its
partner's answer; leads whose reply, engagement or ownership ends within a week; undecided ones past their last day,
that look like others, that are the person's; what is set aside until a later day, which is in no part but those where
time runs out; decided leads."""
ORDERS = ("cost", "least", "oldest", "newest")
"""Orders of the queue: the most costly to leave, the least still needed, the longest waiting, the latest first."""
DISPOSITIONS = ("pending", "qualified", "rejected", "expired")


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; None and empty mean: everything.

    due: a key of DUE. queue: one of QUEUES, `mine` of `person`; disposition stands beside `decided` alone. sorted_by:
    one of ORDERS.
    """

    disposition: str | None = "pending"
    due: str | None = None
    program: str | None = None
    partner: str | None = None
    search: str = ""
    queue: str | None = None
    person: str | None = None
    sorted_by: str = "cost"


class Counts(NamedTuple):
    """Leads per disposition (`all` too), per due choice (`all` too), and in each of QUEUES."""

    dispositions: dict[str, int]
    dues: dict[str, int]
    queues: dict[str, int]

    def of(self, chosen: Filters) -> int:
        """How many leads pass the filters for which this was counted."""
        return self.queues[chosen.queue] if chosen.disposition is None and chosen.queue else (
            self.dispositions[chosen.disposition or "all"])


@until_stored
def totals(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """`leads` stored, and how many of them are `sample_leads` by their ids."""
    return store.read(con, SQL / "lead_totals.sql").row(0, named=True)


@until_stored
def shown_as_of(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant (UTC) of the kept evaluation; None where no lead is evaluated."""
    return kept.kept_as_of(con) if store.read(con, SQL / "health.sql")["leads"][0] else None


def health(con: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """Number of evaluated leads and the instant they stand for. Raises duckdb.Error where the database fails."""
    as_of = kept.kept_as_of(con)
    return {"leads": store.read(con, SQL / "health.sql")["leads"][0], "as_of": as_of and f"{as_of.isoformat()}Z"}


def _days(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> dict[str, list]:
    places = days.zones(con)
    todays = [days.local_day(as_of, zone) for zone in places.values()]
    return {
        "programs": list(places), "todays": todays,
        "in_three": [day + dt.timedelta(SOON_DAYS) for day in todays],
        "in_seven": [day + dt.timedelta(WEEK_DAYS) for day in todays], **_unjudged(places),
    }


def _unjudged(programs: Iterable[str]) -> dict[str, object]:
    """How the verdicts of a lead look, by program, of which nobody has judged what only a person judges: a pattern of
    LIKE, once what does not apply is taken for unknown."""
    texts = [catalogue().programs[one].criteria.values() for one in programs]
    return {"na": LETTERS[NA], "unknown": LETTERS[UNKNOWN], "unjudged": [
        "".join(LETTERS[UNKNOWN] if text.decided_by == "human" else "_" for text in each) for each in texts]}


@until_stored
def counts(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, chosen: Filters) -> Counts:
    """How many leads there are under the filters: each kind of count under all but its own filter; per queue whatever
    the disposition, and the others whatever the queue."""
    found = store.read(con, SQL / "queue_counts.sql", **_days(con, as_of), program=chosen.program,
                       partner=chosen.partner, search=chosen.search.strip() or None, person=chosen.person,
                       alike=look_alikes(con))
    classes = list(DUE[chosen.due]) if chosen.due else list(ANY_DAY)
    by_disposition = {"all": 0, **dict.fromkeys(DISPOSITIONS, 0)}
    by_due = {"all": 0, **dict.fromkeys(DUE, 0)}
    by_queue = dict.fromkeys(QUEUES, 0)
    for row in found.iter_rows(named=True):
        leads, due_class = row["leads"], row["due_class"]
        if due_class in classes:
            by_disposition[row["disposition"]] += leads
            by_disposition["all"] += leads
            by_queue = {name: count + row[name] for name, count in by_queue.items()}
        if chosen.disposition in (None, row["disposition"]):
            by_due["all"] += leads
            for due, inside in DUE.items():
                by_due[due] += leads * (due_class in inside)
    return Counts(by_disposition, by_due, by_queue)


@until_stored
def page(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, chosen: Filters, number: int, size: int) -> pl.DataFrame:
    """One page (from 1) of the queue, in the order that is chosen.

    Columns: lead, program, disposition, full_name, email, company, partner, partner_name, submitted_at, due_on,
    due_clock, days_left (null where nothing is due), reason, needs (labels of what is open, cheapest to get first),
    worker and worker_name (who works on it, null: nobody), aside_until (a later day, where it is set aside),
    met and asked (criteria that are met, of those that apply).
    """
    found = _page(con, as_of, chosen, size, (number - 1) * size)
    programs = catalogue().programs
    rows = found.to_dicts()
    needs = [[label for _, label, _ in review.needed(programs[row["program"]], row["pending_on"])] for row in rows]
    progress = [review.progress(row["verdicts"]) for row in rows]
    return found.with_columns(
        days_left=(pl.col("due_on") - pl.col("today")).dt.total_days(),
        needs=pl.Series(needs, dtype=pl.List(pl.String)),
        met=pl.Series([met for met, _ in progress], dtype=pl.Int32),
        asked=pl.Series([asked for _, asked in progress], dtype=pl.Int32),
    ).drop("verdicts", "pending_on", "today")


def following(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, chosen: Filters, person: str, own: Iterable[str],
              after: str | None, besides: Iterable[str]) -> str | None:
    """The next undecided lead of the queue that nobody but the person works on: after one, and then from the first.

    own: programs. besides: leads that are left out.
    """
    found = _page(con, as_of, chosen, 1, 0, after=after, free_for=person, own=list(own), besides=list(besides))
    return found["lead"][0] if found.height else None


def _page(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, chosen: Filters, size: int, start: int,
          after: str | None = None, free_for: str | None = None, own: Iterable[str] = (), besides: Iterable[str] = ()
          ) -> pl.DataFrame:
    return store.read(
        con, SQL / "queue_page.sql", **_days(con, as_of), disposition=chosen.disposition, program=chosen.program,
        partner=chosen.partner, search=chosen.search.strip() or None, size=size, start=start,
        queue=chosen.queue, person=chosen.person, sorted=chosen.sorted_by,
        alike=look_alikes(con), due_classes=list(DUE[chosen.due]) if chosen.due else list(ANY_DAY),
        after=after, free_for=free_for, own=list(own), besides=list(besides),
    )


def closest(con: duckdb.DuckDBPyConnection, search: str) -> list[tuple[str, int]]:
    """Up to three names spelled most like what was searched for, with the leads behind each; the likest first."""
    return store.read(con, SQL / "queue_closest.sql", search=search).rows() if search.strip() else []


def span(number: int, size: int, leads: int) -> tuple[int, int, int]:
    """Of a page (from 1) the first and the last place it shows, and how many pages there are."""
    return (number - 1) * size + 1, min(number * size, leads), -(-leads // size)


@until_stored
def partners(con: duckdb.DuckDBPyConnection, program: str | None) -> pl.DataFrame:
    """Partners with leads, by name. Columns: partner, partner_name, leads."""
    return store.read(con, SQL / "queue_partners.sql", program=program)
