"""Receipt codes as a counter gives them out: "<head>-YYMMDD-NNNN", per agency and day."""

from datetime import date

from receipts.code import read_one

DIGITS = 4  # at least: the ten-thousandth of a day has five
_SAMPLE = date(2026, 12, 31)


def minted_code(head: str, day: date, number: int) -> str:
    """The code with this number.

    Source: domain-facts 2.1 (style B, and A for agencies that still write so).
    """
    return f"{head}-{day:%y%m%d}-{number:0{DIGITS}d}"


def makes_codes(head: str) -> bool:
    """Whether codes that begin so are read back as themselves, by citizens' typing and by feeds."""
    for number in (1, 12_345):
        code = minted_code(head, _SAMPLE, number)
        if read_one(code) != code:
            return False
    return True
