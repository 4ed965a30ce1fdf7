"""The rows of the leads themselves, and their ids."""

import numpy as np
import polars as pl

from core.sample.drawing import NEVER, Draw, Numbers, among, as_days, as_moments, if_so, rows_of
from core.sample.plans import Leads
from core.sample.shares import CHANNELS, FIRST_CLICK_KNOWN, FOLLOW_UP, PRODUCTS, PROGRAMS, SAME_PERSON, SOURCE_CONTEXT
from core.sample.stories import Story

LETTERS = {"cerri": "C", "raf": "R", "ptr": "P"}  # at the front of a lead's id
DECISION_DAY = {"within": 0.86, "beyond": 0.05, "none": 0.09}  # expected purchase: within 11 months, 13 to 18, unknown
DEAL_STAGE = {None: 0.86, "proposal": 0.09, "negotiation": 0.05}


def lead_ids(program: np.ndarray, order: np.ndarray, numbers: Numbers) -> pl.Series:
    """Ids by program, in the order of submission."""
    found = np.empty(len(program), dtype=object)
    for number, name in enumerate(PROGRAMS):
        rows = order[program[order] == number]
        found[rows] = numbers.ids(f"{LETTERS[name]}-", len(rows)).to_numpy()
    return pl.Series(found, dtype=pl.String)


def lead_rows(draw: Draw, leads: Leads, story: Story, contact_rows: pl.DataFrame) -> pl.DataFrame:
    is_cerri, is_ptr = pl.Series(leads.program == 0), pl.Series(leads.program == 2)
    is_viewed = (leads.program == 0) & among(leads.channel, CHANNELS["cerri"], ("page_view",))
    record = np.where(leads.stands(*SAME_PERSON), draw.codes([0.3, 0.6, 0.1]), draw.codes([0.975, 0.005, 0.02]))
    channels = [word for name in PROGRAMS for word in CHANNELS[name]]
    before = np.cumsum([0, *(len(CHANNELS[name]) for name in PROGRAMS)])
    decision = draw.codes(list(DECISION_DAY.values()))
    until = np.choose(decision, [draw.between(20, 335), draw.between(395, 540), np.full(draw.n, NEVER)])
    products = pl.Series([names for _, names in PRODUCTS], dtype=pl.List(pl.String))
    nothing = len(PRODUCTS) - 1
    return rows_of(
        "leads",
        id=story.names["lead"], program=pl.Series(list(PROGRAMS)).gather(leads.program),
        partner=story.names["partner"], contact=story.names["contact"],
        org=contact_rows["org"].gather(leads.contact), submitted_at=as_moments(leads.at),
        recorded_at=as_moments(np.minimum(leads.at + np.where(draw.chance(0.02), draw.between(0, 1), 0), story.end)),
        channel=pl.Series(channels).gather(before[leads.program] + leads.channel),
        new_contact_record=pl.when(is_cerri).then(
            pl.Series([True, False, None]).gather(np.where(is_viewed, 1, record))),
        first_click_at=as_moments(if_so(
            (leads.program == 0) & draw.chance(FIRST_CLICK_KNOWN), leads.at - draw.about(2, 120, 1.4))),
        products=products.gather(np.where(leads.program == 0, nothing, leads.product)),
        expected_decision_on=as_days(if_so(leads.program > 0, leads.at + until)),
        source_context=pl.when(is_ptr).then(pl.Series(list(SOURCE_CONTEXT)).gather(leads.context))
        .otherwise(pl.lit("normal")),
        follow_up_with=pl.when(is_ptr).then(pl.Series(list(FOLLOW_UP)).gather(leads.follow_up)),
        deal_stage_at_submission=pl.when(is_ptr).then(draw.words(DEAL_STAGE)),
        history_lookup=pl.when(pl.Series(~leads.is_searched)).then(pl.lit("unavailable")),
    )
