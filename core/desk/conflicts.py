"""Conflict cases: two leads that claim the same place, and what people settle between them.

A settlement is human verdicts on the criteria that say who came first and who owned the lead; evaluation draws the
consequences, in the preview as in the act.
"""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

import duckdb
import polars as pl

from core import kept, store
from core.desk.decisions import needs
from core.desk.step import Done, Signed, Stale, Step, history, lead_row, perform
from core.model import Refusal
from core.rules.ownership import CRITERIA
from core.terms import catalogue


def open_conflict(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, other: str, note: str,
                  other_version: int | None = None) -> Done:
    """Open a case on which of two leads has priority. other_version: of the other lead, as it was shown."""
    def write(step: Step) -> None:
        needs(note, "what is in question")
        rival(step, other)
        refuse_other_stale(step, other, other_version)
        if any({lead, other} == {one["lead"], one["other_lead"]} for one in step.read("open_conflicts.sql", lead=lead)):
            raise Refusal(f"There is an open case between {lead} and {other} already.")
        row = step.put("conflict_cases", {"lead": lead, "other_lead": other, "note": note.strip(),
                                          "opened_by": step.person.id})
        step.touched.add(other)
        step.after |= {"case": row, "other": other}

    return perform(con, signed, "open_conflict", {"other": other, "note": note}, write, lead=lead)


def rival(step: Step, other: str) -> None:
    """Raises Refusal where another lead cannot stand against the lead of a change."""
    found = lead_row(step.con, other)
    companies = {catalogue().programs[one["program"]].company for one in (step.lead, found)}
    if other == step.lead["lead"] or len(companies) > 1 or found["partner"] == step.lead["partner"]:
        raise Refusal(f"{other} is no lead of another partner of the same company.")


def refuse_other_stale(step: Step, other: str, seen: int | None) -> None:
    """Raises Refusal where it is not said which version of the other lead was shown, Stale where it changed since."""
    now = lead_row(step.con, other)["version"]
    if seen is None:
        raise Refusal(f"Say which version of {other} you saw; it is at {now} now.")
    if seen != now:
        raise Stale(other, seen, now, [row for row in history(step.con, other) if row["version"] > seen])


def settle_conflict(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, case: str | None, winner: str | None,
                    reason: str, other: str | None = None, other_version: int | None = None) -> Done:
    """Settle which of two leads holds the place: the winner's ownership criteria are judged met, the other's not met.

    winner None: they are two different leads and both stand, so the later one is judged free of the earlier.
    case None: nobody has opened one on this lead and `other`, so it is opened with its settlement.
    other_version: of the other lead of the case, as it was shown.
    """
    def write(step: Step) -> None:
        needs(reason, "the reason of the settlement")
        found = _case(step, lead, case, other, reason)
        pair = (found["lead"], found["other_lead"])
        if winner is not None and winner not in pair:
            raise Refusal(f"{winner} is not part of the case; it is between {pair[0]} and {pair[1]}.")
        refuse_other_stale(step, next(one for one in pair if one != lead), other_version)
        for one, verdict in _settled(step.con, pair, winner).items():
            judge_place(step, one, verdict, reason)
        step.put("conflict_settlements", {"conflict_case": found["id"], "lead": lead, "winner": winner,
                                          "note": reason.strip(), "settled_by": step.person.id})
        step.touched |= set(pair)
        step.after |= {"case": found["id"], "winner": winner}

    content = {"case": case, "winner": winner, "reason": reason, "other": other}
    return perform(con, signed, "settle_conflict", content, write, lead=lead)


