"""Rows as a table on a canvas or, where plain lists are chosen, as text with a button or link for each.

Called by every part that shows rows. The choice stands in the bar above every page and counts for all of them. What
stands in a row may come from outside; it never passes through Markdown.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import polars as pl
import streamlit as st

from pages.parts import dates, words

MOST = 10
"""Rows of a table beside others that are seen without scrolling in it."""
PAGE = re.compile("[1-9][0-9]{0,5}")


def toggle() -> None:
    """The choice between the two."""
    st.toggle("Plain lists", key="plain", bind="query-params", persist_state="session")


def is_plain() -> bool:
    """Whether rows are to be text."""
    return st.session_state.get("plain", False)


def page_of(key: str) -> int:
    """The page that is chosen, before the choice is drawn; of a link in the first run."""
    told = st.query_params.get(key, "")
    return st.session_state.get(key) or (int(told) if PAGE.fullmatch(told) else 1)


def own_key(key: str, ids: list[str]) -> str:
    """The key of a table: a selection is by position, so it must not outlive the rows it was made on."""
    return f"{key}-{hashlib.sha1(repr(ids).encode()).hexdigest()[:10]}"


def shown(rows: pl.DataFrame, alt: str, most: int = MOST, **looks: object) -> None:
    """A table to look at. alt: what it holds."""
    if is_plain():
        told = [list(cells.values()) for cells in _cells(rows, looks)]
        words.table(alt, list(_labels(rows, looks)), told)
    else:
        _grid(rows, alt, most, **looks)


def ticked(rows: pl.DataFrame, ids: list[str], key: str, alt: str, most: int = MOST, **looks: object) -> str | None:
    """A table of which one row can be ticked; returns its id. ids: of the rows. key: under which the address holds the
    id, so that a reload and a link show the same row."""
    picked = st.query_params.get(key)
    picked = picked if picked in ids else None
    if is_plain():
        for place, one in enumerate(_plain(rows, ids, looks), start=1):
            st.button(f"Show row {place}", key=f"show-{key}-{one}", on_click=tick, args=(key, one),
                      icon=":material/check:" if one == picked else None)
        return picked
    own = own_key(key, ids)

    def pick() -> None:
        places = st.session_state[own]["selection"]["rows"]
        tick(key, ids[places[0]] if places else None)

    _grid(rows, alt, most, key=own, on_select=pick, selection_mode="single-row", **looks, selection_default={
        "selection": {"rows": [ids.index(picked)] if picked else [], "columns": []}})
    return picked


def tick(key: str, one: str | None) -> None:
    """Put the ticked row into the address, or none."""
    if one is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = one


def opening(rows: pl.DataFrame, ids: list[str], key: str, alt: str, draw: Callable[[str], None], most: int = MOST,
            **looks: object) -> None:
    """A table of which each row leads somewhere. draw: the link or button of a row by its id; below the table for the
    one that is ticked."""
    if is_plain():
        for one in _plain(rows, ids, looks):
            draw(one)
        return
    picked = _grid(rows, alt, most, key=own_key(key, ids), on_select="rerun", selection_mode="single-row",
                   **looks)["selection"]["rows"]
    if picked:
        draw(ids[picked[0]])
    else:
        words.quiet("Tick a row to open it.", width="content")


def _grid(rows: pl.DataFrame, alt: str, most: int, **looks: object) -> dict:
    return st.dataframe(rows, hide_index=True, row_height=35, placeholder="—", height=38 + 35 * min(rows.height, most),
                        alt=f"{alt}; with plain lists the same as text", **looks)


def _plain(rows: pl.DataFrame, ids: list[str], looks: dict) -> Iterator[str]:
    """Each row as text; what is drawn for its id stands beside it."""
    for one, cells in zip(ids, _cells(rows, looks), strict=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            (_, first), *others = cells.items()
            words.line(first, quiet=words.join(*(f"{label}: {said}" for label, said in others)))
            yield one


def _labels(rows: pl.DataFrame, looks: dict) -> dict[str, str]:
    """The headings of the columns that are shown, with the columns."""
    configs = looks.get("column_config") or {}
    return {configs.get(name, {}).get("label") or name: name for name in looks.get("column_order") or rows.columns}


def _cells(rows: pl.DataFrame, looks: dict) -> Iterator[dict[str, str]]:
    """Each row as texts by the headings of its columns."""
    configs, labels = looks.get("column_config") or {}, _labels(rows, looks)
    forms = {name: (configs.get(name, {}).get("type_config") or {}).get("format") or "" for name in rows.columns}
    for row in rows.iter_rows(named=True):
        yield {label: _said(row[name], forms[name]) for label, name in labels.items()}


def _said(value: object, form: str) -> str:
    """A cell as the table writes it. form: of its column."""
    if value is None:
        return "—"
    if isinstance(value, dt.date):
        return f"{value:%b %Y}" if form == "MMM YYYY" else dates.day(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, int | float):
        return form % value if form.startswith("%") else f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
