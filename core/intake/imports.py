"""The import of a file: which of its rows come in as what, which are refused and why, all of it in one transaction.

Called by the command line and the intake page. For each kind of file one function refuses rows, one makes rows of our
tables, one says whose history is now covered; judging leads is left to the criteria. Reads no clock.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.facts import keys
from core.intake import files
from core.intake.mapping import (
    FIELDS,
    KINDS,
    Choice,
    check_zone,
    choose,
    quoted,
    read_answers,
    refuse,
    texts,
    with_values,
    word,
)
from core.intake.rows import SCHEMAS, Rows, identify
from core.matching.finding import propose
from core.model import Refusal

SQL = Path(__file__).parent / "sql"
PROGRAMS = ("cerri", "raf", "ptr")
TABLES = {"leads": "leads", "contacts": "contacts", "organizations": "organizations", "activities": "events"}
"""Where the rows of a kind of file stand under their own ids."""

PIECE = 100_000
"""Rows that are copied at once on their way through Python or into the database."""

INBOUND = r"(?i)(^|[^a-z])(inbound|incoming)([^a-z]|$)"
SALESFORCE_ACCOUNT = "001"
"""What ids of Salesforce accounts begin with; a task's `what_id` may also name an opportunity."""

UNNAMED = ("first_name", "last_name", "is_deleted")
"""Fields that are no part of a row's digest: `full_name` says the same, and what is deleted does not come in."""


@dataclass
class Report:
    """What became of a file's rows; accepted and refused rows together are the rows read.

    refused: {"row", "column", "reason"} per refused row. mapping: our field -> column. needs: questions
    ({"column", "choices"}) to be answered first; then nothing was stored. kind: what the file was taken for.
    refused_file: where the refused rows stand.
    """

    sha256: str
    rows_read: int
    accepted: int = 0
    refused: list[dict] = field(default_factory=list)
    mapping: dict[str, object] = field(default_factory=dict)
    needs: list[dict] = field(default_factory=list)
    kind: str = ""
    refused_file: Path | None = None

    def to_dict(self) -> dict:
        """The report as the command line prints it."""
        names = ("sha256", "rows_read", "accepted", "refused", "mapping", "needs")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class _Import:
    """One import under way. id: of the file's bytes with program and kind. columns: our field -> column.

    lines_before_rows: 1 for a header, else 0; import_rows counts as if there always were one.
    """

    con: duckdb.DuckDBPyConnection
    id: str
    program: str
    kind: str
    partner: str | None
    now: dt.datetime
    columns: dict[str, str]
    lines_before_rows: int

    def column(self, name: str) -> str:
        """The file's column of a field; the field itself where the file has none."""
        return self.columns.get(name, name)

    def ask(self, statement: str, incoming: pl.DataFrame | None = None, **values: object) -> pl.DataFrame:
        """Rows of a statement of this room; `incoming` is a table in it, whose rows are asked for one by one."""
        pieces = [None] if incoming is None or incoming.is_empty() else incoming.iter_slices(PIECE)
        answers = []
        for piece in pieces:
            with self.con.cursor() as cursor:
                if incoming is not None:
                    cursor.register("incoming", incoming if piece is None else piece)
                answers.append(cursor.sql(store.statement(SQL / f"{statement}.sql"), params=values or None).pl())
        return pl.concat(answers)


