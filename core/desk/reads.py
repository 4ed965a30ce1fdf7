"""What pages ask the desk: what a person may do with a lead now, its history in words, its version, what is open.

Reads only; every answer may be out of date the moment it is shown, which is why each action carries the version.
"""

import datetime as dt

import duckdb

from core import people, store
from core.desk.adjusting import why_not_correct
from core.desk.decisions import may_follow, standing
from core.desk.owning import why_not_extend
from core.desk.step import SQL, history, instant, lead_row
from core.store.answers import until_stored

OF_NO_LEAD = ("set_setting", "import_file", "take_back", "settle_match", "undo", "prepare_batch", "approve_batch",
              "export_batch", "record_results", "reopen_batch", "drop_batch", "close_period",
              "propose_payee_details", "confirm_payee_details")
"""Actions that a person does, but not on one lead."""


_lead_row = until_stored(lead_row)


def possible(con: duckdb.DuckDBPyConnection, who: str, lead: str, now: dt.datetime) -> list[dict]:
    """Every action on a lead that its program knows: action, label, is_offered (a role of the person knows it),
    why_not (None where the person may do it now)."""
    row, someone = _lead_row(con, lead), people.person(con, who, instant(con, now))
    decided = standing(con, lead)
    found = []
    for action, permission in people.permissions().items():
        if permission.is_global or action in OF_NO_LEAD:
            continue
        if permission.programs and row["program"] not in permission.programs:
            continue
        why = people.may(someone, action, row["program"], row["disposition"])
        why = why or may_follow(action, row["program"], decided)
        if why is None and action == "adjust_line":
            why = why_not_correct(con, someone, row)
        if why is None and action == "extend_ownership":
            why = why_not_extend(con, row, instant(con, now))
        is_offered = bool(people.roles_for(someone, action, row["program"]))
        found.append({"action": action, "label": permission.label, "is_offered": is_offered, "why_not": why})
    return found


def version(con: duckdb.DuckDBPyConnection, lead: str) -> int:
    """The version of a lead, to be sent along with every action on it. Raises Refusal where there is no such lead."""
    return _lead_row(con, lead)["version"]


def told(con: duckdb.DuckDBPyConnection, lead: str) -> list[dict]:
    """The history of a lead in words, newest first: number, recorded_at, person, sentence, is_undone, can_be_undone."""
    table = people.known_actions()
    rows = []
    for row in reversed(history(con, lead)):
        done = table[row["action"]].done if row["action"] in table else "evaluated again as time passed"
        before, after = row["disposition_before"], row["disposition"]
        moved = f": it was {before} and is {after}" if before not in (None, after) else ""
        rows.append({
            "number": row["number"], "recorded_at": row["recorded_at"], "person": row["person"],
            "sentence": f"{done}{moved}", "is_undone": row["is_undone"],
            "can_be_undone": row["action"] in table and table[row["action"]].undo and not row["is_undone"],
        })
    return rows


def open_requests(con: duckdb.DuckDBPyConnection, lead: str | None = None) -> list[dict]:
    """Questions to partners that wait for an answer: id, lead, missing, note, asked_by, recorded_at; oldest first."""
    return store.read(con, SQL / "open_requests.sql", lead=lead).to_dicts()


def worker(con: duckdb.DuckDBPyConnection, lead: str) -> str | None:
    """Who works on a lead; None: nobody."""
    found = store.read(con, SQL / "worker.sql", lead=lead)["person"].to_list()
    return found[0] if found else None
