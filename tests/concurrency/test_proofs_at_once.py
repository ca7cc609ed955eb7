"""Many prove one phone at the same moment, over several workers: every limit holds."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.core.phone_proof import MOST_A_DAY, MOST_TRIES
from bot.hear import hear
from bot.store.notice_tables import notice, phone_link, phone_proof
from tests.conversation import House, make_house
from tests.proving import PHONE, codes_sent, not_the, stored
from tests.zalo_calls import CITIZEN, text_event


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, sms_gateway="esms")


def hear_all_at_once(house: House) -> None:
    def work(_: int) -> None:
        while hear(house.runtime, most=3):
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))


def test_fifty_citizens_ask_for_one_phone(house: House) -> None:
    for number in range(50):
        house.store(text_event(PHONE, f"9{number:018}", msg_id=f"ask{number}"))
    hear_all_at_once(house)
    assert len(stored(house, phone_proof)) == MOST_A_DAY
    assert len(stored(house, notice)) == MOST_A_DAY
    assert len(house.owed()) == 50


def test_one_citizen_asks_fifty_times(house: House) -> None:
    for number in range(50):
        house.store(text_event(f"09051234{number:02}", msg_id=f"ask{number}"))
    hear_all_at_once(house)
    assert len(stored(house, phone_proof)) == MOST_A_DAY
    assert Counter(row["state"] for row in stored(house, phone_proof))["open"] == 1


def test_the_right_digits_fifty_times_are_one_link(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    for number in range(50):
        house.store(text_event(digits, msg_id=f"digits{number}"))
    hear_all_at_once(house)
    assert len(stored(house, phone_link)) == 1
    told = Counter("Đã xác nhận" in each["text"] for each in house.owed()[1:])
    assert told == {True: 1, False: 49}


def test_fifty_wrong_digits_at_once_count_exactly_five(house: House) -> None:
    house.say(PHONE)
    [digits] = codes_sent(house)
    for number in range(50):
        house.store(text_event(not_the(digits), msg_id=f"digits{number}"))
    hear_all_at_once(house)
    [proof] = stored(house, phone_proof)
    assert (proof["tries"], proof["state"]) == (MOST_TRIES, "dead")
    assert "không dùng được nữa" in house.say(digits)
    assert stored(house, phone_link) == []


def test_proving_taking_over_and_leaving_at_once_never_block_each_other(house: House) -> None:
    people = [f"9{number:018}" for number in range(3)]
    for user in people:
        house.say(PHONE, user)
    for user, digits in zip(people, codes_sent(house), strict=True):
        house.store(text_event(digits, user, msg_id=f"digits{user}"))
    for turn in range(12):
        for user in people:
            house.store(text_event("#GOSO", user, msg_id=f"goso{user}{turn}"))
            house.store(text_event("thôi theo dõi", user, msg_id=f"stop{user}{turn}"))
    house.store(text_event("xin chào", CITIZEN, msg_id="hello"))
    hear_all_at_once(house)
    assert all(row["ended_at"] for row in stored(house, phone_link))
    assert len(stored(house, phone_link)) <= len(people)
    assert len(house.owed()) == len(people) * (1 + 1 + 24) + 1
