"""What page tests share: a database of the sample that may be changed."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pages.parts import database
from tests.conftest import copied


@pytest.fixture
def con(sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """The app's own connection to a copy of the sample that may be changed."""
    monkeypatch.setenv("LEADS_DB", str(copied(sample_file, tmp_path)))
    database.close()
    yield database.connection()
    database.close()
