"""Wires as an ISO 20022 customer credit transfer initiation, pain.001.001.09, as banks take it in."""

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

from anyascii import anyascii

from core import accounts, currencies
from core.exports.batch import Batch, Payment
from core.model import Refusal

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ID = re.compile(r"[A-Za-z0-9+?().,:'-][A-Za-z0-9+?().,:'/ -]{0,34}")
"""What banks take as an id: up to 35 of the characters that all of them know."""

NAME, TEXT = 70, 140
"""Characters that banks carry of a name and of what a payment is for."""


def credit_transfer(batch: Batch) -> bytes:
    """One message of payments, each with its id as end-to-end id: those in euros from an account in the SEPA zone to
    another make a block, all others make one.

    Raises Refusal where nothing is paid, the paying account is not set, the currency is none or a payee has no IBAN:
    such a batch goes out as a list of wires.
    """
    if not batch.payments:
        raise Refusal("No money moves by this batch, and a bank takes no empty message. Export it as a list of wires.")
    if batch.debtor is None:
        raise Refusal(f"The account that pays is not known: {batch.program}.payer_account is empty. A manager of the "
                      "program sets it on the Terms page, with name, iban and bic.")
    without = [one.name or one.partner for one in batch.payments if not one.iban]
    if without:
        raise Refusal(f"{len(without)} of {len(batch.payments)} payees have no IBAN, {without[0]} among them. Export "
                      "this batch as a list of wires.")
    currency = currencies.known(batch.currency)
    root = ET.Element("Document", {"xmlns": NAMESPACE})
    message = ET.SubElement(root, "CstmrCdtTrfInitn")
    head = ET.SubElement(message, "GrpHdr")
    _put(head, "MsgId", _id(batch.id))
    _put(head, "CreDtTm", f"{batch.approved_at:%Y-%m-%dT%H:%M:%S}Z")
    _sums(head, batch.payments)
    _put(head, "InitgPty/Nm", _name(batch.debtor.name))
    is_from_sepa = currency == "EUR" and accounts.is_sepa(accounts.iban(batch.debtor.iban))
    kinds: dict[bool, list[Payment]] = {True: [], False: []}
    for one in batch.payments:
        kinds[is_from_sepa and accounts.is_sepa(accounts.iban(one.iban))].append(one)
    for place, (is_sepa, payments) in enumerate((kind for kind in kinds.items() if kind[1]), start=1):
        name = _id(batch.id if place == 1 else f"{batch.id}-{place}")
        _block(ET.SubElement(message, "PmtInf"), batch, name, currency, payments, is_sepa)
    ET.indent(root)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _block(parent: ET.Element, batch: Batch, name: str, currency: str, payments: Sequence[Payment], is_sepa: bool
           ) -> None:
    """Payments of one kind. name: of the block, another one for each."""
    _put(parent, "PmtInfId", name)
    _put(parent, "PmtMtd", "TRF")
    _sums(parent, payments)
    if is_sepa:
        _put(parent, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _put(parent, "ReqdExctnDt/Dt", batch.given_out_on.isoformat())
    _put(parent, "Dbtr/Nm", _name(batch.debtor.name))
    _put(parent, "DbtrAcct/Id/IBAN", accounts.iban(batch.debtor.iban))
    _bank(parent, "DbtrAgt", batch.debtor.bic)
    _put(parent, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    for one in payments:
        _payment(ET.SubElement(parent, "CdtTrfTxInf"), one, currency)


def _sums(parent: ET.Element, payments: Sequence[Payment]) -> None:
    _put(parent, "NbOfTxs", str(len(payments)))
    _put(parent, "CtrlSum", _amount(sum((one.amount for one in payments), Decimal(0))))


def _payment(parent: ET.Element, one: Payment, currency: str) -> None:
    _put(parent, "PmtId/EndToEndId", _id(one.id))
    _put(parent, "Amt/InstdAmt", _amount(one.amount)).set("Ccy", currency)
    if one.bic:
        _bank(parent, "CdtrAgt", one.bic)
    _put(parent, "Cdtr/Nm", _name(one.name))
    _put(parent, "CdtrAcct/Id/IBAN", accounts.iban(one.iban))
    if memo := _plain(one.memo, TEXT):
        _put(parent, "RmtInf/Ustrd", memo)


def _bank(parent: ET.Element, name: str, bic: str | None) -> None:
    if bic:
        _put(parent, f"{name}/FinInstnId/BICFI", accounts.bic(bic))
    else:
        _put(parent, f"{name}/FinInstnId/Othr/Id", "NOTPROVIDED")


def _put(parent: ET.Element, path: str, text: str) -> ET.Element:
    """A new element under new ones, by their names."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise Refusal(f"{text} cannot stand as an id in a bank's file: it takes up to 35 plain letters, digits and "
                      "hyphens.")
    return text


def _name(text: str) -> str:
    if not (name := _plain(text, NAME)):
        raise Refusal(f"{text[:NAME] or 'An empty name'} cannot be written in the letters that banks carry. Record the "
                      "payee's name as their bank knows it.")
    return name


def _plain(text: str, most: int) -> str:
    """A text in the characters that every bank carries."""
    known = re.sub(r"[^A-Za-z0-9/?:().,'+ -]", " ", anyascii(text).replace("&", "+"))
    return " ".join(known.split())[:most].strip()
