"""Every reason why a paper is not stamped has its words, for both readers."""

import tomllib
from string import Formatter

import pytest

from receipts.stamp.refusal import Refusal
from tests.rig.tree import CHECKOUT

WORDS = tomllib.loads((CHECKOUT / "receipts/data/stamping.toml").read_text(encoding="utf-8"))


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_reason_has_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == {str(one) for one in Refusal}
    assert all(set(words) == {"told", "vi"} for words in WORDS.values())


@pytest.mark.parametrize("why", list(Refusal))
def test_both_tell_of_the_same_things_in_one_line_each(why: Refusal) -> None:
    told, vietnamese = WORDS[why]["told"], WORDS[why]["vi"]
    theirs = {name.removesuffix("_vi") for name in values_in(vietnamese)}
    assert theirs <= values_in(told)
    assert "\n" not in told + vietnamese
    assert vietnamese.endswith((".", "}", "--code-after."))
