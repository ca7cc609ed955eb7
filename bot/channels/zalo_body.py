"""A chat message as Zalo's JSON, held to Zalo's limits."""

import json
import unicodedata
from typing import Any

from bot.core.message import Button, Outgoing
from bot.core.reply_text import ZALO_LIMIT

MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1000


def message_body(message: Outgoing) -> bytes:
    """A message as Zalo's JSON.

    Units:  characters after NFC.
    Errors: ValueError naming the limit that is broken.
    Source: zalo-platform 3.1.
    """
    text = unicodedata.normalize("NFC", message.text)
    if not 0 < len(text) <= ZALO_LIMIT:
        raise ValueError(f"a text has 1 to {ZALO_LIMIT} characters, this one {len(text)}")
    if len(message.buttons) > MOST_BUTTONS:
        raise ValueError(f"{len(message.buttons)} buttons; Zalo shows at most {MOST_BUTTONS}")
    content: dict[str, Any] = {"text": text}
    if message.buttons:
        buttons = [_button(button) for button in message.buttons]
        payload = {"template_type": "button", "buttons": buttons}
        content["attachment"] = {"type": "template", "payload": payload}
    return compact_json({"recipient": {"user_id": message.recipient}, "message": content}).encode()


def _button(button: Button) -> dict[str, str]:
    title = unicodedata.normalize("NFC", button.title)
    payload = unicodedata.normalize("NFC", button.payload)
    if not 0 < len(title) <= LONGEST_TITLE:
        raise ValueError(f"a button's title has 1 to {LONGEST_TITLE} characters, not {len(title)}")
    if not 0 < len(payload) <= LONGEST_PAYLOAD:
        raise ValueError(f"a button's payload has 1 to {LONGEST_PAYLOAD}, not {len(payload)}")
    kind = "oa.query.show" if button.shown else "oa.query.hide"
    return {"title": title, "type": kind, "payload": payload}


def compact_json(value: object) -> str:
    """JSON without blanks, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
