"""Settings, changed by a person from a day on, and what such a change would mean before it is made."""

import datetime as dt

import duckdb
import polars as pl

from core import kept, store
from core.desk.decisions import needs
from core.desk.step import Done, Signed, Step, perform
from core.evaluation import FOREVER, Evaluation
from core.results import checked_setting, stored_settings
from core.terms import as_json, catalogue


def program_of(name: str) -> str | None:
    """The program of a setting; None for one that every program shares."""
    return name.split(".")[0] if "." in name else None


def set_setting(con: duckdb.DuckDBPyConnection, signed: Signed, name: str, text: str, effective_on: dt.date,
                source: str) -> Done:
    """Give a setting a value (JSON, or a plain word) from a day on. What was set changes from tomorrow at the earliest;
    an earlier entry is never overwritten.

    The leads that came from that day on are evaluated again in the same transaction; later ones when they come.
    """
    def write(step: Step) -> None:
        needs(source, "who decided it, and where that is written")
        entry = checked_setting(step.con, catalogue(), name, text, effective_on, source, step.at_instant,
                                step.person.id)
        before = [one for one in stored_settings(step.con, catalogue(), FOREVER)
                  if one.name == name and one.effective_on <= effective_on]
        counted = step.count("settings")
        store.insert(step.cursor, "settings", {
            "name": name, "effective_on": effective_on, "recorded_at": step.at_instant, "value": as_json(entry.value),
            "recorded_by": step.person.id, "source": source,
        })
        step.counted("settings", counted)
        step.bears_on |= kept.touched_by_setting(step.cursor, name, effective_on)
        step.before |= {"value": as_json(before[-1].value) if before else None}
        step.after |= {"name": name, "from": effective_on, "value": as_json(entry.value)}

    content = {"name": name, "text": text, "effective_on": effective_on, "source": source}
    return perform(con, signed, "set_setting", content, write, program=program_of(name))


def preview_setting(con: duckdb.DuckDBPyConnection, name: str, text: str, effective_on: dt.date,
                    now: dt.datetime) -> pl.DataFrame:
    """What a setting would change if it were set; nothing is stored.

    Columns: lead, program, disposition_before, disposition, amount_before, amount (sum owed, per currency), currency.
    One row per lead and currency where any of it differs.
    """
    terms = catalogue()
    settings = stored_settings(con, terms, FOREVER)
    entry = checked_setting(con, terms, name, text, effective_on, "preview", now)
    with con.cursor() as cursor:
        leads = kept.touched_by_setting(cursor, name, effective_on)
    before, after = (_told(kept.suppose(con, leads, now, each)) for each in (settings, [*settings, entry]))
    joined = after.join(before, on=["lead", "program", "currency"], how="full", coalesce=True, nulls_equal=True,
                        suffix="_before")
    differs = pl.col("disposition").ne_missing(pl.col("disposition_before")) | pl.col("amount").ne_missing(
        pl.col("amount_before"))
    return joined.filter(differs).select(
        "lead", "program", "disposition_before", "disposition", "amount_before", "amount", "currency"
    ).sort("lead", "currency")


def _told(found: Evaluation) -> pl.DataFrame:
    """Per lead and currency: disposition and the sum of what is owed, blocked or not."""
    lines = found.payouts.filter(pl.col("status") != "forfeited")
    owed = lines.group_by("lead", "currency").agg(pl.col("amount").sum())
    return found.leads.select("lead", "program", "disposition").join(owed, on="lead", how="left")
