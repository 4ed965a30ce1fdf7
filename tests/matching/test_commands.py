"""Look-alikes at the edges: found by an import in its own transaction, listed and answered on the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from core import store
from core.__main__ import app
from tests.matching.building import proposals

FIRST = "id,name,email,account_id,company,phone,created\nK1,Mia Chen,mia@northwind.example,,Northwind,+1 415 555 0123,2025-01-02\n"
SECOND = "id,name,email,account_id,company,phone,created\nK2,Mia Cheng,mia.cheng@gmail.com,,,(415) 555-0123,2025-02-02\n"


def run(*arguments: str) -> str:
    found = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_an_import_asks_about_look_alikes_of_its_rows_and_a_person_answers(tmp_path: Path) -> None:
    db = str(tmp_path / "leads.duckdb")
    for name, text in (("one.csv", FIRST), ("two.csv", SECOND)):
        (tmp_path / name).write_text(text)
        run("import", str(tmp_path / name), "--program", "cerri", "--kind", "contacts", "--db", db)
    listed = [json.loads(line) for line in run("matches", "--db", db).splitlines()]
    assert [(one["kind"], one["reasons"]) for one in listed] == [("person", ["names differ in one letter", "same phone"])]
    con = store.connect(db)
    assert all(one["import"].endswith(":cerri:contacts") for one in proposals(con))
    con.close()
    run("match", listed[0]["id"], "same", "--note", "asked her", "--db", db)
    assert run("matches", "--db", db) == ""
