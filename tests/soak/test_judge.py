"""What the soak calls growth: a leak shows, warming up and a single peak do not."""

import pytest

from tests.soak.judge import judged

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
