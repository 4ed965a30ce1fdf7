"""Who is meant: the organization behind a website, an address or a name, and the parties that a row of history names.

Called by the modules of `kinds`. Only what is certain counts: a name that two of them bear is nobody's.
"""

import polars as pl

from core import store
from core.facts import columns
from core.intake.cells import quoted, refuse
from core.intake.work import Import, details


def company_keys(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with `domain` (of the website) and `company_key`: of the website, else the address, else the name."""
    domain = site = columns.domain_keys(frame["website"])
    if "email" in frame.columns:
        domain = pl.select(pl.coalesce(site, address_domains(frame["email"]))).to_series()
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
    """The frame with `org` as an id that the database knows, else null, and `named_org` as the row says it."""
    known = work.ask("stored_ids", frame.select(id="org").unique(), table="organizations")["id"]
    asked = frame.select(name=_folded("org_name")).unique()
    by_name = work.ask("organizations_of_name", asked).rename({"id": "org_of_name"})
    frame = frame.with_columns(named_org="org", folded=_folded("org_name")).join(
        by_name, left_on="folded", right_on="name", how="left", maintain_order="left"
    )
    by_id = pl.when(pl.col("org").is_in(known.implode())).then("org")
    return frame.with_columns(org=pl.coalesce(by_id, "org_of_name")).drop("folded", "org_of_name")


def _contacts(work: Import, frame: pl.DataFrame) -> pl.DataFrame:
    """place and known_contacts of the rows that name some; several ids or names stand with semicolons between them."""
    asked = frame.select(
        "place", "org", id=pl.col("contact").str.split(";"), email="contact_email",
        name=pl.col("contact_name").str.split(";"),
    )
    by_id = asked.select("place", "id").explode("id").select("place", pl.col("id").str.strip_chars()).drop_nulls()
    named = asked.select("place", "org", "name").explode("name").drop_nulls("name")
    in_brackets = pl.col("name").str.extract(r"\(\s*([^\s()@]+@[^\s()]+)\s*\)\s*$")
    addresses = pl.concat([asked.select("place", "email"), named.select("place", email=in_brackets)]).drop_nulls()
    addresses = columns.with_keys(addresses, email="email").select("place", "address_key").drop_nulls()
    names = named.filter(in_brackets.is_null()).select("place", "org", name=_folded("name")).drop_nulls()
    found = pl.concat([
        by_id.join(work.ask("named_contacts", by_id.select("id").unique()), on="id").select("place", "contact"),
        addresses.join(work.ask("contacts_of_address", addresses.select("address_key").unique()),
                       on="address_key").select("place", "contact"),
        names.join(work.ask("contacts_of_name", names.select("name", "org").unique()),
                   on=["name", "org"]).select("place", "contact"),
    ])
    return found.group_by("place").agg(known_contacts=pl.col("contact").unique().sort())


def per_contact(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per known contact, with `contact` and the record's id, numbered from its second contact on.

    One row where none is known: then `contact` is whom the row names, since happenings that name somebody else of an
    organization count less than those that name nobody (W3).
    """
    unknown = pl.coalesce("contact", "contact_name")
    named = frame.with_columns(contact="known_contacts", unknown=unknown)
    named = named.explode("contact", empty_as_null=True, keep_nulls=True)
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
        frame.select("place", id="org").join(stored, on="id").drop("id"),
        named.join(of_contacts, on="contact").drop("contact"),
    ])


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.strip_chars()


def _quoted_first(*columns: str) -> pl.Expr:
    return pl.coalesce(quoted(column) for column in columns)
