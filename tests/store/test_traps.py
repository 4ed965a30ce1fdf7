"""What DuckDB 2.0 does unexpectedly, and that our store is not caught by it. One test per trap."""

import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core import store
from core.desk import journal
from core.model import Refusal


@pytest.fixture
def con(tmp_path):
    connection = store.connect(tmp_path / "leads.duckdb")
    yield connection
    connection.close()


def verdict(identity: str, **more: object) -> pl.DataFrame:
    at = dt.datetime(2025, 3, 3)
    row = {"id": identity, "lead": "L1", "criterion": "scale", "verdict": "pass", "happened_at": at, "recorded_at": at}
    return pl.DataFrame([row | more])


def count(con: duckdb.DuckDBPyConnection) -> int:
    with con.cursor() as cursor:
        return cursor.execute("select count(*) from verdicts").fetchall()[0][0]


def test_two_intervals_in_one_statement_stay_apart_on_our_connection(con) -> None:
    with con.cursor() as cursor:
        text = "select s + interval 30 day, s + interval 1 month from (select timestamp '2025-01-31' as s)"
        thirty_days, one_month = cursor.execute(text).fetchall()[0]
    assert (thirty_days, one_month) == (dt.datetime(2025, 3, 2), dt.datetime(2025, 2, 28))


def test_a_failed_statement_never_reaches_a_commit(con) -> None:
    with pytest.raises(duckdb.Error), store.transaction(con) as cursor:
        store.append(cursor, "verdicts", verdict("V1"))
        store.append(cursor, "verdicts", verdict("V2", verdict="perhaps"))
    assert count(con) == 0


def test_an_error_of_ours_rolls_back_what_was_written_before_it(con) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction(con) as cursor:
        store.append(cursor, "verdicts", verdict("V1"))
        _ = 1 / 0
    assert count(con) == 0


