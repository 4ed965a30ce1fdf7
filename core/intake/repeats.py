"""The same row twice: in one file, in another file, or under an id that something else has.

Called by `core.intake.imports`. A row is known by the digest of its values, in whichever file it stands.
"""

from collections.abc import Callable

import polars as pl

from core import pieces
from core.intake.cells import quoted, refuse
from core.intake.kinds import TABLES
from core.intake.vocabulary import FIELDS
from core.intake.work import Import, keyed, without_persons

UNNAMED = ("first_name", "last_name", "is_deleted")
"""Fields that are no part of a row's digest: `full_name` says the same, and what is deleted does not come in."""

OF_PERSONS = ("leads", "contacts", "activities", "opportunities")
"""Kinds whose rows are of persons, so that their ids may be what a person is known by."""

SALES = ("activities", "opportunities")
"""Kinds whose rows are told for the programs of one company."""


def with_ids(work: Import, frame: pl.DataFrame, progress: Callable[[int], None]) -> pl.DataFrame:
    """The frame with `digest`, `id` (keyed digests of the row where the file has none, or of what is no id but says who
    the person is) and `record`, the id in our tables.

    progress: told how many rows are done.
    """
    frame = _with_digests(work, frame, progress)
    prefix = work.program if work.kind == "leads" else work.kind.removesuffix("s").replace("activitie", "event")
    made = f"{prefix}-" + (keyed(work, frame["digest"]) if work.secret else frame["digest"]).str.slice(0, 16)
    given = without_persons(work, frame["id"]) if work.kind in OF_PERSONS else frame["id"]
    frame = frame.with_columns(id=pl.coalesce(given, made))
    return frame.with_columns(record=_record(work))


def new_only(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with rows refused that stand in the file before, came with another file, or whose id is taken."""
    row = pl.col("first_row").cast(pl.String)
    frame = _first_only(frame, "digest", "the same as row " + row, None, is_settled=True)
    frame = _first_only(frame, "record", "id " + quoted("id") + " stands in row " + row + " with other content",
                        work.column("id"))
    new = frame.filter(pl.col("refused_reason").is_null()).select("digest", "record")
    known = work.ask("imported_rows", new.select("digest"))
    day = pl.col("imported_at").dt.strftime("%Y-%m-%d")
    reasons = known.select("digest", already=pl.format("already imported on {} from {}", day, "file_name"))
    already = frame.select("digest").join(reasons, on="digest", how="left", maintain_order="left")["already"]
    frame = refuse(frame, pl.lit(already.is_not_null()), pl.lit(already), is_settled=True)
    taken = work.ask("stored_ids", new.select(id="record"), table=TABLES[work.kind])["id"]
    return refuse(frame, pl.col("record").is_in(taken.implode()),
                  "id " + quoted("id") + " already exists with other content", work.column("id"))


def _record(work: Import) -> pl.Expr:
    """The id under which a row stands in our tables: activities and deals stand in one, as touches for some programs
    and as sales activity for others."""
    id = pl.col("id") + "/opportunity" if work.kind == "opportunities" else pl.col("id")
    if work.kind not in SALES or work.wants_sales_activity:
        return id
    is_form = pl.col("form").is_not_null() if work.kind == "activities" else pl.lit(False)
    return pl.when(is_form).then(id).otherwise(id + "/touch")


def _scope(work: Import) -> pl.Expr:
    """For whom a row is told: history is the same for every program, sales activity for those of one company."""
    if work.kind == "leads":
        return pl.lit(work.program)
    if work.kind == "activities":
        return pl.when(pl.col("form").is_null()).then(pl.lit(work.sales_scope())).otherwise(pl.lit("history"))
    return pl.lit(work.sales_scope() if work.kind in SALES else "history")


def _with_digests(work: Import, frame: pl.DataFrame, progress: Callable[[int], None]) -> pl.DataFrame:
    """The frame with the sha256 of program, kind and values: the same for a row in whichever file it stands."""
    names = sorted(set(FIELDS[work.kind]) - set(UNNAMED))
    filled = [name for name in names if frame[name].null_count() < frame.height]  # the others say nothing
    line = pl.concat_str(_scope(work) + f":{work.kind}:", *(_spelled_out(name, frame.schema[name]) for name in filled))
    digests = [pl.Series("digest", dtype=pl.String)]
    for found in pieces.answers(lambda piece: work.ask("digests", piece.select("place", line=line))["digest"],
                                pieces.slices(frame)):
        digests.append(found)
        progress(sum(map(len, digests)))
    return frame.with_columns(pl.concat(digests))


def _spelled_out(name: str, kind: pl.DataType) -> pl.Expr:
    """A value with its name and length, so that no two rows are spelled alike; nothing where there is none."""
    text = pl.col(name).list.join(";") if kind == pl.List else pl.col(name).cast(pl.String)
    spelled = pl.format("{}={}:{}", pl.lit(name), text.str.len_bytes(), text)
    return pl.when(text.is_not_null()).then(spelled).otherwise(pl.lit(""))


def _first_only(frame: pl.DataFrame, key: str, reason: pl.Expr, column: str | None,
                is_settled: bool = False) -> pl.DataFrame:
    """The frame with rows refused whose key stands in an earlier row that is not refused; `first_row` is its number."""
    first_row = pl.col("row").filter(pl.col("refused_reason").is_null()).first().over(key)
    frame = frame.with_columns(first_row=first_row)
    return refuse(frame, pl.col("first_row") < pl.col("row"), reason, column, is_settled).drop("first_row")
