"""What the tests of formats share: a file of given bytes, read."""

import pytest

from core.intake import formats


@pytest.fixture
def read(tmp_path):
    """Read bytes or a text as a file, and check what holds for every table."""

    def read(content, name="leads.csv", **answers):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        table = formats.read(path, answers)
        holds_for_every_table(table)
        return table

    return read


def holds_for_every_table(table):
    height = table.cells.height
    assert len(table.numbers) == len(table.faults) == len(table.fault_columns) == height
    assert len(set(table.cells.columns)) == len(table.cells.columns) <= 2_000
    assert all(kind == "String" for kind in map(str, table.cells.dtypes))
    assert not table.cells.null_count().row(0) or not sum(table.cells.null_count().row(0))
    assert table.numbers.is_sorted() and table.numbers.n_unique() == height
    assert not (table.fault_columns.is_not_null() & table.faults.is_null()).any()
    assert set(table.fault_columns.drop_nulls()) <= set(table.cells.columns)
    assert set(table.typed_dates) <= set(table.cells.columns)
    assert all(len(typed) == height for typed in table.typed_dates.values())
    assert table.read_as["format"] and len(table.sha256) == 64 and table.name
