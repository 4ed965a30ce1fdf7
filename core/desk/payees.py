"""How a partner is paid: one person records the details, another confirms them, and a time to cool off may follow.

Until then the details before them count. What is recorded here never stands in the journal or the log, which say only
whose details and which fields changed. A new version changes what it names and keeps the rest of the confirmed one, so
that nobody has to see a bank account to correct a street.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping

import duckdb
import pycountry
from email_validator import EmailNotValidError, validate_email

from core import accounts, kept, people, store
from core.desk import journal
from core.desk.erasing import ERASED
from core.desk.step import SQL, Done, Signed, Step, leads_of_partner, perform
from core.exports.cells import inert
from core.facts import keys
from core.matching.finding import propose_payees
from core.model import Refusal
from core.payees import parts_of_address
from core.results import first_instant, local_day, terms_at
from core.terms import catalogue

ADDRESS = ("street", "street_more", "city", "region", "postal_code")
ACCOUNT = ("iban", "bic", "account_number", "routing_number")
DETAILS = ("country", "first_name", "last_name", "business_email", *ADDRESS, *ACCOUNT)
"""Details that have a column each. What else a program asks for stands under its field's name in `other_details`."""

LONGEST = 140
"""Characters of one detail; banks carry no more of any."""

US_ZIP = re.compile(r"\d{5}(?:-\d{4})?")


def propose_payee_details(con: duckdb.DuckDBPyConnection, signed: Signed, partner: str,
                          given: Mapping[str, str]) -> Done:
    """Record how a partner is paid from now on, for another person to confirm.

    given: the details that change, by field: DETAILS, and fields that the partner's programs ask for; an empty text
    takes one away. after: partner, details (the id to confirm), fields (those that change).
    """
    def write(step: Step) -> None:
        row = _partner(step, partner)
        terms = [terms_at(step.con, program, step.at_instant) for program in _programs(step.con, partner)]
        before = _confirmed(step, partner)
        stands = _with_record(before, row, given)
        details = merged(stands, given, {field for one in terms for field in one.get("payee_fields") or ()})
        if any(one.get("payee_freemail_ok") is False for one in terms):
            _refuse_free_mail(details)
        if lost := sorted(told_fields(before) - told_fields(details) - {"check_address_confirmation"}):
            raise Refusal(f"{' and '.join(lost).replace('_', ' ')} cannot be taken away, only replaced: payments rest "
                          "on it.")
        changed = sorted(name for name in {*before, *details} if before.get(name) != details.get(name))
        if not changed or (not before and not given and "street" not in details):
            raise Refusal("Nothing differs from the details that are confirmed.")
        stored = {name: value for name, value in details.items() if name in DETAILS}
        other = {name: value for name, value in details.items() if name not in DETAILS}
        stored["other_details"] = json.dumps(other, ensure_ascii=False, sort_keys=True) if other else None
        stored["address_key"] = keys.address_key(details.get("business_email"))
        _refuse_own(step, row, stored["address_key"])
        version = step.put("payee_details", {"partner": partner, "proposed_by": step.person.id} | stored)
        step.after |= {"partner": partner, "details": version, "fields": changed}
        _ask_who_shares(step)

    return perform(con, signed, "propose_payee_details", {"partner": partner, "given": dict(given)}, write,
                   program=_program(con, partner))


def confirm_payee_details(con: duckdb.DuckDBPyConnection, signed: Signed, details: str) -> Done:
    """Confirm recorded details as those of the partner; by another person than who recorded them.

    They count, for payments and for what blocks them, once their cooling-off is over: at the end of the local day that
    is `payee_cooling_off_days` later, or at once where that setting is empty. Details that are cooling off still are
    never used once newer ones are confirmed. after: partner, details, fields, usable_at.
    """
    def write(step: Step) -> None:
        found = step.read("payee_version.sql", details=details)
        if not found:
            raise Refusal(f"There are no payee details {details}.")
        row = found[0]
        if row["confirmation"]:
            raise Refusal(f"These details were confirmed by {row['confirmed_by']} already.")
        if not row["is_newest"]:
            raise Refusal("Newer details of this partner were recorded since. Look at those.")
        if row["proposed_by"] == step.person.id:
            raise people.Forbidden("Who recorded payee details does not confirm them: another person does.")
        _refuse_own(step, _partner(step, row["partner"]), row["address_key"])
        for event in step.read("payee_events_to_come.sql", partner=row["partner"], at_instant=step.at_instant):
            step.put("voids", {"id": event["id"], "relation": "events", "voided_by": step.person.id})
        before, after = _in_use(step, row["partner"]), plain(row)
        usable_at = _usable_at(step, row["partner"])
        step.put("payee_confirmations", {"details": details, "confirmed_by": step.person.id, "usable_at": usable_at})
        fields = sorted(told_fields(after) - {
            field for field in told_fields(after) if _values(before, field) == _values(after, field)})
        for field in fields:
            step.event("payee_details_provided", usable_at, partner=row["partner"], field=field,
                       what=after["country"] if field == "country" else None, decided_by=row["proposed_by"])
        step.bears_on |= set(leads_of_partner(step, row["partner"]))
        step.after |= {"partner": row["partner"], "details": details, "fields": fields, "usable_at": usable_at}

    found = store.read(con, SQL / "payee_version.sql", details=details)["partner"].to_list()
    return perform(con, signed, "confirm_payee_details", {"details": details}, write,
                   program=_program(con, found[0]) if found else None)


