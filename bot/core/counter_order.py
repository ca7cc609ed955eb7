"""A move as ordered at the desk: what is wrong with it, and when it promises anew."""

from collections.abc import Iterator
from datetime import date, datetime, time

from bot.core.appointment import Office
from bot.core.counter_moves import BECOMES, STEPS, MoveKind, MoveOrder
from bot.core.counter_typing import items_of, many_lines, one_line, read_day

MOST_REASON, MOST_HANDLER, MOST_NEEDED, MOST_NEEDED_LENGTH = 1_000, 200, 20, 500
SUPPLEMENT_DAYS = 3  # working days after receipt; domain-facts 3.2
_MISSING = {
    "step": "Chọn bước xử lý.",
    "reason": "Chưa ghi lý do. Lý do được in trên phiếu giao cho công dân.",
    "needed": "Chưa ghi nội dung cần bổ sung. Mỗi dòng một nội dung.",
    "new_day": "Chưa có ngày hẹn mới. Nhập ngày, ví dụ 05/12/2026.",
}


def order_faults(order: MoveOrder) -> Iterator[tuple[str, str]]:
    """What is missing or too long, by field."""
    for name in BECOMES[order.kind].needs:
        if not many_lines(getattr(order, name)):
            yield name, _MISSING[name]
    if order.kind is MoveKind.FORWARD and order.step and order.step not in STEPS:
        yield "step", "Bước này không có trong danh sách. Chọn một bước trong danh sách."
    for name, most in (("reason", MOST_REASON), ("handler", MOST_HANDLER)):
        length = len(many_lines(getattr(order, name)))
        if length > most:
            yield name, f"Dài {length} ký tự, tối đa {most}. Viết ngắn lại."
    items = items_of(order.needed)
    if len(items) > MOST_NEEDED:
        yield "needed", f"Có {len(items)} nội dung, tối đa {MOST_NEEDED}. Gộp lại."
    elif any(len(item) > MOST_NEEDED_LENGTH for item in items):
        yield "needed", f"Mỗi nội dung tối đa {MOST_NEEDED_LENGTH} ký tự. Viết ngắn lại."


def appointed(typed: str, due_at: datetime, now: datetime, office: Office) -> datetime | str:
    """The new appointment; or, in words, why it cannot be.

    Shape: without an hour it is the old promise's, where the desk is at work then.
    Source: domain-facts 3.2, 3.3 (a result never falls on a day off).
    """
    read = read_day(typed)
    if read is None:
        return (
            f"“{one_line(typed)[:30]}” không phải ngày. Nhập dạng 05/12/2026 hoặc 05/12/2026 10:00."
        )
    day, hour = read
    fault = _day_fault(day, due_at, now, office)
    if fault is not None:
        return fault
    moment = _hour(hour or due_at.astimezone(office.zone).time(), office)
    if hour is not None and moment != hour:
        return f"Lúc {hour:%H:%M} bộ phận không làm việc. Chọn giờ trong giờ làm việc."
    found = datetime.combine(day, moment, office.zone)
    if found <= due_at:
        return f"Giờ hẹn mới phải sau giờ hẹn cũ ({due_at.astimezone(office.zone):%H:%M %d/%m/%Y})."
    return found


def _day_fault(day: date, due_at: datetime, now: datetime, office: Office) -> str | None:
    old = due_at.astimezone(office.zone).date()
    if day < old:
        return f"Ngày hẹn mới phải sau ngày hẹn cũ ({old:%d/%m/%Y})."
    if day <= now.astimezone(office.zone).date():
        return "Ngày hẹn mới phải sau hôm nay."
    if not office.calendar.is_working(day):
        following = office.calendar.next_working(day)
        return f"{day:%d/%m/%Y} là ngày nghỉ. Ngày làm việc kế tiếp là {following:%d/%m/%Y}."
    return None


def _hour(moment: time, office: Office) -> time:
    """The moment itself where the desk is at work, its ends included; else the nearest after."""
    if any(start <= moment <= end for start, end in office.hours.spans):
        return moment
    return office.hours.at_work(moment) or office.hours.closing


def order_warnings(
    order: MoveOrder,
    before: tuple[MoveKind, ...],
    times: tuple[datetime | None, datetime | None],
    now: datetime,
    office: Office,
) -> tuple[str, ...]:
    """What the clerk should know although it was done; `times` are received and promised."""
    received, due = times
    today = now.astimezone(office.zone).date()
    found = []
    if order.kind is MoveKind.SUPPLEMENT:
        if MoveKind.SUPPLEMENT in before:
            found.append("Hồ sơ đã được yêu cầu bổ sung trước đây; quy định chỉ yêu cầu một lần.")
        if received and _working_days(received, today, office) > SUPPLEMENT_DAYS:
            found.append(f"Đã quá {SUPPLEMENT_DAYS:02d} ngày làm việc kể từ ngày tiếp nhận.")
    if order.kind is MoveKind.NEW_DAY and due and due.astimezone(office.zone).date() <= today:
        found.append("Theo quy định phải xin lỗi trước hạn ít nhất 01 ngày.")
    return tuple(found)


def _working_days(since: datetime, today: date, office: Office) -> int:
    return office.calendar.working_days_between(since.astimezone(office.zone).date(), today)
