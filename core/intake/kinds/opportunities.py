"""Opportunities and deals of a CRM: from when until when sales people were working on an organization or a contact.

For a program that asks who was known before, a touch at the creation. For one that asks for active prospects, sales
activity at the creation and at the last activity; whether that was meaningful is for a person.
"""

import polars as pl

from core.intake.cells import refuse, word
from core.intake.parties import organizations_behind, per_party, with_named_parties
from core.intake.work import Import, details, with_yes_no

WHO = ("org", "rep", "contact", "email")


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: undated, or about nobody whom the database knows, as where the links stand in a file of their own."""
    frame = refuse(frame, pl.coalesce("created_at", "last_activity_at").is_null(), "no date: neither when it was "
                   "created nor its last activity", work.column("created_at"))
    frame = with_yes_no(work, frame, "is_closed")
    said = pl.coalesce(word("deal_status", "deal_status"), word("stage", "deal_status"))
    frame = frame.with_columns(is_closed=pl.coalesce("is_closed", said == "closed"))
    return with_named_parties(work, frame)


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Touches, sales activity or both, as the program asks."""
    frame = per_party(frame).with_columns(
        created_at=pl.coalesce("created_at", "last_activity_at"),
        last_activity_at=pl.coalesce("last_activity_at", "created_at"), closed_on=pl.col("closed_at").cast(pl.String),
    ).with_columns(other_details=details(name="name", stage="stage", amount="amount", closed_on="closed_on"))
    told = []
    if work.wants_touches:
        beside = "/touch" if work.wants_sales_activity else ""
        told.append(frame.select(
            *WHO, "other_details", id=pl.col("record") + beside, type=pl.lit("crm_touch"),
            kind=pl.lit("record_created"), program=pl.lit(work.touch_program, pl.String), happened_at="created_at",
        ))
    if work.wants_sales_activity:
        is_later = pl.col("last_activity_at") > pl.col("created_at")
        told.append(_activity(frame, "created_at", ""))
        told.append(_activity(frame.filter(is_later), "last_activity_at", "/last_activity"))
    return {"events": pl.concat(told, how="diagonal")} if told else {}


def _activity(frame: pl.DataFrame, moment: str, suffix: str) -> pl.DataFrame:
    """Sales activity at a moment of each deal, with the stage that it was in then.

    A closed deal was in the sales cycle until it was closed; of one whose day of closing or state is not said, the
    stage stays open.
    """
    was_open = ~pl.col("is_closed") | (pl.col(moment).dt.date() < pl.col("closed_at"))
    return frame.select(
        *WHO, "other_details", id=pl.col("record") + suffix, type=pl.lit("sales_activity"),
        kind=pl.lit("opportunity"), happened_at=moment, occurred_at=moment, logged_at=moment,
        meaningful=pl.lit("unknown"),
        stage=pl.when(was_open).then(pl.lit("in_sales_cycle")).when(~was_open).then(pl.lit("none")),
    )


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The opportunities of every organization that a row is about; they are not all of its activities."""
    return {"opportunities": organizations_behind(work, frame).with_columns(is_doubtful=pl.lit(False))}
