"""Tables kept by month: taken over, written by older code, made beforehand, asked by month."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.core.months import Month, month_of
from bot.database import make_engine, reading
from bot.doctor_growth import growth_findings
from bot.keep_months import bring_home, keep_months, parted_tables
from bot.migrate import migrations_of
from bot.runtime import Runtime
from bot.store import attempts, migration_patience
from bot.store.book_events import booked_notices, histories
from bot.store.migration_patience import StillInUse
from bot.store.notice_claims import NoticeWish, claim_notices
from bot.store.notice_tables import attempt, notice
from bot.store.partitions import partitions_of, strays
from tests.make import NOW, HandClock, make_runtime
from tests.rig.child import wait_until
from tests.rig.postgres_copies import make_copy

EVERYTHING = "SELECT request_id, notice_made_at FROM attempt ORDER BY id"


def notice_row(number: int, made_at: datetime) -> dict[str, Any]:
    return {
        "key": f"otp:{number}", "lane": "urgent", "event": "otp", "changed_at": made_at,
        "recipient": "", "agency_code": "", "procedure_code": "", "state": "sent", "late": False,
        "refusals": 0, "created_at": made_at, "expires_at": made_at,
    }  # fmt: skip


def attempt_row(number: int, notice_id: int, made_at: datetime) -> dict[str, Any]:
    return {
        "notice_id": notice_id, "rung": "sms", "recipient": f"{number:016x}", "turn": 1,
        "carrier": "esms", "request_id": f"request-{number}", "text_mark": b"mark",
        "state": "sent", "begun_at": made_at, "notice_made_at": made_at,
    }  # fmt: skip


def as_older_code_writes(connection: Connection, number: int, notice_id: int) -> None:
    """An attempt by a version that knows of no months."""
    connection.execute(
        text(
            "INSERT INTO attempt (notice_id, rung, recipient, turn, carrier, request_id, "
            "text_mark, state, begun_at) VALUES (:notice, 'sms', :to, 1, 'esms', :request, "
            "'mark', 'sent', '2026-11-25 00:00:00')"
        ),
        {"notice": notice_id, "to": f"{number:016x}", "request": f"request-{number}"},
    )


def test_attempts_of_before_are_taken_over_and_older_code_goes_on_writing(
    empty_database_url: str,
) -> None:
    command.upgrade(migrations_of(empty_database_url), "0017")
    engine = make_engine(empty_database_url)
    made = [NOW, NOW + timedelta(days=40)]
    with engine.begin() as connection:
        connection.execute(insert(notice), [notice_row(n, at) for n, at in enumerate(made, 1)])
        as_older_code_writes(connection, 1, 1)
    command.upgrade(migrations_of(empty_database_url), "head")
    with engine.begin() as connection:
        as_older_code_writes(connection, 2, 2)
        told = select(attempt.c.id, attempt.c.request_id, attempt.c.notice_made_at)
        rows = [tuple(row) for row in connection.execute(told.order_by(attempt.c.id))]
    assert [row[1:] for row in rows] == [("request-1", made[0]), ("request-2", made[1])]
    assert rows[0][0] < rows[1][0]
    for wrong in (
        attempt_row(2, 2, made[1]) | {"recipient": "another"},  # a request twice
        attempt_row(3, 2, made[1]) | {"recipient": f"{2:016x}"},  # a turn twice
        attempt_row(3, 2, made[0]),  # a moment that is not its notice's
    ):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(insert(attempt), [wrong])
    engine.dispose()


@pytest.fixture
def before_months(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A PostgreSQL of the version before, its migration patient for a moment."""
    make_copy(postgres_url, "template0")
    command.upgrade(migrations_of(postgres_url), "0016")
    monkeypatch.setattr(migration_patience, "PAUSE_SECONDS", 0.1)
    engine = make_engine(postgres_url)
    yield engine
    engine.dispose()


