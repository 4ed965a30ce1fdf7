"""Import of a CRM export with everything included, until every lead is evaluated and kept, against the bare read.

Through the desk, as people do it. Included: reading and recognising the columns, validation, digests, keys,
organizations, storing, look-alikes, evaluation, the entry of the journal, the file of refused rows. The bare read is DuckDB's `read_csv` of the same file into a table of a database file, with as many
threads.
"""

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl

from core import desk, store
from core.desk import Signed
from core.facts import keys
from core.intake.imports import Report
from tests.bench import crm_export
from tests.bench.measuring import AS_OF, Row, apart, at_most, copy, folder, median_seconds, peak_gb, said, seconds

PROGRAM = "ptr"
NEXT_DAY = AS_OF + dt.timedelta(1)
"""When the file comes: its times are local ones, so that some of its leads are of this day in UTC."""
CHECKED = 2_000
"""Contacts, drawn by hash, whose keys are compared with those of the plain rule."""


def rows(leads: int) -> list[Row]:
    """The import as a multiple of the bare read, and its peak memory."""
    with folder() as place:
        export = apart(write_export, leads, place / "leads.csv")
        bare = apart(bare_read, export)
        took, peak = apart(brought_in, leads, export)
    return [
        at_most(f"import of {export.rows:,} rows until kept, multiple of DuckDB's read_csv into a table", took / bare, 12),
        at_most(f"peak memory of the import of {export.rows:,} rows", peak, 2, "GB"),
    ]


def write_export(leads: int, path: Path) -> crm_export.Export:
    """The file, from the sample database of that size."""
    with copy(leads) as con:
        return crm_export.write(path, con)


def bare_read(export: crm_export.Export) -> float:
    """Seconds of `create table as select * from read_csv`, into a new file each time; median of three."""
    path = export.path.with_name("bare.duckdb")

    def read() -> None:
        path.unlink(missing_ok=True)
        con = duckdb.connect(str(path), config={"threads": store.CONFIG["threads"]})
        con.execute("set enable_progress_bar = false").fetchall()
        con.execute("create table rows as select * from read_csv($path, all_varchar = true)",
                    {"path": str(export.path)}).fetchall()
        found = con.execute("select count(*) from rows").fetchall()[0][0]
        con.close()
        if found != export.rows:
            raise ValueError(f"The bare read found {found} rows of {export.rows}.")

    return median_seconds(read)


def brought_in(leads: int, export: crm_export.Export) -> tuple[float, float]:
    """Seconds of import and evaluation into a database that knows the partners, and the peak memory in GB."""
    con = new_database(leads, export.path.with_name("new.duckdb"))
    reports: list[Report] = []
    signed = Signed("operator", "bench/import", NEXT_DAY)
    took = seconds(lambda: reports.append(desk.import_file(con, signed, export.path, PROGRAM, kind="leads")[1]))
    peak = peak_gb()
    said(f"import of {export.rows:,} rows: {took:.0f} s; {reports[0].accepted:,} accepted, "
         f"{len(reports[0].refused):,} refused")
    check(con, export, reports[0])
    return took, peak


def new_database(leads: int, path: Path) -> duckdb.DuckDBPyConnection:
    """A database that knows the partners of the sample and nothing else."""
    with copy(leads) as sample, sample.cursor() as cursor:
        partners = cursor.sql("select * from partners").pl()
    con = store.connect(path)
    with store.transaction(con) as cursor:
        store.append(cursor, "partners", partners)
    desk.begin(con, AS_OF)
    return con


def check(con: duckdb.DuckDBPyConnection, export: crm_export.Export, report: Report) -> None:
    """Raises ValueError unless every spoiled row and no other is refused, every accepted one is evaluated, and the keys
    of some contacts are those that the plain rule gives for them alone."""
    spoiled = sum(export.faults.values())
    if report.needs or len(report.refused) != spoiled or report.accepted + spoiled != export.rows:
        raise ValueError(f"{len(report.refused)} rows were refused, {spoiled} are spoiled ({export.faults}); "
                         f"asked: {report.needs}")
    with con.cursor() as cursor:
        evaluated = cursor.execute("select count(*) from evaluations").fetchall()[0][0]
        some = cursor.sql(f"select email, address_key, email_class from contacts order by hash(id) limit {CHECKED}").pl()
    if evaluated != report.accepted:
        raise ValueError(f"{evaluated} leads are evaluated of {report.accepted} accepted.")
    plain = pl.DataFrame([(keys.address_key(email), keys.email_class(email)) for email in some["email"]],
                         schema={"address_key": pl.String, "email_class": pl.String}, orient="row")
    if not plain.equals(some.select(plain.columns)):
        raise ValueError("Some keys of contacts are not those of the plain rule.")
