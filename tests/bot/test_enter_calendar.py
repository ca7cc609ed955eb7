"""A year's notice entered: looked at, stored in one go, and two administrators at once."""

import json
from datetime import date
from threading import Barrier, Thread

import pytest

from bot.agencies import add_agency
from bot.close_day import DayEntered, DayOrder, enter_day, take_day_back
from bot.core.counter_faults import Faults
from bot.core.staff import Account, Actor, Role
from bot.enter_calendar import EDITED, Entered, Handed, Preview, enter_notice, preview_notice
from bot.runtime import Runtime
from bot.show_calendar import Origin, show_year
from bot.store.calendars import Hand
from tests.bot.calendar_desk import calendar_deeds, make_administrator
from tests.make import NOW, make_runtime

TEXT = "Nghỉ Tết Nguyên đán từ 05/02/2027 đến 14/02/2027"
HANDED = Handed("2027", TEXT, "1234/TB-BNV", "15/10/2026")
STORM = DayOrder("01/12/2026", works=False, reason="Bão số 12, Công điện 05/CĐ-UBND")


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    return make_runtime(database_url)


@pytest.fixture
def boss(runtime: Runtime) -> Actor:
    return make_administrator(runtime)


def looked(runtime: Runtime, actor: Actor, handed: Handed = HANDED) -> Preview:
    preview = preview_notice(runtime, actor, handed)
    assert isinstance(preview, Preview), preview
    return preview


def test_a_preview_stores_nothing(runtime: Runtime, boss: Actor) -> None:
    preview = looked(runtime, boss)
    assert [one.day.day for one in preview.proposal.changes] == [4, 11, 12]
    assert show_year(runtime, 2027).origin is Origin.PACKAGED
    assert calendar_deeds(runtime) == []


def test_what_was_looked_at_is_stored_and_can_be_traced(runtime: Runtime, boss: Actor) -> None:
    done = enter_notice(runtime, boss, HANDED, looked(runtime, boss).looked_at)
    assert isinstance(done, Entered)
    shown = show_year(runtime, 2027)
    assert shown.listed.confirmed
    assert shown.listed.source == "1234/TB-BNV ngày 15/10/2026"
    assert (shown.origin, shown.entered) == (Origin.ENTERED, Hand(NOW, "quan.tri"))
    assert shown.listed.rules[date(2027, 2, 11)].why == "Tết Nguyên đán"
    assert shown.listed.rules[date(2027, 4, 30)].why == "Ngày Chiến thắng 30/4"
    [(action, key, detail)] = calendar_deeds(runtime)
    assert (action, key) == ("calendar.imported", "2027")
    told = json.loads(detail)
    assert told["before"].startswith("nghỉ 01/01 04/02 05/02 08/02")
    assert told["after"].startswith("nghỉ 01/01 05/02 08/02")
    assert "đã xác nhận; 1234/TB-BNV ngày 15/10/2026" in told["after"]


def test_the_same_notice_again_changes_nothing_but_is_written_down(
    runtime: Runtime, boss: Actor
) -> None:
    for _ in range(2):
        enter_notice(runtime, boss, HANDED, looked(runtime, boss).looked_at)
    assert looked(runtime, boss).proposal.changes == ()
    assert len(calendar_deeds(runtime)) == 2


def test_the_second_of_two_administrators_is_told_what_changed(
    runtime: Runtime, boss: Actor
) -> None:
    other = make_administrator(runtime, "hoa")
    seen = looked(runtime, boss).looked_at
    assert isinstance(
        enter_notice(runtime, other, HANDED, looked(runtime, other).looked_at), Entered
    )
    again = enter_notice(runtime, boss, HANDED, seen)
    assert isinstance(again, Preview)
    assert again.hand == Hand(NOW, "hoa")
    assert "thứ Năm 04/02/2027 không còn là ngày nghỉ" in again.told
    assert "lịch đã được xác nhận" in again.told
    assert len(calendar_deeds(runtime)) == 1
    assert isinstance(enter_notice(runtime, boss, HANDED, again.looked_at), Entered)


