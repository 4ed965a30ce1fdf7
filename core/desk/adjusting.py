"""Corrections: a line is never changed; a second one beside it says what came to it or is taken back, and why.

Settled with its line or, once that is paid, in the next batch that pays its payee. Nothing is taken back by itself
(AMB-49), and nobody is paid below nothing.
"""

from decimal import Decimal

import duckdb

from core import people, store
from core.desk.booking import month_open_for
from core.desk.decisions import needs
from core.desk.money import exact
from core.desk.step import SQL, Done, Signed, Step, perform
from core.ledger import CODES
from core.model import Refusal
from core.results import local_day, terms_at


def adjust_line(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, line: str, amount: Decimal, reason: str,
                note: str) -> Done:
    """Correct a line of a lead by an amount with a sign and a reason, one of `ledger.CODES`. Booked today, or in the
    first month after it that is not closed; no more is taken back than the line says, and no more let go than is still
    to be taken back."""
    def write(step: Step) -> None:
        needs(note, "why the line is corrected")
        if why := why_not_correct(step.con, step.person, step.lead):
            raise people.Forbidden(why)
        if reason not in CODES:
            raise Refusal(f"{reason} is no reason of a correction; there are {', '.join(CODES)}.")
        found = step.read("line_to_correct.sql", line=line, lead=lead)
        if not found:
            raise Refusal(f"{line} is no line that {lead} earned.")
        row = found[0]
        label, sign = CODES[reason]
        exact(amount, row["currency"], row["amount"] + row["corrected"])
        if amount == 0 or amount * sign < 0:
            raise Refusal(f"{label}: this takes an amount {'below' if sign < 0 else 'above' if sign else 'other than'} "
                          "nothing.")
        if row["state"] == "void":
            raise Refusal(f"{line} is not owed and was never paid: there is nothing to correct.")
        _refuse_too_much(row, amount, reason)
        today = local_day(step.at_instant, terms_at(step.con, row["program"], step.at_instant)["timezone"])
        made = step.put("earning_lines", {
            **{name: row[name] for name in ("lead", "earned_by", "partner", "program", "currency", "clause")},
            "kind": "adjustment", "amount": amount, "earned_on": today,
            "period": month_open_for(step.con, row["program"], today), "reason": reason, "note": note.strip(),
            "corrects": line, "recorded_by": step.person.id,
        })
        step.after |= {"line": made, "corrects": line, "amount": amount, "currency": row["currency"], "reason": reason}

    content = {"line": line, "amount": amount, "reason": reason, "note": note}
    return perform(con, signed, "adjust_line", content, write, lead=lead)


def why_not_correct(con: duckdb.DuckDBPyConnection | store.Within, someone: people.Person, lead: dict) -> str | None:
    """Why a person corrects no line of a lead: they had a part in it, are of its partner, or changed how that is paid;
    None: they may. lead: a row of lead.sql."""
    same = store.read(con, SQL / "same_partners.sql", partners=[lead["partner"]]).to_dicts()
    if any(people.belongs_to(someone, one) for one in same):
        return "You belong to the partner of this lead."
    part = store.read(con, SQL / "part_in_lead.sql", lead=lead["lead"], person=someone.id,
                      actions=people.taking_part("lead"))["what"].to_list()
    if part:
        return f"You had a part in this lead ({people.deed(part[0])}): another person of finance decides."
    if store.read(con, SQL / "payee_changed_by.sql", partners=[one["id"] for one in same], person=someone.id).height:
        return "You changed how the partner is paid: another person of finance decides."
    return None


def _refuse_too_much(row: dict, amount: Decimal, reason: str) -> None:
    left = row["amount"] + row["corrected"]
    if left + amount < 0:
        raise Refusal(f"{left} {row['currency']} of {row['id']} is left to take back, not {-amount}.")
    if reason == "write_off" and amount > row["to_take_back"]:
        raise Refusal(f"{row['to_take_back']} {row['currency']} of {row['id']} is still to be taken back, not "
                      f"{amount}: what stands in a batch or was netted is not let go.")
