"""Results that are held, taken back and corrected, and changes that share a moment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.agencies import set_agency
from bot.core.snapshot import FeedDossier, Procedure
from bot.store.notice_tables import notice
from tests.bot.owing import BACK, CHECKED, RECEIVED, RESULT, Place, make_told, numbered
from tests.make import NOW

TAKEN_BACK = "the source took the result back before it was told"


@pytest.fixture
def place(database_url: str) -> Place:
    return Place(database_url)


# A result: held, taken back, corrected


def test_a_result_alone_waits_out_the_agencys_hold(place: Place) -> None:
    set_agency(place.runtime, "H32.15", result_hold_minutes=30)
    place.feed(RECEIVED, CHECKED, RESULT, replace(numbered(make_told(), 2), agency="H32"))
    place.feed(replace(numbered(RESULT, 2), agency="H32"))
    held = NOW + timedelta(minutes=30)
    assert [(row.event, row.state, row.due_at) for row in place.rows()] == [
        ("received", "waiting", NOW),
        ("step", "waiting", NOW),
        ("result", "held", held),
        ("result", "waiting", NOW),
    ]
    assert place.rows()[2].expires_at == held + timedelta(hours=72)


@pytest.mark.parametrize("hold", [0, 30])
@pytest.mark.parametrize(
    ("back", "instead"),
    [
        (BACK, ["step"]),
        (make_told(5, "Chờ bổ sung", 3), []),
        (replace(make_told(5, "Chờ bổ sung", 3), at_desk=True), ["supplement"]),
        (make_told(6, "Chờ nộp phí", 3), ["payment"]),
    ],
    ids=["a step", "supplement elsewhere", "supplement at the desk", "payment"],
)
@pytest.mark.parametrize("calls", ["one body", "two bodies"])
def test_a_result_taken_back_before_it_was_told_is_cancelled(
    place: Place, hold: int, back: FeedDossier, instead: list[str], calls: str
) -> None:
    set_agency(place.runtime, "H32.15", result_hold_minutes=hold)
    place.feed(make_told())
    if calls == "one body":
        place.feed(RESULT, back)
    else:
        place.feed(RESULT)
        place.clock.move(minutes=10)
        place.feed(back)
    [result, *others] = place.rows()
    assert (result.event, result.state, result.reason) == ("result", "skipped", TAKEN_BACK)
    assert (result.due_at, result.closed_at) == (None, place.clock())
    assert [row.event for row in others] == instead


@pytest.mark.parametrize(
    "happened",
    [
        {"claim": "worker-1"},
        {"state": "sent", "due_at": NOW},
        {"state": "unsure", "due_at": NOW},
        {"state": "sent", "due_at": None},
        {"state": "unsure", "due_at": None},
        {"state": "delivered", "due_at": None},
    ],
    ids=lambda happened: " ".join(f"{name}={value}" for name, value in happened.items()),
)
def test_a_result_taken_back_after_it_was_told_is_corrected(
    place: Place, happened: dict[str, Any]
) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(**happened)
    [before] = place.rows()
    place.feed(BACK)
    [result, correction] = place.rows()
    assert result == before
    assert (correction.event, correction.step, correction.state) == (
        "correction",
        "Ký duyệt",
        "waiting",
    )


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ("sending", ["result", "correction"]),
        ("sent", ["result", "correction"]),
        ("unsure", ["result", "correction"]),
        ("delivered", ["result", "correction"]),
        ("refused", ["result", "step"]),
        ("failed", ["result", "step"]),
    ],
)
def test_a_result_on_its_way_to_the_next_rung_counts_by_what_was_tried(
    place: Place, tried: str, expected: list[str]
) -> None:
    place.feed(make_told(), RESULT)
    place.try_result(tried)
    place.feed(BACK)
    assert [row.event for row in place.rows()] == expected
    assert (place.rows()[0].reason == TAKEN_BACK) == ("step" in expected)


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_a_result_that_reached_nobody_needs_no_correction(place: Place, state: str) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(state=state, due_at=None, reason="no way out", closed_at=NOW)
    place.feed(BACK)
    assert place.owed() == [("result", state), ("step", "waiting")]
    assert place.rows()[0].reason == "no way out"


def test_supplement_elsewhere_after_a_told_result_is_corrected_at_once(place: Place) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(state="delivered", due_at=None)
    place.feed(make_told(5, "Chờ bổ sung", 3))
    place.feed(replace(make_told(5, "Chờ bổ sung", 4), at_desk=True))
    assert [event for event, _ in place.owed()] == ["result", "correction", "supplement"]


@pytest.mark.parametrize("same_day", [False, True])
def test_a_result_that_never_was_told_of_needs_no_correction(place: Place, same_day: bool) -> None:
    procedure = Procedure("1.004873", "Đăng ký biến động đất đai", same_day)
    if same_day:
        place.feed(*(replace(one, procedure=procedure) for one in (CHECKED, RESULT)))
        set_agency(place.runtime, "H32.15", same_day_notices=True)
    else:
        place.feed(RESULT)
    place.feed(replace(BACK, procedure=procedure))
    assert place.owed() == [("step", "waiting")]


def test_a_second_result_taken_back_in_time_needs_no_second_correction(place: Place) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(state="delivered", due_at=None)
    place.feed(BACK)
    place.feed(make_told(9, "Trả kết quả", 4))
    place.feed(make_told(4, "Ký duyệt", 5))
    assert place.owed() == [
        ("result", "delivered"),
        ("correction", "waiting"),
        ("result", "skipped"),
        ("step", "waiting"),
    ]


def test_a_correction_that_was_dropped_is_owed_when_it_is_true_again(place: Place) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(state="delivered", due_at=None)
    place.feed(BACK)
    with place.runtime.engine.begin() as connection:
        closed = {"state": "skipped", "due_at": None, "reason": "no longer so"}
        connection.execute(update(notice).where(notice.c.event == "correction").values(closed))
    place.feed(make_told(9, "Trả kết quả", 4), make_told(4, "Ký duyệt", 5))
    assert [event for event, _ in place.owed()] == [
        "result",
        "correction",
        "result",
        "correction",
    ]


def test_a_result_handed_out_is_neither_told_nor_corrected_again(place: Place) -> None:
    place.feed(make_told(), RESULT)
    place.set_result(state="delivered", due_at=None)
    place.feed(make_told(10, "Đã trả", 3))
    place.feed(make_told(9, "Trả kết quả", 4))
    place.feed(make_told(4, "Ký duyệt", 5))
    assert [event for event, _ in place.owed()] == ["result", "returned", "step"]


def test_results_that_come_and_go_in_one_body_leave_the_last_one(place: Place) -> None:
    again = make_told(9, "Trả kết quả", 4)
    place.feed(make_told(), RESULT, BACK, again)
    assert place.owed() == [("result", "skipped"), ("step", "waiting"), ("result", "waiting")]
    assert place.rows()[2].changed_at == again.changed_at


def test_another_dossiers_result_stays_owed(place: Place) -> None:
    place.feed(*(numbered(one, number) for one in (make_told(), RESULT) for number in (1, 2)))
    place.feed(numbered(BACK, 1))
    assert place.owed() == [("result", "skipped"), ("result", "waiting"), ("step", "waiting")]


# Software that counts in days: several changes at one moment


def test_a_result_of_the_same_moment_is_owed_again_after_it_was_cancelled(place: Place) -> None:
    set_agency(place.runtime, "H32.15", result_hold_minutes=30)
    place.feed(make_told(), RESULT, replace(BACK, changed_at=RESULT.changed_at))
    assert place.owed() == [("result", "skipped"), ("step", "waiting")]
    place.clock.move(minutes=5)
    place.feed(replace(RESULT, handler="Nguyễn Văn A"))
    result = place.rows()[0]
    assert (result.event, result.state, result.reason) == ("result", "held", None)
    assert (result.due_at, result.closed_at) == (NOW + timedelta(minutes=35), None)


def test_a_step_that_waits_says_the_newest_of_its_moment(place: Place) -> None:
    newer = replace(CHECKED, step="Ký duyệt")
    place.feed(make_told(4, "Phân công"), CHECKED)
    place.feed(newer)
    assert [(row.event, row.step) for row in place.rows()] == [("step", "Ký duyệt")]
    with place.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(state="delivered", due_at=None))
    place.feed(replace(newer, step="Trình ký"))
    assert [(row.step, row.state) for row in place.rows()] == [("Ký duyệt", "delivered")]
