"""What a person finds when they come in: what changed since they were last here, and the figures of their role.

Called by the Home page. Reads the journal and the kept evaluation; changes nothing and reads no clock.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb

from core import conflicts, people, store
from core.people import Person
from core.people.pages import may_open
from core.store.answers import until_stored

SQL = store.HERE / "sql"
AWAY = dt.timedelta(hours=4)
"""Who did nothing here for so long has been away."""
UNKNOWN = dt.timedelta(1)
"""How far to look back for somebody who never did anything here."""
TIME = "time"
"""Who changes what nobody did, in the journal."""


@dataclass(frozen=True)
class Changes:
    """What others and the passing of time changed since an instant (UTC).

    was_here: whether the person did something at that instant; else it is a day before now. rows: the latest first,
    number, recorded_at, person_name, sentence, lead (null: of many), program, company, is_by_time. count, by_time: of
    all, also of those beyond `rows`.
    """

    since: dt.datetime
    was_here: bool
    rows: list[dict]
    count: int
    by_time: int


SHOWN = 40
"""Rows that are told of: the names of so many are looked up by index, of many more all would be read."""


def last_here(con: duckdb.DuckDBPyConnection, person: str, now: dt.datetime) -> dt.datetime | None:
    """The last instant at which a person did something before their present sitting; None where they never did.

    Looking leaves no trace, so only what was done is known: steps with less than AWAY between them are one sitting.
    """
    later = now
    for at in store.read(con, SQL / "home_steps.sql", person=person)["recorded_at"]:
        if later - at >= AWAY:
            return at
        later = at
    return None


def changes(con: duckdb.DuckDBPyConnection, someone: Person, now: dt.datetime, most: int = SHOWN) -> Changes:
    """What changed since somebody was last here."""
    here = last_here(con, someone.id, now)
    since = here or now - UNKNOWN
    found = store.read(con, SQL / "home_changes.sql", since=since, person=someone.id, most=most,
                       untold=list(_untold(someone))).to_dicts()
    rows = [row | {"sentence": _sentence(row), "is_by_time": row["person"] == TIME} for row in found]
    return Changes(since, here is not None, rows, found[0]["found"] if found else 0,
                   found[0]["by_time"] if found else 0)


def _untold(someone: Person) -> tuple[str, ...]:
    """Actions that a person is not told of: those on money and on people, for who may not read the journal."""
    if may_open(someone, "journal") is None:
        return ()
    return tuple(name for name, row in people.known_actions().items()
                 if "admin" in row.roles or ("finance" in row.roles and "sales" not in row.roles))


def _sentence(row: dict) -> str:
    table = people.known_actions()
    before, after = row["disposition_before"], row["disposition"]
    moved = f"was {before} and is {after}" if before not in (None, after) else ""
    if row["person"] == TIME:
        return moved
    done = table[row["action"]].done if row["action"] in table else row["action"].replace("_", " ")
    if row["lead"] is None:
        return f"{done}, {row['leads']:,} leads changed" if row["leads"] else done
    return f"{done}: it {moved}" if moved else done


@until_stored
def waiting_for_act(con: duckdb.DuckDBPyConnection, someone: Person, action: str, most: int = SHOWN
                    ) -> tuple[list[dict], int]:
    """Undecided leads that lack nothing but the closing act of their program, where a person may do it; and how many.

    action: of the permission table, such as `approve`. Rows: lead, program, due_on, submitted_at, company,
    partner_name; the first due first.
    """
    programs = [one for one in people.permissions()[action].programs
                if people.may(someone, action, one, "pending") is None]
    rows = store.read(con, SQL / "home_waiting_for_act.sql", programs=programs, most=most).to_dicts()
    return rows, rows[0]["found"] if rows else 0


@until_stored
def conflicts_to_settle(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> int:
    """How many conflicts wait for a person, as of the instant (UTC) that the kept evaluation stands for."""
    return conflicts.index(con, as_of).filter(state="open").height


TOUR = {
    "judge": "Waits for you: some criteria only a person can judge, one key each.",
    "clock": "Time runs: without a reply by its last day it expires by itself.",
    "known": "Rejected: we had known the contact within six months. The clause and its dates say why.",
    "second": "Came second: another partner was first, so this one lost the conflict.",
    "earned": "Qualified, and somebody is owed money: how much, when, and what is still in the way.",
}
"""What each lead of the first tour shows, in the order of the tour."""


@until_stored
def tour(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """The leads of the first tour among the sample: (lead, sentence). Fewer where the sample has no such lead."""
    found = dict(store.read(con, SQL / "home_tour.sql").iter_rows())
    return [(found[topic], sentence) for topic, sentence in TOUR.items() if topic in found]


@until_stored
def is_new_here(con: duckdb.DuckDBPyConnection, someone: Person) -> bool:
    """Whether a person never did anything here."""
    return store.read(con, SQL / "home_steps.sql", person=someone.id).is_empty()
