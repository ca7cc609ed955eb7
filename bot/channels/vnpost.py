"""VNPost by the national integration axis: a token, then orders, cancellations and tracking.

Source: domain-facts 9. How the token is got is agreed with each province's LGSP; it stands in
`_ask_for_token` alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from bot.channels.post_service import MOST_TRACKED, Cancelled, OrderTaken, TrackedPage
from bot.channels.sms_line import post_template, with_body
from bot.channels.zalo_body import compact_json
from bot.core.post_order import PostOrder, order_fields
from bot.core.postal import Tracked
from bot.metrics import Metrics
from bot.settings import Settings

NAME = "vnpost"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of the interface itself
TAKEN, TAKEN_BEFORE = "100", "101"
COLLECTED_ALREADY, NO_SUCH_ORDER = "102", "404"
DEAD_TOKEN = 401
USED_OF_LIFE = 0.8  # of a token's life; then a new one is asked for
MOST_CODE, MOST_SAID, MOST_ID = 40, 300, 2**63 - 1
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ITEM = re.compile(r"[A-Z0-9]{5,40}")


@dataclass(slots=True)
class VnPost:
    """One customer of the postal service; for one thread."""

    url: str
    user: str
    password: str = field(repr=False)
    customer: str
    metrics: Metrics
    wire: Wire = field(default_factory=Wire)
    name: str = NAME
    _token: str = field(default="", repr=False)
    _token_ends: float = 0.0

    def order(self, order: PostOrder) -> OrderTaken:
        """Order that a result be collected; the same order number is never taken twice.

        Errors: SendFailed, as bot.channels.post_service.PostService says.
        """
        body = self._asked("PostOrder", order_fields(order, self.customer))
        status = _status(body)
        if status in (TAKEN, TAKEN_BEFORE):
            return OrderTaken(_item(body.get("ItemCode")), again=status == TAKEN_BEFORE)
        raise _refusal("PostOrder", status, body)

    def cancel(self, number: str) -> Cancelled:
        """Take an order back, as far as it has not been collected."""
        fields = {"CustomerCode": self.customer, "OrderNumber": number}
        body = self._asked("CancelOrder", fields)
        status = _status(body)
        found = {
            TAKEN: Cancelled.DONE,
            COLLECTED_ALREADY: Cancelled.TOO_LATE,
            NO_SUCH_ORDER: Cancelled.UNKNOWN,
        }.get(status)
        if found is None:
            raise _refusal("CancelOrder", status, body)
        return found

    def track(self, after: int) -> TrackedPage:
        """The next lines of tracking behind an id, in the order of their ids."""
        fields = {"CustomerCode": self.customer, "pageSize": MOST_TRACKED, "lastId": after}
        body = self._asked("GetOrderTracking", fields)
        status, told = _status(body), body.get("data")
        if status != TAKEN or not isinstance(told, list):
            raise _refusal("GetOrderTracking", status, body)
        lines = [line for one in told if (line := _tracked(one)) and line.id > after]
        lines.sort(key=lambda line: line.id)
        last = lines[-1].id if lines else after
        if told and not lines:  # nothing of it can be read: it must not be asked for for ever
            last = max(after, _id(body.get("lastId")) or after)
        return TrackedPage(tuple(lines), last)

    def _asked(self, call: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """One call with the present token; a dead one is renewed once."""
        for _ in range(2):
            answer = self._sent(call, fields, {"access_token": self._present_token()})
            if answer.status != DEAD_TOKEN:
                return _judged(call, answer)
            self._token = ""
        raise SendFailed(
            Again.HALT, f"{call}: the postal service takes no token of ours", "HTTP 401"
        )

    def _present_token(self) -> str:
        if not self._token or monotonic() >= self._token_ends:
            self._token, lifetime = self._ask_for_token()
            self._token_ends = monotonic() + lifetime * USED_OF_LIFE
        return self._token

    def _ask_for_token(self) -> tuple[str, float]:
        """A new token, and its life in seconds."""
        fields = {"username": self.user, "password": self.password}
        answer = self._sent("token", fields, {})
        if answer.status in (400, 401, 403):
            reason = "the postal service refuses POST_USER or POST_PASSWORD: correct them"
            raise SendFailed(Again.HALT, reason, f"HTTP {answer.status}")
        body = _judged("token", answer)
        token, lifetime = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not token.isprintable():
            raise SendFailed(Again.LATER, "token: no access_token in the answer")
        known = isinstance(lifetime, int | float) and not isinstance(lifetime, bool)
        return token, float(lifetime) if known and lifetime else 60.0

    def _sent(self, call: str, fields: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        request = post_template(f"{self.url}/{call}", "application/json; charset=utf-8", **headers)
        begun, outcome = monotonic(), "failed"
        try:
            answer = self.wire.call(with_body(request, compact_json(fields).encode()))
            outcome = "taken" if answer.status == 200 else "refused"
            return answer
        finally:
            self.metrics.carrier_calls.labels(NAME, call, outcome).inc()
            self.metrics.carrier_call_seconds.labels(NAME, call).observe(monotonic() - begun)


def build_vnpost(settings: Settings, metrics: Metrics, wire: Wire | None = None) -> VnPost:
    """The customer that the settings name."""
    return VnPost(
        url=settings.post_url,
        user=settings.post_user,
        password=settings.post_password,
        customer=settings.post_customer_code,
        metrics=metrics,
        wire=wire or Wire(),
    )


def _judged(call: str, answer: Answer) -> dict[str, Any]:
    """The body of an answer that says something about the call itself."""
    if answer.status == 429:
        raise SendFailed(Again.PAUSE, f"{call}: too many calls", "HTTP 429")
    if answer.status != 200 and not _status(answer.body):
        code = f"HTTP {answer.status}"
        raise SendFailed(Again.LATER, f"{call}: {code} without a Status", code)
    return answer.body


def _status(body: Mapping[str, Any]) -> str:
    status = body.get("Status")
    if isinstance(status, bool) or not isinstance(status, str | int):
        return ""
    return str(status).strip()[:MOST_CODE]


def _refusal(call: str, status: str, body: Mapping[str, Any]) -> SendFailed:
    """What is not taken: for good, but where the service itself is at fault or says nothing."""
    said = _text(body.get("Message"), MOST_SAID)
    if not status:
        return SendFailed(Again.UNSURE, f"{call}: an answer without a Status", said=said)
    if status == "429":
        return SendFailed(Again.PAUSE, f"{call}: too many calls", status, said)
    if len(status) == 3 and status.startswith("5"):
        return SendFailed(Again.LATER, f"{call}: the service is at fault ({status})", status, said)
    return SendFailed(Again.NEVER, f"{call}: refused with {status}", status, said)


def _tracked(told: Any) -> Tracked | None:
    """One line of tracking; None where it names neither itself nor an order."""
    if not isinstance(told, dict):
        return None
    row_id, number = _id(told.get("id")), _text(told.get("orderNumber"), 64)
    if row_id is None or not number:
        return None
    return Tracked(
        id=row_id,
        order_number=number,
        code=_text(told.get("statusCode"), MOST_CODE),
        message=_text(told.get("statusMessage"), MOST_SAID),
        at=_moment(told.get("statusTime")),
        item_code=_item(told.get("itemCode")),
    )


def _id(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= MOST_ID else None


def _text(value: Any, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return _ODD.sub(" ", str(value)).strip()[:most]


def _item(value: Any) -> str:
    """The service's name for a parcel, as it came but for blanks; "" where it is none."""
    plain = "".join(_text(value, 60).split()).upper()
    return plain if _ITEM.fullmatch(plain) else ""


def _moment(value: Any) -> datetime | None:
    """Read yyyyMMddHHmmss in the time of Vietnam; None for anything else."""
    text = _text(value, 20)
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
