"""Amounts in words. An amount that nobody has set is not a number."""

from decimal import Decimal


def money(amount: Decimal | None, currency: str = "USD") -> str:
    """US$100.00, EUR 100.00, or `not known`."""
    if amount is None:
        return "not known"
    return f"{'US$' if currency == 'USD' else currency + ' '}{amount:,.2f}"


def percent(rate: Decimal | None) -> str:
    """A rate of one as 10 %, or `not known`."""
    return "not known" if rate is None else f"{(rate * 100).normalize():f} %"
