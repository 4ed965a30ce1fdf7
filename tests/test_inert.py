"""Tables as files: the same cells in both kinds, texts that stay texts, numbers and days that stay such."""

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import polars as pl

from core import inert
from tests.exports.batches import opened
from tests.exports.test_forms import STARTS

FRAME = pl.DataFrame({
    "=Name": ["=1+1", "plain", None], "Count": [1, 2, None], "Due": [dt.date(2026, 1, 2), None, None],
    "Amount": [Decimal("1234.50"), None, Decimal("-0.10")], "Of": [["a", "=b"], [], None],
})


def test_both_kinds_hold_the_same_cells(tmp_path: Path) -> None:
    seen = opened(tmp_path, "rows.xlsx", inert.as_xlsx(FRAME))
    texts = [[cell["text"] for cell in row][:5] for row in seen]
    assert texts[0] == ["'=Name", "Count", "Due", "Amount", "Of"]
    assert [row[0] for row in texts[1:3]] == ["'=1+1", "plain"]
    assert (seen[1][1]["type"], seen[1][1]["value"]) == ("float", "1")
    assert (seen[1][2]["type"], texts[1][2]) == ("date", "2026-01-02")
    assert (seen[1][3]["type"], Decimal(seen[1][3]["value"])) == ("float", Decimal("1234.5"))
    assert texts[1][4] == "a, =b"
    as_csv = list(csv.reader(io.StringIO(inert.as_csv(FRAME).decode("utf-8-sig"))))
    assert as_csv[0] == texts[0]
    assert [row[0] for row in as_csv[1:3]] == ["'=1+1", "plain"]


def test_libreoffice_finds_no_formula_and_no_link_in_either_kind(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": STARTS, **dict.fromkeys(STARTS, STARTS)})
    for name, content in (("rows.csv", inert.as_csv(frame)), ("rows.xlsx", inert.as_xlsx(frame))):
        seen = opened(tmp_path, name, content)
        assert len(seen) > len(STARTS)
        assert not [cell for row in seen for cell in row if cell["formula"]], name
    assert b"xlink:href" not in (tmp_path / "rows.fods").read_bytes().split(b"<office:body>")[1]


def test_a_table_without_rows_is_a_file_with_its_header() -> None:
    assert inert.as_csv(FRAME.clear()).decode("utf-8-sig").strip() == "'=Name,Count,Due,Amount,Of"
    assert inert.as_xlsx(FRAME.clear())
