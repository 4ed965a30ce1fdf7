"""Who is meant: the organization behind a website, an address or a name, and the parties that a row of history names.

Called by the modules of `kinds`. Only what is certain counts: a name that two of them bear is nobody's.
"""

import polars as pl

from core import store
from core.facts import columns
from core.intake.cells import quoted, refuse
from core.intake.work import Import, details, without_persons


def company_keys(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with `domain` (of the website) and `company_key`: of the website, else the address, else the name."""
    domain = site = columns.domain_keys(frame["website"])
    if "email" in frame.columns:
        unsited = frame.select(pl.when(pl.lit(site).is_null()).then("email")).to_series()
        domain = pl.select(pl.coalesce(site, address_domains(unsited))).to_series()
    nameless = pl.when(domain.is_null())
    asked = frame.select(name=nameless.then(name), country=nameless.then("country"))
    by_name = columns.with_keys(asked, name="name", country="country")["org_key"]
    company_key = pl.coalesce("d:" + pl.lit(domain), pl.lit(by_name))
    return frame.with_columns(site.alias("domain"), company_key=company_key)


def address_domains(emails: pl.Series) -> pl.Series:
    """The domain key of each e-mail address."""
    return columns.with_keys(pl.DataFrame({"email": emails}), email="email")["email_domain_key"]


def organizations(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the website as a detail where no domain of the organization's own can be read from it."""
    frame = frame.with_columns(unread=pl.when(pl.col("domain").is_null()).then("website"))
    return frame.with_columns(other_details=details(website="unread"))


def stored_organizations(work: Import) -> pl.DataFrame:
    """id and org_key of every organization in the database."""
    return store.read(work.con, store.HERE / "sql" / "organization_keys.sql").select("id", "org_key")


def stored_contacts(work: Import) -> pl.DataFrame:
    """id, org and email_org_key of every contact in the database."""
    return store.read(work.con, store.HERE / "sql" / "contact_keys.sql").select("id", "org", "email_org_key")


def with_named_parties(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `org` (an organization in the database, by its id or by a name that it alone bears),
    `known_contacts` (ids of contacts: by id, by address, by a name that one person alone bears in that organization)
    and `email` (an address that no contact has: it says enough); rows refused that name nobody, or nobody known.

    A happening of somebody unknown would never be found again: its keys are computed when it comes in.
    """
    who = pl.any_horizontal(pl.col("contact", "contact_email", "contact_name", "org", "org_name").is_not_null())
    frame = refuse(frame, ~who, "names neither a contact nor an organization, so it would cover nobody")
    frame = with_named_organization(work, frame)
    frame = frame.join(_contacts(work, frame), on="place", how="left", maintain_order="left")
    address = columns.with_keys(frame.select("contact_email"), email="contact_email")["address_key"]
    bare = pl.when(pl.lit(address).is_not_null() & pl.col("known_contacts").is_null()).then("contact_email")
    frame = frame.with_columns(email=bare)
    named = pl.concat_str(
        pl.lit("contact ") + _quoted_first("contact", "contact_email", "contact_name"),
        pl.lit("organization ") + _quoted_first("named_org", "org_name"), separator=" and ", ignore_nulls=True,
    )
    reason = named + " not known yet: import contacts and organizations first, then this row"
    is_known = pl.any_horizontal(pl.col("known_contacts", "org", "email").is_not_null())
    return refuse(frame, ~is_known, reason, work.column("contact" if "contact" in work.columns else "org"))


def with_named_organization(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `known_orgs` (ids that the database knows: by id, else by a name that one organization alone
    bears), `org` (the first of them) and `named_org` as the row says it; several stand with semicolons between them."""
    ids = _parts(frame, "org")
    by_id = ids.join(work.ask("stored_ids", ids.select(id="part").unique(), table="organizations"),
                     left_on="part", right_on="id").select("place", of_id="part")
    names = _parts(frame, "org_name").with_columns(_folded("part"))
    by_name = names.join(work.ask("organizations_of_name", names.select(name="part").unique()),
                         left_on="part", right_on="name").select("place", of_name="id")
    for found in (by_id, by_name):
        listed = found.group_by("place").agg(pl.all().unique().sort())
        frame = frame.join(listed, on="place", how="left", maintain_order="left")
    frame = frame.with_columns(named_org="org", known_orgs=pl.coalesce("of_id", "of_name")).drop("of_id", "of_name")
    return frame.with_columns(org=pl.col("known_orgs").list.first())


def _contacts(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """place and known_contacts of the rows that name some; several ids or names stand with semicolons between them."""
    by_id = _parts(frame, "contact").rename({"part": "id"})
    by_id = pl.concat([by_id, by_id.with_columns(id=without_persons(work, by_id["id"]))])  # as contacts came in earlier
    named = _parts(frame, "contact_name").join(frame.select("place", "org"), on="place")
    in_brackets = pl.col("part").str.extract(r"\(\s*([^\s()@]+@[^\s()]+)\s*\)\s*$")
    addresses = pl.concat([
        frame.select("place", email="contact_email"), named.select("place", email=in_brackets)
    ]).drop_nulls()
    addresses = columns.with_keys(addresses, email="email").select("place", "address_key").drop_nulls()
    names = named.filter(in_brackets.is_null()).select("place", "org", name=_folded("part")).drop_nulls()
    found = pl.concat([
        by_id.join(work.ask("named_contacts", by_id.select("id").unique()), on="id").select("place", "contact"),
        addresses.join(work.ask("contacts_of_address", addresses.select("address_key").unique()),
                       on="address_key").select("place", "contact"),
        names.join(work.ask("contacts_of_name", names.select("name", "org").unique()),
                   on=["name", "org"]).select("place", "contact"),
    ])
    return found.group_by("place").agg(known_contacts=pl.col("contact").unique().sort())


def per_party(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per known organization and contact, with `org`, `contact` and the record's id, numbered from its second
    row on.

    Where no contact is known, `contact` is whom the row names, since happenings that name somebody else of an
    organization count less than those that name nobody (W3).
    """
    unknown = pl.coalesce("contact", "contact_name")
    named = frame.with_columns(org="known_orgs", contact="known_contacts", unknown=unknown)
    for name in ("org", "contact"):
        named = named.explode(name, empty_as_null=True, keep_nulls=True)
    named = named.with_columns(contact=pl.coalesce("contact", pl.when(pl.col("email").is_null()).then("unknown")))
    number = pl.int_range(pl.len()).over("place")
    suffix = pl.when(number > 0).then(pl.format("/{}", number + 1)).otherwise(pl.lit(""))
    return named.with_columns(record=pl.col("record") + suffix)


def organizations_behind(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """place and org_key of the organizations that rows of history are about: the named one, and their contacts'."""
    stored = stored_organizations(work)
    of_contacts = stored_contacts(work).join(stored.rename({"id": "org"}), on="org", how="left").select(
        contact="id", org_key=pl.coalesce("org_key", "email_org_key")
    )
    named = frame.select("place", contact="known_contacts").explode("contact", empty_as_null=True, keep_nulls=True)
    return pl.concat([
        frame.select("place", id="known_orgs").explode("id").join(stored, on="id").drop("id"),
        named.join(of_contacts, on="contact").drop("contact"),
    ])


def _parts(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """place and part of each filled part of a column, which semicolons separate."""
    parts = frame.select("place", part=pl.col(column).str.split(";")).explode("part")
    return parts.with_columns(pl.col("part").str.strip_chars()).filter(pl.col("part") != "")


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.strip_chars()


def _quoted_first(*columns: str) -> pl.Expr:
    return pl.coalesce(quoted(column) for column in columns)
