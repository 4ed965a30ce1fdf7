"""What page tests share: a database of the sample that may be changed."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import streamlit as st

from core import desk
from pages.parts import database
from tests.conftest import copied, now

SET = {"raf.bonus_amount": "250", "ptr.commission_rate": "0.1"}


@pytest.fixture
def con(sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """The app's own connection to a copy of the sample that may be changed."""
    monkeypatch.setenv("LEADS_DB", str(copied(sample_file, tmp_path)))
    database.close()
    st.cache_resource.clear()  # what pages keep in memory is of one database
    yield database.connection()
    database.close()


@pytest.fixture
def owed(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The sample, with the figures set that its terms do not state."""
    for number, (name, value) in enumerate(SET.items()):
        desk.set_setting(con, desk.Signed("mona", f"set-{number}", now()), name, value, dt.date(2020, 1, 1), "decided")
    return con
