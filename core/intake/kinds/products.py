"""Products in use: what an organization bought, when, whether it uses it, and until when its contract runs."""

import polars as pl

from core.intake.cells import quoted, refuse, word
from core.intake.parties import stored_organizations, with_named_organization
from core.intake.work import Import, with_yes_no


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: no product, no organization or an unknown one, and what a competitor sold."""
    frame = with_yes_no(work, frame, "is_competitor")
    frame = refuse(frame, pl.col("is_competitor"), "is a product of a competitor", work.column("is_competitor"),
                   is_settled=True)
    frame = refuse(frame, pl.col("products").list.len().fill_null(0) == 0, "names no product", work.column("products"))
    frame = refuse(frame, pl.coalesce("org", "org_name").is_null(), "names no organization", work.column("org"))
    frame = with_named_organization(work, frame)
    name = pl.coalesce(quoted("named_org"), quoted("org_name"))
    frame = refuse(frame, pl.col("org").is_null(), "organization " + name + " is not known yet: import organizations "
                   "first, then this row", work.column("org" if "org" in work.columns else "org_name"))
    frame = with_yes_no(work, frame, "is_in_use")
    in_use = pl.coalesce("is_in_use", word("use_status", "use_status") == "yes")
    return frame.with_columns(is_in_use=in_use)


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Products of organizations."""
    bought = frame.select("purchased_on", "is_in_use", "contract_ends_on", organization="known_orgs",
                          source_id="record", product="products")
    return {"organization_products": bought.explode("organization").explode("product")}


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What every organization has bought that a row is about."""
    behind = frame.select("place", id="known_orgs").explode("id").join(stored_organizations(work), on="id").drop("id")
    return {"products": behind.with_columns(is_doubtful=pl.lit(False))}
