"""Tasks, events, calls and filled forms of a CRM: who was contacted, and whom sales people were working on."""

import polars as pl

from core.intake.cells import refuse
from core.intake.parties import organizations_behind, per_party, with_named_parties
from core.intake.work import Import, details

INBOUND = r"(?i)(^|[^a-z])(inbound|incoming)([^a-z]|$)"
WHO = ("org", "rep", "contact", "email")
SALESFORCE_ACCOUNT = "001"
"""What ids of Salesforce accounts begin with; a task's `what_id` may also name an opportunity."""


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: undated, or about nobody whom the database knows."""
    frame = refuse(frame, pl.coalesce("occurred_at", "logged_at").is_null(), "no date: neither when it was nor when "
                   "it was logged", work.column("occurred_at"))
    account = pl.when(pl.col("what").str.starts_with(SALESFORCE_ACCOUNT)).then("what")
    return with_named_parties(work, frame.with_columns(org=pl.coalesce("org", account)))


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Forms are inbound touches; the others touches, sales activity or both, as the program asks."""
    frame = per_party(frame).with_columns(is_form=pl.col("form").is_not_null())
    is_inbound = pl.col("is_form") | pl.any_horizontal(
        pl.col(name).str.contains(INBOUND).fill_null(False) for name in ("direction", "type", "subject")
    )
    occurred_at, logged_at = pl.coalesce("occurred_at", "logged_at"), pl.coalesce("logged_at", "occurred_at")
    told = frame.select(
        *WHO, "is_form", "record", happened_at=occurred_at, logged_at=logged_at, said="type",
        direction=pl.when(is_inbound).then(pl.lit("inbound")).otherwise(pl.lit("outbound")),
        other_details=details(type="type", subject="subject", direction="direction", related_to="what", form="form"),
    )
    sales = told.filter(~pl.col("is_form") & pl.lit(work.wants_sales_activity)).select(
        *WHO, "happened_at", "logged_at", "other_details", id="record", occurred_at="happened_at",
        type=pl.lit("sales_activity"), kind="said", meaningful=pl.lit("unknown"),
    )
    beside = pl.when(~pl.col("is_form") & pl.lit(work.wants_sales_activity)).then(pl.lit("/touch"))
    touches = told.filter(pl.col("is_form") | pl.lit(work.wants_touches)).select(
        *WHO, "happened_at", "other_details", id=pl.col("record") + beside.otherwise(pl.lit("")),
        type=pl.lit("crm_touch"), kind="direction", program=pl.lit(work.touch_program, pl.String),
    )
    return {"events": pl.concat([sales, touches], how="diagonal")}


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The activities of every organization that a row is about."""
    return {"activities": organizations_behind(work, frame).with_columns(is_doubtful=pl.lit(False))}
