"""The statement of a partner for one month, gathered from the ledger as it stands.

Called by pages, which let it be read, printed (`exports.statements.as_html`) and taken along (`as_csv`). What is no
longer owed and was never paid stands in no statement; what was paid stays in it, with the corrections that followed.
A payment that came back stays in its month, and is taken off what was paid in the month in which it came back.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from core import calendar, ledger, store
from core.exports.statements import Account, Line, Paid, Refused, Statement
from core.model import Refusal
from core.results import first_instant, local_day, terms_at
from core.terms import Program, catalogue

SQL = store.HERE / "sql"
WORDS = {"open": "to be paid", "blocked": "not payable yet", "held": "on hold", "in_batch": "in preparation",
         "approved": "approved", "exported": "on its way", "paid": "paid"}
"""What a line counts as, as a partner reads it."""


def months(today: dt.date, most: int = 24) -> list[dt.date]:
    """The first days of the months that have begun by a local day, the latest first."""
    found = [today.replace(day=1)]
    while len(found) < most:
        found.append((found[-1] - dt.timedelta(1)).replace(day=1))
    return found


def statement(con: ledger.Con, partner: str, program: str, month: dt.date, as_of: dt.datetime
              ) -> Statement:
    """What a partner earned in a month, was paid and is still owed, per currency, and why leads were refused.

    month: its first day, local to the program. Refusals stand in it where the program owes an explanation. Raises
    Refusal where there is no such partner or program, or the month has not begun.
    """
    if program not in catalogue().programs:
        raise Refusal(f"There is no program {program}; there are {', '.join(catalogue().programs)}.")
    names = store.read(con, SQL / "partner_name.sql", partner=partner)["name"].to_list()
    if not names:
        raise Refusal(f"There is no partner {partner}.")
    zone, made_on = _today(con, program, as_of)
    if month.day != 1 or month > made_on:
        raise Refusal(f"{month} is no first day of a month that has begun.")
    about = catalogue().programs[program]
    lines = store.read(con, SQL / "statement_lines.sql", partner=partner, program=program).to_dicts()
    moved = [_dated(row, zone) for row in store.read(con, SQL / "statement_payments.sql", partner=partner,
                                                     program=program, as_of=as_of).to_dicts()]
    accounts = tuple(
        _account(currency, *([row for row in rows if row["currency"] == currency] for rows in (lines, moved)), month)
        for currency in sorted({row["currency"] for row in lines}))
    accounts = tuple(one for one in accounts if one.lines or one.payments or one.brought_forward)
    refused = _refused(con, partner, about, month, zone, as_of)
    named = [line.clause for one in accounts for line in one.lines] + [one.clause for one in refused]
    return Statement(partner, names[0], about.name, month, made_on, accounts, refused, _clauses(about, named))


def _today(con: ledger.Con, program: str, as_of: dt.datetime) -> tuple[str, dt.date]:
    zone = terms_at(con, program, as_of)["timezone"]
    return zone, local_day(as_of, zone)


def _dated(row: dict, zone: str) -> dict:
    """What was paid for a line, with its day and its month: told by a batch, else by an event."""
    paid_on = row["paid_on"] or (row["paid_at"] and local_day(row["paid_at"], zone))
    return row | {"paid_on": paid_on, "period": row["period"] or (paid_on or row["booked_in"]).replace(day=1)}


def _account(currency: str, rows: list[dict], moved: list[dict], month: dt.date) -> Account:
    earned_before = sum((row["amount"] for row in rows if row["period"] < month), Decimal("0.00"))
    paid_before = sum((row["amount"] for row in moved if row["period"] < month), Decimal("0.00"))
    paid_on = {row["line"]: row["paid_on"] for row in moved}
    lines = tuple(
        Line(row["lead_name"], _what(row, currency), row["clause"] or "", row["amount"], row["earned_on"],
             paid_on.get(row["id"]) if row["state"] == "paid" else None, _state(row))
        for row in rows if row["period"] == month
    )
    payments: dict[str, list[dict]] = {}
    for row in moved:
        if row["period"] == month:
            payments.setdefault(row["payment"], []).append(row)
    return Account(currency, earned_before - paid_before, lines, tuple(sorted(
        (_paid(some) for some in payments.values()), key=lambda one: (one.paid_on or month, one.leads))))


def _paid(rows: list[dict]) -> Paid:
    amount = sum((row["amount"] for row in rows), Decimal("0.00"))
    leads = dict.fromkeys(row["lead_name"] for row in rows)
    return Paid(rows[0]["paid_on"], amount, rows[0]["reference"], tuple(leads), rows[0]["came_back"])


def _state(row: dict) -> str:
    """What a line counts as; what the partner can clear is said."""
    is_theirs = any(name.startswith("payee.") for name in row["blockers"])
    return "your payment details are missing" if row["state"] == "blocked" and is_theirs else WORDS[row["state"]]


def _what(row: dict, currency: str) -> str:
    """What a line is for, in words a partner can follow."""
    if row["kind"] == "adjustment":
        return f"Correction: {ledger.CODES[row['reason']][0].lower()}"
    if row["kind"] == "commission":
        return f"Commission, {(row['rate'] * 100).normalize():f} % of {row['base_amount']:,.2f} {currency}"
    return "Reward for the lead"


def _refused(con: ledger.Con, partner: str, program: Program, month: dt.date, zone: str,
             as_of: dt.datetime) -> tuple[Refused, ...]:
    """What the program owes the partner an explanation for (ptr.process.3.2); nothing where it owes none."""
    if program.explains_rejection != "owed":
        return ()
    following = pl.select(calendar.add_months(pl.lit(month), 1)).item()
    rows = store.read(con, SQL / "statement_refusals.sql", partner=partner, program=program.id,
                      begins=first_instant(month, zone), ends=first_instant(following, zone), as_of=as_of)
    return tuple(
        Refused(row["lead_name"], row["clause"] or "", row["explanation"] or "No explanation was written down.",
                local_day(row["happened_at"], zone))
        for row in rows.to_dicts()
    )


def _clauses(program: Program, named: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    known = [name for name in dict.fromkeys(named) if name in program.clauses]
    return tuple((name, program.clauses[name].heading, program.clauses[name].paraphrase) for name in sorted(known))
