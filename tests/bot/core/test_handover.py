"""A talk with a clerk: which texts are for the bot, what ends it, how long it is answerable."""

from datetime import timedelta

import pytest

from bot.core.handover import ends_talk, is_bare_wish, is_for_bot, is_wish_over, window
from bot.core.intent import read_intent, wants_clerk
from tests.make import NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "text",
    ["#TRACUU", "#HOSOCUATOI", "hồ sơ của tôi", "thôi theo dõi", "xóa thông tin", "trợ giúp",
     "tra cứu", "Giấy hẹn", "theo dõi", "", "  ", "KQ 12/QĐ-UBND ạ",
     "cán bộ ơi tôi không muốn nhận tin nữa thì phải làm sao để các anh đừng nhắn"],
)  # fmt: skip
def test_commands_are_for_the_bot(text: str) -> None:
    assert is_for_bot(text, read_intent(text).kind)


@pytest.mark.parametrize(
    "text",
    ["hồ sơ của em nộp từ tuần trước mà sao chưa thấy kết quả ạ", "cảm ơn cán bộ", "dạ vâng", "ok",
     "xin chào", "xong chưa", "có kết quả chưa", "giúp tôi với", "#chưa rõ", "👍",
     "0905 123 456", "038199012345", "hồ sơ của tôi thiếu giấy tờ gì vậy cán bộ",
     "báo cho tôi khi nào có kết quả nhé cán bộ", "kết quả sổ đỏ thửa 45 ạ", "kết quả 12/QĐ-UBND",
     "xem kết quả ở quầy 5 ạ"],
)  # fmt: skip
def test_what_people_say_to_people_is_for_the_clerk(text: str) -> None:
    assert not is_for_bot(text, read_intent(text).kind)


@pytest.mark.parametrize(
    ("text", "ends"),
    [("kết thúc", True), ("Thôi ạ", True), ("thoi nhe", True), ("#KETTHUC", True),
     ("kết thúc trao đổi", True), ("#THOI", False), ("thôi theo dõi", False),
     ("hồ sơ kết thúc chưa", False), ("thôi được rồi để mai tôi lên", False), ("", False)],
)  # fmt: skip
def test_what_ends_a_talk(text: str, ends: bool) -> None:
    assert ends_talk(text, read_intent(text).kind) is ends


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("gặp cán bộ H56.14-240823-0001", True), ("#GAPCANBO H56.14-240823-0001", True),
     ("H56.14-240823-0001", False), ("tra cứu H56.14-240823-0001 giúp em", False)],
)  # fmt: skip
def test_a_wish_for_a_clerk_is_seen_beside_a_code(text: str, wanted: bool) -> None:
    assert wants_clerk(text) is wanted


def test_a_bare_wish_says_nothing_more() -> None:
    assert is_bare_wish("cho gặp cán bộ")
    assert not is_bare_wish("gặp cán bộ hỏi về hồ sơ nhà đất")


def test_a_wish_is_meant_for_half_an_hour() -> None:
    assert not is_wish_over(NOW, NOW + timedelta(minutes=30))
    assert is_wish_over(NOW, NOW + timedelta(minutes=31))


def test_the_window_is_free_for_48_hours_and_as_long_as_the_province_pays() -> None:
    found = window(NOW, 168 * HOUR)
    assert found is not None
    assert (found.free_until, found.until) == (NOW + 48 * HOUR, NOW + 168 * HOUR)
    assert found.is_open(NOW + 167 * HOUR)
    assert not found.is_free(NOW + 48 * HOUR)
    assert not found.is_open(NOW + 168 * HOUR)


def test_a_shorter_window_is_free_as_long_as_it_is_open() -> None:
    found = window(NOW, 24 * HOUR)
    assert found is not None
    assert found.free_until == found.until == NOW + 24 * HOUR


def test_who_never_did_anything_cannot_be_answered() -> None:
    assert window(None, 48 * HOUR) is None
