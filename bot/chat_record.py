"""The row of a chat message that is owed to a citizen."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.message import Button
from bot.logs import present_request
from bot.runtime import Runtime
from bot.vault import blind_index, derived_key

REPLY_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to one citizen; `key` makes it owed once, `asked_at` is when it was due."""

    event: str
    recipient: str
    text: str
    key: str
    asked_at: datetime
    buttons: Sequence[Button] = ()
    request_id: str = ""  # of the web request that it answers; "": the one under way, if any


def echo_key(runtime: Runtime) -> bytes:
    """The key of the mark by which a message's echo is known."""
    return derived_key(runtime.settings.secret_key, "echo")


def chat_record(
    runtime: Runtime, key: bytes, message: ChatMessage, now: datetime
) -> dict[str, Any]:
    """The outbox row of a message; `key` is `echo_key`'s, reckoned once for many."""
    body = {"text": message.text, "buttons": [asdict(button) for button in message.buttons]}
    return {
        "lane": "chat",
        "event": message.event,
        "dedupe_key": message.key,
        "channel": "zalo",
        "recipient": message.recipient,
        "body": runtime.vault.seal(json.dumps(body, ensure_ascii=False)),
        "text_mark": blind_index(key, message.text),
        "state": "waiting",
        "due_at": now,
        "claims": 0,
        "unsure": 0,
        "refusals": 0,
        "asked_at": message.asked_at,
        "expires_at": message.asked_at + REPLY_KEPT,
        "created_at": now,
        "request_id": message.request_id or present_request() or None,
    }
