"""A phone is proved by a code that goes to it, and by nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.notice import Lane, NoticeEvent
from bot.store.notice_tables import consent, notice, phone_link, phone_proof
from bot.store.tables import metadata
from tests.conversation import CODE, House, days, make_house
from tests.make import NOW, ListBell
from tests.proving import (
    ANOTHER,
    MASKED,
    PHONE,
    at,
    codes_sent,
    not_the,
    prove,
    shared_phone,
    stored,
)
from tests.zalo_calls import CITIZEN, text_event

E164 = "+84905123456"


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, sms_gateway="esms")


def links(house: House) -> list[str]:
    """Who has which phone, open links only."""
    vault = house.runtime.vault
    return [
        f"{row['user_id']} {vault.open_text(row['phone'])}"
        for row in stored(house, phone_link)
        if row["ended_at"] is None
    ]


def test_a_typed_phone_is_sent_a_code_at_once(house: House) -> None:
    said = house.say(PHONE)
    assert MASKED in said
    assert "10 phút" in said
    assert "MCKH" in said
    assert "0905" not in said
    [owed] = stored(house, notice)
    assert (owed["event"], owed["lane"]) == (NoticeEvent.OTP, Lane.URGENT)
    assert owed["expires_at"] - owed["created_at"] == timedelta(minutes=10)
    [digits] = codes_sent(house)
    assert len(digits) == 6
    assert digits.isdecimal()
    assert digits not in said
    bell = house.runtime.bell
    assert isinstance(bell, ListBell)
    assert bell.rung[-1] == "notice"


@pytest.mark.parametrize(
    "text",
    ["0905123456", "+84 905 123 456", "sđt 0905123456", "số điện thoại của tôi là 0905.123.456 ạ",
     "theo dõi 0905123456", "SĐT ghi trên giấy hẹn: 0905 123 456"],
)  # fmt: skip
def test_however_it_is_stated(house: House, text: str) -> None:
    assert MASKED in house.say(text)
    assert len(codes_sent(house)) == 1


@pytest.mark.parametrize("phone", ["84905123456", "0905123456", 84905123456])
def test_a_shared_phone_is_sent_a_code_too(house: House, phone: object) -> None:
    [reply] = house.hear(shared_phone(phone))
    assert MASKED in reply["text"]
    assert "Đã xác nhận" in house.say(codes_sent(house)[-1])
    assert links(house) == [f"{CITIZEN} {E164}"]


@pytest.mark.parametrize(
    "text", ["tra cứu 0905123456", "https://zalo.me/0905123456", "hồ sơ 0905123456 đến đâu rồi"]
)
def test_a_number_beside_other_words_is_sent_nothing(house: House, text: str) -> None:
    house.say(text)
    assert codes_sent(house) == []


def test_after_the_keyword_ten_digits_stay_a_code(house: House) -> None:
    house.feed(local_code="0905123456")
    assert "Thẩm định" in house.say("MCKH 0905123456")
    assert codes_sent(house) == []


@pytest.mark.parametrize(
    ("phone", "word"),
    [("0258 3822 100", "máy bàn"), ("19001234", "không phải là số di động")],
)
def test_a_number_that_cannot_take_a_code_is_named(house: House, phone: str, word: str) -> None:
    assert word in house.say(phone)
    assert stored(house, phone_proof) == []


@pytest.mark.parametrize("phone", ["", "chưa có", "0258 3822 100", None])
def test_a_shared_number_that_is_none_is_named_too(house: House, phone: object) -> None:
    [reply] = house.hear(shared_phone(phone))
    assert "số di động" in reply["text"]
    assert stored(house, phone_proof) == []


def test_without_a_way_to_send_it_is_said_so(database_url: str) -> None:
    house = make_house(database_url)
    for text in (PHONE, "hồ sơ của tôi", "theo dõi"):
        assert "chưa gửi được mã xác nhận" in house.say(text)
    assert stored(house, phone_proof) == []


def test_an_otp_template_alone_is_a_way(database_url: str) -> None:
    house = make_house(database_url, zalo_templates={"otp": {"id": "412233"}})
    assert MASKED in house.say(PHONE)


def test_the_words_do_not_tell_whether_the_phone_has_dossiers(house: House) -> None:
    before = house.say(PHONE)
    house.feed(phone=PHONE)
    assert house.say(PHONE) == before


def test_the_right_digits_prove_it_and_the_consent_is_written_down(house: House) -> None:
    asked = house.say(PHONE)
    [digits] = codes_sent(house)
    said = house.say(f"Ma xac nhan cua quy ong/ba la {digits}. Het han sau 10 phut.")
    assert f"Đã xác nhận số {MASKED}" in said
    assert links(house) == [f"{CITIZEN} {E164}"]
    [link] = stored(house, phone_link)
    [given] = stored(house, consent)
    assert (given["user_id"], given["about"], given["given"]) == (CITIZEN, "phone", True)
    assert (given["link_id"], given["at"], given["how"]) == (link["id"], NOW, "typed sms")
    assert given["words"].replace("{phone}", MASKED).replace("{keyword}", "MCKH") == asked


def test_a_code_that_came_back_has_arrived_and_goes_no_other_way(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    with house.runtime.engine.begin() as connection:  # by template: its receipt is waited for
        connection.execute(update(notice).values(state="sent", channel="template_phone"))
    house.say(digits)
    [owed] = stored(house, notice)
    assert (owed["state"], owed["due_at"], owed["secret"]) == ("delivered", None, None)


def test_proving_it_again_keeps_one_link_and_adds_a_consent(house: House) -> None:
    prove(house)
    prove(house)
    assert len(stored(house, phone_link)) == 1
    assert len(stored(house, consent)) == 2


def test_the_fifth_wrong_try_kills_the_code(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    for left in (4, 3, 2, 1):
        assert f"còn được thử {left} lần" in house.say(not_the(digits))
    assert "không dùng được nữa" in house.say(not_the(digits))
    assert "không dùng được nữa" in house.say(digits)
    assert links(house) == []
    assert "Đã xác nhận" in prove(house)


def test_the_fifth_try_may_be_the_right_one(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    for _ in range(4):
        house.say(not_the(digits))
    assert "Đã xác nhận" in house.say(digits)


@pytest.mark.parametrize(("seconds", "said"), [(599, "Đã xác nhận"), (600, "đã hết hiệu lực")])
def test_a_code_lives_ten_minutes(house: House, seconds: float, said: str) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.clock.move(seconds=seconds)
    assert said in house.say(digits)


def test_a_worker_that_comes_late_does_not_make_the_citizen_late(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.clock.move(minutes=9)
    house.store(text_event(digits, msg_id="late"))
    house.clock.move(minutes=9)
    assert "Đã xác nhận" in house.hear(text_event("xin chào", msg_id="later"))[0]["text"]


def test_six_digits_while_no_proof_is_open_are_no_code(house: House) -> None:
    assert "Mã hồ sơ chưa đủ" in house.say("123456")
    house.say(PHONE)
    [digits] = codes_sent(house)
    assert "Mã hồ sơ chưa đủ" in house.say(digits, ANOTHER)
    house.clock.move(hours=2)
    assert "Mã hồ sơ chưa đủ" in house.say(digits)
    assert links(house) == []


def test_digits_sent_twice_are_not_called_wrong(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.say(digits)
    assert "đã được xác nhận rồi" in house.say(digits)
    assert "Mã hồ sơ chưa đủ" in house.say(not_the(digits))


def test_a_new_code_replaces_the_one_before(house: House) -> None:
    house.say(PHONE)
    [first] = codes_sent(house)
    house.say("0912 345 678")
    assert codes_sent(house) == []  # never sent: it would only cost
    assert "còn được thử" in house.say(first)
    [second] = codes_sent(house, "+84912345678")
    assert "091***5678" in house.say(second)
    assert links(house) == [f"{CITIZEN} +84912345678"]


def test_three_codes_a_day_for_one_citizen(house: House) -> None:
    for number in range(3):
        assert "được gửi đến số" in house.say(f"090512345{number}")
    assert "Hôm nay đã gửi đủ 3 mã" in house.say("0905123459")
    assert len(stored(house, phone_proof)) == 3
    house.clock.move(hours=15)  # past midnight in Vietnam
    assert "được gửi đến số" in house.say("0905123459")


def test_three_codes_a_day_for_one_phone_in_the_same_words(house: House) -> None:
    for number in range(3):
        house.say(PHONE, f"{ANOTHER}{number}")
    refused = house.say(PHONE)
    for number in range(3):
        house.say(f"091234567{number}")
    assert house.say("0912345679") == refused


def test_the_code_still_open_survives_a_refused_wish_for_another(house: House) -> None:
    for _ in range(3):
        house.say(PHONE)
    digits = codes_sent(house)[-1]
    house.say(PHONE)
    assert "Đã xác nhận" in house.say(digits)


def test_a_citizen_may_prove_several_phones(house: House) -> None:
    prove(house)
    prove(house, "0912345678", e164="+84912345678")
    assert links(house) == [f"{CITIZEN} {E164}", f"{CITIZEN} +84912345678"]


def test_a_family_shares_a_phone_and_hears_of_each_other_only_in_number(house: House) -> None:
    assert "tài khoản Zalo khác" not in prove(house)
    said = prove(house, user=ANOTHER)
    assert "1 tài khoản Zalo khác" in said
    assert CITIZEN not in said
    assert house.owed()[-1]["buttons"][0]["payload"] == "#GOSO"
    assert len(links(house)) == 2


def test_the_new_owner_takes_the_phone_off_the_earlier_one(house: House) -> None:
    prove(house)
    house.clock.move(days=400)
    event = text_event("#GOSO", ANOTHER, "goso")
    house.hear(at(text_event(PHONE, ANOTHER, "ask"), house.clock()))
    house.hear(at(text_event(codes_sent(house)[-1], ANOTHER, "digits"), house.clock()))
    [reply] = house.hear(at(event, house.clock()))
    assert f"Đã gỡ số {MASKED} khỏi 1 tài khoản" in reply["text"]
    assert links(house) == [f"{ANOTHER} {E164}"]
    assert [row["ended_why"] for row in stored(house, phone_link)] == ["reclaimed", None]
    taken = stored(house, consent)[-1]
    assert (taken["user_id"], taken["given"], taken["how"]) == (CITIZEN, False, "reclaimed")


def test_the_earlier_owner_cannot_take_it_off_the_new_one(house: House) -> None:
    prove(house)
    house.clock.move(days=1)
    house.hear(at(text_event(PHONE, ANOTHER, "ask"), house.clock()))
    house.hear(at(text_event(codes_sent(house)[-1], ANOTHER, "digits"), house.clock()))
    assert "Không có tài khoản" in house.say("#GOSO")
    assert len(links(house)) == 2


def test_what_was_proved_long_ago_takes_nothing_off_anybody(house: House) -> None:
    prove(house)
    prove(house, user=ANOTHER)
    house.clock.move(hours=25)
    [reply] = house.hear(at(text_event("#GOSO", ANOTHER, "goso"), house.clock()))
    assert "xác nhận lại" in reply["text"]
    assert len(links(house)) == 2


def test_the_open_dossiers_of_the_phone_are_listed(house: House) -> None:
    house.feed(phone=PHONE, due_at=NOW + days(2))
    house.feed("H56.14-240823-0002", phone="0912345678")
    said = prove(house)
    assert CODE in said
    assert "Thẩm định hồ sơ, Đúng hạn" in said
    assert "27/11/2026" in said
    assert "H56.14-240823-0002" not in said


def close_all(house: House, **values: Any) -> None:
    """Close every notice of a dossier as the ladder would."""
    with house.runtime.engine.begin() as connection:
        connection.execute(
            update(notice).where(notice.c.dossier_id.is_not(None)).values(due_at=None, **values)
        )


def test_what_was_missed_is_told_once(house: House) -> None:
    house.feed(phone=PHONE, status=2)
    house.clock.move(minutes=1)
    house.feed(phone=PHONE, status=9, step="Trả kết quả")
    close_all(house, state="skipped", reason="no way out: no linked follower")
    said = prove(house)
    assert f"{CODE}: đã có kết quả từ 25/11/2026" in said
    assert said.count("đã có kết quả") == 1
    assert "đã có kết quả" not in prove(house)


@pytest.mark.parametrize(
    ("values", "later"),
    [
        ({"state": "sent"}, {}),
        ({"state": "skipped", "reason": "the same words went to this person within 24 hours"}, {}),
        ({"state": "failed", "reason": "x"}, {"status": 4, "step": "Thẩm định lại"}),
    ],
    ids=["it was told", "it was told in the same words", "it is no longer true"],
)
def test_what_was_told_or_is_no_longer_true_is_not_told(
    house: House, values: dict[str, Any], later: dict[str, Any]
) -> None:
    house.feed(phone=PHONE, status=4)
    house.clock.move(minutes=1)
    house.feed(phone=PHONE, status=9, step="Trả kết quả")
    close_all(house, **values)
    if later:
        house.clock.move(minutes=1)
        house.feed(phone=PHONE, **later)
    assert "đã có kết quả" not in prove(house)


def test_neither_phone_nor_digits_lie_open_in_the_database(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.say(not_the(digits))
    house.say(digits)
    kept = repr([stored(house, table) for table in metadata.sorted_tables])
    assert "905123456" not in kept
    assert f"'{digits}'" not in kept
