"""The reads of finance: earning lines and what they count as, batches, months, and the proof that all adds up.

Called by pages, by the command line, and by the desk for what a batch would pay. Reads the kept evaluation and the
ledger; changes nothing and reads no clock. Amounts are Decimal and never added across currencies.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import polars as pl

from core import calendar, moved, review, store
from core.results import local_day, terms_at
from core.store.answers import until_stored
from core.terms import STATED_IN, Clause, Setting, catalogue

SQL = store.HERE / "sql"
STATES = ("open", "blocked", "held", "in_batch", "approved", "exported", "paid", "void")
"""What a line counts as: can be paid; something is missing; an open case holds it; three stages of a batch; paid; no
longer owed and never paid."""

NARROWED = ("program", "partner", "blocker")
"""Filters that whatever adds lines up knows."""

GROUPS = ("state", "program", "partner", "period")
"""What lines can be added up by."""

CODES = {
    "refund": ("A customer got money back", -1),
    "disqualified_after_payment": ("The lead was disqualified after it was paid", -1),
    "duplicate": ("The same was paid already", -1),
    "mistake": ("The amount was wrong", 0),
    "write_off": ("What was to be taken back is let go", 1),
}
"""Reason codes of a correction: what each says, and the sign its amount must have (0: either)."""

CARRIED = {
    "net": "They are owed less than is to be taken back.",
    "minimum": "They have less coming to them than the least that is paid (payout_minimum).",
    "cooling_off": "How they are paid was told only lately (payee_cooling_off_days).",
}
"""Why a payee is carried forward to the next batch."""

Con = duckdb.DuckDBPyConnection | store.Within


@dataclass(frozen=True)
class Filters:
    """What lines are narrowed to; None means: everything. states: some of STATES. is_overdue: only those past their due
    day. blocker: the name of a `Blocker`. period: the first day of a month. batch: also lines that stood in it and are
    open again. due: what will have to be paid, as `ahead` has it: OVERDUE, UNKNOWN (no day is known) or the first day
    of a month. is_clawed_back: only what takes back."""

    states: tuple[str, ...] | None = None
    is_overdue: bool = False
    blocker: str | None = None
    currency: str | None = None
    program: str | None = None
    partner: str | None = None
    period: dt.date | None = None
    lead: str | None = None
    batch: str | None = None
    due: str | dt.date | None = None
    is_clawed_back: bool = False


OVERDUE, UNKNOWN = "overdue", "unknown"


@until_stored
def lines(con: Con, chosen: Filters, number: int = 1, size: int | None = None) -> pl.DataFrame:
    """A page (from 1) of lines; all of them without a size. What is not paid comes first, by due day; then the latest.

    Columns: those of the view `lines` (id, lead, earned_by, partner, program, kind, amount, currency, clause, rule,
    rule_from, rate, base_amount, earned_on, period, reason, note, corrects, due_on, is_overdue, method, blockers,
    holds, batch, payment, paid_on, computed_amount, state, ...), partner_name, is_computed_otherwise (what would be
    owed now is another amount; the line counts).
    """
    ids = store.read(con, SQL / "ledger_page.sql", **_values(chosen), size=size, start=(number - 1) * (size or 0))["id"]
    return store.read(con, SQL / "ledger_lines.sql", ids=ids.to_list())  # in full for those of the page alone


def _values(chosen: Filters) -> dict[str, object]:
    month = chosen.due if isinstance(chosen.due, dt.date) else None
    return vars(chosen) | {
        "states": None if chosen.states is None else list(chosen.states), "due": "month" if month else chosen.due,
        "due_from": month, "due_before": month and calendar.next_month(month)}


def totals(con: Con, by: str, chosen: Filters | None = None) -> pl.DataFrame:
    """Sums of lines by one of GROUPS. Columns: value, name, currency, lines, amount.

    chosen: lead, batch, due and is_clawed_back do not count.
    """
    values = _values(chosen or Filters())
    narrowed = {name: values[name] for name in (*NARROWED, "states", "is_overdue", "currency", "period")}
    return store.read(con, SQL / "ledger_totals.sql", by=by, **narrowed)


FIGURES = {"owed": ("open", "blocked", "held", "in_batch", "approved", "exported"), "ready": ("open",),
           "blocked": ("blocked", "held"), "under_way": ("in_batch", "approved", "exported"), "paid": ("paid",)}
"""Figures by name, and the states that each adds up."""


@until_stored
def standing(con: Con, chosen: Filters | None = None) -> pl.DataFrame:
    """Where lines stand: currency, state, period, is_overdue, is_clawed_back, lines, amount. What counts and adds up
    lines is made of it, so that they are read once. chosen: program, partner, blocker, lead, batch and due count."""
    values = _values(chosen or Filters())
    return store.read(con, SQL / "ledger_standing.sql",
                      **{name: values[name] for name in (*NARROWED, "lead", "batch", "due", "due_from", "due_before")})


def figures(found: pl.DataFrame) -> list[dict]:
    """What is owed, ready, overdue, blocked (or held), under_way (in a batch that is not paid), paid and clawed_back
    (less than nothing), of lines as `standing` gives them: per currency, that of most lines first, the number of lines
    under each of these names and their sum under the name with `_amount`."""
    chosen = {name: pl.col("state").is_in(states) for name, states in FIGURES.items()}
    chosen |= {"overdue": pl.col("is_overdue"), "clawed_back": pl.col("is_clawed_back")}
    counted = {name: pl.col("lines").filter(which).sum() for name, which in chosen.items()}
    added = {f"{name}_amount": pl.col("amount").filter(which).sum() for name, which in chosen.items()}
    rows = found.group_by("currency").agg(pl.col("lines").sum(), **counted, **added)
    return rows.sort("lines", "currency", descending=[True, False]).drop("lines").to_dicts()


def count(found: pl.DataFrame, chosen: Filters) -> int:
    """How many of the lines that `standing` gave pass the filters on what it tells apart."""
    passes = [pl.col("state").is_in(chosen.states)] if chosen.states is not None else []
    passes += [pl.col("currency") == chosen.currency] if chosen.currency else []
    passes += [pl.col("period") == chosen.period] if chosen.period else []
    passes += [pl.col(name) for name in ("is_overdue", "is_clawed_back") if getattr(chosen, name)]
    return found.filter(passes)["lines"].sum()


@until_stored
def ready(con: Con) -> list[dict]:
    """What can be put into a batch now: program, method, currency, lines, amount, first_due_on."""
    return store.read(con, SQL / "ledger_ready.sql").to_dicts()


@until_stored
def ahead(con: Con) -> pl.DataFrame:
    """What will have to be paid by the day it falls due (null: not known). Columns: program, due_on, currency,
    is_overdue, lines, amount."""
    return store.read(con, SQL / "ledger_ahead.sql")


def by_month(found: pl.DataFrame) -> pl.DataFrame:
    """What `ahead` gives, added up: what is overdue first (month null), then by month, what has no day last.

    Columns: is_overdue, month (its first day), program, currency, lines, amount.
    """
    month = pl.when(~pl.col("is_overdue")).then(pl.col("due_on").dt.truncate("1mo"))
    added = found.group_by("is_overdue", "program", "currency", month=month).agg(pl.sum("lines", "amount"))
    ordered = added.sort("is_overdue", "month", "program", "currency", descending=[True, False, False, False],
                         nulls_last=True)
    return ordered.select("is_overdue", "month", "program", "currency", "lines", "amount")


def unknown_amounts(con: Con) -> int:
    """How many payouts are owed of an amount that nobody can say yet: no line is booked for them."""
    return store.read(con, SQL / "ledger_unknown.sql")["payouts"][0]


def unknown_payouts(con: Con, one: "Blocker") -> pl.DataFrame:
    """The payouts behind a blocker of which no line is booked, as their amount is unknown: lead, earned_by, partner,
    partner_name, due_on (null: not known), is_overdue."""
    return store.read(con, SQL / "ledger_unknown_payouts.sql", blocker=one.name, program=one.program,
                      currency=one.currency)


@until_stored
def in_question(con: Con) -> pl.DataFrame:
    """Lines paid and no longer owed, refunded or disqualified since, paid elsewhere too (the flag paid_twice), or paid
    with another amount as an event tells (told_otherwise), that no correction answers; columns of the view `lines`,
    partner_name, flags."""
    return store.read(con, SQL / "ledger_in_question.sql")


@until_stored
def unexplained(con: Con) -> pl.DataFrame:
    """Payments of which an event tells though no line stands for them, the latest first: id (of the event), lead,
    program, partner, partner_name, disposition, amount and currency (null: not told), happened_at (UTC)."""
    return store.read(con, SQL / "ledger_unexplained.sql")


@until_stored
def alike(con: Con) -> pl.DataFrame:
    """Customer payments that stand more than once with the same deal, instant, currency and amount, the latest
    first: lead, program, transaction, received_at (UTC), currency, amount, times."""
    return store.read(con, SQL / "ledger_alike.sql")


# --- what stands in the way -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of some payouts, and who can clear it.

    name: as the rules name it, or `hold.` and dispute, conflict, finding or refund. clause: None where none says it.
    amount: of the payouts whose amount is known; unknown: how many have none.
    """

    program: str
    name: str
    label: str
    clause: Clause | None
    who: str
    currency: str
    payouts: int
    unknown: int
    amount: Decimal
    leads: int
    overdue: int


