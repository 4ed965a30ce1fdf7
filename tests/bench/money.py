"""The views of Payouts over 100,000 earning lines: processor time of their reads, and clicks in a browser.

The lines are booked as the desk books them, with the figures of the sample set; some stand in batches, of which one is
paid. What a view reads is written out here as its page reads it, but for the explanation of one lead, which is kept in
memory and is no read of money. Aim: 300 ms at 100,000 lines, which 370,000 leads earn; it shrinks and grows with them.
The sums that the views show are compared with those of the bare table first.
"""

import datetime as dt
import time
from collections.abc import Callable

import duckdb

from core import days, desk, kept, ledger, payees, statements, store
from core.desk import Signed
from core.exports import Result
from core.people import SAMPLE
from core.sample.figures import figures
from core.store.answers import stored
from tests.bench import answers
from tests.bench.measuring import AS_OF, UNTIL, Row, at_most, copy, p95, said

LINES, LEADS, MILLISECONDS = 100_000, 370_000, 300
REPEATED = 12
BARE = "select count(*), sum(amount) from earning_lines where program = 'ptr' and period >= date '2026-01-01'"


def rows(leads: int) -> list[Row]:
    """p95 of the processor time of each view's reads, less that of an empty page, as one bare query stands for it."""
    with copy(leads) as con:
        lines = _booked(con)
        compare(con)
        limit = MILLISECONDS * max(lines / LINES, 0.2)
        bare = p95([cpu(lambda: _fetched(con, BARE)) for _ in range(REPEATED)])
        found = []
        for name, reads in views(con).items():
            turns = [_first_answers(con, reads) for _ in range(REPEATED)]
            took = p95([sum(turn) for turn in turns])
            parts = ", ".join(f"{read.__name__} {p95(times) * 1e3:.0f}"
                              for read, times in zip(reads, zip(*turns, strict=True), strict=True))
            said(f"{name}: {took * 1e3:.0f} ms, {took / bare:.0f} times a bare query ({parts})")
            found.append(at_most(f"Payouts, {name}, at {lines:,} lines, p95 of processor time beyond a bare query",
                                 (took - bare) * 1e3, limit, "ms"))
    leads = min(leads, LEADS)
    return [*found, answers.row(f"any click in Payouts among {leads:,} leads", leads, {"Finn Sample": answers.payouts})]


def _first_answers(con: duckdb.DuckDBPyConnection, reads: list[Callable[[], object]]) -> list[float]:
    """Seconds of processor time of each read of a view of which no answer is kept in memory when it is drawn."""
    stored(con, con)
    return [cpu(read) for read in reads]


def views(con: duckdb.DuckDBPyConnection) -> dict[str, list[Callable[[], object]]]:
    """What each view reads, call by call."""
    everything, ready = ledger.Filters(currency="USD"), ledger.Filters(("open",), currency="USD")
    one = ledger.lines(con, ready, 1, 1).to_dicts()[0]
    batch = ledger.batches(con).to_dicts()[0]
    kind = max(ledger.ready(con), key=lambda row: row["lines"])

    def standing() -> None:
        ledger.figures(ledger.standing(con))

    def page() -> None:
        ledger.lines(con, everything, 1, 20)

    def chain() -> None:
        ledger.chain(con, one, lambda _: None)

    def in_the_way() -> None:
        ledger.blocked(con)

    def in_question() -> None:
        ledger.in_question(con)

    def batches() -> None:
        ledger.batches(con)

    def payments() -> None:
        ledger.payments(con, batch["id"])

    def proposal() -> None:
        ledger.proposal(con, kind["program"], kind["method"], kind["currency"], UNTIL, (), AS_OF)

    def ready_() -> None:
        ledger.ready(con)

    def ahead() -> None:
        ledger.by_month(ledger.ahead(con))

    def unexplained() -> None:
        ledger.unexplained(con)

    def years() -> None:
        payees.reporting(con, AS_OF.year, AS_OF)

    def readiness() -> None:
        payees.readiness(con, AS_OF)

    def statement() -> None:
        statements.statement(con, one["partner"], one["program"], one["period"], AS_OF)

    def months() -> None:
        ledger.months(con)

    def proof() -> None:
        ledger.reconcile(con)

    return {"Lines": [standing, page, chain], "In the way": [in_the_way, in_question, unexplained], "Ahead": [ahead],
            "Batches": [batches, payments], "Prepare a batch": [ready_, proposal], "Payees": [readiness],
            "Statements": [statement], "Months": [months, proof], "Years": [years]}


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time of all threads that one call takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def compare(con: duckdb.DuckDBPyConnection) -> None:
    """The figures are the sums of the table, and the books balance."""
    told = {row["currency"]: row["owed"] + row["paid"] for row in ledger.figures(ledger.standing(con))}
    bare = dict(_fetched(con, "select currency, count(*) from lines where state <> 'void' group by currency"))
    wrong = ledger.reconcile(con).filter(difference=0).height - ledger.reconcile(con).height
    if told != bare or wrong:
        raise ValueError(f"The figures say {told}, the lines {bare}; {-wrong} sums do not add up.")


def _booked(con: duckdb.DuckDBPyConnection) -> int:
    """The sample as it is at the first start, with a batch that is paid and one that is prepared; how many lines."""
    for row in figures(UNTIL, AS_OF):
        with con.cursor() as cursor:
            store.insert(cursor, "settings", row)
    kept.refresh(con, AS_OF)
    desk.begin(con, AS_OF)
    for name, whole_name, role, program in SAMPLE:
        desk.add_person(con, Signed("operator", f"person/{name}", AS_OF), name, whole_name)
        desk.grant(con, Signed("operator", f"grant/{name}", AS_OF), name, role, program)
    desk.advance(con, AS_OF)
    for number, kind in enumerate(sorted(ledger.ready(con), key=lambda row: -row["lines"])[:2]):
        chosen = kind["program"], kind["method"], kind["currency"]
        until = days.local_day(AS_OF, "UTC") - dt.timedelta(200 * number)
        found = ledger.proposal(con, *chosen, until, (), AS_OF)
        batch = desk.prepare_batch(con, Signed("finn", f"prepare {number}", AS_OF), *chosen, until, (), found.total,
                                   found.number).after["batch"]
        if number == 0:
            desk.approve_batch(con, Signed("fay", "approve", AS_OF), batch, found.total, found.number)
            desk.export_batch(con, Signed("finn", "export", AS_OF), batch, "workbook")
            desk.record_results(con, Signed("finn", "paid", AS_OF), batch, [
                Result(2, one, "paid", AS_OF.date(), None, None, None) for one in ledger.payments(con, batch)["payment"]])
    return _fetched(con, "select count(*) from earning_lines")[0][0]


def _fetched(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple]:
    with con.cursor() as cursor:
        return cursor.execute(statement).fetchall()
