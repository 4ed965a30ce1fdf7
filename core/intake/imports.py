"""The import of a file: which of its rows come in as what, which are refused and why, all of it or nothing.

Called by the command line and the desk. `import_file` does all; `prepare`, `put` (in `room`) and `finish` are its
steps, for who stores the rows inside a transaction of his own; `propose` shows a mapping first. Its parts:

- `mapping` (with `vocabulary`, `contents`, `remembered`): which column is which of our fields; `dates`: their reading
- `cells`, `kinds` (with `parties`, `work`): which rows are refused, what the others become; `repeats`: the same again
- `preview`: the first rows as they would be read
- `storing`: into the database; `core/desk/taking_back`: out again

Reads no clock.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from core import store
from core.intake import formats, history, remembered, repeats, storing
from core.intake.cells import refuse, texts
from core.intake.dates import check_zone
from core.intake.kinds import BY_NAME
from core.intake.mapping import Choice, Proposal, choose, kind_of, proposal, read_answers, refuse_unknown, with_values
from core.intake.preview import Preview, judged, preview
from core.intake.vocabulary import KINDS
from core.intake.work import PERSONAL, SQL, Import, with_yes_no
from core.matching.finding import propose as propose_near
from core.model import Refusal
from core.terms import Catalogue, catalogue

PARTIES = ("contacts", "organizations", "partners")
"""Tables of records that may be the same under another spelling."""

MANY = 100_000
"""Rows of one table from which its indexes are made anew."""
MEGABYTES = 400
"""Memory of the database beyond its own meanwhile: a million leads are evaluated before they are stored for good."""

COVERED_MOST = 100
"""Of the leads that are covered now, that many are named in the report."""

KEEPS_OTHER_CELLS = ("leads", "contacts", "organizations")
"""Kinds of file whose cells that no field takes are kept beside their row."""


@dataclass
class Report:
    """What became of a file's rows; accepted and refused rows together are the rows read.

    refused: {"row", "column", "reason"} per refused row. mapping: our field -> column. needs: questions
    ({"column", "choices"}) to be answered first; then nothing was stored. kind: what the file was taken for. import_id:
    of what was stored, to take it back. read_as: how the bytes were read. covers: per part of the CRM history, how many
    organizations are told of now, how many stored leads waited for that, and the ids of the first COVERED_MOST of them.
    notes: plain sentences. refused_file: where the refused rows stand.
    """

    sha256: str
    rows_read: int
    accepted: int = 0
    refused: list[dict] = field(default_factory=list)
    mapping: dict[str, object] = field(default_factory=dict)
    needs: list[dict] = field(default_factory=list)
    kind: str = ""
    import_id: str | None = None
    read_as: dict[str, object] = field(default_factory=dict)
    covers: dict[str, dict[str, int | list[str]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused_file: Path | None = None

    def to_dict(self) -> dict:
        """The report as the command line prints it."""
        names = ("sha256", "rows_read", "accepted", "refused", "mapping", "needs", "kind")
        return {**{name: getattr(self, name) for name in names}, "import": self.import_id, "read_as": self.read_as,
                "covers": self.covers, "notes": self.notes}


@dataclass
class Prepared:
    """An import that is ready to be stored. rows: by table, their keys still to be made; put them soon, others may
    store the same meanwhile. con: the database as it is outside the transaction that stores them."""

    report: Report
    path: Path
    rows: dict[str, pl.DataFrame]
    refused_cells: pl.DataFrame
    refused: pl.DataFrame
    keeps_file: bool
    now: dt.datetime
    con: duckdb.DuckDBPyConnection


def import_file(con: duckdb.DuckDBPyConnection, path: str | Path, program: str, kind: str | None = None,
                partner: str | None = None, mapping: str | Path | Mapping[str, object] | None = None,
                now: dt.datetime | None = None, zone: str = "UTC", progress: formats.Progress | None = None,
                terms: Catalogue | None = None, secret: str = "") -> Report:
    """Bring a file's rows into the database, all in one transaction, and say what became of each.

    As `prepare`, `put` and `finish` together.
    """
    prepared = prepare(con, path, program, kind, partner, mapping, now, zone, progress, terms, secret)
    with room(con, prepared), store.transaction(con) as cursor:
        put(cursor, prepared, progress)
    return finish(prepared)


def prepare(con: duckdb.DuckDBPyConnection, path: str | Path, program: str, kind: str | None = None,
            partner: str | None = None, mapping: str | Path | Mapping[str, object] | None = None,
            now: dt.datetime | None = None, zone: str = "UTC", progress: formats.Progress | None = None,
            terms: Catalogue | None = None, secret: str = "") -> Prepared:
    """Read a file and make what its rows become; stores nothing.

    program: one of the catalogue. kind: one of KINDS; None to tell it from the columns.
    partner: of leads whose row names none; one without a record gets one with nothing but its id and kind.
    mapping: a JSON file, see `mapping.read_answers`, or what it would hold. now: naive UTC, when the rows became known;
    it must be given. zone: IANA name of the program's zone, for times without one. progress: told what is being done,
    how much of it is done, and of how much. secret: what ids are digested with.
    Raises Refusal where nothing can be read or the file plainly holds something else.
    """
    terms = terms or catalogue()
    _check(terms, program, kind, now, zone)
    path, given, progress = Path(path), read_answers(mapping), progress or _silent
    try:
        table, recalled = _read(con, path, program, given, progress)
    except formats.Question as question:
        nothing = pl.DataFrame()
        return Prepared(Report(question.sha256, 0, needs=question.needs, kind=kind or ""), path, {}, nothing, nothing,
                        True, now, con)
    choice, source, answers = _chosen(con, table, program, kind, partner, given, recalled, now)
    refuse_unknown(table, choice)
    file = f"{table.sha256}:{program}:{choice.kind}"
    work = Import(con, _next_id(con, file), terms, program, choice.kind, partner, now, choice.columns,
                  int(table.has_header), secret)
    report = Report(table.sha256, table.cells.height, kind=choice.kind, read_as=dict(table.read_as))
    frame = texts(table, choice.kind, choice.columns)
    earlier = work.ask("import_of_file", file=file)
    if earlier.height:
        frame = _refused_as_a_whole(work, path, frame, earlier)
    elif choice.needs:
        report.needs = choice.needs
        frame = refuse(frame, pl.lit(True), "not imported: a question about the columns comes first")
    else:
        frame = _judged(work, choice, frame, zone, progress)
    report.mapping = _reported_mapping(table, choice, answers)
    refused = _report_rows(report, frame)
    refused_cells = table.cells[refused["place"]]
    rows: dict[str, pl.DataFrame] = {}
    if report.accepted:
        frame = _with_other_cells(work, table, choice, frame)
    report.notes = _notes(table, choice)
    if report.accepted:
        table.cells = table.cells.clear()  # of a million rows one copy is enough
        covered = storing.coverage(work, frame)
        frame = frame.filter(pl.col("refused_reason").is_null())
        rows = _made(work, frame, covered, report, path.name, source, answers)
        report.import_id = work.id
    # A file of refused rows that somebody may be mending is not written over for nothing new.
    return Prepared(report, path, rows, refused_cells, refused.drop("place"),
                    keeps_file=earlier.height > 0 or bool(report.needs), now=now, con=con)


@contextlib.contextmanager
def room(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> Iterator[None]:
    """What the transaction that stores an import stands in: very many rows need room, and so does what follows from
    them before they are stored for good."""
    tables = [table for table, frame in prepared.rows.items() if frame.height >= MANY]
    indexes = store.without_indexes(con, tables) if tables else contextlib.nullcontext()
    with store.more_memory(con, MEGABYTES if tables else 0), indexes:
        yield


def put(cursor: duckdb.DuckDBPyConnection, prepared: Prepared, progress: formats.Progress | None = None) -> None:
    """Store what was prepared, inside the caller's transaction, and ask about look-alikes of what is new.

    Raises Refusal where somebody else stored the same.
    """
    if not prepared.rows:
        return
    new = {table: prepared.rows[table]["id"] for table in PARTIES}
    progress = progress or _silent
    storing.put(cursor, prepared.rows, prepared.con, prepared.path.name, progress)
    storing.put_refusals(cursor, prepared.report.import_id, prepared.refused_cells, prepared.refused, progress)
    progress("looking for look-alikes", 0, 0)
    propose_near(cursor, prepared.now, new, prepared.report.import_id)


def finish(prepared: Prepared) -> Report:
    """Write the refused rows to NAME.EXT.refused.csv beside the file, once the others are stored; gives the report."""
    report = prepared.report
    if not report.needs:
        report.refused_file = formats.write_refused(prepared.path, prepared.refused_cells, prepared.refused,
                                                  keeps_file=prepared.keeps_file)
    return report


def propose(con: duckdb.DuckDBPyConnection, path: str | Path, program: str, kind: str | None = None,
            partner: str | None = None, mapping: str | Path | Mapping[str, object] | None = None,
            now: dt.datetime | None = None, zone: str = "UTC", progress: formats.Progress | None = None,
            terms: Catalogue | None = None) -> Proposal:
    """Which column would be taken for which field and why, what would be asked, and how the first rows would be read;
    stores nothing.

    Arguments as of `prepare`. Raises Refusal as it does. Where a question comes before the file can be read, the
    proposal holds nothing but that.
    """
    terms = terms or catalogue()
    _check(terms, program, kind, now, zone)
    path, given, progress = Path(path), read_answers(mapping), progress or _silent
    try:
        table, recalled = _read(con, path, program, given, progress)
    except formats.Question as question:
        return Proposal(kind or "", [], [], {}, question.needs, [])
    choice, _, _ = _chosen(con, table, program, kind, partner, given, recalled, now)
    return proposal(table, choice, _preview(con, path, table, choice, program, partner, now, zone, progress, terms))


def _preview(con: duckdb.DuckDBPyConnection, path: Path, table: formats.Table, choice: Choice, program: str,
             partner: str | None, now: dt.datetime, zone: str, progress: formats.Progress, terms: Catalogue
             ) -> Preview | None:
    """How the first rows would be read; None where something must be said first."""
    if choice.needs or choice.is_unknown or table.cells.is_empty():
        return None
    file = f"{table.sha256}:{program}:{choice.kind}"
    work = Import(con, file, terms, program, choice.kind, partner, now, choice.columns, int(table.has_header))
    frame = texts(judged(table), choice.kind, choice.columns)
    earlier = work.ask("import_of_file", file=file)
    if earlier.height:
        frame = _refused_as_a_whole(work, path, frame, earlier)
    else:
        frame = _judged(work, choice, frame, zone, progress)
    return preview(table, frame, choice.kind, choice.columns, zone)


def _silent(stage: str, done: int, of: int) -> None:
    pass


def _check(terms: Catalogue, program: str, kind: str | None, now: dt.datetime | None, zone: str) -> None:
    if now is None or now.tzinfo is not None:
        raise ValueError("now must be given, as naive UTC")
    if program not in terms.programs:
        raise Refusal(f"There is no program {program!r}; there are {', '.join(terms.programs)}.")
    if kind is not None and kind not in KINDS:
        raise Refusal(f"There is no kind {kind!r}; there are {', '.join(KINDS)}.")
    check_zone(zone)


# What the file holds


def _read(con: duckdb.DuckDBPyConnection, path: Path, program: str, given: Mapping[str, object],
          progress: formats.Progress) -> tuple[formats.Table, dict[str, object]]:
    """The file's table, and what was remembered of a source in order to read it.

    Raises Question where something must be asked first that no source of these columns was asked before.
    """
    try:
        return formats.read(path, given, progress), {}
    except formats.Question as question:
        for source, answers in remembered.answers_of_program(con, program):
            recalled = {name: answers[name] for name in formats.ANSWERS if name in answers and name not in given}
            table = _read_with(path, {**recalled, **given}, progress) if recalled else None
            if table and source in {remembered.source(program, kind, table.cells.columns) for kind in KINDS}:
                return table, recalled
        raise question


def _read_with(path: Path, answers: Mapping[str, object], progress: formats.Progress) -> formats.Table | None:
    """The table where these answers suffice."""
    try:
        return formats.read(path, answers, progress)
    except (formats.Question, Refusal):
        return None


def _chosen(con: duckdb.DuckDBPyConnection, table: formats.Table, program: str, kind: str | None, partner: str | None,
            given: Mapping[str, object], recalled: Mapping[str, object],
            now: dt.datetime) -> tuple[Choice, str, dict[str, object]]:
    """Which column is which, the source that the file comes from, and all answers that were given for it."""
    kind = kind_of(table, kind, partner)
    source = remembered.source(program, kind, table.cells.columns)
    earlier, sentence = remembered.answers_of(con, source)
    choice = choose(table, kind, given, earlier, now)
    answers = {**earlier, **recalled, **given}
    orders = {**(earlier.get("_dates") or {}), **(given.get("_dates") or {})}
    if orders:
        answers["_dates"] = orders
    if sentence:
        choice.notes.insert(0, sentence)
    return choice, source, answers


def _next_id(con: duckdb.DuckDBPyConnection, file: str) -> str:
    """Of the file's bytes with program and kind; numbered where it was taken back before."""
    times = store.read(con, SQL / "times_taken_back.sql", file=file)["times"].item()
    return f"{file}:{times + 1}" if times else file


