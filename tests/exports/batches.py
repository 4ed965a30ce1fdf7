"""A batch to export, and what LibreOffice makes of a file."""

import datetime as dt
import subprocess
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

from core.exports import Batch, Debtor, Payment

APPROVED_AT = dt.datetime(2026, 7, 1, 9, 30)
GIVEN_OUT_ON = dt.date(2026, 7, 3)
DEBTOR = Debtor("Celigo & Söhne", "DE89370400440532013000", "COBADEFFXXX")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def payment(number: int = 1, **more: object) -> Payment:
    return Payment(**{
        "id": f"pay-{number:04}", "partner": f"P{number}", "name": "Zoë Müller", "amount": Decimal("1234.50"),
        "currency": "USD", "lines": (f"line-{number}",), "memo": "Referral bonus", "email": "zoe@shop.example",
        "country": "US", "address": ("1 Main St", "Suite 4", "Springfield, IL 62701"),
    } | more)


def wire(number: int = 1, **more: object) -> Payment:
    return payment(number, **{"country": "FR", "iban": "FR1420041010050500013M02606", "bic": "PSSTFRPPXXX",
                              "address": ()} | more)


def batch(*payments: Payment, **more: object) -> Batch:
    return Batch(**{
        "id": "batch-7f3a", "program": "raf", "program_name": "Refer a friend", "method": "gift_card",
        "currency": "USD", "cut_off_on": dt.date(2026, 6, 30), "approved_at": APPROVED_AT, "given_out_on": GIVEN_OUT_ON,
        "payments": payments or (payment(1), payment(2, amount=Decimal("0.10"))), "debtor": DEBTOR,
    } | more)


def opened(folder: Path, name: str, content: bytes) -> list[list[dict]]:
    """The cells that LibreOffice sees in a file, row by row: text, type, value, formula (None: it is none)."""
    (folder / name).write_bytes(content)
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "fods",
                    *(["--infilter=CSV:44,34,76,1"] if name.endswith("csv") else []), "--outdir", folder,
                    folder / name], check=True, capture_output=True, timeout=120)
    root = ET.parse((folder / name).with_suffix(".fods")).getroot()
    found = []
    for row in root.iter(f"{TABLE}table-row"):
        cells = []
        for cell in row.iter(f"{TABLE}table-cell"):
            told = {"text": "\n".join("".join(line.itertext()) for line in cell.iter(f"{TEXT}p")),
                    "type": cell.get(f"{OFFICE}value-type"), "value": cell.get(f"{OFFICE}value"),
                    "formula": cell.get(f"{TABLE}formula")}
            cells += [told] * min(int(cell.get(f"{TABLE}number-columns-repeated", 1)), 50)
        if any(one["type"] for one in cells):
            found.append(cells)
    return found
