"""Zalo's webhook: is a call genuine, and what does its event mean to us."""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from bot.channels.zalo_fields import IDENTIFIER, MILLISECONDS, identifier, part, plain_text
from bot.channels.zalo_reports import NEWS, STATES, read_receipt, read_template_news
from bot.core.message import Event, EventKind

SAMPLE_MESSAGE = {"msg_id": "This is message id", "text": "This is testing message"}
MOST_ATTACHMENTS = 10  # zalo-platform 10, row 28
PHOTO = "user_send_image"
LONGEST_PHONE = 200

# zalo-platform 2.5. What is not named here is stored and answered 200 all the same.
CONTENT = {
    "user_send_text": EventKind.TEXT,
    PHOTO: EventKind.PHOTO,
    "user_send_link": EventKind.LINK,
    "user_send_audio": EventKind.OTHER_CONTENT,
    "user_send_video": EventKind.OTHER_CONTENT,
    "user_send_gif": EventKind.OTHER_CONTENT,
    "user_send_sticker": EventKind.OTHER_CONTENT,
    "user_send_location": EventKind.OTHER_CONTENT,
    "user_send_business_card": EventKind.OTHER_CONTENT,
    "user_send_file": EventKind.OTHER_CONTENT,
    "user_click_chatnow": EventKind.OTHER_CONTENT,
    "user_submit_info": EventKind.PHONE_SHARED,
    "user_withdraw": EventKind.WITHDRAW,
    "follow": EventKind.FOLLOW,
    "unfollow": EventKind.UNFOLLOW,
}
ECHO = "oa_send_"
NOT_TO_ONE_PERSON = ("oa_send_anonymous_", "oa_send_group_", "oa_send_consent")
# zalo-platform 2.7 and 3.6: these refresh the free window; the rest of CONTENT does as well.
NO_INTERACTION = {"unfollow", "user_submit_info", "user_withdraw"}
KNOWN_NAMES = frozenset(CONTENT) | {
    "oa_send_text", "oa_send_image", "oa_send_gif", "oa_send_list", "oa_send_file",
    "oa_send_sticker", "oa_send_template", "user_received_message", "user_seen_message",
    "user_reacted_message", "oa_reacted_message", "update_user_info",
    "add_user_to_tag", "remove_user_from_tag", "remove_tag", "anonymous_send_text",
    "anonymous_send_image", "anonymous_send_file", "anonymous_send_sticker", "user_feedback",
    "change_template_status", "change_template_quality", "change_template_quota",
    "change_oa_daily_quota", "change_oa_template_tags", "user_click_response_button",
    "permission_revoked", "user_call_oa", "oa_call_user", "user_reply_consent",
}  # fmt: skip


class Refusal(StrEnum):
    """Why a call is not taken for Zalo's."""

    NO_SIGNATURE = "no signature header"
    NOT_JSON = "body is not a JSON object"
    NO_TIMESTAMP = "body has no timestamp"
    WRONG_SIGNATURE = "signature does not match"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the signature is made with; `oa_secrets` holds the present key, then the previous."""

    app_id: str
    oa_id: str
    oa_secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A genuine event, ready to be stored once."""

    key: str
    name: str
    own: bool
    at: datetime


class NotGenuine(Exception):
    """A call that is not rightly signed; `name` is its event's, as far as it can be read."""

    def __init__(self, why: Refusal, name: str = "") -> None:
        super().__init__(str(why))
        self.why = why
        self.name = name


def listen(body: bytes, signature: str | None, keys: Keys, now: datetime) -> Received | None:
    """Check one webhook call over its raw bytes.

    Result: the event; None for the console's test calls, which are answered 200 and forgotten.
    Errors: NotGenuine for everything that is not rightly signed.
    Source: zalo-platform 2.1 (plain SHA-256, no HMAC), 2.3, and 10 rows 1, 3, 4.
    """
    if body.strip() in (b"", b"{}"):
        return None
    fields = _object(body)
    name = _name(fields)
    literal = _literal_timestamp(fields)
    if literal is None:
        raise NotGenuine(Refusal.NO_TIMESTAMP, name)
    if not signature:
        raise NotGenuine(Refusal.NO_SIGNATURE, name)
    if not _rightly_signed(body, literal, signature, keys):
        raise NotGenuine(Refusal.WRONG_SIGNATURE, name)
    own = keys.oa_id in _oa_ids(fields)
    if not own and _is_console_sample(name, fields):
        return None
    return Received(_dedupe_key(name, fields, body), name, own, _moment(literal, now))


def _object(body: bytes) -> dict[str, Any]:
    try:
        # Numbers stay as they are written: the timestamp's literal text is signed.
        fields = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as fault:
        raise NotGenuine(Refusal.NOT_JSON) from fault
    if not isinstance(fields, dict):
        raise NotGenuine(Refusal.NOT_JSON)
    return fields