def _reported_mapping(table: formats.Table, choice: Choice, answers: Mapping[str, object]) -> dict[str, object]:
    """Our field -> column, how dates are read where that was open, columns renamed for their twin, and what was
    answered before the file was read."""
    before = {name: answers.get(name) for name in formats.ANSWERS}
    more = {"_dates": choice.readings, "_renamed": table.renamed, **before}
    return {**choice.columns, **{name: found for name, found in more.items() if found}}


# Which rows come in


def _refused_as_a_whole(work: Import, path: Path, frame: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Every row of a file that came before; those that were refused then are told where to look."""
    imported_at, file_name, of_import = earlier.row(0)
    imported = work.ask("accepted_rows", **{"import": of_import})["row_number"]
    reason = f"already imported on {imported_at:%Y-%m-%d} from {file_name}"
    mended = f"{reason}, where this row was refused: mend it in {path.name}.refused.csv and import that"
    frame = frame.with_columns(refused_reason=pl.lit(None, pl.String), refused_column=pl.lit(None, pl.String))
    was_accepted = (pl.col("row") + 1 - work.lines_before_rows).is_in(imported.implode())
    frame = refuse(frame, was_accepted, reason, is_settled=True)
    return refuse(frame, pl.lit(True), mended)


def _judged(work: Import, choice: Choice, frame: pl.DataFrame, zone: str, progress: formats.Progress) -> pl.DataFrame:
    """The frame of `texts` with values, ids and digests, and with the reason of every row that is refused."""
    frame = with_yes_no(work, frame, "is_deleted")
    frame = refuse(frame, pl.col("is_deleted"), "is deleted at its source", work.column("is_deleted"), is_settled=True)
    frame = with_values(frame, choice, zone, work.now)
    frame = BY_NAME[work.kind].judge(work, frame)
    if personal := frame["id"].str.contains(PERSONAL).sum() if work.kind in repeats.OF_PERSONS else 0:
        choice.notes.append(f"{_count(personal, 'id says', 'ids say')} who a person is: a digest stands in the place "
                            "of an address, a telephone number or words.")
    frame = repeats.with_ids(work, frame, lambda done: progress("checking rows", done, frame.height))
    return repeats.new_only(work, frame)


def _report_rows(report: Report, frame: pl.DataFrame) -> pl.DataFrame:
    """Put the refused rows into the report; gives place, row, column and reason."""
    refused = frame.filter(pl.col("refused_reason").is_not_null())
    rows = refused.select("place", "row", column="refused_column", reason="refused_reason")
    report.refused = rows.drop("place").to_dicts()
    report.accepted = report.rows_read - rows.height
    return rows


# What is stored


def _with_other_cells(work: Import, table: formats.Table, choice: Choice, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `other`, the cells that no field takes, where this kind of file keeps them and they are not too
    many; notes what is not kept."""
    unused = [column for column in choice.unused(table) if column in choice.holds]
    if not unused:
        return frame
    if work.kind not in KEEPS_OTHER_CELLS:
        kept = f"not kept: {work.kind} have no place for more"
    elif storing.size(table.cells, unused) > storing.KEPT_BYTES:
        kept = f"not kept: it is more than {storing.KEPT_BYTES // 2**20} MB, and the file has it"
    else:
        kept = "kept with the rows as further details"
        frame = frame.with_columns(storing.other_cells(table.cells, unused))
    are = _count(len(unused), "column that no field takes is", "columns that no field takes are")
    choice.notes.append(f"{are} {kept}.")
    return frame


def _made(work: Import, accepted: pl.DataFrame, covered: pl.DataFrame, report: Report, file_name: str, source: str,
          answers: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The rows of every table that the import adds to; the report says whose history is covered by them."""
    of_company = [one.id for one in work.terms.programs.values() if one.company == work.company]
    report.covers = {told.pop("part"): told for told in _covered_leads(work, covered, of_company)}
    record = {"file_name": file_name, "rows_read": report.rows_read, "accepted": report.accepted,
              "refused": len(report.refused), "report": history.written(report.notes, report.covers)}
    books = storing.bookkeeping(work, accepted, covered, record, source, answers)
    return storing.rows_of(work, accepted) | books


def _covered_leads(work: Import, covered: pl.DataFrame, programs: list[str]) -> list[dict]:
    """Per part: organizations that are told of, stored leads that waited for it, and the first ids of these."""
    if covered.is_empty():
        return []
    with work.con.cursor() as cursor:
        cursor.register("incoming", covered)
        text = store.statement(SQL / "covered_leads.sql")
        return cursor.sql(text, params={"programs": programs, "most": COVERED_MOST}).pl().sort("part").to_dicts()


def _notes(table: formats.Table, choice: Choice) -> list[str]:
    """The plain sentences of the report: what was remembered, which zone was used, what was skipped or not taken."""
    empty = [column for column in choice.unused(table) if column not in choice.holds]
    filled = [column for column in choice.unused(table) if column in choice.holds]
    notes = list(dict.fromkeys(choice.notes))
    if before := table.read_as.get("preamble"):
        notes.append(f"{_count(len(before), 'line above the header was', 'lines above the header were')} skipped.")
    if others := table.read_as.get("other_sheets"):
        notes.append(f"Other sheets were not read: {_named(others)}.")
    if filled:
        notes.append(f"No field takes {_named(filled)}.")
    if empty and table.numbers.len():
        are = _count(len(empty), "further column that no field takes is", "further columns that no field takes are")
        notes.append(f"{are} empty.")
    return notes


def _count(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _named(names: list[str]) -> str:
    shown = ", ".join(f'"{name[:60]}"' for name in names[:50])
    return f"{shown} and {len(names) - 50} more" if len(names) > 50 else shown
