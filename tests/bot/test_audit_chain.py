"""The audit trail: written by many at once, linked by one, and whatever was done to it is named."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from bot.core.audit_chain import Broken, Head, read_head
from bot.core.staff import Deed
from bot.runtime import Runtime
from bot.seal_audit import drop_old_entries, seal_audit, sealed_head
from bot.store.audit import write_deed
from bot.store.audit_chain import unguarded_tables
from bot.store.audit_tables import audit_checkpoint, audit_link, audit_seal
from bot.store.counter_tables import audit_entry
from bot.verify_audit import Verified, check_audit, check_audit_if_due, verify_audit
from tests.make import NOW, HandClock, make_runtime

TABLES = ("audit_entry", "audit_link", "audit_seal", "audit_checkpoint")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def runtime(database_url: str, clock: HandClock) -> Runtime:
    return make_runtime(database_url, clock)


def write(runtime: Runtime, count: int = 1, key: str = "H56.14-261125-0001") -> None:
    for number in range(count):
        deed = Deed("intake.saved", "H56.14", "dossier", key, {"was": "số cũ", "lines": number})
        with runtime.engine.begin() as connection:
            write_deed(connection, None, runtime.now(), deed, "10.1.2.3")


def tamper(runtime: Runtime, *statements: Any) -> None:
    """What one with the run of the database does: switch the guards off, change, switch them on."""
    with runtime.engine.begin() as connection:
        guards: dict[str, str] = {}
        if connection.dialect.name == "sqlite":
            found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = {name: words for name, words in connection.execute(found).all()}
            for name in guards:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(statement)
        for words in guards.values():
            connection.execute(text(words))
        if not guards:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


def first(found: Verified) -> tuple[Broken, int | None, int | None]:
    assert found.faults, "the trail is said to be whole"
    return found.faults[0].what, found.faults[0].place, found.faults[0].entry_id


def ids(runtime: Runtime) -> list[int]:
    with runtime.engine.connect() as connection:
        return list(connection.scalars(select(audit_link.c.entry_id).order_by(audit_link.c.place)))


def test_eight_writers_at_once_lose_nothing_and_wait_for_no_sealer(runtime: Runtime) -> None:
    with ThreadPoolExecutor(10) as pool:
        writers = [pool.submit(write, runtime, 25, f"of-{number}") for number in range(8)]
        sealers = [pool.submit(seal_audit, runtime) for _ in range(6)]
        for writer in writers:
            writer.result()
        for sealer in sealers:
            sealer.result()
    seal_audit(runtime)
    found = verify_audit(runtime)
    assert (found.faults, found.entries, found.waiting) == ((), 200, 0)
    assert len(set(ids(runtime))) == 200


def test_what_is_not_linked_yet_is_counted_and_no_fault(runtime: Runtime) -> None:
    assert verify_audit(runtime).faults == ()
    write(runtime, 3)
    assert (verify_audit(runtime).waiting, verify_audit(runtime).entries) == (3, 0)
    assert seal_audit(runtime) == 3
    assert seal_audit(runtime) == 0
    assert (verify_audit(runtime).waiting, verify_audit(runtime).entries) == (0, 3)


def test_an_entry_that_commits_after_later_ones_is_linked_all_the_same(postgres_url: str) -> None:
    runtime = make_runtime(postgres_url)
    with runtime.engine.begin() as slow:
        write_deed(slow, None, NOW, Deed("login.ok"))
        write(runtime, 5)
        assert seal_audit(runtime) == 5
    assert seal_audit(runtime) == 1
    assert verify_audit(runtime).faults == ()


@pytest.mark.parametrize("table", [audit_entry, audit_link, audit_seal], ids=str)
def test_the_database_lets_nobody_change_or_drop_what_was_written(
    runtime: Runtime, table: Any
) -> None:
    write(runtime, 3)
    seal_audit(runtime)
    column = next(iter(table.primary_key.columns))
    for statement in (update(table).values({column: column + 100}), delete(table)):
        with pytest.raises(DatabaseError, match="append-only"), runtime.engine.begin() as one:
            one.execute(statement)
    with runtime.engine.begin() as connection:
        assert unguarded_tables(connection) == []
        if connection.dialect.name == "postgresql":
            with pytest.raises(DatabaseError, match="append-only"), connection.begin_nested():
                connection.execute(text("TRUNCATE audit_entry"))


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOW - timedelta(days=1)},
        {"login": "khac"},
        {"address": "10.9.9.9"},
        {"action": "login.ok"},
        {"agency_code": None},
        {"about_key": "H56.14-261125-0002"},
        {"detail": '{"lines": 7}'},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_changed_entry_is_named(runtime: Runtime, change: dict[str, Any]) -> None:
    write(runtime, 5)
    seal_audit(runtime)
    target = ids(runtime)[2]
    tamper(runtime, update(audit_entry).where(audit_entry.c.id == target).values(change))
    found = verify_audit(runtime)
    assert first(found) == (Broken.CHANGED, 3, target)
    assert len(found.faults) == 1


def test_removed_and_cut_off_entries_are_told_apart(runtime: Runtime) -> None:
    write(runtime, 9)
    seal_audit(runtime)
    known = ids(runtime)
    tamper(runtime, delete(audit_entry).where(audit_entry.c.id.in_(known[3:5])))
    found = verify_audit(runtime)
    assert first(found) == (Broken.REMOVED, 4, known[3])
    assert "(2)" in str(found.faults[0])
    tamper(runtime, delete(audit_entry).where(audit_entry.c.id.in_(known[7:])))
    assert [one.what for one in verify_audit(runtime).faults] == [
        Broken.REMOVED,
        Broken.TRUNCATED,
    ]


def test_links_removed_together_with_their_entries_are_missed(runtime: Runtime) -> None:
    write(runtime, 9)
    seal_audit(runtime)
    gone = ids(runtime)[3:5]
    links = delete(audit_link).where(audit_link.c.entry_id.in_(gone))
    tamper(runtime, delete(audit_entry).where(audit_entry.c.id.in_(gone)), links)
    assert first(verify_audit(runtime)) == (Broken.REMOVED, 4, None)
    tamper(runtime, delete(audit_link).where(audit_link.c.place > 7))
    assert Broken.TRUNCATED in {one.what for one in verify_audit(runtime).faults}


def test_a_chain_cut_off_with_its_seals_is_known_by_a_head_that_was_kept(
    runtime: Runtime, clock: HandClock
) -> None:
    write(runtime, 4)
    seal_audit(runtime)
    clock.move(minutes=1)
    write(runtime, 2)
    kept = sealed_head(runtime)
    last = ids(runtime)[-2:]
    tamper(
        runtime,
        delete(audit_entry).where(audit_entry.c.id.in_(last)),
        delete(audit_link).where(audit_link.c.place > 4),
        delete(audit_seal).where(audit_seal.c.place > 4),
    )
    assert verify_audit(runtime).faults == ()
    assert first(verify_audit(runtime, kept)) == (Broken.TRUNCATED, 5, None)
    write(runtime, 2, "other")
    seal_audit(runtime)
    assert first(verify_audit(runtime, kept))[:2] == (Broken.CHANGED, 6)
    assert read_head(str(kept)) == kept


def test_the_last_verification_remembers_how_far_the_chain_went(runtime: Runtime) -> None:
    write(runtime, 4)
    seal_audit(runtime)
    assert check_audit(runtime).faults == ()
    tamper(runtime, delete(audit_entry), delete(audit_link), delete(audit_seal))
    assert first(verify_audit(runtime)) == (Broken.TRUNCATED, 1, None)


def test_an_entry_put_in_behind_is_strange_and_never_linked(
    runtime: Runtime, clock: HandClock
) -> None:
    write(runtime, 3)
    seal_audit(runtime)
    target = ids(runtime)[1]
    tamper(
        runtime,
        update(audit_entry).where(audit_entry.c.id == ids(runtime)[2]).values(id=target + 50),
        update(audit_link).where(audit_link.c.place == 3).values(entry_id=target + 50),
    )
    clock.move(minutes=11)
    values = {"id": target + 20, "at": NOW, "login": "khac", "address": "", "action": "login.ok"}
    with runtime.engine.begin() as connection:
        connection.execute(insert(audit_entry).values(values))
        connection.execute(text("SELECT 1"))
    tamper(runtime, update(audit_seal).values(top_id=target + 50))
    faults = verify_audit(runtime).faults
    assert (Broken.INSERTED, target + 20) in {(one.what, one.entry_id) for one in faults}
    assert seal_audit(runtime) == 0


def test_a_seal_of_another_and_guards_that_are_off_are_faults(runtime: Runtime) -> None:
    write(runtime, 2)
    seal_audit(runtime)
    tamper(runtime, update(audit_seal).values(top_id=10_000))
    assert first(verify_audit(runtime))[0] is Broken.FORGED
    with runtime.engine.begin() as connection:
        where = "" if connection.dialect.name == "sqlite" else " ON audit_entry"
        connection.execute(text(f"DROP TRIGGER audit_entry_no_delete{where}"))
    assert Broken.UNGUARDED in {one.what for one in verify_audit(runtime).faults}


def test_after_a_year_old_entries_go_behind_a_checkpoint_and_the_rest_still_holds(
    runtime: Runtime, clock: HandClock
) -> None:
    write(runtime, 4)
    seal_audit(runtime)
    assert drop_old_entries(runtime) == 0
    clock.move(days=200)
    write(runtime, 3)
    kept = sealed_head(runtime)
    clock.move(days=167)
    assert drop_old_entries(runtime, dry_run=True) == 4
    assert drop_old_entries(runtime) == 4
    found = verify_audit(runtime, kept)
    assert (found.faults, found.entries) == ((), 3)
    with runtime.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(audit_entry)) == 3
    write(runtime, 1)
    assert seal_audit(runtime) == 1
    clock.move(days=400)
    assert drop_old_entries(runtime) == 3  # the newest one stays
    assert verify_audit(runtime).faults == ()
    write(runtime, 2)
    assert sealed_head(runtime).place == 10
    assert verify_audit(runtime).faults == ()


def test_a_checkpoint_of_another_is_a_fault(runtime: Runtime) -> None:
    write(runtime, 4)
    seal_audit(runtime)
    with runtime.engine.begin() as connection:
        link = connection.execute(select(audit_link).where(audit_link.c.place == 2)).one()
        values = {"place": 2, "digest": link.digest, "last_at": NOW, "made_at": NOW, "mark": b"x"}
        connection.execute(insert(audit_checkpoint).values(values))
    assert {one.what for one in verify_audit(runtime).faults} == {Broken.FORGED, Broken.REMOVED}


def test_it_is_verified_at_night_and_by_day_only_when_overdue(
    runtime: Runtime, clock: HandClock
) -> None:
    assert check_audit_if_due(runtime)  # never before
    clock.move(hours=21)  # six in the morning
    assert not check_audit_if_due(runtime)
    clock.move(hours=20)  # two at night
    assert check_audit_if_due(runtime)
    clock.move(minutes=30)
    assert not check_audit_if_due(runtime)
    clock.move(hours=48)
    assert check_audit_if_due(runtime)


@pytest.mark.parametrize("typed", ["", "5", "5:", "x:" + "0" * 64, "5:" + "z" * 64])
def test_a_head_that_is_none_is_not_read(typed: str) -> None:
    assert read_head(typed) is None


def test_a_head_is_printed_so_that_it_can_be_read() -> None:
    head = Head(12, bytes(range(32)))
    assert read_head(f" {head}\n") == head
    assert json.dumps(str(head)).startswith('"12:0001')
