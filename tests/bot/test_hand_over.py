"""A citizen asks for a clerk: to the right desk, one reply to each text, until the talk ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.agencies import add_agency
from bot.core.staff import Role
from bot.hear import hear
from bot.show_talks import list_talks
from bot.store.counter_tables import handover, handover_line
from bot.upkeep import JOBS
from tests.conversation import CODE, House, days, make_house
from tests.proving import ANOTHER, PHONE, at, codes_sent, prove, stored, withdraw_event
from tests.slips import slip_link
from tests.talks import describe_desk, make_clerk, only_talk, said_to, shown, tell
from tests.zalo_calls import CITIZEN, content_event, relation_event, text_event

WISH = "gặp cán bộ"
SECOND = "H56.14-240823-0002"
PASSED = "Đã chuyển cán bộ."


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url, sms_gateway="esms")
    house.feed()
    return house


@pytest.fixture
def one_house(sqlite_url: str) -> House:
    house = make_house(sqlite_url, sms_gateway="esms")
    house.feed()
    return house


def feed_elsewhere(house: House, code: str = SECOND) -> None:
    """A dossier of another agency, H56.14.9, that has no clerk of its own."""
    add_agency(house.runtime, "H56.14.9", "UBND xã Khác", parent="H56.14")
    house.feed(code, agency="H56.14.9")


# Which desk


def test_while_nobody_is_a_clerk_the_telephone_is_named(house: House) -> None:
    make_clerk(house, role=Role.ADMINISTRATOR)
    said = tell(house, WISH)
    assert "số điện thoại in trên giấy hẹn" in said
    assert stored(house, handover) == []


def test_a_code_beside_the_wish_tells_the_desk_and_is_answered_as_always(house: House) -> None:
    clerk = make_clerk(house)
    said = tell(house, f"gặp cán bộ về hồ sơ {CODE} sao lâu quá")
    sentence, below = said.split("\n")
    assert sentence.startswith(f"Hồ sơ của quý Ông/Bà ({CODE}) hiện đang ở bước Thẩm định hồ sơ")
    assert "trao đổi với cán bộ Bộ phận Một cửa UBND phường Mẫu" in below
    assert "cán bộ đọc được" in below
    assert "kết thúc" in below
    assert only_talk(house, clerk).code == CODE
    assert said_to(house, clerk) == [f"gặp cán bộ về hồ sơ {CODE} sao lâu quá"]


def test_the_dossier_looked_up_last_tells_the_desk(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, CODE)
    house.clock.move(hours=3)
    assert "UBND phường Mẫu" in tell(house, WISH)
    assert only_talk(house, clerk).code == CODE


def test_a_code_and_the_wish_heard_in_one_batch_belong_together(house: House) -> None:
    clerk = make_clerk(house)
    house.store(text_event(CODE, msg_id="code"))
    house.store(text_event(WISH, msg_id="wish"))
    hear(house.runtime)
    assert only_talk(house, clerk).code == CODE


@pytest.mark.parametrize("way", [prove, lambda house: house.say(slip_link(CODE))])
def test_ones_own_dossier_tells_the_desk(house: House, way: Callable[[House], Any]) -> None:
    clerk = make_clerk(house)
    house.feed(phone=PHONE, step="Trả lại", changed_at=house.clock() + timedelta(seconds=1))
    way(house)
    house.clock.move(hours=30)  # the lookup of a link is long ago
    tell(house, WISH)
    assert only_talk(house, clerk).code == CODE


def test_several_dossiers_at_one_desk_lead_there_without_a_question(house: House) -> None:
    clerk = make_clerk(house)
    house.feed(SECOND)
    tell(house, f"{CODE} {SECOND}")
    assert "UBND phường Mẫu" in tell(house, WISH)
    assert only_talk(house, clerk).code == ""


def test_dossiers_at_several_desks_are_asked_about_with_buttons(house: House) -> None:
    clerk = make_clerk(house)
    feed_elsewhere(house)
    tell(house, f"{CODE} và {SECOND}")
    [reply] = house.hear(text_event(WISH, msg_id="wish"))
    assert f"• {CODE}: UBND phường Mẫu" in reply["text"]
    assert f"• {SECOND}: UBND xã Khác" in reply["text"]
    assert list_talks(house.runtime, clerk).open == []
    [button] = [one for one in reply["buttons"] if one["title"] == CODE]
    assert "trao đổi với cán bộ" in tell(house, button["payload"])
    assert only_talk(house, clerk).code == CODE


def test_without_a_known_dossier_the_code_is_asked_for_and_opens_the_talk(house: House) -> None:
    clerk = make_clerk(house)
    said = tell(house, "cho gặp cán bộ hỏi chuyện đất đai")
    assert "gửi mã hồ sơ in trên giấy hẹn" in said
    assert list_talks(house.runtime, clerk).open == []
    house.clock.move(minutes=20)
    assert "trao đổi với cán bộ" in tell(house, CODE)
    assert said_to(house, clerk) == ["cho gặp cán bộ hỏi chuyện đất đai", CODE]


def test_a_wrong_code_keeps_the_wish(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, WISH)
    said = tell(house, "H56.14-240823-9999")
    assert "Không tìm thấy" in said
    assert "Khi có mã đúng" in said
    tell(house, CODE)
    assert only_talk(house, clerk).code == CODE


def test_a_wish_is_forgotten_after_half_an_hour(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, WISH)
    house.clock.move(minutes=31)
    assert "trao đổi" not in tell(house, CODE)
    assert list_talks(house.runtime, clerk).open == []
    JOBS["end-talks"].run(house.runtime)
    assert [row["closed_why"] for row in stored(house, handover)] == ["no code"]
    assert stored(house, handover_line) == []


def test_until_the_desk_is_known_the_bot_answers_as_always(house: House) -> None:
    make_clerk(house)
    tell(house, WISH)
    assert "Xin chào" in tell(house, "xin chào")
    assert "không trao đổi với cán bộ nào" in tell(house, "kết thúc")
    assert "trao đổi" not in tell(house, CODE)


def test_a_clerk_of_an_agency_above_answers_for_it(house: House) -> None:
    make_clerk(house)
    feed_elsewhere(house)
    assert "UBND xã Khác" in tell(house, f"gặp cán bộ {SECOND}")


def test_an_agency_that_nobody_answers_for_names_its_telephone(house: House) -> None:
    add_agency(house.runtime, "H57", "UBND huyện Bên")
    make_clerk(house, agency_code="H57")
    describe_desk(house, hotline="0258 3822 100")
    assert "gọi Bộ phận Một cửa UBND phường Mẫu theo số 0258 3822 100" in tell(
        house, f"gặp cán bộ {CODE}"
    )
    describe_desk(house, hotline=None)
    assert "số điện thoại in trên giấy hẹn" in tell(house, f"gặp cán bộ {CODE}")
    assert stored(house, handover) == []


# When an answer comes

OFFICE = "07:00-11:30,13:30-17:00"


def test_the_desk_says_its_hours(house: House) -> None:
    make_clerk(house)
    describe_desk(house, open_hours="thứ Hai đến thứ Sáu", work_hours=OFFICE)
    said = tell(house, f"gặp cán bộ {CODE}")
    assert "Giờ làm việc: thứ Hai đến thứ Sáu." in said
    assert "ngoài giờ" not in said


def test_outside_its_hours_the_desk_says_from_when_it_answers(house: House) -> None:
    make_clerk(house)
    describe_desk(house, work_hours=OFFICE)
    house.clock.move(hours=9)  # Wednesday, six in the evening
    said = tell(house, f"gặp cán bộ {CODE}")
    assert "cán bộ trả lời từ 07 giờ 00 phút ngày 26/11/2026" in said
    assert "48 giờ" not in said
    assert "trả lời từ 07 giờ 00 phút ngày 26/11/2026" in tell(house, "còn thiếu giấy gì không ạ")


def test_when_the_window_ends_before_the_desk_opens_it_is_said_to_write_again(
    house: House,
) -> None:
    make_clerk(house)
    describe_desk(house, work_hours=OFFICE)
    house.clock.move(hours=2 * 24 + 9)  # Friday evening; Monday is beyond 48 hours
    said = tell(house, f"gặp cán bộ {CODE}")
    assert "30/11/2026" in said
    assert "mời Ông/Bà nhắn lại một tin" in said


# Within the talk


def test_each_text_is_passed_on_and_shortly_confirmed(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    for text in ("hồ sơ của em nộp lâu rồi mà sao chưa có kết quả", "dạ em cảm ơn", "xin chào"):
        assert tell(house, text) == PASSED
        assert said_to(house, clerk)[-1] == text


def test_commands_and_codes_are_answered_as_always(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    assert "Trang Dịch vụ công" in tell(house, "trợ giúp")
    assert "gõ số điện thoại" in tell(house, "hồ sơ của tôi")
    said = tell(house, f"mã của em là {CODE} ạ")
    assert said.startswith(f"Hồ sơ của quý Ông/Bà ({CODE})")
    assert said.endswith(PASSED)
    assert said_to(house, clerk)[1:] == [f"mã của em là {CODE} ạ"]


def test_a_photo_in_the_talk_is_answered_as_always(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    [reply] = house.hear(content_event("user_send_image"))
    assert "ảnh" in reply["text"]
    assert len(said_to(house, clerk)) == 1


def test_a_phone_typed_in_the_talk_is_proved_and_its_code_shown_to_nobody(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    assert "Mã xác nhận" in tell(house, PHONE)
    [digits] = codes_sent(house)
    assert "Đã xác nhận" in tell(house, digits)
    assert said_to(house, clerk)[1:] == [PHONE]
    assert tell(house, "123456") == PASSED  # no code is waited for: it says something to a clerk


def test_asking_again_says_that_the_talk_is_open(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    assert "đang trao đổi với cán bộ" in tell(house, "gặp cán bộ")
    assert tell(house, "sao gọi cán bộ mãi mà không thấy ai trả lời vậy") == PASSED
    assert len(said_to(house, clerk)) == 3
    assert len(stored(house, handover)) == 1


def test_another_agencys_code_with_the_wish_moves_the_talk_there(house: House) -> None:
    clerk = make_clerk(house)
    feed_elsewhere(house)
    make_clerk(house, "mai", "H56.14.9")
    tell(house, f"gặp cán bộ {CODE}")
    assert "UBND xã Khác" in tell(house, f"cho gặp cán bộ {SECOND}")
    assert list_talks(house.runtime, clerk).open == []
    assert [row["closed_why"] for row in stored(house, handover)] == ["moved", None]


def test_another_dossier_of_the_desk_becomes_the_one_beside_the_talk(house: House) -> None:
    clerk = make_clerk(house)
    house.feed(SECOND)
    tell(house, f"gặp cán bộ {CODE}")
    tell(house, SECOND)
    assert only_talk(house, clerk).code == SECOND


def test_talks_of_two_citizens_are_apart(house: House) -> None:
    clerk = make_clerk(house)
    for user in (CITIZEN, ANOTHER):
        tell(house, f"gặp cán bộ {CODE}", user)
        tell(house, f"tôi là {user[-4:]}", user)
    rows = list_talks(house.runtime, clerk).open
    last = {shown(house, clerk, row.id).lines[-1].text for row in rows}
    assert last == {f"tôi là {CITIZEN[-4:]}", f"tôi là {ANOTHER[-4:]}"}


def test_an_event_that_comes_twice_is_one_line(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    event = text_event("chờ bao lâu nữa", msg_id="once")
    assert len(house.hear(event)) == 1
    assert house.hear(event) == []
    assert len(said_to(house, clerk)) == 2


# The end


@pytest.mark.parametrize("text", ["kết thúc", "thôi ạ", "#KETTHUC"])
def test_the_citizen_ends_the_talk_and_the_bot_answers_again(house: House, text: str) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    said = tell(house, text)
    assert "Đã kết thúc trao đổi với cán bộ Bộ phận Một cửa UBND phường Mẫu" in said
    assert list_talks(house.runtime, clerk).open == []
    assert "Xin chào" in tell(house, "xin chào")


def test_without_a_talk_thoi_stops_notices_as_always(house: House) -> None:
    make_clerk(house)
    house.say(slip_link(CODE))
    assert "Đã ngừng gửi thông báo" in tell(house, "thôi")


def test_stopping_notices_does_not_end_the_talk(house: House) -> None:
    clerk = make_clerk(house)
    house.say(slip_link(CODE))
    tell(house, f"gặp cán bộ {CODE}")
    assert "Đã ngừng gửi thông báo" in tell(house, "thôi theo dõi")
    assert only_talk(house, clerk)


@pytest.mark.parametrize(
    ("event", "why", "kept"),
    [(relation_event("unfollow"), "unfollow", 1), (withdraw_event(), "withdraw", 0)],
    ids=["unfollow", "withdraw"],
)
def test_leaving_ends_the_talk_and_withdrawing_erases_it(
    house: House, event: dict[str, Any], why: str, kept: int
) -> None:
    clerk = make_clerk(house)
    house.say(f"gặp cán bộ {CODE}")
    assert house.hear(event) == []
    assert list_talks(house.runtime, clerk).open == []
    assert [row["closed_why"] for row in stored(house, handover)] == [why]
    assert len(stored(house, handover_line)) == kept


def test_an_old_withdrawal_leaves_a_newer_talk(house: House) -> None:
    clerk = make_clerk(house)
    house.clock.move(minutes=5)
    tell(house, f"gặp cán bộ {CODE}")
    house.hear(at(withdraw_event(), house.clock() - timedelta(minutes=3)))
    assert tell(house, "chờ lâu không ạ") == PASSED
    assert len(said_to(house, clerk)) == 2


def test_forget_ends_and_erases_the_talk_and_says_so(house: House) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    said = tell(house, "xóa thông tin")
    assert "trao đổi với cán bộ tại đây cũng đã được xóa" in said
    assert list_talks(house.runtime, clerk).open == []
    assert stored(house, handover_line) == []
    assert "Xin chào" in tell(house, "xin chào")


def test_silence_after_an_answer_closes_the_talk_but_not_a_question_of_friday(
    house: House,
) -> None:
    clerk = make_clerk(house)
    tell(house, f"gặp cán bộ {CODE}")
    house.clock.moment += days(3)
    JOBS["end-talks"].run(house.runtime)
    assert only_talk(house, clerk).waiting == days(3)
    house.clock.moment += days(4)
    JOBS["end-talks"].run(house.runtime)
    assert [row["closed_why"] for row in stored(house, handover)] == ["silence"]


def test_lines_are_sealed(one_house: House) -> None:
    make_clerk(one_house)
    tell(one_house, f"gặp cán bộ {CODE}")
    [line] = stored(one_house, handover_line)
    assert CODE.encode() not in line["text"]
    assert one_house.runtime.vault.open_text(line["text"]) == f"gặp cán bộ {CODE}"


def test_talks_are_counted(one_house: House) -> None:
    make_clerk(one_house)
    tell(one_house, f"gặp cán bộ {CODE}")
    tell(one_house, "kết thúc")
    counted = one_house.runtime.metrics.handovers
    assert counted.labels("opened")._value.get() == 1
    assert counted.labels("closed citizen")._value.get() == 1
