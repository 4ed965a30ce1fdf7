"""Facts as columns: rows of the statements of this folder, laid out as one row per lead.

Called by evaluation. Leads are numbered from 0, so that what a lead is told goes straight to its place: an instant
folded by its number costs a tenth of a group in a hash table with twenty states. Gives no verdict, reads no clock.
"""

from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from core.facts import Layout
from core.model import UNKNOWN

INSTANT_EVENTS: dict[str, tuple[str, ...]] = {
    "outreach_first_at": ("outreach",), "outreach_last_at": ("outreach",),
    "inbound_first_at": ("reply", "engagement", "discovery_call", "requirements_received"),
    "inbound_last_at": ("reply", "engagement", "discovery_call", "requirements_received"),
    "engaged_first_at": ("reply", "engagement", "discovery_call", "requirements_received"),
    "reply_counted_at": ("reply",), "reply_other_at": ("reply", "engagement", "discovery_call"),
    "call_completed_at": ("discovery_call",), "requirements_at": ("requirements_received",),
    "declined_at": ("disengaged",), "lead_bounced_at": ("email_bounce",), "approved_at": ("approved",),
    "accepted_first_at": ("accepted",), "rejected_first_at": ("rejected",), "rejected_last_at": ("rejected",),
    "discretion_last_at": ("discretion",), "confirmed_at": ("confirmed", "opportunity_created"),
    "paid_first_at": ("payout_paid",), "opportunity_at": ("opportunity_created",),
    "old_opportunity_at": ("opportunity_created",), "abuse_found_at": ("abuse_finding",),
    "extended_at": ("ownership_extended",),
}
"""Which event types stand behind a facts column of instants, so that a finding can name the row it rests on."""


FIRST, LAST = np.minimum, np.maximum
NEVER = np.iinfo(np.int64).max
NO_INSTANT = np.iinfo(np.int64).min
"""What numpy takes for no instant at all."""

Folds = Mapping[str, tuple[np.ufunc, str]]
"""Per column of instants: whether the first or the last counts, and the column that says of which rows."""

MESSAGES: Folds = {
    "outreach_first_at": (FIRST, "is_outreach"), "outreach_last_at": (LAST, "is_outreach"),
    "inbound_first_at": (FIRST, "is_inbound"), "inbound_last_at": (LAST, "is_inbound"),
    "engaged_first_at": (FIRST, "is_engaged"), "reply_last_at": (LAST, "is_reply"),
    "call_completed_at": (FIRST, "is_call"), "requirements_at": (FIRST, "is_requirements"),
    "declined_at": (LAST, "is_decline"), "declined_ever_at": (LAST, "is_late_decline"),
    "lead_bounced_at": (LAST, "is_bounce"),
}
DECISIONS: Folds = {
    "approved_at": (LAST, "is_approval"),
    "accepted_first_at": (FIRST, "is_acceptance"), "accepted_last_at": (LAST, "is_acceptance"),
    "rejected_first_at": (FIRST, "is_rejection"), "rejected_last_at": (LAST, "is_rejection"),
    "rejection_explained_at": (LAST, "is_explained_rejection"),
    "discretion_first_at": (FIRST, "is_refusal"), "discretion_last_at": (LAST, "is_refusal"),
    "withdrawn_at": (FIRST, "is_withdrawal"), "disassociated_at": (LAST, "is_disassociation"),
    "confirmed_at": (FIRST, "is_confirmation"),
    "paid_first_at": (FIRST, "is_payout"), "paid_last_at": (LAST, "is_payout"),
    "opportunity_at": (FIRST, "is_new_opportunity"), "old_opportunity_at": (FIRST, "is_old_opportunity"),
    "abuse_found_at": (FIRST, "is_abuse"), "payout_notice_at": (LAST, "is_payout_notice"),
    "rejection_notice_at": (LAST, "is_rejection_notice"), "history_searched_at": (LAST, "is_search"),
    "extended_at": (LAST, "is_extension"),
}


