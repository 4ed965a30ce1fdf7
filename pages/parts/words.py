"""Text from outside (leads, partners, files) on the page, never through Markdown.

`st.text` where plain words do; `st.html` with every character escaped where a heading or a bold name is wanted: it
knows no Markdown, so neither images nor links can come of it (tests/browser holds this with a hostile name).
"""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape

import streamlit as st

QUIET = "opacity:.68;font-size:.87rem"
CELL = "padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere"
SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")


def apart(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of a choice by id, no two alike: a browser tells by its label what was chosen, so the id stands behind
    those that are there more than once. Given out by `__getitem__`: Streamlit takes a label that is no id as it is."""
    found = Counter(labels.values())
    return {one: label if found[label] == 1 else f"{label} · {one}" for one, label in labels.items()}


def heading(text: str) -> None:
    """The page's title, from outside text."""
    st.html(f'<h1 style="font-size:1.5rem;font-weight:600;line-height:1.25;margin:0;padding:0">{escape(text)}</h1>',
            width="content")


def subheading(text: str) -> None:
    """The heading of a block, from outside text."""
    st.html(f'<h3 style="font-size:1.05rem;font-weight:600;line-height:1.3;margin:0;padding:0">{escape(text)}</h3>')


def line(strong: str = "", text: str = "", quiet: str = "", width: str = "stretch", first: str = "",
         exact: str = "") -> None:
    """One line or paragraph: a quiet first part, a bold part, a plain part, a quiet part; any of them from outside.
    exact: what the pointer over it says, such as the instant that the line gives as a day."""
    st.html(_line(strong, text, quiet, first, exact), width=width)


def each(rows: list[dict[str, str]]) -> None:
    """Lines one below the other, as one element of the page. rows: what `line` takes, but for the width."""
    st.html(f'<div style="display:grid;gap:.5rem">{"".join(_line(**row) for row in rows)}</div>')


def _line(strong: str = "", text: str = "", quiet: str = "", first: str = "", exact: str = "") -> str:
    parts = [f'<span style="{QUIET}">{escape(first)}</span>' if first else "",
             f'<span style="font-weight:600">{escape(strong)}</span>' if strong else "", escape(text),
             f'<span style="{QUIET}">{escape(quiet)}</span>' if quiet else ""]
    title = f' title="{escape(exact)}"' if exact else ""
    return (f'<div style="line-height:1.45;overflow-wrap:anywhere"{title}>{" ".join(part for part in parts if part)}'
            "</div>")


def quiet(text: str, width: str = "stretch", exact: str = "") -> None:
    """A caption from outside text. exact: as of `line`."""
    line(quiet=text, width=width, exact=exact)


def table(caption: str, head: list[str], rows: list[list[str]]) -> None:
    """Rows as a table of the page, which screen readers read cell by cell. caption: our own words for it."""
    cells = ["".join(f'<td style="{CELL}">{escape(one)}</td>' for one in row) for row in rows]
    first = "".join(f'<th scope="col" style="{CELL};font-weight:600">{escape(one)}</th>' for one in head)
    st.html(f'<div style="overflow-x:auto" tabindex="0"><table style="border-collapse:collapse;font-size:.87rem">'
            f'<caption style="{QUIET};text-align:left">{escape(caption)}</caption><thead><tr>{first}</tr></thead>'
            f'<tbody>{"".join(f"<tr>{row}</tr>" for row in cells)}</tbody></table></div>')


def label(identifier: str, otherwise: str) -> str:
    """An id as the label of a button or link where it holds nothing but letters, digits and hyphens."""
    return identifier if SAFE.fullmatch(identifier) else otherwise


def join(*parts: str | None, by: str = " · ") -> str:
    """The parts that are there."""
    return by.join(part for part in parts if part)


def lines(count: int) -> str:
    """How many earning lines: 1 line, 1,204 lines."""
    return f"{count:,} line{'' if count == 1 else 's'}"


def rows(count: int) -> str:
    """How many rows of a file: 1 row, 1,204 rows."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def value(given: object) -> str:
    """What a setting is set to."""
    if given is None or isinstance(given, bool):
        return {None: "not set", True: "yes", False: "no"}[given]
    if isinstance(given, dict):
        return ", ".join(f"{name}: {value(part)}" for name, part in given.items())
    return ", ".join(map(str, given)) or "none" if isinstance(given, list | tuple) else str(given)
