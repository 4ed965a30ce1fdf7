"""What a partner is told about one month: what was earned, paid and carried, and why a lead was refused.

As a page to print and as a table. The page stands alone: it refers to nothing outside, runs nothing, and every text in
it is escaped, so that a partner's own name cannot become part of it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from pathlib import Path

from core.exports.cells import table

STYLE = (Path(__file__).parent / "statement.css").read_text(encoding="utf-8")
COLUMNS = ("part", "currency", "lead", "what", "clause", "amount", "earned_on", "paid_on", "state")
"""Columns of the table."""


@dataclass(frozen=True)
class Line:
    """Something earned, or a correction (a negative amount). lead: as the partner knows it. state: in words."""

    lead: str
    what: str
    clause: str
    amount: Decimal
    earned_on: dt.date
    paid_on: dt.date | None
    state: str


@dataclass(frozen=True)
class Paid:
    """One payment to the partner. paid_on: None where the day is not known. leads: what it paid for.

    came_back: in fixed words, where it is a payment that came back on that day (a negative amount).
    """

    paid_on: dt.date | None
    amount: Decimal
    reference: str | None
    leads: tuple[str, ...]
    came_back: str | None = None

    @property
    def remark(self) -> str:
        """Its reference, or that it came back."""
        return self.came_back or self.reference or ""


@dataclass(frozen=True)
class Account:
    """One currency of a statement. brought_forward: earned and not paid before the month. ended: what is no longer owed
    (a negative amount) or owed again."""

    currency: str
    brought_forward: Decimal
    lines: tuple[Line, ...]
    ended: tuple[Line, ...]
    payments: tuple[Paid, ...]

    @property
    def earned(self) -> Decimal:
        """What the lines of the month come to, corrections taken off."""
        return sum((one.amount for one in self.lines), Decimal("0.00"))

    @property
    def no_longer_owed(self) -> Decimal:
        """What became no longer owed in the month, less what is owed again."""
        return -sum((one.amount for one in self.ended), Decimal("0.00"))

    @property
    def paid(self) -> Decimal:
        """What was paid in the month, less what came back."""
        return sum((one.amount for one in self.payments), Decimal("0.00"))

    @property
    def carried(self) -> Decimal:
        """What is still to be paid at its end."""
        return self.brought_forward + self.earned - self.no_longer_owed - self.paid


@dataclass(frozen=True)
class Refused:
    """A lead that was refused in the month, where the program owes the partner an explanation."""

    lead: str
    clause: str
    explanation: str
    refused_on: dt.date


@dataclass(frozen=True)
class Statement:
    """One partner, program and month. month: its first day. made_on: the day as of which it is told.

    clauses: id, heading and our words of each clause that is named.
    """

    partner: str
    partner_name: str
    program_name: str
    month: dt.date
    made_on: dt.date
    accounts: tuple[Account, ...]
    refused: tuple[Refused, ...]
    clauses: tuple[tuple[str, str, str], ...]

    @property
    def title(self) -> str:
        """Such as Statement for June 2026."""
        return f"Statement for {self.month:%B %Y}"

    @property
    def carried_as(self) -> str:
        """What is still to be paid, as it is called: at the end of a month that is over, now in one that is not."""
        last = (self.month + dt.timedelta(32)).replace(day=1) - dt.timedelta(1)
        return "Still to be paid" if self.made_on <= last else f"To be paid at the end of {self.month:%B}"

    def file_name(self, ending: str) -> str:
        """Such as statement-2026-06-P17.html."""
        plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in self.partner)
        return f"statement-{self.month:%Y-%m}-{plain}.{ending}"


def as_csv(statement: Statement) -> bytes:
    """One row per line, end of a line, payment, balance and refusal, in COLUMNS; amounts are numbers. People open
    it."""
    rows = []
    for one in statement.accounts:
        rows.append(("brought forward", one.currency, "", "", "", one.brought_forward, "", "", ""))
        rows += [("earned", one.currency, line.lead, line.what, line.clause, line.amount, _iso(line.earned_on),
                  _iso(line.paid_on), line.state) for line in one.lines]
        rows += [(line.state, one.currency, line.lead, line.what, line.clause, line.amount, _iso(line.earned_on), "",
                  "") for line in one.ended]
        rows += [("paid" if paid.came_back is None else "came back", one.currency, ", ".join(paid.leads), paid.remark,
                  "", paid.amount, "", _iso(paid.paid_on), "") for paid in one.payments]
        rows.append(("to be paid", one.currency, "", "", "", one.carried, "", "", ""))
    rows += [("refused", "", one.lead, one.explanation, one.clause, "", "", "", f"refused on {one.refused_on}")
             for one in statement.refused]
    return table(COLUMNS, rows, is_marked=True)


def as_html(statement: Statement) -> bytes:
    """A page of its own, to be read and printed."""
    parts = [_account(one, statement.carried_as) for one in statement.accounts] or [
        "<p>Nothing was earned or paid in this month, and nothing is open.</p>"]
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(statement.title)}, {escape(statement.partner_name)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<p>{escape(statement.program_name)}</p>
<h1>{escape(statement.title)}</h1>
<p><bdi>{escape(statement.partner_name)}</bdi> · {escape(statement.partner)} · as of {_day(statement.made_on)}</p>
</header>
{"".join(parts)}
{_refusals(statement.refused)}
{_clauses(statement.clauses)}
</body>
</html>
"""
    return page.encode()


