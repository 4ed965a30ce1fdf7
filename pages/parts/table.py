"""The queue as a table or as a plain list; in both several leads can be ticked, and both give them back."""

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.reasons import in_words
from pages.parts import badges, dates, grids, words


def show(place: DeltaGenerator, rows: pl.DataFrame, with_disposition: bool) -> list[str]:
    """Draw one page of the queue; returns the ticked leads, the first where none is. rows: core.queue.page."""
    ids = rows["lead"].to_list()
    ticked = [one for one in st.session_state.get("ticked", []) if one in ids]
    with place:
        (_plain if grids.is_plain() else _grid)(rows, ids, ticked, with_disposition)
    return ticked or ids[:1]


def _who(row: dict) -> str:
    return words.join(row["full_name"] or row["email"], row["company"], by=", ") or "Nobody named"


def _needs(row: dict) -> str:
    """How much an undecided lead still needs, and what first: the number stands where a narrow column does not cut it.
    Of another one why it was rejected or has expired."""
    labels = row["needs"]
    if row["disposition"] in ("rejected", "expired"):
        return in_words(row["reason"]) if row["reason"] else "—"
    return (f"{len(labels)} · {labels[0]}" if len(labels) > 1 else labels[0]) if labels else "—"


def _grid(rows: pl.DataFrame, ids: list[str], ticked: list[str], with_disposition: bool) -> None:
    key = grids.own_key("grid", ids)

    def pick() -> None:
        st.session_state["ticked"] = [ids[row] for row in st.session_state[key]["selection"]["rows"]]

    shown = [_cells(row) for row in rows.to_dicts()]
    pills = {dates.left(days): badges.pill_colour("gray" if days is None else badges.due(days).family)
             for days in rows["days_left"]}
    states = [look.word for look in badges.DISPOSITION.values()]
    column = st.column_config
    needs = "Still needed" if (rows["disposition"] == "pending").all() else "Still needed, or why"
    order = ["lead", "due", *["disposition"] * with_disposition, "who", "needs", "criteria", "worker", "clock"]
    st.dataframe(
        pl.DataFrame(shown), key=key, on_select=pick, selection_mode="multi-row", hide_index=True, row_height=35,
        height=38 + 35 * len(ids), column_order=order, alt="The queue; with plain lists the same as text",
        selection_default={"selection": {"rows": [ids.index(one) for one in ticked], "columns": []}},
        column_config={
            "lead": column.TextColumn("Lead", width=82),
            "due": column.MultiselectColumn("Due", options=list(pills), color=list(pills.values()), width=102),
            "who": column.TextColumn("Contact, company", width=180),
            "needs": column.TextColumn(needs, width=168),
            "clock": column.TextColumn("Clock", width=118),
            "criteria": column.TextColumn("Criteria", width=68),
            "worker": column.TextColumn("Taken by", width=88),
            "disposition": column.MultiselectColumn(
                "Disposition", options=states, color=[badges.pill_colour("gray")] * len(states), width=100),
        },
    )


def _worker(row: dict) -> str:
    """Who works on it; a lead that is set aside says until when."""
    until = row["aside_until"] and f"until {dates.day(row['aside_until'])}"
    return words.join(row["worker_name"], until, by=", ") or "—"


def _cells(row: dict) -> dict:
    return {
        "lead": row["lead"], "due": [dates.left(row["days_left"])], "who": _who(row), "needs": _needs(row),
        "clock": badges.clock_name(row["due_clock"]) if row["due_clock"] else "—",
        "criteria": f"{row['met']} of {row['asked']}", "worker": _worker(row),
        "disposition": [badges.DISPOSITION[row["disposition"]].word],
    }


def _needs_in_words(row: dict) -> str:
    return f"needs {_needs(row)}" if row["disposition"] == "pending" else _needs(row).strip("—")


def as_shown(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the table shows them, for a file."""
    names = {"lead": "Lead", "due": "Due", "disposition": "Disposition", "who": "Contact, company",
             "needs": "Still needed, or why", "criteria": "Criteria", "worker": "Taken by", "clock": "Clock"}
    return pl.DataFrame([{label: cells[name] for name, label in names.items()}
                         for cells in map(_cells, rows.to_dicts())])


def _plain(rows: pl.DataFrame, ids: list[str], ticked: list[str], with_disposition: bool) -> None:
    for place, row in enumerate(rows.to_dicts()):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if row["days_left"] is None:
                badges.badge(badges.Look("No day", "remove", "gray"), width=120)
            else:
                badges.badge(badges.due(row["days_left"]), width=120)
            with st.container(gap=None, width="stretch"):
                words.line(_who(row))
                words.quiet(words.join(row["lead"], f"{row['met']} of {row['asked']} criteria",
                                       _needs_in_words(row), f"from {row['partner_name']}",
                                       row["worker_name"] and f"taken by {row['worker_name']}"))
            if with_disposition:
                badges.badge(badges.DISPOSITION[row["disposition"]])
            label = words.label(row["lead"], str(place + 1))
            is_ticked = row["lead"] in ticked
            st.button(f"{'Untick' if is_ticked else 'Tick'} {label}", key=f"tick-{row['lead']}", type="tertiary",
                      icon=f":material/check_box{'' if is_ticked else '_outline_blank'}:",
                      on_click=st.session_state.__setitem__,
                      args=("ticked", [one for one in ids if (one in ticked) != (one == row["lead"])]))
            st.button(f"Look at {label}", key=f"pick-{row['lead']}", on_click=st.session_state.__setitem__,
                      args=("ticked", ids[place:place + 1]))
