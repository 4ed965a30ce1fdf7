"""Finding records that may be the same: people, organizations, and payees of two partners.

Called after an import with what is new, and for a whole database where it is made. Candidates come only from blocks:
records that share a phone, a name, half a name, a domain under another ending and the like; a block behind which a
crowd stands proposes nobody, so that the number of pairs grows with the records and not with their square. What is
proposed stays a question until a person answers it; nothing is merged here, no verdict is known here, no clock read.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb
import polars as pl
from anyascii import anyascii
from confusable_homoglyphs import confusables
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core import store
from core.matching import folding
from core.matching.evidence import THRESHOLD, weighed

SQL = Path(__file__).parent / "sql"

BLOCK_MOST = 40
"""More records than this in one block are a crowd: what they share tells nobody apart."""

PROPOSALS_MOST = 5
"""Of more look-alikes of one record only the likeliest are asked about."""

PROPOSAL = ("kind", "left_key", "right_key", "left_table", "left_record", "right_table", "right_record", "score",
            "reasons", "is_lookalike")
STATEMENTS = {"person": "people", "organization": "companies"}
COMPARED = {"person": ("name", "domain", "birthday", "postal"), "organization": ("name", "domain")}
"""Texts of which it matters how many letters differ; rapidfuzz counts them a hundred times faster than the database."""

New = Mapping[str, Collection[str]]
"""Ids of new records, by table: contacts, organizations, partners."""


def propose(cursor: duckdb.DuckDBPyConnection, now: dt.datetime, new: New | None = None,
            import_id: str | None = None) -> int:
    """Ask about look-alikes of new records among all others, inside the caller's transaction; returns how many.

    new: None for the whole database. now: naive UTC. A pair that was ever proposed is not proposed again.
    """
    if new is None:
        _fold_what_is_not_yet(cursor)
    elif not any(len(ids) for ids in new.values()):
        return 0
    _give(cursor, "new_records", pl.DataFrame(
        [(table, one) for table, ids in (new or {}).items() for one in ids],
        schema={"source": pl.String, "id": pl.String}, orient="row",
    ))
    _give(cursor, "international", _shown(_read(cursor, "international_domains")["domain"]))
    found = []
    for kind, records in STATEMENTS.items():
        _keep(cursor, "records", records, everything=new is None)
        found.append(best(likely(cursor, kind)))
    found.append(_payees(cursor))
    for name in ("new_records", "international", "records", "blocks", "pairs"):
        cursor.execute(f"drop table {name}").fetchall()
    return _store(cursor, pl.concat(found), now, import_id)


def likely(cursor: duckdb.DuckDBPyConnection, kind: str, least: float = THRESHOLD) -> pl.DataFrame:
    """Pairs of the relation `records` (columns of people.sql or companies.sql) that may be the same, with score and
    reasons. least: the score from which a pair is kept. Leaves `blocks` and `pairs` as temporary tables."""
    statement = STATEMENTS[kind]
    _keep(cursor, "blocks", f"{statement}_blocks")
    _keep(cursor, "pairs", "pairs", most=BLOCK_MOST)
    likeness = _read(cursor, f"{statement}_likeness").filter(*_in_question(kind))
    distances = {f"{name}_distance": _distances(likeness, name) for name in COMPARED[kind]}
    return weighed(likeness.with_columns(**distances), kind, least).with_columns(kind=pl.lit(kind))


def _in_question(kind: str) -> list[pl.Expr]:
    """Which pairs are a question at all; as a condition of the join, "not equal" would make it a product."""
    apart = [pl.col("left_key") != pl.col("right_key"),
             (pl.col("left_table") != "partners") | (pl.col("right_table") != "partners")]
    if kind == "organization":  # what is known to be one group needs no question
        apart += [pl.col(one).ne_missing(pl.col(other)) | pl.col(one).is_null() for one, other in (
            ("left_parent", "right_record"), ("right_parent", "left_record"), ("left_parent", "right_parent"))]
    return apart


def _distances(pairs: pl.DataFrame, name: str) -> pl.Series:
    """How many letters differ between the two sides, a swapped pair of neighbours being one; 3 stands for more."""
    left, right = pairs[f"left_{name}"], pairs[f"right_{name}"]
    found = process.cpdist(left.fill_null("").to_list(), right.fill_null("").to_list(), scorer=OSA.distance,
                           score_cutoff=2, workers=2)
    return pl.select(pl.when(left.is_not_null() & right.is_not_null()).then(pl.Series(found))).to_series()


def best(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of keys, by its likeliest records, the smaller key left; of one key at most PROPOSALS_MOST."""
    if "is_lookalike" not in pairs.columns:
        pairs = pairs.with_columns(is_lookalike=pl.lit(False))
    swapped = pl.col("left_key") > pl.col("right_key")
    sides = [
        pl.when(swapped).then(f"{other}_{name}").otherwise(f"{side}_{name}").alias(f"{side}_{name}")
        for side, other in (("left", "right"), ("right", "left")) for name in ("key", "table", "record")
    ]
    order = ["score", "left_key", "right_key", "left_record", "right_record"]
    ranked = (
        pairs.with_columns(sides).with_columns(pl.col("is_lookalike").fill_null(False))
        .sort(order, descending=[True, False, False, False, False])
        .unique(["left_key", "right_key"], keep="first", maintain_order=True)
    )
    places = [pl.int_range(pl.len()).over(f"{side}_key") < PROPOSALS_MOST for side in ("left", "right")]
    return ranked.filter(pl.all_horizontal(places)).select(PROPOSAL)


