"""Item codes of the post: their check digit, and blocks of them that the service gives us."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Weights of the eight digits. Source: UPU S10, annex (check digit).
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_CODE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_RANGE = re.compile(r"\s*[-–—]\s*")
MOST_IN_BLOCK = 100_000


class NoItemCode(ValueError):
    """What was typed is no item code, or no block of them: plain Vietnamese words."""


@dataclass(frozen=True, slots=True)
class ItemCode:
    """One item code: two letters of the service, a serial number, its check digit, the country.

    Shape: `number` has at most eight digits, the check digit not among them.
    """

    service: str
    number: int
    country: str = "VN"

    def __str__(self) -> str:
        return f"{self.service}{self.number:08d}{check_digit(self.number)}{self.country}"


@dataclass(frozen=True, slots=True)
class ItemBlock:
    """A run of serial numbers that were given to us, both ends included."""

    service: str
    first: int
    last: int
    country: str = "VN"

    def __len__(self) -> int:
        return max(self.last - self.first + 1, 0)

    def __iter__(self) -> Iterator[ItemCode]:
        numbers = range(self.first, self.last + 1)
        return (ItemCode(self.service, number, self.country) for number in numbers)


def check_digit(number: int) -> int:
    """The check digit of a serial number of eight digits.

    Source: UPU S10: weights 8 6 4 2 3 5 9 7, modulo 11; 10 counts as 0, 11 as 5.
    """
    digits = f"{number:08d}"
    pairs = zip(digits, _WEIGHTS, strict=True)
    rest = 11 - sum(int(digit) * weight for digit, weight in pairs) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def read_item_code(typed: str) -> ItemCode:
    """Read an item code as people type it: any case, blanks inside.

    Errors: NoItemCode.
    """
    plain = "".join(typed.split()).upper()
    found = _CODE.fullmatch(plain)
    if not found:
        raise NoItemCode(
            f"“{_short(typed)}” không phải mã bưu gửi. Mã có 13 ký tự như EE123456785VN: "
            "2 chữ cái, 9 chữ số, 2 chữ cái."
        )
    service, number, digit, country = found.groups()
    if check_digit(int(number)) != int(digit):
        raise NoItemCode(
            f"Mã bưu gửi “{plain}” sai số kiểm tra (số thứ 9). Xem lại từng chữ số trên phiếu gửi."
        )
    return ItemCode(service, int(number), country)


def is_item_code(text: str) -> bool:
    """Whether a text is an item code with a right check digit."""
    try:
        read_item_code(text)
    except NoItemCode:
        return False
    return True


def read_block(typed: str) -> ItemBlock:
    """Read a block such as "EE123456001VN-EE123456999VN".

    Shape: its ends bound the nine digits; what is given out are the codes between them whose
           check digit is right, whether or not those of the ends are. One code is a block of one.
    Errors: NoItemCode.
    """
    parts = [part for part in _RANGE.split(typed.strip()) if part]
    ends = [_CODE.fullmatch("".join(part.split()).upper()) for part in parts]
    if not 1 <= len(ends) <= 2 or ends[0] is None or ends[-1] is None:
        raise NoItemCode(
            f"“{_short(typed)}” không phải dải mã. Nhập như EE123456001VN-EE123456999VN."
        )
    low, high = ends[0], ends[-1]
    kinds = [(end[1], end[4]) for end in (low, high)]
    if kinds[0] != kinds[1]:
        raise NoItemCode(
            f"Hai đầu dải mã khác loại ({low[0]} và {high[0]}). Nhập từng dải theo đúng văn bản "
            "của bưu điện."
        )
    lowest, highest = (int(end[2] + end[3]) for end in (low, high))
    if highest < lowest:
        raise NoItemCode(
            f"Dải mã viết ngược: {low[0]} đứng sau {high[0]}. Nhập mã đầu trước, mã cuối sau."
        )
    return _block(kinds[0], lowest, highest)


def _block(kind: tuple[str, str], lowest: int, highest: int) -> ItemBlock:
    """The serial numbers whose codes lie between two numbers of nine digits."""
    first, last = lowest // 10, highest // 10
    first += first * 10 + check_digit(first) < lowest
    last -= last * 10 + check_digit(last) > highest
    block = ItemBlock(kind[0], first, last, kind[1])
    if last < first:
        raise NoItemCode("Trong dải này không có mã nào đúng số kiểm tra. Xem lại hai đầu dải mã.")
    if len(block) > MOST_IN_BLOCK:
        raise NoItemCode(
            f"Dải mã có {len(block)} mã; mỗi lần nhập tối đa {MOST_IN_BLOCK}. Chia thành nhiều dải."
        )
    return block


def _short(typed: str) -> str:
    plain = " ".join(typed.split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"
