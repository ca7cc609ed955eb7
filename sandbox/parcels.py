"""The parcels of the postal service and what was told of their way."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sandbox.clock import LOCAL, shown
from sandbox.post_numbers import drawn

# stage: (code, message). The real codes are not public; these are the sandbox's own.
STAGES = {
    "collected": ("101", "Bưu cục đã chấp nhận gửi"),
    "under_way": ("201", "Bưu gửi đang vận chuyển đến bưu cục phát"),
    "delivered": ("301", "Phát thành công"),
    "returned": ("401", "Chuyển hoàn bưu gửi về người gửi"),
}
ORDERED, CANCELLED = "ordered", "cancelled"
STRANGE = "H99.99-261101-9999"  # an order of somebody else, told to us by mistake


@dataclass(slots=True)
class Parcel:
    """One order as the post holds it; `receiver` and `sender` as they were sent."""

    order_number: str
    item_code: str
    ordered_at: float
    receiver: dict[str, str]
    sender: dict[str, str]
    stage: str = ORDERED
    message: str = ""
    times_ordered: int = 1

    @property
    def is_open(self) -> bool:
        """Whether the post has not fetched it yet."""
        return self.stage == ORDERED

    def seen(self) -> dict[str, Any]:
        """The parcel as the page and the control API show it."""
        row = asdict(self)
        row["ordered_at"] = shown(row.pop("ordered_at"))
        return row


@dataclass(slots=True)
class Row:
    """One line of a parcel's way; `id` ascends over all parcels."""

    id: int
    order_number: str
    item_code: str
    code: str
    message: str
    moment: float

    def told(self) -> dict[str, Any]:
        """The line as GetOrderTracking tells it."""
        return {
            "id": self.id,
            "orderNumber": self.order_number,
            "itemCode": self.item_code,
            "statusCode": self.code,
            "statusMessage": self.message,
            "statusTime": datetime.fromtimestamp(self.moment, LOCAL).strftime("%Y%m%d%H%M%S"),
        }


@dataclass(slots=True)
class Parcels:
    """All parcels by order number, and all lines in the order of their telling."""

    _by_order: dict[str, Parcel] = field(default_factory=dict)
    _rows: list[Row] = field(default_factory=list)

    def by_order(self, order_number: str) -> Parcel | None:
        """The newest parcel of one order number."""
        return self._by_order.get(order_number)

    def by_any_code(self, came: str) -> Parcel | None:
        """A parcel by its order number or by its item code."""
        found = self._by_order.get(came)
        return found or next((one for one in self if one.item_code == came), None)

    def __iter__(self) -> Any:
        return iter(self._by_order.values())

    def carries(self, item_code: str) -> str | None:
        """The order number that an item code was used for, also one that is cancelled."""
        return next((one.order_number for one in self if one.item_code == item_code), None)

    def take(self, parcel: Parcel) -> Parcel:
        """Take an order in; without an item code it is given one that is still free."""
        while not parcel.item_code or self.carries(parcel.item_code):
            parcel.item_code = drawn()
        self._by_order[parcel.order_number] = parcel
        return parcel

    def move(self, parcel: Parcel, stage: str, message: str, now: float) -> Row:
        """Bring a parcel to a stage and write the line of it."""
        parcel.stage, parcel.message = stage, message or STAGES[stage][1]
        return self.write(parcel.order_number, parcel.item_code, stage, parcel.message, now)

    def write(self, order: str, item: str, stage: str, message: str, now: float) -> Row:
        """One more line."""
        row = Row(len(self._rows) + 1, order, item, STAGES[stage][0], message, now)
        self._rows.append(row)
        return row

    def after(self, last_id: int, most: int) -> list[Row]:
        """The lines behind one id, oldest first."""
        return self._rows[max(last_id, 0) :][:most]

    def seen(self) -> list[dict[str, Any]]:
        """All parcels as the page shows them."""
        return [one.seen() for one in self]

    def saved(self) -> dict[str, Any]:
        """Everything, as kept across restarts."""
        return {
            "parcels": [asdict(one) for one in self],
            "rows": [asdict(one) for one in self._rows],
        }

    def restore(self, kept: dict[str, Iterable[dict[str, Any]]]) -> None:
        """Take back what was kept."""
        parcels = [Parcel(**row) for row in kept.get("parcels", [])]
        self._by_order = {one.order_number: one for one in parcels}
        self._rows = [Row(**row) for row in kept.get("rows", [])]
