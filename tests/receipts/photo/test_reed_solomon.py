"""Words that were damaged come back as they were, or not at all."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.photo.reed_solomon import corrected, syndromes

CHECKS = 10
# Of ISO/IEC 18004, annex I: the data words of its example, and their check words.
DATA = [
    0x10,
    0x20,
    0x0C,
    0x56,
    0x61,
    0x80,
    0xEC,
    0x11,
    0xEC,
    0x11,
    0xEC,
    0x11,
    0xEC,
    0x11,
    0xEC,
    0x11,
]
CHECK = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]
BLOCK = DATA + CHECK


def damaged(places: list[int], random: Random) -> list[int]:
    words = BLOCK[:]
    for place in places:
        words[place] ^= random.randrange(1, 256)
    return words


def test_the_standards_example_is_right() -> None:
    assert syndromes(BLOCK, CHECKS) == [0] * CHECKS


@given(errors=st.integers(0, 5), doubtful=st.integers(0, 10), random=st.randoms())
def test_errors_and_doubts_within_reach_are_mended(
    errors: int, doubtful: int, random: Random
) -> None:
    errors = min(errors, (CHECKS - doubtful) // 2)
    places = random.sample(range(len(BLOCK)), errors + doubtful)
    words = damaged(places, random)
    said = syndromes(words, CHECKS)
    mended = corrected(words, said, places[errors:])
    assert mended is not None
    assert mended.words == BLOCK
    assert mended.errors <= errors


@given(doubtful=st.integers(0, 8), random=st.randoms())
def test_a_block_that_is_right_stays_right_whatever_is_doubted(
    doubtful: int, random: Random
) -> None:
    doubted = random.sample(range(len(BLOCK)), doubtful)
    assert corrected(BLOCK, syndromes(BLOCK, CHECKS), doubted) == (BLOCK, 0)


@pytest.mark.parametrize("errors", [6, 8, 12, 26])
def test_what_is_out_of_reach_is_never_given_out_as_right(errors: int) -> None:
    random = Random(errors)
    for _ in range(200):
        words = damaged(random.sample(range(len(BLOCK)), errors), random)
        mended = corrected(words, syndromes(words, CHECKS), [])
        assert mended is None or not any(syndromes(mended.words, CHECKS))
