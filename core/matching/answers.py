"""What people answer about look-alikes: same, different, related; and taking an answer back.

Called by the desk and the command line inside their transaction. Only appends: the latest answer counts, every earlier
one stays, and no stored key is rewritten, so that any past day gives what it gave. Reads no clock; evaluates nothing.
"""

import datetime as dt

import duckdb
import polars as pl

from core import store
from core.facts.identity import stands_for
from core.matching.relations import SQL
from core.model import Refusal

ANSWERS = ("same", "different", "related")
UNDONE = "open"


def answer(cursor: duckdb.DuckDBPyConnection, near_match: str, said: str, by: str, note: str | None,
           now: dt.datetime) -> None:
    """Record what a person says about a near match; `open` takes the standing answer back. now: naive UTC.

    Raises Refusal for an unknown match or answer, for nobody who answers, for what stands already, and where the
    answer contradicts others: who is the same as a third cannot be different from it.
    """
    if said not in (*ANSWERS, UNDONE):
        raise Refusal(f"There is no answer {said!r}; there are {', '.join(ANSWERS)}, and open to take one back.")
    if not by.strip():
        raise Refusal("Say who answers: an answer without a name is none.")
    matches = _read(cursor, "standing_answers")
    own = matches.filter(id=near_match)
    if own.is_empty():
        raise Refusal(f"There is no near match {near_match}. List the open ones with `matches`.")
    if own["answer"][0] == said:
        raise Refusal(f"{near_match} is {said} already.")
    _refuse_contradiction(matches.filter(pl.col("kind") == own["kind"][0]), own.row(0, named=True), said)
    number = own["answers"][0] + 1
    store.append(cursor, "match_answers", pl.DataFrame(
        [{"id": f"{near_match}/{number}", "near_match": near_match, "answer": said, "decided_by": by, "note": note,
          "happened_at": now, "recorded_at": now}],
        schema_overrides={"note": pl.String},
    ))


def given(cursor: duckdb.DuckDBPyConnection, near_match: str) -> list[dict]:
    """Every answer to a near match, the earliest first: answer, decided_by, note, happened_at (UTC)."""
    return cursor.sql(store.statement(SQL / "given_answers.sql"), params={"near_match": near_match}).pl().to_dicts()


def _refuse_contradiction(matches: pl.DataFrame, own: dict, said: str) -> None:
    """Refuse where, after the answer, two who stand for the same would also be called different or related."""
    after = matches.with_columns(
        answer=pl.when(pl.col("id") == own["id"]).then(pl.lit(said)).otherwise("answer")
    )
    root = stands_for(after.filter(answer="same").select("left_key", "right_key").rows())
    for row in after.filter(pl.col("answer").is_in(["different", "related"])).iter_rows(named=True):
        if root.get(row["left_key"], row["left_key"]) == root.get(row["right_key"], row["right_key"]):
            other = f"near match {row['id']}" if row["id"] != own["id"] else "other near matches"
            both = f"{row['left_key']} and {row['right_key']}"
            raise Refusal(f"By {other} the answer would be another one: {both} cannot be both the same and "
                          f"{row['answer']}. Take one of the answers back first.")


def _read(cursor: duckdb.DuckDBPyConnection, statement: str) -> pl.DataFrame:
    return cursor.sql(store.statement(SQL / f"{statement}.sql")).pl()
