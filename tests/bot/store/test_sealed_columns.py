"""Every column of bytes is known as sealed or as a hash; sealing anew never loses a newer value."""

import pkgutil
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import LargeBinary, insert, select

from bot import store
from bot.database import reading
from bot.runtime import Runtime
from bot.store.sealed_columns import (
    HASHES,
    SEALED,
    Resealed,
    SealedTable,
    free_rows,
    replace_sealed,
    sealed_rows,
)
from bot.store.tables import inbox, metadata
from tests.make import NOW, make_runtime

[INBOX] = [one for one in SEALED if one.name == "inbox"]


def names(columns: dict[str, tuple[str, ...]]) -> list[str]:
    return sorted(f"{table}.{name}" for table, held in columns.items() for name in held)


def test_every_column_of_bytes_is_either_sealed_or_a_hash() -> None:
    for module in pkgutil.iter_modules(store.__path__):
        if module.name.endswith("_tables"):
            import_module(f"bot.store.{module.name}")
    held = {
        table.name: tuple(c.name for c in table.columns if isinstance(c.type, LargeBinary))
        for table in metadata.tables.values()
    }
    sealed = {one.name: one.columns for one in SEALED}
    assert names(held) == sorted([*names(sealed), *names(dict(HASHES))])


@pytest.mark.parametrize("place", SEALED, ids=lambda place: place.name)
def test_rows_are_told_apart_by_one_column(place: SealedTable) -> None:
    assert len(place.table.primary_key.columns) == 1


def make_inbox(runtime: Runtime, count: int) -> None:
    rows = [
        {
            "carrier": "zalo",
            "event_key": f"event-{number}",
            "event_name": "user_send_text",
            "own": True,
            "event_at": NOW - timedelta(minutes=number),
            "arrived_at": NOW,
            "payload": b"old %d" % number,
        }
        for number in range(count)
    ]
    with runtime.engine.begin() as connection:
        connection.execute(insert(inbox), rows)


def test_rows_come_in_order_and_each_once(database_url: str) -> None:
    runtime = make_runtime(database_url)
    make_inbox(runtime, 5)
    with reading(runtime.engine) as connection:
        first = sealed_rows(connection, INBOX, None, 3)
        rest = sealed_rows(connection, INBOX, first[-1].key, 3)
    assert [one.fields for one in [*first, *rest]] == [(b"old %d" % n,) for n in range(5)]


def test_a_value_that_was_changed_meanwhile_stays(database_url: str) -> None:
    runtime = make_runtime(database_url)
    make_inbox(runtime, 2)
    with reading(runtime.engine) as connection:
        first, second = sealed_rows(connection, INBOX, None, 2)
    anew = [Resealed(one.key, "payload", one.fields[0] or b"", b"anew") for one in (first, second)]
    changed = inbox.update().where(inbox.c.id == first.key).values(payload=b"newer")
    with runtime.engine.begin() as connection:
        connection.execute(changed)
    with runtime.engine.begin() as connection:
        replace_sealed(connection, INBOX, anew)
    with reading(runtime.engine) as connection:
        payloads = list(connection.scalars(select(inbox.c.payload).order_by(inbox.c.id)))
    assert payloads == [b"newer", b"anew"]


def test_a_row_that_a_worker_holds_is_passed_over(postgres_url: str) -> None:
    runtime = make_runtime(postgres_url)
    make_inbox(runtime, 2)
    held = select(inbox.c.id).where(inbox.c.event_key == "event-0").with_for_update()
    with runtime.engine.begin() as worker, runtime.engine.begin() as connection:
        key = worker.scalar(held)
        keys = [one.key for one in sealed_rows(connection, INBOX, None, 9)]
        assert free_rows(connection, INBOX, keys) == set(keys) - {key}
