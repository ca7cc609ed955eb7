"""Whoever has a phone sees what is held about it, has a copy, and is forgotten; the books close."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.core.announcement import State
from bot.core.document import Document, Kind, ToldDocuments
from bot.core.phone import Phone
from bot.database import reading
from bot.erase import erase_due
from bot.forget_subject import forget_subject
from bot.reconcile import reconcile
from bot.runtime import Runtime
from bot.show_subject import export_subject, show_subject
from bot.store.announcement_tables import announcement, announcement_recipient
from bot.store.counter_tables import audit_entry, dossier_name
from bot.store.document_tables import document
from bot.store.erasures import ask_erasure
from bot.store.notice_tables import attempt, notice, phone_link
from bot.store.privacy_tables import erasure
from bot.store.tables import dossier, dossier_change, inbox, outbox
from tests.bot.announcement_stage import make_stage as announcement_stage
from tests.bot.notice_stage import CODE, Stage, make_stage
from tests.conversation import House, make_house
from tests.killing import killed_at_every_commit
from tests.make import NOW
from tests.meanwhile import meanwhile
from tests.proving import ANOTHER, prove
from tests.zalo_calls import CITIZEN

PHONE = Phone("+84905123456")
PAPERS = ToldDocuments(
    (Document(Kind.PAPER, "Căn cước", "G01", "079090001234", source_ref="paper:1"),), whole=True
)
OTHER = "0912 345 678"
LISTS = (
    "dossiers",
    "notices",
    "phone_state",
    "phone_proofs",
    "phone_links",
    "followed_dossiers",
    "consents",
    "followers",
    "messages",
    "lookups",
    "sms_inbound",
    "talks",
    "complaints",
    "documents",
    "announcements",
    "announcement_lists",
)


@pytest.fixture
def stage(database_url: str) -> Stage:
    """A dossier whose citizen proved the phone and was told its result."""
    stage = make_stage(database_url, NOW)
    papers: Any = {"needed": ("Giấy khai sinh",), "documents": PAPERS}
    stage.feed(4, "Thẩm định", owner_name="Trần Thị Bình", **papers)
    stage.follow()
    stage.feed(9, "Trả kết quả", owner_name="Trần Thị Bình", needed=("Giấy khai sinh",))
    stage.work()
    return stage


@pytest.fixture
def house(database_url: str) -> House:
    """A chat in which the phone of a dossier was proved."""
    house = make_house(database_url, sms_gateway="esms")
    house.feed(phone="0905123456", owner_name="Trần Thị Bình")
    prove(house)
    return house


def rows(runtime: Runtime, table: Any) -> list[dict[str, Any]]:
    with reading(runtime.engine) as connection:
        return [row._asdict() for row in connection.execute(select(table))]


def held(runtime: Runtime) -> dict[str, int]:
    copy = export_subject(runtime, PHONE)
    return {name: len(copy[name]) for name in LISTS if copy[name]}


def test_a_copy_holds_the_dossier_its_notices_and_how_each_went(stage: Stage) -> None:
    copy = json.loads(json.dumps(export_subject(stage.runtime, PHONE)))
    [one] = copy["dossiers"]
    assert (one["code"], one["owner_name"], one["phone"]) == (CODE, "Trần Thị Bình", PHONE.e164)
    assert one["needed"] == ["Giấy khai sinh"]
    assert [change["status"] for change in one["history"]][-1] == 9
    [paper] = copy["documents"]
    assert (paper["code"], paper["type_code"]) == (CODE, "G01")
    assert paper["told"]["owner_identifier"] == "079090001234"
    told = copy["notices"][-1]
    assert (told["event"], told["code"], told["attempts"][0]["rung"]) == ("result", CODE, "chat")
    assert set(LISTS) <= copy.keys()
    assert (copy["schema"], copy["phone"]) == ("subject/1", PHONE.e164)


def test_what_is_shown_masks_names_and_number_and_is_written_down(stage: Stage) -> None:
    shown = json.dumps(show_subject(stage.runtime, PHONE), ensure_ascii=False)
    assert "Trần T*** B***" in shown
    assert "Bình" not in shown
    assert "905123456" not in shown
    assert "079090001234" not in shown
    written = [row for row in rows(stage.runtime, audit_entry) if row["about"] == "subject"]
    assert [row["action"] for row in written] == ["subject.shown"]


def test_a_forgotten_phone_leaves_dossier_and_books_and_nobody_in_them(stage: Stage) -> None:
    before = reconcile(stage.runtime, NOW.date())
    told = forget_subject(stage.runtime, PHONE)
    assert told.anything
    assert held(stage.runtime) == {}
    [one] = rows(stage.runtime, dossier)
    assert (one["code"], one["status"]) == (CODE, 9)
    person = ("phone", "phone_index", "owner_name", "handler", "needed")
    assert {name: one[name] for name in person} == dict.fromkeys(person)
    assert one["phone_line"] == "missing"
    assert rows(stage.runtime, dossier_name) == []
    [paper] = rows(stage.runtime, document)
    assert (paper["type_code"], paper["facts"], paper["number_index"]) == ("G01", None, None)
    mark = stage.index().hex()
    assert not [row for row in rows(stage.runtime, notice) if mark in row["key"] + row["recipient"]]
    assert not {row["recipient"] for row in rows(stage.runtime, attempt)} & {mark, "u1"}
    after = reconcile(stage.runtime, NOW.date())
    assert after.closes
    assert [line.as_dict() for line in after.lines] == [line.as_dict() for line in before.lines]


def test_forgetting_again_finds_nothing_and_harms_nothing(stage: Stage) -> None:
    forget_subject(stage.runtime, PHONE)
    again = forget_subject(stage.runtime, PHONE)
    assert not again.anything
    wishes = rows(stage.runtime, erasure)
    assert {(one["phone_index"], one["user_id"], one["due_at"]) for one in wishes} <= {
        (None, None, None)
    }


def test_the_feed_telling_the_same_again_does_not_bring_the_phone_back(stage: Stage) -> None:
    forget_subject(stage.runtime, PHONE)
    changes = len(rows(stage.runtime, dossier_change))
    moment = rows(stage.runtime, dossier)[0]["changed_at"]
    same: dict[str, Any] = {"owner_name": "Trần Thị Bình", "needed": ("Giấy khai sinh",)}
    stage.feed(9, "Trả kết quả", changed_at=moment, **same)
    assert rows(stage.runtime, dossier)[0]["phone"] is None
    assert len(rows(stage.runtime, dossier_change)) == changes
    stage.clock.move(minutes=5)
    stage.feed(10, "Đã trả")
    assert held(stage.runtime)["dossiers"] == 1, "its owner tells news: the phone is known again"


def test_a_notice_under_way_is_waited_for_and_loses_its_person_afterwards(stage: Stage) -> None:
    with stage.runtime.engine.begin() as connection:
        connection.execute(delete(phone_link))
    stage.clock.move(minutes=5)
    stage.feed(5, "Bổ sung", at_desk=True)
    stage.work()
    assert stage.last().due_at is not None
    told = forget_subject(stage.runtime, PHONE)
    assert told.left["notices"] == 1
    stage.later(hours=5)
    stage.later(hours=73)
    assert stage.last().due_at is None
    erase_due(stage.runtime)
    assert stage.index().hex() not in stage.last().key
    assert rows(stage.runtime, erasure)[0]["phone_index"] is None


def test_a_chat_that_proved_only_this_phone_is_forgotten_whole(house: House) -> None:
    house.say("gặp cán bộ về hồ sơ H56.14-240823-0001")
    house.clock.move(days=1, seconds=1)
    with house.runtime.engine.begin() as connection:
        connection.execute(update(outbox).values(due_at=None, state="delivered"))
        connection.execute(update(notice).values(due_at=None, state="delivered"))
    forget_subject(house.runtime, PHONE)
    assert held(house.runtime) == {}
    said = [one for one in house.owed() if one["text"]]
    assert said == []
    assert {row["recipient"] for row in rows(house.runtime, outbox)} == {""}
    assert {bytes(row["payload"]) for row in rows(house.runtime, inbox)} == {b""}
    [link] = rows(house.runtime, phone_link)
    assert (link["ended_why"], bytes(link["phone"]), bytes(link["phone_index"])) == (
        "forget", b"", b"",
    )  # fmt: skip
    assert "gõ số điện thoại" in house.say("hồ sơ của tôi")


def test_a_chat_with_another_phone_goes_on_with_that(house: House) -> None:
    prove(house, OTHER, CITIZEN, "+84912345678")
    forget_subject(house.runtime, PHONE)
    open_links = [row for row in rows(house.runtime, phone_link) if row["ended_at"] is None]
    assert len(open_links) == 1
    assert [one for one in house.owed() if one["text"]], "its talk is somebody else's too"


def test_another_s_phone_keeps_everything(house: House) -> None:
    house.feed("H56.14-240823-0002", phone=OTHER, owner_name="Lê Văn Cường")
    prove(house, OTHER, ANOTHER, "+84912345678")
    before = export_subject(house.runtime, Phone("+84912345678"))
    forget_subject(house.runtime, PHONE)
    after = export_subject(house.runtime, Phone("+84912345678"))
    assert before == after


def test_each_chat_that_wants_to_be_forgotten_is_forgotten_itself(house: House) -> None:
    house.say("xin chào", ANOTHER)
    house.say("xóa thông tin")
    house.say("xóa thông tin", ANOTHER)
    wishes = rows(house.runtime, erasure)
    assert [one["user_id"] for one in wishes] == [CITIZEN, ANOTHER]
    with house.runtime.engine.begin() as connection:
        connection.execute(update(outbox).values(due_at=None, state="delivered"))
    house.clock.move(hours=2)
    house.say("xin chào")
    assert erase_due(house.runtime) == 2
    kept = [one["text"] for one in house.owed() if one["text"]]
    assert len(kept) == 1, "what was said since"
    assert {row["due_at"] for row in rows(house.runtime, erasure)} == {None}


def test_what_is_asked_for_again_meanwhile_is_done_too(house: House) -> None:
    def closed() -> None:
        with house.runtime.engine.begin() as connection:
            connection.execute(update(outbox).values(due_at=None, state="delivered"))

    def again() -> None:
        house.clock.move(minutes=1)
        house.say("xin chào")
        house.say("xóa thông tin")
        closed()

    house.say("xóa thông tin")
    closed()
    house.clock.move(hours=2)
    with meanwhile(house.runtime.engine, "FROM lookup", again):
        erase_due(house.runtime)
    assert [one["text"] for one in house.owed() if one["text"]]
    erase_due(house.runtime)
    assert not [one["text"] for one in house.owed() if one["text"]]
    assert {row["due_at"] for row in rows(house.runtime, erasure)} == {None}


def test_a_wish_that_comes_late_does_not_take_back_what_was_asked_for_since(
    stage: Stage,
) -> None:
    for moment in (NOW, NOW - timedelta(hours=1)):
        wish = {"how": "withdraw", "user_id": "u1", "asked_at": moment, "due_at": NOW}
        with stage.runtime.engine.begin() as connection:
            assert ask_erasure(connection, wish).asked_at == NOW
    assert [one["asked_at"] for one in rows(stage.runtime, erasure)] == [NOW]


def test_others_write_while_what_names_a_chat_is_looked_for(house: House) -> None:
    house.say("xóa thông tin")
    house.clock.move(hours=2)
    with meanwhile(house.runtime.engine, "FROM outbox", lambda: house.feed("H56.14-240823-0003")):
        erase_due(house.runtime)
    assert len(rows(house.runtime, dossier)) == 2


@pytest.mark.parametrize(("hours", "left"), [(-1, True), (0, False)], ids=["before", "after"])
def test_what_a_chat_was_sent_after_its_wish_still_names_it(
    stage: Stage, hours: int, left: bool
) -> None:
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(due_at=None, state="delivered"))
        asked_at = stage.clock() + timedelta(hours=hours)
        wish = {"how": "chat", "user_id": "u1", "asked_at": asked_at, "due_at": NOW}
        ask_erasure(connection, wish)
    stage.clock.move(hours=2)
    erase_due(stage.runtime)
    assert ("u1" in {row["recipient"] for row in rows(stage.runtime, attempt)}) is left


def test_a_chat_is_not_forgotten_before_what_is_on_its_way_to_it(stage: Stage) -> None:
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(due_at=NOW))
        wish = {"how": "chat", "user_id": "u1", "asked_at": stage.clock(), "due_at": NOW}
        ask_erasure(connection, wish)
    stage.clock.move(hours=2)
    erase_due(stage.runtime)
    assert rows(stage.runtime, erasure)[0]["due_at"] is not None
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(due_at=None))
    stage.clock.move(hours=2)
    erase_due(stage.runtime)
    assert "u1" not in {row["recipient"] for row in rows(stage.runtime, attempt)}
    assert rows(stage.runtime, erasure)[0]["user_id"] is None


def test_announcements_forget_who_was_told_before_the_wish(database_url: str) -> None:
    stage = announcement_stage(database_url)
    stage.follow(2)
    told = stage.released()
    stage.send_all()
    stopped = stage.released(title="Một tin khác")
    stage.send_all()
    with stage.runtime.engine.begin() as connection:  # as if before anybody was told
        of_it = announcement_recipient.c.announcement_id == stopped.id
        waiting = {"state": "waiting", "due_at": NOW, "begun_at": None, "sent_at": None}
        connection.execute(update(announcement_recipient).where(of_it).values(**waiting))
        this = update(announcement).where(announcement.c.id == stopped.id)
        connection.execute(this.values(state=str(State.STOPPED)))
    for hours, left in ((-1, 2), (0, 0)):
        moment = stage.clock() + timedelta(hours=hours)
        wish = {"how": "chat", "user_id": "u00000", "asked_at": moment, "due_at": moment}
        with stage.runtime.engine.begin() as connection:
            ask_erasure(connection, wish)
        erase_due(stage.runtime)
        users = [row.recipient for one in (told, stopped) for row in stage.rows(one)]
        assert (users.count("u00000"), users.count("u00001")) == (left, 2)
    assert {row["due_at"] for row in rows(stage.runtime, erasure)} == {None}


def test_in_the_chat_a_proved_phone_is_told_what_is_kept_and_a_stranger_how_to_prove(
    house: House,
) -> None:
    said = house.say("dữ liệu của tôi")
    assert "090***3456: 1 hồ sơ" in said
    assert "/quyen-rieng-tu" in said
    assert "giấy tờ tùy thân" in said
    assert "905123456" not in said
    stranger = house.say("dữ liệu của tôi", ANOTHER)
    assert "mã xác nhận" in stranger
    assert "090***3456" not in stranger


def test_killed_at_whatever_commit_it_is_gone_on_with(stage: Stage) -> None:
    runtime = stage.runtime
    killed = killed_at_every_commit(runtime.engine, lambda: forget_subject(runtime, PHONE))
    assert killed > 5
    stage.clock.move(hours=2)
    erase_due(runtime)
    assert held(runtime) == {}
    assert {row["due_at"] for row in rows(runtime, erasure)} == {None}