NAMES = {
    "commission_rate_not_set": ("The commission rate is not set", "a manager, to set it in the terms"),
    "bonus_amount_not_set": ("The amount of the bonus is not set", "a manager, to set it in the terms"),
    "external_terms_not_configured": ("The schedule or the way of payment is not set",
                                      "a manager, to set it in the terms"),
    "subscription_portion_unknown": ("The subscription part of a payment is not known",
                                     "finance, to say it on the checklist, at the payment"),
    "review.competitor_suggested": ("A suggestion of a competitor is not cleared up", "channel or a manager"),
    "payee.check_address_confirmation": ("The payee's check address is not confirmed", "a second person"),
    "payee.account_confirmation": ("The payee's bank account is not confirmed",
                                   "channel or finance, to record the account, and a second person, to confirm it"),
    "ptr.maintain.1a": ("The partner suggested a competitor, so it is forfeited", ""),
    "hold.dispute": ("A dispute is open", "a manager who did not open it"),
    "hold.conflict": ("A conflict case is open", "channel or a manager"),
    "hold.finding": ("A finding of abuse stands", "channel or a manager who did not record it"),
    "hold.refund": ("The customer got money back",
                    "finance, to correct the line, or channel or a manager, to let it stand"),
}
"""Blockers in words, and who can clear them (empty: nobody); a payee's detail is named by its field."""

