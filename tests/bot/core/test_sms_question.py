"""Inbound SMS as citizens type them."""

import unicodedata

import pytest

from bot.core.sms_question import codes_asked

NATIONAL = "H56.14-240823-0001"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("MCKH 0101701234", ["0101701234"]),
        ("mckh 0101701234", ["0101701234"]),
        ("MCKH_0101701234", ["0101701234"]),  # the underscore of the leaflet
        ("MCKH0101701234", ["0101701234"]),  # the blank forgotten
        ("MCHK 0101701234", ["0101701234"]),  # two letters swapped
        ("  MCKH:  0101 701 234 ", ["0101701234"]),
        ("MCKH 0905123456", ["0905123456"]),  # behind the keyword never a phone
        ("MCKH mã số biên nhận 0101701234", ["0101701234"]),
        (unicodedata.normalize("NFD", "MCKH mã số: 0101701234ạ"), ["0101701234"]),
        ("MCKH <0101701234>", ["0101701234"]),
        (f"MCKH {NATIONAL}", [NATIONAL]),
        ("MCKH h56.14-24o823-ooo1", [NATIONAL]),
        ("MCKH 000.00.17.H32-261122-0001", ["000.00.17.H32-261122-0001"]),
        ("MCKH 0101701234 0101701235", ["0101701234", "0101701235"]),
        ("MCKH 0101701234, 0905123456", ["0101701234", "0905123456"]),
        ("MCKH 0101701234 0101701234", ["0101701234"]),
        ("\uff2d\uff23\uff2b\uff28 0101701234", ["0101701234"]),  # full width
        ("MCKH", []),
        ("MCKH help", []),
        ("MCKH 010170123", []),
        ("MCKH 01017012345", []),
        ("MCKH H56.14-241323-0001", []),  # the thirteenth month
        ("", []),
        ("   ", []),
        ("help", []),
        ("0101701234", []),
        (NATIONAL, []),
        ("ABCD 0101701234", []),
        ("hỏi MCKH 0101701234", []),  # the keyword does not stand first
        ("MCKHX 0101701234", []),
    ],
)
def test_the_codes_behind_the_keyword(text: str, codes: list[str]) -> None:
    assert codes_asked(text, "MCKH") == tuple(codes)


def test_another_province_has_another_keyword() -> None:
    assert codes_asked("DVC 0101701234", "dvc") == ("0101701234",)
    assert codes_asked("MCKH 0101701234", "dvc") == ()
