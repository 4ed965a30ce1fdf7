"""Rows of every table of facts: their columns, and the keys that are computed once when they come in.

Called by whatever brings rows (documents, files, the sample). Writes nothing but what `store_rows` is given.
"""

from collections.abc import Iterator

import duckdb
import polars as pl

from core import store
from core.facts import columns, keys
from core.matching import folding
from core.model import Refusal

MOMENT = pl.Datetime("us")
MONEY = pl.Decimal(18, 2)

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "partners": {
        **dict.fromkeys(("id", "kind", "name", "first_name", "last_name", "email", "domain", "country"), pl.String),
        "check_address": pl.String, "check_address_confirmed_at": MOMENT, "wire_details": pl.String,
        "other_details": pl.String, "recorded_at": MOMENT, "import": pl.String,
    },
    "organizations": {
        **dict.fromkeys(("id", "name", "domain", "kind", "country", "parent", "phone", "street", "postal_code", "city",
                         "other_details"), pl.String),
        "recorded_at": MOMENT, "import": pl.String,
    },
    "organization_owners": {
        "organization": pl.String, "partner": pl.String, "percent": pl.Decimal(5, 2), "is_controlled": pl.Boolean,
        "recorded_at": MOMENT,
    },
    "organization_products": {
        "organization": pl.String, "product": pl.String, "purchased_on": pl.Date, "is_in_use": pl.Boolean,
        "contract_ends_on": pl.Date, "recorded_at": MOMENT, "import": pl.String, "source_id": pl.String,
    },
    "contacts": {
        **dict.fromkeys(
            ("id", "org", "full_name", "email", "company", "role", "employer_partner", "phone", "street", "postal_code",
             "city", "other_details"), pl.String
        ),
        "recorded_at": MOMENT, "import": pl.String,
    },
    "leads": {
        **dict.fromkeys(("id", "program", "partner", "contact", "org"), pl.String),
        "submitted_at": MOMENT, "recorded_at": MOMENT, "channel": pl.String, "new_contact_record": pl.Boolean,
        "first_click_at": MOMENT, "products": pl.List(pl.String), "expected_decision_on": pl.Date,
        **dict.fromkeys(
            ("source_context", "follow_up_with", "deal_stage_at_submission", "history_lookup", "other_details",
             "import"), pl.String),
    },
    "events": {
        "id": pl.String, "type": pl.String, "happened_at": MOMENT, "recorded_at": MOMENT,
        **dict.fromkeys(("lead", "contact", "org", "partner", "program", "email", "channel"), pl.String),
        "automated": pl.Boolean,
        **dict.fromkeys(
            ("kind", "call_status", "decided_by", "decision", "criterion", "reason", "what", "rep", "stage",
             "meaningful", "introduced_by"), pl.String),
        "occurred_at": MOMENT, "logged_at": MOMENT, "is_new": pl.Boolean, "opened_on": pl.Date, "until_on": pl.Date,
        "transaction": pl.String,
        **dict.fromkeys(("subscription_amount", "other_amount", "total_amount", "amount"), MONEY),
        **dict.fromkeys(
            ("currency", "field", "about", "descriptive", "customer_asked", "other_details", "import"), pl.String),
    },
    "verdicts": {
        **dict.fromkeys(("id", "lead", "criterion", "verdict", "decided_by", "note"), pl.String),
        "happened_at": MOMENT, "recorded_at": MOMENT,
    },
}
"""Per table, the columns that a bringer of rows fills; the keys are added by `identify`."""

KEYED = ("partners", "contacts", "organizations", "leads", "events")
"""Tables whose rows have keys of persons or organizations."""

Rows = dict[str, pl.DataFrame]
"""Per table of SCHEMAS, a frame with exactly those columns (plus, after `identify`, the keys)."""

SEPARATOR = "\x1f"
"""Between the number of a document and an id, where several documents are evaluated side by side."""


def frames(rows: dict[str, list[dict]]) -> Rows:
    """Frames of the tables' own types from lists of plain rows; a column that no row names is null."""
    return {
        table: pl.DataFrame(rows.get(table, []), schema=schema, orient="row")
        for table, schema in SCHEMAS.items()
    }


def identify(rows: Rows, known: duckdb.DuckDBPyConnection | None = None, side_by_side: bool = False) -> Rows:
    """The same rows with the keys of the person and the organization behind each.

    known: a database in which contacts and organizations stand that these rows may refer to.
    side_by_side: ids begin with a document's number; keys then do too, so that documents share nothing.
    """
    return dict(identified(dict(rows), known, side_by_side))


