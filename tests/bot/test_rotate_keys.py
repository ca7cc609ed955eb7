"""A new key comes into use: afterwards it alone opens every sealed field."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Row,
    Table,
    TypeDecorator,
    insert,
    select,
    update,
)

from bot.database import reading
from bot.index_key import index_key
from bot.rotate_keys import rotate_keys
from bot.runtime import Runtime
from bot.store.announcement_tables import announcement
from bot.store.counter_tables import handover, procedure, staff
from bot.store.notice_tables import phone_link
from bot.store.sealed_columns import HASHES, SEALED
from bot.store.tables import agency, data_key, follower, inbox, outbox
from bot.vault import Unreadable, Vault
from tests.make import FIELD_KEY, NOW, make_runtime

NEW, LOST = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PARENTS = {
    "agency.code": "H32",
    "announcement.id": 1,
    "follower.user_id": "citizen",
    "handover.id": 1,
    "notice.id": 1,
    "procedure.id": 1,
    "staff.id": 1,
}
ROWS = 5


def plain(column: Column[Any], number: int) -> str:
    return f"{column.table.name}.{column.name} {number}"


def value(vault: Vault, column: Column[Any], number: int) -> Any:
    """Something that fits into a column; what is sealed says where it stands."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, LargeBinary):
        is_hash = column.name in HASHES.get(column.table.name, ())
        return b"hash %d" % number if is_hash else vault.seal(plain(column, number))
    for foreign in column.foreign_keys:
        return PARENTS.get(foreign.target_fullname, number)  # else that of a row of its own
    if isinstance(kind, Date):
        return NOW.date()
    if isinstance(kind, DateTime):
        return NOW
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return number
    most = getattr(kind, "length", None) or 0
    return f"{column.name[:5]}-{number}"[-most:]


def make_rows(vault: Vault, table: Table) -> list[dict[str, Any]]:
    """Rows with every sealed field filled; the last with none that may be empty."""
    return [
        {
            column.name: value(vault, column, number)
            for column in table.columns
            if not column.nullable
            or (isinstance(column.type, LargeBinary) and (number < ROWS or table.name == "dossier"))
        }
        for number in range(1, ROWS + 1)
    ]


def least_row(vault: Vault, table: Table) -> dict[str, Any]:
    """A row with nothing in what may be empty."""
    return {one.name: value(vault, one, 1) for one in table.c if not one.nullable}


@pytest.fixture
def runtime(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A province that put a new key in front of the old one; all is sealed with the old."""
    monkeypatch.setattr("bot.rotate_keys.BATCH", 2)
    monkeypatch.setattr("bot.rotate_keys.PAUSE_SECONDS", 0)
    built = make_runtime(database_url)
    with built.engine.begin() as connection:
        name = {"code": "H32", "name": "UBND", "created_at": NOW}
        connection.execute(insert(agency).values(**name))
        connection.execute(insert(follower).values(user_id="citizen", first_seen_at=NOW))
        for parent in (procedure, handover):  # sealed rows stand below these
            connection.execute(insert(parent).values(**least_row(built.vault, parent)))
        for place in SEALED:
            for row in make_rows(built.vault, place.table):
                connection.execute(insert(place.table).values(**row))
            if place.table is staff:  # and these stand below both
                row = least_row(built.vault, announcement)
                connection.execute(insert(announcement).values(**row))
    return replace(built, vault=Vault((NEW, FIELD_KEY)))


def stored(runtime: Runtime, table: Table) -> list[Row[Any]]:
    [key] = table.primary_key.columns
    with reading(runtime.engine) as connection:
        return list(connection.execute(select(table).order_by(key)))


def opened(runtime: Runtime, vault: Vault) -> dict[str, list[str | None]]:
    """Every sealed column, opened."""
    return {
        f"{place.name}.{name}": [
            vault.open_text(sealed) if sealed else None
            for row in stored(runtime, place.table)
            for sealed in (row._mapping[name],)
        ]
        for place in SEALED
        for name in place.columns
    }


def hashes(runtime: Runtime) -> list[Any]:
    return [
        [row._mapping[name] for row in stored(runtime, place.table)]
        for place in SEALED
        for name in HASHES.get(place.name, ())
    ]


def test_the_new_key_alone_opens_everything_afterwards(runtime: Runtime) -> None:
    before, kept = opened(runtime, runtime.vault), hashes(runtime)
    with pytest.raises(Unreadable):
        opened(runtime, Vault((NEW,)))
    rotation = rotate_keys(runtime)
    assert rotation.complete
    assert opened(runtime, Vault((NEW,))) == before
    assert hashes(runtime) == kept
    filled = {name: sum(text is not None for text in texts) for name, texts in before.items()}
    assert rotation.resealed == rotation.newest == filled


def test_a_second_time_there_is_nothing_to_do(runtime: Runtime) -> None:
    first = rotate_keys(runtime)
    before = stored(runtime, inbox)
    second = rotate_keys(runtime)
    assert (second.resealed.total(), second.newest) == (0, first.newest)
    assert stored(runtime, inbox) == before


def test_phones_are_found_under_the_new_key_as_before(database_url: str) -> None:
    built = make_runtime(database_url)
    key = index_key(built)
    assert rotate_keys(replace(built, vault=Vault((NEW, FIELD_KEY)))).complete
    assert index_key(replace(built, vault=Vault((NEW,)))) == key
    assert len(stored(built, data_key)) == 1


def test_a_phone_that_was_erased_at_a_citizen_s_wish_is_no_field_to_open(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(phone_link).values(phone=b"", phone_index=b"", ended_at=NOW))
    rotation = rotate_keys(runtime)
    assert rotation.complete
    assert "phone_link.phone" not in rotation.newest


def test_a_field_that_no_key_opens_is_named_and_stops_nothing(runtime: Runtime) -> None:
    lost = Vault((LOST,)).seal("lost")
    with runtime.engine.begin() as connection:
        connection.execute(outbox.update().where(outbox.c.id == 2).values(body=lost))
    rotation = rotate_keys(runtime)
    assert not rotation.complete
    assert rotation.unreadable == {"outbox.body": 1}
    assert rotation.newest["outbox.body"] == ROWS - 1
    assert stored(runtime, outbox)[1].body == lost


def test_what_a_worker_holds_all_the_time_is_told(postgres_url: str) -> None:
    built = make_runtime(postgres_url)
    index_key(built)
    held = select(data_key.c.name).with_for_update()
    rotating = replace(built, vault=Vault((NEW, FIELD_KEY)))
    with built.engine.begin() as worker:
        worker.execute(held)
        rotation = rotate_keys(rotating)
    assert rotation.older == {"data_key.sealed": 1}
    assert not rotation.complete
    assert rotate_keys(rotating).complete
