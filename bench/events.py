"""Webhook calls as Zalo makes them, signed and ready to be written to a socket."""

import itertools
import json
import time
from hashlib import sha256

from bench.servers import APP_ID, OA_ID, OA_SECRET

_serial = itertools.count(time.time_ns())


def body_of(user: str, said: str) -> bytes:
    """One text event with a message id of its own."""
    event = {
        "app_id": APP_ID,
        "user_id_by_app": "7364519280461537702",
        "event_name": "user_send_text",
        "timestamp": str(int(time.time() * 1000)),
        "sender": {"id": user},
        "recipient": {"id": OA_ID},
        "message": {"msg_id": f"m{next(_serial)}", "text": said},
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signature_of(body: bytes) -> str:
    """The signature header of a body."""
    timestamp = json.loads(body)["timestamp"]
    mac = sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode())
    return f"mac={mac.hexdigest()}"


def call_of(body: bytes) -> bytes:
    """The whole HTTP request, kept alive."""
    head = (
        "POST /webhooks/zalo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-ZEvent-Signature: {signature_of(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def calls(count: int, said: str) -> list[bytes]:
    """So many calls, each by another citizen."""
    return [call_of(body_of(f"w{number}", said)) for number in range(count)]
