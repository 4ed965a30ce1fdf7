"""A database from before imports could be taken back keeps its imports and what they cover."""

import duckdb

from core import store

OLDER = [file for file in store.MIGRATIONS if file.name < "003"]


def test_imports_and_coverage_of_an_earlier_database_stay():
    con = duckdb.connect(config=store.CONFIG)
    con.execute("create table migrations (number integer primary key, name varchar not null)").fetchall()
    for file in OLDER:
        for step in duckdb.extract_statements(store.statement(file)):
            con.execute(step).fetchall()
        con.execute("insert into migrations values (?, ?)", [int(file.name[:3]), file.stem]).fetchall()
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