CLAUSES = {
    ("ptr", "commission_rate_not_set"): "ptr.pay.rate", ("raf", "bonus_amount_not_set"): "raf.pay.amount",
    ("cerri", "external_terms_not_configured"): "cerri.4", ("ptr", "subscription_portion_unknown"): "ptr.pay.0",
    ("ptr", "review.competitor_suggested"): "ptr.maintain.1a", ("raf", "hold.finding"): "raf.invalid.3",
    ("ptr", "hold.refund"): "ptr.pay.0",
    ("ptr", "payee.wire_details"): "ptr.pay.2", ("ptr", "payee.account_confirmation"): "ptr.pay.2",
    ("ptr", "payee"): "ptr.pay.1", ("raf", "payee.wire_details"): "raf.pay.2",
    ("raf", "payee.account_confirmation"): "raf.pay.2", ("raf", "payee"): "raf.pay.1", ("cerri", "payee"): "cerri.4",
}
"""The clause by which something blocks, by program and blocker; `payee` for every other detail of a payee."""


def blocker(name: str) -> tuple[str, str]:
    """What stands in the way of a payout, in words, and who can clear it."""
    detail = f"Missing or not usable: the payee's {name.removeprefix('payee.').replace('_', ' ')}"
    return NAMES.get(name, (detail, "the partner, through channel or finance"))


