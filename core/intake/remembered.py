"""What was answered once for a source: files of one program and kind with the same columns.

Called by `core.intake.imports`: answers come into the database with the import that they made possible, and go again
when that is taken back. What a mapping file says counts above them.
"""

import hashlib
import json
from collections.abc import Iterable

import duckdb
import polars as pl

from core import store
from core.intake.work import SQL


def source(program: str, kind: str, columns: Iterable[str]) -> str:
    """By what a source is known again: sha256 of program, kind and the names of its columns, in whatever order."""
    return hashlib.sha256(json.dumps([program, kind, sorted(columns)]).encode()).hexdigest()


def answers_of(con: duckdb.DuckDBPyConnection, of_source: str) -> tuple[dict[str, object], str]:
    """The latest answers for a source and a sentence that says where they come from; both empty where none are kept."""
    found = store.read(con, SQL / "answers_of_source.sql", source=of_source)
    if found.is_empty():
        return {}, ""
    row = found.row(0, named=True)
    return json.loads(row["answers"]), (
        f"What was answered for {row['file_name']} on {row['imported_at']:%Y-%m-%d} is remembered and was taken again."
    )


def answers_of_program(con: duckdb.DuckDBPyConnection, program: str) -> list[tuple[str, dict[str, object]]]:
    """(source, answers) of every source of a program, the latest first: for a file that must be asked before it is
    read, so that its columns are not known yet."""
    found = store.read(con, SQL / "answers_of_program.sql", program=program)
    return [(row["source"], json.loads(row["answers"])) for row in found.to_dicts()]


def rows(of_source: str, program: str, answers: dict[str, object], **stamps: object) -> pl.DataFrame:
    """The row that keeps answers; none where there are none. stamps: `import` and `recorded_at`."""
    kept = {name: answer for name, answer in answers.items() if name != "_renamed"}
    if not kept:
        return pl.DataFrame()
    text = json.dumps(kept, ensure_ascii=False)
    return pl.DataFrame({"source": of_source, "program": program, "answers": text, **stamps})
