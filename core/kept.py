"""The evaluation that pages read: kept in the database, following every change and following time.

Called by the command line after an import, by the desk inside every change, and by the app before it serves. What is
kept is at every commit what evaluating everything as of `evaluation_runs.as_of` would give. A change evaluates again
the part of the leads that is connected to the touched ones (core/facts/part); a moment that comes evaluates again what
was due by then. Sentences of single leads are computed when asked for, over the same parts.
"""

import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping

import duckdb
import polars as pl

from core import days, store
from core.evaluation import FOREVER, Evaluation, Moment, evaluate, evaluate_laid_out
from core.facts import part
from core.facts.part.layout import beside
from core.results import entries_of
from core.store import answers
from core.terms import Catalogue, Entry, catalogue

SQL = store.HERE / "sql"
OWNERS = {"evaluations": "lead", "conflicts": "loser", "clocks": "lead", "duties": "lead", "payouts_owed": "lead"}
"""The kept tables, each with the column that names the lead a row is about."""
FEW, SHARE, MANY = 300, 20, 20_000
"""A part is taken out up to FEW leads and one in SHARE of all, but never more than MANY; beyond that evaluating
everything costs less, as measured on 10,000 and 60,000 sample leads (two to three are connected to each).
"""
AHEAD = {"leads": "submitted_at", "events": "happened_at", "verdicts": "happened_at",
         "partners": "check_address_confirmed_at"}
"""Stored rows that count from an instant on, and the column of that instant."""
EVER = dt.datetime(1, 1, 1)
CHANGED = {"lead": pl.String, "disposition_before": pl.String, "disposition": pl.String}
RULES = ("terms/*.toml", "terms/*.py", "rules/*.py", "facts/**/*.sql", "facts/**/*.py", "evaluation/*.py",
         "calendar.py")
"""Files from which an evaluation follows beside the stored rows."""


# --- everything ------------------------------------------------------------------------------------------------------


def refresh(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, terms: Catalogue | None = None) -> int:
    """Evaluate everything as of an instant (UTC) and keep it; returns the number of leads.

    Evaluated before the transaction that keeps it, since both would not fit into memory together at a million leads. So
    nobody else may write meanwhile; a change goes through `update`.
    """
    terms = terms or catalogue()
    with con.cursor() as cursor:
        settings = _settings(cursor, terms)
        try:
            found = evaluate(cursor, terms, [Moment(as_of, settings)])
        except duckdb.OutOfMemoryException:  # thousands of leads of one organization stand against one another
            with store.more_memory(con):
                found = evaluate(cursor, terms, [Moment(as_of, settings)])
    store.drop_indexes(con, OWNERS)
    with store.transaction(con) as cursor:
        _keep(cursor, found, as_of, terms, settings)
    store.create_indexes(con)
    return found.leads.height


def _keep(cursor: duckdb.DuckDBPyConnection, found: Evaluation, as_of: dt.datetime, terms: Catalogue,
          settings: list[Entry]) -> None:
    """Put an evaluation of everything in the place of what is kept."""
    describe_programs(cursor, terms)
    for table in (*OWNERS, "upcoming"):
        cursor.execute(f"delete from {table}").fetchall()
    for table, frame in _tables(found).items():
        store.append(cursor, table, frame)
    store.append(cursor, "upcoming", store.rows(cursor, SQL / "ahead.sql", as_of=as_of))
    _keep_run(cursor, as_of, found.leads.height, _next_turn(cursor, as_of, _zones(terms, settings)))


def _tables(found: Evaluation) -> dict[str, pl.DataFrame]:
    """The rows of each kept table."""
    return {
        "evaluations": with_due_days(found).drop("no"), "conflicts": found.conflicts, "clocks": found.clocks,
        "duties": found.duties, "payouts_owed": found.payouts.drop("no"),
    }


