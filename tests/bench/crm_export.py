"""A CRM's export of leads as a CSV file of any size: lifelike, spelled as people spell, with rows to be refused.

Called by `imports` and the tests. People, companies and days are those of a sample database, so that the same company
comes again from other partners and the same person under another spelling. The same sample and seed give the same
bytes.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

FAULTS = {"no date": 0.004, "no such day": 0.003, "unknown partner": 0.003, "nobody": 0.002, "row again": 0.005}
"""What is wrong with rows that are to be refused, and with which share of all rows."""
CAPITALS, BLANKS, WEB_PAGE, QUOTED_NOTE = 0.06, 0.04, 0.3, 0.1
SOURCES = ("Web Form", "web form", "Partner Portal", "Deal Registration", "Referral Form")
STATUSES = ("New", "Open", "Working", "Qualified", "Unqualified")
NOTES = ("Met at the fair, wants a call", 'Says "not before spring"', "Asked twice;\nno answer yet", "Uses a rival today")

PEOPLE = """
select
    leads.id, leads.partner, leads.submitted_at, leads.products, leads.expected_decision_on, contacts.full_name,
    contacts.email, coalesce(contacts.company, organizations.name) as company, contacts.role, organizations.domain,
    organizations.country
from leads
left join contacts on contacts.id = leads.contact
left join organizations on organizations.id = leads.org
order by leads.id
"""


@dataclass(frozen=True)
class Export:
    """A file that was written: how many rows it has, and how many of them are to be refused, by fault."""

    path: Path
    rows: int
    faults: dict[str, int]


def write(path: Path, con: duckdb.DuckDBPyConnection, seed: int = 1) -> Export:
    """Write every lead of a sample database as one row of a CRM export."""
    with con.cursor() as cursor:
        people = cursor.sql(PEOPLE).pl()
    rng = np.random.default_rng(seed)
    rows = _cells(people, rng)
    rows, faults = _with_faults(rows, rng)
    rows.write_csv(path)
    return Export(path, rows.height, faults)


def _cells(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The rows as a CRM spells them, every cell a text."""
    def some(share: float) -> pl.Series:
        return pl.Series(rng.random(people.height) < share)

    def one_of(words: tuple[str, ...]) -> pl.Series:
        return pl.Series(words)[rng.integers(0, len(words), people.height)]

    page = pl.lit("https://www.") + pl.col("domain") + "/about"
    numbers = rng.integers(1_000_000, 9_999_999, people.height)
    email, company = pl.col("email"), pl.col("company")
    spelled = {
        "Record ID": "CRM" + pl.col("id"),
        "Full Name": pl.when(some(BLANKS)).then(" " + pl.col("full_name") + " ").otherwise("full_name"),
        "Email": pl.when(some(CAPITALS)).then(email.str.to_uppercase()).otherwise(email),
        "Company Name": pl.when(some(CAPITALS)).then(company.str.to_uppercase()).otherwise(company),
        "Job Title": pl.col("role"),
        "Website": pl.when(some(WEB_PAGE)).then(page).otherwise("domain"),
        "Country/Region": pl.col("country"),
        "Phone Number": "+1 555 " + pl.Series(numbers).cast(pl.String),
        "Lead Source": one_of(SOURCES),
        "Product Interest": pl.col("products").list.join("; ").str.replace_all("_", " ").str.to_titlecase(),
        "Submission Date": pl.col("submitted_at").dt.strftime("%m/%d/%Y %I:%M %p"),
        "Expected Close Date": pl.col("expected_decision_on").dt.strftime("%Y-%m-%d"),
        "Partner ID": pl.col("partner"),
        "Lead Status": one_of(STATUSES),
        "Notes": pl.when(some(QUOTED_NOTE)).then(one_of(NOTES)),
    }
    return people.select(expr.alias(name) for name, expr in spelled.items())


def _with_faults(rows: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows with some of them spoiled, none twice, and how many by fault."""
    edges = np.cumsum(list(FAULTS.values()))
    fault = np.searchsorted(edges, rng.random(rows.height), side="right")
    fault[0] = len(FAULTS)  # the first row has none before it to repeat
    at = pl.Series(fault)

    def where(name: str) -> pl.Series:
        return at == list(FAULTS).index(name)

    spoiled = rows.with_columns(
        pl.when(where("no date")).then(None).when(where("no such day")).then(pl.lit("02/31/2026 10:00 AM"))
        .otherwise("Submission Date").alias("Submission Date"),
        pl.when(where("unknown partner")).then(pl.lit("XX-unknown")).otherwise("Partner ID").alias("Partner ID"),
        *(pl.when(where("nobody")).then(None).otherwise(name).alias(name)
          for name in ("Full Name", "Email", "Company Name")),
    )
    # a row again is the nearest sound row above it
    sound = pl.DataFrame({"place": np.where(fault == len(FAULTS), np.arange(rows.height), -1)}).select(
        pl.when(pl.col("place") >= 0).then("place").forward_fill())["place"]
    source = np.where(where("row again").to_numpy(), sound.to_numpy(), np.arange(rows.height))
    counts = np.bincount(fault, minlength=len(FAULTS) + 1)
    return spoiled[source], dict(zip(FAULTS, counts.tolist(), strict=False))
