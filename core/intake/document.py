"""Facts documents: one JSON object with partners, organizations, contacts, leads, events, verdicts and settings.

Called by the command line (`evaluate`, `load`). A document is checked field by field; what cannot be read is refused
with the path of the field. Fields that we do not know are kept in `other_details`, never dropped.

Columns that an event type uses beside `lead`, `contact`, `org` and `partner`: see EVENT_FIELDS.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core import currencies
from core.intake.rows import SEPARATOR
from core.model import LAST_YEAR, VERDICTS, BadField, Refusal
from core.terms import ALWAYS, Catalogue, Entry

BEGINNING = dt.datetime(1900, 1, 1)
"""Recorded-at of what a document states without a time: it has always been known."""

EVENT_TYPES = (
    "outreach", "reply", "engagement", "disengaged", "discovery_call", "requirements_received", "crm_touch",
    "sales_activity", "email_bounce", "approved", "accepted", "rejected", "confirmed", "withdrawn", "discretion",
    "opportunity_created", "deal_won", "customer_payment", "customer_refund", "payout_paid",
    "payee_details_provided", "payee_change_requested", "wire_requested", "notice_sent", "update_requested",
    "update_provided", "disassociated", "competitor_suggested", "partner_introduced", "abuse_finding",
    "program_terminated", "source_contacted", "history_searched", "ownership_extended",
)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    return value


def _word(*allowed: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if value not in allowed:
            raise ValueError(f"is {value!r}; it takes {', '.join(allowed)}")
        return value

    return parse


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("takes true or false")
    return value


def _answer(value: object) -> str:
    """yes, no or unknown; true and false are taken as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _word("yes", "no", "unknown")(value)


def _moment(value: object) -> dt.datetime:
    """A UTC instant; without zone it counts as UTC, a bare day as its beginning."""
    if not isinstance(value, str):
        raise ValueError("takes an instant such as 2025-03-03T15:00:00Z")
    try:
        read = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"is {value!r}; it takes an instant such as 2025-03-03T15:00:00Z") from error
    return read.astimezone(dt.UTC).replace(tzinfo=None) if read.tzinfo else read


def _day(value: object) -> dt.date:
    try:
        return dt.datetime.fromisoformat(_text(value)).date()
    except ValueError as error:
        raise ValueError(f"is {value!r}; it takes a day such as 2025-03-03") from error


def _money(value: object) -> Decimal:
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount != round(amount, 2):
        raise ValueError(f"is {value!r}; it takes an amount with at most two decimals")
    return round(amount, 2)


def _percent(value: object) -> Decimal:
    share = _money(value)
    if not 0 <= share <= 100:
        raise ValueError(f"is {value}; it takes a percentage from 0 to 100")
    return share


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError("takes a list of texts")
    return value


def _currency(value: object) -> str:
    if _text(value) not in currencies.CODES:
        raise ValueError(f"is {value!r}; it takes the three capital letters of a currency by ISO 4217, such as USD")
    return value


@dataclass(frozen=True)
class Field:
    """A field of a document: the column it fills, how it is read, and whether it must be there."""

    column: str
    parse: Callable[[object], object] = _text
    required: bool = False


