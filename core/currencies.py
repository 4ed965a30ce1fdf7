"""Currencies by ISO 4217: which codes there are.

Called by the desk, by intake and by pages; knows no database and no screen.
"""

import pycountry

from core.model import Refusal

_NO_MONEY = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"}
"""Codes of the list in which nobody pays: metals, units of account, tests, none at all."""

_WITHDRAWN = {"ANG", "BGN", "BYR", "CUC", "HRK", "LTL", "MRO", "SLL", "STD", "VEF", "ZWL"}
"""Left the list since 2015 (ISO 4217, list three); what was paid before stands in them."""

CODES = frozenset({one.alpha_3 for one in pycountry.currencies} - _NO_MONEY | _WITHDRAWN)


def known(code: str) -> str:
    """The code of a currency, also where a person typed it in lower case. Raises Refusal where it is none."""
    found = code.strip().upper()
    if found not in CODES:
        raise Refusal(f"‘{code}’ is no currency: give its three letters by ISO 4217, such as USD.")
    return found