def merged(before: Mapping[str, str], given: Mapping[str, str], asked: set[str]) -> dict[str, str]:
    """Confirmed details with what is given in its place, each checked and as it is stored; empty ones left out.

    asked: fields that the partner's programs ask for beyond DETAILS. Raises Refusal in one sentence.
    """
    if unknown := sorted(set(given) - {*DETAILS, *asked}):
        raise Refusal(f"{unknown[0]} is no payee detail; there are {', '.join((*DETAILS, *sorted(asked)))}.")
    texts = {name: " ".join(value.split()) for name, value in given.items()}
    if long := [name for name, value in texts.items() if len(value) > LONGEST]:
        raise Refusal(f"{long[0].replace('_', ' ')} is longer than {LONGEST} characters.")
    checked = {name: CHECKS[name](value) if value and name in CHECKS else value for name, value in texts.items()}
    stands = dict(before)
    if checked.get("iban") or checked.get("account_number"):
        stands = {name: value for name, value in stands.items() if name not in ACCOUNT}
    found = {name: value for name, value in {**stands, **checked}.items() if value}
    _check_address(found)
    _check_account(found)
    return found


def _country(text: str) -> str:
    try:
        return pycountry.countries.lookup(text).alpha_2
    except LookupError as error:
        raise Refusal(f"{text[:40]!r} is no country. Write its name or its two letters.") from error


def _email(text: str) -> str:
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Refusal("This is no e-mail address to which anything can be sent. Compare it with what the payee "
                      "wrote.") from error
    if inert(address) != address:
        raise Refusal("A spreadsheet would take this e-mail address for a formula, so it cannot stand in an order. Ask "
                      "the payee for another one.")
    return address


def _account_number(text: str) -> str:
    number = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[A-Za-z0-9]{4,34}", number):
        raise Refusal("This is no account number: it takes 4 to 34 letters and digits.")
    return number


CHECKS = {"country": _country, "business_email": _email, "iban": accounts.iban, "bic": accounts.bic,
          "account_number": _account_number, "routing_number": accounts.routing}
"""How a detail is checked and written, by field."""


def _check_address(found: dict[str, str]) -> None:
    if not any(name in found for name in ADDRESS):
        return
    lacking = [name for name in ("street", "city", "country") if name not in found]
    if lacking:
        raise Refusal(f"A postal address takes a street, a city and the country; {lacking[0].replace('_', ' ')} is "
                      "missing.")
    if found["country"] == "US":
        region = found.get("region", "").upper()
        if pycountry.subdivisions.get(code=f"US-{region}") is None:
            raise Refusal("An address in the United States takes the two letters of its state, such as IL.")
        if not US_ZIP.fullmatch(found.get("postal_code", "")):
            raise Refusal("An address in the United States takes a ZIP code of five digits, or of nine as 62701-1234.")
        found["region"] = region


def _check_account(found: dict[str, str]) -> None:
    if "iban" in found and ("account_number" in found or "routing_number" in found):
        raise Refusal("An account goes by its IBAN or by its number, not by both.")
    if "iban" in found and "bic" in found:
        accounts.refuse_other_country(found["iban"], found["bic"])
    if "account_number" in found and not ("routing_number" in found or "bic" in found):
        raise Refusal("An account number takes the routing number of a bank in the United States, or the BIC of one "
                      "elsewhere.")
    if {"bic", "routing_number"} & set(found) and not {"iban", "account_number"} & set(found):
        raise Refusal("A bank without an account is not enough: give the IBAN or the account number too.")


