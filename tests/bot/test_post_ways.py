"""Results by post besides the feed's tick: the national exchange, files, own dossiers, the chat."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.core.counter_faults import Faults
from bot.core.counter_moves import MoveKind
from bot.core.national_form import Service
from bot.core.phone import Phone
from bot.core.post_order import FIELDS
from bot.core.postal import Tracked
from bot.core.snapshot import Ticks
from bot.database import reading
from bot.forget_subject import forget_subject
from bot.national import NationalCall, register_national
from bot.order_file import OrderFile, order_file
from bot.purge import purge
from bot.reconcile import reconcile
from bot.sheet import csv_lines
from bot.show_subject import export_subject, show_subject
from bot.store.post_tables import post_return
from bot.store.tables import agency, dossier
from bot.take_items import take_items
from bot.track_post import track_post
from tests.bot.counter_place import Counter
from tests.bot.notice_stage import CODE, KEY, PHONE
from tests.bot.post_office import DRAFT, FIRST_ITEM, SETTINGS, Office, PostStage, make_post_stage
from tests.conversation import CODE as CHAT_CODE
from tests.conversation import make_house
from tests.proving import ANOTHER, prove
from tests.webhooks.national_feeding import make_national

HOME = "Số 12 Trần Phú, phường Lộc Thọ, tỉnh Khánh Hòa"


def sync(post: PostStage, **changes: Any) -> str:
    """The exchange tells of the stage's dossier; what became of it."""
    usual = {"MaHoSo": CODE, "DonViXuLy": "H32", "HinhThuc": "1", "ThongTinTra": HOME}
    record = make_national(**{**usual, **changes})
    call = NationalCall("H32", Service.DOSSIERS, [record])
    [verdict] = register_national(post.stage.runtime, KEY, call)
    return str(verdict.outcome)


def test_the_exchanges_address_is_taken_where_it_reads_as_one(database_url: str) -> None:
    post = make_post_stage(database_url)
    moved = {"TrangThaiHoSo": "4", "NgayNopHoSo": "20261125100000"}
    assert sync(post, **moved, ThongTinTra="Bộ phận Một cửa") == "changed"
    assert (post.state, post.text("told")) == ("unaddressed", "Bộ phận Một cửa")
    assert sync(post, **moved) == "repeat"  # but for its address
    assert post.state == "registered"
    assert '"name": "Trần Thị B"' in post.text("receiver")
    post.address()  # the desk corrects it; the source goes on repeating what it has
    assert sync(post, **moved) == "repeat"
    assert '"name": "Trần Thị Bình"' in post.text("receiver")
    sync(post, **moved, ThongTinTra="5 Lê Lợi, xã Diên Khánh, Khánh Hòa")
    assert "Diên Khánh" in post.text("receiver")
    sync(post, TrangThaiHoSo="9", NgayKetThucXuLy="20261125103000")
    post.stage.clock.move(hours=2)
    assert (post.order(), post.state) == (1, "ordered")


def test_results_that_were_there_before_are_not_ordered_when_a_house_takes_over(
    sqlite_url: str,
) -> None:
    post = make_post_stage(sqlite_url)
    post.feed(9, "Trả kết quả", code="000.00.17.H32-261122-0007")
    with reading(post.stage.runtime.engine) as connection:
        assert connection.execute(select(post_return)).all() == []


@pytest.fixture
def filed(database_url: str) -> PostStage:
    """A province that sends files, whose one result is ready."""
    post = make_post_stage(database_url, post_service="file")
    post.feed(step="Xác minh")
    post.address()
    post.result()
    return post


def drawn(post: PostStage, day: Any = None) -> OrderFile:
    runtime = post.stage.runtime
    found = order_file(runtime, post.actor, day or runtime.today())
    assert isinstance(found, OrderFile), found
    return found


def test_a_days_file_has_each_order_once_and_the_same_ones_again(filed: PostStage) -> None:
    first = drawn(filed)
    assert (first.count, first.fresh, filed.state) == (1, 1, "ordered")
    [head, row] = list(csv_lines(first.sheet))
    assert head.lstrip("\ufeff").strip().split(",") == list(FIELDS)
    assert f"KH01,{FIRST_ITEM},{CODE},0,Khánh Hòa" in row
    day = filed.stage.runtime.today()
    filed.stage.clock.move(days=1)
    assert (drawn(filed).count, drawn(filed, day).count) == (0, 1)
    ahead = order_file(filed.stage.runtime, None, filed.stage.runtime.today().replace(year=2030))
    assert isinstance(ahead, Faults)


