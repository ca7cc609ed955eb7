"""The cells of a file of procedures, read one by one, each with its own words when it cannot be."""

import re

from bot.core.appointment import MOST_DAYS, DayKind
from bot.core.counter_procedure import (
    MOST_CODE,
    MOST_COPIES,
    MOST_FEES,
    MOST_GUIDE,
    MOST_NAME,
    MOST_PAPER_NAME,
    MOST_PAPERS,
    PaperRule,
)
from bot.core.counter_typing import one_line
from receipts.clean import clean, fold

_KINDS = {
    "": DayKind.WORKING,
    "lam viec": DayKind.WORKING,
    "ngay lam viec": DayKind.WORKING,
    "working": DayKind.WORKING,
    "ngay": DayKind.CALENDAR,
    "ngay lich": DayKind.CALENDAR,
    "lich": DayKind.CALENDAR,
    "calendar": DayKind.CALENDAR,
}
_YES = frozenset({"co", "x", "1", "yes", "true", "dung"})
_NO = frozenset({"", "khong", "0", "no", "false", "sai"})
_COUNTS = {
    "ban chinh": "originals",
    "chinh": "originals",
    "originals": "originals",
    "ban chung thuc": "certified",
    "chung thuc": "certified",
    "certified": "certified",
    "ban sao": "copies",
    "sao": "copies",
    "ban photo": "copies",
    "photo": "copies",
    "copies": "copies",
}


class Wrong(Exception):
    """A cell that cannot be read; the words for its fault."""


def plain_key(cell: str) -> str:
    """A word as it is compared: folded, lower case, blanks for underscores."""
    return " ".join(fold(clean(cell)).replace("_", " ").split())


def _read_code(cell: str) -> str:
    code = one_line(cell)
    if not code:
        raise Wrong("chưa có mã thủ tục; nhập mã, ví dụ 1.004873")
    if len(code) > MOST_CODE or " " in code:
        raise Wrong(f"“{code[:40]}” không phải mã: tối đa {MOST_CODE} ký tự, không có dấu cách")
    return code


def _read_name(cell: str) -> str:
    name = one_line(cell)
    if not name:
        raise Wrong("chưa có tên thủ tục; nhập tên")
    return _short(name, MOST_NAME)


def _read_days(cell: str) -> int | None:
    plain = one_line(cell)
    if not plain:
        return None
    if not (plain.isascii() and plain.isdecimal()) or int(plain[:9]) > MOST_DAYS:
        raise Wrong(f"“{plain[:40]}” không phải số ngày; ghi một số từ 1 đến {MOST_DAYS}")
    return int(plain)


def _read_kind(cell: str) -> DayKind:
    kind = _KINDS.get(plain_key(cell))
    if kind is None:
        raise Wrong(f"“{cell[:40]}” không phải loại ngày; ghi “làm việc” hoặc “ngày”")
    return kind


def _read_yes(cell: str) -> bool:
    plain = plain_key(cell)
    if plain not in _YES | _NO:
        raise Wrong(f"“{cell[:40]}” không rõ; ghi “có” hoặc “không”")
    return plain in _YES


def _read_fees(cell: str) -> str | None:
    return _short(one_line(cell), MOST_FEES) or None


def _read_guide(cell: str) -> str | None:
    return _short(cell, MOST_GUIDE) or None


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong(f"dài {len(text)} ký tự, tối đa {most}; viết ngắn lại")
    return text


def _read_papers(cell: str) -> tuple[PaperRule, ...]:
    papers = tuple(_paper(part) for part in re.split(r"[\n|]", cell) if part.strip())
    if len(papers) > MOST_PAPERS:
        raise Wrong(f"có {len(papers)} giấy tờ, tối đa {MOST_PAPERS}")
    return papers


def _paper(part: str) -> PaperRule:
    """ "name; bản chính=1; bản sao=2": what follows the name are counts, whatever their order."""
    name, *rest = (one_line(piece) for piece in part.split(";"))
    counts: dict[str, int] = {}
    while rest and "=" not in rest[0]:  # the name has a semicolon of its own
        name = f"{name}; {rest.pop(0)}".rstrip("; ")
    for piece in filter(None, rest):
        kind, _, number = piece.partition("=")
        column = _COUNTS.get(plain_key(kind))
        number = number.strip()
        if column is None:
            raise Wrong(
                f"“{piece[:40]}” không rõ; ghi bản chính=1, bản chứng thực=1 hoặc bản sao=1"
            )
        if not (number.isascii() and number.isdecimal()) or int(number[:9]) > MOST_COPIES:
            raise Wrong(f"“{piece[:40]}”: số bản là số từ 0 đến {MOST_COPIES}")
        counts[column] = int(number)
    if not name:
        raise Wrong(f"“{part.strip()[:40]}”: giấy tờ chưa có tên")
    return PaperRule(_short(name, MOST_PAPER_NAME), **counts)


READERS = {
    "code": _read_code,
    "name": _read_name,
    "days": _read_days,
    "day_kind": _read_kind,
    "same_day": _read_yes,
    "fees": _read_fees,
    "guide": _read_guide,
    "papers": _read_papers,
}
