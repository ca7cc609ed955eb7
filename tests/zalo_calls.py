"""Calls as Zalo makes them: bodies and signatures, written from zalo-platform 2 for the tests."""

import hashlib
import json
from typing import Any

from tests.make import make_settings

SETTINGS = make_settings("sqlite://")
CITIZEN = "7364519280461537702"
OTHER_OA = "4018273645501928374"
MILLISECONDS = "1795572000000"  # 25 November 2026, nine in the morning in Vietnam


def text_event(
    text: str, user: str = CITIZEN, msg_id: str = "5f0c1e77a94d3b2288c1"
) -> dict[str, Any]:
    """A citizen typed something."""
    return {
        "event_name": "user_send_text",
        "app_id": SETTINGS.zalo_app_id,
        "sender": {"id": user},
        "recipient": {"id": SETTINGS.zalo_oa_id},
        "message": {"text": text, "msg_id": msg_id},
        "timestamp": MILLISECONDS,
        "user_id_by_app": "1583947260385719246",
    }


def content_event(kind: str, user: str = CITIZEN, **message: Any) -> dict[str, Any]:
    """A citizen sent something that is not text."""
    event = text_event("", user, msg_id=message.pop("msg_id", f"{kind}-1"))
    event["event_name"] = kind
    event["message"] = {"msg_id": event["message"]["msg_id"], **message}
    return event


def relation_event(kind: str, at: str = MILLISECONDS, user: str = CITIZEN) -> dict[str, Any]:
    """A citizen followed or unfollowed."""
    return {
        "event_name": kind,
        "oa_id": SETTINGS.zalo_oa_id,
        "follower": {"id": user},
        "user_id_by_app": "1583947260385719246",
        "source": "oa_profile",
        "app_id": SETTINGS.zalo_app_id,
        "timestamp": at,
    }


def echo_event(text: str, msg_id: str, user: str = CITIZEN) -> dict[str, Any]:
    """Zalo tells what was sent in our name."""
    event = text_event(text, msg_id=msg_id)
    event |= {"event_name": "oa_send_text", "sender": event["recipient"], "recipient": {"id": user}}
    return event


def raw(event: dict[str, Any]) -> bytes:
    """The bytes on the wire."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body: bytes, timestamp: str = MILLISECONDS, key: str = "", app_id: str = "") -> str:
    """X-ZEvent-Signature after zalo-platform 2.1."""
    app = (app_id or SETTINGS.zalo_app_id).encode()
    secret = (key or SETTINGS.zalo_oa_secret_key).encode()
    return "mac=" + hashlib.sha256(app + body + timestamp.encode() + secret).hexdigest()
