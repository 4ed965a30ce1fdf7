"""What the tests of imports share: exports, reports that must add up, and reads of what was stored."""

import csv
import datetime as dt
import json
import shutil
from pathlib import Path

EXPORTS = Path(__file__).parent / "exports"
NOW = dt.datetime.fromisoformat("2025-01-02T10:00:00")
DAY = dt.datetime.fromisoformat
HEADER = "name,email,company,created\n"
LEADS_WITH_CONTACTS = "leads join contacts on leads.contact = contacts.id"
TABLES = ("organizations", "organization_products", "contacts", "leads", "events", "imports", "import_rows",
          "history_coverage")


def holds_for_every_report(report):
    assert list(report) == ["sha256", "rows_read", "accepted", "refused", "mapping", "needs", "kind", "import",
                            "read_as", "covers", "notes"]
    assert (report["import"] is not None) == (report["accepted"] > 0)
    assert report["accepted"] + len(report["refused"]) == report["rows_read"]
    assert len({refusal["row"] for refusal in report["refused"]}) == len(report["refused"])
    assert all(list(refusal) == ["row", "column", "reason"] and refusal["reason"] for refusal in report["refused"])
    json.dumps(report)


def export(tmp_path, name):
    path = tmp_path / Path(name).name
    shutil.copyfile(EXPORTS / name, path)
    return path


def cells_of(name):
    with open(EXPORTS / name, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def accounts_of(activities):
    ids = {row["account_id"] for row in activities} - {""}
    return "id,name,created_date\n" + "".join(f"{id},Org {id},2019-01-01\n" for id in ids)


def rows(con, statement, *values):
    with con.cursor() as cursor:
        return cursor.execute(statement, list(values)).fetchall()


def counts(con):
    return {table: rows(con, f"select count(*) from {table}")[0][0] for table in TABLES}


def reasons(report):
    return {refusal["row"]: refusal["reason"] for refusal in report.refused}
