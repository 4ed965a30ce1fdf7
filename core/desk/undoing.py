"""Taking an entry back: a new entry that voids the rows of the first one. Nothing is deleted.

As known before the undo, the rows still stand, so that every past day can be computed as it was known then.
"""

import duckdb
import polars as pl

from core import kept, people, store
from core.desk import journal
from core.desk.decisions import needs, transitions
from core.desk.step import SQL, Done, Signed, Step, done_of, perform
from core.model import Refusal

RESTS_ON = {
    ("action_requests", "action_answers", "request"): "answered",
    ("disputes", "dispute_resolutions", "dispute"): "answered",
    ("events", "finding_resolutions", "finding"): "answered",
    ("events", "verdict_evidence", "event"): "given as the evidence of a verdict",
    ("conflict_cases", "conflict_settlements", "conflict_case"): "answered",
    ("payout_approvals", "payout_payments", "approval"): "answered",
    ("earning_lines", "live_batch_lines", "line"): "answered",
}
"""What must be taken back first: a table, another whose rows rest on it and its column that names the row; what that is
called."""

DECIDES = [*transitions(), "transfer_ownership", "extend_ownership"]
"""Actions that rest on what was decided on their lead before."""


def undo(con: duckdb.DuckDBPyConnection, signed: Signed, number: int, reason: str) -> Done:
    """Take an entry back: one's own, or as manager of the program. signed.version: of the entry's first lead."""
    entry = _entry(con, number)
    lead = entry["lead"]

    def write(step: Step) -> None:
        needs(reason, "why it is taken back")
        _refuse(step, entry, lead)
        taken = _rows_of(entry)
        for table, row in taken:
            step.put("voids", {"id": row, "relation": table, "note": reason.strip(), "voided_by": step.person.id})
            step.is_evaluated |= table in ("events", "verdicts")
        step.free_places([row for _, row in taken])
        step.touched |= {row["lead"] for row in done_of(step.con, number).leads}
        if step.is_evaluated:
            _refuse_unowed(step)
        step.before |= journal.read_plain(entry["after"])
        step.after |= {"undone": number, "action": entry["action"]}

    return perform(con, signed, "undo", {"number": number, "reason": reason}, write, lead=lead)


def _rows_of(entry: dict) -> list[tuple[str, str]]:
    """The rows that an entry answers for. What was booked beside the change stands: if it is no longer owed, that is
    computed, and it counts again where the lead qualifies again."""
    rows = [(table, row) for table, row, _ in journal.read_plain(entry["rows"])]
    return [(table, row) for table, row in rows if table != "earning_lines" or entry["action"] == "adjust_line"]


def _entry(con: duckdb.DuckDBPyConnection, number: int) -> dict:
    found = store.read(con, SQL / "entry.sql", number=number).to_dicts()
    if not found:
        raise Refusal(f"There is no entry {number} in the journal.")
    permission = people.known_actions().get(found[0]["action"])
    if permission is None or not permission.undo:
        label = permission.label if permission else found[0]["action"]
        raise Refusal(f"Entry {number} ({label}) cannot be taken back.")
    return found[0]


def _refuse(step: Step, entry: dict, lead: str) -> None:
    number, action = entry["number"], entry["action"]
    if number in {row["number"] for row in step.read("undone.sql", number=number)}:
        raise Refusal(f"Entry {number} is taken back already.")
    _refuse_without_role(step, entry)
    rows = _rows_of(entry)
    is_decision = action in [*DECIDES, "settle_conflict"]
    if later := step.read("decided_since.sql", number=number, lead=lead, actions=DECIDES, is_decision=is_decision,
                          verdicts=_named(rows, "verdicts")):
        raise Refusal(f"Entry {later[0]['number']} decided on {later[0]['lead']} afterwards. Take that back first.")
    if action == "adjust_line":
        _refuse_counted(step, number, _named(rows, "earning_lines"))
    for (table, other, column), word in RESTS_ON.items():
        text = store.statement(SQL / "resting.sql").replace("stored_rows", other).replace("named_row", column)
        values = {"rows": _named(rows, table), "own": _named(rows, other)}
        if values["rows"] and step.cursor.execute(text, values).fetchall():
            raise Refusal(f"Entry {number} has been {word} since. Take that back first.")
    if action == "record_deal" and step.read("resting_money.sql", lead=lead, events=_named(rows, "events")):
        raise Refusal(f"Money is recorded on the deal of entry {number}. Take that back first.")


def _named(rows: list[tuple[str, str]], table: str) -> list[str]:
    """The ids among rows that are of a table."""
    return [row for of_table, row in rows if of_table == table]


def _refuse_without_role(step: Step, entry: dict) -> None:
    """Raises Forbidden where the person could not do what an entry did, by their roles of now, and is no manager."""
    if step.person.holds("manager", step.lead["program"]):
        return
    if entry["person"] != step.person.id:
        raise people.Forbidden(f"Entry {entry['number']} is {entry['person']}'s: they, or a manager of the program, "
                               "can take it back.")
    if why := people.without_role(step.person, entry["action"], step.lead["program"]):
        raise people.Forbidden(why)


def _refuse_unowed(step: Step) -> None:
    """Raises Refusal where what is paid or on its way would no longer be owed, or its lead not qualify any more,
    without the rows that are voided."""
    found = kept.expect(step.cursor, step.touched)
    disposition = dict(found.leads.select("lead", "disposition").iter_rows())
    owed = set(found.payouts.filter(pl.col("status") != "forfeited").select("lead", "earned_by").iter_rows())
    for row in step.read("owed_on_its_way.sql", leads=list(disposition)):
        lead = row["lead"]
        if (lead, row["earned_by"]) not in owed or (row["is_qualified"] and disposition[lead] != "qualified"):
            raise Refusal(f"A payout of {lead} is in a batch, approved or paid, and would be owed no more. Drop the "
                          "batch or take the approval back first; what is paid stays.")


def _refuse_counted(step: Step, number: int, lines: list[str]) -> None:
    """Raises Refusal where a correction was booked in a closed month or given out, or others of its line need it."""
    if step.read("closed_lines.sql", ids=lines):
        raise Refusal(f"Entry {number} was booked in a month that is closed since. Correct the line by another "
                      "correction.")
    if told := step.read("netted_in.sql", ids=lines):
        raise Refusal(f"Entry {number} stands in {told[0]['payment']}, which was recorded as {told[0]['result']}. "
                      "Correct the line by another correction.")
    if step.read("resting_corrections.sql", ids=lines):
        raise Refusal(f"Other corrections of the line rest on entry {number}. Take those back first.")
