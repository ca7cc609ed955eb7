"""Whatever bytes come as a photo: the product stays well, and there is always an outcome."""

import random
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.photo_reader import Limits, Outcome, PhotoReader
from tests.photos.sets import clear_photo

CODE = "H56.14-240823-0001"
FORMS = {form: clear_photo(CODE, form=form) for form in ("JPEG", "PNG", "WEBP", "HEIF")}
HEADER = 400  # bytes in which sizes, kinds and lengths of parts stand
HARD = {Outcome.TOO_SLOW}
relaxed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    """One reader for every made-up photo; when one ends it, it starts again."""
    with closing(PhotoReader(Limits(memory=400 * 1024 * 1024, cpu=3, seconds=30.0))) as kept:
        yield kept


def judged(reader: PhotoReader, content: bytes) -> Outcome:
    """What came of a photo: no outcome but a known one, no code but the one it held."""
    found = reader.read(content)
    assert set(found.codes) <= {CODE}
    assert found.outcome not in HARD, content.hex()
    return found.outcome


@given(st.sampled_from(sorted(FORMS)), st.data())
@relaxed
def test_a_spoilt_header_spoils_nothing_else(
    reader: PhotoReader, form: str, data: st.DataObject
) -> None:
    content = bytearray(FORMS[form])
    places = st.integers(0, min(HEADER, len(content)) - 1)
    for place, value in data.draw(st.dictionaries(places, st.integers(0, 255), max_size=8)).items():
        content[place] = value
    judged(reader, bytes(content))


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 2**32), st.integers(1, 60))
@relaxed
def test_spoilt_bytes_anywhere_spoil_nothing_else(
    reader: PhotoReader, form: str, seed: int, count: int
) -> None:
    content, dice = bytearray(FORMS[form]), random.Random(seed)
    for _ in range(count):
        content[dice.randrange(len(content))] = dice.randrange(256)
    judged(reader, bytes(content))


@given(st.sampled_from(sorted(FORMS)), st.floats(0, 1), st.binary(max_size=200))
@relaxed
def test_a_photo_cut_off_or_with_a_foreign_tail_has_an_outcome(
    reader: PhotoReader, form: str, part: float, tail: bytes
) -> None:
    whole = FORMS[form]
    judged(reader, whole[: int(len(whole) * part)] + tail)


@given(st.binary(max_size=4_000))
@relaxed
def test_bytes_of_no_picture_are_no_picture(reader: PhotoReader, content: bytes) -> None:
    assert judged(reader, content) in (Outcome.FORMAT, Outcome.BROKEN)


def test_after_all_of_that_a_good_photo_is_read(reader: PhotoReader) -> None:
    assert reader.read(FORMS["JPEG"]).codes == (CODE,)
