"""The calendar as it stands now: every process sees a change at once, and the evening with it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from bot.apologise import apologise_if_due, evening_at
from bot.calendar_file import packaged_calendar
from bot.close_day import DayEntered, DayOrder, enter_day, take_day_back
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.database import reading
from bot.enter_calendar import Entered, Handed, enter_notice
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.show_calendar import show_year
from bot.store.feed_keys import FeedKey
from bot.take_in_dossier import promise
from bot.working_calendar import working_calendar
from tests.bot.counter_place import LAND, Counter
from tests.conversation import House, make_house
from tests.make import HandClock, make_runtime

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
KEY = FeedKey("test", "H56.14", False)


def at(day: str, hour: str = "17:30") -> datetime:
    """A local moment."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=VIETNAM).astimezone(UTC)


def close(runtime: Runtime, day: str, works: bool = False) -> DayEntered:
    """Enter a day by hand, written as people do."""
    typed = f"{date.fromisoformat(day):%d/%m/%Y}"
    done = enter_day(runtime, None, DayOrder(typed, works, "bão số 12"))
    assert isinstance(done, DayEntered), done
    return done


def notice(runtime: Runtime, text: str, year: int) -> None:
    done = enter_notice(runtime, None, Handed(str(year), text, "1/TB-BNV"), None)
    assert isinstance(done, Entered), done


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, now=at("2026-11-25"))


def test_without_anything_entered_the_packaged_calendar_holds(house: House) -> None:
    assert working_calendar(house.runtime) is packaged_calendar()


def test_a_change_is_seen_by_every_process_at_its_next_question(database_url: str) -> None:
    one, other = make_runtime(database_url), make_runtime(database_url)
    assert working_calendar(other).is_working(date(2026, 12, 1))
    close(one, "2026-12-01")
    assert not working_calendar(other).is_working(date(2026, 12, 1))
    [stored] = show_year(one, 2026).by_hand
    take_day_back(one, None, date(2026, 12, 1), stored.hand.at.isoformat())
    assert working_calendar(other).is_working(date(2026, 12, 1))


def test_as_long_as_nothing_changes_one_row_is_read(house: House) -> None:
    close(house.runtime, "2026-12-01")
    working_calendar(house.runtime)
    asked: list[str] = []
    event.listen(house.runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for _ in range(3):
        working_calendar(house.runtime)
    assert [one for one in asked if "calendar_day" in one] == []
    assert len([one for one in asked if "calendar_version" in one]) == 3


def test_what_was_rolled_back_is_kept_by_nobody(house: House) -> None:
    with house.runtime.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(
            text("INSERT INTO calendar_version VALUES (1, 'never', :at, NULL)"),
            {"at": "2026-11-25 00:00:00"},
        )
        working_calendar(house.runtime, connection)
        transaction.rollback()
    close(house.runtime, "2026-12-01")
    assert not working_calendar(house.runtime).is_working(date(2026, 12, 1))


def test_a_year_that_was_entered_stands_in_place_of_the_packaged_one(house: House) -> None:
    rows = "ngày,loại\n01/01/2027,nghỉ\n17/04/2027,làm bù\n"
    notice(house.runtime, rows, 2027)
    calendar = working_calendar(house.runtime)
    assert calendar.confirmed(2027)
    assert calendar.is_working(date(2027, 2, 8)), "the packaged list of 2027 does not count"
    assert calendar.is_working(date(2027, 4, 17))
    assert not calendar.is_working(date(2026, 11, 24)), "other years stay as they were"


def test_days_by_hand_hold_over_a_notice_that_comes_later(house: House) -> None:
    close(house.runtime, "2027-03-01")
    close(house.runtime, "2027-01-01", works=True)
    notice(house.runtime, "nghỉ từ 05/02/2027 đến 14/02/2027", 2027)
    calendar = working_calendar(house.runtime)
    assert not calendar.is_working(date(2027, 3, 1))
    assert calendar.is_working(date(2027, 1, 1))


# The evening's apologies


def feed(house: House, due: list[str]) -> None:
    """Dossiers being worked on, promised for these days at noon."""
    told = [
        FeedDossier(
            code=f"H56.14-261101-{number:04d}",
            agency="H56.14",
            procedure=Procedure("1.003560", "Đăng ký khai sinh", False),
            step="Thẩm định hồ sơ",
            status=4,
            changed_at=house.clock() - timedelta(hours=9),
            times=Times(due_at=at(day, "12:00")),
            phone="0905123456",
        )
        for number, day in enumerate(due)
    ]
    assert all(not one.why for one in register_dossiers(house.runtime, KEY, told))


def last_day(house: House, day: str) -> str:
    return evening_at(house.runtime, at(day)).last.isoformat()


def test_a_closure_entered_at_17_29_moves_the_apologies_of_17_30(house: House) -> None:
    feed(house, ["2026-11-26", "2026-11-27", "2026-11-28"])
    house.clock.moment = at("2026-11-25", "17:29")
    done = close(house.runtime, "2026-11-26")
    assert (done.effect.moved, done.effect.closed, done.effect.evening_over) == (1, 1, False)
    house.clock.moment = at("2026-11-25")
    assert apologise_if_due(house.runtime) == 2


def test_a_closure_entered_later_in_the_evening_says_that_it_is_too_late(house: House) -> None:
    house.clock.moment = at("2026-11-25", "17:31")
    assert close(house.runtime, "2026-11-26").effect.evening_over
    assert not close(house.runtime, "2026-12-01").effect.evening_over


def test_a_friday_before_a_closed_monday_reaches_to_tuesday(house: House) -> None:
    assert last_day(house, "2026-11-27") == "2026-11-30"
    close(house.runtime, "2026-11-30")
    assert last_day(house, "2026-11-27") == "2026-12-01"


def test_a_worked_saturday_ends_fridays_evening(house: House) -> None:
    close(house.runtime, "2026-11-28", works=True)
    assert last_day(house, "2026-11-27") == "2026-11-28"
    assert last_day(house, "2026-11-28") == "2026-11-30"


def test_the_eve_of_tet_follows_the_notice(house: House) -> None:
    assert last_day(house, "2027-02-03") == "2027-02-11"
    notice(house.runtime, "Nghỉ Tết từ 05/02/2027 đến 14/02/2027", 2027)
    assert last_day(house, "2027-02-03") == "2027-02-04"
    assert last_day(house, "2027-02-04") == "2027-02-15"


def test_the_clock_of_a_province_decides_which_day_is_past(database_url: str) -> None:
    clock = HandClock(at("2026-11-25", "23:59"))
    runtime = make_runtime(database_url, clock)
    close(runtime, "2026-11-25")
    clock.move(minutes=1)
    with reading(runtime.engine):
        done = enter_day(runtime, None, DayOrder("25/11/2026", works=True, reason="nhầm"))
    assert not isinstance(done, DayEntered)


def test_the_counter_promises_by_what_the_calendar_says_at_that_moment(database_url: str) -> None:
    counter = Counter(database_url)
    before = promise(counter.runtime, counter.lan, "H32.15", LAND)
    assert before is not None
    close(counter.runtime, before.date().isoformat())
    after = promise(counter.runtime, counter.lan, "H32.15", LAND)
    assert after is not None
    assert after.date() == packaged_calendar().next_working(before.date())
