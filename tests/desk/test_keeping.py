"""Backups, and the way back from one."""

from pathlib import Path

import duckdb
import pytest

from core import desk
from core.model import Refusal
from tests.desk.world import NOW, ask, signed


@pytest.fixture
def copy(con, tmp_path: Path) -> Path:
    """A backup beside the open database."""
    desk.backup(con, tmp_path / "copy.duckdb")
    con.close()
    return tmp_path / "copy.duckdb"


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("left", ["", ".head", ".key", ".wal"])
def test_nothing_that_stands_in_the_place_is_written_over(copy: Path, tmp_path: Path, left: str) -> None:
    (tmp_path / "new").mkdir()
    standing = tmp_path / "new" / f"leads.duckdb{left}"
    standing.write_bytes(b"of another database")
    with pytest.raises(Refusal, match=f"leads.duckdb{left} in .* would be written over"):
        desk.restore(copy, tmp_path / "new" / "leads.duckdb")
    assert names(tmp_path / "new") == {standing.name} and standing.read_bytes() == b"of another database"


def test_of_a_copy_that_was_altered_nothing_is_left(copy: Path, tmp_path: Path) -> None:
    altered = duckdb.connect(str(copy))
    altered.execute("update people set name = 'x' where id = 'sara'").fetchall()
    altered.close()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "other.txt").write_text("stays")
    with pytest.raises(Refusal, match="no faithful copy"):
        desk.restore(copy, tmp_path / "new" / "leads.duckdb")
    assert names(tmp_path / "new") == {"other.txt"}


def test_a_copy_is_put_back_with_its_head_and_a_key_that_only_its_owner_reads(copy: Path, tmp_path: Path) -> None:
    back = tmp_path / "new" / "leads.duckdb"
    desk.restore(copy, back)
    assert names(back.parent) >= {"leads.duckdb", "leads.duckdb.head", "leads.duckdb.key"}
    assert back.with_name("leads.duckdb.key").stat().st_mode & 0o077 == 0
    con = desk.open_database(back, NOW)
    desk.comment(con, signed("sara", con, "P1"), "P1", "goes on")
    assert desk.first_fault(con) is None and ask(con, "select note from comments") == [("goes on",)]
    con.close()
