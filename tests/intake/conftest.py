"""A database with two partners, and an import into it that checks what holds for every report."""

import json
from pathlib import Path

import pytest

from core import store
from core.intake.imports import import_file
from tests.intake.bringing import NOW, holds_for_every_report


@pytest.fixture
def con():
    con = store.connect()
    with store.transaction(con) as cursor:
        cursor.execute(
            "insert into partners (id, kind, recorded_at, email_class) "
            "values ('P1', 'affiliate', timestamp '2020-01-01', 'missing'), "
            "('P2', 'affiliate', timestamp '2020-01-01', 'missing')"
        ).fetchall()
    return con


@pytest.fixture
def bring(con, tmp_path):
    """Import a text, bytes or a path, and check what holds for every report."""

    def bring(content, program="cerri", kind="leads", partner="P1", name="file.csv", mapping=None, **more):
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        answers = None
        if mapping is not None:
            answers = tmp_path / "mapping.json"
            answers.write_text(mapping if isinstance(mapping, str) else json.dumps(mapping))
        report = import_file(con, path, program, kind, partner, answers, NOW, **more)
        holds_for_every_report(report.to_dict())
        return report

    return bring