def _refuse_free_mail(details: dict[str, str]) -> None:
    if "business_email" in details and keys.email_class(details["business_email"]) != "business":
        raise Refusal("This is a free-mail address, and the program pays to a business one (raf.pay.1). Ask for that, "
                      "or a manager sets raf.payee_freemail_ok.")


def told_fields(details: Mapping[str, str]) -> set[str]:
    """What given details are called where programs ask for them: the fields of `payee_details_provided`."""
    found = {name for name in details if name not in (*ADDRESS, *ACCOUNT)}
    if "business_email" in details:
        found.add("email")
    if "street" in details:
        found.add("check_address")
        if details["country"] == "US":
            found.add("check_address_confirmation")
    if "iban" in details or "account_number" in details:
        found.add("wire_details")
    return found


def _ask_who_shares(step: Step) -> None:
    """Ask about partners who would be paid to one account or address, and let their leads show it."""
    behind = journal.last_row(step.cursor, "near_matches")
    matches = propose_payees(step.cursor, step.at_instant)
    step.note("near_matches", journal.totals(step.cursor, step.book, "near_matches", behind=behind))
    step.bears_on |= kept.touched_by(step.cursor, {"near_matches": matches}) if matches else set()


def _values(details: Mapping[str, str], field: str) -> list[str | None]:
    """What stands behind a field that programs ask for."""
    parts = {"email": ("business_email",), "check_address": (*ADDRESS, "country"), "wire_details": ACCOUNT,
             "check_address_confirmation": (*ADDRESS, "country")}.get(field, (field,))
    return [details.get(name) for name in parts]


def plain(row: Mapping[str, str | None]) -> dict[str, str]:
    """The details of a stored version that are not empty, by field."""
    own = {name: row[name] for name in DETAILS if row[name] not in (None, ERASED)}
    return own | json.loads(row["other_details"] or "{}")


def _with_record(before: dict[str, str], row: dict, given: Mapping[str, str]) -> dict[str, str]:
    """Confirmed details, and the country and address of the partner's record where an address is given or confirmed
    (nothing else is given) and those details hold none: what is paid to until then is not asked for again."""
    if "street" in before or (given and not set(given) & set(ADDRESS)):
        return before
    country = row["country"] and row["country"].strip()
    if not country or country == ERASED:
        return before
    country = before.get("country") or _country(country)
    if given.get("country", "").strip() and _country(given["country"]) != country:
        return before
    address = {} if row["check_address"] in (None, ERASED) else parts_of_address(row["check_address"])
    return {"country": country} | address | before


def _confirmed(step: Step, partner: str) -> dict[str, str]:
    """The newest details of a partner that are confirmed, cooled off or not; none: empty."""
    found = step.read("confirmed_details.sql", partner=partner)
    return plain(found[0]) if found else {}


def _in_use(step: Step, partner: str) -> dict[str, str]:
    """The details of a partner that count now; none: empty."""
    found = step.read("details_in_use.sql", partner=partner, at_instant=step.at_instant)
    return plain(found[0]) if found else {}


def _usable_at(step: Step, partner: str) -> dt.datetime:
    """When details confirmed now count: after the last local day of their cooling-off."""
    program = next(iter(_programs(step.con, partner) or catalogue().programs))
    terms = terms_at(step.con, program, step.at_instant)
    if not (days := terms["payee_cooling_off_days"]):
        return step.at_instant
    zone = terms["timezone"]
    return first_instant(local_day(step.at_instant, zone) + dt.timedelta(days + 1), zone)


def _partner(step: Step, partner: str) -> dict:
    found = step.read("partner.sql", partner=partner)
    if not found:
        raise Refusal(f"There is no partner {partner}.")
    return found[0]


def _refuse_own(step: Step, partner: dict, address_key: str | None) -> None:
    """Raises Forbidden where the person belongs to the partner, or would be paid by e-mail themselves."""
    payee = {"id": partner["id"], "address_key": address_key, "org_key": None}
    same = step.read("same_partners.sql", partners=[partner["id"]])
    if any(people.belongs_to(step.person, one) for one in (*same, payee)):
        raise people.Forbidden(f"{step.person.id} belongs to the partner {partner['id']} and says nothing about how "
                               "they are paid.")


def _programs(con: duckdb.DuckDBPyConnection | store.Within, partner: str) -> list[str]:
    return store.read(con, SQL / "programs_of_partner.sql", partner=partner)["program"].to_list()


def _program(con: duckdb.DuckDBPyConnection, partner: str) -> str | None:
    """The one program that a partner sends leads to; None where it is none or several: that takes a role for all."""
    found = _programs(con, partner)
    return found[0] if len(found) == 1 else None
