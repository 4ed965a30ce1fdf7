"""How partners are paid, as finance reads it: who is ready, what is missing by which clause, versions, yearly totals.

Called by pages and by the desk when it makes a payment file. Bank details are masked in every read but `payable`,
which is for payment files alone. What is missing is asked of the rules, so that it is what blocks a payout.
"""

import datetime as dt
import json
import re
from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import polars as pl

from core import store
from core.accounts import masked, shown
from core.results import first_instant, local_day, terms_at, terms_on
from core.rules.payouts import named
from core.store.answers import until_stored
from core.terms import STATED_IN, Terms, catalogue

SQL = store.HERE / "sql"
CLAUSES = {"raf": ("raf.pay.1", "raf.pay.2"), "ptr": ("ptr.pay.1", "ptr.pay.2"), "cerri": ("cerri.4", "cerri.4")}
"""The clause that asks for payee details, by program: of a payee in the United States, and of any other."""

REGION_AND_ZIP = re.compile(r"[\s,]+([A-Za-z]{2})[\s,]+([0-9]{5}(?:-[0-9]{4})?)\s*$")
BANK = ("iban", "account_number", "routing_number")
"""Details that are shown masked."""


@dataclass(frozen=True)
class Asked:
    """One detail that a program asks of a partner. who: can supply it. shown: its value, bank details masked; None
    where it is missing, or was handed in without being recorded here."""

    program: str
    field: str
    clause: str
    is_there: bool
    who: str
    shown: str | None


@until_stored
def readiness(con: duckdb.DuckDBPyConnection, as_of: dt.datetime, partner: str | None = None) -> pl.DataFrame:
    """Who can be paid under the terms in force, as far as details go. One row per program and partner.

    Columns: program, partner, name, country, method (null: not known), asked and missing (lists of fields), clause,
    is_ready, is_unconfirmed (a wire to an account that no second person confirmed: it does not go out), details (the
    version that counts), waiting (a version to confirm) and waiting_by, cooling_until.
    """
    facts = store.read(con, SQL / "payee_facts.sql", as_of=as_of, partner=partner)
    parts = [_asked(facts.filter(pl.col("program") == program), terms)
             for program, terms in _terms(con, as_of).items()]
    is_told = pl.col("missing").list.len() == 0
    is_wire = (pl.col("method") == "wire").fill_null(False)
    return pl.concat(parts).with_columns(is_unconfirmed=is_told & is_wire & ~pl.col("has_account")).select(
        "program", "partner", "name", "country", "method", "asked", "missing", "clause",
        (is_told & ~pl.col("is_unconfirmed")).alias("is_ready"), "is_unconfirmed", "details", "waiting", "waiting_by",
        "cooling_until",
    )


def found_by(rows: pl.DataFrame, search: str) -> pl.DataFrame:
    """Of the rows of `readiness` those with a part of a partner's name or id, those of whom something is missing
    first."""
    told = pl.concat_str("name", "partner", separator=" ", ignore_nulls=True).str.to_lowercase()
    return rows.filter(told.str.contains(search.strip().lower(), literal=True)).sort("is_ready", "name", "partner")


