"""A day's orders to the postal service as a file, where its interface is not called."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.core.agency import Agency, family, parents_of
from bot.core.counter_faults import Faults, refused
from bot.core.notice_rules import is_in_result
from bot.core.post_order import FIELDS, PostOrder, order_fields
from bot.core.post_receiver import read_receiver
from bot.core.postal import ReturnState
from bot.core.staff import Actor, Deed
from bot.give_item import give_item, item_values
from bot.post_sender import lacking, sender_of, sending_desk
from bot.runtime import Runtime
from bot.sheet import Cell, Sheet
from bot.store.agencies import all_agencies
from bot.store.audit import write_deed
from bot.store.post_orders import DossierReturn, change_return, returns_for_file
from bot.vault import Unreadable

SHEET = "Phiếu gửi bưu điện"
NOT_BY_FILE = (
    "Tỉnh không gửi bưu điện bằng tệp: POST_SERVICE đang là “{service}”, cần là “file”. Nếu đặt "
    "qua mạng thì hệ thống tự gửi từng phiếu."
)
NOT_YET = "Ngày {day:%d/%m/%Y} chưa đến. Chọn hôm nay hoặc một ngày trước."
UNREADABLE = "không mở được thông tin người nhận: báo quản trị xem khóa FIELD_KEYS"
NOT_YOURS = "Không có cơ quan nào với mã “{code}” thuộc phạm vi của tài khoản."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A result that could not be put into the file, and why, in Vietnamese."""

    code: str
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class OrderFile:
    """A day's file: its sheet, how many orders stand in it, how many of them for the first time."""

    sheet: Sheet
    count: int
    fresh: int
    left_out: tuple[LeftOut, ...]


def order_file(
    runtime: Runtime, actor: Actor | None, day: date, agency: str = ""
) -> OrderFile | Faults:
    """The orders of a day: of the actor's agencies, or of one of them and all below it.

    Asked for again, it has the same orders in it; today's also has what became ready since. An
    order stands in one day's file only. Columns are bot.core.post_order.FIELDS.
    Shape: no actor for a command, which is every agency's.
    Errors: SQLAlchemyError. What none of FIELD_KEYS opens is left out, and the others go.
    """
    service = runtime.settings.post_service
    if service != "file":
        return refused(NOT_BY_FILE.format(service=service))
    if day > runtime.today():
        return refused(NOT_YET.format(day=day), "day")
    now = runtime.now()
    with runtime.engine.begin() as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        chosen = _chosen(agencies, actor, agency)
        if not chosen:
            return refused(NOT_YOURS.format(code=agency[:40]), "agency")
        ready_at = now if day == runtime.today() else None
        rows = returns_for_file(connection, day, chosen, ready_at)
        drawn = _Draw(runtime, connection, agencies, day, now)
        orders = [order for row in rows if (order := drawn.order(row)) is not None]
        detail: dict[str, str | int | bool | None] = {"slips": len(orders), "day": day.isoformat()}
        deed = Deed("post.file_drawn", agency or None, "post", None, detail)
        write_deed(connection, actor, now, deed)
    customer = runtime.settings.post_customer_code
    sheet = Sheet(SHEET, FIELDS, list(_rows(orders, customer)))
    return OrderFile(sheet, len(orders), drawn.fresh, tuple(drawn.left_out))


def _chosen(agencies: Mapping[str, Agency], actor: Actor | None, agency: str) -> Collection[str]:
    covered = actor.agencies if actor else frozenset(agencies)
    return family(parents_of(agencies), agency) & covered if agency else covered


def _rows(orders: Sequence[PostOrder], customer: str) -> Iterator[list[Cell]]:
    for order in orders:
        yield list(order_fields(order, customer).values())


class _Draw:
    """Puts returns into a day's file; `fresh` counts those that were in none before."""

    def __init__(
        self,
        runtime: Runtime,
        connection: Connection,
        agencies: Mapping[str, Agency],
        day: date,
        now: datetime,
    ) -> None:
        self._runtime, self._connection = runtime, connection
        self._agencies, self._day, self._now = agencies, day, now
        self.fresh = 0
        self.left_out: list[LeftOut] = []

    def order(self, row: DossierReturn) -> PostOrder | None:
        """The order of a return; None for one that is left out."""
        one, vault = row.one, self._runtime.vault
        waits = one.state is ReturnState.REGISTERED
        if waits and not is_in_result(row):
            change_return(self._connection, one.id, self._now, {"due_at": None})
            return None
        sender = sender_of(self._runtime.settings, self._agencies, row.agency_code)
        if sender is None or one.receiver is None:
            self.left_out.append(LeftOut(row.code, self._why_not(row)))
            return None
        try:
            code = vault.open_text(one.item_code) if one.item_code else ""
            receiver = read_receiver(vault.open_text(one.receiver))
        except Unreadable:
            self.left_out.append(LeftOut(row.code, UNREADABLE))
            return None
        if waits:
            code = self._written(row, code)
        return PostOrder(row.code, code, sender, receiver)

    def _why_not(self, row: DossierReturn) -> str:
        if row.one.receiver is None:
            return "không còn thông tin người nhận"
        missing = ", ".join(lacking(sending_desk(self._agencies, row.agency_code)))
        return f"cơ quan chưa khai {missing}: quản trị viên khai ở trang Quầy giao dịch"

    def _written(self, row: DossierReturn, code: str) -> str:
        """Write down that it stands in this file; the item code that it has now."""
        one = row.one
        values: dict[str, Any] = {
            "state": str(ReturnState.ORDERED),
            "due_at": None,
            "asked_at": one.asked_at or self._now,
            "ordered_at": self._now,
            "order_day": self._day,
            "reason": None,
        }
        if not code and (code := give_item(self._runtime, self._connection, self._now)):
            values |= item_values(self._runtime, self._connection, code)
        change_return(self._connection, one.id, self._now, values)
        self.fresh += 1
        return code