@contextmanager
def reading_on(engine: Engine, *tables: str) -> Iterator[None]:
    """Somebody who reads these tables and does not come to an end."""
    with engine.connect() as reader:
        for table in tables:
            reader.execute(text(f"SELECT count(*) FROM {table}"))
        yield


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def waits_for(engine: Engine, table: str) -> bool:
    """Whether somebody waits for a lock on this table just now."""
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass(:name)"
    with engine.connect() as connection:
        return bool(connection.scalar(text(asked), {"name": table}))


@pytest.mark.parametrize("table", ["staff", "attempt", "notice"])
def test_nobody_waits_long_behind_a_migration_that_waits(before_months: Engine, table: str) -> None:
    with ThreadPoolExecutor(1) as apart:
        with reading_on(before_months, table):
            done: Future[None] = apart.submit(
                command.upgrade, migrations_of(url_of(before_months)), "head"
            )
            wait_until(lambda: waits_for(before_months, table), "a lock on it is waited for")
            with before_months.begin() as another:
                another.execute(text("SET LOCAL lock_timeout = '3s'"))
                another.execute(text(f"SELECT count(*) FROM {table}"))
            assert not done.done()
        done.result(timeout=30)


def test_a_migration_given_up_leaves_the_version_before_at_work_and_may_run_again(
    before_months: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One notice was made under a clock that ran ahead."""
    ahead = datetime.now(UTC) + timedelta(days=140)
    with before_months.begin() as connection:
        connection.execute(insert(notice), [notice_row(1, ahead)])
        as_older_code_writes(connection, 1, 1)
    monkeypatch.setattr(migration_patience, "PATIENCE_SECONDS", 1)
    with reading_on(before_months, "notice"), pytest.raises(StillInUse, match="notice"):
        command.upgrade(migrations_of(url_of(before_months)), "head")
    with before_months.begin() as connection:
        left = "SELECT conname FROM pg_constraint WHERE conname LIKE 'before_%'"
        assert connection.execute(text(left)).all() == []
        connection.execute(insert(notice), [notice_row(2, ahead + timedelta(days=400))])
        as_older_code_writes(connection, 2, 2)
    command.upgrade(migrations_of(url_of(before_months)), "head")
    runtime = make_runtime(url_of(before_months), HandClock(datetime.now(UTC)))
    assert keep_months(runtime) == [], "they lie within all time before"
    with reading(runtime.engine) as connection:
        assert len(connection.execute(text(EVERYTHING)).all()) == 2
        assert strays(connection, "attempt") == {}


def test_nobody_writes_into_a_table_that_becomes_whole_again(house: Runtime) -> None:
    """What came while the migration back copies would be lost."""
    refused = []

    def write(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("CREATE TABLE") and "_whole AS" in statement:
            with house.engine.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
                with pytest.raises(OperationalError):
                    connection.execute(text("LOCK TABLE attempt IN ROW EXCLUSIVE MODE"))
            refused.append(statement)

    event.listen(Engine, "before_cursor_execute", write)
    try:
        command.downgrade(migrations_of(url_of(house.engine)), "0017")
    finally:
        event.remove(Engine, "before_cursor_execute", write)
    assert len(refused) == 2


@pytest.fixture
def house(postgres_url: str) -> Runtime:
    return make_runtime(postgres_url, HandClock(datetime.now(UTC)))


def hand_over(runtime: Runtime, number: int, made_at: datetime) -> None:
    with runtime.engine.begin() as connection:
        owed = insert(notice).values(notice_row(number, made_at)).returning(notice.c.id)
        row = attempt_row(number, connection.execute(owed).scalar_one(), made_at)
        connection.execute(insert(attempt), [row])


def test_months_are_made_beforehand_also_after_a_long_pause(house: Runtime) -> None:
    present = month_of(house.now())
    assert keep_months(house) == []
    assert {one.ahead for one in parted_tables(house)} == {3}
    house.clock.moment = present.later(6).since + timedelta(days=3)  # type: ignore[attr-defined]
    assert {one.ahead for one in parted_tables(house)} == {-1}
    assert "warn" in {one.level for one in growth_findings(house) if "months" in one.what}
    months = [present.later(number) for number in range(4, 10)]
    assert keep_months(house) == [
        f"{table} {month}" for table in ("attempt", "dossier_change") for month in months
    ]
    assert keep_months(house) == []
    with reading(house.engine) as connection:
        parts = partitions_of(connection, "attempt")
    assert all(one.until == two.since for one, two in pairwise(parts))


def test_rows_without_a_month_are_brought_home(house: Runtime) -> None:
    month = month_of(house.now()).later(8)
    for number in range(3):
        hand_over(house, number, month.since + timedelta(hours=number))
    with reading(house.engine) as connection:
        assert strays(connection, "attempt") == {month: 3}
    [told] = [one for one in growth_findings(house) if one.what == "months.attempt"]
    assert told.level == "warn"
    assert told.do.endswith("python -m bot months --make")
    assert bring_home(house) == [f"attempt {month}"]
    with reading(house.engine) as connection:
        assert strays(connection, "attempt") == {}
        name = f"attempt_{month.year}_{month.month:02d}"
        assert connection.scalar(text(f"SELECT count(*) FROM {name}")) == 3
        assert len(connection.execute(text(EVERYTHING)).all()) == 3


def plans(runtime: Runtime, ask: Callable[[Connection], object]) -> list[str]:
    """How the database would answer each statement of `ask`, were every table large."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        asked.append((statement, values[0] if many else values))

    with runtime.engine.connect() as connection, connection.begin() as begun:
        event.listen(connection, "before_cursor_execute", note)
        ask(connection)
        event.remove(connection, "before_cursor_execute", note)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        found = [
            "\n".join(connection.exec_driver_sql(f"EXPLAIN {one}", values).scalars())
            for one, values in asked
        ]
        begun.rollback()
    return found


RECORD = {
    "request": "request-1", "to_state": "sent", "named": "id", "their_code": "0",
    "their_words": "", "cost": 0, "in_parts": 1, "at": NOW, "arrived_at": None,
}  # fmt: skip
SPAN = (NOW, NOW + timedelta(days=1))


def test_no_question_reads_every_month_from_end_to_end(house: Runtime) -> None:
    asked: list[Callable[[Connection], object]] = [
        lambda db: attempts.past_attempts(db, [1, 2]),
        lambda db: attempts.settled_attempts(db, [1, 2]),
        lambda db: attempts.said_before(db, ["a", "b"], [b"mark"], NOW),
        lambda db: attempts.attempts_named(db, ["esms"], ["name", "other"]),
        lambda db: attempts.report_attempt(db, 7, {"state": "sent"}),
        lambda db: attempts.forget_unbegun(db, ["request-1"]),
        lambda db: claim_notices(db, NoticeWish("normal", 9, "me", NOW, NOW)),
        lambda db: histories(db, *SPAN, {"H32"}),
        lambda db: booked_notices(db, *SPAN, {"H32"}),
    ]
    for plan in (plan for ask in asked for plan in plans(house, ask)):
        for table in ("attempt", "dossier_change", "notice"):
            assert f"Seq Scan on {table}" not in plan, plan


def test_an_answer_is_recorded_in_the_month_of_its_notice_alone(house: Runtime) -> None:
    later = Month(2099, 1).since
    made = month_of(house.now()).later(2).since
    for at, part in ((made, f"attempt_{made:%Y_%m}"), (later, "attempt_rest")):
        row = {**RECORD, "made_at": at}
        [plan] = plans(house, partial(attempts.record_attempts, rows=[row]))
        assert plan.count("Index Scan") == 1, plan
        assert f"{part}_" in plan or f"{part} " in plan, plan