def identified(rows: Rows, known: duckdb.DuckDBPyConnection | None = None, side_by_side: bool = False
               ) -> Iterator[tuple[str, pl.DataFrame]]:
    """As `identify`, one table after the other and each taken out of `rows`: of a million rows, one table that is being
    stored and one that is being made are all that has to be in memory."""
    def apart(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
        return _apart(frame, *names) if side_by_side else frame

    for table in [table for table in rows if table not in KEYED]:
        yield table, rows.pop(table)
    yield "partners", apart(_of_partners(rows.pop("partners")), "address_key", "org_key")
    contacts, organizations = rows.pop("contacts"), rows.pop("organizations")
    # most organizations are called what their contacts say: each name is folded once
    folded = folding.company_keys(pl.concat([contacts["company"], organizations["name"]]))
    frame = _of_contacts(contacts, folded[:contacts.height])
    bare = frame.select("id", "org", "email_org_key")
    frame = apart(frame, "address_key", "person_key", "email_org_key")
    contacts = frame.select("id", "org", "full_name", "company", "person_key", "email_org_key")
    yield "contacts", frame
    frame = apart(_of_organizations(organizations, folded[contacts.height:], bare), "org_key")
    organizations = frame.select("id", "name", "org_key")
    yield "organizations", frame
    contacts, organizations = _with_known(contacts, organizations, known)
    frame = _of_leads(rows.pop("leads"), contacts, organizations, side_by_side, known)
    yield "leads", frame
    frame = _of_events(rows.pop("events"), contacts, organizations, side_by_side)
    yield "events", frame


def store_rows(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Append identified rows to their tables, inside the caller's transaction."""
    for table, frame in rows.items():
        store.append(cursor, table, frame)


def store_new(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> int:
    """Append identified rows that the database lacks; returns how many. Inside the caller's transaction.

    Raises Refusal where an id exists with other content, naming it.
    """
    added = 0
    for table, frame in rows.items():
        identity = ["id"] if "id" in frame.columns else ["organization", "partner" if "partner" in frame else "product"]
        known = _stored(cursor, table, frame)
        differing = frame.join(known, on=identity, how="semi").join(
            known, on=frame.columns, how="anti", nulls_equal=True
        )
        if not differing.is_empty():
            raise Refusal(
                f"{table[:-1].replace('_', ' ').capitalize()} {differing.row(0)[0]} exists already with other "
                "content. Give it another id, or take the stored content."
            )
        fresh = frame.join(known, on=identity, how="anti")
        store.append(cursor, table, fresh)
        added += fresh.height
    return added


def _stored(cursor: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The stored rows of a table, in the columns and types of a frame."""
    names = ", ".join(f'"{name}"' for name in frame.columns)
    return cursor.sql(f"select {names} from {table}").pl().cast(dict(frame.schema))


def _apart(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    number = pl.col("id").str.split(SEPARATOR).list.first() + SEPARATOR
    return frame.with_columns((number + pl.col(column)).alias(column) for column in columns)


def _of_partners(frame: pl.DataFrame) -> pl.DataFrame:
    keyed = columns.with_keys(frame.select("id", "email", "domain"), email="email", domain="domain")
    return frame.with_columns(
        keyed["address_key"], keyed["email_class"],
        org_key=keyed.select(pl.coalesce("org_key", "d:" + pl.col("email_domain_key"))).to_series(),
        name_key=folding.name_keys(frame.select(pl.concat_str("first_name", "last_name", separator=" ",
                                                              ignore_nulls=True)).to_series()),
        company_key=folding.company_keys(frame["name"]),
    )


def _of_contacts(frame: pl.DataFrame, company_keys: pl.Series) -> pl.DataFrame:
    keyed = columns.with_keys(frame.select("id", "email"), email="email")
    return frame.with_columns(
        keyed["address_key"], keyed["email_class"],
        person_key=keyed.select(pl.coalesce("person_key", "c:" + pl.col("id"))).to_series(),
        email_org_key=keyed.select("d:" + pl.col("email_domain_key")).to_series(),
        name_key=folding.name_keys(frame["full_name"]),
        company_key=company_keys,
        phone_key=folding.phone_keys(frame["phone"]),
    )


def _of_organizations(frame: pl.DataFrame, name_keys: pl.Series, contacts: pl.DataFrame) -> pl.DataFrame:
    """A domain identifies; else the one domain that all its contacts write from; else the name; else the record."""
    keyed = columns.with_keys(frame.select("id", "domain", "name", "country"),
                           domain="domain", name="name", country="country")
    from_addresses = (
        contacts.filter(pl.col("org").is_not_null() & pl.col("email_org_key").is_not_null())
        .group_by("org").agg(pl.col("email_org_key").unique()).filter(pl.col("email_org_key").list.len() == 1)
        .select(id="org", address_domain=pl.col("email_org_key").list.first())
    )
    keyed = keyed.join(from_addresses, on="id", how="left", maintain_order="left")
    has_domain = pl.col("org_key").str.starts_with("d:")
    key = pl.when(has_domain).then("org_key").otherwise(pl.coalesce("address_domain", "org_key", "o:" + pl.col("id")))
    return frame.with_columns(
        org_key=keyed.select(key).to_series(),
        name_key=name_keys,
        phone_key=folding.phone_keys(frame["phone"]),
    )


def _with_known(contacts: pl.DataFrame, organizations: pl.DataFrame, known: duckdb.DuckDBPyConnection | None
                ) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Contacts (id, org, full_name, company, person_key, email_org_key) and organizations (id, name, org_key), and with
    them those that stand in the database."""
    if known is None:
        return contacts, organizations
    here = store.HERE / "sql"
    stored_contacts = store.read(known, here / "contact_keys.sql").join(contacts, on="id", how="anti")
    stored_organizations = store.read(known, here / "organization_keys.sql").join(organizations, on="id", how="anti")
    return pl.concat([contacts, stored_contacts]), pl.concat([organizations, stored_organizations])


def _parties(frame: pl.DataFrame, contacts: pl.DataFrame, organizations: pl.DataFrame) -> pl.DataFrame:
    """Left join of a frame's `contact` and `org` with who they are; an empty `org` is the contact's."""
    joined = frame.join(
        contacts.rename({"id": "contact", "org": "contact_org"}), on="contact", how="left", maintain_order="left"
    ).with_columns(org_named=pl.coalesce("org", "contact_org"))
    return joined.join(
        organizations.select(org_named="id", org_name="name", record_key="org_key"),
        on="org_named", how="left", maintain_order="left",
    )


def _of_leads(frame: pl.DataFrame, contacts: pl.DataFrame, organizations: pl.DataFrame,
              side_by_side: bool, known: duckdb.DuckDBPyConnection | None) -> pl.DataFrame:
    """Person and organization of each lead, and whether more than 20 names stood behind a key when it came (W23)."""
    joined = _parties(frame.select("id", "contact", "org", "submitted_at"), contacts, organizations)
    is_named_only = pl.coalesce("record_key", "email_org_key").is_null()
    by_name = columns.with_keys(joined.select(company=pl.when(is_named_only).then("company")), name="company")
    joined = joined.with_columns(company_key=by_name["org_key"])
    if side_by_side:
        joined = _apart(joined, "company_key")
    joined = joined.with_columns(org_key=pl.coalesce("record_key", "email_org_key", "company_key"))
    other_domain = pl.col("email_org_key") != pl.col("org_key")
    joined = joined.with_columns(email_org_key=pl.when(other_domain).then("email_org_key"))
    company = pl.coalesce("company", "org_name")
    crowded_keys = _crowded(  # a domain is one key, whether it comes as the organization's or with an address
        pl.concat([_coming(joined, key, company) for key in ("org_key", "email_org_key")]), "org_key", known)
    return frame.with_columns(
        joined["person_key"],
        joined["org_key"],
        joined["email_org_key"],
        person_key_crowded=_crowded(_coming(joined, "person_key", pl.col("full_name")), "person_key", known),
        org_key_crowded=crowded_keys[:joined.height],
        email_org_key_crowded=crowded_keys[joined.height:],
    )


def _coming(leads: pl.DataFrame, key: str, name: pl.Expr) -> pl.DataFrame:
    """A key of each lead with the name that came with it."""
    return leads.select(key=pl.col(key), name=name, moment="submitted_at")


def _crowded(coming: pl.DataFrame, key: str, known: duckdb.DuckDBPyConnection | None) -> pl.Series:
    """Whether more than 20 names stood behind each coming key when its lead came; names already stored count before."""
    if known is None:
        return keys.crowded(coming, key="key", name="name", order="moment")
    with known.cursor() as cursor:
        cursor.register("coming_keys", coming.select("key").unique())
        text = store.statement(store.HERE / "sql" / f"names_behind_{key}.sql")
        stored = cursor.sql(text).pl()
        cursor.unregister("coming_keys")
    earliest = coming["moment"].min()
    both = pl.concat([stored.with_columns(moment=pl.lit(earliest, MOMENT)), coming])
    return keys.crowded(both, key="key", name="name", order="moment")[stored.height:]


def _of_events(frame: pl.DataFrame, contacts: pl.DataFrame, organizations: pl.DataFrame,
               side_by_side: bool) -> pl.DataFrame:
    """Whom an event names: by its contact or bare address; by its organization, else the contact's, else the domain."""
    with_parties = pl.any_horizontal(pl.col("contact", "org", "email").is_not_null())
    named = frame.with_row_index("row").filter(with_parties).select("row", "id", "contact", "org", "email")
    joined = _parties(named, contacts, organizations)
    bare = columns.with_keys(joined.select("id", "email"), email="email").select(
        "id", bare_person="person_key", bare_org="d:" + pl.col("email_domain_key")
    )
    if side_by_side:
        bare = _apart(bare, "bare_person", "bare_org")
    joined = joined.with_columns(bare["bare_person"], bare["bare_org"]).select(
        "row",
        person_key=pl.coalesce("person_key", "bare_person"),
        org_key=pl.coalesce("record_key", "email_org_key", "bare_org"),
    )
    return frame.with_row_index("row").join(joined, on="row", how="left", maintain_order="left").drop("row")