PARTNER_FIELDS = {
    "id": Field("id", required=True),
    "kind": Field("kind", _word("affiliate", "customer_contact", "other", "referral_partner"), required=True),
    **{name: Field(name) for name in ("name", "first_name", "last_name", "email", "domain", "country",
                                      "check_address", "wire_details")},
    "check_address_confirmed_at": Field("check_address_confirmed_at", _moment),
    "recorded_at": Field("recorded_at", _moment),
}
ORGANIZATION_FIELDS = {
    "id": Field("id", required=True),
    "kind": Field("kind", _word("business", "individual", "university", "agency", "competitor")),
    **{name: Field(name) for name in ("name", "domain", "country", "parent", "phone", "street", "postal_code", "city")},
    "recorded_at": Field("recorded_at", _moment),
}
OWNER_FIELDS = {
    "partner": Field("partner", required=True),
    "percent": Field("percent", _percent),
    "control": Field("is_controlled", _truth),
    "controlled": Field("is_controlled", _truth),
    "recorded_at": Field("recorded_at", _moment),
}
PRODUCT_FIELDS = {
    "product": Field("product", required=True),
    "purchased_at": Field("purchased_on", _day),
    "in_use": Field("is_in_use", _truth),
    "contract_end": Field("contract_ends_on", _day),
    "recorded_at": Field("recorded_at", _moment),
}
CONTACT_FIELDS = {
    "id": Field("id", required=True),
    **{name: Field(name) for name in ("org", "full_name", "email", "company", "role", "employer_partner", "phone",
                                      "street", "postal_code", "city")},
    "recorded_at": Field("recorded_at", _moment),
}
LEAD_FIELDS = {
    **{name: Field(name, required=True) for name in ("id", "program", "partner")},
    **{name: Field(name) for name in ("contact", "org", "channel", "deal_stage_at_submission")},
    "submitted_at": Field("submitted_at", _moment, required=True),
    "recorded_at": Field("recorded_at", _moment),
    "new_contact_record": Field("new_contact_record", _truth),
    "first_click_at": Field("first_click_at", _moment),
    "products": Field("products", _texts),
    "expected_decision_date": Field("expected_decision_on", _day),
    "source_context": Field("source_context", _word("normal", "purchased_list", "trade_show")),
    "follow_up_with": Field("follow_up_with", _word("prospect", "partner")),
    "history_lookup": Field("history_lookup", _word("unavailable")),
}
EVENT_FIELDS = {
    "id": Field("id"),
    "type": Field("type", _word(*EVENT_TYPES), required=True),
    "at": Field("happened_at", _moment, required=True),
    "recorded_at": Field("recorded_at", _moment),
    **{name: Field(name) for name in ("lead", "contact", "org", "partner", "program", "email", "channel", "kind",
                                      "decision", "criterion", "reason", "what", "rep", "stage", "introduced_by",
                                      "transaction", "field", "about")},
    "currency": Field("currency", _currency),
    "status": Field("call_status"),
    "by": Field("decided_by"),
    "to": Field("what"),
    "automated": Field("automated", _truth),
    "new": Field("is_new", _truth),
    "meaningful": Field("meaningful", _answer),
    "descriptive": Field("descriptive", _answer),
    "customer_asked": Field("customer_asked", _answer),
    "occurred_at": Field("occurred_at", _moment),
    "logged_at": Field("logged_at", _moment),
    "received_at": Field("occurred_at", _moment),
    "opened_at": Field("opened_on", _day),
    "until": Field("until_on", _day),
    **{name: Field(name, _money) for name in ("subscription_amount", "other_amount", "total_amount", "amount")},
}
VERDICT_FIELDS = {
    "id": Field("id"),
    **{name: Field(name, required=True) for name in ("lead", "criterion")},
    "verdict": Field("verdict", _word(*VERDICTS[:3]), required=True),
    "by": Field("decided_by"),
    "note": Field("note"),
    "at": Field("happened_at", _moment, required=True),
    "recorded_at": Field("recorded_at", _moment),
}

_WITHOUT_OTHER_DETAILS = {"organization_owners", "organization_products", "verdicts"}


@dataclass(frozen=True)
class Document:
    """A document that was read: its id, moment, dated settings, and plain rows per table."""

    id: str | None
    as_of: dt.datetime
    settings: list[Entry]
    rows: dict[str, list[dict]]


