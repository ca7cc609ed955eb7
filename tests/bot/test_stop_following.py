"""Who wants no more notices gets none, at once; what happened later is not undone by it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.store.notice_tables import consent, dossier_follow, notice, phone_link, phone_proof
from bot.store.phone_links import linked_followers
from bot.upkeep import tidy
from tests.conversation import CODE, House, make_house
from tests.make import NOW
from tests.proving import MASKED, PHONE, at, codes_sent, prove, stored, withdraw_event
from tests.slips import slip_link
from tests.zalo_calls import CITIZEN, relation_event, text_event


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url, sms_gateway="esms")
    house.feed()
    return house


def follow_all(house: House) -> None:
    """One phone proved and one slip followed."""
    prove(house)
    house.say(slip_link(CODE))


def followers(house: House) -> int:
    """How many ways to citizens are open, as the sender of notices sees it."""
    phones = {row["phone_index"] for row in stored(house, phone_link)}
    dossiers = {row["dossier_id"] for row in stored(house, dossier_follow)}
    with house.runtime.engine.connect() as connection:
        return len(linked_followers(connection, phones, dossiers))


def test_following_opens_ways(house: House) -> None:
    follow_all(house)
    assert followers(house) == 2


@pytest.mark.parametrize("text", ["thôi theo dõi", "STOP", "#THOI"])
def test_stop_ends_all_and_says_what_and_how_to_come_back(house: House, text: str) -> None:
    follow_all(house)
    said = house.say(text)
    assert followers(house) == 0
    assert "1 số điện thoại và 1 hồ sơ" in said
    assert "Muốn nhận lại" in said
    rows = stored(house, phone_link) + stored(house, dossier_follow)
    assert {(row["ended_why"], row["ended_at"]) for row in rows} == {("stop", NOW)}


def test_taking_consent_back_is_added_and_overwrites_nothing(house: House) -> None:
    follow_all(house)
    given = stored(house, consent)
    house.say("thôi theo dõi")
    kept = stored(house, consent)
    assert kept[:2] == given
    assert [(row["about"], row["given"], row["how"]) for row in kept[2:]] == [
        ("phone", False, "stop"),
        ("dossier", False, "stop"),
    ]
    assert [row["link_id"] for row in kept[2:]] == [row["link_id"] for row in given]


def test_coming_back_is_proving_again(house: House) -> None:
    follow_all(house)
    house.say("thôi theo dõi")
    prove(house)
    assert followers(house) == 1


@pytest.mark.parametrize("text", ["thôi theo dõi", "xóa thông tin"])
def test_where_nothing_is_followed_it_is_said_so(house: House, text: str) -> None:
    said = house.say(text)
    assert "không" in said
    assert "gõ số điện thoại" in said


def test_forget_wipes_the_phone_everywhere(house: House) -> None:
    follow_all(house)
    house.say("0912345678")
    said = house.say("xóa thông tin")
    assert "đã xóa số điện thoại" in said
    assert followers(house) == 0
    [link] = stored(house, phone_link)
    assert (link["phone"], link["phone_index"], link["ended_why"]) == (b"", b"", "forget")
    assert {row["phone"] for row in stored(house, phone_proof)} == {b""}
    wiped = [row for row in stored(house, notice) if row["event"] == "otp"]
    assert {row["due_at"] for row in wiped} == {None}
    assert {(row["phone"], row["secret"], row["recipient"]) for row in wiped} == {(None, None, "")}
    taken = [row for row in stored(house, consent) if not row["given"]]
    assert {(row["user_id"], row["how"]) for row in taken} == {("", "forget")}


def test_forget_does_not_open_the_daily_limit_again(house: House) -> None:
    for _ in range(3):
        house.say(PHONE)
        house.say("xóa thông tin")
    assert "Hôm nay đã gửi đủ 3 mã" in house.say(PHONE)
    assert "Hôm nay đã gửi đủ 3 mã" in house.say(PHONE, f"{CITIZEN}1")


def test_what_is_left_of_codes_is_wiped_two_days_later(house: House) -> None:
    prove(house)
    house.clock.move(hours=47)
    tidy(house.runtime)
    assert stored(house, phone_proof)[0]["phone"]
    house.clock.move(hours=2)
    tidy(house.runtime)
    [proof] = stored(house, phone_proof)
    assert (proof["phone"], proof["phone_index"], proof["code_mark"]) == (b"", b"", b"")
    assert followers(house) == 1


@pytest.mark.parametrize("text", ["thôi theo dõi", "xóa thông tin"])
def test_a_code_on_its_way_is_worth_nothing_after_that(house: House, text: str) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.say(text)
    assert codes_sent(house) == []
    assert "Mã hồ sơ chưa đủ" in house.say(digits)


QUIET = [(relation_event("unfollow"), "unfollow"), (withdraw_event(), "withdraw")]


@pytest.mark.parametrize(("event", "why"), QUIET, ids=["unfollow", "withdraw"])
def test_leaving_ends_all_without_a_word(house: House, event: dict[str, Any], why: str) -> None:
    follow_all(house)
    assert house.hear(event) == []
    assert followers(house) == 0
    assert {row["ended_why"] for row in stored(house, phone_link)} == {why}
    assert {row["how"] for row in stored(house, consent) if not row["given"]} == {why}


def test_withdrawing_wipes_the_phone(house: House) -> None:
    prove(house)
    house.hear(withdraw_event())
    assert [row["phone"] for row in stored(house, phone_link)] == [b""]
    assert [row["phone"] for row in stored(house, phone_proof)] == [b""]


@pytest.mark.parametrize("event", [one for one, _ in QUIET], ids=["unfollow", "withdraw"])
def test_leaving_that_arrives_late_does_not_end_what_came_after(
    house: House, event: dict[str, Any]
) -> None:
    house.clock.move(minutes=5)
    house.hear(at(text_event(PHONE, msg_id="ask"), house.clock()))
    house.hear(at(text_event(codes_sent(house)[-1], msg_id="digits"), house.clock()))
    house.hear(at(event, NOW))
    assert followers(house) == 1
    assert MASKED in house.say("0905123456")


def test_an_old_unfollow_after_a_newer_follow_does_nothing(house: House) -> None:
    prove(house)
    house.clock.move(minutes=5)
    house.hear(at(relation_event("follow"), house.clock()))
    house.hear(at(relation_event("unfollow"), NOW + timedelta(minutes=1)))
    assert followers(house) == 1


def test_a_code_asked_for_after_an_old_withdrawal_still_works(house: House) -> None:
    house.clock.move(minutes=5)
    house.say(PHONE)
    [digits] = codes_sent(house)
    house.hear(at(withdraw_event(), NOW))
    assert "Đã xác nhận" in house.say(digits)
