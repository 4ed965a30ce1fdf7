"""One import under way: what is asked of the database, and what the modules of `kinds` share in judging rows."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from core import pieces, store
from core.intake.cells import quoted, refuse, word
from core.terms import Catalogue

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Import:
    """One import under way. id: of the file's bytes with program and kind. columns: our field -> column.

    partner: of leads whose row names none. lines_before_rows: 1 for a header, else 0; import_rows counts as if there
    always were one. secret: what ids are digested with; empty where there is no journal.
    """

    con: duckdb.DuckDBPyConnection
    id: str
    terms: Catalogue
    program: str
    kind: str
    partner: str | None
    now: dt.datetime
    columns: dict[str, str]
    lines_before_rows: int
    secret: str = ""

    def column(self, name: str) -> str:
        """The file's column of a field; the field itself where the file has none."""
        return self.columns.get(name, name)

    def ask(self, statement: str, incoming: pl.DataFrame | None = None, **values: object) -> pl.DataFrame:
        """Rows of a statement of this room; `incoming` is a table in it, whose rows are asked for one by one."""
        asked = [None] if incoming is None or incoming.is_empty() else pieces.slices(incoming)
        answers = []
        for piece in asked:
            with self.con.cursor() as cursor:
                if incoming is not None:
                    cursor.register("incoming", incoming if piece is None else piece)
                answers.append(cursor.sql(store.statement(SQL / f"{statement}.sql"), params=values or None).pl())
        return pl.concat(answers)

    @property
    def company(self) -> str:
        """The company whose program it is."""
        return self.terms.programs[self.program].company

    @property
    def wants_touches(self) -> bool:
        """Whether the program asks who was known or contacted before."""
        return "not_duplicate" in self.terms.programs[self.program].criteria

    @property
    def wants_sales_activity(self) -> bool:
        """Whether the program asks whom its sales people were working on."""
        return "not_active_prospect" in self.terms.programs[self.program].criteria

    @property
    def touch_program(self) -> str | None:
        """The program for which touches are told; None where several ask for them."""
        asking = [program.id for program in self.terms.programs.values() if "not_duplicate" in program.criteria]
        return asking[0] if len(asking) == 1 else None

    def sales_scope(self) -> str:
        """For whom a deal or a task is told: sales activity is the same for all programs of a company."""
        wanted = [word for word, is_wanted in (("touches", self.wants_touches), ("sales", self.wants_sales_activity))
                  if is_wanted]
        return f"{self.company}:{','.join(wanted)}"


PERSONAL = r"[@\s]|^\+[\d()./-]{7,}$|^(\(\d{2,4}\)|\d{2,4}[./-])\d{2,4}[./-]\d{3,5}$"
"""Ids that are none: an address, a telephone number that is written as one, several words."""


def keyed(work: Import, texts: pl.Series) -> pl.Series:
    """Digests of texts, null where there is none: with the secret, nobody without it can tell whose they are."""
    lines = pl.DataFrame({"place": pl.int_range(len(texts), eager=True), "line": work.secret + texts})
    return work.ask("digests", lines)["digest"]


def without_persons(work: Import, ids: pl.Series) -> pl.Series:
    """Ids of a file with a digest in the place of each that says who a person is, the same wherever it stands."""
    is_personal = ids.str.contains(PERSONAL)
    if not is_personal.any():
        return ids
    told = "id-" + keyed(work, ids.filter(is_personal)).str.slice(0, 16)
    return ids.scatter(is_personal.arg_true(), told)


def with_yes_no(work: Import, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with a field of texts as true, false or null; rows that say neither are refused."""
    said = word(name, "yes_no")
    frame = refuse(frame, pl.col(name).is_not_null() & said.is_null(),
                   quoted(name) + " is neither yes nor no", work.column(name))
    return frame.with_columns((said == "yes").alias(name))


def with_word(work: Import, frame: pl.DataFrame, name: str, expected: str) -> pl.DataFrame:
    """The frame with a field in our words; rows that use another are refused."""
    said = word(name, name)
    frame = refuse(frame, pl.col(name).is_not_null() & said.is_null(),
                   quoted(name) + f" is not understood: expected {expected}", work.column(name))
    return frame.with_columns(said.alias(name))


def with_name(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `full_name`, of its parts where there is no whole one."""
    both = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    full_name = pl.coalesce("full_name", pl.when(both != "").then(both))
    return frame.with_columns(full_name.alias("full_name")).drop("first_name", "last_name")


def details(**columns: str) -> pl.Expr:
    """What came with a row beyond our columns, as JSON by name; null where nothing did."""
    found = [pl.col(column).alias(name) for name, column in columns.items()]
    is_there = pl.any_horizontal(pl.col(column).is_not_null() for column in columns.values())
    return pl.when(is_there).then(pl.struct(found).struct.json_encode())


def touches(work: Import, frame: pl.DataFrame, kind: str, moment: str, **whom: str) -> pl.DataFrame:
    """One touch of the history per row that has the moment, under the id of its record and the kind of file: in some
    systems a contact and an organization have the same id."""
    return frame.filter(pl.col(moment).is_not_null()).select(
        id=pl.col("record") + f"/{work.kind}/{kind}", type=pl.lit("crm_touch"), kind=pl.lit(kind),
        program=pl.lit(work.touch_program, pl.String), happened_at=moment, **whom,
    )
