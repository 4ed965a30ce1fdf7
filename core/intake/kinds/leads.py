"""Leads of partners: each with a contact of its own and the organization of its company."""

import polars as pl

from core.intake.cells import quoted, refuse, word
from core.intake.parties import company_keys, organizations, stored_organizations
from core.intake.work import Import, details, with_name, with_word, with_yes_no

PARTNER_KINDS = ("affiliate", "customer_contact", "referral_partner")


def judge(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """Refused: no day of submission, nobody named, no partner or an unknown one, words that are not ours."""
    frame = with_name(frame).with_columns(partner=pl.coalesce("partner", pl.lit(work.partner, pl.String)))
    undated = "no submission date"
    if "submitted_at" not in work.columns:
        undated += ": no column is known for it, name one in a mapping file"
    frame = refuse(frame, pl.col("submitted_at").is_null(), undated, work.column("submitted_at"))
    is_nobody = pl.all_horizontal(pl.col("full_name", "email", "company").is_null())
    frame = refuse(frame, is_nobody, "names nobody: neither a name nor an e-mail nor a company")
    partners = work.ask("stored_ids", frame.select(id="partner").unique(), table="partners")["id"]
    frame = refuse(frame, pl.col("partner").is_null(), "no partner: name the column, or the partner for the whole file",
                   work.column("partner"))
    # whom the command names is new at worst, and brought with the leads; a name in a file may be a slip
    frame = refuse(frame, ~pl.col("partner").is_in([*partners, *([work.partner] if work.partner else [])]),
                   "partner " + quoted("partner") + " is not known", work.column("partner"))
    frame = with_word(work, frame, "follow_up_with", "prospect or partner")
    frame = with_word(work, frame, "source_context", "normal, purchased list or trade show")
    return with_yes_no(work, frame, "new_contact_record")


def bring(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Leads, their contacts, the organizations that are new, and the partner where the import was told of a new one."""
    frame, new_organizations = _organizations_of_leads(work, company_keys(frame, "company"))
    channel, context = word("channel", "channel"), word("channel", "source_context")
    frame = frame.with_columns(
        program=pl.lit(work.program), contact=pl.col("id") + "/contact", org="org_record", channel=channel,
        source_context=pl.coalesce("source_context", context, pl.lit("normal")),
        products=pl.col("products").fill_null([]), expected_decision_on="expected_decision_date",
        history_lookup=pl.lit("unavailable"), said=pl.when(channel.is_null()).then("channel"),
    ).with_columns(other_details=details(channel="said"))
    contacts = frame.select("org", "full_name", "email", "company", "role", "phone", "street", "postal_code", "city",
                            id="contact")
    return {"partners": _new_partner(work, frame), "organizations": new_organizations, "contacts": contacts,
            "leads": frame}


def covers(work: Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Leads tell nothing of what the CRM knows."""
    return {}


def _new_partner(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The partner that the import was told of, where a lead is theirs and no record stands yet; nothing is guessed."""
    named = frame.select(id="partner").unique()
    stored = work.ask("stored_ids", named, table="partners")["id"]
    new = named.filter((pl.col("id") == pl.lit(work.partner, pl.String)) & ~pl.col("id").is_in(stored.implode()))
    word_of_program = work.terms.programs[work.program].partner_word.replace(" ", "_")
    return new.with_columns(kind=pl.lit(word_of_program if word_of_program in PARTNER_KINDS else "other"))


def _organizations_of_leads(work: Import, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with `org_record`, and the organizations that are new: one per account, else one per company key.

    A company that has a record, in the database or under an account of this file, keeps that.
    """
    stored = stored_organizations(work).sort("id")
    of_file = frame.filter(pl.col("org").is_not_null()).select(id="org", org_key="company_key")
    of_key = pl.concat([stored, of_file]).drop_nulls().unique("org_key", keep="first", maintain_order=True)
    named = frame.select("org", "company_key", "company", "domain", "country", "website")  # few columns: a join copies
    named = named.join(of_key.rename({"org_key": "company_key"}), on="company_key", how="left", maintain_order="left")
    named = named.select("company", "domain", "country", "website", org_record=pl.coalesce("org", "id", "company_key"))
    frame = frame.with_columns(named["org_record"])
    new = named.filter(pl.col("org_record").is_not_null()).join(stored, left_on="org_record", right_on="id", how="anti")
    new = new.group_by("org_record", maintain_order=True).agg(pl.all().first(ignore_nulls=True))
    return frame, organizations(new.rename({"org_record": "id", "company": "name"}))
