"""Parquet: cells of every type as a CSV file would spell them."""

import datetime as dt
import io
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model import Refusal


def parquet(**columns):
    out = io.BytesIO()
    pl.DataFrame({name: values if isinstance(values, pl.Series) else pl.Series(values, strict=False)
                  for name, values in columns.items()}).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pl.Series(["Ann", "", None]), ["Ann", "", ""]),
        (pl.Series([12345678901234567, -5, None]), ["12345678901234567", "-5", ""]),
        (pl.Series([2**64 - 1, 0], dtype=pl.UInt64), ["18446744073709551615", "0"]),
        (pl.Series([5.0, 0.1, 1e20, 1e-7, float("nan"), None]), ["5", "0.1", "100000000000000000000", "0.0000001", "", ""]),
        (pl.Series([1234567890123456.0, -0.5, float("inf")]), ["1234567890123456", "-0.5", "inf"]),
        (pl.Series([0.1, 16777216.0], dtype=pl.Float32), ["0.1", "16777216"]),
        (pl.Series([True, False, None]), ["true", "false", ""]),
        (pl.Series([Decimal("1.50"), None]), ["1.50", ""]),
        (pl.Series([dt.date(2025, 3, 4), None]), ["2025-03-04", ""]),
        (pl.Series([dt.datetime(2025, 3, 4, 15), dt.datetime(2025, 3, 4)]), ["2025-03-04T15:00:00", "2025-03-04T00:00:00"]),
        (pl.Series([dt.datetime(2025, 3, 4, 15, 0, 0, 500_000)]), ["2025-03-04T15:00:00.500"]),
        (pl.Series([dt.datetime(2025, 3, 4, 15)]).dt.replace_time_zone("UTC"), ["2025-03-04T15:00:00+00:00"]),
        (pl.Series([dt.datetime(2025, 7, 4, 15)]).dt.replace_time_zone("America/New_York"), ["2025-07-04T15:00:00-04:00"]),
        (pl.Series([dt.time(15, 30)]), ["15:30:00"]),
        (pl.Series(["a", "b", None], dtype=pl.Categorical), ["a", "b", ""]),
        (pl.Series(["a"], dtype=pl.Enum(["a", "b"])), ["a"]),
        (pl.Series([["a", "b"], [], None]), ["a;b", "", ""]),
        (pl.Series([{"x": 1, "y": "é"}]), ['{"x": 1, "y": "é"}']),
        (pl.Series([None, None]), ["", ""]),
        (pl.Series([b"text", None]), ["text", ""]),
    ],
)
def test_cells_are_spelled_as_a_csv_file_would(read, values, texts):
    table = read(parquet(cell=values), name="leads.csv")
    assert table.cells["cell"].to_list() == texts
    assert table.faults.null_count() == len(texts)
    assert table.numbers.to_list() == list(range(2, len(texts) + 2))
    is_date = values.dtype in (pl.Date, pl.Datetime)
    assert {name: typed.to_list() for name, typed in table.typed_dates.items()} == (
        {"cell": values.is_not_null().to_list()} if is_date else {})


def test_bytes_that_are_no_text_are_a_fault_of_their_row_and_column(read):
    table = read(parquet(id=["1", "2", "3"], photo=[b"a", b"\xff\xfe", None], note=["x", "y", "a\0b"]))
    assert table.faults.to_list() == [None, "holds bytes that are no text", "holds a NUL character, which is no text"]
    assert table.fault_columns.to_list() == [None, "photo", "note"]


def test_a_long_cell_is_a_fault_of_its_row_alone(read):
    table = read(parquet(id=["1", "2"], note=["x" * 5_000_000, "y"]))
    assert table.faults.to_list() == ["holds a cell of more than 1,000,000 characters", None]


def test_one_long_text_a_million_times_is_refused_before_it_is_unpacked(read):
    content = parquet(note=pl.Series(["x" * 900_000]).new_from_index(0, 1_000))
    assert len(content) < 100_000
    with pytest.raises(Refusal, match="unpacks to more than 384 MB"):
        read(content)


def test_too_many_columns_and_rows_are_refused(read):
    with pytest.raises(Refusal, match="more than 2,000 columns"):
        read(parquet(**{f"c{place}": [1] for place in range(2_001)}))
    with pytest.raises(Refusal, match="more than 2,000,000 rows"):
        read(parquet(c=pl.repeat(1, 2_000_001, dtype=pl.Int8, eager=True)))


def test_names_of_columns_that_come_twice_are_told_apart(read):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"]), pa.array(["c"])], names=["x", "x", ""]), out)
    table = read(out.getvalue())
    assert table.cells.to_dicts() == [{"x": "a", "x_2": "b", "column_3": "c"}]


def test_a_file_without_rows_has_its_columns(read):
    assert read(parquet(name=pl.Series([], dtype=pl.String))).cells.columns == ["name"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 4).flatmap(lambda width: st.lists(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=width, max_size=width), max_size=5)))
def test_any_table_of_texts_comes_back_whole(read, rows):
    width = len(rows[0]) if rows else 1
    names = [f"c{place}" for place in range(width)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    assert read(parquet(**frame.to_dict())).cells.rows() == [tuple(row) for row in rows]