def _account(one: Account, carried_as: str) -> str:
    earned = _table(
        "earned", "Earned in this month", ("Lead", "For", "Clause", "Earned on", "Paid on", "Amount"),
        ((line.lead, line.what, line.clause, _day(line.earned_on),
          _day(line.paid_on) if line.paid_on else line.state, _money(line.amount)) for line in one.lines))
    ended = _table(
        "ended", "No longer owed", ("Lead", "For", "Clause", "Earned on", "Amount"),
        ((line.lead, line.what, line.clause, _day(line.earned_on), _money(line.amount)) for line in one.ended))
    paid = _table(
        "paid", "Paid in this month", ("Paid on", "Reference", "For", "Amount"),
        ((_day(paid.paid_on), paid.remark, ", ".join(paid.leads), _money(paid.amount))
         for paid in one.payments))
    sums = "".join(
        f"<div{' class=total' if is_total else ''}><dt>{name}</dt><dd>{_money(amount)}</dd></div>"
        for name, amount, is_total in (
            ("Brought forward", one.brought_forward, False), ("Earned", one.earned, False),
            *([("No longer owed", -one.no_longer_owed, False)] if one.ended else ()),
            ("Paid", -one.paid, False), (carried_as, one.carried, True)))
    told = "\n".join(filter(None, (earned, ended, paid))) or "<p>Nothing was earned or paid in this month.</p>"
    return f"<section>\n<h2>Balance in {escape(one.currency)}</h2>\n<dl>{sums}</dl>\n{told}\n</section>\n"


def _table(kind: str, caption: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table whose last column holds amounts; nothing where it has no row."""
    body = "".join(f"<tr>{''.join(f'<td><bdi>{escape(cell)}</bdi></td>' for cell in row)}</tr>\n" for row in rows)
    if not body:
        return ""
    head = "".join(f"<th scope=col>{name}</th>" for name in header)
    return f"<h3>{caption}</h3>\n<table class={kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"


def _refusals(refused: tuple[Refused, ...]) -> str:
    if not refused:
        return ""
    items = "".join(
        f"<li><strong><bdi>{escape(one.lead)}</bdi></strong>, {_day(one.refused_on)}"
        f"{', ' + escape(one.clause) if one.clause else ''}: <bdi>{escape(one.explanation)}</bdi></li>\n"
        for one in refused)
    return f"<section>\n<h2>Leads that were not accepted</h2>\n<ul>\n{items}</ul>\n</section>"


def _clauses(clauses: tuple[tuple[str, str, str], ...]) -> str:
    if not clauses:
        return ""
    items = "".join(f"<dt>{escape(name)} · {escape(heading)}</dt><dd>{escape(words)}</dd>\n"
                    for name, heading, words in clauses)
    return f"<section class=clauses>\n<h2>The clauses, in our words</h2>\n<dl>\n{items}</dl>\n</section>"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace("-", "\u2212")


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "not known"


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
