"""Organizations of a CRM: since when they are known, and what they have bought where the file says it."""

import polars as pl

from core.intake.cells import refuse
from core.intake.parties import company_keys, organizations, stored_contacts
from core.intake.work import Import, touches, with_yes_no


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: no organization named."""
    is_nobody = pl.all_horizontal(pl.col("id", "name", "website").is_null())
    frame = refuse(frame, is_nobody, "names no organization: neither an id nor a name nor a website")
    return with_yes_no(work, frame, "is_in_use")


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Organizations, their products, and a touch at their creation."""
    bought = frame.select("purchased_on", "is_in_use", "contract_ends_on", organization="record", product="products")
    return {
        "organizations": organizations(company_keys(frame, "name")),
        "organization_products": bought.explode("product").filter(pl.col("product").is_not_null()),
        "events": touches(work, frame, "record_created", "created_at", org="record"),
    }


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Not where a record has no date, nor where contacts came before it: their touches stand under another key."""
    behind = company_keys(frame, "name").select(
        "place", "created_at", org="record", org_key=pl.coalesce("company_key", "o:" + pl.col("record"))
    )
    ahead = behind.join(stored_contacts(work).select("org", "email_org_key"), on="org")
    ahead = ahead.filter(pl.col("email_org_key").ne_missing(pl.col("org_key")))["org"]
    is_doubtful = pl.col("created_at").is_null() | pl.col("org").is_in(ahead.implode())
    parts = {"contacts": behind.with_columns(is_doubtful=is_doubtful)}
    if "products" in work.columns:
        parts["products"] = behind.with_columns(is_doubtful=pl.lit(False))
    return parts
