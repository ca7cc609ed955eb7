"""Digitised papers and results: their numbers, whether they are in force, what they lack."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.document import (
    LACK_WORDS,
    Document,
    Kind,
    Lack,
    Validity,
    missing,
    normal_number,
    paper_number,
    validity,
)

TODAY = date(2026, 11, 27)
WHOLE = Document(
    kind=Kind.RESULT,
    name="Giấy phép xây dựng",
    type_code="KQ.G15.000031",
    owner_identifier="079090001234",
    summary="Xây dựng nhà ở riêng lẻ",
    symbol="125/GPXD-UBND",
    issued_on=TODAY,
    issuer="UBND xã An Phú",
    valid_until=TODAY,
)


def test_a_number_is_the_owners_identifier_and_the_kinds_code() -> None:
    assert paper_number("079090001234", "KQ.G15.000031") == "079090001234.KQ.G15.000031"
    assert paper_number(" 079 090 001 234", "kq.g15.000031 ") == WHOLE.number
    assert replace(WHOLE, type_code=None).number is None


@pytest.mark.parametrize(
    "typed",
    [
        "079090001234.KQ.G15.000031",
        "079 090 001 234 kq g15 000031",
        "Mã số giấy tờ: 079090001234-KQ.G15.000031.",
        "MA SO 079090001234 . KQ . G15 . 000031",
        "\u200b079090001234.KQ.G15.000031\u00a0",
    ],
)
def test_a_number_reads_the_same_however_it_is_typed(typed: str) -> None:
    assert normal_number(typed) == normal_number(WHOLE.number or "")


@pytest.mark.parametrize(
    "typed", ["125/GPXĐ-UBND", "Số: 125/GPXĐ-UBND", "số ký hiệu 125 / gpxd – ubnd", "125.GPXD.UBND"]
)
def test_a_symbol_reads_the_same_however_it_is_typed(typed: str) -> None:
    assert normal_number(typed) == normal_number(WHOLE.symbol or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("12/3-GP", "1/23-GP"), ("125/GP", "125/QĐ"), ("Số 5/GP", "Sở 6/GP"), ("A1", "A.1")],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert normal_number(one) != normal_number(other)


@given(st.text(max_size=300) | st.text("MASO số5.-{ /", max_size=12))
def test_a_reading_read_again_is_the_same_and_never_a_fault(typed: str) -> None:
    read = normal_number(typed)
    assert set(read) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.")
    assert normal_number(read) == read


@pytest.mark.parametrize(
    ("changes", "is_now"),
    [
        ({}, Validity.IN_FORCE),  # its last day counts
        ({"valid_until": TODAY - timedelta(days=1)}, Validity.EXPIRED),
        ({"valid_until": TODAY - timedelta(days=1), "valid_forever": True}, Validity.IN_FORCE),
        ({"valid_until": None}, Validity.NO_TERM),
        ({"valid_until": None, "valid_forever": True}, Validity.IN_FORCE),
        ({"valid_until": None, "valid_from": TODAY + timedelta(days=1)}, Validity.NOT_YET),
        ({"valid_until": None, "revoked_on": TODAY}, Validity.REVOKED),
        ({"valid_from": TODAY + timedelta(days=1)}, Validity.NOT_YET),
        ({"valid_from": TODAY}, Validity.IN_FORCE),
        ({"revoked_on": TODAY}, Validity.REVOKED),
        ({"revoked_on": TODAY + timedelta(days=1)}, Validity.IN_FORCE),
        ({"revoked_on": TODAY, "valid_until": date(2020, 1, 1)}, Validity.REVOKED),
    ],
)
def test_a_document_counts_from_its_first_day_to_its_last(
    changes: dict[str, date | bool | None], is_now: Validity
) -> None:
    assert validity(replace(WHOLE, **changes), TODAY) is is_now  # type: ignore[arg-type]


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(DAYS, DAYS, DAYS, st.booleans(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_what_was_revoked_or_expired_never_counts_again(
    first: date | None, last: date | None, revoked: date | None, forever: bool, today: date
) -> None:
    told = replace(
        WHOLE, valid_from=first, valid_until=last, revoked_on=revoked, valid_forever=forever
    )
    is_now, later = validity(told, today), validity(told, today + timedelta(days=30))
    if is_now is Validity.REVOKED:
        assert later is Validity.REVOKED
    if is_now is Validity.EXPIRED:
        assert later in (Validity.EXPIRED, Validity.REVOKED)
    if is_now in (Validity.IN_FORCE, Validity.NO_TERM):
        assert later is not Validity.NOT_YET


def test_whole_metadata_lack_nothing() -> None:
    assert missing(WHOLE) == ()
    instead = {"owner_name": "Trần Thị B", "owner_birth_year": 1990}
    named = replace(WHOLE, owner_identifier=None, **instead)  # type: ignore[arg-type]
    assert missing(named) == (Lack.OWNER,)
    assert missing(replace(named, owner_id_issued="01/02/2021, Cục Cảnh sát")) == ()
    assert missing(replace(WHOLE, valid_until=None, valid_forever=True)) == ()


def test_each_fact_that_is_missing_is_named_in_the_order_of_the_form() -> None:
    assert missing(Document(Kind.RESULT)) == tuple(Lack)
    paper = missing(Document(Kind.PAPER))
    assert paper == tuple(Lack)[:5]  # number, day and issuer belong to results
    assert LACK_WORDS.keys() == set(Lack)
