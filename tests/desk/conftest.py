"""A small world of leads and people: made once, copied for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core import desk
from tests.desk import world


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the world, with two payable registrations."""
    folder = tmp_path_factory.mktemp("world")
    world.build(folder / "leads.duckdb", payable=2).close()
    return folder


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of the world, closed."""
    for file in made.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    return tmp_path / "leads.duckdb"


@pytest.fixture
def con(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the world, open."""
    connection = desk.open_database(path, world.NOW)
    yield connection
    connection.close()
