"""What is past its keeping time goes; what is open, and what the books need, stays."""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, select, update

from bot.core.announcement import State
from bot.core.document import Document, Kind, ToldDocuments
from bot.core.phone import Phone
from bot.database import reading
from bot.purge import purge, purge_if_due
from bot.reconcile import reconcile
from bot.retention import load_retention
from bot.runtime import Runtime
from bot.show_subject import export_subject
from bot.store.announcement_tables import announcement, announcement_recipient
from bot.store.counter_tables import audit_entry, dossier_name
from bot.store.document_tables import document
from bot.store.inbox import parked_events
from bot.store.notice_tables import attempt, consent, dossier_follow, notice, phone_link
from bot.store.privacy_tables import purge_line, purge_run
from bot.store.purges import PURGES
from bot.store.tables import dossier, inbox, metadata, outbox
from tests.bot.announcement_stage import make_stage as announcement_stage
from tests.bot.notice_stage import Stage, make_stage
from tests.conversation import CODE as FED
from tests.conversation import make_house
from tests.killing import killed_at_every_commit
from tests.make import NOW, fresh_schema
from tests.meanwhile import meanwhile
from tests.proving import prove
from tests.slips import slip_link
from tests.zalo_calls import text_event

RETENTION = load_retention()


@pytest.fixture
def stage(database_url: str) -> Stage:
    """Two dossiers, one handed out and one still worked on; both citizens were told."""
    stage = make_stage(database_url, NOW)
    stage.follow()
    stage.feed(9, "Trả kết quả", owner_name="Trần Thị Bình")
    stage.work()
    stage.clock.move(minutes=1)
    told: Any = {"documents": ToldDocuments((Document(Kind.PAPER, "Căn cước"),), whole=True)}
    stage.feed(10, "Đã trả", owner_name="Trần Thị Bình", **told)
    other = "000.00.17.H32-261122-0002"
    stage.feed(2, "Tiếp nhận", code=other, owner_name="Lê Văn Cường", **told)
    stage.later(hours=1)
    return stage


def rows(runtime: Runtime, table: Any) -> list[dict[str, Any]]:
    with reading(runtime.engine) as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [row._asdict() for row in found]


def purged(lines: list[Any]) -> dict[str, int]:
    return {line.rule: line.purged for line in lines if line.purged}


def test_every_table_is_purged_by_a_rule_or_kept_for_a_reason(sqlite_url: str) -> None:
    fresh_schema(sqlite_url)
    engine = create_engine(sqlite_url)
    tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    ruled = {rule.table for rule in RETENTION.rules.values() if rule.table}
    assert ruled | set(RETENTION.kept) == tables
    assert not ruled & set(RETENTION.kept)
    assert all(RETENTION.kept.values())


def test_every_rule_has_its_rows_and_names_columns_that_are_there() -> None:
    rules = {name: rule for name, rule in RETENTION.rules.items() if rule.table}
    assert set(PURGES) == set(rules)
    for name, rule in rules.items():
        assert PURGES[name].table.name == rule.table
        assert set(rule.columns) <= set(metadata.tables[rule.table].c.keys())
        if PURGES[name].by == "sql":
            assert set(PURGES[name].values) == set(rule.columns), name


def test_a_year_after_its_end_a_dossier_has_lost_its_person_and_an_open_one_not(
    stage: Stage,
) -> None:
    stage.clock.move(days=366)
    done = purged(purge(stage.runtime))
    assert done["dossier_person"] == 1
    over, still_open = rows(stage.runtime, dossier)
    assert (over["phone"], over["owner_name"], over["status"]) == (None, None, 10)
    assert (over["phone_line"], still_open["phone_line"]) == ("missing", "mobile")
    assert [row["facts"] is None for row in rows(stage.runtime, document)] == [True, False]
    assert still_open["phone"]
    assert still_open["owner_name"]
    assert {row["dossier_id"] for row in rows(stage.runtime, dossier_name)} == {still_open["id"]}


def test_the_books_close_alike_before_and_after(stage: Stage) -> None:
    before = [line.as_dict() for line in reconcile(stage.runtime, NOW.date()).lines]
    stage.clock.move(days=5 * 366)
    purge(stage.runtime)
    after = reconcile(stage.runtime, NOW.date())
    assert after.closes
    assert [line.as_dict() for line in after.lines] == before
    mark = stage.index().hex()
    told = [row["key"] + row["recipient"] for row in rows(stage.runtime, notice)]
    assert not [one for one in told if mark in one]
    assert mark not in {row["recipient"] for row in rows(stage.runtime, attempt)}


def test_after_years_a_chat_is_gone_and_its_consent_in_force_is_not(database_url: str) -> None:
    house = make_house(database_url, sms_gateway="esms")
    house.feed(phone="0905123456")
    prove(house)
    with house.runtime.engine.begin() as connection:
        connection.execute(update(outbox).values(due_at=None, state="delivered"))
        connection.execute(update(notice).values(due_at=None, closed_at=NOW, state="delivered"))
    house.clock.move(days=6 * 366)
    purge(house.runtime)
    assert rows(house.runtime, outbox) == []
    assert {bytes(row["payload"]) for row in rows(house.runtime, inbox)} == {b""}
    [link] = rows(house.runtime, phone_link)
    assert link["phone"]
    copy = export_subject(house.runtime, Phone("+84905123456"))
    assert len(copy["consents"]) == 1
    assert copy["lookups"] == copy["phone_proofs"] == []


