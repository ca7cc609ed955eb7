"""The reports of all gateways: how each one calls us, and what its call says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from bot.channels.esms import esms_receipts
from bot.channels.sms_line import reports_in
from bot.channels.speedsms import speedsms_receipts
from bot.channels.vietguys import vietguys_receipts
from bot.core.receipt import DeliveryReceipt

MOST_FIELDS = 60
MOST_REPORTS = 1000  # in one call

Read = Callable[[Mapping[str, Any], datetime], tuple[DeliveryReceipt, ...] | None]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call says; `unread` counts what in it is no report of this form."""

    receipts: tuple[DeliveryReceipt, ...]
    unread: int


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """How one gateway reports.

    Shape: with GET the report stands in the query, with POST it is a JSON object or a list of
           such. `read` gives () for a report that settles nothing, None for what is none.
    """

    gateway: str
    method: Literal["GET", "POST"]
    read: Read

    def hear(self, given: bytes, now: datetime) -> Heard:
        """What one call says.

        Shape: `given` is the query or the body as it came over the wire, untrusted.
        """
        reports = _in_query(given) if self.method == "GET" else reports_in(given)
        if reports is None or len(reports) > MOST_REPORTS:
            return Heard((), 1)
        said = [self.read(report, now) for report in reports]
        receipts = tuple(receipt for one in said if one is not None for receipt in one)
        return Heard(receipts, said.count(None))


RECEIPT_FORMS = (
    ReceiptForm("esms", "GET", esms_receipts),
    ReceiptForm("speedsms", "POST", speedsms_receipts),
    ReceiptForm("vietguys", "POST", vietguys_receipts),
)


def _in_query(query: bytes) -> list[Mapping[str, Any]] | None:
    """The fields of a query, the first of each name."""
    try:
        pairs = parse_qsl(query.decode("ascii", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return [dict(reversed(pairs))]