def import_file(con: duckdb.DuckDBPyConnection, path: str | Path, program: str, kind: str | None = None,
                partner: str | None = None, mapping: str | Path | None = None, now: dt.datetime | None = None,
                zone: str = "UTC") -> Report:
    """Bring a file's rows into the database, all in one transaction, and say what became of each.

    program: cerri, raf or ptr. kind: leads, contacts, organizations or activities; None to tell it from the columns.
    partner: of leads whose row names none; one without a record gets one with nothing but its id and kind.
    mapping: a JSON file, see `mapping.read_answers`. now: naive UTC, when the
    rows became known; it must be given. zone: IANA name of the program's zone, for times without one.
    Refused rows also go to NAME.EXT.refused.csv beside the file. Raises Refusal where nothing can be read or the file
    plainly holds something else; then, and where the report has `needs`, nothing is stored.
    """
    _check(program, kind, now, zone)
    path, answers = Path(path), read_answers(mapping)
    table = files.read(path)
    choice = choose(table, kind, partner, answers)
    work = _Import(con, f"{table.sha256}:{program}:{choice.kind}", program, choice.kind, partner, now, choice.columns,
                   int(table.has_header))
    report = Report(table.sha256, table.cells.height, mapping=_reported_mapping(table, choice), kind=choice.kind)
    frame = texts(table, choice)
    earlier = work.ask("import_of_file", **{"import": work.id})
    if earlier.height:
        frame = _refused_as_a_whole(work, path, frame, earlier)
    elif choice.needs:
        report.needs = choice.needs
        frame = refuse(frame, pl.lit(True), "not imported: a question about the columns comes first")
    else:
        frame = _judged(work, choice, frame, zone)
    refused = _report_rows(report, table, frame)
    brought = _brought(work, frame) if report.accepted else None
    del frame  # of a million rows one copy is enough
    if brought:
        _store(work, path.name, report, brought)
    if not report.needs:
        # A file of refused rows that somebody may be mending is not written over for nothing new.
        report.refused_file = files.write_refused(path, table.cells, refused, keeps_file=earlier.height > 0)
    return report


def _check(program: str, kind: str | None, now: dt.datetime | None, zone: str) -> None:
    if now is None or now.tzinfo is not None:
        raise ValueError("now must be given, as naive UTC")
    if program not in PROGRAMS:
        raise Refusal(f"There is no program {program!r}; there are {', '.join(PROGRAMS)}.")
    if kind is not None and kind not in KINDS:
        raise Refusal(f"There is no kind {kind!r}; there are {', '.join(KINDS)}.")
    check_zone(zone)


def _reported_mapping(table: files.Table, choice: Choice) -> dict[str, object]:
    """Our field -> column, the order of day and month where one was taken, and columns renamed for their twin."""
    more = {"_dates": choice.readings, "_renamed": table.renamed}
    return {**choice.columns, **{name: found for name, found in more.items() if found}}