def _case(step: Step, lead: str, case: str | None, other: str | None, reason: str) -> dict:
    """The open case that is named, or one opened now: id, lead, other_lead."""
    found = {row["id"]: row for row in step.read("open_conflicts.sql", lead=lead)}
    if case is not None:
        if case not in found:
            raise Refusal(f"{case} is no open case on {lead}.")
        return found[case]
    if other is None:
        raise Refusal("Name the case, or the other lead of a case that nobody has opened.")
    if any({lead, other} == {row["lead"], row["other_lead"]} for row in found.values()):
        raise Refusal(f"There is an open case between {lead} and {other} already. Settle that one.")
    rival(step, other)
    opened = {"lead": lead, "other_lead": other, "note": reason.strip(), "opened_by": step.person.id}
    return opened | {"id": step.put("conflict_cases", opened)}


def _settled(con: store.Within | duckdb.DuckDBPyConnection, pair: Collection[str], winner: str | None
             ) -> dict[str, str]:
    """By lead the verdict on its place; where both stand, of the later one, or of both that came at once."""
    if winner is not None:
        return {one: "pass" if one == winner else "fail" for one in pair}
    came = {one: lead_row(con, one)["submitted_at"] for one in pair}
    return {one: "pass" for one in pair if came[one] == max(came.values())}


def place_criteria(program: str) -> list[str]:
    """The criteria of a program that say whether a lead came first and whether another owned it."""
    return [criterion for (of_program, _), criterion in CRITERIA.items() if of_program == program]


def judge_place(step: Step, lead: str, verdict: str, reason: str) -> None:
    """A verdict on each criterion that says whether a lead came first and whether another owned it."""
    for criterion in place_criteria(lead_row(step.con, lead)["program"]):
        step.put("verdicts", {"lead": lead, "criterion": criterion, "verdict": verdict, "decided_by": step.person.id,
                              "note": reason.strip(), "happened_at": step.at_instant})


def preview_settlement(con: duckdb.DuckDBPyConnection, lead: str, other: str, winner: str | None,
                       as_of: dt.datetime) -> list[dict]:
    """What a settlement between two leads would change, as of an instant (UTC); nothing is stored.

    One of each lead of the two, and of any other that would differ: lead; disposition, owner_status, owner_until, owed
    (by currency the sum of what is not forfeited, None where an amount is not known), is_explained (whether the partner
    waits for an explanation); each also as it is kept now, under `<name>_before`.
    """
    pair = (lead, other)
    supposed = [
        {"id": f"supposed-{one}-{criterion}", "lead": one, "criterion": criterion, "verdict": verdict,
         "decided_by": None, "note": None, "happened_at": as_of, "recorded_at": as_of}
        for one, verdict in _settled(con, pair, winner).items()
        for criterion in place_criteria(lead_row(con, one)["program"])
    ]
    found = kept.suppose_judged(con, supposed, as_of)
    after = _told(found.leads, found.payouts, found.duties)
    with con.cursor() as cursor:
        before = _told(*(store.rows(cursor, kept.SQL / f"kept_{table}.sql", leads=list(after))
                         for table in ("evaluations", "payouts_owed", "duties")))
    return [
        {"lead": one, **after[one], **{f"{name}_before": value for name, value in before[one].items()}}
        for one in sorted(after) if one in pair or after[one] != before[one]
    ]


def _told(leads: pl.DataFrame, payouts: pl.DataFrame, duties: pl.DataFrame) -> dict[str, dict]:
    """By lead what a settlement may change of it."""
    explained = set(duties.filter((pl.col("duty") == "explain_rejection") & (pl.col("state") == "open"))["lead"])
    owed: dict[str, dict[str, Decimal | None]] = {}
    for one, currency, amount in payouts.filter(pl.col("status") != "forfeited").select(
            "lead", "currency", "amount").iter_rows():
        sums = owed.setdefault(one, {})
        known = sums.get(currency, Decimal(0))
        sums[currency] = None if amount is None or known is None else known + amount
    return {
        row["lead"]: {"disposition": row["disposition"], "owner_status": row["owner_status"],
                      "owner_until": row["owner_until"], "owed": owed.get(row["lead"], {}),
                      "is_explained": row["lead"] in explained}
        for row in leads.iter_rows(named=True)
    }
