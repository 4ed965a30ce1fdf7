"""Files that leave the house: payment files of an approved batch, and statements for partners.

Called by the desk and by reads; pure: no database, no clock, the same batch gives the same bytes. No cell is taken for
a formula by whatever opens it, and amounts stay numbers.

- `batch`: what an export is made from
- `FORMS`: the kinds of files by name
"""

from core.exports.batch import Batch, Debtor, Form, Payment

__all__ = ["FORMS", "Batch", "Debtor", "Form", "Payment"]

FORMS: dict[str, Form] = {}
"""The forms by name, in the order in which they are offered."""
