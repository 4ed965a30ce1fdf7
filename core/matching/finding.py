"""Finding records that may be the same: people, organizations, and payees of two partners.

Called after an import with what is new, and for a whole database where it is made. Candidates come only from blocks:
records that share a phone, a name, half a name, a domain under another ending and the like; a block behind which a
crowd stands proposes nobody, so that the number of pairs grows with the records and not with their square. Pairs are
first compared as numbers (`outlines`, `pairing`), and only what could come to a question is read and weighed
(`evidence`). What is proposed stays a question until a person answers it; nothing is merged here, no verdict is known
here, no clock read.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping

import duckdb
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core import store
from core.matching import folding, outlines, pairing
from core.matching.evidence import THRESHOLD, weighed
from core.matching.outlines import STATEMENTS
from core.matching.relations import SQL, give, keep, read

BLOCK_MOST = 40
"""More records than this in one block are a crowd: what they share tells nobody apart."""

MANY = 20_000
"""Of more new records than this the others that share something with them are not looked up but all read."""

PAIRS_AT_ONCE = 100_000

PROPOSALS_MOST = 5
"""Of more look-alikes of one record only the likeliest are asked about."""

PROPOSAL = ("kind", "left_key", "right_key", "left_table", "left_record", "right_table", "right_record", "score",
            "reasons", "is_lookalike")
RECORD = {"source": pl.String, "record": pl.String}
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
        fresh = None
    else:
        fresh = pl.concat([pl.DataFrame(schema=RECORD), *(
            pl.DataFrame({"source": table, "record": list(ids)}, schema=RECORD) for table, ids in new.items())])
        if fresh.is_empty():
            return 0
    is_of_all = fresh is None or fresh.height > MANY or not outlines.are_kept(cursor)
    found = [best(likely(cursor, kind, _pairs(cursor, kind, fresh, is_of_all))) for kind in STATEMENTS]
    return len(_store(cursor, pl.concat([*found, _payees(cursor)]), now, import_id))


def propose_payees(cursor: duckdb.DuckDBPyConnection, now: dt.datetime) -> list[str]:
    """Ask about partners that gave the same payee details, inside the caller's transaction, once such details were
    recorded; returns the ids of the new questions. now: naive UTC."""
    return _store(cursor, _payees(cursor), now, None)


def _pairs(cursor: duckdb.DuckDBPyConnection, kind: str, fresh: pl.DataFrame | None, is_of_all: bool) -> pl.DataFrame:
    """Pairs worth a look, at least one of each new (None: all are); leaves their records as `records`.

    is_of_all: whether all records are read, and not only those that share a block with a new one.
    """
    outline = outlines.of_all(cursor, kind) if is_of_all else outlines.beside(cursor, kind, fresh, BLOCK_MOST)
    pairs = worth_a_look(outline, kind, fresh)
    sides = [pairs.select(source=f"{side}_table", record=f"{side}_record") for side in ("left", "right")]
    outlines.choose(cursor, kind, pl.concat(sides).unique())
    keep(cursor, "records", STATEMENTS[kind])
    return pairs


def worth_a_look(outline: pl.DataFrame, kind: str, fresh: pl.DataFrame | None = None, least: float = THRESHOLD
                 ) -> pl.DataFrame:
    """Pairs of outlined records that could score `least`: left_table, left_record, right_table, right_record."""
    names = outline.select("source", "record")
    is_new = pl.repeat(True, outline.height, eager=True) if fresh is None else _is_among(names, fresh)
    numbers = pairing.pairs(outline.with_columns(is_new=is_new), kind, BLOCK_MOST, least)
    sides = [names[numbers[f"{side}_no"]].rename({"source": f"{side}_table", "record": f"{side}_record"})
             for side in ("left", "right")]
    return pl.concat(sides, how="horizontal")


def _is_among(names: pl.DataFrame, fresh: pl.DataFrame) -> pl.Series:
    joined = names.join(fresh.with_columns(is_new=True), on=names.columns, how="left", maintain_order="left")
    return joined["is_new"].fill_null(False)


def likely(cursor: duckdb.DuckDBPyConnection, kind: str, pairs: pl.DataFrame, least: float = THRESHOLD) -> pl.DataFrame:
    """Of pairs of the relation `records` (columns of people.sql or companies.sql) those that may be the same, with
    score and reasons. pairs: as of `worth_a_look`. least: the score from which a pair is kept."""
    found = []
    for piece in list(pairs.iter_slices(PAIRS_AT_ONCE)) or [pairs]:
        give(cursor, "pairs", piece)
        likeness = read(cursor, f"{STATEMENTS[kind]}_likeness").filter(*_in_question(kind))
        distances = {f"{name}_distance": _distances(likeness, name) for name in COMPARED[kind]}
        found.append(weighed(likeness.with_columns(**distances), kind, least).with_columns(kind=pl.lit(kind)))
    return pl.concat(found)


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
    shared = read(cursor, "shared_payee_details", most=BLOCK_MOST)
    return shared.select(
        kind=pl.lit("partner"), left_key="left_key", right_key="right_key",
        left_table=pl.lit("partners"), left_record="left_key", right_table=pl.lit("partners"),
        right_record="right_key", score=pl.lit(1.0), reasons=pl.col("details").list.eval("same " + pl.element()),
        is_lookalike=pl.lit(False),
    )


def _store(cursor: duckdb.DuckDBPyConnection, proposals: pl.DataFrame, now: dt.datetime, import_id: str | None
           ) -> list[str]:
    names = [hashlib.sha256("\n".join(row).encode()).hexdigest()[:16]
             for row in proposals.select("kind", "left_key", "right_key").iter_rows()]
    named = proposals.with_columns(pl.Series("id", names, pl.String))
    fresh = named.join(read(cursor, "proposed_matches", ids=names), on="id", how="anti")
    store.append(cursor, "near_matches", fresh.with_columns(
        pl.col("score").round(3), recorded_at=pl.lit(now), **{"import": pl.lit(import_id, pl.String)},
    ))
    return fresh["id"].to_list()


def _fold_what_is_not_yet(cursor: duckdb.DuckDBPyConnection) -> None:
    """Fold the names of rows that came in before names were folded; a row with nothing to fold is asked each time."""
    people, companies = folding.name_keys, folding.company_keys
    for table, columns in {
        "contacts": {"name_key": ("name", people), "company_key": ("company", companies)},
        "organizations": {"name_key": ("company", companies)},
        "partners": {"name_key": ("name", people), "company_key": ("company", companies)},
    }.items():
        rows = read(cursor, f"unfolded_{table}")
        folded = {column: rule(rows[source]) for column, (source, rule) in columns.items()}
        give(cursor, "folded", rows.select("id", **folded))
        cursor.execute(store.statement(SQL / f"fold_{table}.sql")).fetchall()
        cursor.execute("drop table folded").fetchall()