def test_item_codes_come_back_all_or_none_and_are_told(filed: PostStage) -> None:
    stage = filed.stage
    stage.follow()
    drawn(filed)
    bad = f"OrderNumber,ItemCode\n{CODE},{FIRST_ITEM}\nH32.14-240823-0009,EE123456017VN\n"
    taken = take_items(stage.runtime, filed.actor, bad.encode())
    assert [(one.row, taken.new) for one in taken.faults] == [(3, 0)]
    assert filed.state == "ordered"
    other = f"OrderNumber,ItemCode\n{CODE},EE123456017VN\n"
    assert "đã có mã" in str(take_items(stage.runtime, filed.actor, other.encode()).faults[0])
    good = f"Mã hồ sơ;Mã bưu gửi\n{CODE};{FIRST_ITEM}\n"
    assert take_items(stage.runtime, filed.actor, good.encode()).new == 1
    assert take_items(stage.runtime, filed.actor, good.encode()).known == 1
    assert filed.state == "collected"
    came_back = f"OrderNumber,ItemCode,Trạng thái\n{CODE},{FIRST_ITEM},Chuyển hoàn\n"
    assert take_items(stage.runtime, filed.actor, came_back.encode()).new == 1
    assert filed.state == "returned"
    stage.work()
    assert [one.event for one in stage.notices()] == ["step", "result", "posted", "post_back"]
    assert reconcile(stage.runtime, stage.runtime.today()).closes


def test_an_own_dossier_ends_when_the_post_has_delivered_its_result(database_url: str) -> None:
    place = Counter(database_url)
    settings = place.runtime.settings.model_copy(update=SETTINGS)
    place.runtime = replace(place.runtime, settings=settings)
    with place.runtime.engine.begin() as connection:
        connection.execute(update(agency).values(address="1 Trần Phú", hotline="02583822111"))
    code = place.take_in(ticks=Ticks(zalo=True, sms=True, post=True), receiver=DRAFT).code
    place.move(code, MoveKind.RESULT)
    office = Office()
    office.lines = [Tracked(1, code, "S", "Phát thành công", place.clock())]
    delivered_at = place.clock()
    place.clock.move(minutes=20)
    run = track_post(place.runtime, office)
    assert run
    assert run.handed_back == 1
    with reading(place.runtime.engine) as connection:
        row = connection.execute(select(dossier).where(dossier.c.code == code)).one()
    assert (row.status, row.returned_at) == (10, delivered_at)
    assert [deed.login for deed in place.deeds("dossier.moved")] == ["lan", "buu-dien"]
    again = track_post(place.runtime, office)
    assert again
    assert again.handed_back == 0


def test_the_chat_shows_the_way_by_post_to_a_proved_phone_alone(database_url: str) -> None:
    house = make_house(database_url, sms_gateway="esms", **SETTINGS)
    runtime = house.runtime
    house.feed(phone=PHONE, notify=Ticks(post=True))
    house.clock.move(minutes=1)
    with runtime.engine.begin() as connection:
        connection.execute(
            update(post_return).values(
                state="collected",
                item_code=runtime.vault.seal(FIRST_ITEM),
            )
        )
    office = Office()
    office.tell("Đang trên đường", house.clock(), CHAT_CODE)
    track_post(runtime, office)
    stranger = house.say("hồ sơ của tôi", ANOTHER) + house.say(CHAT_CODE, ANOTHER)
    assert "bưu" not in stranger
    prove(house, PHONE)
    said = house.say("hồ sơ của tôi")
    assert f"Trả kết quả qua bưu điện: đã gửi đi, mã bưu gửi {FIRST_ITEM}" in said
    assert "Đang trên đường lúc 09:01 25/11/2026" in said
    assert f"mã bưu gửi {FIRST_ITEM}" in house.say(CHAT_CODE)


def test_a_person_is_shown_exported_and_forgotten_also_where_the_post_goes(
    database_url: str,
) -> None:
    post = make_post_stage(database_url)
    runtime = post.stage.runtime
    post.feed(step="Xác minh")
    post.address()
    post.result()
    post.order()
    post.office.tell("Phát thành công cho bà Bình")
    post.track()
    phone = Phone("+84905123456")
    copy = export_subject(runtime, phone)["returns_by_post"]
    assert copy[0]["receiver"]["line"] == "12 Trần Phú"
    assert copy[0]["way"][0]["message"] == "Phát thành công cho bà Bình"
    shown = show_subject(runtime, phone)["returns_by_post"]
    assert (shown[0]["receiver"], shown[0]["way"]) == (True, 1)
    assert "Bình" not in str(shown)
    forget_subject(runtime, phone)
    row = post.wanted()
    assert (row.receiver, row.item_code, row.state) == (None, None, "delivered")
    assert post.lines()[0].message is None


def test_a_year_after_its_end_nobody_is_left_in_a_return(sqlite_url: str) -> None:
    post = make_post_stage(sqlite_url)
    post.feed(step="Xác minh")
    post.address()
    post.result()
    post.order()
    post.office.tell("Phát thành công")
    post.track()
    post.stage.clock.move(days=364)
    purge(post.stage.runtime)
    assert post.wanted().receiver is not None
    post.stage.clock.move(days=2)
    purge(post.stage.runtime)
    assert (post.wanted().receiver, post.wanted().item_code) == (None, None)
    assert post.lines()[0].message is None
