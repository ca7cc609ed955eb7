"""The way of a dossier as a citizen sees it, and what to do now."""

from datetime import datetime, timedelta

import pytest

from bot.core.dossier import Progress
from bot.core.notice_rules import is_in_result
from bot.core.step_line import Advice, Place, Stage, advice, may_be_fetched, step_line
from tests.make import NOW


def progress(status: int, step: str = "Thẩm định", ended_at: datetime | None = None) -> Progress:
    return Progress("0101701234", step, status, None, None, ended_at)


def told(status: int, step: str = "Thẩm định", received: bool = True) -> list[str]:
    """The line in short: what is done, [what is present], (what is ahead)."""
    forms = {Place.DONE: "{}", Place.PRESENT: "[{}]", Place.AHEAD: "({})"}
    ready = is_in_result(progress(status, step))
    return [forms[place].format(stage) for stage, place in step_line(status, ready, received)]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (1, "[submitted] (received) (worked_on) (ready) (handed_out)"),
        (2, "submitted [received] (worked_on) (ready) (handed_out)"),
        (3, "submitted [refused]"),
        (4, "submitted received [worked_on] (ready) (handed_out)"),
        (5, "submitted received [supplement] (ready) (handed_out)"),
        (6, "submitted received [payment] (ready) (handed_out)"),
        (7, "submitted received [withdrawn]"),
        (8, "submitted received [stopped]"),
        (9, "submitted received worked_on [ready] (handed_out)"),
        (10, "submitted received worked_on ready [handed_out]"),
    ],
)
def test_each_status_has_its_place_on_the_way(status: int, line: str) -> None:
    assert " ".join(told(status)) == line


@pytest.mark.parametrize("step", ["Trả kết quả", "TRA KET QUA", "Tra\u0309 kê\u0301t qua\u0309"])
def test_the_step_of_handing_out_counts_as_a_result(step: str) -> None:
    assert "[ready]" in told(4, step)
    assert "[supplement]" in told(5, step)


def test_what_was_withdrawn_before_it_was_received_was_only_submitted() -> None:
    assert told(7, received=False) == ["submitted", "[withdrawn]"]


@pytest.mark.parametrize(
    ("status", "may_come", "late", "what"),
    [
        (1, False, False, Advice.WAIT),
        (4, True, False, Advice.WAIT),
        (4, False, True, Advice.LATE),
        (5, False, False, Advice.WAIT),
        (5, True, True, Advice.SUPPLEMENT),
        (6, False, True, Advice.PAYMENT),
        (9, False, False, Advice.WAIT),
        (9, True, True, Advice.RESULT),
        (10, False, True, Advice.RETURNED),
        (3, False, False, Advice.REFUSED),
        (7, False, True, Advice.WITHDRAWN),
        (8, False, True, Advice.STOPPED),
    ],
)
def test_what_to_do_now(status: int, may_come: bool, late: bool, what: Advice) -> None:
    assert advice(status, status == 9, may_come, late) is what


@pytest.mark.parametrize(
    ("hold", "ended", "changed", "may"),
    [
        (0, 0, 0, True),
        (30, 29, 90, False),
        (30, 30, 0, True),
        (30, None, 31, True),
        (30, None, 29, False),
    ],
)
def test_a_held_result_is_not_come_for(
    hold: int, ended: int | None, changed: int, may: bool
) -> None:
    """Minutes before now; a result known by its step alone is counted from the change."""
    since = None if ended is None else NOW - timedelta(minutes=ended)
    change = NOW - timedelta(minutes=changed)
    assert may_be_fetched(progress(9, ended_at=since), change, timedelta(minutes=hold), NOW) is may


def test_no_stage_stands_twice() -> None:
    for status in range(1, 11):
        stages = [stage for stage, _ in step_line(status, status == 9, received=True)]
        assert len(stages) == len(set(stages))
        assert stages[0] is Stage.SUBMITTED
