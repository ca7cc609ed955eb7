"""The rules of one-time codes as tables."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.phone import Line
from bot.core.phone_proof import (
    LIFETIME,
    REMEMBERED,
    Proof,
    ProofState,
    Verdict,
    day_began,
    judge,
    may_ask,
    stated_phone,
    tries_left,
)

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def proof(state: ProofState = ProofState.OPEN, tries: int = 0) -> Proof:
    return Proof(1, b"index", b"sealed", b"mark", "typed", state, tries, NOW + LIFETIME)


@pytest.mark.parametrize(
    ("one", "same", "after", "verdict"),
    [
        (None, False, timedelta(0), Verdict.NO_CODE),
        (proof(), True, timedelta(0), Verdict.RIGHT),
        (proof(), True, LIFETIME - SECOND, Verdict.RIGHT),
        (proof(), True, LIFETIME, Verdict.EXPIRED),
        (proof(), False, LIFETIME, Verdict.EXPIRED),
        (proof(), True, LIFETIME + REMEMBERED - SECOND, Verdict.EXPIRED),
        (proof(), True, LIFETIME + REMEMBERED, Verdict.NO_CODE),
        (proof(tries=3), False, timedelta(0), Verdict.WRONG),
        (proof(tries=4), False, timedelta(0), Verdict.LAST_WRONG),
        (proof(tries=4), True, timedelta(0), Verdict.RIGHT),
        (proof(ProofState.DEAD, 5), True, timedelta(0), Verdict.DEAD),
        (proof(ProofState.DEAD, 5), True, LIFETIME + SECOND, Verdict.DEAD),
        (proof(ProofState.DEAD, 5), True, LIFETIME + REMEMBERED, Verdict.NO_CODE),
        (proof(ProofState.REPLACED), True, timedelta(0), Verdict.NO_CODE),
        (proof(ProofState.PROVED), True, timedelta(0), Verdict.REPEATED),
        (proof(ProofState.PROVED), False, timedelta(0), Verdict.NO_CODE),
        (proof(ProofState.PROVED), True, LIFETIME, Verdict.NO_CODE),
    ],
)
def test_what_six_digits_are(
    one: Proof | None, same: bool, after: timedelta, verdict: Verdict
) -> None:
    assert judge(one, same, NOW + after) is verdict


@pytest.mark.parametrize(("tries", "left"), [(0, 4), (3, 1), (4, 0)])
def test_how_many_tries_a_wrong_one_leaves(tries: int, left: int) -> None:
    assert tries_left(proof(tries=tries)) == left


@pytest.mark.parametrize(
    ("by_citizen", "for_phone", "may"),
    [(0, 0, True), (2, 2, True), (3, 0, False), (0, 3, False), (9, 9, False)],
)
def test_three_codes_a_day(by_citizen: int, for_phone: int, may: bool) -> None:
    assert may_ask(by_citizen, for_phone) is may


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (NOW, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 16, 59, tzinfo=UTC), datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), datetime(2026, 11, 25, 17, 0, tzinfo=UTC)),
    ],
)
def test_a_day_is_a_day_where_the_province_is(now: datetime, began: datetime) -> None:
    assert day_began(now, ZoneInfo("Asia/Ho_Chi_Minh")) == began


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0905123456", Line.MOBILE),
        ("sđt của em là 0905 123 456 nhé", Line.MOBILE),
        ("Số điện thoại ghi trên giấy hẹn: +84905123456", Line.MOBILE),
        ("đăng ký nhận thông báo 0905123456", Line.MOBILE),
        ("đt 01655123456", Line.MOBILE),
        ("0258 3822 100", Line.LANDLINE),
        ("1900 1234", Line.INVALID),
        ("tra cứu 0905123456", None),
        ("hồ sơ 0905123456 xong chưa", None),
        ("https://zalo.me/0905123456", None),
        ("số điện thoại", None),
        ("", None),
    ],
)
def test_only_a_text_that_states_nothing_else_states_a_phone(text: str, line: Line | None) -> None:
    reading = stated_phone(text)
    assert (reading.line if reading else None) is line
