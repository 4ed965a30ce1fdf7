"""Settings, changed by a person from a day on, and what such a change would mean before it is made."""

import datetime as dt

import duckdb
import polars as pl

from core import kept, store
from core.desk.decisions import needs
from core.desk.paying import PAYER
from core.desk.step import Done, Signed, Step, perform
from core.evaluation import FOREVER, Evaluation
from core.exports import Debtor
from core.model import Refusal
from core.results import checked_setting, stored_settings
from core.terms import Entry, as_json, catalogue


def program_of(name: str) -> str | None:
    """The program of a setting; None for one that every program shares."""
    return name.split(".")[0] if "." in name else None


def set_setting(con: duckdb.DuckDBPyConnection, signed: Signed, name: str, text: str, effective_on: dt.date,
                source: str, seen: int | None = None) -> Done:
    """Give a setting a value (JSON, or a plain word) from a day on. What was set changes from tomorrow at the earliest;
    an earlier entry is never overwritten.

    seen: how many times it had been set when it was shown; None: it was not shown. Raises Refusal where it was set
    again by now, with what was set meanwhile.
    The leads that came from that day on are evaluated again in the same transaction; later ones when they come.
    """
    def write(step: Step) -> None:
        needs(source, "who decided it, and where that is written")
        stored = _stored(step.con, name)
        if seen is not None:
            _refuse_stale(name, stored, seen)
        entry = checked_setting(step.con, catalogue(), name, text, effective_on, source, step.at_instant,
                                step.person.id)
        _refuse_no_account(entry)
        before = [one for one in stored if one.effective_on <= effective_on]
        counted = step.count("settings")
        store.insert(step.cursor, "settings", {
            "name": name, "effective_on": effective_on, "recorded_at": step.at_instant, "value": as_json(entry.value),
            "recorded_by": step.person.id, "source": source,
        })
        step.counted("settings", counted)
        step.bears_on |= kept.touched_by_setting(step.cursor, name, effective_on)
        step.before |= {"value": as_json(before[-1].value) if before else None}
        step.after |= {"name": name, "from": effective_on, "value": as_json(entry.value)}

    content = {"name": name, "text": text, "effective_on": effective_on, "source": source, "seen": seen}
    return perform(con, signed, "set_setting", content, write, program=program_of(name))


def take_back_setting(con: duckdb.DuckDBPyConnection, signed: Signed, name: str, effective_on: dt.date, reason: str,
                     seen: int | None = None) -> Done:
    """Take back what was last set of a setting for a first day: that day has again what it had before, or nothing. As
    known before, the value still counts. seen: as of `set_setting`.

    Raises Refusal where nothing was set for that day, or lines were booked by it: those never change.
    """
    def write(step: Step) -> None:
        needs(reason, "why it is taken back")
        if seen is not None:
            _refuse_stale(name, _stored(step.con, name), seen)
        [found] = step.read("setting_to_take_back.sql", name=name, effective_on=effective_on) or [None]
        if found is None:
            raise Refusal(_nobody_has_set(name, effective_on))
        [booked] = step.read("lines_by_setting.sql", name=name, effective_on=effective_on)
        if lines := booked["lines"]:
            raise Refusal(f"{lines:,} earning line{' was' if lines == 1 else 's were'} booked by it and never change. "
                          "Correct those that are wrong, and set another value from tomorrow on.")
        step.put("voids", {"id": found["id"], "relation": "settings", "note": reason.strip(),
                           "voided_by": step.person.id})
        step.is_evaluated = True
        step.bears_on |= kept.touched_by_setting(step.cursor, name, effective_on)
        step.before |= {"value": found["value"]}
        step.after |= {"name": name, "from": effective_on, "value": _value_on(step.con, name, effective_on)}

    content = {"name": name, "effective_on": effective_on, "reason": reason, "seen": seen}
    return perform(con, signed, "take_back_setting", content, write, program=program_of(name))


def _nobody_has_set(name: str, effective_on: dt.date) -> str:
    return f"Nobody has set {name} from {effective_on}, or it was taken back already."


def _stored(con: duckdb.DuckDBPyConnection | store.Within, name: str) -> list[Entry]:
    """What was set of a setting and not taken back, by the day from which it counts."""
    return [one for one in stored_settings(con, catalogue(), FOREVER) if one.name == name]


