"""The rule of the arrows: who may import whom, read from the sources."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_NOT = {
    "core": ("streamlit", "pages", "app"),
    "core/rules": ("duckdb", "core.store", "core.facts", "core.evaluation", "core.intake", "core.kept", "core.desk"),
    "core/facts": ("core.rules", "core.evaluation", "core.intake", "core.kept", "core.matching", "core.desk", "core.people"),
    "core/store": ("core.rules", "core.facts", "core.evaluation", "core.intake", "core.terms", "core.desk",
                   "core.people"),
    "core/terms": ("core.store", "core.facts", "core.rules", "core.evaluation", "core.intake"),
    "core/matching": ("core.rules", "core.evaluation", "core.intake", "core.kept", "core.results", "core.desk"),
    "core/intake": ("core.rules", "core.evaluation", "core.kept", "core.desk", "core.people"),
    "core/people": ("core.rules", "core.evaluation", "core.intake", "core.kept", "core.desk", "core.terms"),
    "core/evaluation": ("core.kept", "core.results", "core.sample", "core.desk", "core.people"),
    "core/kept": ("core.desk", "core.people"),
    "core/pipeline": ("core.desk", "core.people", "core.intake", "core.charts"),
    "core/home.py": ("core.desk", "core.evaluation", "core.intake"),
    "core/results.py": ("core.desk", "core.people"),
    "core/intake/formats": ("duckdb", "core.store", "core.facts", "core.terms", "core.intake.imports", "core.intake.mapping"),
    **dict.fromkeys(
        [f"core/intake/{name}.py" for name in ("cells", "contents", "dates", "mapping", "vocabulary")],
        ("duckdb", "core.store", "core.terms"),
    ),
    "core/exports": ("duckdb", "core.store", "core.facts", "core.terms", "core.results", "core.desk", "core.ledger",
                     "core.payees", "core.statements"),
    "core/accounts.py": ("duckdb", "core.store", "core.terms", "core.desk"),
    **dict.fromkeys(["core/payees.py", "core/statements.py", "core/refusals.py"], ("core.desk", "core.people")),
    "core/calendar.py": ("core.store", "core.facts", "core.rules", "core.terms"),
}
CLOCKS = ("datetime.now", "datetime.utcnow", "date.today", "time.time", "dt.datetime.now")
READS_A_CLOCK = {"core/__main__.py"}


def sources(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.suffix else sorted(path.rglob("*.py"))


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("room", MAY_NOT)
def test_no_room_imports_what_lies_above_it(room: str) -> None:
    files = sources(room)
    assert files
    wrong = {
        (str(file.relative_to(ROOT)), name)
        for file in files
        for name in imported(file)
        for banned in MAY_NOT[room]
        if name == banned or name.startswith(banned + ".")
    }
    assert not wrong


def test_nothing_below_the_command_line_reads_a_clock() -> None:
    found = {
        (str(file.relative_to(ROOT)), call)
        for file in sources("core")
        if str(file.relative_to(ROOT)) not in READS_A_CLOCK
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for call in CLOCKS
        if ast.unparse(node.func).endswith(call)
    }
    assert not found


def test_statements_stand_only_in_sql_files_and_do_no_date_arithmetic() -> None:
    files = sorted((ROOT / "core").rglob("*.sql"))
    assert len(files) > 20
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("-- "), f"{file.name} does not say what it is for"
        code = "\n".join(line.split("--")[0] for line in text.lower().splitlines())
        assert "interval" not in code, f"{file.name} does arithmetic with intervals"
        assert "current_date" not in code and "now()" not in code, f"{file.name} reads a clock"


ALTERS = ("insert into", "update ", "delete from", "truncate", "merge into")
WRITES = {"core/store/__init__.py", "core/kept/whole.py", "core/kept/again.py", "core/kept/run.py", "core/kept/lines.py",
          "core/facts/part/layout.py"}
"""Beside the desk: what carries out an insertion, what keeps the evaluation, and the parts laid beside the database."""

FOLDS = ("core/matching/sql/fold_", "core/matching/sql/forget_all_blocks.sql")
"""Names of older rows are folded, and derived blocks made again, where look-alikes are proposed, inside the desk's
transaction."""


def test_nothing_but_the_desk_alters_what_is_stored() -> None:
    found = set()
    for file in [*sources("core"), *sources("pages"), ROOT / "app.py"]:
        name = str(file.relative_to(ROOT))
        if name.startswith("core/desk/") or name in WRITES:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(ALTERS):
                found.add((name, node.value))
    for file in sorted((ROOT / "core").rglob("*.sql")):
        code = "\n".join(line.split("--")[0] for line in file.read_text(encoding="utf-8").lower().splitlines())
        name = str(file.relative_to(ROOT))
        if not name.startswith(("core/desk/", "core/store/migrations/", *FOLDS)) and any(
                line.startswith(ALTERS) for line in code.splitlines()):
            found.add((name, "statement"))
    assert not found
    used = {
        (str(file.relative_to(ROOT)), name) for file in [*sources("pages"), ROOT / "app.py"] for name in imported(file)
        if name in ("core.store.transaction", "core.store.append", "core.store.insert", "core.sample", "core.results.load")
    }
    assert not used
