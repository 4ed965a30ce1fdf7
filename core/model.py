"""The words of the trade that every room shares: verdicts, their letters, and what a user can do wrong.

Called from everywhere; knows nothing of databases, screens or clocks.
"""

from dataclasses import dataclass

PASS, FAIL, UNKNOWN, WAIVED, NA = range(5)
VERDICTS = ("pass", "fail", "unknown", "waived", "na")
LETTERS = "PFUWN"
"""One letter per verdict, by its number: how a row of `evaluations` keeps all verdicts of a lead."""
LAST_YEAR = 9_000
"""From it on nothing ends any more: a day that somebody names as an end lies before."""


class Refusal(Exception):
    """Something a user can cause and mend. The text is one plain sentence: what, where, what to do."""


@dataclass
class BadField(Refusal):
    """A field of a facts document that cannot be read.

    field: path inside the document, such as `leads[0].submitted_at`; message: one plain sentence.
    """

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"
