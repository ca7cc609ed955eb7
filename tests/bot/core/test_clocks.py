"""Which of two workers waits when their clocks differ."""

from datetime import timedelta

import pytest

from bot.core.clocks import WorkerClock, nearer_clock


def clock(name: str, ahead: float) -> WorkerClock:
    return WorkerClock(name, timedelta(seconds=ahead))


@pytest.mark.parametrize(
    ("own", "beside", "waits"),
    [
        (clock("b", 0.02), [clock("a", 0.0)], False),
        (clock("b", 300), [], False),  # alone it takes nothing from anybody
        (clock("b", 300), [clock("a", 0)], True),
        (clock("b", -300), [clock("a", 0)], True),
        (clock("a", 0), [clock("b", 300), clock("c", -3_600)], False),
        (clock("b", 300), [clock("a", 300), clock("c", 301)], False),  # a rehearsal set forward
        (clock("b", 300), [clock("a", 300), clock("c", 0)], True),
        (clock("a", 45), [clock("b", -45)], False),
        (clock("b", -45), [clock("a", 45)], True),  # one of two goes on, whichever
    ],
)
def test_the_one_farther_from_the_databases_clock_waits(
    own: WorkerClock, beside: list[WorkerClock], waits: bool
) -> None:
    assert (nearer_clock(own, beside) is not None) is waits