def test_what_was_emptied_is_not_heard_again_and_takes_no_reply_s_place(
    database_url: str,
) -> None:
    house = make_house(database_url)
    event = text_event("xin chào", msg_id="once")
    house.hear(event)
    with house.runtime.engine.begin() as connection:
        connection.execute(update(inbox).values(fault="broke"))
        connection.execute(update(outbox).values(due_at=None, state="delivered"))
    house.clock.move(days=31)
    assert purged(purge(house.runtime))["event"] == 1
    [kept] = rows(house.runtime, inbox)
    assert (bytes(kept["payload"]), kept["event_key"]) == (b"", "user_send_text:once")
    with reading(house.runtime.engine) as connection:
        assert parked_events(connection) == []
    assert house.hear(event) == [], "carriers repeat, however late"
    assert len(house.hear(text_event("xin chào", msg_id="another"))) == 1
    assert "event" not in purged(purge(house.runtime))


def test_a_number_by_which_others_are_named_is_not_given_out_again(database_url: str) -> None:
    house = make_house(database_url)
    house.feed()
    for _ in range(2):
        house.say(slip_link(FED))
        house.say("thôi theo dõi")
        house.clock.move(days=731)
        purge(house.runtime)
    assert [row["id"] for row in rows(house.runtime, dossier_follow)] == [2]
    given = [row["link_id"] for row in rows(house.runtime, consent) if row["given"]]
    assert given == [1, 2]


def test_a_dossier_opened_again_while_the_purge_looks_keeps_its_person(stage: Stage) -> None:
    stage.clock.move(days=366)
    said = "ORDER BY dossier.id"

    def again() -> None:
        stage.feed(5, "Bổ sung", owner_name="Trần Thị Bình")

    with meanwhile(stage.runtime.engine, said, again):
        assert "dossier_person" not in purged(purge(stage.runtime))
    assert {row["status"] for row in rows(stage.runtime, dossier) if row["phone"]} == {5, 2}


def test_a_year_after_an_announcement_nobody_is_told_to_have_had_it(database_url: str) -> None:
    stage = announcement_stage(database_url)
    users = set(stage.follow(3))
    told, stopped = stage.released(), stage.released(title="Một tin khác")
    stage.send_all()
    with stage.runtime.engine.begin() as connection:  # as if before anybody was told
        of_it = announcement_recipient.c.announcement_id == stopped.id
        waiting = {"state": "waiting", "due_at": NOW, "sent_at": None}
        connection.execute(update(announcement_recipient).where(of_it).values(**waiting))
        this = update(announcement).where(announcement.c.id == stopped.id)
        connection.execute(this.values(state=str(State.STOPPED), finished_at=stage.clock()))
    assert {row.recipient for one in (told, stopped) for row in stage.rows(one)} == users
    stage.clock.move(days=366)
    assert purged(purge(stage.runtime))["told_person"] == 6
    assert not {row.recipient for one in (told, stopped) for row in stage.rows(one)} & users


def test_a_dry_run_counts_what_the_real_one_then_does(stage: Stage) -> None:
    stage.clock.move(days=3 * 366)
    before = rows(stage.runtime, dossier), rows(stage.runtime, notice)
    counted = {line.rule: line.counted for line in purge(stage.runtime, dry_run=True)}
    assert (rows(stage.runtime, dossier), rows(stage.runtime, notice)) == before
    real = purge(stage.runtime)
    assert {line.rule: line.counted for line in real} == counted
    assert {line.rule: line.purged for line in real} == counted
    assert len(counted) == len(RETENTION.rules)


def test_a_purge_is_written_down_and_says_what_is_left(stage: Stage) -> None:
    stage.clock.move(days=366)
    lines = {line.rule: line for line in purge(stage.runtime)}
    assert lines["notice_person"].oldest_left is not None
    assert lines["notice_person"].oldest_left > NOW
    [run] = rows(stage.runtime, purge_run)
    assert run["finished_at"] == stage.clock()
    assert len(rows(stage.runtime, purge_line)) == len(RETENTION.rules)
    deeds = [row["action"] for row in rows(stage.runtime, audit_entry)]
    assert deeds.count("purge.done") == 1


def test_killed_at_whatever_commit_the_next_purge_ends_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.purge.ROWS", 1)  # as if there were a thousand times more
    stage.clock.move(days=3 * 366)
    engine = stage.runtime.engine
    # Each purge counts all it would do and takes a second: one commit in three, in seven.
    step, least = (3, 9) if engine.dialect.name == "sqlite" else (7, 4)
    assert killed_at_every_commit(engine, lambda: purge(stage.runtime), step) > least
    assert not any(line.counted for line in purge(stage.runtime))
    assert reconcile(stage.runtime, NOW.date()).closes


def test_the_night_purges_once_in_quiet_hours_a_slice_at_a_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.purge.SLICE_SECONDS", 0.0)
    monkeypatch.setattr("bot.purge.ROWS", 1)
    stage.clock.move(days=3 * 366)
    assert not purge_if_due(stage.runtime), "it is ten in the morning"
    stage.clock.move(hours=17)  # three at night
    slices = 0
    while purge_if_due(stage.runtime):
        slices += 1
        stage.clock.move(seconds=30)
    assert slices > 2
    assert len(rows(stage.runtime, purge_run)) == 1
    assert not purge_if_due(stage.runtime)
    stage.clock.move(days=1)
    assert purge_if_due(stage.runtime)


def test_old_journals_of_dead_processes_go(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url, NOW)
    folder = stage.runtime.settings.var_dir / "sending"
    folder.mkdir(exist_ok=True)
    old, new = folder / "dead", folder / "alive"
    for journal in (old, new):
        journal.write_text("request\n")
    past = time.time() - timedelta(days=3).total_seconds()
    os.utime(old, (past, past))
    assert purged(purge(stage.runtime))["journal"] == 1
    assert (old.exists(), new.exists()) == (False, True)
    new.unlink()
