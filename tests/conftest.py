"""Databases that page and browser tests share: made-up leads once per session, and an empty one."""

import datetime as dt
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from core import desk, kept, log, people, sample, store
from core.desk import journal

LEADS = 700
PERSONAL = ("@", "Mia", "Canary", "Sol Source", " Sample", "http")
"""What names or addresses of the tests hold and no line of a log may."""


def pytest_configure() -> None:
    """Every test writes its log, so that the whole suite tries what logs hold; none is timed, on whatever machine."""
    log.start()
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test fails where a line of the log holds personal data."""
    report = yield
    told = [line for line in report.capstderr.splitlines() if line.startswith('{"') and any(
        one in line for one in PERSONAL)]
    if told and report.passed:
        report.outcome, report.longrepr = "failed", f"The log holds personal data: {told[0]}"
    return report


def advance(con: duckdb.DuckDBPyConnection, as_of: dt.datetime) -> int:
    """Bring what is kept forward to an instant without a desk; how many leads were evaluated."""
    with store.transaction(con) as cursor:
        return kept.forward(cursor, as_of)[1]


def now() -> dt.datetime:
    """The present instant, UTC without zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Streamlit puts the script that it runs in the place of the main module: a process that a later test starts would
    begin by running a page."""
    own = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = own


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with made-up leads until yesterday, evaluated now, one lead with a hostile name, and people."""
    path = tmp_path_factory.mktemp("sample") / "leads.duckdb"
    con = store.connect(path)
    sample.write(con, LEADS, 1, now().date() - dt.timedelta(1))
    with con.cursor() as cursor:
        cursor.execute(
            "update contacts set full_name = $name where id = (select contact from leads where id = $lead)",
            {"name": HOSTILE, "lead": hostile_lead(con)},
        ).fetchall()
    kept.refresh(con, now())  # the last day of the sample ends later in the zones of its programs: rows still come true
    begun = now() - dt.timedelta(minutes=1)  # instants follow each other, and a page opened at once must not be before them
    desk.begin(con, begun)
    for name, whole_name, role, program in people.SAMPLE:
        desk.add_person(con, desk.Signed("operator", f"person/{name}", begun), name, whole_name)
        desk.grant(con, desk.Signed("operator", f"grant/{name}", begun), name, role, program)
    desk.advance(con, now())
    con.close()
    return path


def copied(file: Path, folder: Path) -> Path:
    """A copy of a database with its head file and key: a file can be open in one process only."""
    for part in (file, journal.head_file(file), journal.key_file(file)):
        (folder / part.name).write_bytes(part.read_bytes())
    return folder / file.name


HOSTILE = '![x](http://evil.example/a.png) <img src="http://evil.example/b.png"> **bold** [click](http://evil.example)'


def hostile_lead(con: duckdb.DuckDBPyConnection) -> str:
    """The lead whose contact carries HOSTILE as a name: the first of the Cerri program."""
    with con.cursor() as cursor:
        return cursor.execute("select min(id) from leads where program = 'cerri' and contact is not null").fetchall()[
            0
        ][0]


@pytest.fixture
def sample_con(sample_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the shared sample, to read what pages should show."""
    con = store.connect(sample_file)
    yield con
    con.close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file without any lead."""
    path = tmp_path_factory.mktemp("empty") / "leads.duckdb"
    store.connect(path).close()
    return path
