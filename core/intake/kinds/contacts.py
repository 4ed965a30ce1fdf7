"""Contacts of a CRM: persons, and the moments at which they were known and contacted."""

import polars as pl

from core.intake.cells import refuse
from core.intake.parties import address_domains, stored_organizations
from core.intake.work import Import, details, touches, with_name


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: nobody named."""
    frame = with_name(frame)
    is_nobody = pl.all_horizontal(pl.col("id", "full_name", "email", "company").is_null())
    return refuse(frame, is_nobody, "names nobody: neither an id nor a name nor an e-mail nor a company")


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Contacts, and a touch at each moment that the export names."""
    moments = {"record_created": "created_at", "outbound": "last_outbound_at", "inbound": "last_inbound_at"}
    told = [touches(work, frame, kind, moment, contact="record", org="org") for kind, moment in moments.items()]
    return {
        "contacts": frame.with_columns(other_details=details(merged_ids="merged_ids")),
        "events": pl.concat(told),
    }


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The contacts of an organization, but where one has no date."""
    address = address_domains(frame["email"])
    behind = pl.concat([
        frame.select("place", "created_at", id="org").join(stored_organizations(work), on="id").drop("id"),
        frame.select("place", "created_at", org_key="d:" + address),
    ])
    return {"contacts": behind.with_columns(is_doubtful=pl.col("created_at").is_null())}
