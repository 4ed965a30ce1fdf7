"""A table of the page as a file, in CSV or XLSX: exactly its rows and columns, in cells that stay inert."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from core import inert

KINDS = {
    "CSV": (inert.as_csv, "csv", "text/csv"),
    "XLSX": (inert.as_xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def downloads(rows: Callable[[], pl.DataFrame], name: str, what: str = "", help: str = "The rows that are shown",
              **looks: object) -> None:
    """A button for each kind of file. rows: called when one is pressed. what: said before the kind, `All 12 as`."""
    with st.container(horizontal=True, gap="xsmall", width="content"):
        for kind, (write, ending, mime) in KINDS.items():
            st.download_button(f"{what} {kind}".strip(), lambda write=write: write(rows()), f"{name}.{ending}", mime,
                               key=f"{ending}-{name}", type="tertiary", icon=":material/download:", on_click="ignore",
                               help=help, **looks)