def test_threads_that_read_at_once_get_their_own_rows(con, tmp_path) -> None:
    with store.transaction(con) as cursor:
        store.append(cursor, "verdicts", pl.concat([verdict(f"V{n}", criterion=f"c{n}") for n in range(8)]))
    file = tmp_path / "one.sql"
    file.write_text("-- One criterion. One row per verdict.\nselect criterion from verdicts where criterion = $name")
    wrong: list[str] = []

    def look(name: str) -> None:
        for _ in range(40):
            got = store.read(con, file, name=name)["criterion"].to_list()
            if got != [name]:
                wrong.append(f"{name}: {got}")

    threads = [threading.Thread(target=look, args=(f"c{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_read_leaves_no_open_result_behind(con) -> None:
    file = store.HERE / "sql" / "kept_as_of.sql"
    for _ in range(3):
        assert store.read(con, file).is_empty()


def test_a_second_process_is_told_so_in_one_sentence(tmp_path) -> None:
    path = tmp_path / "leads.duckdb"
    first = store.connect(path)
    code = f"from core import store\ntry:\n    store.connect({str(path)!r})\nexcept Exception as e:\n    print(type(e).__name__, e)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=store.HERE.parents[1])
    first.close()
    assert answer.stdout.startswith("Refusal") and "in use by another process" in answer.stdout, answer


def test_the_same_key_twice_is_refused_at_the_statement(con) -> None:
    with store.transaction(con) as cursor:
        store.append(cursor, "verdicts", verdict("V1"))
    with pytest.raises(duckdb.Error), store.transaction(con) as cursor:
        store.append(cursor, "verdicts", verdict("V1"))
    assert count(con) == 1


def test_the_same_key_by_another_connection_is_refused_at_commit_in_plain_words(con) -> None:
    """Writers of this process wait for each other; one beside them still cannot make a key stand twice."""
    beside = con.cursor()
    with pytest.raises(Refusal, match="Someone else changed the same record"), store.transaction(con) as cursor:
        store.append(cursor, "verdicts", verdict("V2"))
        beside.begin()
        store.append(beside, "verdicts", verdict("V2"))
        beside.commit()
    assert count(con) == 1


def test_a_commit_that_does_not_fit_into_memory_is_not_said_to_be_somebody_elses_change(tmp_path: Path) -> None:
    con = store.connect(tmp_path / "leads.duckdb", {"memory_limit": "30MB"})
    con.execute("create table spelled (word varchar)").fetchall()
    con.execute("create index by_word on spelled (word)").fetchall()
    with pytest.raises(Refusal, match="could not be stored"), store.transaction(con) as cursor:
        for first in range(0, 400_000, 100_000):
            cursor.execute("insert into spelled select sha256(n::varchar) from range(?, ?) as t(n)",
                           [first, first + 100_000]).fetchall()
    con.close()


def test_one_writer_at_a_time_so_that_contenders_never_abort_each_other(con) -> None:
    ends: list[str] = []

    def write(number: int) -> None:
        with store.transaction(con) as cursor:
            store.append(cursor, "verdicts", verdict(f"V{number}"))
            ends.append("stored")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == count(con) == 8


def test_leads_without_a_key_do_not_meet_each_other() -> None:
    """All nulls share one partition of a window; our joins are on keys, which null never equals."""
    import json

    from core import results
    from core.terms import catalogue
    from tests.scenarios.expectations import SCENARIOS, document_of

    document = document_of(next(one for one in SCENARIOS if one["id"] == "PT-035"))
    lead = document["leads"][0] | {"contact": None, "org": None}
    document["leads"] = [lead, lead | {"id": "P2", "partner": "B", "submitted_at": "2025-03-03T17:00:00Z"}]
    document["partners"].append(document["partners"][0] | {"id": "B"})
    result = next(iter(results.of_lines([json.dumps(document)], catalogue())))
    assert result["conflicts"] == []
    assert result["leads"]["P2"]["criteria"]["first_submitter"] == "pass"
    assert result["findings"]["P2"]["first_submitter"]["evidence"] == []


def test_migrations_are_applied_once_and_an_unknown_one_is_refused_politely(tmp_path) -> None:
    path = tmp_path / "leads.duckdb"
    store.connect(path).close()
    con = store.connect(path)
    assert store.pending(con) == []
    con.execute("insert into migrations values (999, 'from_the_future')").fetchall()
    con.close()
    with pytest.raises(Refusal, match="newer version"):
        store.connect(path)


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path) -> None:
    path = tmp_path / "leads.duckdb"
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(Refusal, match="cannot be opened"):
        store.connect(path)


def test_a_table_takes_one_trigger_for_the_same_statement_and_not_two() -> None:
    """Why one trigger fills `wide_events` for partners and programs alike; where this fails, it can be two."""
    con = duckdb.connect()
    for statement in (
        "create table told (id varchar primary key, kind varchar)", "create table first (id varchar primary key)",
        "create table second (id varchar primary key)",
        "create trigger one after insert on told referencing new table as fresh for each statement "
        "insert or ignore into first select f.id from fresh as f left join second as s on f.id = s.id",
        "create trigger two after insert on told referencing new table as fresh for each statement "
        "insert or ignore into second select id from fresh where kind = 'b'",
    ):
        con.execute(statement).fetchall()
    with pytest.raises(duckdb.Error):
        con.execute("insert into told select 'x', 'b'").fetchall()


def test_a_planned_statement_sees_the_rows_that_came_after_it_was_planned() -> None:
    """Parts of leads are read by statements planned over the rows of an earlier part, or over none."""
    con = duckdb.connect()
    con.execute("create table told (id varchar, size integer)").fetchall()
    con.execute("prepare large as select max(size) from told where size > 5 and id = 'z'").fetchall()
    assert con.execute("execute large").fetchall() == [(None,)]
    con.execute("insert into told values ('a', 1), ('z', null)").fetchall()
    assert con.execute("execute large").fetchall() == [(None,)]
    con.execute("delete from told").fetchall()
    con.execute("insert into told values ('z', 9)").fetchall()
    assert con.execute("execute large").fetchall() == [(9,)]


def test_rows_that_a_transaction_adds_stand_behind_all_others_also_after_some_went(con) -> None:
    for name in ("a", "b", "c"):
        store.append(con, "verdicts", verdict(name))
    con.execute("delete from verdicts where id in ('b', 'c')").fetchall()
    con.execute("checkpoint").fetchall()
    for name in ("d", "e"):
        with store.transaction(con) as cursor:
            store.append(cursor, "verdicts", verdict(f"{name} first"))
            last = journal.last_row(cursor, "verdicts")
            store.append(cursor, "verdicts", pl.concat([verdict(f"{name} {number}") for number in range(500)]))
            added = cursor.execute("select count(*), min(id) from verdicts where rowid > ?", [last]).fetchall()
        assert added == [(500, f"{name} 0")]


def test_memory_grows_with_what_is_stored_since_indexes_once_looked_up_stay(tmp_path: Path) -> None:
    def limit() -> str:
        return con.execute("select current_setting('memory_limit')").fetchall()[0][0]

    con = store.connect(tmp_path / "leads.duckdb")
    assert limit() == "381.4 MiB"
    con.execute("insert into verdicts (id, lead, criterion, verdict, happened_at, recorded_at) select 'V' || n, 'L', "
                "'interest', 'pass', '2025-01-01', '2025-01-01' from range(200_000) as t(n)").fetchall()
    with store.more_memory(con, 50):
        assert limit() == "448.2 MiB"
    assert limit() == "400.5 MiB"
    con.close()
    con = store.connect(tmp_path / "leads.duckdb")
    assert limit() == "400.5 MiB"
    con.close()
