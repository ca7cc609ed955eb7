"""The evening's selection reads the index of what is promised, not every dossier."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from bot.agencies import add_agency
from bot.database import reading
from bot.runtime import Runtime
from bot.store.apologies import advance_run, begin_run, finish_run, promised_ids, run_of
from bot.store.tables import dossier
from tests.make import NOW, make_runtime

TODAY = NOW.date()


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


def make_dossiers(runtime: Runtime, count: int) -> None:
    """So many dossiers in work, one due each hour."""
    add_agency(runtime, "H32", "UBND")
    shared = {
        "agency_code": "H32",
        "procedure_code": "1.003560",
        "procedure_name": "Đăng ký khai sinh",
        "step": "Thẩm định hồ sơ",
        "status": 4,
        "changed_at": NOW,
        "phone_line": "missing",
        "notify_zalo": False,
        "notify_sms": True,
        "notify_post": False,
        "content": b"content",
        "first_seen_at": NOW,
        "updated_at": NOW,
    }
    rows = [
        {**shared, "code": f"H32-{number}", "due_at": NOW + timedelta(hours=number)}
        for number in range(count)
    ]
    with runtime.engine.begin() as connection:
        connection.execute(insert(dossier), rows)
        connection.exec_driver_sql("ANALYZE")


def test_ids_come_from_the_index_of_promised_dossiers(runtime: Runtime) -> None:
    asked: list[tuple[str, Any]] = []
    lite = runtime.engine.dialect.name == "sqlite"
    make_dossiers(runtime, 3_000)
    with reading(runtime.engine) as connection:

        @event.listens_for(connection, "before_cursor_execute")
        def write_down(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
            asked.append((statement, given))

        found = promised_ids(connection, NOW, NOW + timedelta(days=1), 10, 50_000)
        statement, given = asked[0]
        explain = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {statement}", given).all())
    assert list(found) == list(range(11, 25))
    assert "ix_dossier_promised" in plan, plan


def test_an_evenings_run_never_goes_back(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        assert run_of(connection, TODAY) is None
        begin_run(connection, TODAY, NOW)
        advance_run(connection, TODAY, 1_000, 900)
        advance_run(connection, TODAY, 500, 3)
        begin_run(connection, TODAY, NOW + timedelta(minutes=1))
        run = run_of(connection, TODAY)
        assert run is not None
        assert (run.reached_id, run.owed, run.finished_at) == (1_000, 903, None)
        finish_run(connection, TODAY, NOW)
        finish_run(connection, TODAY, NOW + timedelta(hours=1))
        run = run_of(connection, TODAY)
        assert run is not None
        assert run.finished_at == NOW
