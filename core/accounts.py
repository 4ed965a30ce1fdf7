"""Numbers of bank accounts: whether one can be right, and how it is shown.

Called by the desk before payee details are stored, by exports before a file is written, and by reads. Asks no bank: a
number that passes is well formed, not known to exist.
"""

import re

from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    InvalidStructure,
    SchwiftyException,
)

from core.model import Refusal

SHOWN = 4
"""Characters at the end of a number that are shown."""

NUMBER = re.compile(r"(?:\d[ -]?){6}")
"""Six digits in a row, blanks and hyphens aside."""

ASK = "Compare it with what the payee wrote."

ALSO = {
    "FR": ("BL", "GF", "GP", "MC", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"), "GB": ("GG", "IM", "JE"),
    "FI": ("AX",), "MC": ("FR",),
}
"""By country of an IBAN, others whose banks hold such accounts: territories, the Crown dependencies, Monaco."""

WRONG = {
    InvalidChecksumDigits: "its check digits do not fit",
    InvalidCountryCode: "it begins with no country that uses it",
    InvalidLength: "it is too long or too short for its country",
    InvalidStructure: "it holds characters that do not belong there",
}


def iban(text: str, advice: str = ASK) -> str:
    """An IBAN without blanks, in capitals. Raises Refusal where it cannot be one; the sentence does not repeat it.

    advice: what to do then.
    """
    try:
        return str(IBAN(text).compact)
    except SchwiftyException as error:
        raise Refusal(f"This is no IBAN: {_wrong(error)}. {advice}") from error


def bic(text: str, advice: str = ASK) -> str:
    """A BIC without blanks, in capitals. Raises Refusal where it cannot be one."""
    try:
        return str(BIC(text).compact)
    except SchwiftyException as error:
        raise Refusal(f"This is no BIC: {_wrong(error)}. {advice}") from error


def refuse_other_country(iban: str, bic: str, advice: str = ASK) -> None:
    """Raises Refusal where a BIC is that of a bank in another country than the account of an IBAN, both well formed."""
    of_account, of_bank = IBAN(iban).country_code, BIC(bic).country_code
    if of_bank != of_account and of_bank not in ALSO.get(of_account, ()):
        raise Refusal(f"The IBAN is one of {of_account} and the BIC one of {of_bank}. {advice}")


def is_sepa(iban: str) -> bool:
    """Whether the account of a well-formed IBAN lies in the Single Euro Payments Area."""
    return IBAN(iban).in_sepa_zone


def routing(text: str) -> str:
    """A routing number of a bank in the United States, nine digits whose weighted sum is a multiple of ten."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == 9) or sum(
            int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True)) % 10:
        raise Refusal("This is no routing number: it takes nine digits that fit together. Compare it with what the "
                      "payee wrote.")
    return digits


def shown(text: str) -> str:
    """A text as it may be shown: masked where it holds what may be a number of an account."""
    return masked(text) if NUMBER.search(text) else text


def masked(number: str | None) -> str | None:
    """A number as it may be shown: its last four characters; nothing of one that is shorter than eight."""
    if not number:
        return None
    plain = "".join(number.split())
    return "•••• " + (plain[-SHOWN:] if len(plain) >= 2 * SHOWN else "")


def _wrong(error: SchwiftyException) -> str:
    return next((why for kind, why in WRONG.items() if isinstance(error, kind)), "it is not built like one")
