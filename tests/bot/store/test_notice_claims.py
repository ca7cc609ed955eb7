"""Claiming stays cheap however many notices are due."""

from datetime import timedelta

from sqlalchemy import event

from bot.store.notice_claims import NoticeWish, claim_notices
from tests.make import NOW, make_runtime


def test_sqlite_looks_for_earlier_notices_by_their_dossier(sqlite_url: str) -> None:
    runtime = make_runtime(sqlite_url)
    said: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(runtime.engine, "before_cursor_execute")
    def listen(*told: object) -> None:
        if str(told[2]).startswith("UPDATE notice"):
            said.append((str(told[2]), tuple(told[3])))  # type: ignore[arg-type]

    with runtime.engine.begin() as connection:
        wish = NoticeWish("normal", 128, "one", NOW, NOW + timedelta(seconds=40))
        claim_notices(connection, wish)
        [(statement, values)] = said
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [str(row[3]) for row in plan]
    [earlier] = [step for step in steps if "SEARCH earlier" in step or "SCAN earlier" in step]
    assert "ix_notice_dossier_id_event (dossier_id=?)" in earlier
    assert any("ix_notice_due (lane=?" in step for step in steps)