def parse_line(line: str) -> dict:
    """The JSON object of one line; raises BadField where it is none."""
    try:
        found = json.loads(line, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise BadField("", f"is not JSON: {error.msg} at character {error.pos + 1}.") from error
    if not isinstance(found, dict):
        raise BadField("", "is not a JSON object.")
    return found


def read_document(found: dict, catalogue: Catalogue, needs_as_of: bool = True) -> Document:
    """Check one document against its fields, its own references, the programs and the settings.

    Raises BadField with the path of the first field that cannot be read.
    """
    as_of = None
    if needs_as_of or found.get("as_of") is not None:
        as_of = _one(found.get("as_of"), Field("as_of", _moment, required=True), "as_of")
    settings = _settings(found.get("settings") or {}, catalogue)
    rows: dict[str, list[dict]] = {table: [] for table in ("organization_owners", "organization_products")}
    rows["partners"] = _rows(found, "partners", PARTNER_FIELDS, "partners")
    rows["organizations"] = []
    for number, raw in enumerate(_list(found, "organizations")):
        path = f"organizations[{number}]"
        inner = {key: value for key, value in raw.items() if key not in ("owned_by", "customer_products")}
        organization = _row(inner, ORGANIZATION_FIELDS, path, "organizations")
        rows["organizations"].append(organization)
        _add_inner(rows["organization_owners"], raw, "owned_by", OWNER_FIELDS, path, organization["id"])
        _add_inner(rows["organization_products"], raw, "customer_products", PRODUCT_FIELDS, path, organization["id"])
    rows["contacts"] = _rows(found, "contacts", CONTACT_FIELDS, "contacts")
    rows["leads"] = _rows(found, "leads", LEAD_FIELDS, "leads")
    rows["events"] = _rows(found, "events", EVENT_FIELDS, "events")
    rows["verdicts"] = _rows(found, "verdicts", VERDICT_FIELDS, "verdicts")
    _complete(rows, catalogue)
    identity = found.get("id")
    return Document(None if identity is None else str(identity), as_of, settings, rows)


def beside_others(rows: dict[str, list[dict]], number: int) -> dict[str, list[dict]]:
    """The same rows with every id and reference behind the document's number, so that documents share nothing."""
    columns = ("id", "lead", "contact", "org", "partner", "organization", "parent", "employer_partner", "introduced_by")
    return {
        table: [
            row | {name: f"{number}{SEPARATOR}{row[name]}" for name in columns if row.get(name) is not None}
            for row in inner
        ]
        for table, inner in rows.items()
    }


def _settings(raw: object, catalogue: Catalogue) -> list[Entry]:
    if not isinstance(raw, dict):
        raise BadField("settings", "is not an object.")
    plain = {name: value for name, value in raw.items() if name != "rule_versions"}
    try:
        entries = catalogue.entries(plain, ALWAYS, "document")
        return entries + _of_versions(_list(raw, "rule_versions"), entries, catalogue)
    except BadField:
        raise
    except Refusal as refusal:
        raise BadField("settings", str(refusal)) from refusal


def _of_versions(versions: list[dict], plain: list[Entry], catalogue: Catalogue) -> list[Entry]:
    """What each version of the rules sets from its day on: the last one alone applies, so that what an earlier one set
    and it does not name is again as without versions."""
    dated: dict[dt.date, list[Entry]] = {}
    for number, version in enumerate(versions):
        day = _one(version.get("from"), Field("from", _day, required=True), f"settings.rule_versions[{number}].from")
        values = {name: value for name, value in version.items() if name != "from"}
        dated[day] = catalogue.entries(values, day, "document")
    stated = (one for setting in catalogue.settings.values() for one in setting.values)
    usual = {one.name: one.value for one in (*stated, *plain)}
    entries, before = [], set()
    for day, own in sorted(dated.items()):
        names = {one.name for one in own}
        entries += own
        entries += [Entry(name, day, usual.get(name), "document") for name in sorted(before - names)]
        before |= names
    return entries


def _list(found: dict, name: str) -> list[dict]:
    rows = found.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise BadField(name, "is not a list.")
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadField(f"{name}[{number}]", "is not an object.")
    return rows


def _rows(found: dict, name: str, fields: dict[str, Field], table: str) -> list[dict]:
    return [_row(raw, fields, f"{name}[{number}]", table) for number, raw in enumerate(_list(found, name))]


def _row(raw: dict, fields: dict[str, Field], path: str, table: str) -> dict:
    row: dict[str, object] = {}
    for name, spec in fields.items():
        value = _one(raw.get(name), spec, f"{path}.{name}")
        if value is not None:
            row[spec.column] = value
    others = {name: value for name, value in raw.items() if name not in fields}
    if others and table not in _WITHOUT_OTHER_DETAILS:
        row["other_details"] = json.dumps(others, default=str, ensure_ascii=False, sort_keys=True)
    return row


def _one(value: object, spec: Field, path: str) -> object:
    if value is None or value == "":
        if spec.required:
            raise BadField(path, "is missing.")
        return None
    try:
        return spec.parse(value)
    except (ValueError, TypeError) as error:
        raise BadField(path, f"{error}.") from error


def _add_inner(rows: list[dict], raw: dict, name: str, fields: dict[str, Field], path: str, owner: str) -> None:
    for number, inner in enumerate(_list(raw, name)):
        where = f"{path}.{name}[{number}]"
        rows.append({"organization": owner, **_row(inner, fields, where, "organization_owners")})


def _complete(rows: dict[str, list[dict]], catalogue: Catalogue) -> None:
    """Ids for events and verdicts without one, recorded-at where it is left out, and references that must exist."""
    for table in ("partners", "organizations", "contacts", "leads"):
        _unique(rows[table], table)
    known = {table: {row["id"] for row in rows[table]} for table in ("partners", "organizations", "contacts", "leads")}
    for number, lead in enumerate(rows["leads"]):
        if lead["program"] not in catalogue.programs:
            raise BadField(f"leads[{number}].program", f"is {lead['program']!r}; there is no such program.")
        lead.setdefault("products", [])
        lead.setdefault("source_context", "normal")
    for row in rows["organization_owners"]:
        row.setdefault("is_controlled", False)
    for table in ("leads", "events", "verdicts", "contacts"):
        for number, row in enumerate(rows[table]):
            for column, target in (("lead", "leads"), ("partner", "partners"), ("contact", "contacts"),
                                   ("org", "organizations")):
                if row.get(column) is not None and row[column] not in known[target]:
                    raise BadField(f"{table}[{number}].{column}", f"names {row[column]!r}, which the document lacks.")
    for number, event in enumerate(rows["events"]):
        _check_event(event, f"events[{number}]")
    for table in ("events", "verdicts"):
        _name(rows[table], table)
    for table, inner in rows.items():
        for row in inner:
            told_at = row.get("submitted_at") if table == "leads" else row.get("happened_at")
            row.setdefault("recorded_at", told_at or BEGINNING)


def _check_event(event: dict, path: str) -> None:
    """What a type cannot do without; a sales activity without times takes its own instant for them."""
    kind = event["type"]
    if kind == "sales_activity":
        event.setdefault("occurred_at", event["happened_at"])
        event.setdefault("logged_at", event["happened_at"])
        event.setdefault("meaningful", "unknown")
    if kind == "discretion" and event.get("decision") not in ("reject", "waive"):
        raise BadField(f"{path}.decision", "takes reject or waive.")
    if kind == "discretion" and event["decision"] == "waive" and not event.get("criterion"):
        raise BadField(f"{path}.criterion", "is missing: a waiver names its criterion.")
    if kind in ("customer_payment", "customer_refund") and not event.get("transaction"):
        raise BadField(f"{path}.transaction", "is missing: a payment names its transaction.")
    if kind == "customer_payment" and not event.get("currency"):
        raise BadField(f"{path}.currency", "is missing: a payment has a currency.")
    if kind == "ownership_extended" and not event.get("until_on"):
        raise BadField(f"{path}.until", "is missing: an extension names its last day.")
    if kind == "ownership_extended" and event["until_on"].year >= LAST_YEAR:
        raise BadField(f"{path}.until", f"is {event['until_on']}; name a day before the year {LAST_YEAR}.")


def _unique(rows: Iterable[dict], table: str) -> None:
    seen: set = set()
    for number, row in enumerate(rows):
        if row["id"] in seen:
            raise BadField(f"{table}[{number}].id", f"is {row['id']!r}, which stands twice.")
        seen.add(row["id"])


def _name(rows: list[dict], table: str) -> None:
    """Ids from the content of rows that came without: the same row has the same id wherever it stands."""
    seen: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: json.dumps(row, default=str, sort_keys=True)):
        if "id" not in row:
            content = json.dumps(row, default=str, sort_keys=True)
            prefix = row.get("type") or row["criterion"]
            row["id"] = f"{prefix}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
            seen[row["id"]] = seen.get(row["id"], 0) + 1
            if seen[row["id"]] > 1:
                row["id"] += f"-{seen[row['id']]}"
    _unique(rows, table)