def _asked(facts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """What the rules of one program find missing, and what they would of a partner who had given nothing."""
    rules, program = terms.program.rules, terms.program.id
    blockers = {name.removeprefix("payee."): condition for name, condition in rules.payee_blockers(terms).items()}
    bare = facts.with_columns(
        pl.lit(False).alias(name) for name in ("has_name", "has_domain", "has_first_name", "has_last_name",
                                               "has_check_address", "is_check_address_confirmed", "has_wire_details")
    ).with_columns(payee_email_class=pl.lit("missing"), payee_details=pl.lit(None, pl.String),
                   provided_fields=pl.lit([], pl.List(pl.String)))
    in_us, elsewhere = CLAUSES[program]
    found = facts.with_columns(
        method=rules.payment_method(terms), missing=_names(blockers),
        clause=pl.when(pl.col("country").str.to_uppercase().is_in(["US", "USA", "UNITED STATES"]))
        .then(pl.lit(in_us)).otherwise(pl.lit(elsewhere)),
    )
    asked = _names(blockers)
    if "country" in blockers:  # asked of everybody, and missing of nobody whose country decides what else is asked
        asked = pl.concat_list(pl.lit(["country"], pl.List(pl.String)), asked).list.unique(maintain_order=True)
    return found.with_columns(bare.with_columns(asked=asked)["asked"])


def _names(conditions: dict[str, pl.Expr]) -> pl.Expr:
    return named(conditions) if conditions else pl.lit([], pl.List(pl.String))


def asked(con: duckdb.DuckDBPyConnection, partner: str, as_of: dt.datetime) -> list[Asked]:
    """What each program asks of a partner: whether it is there, by which clause, and who can supply it."""
    told = _shown(payable(con, [partner], as_of).get(partner, {}))
    found = []
    for row in readiness(con, as_of, partner).to_dicts():
        for field in row["asked"]:
            is_unconfirmed = field == "wire_details" and row["is_unconfirmed"]
            is_there = field not in row["missing"] and not is_unconfirmed
            who = "the partner"
            if field == "check_address_confirmation" and "check_address" not in row["missing"]:
                who = "a second person"
            if is_unconfirmed:
                who = "channel or finance, to record the account, and a second person, to confirm it"
            found.append(Asked(row["program"], field, row["clause"], is_there, who,
                               told.get(field) if is_there else None))
    return found


def filled_in(con: duckdb.DuckDBPyConnection, partner: str, as_of: dt.datetime) -> dict[str, str]:
    """The details of a partner that are no secrets, by field: those that count, else what their record says."""
    row = store.read(con, SQL / "payable_details.sql", partners=[partner], at_instant=as_of).row(0, named=True)
    names = ("country", "first_name", "last_name", "street", "street_more", "city", "region", "postal_code")
    found = {name: row[name] for name in names if row[name]}
    if row["email"]:
        found["business_email"] = row["email"]
    return parts_of_address(row["check_address"] or "") | found if "street" not in found else found


def parts_of_address(written: str) -> dict[str, str]:
    """The parts of an address that is written in one: street, city, and of the United States state and ZIP code."""
    found = {}
    if tail := REGION_AND_ZIP.search(written):
        found = {"region": tail[1].upper(), "postal_code": tail[2]}
        written = written[:tail.start()]
    street, *more = [part.strip() for part in re.split(r"[,\n]", written) if part.strip()] or [""]
    if street:
        found["street"] = street
    if more:
        found["city"] = more.pop()
    if more:
        found["street_more"] = ", ".join(more)
    return found


def _shown(payee: dict) -> dict[str, str | None]:
    """The details of `payable` by the fields that programs ask for, bank details masked."""
    if not payee:
        return {}
    account = payee["iban"] or payee["account"]
    return {name: shown(text) for name, text in payee["more"]} | {
        "first_name": payee["first_name"], "last_name": payee["last_name"], "business_email": payee["email"],
        "email": payee["email"], "country": payee["country"], "check_address": ", ".join(payee["address"]) or None,
        "wire_details": masked(account),
    }


def payable(con: duckdb.DuckDBPyConnection, partners: Collection[str], at_instant: dt.datetime) -> dict[str, dict]:
    """How partners are paid at an instant, in plain text, for a payment file. By partner: name, first_name, last_name,
    email, country, address (lines), iban, bic, account, routing, more (pairs of field and text).

    The details that count then; where none were ever confirmed, what stands on the partner's record, but for what it
    says of a bank account: that is a text which nobody checked.
    """
    rows = store.read(con, SQL / "payable_details.sql", partners=sorted(partners), at_instant=at_instant).to_dicts()
    return {row["partner"]: _payee(row) for row in rows}


def _payee(row: dict) -> dict:
    person = " ".join(filter(None, (row["first_name"], row["last_name"])))
    return {
        "name": row["company"] or person or row["name"] or "", "first_name": row["first_name"],
        "last_name": row["last_name"], "email": row["email"], "country": row["country"], "address": _address(row),
        "iban": row["iban"], "bic": row["bic"], "account": row["account_number"], "routing": row["routing_number"],
        "more": tuple(sorted(json.loads(row["other_details"] or "{}").items())),
    }


def _address(row: dict) -> tuple[str, ...]:
    """The lines of a postal address, as they are written on an envelope, without the country."""
    if not row["street"]:
        return tuple(line.strip() for line in (row["check_address"] or "").splitlines() if line.strip())
    if row["country"] == "US":
        place = f"{row['city']}, {row['region']} {row['postal_code']}"
    else:
        place = " ".join(filter(None, (row["postal_code"], row["city"], row["region"])))
    return tuple(filter(None, (row["street"], row["street_more"], place)))


def versions(con: duckdb.DuckDBPyConnection, partner: str, as_of: dt.datetime) -> list[dict]:
    """Every version of a partner's payee details, newest first: version, id, state, proposed_by, recorded_at,
    confirmed_by, confirmed_at, usable_at, and `shown` (the details by field, bank details masked).

    state: waiting (for a second person), cooling_off, in_use, replaced, or dropped (never confirmed, or replaced before
    it had cooled off).
    """
    rows = store.read(con, SQL / "payee_versions.sql", partner=partner).to_dicts()
    in_use = next((row["id"] for row in rows if row["counts_from"] and row["counts_from"] <= as_of), None)
    return [
        {name: row[name] for name in ("version", "id", "proposed_by", "recorded_at", "confirmed_by", "confirmed_at",
                                      "usable_at")}
        | {"state": _state(row, in_use, as_of), "shown": _masked_details(row)}
        for row in rows
    ]


def _state(row: dict, in_use: str | None, as_of: dt.datetime) -> str:
    if row["id"] == in_use:
        return "in_use"
    if row["confirmation"] is None:
        return "waiting" if row["is_newest"] else "dropped"
    if row["counts_from"] is None:
        return "dropped"
    return "cooling_off" if row["counts_from"] > as_of else "replaced"


def _masked_details(row: dict) -> dict[str, str]:
    names = ("country", "first_name", "last_name", "business_email", "street", "street_more", "city", "region",
             "postal_code", "iban", "bic", "account_number", "routing_number")
    own = {name: masked(row[name]) if name in BANK else row[name] for name in names if row[name]}
    return own | {name: shown(text) for name, text in json.loads(row["other_details"] or "{}").items()}


@until_stored
def reporting(con: duckdb.DuckDBPyConnection | store.Within, year: int, as_of: dt.datetime,
              partner: str | None = None) -> pl.DataFrame:
    """What each partner (or one) was paid in a calendar year, local to the program, corrections taken off, against the
    setting in force on its last day; the highest sum first. What came back does not count.

    Columns: partner, partner_name, currency (null: not told), paid, payments, unknown (of them, those of which no
    amount is known), threshold and is_reached (null: the setting is empty; false for another currency than the
    setting's).
    """
    terms = _terms(con, as_of)
    years = [{"programs": program} | _year(year, one["timezone"]) for program, one in terms.items()]
    sums = store.read(con, SQL / "paid_in_year.sql", partner=partner,
                      **{name: [one[name] for one in years] for name in years[0]})
    program, one = next(iter(terms.items()))
    last_on = min(dt.date(year, 12, 31), local_day(as_of, one["timezone"]))
    threshold = terms_on(con, program, last_on)["reporting_threshold"]
    return sums.with_columns(threshold=pl.lit(threshold, pl.Decimal(18, 2))).with_columns(
        is_reached=pl.when(pl.col("threshold").is_not_null()).then(
            (pl.col("paid") >= pl.col("threshold")) & (pl.col("currency") == STATED_IN).fill_null(False))
    ).sort("paid", "partner", descending=[True, False])


def _year(year: int, zone: str) -> dict[str, dt.date]:
    """The first day and instant of a local year, and of the next one."""
    first, following = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    return {"begins_on": first, "begins": first_instant(first, zone),
            "ends_on": following, "ends": first_instant(following, zone)}


def _terms(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> dict[str, Terms]:
    """The terms in force on the local day of an instant, by program."""
    return {program: terms_at(con, program, as_of) for program in catalogue().programs}
