"""What a desk sees of its talks: who waits for how long, how far the citizen is known."""

from datetime import timedelta

import pytest

from bot.core.staff import Actor
from bot.doctor_talks import talk_findings
from bot.show_talks import list_talks, talks_waiting
from bot.upkeep import JOBS
from tests.conversation import CODE, House, days, make_house
from tests.proving import PHONE, prove
from tests.slips import slip_link
from tests.talks import answer, make_clerk, only_talk, shown, tell

HOUR = timedelta(hours=1)


@pytest.fixture
def house(database_url: str) -> House:
    house = make_house(database_url, sms_gateway="esms")
    house.feed()
    return house


@pytest.fixture
def clerk(house: House) -> Actor:
    return make_clerk(house)


@pytest.fixture
def number(house: House, clerk: Actor) -> int:
    """A talk that waits for an answer."""
    tell(house, f"gặp cán bộ {CODE}")
    return only_talk(house, clerk).id


def test_a_talk_waits_from_the_first_unanswered_line(
    house: House, clerk: Actor, number: int
) -> None:
    house.clock.moment += HOUR
    tell(house, "alo cán bộ")
    house.clock.moment += HOUR
    assert only_talk(house, clerk).waiting == 2 * HOUR
    assert talks_waiting(house.runtime, clerk) == 1
    answer(house, clerk, number)
    assert only_talk(house, clerk).waiting is None
    assert talks_waiting(house.runtime, clerk) == 0
    tell(house, "còn giấy tờ gì nữa không")
    house.clock.moment += HOUR
    assert only_talk(house, clerk).waiting == HOUR


def test_the_longest_waiting_stands_first_and_the_answered_last(house: House, clerk: Actor) -> None:
    users = ["11", "22", "33"]
    for user in users:
        tell(house, f"gặp cán bộ {CODE}", user)
        house.clock.moment += HOUR
    rows = list_talks(house.runtime, clerk).open
    answer(house, clerk, rows[0].id)
    after = list_talks(house.runtime, clerk)
    assert [row.id for row in after.open] == [rows[1].id, rows[2].id, rows[0].id]
    assert after.waiting == 2


def test_silence_after_an_answer_closes_the_talk(house: House, clerk: Actor, number: int) -> None:
    answer(house, clerk, number)
    house.clock.moment += 48 * HOUR - timedelta(seconds=1)
    JOBS["end-talks"].run(house.runtime)
    assert only_talk(house, clerk).id == number
    house.clock.moment += timedelta(seconds=1)
    JOBS["end-talks"].run(house.runtime)
    talks = list_talks(house.runtime, clerk)
    assert (talks.open, [row.closed_why for row in talks.closed]) == ([], ["silence"])


def test_how_far_the_citizen_is_known_stands_beside(house: House, clerk: Actor) -> None:
    house.feed(phone=PHONE, step="Xác minh", changed_at=house.clock() + timedelta(seconds=1))
    tell(house, f"gặp cán bộ {CODE}")
    number = only_talk(house, clerk).id

    def known() -> tuple[bool, bool, str]:
        beside = shown(house, clerk, number).beside
        assert beside is not None
        return beside.proved, beside.followed, beside.sentence

    sentence = (
        f"Hồ sơ của quý Ông/Bà ({CODE}) hiện đang ở bước Xác minh, trạng thái hồ sơ: Đúng hạn."
    )
    assert known() == (False, False, sentence)
    house.say(slip_link(CODE))
    assert known() == (False, True, sentence)
    prove(house)
    assert known() == (True, True, sentence)


def test_time_to_the_first_answer_is_measured(house: House, clerk: Actor, number: int) -> None:
    house.clock.moment += HOUR
    answer(house, clerk, number)
    house.clock.moment += HOUR
    answer(house, clerk, number, press="p2")
    metrics = house.runtime.metrics
    assert metrics.handover_answer_seconds._sum.get() == 3600
    assert metrics.handovers.labels("answered")._value.get() == 2


@pytest.mark.parametrize(("passed", "level"), [(days(1), "ok"), (days(2), "warn")])
def test_the_doctor_warns_of_what_waits_over_a_working_day(
    house: House, clerk: Actor, number: int, passed: timedelta, level: str
) -> None:
    house.clock.moment += passed
    [finding] = talk_findings(house.runtime)
    assert finding.level == level
    answer(house, clerk, number)


def test_the_doctor_knows_a_weekend(house: House, clerk: Actor) -> None:
    house.clock.moment += days(2)  # a Friday
    tell(house, f"gặp cán bộ {CODE}")
    house.clock.moment += days(3)
    [finding] = talk_findings(house.runtime)
    assert finding.level == "ok"
