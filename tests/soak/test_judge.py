"""What the soak calls growth: a leak shows, warming up and a single peak do not."""

import pytest

from tests.soak.judge import Judged, beside_threads, judged

LOOKS = range(0, 3_600, 10)


@pytest.mark.parametrize(
    ("figure", "value", "flat"),
    [
        ("rss", lambda at: 100 + at / 3_600, True),  # a MiB in an hour
        ("rss", lambda at: 100 + 12 * at / 3_600, False),
        ("rss", lambda at: 60 + min(at, 1_000) / 25, True),  # caches fill, then it stays
        ("rss", lambda at: 300 if at == 3_000 else 100, True),  # one large photo
        ("rss", lambda at: 1_000 + 15 * at / 3_600, True),  # less than 2 % of its size
        ("handles", lambda at: 20 + at % 20 / 10, True),
        ("handles", lambda at: 85 if at > 2_400 and at % 20 else 24, True),  # a busy last third
        ("handles", lambda at: 20 + at // 300, False),
        ("files", lambda at: 24, True),
        ("uss", lambda at: 20 + at, True),  # shared pages become one's own: the whole stays
    ],
)
def test_growth_is_judged_over_the_last_two_thirds(figure: str, value: object, flat: bool) -> None:
    assert callable(value)
    series = [(float(at), float(value(at))) for at in LOOKS]
    assert judged("web 1", figure, series).flat is flat


@pytest.mark.parametrize(
    ("threads", "handles", "flat"),
    [
        (0, 2, True),
        (0, 3, False),  # nothing came that would hold them
        (1, 3, True),  # a thread with its connection to SQLite
        (1, 6, False),
        (2, 8, True),
        (9, 27, False),  # threads without end are no excuse
    ],
)
def test_a_thread_may_bring_the_handles_of_its_connection(
    threads: int, handles: int, flat: bool
) -> None:
    def after(figure: str, before: int, growth: int) -> Judged:
        series = [(float(at), float(before + growth * (at >= 2_400))) for at in LOOKS]
        return judged("worker 1 notice", figure, series)

    both = [after("threads", 10, threads), after("handles", 40, handles)]
    assert beside_threads(both)[1].flat is flat