def with_due_days(found: Evaluation) -> pl.DataFrame:
    """The leads with `due_on` and `due_clock`: what ends first of the open clocks and the ownership."""
    open_leads = found.leads.filter(pl.col("disposition") == "pending").select("lead")
    waiting = found.clocks.filter(pl.col("state").is_in(["running", "missed"]) & pl.col("is_waiting"))
    clocks = waiting.join(open_leads, on="lead", how="semi")
    ownership = found.leads.filter((pl.col("owner_status") == "confirmed") & pl.col("owner_until").is_not_null())
    ends = pl.concat([
        clocks.select("lead", "due_on", due_clock="clock"),
        ownership.select("lead", due_on="owner_until", due_clock=pl.lit("ownership")),
    ])
    first = ends.sort("due_on", "due_clock").group_by("lead", maintain_order=True).first()
    return found.leads.join(first, on="lead", how="left")


def describe_programs(cursor: duckdb.DuckDBPyConnection, terms: Catalogue) -> None:
    """Fill programs, clauses and criteria from the terms files, inside the caller's transaction."""
    for table in ("programs", "clauses", "criteria"):
        cursor.execute(f"delete from {table}").fetchall()
    programs = list(terms.programs.values())
    store.append(cursor, "programs", pl.DataFrame([
        {"id": one.id, "name": one.name, "company": one.company, "position": place}
        for place, one in enumerate(programs)
    ]))
    store.append(cursor, "clauses", pl.DataFrame([
        {"id": clause.id, "program": one.id, "position": place, "heading": clause.heading,
         "paraphrase": clause.paraphrase, "kind": clause.kind, "decides": list(clause.decides)}
        for one in programs for place, clause in enumerate(one.clauses.values())
    ]))
    store.append(cursor, "criteria", pl.DataFrame([
        {"program": one.id, "id": text.id, "position": place, "label": text.label, "clauses": list(text.clauses),
         "decided_by": text.decided_by}
        for one in programs for place, text in enumerate(one.criteria.values())
    ]))


# --- a change --------------------------------------------------------------------------------------------------------


def update(cursor: duckdb.DuckDBPyConnection, touched: Collection[str], as_of: dt.datetime) -> pl.DataFrame:
    """Evaluate again the leads connected to the touched ones, inside the caller's transaction, and keep that.

    touched: ids of leads that a change bears on (`touched_by`), among them new ones and ones that are gone. as_of: UTC;
    what else was due by then is evaluated again too, so that everything kept stands for that one instant, which never
    moves back. Returns one row per lead of which anything kept differs: lead, disposition_before (null: it is new),
    disposition (null: it is gone).
    """
    run = _run(cursor)
    if run is None:
        return _everything_again(cursor, as_of)[0]
    moment = max(as_of, run["as_of"])
    concerned = set(touched)
    if run["changes_at"] <= moment:
        concerned |= _due(cursor, moment)
    if _is_much(concerned, run) or run["made_by"] != rules_digest():
        return _everything_again(cursor, moment)[0]
    return _evaluate_again(cursor, run, concerned, moment)[0]


