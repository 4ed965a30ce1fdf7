"""The figures that no terms state, as the sample was paid by them: so that its money can be seen.

Every one is a setting with a source that says so. The schedule of Cerri's rewards stays empty, so that something is
blocked for want of a setting.
"""

import datetime as dt

from core.sample.courses import COMMISSION, RAF_BONUS_USD
from core.sample.shares import SPAN_DAYS

RECORDED_BY = "sample"
SOURCE = "A figure of the sample leads, not of the terms: it goes when the sample is cleared."
FIGURES = {"raf.bonus_amount": f"{RAF_BONUS_USD:.0f}", "ptr.commission_rate": f"{COMMISSION}"}
"""Values as a setting stores them."""


def figures(until: dt.date, recorded_at: dt.datetime) -> list[dict]:
    """Rows of settings, in force before the first lead of a sample that ends on a day."""
    first_day = until - dt.timedelta(SPAN_DAYS + 30)
    return [{"name": name, "effective_on": first_day, "recorded_at": recorded_at, "value": value,
             "recorded_by": RECORDED_BY, "source": SOURCE} for name, value in FIGURES.items()]
