"""Currencies by ISO 4217: which codes there are, and to how many decimals an amount in each is kept.

Called by the desk, by intake, by the rules of payouts and by pages; knows no database and no screen.
"""

from decimal import Decimal

import pycountry

from core.model import Refusal

_NO_MONEY = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"}
"""Codes of the list in which nobody pays: metals, units of account, tests, none at all."""

_WITHDRAWN = {"ANG", "BGN", "BYR", "CUC", "HRK", "LTL", "MRO", "SLL", "STD", "VEF", "ZWL"}
"""Left the list since 2015 (ISO 4217, list three); what was paid before stands in them."""

CODES = frozenset({one.alpha_3 for one in pycountry.currencies} - _NO_MONEY | _WITHDRAWN)

WHOLE = frozenset({"BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
                   "VUV", "XAF", "XOF", "XPF"})
"""Currencies without a smaller unit (ISO 4217, list one, minor unit 0)."""

FINE = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4}
"""Currencies with more than two decimals. Amounts are kept to the hundredth, so that what is finer is refused, and a
share is rounded to the hundredth."""


def kept(amount: Decimal, code: str) -> Decimal:
    """The amount to two decimals. Raises ValueError, which says why, where there is no such amount in the currency, or
    it could be kept only by losing something."""
    if amount == amount.quantize(Decimal(1) if code in WHOLE else Decimal("0.01")):
        return amount.quantize(Decimal("0.01"))
    if code in WHOLE:
        raise ValueError(f"is {amount} {code}, which has no smaller unit; it takes a whole amount")
    more = f", though {code} has {FINE[code]} decimals" if code in FINE else ""
    raise ValueError(f"is {amount} {code}; amounts are kept in whole cents{more}")


def known(code: str) -> str:
    """The code of a currency, also where a person typed it in lower case. Raises Refusal where it is none."""
    found = code.strip().upper()
    if found not in CODES:
        raise Refusal(f"‘{code}’ is no currency: give its three letters by ISO 4217, such as USD.")
    return found