def _is_much(concerned: Collection[str], run: dict) -> bool:
    """Whether evaluating everything costs less than evaluating some leads and those connected to them."""
    return len(concerned) > min(MANY, FEW + run["leads"] // SHARE)


def touched_by(cursor: duckdb.DuckDBPyConnection, rows: Mapping[str, Collection[str]]) -> set[str]:
    """Ids of the leads that stored rows bear on.

    rows: per table (leads, events, verdicts, contacts, organizations, partners, near_matches) the ids of its rows; what
    an organization bought and who owns it goes by its id, and under `history_coverage` stand the keys of organizations
    whose history was imported. Asked after rows were added, and before rows are taken away.
    """
    leads, partners = set(rows.get("leads", ())), set(rows.get("partners", ()))
    persons, keys = set(), set(rows.get("history_coverage", ()))
    if ids := rows.get("verdicts"):
        leads |= _named(cursor, "leads_of_verdicts", ids=ids)
    if ids := rows.get("contacts"):
        persons |= _named(cursor, "persons_of_contacts", ids=ids)
    if ids := rows.get("organizations"):
        keys |= _named(cursor, "keys_of_organizations", ids=ids)
    if ids := rows.get("events"):
        told = store.rows(cursor, SQL / "bearing_events.sql", ids=ids)
        programs = set(told["program"].drop_nulls())
        leads |= set(told["lead"].drop_nulls())
        persons |= set(told["person_key"].drop_nulls())
        keys |= set(told["org_key"].drop_nulls())
        partners |= set(told["partner"].drop_nulls())
        if programs:
            leads |= _named(cursor, "leads_of_programs", programs=programs, since=EVER)
    if ids := rows.get("near_matches"):
        told = store.rows(cursor, SQL / "keys_of_near_matches.sql", ids=ids)
        persons |= set(told.filter(kind="person")["key"])
        keys |= set(told.filter(kind="organization")["key"])
        partners |= set(told.filter(kind="partner")["key"])
    persons, keys = part.joined_keys(cursor, persons, keys)
    if persons or keys or partners:
        leads |= _named(cursor, "leads_touched", persons=persons, organizations=keys, partners=partners)
    return leads


def touched_by_setting(cursor: duckdb.DuckDBPyConnection, name: str, effective_on: dt.date) -> set[str]:
    """Ids of the leads that a setting bears on from its first day in force."""
    programs = {one for one in catalogue().programs if "." not in name or name.split(".")[0] == one}
    # a day begins somewhere up to 14 hours before it does in UTC
    since = dt.datetime.combine(effective_on, dt.time()) - dt.timedelta(1)
    return _named(cursor, "leads_of_programs", programs=programs, since=since)


def _evaluate_again(cursor: duckdb.DuckDBPyConnection, run: dict, concerned: Collection[str],
                    as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """What differs, as `update` returns it, and how many leads were evaluated; `run` is the kept one."""
    terms = catalogue()
    settings = _settings(cursor, terms)
    rows = part.rows_of(cursor, concerned)
    leads = {*rows["leads"]["id"], *concerned}
    one = next(iter(concerned)) if len(concerned) == 1 else False  # who changed it looks at it next
    with beside(rows, as_of, FOREVER) as layout:
        evaluated = evaluate_laid_out(layout, terms, [Moment(as_of, settings)], explained=one)
    question = _question(one, as_of, _zones(terms, settings))
    answers.bears_on(cursor, leads, {question: evaluated} if one else {})
    found = _tables(evaluated)
    kept = {table: store.rows(cursor, SQL / f"kept_{table}.sql", leads=leads) for table in OWNERS}
    differing: set[str] = set()
    for table, owner in OWNERS.items():
        _replace(cursor, table, owner, found[table], _differing(kept[table], found[table], owner))
        differing |= _differing(kept[table].drop("next_at", strict=False), found[table], owner)
    ahead = _ahead(rows, as_of)
    _add_upcoming(cursor, ahead)
    _move_run(cursor, run, settings, as_of, found["evaluations"].height - kept["evaluations"].height,
              [found["evaluations"]["next_at"].min(), *(frame["happens_at"].min() for frame in ahead)])
    return _changes(kept["evaluations"], found["evaluations"], differing), len(leads)


def _everything_again(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """What differs, as `update` returns it, and how many leads there are, once everything is evaluated."""
    terms = catalogue()
    settings = _settings(cursor, terms)
    answers.bears_on_any(cursor)
    kept = {table: cursor.sql(f"select * from {table}").pl() for table in OWNERS}
    evaluated = evaluate(cursor, terms, [Moment(as_of, settings)])
    found = _tables(evaluated)
    _keep(cursor, evaluated, as_of, terms, settings)
    differing = {lead for table, owner in OWNERS.items()
                 for lead in _differing(kept[table].drop("next_at", strict=False), found[table], owner)}
    return _changes(kept["evaluations"], found["evaluations"], differing), evaluated.leads.height


def _differing(kept: pl.DataFrame, found: pl.DataFrame, owner: str) -> set[str]:
    """Leads of which a kept table holds other rows than were found, compared in the columns of the kept ones."""
    names = [owner, *(name for name in sorted(kept.columns) if name != owner)]
    if max(kept.height, found.height) > FEW:
        lists = pl.selectors.by_dtype(pl.List(pl.String)).list.join(",")
        before, after = (frame.select(names).with_columns(lists, pl.selectors.decimal().cast(pl.String))
                         for frame in (kept, found))
        return {lead for one, other in ((before, after), (after, before))
                for lead in one.join(other, on=names, how="anti", nulls_equal=True)[owner]}

    def by_lead(frame: pl.DataFrame) -> dict[str, list[str]]:  # of few rows this takes a fifth of joining them
        rows: dict[str, list[str]] = {}
        for row in zip(*(frame[name].to_list() for name in names), strict=True):
            rows.setdefault(row[0], []).append(repr(row))
        return {lead: sorted(each) for lead, each in rows.items()}

    before, after = by_lead(kept), by_lead(found)
    return {lead for lead in before.keys() | after.keys() if before.get(lead) != after.get(lead)}


def _replace(cursor: duckdb.DuckDBPyConnection, table: str, owner: str, found: pl.DataFrame, leads: set[str]) -> None:
    """Put what was found of given leads in the place of what a table holds of them."""
    if leads:
        cursor.execute(*store.named_each(f"delete from {table} where {owner} in ($leads)", {"leads": leads})).fetchall()
        store.append(cursor, table, found.filter(pl.col(owner).is_in(leads)))


def _changes(kept: pl.DataFrame, found: pl.DataFrame, leads: set[str]) -> pl.DataFrame:
    before = dict(kept.select("lead", "disposition").iter_rows())
    after = dict(found.select("lead", "disposition").iter_rows())
    return pl.DataFrame([(lead, before.get(lead), after.get(lead)) for lead in sorted(leads)], schema=CHANGED,
                        orient="row")


def suppose(con: duckdb.DuckDBPyConnection, leads: Collection[str], as_of: dt.datetime,
            settings: list[Entry]) -> Evaluation:
    """Some leads and those connected to them as of an instant (UTC), under given settings; nothing is kept."""
    with con.cursor() as cursor:
        cursor.begin()  # one state of the database for all reads
        run = _run(cursor)
        if run is None or _is_much(leads, run):
            found = evaluate(cursor, catalogue(), [Moment(as_of, settings)])
            cursor.rollback()
            return found
        rows = part.rows_of(cursor, leads)
        cursor.rollback()
    with beside(rows, as_of, FOREVER) as layout:
        return evaluate_laid_out(layout, catalogue(), [Moment(as_of, settings)])


def suppose_judged(con: duckdb.DuckDBPyConnection, verdicts: list[dict], as_of: dt.datetime) -> Evaluation:
    """The leads that verdicts are about and those connected to them, as if these rows stood; nothing is kept."""
    leads = {row["lead"] for row in verdicts}

    def find() -> Evaluation:
        with con.cursor() as cursor:
            cursor.begin()  # one state of the database for all reads
            settings = _settings(cursor, catalogue())
            rows = part.rows_of(cursor, leads)
            cursor.rollback()
        stored = rows["verdicts"]
        rows["verdicts"] = pl.concat([stored, pl.DataFrame(verdicts, schema=stored.schema)])
        with beside(rows, as_of, FOREVER) as layout:
            return evaluate_laid_out(layout, catalogue(), [Moment(as_of, settings)])

    question = tuple(sorted((row["lead"], row["criterion"], row["verdict"]) for row in verdicts))
    return _until_touched(con, leads, question, as_of, find)


# --- time ------------------------------------------------------------------------------------------------------------


def is_due(con: duckdb.DuckDBPyConnection, now: dt.datetime) -> bool:
    """Whether leads are stored and what is kept may not stand for an instant (UTC) any more. Reads one row."""
    with con.cursor() as cursor:
        run = _run(cursor)
        if run is None or run["made_by"] != rules_digest():
            return bool(cursor.execute("select exists(from leads)").fetchall()[0][0])
        return run["changes_at"] <= now


def turns_at(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant (UTC) from which what is kept is due again; None where nothing is kept."""
    with con.cursor() as cursor:
        run = _run(cursor)
    return run and run["changes_at"]


def advance(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> int:
    """Bring what is kept forward to an instant (UTC), in a transaction of its own; returns how many leads that took."""
    with store.transaction(con) as cursor:
        return forward(cursor, as_of)[1]


def forward(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> tuple[pl.DataFrame, int]:
    """Evaluate again what time alone may have changed until an instant (UTC), inside the caller's transaction.

    Returns what differs, as `update` does, and how many leads were evaluated. The kept instant never moves back.
    """
    run = _run(cursor)
    if run is None or run["made_by"] != rules_digest():
        return _everything_again(cursor, max(as_of, run["as_of"]) if run else as_of)
    if as_of <= run["as_of"]:
        return pl.DataFrame(schema=CHANGED), 0
    concerned = _due(cursor, as_of)
    if _is_much(concerned, run):
        return _everything_again(cursor, as_of)
    if concerned:
        return _evaluate_again(cursor, run, concerned, as_of)
    answers.bears_on(cursor, ())
    _move_run(cursor, run, _settings(cursor, catalogue()), as_of, 0, [])
    return pl.DataFrame(schema=CHANGED), 0


def _due(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> set[str]:
    """Leads of which something may differ since the kept moment: by their next turn, or by rows that have come true."""
    leads = _named(cursor, "due_leads", as_of=as_of)
    true = store.rows(cursor, SQL / "come_true.sql", as_of=as_of)
    if true.is_empty():
        return leads
    cursor.execute("delete from upcoming where happens_at <= $as_of", {"as_of": as_of}).fetchall()
    return leads | touched_by(cursor, dict(true.group_by("relation").agg("id").iter_rows()))


def _ahead(rows: part.Rows, as_of: dt.datetime) -> list[pl.DataFrame]:
    """Rows of a part that have not happened yet, by table: relation, id, happens_at."""
    latest = {relation: rows[relation][column].max() for relation, column in AHEAD.items()}
    return [
        rows[relation].filter(pl.col(column) > as_of)
        .select(relation=pl.lit(relation), id="id", happens_at=pl.col(column).cast(pl.Datetime("us")))
        for relation, column in AHEAD.items() if latest[relation] is not None and latest[relation] > as_of
    ]


def _add_upcoming(cursor: duckdb.DuckDBPyConnection, ahead: list[pl.DataFrame]) -> None:
    for frame in ahead:
        cursor.register("ahead_rows", frame)
        cursor.execute("insert or ignore into upcoming by name select * from ahead_rows").fetchall()
        cursor.unregister("ahead_rows")


def _next_turn(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime, zones: set[str]) -> dt.datetime:
    """The first instant at which anything kept may differ, the next midnight at the latest."""
    turn = store.rows(cursor, SQL / "next_turn.sql")["next_at"][0]
    midnight = _next_midnight(as_of, zones)
    return min(turn, midnight) if turn else midnight


def _next_midnight(as_of: dt.datetime, zones: set[str]) -> dt.datetime:
    """The first instant after `as_of` at which a local day begins in one of the zones."""
    following = {zone: days.local_day(as_of, zone) + dt.timedelta(1) for zone in zones}
    return min(days.instant(dt.datetime.combine(day, dt.time()), zone) for zone, day in following.items())


def _zones(terms: Catalogue, settings: list[Entry]) -> set[str]:
    """Every zone in which days of some lead begin, and UTC."""
    return {"UTC", *days.every_zone(terms, settings)}


def _run(cursor: duckdb.DuckDBPyConnection) -> dict | None:
    rows = store.rows(cursor, SQL / "kept_run.sql").to_dicts()
    return rows[0] if rows else None


def _move_run(cursor: duckdb.DuckDBPyConnection, run: dict, settings: list[Entry], as_of: dt.datetime, more: int,
              turns: list[dt.datetime | None]) -> None:
    """Let what is kept stand for a later instant: `more` leads, and the next instants at which some may differ."""
    zones = _zones(catalogue(), settings)
    before = run["changes_at"] if run["changes_at"] > as_of else _next_turn(cursor, as_of, zones)
    changes_at = min(turn for turn in (*turns, before, _next_midnight(as_of, zones)) if turn is not None)
    _keep_run(cursor, as_of, run["leads"] + more, changes_at)


def _keep_run(cursor: duckdb.DuckDBPyConnection, as_of: dt.datetime, leads: int, changes_at: dt.datetime) -> None:
    cursor.execute("delete from evaluation_runs").fetchall()
    store.insert(cursor, "evaluation_runs",
                 {"as_of": as_of, "leads": leads, "changes_at": changes_at, "made_by": rules_digest()})


@functools.cache
def rules_digest() -> str:
    """What the terms and rules of this program are known by: kept by others, everything is evaluated again."""
    here = store.HERE.parent
    files = sorted(file for pattern in RULES for file in here.glob(pattern))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _settings(cursor: duckdb.DuckDBPyConnection, terms: Catalogue) -> list[Entry]:
    return entries_of(store.rows(cursor, SQL / "settings.sql", known_at=FOREVER), terms)


def _named(cursor: duckdb.DuckDBPyConnection, name: str, **values: object) -> set[str]:
    """The names in the one column of a statement."""
    return set(store.rows(cursor, SQL / f"{name}.sql", **values).to_series().drop_nulls())


# --- reads -----------------------------------------------------------------------------------------------------------


def kept_as_of(con: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The instant that the kept evaluation stands for; None where nothing is kept."""
    rows = store.read(con, SQL / "kept_as_of.sql")["as_of"].to_list()
    return rows[0] if rows else None


def connected(con: duckdb.DuckDBPyConnection, lead: str) -> list[str]:
    """Ids of the leads whose facts can bear on one lead: joined to it by persons, organizations, groups and
    look-alikes.

    A key behind which a crowd stands joins nobody (W23).
    """
    with con.cursor() as cursor:
        return sorted(part.connected(cursor, [lead])["id"])


def explain(con: duckdb.DuckDBPyConnection, lead: str, as_of: dt.datetime) -> Evaluation:
    """Clocks, duties, conflicts and payouts of one lead and those connected to it, as of an instant; and the findings
    of that lead and of those under the same program and terms.

    Explained anew only once something stored bears on the lead, or another day begins.
    """
    def find() -> Evaluation:
        terms = catalogue()
        with con.cursor() as cursor:
            cursor.begin()  # one state of the database for all reads
            settings, rows = _settings(cursor, terms), part.rows_of(cursor, [lead])
            cursor.rollback()
        with beside(rows, as_of, FOREVER) as layout:
            return evaluate_laid_out(layout, terms, [Moment(as_of, settings)], explained=lead)

    return _until_touched(con, [lead], lead, as_of, find)


def _until_touched(con: duckdb.DuckDBPyConnection, leads: Collection[str], about: Hashable, as_of: dt.datetime,
                   find: Callable[[], Evaluation]) -> Evaluation:
    """What is found of leads as of an instant, anew only once something stored bears on one of them; of the instant
    that the kept evaluation stands for also once another day begins."""
    zones = days.every_zone_of(con)
    question = _question(about, as_of, zones) if as_of == _present(con) else (about, as_of)
    return answers.until_touched(con, leads, question, find)


_present = answers.until_stored(kept_as_of)


def _question(about: Hashable, as_of: dt.datetime, zones: set[str]) -> Hashable:
    """What is asked of an instant that the kept evaluation stands for. Within the same local days it stays true from
    one such instant to the next: a row that comes true in between touches its leads (`forward`)."""
    return about, tuple(days.local_day(as_of, zone) for zone in sorted(zones | {"UTC"}))
