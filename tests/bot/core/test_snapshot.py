"""Whether what a feed tells is news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.phone import read_phone
from bot.core.snapshot import (
    FeedDossier,
    Known,
    Outcome,
    Procedure,
    Snapshot,
    Times,
    Unreadable,
    content_text,
    decide,
    known_after,
    read_snapshot,
    too_far_ahead,
    warnings,
)

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOLD = FeedDossier(
    code="000.00.17.H32-261122-0001",
    agency="H32",
    procedure=Procedure("1.004873", "Đăng ký biến động đất đai"),
    step="Thẩm định",
    status=4,
    changed_at=NOON,
    phone="0905 123 456",
)


def snapshot(told: FeedDossier = TOLD) -> Snapshot:
    return read_snapshot(told, read_phone(told.phone))


def known(content: bytes = b"a", status: int = 4, ended_at: datetime | None = None) -> Known:
    return Known(1, None, "H32", "Thẩm định", status, False, NOON, None, ended_at, content)


@pytest.mark.parametrize(
    ("earlier", "changed_at", "content", "outcome"),
    [
        (None, NOON, b"a", Outcome.NEW),
        (known(), NOON, b"a", Outcome.REPEAT),
        (known(), NOON, b"b", Outcome.CHANGED),
        (known(), NOON - timedelta(microseconds=1), b"a", Outcome.STALE),
        (known(), NOON - MINUTE, b"b", Outcome.STALE),
        (known(), NOON + MINUTE, b"a", Outcome.CHANGED),
        (known(), NOON + MINUTE, b"b", Outcome.CHANGED),
    ],
)
def test_the_newest_time_wins_and_of_two_equal_ones_the_last(
    earlier: Known | None, changed_at: datetime, content: bytes, outcome: Outcome
) -> None:
    assert decide(earlier, changed_at, content) is outcome


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("000.00.17.h32-261122-0001", "000.00.17.H32-261122-0001"),
        ("0905123456", "0905123456"),  # of mobile shape, and yet a code here
        ("https://example.vn/tra-cuu?mahs=000.00.17.H32-261122-0001", "000.00.17.H32-261122-0001"),
    ],
)
def test_a_code_is_read_in_any_typing(code: str, read: str) -> None:
    assert snapshot(replace(TOLD, code=code)).code == read


@pytest.mark.parametrize("code", ["", "hồ sơ", "0101701234 0101709999", "12345"])
def test_a_text_that_is_not_exactly_one_code_is_unreadable(code: str) -> None:
    with pytest.raises(Unreadable, match="exactly one"):
        snapshot(replace(TOLD, code=code))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, None),
        ("  ", None),
        ("0101 701 234", "0101701234"),
        (" bn-12/ab ", "BN-12/AB"),
        ("ＢＮ１２", "BN12"),
        ("đ-7", "Đ-7"),
    ],
)
def test_a_local_code_is_kept_in_one_form(typed: str | None, kept: str | None) -> None:
    assert snapshot(replace(TOLD, local_code=typed)).local_code == kept


def test_a_local_code_that_grows_in_capitals_beyond_its_column_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="at most 64"):
        snapshot(replace(TOLD, local_code="ß" * 33))


def test_a_phone_counts_by_its_number_and_a_date_by_its_moment() -> None:
    local = timezone(timedelta(hours=7))
    one = replace(TOLD, times=Times(due_at=NOON))
    other = replace(TOLD, times=Times(due_at=NOON.astimezone(local)), phone="+84 905.123.456")
    assert content_text(snapshot(one)) == content_text(snapshot(other))
    assert content_text(snapshot(replace(TOLD, phone="123"))) != content_text(
        snapshot(replace(TOLD, phone="1234"))
    )


def test_a_clock_may_run_a_day_ahead_and_no_more() -> None:
    day = timedelta(hours=24)
    assert not too_far_ahead(NOON + day, NOON)
    assert too_far_ahead(NOON + day + timedelta(microseconds=1), NOON)


def test_warnings_name_the_phone_and_the_unknown_fields() -> None:
    told = replace(TOLD, phone="0258 3822 123", unknown_fields=("a", "procedure.b"))
    assert warnings(told, read_phone(told.phone)) == (
        "phone.landline",
        "field.unknown:a",
        "field.unknown:procedure.b",
    )


def test_the_end_first_seen_is_kept_while_the_result_waits_to_be_collected() -> None:
    result = known_after(None, snapshot(replace(TOLD, status=9)), b"x")
    assert result.ended_at == NOON
    later = replace(TOLD, status=10, changed_at=NOON + MINUTE)
    assert known_after(result, snapshot(later), b"y").ended_at == NOON
    again = replace(TOLD, status=4, changed_at=NOON + MINUTE)
    assert known_after(result, snapshot(again), b"y").ended_at is None


def test_printing_a_dossier_shows_nothing_personal() -> None:
    assert "0905" not in repr(TOLD) + repr(snapshot())
