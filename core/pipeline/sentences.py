"""What each chart of the Pipeline page says in one sentence, and the four figures above them, in words.

Called by the page. Counts stand in the frames of `core.pipeline.Pipeline`; where there are none, the sentence says so.
Names of partners and people come from outside: the page shows every sentence as plain text.
"""

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from core.pipeline import Pipeline, marks

FEW = 20
"""Leads below which a share of a group says nothing."""


@dataclass(frozen=True)
class Figure:
    """One figure: name, value, and the change against the months before (or a note), in words.

    better: `up` or `down` where a change is good, None where it is neither.
    """

    name: str
    value: str
    change: str | None
    better: str | None = None


def figures(found: Pipeline) -> list[Figure]:
    """The four figures of the page."""
    now, before = found.now, found.before
    return [
        Figure("Sales-qualified", _percent(now["qualified"], now["submitted"]),
               _points(now, before, "qualified", lambda row: row["submitted"]), "up"),
        Figure("Median time to a decision", _days(now["answer_days"]), _fewer_days(now, before), "down"),
        Figure("Answered in time", _percent(now["in_time"], now["in_time"] + now["late"]),
               _points(now, before, "in_time", lambda row: row["in_time"] + row["late"]), "up"),
        owed_figure(found),
    ]


def compared(found: Pipeline) -> str:
    """What the changes are against."""
    came = f"{found.now['submitted']:,} leads came in during these months."
    if found.before is None:
        return f"{came} None came in before, so there is nothing to compare."
    return f"{came} Changes are against the {found.before['submitted']:,} of as many months before."


def owed_figure(found: Pipeline) -> Figure:
    """What is earned and not paid in the currency of most payouts; the note says what else there is."""
    sums, unknown = _owed_sums(found), found.owed.filter(pl.col("amount").is_null())["payouts"].sum()
    if not sums:
        return Figure("Earned, not paid", "not known" if unknown else "nothing", f"{unknown:,} payouts")
    currencies = _currencies(found)[1:]
    more = f"and {', '.join(currencies)}" if len(currencies) > 1 else "".join(f"and {one}" for one in sums[1:])
    unsaid = f"{unknown:,} not known" if unknown and not more else ""
    note = more or unsaid or f"{found.owed['payouts'].sum():,} payouts"
    return Figure("Earned, not paid", sums[0], note)


def _owed_sums(found: Pipeline) -> list[str]:
    """What is known to be owed, by currency; those of most payouts first. Currencies are not added up."""
    return [_money(amount, currency) for currency, amount in _owed_by_currency(found).rows()]


def _currencies(found: Pipeline) -> list[str]:
    return _owed_by_currency(found)["currency"].to_list()


def _owed_by_currency(found: Pipeline) -> pl.DataFrame:
    known = found.owed.drop_nulls("amount").group_by("currency").agg(pl.sum("amount", "payouts"))
    return known.sort("payouts", "currency", descending=[True, False]).select("currency", "amount")


def _money(amount: Decimal, currency: str) -> str:
    return f"{'US$' if currency == 'USD' else currency + ' '}{amount:,.0f}"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "not known"


def _points(now: dict, before: dict | None, part: str, whole: object) -> str | None:
    if before is None or not whole(now) or not whole(before):
        return None
    points = round(100 * (now[part] / whole(now) - before[part] / whole(before)))
    return f"{points:+d} {'point' if abs(points) == 1 else 'points'}" if points else "unchanged"


def _days(days: float | None) -> str:
    return "not known" if days is None else f"{days:.1f} days"


def _fewer_days(now: dict, before: dict | None) -> str | None:
    if before is None or now["answer_days"] is None or before["answer_days"] is None:
        return None
    change = round(now["answer_days"] - before["answer_days"], 1)
    return f"{change:+.1f} days" if change else "unchanged"


def funnel(found: Pipeline) -> str:
    """How many came how far."""
    now = found.now
    return (f"{_percent(now['qualified'], now['submitted'])} of {now['submitted']:,} leads are sales-qualified, "
            f"{_percent(now['paid'], now['submitted'])} are paid")


def groups(found: Pipeline) -> str:
    """Which group qualifies most often, among those large enough to say."""
    large = found.groups.filter((pl.col("submitted") >= FEW) & pl.col("mark").is_not_null())
    if large.height < 2:
        return f"No two groups have {FEW} leads or more to compare"
    best, worst = large.sort("share").row(-1, named=True), large.sort("share").row(0, named=True)
    return f"Qualified most often: {best['name']}, {best['share']:.0%}; least: {worst['name']}, {worst['share']:.0%}"


