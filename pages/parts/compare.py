"""Similar registrations beside a lead: how many, and a dialog with both side by side, what differs first."""

import streamlit as st

from core import similar
from pages.parts import badges, database, frame, lookalikes, modal, words

ALIKE = badges.Look("Look-alike", "content_copy", "orange")


def button(lead: str, found: int, **looks: object) -> None:
    """What opens the comparison, where there is anything to compare. found: how many are similar."""
    if found:
        st.button("Compare", key=f"compare-{lead}", shortcut=modal.key("d"), icon=":material/compare:",
                  help=f"{found:,} registrations of the same person or company, or that may be", on_click=modal.ask,
                  args=(dialog, lead), **looks)


def summary(rows: list[dict], found: int) -> None:
    """One line on the nearest of those that are similar."""
    for row in rows[:1]:
        other = _named(row, "right")
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            badges.badge(ALIKE)
            words.line(row["likeness"], quiet=words.join(
                row["right"]["id"], other["name"], f"from {other['partner']}",
                f"and {found - 1:,} more" if found > 1 else None))


def _named(row: dict, side: str) -> dict[str, str]:
    return dict.fromkeys(("name", "partner")) | {one["field"]: one[side] for one in row["fields"]}


@modal.dialog("Similar registrations", width="large")
def dialog(lead: str) -> None:
    """One of them beside the lead."""
    rows, found = similar.similar(database.connection(), lead)
    by_id = {row["right"]["id"]: row for row in rows}
    if len(rows) > 1:
        name = st.selectbox(f"{found:,} are similar" + (f", the nearest {len(rows)}" if found > len(rows) else ""),
                            list(by_id), required=True, key=f"compared-{lead}", format_func=lambda one: words.join(
                                by_id[one]["likeness"], one, _named(by_id[one], "right")["name"]))
    else:
        name = next(iter(by_id), None)
    if name is None:
        words.line(text="Nothing is similar any more.")
        return
    row = by_id[name]
    words.line(f"{row['likeness']}.", f"{lookalikes.alike(row['score'])}." if row["score"] else "")
    sides = st.grid(2, min_column_width=260, gap="small")
    for side in ("left", "right"):
        with sides.container(border=True, gap="xsmall", height="stretch"):
            lookalikes.record(row, side)
    with st.container(horizontal=True, gap="small"):
        frame.open_lead(name, key="compared")
        if row["near_match"]:
            frame.open_match(row["near_match"], "compared", "Answer whether they are the same")
