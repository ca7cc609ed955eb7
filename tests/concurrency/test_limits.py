"""One citizen's questions are worked on by several workers at once: the limits hold."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from bot.core.limits import MOST_LOOKUPS, MOST_MISSES
from bot.hear import hear
from bot.store.tables import lookup
from tests.conversation import House, make_house
from tests.zalo_calls import text_event


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url)


def hear_all_at_once(house: House) -> None:
    def work(_: int) -> None:
        while hear(house.runtime, most=3):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))


def looked_up(house: House) -> int:
    with house.runtime.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(lookup)).scalar_one())


def test_no_more_unknown_codes_than_ten(house: House) -> None:
    for number in range(40):
        house.store(text_event(f"H56.14-240823-{number:04}", msg_id=f"g{number}"))
    hear_all_at_once(house)
    assert looked_up(house) == MOST_MISSES
    assert len(house.owed()) == 40


def test_no_more_codes_than_sixty(house: House) -> None:
    codes = [f"H56.14-240823-{number:04}" for number in range(5)]
    for code in codes:
        house.feed(code)
    for number in range(20):
        house.store(text_event(" ".join(codes), msg_id=f"g{number}"))
    hear_all_at_once(house)
    assert looked_up(house) == MOST_LOOKUPS
    assert len(house.owed()) == 20