def _name(fields: Mapping[str, Any]) -> str:
    """The event's name, without what a database column could not hold."""
    return re.sub(r"[^A-Za-z0-9_.-]", "?", str(fields.get("event_name") or "")[:80])


def _literal_timestamp(fields: Mapping[str, Any]) -> str | None:
    value = fields.get("timestamp")
    return value if isinstance(value, str) and value else None


def _rightly_signed(body: bytes, timestamp: str, signature: str, keys: Keys) -> bool:
    given = signature.strip().removeprefix("mac=").lower().encode("utf-8", "replace")
    ending = timestamp.encode("utf-8", "surrogatepass")
    return any(
        [
            hmac.compare_digest(given, expected_mac(keys.app_id, body, ending, secret))
            for secret in keys.oa_secrets
        ]
    )


def expected_mac(app_id: str, body: bytes, timestamp: bytes, oa_secret: str) -> bytes:
    """The signature that Zalo puts on a body, as 64 hexadecimal digits."""
    return sha256(app_id.encode() + body + timestamp + oa_secret.encode()).hexdigest().encode()


def _dedupe_key(name: str, fields: Mapping[str, Any], body: bytes) -> str:
    """(event, msg_id) where there is a msg_id, else the hash of the body (2.2)."""
    msg_id = part(fields, "message").get("msg_id") or fields.get("msg_id")
    if isinstance(msg_id, str) and IDENTIFIER.fullmatch(msg_id):
        return f"{name}:{msg_id}"
    return f"sha256:{sha256(body).hexdigest()}"


def _is_console_sample(name: str, fields: Mapping[str, Any]) -> bool:
    message = part(fields, "message")
    return name == "user_send_text" and all(
        message.get(key) == value for key, value in SAMPLE_MESSAGE.items()
    )


def _oa_ids(fields: Mapping[str, Any]) -> set[str]:
    """Every place where an event names its Official Account (2.4)."""
    ids = (
        fields.get("oa_id"),
        fields.get("oaId"),
        part(fields, "sender").get("id"),
        part(fields, "recipient").get("id"),
    )
    return {one for one in ids if isinstance(one, str)}


def _moment(literal: str, now: datetime) -> datetime:
    """The event's own time, or our arrival time where it cannot be trusted (10, row 10)."""
    if not MILLISECONDS.fullmatch(literal):
        return now
    moment = datetime.fromtimestamp(int(literal) / 1000, UTC)
    return min(moment, now)  # an event of the future would block every later one


def read_event(body: bytes, at: datetime, oa_id: str) -> Event:
    """What a stored event means; anything odd about its form makes it IGNORED, never an error."""
    fields = _object(body)
    name = str(fields.get("event_name") or "")
    message = part(fields, "message")
    if name.startswith(ECHO) and not name.startswith(NOT_TO_ONE_PERSON):
        if "admin_id" in part(fields, "sender"):  # a person wrote this in OA Manager, not we
            return Event(EventKind.IGNORED, "", at)
        user = identifier(part(fields, "recipient").get("id"))
        text = plain_text(message.get("text"))
        return Event(EventKind.ECHO, user, at, text, identifier(message.get("msg_id")))
    if name in STATES:
        return read_receipt(name, fields, at, oa_id)
    if name in NEWS:
        return read_template_news(name, fields, at)
    kind = CONTENT.get(name, EventKind.IGNORED)
    user = _citizen(fields, oa_id)
    if not user or kind is EventKind.IGNORED:
        return Event(EventKind.IGNORED, user, at)
    text = plain_text(message.get("text"))
    if kind is EventKind.PHONE_SHARED:
        text = plain_text(part(fields, "info").get("phone"))[:LONGEST_PHONE]
    if kind is EventKind.LINK:
        text = "\n".join(filter(None, [text, *_links(message)]))
    return Event(
        kind,
        user,
        at,
        text,
        identifier(message.get("msg_id")),
        interaction=name not in NO_INTERACTION,
        photos=tuple(_links(message)) if kind is EventKind.PHOTO else (),
    )


def _citizen(fields: Mapping[str, Any], oa_id: str) -> str:
    """The citizen's id, wherever this kind of event carries it; never our own."""
    for value in (
        part(fields, "follower").get("id"),
        fields.get("user_id"),
        part(fields, "sender").get("id"),
    ):
        user = identifier(value)
        if user and user != oa_id:
            return user
    return ""


def _links(message: Mapping[str, Any]) -> list[str]:
    attachments = message.get("attachments")
    if not isinstance(attachments, Sequence) or isinstance(attachments, str):
        return []
    payloads = [part(one, "payload") for one in attachments[:MOST_ATTACHMENTS] if _is_map(one)]
    return [payload["url"] for payload in payloads if isinstance(payload.get("url"), str)]


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)
