"""The form of a digitised paper or result at the counter: typed fields read, faults in words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from bot.core.counter_faults import Faults
from bot.core.counter_typing import many_lines, one_line, read_day
from bot.core.document import (
    MOST_CODE,
    MOST_LINK,
    MOST_NAME,
    MOST_SCOPE,
    MOST_SUMMARY,
    Document,
    Kind,
    Source,
    holds_identifier,
)

# In the order of the form, with what each may hold.
TEXTS: Mapping[str, int] = {
    "name": MOST_NAME,
    "type_code": MOST_CODE,
    "owner_identifier": MOST_CODE,
    "owner_name": MOST_NAME,
    "owner_id_issued": MOST_NAME,
    "summary": MOST_SUMMARY,
    "symbol": MOST_NAME,
    "issuer": MOST_NAME,
    "signer": MOST_NAME,
    "scope": MOST_SCOPE,
    "link": MOST_LINK,
    "national_store_id": MOST_NAME,
    "digitised_by": MOST_NAME,
    "replaces": MOST_NAME,
}
DAYS = ("issued_on", "valid_from", "valid_until")
TICKS = ("valid_forever", "digitised", "reused", "from_national_store")
FIELDS = (*TEXTS, *DAYS, *TICKS, "owner_birth_year")
EARLIEST_BIRTH = 1850
_IDENTIFIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{5,}")

NO_NAME = "Nhập tên giấy tờ, ví dụ “Giấy phép xây dựng”."
NO_DAY = "“{typed}” không phải là ngày. Nhập ngày/tháng/năm, ví dụ 04/12/2026."
NO_YEAR = "“{typed}” không phải là năm sinh. Nhập bốn chữ số, ví dụ 1985."
NO_LINK = "Đường dẫn phải bắt đầu bằng https:// và không có dấu cách. Để trống nếu không có."
NO_IDENTIFIER = (
    "Số định danh có ít nhất 6 chữ số hoặc chữ cái không dấu, ví dụ 079090001234 (cá nhân) hoặc "
    "0101234567 (tổ chức)."
)
NO_KIND = (
    "Mã loại giấy tờ có từ 9 chữ số liền nhau, giống số định danh. Chỉ nhập mã loại, ví dụ "
    "KQ.G15.000031; số định danh nhập vào ô số định danh."
)
TOO_LONG = "Dài {length} ký tự, nhiều nhất là {most}. Rút gọn lại."
BACKWARDS = "Ngày hết hiệu lực đứng trước ngày có hiệu lực ({first})."
BOTH_ENDS = "Vừa có ngày hết hiệu lực, vừa đánh dấu không thời hạn. Chỉ chọn một."
LATER_DAY = "Ngày ban hành còn ở phía trước. Xem lại năm."


def read_form(typed: Mapping[str, str], kind: Kind, today: date) -> Document | Faults:
    """The document that was typed, or what is wrong with it, by field in the form's order.

    What is merely missing is no fault: a document may be completed later (`document.missing`).
    """
    told, days = _texts(typed), {name: _day(typed, name) for name in DAYS}
    faults = dict(_faults(typed, told, days, today))
    if faults:
        return Faults({name: faults[name] for name in FIELDS if name in faults})
    year = one_line(typed.get("owner_birth_year", ""))
    values: dict[str, Any] = {
        **{name: text or None for name, text in told.items()},
        **days,
        **{name: bool(typed.get(name)) for name in TICKS},
        "name": told["name"],
        "owner_birth_year": int(year) if year else None,
    }
    return Document(kind=kind, source=Source.COUNTER, **values)


def form_of(document: Document) -> dict[str, str]:
    """A document as it stands in the form to be changed."""
    told = asdict(document)
    shown = {name: str(told[name] or "") for name in (*TEXTS, "owner_birth_year")}
    shown |= {name: f"{told[name]:%d/%m/%Y}" if told[name] else "" for name in DAYS}
    return shown | {name: "1" if told[name] else "" for name in TICKS}


def changed_fields(before: Document, after: Document) -> tuple[str, ...]:
    """The names of the fields that differ, in the form's order."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def _texts(typed: Mapping[str, str]) -> dict[str, str]:
    told = {name: one_line(typed.get(name, "")) for name in TEXTS}
    told["summary"] = many_lines(typed.get("summary", ""))
    told["owner_identifier"] = told["owner_identifier"].replace(" ", "").upper()
    told["type_code"] = told["type_code"].upper()
    return told


def _day(typed: Mapping[str, str], name: str) -> date | None:
    found = read_day(typed.get(name, ""))
    return found[0] if found else None


def _faults(
    typed: Mapping[str, str],
    told: Mapping[str, str],
    days: Mapping[str, date | None],
    today: date,
) -> Iterator[tuple[str, str]]:
    yield from _long_texts(told)
    if not told["name"]:
        yield "name", NO_NAME
    if told["owner_identifier"] and not _IDENTIFIER.fullmatch(told["owner_identifier"]):
        yield "owner_identifier", NO_IDENTIFIER
    if holds_identifier(told["type_code"]):
        yield "type_code", NO_KIND
    if told["link"] and not is_web_address(told["link"]):
        yield "link", NO_LINK
    year = one_line(typed.get("owner_birth_year", ""))
    if year and not _is_year(year, today.year):
        yield "owner_birth_year", NO_YEAR.format(typed=year[:20])
    yield from _day_faults(typed, days, today)


def _long_texts(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, most in TEXTS.items():
        if len(told[name]) > most:
            yield name, TOO_LONG.format(length=len(told[name]), most=most)


def _day_faults(
    typed: Mapping[str, str], days: Mapping[str, date | None], today: date
) -> Iterator[tuple[str, str]]:
    for name, day in days.items():
        written = one_line(typed.get(name, ""))
        if written and day is None:
            yield name, NO_DAY.format(typed=written[:20])
    first, last, issued = days["valid_from"], days["valid_until"], days["issued_on"]
    if issued and issued > today:
        yield "issued_on", LATER_DAY
    if last and typed.get("valid_forever"):
        yield "valid_until", BOTH_ENDS
    elif first and last and last < first:
        yield "valid_until", BACKWARDS.format(first=f"{first:%d/%m/%Y}")


def _is_year(text: str, this_year: int) -> bool:
    plain = text.isascii() and text.isdecimal() and len(text) == 4
    return plain and EARLIEST_BIRTH <= int(text) <= this_year


def is_web_address(text: str) -> bool:
    """Whether a text is an address that a page may link to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and " " not in text