@until_stored
def blocked(con: Con) -> list[Blocker]:
    """What blocks or holds money, by program, blocker and currency; what waits for an unknown amount is in it."""
    found = []
    for row in store.read(con, SQL / "ledger_blocked.sql").to_dicts():
        name = row["blocker"]
        label, who = blocker(name)
        clause = CLAUSES.get((row["program"], name)) or CLAUSES.get((row["program"], name.split(".")[0]))
        found.append(Blocker(row["program"], name, label, clause and review.clause_of(clause), who, row["currency"],
                             row["payouts"], row["unknown_amounts"], row["amount"] or Decimal("0.00"), row["leads"],
                             row["overdue"]))
    return found


# --- batches ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """What a batch would pay. lines: id, lead, earned_by, partner, kind, amount, due_on, ... of what is paid. payees:
    partner, partner_name, amount, lines, carried (a key of CARRIED, null: they are paid). total and number: of what is
    paid, to be repeated when it is prepared.
    """

    lines: pl.DataFrame
    payees: pl.DataFrame
    total: Decimal
    number: int


def proposal(con: Con, program: str, method: str, currency: str, cut_off_on: dt.date, leave_out: Collection[str],
             as_of: dt.datetime) -> Proposal:
    """What a batch would pay of what was earned until the end of a day. leave_out: ids of lines. as_of: UTC.

    A payee is paid everything, corrections taken off, or carried forward whole; what comes to exactly nothing is
    settled by a payment of nothing. There is no minimum in another currency than the setting's.
    """
    found = store.read(con, SQL / "ledger_candidates.sql", program=program, method=method, currency=currency,
                       cut_off_on=cut_off_on, leave_out=sorted(leave_out))
    terms = terms_at(con, program, as_of)
    told = store.read(con, SQL / "ledger_payees.sql", partners=found["partner"].unique().to_list())
    cooled = local_day(as_of, terms["timezone"]) - dt.timedelta(terms["payee_cooling_off_days"] or 0)
    lately = [row["partner"] for row in told.to_dicts() if terms["payee_cooling_off_days"] is not None
              and row["told_at"] and local_day(row["told_at"], terms["timezone"]) >= cooled]
    least = (terms["payout_minimum"] if currency == STATED_IN else None) or Decimal(0)
    net = pl.col("amount")
    each = found.group_by("partner").agg(net.sum(), lines=pl.len()).join(told, on="partner", how="left").select(
        "partner", "partner_name", "amount", "lines",
        carried=pl.when(net < 0).then(pl.lit("net"))
        .when(net == 0).then(pl.lit(None, pl.String))
        .when(net < least).then(pl.lit("minimum"))
        .when(pl.col("partner").is_in(lately)).then(pl.lit("cooling_off")),
    ).sort("partner")
    paid = found.join(each.filter(pl.col("carried").is_null()), on="partner", how="semi", maintain_order="left")
    return Proposal(paid, each, paid["amount"].sum() or Decimal("0.00"), paid.height)


@until_stored
def batches(con: Con, program: str | None = None) -> pl.DataFrame:
    """Batches, the latest first: columns of the view `batch_states` (id, program, method, currency, cut_off_on,
    prepared_by, lines, payments, total, paid, failed, approved_by, second_approved_by, exported_by, state, ...)."""
    return store.read(con, SQL / "ledger_batches.sql", batch=None, program=program)


def batch(con: Con, name: str) -> dict | None:
    """One batch as `batches` gives it; None where there is no such batch."""
    found = store.read(con, SQL / "ledger_batches.sql", batch=name, program=None).to_dicts()
    return found[0] if found else None


@until_stored
def payments(con: Con, name: str) -> pl.DataFrame:
    """The payments of a batch by id: payment, partner, partner_name, amount, lines (ids), payee_version, result (null:
    none yet), paid_on, reason, reference, returned_on and returned_why (where it was paid and came back)."""
    return store.read(con, SQL / "ledger_payments.sql", batch=name)


def steps(con: Con, name: str) -> pl.DataFrame:
    """What was done to a batch, in order: step, person, form, sha256, recorded_at."""
    return store.read(con, SQL / "ledger_steps.sql", batch=name)


# --- months and proof -------------------------------------------------------------------------------------------------


def months(con: Con) -> pl.DataFrame:
    """What was booked and paid by month, the latest first: program, period, currency, lines, booked, paid (in whatever
    way, less what came back), is_closed."""
    month = ["program", "period", "currency"]
    booked = reconcile(con).group_by(month).agg(pl.sum("lines"), booked=(pl.col("owed") - pl.col("clawed_back")).sum())
    found = booked.join(moved.paid_by_month(con), on=month, how="full", coalesce=True)
    opens_on = pl.col("program").replace_strict(moved.open_months(con), default=None, return_dtype=pl.Date)
    return found.with_columns(
        pl.col("lines").fill_null(0), pl.col("booked", "paid").cast(pl.Decimal(38, 2)).fill_null(Decimal("0.00")),
        is_closed=(pl.col("period") < opens_on).fill_null(False),
    ).sort("period", "program", "currency", descending=[True, False, False])


def is_over(period: dt.date, today: dt.date) -> bool:
    """Whether a month (its first day) is over on a local day."""
    return today >= calendar.next_month(period)


@until_stored
def reconcile(con: Con, program: str | None = None) -> pl.DataFrame:
    """The proof per partner, program, currency and month of booking: owed = paid + open + clawed_back + void.

    Columns: partner, program, currency, period, lines, owed, clawed_back, void (no longer owed), open, paid,
    difference (must be nothing), partner_name.
    """
    return store.read(con, SQL / "ledger_reconciliation.sql", program=program)


def sums(proof: pl.DataFrame) -> pl.DataFrame:
    """The proof per program and currency alone: program, currency, lines, and the sums of its amounts."""
    return proof.group_by("program", "currency").agg(
        pl.sum("lines", "owed", "clawed_back", "void", "open", "paid", "difference")).sort("program", "currency")


# --- from a cent to its clause ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """All that a line rests on. line: a row of the view `lines`. clause: that earns it. setting: what said the amount
    or the rate (None: nothing did). is_set: a person set it, and the terms do not say it. story: its lead as of the
    instant, with criteria, clauses and evidence (None: it is gone). deeds: happened_at, person, what, id.
    corrections: lines that correct it. returns: payments of it that came back: payment, batch, paid_on, returned_on,
    reason.
    """

    line: dict
    clause: Clause | None
    setting: Setting | None
    is_set: bool
    story: review.Story | None
    deeds: list[dict]
    corrections: pl.DataFrame
    returns: list[dict]


def _is_set(rule: str | None, since: dt.date | None) -> bool:
    """Whether the value of a setting from a day on is no dated default of the terms."""
    setting = catalogue().settings.get(rule)
    return setting is not None and since not in {one.effective_on for one in setting.values}


_read = until_stored(store.read)


def line(con: Con, name: str) -> dict | None:
    """One line as `lines` gives it; None where there is no such line."""
    found = _read(con, SQL / "ledger_lines.sql", ids=[name]).to_dicts()
    return found[0] if found else None


def chain(con: Con, row: dict, story: Callable[[str], review.Story | None]) -> Chain:
    """From a line (of `lines`) to the lead, its criteria, their clauses, the evidence and who decided.

    story: tells of a lead, by its id, as of the instant that is shown.
    """
    return Chain(
        row, row["clause"] and review.clause_of(row["clause"]), catalogue().settings.get(row["rule"]),
        _is_set(row["rule"], row["rule_from"]), story(row["lead"]),
        _read(con, SQL / "ledger_deciders.sql", lead=row["lead"], line=row["id"]).to_dicts(),
        _read(con, SQL / "ledger_corrections.sql", line=row["id"]),
        _read(con, SQL / "ledger_returns.sql", line=row["id"]).to_dicts(),
    )