def laid_out(layout: Layout, name: str, leads: int, explained: bool, timed: Collection[str]) -> pl.DataFrame:
    """The facts of one statement: one row per lead that has any, by `no`; or one per lead in the order of their
    numbers, without `no`. No row where nobody has any.

    leads: how many there are. explained, timed: as of `judgements`.
    """
    if name == "judgements":
        return judgements(layout, leads, explained, timed)
    if name == "touches":
        layout.keep("talk")
    wide = {"messages": messages, "decisions": decisions}.get(name)
    if wide:
        return wide(layout.read(name), leads)
    return waivers(layout) if name == "waivers" else layout.read(name)


def beside(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """A frame of leads, `no` counting up by one, with the columns of facts beside it; null where a lead has none."""
    first = frame["no"][0]
    if "no" not in found.columns:
        return frame.hstack(found.slice(first, frame.height))
    own = found.filter(pl.col("no").is_between(first, first + frame.height - 1))
    places = np.full(frame.height, -1)
    places[own["no"].to_numpy() - first] = np.arange(own.height)
    row = pl.DataFrame({"row": places}).select(pl.when(pl.col("row") >= 0).then("row")).to_series()
    return frame.hstack(own.select(pl.exclude("no").gather(row)))


def messages(rows: pl.DataFrame, leads: int) -> pl.DataFrame:
    """MESSAGES, and of human replies: `reply_counted_at`, the first direct one from the first outreach on, and
    `reply_other_at`, the first of all others. rows: of messages.sql."""
    found = _folded(rows, leads, MESSAGES)
    no, at = _numbers(rows)
    since = found["outreach_first_at"].to_physical().fill_null(NEVER).to_numpy()[no] if leads else no
    is_direct = rows["is_direct"].to_numpy()
    counts = is_direct & (at >= since)
    other = rows["is_indirect"].to_numpy() | (is_direct & ~counts)
    replies = {name: _instants(FIRST, leads, no[which], at[which])
               for name, which in (("reply_counted_at", counts), ("reply_other_at", other))}
    return _where_any(rows, pl.DataFrame({**found, **replies}))


def decisions(rows: pl.DataFrame, leads: int) -> pl.DataFrame:
    """DECISIONS; how often and how much was paid (`payouts_paid`, `amount_paid`); `opportunity_opened_on`; until which
    day the ownership was last extended (`extended_until`). rows: of decisions.sql."""
    has_amount = pl.col("amount").is_not_null().any()
    paid = rows.filter("is_payout").group_by("no").agg(
        payouts_paid=pl.len().cast(pl.Int64), amount_paid=pl.when(has_amount).then(pl.col("amount").sum())
    )
    opened = rows.filter("is_opportunity").group_by("no").agg(opportunity_opened_on=pl.col("opened_on").min())
    extended = rows.filter("is_extension").sort("happened_at", "until_on").group_by("no").agg(
        extended_until=pl.col("until_on").last()
    )
    frame = pl.DataFrame({"no": pl.int_range(leads, eager=True), **_folded(rows, leads, DECISIONS)})
    if leads:
        frame = beside(beside(beside(frame, paid), opened), extended)
    return _where_any(rows, frame.drop("no"))


def _where_any(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.clear() if rows.is_empty() else frame


def _numbers(rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the leads, and instants in microseconds."""
    return rows["no"].to_numpy(), rows["happened_at"].to_physical().to_numpy()


def _folded(rows: pl.DataFrame, leads: int, folds: Folds) -> dict[str, pl.Series]:
    no, at = _numbers(rows)
    found, none = {}, _instants(FIRST, leads, no[:0], at[:0])
    for name, (fold, counts) in folds.items():
        which = rows[counts].to_numpy()
        found[name] = _instants(fold, leads, no[which], at[which]) if which.any() else none
    return found


def _instants(fold: np.ufunc, leads: int, no: np.ndarray, at: np.ndarray) -> pl.Series:
    """The first or last of the instants of each lead, null where it has none."""
    found = np.full(leads, NO_INSTANT)
    found[no] = at  # one of them, so that the fold never meets a lead without any
    fold.at(found, no, at)
    return pl.Series(found.view("datetime64[us]"))


def judgements(layout: Layout, leads: int, explained: bool, timed: Collection[str]) -> pl.DataFrame:
    """The latest human verdicts, one row per lead: `judged.<criterion>`; with explanation, and for the `timed`
    criteria always, `judged_at.<criterion>`; with explanation also `judge.` and `judgement.` (who, and its id).

    Two different verdicts of the same instant count as unknown: instant and verdict are packed into one number, of
    which the largest of a lead wins, and whoever contradicts it in the same instant is looked for afterwards.
    """
    rows = layout.read("judgements")
    wide: dict[str, pl.Series] = {}
    latest = [pl.DataFrame(schema={"no": pl.Int64, "criterion": pl.String, "judged_at": pl.Datetime("us")})]
    for (criterion,), part in rows.partition_by("criterion", as_dict=True, include_key=False).items():
        no, at = _numbers(part)
        code = part["code"].to_numpy().astype(np.int64)
        packed = at * 4 + code
        latest_of = np.full(leads, NO_INSTANT)
        latest_of[no] = packed
        np.maximum.at(latest_of, no, packed)
        winner = latest_of[no]
        verdict, is_judged = (latest_of & 3).astype(np.uint8), np.zeros(leads, bool)
        verdict[no[(winner != packed) & (winner >> 2 == at)]] = UNKNOWN
        is_judged[no] = True
        judged = pl.DataFrame({"verdict": verdict, "is_judged": is_judged})
        wide[f"judged.{criterion}"] = judged.select(pl.when("is_judged").then("verdict")).to_series()
        if explained or criterion in timed:
            moments = pl.Series(np.where(is_judged, latest_of >> 2, NO_INSTANT).view("datetime64[us]"))
            wide[f"judged_at.{criterion}"] = moments
            latest.append(pl.DataFrame({"no": pl.int_range(leads, eager=True), "judged_at": moments}).drop_nulls()
                          .select("no", criterion=pl.lit(criterion), judged_at="judged_at"))
    frame = pl.DataFrame(wide)
    if not explained or rows.is_empty():
        return frame
    layout.give("latest_judgements", pl.concat(latest))
    judges = layout.read("judges")
    frame = frame.with_columns(no=pl.int_range(leads, dtype=pl.Int64))
    for column in ("judge", "judgement"):
        part = judges.pivot(on="criterion", index="no", values=column)
        frame = beside(frame, part.rename({name: f"{column}.{name}" for name in part.columns if name != "no"}))
    return frame.drop("no")


def waivers(layout: Layout) -> pl.DataFrame:
    """Recorded waivers, one row per lead: `waived.<criterion>` (id) and `waived_names` (list of criteria)."""
    long = layout.read("waivers")
    names = long.group_by("no").agg(waived_names=pl.col("criterion").sort())
    if long.is_empty():
        return names
    wide = long.pivot(on="criterion", index="no", values="id")
    return names.join(
        wide.rename({name: f"waived.{name}" for name in wide.columns if name != "no"}), on="no", how="left"
    )


def event_ids(layout: Layout, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an `id:<column>` beside every column of instants, naming the event of that instant.

    Derived instants are named by the events they are derived from: an engagement by any human message of the lead.
    """
    named = [column for column in INSTANT_EVENTS if column in frame.columns]
    stands_behind = pl.DataFrame([(kind, column) for column in named for kind in INSTANT_EVENTS[column]],
                                 schema={"type": pl.String, "column": pl.String}, orient="row")
    ids = (
        layout.read("own_events").join(stands_behind, on="type")
        .group_by("no", "column", "happened_at").agg(pl.col("id").min())
    )
    instants = frame.lazy().unpivot(named, index="no", variable_name="column", value_name="happened_at").drop_nulls()
    found = (
        instants.cast({"happened_at": pl.Datetime("us")}).join(ids.lazy(), on=["no", "column", "happened_at"])
        .collect().pivot(on="column", on_columns=list(INSTANT_EVENTS), index="no", values="id")
        .rename({column: f"id:{column}" for column in INSTANT_EVENTS})
    )
    return frame.join(found, on="no", how="left", maintain_order="left")
