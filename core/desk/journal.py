"""The journal: one entry per change, chained by keyed hashes, its head kept in a file outside the database.

Called by `step` for every change and by `verifying`. An entry holds ids, values and keyed digests, never a text that
a person wrote: also of the idempotency key a digest. The key of the digests stands in a file beside the database that
only its owner may read, or in LEADS_JOURNAL_KEY: who can write the database alone cannot make the chain fit again.

The head file says which entry is the last. The intended head is written before the commit and confirmed after it, so
that a crash in between leaves one of the two; any other state (a cut-off tail, an older file) is refused at the start.
"""

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core import store
from core.model import Refusal

SQL = Path(__file__).parent / "sql"
KEY_VARIABLE = "LEADS_JOURNAL_KEY"
NOTHING = ""
"""The hash before the first entry."""

SEALED = ("number", "key", "content", "recorded_at", "person", "action", "lead", "before", "after", "rows", "totals",
          "changes", "previous")
"""Columns of an entry that its hash covers."""

FACTS = ("partners", "organizations", "organization_owners", "organization_products", "contacts", "leads", "events",
         "verdicts", "settings", "imports", "import_rows", "import_refusals", "import_answers",
         "history_coverage", "near_matches", "match_answers")
ACTS = ("people", "grants", "revocations", "assignments", "verdict_evidence", "comments", "snoozes",
        "action_requests", "action_answers", "conflict_cases", "conflict_settlements", "disputes",
        "dispute_resolutions", "finding_resolutions", "payout_approvals", "payout_payments", "earning_lines",
        "batches", "batch_lines", "batch_steps", "payment_results", "payment_returns", "payment_arrivals",
        "period_closings", "closing_entries", "refusals_at_closings", "payee_details", "payee_confirmations",
        "saved_views", "voids", "erasures", "loaded_records")
TABLES = (*FACTS, *ACTS)
"""Every table whose rows an entry answers for. What can be computed again (evaluations, versions) is not among them."""


@dataclass(frozen=True)
class Head:
    """The last entry of a journal: its number and hash; 0 and empty where there is none."""

    number: int = 0
    hash: str = NOTHING


@dataclass(frozen=True)
class Entry:
    """What one change writes into the journal; `rows`, `totals` and values without personal data."""

    key: str
    content: str
    recorded_at: dt.datetime
    person: str
    action: str
    lead: str | None
    before: dict
    after: dict
    rows: list[list[str]]
    totals: dict[str, list]
    changes: str


class Book:
    """The journal of one database: its key and its head file; in memory without a file."""

    def __init__(self, path: Path | None, key: bytes):
        self.path = path
        self.key = key
        self._held = {"confirmed": Head(), "intended": None}

    def digest(self, text: str) -> str:
        """Keyed digest of a text: says nothing about the text to who has not the key."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def heads(self) -> dict[str, Head | None] | None:
        """The confirmed and the intended head as kept outside; None where nothing is kept."""
        if self.path is None:
            return self._held
        file = head_file(self.path)
        if not file.exists():
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            return {name: Head(**found[name]) if found[name] else None for name in ("confirmed", "intended")}
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal(f"{file} cannot be read. Bring it back from the last backup, together with the "
                          "database.") from error

    def keep(self, confirmed: Head, intended: Head | None = None) -> None:
        """Write the heads outside the database, on the disk for good before this returns."""
        if self.path is None:
            self._held = {"confirmed": confirmed, "intended": intended}
            return
        found = {"confirmed": vars(confirmed), "intended": intended and vars(intended)}
        write_durably(head_file(self.path), json.dumps(found).encode(), 0o644)


def head_file(path: Path) -> Path:
    """Where the head of a database's journal is kept."""
    return path.with_name(path.name + ".head")


def key_file(path: Path) -> Path:
    """Where the key of a database's journal is kept."""
    return path.with_name(path.name + ".key")


def write_durably(file: Path, content: bytes, mode: int) -> None:
    """Replace a file as a whole; on the disk when this returns."""
    new = file.with_name(file.name + ".new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            os.write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(new, file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Refusal(f"{file} cannot be written: {error.strerror}. Nothing was changed; make room or give the "
                      "right to write, and repeat.") from error


_books: dict[Path, Book] = {}
_in_memory: dict[int, Book] = {}


def book(con: duckdb.DuckDBPyConnection) -> Book:
    """The journal of an open database, checked against its head file when it is first asked for.

    Raises Refusal where the database is not the one that the head file knows.
    """
    path = store.path_of(con)
    if path is None:
        return _in_memory.setdefault(id(con), Book(None, b"in memory"))
    with store.WRITER:
        if path not in _books:
            _books[path] = _opened(con, path)
        return _books[path]


def forget(path: Path) -> None:
    """Check the head file again when the database is next opened."""
    _books.pop(path, None)


def _opened(con: duckdb.DuckDBPyConnection, path: Path) -> Book:
    last = head(con)
    found = Book(path, _key(path, is_new=last.number == 0))
    heads = found.heads()
    if heads is None and last.number:
        raise Refusal(f"{head_file(path)} is missing, which says where the journal of {path.name} ends. Bring it "
                      "back, or restore the last backup.")
    if heads is None:
        found.keep(last)
    elif last not in heads.values():
        expected = heads["confirmed"]
        less = "entries are missing at its end" if last.number < expected.number else "it is another journal"
        raise Refusal(
            f"The journal of {path} ends at entry {last.number}, but entry {expected.number} was confirmed: {less}. "
            f"The file was cut off or replaced. Restore the last backup, or bring the right file back; to begin anew, "
            f"remove {head_file(path).name} together with the database."
        )
    elif heads["intended"] is not None:  # a crash between the two: what the database says is so
        found.keep(last)
    return found


