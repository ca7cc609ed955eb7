"""What Zalo reports by itself: messages received and seen, news of templates and quotas."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.zalo_fields import MILLISECONDS, identifier, part, plain_text
from bot.core.message import Event, EventKind, TemplateNews
from bot.core.receipt import DeliveryReceipt, Reported

STATES = {"user_received_message": Reported.DELIVERED, "user_seen_message": Reported.SEEN}
MOST_REFS = 100
OLDEST_DELIVERY = timedelta(days=7)
LONGEST_REASON = 300
WORD = re.compile(r"[A-Za-z_]{1,16}")

Fields = Mapping[str, Any]


def read_receipt(name: str, fields: Fields, at: datetime, oa_id: str) -> Event:
    """A message of ours was received or seen; IGNORED when it names no message of this OA.

    Shape:  the event's `user_id` is the citizen's; "" where the message went to a phone, whose
            number is not taken along. One receipt for each message; `refs` are our tracking id,
            where there is one, and Zalo's id.
    Source: zalo-platform 2.4, 2.6, and 10 rows 8 and 9.
    """
    message = part(fields, "message")
    sides = [identifier(part(fields, side).get("id")) for side in ("sender", "recipient")]
    # Sources differ in whether the citizen is sender or recipient.
    user = next((side for side in sides if side and side != oa_id), "")
    tracking = identifier(message.get("tracking_id"))
    by_phone = bool(tracking or message.get("delivery_time"))
    receipts = tuple(
        DeliveryReceipt(
            carrier="zbs" if by_phone else "zalo",
            refs=refs,
            state=STATES[name],
            at=_delivered_at(message, at),
        )
        for refs in _named_messages(message, tracking)
    )
    if oa_id not in sides or not receipts or not (user or by_phone):
        return Event(EventKind.IGNORED, "", at)
    return Event(EventKind.RECEIPT, "" if by_phone else user, at, receipts=receipts)


def _named_messages(message: Fields, tracking: str) -> list[tuple[str, ...]]:
    """The names of each message that is reported on; there may be one or many."""
    many = message.get("msg_ids")
    given = [message.get("msg_id"), *(many[:MOST_REFS] if isinstance(many, list) else [])]
    ids = list(dict.fromkeys(filter(None, map(identifier, given))))
    if tracking:  # the id that we gave belongs to one message
        return [tuple(dict.fromkeys([tracking, *ids[:1]]))]
    return [(one,) for one in ids]


def _delivered_at(message: Fields, at: datetime) -> datetime:
    """The time of delivery where it can be believed, else that of the event."""
    told = message.get("delivery_time")
    if not isinstance(told, str) or not MILLISECONDS.fullmatch(told):
        return at
    moment = datetime.fromtimestamp(int(told) / 1000, UTC)
    return moment if at - OLDEST_DELIVERY <= moment <= at else at


def read_template_news(name: str, fields: Fields, at: datetime) -> Event:
    """News of a template, or of the OA's quota, whose `template_id` is ""; never a citizen's.

    Source: zalo-platform 2.6 (Template and quota management).
    """
    return Event(EventKind.TEMPLATE_NEWS, "", at, news=NEWS[name](fields))


def _status(fields: Fields) -> TemplateNews:
    status = part(fields, "status").get("new_status") or fields.get("status")
    reason = _reason(fields.get("reason"))
    return TemplateNews(_template_id(fields), status=_word(status), reason=reason)


def _quality(fields: Fields) -> TemplateNews:
    return TemplateNews(_template_id(fields), quality=_word(fields.get("quality")))


def _quota(fields: Fields) -> TemplateNews:
    quota = part(fields, "quota")
    values = [_reason(quota.get(side))[:20] or "?" for side in ("prev_value", "new_value")]
    return TemplateNews(_template_id(fields), reason=f"daily quota {values[0]} to {values[1]}")


NEWS: Mapping[str, Callable[[Fields], TemplateNews]] = {
    "change_template_status": _status,
    "change_template_quality": _quality,
    "change_oa_daily_quota": _quota,
    "change_template_quota": _quota,
}


def _template_id(fields: Fields) -> str:
    return identifier(fields.get("template_id"))[:40]


def _word(value: Any) -> str:
    return value.upper() if isinstance(value, str) and WORD.fullmatch(value) else ""


def _reason(value: Any) -> str:
    """Zalo's words without control characters, which no column or terminal should meet."""
    clean = "".join(letter for letter in plain_text(value) if letter.isprintable())
    return clean.strip()[:LONGEST_REASON]
