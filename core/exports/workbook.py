"""Any batch as an XLSX workbook of one sheet: to be read, worked through, and given back with the results filled in."""

import io
from decimal import Decimal

from xlsxwriter import Workbook

from core.exports.batch import Batch
from core.exports.cells import inert
from core.exports.results import folded

COLUMNS = {"payment": 30, "payee": 28, "amount": 12, "currency": 9, "email": 30, "country": 9, "address": 40,
           "iban": 30, "bic": 14, "account": 20, "routing": 12, "memo": 30}
"""Columns that are filled, with their widths in characters."""

FILLED_IN = {"result": 10, "paid_on": 12, "reference": 20, "reason": 30}
"""Columns that whoever pays fills in; `results.read_results` reads them back."""

OURS = "payee "
"""What the heading of a further detail begins with where it would otherwise be that of another column."""

TYPES = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook(batch: Batch) -> bytes:
    """One row per payment. Further details that the program asks for have a column each, by field name; none stands in
    the place of a column of ours."""
    more = _headings({name for one in batch.payments for name, _ in one.more})
    out = io.BytesIO()
    book = Workbook(out, TYPES)
    book.set_properties({"title": f"{batch.program_name}, {batch.method}, {batch.cut_off_on}",
                         "created": batch.approved_at})
    head = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet("Payments")
    names = {**COLUMNS, **dict.fromkeys(more.values(), 20), **FILLED_IN}
    for column, (name, width) in enumerate(names.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, inert(name), head)
    for row, one in enumerate(batch.payments, start=1):
        told = vars(one) | {"payment": one.id, "payee": one.name, "address": ", ".join(one.address)}
        beside = dict(one.more)
        for column, value in enumerate([*map(told.get, COLUMNS), *map(beside.get, more)]):
            if isinstance(value, Decimal):
                sheet.write_number(row, column, value, money)
            elif value:
                sheet.write_string(row, column, inert(value))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(batch.payments), 1), len(names) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def _headings(fields: set[str]) -> dict[str, str]:
    """The heading of each further detail, told apart from every other as a returned file is read."""
    taken = {folded(name) for name in (*COLUMNS, *FILLED_IN)}
    found = {}
    for field in sorted(fields):
        heading = field
        while folded(heading) in taken:
            heading = OURS + heading
        taken.add(folded(heading))
        found[field] = heading
    return found
