"""How much a file may hold: one place for every limit of this room, so that its messages and tests agree with it.

Chosen so that a hostile file stays below half a gigabyte of memory and a million leads of a dozen columns still come
in. Bytes are bytes, characters are Unicode code points.
"""

MIB = 1024 * 1024

FILE_BYTES = 256 * MIB
ROWS = 2_000_000
COLUMNS = 2_000
CELLS = 24_000_000
"""Rows times columns."""

CELL_CHARACTERS = 1_000_000
LINE_CHARACTERS = 4 * CELL_CHARACTERS
DOCUMENT_BYTES = 32 * MIB
DOCUMENT_VALUES = 3_000_000
"""Of what is taken into memory as one tree: a JSON list or object, a line of JSON Lines, a web page. Its values are
counted by the signs before them, which bounds what the tree takes."""

UNPACKED_BYTES = 384 * MIB
"""What a packed file may hold in all, unpacked."""

UNPACKED_RATIO = 250
"""Unpacked bytes of one packed part to its packed ones, where it unpacks to more than SMALL_PART bytes."""

SMALL_PART = 4 * MIB
PARTS = 2_000
"""Parts of a zip container."""

WORKBOOK_MEMORY = 512 * MIB
WORKBOOK_SECONDS = 120
"""Memory and processor time of the process that reads a workbook."""


def is_too_large(document: bytes) -> bool:
    """Whether a text would make too large a tree."""
    if len(document) <= MIB:
        return False
    return len(document) > DOCUMENT_BYTES or sum(map(document.count, (b"{", b"[", b",", b"<"))) > DOCUMENT_VALUES
