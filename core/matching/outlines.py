"""Outlines of records: numbers in the place of texts, and what each may share with another under another spelling.

Called by the finding, inside its transaction. Of few new records only those are outlined that share a block with one of
them; the blocks of all records are kept for that (`match_blocks`), and are made again as a whole where they are missing
or were made by other rules. Proposes nothing.
"""

import hashlib

import duckdb
import polars as pl
from anyascii import anyascii
from confusable_homoglyphs import confusables

from core import store
from core.matching import pairing
from core.matching.relations import SQL, give, read, view

STATEMENTS = {"person": "people", "organization": "companies"}
TABLES = ("contacts", "organizations", "partners")
ROWS_AT_ONCE = 100_000


def choose(cursor: duckdb.DuckDBPyConnection, kind: str, chosen: pl.DataFrame | None) -> None:
    """Let the statements of a kind see only these records (source, record); None: all."""
    if chosen is not None:
        give(cursor, "chosen", chosen)
    for table in TABLES:
        view(cursor, f"chosen_{table}", "every" if chosen is None else "chosen", table)
    if kind == "person":
        return
    domains = read(cursor, "international_domains")["domain"]
    give(cursor, "international", pl.DataFrame({"domain": domains, "shown": [_as_read(domain) for domain in domains]},
                                               schema={"domain": pl.String, "shown": pl.String}))


def of_all(cursor: duckdb.DuckDBPyConnection, kind: str) -> pl.DataFrame:
    """The outlines of all records of a kind, as of `pairing.numbered`; keeps their blocks."""
    choose(cursor, kind, None)
    outline = _outline(cursor, kind)
    cursor.execute(store.statement(SQL / "forget_all_blocks.sql"), {"kind": kind}).fetchall()
    _keep_blocks(cursor, kind, outline)
    return outline


def beside(cursor: duckdb.DuckDBPyConnection, kind: str, fresh: pl.DataFrame, most: int) -> pl.DataFrame:
    """The outlines of new records (source, record) and of those that share a block with them; keeps new blocks.

    Their blocks are the shared ones behind which no more than `most` records stand.
    """
    choose(cursor, kind, fresh)
    outline = _outline(cursor, kind)
    _keep_blocks(cursor, kind, outline)
    give(cursor, "fresh", outline.select("blocks"))
    shared = read(cursor, "shared_blocks", kind=kind, most=most)
    choose(cursor, kind, shared.select("source", "record"))
    return _outline(cursor, kind).drop("blocks").join(shared, on=["source", "record"])


def are_kept(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the blocks of the records are there, made by these rules."""
    return bool(read(cursor, "kept_blocks", made_by=made_by())["are_kept"][0])


def made_by() -> str:
    """Digest of all that the numbers of blocks depend on: the statements, and the database that numbers texts."""
    texts = [store.statement(SQL / f"{name}{part}.sql") for name in STATEMENTS.values() for part in ("", "_outline")]
    return hashlib.sha256("\n".join([duckdb.__version__, *texts]).encode()).hexdigest()[:16]


def _outline(cursor: duckdb.DuckDBPyConnection, kind: str) -> pl.DataFrame:
    view(cursor, "outlined", STATEMENTS[kind])
    return outlined(cursor, kind)


def outlined(cursor: duckdb.DuckDBPyConnection, kind: str) -> pl.DataFrame:
    """The outlines of the relation `outlined` (columns of people.sql or companies.sql), as of `pairing.numbered`."""
    text = store.statement(SQL / f"{STATEMENTS[kind]}_outline.sql")
    batches = cursor.sql(text).to_arrow_reader(ROWS_AT_ONCE)
    empty = pl.from_arrow(batches.schema.empty_table())
    return pl.concat([pairing.numbered(rows) for rows in (empty, *map(pl.from_arrow, batches))])


def _keep_blocks(cursor: duckdb.DuckDBPyConnection, kind: str, outline: pl.DataFrame) -> None:
    for piece in outline.select("source", "record", "blocks").iter_slices(ROWS_AT_ONCE):
        store.append(cursor, "match_blocks", piece.with_columns(kind=pl.lit(kind), made_by=pl.lit(made_by())))


def _as_read(domain: str) -> str:
    """A domain with letters beyond a to z as an eye reads it."""
    try:
        text = domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
    return anyascii("".join(_latin_twin(sign) for sign in text)).lower()


def _latin_twin(sign: str) -> str:
    """The small Latin letter that a sign looks like; the sign itself where there is none."""
    if sign.isascii():
        return sign
    found = confusables.is_confusable(sign, greedy=True, preferred_aliases=["latin"]) or []
    twins = [twin["c"] for one in found for twin in one["homoglyphs"]]
    return next((twin for twin in twins if len(twin) == 1 and "a" <= twin <= "z"), sign)
