"""Electronic results: what their owner is told, and what whoever holds one may ask."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.tables import lookup
from tests.bot.results import NUMBER, OWNER, SYMBOL, paper, result, told
from tests.conversation import CODE, House, days, make_house
from tests.proving import ANOTHER, PHONE, prove, stored

MINE = "hồ sơ của tôi"
IN_FORCE, EXPIRED = (
    "Kết quả có số vừa gửi: còn hiệu lực.",
    "Kết quả có số vừa gửi: đã hết hiệu lực.",
)
NO_TERM = "Có kết quả mang số vừa gửi; nguồn không cho biết thời hạn hiệu lực."
REVOKED = "Kết quả có số vừa gửi: đã bị thu hồi."
NOT_FOUND = "Không tìm thấy kết quả điện tử có số vừa gửi."
STORE = "Kho dữ liệu điện tử của tổ chức, cá nhân trên Cổng Dịch vụ công quốc gia"
LINK = "https://kho.khanhhoa.gov.vn/k-1"


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, sms_gateway="esms")


def tell(house: House, *documents: Any, code: str = CODE, **facts: Any) -> None:
    house.clock.move(minutes=1)
    house.feed(code, phone=PHONE, status=9, documents=told(*documents), **facts)


def test_a_proved_owner_is_told_of_it_and_nobody_else(house: House) -> None:
    tell(house, result(), paper(), paper("t-2"))
    before = house.say(CODE)
    prove(house)
    for said in (house.say(MINE), house.say(CODE)):
        assert "Kết quả điện tử: có. Giấy chứng nhận đăng ký hộ kinh doanh." in said
        assert f"Mã số giấy tờ: {NUMBER}." in said
        assert STORE in said
        assert "Giấy tờ điện tử của hồ sơ: 2." in said
    assert house.say(CODE).splitlines()[0] == before == house.say(CODE, ANOTHER)
    assert NUMBER not in house.say(f"{CODE}, H56.14-240823-0009")
    tell(house, result(link=LINK, revoked_on=date(2026, 11, 20)))
    assert f"Kết quả này đã bị thu hồi. Xem tại: {LINK}" in house.say(MINE)
    tell(house, result(link="https://gov.vn.example.com/k-1"))
    assert "example.com" not in house.say(MINE)


def test_whoever_holds_a_result_learns_its_standing_and_no_more(house: House) -> None:
    assert house.say(f"KQ {NUMBER}").startswith(NOT_FOUND)
    tell(house, result())
    for text in (f"KQ {NUMBER}", f"xac minh ket qua so {SYMBOL.lower()} a", f"kq: {SYMBOL}"):
        assert house.say(text, ANOTHER) == IN_FORCE
    tell(house, result(valid_forever=False, valid_until=date(2026, 11, 24)))
    assert house.say(f"KQ {NUMBER}") == EXPIRED
    tell(house, result(revoked_on=date(2026, 11, 25)))
    assert house.say(f"KQ {SYMBOL}") == REVOKED
    tell(house, result(symbol="BK 123456"))
    assert house.say("KQ BK123456") == IN_FORCE
    tell(house)
    assert house.say(f"KQ {NUMBER}").startswith(NOT_FOUND)
    # Neither what was typed nor whose it is stands where the limits and the books are counted.
    rows = {(row["way"], row["code"], row["dossier_id"]) for row in stored(house, lookup)}
    assert rows == {("paper", "KQ", None), ("no_paper", "KQ", None)}


def test_a_symbol_of_several_results_is_told_only_when_they_agree(house: House) -> None:
    second = "H56.14-240823-0002"
    tell(house, result())
    tell(house, result(owner_identifier="079090009999"), code=second)
    assert house.say(f"KQ {SYMBOL}") == IN_FORCE
    tell(house, result(owner_identifier="079090009999", revoked_on=date(2026, 1, 1)), code=second)
    assert house.say(f"KQ {SYMBOL}").startswith(NOT_FOUND)
    assert house.say(f"KQ {NUMBER}") == IN_FORCE
    # The same owner's next result of the kind has the same number: the one issued last holds.
    newer = result(symbol="9/QĐ-UBND", issued_on=date(2026, 11, 25), revoked_on=date(2026, 11, 25))
    tell(house, newer, code=second)
    assert house.say(f"KQ {NUMBER}") == REVOKED


def test_a_code_that_a_dossier_has_is_answered_as_before(house: House) -> None:
    tell(house, result(symbol=CODE))
    assert house.say(f"KQ {CODE}").startswith("Hồ sơ của quý Ông/Bà")
    assert "H56.14-240823-0009" in house.say("KQ H56.14-240823-0009")
    # An organisation's number begins with its tax number, which reads as a receipt code.
    tell(house, result(owner_identifier="0312345678"))
    asked = "KQ 0312345678.KQ.G15.000031"
    assert house.say(asked) == IN_FORCE
    tell(house, result())
    assert "Không tìm thấy hồ sơ có mã 0312345678" in house.say(asked)


def test_guessing_numbers_ends_and_leaves_codes_alone(house: House) -> None:
    tell(house, result())
    for number in range(10):
        assert house.say(f"KQ {number}99/GP").startswith(NOT_FOUND)
    assert house.say(f"KQ {NUMBER}").startswith("Trong một giờ qua")
    assert house.say(CODE).startswith("Hồ sơ của quý Ông/Bà")
    assert house.say(f"KQ {NUMBER}", ANOTHER) == IN_FORCE
    for number in range(10):
        house.say(f"H56.14-240823-9{number:03d}", ANOTHER)
    assert house.say(CODE, ANOTHER).startswith("Trong một giờ qua")
    assert house.say(f"KQ {NUMBER}", ANOTHER) == IN_FORCE
    house.clock.moment += days(0.05)
    assert house.say(f"KQ {NUMBER}") == IN_FORCE


def test_an_everyday_question_uses_up_nothing(house: House) -> None:
    tell(house, result())
    for desk in range(11):
        assert NOT_FOUND not in house.say(f"xem kết quả ở quầy {desk}123 ạ")
    assert house.say(f"KQ {NUMBER}") == IN_FORCE


def test_in_force_is_said_only_of_a_term_that_was_told(house: House) -> None:
    tell(house, result(valid_forever=False))
    assert house.say(f"KQ {NUMBER}").startswith(NO_TERM)
    prove(house)
    assert f"{NUMBER}. Xem trong" in house.say(MINE)
    tell(house, result(valid_forever=False, valid_from=date(2026, 12, 1)))
    assert "chưa đến ngày có hiệu lực" in house.say(f"KQ {NUMBER}")


def test_a_result_counts_once_its_dossier_has_one(house: House) -> None:
    house.feed(CODE, phone=PHONE, status=4, step="Thẩm định", documents=told(result()))
    assert house.say(f"KQ {NUMBER}").startswith(NOT_FOUND)
    house.clock.move(minutes=1)
    house.feed(CODE, phone=PHONE, status=10, documents=told(result()))
    assert house.say(f"KQ {NUMBER}") == IN_FORCE


def test_a_result_on_paper_alone_is_no_electronic_one(house: House) -> None:
    tell(house, result(digitised=False))
    prove(house)
    assert "Kết quả điện tử" not in house.say(MINE)
    tell(house, result(digitised=False, national_store_id="KHO-1"))
    assert "Kết quả điện tử: có." in house.say(MINE)


def test_an_owner_who_is_no_more_is_told_nothing(house: House) -> None:
    tell(house, result())
    prove(house)
    house.say("thôi theo dõi")
    assert OWNER not in house.say(CODE)
    with house.runtime.engine.connect() as connection:
        codes = connection.execute(select(lookup.c.code)).scalars().all()
    assert set(codes) == {CODE}
