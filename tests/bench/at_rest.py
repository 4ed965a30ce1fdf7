"""What memory the app holds at rest: started on a database with every lead evaluated, and asked whether it answers."""

import datetime as dt
import shutil
from pathlib import Path

from core import desk, kept, store
from tests.bench.measuring import Row, apart, at_most, database, folder
from tests.bench.serving import served


def rows(leads: int) -> list[Row]:
    """The memory of its process, a moment after it began to answer."""
    with folder() as place:
        path = apart(evaluated, leads, place / "leads.duckdb")
        with served(path=path) as app:
            return [at_most(f"memory of the app at rest with {leads:,} leads", app.gb(), 0.5, "GB")]


def evaluated(leads: int, path: Path) -> Path:
    """A copy of the sample database that the desk has opened, evaluated as of now."""
    shutil.copy(database(leads), path)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    con = store.connect(path)
    desk.begin(con, now)
    kept.refresh(con, now)
    con.close()
    return path