def _refused_as_a_whole(work: _Import, path: Path, frame: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Every row of a file that came before; those that were refused then are told where to look."""
    imported = work.ask("accepted_rows", **{"import": work.id})["row_number"]
    reason = _already(*earlier.row(0))
    mended = f"{reason}, where this row was refused: mend it in {path.name}.refused.csv and import that"
    frame = frame.with_columns(refused_reason=pl.lit(None, pl.String))
    was_accepted = (pl.col("row") + 1 - work.lines_before_rows).is_in(imported.implode())
    frame = refuse(frame, was_accepted, reason, is_settled=True)
    return refuse(frame, pl.lit(True), mended)


def _already(imported_at: dt.datetime, file_name: str) -> str:
    return f"already imported on {imported_at:%Y-%m-%d} from {file_name}"


def _report_rows(report: Report, table: files.Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Put the refused rows into the report and leave only their cells in the table; gives row, column and reason."""
    refused = frame.filter(pl.col("refused_reason").is_not_null())
    table.cells = table.cells[refused["place"]]
    rows = refused.select("row", column="refused_column", reason="refused_reason")
    report.refused = rows.to_dicts()
    report.accepted = report.rows_read - rows.height
    return rows


# Which rows come in


def _judged(work: _Import, choice: Choice, frame: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The frame of `texts` with values, ids and digests, and with the reason of every row that is refused."""
    frame = _with_yes_no(work, frame, "is_deleted")
    frame = refuse(frame, pl.col("is_deleted"), "is deleted at its source", work.column("is_deleted"), is_settled=True)
    frame = with_values(frame, choice, zone)
    frame = _KINDS[work.kind].judge(work, frame)
    frame = _with_digests(work, frame)
    prefix = work.program if work.kind == "leads" else TABLES[work.kind].removesuffix("s")
    made = pl.lit(f"{prefix}-") + pl.col("digest").str.slice(0, 16)
    frame = frame.with_columns(id=pl.coalesce("id", made))
    return _new_only(work, frame.with_columns(record=_record(work)))


def _record(work: _Import) -> pl.Expr:
    """The id under which a row stands in our tables: a task is a touch for one program, sales activity for others."""
    if work.kind == "activities" and work.program == "cerri":
        return pl.when(pl.col("form").is_null()).then(pl.col("id") + "/touch").otherwise("id")
    return pl.col("id")


def _scope(work: _Import) -> pl.Expr:
    """For whom a row is told: history is the same for every program, sales activity for both of Celigo's."""
    if work.kind == "leads":
        return pl.lit(work.program)
    if work.kind == "activities":
        sales = pl.lit("cerri" if work.program == "cerri" else "celigo")
        return pl.when(pl.col("form").is_null()).then(sales).otherwise(pl.lit("history"))
    return pl.lit("history")


def _with_digests(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the sha256 of program, kind and values: the same for a row in whichever file it stands."""
    names = sorted(set(FIELDS[work.kind]) - set(UNNAMED))
    parts = [_spelled_out(name, frame.schema[name]) for name in names]
    digests: list[str] = []
    for piece in frame.iter_slices(PIECE):
        lines = piece.select(pl.concat_str(_scope(work) + f":{work.kind}:", *parts)).to_series()
        digests.extend(hashlib.sha256(line.encode()).hexdigest() for line in lines)
    return frame.with_columns(pl.Series("digest", digests, pl.String))


def _spelled_out(name: str, kind: pl.DataType) -> pl.Expr:
    """A value with its name and length, so that no two rows are spelled alike; nothing where there is none."""
    text = pl.col(name).list.join(";") if kind == pl.List else pl.col(name).cast(pl.String)
    spelled = pl.format("{}={}:{}", pl.lit(name), text.str.len_bytes(), text)
    return pl.when(text.is_not_null()).then(spelled).otherwise(pl.lit(""))


def _new_only(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with rows refused that stand in the file before, came with another file, or whose id is taken."""
    row = pl.col("first_row").cast(pl.String)
    frame = _first_only(frame, "digest", "the same as row " + row, None, is_settled=True)
    frame = _first_only(frame, "record", "id " + quoted("id") + " stands in row " + row + " with other content",
                        work.column("id"))
    new = frame.filter(pl.col("refused_reason").is_null()).select("digest", "record")
    known = work.ask("imported_rows", new.select("digest"))
    day = pl.col("imported_at").dt.strftime("%Y-%m-%d")
    reasons = known.select("digest", already=pl.format("already imported on {} from {}", day, "file_name"))
    frame = frame.join(reasons, on="digest", how="left", maintain_order="left")
    frame = refuse(frame, pl.col("already").is_not_null(), pl.col("already"), is_settled=True).drop("already")
    taken = work.ask("stored_ids", new.select(id="record"), table=TABLES[work.kind])["id"]
    return refuse(frame, pl.col("record").is_in(taken.implode()),
                  "id " + quoted("id") + " already exists with other content", work.column("id"))


def _first_only(frame: pl.DataFrame, key: str, reason: pl.Expr, column: str | None,
                is_settled: bool = False) -> pl.DataFrame:
    """The frame with rows refused whose key stands in an earlier row that is not refused; `first_row` is its number."""
    first = frame.filter(pl.col("refused_reason").is_null()).select("place", first_row=pl.col("row").first().over(key))
    frame = frame.join(first, on="place", how="left", maintain_order="left")
    return refuse(frame, pl.col("first_row") < pl.col("row"), reason, column, is_settled).drop("first_row")


def _with_yes_no(work: _Import, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with a field of texts as true, false or null; rows that say neither are refused."""
    said = word(name, "yes_no")
    frame = refuse(frame, pl.col(name).is_not_null() & said.is_null(),
                   quoted(name) + " is neither yes nor no", work.column(name))
    return frame.with_columns((said == "yes").alias(name))


def _with_word(work: _Import, frame: pl.DataFrame, name: str, expected: str) -> pl.DataFrame:
    """The frame with a field in our words; rows that use another are refused."""
    said = word(name, name)
    frame = refuse(frame, pl.col(name).is_not_null() & said.is_null(),
                   quoted(name) + f" is not understood: expected {expected}", work.column(name))
    return frame.with_columns(said.alias(name))


def _with_name(frame: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    full_name = pl.coalesce("full_name", pl.when(both != "").then(both))
    return frame.with_columns(full_name.alias("full_name")).drop("first_name", "last_name")


def _judge_leads(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    frame = _with_name(frame).with_columns(partner=pl.coalesce("partner", pl.lit(work.partner, pl.String)))
    undated = "no submission date"
    if "submitted_at" not in work.columns:
        undated += ": no column is known for it, name one in a mapping file"
    frame = refuse(frame, pl.col("submitted_at").is_null(), undated, work.column("submitted_at"))
    is_nobody = pl.all_horizontal(pl.col("full_name", "email", "company").is_null())
    frame = refuse(frame, is_nobody, "names nobody: neither a name nor an e-mail nor a company")
    partners = work.ask("stored_ids", frame.select(id="partner").unique(), table="partners")["id"]
    frame = refuse(frame, pl.col("partner").is_null(), "no partner: give the column or --partner",
                   work.column("partner"))
    # whom the command names is new at worst, and brought with the leads; a name in a file may be a slip
    frame = refuse(frame, ~pl.col("partner").is_in([*partners, *([work.partner] if work.partner else [])]),
                   "partner " + quoted("partner") + " is not known", work.column("partner"))
    frame = _with_word(work, frame, "follow_up_with", "prospect or partner")
    frame = _with_word(work, frame, "source_context", "normal, purchased list or trade show")
    return _with_yes_no(work, frame, "new_contact_record")


def _judge_contacts(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    frame = _with_name(frame)
    is_nobody = pl.all_horizontal(pl.col("id", "full_name", "email", "company").is_null())
    return refuse(frame, is_nobody, "names nobody: neither an id nor a name nor an e-mail nor a company")


def _judge_organizations(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    is_nobody = pl.all_horizontal(pl.col("id", "name", "website").is_null())
    frame = refuse(frame, is_nobody, "names no organization: neither an id nor a name nor a website")
    return _with_yes_no(work, frame, "is_in_use")


def _judge_activities(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    frame = refuse(frame, pl.coalesce("occurred_at", "logged_at").is_null(), "no date: neither when it was nor when "
                   "it was logged", work.column("occurred_at"))
    account = pl.when(pl.col("what").str.starts_with(SALESFORCE_ACCOUNT)).then("what")
    frame = frame.with_columns(org=pl.coalesce("org", account))
    is_nobody = pl.all_horizontal(pl.col("contact", "org").is_null())
    frame = refuse(frame, is_nobody, "names neither a contact nor an organization")
    named = work.ask("named_contacts", frame.select(id="contact").unique())
    named = named.rename({"id": "contact", "contact": "known_contact"})
    frame = frame.join(named, on="contact", how="left", maintain_order="left")
    organizations = work.ask("stored_ids", frame.select(id="org").unique(), table="organizations")["id"]
    is_known = pl.col("known_contact").is_not_null() | pl.col("org").is_in(organizations.implode()).fill_null(False)
    # A touch of somebody unknown would never be found again: its keys are computed when it comes in.
    who = pl.concat_str(pl.lit("contact ") + quoted("contact"), pl.lit("organization ") + quoted("org"),
                        separator=" and ", ignore_nulls=True)
    reason = who + " not known yet: import contacts and organizations first, then this row"
    return refuse(frame, ~is_known, reason, work.column("contact"))


# What they become


def _company_keys(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with `domain` (of the website) and `company_key`: of the website, else the address, else the name."""
    domain = site = _site_domains(frame["website"])
    if "email" in frame.columns:
        domain = pl.select(pl.coalesce(site, _address_domains(frame["email"]))).to_series()
    nameless = pl.when(domain.is_null())
    asked = frame.select(name=nameless.then(name), country=nameless.then("country"))
    by_name = keys.with_keys(asked, name="name", country="country")["org_key"]
    company_key = pl.coalesce("d:" + pl.lit(domain), pl.lit(by_name))
    return frame.with_columns(site.alias("domain"), company_key=company_key)


def _site_domains(websites: pl.Series) -> pl.Series:
    """The domain key of each website, asked once per host where the spelling is plain."""
    host = websites.str.to_lowercase().str.extract(r"^(?:https?://)?([a-z0-9.-]+)(?::[0-9]+)?(?:[/?#][^@]*)?$")
    asked = pl.select(website=pl.coalesce(host, websites))
    return keys.with_keys(asked, domain="website")["org_key"].str.strip_prefix("d:")


def _address_domains(emails: pl.Series) -> pl.Series:
    """The domain key of each address, asked once per host where the address is plain: that spares most of the work."""
    address = emails.str.to_lowercase()
    plain = pl.when(address.str.contains(rf"^{keys.PLAIN_ADDRESS.pattern}$") & (address.str.len_bytes() <= 200))
    asked = pl.select(email=plain.then("a@" + address.str.extract("@(.*)$")).otherwise(emails))
    return keys.with_keys(asked, email="email")["email_domain_key"]


def _details(**columns: str) -> pl.Expr:
    """What came with a row beyond our columns, as JSON by name; null where nothing did."""
    found = [pl.col(column).alias(name) for name, column in columns.items()]
    is_there = pl.any_horizontal(pl.col(column).is_not_null() for column in columns.values())
    return pl.when(is_there).then(pl.struct(found).struct.json_encode())


def _bring_leads(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    frame, organizations = _organizations_of_leads(work, _company_keys(frame, "company"))
    channel, context = word("channel", "channel"), word("channel", "source_context")
    frame = frame.with_columns(
        program=pl.lit(work.program), contact=pl.col("id") + "/contact", org="org_record", channel=channel,
        source_context=pl.coalesce("source_context", context, pl.lit("normal")),
        products=pl.col("products").fill_null([]), expected_decision_on="expected_decision_date",
        history_lookup=pl.lit("unavailable"), said=pl.when(channel.is_null()).then("channel"),
    ).with_columns(other_details=_details(channel="said"))
    contacts = frame.select("org", "full_name", "email", "company", "role", "phone", "street", "postal_code", "city",
                            id="contact")
    return {"partners": _new_partner(work, frame), "organizations": organizations, "contacts": contacts, "leads": frame}


def _new_partner(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    """The partner that the import was told of, where a lead is theirs and no record stands yet; nothing is guessed."""
    named = frame.select(id="partner").unique()
    stored = work.ask("stored_ids", named, table="partners")["id"]
    new = named.filter((pl.col("id") == pl.lit(work.partner, pl.String)) & ~pl.col("id").is_in(stored.implode()))
    return new.with_columns(kind=pl.lit(PARTNER_KIND.get(work.program, "other")))


def _organizations_of_leads(work: _Import, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with `org_record`, and the organizations that are new: one per account, else one per company key.

    A company that has a record, in the database or under an account of this file, keeps that.
    """
    stored = _stored_organizations(work).sort("id")
    of_file = frame.filter(pl.col("org").is_not_null()).select(id="org", org_key="company_key")
    of_key = pl.concat([stored, of_file]).drop_nulls().unique("org_key", keep="first", maintain_order=True)
    frame = frame.join(of_key.select(company_key="org_key", record="id"), on="company_key", how="left",
                       maintain_order="left", suffix="_of_key")
    frame = frame.with_columns(org_record=pl.coalesce("org", "record_of_key", "company_key"))
    new = frame.filter(pl.col("org_record").is_not_null()).join(stored, left_on="org_record", right_on="id", how="anti")
    first = [pl.col(column).first(ignore_nulls=True) for column in ("company", "domain", "country", "website")]
    new = new.group_by("org_record", maintain_order=True).agg(first)
    return frame, _organizations(new.rename({"org_record": "id", "company": "name"}))


def _organizations(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the website as a detail where no domain of the organization's own can be read from it."""
    frame = frame.with_columns(unread=pl.when(pl.col("domain").is_null()).then("website"))
    return frame.with_columns(other_details=_details(website="unread"))


def _stored_organizations(work: _Import) -> pl.DataFrame:
    return store.read(work.con, store.HERE / "sql" / "organization_keys.sql").select("id", "org_key")


def _touches(frame: pl.DataFrame, kind: str, moment: str, **whom: str) -> pl.DataFrame:
    """One touch of the history (program cerri alone asks for it) per row that has the moment."""
    return frame.filter(pl.col(moment).is_not_null()).select(
        id=pl.col("record") + f"/{kind}", type=pl.lit("crm_touch"), kind=pl.lit(kind), program=pl.lit("cerri"),
        happened_at=moment, **whom,
    )


def _bring_contacts(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    moments = {"record_created": "created_at", "outbound": "last_outbound_at", "inbound": "last_inbound_at"}
    touches = [_touches(frame, kind, moment, contact="record", org="org") for kind, moment in moments.items()]
    return {
        "contacts": frame.with_columns(other_details=_details(merged_ids="merged_ids")),
        "events": pl.concat(touches),
    }


def _bring_organizations(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    bought = frame.select("purchased_on", "is_in_use", "contract_ends_on", organization="record", product="products")
    return {
        "organizations": _organizations(_company_keys(frame, "name")),
        "organization_products": bought.explode("product").filter(pl.col("product").is_not_null()),
        "events": _touches(frame, "record_created", "created_at", org="record"),
    }


def _bring_activities(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Forms are inbound touches; tasks and events touches for Cerri, sales activity for Celigo's programs."""
    is_form = pl.col("form").is_not_null()
    is_touch = is_form | pl.lit(work.program == "cerri")
    is_inbound = is_form | pl.any_horizontal(
        pl.col(name).str.contains(INBOUND).fill_null(False) for name in ("direction", "type", "subject")
    )
    direction = pl.when(is_inbound).then(pl.lit("inbound")).otherwise(pl.lit("outbound"))
    occurred_at, logged_at = pl.coalesce("occurred_at", "logged_at"), pl.coalesce("logged_at", "occurred_at")
    events = frame.select(
        "org", "rep",
        id="record", contact=pl.coalesce("known_contact", "contact"),
        type=pl.when(is_touch).then(pl.lit("crm_touch")).otherwise(pl.lit("sales_activity")),
        kind=pl.when(is_touch).then(direction).otherwise("type"),
        program=pl.when(is_touch).then(pl.lit("cerri")),
        happened_at=occurred_at,
        occurred_at=pl.when(~is_touch).then(occurred_at),
        logged_at=pl.when(~is_touch).then(logged_at),
        meaningful=pl.when(~is_touch).then(pl.lit("unknown")),
        other_details=_details(type="type", subject="subject", direction="direction", related_to="what", form="form"),
    )
    return {"events": events}


# Whose history is covered now


def _covered_by_leads(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {}


def _covered_by_contacts(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    address = _address_domains(frame["email"])
    behind = pl.concat([
        frame.select("place", "created_at", id="org").join(_stored_organizations(work), on="id").drop("id"),
        frame.select("place", "created_at", org_key="d:" + address),
    ])
    return {"contacts": behind.with_columns(is_doubtful=pl.col("created_at").is_null())}


def _covered_by_organizations(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Not where a record has no date, nor where contacts came before it: their touches stand under another key."""
    behind = _company_keys(frame, "name").select(
        "place", "created_at", org="record", org_key=pl.coalesce("company_key", "o:" + pl.col("record"))
    )
    contacts = store.read(work.con, store.HERE / "sql" / "contact_keys.sql").select("org", "email_org_key")
    ahead = behind.join(contacts, on="org").filter(pl.col("email_org_key").ne_missing(pl.col("org_key")))["org"]
    is_doubtful = pl.col("created_at").is_null() | pl.col("org").is_in(ahead.implode())
    parts = {"contacts": behind.with_columns(is_doubtful=is_doubtful)}
    if "products" in work.columns:
        parts["products"] = behind.with_columns(is_doubtful=pl.lit(False))
    return parts


def _covered_by_activities(work: _Import, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    organizations = _stored_organizations(work)
    contacts = store.read(work.con, store.HERE / "sql" / "contact_keys.sql").select("id", "org", "email_org_key")
    of_contacts = contacts.join(organizations.rename({"id": "org"}), on="org", how="left").select(
        known_contact="id", org_key=pl.coalesce("org_key", "email_org_key")
    )
    behind = pl.concat([
        frame.select("place", id="org").join(organizations, on="id").drop("id"),
        frame.select("place", "known_contact").join(of_contacts, on="known_contact").drop("known_contact"),
    ])
    return {"activities": behind.with_columns(is_doubtful=pl.lit(False))}


def _coverage(work: _Import, frame: pl.DataFrame) -> pl.DataFrame:
    """org_key and part of the history that the file tells whole: no row of that organization was left out."""
    rows = frame.filter(~pl.col("is_settled")).select("place", is_refused=pl.col("refused_reason").is_not_null())
    found = [pl.DataFrame(schema={"org_key": pl.String, "part": pl.String})]
    for part, behind in _KINDS[work.kind].covers(work, frame).items():
        known = behind.filter(pl.col("org_key").is_not_null()).join(rows, on="place")
        whole = known.group_by("org_key").agg(is_open=(pl.col("is_doubtful") | pl.col("is_refused")).any())
        found.append(whole.filter(~pl.col("is_open")).select("org_key", part=pl.lit(part)))
    return pl.concat(found)


PARTNER_KIND = {"cerri": "affiliate", "ptr": "referral_partner"}
"""What a partner of a program is; of other programs, somebody else."""


@dataclass(frozen=True)
class _Kind:
    """What is done with a kind of file: refuse rows, make rows of our tables, say whose history is covered."""

    judge: Callable[[_Import, pl.DataFrame], pl.DataFrame]
    bring: Callable[[_Import, pl.DataFrame], dict[str, pl.DataFrame]]
    covers: Callable[[_Import, pl.DataFrame], dict[str, pl.DataFrame]]


_KINDS = {
    "leads": _Kind(_judge_leads, _bring_leads, _covered_by_leads),
    "contacts": _Kind(_judge_contacts, _bring_contacts, _covered_by_contacts),
    "organizations": _Kind(_judge_organizations, _bring_organizations, _covered_by_organizations),
    "activities": _Kind(_judge_activities, _bring_activities, _covered_by_activities),
}


# Into the database


@dataclass
class _Brought:
    """What an import adds: rows of our tables, the digests of its rows, the history it covers."""

    rows: Rows
    came: pl.DataFrame
    coverage: pl.DataFrame


def _brought(work: _Import, frame: pl.DataFrame) -> _Brought:
    accepted = frame.filter(pl.col("refused_reason").is_null())
    of_import = pl.lit(work.id).alias("import")
    return _Brought(
        _shaped(work, _KINDS[work.kind].bring(work, accepted)),
        accepted.select("digest", of_import, row_number=pl.col("row") + 1 - work.lines_before_rows),
        _coverage(work, frame).select("org_key", "part", of_import, recorded_at=pl.lit(work.now)),
    )


def _store(work: _Import, file_name: str, report: Report, brought: _Brought) -> None:
    """All of it, or nothing."""
    record = pl.DataFrame({
        "id": work.id, "file_name": file_name, "program": work.program, "kind": work.kind, "imported_at": work.now,
        "rows_read": report.rows_read, "accepted": report.accepted, "refused": len(report.refused),
        "mapping": dumps(work.columns, ensure_ascii=False),
    })
    rows = identify(brought.rows, work.con)
    new = {table: rows[table]["id"] for table in ("contacts", "organizations", "partners")}
    brought.rows.clear()
    try:
        with store.transaction(work.con) as cursor:
            rows |= {"import_rows": brought.came, "history_coverage": brought.coverage, "imports": record}
            for table in list(rows):
                for piece in rows.pop(table).iter_slices(PIECE):
                    store.append(cursor, table, piece)
            propose(cursor, work.now, new, work.id)
    except duckdb.ConstraintException as error:
        raise Refusal(f"{file_name}: somebody else stored the same records at this moment. Import it again.") from error


def _shaped(work: _Import, brought: dict[str, pl.DataFrame]) -> Rows:
    """Frames with exactly the columns of our tables; what a kind of file does not bring is null or empty."""
    rows = {}
    for table, schema in SCHEMAS.items():
        frame = brought.get(table)
        if frame is None:
            rows[table] = pl.DataFrame(schema=schema)
            continue
        stamps = {"recorded_at": pl.lit(work.now), "import": pl.lit(work.id)}
        columns = {name: stamps.get(name, pl.col(name) if name in frame.columns else pl.lit(None)) for name in schema}
        rows[table] = frame.select(column.cast(schema[name]).alias(name) for name, column in columns.items())
    return rows
