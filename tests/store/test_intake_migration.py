"""A database of an earlier schema keeps its imports, what they cover, and the digests of their rows."""

import hashlib

import duckdb
import pytest

from core import store

DIGESTS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(3)]


def database_before(number: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config=store.CONFIG)
    con.execute("create table migrations (number integer primary key, name varchar not null)").fetchall()
    for file in store.MIGRATIONS:
        if file.name < number:
            for step in duckdb.extract_statements(store.statement(file)):
                con.execute(step).fetchall()
            con.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()
    return con


def test_imports_and_coverage_of_an_earlier_database_stay():
    con = database_before("003")
    con.execute("insert into imports values ('a:raf:leads', 'a.csv', 'raf', 'leads', timestamp '2025-01-02', 3, 2, 1, "
                "'{}')").fetchall()
    con.execute("insert into history_coverage values ('d:acme.com', 'contacts', timestamp '2025-01-02', 'a')").fetchall()
    con.execute("insert into organization_products values ('O1', 'x', null, true, null, timestamp '2025-01-02')").fetchall()
    store.migrate(con)
    assert con.execute("select id, accepted, refused, mapping, taken_back_at from imports").fetchall() == [
        ("a:raf:leads", 2, 1, "{}", None)
    ]
    assert con.execute("select org_key, part, import from history_coverage").fetchall() == [
        ("d:acme.com", "contacts", "a")
    ]
    assert con.execute("select product, is_in_use, import from organization_products").fetchall() == [("x", True, None)]
    assert store.pending(con) == []


def test_rows_of_imports_stay_as_they_are_and_come_in_once():
    con = database_before("008")
    for row, digest in enumerate(DIGESTS[:2], start=2):
        con.execute("insert into import_rows values (?, 'a:raf:leads', ?)", [digest, row]).fetchall()
    written = f"select {store.written_out(con, 'import_rows')} from import_rows order by all"
    before = con.execute(written).fetchall()
    store.migrate(con)
    assert con.execute(written).fetchall() == before, "the journal answers for them"
    with pytest.raises(duckdb.ConstraintException):
        con.execute("insert into import_rows values (?, 'b:raf:leads', 2)", [DIGESTS[0]]).fetchall()
    con.execute("insert into import_rows values (?, 'b:raf:leads', 2)", [DIGESTS[2]]).fetchall()
    con.execute("delete from import_rows where import = 'a:raf:leads'").fetchall()
    con.execute("insert into import_rows values (?, 'c:raf:leads', 2)", [DIGESTS[0]]).fetchall()
    assert con.execute("select count(*) from import_rows").fetchall() == [(2,)]
