"""Item codes of the post: two letters, eight digits, a check digit, the country (UPU S10)."""

import re
import secrets

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
FORM = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")


def check_digit(serial: str) -> str:
    """The ninth digit for the eight before it (UPU S10, section 4.3)."""
    rest = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    return {0: "5", 1: "0"}.get(rest, str(11 - rest))


def is_item_code(came: str) -> bool:
    """Whether a text is an item code with its right check digit."""
    match = FORM.fullmatch(came)
    return match is not None and check_digit(match[2]) == match[3]


def drawn() -> str:
    """A code out of the post's own range, for an order that came without one."""
    serial = f"9{secrets.randbelow(10**7):07d}"
    return f"EE{serial}{check_digit(serial)}VN"