def _value_on(con: store.Within, name: str, day: dt.date) -> str | None:
    """The value of a setting that is in force on a day, as it is stored."""
    known = [one for one in (*catalogue().setting(name).values, *_stored(con, name)) if one.effective_on <= day]
    return as_json(max(known, key=lambda one: one.effective_on).value) if known else None


def _refuse_no_account(entry: Entry) -> None:
    """Raises Refusal where the account that pays could not stand in a payment file."""
    if entry.name.endswith(f".{PAYER}"):
        Debtor.of(entry.name, entry.value)


def _refuse_stale(name: str, stored: list[Entry], seen: int) -> None:
    in_order = sorted(stored, key=lambda one: one.recorded_at)
    if len(in_order) < seen:
        raise Refusal(f"What was set of {name} was taken back since you saw it. Look again and decide anew.")
    if since := in_order[seen:]:
        told = "; ".join(f"{one.recorded_by or 'a loaded document'} set {as_json(one.value) or 'nothing'} from "
                         f"{one.effective_on}" for one in since)
        raise Refusal(f"{name} was set since you saw it: {told}. Look again and decide anew.")


def preview_setting(con: duckdb.DuckDBPyConnection, name: str, text: str, effective_on: dt.date,
                    now: dt.datetime) -> pl.DataFrame:
    """What a setting would change if it were set; nothing is stored.

    Columns: lead, program, disposition_before, disposition, verdicts_before, verdicts (a letter per criterion),
    amount_before, amount (sum owed per currency; null where one of its lines has no amount), lines_before, lines (how
    many lines), currency. One row per lead and currency where any of it differs.
    """
    settings = stored_settings(con, catalogue(), FOREVER)
    entry = checked_setting(con, catalogue(), name, text, effective_on, "preview", now)
    _refuse_no_account(entry)
    return _differences(con, touched(con, name, effective_on), now, settings, [*settings, entry])


def preview_taking_back(con: duckdb.DuckDBPyConnection, name: str, effective_on: dt.date, now: dt.datetime
                       ) -> pl.DataFrame:
    """What would change if what was last set of a setting for a first day were taken back; as `preview_setting`.

    Raises Refusal where nothing was set for that day.
    """
    settings = stored_settings(con, catalogue(), FOREVER)
    last = max((one for one in settings if (one.name, one.effective_on) == (name, effective_on)),
               key=lambda one: one.recorded_at, default=None)
    if last is None:
        raise Refusal(_nobody_has_set(name, effective_on))
    return _differences(con, touched(con, name, effective_on), now, settings,
                        [one for one in settings if one is not last])


def _differences(con: duckdb.DuckDBPyConnection, leads: set[str], now: dt.datetime, settings: list[Entry],
                 others: list[Entry]) -> pl.DataFrame:
    """What differs of leads under other settings, with the columns of `preview_setting`."""
    before, after = (kept.suppose(con, leads, now, each) for each in (settings, others))
    states = after.leads.select("lead", "program", "disposition", "verdicts").join(
        before.leads.select("lead", "disposition", "verdicts"), on="lead", suffix="_before")
    money = _owed(after).join(_owed(before), on=["lead", "currency"], how="full", coalesce=True, suffix="_before")
    differs = pl.any_horizontal(pl.col(one).ne_missing(pl.col(f"{one}_before"))
                                for one in ("disposition", "verdicts", "amount", "lines"))
    return states.join(money, on="lead", how="left").filter(differs).select(
        "lead", "program", "disposition_before", "disposition", "verdicts_before", "verdicts", "amount_before",
        "amount", "lines_before", "lines", "currency",
    ).sort("lead", "currency")


def touched(con: duckdb.DuckDBPyConnection, name: str, effective_on: dt.date) -> set[str]:
    """Ids of the leads that a setting bears on from a day on: those that are evaluated again when it is set."""
    with con.cursor() as cursor:
        return kept.touched_by_setting(cursor, name, effective_on)


def _owed(found: Evaluation) -> pl.DataFrame:
    """Per lead and currency: the sum of what is owed, blocked or not, and its number of lines."""
    known = pl.when(pl.col("amount").is_not_null().all()).then(pl.col("amount").sum())
    return found.payouts.filter(pl.col("status") != "forfeited").group_by("lead", "currency").agg(
        known.alias("amount"), lines=pl.len())