def _payees(cursor: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Pairs of partners that gave the same payee details."""
    shared = _read(cursor, "shared_payee_details", most=BLOCK_MOST)
    return shared.select(
        kind=pl.lit("partner"), left_key="left_key", right_key="right_key",
        left_table=pl.lit("partners"), left_record="left_key", right_table=pl.lit("partners"),
        right_record="right_key", score=pl.lit(1.0), reasons=pl.col("details").list.eval("same " + pl.element()),
        is_lookalike=pl.lit(False),
    )


def _store(cursor: duckdb.DuckDBPyConnection, proposals: pl.DataFrame, now: dt.datetime, import_id: str | None) -> int:
    known = _read(cursor, "proposed_pairs")
    fresh = proposals.join(known, on=["kind", "left_key", "right_key"], how="anti")
    names = [hashlib.sha256("\n".join(row).encode()).hexdigest()[:16]
             for row in fresh.select("kind", "left_key", "right_key").iter_rows()]
    store.append(cursor, "near_matches", fresh.with_columns(
        pl.Series("id", names, pl.String), pl.col("score").round(3), recorded_at=pl.lit(now),
        **{"import": pl.lit(import_id, pl.String)},
    ))
    return fresh.height


def _shown(domains: pl.Series) -> pl.DataFrame:
    """Domains with letters beyond a to z as an eye reads them: domain, shown."""
    return pl.DataFrame({"domain": domains, "shown": [_as_read(domain) for domain in domains]},
                        schema={"domain": pl.String, "shown": pl.String})


def _as_read(domain: str) -> str:
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


def _fold_what_is_not_yet(cursor: duckdb.DuckDBPyConnection) -> None:
    """Fold the names of rows that came in before names were folded; a row with nothing to fold is asked each time."""
    people, companies = folding.name_keys, folding.company_keys
    for table, columns in {
        "contacts": {"name_key": ("name", people), "company_key": ("company", companies)},
        "organizations": {"name_key": ("company", companies)},
        "partners": {"name_key": ("name", people), "company_key": ("company", companies)},
    }.items():
        rows = _read(cursor, f"unfolded_{table}")
        folded = {column: rule(rows[source]) for column, (source, rule) in columns.items()}
        _give(cursor, "folded", rows.select("id", **folded))
        cursor.execute(store.statement(SQL / f"fold_{table}.sql")).fetchall()
        cursor.execute("drop table folded").fetchall()


def _give(cursor: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    cursor.register("given_rows", frame)
    cursor.execute(f"create or replace temp table {name} as select * from given_rows").fetchall()
    cursor.unregister("given_rows")


def _keep(cursor: duckdb.DuckDBPyConnection, name: str, statement: str, **values: object) -> None:
    text = store.statement(SQL / f"{statement}.sql")
    cursor.execute(f"create or replace temp table {name} as {text}", values or None).fetchall()


def _read(cursor: duckdb.DuckDBPyConnection, statement: str, **values: object) -> pl.DataFrame:
    return cursor.sql(store.statement(SQL / f"{statement}.sql"), params=values or None).pl()
