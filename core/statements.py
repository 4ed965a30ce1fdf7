"""The statement of a partner for one month, gathered from the ledger as it stands.

Called by pages, which let it be read, printed (`exports.statements.as_html`) and taken along (`as_csv`). What stood in
the statement of a closed month stays in it: a line that is no longer owed and was never paid is taken off in the month
in which that came, or in the first one after it that is open, and a payment that came back in the month of its return.
A refusal stays too, and one that came or became known later stands in a month that is open (`core.refusals`).
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from core import ledger, moved, refusals, store
from core.exports.statements import Account, Line, Paid, Refused, Statement
from core.model import Refusal
from core.reasons import in_words
from core.results import local_day, terms_at
from core.store.answers import until_stored
from core.terms import Program, catalogue

SQL = store.HERE / "sql"
_read = until_stored(store.read)
ENDED, RESUMED = "no longer owed", "owed again"
WORDS = {"open": "to be paid", "blocked": "not payable yet", "held": "on hold", "in_batch": "in preparation",
         "approved": "approved", "exported": "on its way", "paid": "paid", "void": ENDED}
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
    names = _read(con, SQL / "partner_name.sql", partner=partner)["name"].to_list()
    if not names:
        raise Refusal(f"There is no partner {partner}.")
    made_on = local_day(as_of, terms_at(con, program, as_of)["timezone"])
    if month.day != 1 or month > made_on:
        raise Refusal(f"{month} is no first day of a month that has begun.")
    about = catalogue().programs[program]
    lines = _read(con, SQL / "statement_lines.sql", partner=partner, program=program).to_dicts()
    paid = moved.payments(con, program, partner).to_dicts()
    turned = moved.entries(con, as_of, program, partner).filter(part=moved.OWED).to_dicts()
    told = refusals.told(con, as_of, program, partner).filter(period=month).sort("happened_on", "lead").to_dicts()
    shown = _lead_names(con, {row["lead"] for row in (*lines, *turned, *paid, *told) if row["period"] == month})
    lines, told = ([row | {"lead_name": shown.get(row["lead"], row["lead"])} for row in rows] for rows in (lines, told))
    accounts = tuple(
        _account(currency, month, *([row for row in rows if row["currency"] == currency]
                                    for rows in (lines, turned, paid)))
        for currency in sorted({row["currency"] for row in lines}))
    accounts = tuple(one for one in accounts if one.lines or one.ended or one.payments or one.brought_forward)
    refused = _refused(con, told, about)
    named = [line.clause for one in accounts for line in (*one.lines, *one.ended)] + [one.clause for one in refused]
    return Statement(partner, names[0], about.name, month, made_on, accounts, refused, _clauses(about, named))


def _lead_names(con: ledger.Con, leads: set[str]) -> dict[str, str]:
    """What the leads are called that a statement shows: few of all that a partner earned anything with."""
    return dict(_read(con, SQL / "lead_names.sql", leads=sorted(leads)).iter_rows()) if leads else {}


def _account(currency: str, month: dt.date, rows: list[dict], turned: list[dict], paid: list[dict]) -> Account:
    def before(found: list[dict]) -> Decimal:
        return sum((row["amount"] for row in found if row["period"] < month), Decimal("0.00"))

    by_line, names = {row["id"]: row for row in rows}, {row["lead"]: row["lead_name"] for row in rows}
    of_line: dict[str, list[dict]] = {}
    payments: dict[str, list[dict]] = {}
    for row in paid:
        of_line.setdefault(row["line"], []).append(row)
        if row["period"] == month:
            payments.setdefault(row["payment"], []).append(row | {"lead_name": names[row["lead"]]})
    return Account(
        currency, before(rows) + before(turned) - before(paid),
        tuple(_line(row, currency, of_line.get(row["id"], [])) for row in rows if row["period"] == month),
        tuple(_turn(by_line[row["line"]], row["amount"], currency) for row in turned if row["period"] == month),
        tuple(sorted((_paid(some) for some in payments.values()), key=lambda one: (one.paid_on or month, one.leads))))


def _line(row: dict, currency: str, paid: list[dict]) -> Line:
    """What was earned, and what it counts as; what was paid and did not come back is paid, whatever came after."""
    is_paid = row["state"] == "paid" or sum(one["amount"] for one in paid) != 0
    return Line(row["lead_name"], _what(row, currency), row["clause"] or "", row["amount"], row["earned_on"],
                paid[-1]["paid_on"] if is_paid and paid else None, WORDS["paid"] if is_paid else _state(row))


def _turn(row: dict, amount: Decimal, currency: str) -> Line:
    """A line that is no longer owed (below nothing), or owed again."""
    return Line(row["lead_name"], _what(row, currency), row["clause"] or "", amount, row["earned_on"], None,
                ENDED if amount < 0 else RESUMED)


def _paid(rows: list[dict]) -> Paid:
    amount = sum((row["amount"] for row in rows), Decimal("0.00"))
    leads = dict.fromkeys(row["lead_name"] for row in rows)
    return Paid(rows[0]["paid_on"], amount, rows[0]["reference"], tuple(leads), rows[0]["came_back"])


def _state(row: dict) -> str:
    """What a line counts as; what the partner can clear is said."""
    is_theirs = any(name.startswith("payee.") and not name.endswith("_confirmation") for name in row["blockers"])
    return "your payment details are missing" if row["state"] == "blocked" and is_theirs else WORDS[row["state"]]


def _what(row: dict, currency: str) -> str:
    """What a line is for, in words a partner can follow."""
    if row["kind"] == "adjustment":
        return f"Correction: {ledger.CODES[row['reason']][0].lower()}"
    if row["kind"] == "commission":
        return f"Commission, {(row['rate'] * 100).normalize():f} % of {row['base_amount']:,.2f} {currency}"
    return "Reward for the lead"


def _refused(con: ledger.Con, rows: list[dict], program: Program) -> tuple[Refused, ...]:
    """Leads that were refused, each once, with what the partner may read of it (ptr.process.3.2)."""
    records = [row["record"] for row in rows if row["kind"] == refusals.REJECTION]
    written = dict(_read(con, SQL / "refusal_words.sql", records=records).iter_rows()) if records else {}
    return tuple(Refused(row["lead_name"], row["clause"] or "", _why(row, written.get(row["lead"]), program),
                         row["happened_on"]) for row in rows)


def _why(row: dict, explanation: str | None, program: Program) -> str:
    """Why a lead was refused: in the words written for the partner, by what was judged, or by what its clause says of
    every lead that it refuses; never a note of ours, nor what another lead or partner did."""
    if row["kind"] == refusals.REJECTION:
        return explanation or "No explanation was written down."
    if row["kind"] == refusals.RULE:
        return f"{in_words(row['clause'])}."
    label = program.criteria[row["criterion"]].label
    return f"Judged not met: {label[0].lower()}{label[1:]}."


def _clauses(program: Program, named: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    known = [name for name in dict.fromkeys(named) if name in program.clauses]
    return tuple((name, program.clauses[name].heading, program.clauses[name].paraphrase) for name in sorted(known))
