"""The first page of any queue against the bare query for its 50 rows: what the server adds to what DuckDB must do.

The bare query has the same filter and order over the same tables, written out with its constants, and gives the same
leads; no names, no words, no counts. Filters are drawn from all combinations.
"""

import itertools
import random

import duckdb

from core import days, kept, queue
from core.queue import DISPOSITIONS, DUE, Filters
from core.store import answers
from tests.bench.measuring import AS_OF, Row, at_most, copy, p95, said, seconds

SIZE = 50
DRAWN, REPEATED = 40, 3
SEARCHES = ("", "", "", "muller", "gmail.com", "integration", "c-0001")


def rows(leads: int) -> list[Row]:
    """p95 of the page, and of the page with its counts, as multiples of the bare query's p95."""
    with copy(leads) as con:
        kept.refresh(con, AS_OF)
        bare, pages, both, by_id = [], [], [], []
        for chosen in drawn(con):
            statement = bare_statement(con, chosen)
            shown = queue.page(con, AS_OF, chosen, 1, SIZE)["lead"].to_list()
            plain = [row[0] for row in _fetched(con, statement)]
            if shown != plain:
                raise ValueError(f"The page of {chosen} shows other leads than the bare query.")
            of_page = f"select * from evaluations where lead in ({', '.join(map(_quoted, [*shown, '']))})"
            for _ in range(REPEATED):
                bare.append(seconds(lambda statement=statement: _fetched(con, statement)))
                by_id.append(seconds(lambda of_page=of_page: _fetched(con, of_page)))
                answers.stored(con, con)  # else the second answer is the first
                pages.append(seconds(lambda chosen=chosen: queue.page(con, AS_OF, chosen, 1, SIZE)))
                both.append(pages[-1] + seconds(lambda chosen=chosen: queue.counts(con, AS_OF, chosen)))
    said(f"first page at {leads:,} leads, p95: bare query {p95(bare) * 1e3:.0f} ms, its rows by id alone "
         f"{p95(by_id) * 1e3:.0f} ms, page {p95(pages) * 1e3:.0f} ms, page and counts {p95(both) * 1e3:.0f} ms")
    what = f"first page of any queue of {leads:,} leads, p95, multiple of the bare query's p95"
    return [at_most(what, p95(pages) / p95(bare), 3), at_most(f"{what}, with its counts", p95(both) / p95(bare), 3)]


def drawn(con: duckdb.DuckDBPyConnection) -> list[Filters]:
    """Filters from all combinations; beside them the queue as it opens."""
    partners = queue.partners(con, None).sort("leads", descending=True)["partner"].to_list()
    some = [None, None, partners[0], partners[len(partners) // 2], partners[-1]]
    every = list(itertools.product((None, *DISPOSITIONS), (None, *DUE), (None, *days.zones(con)), some, SEARCHES))
    return [Filters(), *(Filters(*one) for one in random.Random(1).sample(every, DRAWN))]


def bare_statement(con: duckdb.DuckDBPyConnection, chosen: Filters) -> str:
    """The query for the rows of a first page, its filters as constants."""
    where = ["true"]
    if chosen.disposition:
        where.append(f"evaluations.disposition = {_quoted(chosen.disposition)}")
    if chosen.program:
        where.append(f"evaluations.program = {_quoted(chosen.program)}")
    if chosen.partner:
        where.append(f"leads.partner = {_quoted(chosen.partner)}")
    if chosen.search:
        text = _quoted(chosen.search)
        where.append(" or ".join([
            f"contains(lower(leads.id), {text})",
            *(f"contains(strip_accents(lower({name})), {text})" for name in
              ("contacts.full_name", "contacts.company", "organizations.name")),
            f"contains(lower(contacts.email), {text})", f"contains(lower(organizations.domain), {text})",
        ]))
    if chosen.due:
        where.append(" or ".join(_due(con, chosen.due)))
    joins = "join leads on leads.id = evaluations.lead" if chosen.partner or chosen.search else ""
    if chosen.search:
        joins += (" left join contacts on contacts.id = leads.contact"
                  " left join organizations on organizations.id = leads.org")
    conditions = " and ".join(f"({one})" for one in where)
    return (f"select evaluations.* from evaluations {joins} where {conditions} "
            f"order by evaluations.disposition <> 'pending', evaluations.due_on nulls last, evaluations.lead "
            f"limit {SIZE}")


def _due(con: duckdb.DuckDBPyConnection, due: str) -> list[str]:
    """One condition per program, whose local day may differ."""
    spans = {"overdue": (None, -1), "today": (0, 0), "three": (0, queue.SOON_DAYS), "seven": (0, queue.WEEK_DAYS),
             "any": (None, None)}
    first, last = spans[due]
    found = []
    for program, zone in days.zones(con).items():
        day = f"date '{days.local_day(AS_OF, zone)}'"
        parts = [f"evaluations.program = {_quoted(program)}", "evaluations.due_on is not null"]
        parts += [f"evaluations.due_on >= {day} + {first}"] if first is not None else []
        parts += [f"evaluations.due_on <= {day} + {last}"] if last is not None else []
        found.append(f"({' and '.join(parts)})")
    return found


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _fetched(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple]:
    with con.cursor() as cursor:
        return cursor.sql(statement).fetchall()
