"""What a text said when: versions one after the other, and which of them was told."""

from datetime import timedelta

import pytest

from bot.core.wording import Source, Wording, on_day, told
from tests.make import NOW

DAY = timedelta(days=1)


def version(number: int, source: Source, words: str, day: int) -> Wording:
    return Wording("talk.thanks", number, source, words, "", NOW + day * DAY, "", "")


HISTORY = [
    version(1, Source.SHIPPED, "gốc", 0),
    version(2, Source.CHANGED, "của tỉnh", 2),
    version(3, Source.SHIPPED, "gốc mới", 4),  # an upgrade takes nothing from the province
    version(4, Source.RESTORED, "gốc mới", 6),
]


def said(history: list[Wording]) -> list[tuple[str, int]]:
    """What was told, and from which day on; words in brackets could not be said."""
    periods = told(history, lambda words, _: "[" not in words)
    return [(one.wording.words, (one.since - NOW).days) for one in periods]


def test_the_provinces_words_are_told_until_they_are_taken_back() -> None:
    assert said(HISTORY) == [("gốc", 0), ("của tỉnh", 2), ("gốc mới", 6)]


def test_an_upgrade_of_a_text_that_nobody_changed_is_told_at_once() -> None:
    assert said([HISTORY[0], HISTORY[2]]) == [("gốc", 0), ("gốc mới", 4)]


def test_words_that_could_not_be_said_were_never_told() -> None:
    broken = version(2, Source.CHANGED, "[hỏng]", 2)
    assert said([HISTORY[0], broken, HISTORY[2]]) == [("gốc", 0), ("gốc mới", 4)]


@pytest.mark.parametrize(
    ("day", "words"),
    [(-1, []), (0, ["gốc"]), (1, ["gốc"]), (2, ["của tỉnh"]), (9, ["gốc mới"])],
)
def test_a_day_has_the_words_of_that_day(day: int, words: list[str]) -> None:
    periods = told(HISTORY, lambda *_: True)
    found = on_day(periods, NOW + day * DAY, NOW + (day + 1) * DAY)
    assert [one.wording.words for one in found] == words


def test_a_day_on_which_words_changed_has_both() -> None:
    begins = NOW + 2 * DAY - timedelta(hours=1)
    found = on_day(told(HISTORY, lambda *_: True), begins, begins + DAY)
    assert [one.wording.words for one in found] == ["gốc", "của tỉnh"]