def test_of_two_at_the_very_same_moment_one_stores(runtime: Runtime, boss: Actor) -> None:
    seen = looked(runtime, boss).looked_at
    start, answers = Barrier(2), list[object]()

    def press() -> None:
        start.wait()
        answers.append(enter_notice(runtime, boss, HANDED, seen))

    threads = [Thread(target=press) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(type(one).__name__ for one in answers) == ["Entered", "Preview"]


def test_a_text_that_was_edited_after_the_preview_is_shown_first(
    runtime: Runtime, boss: Actor
) -> None:
    edited = Handed("2027", TEXT.replace("14/02", "21/02"), "1/TB", "15/10/2026")
    again = enter_notice(runtime, boss, edited, looked(runtime, boss).looked_at)
    assert isinstance(again, Preview)
    assert again.told == (EDITED,)
    assert calendar_deeds(runtime) == []


@pytest.mark.parametrize(
    ("handed", "fields"),
    [
        (Handed("2027", TEXT), {"number", "issued"}),
        (Handed("2027", TEXT, "1/TB"), {"issued"}),
        (Handed("2027", TEXT, "1/TB", "hôm qua"), {"issued"}),
        (Handed("27", TEXT, "1/TB", "15/10/2026"), {"year"}),
        (Handed("2100", TEXT, "1/TB", "15/10/2026"), {"year"}),
        (Handed("2027", "", "1/TB", "15/10/2026"), {"text"}),
    ],
)
def test_what_is_missing_is_named_at_its_field(
    runtime: Runtime, boss: Actor, handed: Handed, fields: set[str]
) -> None:
    seen = looked(runtime, boss).looked_at
    answer = enter_notice(runtime, boss, handed, seen)
    assert isinstance(answer, Faults), answer
    assert set(answer.fields) == fields


def test_a_command_without_the_notices_number_leaves_the_year_unconfirmed(
    runtime: Runtime,
) -> None:
    assert isinstance(enter_notice(runtime, None, Handed("2027", TEXT), None), Entered)
    assert not show_year(runtime, 2027).listed.confirmed


def test_an_administrator_of_one_agency_changes_nothing_for_the_province(runtime: Runtime) -> None:
    add_agency(runtime, "H56", "UBND tỉnh")
    add_agency(runtime, "H56.14", "UBND thành phố", parent="H56")
    account = Account(1, "xa", "", frozenset({Role.ADMINISTRATOR}), "H56.14")
    local = Actor(account, "", frozenset({"H56.14"}))
    for answer in (
        preview_notice(runtime, local, HANDED),
        enter_notice(runtime, local, HANDED, ""),
        enter_day(runtime, local, STORM),
        take_day_back(runtime, local, date(2026, 12, 1), ""),
    ):
        assert isinstance(answer, Faults)
        assert "toàn tỉnh" in answer.fields[""]
    assert calendar_deeds(runtime) == []


# Single days


def test_a_day_by_hand_is_entered_and_taken_back(runtime: Runtime, boss: Actor) -> None:
    done = enter_day(runtime, boss, STORM)
    assert isinstance(done, DayEntered)
    [stored] = show_year(runtime, 2026).by_hand
    assert (stored.day, stored.hand.login) == (date(2026, 12, 1), "quan.tri")
    back = take_day_back(runtime, boss, stored.day, stored.hand.at.isoformat())
    assert isinstance(back, DayEntered)
    assert back.works
    assert show_year(runtime, 2026).by_hand == ()
    assert [(action, json.loads(detail)) for action, _, detail in calendar_deeds(runtime)] == [
        (
            "calendar.day_entered",
            {"before": "ngày làm việc", "after": f"ngày nghỉ: {STORM.reason}"},
        ),
        (
            "calendar.day_taken_back",
            {"before": f"ngày nghỉ: {STORM.reason}", "after": "ngày làm việc"},
        ),
    ]


def test_the_second_to_enter_or_take_back_a_day_is_told_who_was_first(
    runtime: Runtime, boss: Actor
) -> None:
    enter_day(runtime, boss, STORM)
    again = enter_day(runtime, boss, STORM)
    assert isinstance(again, Faults)
    assert "quan.tri nhập lúc 09:00 25/11/2026: ngày nghỉ: Bão số 12" in again.fields["day"]
    other = take_day_back(runtime, boss, date(2026, 12, 1), "2020-01-01T00:00:00+00:00")
    assert isinstance(other, Faults)
    assert "quan.tri" in other.fields[""]
    gone = take_day_back(runtime, boss, date(2026, 12, 2), NOW.isoformat())
    assert isinstance(gone, Faults)
    assert "đã được bỏ" in gone.fields[""]
    assert len(calendar_deeds(runtime)) == 1


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (DayOrder("29/11/2026", works=False, reason="bão"), "day"),  # a Sunday
        (DayOrder("24/11/2026", works=True, reason="bão"), "day"),  # yesterday
        (DayOrder("01/12/2026", works=True, reason="bão"), "day"),  # a working day
        (DayOrder("31/11/2026", works=False, reason="bão"), "day"),
        (DayOrder("01/12/2100", works=False, reason="bão"), "day"),
        (DayOrder("01/12/2026", works=False, reason=" "), "reason"),
        (DayOrder("01/12/2026", works=False, reason="b" * 201), "reason"),
    ],
)
def test_a_day_that_changes_nothing_or_says_no_reason_is_refused(
    runtime: Runtime, order: DayOrder, field: str
) -> None:
    answer = enter_day(runtime, None, order)
    assert isinstance(answer, Faults), answer
    assert list(answer.fields) == [field]
