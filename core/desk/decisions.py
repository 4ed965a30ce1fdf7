"""What becomes of a lead by a person's word: accept, reject, approve, confirm, waive, withdraw, end of ownership.

Which event a decision writes and from where it may be made stands in transitions.toml. The standing decision is the
latest that was not taken back.
"""

import tomllib
from functools import cache

import duckdb

from core import store
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal
from core.results import terms_at
from core.rules.outcome import hook
from core.terms import Clause, Program, Terms, catalogue

TRANSITIONS = SQL.parent / "transitions.toml"
STANDING = {"accepted": "accepted", "rejected": "rejected", "approved": "approved", "confirmed": "confirmed",
            "withdrawn": "withdrawn", "disassociated": "disassociated", "discretion": "rejected"}
"""Which standing an event of decision makes."""


@cache
def transitions() -> dict[str, dict]:
    """The table by action: events and from by program, to. Raises Refusal where it is broken."""
    found = tomllib.loads(TRANSITIONS.read_text(encoding="utf-8"))
    words = {"undecided", *STANDING.values()}
    for action, row in found.items():
        if set(row) != {"events", "to", "from"} or set(row["events"]) != set(row["from"]):
            raise Refusal(f"transitions.toml, {action}: takes events, to and from, for the same programs.")
        if not {row["to"], *(one for places in row["from"].values() for one in places)} <= words:
            raise Refusal(f"transitions.toml, {action}: a standing is one of {', '.join(sorted(words))}.")
    return found


def standing(con: store.Within | duckdb.DuckDBPyConnection, lead: str) -> str:
    """The standing decision of a lead: undecided, or one of STANDING."""
    found = store.read(con, SQL / "standing.sql", lead=lead)["type"].to_list()
    return STANDING[found[0]] if found else "undecided"


def may_follow(action: str, program: str, now: str) -> str | None:
    """None where a decision may be made from a standing, else one sentence that says why not."""
    row = transitions().get(action)
    if row is None:
        return None
    if program not in row["from"]:
        return f"The program {program} knows no such step."
    if now not in row["from"][program]:
        return f"The lead is {now}; this can only follow on {' or '.join(row['from'][program])}."
    return None


def _decide(step: Step, action: str, **columns: object) -> str:
    lead = step.lead
    now = standing(step.con, lead["lead"])
    if refused := may_follow(action, lead["program"], now):
        raise Refusal(refused)
    kind = transitions()[action]["events"][lead["program"]]
    columns |= {"decision": "reject"} if kind == "discretion" else {}
    step.before |= {"standing": now}
    step.after |= {"standing": transitions()[action]["to"]}
    event = step.event(kind, **columns)
    step.after |= {"event": event}
    return event


def accept(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Accept a referral or a registration (raf.process.2b, ptr.process.2b)."""
    return perform(con, signed, "accept", {}, lambda step: _decide(step, "accept"), lead=lead)


def reject(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, code: str, explanation: str = "") -> Done:
    """Reject a lead for the clause that `code` names; the explanation may be read by the partner.

    It cannot be left out where the program owes one (ptr.process.3.2) or the text asks for a written reason
    (cerri.2.D).
    """
    def write(step: Step) -> None:
        program = catalogue().programs[step.lead["program"]]
        codes = reason_codes(program)
        if code not in codes:
            raise Refusal(f"{code} is no reason of {program.name}; there are {', '.join(codes)}.")
        if is_explained(program) and not explanation.strip():
            raise Refusal(f"{program.name} owes the partner a reason: write the explanation that they will read.")
        _decide(step, "reject", what=code, reason=explanation.strip() or None)
        step.after |= {"code": code}

    return perform(con, signed, "reject", {"code": code, "explanation": explanation}, write, lead=lead)


def is_explained(program: Program) -> bool:
    """Whether a rejection needs words: owed to the partner, or the event is a discretion with its written reason."""
    owed = program.explains_rejection == "owed"
    return owed or transitions()["reject"]["events"][program.id] == "discretion"


def reason_codes(program: Program) -> dict[str, Clause]:
    """The fixed reasons for a rejection: the clauses that can reject a lead, in the program's order."""
    return {name: program.clauses[name] for name in program.reason_order if name in program.clauses}


def approve(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Approve a sales-qualified lead (cerri.2.D). One live approval a lead."""
    def write(step: Step) -> None:
        event = _decide(step, "approve")
        step.take_place(f"approval/{lead}", event, f"{lead} is approved already.")

    return perform(con, signed, "approve", {}, write, lead=lead)


def confirm(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Confirm that an accepted referral is a qualified one (raf)."""
    return perform(con, signed, "confirm", {}, lambda step: _decide(step, "confirm"), lead=lead)


def withdraw(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str) -> Done:
    """Record that the partner took the lead back."""
    return perform(con, signed, "withdraw", {}, lambda step: _decide(step, "withdraw"), lead=lead)


def end_ownership(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, reason: str) -> Done:
    """End the ownership of a partner who gives no telling updates (ptr.maintain.2b); it ends at this moment."""
    def write(step: Step) -> None:
        needs(reason, "why the ownership ends")
        _decide(step, "end_ownership", reason=reason.strip())

    return perform(con, signed, "end_ownership", {"reason": reason}, write, lead=lead)


def waive(con: duckdb.DuckDBPyConnection, signed: Signed, lead: str, criterion: str, reason: str) -> Done:
    """Set a failed criterion aside where the terms in force at submission allow it (cerri.2g, W11)."""
    def write(step: Step) -> None:
        needs(reason, "why the criterion is waived")
        allowed = hook(terms_of(step.con, step.lead), "may_waive", ())
        if criterion not in allowed:
            which = ", ".join(allowed) or "none"
            raise Refusal(f"{criterion} cannot be waived under the terms of {step.lead['lead']}; these can: {which}.")
        if step.read("waiver_of.sql", lead=lead, criterion=criterion):
            raise Refusal(f"{criterion} of {lead} is waived already.")
        event = step.event("discretion", decision="waive", criterion=criterion, reason=reason.strip())
        step.after |= {"criterion": criterion, "event": event}

    return perform(con, signed, "waive", {"criterion": criterion, "reason": reason}, write, lead=lead)


def needs(text: str, what: str) -> None:
    """Raises Refusal where a text that must be given is empty."""
    if not text.strip():
        raise Refusal(f"Write {what}; this cannot be left out.")


def terms_of(con: duckdb.DuckDBPyConnection | store.Within, lead: dict) -> Terms:
    """The terms in force on the local day on which a lead (row of lead.sql) was submitted."""
    return terms_at(con, lead["program"], lead["submitted_at"])
