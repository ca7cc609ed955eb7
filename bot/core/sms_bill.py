"""A gateway's monthly list of SMS, read, and laid beside what we handed over.

Source: domain-facts 0.3 ("sent/failed reconciliation per month for the SMS bill").
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.phone import read_phone
from receipts.clean import clean, fold

MOST_BYTES, MOST_LINES, MOST_FAULTS = 40 * 2**20, 500_000, 20
# Names of columns, folded: as gateways export them, Vietnamese or English.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("request id", "requestid", "request_id", "reference", "ref", "ma yeu cau",
                  "ma tham chieu", "smsid", "sms id", "tranid", "tran id", "transaction id",
                  "message id", "messageid", "ma tin", "ma giao dich"),
    "phone": ("phone", "msisdn", "mobile", "sdt", "so dien thoai", "so nhan", "dien thoai"),
    "day": ("day", "date", "time", "sent at", "sent_at", "ngay", "ngay gui", "thoi gian",
            "thoi gian gui"),
    "parts": ("parts", "part", "mt", "so mt", "so phan", "so tin", "mtcount", "count"),
    "cost": ("cost", "amount", "price", "thanh tien", "tien", "chi phi", "so tien"),
}  # fmt: skip
_NEEDED = ("parts",)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class BillLine:
    """One SMS as the gateway bills it; `place` is the file's line, the header being 1."""

    place: int
    reference: str
    e164: str
    day: date | None
    parts: int
    cost_dong: int | None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a file says; with faults no line counts."""

    lines: tuple[BillLine, ...] = ()
    faults: tuple[str, ...] = ()


def read_bill(content: bytes) -> Bill:
    """Read the file: UTF-8, comma, semicolon or tab, the columns in any order.

    Errors: as values, up to 20, each naming the line, what came and what was expected.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Bill(faults=("Tệp không phải CSV mã UTF-8. Mời lưu lại dạng “CSV UTF-8”.",))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = _head(next(rows, []))
    except ValueError as fault:
        return Bill(faults=(str(fault),))
    lines: list[BillLine] = []
    faults: list[str] = []
    try:
        for place, cells in _filled(rows):
            if len(lines) >= MOST_LINES or len(faults) >= MOST_FAULTS:
                faults.append(f"Tệp có hơn {MOST_LINES} dòng hoặc quá nhiều lỗi; mời tách tệp.")
                break
            read = _line(place, {name: cells[at].strip() for name, at in head.items()
                                 if at < len(cells)})  # fmt: skip
            if isinstance(read, str):
                faults.append(read)
            else:
                lines.append(read)
    except csv.Error:
        faults.append("Tệp CSV bị hỏng: dấu nháy mở mà không đóng. Mời xuất lại tệp.")
    if not lines and not faults:
        faults.append("Tệp không có dòng tin nào. Mời xuất lại bảng kê của tháng.")
    return Bill(faults=tuple(faults)) if faults else Bill(tuple(lines))


def _filled(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for place, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            yield place, cells


def _head(cells: Sequence[str]) -> dict[str, int]:
    names = [" ".join(fold(clean(cell)).split()) for cell in cells]
    found = {
        column: names.index(name)
        for column, known in _COLUMNS.items()
        for name in known
        if name in names
    }
    missing = [column for column in _NEEDED if column not in found]
    by_phone = "phone" in found and "day" in found
    if missing or not ("reference" in found or by_phone):
        came = ", ".join(cell.strip() for cell in cells if cell.strip())[:200] or "không có cột nào"
        raise ValueError(
            f"Dòng đầu có: {came}. Cần cột số phần (“Số MT”) và cột mã yêu cầu (“Request ID”), "
            "hoặc thay mã yêu cầu bằng hai cột “Số điện thoại” và “Ngày gửi”."
        )
    return found


def _line(place: int, cells: Mapping[str, str]) -> BillLine | str:
    parts, cost = _number(cells.get("parts", "")), _number(cells.get("cost", ""))
    if parts is None or parts < 1:
        return f"Dòng {place}: số phần “{cells.get('parts', '')[:20]}” phải là số từ 1."
    if cells.get("cost") and cost is None:
        return f"Dòng {place}: số tiền “{cells['cost'][:20]}” phải là số đồng."
    day = _day(cells.get("day", ""))
    if cells.get("day") and day is None:
        return f"Dòng {place}: ngày “{cells['day'][:20]}” không đọc được, cần dạng 25/11/2026."
    phone = read_phone(cells.get("phone", "")).phone
    reference = cells.get("reference", "")[:80]
    if not reference and (phone is None or day is None):
        return f"Dòng {place}: không có mã yêu cầu, cũng không có số di động và ngày gửi."
    return BillLine(place, reference, phone.e164 if phone else "", day, parts, cost)


def _number(typed: str) -> int | None:
    plain = typed.replace(" ", "").removesuffix("đ").removesuffix("VND")
    if plain.endswith((".00", ",00", ".0")):
        plain = plain[: max(plain.rfind("."), plain.rfind(","))]
    plain = plain.replace(".", "").replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) < 12 else None


def _day(typed: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(typed.replace("T", " ").split(" ")[0], form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


class Kind(StrEnum):
    """How a bill and our books differ over one SMS."""

    THEIRS = "theirs"  # billed, and we know of no such SMS
    OURS = "ours"  # we handed it over, and it is not billed
    PARTS = "parts"
    COST = "cost"
    TWICE = "twice"  # billed again


@dataclass(frozen=True, slots=True)
class OurSms:
    """One SMS that the gateway took; `phone` is the hex of its blind index."""

    id: int
    request_id: str
    carrier_id: str
    phone: str
    day: date
    parts: int
    cost_dong: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One SMS over which both differ."""

    kind: Kind
    line: BillLine | None
    ours: OurSms | None


def compared(
    lines: Sequence[BillLine], ours: Sequence[OurSms], phone_of: Mapping[str, str]
) -> list[Difference]:
    """Where a month's bill and our hand-overs differ.

    Each billed line is matched once: by our request id or the gateway's own, else by phone and day.
    Shape: `phone_of` gives the hex of the blind index of each E.164 number that was billed.
    """
    by_name = {name: one for one in ours for name in (one.request_id, one.carrier_id) if name}
    by_day: defaultdict[tuple[str, date], list[OurSms]] = defaultdict(list)
    for one in ours:
        by_day[one.phone, one.day].append(one)
    matched: set[int] = set()
    found: list[Difference] = []
    nameless = []
    for line in lines:
        mine = by_name.get(line.reference) if line.reference else None
        if mine is None:
            nameless.append(line)
        else:
            found += _matched(line, mine, matched)
    for line in nameless:
        waiting = by_day.get((phone_of.get(line.e164, ""), line.day or date.min), [])
        mine = next((one for one in waiting if one.id not in matched), None)
        found += [Difference(Kind.THEIRS, line, None)] if mine is None else (
            _matched(line, mine, matched)
        )  # fmt: skip
    found += [Difference(Kind.OURS, None, one) for one in ours if one.id not in matched]
    return found


def _matched(line: BillLine, mine: OurSms, matched: set[int]) -> list[Difference]:
    if mine.id in matched:
        return [Difference(Kind.TWICE, line, mine)]
    matched.add(mine.id)
    if line.parts != mine.parts:
        return [Difference(Kind.PARTS, line, mine)]
    if line.cost_dong is not None and line.cost_dong != mine.cost_dong:
        return [Difference(Kind.COST, line, mine)]
    return []
