"""Long answers are cut where a reader would pause, and nothing of them is lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reply_text import split_text

CASES = {
    "a short text stays whole": ("Chào ông/bà.", 20, ["Chào ông/bà."]),
    "white space alone is no message": (" \n ", 20, []),
    "a sentence that just fits is not cut": ("Một câu. Hai", 8, ["Một câu.", "Hai"]),
    "the last sentence end that fits": ("A. B. C. D", 5, ["A. B.", "C. D"]),
    "a sentence end before a later line": ("Một. hai\nba bốn", 12, ["Một.", "hai\nba bốn"]),
    "a line break goes before a later blank": ("một\nhai ba bốn", 12, ["một", "hai ba bốn"]),
    "a blank when there is nothing better": ("một hai ba", 8, ["một hai", "ba"]),
    "the dots inside a code end no sentence": (
        "Mã H29.15-261105-0042 ở bước",
        24,
        ["Mã H29.15-261105-0042 ở", "bước"],
    ),
    "a quote closes with its sentence": ('Ghi "xong!" rồi về', 14, ['Ghi "xong!"', "rồi về"]),
    "a word longer than a message": ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
    "a letter keeps its marks": ("xx\u0251\u0323\u0301yy", 4, ["xx", "\u0251\u0323\u0301y", "y"]),
    "an emoji keeps its parts": ("xx👩\u200d👧yy", 4, ["xx", "👩\u200d👧y", "y"]),
    "a heap of marks has no better place": (
        "a" + "\u0323" * 6,
        3,
        ["\u1ea1\u0323\u0323", "\u0323" * 3],
    ),
    "decomposed letters are counted composed": ("e\u0302\u0301" * 5, 5, ["ế" * 5]),
    "blanks longer than a message": (" " * 9 + "xong", 4, ["xong"]),
}


@pytest.mark.parametrize(("text", "limit", "pieces"), CASES.values(), ids=CASES.keys())
def test_text_is_cut_where_a_reader_would_pause(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit) == pieces


@given(
    st.text(st.sampled_from("aế. \n!…?”x\u0323👩\u200d"), max_size=300),
    st.integers(min_value=1, max_value=40),
)
def test_nothing_is_lost_but_white_space_at_a_cut(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    composed = unicodedata.normalize("NFC", text)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", composed)
    rest = composed
    for piece in pieces:
        before, found, rest = rest.partition(piece)
        assert found
        assert not before.strip()


@given(st.lists(st.text(st.sampled_from("abcế "), min_size=1, max_size=30), max_size=20))
def test_sentences_that_fit_are_never_torn(sentences: list[str]) -> None:
    whole = [" ".join(sentence.split()) + "." for sentence in sentences if sentence.strip()]
    pieces = split_text(" ".join(whole), 40)
    assert all(piece.endswith(".") for piece in pieces)


def test_a_limit_without_room_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        split_text("x", 0)
