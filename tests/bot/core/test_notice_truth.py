"""A citizen is never told what is past: each event against each place a dossier can stand at."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.notice import NoticeEvent
from bot.core.notice_truth import Present, Told, why_untrue

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
ALL = set(range(1, 11))


def told(event: NoticeEvent, step: str = "Thẩm định", minutes_old: float = 0) -> Told:
    """A notice of an event, owed so long ago."""
    return Told(event, step, DUE, NOW - timedelta(minutes=minutes_old))


def holds(notice: Told, present: Present) -> bool:
    """Whether it may still be told."""
    return not why_untrue(notice, present, NOW, VIETNAM)


@pytest.mark.parametrize(
    ("event", "statuses"),
    [
        (NoticeEvent.RECEIVED, {1, 2, 4, 5, 6, 9}),
        (NoticeEvent.SUPPLEMENT, {5}),
        (NoticeEvent.PAYMENT, {6}),
        (NoticeEvent.REFUSED, {3}),
        (NoticeEvent.STOPPED, {8}),
        (NoticeEvent.WITHDRAWN, {7}),
        (NoticeEvent.RETURNED, {10}),
        (NoticeEvent.RESULT, {9}),
        (NoticeEvent.STEP, ALL),
        (NoticeEvent.APOLOGY, {2, 4}),
        (NoticeEvent.OTP, ALL),
    ],
)
def test_a_notice_holds_at_these_statuses_only(event: NoticeEvent, statuses: set[int]) -> None:
    found = {one for one in ALL if holds(told(event), Present(one, "Thẩm định", DUE))}
    assert found == statuses


@pytest.mark.parametrize(
    ("status", "step", "ready"),
    [
        (9, "Thẩm định", True),
        (4, "Trả kết quả", True),
        (4, "TRA KET QUA", True),
        (4, "Trả kết quả bổ sung", False),
        (5, "Trả kết quả", False),
        (10, "Trả kết quả", False),
    ],
)
def test_a_result_is_told_while_the_citizen_can_collect_it(
    status: int, step: str, ready: bool
) -> None:
    present = Present(status, step, DUE)
    assert holds(told(NoticeEvent.RESULT), present) is ready
    correction = Present(status, step, DUE, result="delivered")
    assert holds(told(NoticeEvent.CORRECTION), correction) is (not ready and status != 10)


@pytest.mark.parametrize(
    ("minutes", "step", "still"),
    [
        (0, "Trình ký", True),
        (10, "Trình ký", True),
        (10.01, "Trình ký", False),
        (600, "Thẩm định", True),
    ],
)
def test_a_step_that_had_to_wait_is_told_only_while_it_is_the_present_one(
    minutes: float, step: str, still: bool
) -> None:
    assert holds(told(NoticeEvent.STEP, minutes_old=minutes), Present(4, step, DUE)) is still


@pytest.mark.parametrize(
    ("result", "still"),
    [
        ("delivered", True),
        ("sent", True),
        ("unsure", True),
        ("open", True),
        ("skipped", False),
        ("failed", False),
        ("waiting", False),
        ("", False),
    ],
)
def test_a_correction_follows_a_result_that_may_have_been_told(result: str, still: bool) -> None:
    present = Present(4, "Thẩm định", DUE, result=result)
    assert holds(told(NoticeEvent.CORRECTION), present) is still


@pytest.mark.parametrize(
    ("due", "still"),
    [
        pytest.param("2026-11-26T17:00:00", True, id="as promised"),
        pytest.param("2026-11-26T00:00:00", True, id="another hour of that day"),
        pytest.param("2026-11-26T23:59:59", True, id="its last second"),
        pytest.param("2026-11-27T00:00:00", False, id="the next day has begun"),
        pytest.param("2026-11-25T23:59:59", False, id="the day before"),
        pytest.param("", False, id="no due date any more"),
    ],
)
def test_an_apology_is_about_the_day_that_was_promised(due: str, still: bool) -> None:
    moment = datetime.fromisoformat(due).replace(tzinfo=VIETNAM) if due else None
    assert holds(told(NoticeEvent.APOLOGY), Present(4, "Thẩm định", moment)) is still


def test_no_apology_for_what_is_ready() -> None:
    assert not holds(told(NoticeEvent.APOLOGY), Present(4, "Trả kết quả", DUE))


def test_an_apology_of_an_unknown_promise_is_not_told() -> None:
    unknown = Told(NoticeEvent.APOLOGY, None, None, NOW)
    assert not holds(unknown, Present(4, "Thẩm định", DUE))
