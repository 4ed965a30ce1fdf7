"""Files that leave the house: payment files of an approved batch, and statements for partners.

Called by the desk and by reads; pure: no database, no clock, the same batch gives the same bytes. No cell is taken for
a formula by whatever opens it, and amounts stay numbers.

- `batch`: what an export is made from; `cells`: how a text and an amount stand in a cell
- `lists`, `credit_transfer`, `workbook`: the forms, gathered in `FORMS`
- `results`: a file that comes back, with what was paid and what failed
- `statements`: what a partner is told about a period
"""

from core.exports.batch import Batch, Debtor, Form, Payment
from core.exports.credit_transfer import credit_transfer
from core.exports.lists import checks, gift_cards, wires
from core.exports.results import Result, Returned, agreed, read_results
from core.exports.workbook import workbook

__all__ = ["FORMS", "Batch", "Debtor", "Form", "Payment", "Result", "Returned", "agreed", "read_results"]

CSV, XML = "text/csv", "application/xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMS = {
    form.name: form for form in (
        Form("gift_cards", "Gift card orders (CSV)", "csv", CSV, ("gift_card",), gift_cards),
        Form("checks", "Check addresses (CSV)", "csv", CSV, ("check",), checks),
        Form("wires", "Wires (CSV)", "csv", CSV, ("wire",), wires,
             warning="A spreadsheet drops leading zeros of account and routing numbers from a CSV: to open it in one, "
                     "take the workbook (XLSX)."),
        Form("credit_transfer", "Wires (ISO 20022 pain.001)", "xml", XML, ("wire",), credit_transfer, True),
        Form("workbook", "Spreadsheet (XLSX)", "xlsx", XLSX, (), workbook),
    )
}
"""The forms by name, in the order in which they are offered."""
