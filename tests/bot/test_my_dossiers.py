"""What a citizen sees of their own dossiers, by phone and by slip."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conversation import CODE, House, days, make_house
from tests.make import NOW
from tests.proving import ANOTHER, PHONE, prove
from tests.slips import slip_link

MINE = "hồ sơ của tôi"
DETAILS: dict[str, Any] = {
    "phone": PHONE,
    "handler": "Lê Văn Chi",
    "needed": ("Bản sao giấy chứng sinh", "Đơn có chữ ký"),
    "owner_name": "Trần Thị Mẫu",
}


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, sms_gateway="esms")


def test_without_a_proved_phone_it_is_told_how(house: House) -> None:
    house.feed(**DETAILS)
    said = house.say(MINE)
    assert "gõ số điện thoại đã ghi trên giấy hẹn" in said
    assert "Lê Văn Chi" not in said


def test_a_proved_phone_sees_dates_handler_and_what_to_supplement(house: House) -> None:
    house.feed(**DETAILS, due_at=NOW - days(1), status=5, at_desk=True)
    prove(house)
    said = house.say(MINE)
    for shown in (
        CODE,
        "Đăng ký khai sinh",
        "Thẩm định hồ sơ, Trễ hạn",
        "24/11/2026",
        "UBND phường Mẫu",
        "Lê Văn Chi",
        "Bản sao giấy chứng sinh; Đơn có chữ ký",
    ):
        assert shown in said
    assert "Mẫu" not in said.replace("UBND phường Mẫu", "")
    assert "0905" not in said


def test_a_stranger_sees_nothing_of_it(house: House) -> None:
    house.feed(**DETAILS)
    prove(house)
    said = house.say(MINE, ANOTHER) + house.say(CODE, ANOTHER)
    assert "Lê Văn Chi" not in said
    assert "chứng sinh" not in said


def test_a_followed_slip_shows_a_strangers_view_and_the_due_date(house: House) -> None:
    house.feed(**DETAILS, due_at=NOW + days(2))
    house.say(slip_link(CODE))
    said = house.say(MINE)
    assert "Thẩm định hồ sơ, Đúng hạn" in said
    assert "27/11/2026" in said
    for hidden in ("Lê Văn Chi", "chứng sinh", "khai sinh", "UBND phường Mẫu"):
        assert hidden not in said


def test_followed_and_proved_stands_once_and_in_full(house: House) -> None:
    house.feed(**DETAILS)
    house.say(slip_link(CODE))
    prove(house)
    said = house.say(MINE)
    assert said.count(CODE) == 1
    assert "Lê Văn Chi" in said


def test_all_proved_phones_count(house: House) -> None:
    house.feed(phone=PHONE)
    house.feed("H56.14-240823-0002", phone="0912345678")
    prove(house)
    prove(house, "0912345678", e164="+84912345678")
    said = house.say(MINE)
    assert CODE in said
    assert "H56.14-240823-0002" in said


def test_the_next_due_comes_first_and_what_is_finished_last(house: House) -> None:
    told: list[tuple[str, dict[str, Any]]] = [
        ("H56.14-240823-0001", {"status": 9}),
        ("H56.14-240823-0002", {"due_at": NOW + days(9)}),
        ("H56.14-240823-0003", {"due_at": NOW + days(2)}),
        ("H56.14-240823-0004", {}),
    ]
    for code, fields in told:
        house.feed(code, phone=PHONE, **fields)
    said = prove(house)
    order = sorted((code[-1] for code, _ in told), key=lambda one: said.index(f"000{one}"))
    assert order == ["3", "2", "4", "1"]


@pytest.mark.parametrize(("passed", "shown"), [(days(29), True), (days(31), False)])
def test_what_is_finished_is_listed_for_thirty_days(
    house: House, passed: timedelta, shown: bool
) -> None:
    house.feed(phone=PHONE, status=9)
    prove(house)
    house.clock.moment += passed
    said = house.say(MINE)
    assert (CODE in said) is shown
    assert ("không có hồ sơ nào" in said) is not shown


def test_ten_are_listed_then_how_many_more(house: House) -> None:
    for number in range(13):
        house.feed(f"H56.14-240823-{number:04}", phone=PHONE)
    prove(house)
    said = house.say(MINE)
    assert said.count("• ") == 10
    assert "Còn 3 hồ sơ khác" in said


def test_long_dossiers_still_fit_one_message(house: House) -> None:
    for number in range(10):
        house.feed(
            f"H56.14-240823-{number:04}",
            phone=PHONE,
            step="Bước " + "rất dài " * 24,
            needed=("giấy tờ " * 60,) * 20,
        )
    for said in (prove(house), house.say(MINE)):  # of several messages `say` would complain
        listed = said.count("• ")
        assert 1 <= listed < 10
        assert f"Còn {10 - listed} hồ sơ khác" in said
