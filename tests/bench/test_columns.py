"""The bare scan reads what evaluation reads: no column that no statement names."""

import re

from core import facts, store
from tests.bench.columns import COLUMNS_READ

EXPLAINS_ONLY = {"judges.sql", "own_events.sql"}


def statements() -> list[str]:
    return [file.read_text() for file in facts.HERE.glob("*.sql") if file.name not in EXPLAINS_ONLY]


def test_every_scanned_column_is_named_by_a_statement_that_reads_its_table() -> None:
    for table, columns in COLUMNS_READ.items():
        texts = [text for text in statements() if re.search(rf"\b(from|join) {table}\b", text)]
        assert texts, table
        for column in columns:
            assert any(re.search(rf"\b{column}\b", text) for text in texts), f"{table}.{column}"


def test_every_table_that_a_statement_reads_is_scanned() -> None:
    con = store.connect()
    with con.cursor() as cursor:
        tables = {row[0] for row in cursor.execute("select table_name from duckdb_tables()").fetchall()}
    read = {name for text in statements() for name in re.findall(r"\b(?:from|join) ([a-z_]+)", text)} & tables
    steps = {name for text in statements() for name in re.findall(r"(?:with|,)\s+([a-z_]+) as \(", text)}
    assert read - steps == set(COLUMNS_READ)