def deaths(found: Pipeline) -> str:
    """What most lost leads fell under."""
    if found.deaths.is_empty():
        return "No lead was rejected or has expired"
    first = found.deaths.row(0, named=True)
    return f"{first['leads']:,} of {found.deaths['leads'].sum():,} lost leads: {first['name']}"


def stays(found: Pipeline) -> str:
    """Where half of the leads wait longest."""
    left = found.stays.drop_nulls("median_days")
    if left.is_empty():
        return "No lead has left a state yet"
    longest = left.sort("median_days").row(-1, named=True)
    return f"Longest: {longest['name'].lower()}, half of the leads {longest['median_days']:.0f} days or more"


def clocks(found: Pipeline) -> str:
    """How many of our own answers came late."""
    count = dict(found.clocks.filter(name=marks.CLOCKS["response_sla"]).select("standing", "leads").iter_rows())
    if not count:
        return "No clock of ours has begun"
    answered = count["met"] + count["late"]
    more = f", {count['at risk']:,} more at risk" if count["at risk"] else ""
    return f"{count['late']:,} of {answered:,} answers of ours were late{more}"


def ages(found: Pipeline) -> str:
    """How many undecided leads are old, and with whom most of them are."""
    old = found.ages.filter(bracket=marks.AGES[-1])
    if old.is_empty():
        return f"{found.undecided:,} leads are undecided, none for over 60 days"
    name, leads = old.sort("leads").select("name", "leads").row(-1)
    count = old["leads"].sum()
    return (f"{count:,} undecided leads are over 60 days old, {'all' if leads == count else f'{leads:,}'} with "
            f"{'nobody' if name == marks.NOBODY else name}")


def unknowns(found: Pipeline) -> str:
    """What undecided leads lack most often."""
    if found.unknowns.is_empty():
        return "No criterion of an undecided lead is unknown"
    first = found.unknowns.row(0, named=True)
    return f"{first['name']}: unknown in {first['leads']:,} of {found.undecided:,} undecided leads"


def owed(found: Pipeline) -> str:
    """What is to be paid, as far as it is known."""
    if found.owed.is_empty():
        return "Nothing is earned and unpaid"
    payouts, late = found.owed["payouts"].sum(), found.owed.filter(month=marks.OVERDUE)["payouts"].sum()
    sums = _owed_sums(found)
    if not sums:
        return f"{payouts:,} payouts are earned and unpaid, {late:,} of them overdue; no amount is known"
    return f"{', '.join(sums)} earned and unpaid; {late:,} of {payouts:,} payouts are overdue"


def unknown_amounts(found: Pipeline) -> str | None:
    """Which earned amounts nobody can say, and who can set what is missing."""
    lacking = found.owed.filter(pl.col("amount").is_null())
    if lacking.is_empty():
        return None
    each = ", ".join(f"{payouts:,} in {currency}" for currency, payouts in
                     lacking.group_by("currency").agg(pl.sum("payouts")).sort("payouts", descending=True).rows())
    return (f"Not known: the amounts of {lacking['payouts'].sum():,} payouts ({each}). No rate or bonus is set: a "
            "manager can set it; or the subscription part of a payment is missing: finance can record it.")


def prospects(found: Pipeline, names: dict[str, str]) -> list[str]:
    """What every undecided lead would add if it qualified, by program. names: of the programs."""
    said = []
    for row in found.prospects.to_dicts():
        undecided = f"{names[row['program']]}: {row['leads']:,} undecided"
        if row["each"] is None:
            said.append(f"{undecided}; what they would add is not known.")
        else:
            said.append(f"{undecided} would add at most {_money(row['amount'], row['currency'])} "
                        f"({_money(row['each'], row['currency'])} each).")
    return said


CAPTIONS = {
    "funnel": "Leads of these months that reached each step, or a later one",
    "groups": "Share of leads that are sales-qualified, and how many came in",
    "deaths": "Rejected and expired leads, by the clause that decided",
    "stays": "Days in each state, of leads that left it: half of them, and the slowest tenth",
    "clocks": "Clocks that have begun; at risk: it ends within three days",
    "ages": "Undecided leads by who works on them and days since they came in",
    "unknowns": "Criteria that are unknown in undecided leads, the closing act apart",
    "owed": "Earned and not paid, by the month it is due; leads of every month",
}
"""What each chart counts."""
NAMES = {
    "funnel": "Steps reached", "groups": "Conversion", "deaths": "Where leads end", "stays": "Time in each state",
    "clocks": "Clocks", "ages": "Age of undecided leads", "unknowns": "Unknown criteria", "owed": "What will be owed",
}
"""What each chart is called, for its table and its file."""
TITLES = {"funnel": funnel, "groups": groups, "deaths": deaths, "stays": stays, "clocks": clocks, "ages": ages,
          "unknowns": unknowns, "owed": owed}
"""The sentence above each chart."""
