"""Taking an entry back: a new entry that voids the rows of the first one. Nothing is deleted.

As known before the undo, the rows still stand, so that every past day can be computed as it was known then.
"""

import duckdb

from core import people, store
from core.desk import journal
from core.desk.decisions import needs, transitions
from core.desk.step import SQL, Done, Signed, Step, done_of, perform
from core.model import Refusal

RESTS_ON = {
    "request_action": ("action_answers", "request"), "open_dispute": ("dispute_resolutions", "dispute"),
    "record_finding": ("finding_resolutions", "finding"),
    "open_conflict": ("conflict_settlements", "conflict_case"), "approve_payout": ("payout_payments", "approval"),
    "adjust_line": ("live_batch_lines", "line"),
}
"""What must be taken back first, by action: a table, and its column that names the row."""

EARNS = ("approve", "confirm", "accept", "judge", "waive", "record_payment", "record_deal")
"""Actions that a payout can rest on."""


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
    if entry["person"] != step.person.id and not step.person.holds("manager", step.lead["program"]):
        raise people.Forbidden(f"Entry {number} is {entry['person']}'s: they, or a manager of the program, can take it "
                               "back.")
    later = [row for row in step.read("history.sql", lead=lead)
             if row["number"] > number and not row["is_undone"] and row["action"] in transitions()]
    if (action in transitions() or action == "transfer_ownership") and later:
        raise Refusal(f"Entry {later[-1]['number']} decided on {lead} afterwards. Take that back first.")
    if action in EARNS and step.read("live_payouts.sql", lead=lead):
        raise Refusal(f"A payout of {lead} is in a batch, approved or paid. Drop the batch or take the approval back "
                      "first; what is paid stays.")
    if action == "adjust_line":
        _refuse_counted(step, number, [row for _, row in _rows_of(entry)])
    if action in RESTS_ON:
        table, column = RESTS_ON[action]
        rows = [row for _, row in _rows_of(entry)]
        text = store.statement(SQL / "resting.sql").replace("stored_rows", table).replace("named_row", column)
        if step.cursor.execute(text, {"rows": rows}).fetchall():
            raise Refusal(f"Entry {number} has been answered since. Take the answer back first.")


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
