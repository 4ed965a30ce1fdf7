"""One change: who asks, what may be, what is written, what follows, all in one transaction and one journal entry.

Called by every action of this folder and by nothing else. A change happens once per idempotency key; it is refused
where the person may not do it, or where the lead changed after it was shown; the leads it touches are evaluated again
before it is committed; the journal's head is kept outside the database before and after.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import duckdb
import polars as pl

from core import kept, log, people, store
from core.desk import journal
from core.desk.booking import Booked, book
from core.model import Refusal
from core.people import Forbidden, Guarded, Person
from core.store import answers

SQL = journal.SQL
EVALUATED = ("events", "verdicts", "settings", "contacts", "leads", "organizations", "partners", "near_matches",
             "organization_owners", "organization_products", "history_coverage")
"""Tables whose rows bear on the evaluation."""

OWN = "desk:"
"""What keys of entries begin with that no person asked for."""

INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Signed:
    """Who asks for a change and when; an idempotency key; the version of the lead that was on the screen.

    now: naive UTC. key: any text, new for every change that is meant, the same when one is repeated.
    """

    person: str
    key: str
    now: dt.datetime
    version: int | None = None


@dataclass(frozen=True)
class Done:
    """What became of a change. leads: lead, version, disposition_before, disposition of every lead it changed.

    is_repeated: the same key had done it before, and nothing was done now.
    """

    number: int
    action: str
    after: dict
    leads: tuple[dict, ...] = ()
    is_repeated: bool = False

    def version(self, lead: str) -> int:
        """The version of a lead after this change."""
        return next(row["version"] for row in self.leads if row["lead"] == lead)


class Stale(Refusal):
    """The lead changed after it was shown.

    lead, seen, current: its versions. since: entries in between, as of `history`: number, recorded_at, person,
    action, version, disposition_before, disposition.
    """

    def __init__(self, lead: str, seen: int, current: int, since: list[dict]):
        self.lead, self.seen, self.current, self.since = lead, seen, current, since
        table = people.known_actions()
        told = [
            f"{row['person']} {table[row['action']].done}" + (
                f" ({row['disposition_before']} before, {row['disposition']} now)"
                if row["disposition_before"] not in (None, row["disposition"]) else ""
            )
            for row in since if row["action"] in table
        ]
        what = "; ".join(told) or "it was evaluated again"
        super().__init__(f"{lead} has changed since you saw it: {what}. Look again and decide anew.")


@dataclass
class Step:
    """A change under way: a cursor of its transaction, who and when, the lead, and what it has written so far.

    touched: leads whose rows change. bears_on: further leads whose evaluation may change by it. taken_back: tables of
    rows that it voids.
    """

    cursor: duckdb.DuckDBPyConnection
    book: journal.Book
    signed: Signed
    person: Person
    at_instant: dt.datetime
    lead: dict | None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    rows: list[tuple[str, str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    bears_on: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)
    is_evaluated: bool = False
    totals: dict[str, list] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.con = store.Within(self.cursor)

    def name(self, kind: str) -> str:
        """An id for the next row: the same for the same key."""
        return f"{kind}-{self.book.digest(f'{self.signed.key}/{len(self.rows)}')[:16]}"

    def put(self, table: str, row: dict) -> str:
        """Insert a row, with an id and the instant of this change; returns the id."""
        row = {"id": self.name(table), "recorded_at": self.at_instant} | row
        store.insert(self.cursor, table, row)
        self.rows.append((table, row["id"]))
        self.is_evaluated |= table in EVALUATED
        if table == "voids":
            self.taken_back.add(row["relation"])
        return row["id"]

    def put_all(self, table: str, rows: pl.DataFrame) -> None:
        """Insert rows that have their ids, with the instant of this change; the entry names each."""
        store.append(self.cursor, table, rows.with_columns(recorded_at=pl.lit(self.at_instant, pl.Datetime("us"))))
        self.rows += [(table, row) for row in rows["id"]]
        self.is_evaluated |= table in EVALUATED
        if table == "voids":
            self.taken_back |= set(rows["relation"])

    def event(self, kind: str, happened_at: dt.datetime | None = None, /, **columns: object) -> str:
        """Insert an event of the lead; returns its id. happened_at: where it was before it is recorded."""
        own = {"id": self.name(kind), "type": kind, "happened_at": happened_at or self.at_instant,
               "decided_by": self.person.id} | ({"lead": self.lead["lead"]} if self.lead else {})
        return self.put("events", own | columns)

    def count(self, table: str) -> list:
        """Rows of a table that no entry names one by one, and the sum of their digests, before a change in bulk."""
        return journal.totals(self.cursor, self.book, table)

    def counted(self, table: str, before: list) -> None:
        """Note what was added to a table in bulk since it was counted."""
        self.note(table, journal.difference(self.count(table), before))

    def keep(self, booked: Booked) -> None:
        """Answer for the earning lines that were booked by this change."""
        self.rows += [("earning_lines", line) for line in booked.ids]
        if booked.total:
            self.note("earning_lines", booked.total)

    def note(self, table: str, added: list) -> None:
        """Note how many rows of a table came or went in bulk, and the sum of their digests."""
        if added != [0, "0"]:
            self.totals[table] = added
            self.is_evaluated |= table in EVALUATED

    def take_place(self, key: str, row: str, sentence: str) -> None:
        """Hold the place of what may stand once. Raises Refusal with the sentence where it is taken."""
        if self.read("place.sql", key=key):
            raise Refusal(sentence)
        store.insert(self.cursor, "places", {"key": key, "id": row})

    def take_places(self, held: pl.DataFrame, sentence: str) -> None:
        """Hold many places (id, key). Raises Refusal with the sentence where one is taken."""
        if self.read("taken_places.sql", keys=held["key"].to_list()):
            raise Refusal(sentence)
        store.append(self.cursor, "places", held)

    def free_places(self, rows: Collection[str]) -> None:
        """Let go of the places that rows held."""
        self.cursor.execute(store.statement(SQL / "free_places.sql"), {"ids": list(rows)}).fetchall()

    def read(self, statement: str, **values: object) -> list[dict]:
        """Rows of a statement of this room, as this transaction sees them."""
        return store.read(self.con, SQL / statement, **values).to_dicts()


def perform(con: duckdb.DuckDBPyConnection, signed: Signed, action: str, content: dict,
            write: Callable[[Step], None], *, lead: str | None = None, program: str | None = None) -> Done:
    """Do one change, or nothing. content: everything that was asked, for the idempotency key.

    program: where the action concerns no lead but one program; None: it concerns none, or all.
    Raises Refusal (Guarded, Stale) in plain words.
    """
    _check(signed)
    keeper = journal.book(con)
    if lead and (turn := kept.turns_at(con)) and turn <= signed.now:  # nobody decides about what time has changed
        advance(con, signed.now)
    asked = keeper.digest(journal.plain([signed.person, action, lead, content]))
    try:
        with recorded(con, keeper) as cursor:
            done = _repeated(cursor, keeper, signed, asked)
            if done is None:
                step = _begun(cursor, keeper, signed, action, lead, program)
                write(step)
                done = ended(step, action, asked)
    except (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as error:
        raise store.not_stored(error) from error
    except Guarded:
        _record_refusal(con, keeper, signed, action, lead)
        raise
    log.event("repeated" if done.is_repeated else "done", action=action, person=signed.person, lead=lead,
              number=done.number)
    return done


@contextlib.contextmanager
def recorded(con: duckdb.DuckDBPyConnection, keeper: journal.Book) -> Iterator[duckdb.DuckDBPyConnection]:
    """A transaction of one writer whose journal head is kept outside: intended before the commit, confirmed after."""
    with store.WRITER:
        confirmed = journal.head(con)
        with store.transaction(con) as cursor:
            yield cursor
            intended = journal.head(store.Within(cursor))
            if intended != confirmed:
                keeper.keep(confirmed, intended)
        if intended != confirmed:
            keeper.keep(intended)


def _check(signed: Signed) -> None:
    if not signed.key.strip():
        raise Refusal("The change carries no idempotency key: give each change a text of its own.")
    if signed.key.startswith(OWN):
        raise Refusal(f"Keys that begin with {OWN} are the desk's own. Take another one.")


def _repeated(cursor: duckdb.DuckDBPyConnection, keeper: journal.Book, signed: Signed, asked: str) -> Done | None:
    """What the same key did before. Raises Refusal where it was for something else."""
    con = store.Within(cursor)
    found = store.read(con, SQL / "entry_of_key.sql", key=keeper.digest(signed.key), told=signed.key).to_dicts()
    if not found:
        return None
    if found[0]["content"] != asked:
        raise Refusal(f"The key {signed.key} was used for another change (entry {found[0]['number']}). Repeat a change "
                      "exactly as it was, or take a new key.")
    return done_of(con, found[0]["number"], is_repeated=True)


def done_of(con: duckdb.DuckDBPyConnection, number: int, is_repeated: bool = False) -> Done:
    """What an entry of the journal did. Raises Refusal where there is no such entry."""
    found = store.read(con, SQL / "entry.sql", number=number).to_dicts()
    if not found:
        raise Refusal(f"There is no entry {number} in the journal.")
    leads = store.read(con, SQL / "leads_of_entry.sql", number=number).to_dicts()
    return Done(number, found[0]["action"], journal.read_plain(found[0]["after"]), tuple(leads), is_repeated)


def instant(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> dt.datetime:
    """The instant of the next change: now, or just after the last one where the clock was set back.

    So the order of instants is the order of the journal, and no two changes fall together.
    """
    last = store.read(con, SQL / "last_instant.sql")["recorded_at"].to_list()
    return max(now, last[0] + INSTANT) if last else now


def _begun(cursor: duckdb.DuckDBPyConnection, keeper: journal.Book, signed: Signed, action: str, lead: str | None,
           program: str | None) -> Step:
    con = store.Within(cursor)
    at_instant = instant(con, signed.now)
    row = lead_row(con, lead) if lead else None
    someone = people.person(con, signed.person, at_instant)
    refused = people.may(someone, action, row["program"] if row else program, row["disposition"] if row else "any")
    if refused:
        if row and signed.version in range(row["version"]) and people.roles_for(someone, action, row["program"]):
            _refuse_stale(con, row, signed)  # the state that forbids it may be what changed
        raise Forbidden(refused)
    if row:
        _refuse_stale(con, row, signed)
    return Step(cursor, keeper, signed, someone, at_instant, row, touched={lead} if lead else set())


def lead_row(con: duckdb.DuckDBPyConnection, lead: str) -> dict:
    """The lead as the desk needs it: columns of lead.sql. Raises Refusal where it is not there or not evaluated."""
    found = store.read(con, SQL / "lead.sql", lead=lead).to_dicts()
    if not found:
        raise Refusal(f"There is no lead {lead}.")
    if found[0]["disposition"] is None:
        raise Refusal(f"{lead} is not evaluated yet. Run `python -m core prepare` first.")
    return found[0]


def _refuse_stale(con: duckdb.DuckDBPyConnection, lead: dict, signed: Signed) -> None:
    if signed.version is None:
        raise Refusal(f"Say which version of {lead['lead']} you saw; it is at {lead['version']} now.")
    if signed.version != lead["version"]:
        since = [row for row in history(con, lead["lead"]) if row["version"] > signed.version]
        raise Stale(lead["lead"], signed.version, lead["version"], since)


def history(con: duckdb.DuckDBPyConnection, lead: str) -> list[dict]:
    """Entries that changed a lead, oldest first: number, recorded_at, person, action, version, disposition_before,
    disposition, before, after (dicts), is_undone."""
    rows = store.read(con, SQL / "history.sql", lead=lead).to_dicts()
    return [row | {name: journal.read_plain(row[name]) for name in ("before", "after")} for row in rows]


def ended(step: Step, action: str, asked: str) -> Done:
    """Evaluate again what the change bears on, count its lines again, raise the versions, and write the entry."""
    changed = dict.fromkeys(step.touched, (None, None))
    concerned, since = step.touched | step.bears_on, None
    if step.is_evaluated and concerned:
        since = kept.kept_as_of(step.con)
        found = kept.update(step.cursor, concerned, step.at_instant)
        changed |= {lead: (before, after) for lead, before, after in found.rows() if before or lead in changed}
        concerned |= set(found["lead"])
        step.keep(book(step.cursor, step.book, set(found["lead"]), step.at_instant, step.person.id))
    elif step.lead and not step.is_evaluated:  # what people do about a lead that no rule looks at
        answers.bears_on(step.cursor, ())
    tables = {*(table for table, _ in step.rows), *step.totals, *step.taken_back}
    is_wide = not kept.BEARING_WIDELY.isdisjoint(tables)
    kept.count_lines(step.cursor, None if is_wide else concerned, since)
    leads = raise_versions(step.con, changed)
    by_table: dict[str, list[str]] = {}
    for table, row in step.rows:
        by_table.setdefault(table, []).append(row)
    digests = {table: journal.row_digests(step.cursor, step.book, table, ids) for table, ids in by_table.items()}
    entry = journal.Entry(
        key=step.book.digest(step.signed.key), content=asked, recorded_at=step.at_instant, person=step.person.id,
        action=action, lead=step.lead and step.lead["lead"], before=step.before, after=step.after,
        totals=step.totals,
        rows=[[table, row, digests[table][row]] for table, row in dict.fromkeys(step.rows)],
        changes=journal.changes_digest(step.book, [tuple(row.values()) for row in leads]),
    )
    new = journal.write(step.cursor, step.book, entry)
    record_leads(step.cursor, new.number, leads)
    return Done(new.number, action, journal.read_plain(journal.plain(step.after)), tuple(leads))


def raise_versions(con: store.Within, changed: dict[str, tuple[str | None, str | None]]) -> list[dict]:
    """Raise the version of every lead named; returns lead, version, disposition_before, disposition in order."""
    if not changed:
        return []
    known = {row["lead"]: row for row in store.read(con, SQL / "versions.sql", leads=sorted(changed)).to_dicts()}
    rows = []
    for name in sorted(known):  # a lead that is gone has no version
        before, after = changed[name]
        now = known[name]["disposition"]
        rows.append({"lead": name, "version": known[name]["version"] + 1,
                     "disposition_before": before if after else now, "disposition": after or now})
    return rows


def record_leads(cursor: duckdb.DuckDBPyConnection, number: int, rows: list[dict]) -> None:
    """Keep the new versions, and which entry made them."""
    if not rows:
        return
    kinds = {"lead": pl.String, "version": pl.Int64, "disposition_before": pl.String, "disposition": pl.String}
    frame = pl.DataFrame(rows, schema=kinds)
    names = frame["lead"].to_list()
    cursor.execute(store.statement(SQL / "forget_versions.sql"), {"leads": names}).fetchall()
    store.append(cursor, "lead_versions", frame.select("lead", "version"))
    store.append(cursor, "journal_leads", frame.with_columns(number=pl.lit(number, pl.Int64)))


def _record_refusal(con: duckdb.DuckDBPyConnection, keeper: journal.Book, signed: Signed, action: str,
                    lead: str | None) -> None:
    """Write an attempt that was not let pass into the journal; it changes nothing else."""
    with recorded(con, keeper) as cursor:
        within = store.Within(cursor)
        person = known_person(within, signed.person)
        journal.write(cursor, keeper, journal.Entry(
            key=f"{OWN}refused/{journal.head(within).number + 1}", content=keeper.digest(signed.key),
            recorded_at=instant(within, signed.now), person=person, action="refused",
            lead=lead, before={}, after={"action": action}, rows=[], totals={},
            changes=journal.changes_digest(keeper, []),
        ))
    log.event("refused", action=action, person=person, lead=lead)


def known_person(con: store.Within, who: str) -> str:
    """The id of a person, or `nobody` where there is none of that id: what was typed may be anything."""
    return who if store.read(con, people.HERE / "person.sql", person=who).height else "nobody"


def leads_of_partner(step: Step, partner: str) -> Collection[str]:
    """Leads of a partner, which an event of that partner bears on."""
    return [row["lead"] for row in step.read("leads_of_partner.sql", partner=partner)]


def advance(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> int:
    """Bring the kept evaluation up to an instant, raise the version of every lead that changed by time alone, and book
    what is owed and stands in no line.

    Returns how many changed.
    """
    with store.WRITER:
        is_first = kept.kept_as_of(con) is None  # nothing was shown yet that could have changed
        if is_first:
            kept.refresh(con, now)
    keeper = journal.book(con)
    with recorded(con, keeper) as cursor:
        within = store.Within(cursor)
        since = kept.kept_as_of(within)
        found = pl.DataFrame(schema=kept.CHANGED) if is_first else kept.forward(cursor, now)[0]
        changed = found.drop_nulls()  # new leads: no version yet
        at_instant = instant(within, now)
        booked = book(cursor, keeper, None, at_instant, "time")
        kept.count_lines(cursor, None if booked.total else {*found["lead"], *booked.leads}, since)
        if changed.is_empty() and booked == Booked():
            return 0
        leads = raise_versions(within, {lead: (old, new) for lead, old, new in changed.rows()})
        digests = journal.row_digests(cursor, keeper, "earning_lines", booked.ids)
        new = journal.write(cursor, keeper, journal.Entry(
            key=f"{OWN}advance/{journal.head(within).number + 1}", content=keeper.digest(now.isoformat()),
            recorded_at=at_instant, person="time", action="advance", lead=None, before={}, after={"leads": len(leads)},
            rows=[["earning_lines", line, digests[line]] for line in booked.ids],
            totals={"earning_lines": booked.total} if booked.total else {},
            changes=journal.changes_digest(keeper, [tuple(row.values()) for row in leads]),
        ))
        record_leads(cursor, new.number, leads)
    return len(leads)
