"""The partners: what each brings in, what becomes of it, what waits with them, and what they are owed.

Called by the pages of partners and of conflicts. Changes nothing (`core/desk` does); reads no clock.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import polars as pl

from core import calendar, past, store
from core.evaluation import Evaluation

SQL = store.HERE / "sql"
LATELY_MONTHS = 12
"""Over how many months back an acceptance rate is told."""
ATTENTION = {
    "disputes": ("open dispute", "open disputes"), "overdue": ("overdue payout", "overdue payouts"),
    "breached_duties": ("breached duty", "breached duties"), "requests": ("open request", "open requests"),
    "shared_payees": ("shared payee", "shared payees"), "lookalikes": ("look-alike domain", "look-alike domains"),
}
"""What asks for attention, the most pressing first: column of `figures`, and what one and several are called."""


def figures(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, program: str | None = None,
            partner: str | None = None, day: Evaluation | None = None) -> pl.DataFrame:
    """Partners with leads, those that ask for attention first.

    Columns: partner, partner_name, kind, programs; submitted, pending, qualified, rejected, expired, live (undecided or
    owned), owned; submitted_lately, accepted_lately, answered_lately, percent (accepted of what was answered in
    LATELY_MONTHS, null where nothing was); open_duties and the columns of ATTENTION; findings, is_barred,
    last_submitted_at.
    """
    since = pl.select(calendar.add_months(pl.lit(as_of), -LATELY_MONTHS)).item()
    found = past.read(con, SQL / "partner_figures.sql", day, as_of=as_of, known_at=past.known_at(as_of, day),
                      since=since, program=program, partner=partner)
    kinds = pl.sum_horizontal(*((pl.col(name) > 0).cast(pl.Int64) for name in ATTENTION))
    return (
        found.with_columns(
            percent=pl.when(pl.col("answered_lately") > 0).then(
                100 * pl.col("accepted_lately") / pl.col("answered_lately")),
            kinds=kinds, attention=pl.sum_horizontal(*ATTENTION),
        ).sort("kinds", "attention", "live", "partner", descending=[True, True, True, False]).drop("kinds", "attention")
    )


def found_by(partners: pl.DataFrame, search: str) -> pl.DataFrame:
    """Of `figures` those whose name or id holds a word."""
    word = search.strip().lower()
    if not word:
        return partners
    return partners.filter(pl.any_horizontal(pl.col(name).str.to_lowercase().str.contains(word, literal=True)
                                             for name in ("partner_name", "partner")))


def median_submitted(partners: pl.DataFrame) -> int:
    """How many leads the partner in the middle sent in LATELY_MONTHS, of those that sent any."""
    sent = partners.filter(pl.col("submitted_lately") > 0)["submitted_lately"]
    return int(sent.median()) if sent.len() else 0


FAR_MORE = 3
"""How many times the leads of the partner in the middle are worth a word."""


def far_more(partners: pl.DataFrame, submitted_lately: int) -> int | None:
    """How many times as many leads as the partner in the middle somebody sent; None where that is nothing unusual."""
    median = median_submitted(partners)
    times = submitted_lately // median if median else 0
    return times if times >= FAR_MORE else None


def money(con: duckdb.DuckDBPyConnection | store.Within, program: str | None = None, partner: str | None = None
          ) -> dict[str, list[dict]]:
    """By partner one row per currency: currency; due (ready), blocked (or held), under_way (in a batch that is not
    paid), overdue, paid (sums of what is known, corrections taken off), owed (due, blocked and under way), each with
    the number of its lines under `<name>_lines` and of those without an amount under `unknown_<name>`.

    con: of a past day what `past.everything` gives.
    """
    found: dict[str, list[dict]] = {}
    for row in store.read(con, SQL / "partner_money.sql", program=program, partner=partner).to_dicts():
        found.setdefault(row["partner"], []).append(row)
    return found


@dataclass(frozen=True)
class Partner:
    """One partner in depth.

    details: partner, kind, partner_name, email, domain, country, recorded_at. figures: row of `figures`, None without
    leads. money: rows of `money`. reasons: disposition, reason, leads. The others: rows of partner_<name>.sql.
    """

    details: dict
    figures: dict | None
    money: list[dict]
    reasons: list[dict]
    duties: list[dict]
    requests: list[dict]
    disputes: list[dict]
    findings: list[dict]
    warnings: list[dict]

    @property
    def is_barred(self) -> bool:
        """Whether unsolicited referrals bar the partner (raf.invalid.5)."""
        return any(row["type"] == "abuse_finding" and row["kind"] == "unsolicited" for row in self.findings)

    @property
    def open_disputes(self) -> list[dict]:
        """Objections that nobody has resolved."""
        return [row for row in self.disputes if row["outcome"] is None]


def one(con: duckdb.DuckDBPyConnection, partner: str, as_of: dt.datetime, day: Evaluation | None = None
        ) -> Partner | None:
    """One partner as of an instant (UTC); None where there is none of that id, or it came later."""
    details = store.read(con, SQL / "partner_details.sql", partner=partner).to_dicts()
    if not details:
        return None

    def rows(name: str, **values: object) -> list[dict]:
        return past.read(con, SQL / f"partner_{name}.sql", day, partner=partner, **values).to_dicts()

    own, until = figures(con, as_of, partner=partner, day=day).to_dicts(), past.known_at(as_of, day)
    then = con if day is None else past.everything(con, as_of, day)
    findings = store.read(then, SQL / "partner_findings.sql", partner=partner, as_of=as_of, known_at=until).to_dicts()
    return Partner(
        details[0], own[0] if own else None, money(then, partner=partner).get(partner, []), rows("reasons"),
        rows("duties"), rows("requests", known_at=until), rows("disputes", known_at=until), findings,
        rows("warnings", known_at=until),
    )


@dataclass(frozen=True)
class Filters:
    """What the leads of a partner are narrowed to; None: all."""

    disposition: str | None = None
    reason: str | None = None
    is_owned: bool = False


def leads(con: duckdb.DuckDBPyConnection, partner: str, chosen: Filters, number: int, size: int,
          day: Evaluation | None = None) -> tuple[pl.DataFrame, int]:
    """One page (from 1) of a partner's leads, the latest first, and how many there are. Columns: lead, program,
    disposition, reason, owner_status, owner_until, pending_on, submitted_at, full_name, email, company."""
    found = past.read(con, SQL / "partner_leads.sql", day, partner=partner, disposition=chosen.disposition,
                      reason=chosen.reason, is_owned=chosen.is_owned, size=size, start=(number - 1) * size)
    return found.drop("found"), found["found"][0] if found.height else 0


def attention(row: dict) -> list[str]:
    """What of a row of `figures` asks for attention, the most pressing first: 2 overdue payouts."""
    return [f"{row[name]:,} {one if row[name] == 1 else several}" for name, (one, several) in ATTENTION.items()
            if row[name]]


def known_sum(row: dict, name: str) -> Decimal | None:
    """A sum of a row of `money`, or None where no amount of its lines is known."""
    unknown = row[f"unknown_{name}"]
    return None if unknown == row[f"{name}_lines"] else row[name]