def _key(path: Path, is_new: bool) -> bytes:
    if given := os.environ.get(KEY_VARIABLE):
        return given.encode()
    file = key_file(path)
    if file.exists():
        try:
            return bytes.fromhex(file.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise Refusal(f"{file} cannot be read as the key of the journal. Bring it back from a backup.") from error
    if not is_new:
        raise Refusal(f"{file} is missing, the key of the journal of {path.name}. Bring it back, or give it in "
                      f"{KEY_VARIABLE}.")
    key = secrets.token_bytes(32)
    write_durably(file, key.hex().encode(), 0o600)
    return key


def head(con: duckdb.DuckDBPyConnection) -> Head:
    """The last entry as the database has it."""
    with con.cursor() as cursor:
        rows = cursor.execute(store.statement(SQL / "head.sql")).fetchall()
    return Head(*rows[0]) if rows else Head()


def hash_of(keeper: Book, row: dict) -> str:
    """The hash of an entry, by its columns SEALED."""
    return keeper.digest(json.dumps({name: row[name] for name in SEALED}, default=str, sort_keys=True))


def write(cursor: duckdb.DuckDBPyConnection, keeper: Book, entry: Entry) -> Head:
    """Append an entry inside the caller's transaction; returns the head it makes."""
    last = head(store.Within(cursor))
    row = vars(entry) | {"number": last.number + 1, "previous": last.hash}
    row |= {name: plain(row[name]) for name in ("before", "after", "rows", "totals")}
    row["hash"] = hash_of(keeper, row)
    store.insert(cursor, "journal", row)
    return Head(row["number"], row["hash"])


def plain(value: object) -> str:
    """JSON as it is stored: sorted, exact, dates and amounts as texts."""
    return json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)


def read_plain(text: str) -> object:
    """What `plain` wrote; amounts and days stay texts."""
    return json.loads(text)


def row_digests(cursor: duckdb.DuckDBPyConnection, keeper: Book, table: str, ids: Iterable[str]) -> dict[str, str]:
    """Keyed digests of rows as they stand, by id; of the same text as store.written_out, which takes longer to plan
    than few rows take to be put together."""
    names = store.columns(cursor, table)
    text = store.statement(SQL / "rows_as_texts.sql").replace("stored_rows", table)
    text = text.replace("'row'", ", ".join(f'"{name}"::varchar' for name in names))
    found = cursor.execute(*store.named_each(text, {"ids": sorted(ids)})).fetchall()
    return {
        name: keeper.digest(f"{table}\x1e" + "\x1f".join(
            f"{column}={len(value)}:{value}" for column, value in zip(names, row, strict=True) if value is not None))
        for name, *row in found
    }


WHICH = {"without": "id not in (select unnest($without::varchar[]))", "only": "id in (select unnest($only::varchar[]))",
         "behind": "rowid > $behind", "of_import": "import = $of_import",
         "places": "rowid in (select unnest($places::bigint[]))"}
"""Which rows of a table are counted."""


def totals(cursor: duckdb.DuckDBPyConnection, keeper: Book, table: str, without: Iterable[str] = (),
           only: Iterable[str] | None = None, behind: int | None = None, of_import: str | None = None,
           places: Iterable[int] | None = None) -> list:
    """Number of rows of a table and the sum of their keyed digests, but for the ids `without`, or of `only` some.

    behind: of the rows added after the one that `last_row` gave. of_import: of the rows that an import brought.
    places: of the rows that stand there in this transaction.
    """
    values = {"without": sorted(without) or None, "only": None if only is None else sorted(only), "behind": behind,
              "of_import": of_import, "places": None if places is None else list(places)}
    asked = {name: value for name, value in values.items() if value is not None}
    chosen = " and ".join(map(WHICH.get, asked))
    text = store.statement(SQL / "totals.sql").replace("'row'", store.written_out(cursor, table))
    text = text.replace("stored_rows", table).replace("where true", f"where {chosen or True}")
    rows, digest = cursor.execute(text, asked | {"secret": keeper.digest(f"rows of {table}")}).fetchall()[0]
    return [rows, str(digest)]


def last_row(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    """The place of the last row of a table: rows that are added later in the same transaction stand behind it."""
    return cursor.execute(store.statement(SQL / "last_row.sql").replace("stored_rows", table)).fetchall()[0][0]


def named(con: duckdb.DuckDBPyConnection | store.Within) -> dict[str, set[str]]:
    """By table, the ids of rows that an entry answers for one by one."""
    found: dict[str, set[str]] = {}
    for (text,) in store.read(con, SQL / "rows_of_entries.sql").rows():
        for table, name, _ in read_plain(text):
            found.setdefault(table, set()).add(name)
    return found


def difference(after: list, before: list) -> list:
    """What was added between two totals."""
    return [after[0] - before[0], str(int(after[1]) - int(before[1]))]


def changes_digest(keeper: Book, rows: Iterable[tuple]) -> str:
    """Keyed digest of the leads an entry changed: (lead, version, disposition_before, disposition), in order."""
    return keeper.digest(plain(sorted(rows)))
