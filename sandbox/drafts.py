"""Reads the `message` of a CS send and says what is wrong with it (manual 3.1, 9.5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.media import Kept

TEXT_LIMIT, BUTTON_LIMIT, TITLE_LIMIT, PAYLOAD_LIMIT, LIST_LIMIT = 2000, 5, 100, 1000, 5
BUTTON_TYPES = (*("oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.phone", "oa.open.sms"),)
MEDIA_TYPES = ("image", "gif", "sticker")
TEMPLATE_TYPES = ("media", "request_user_info", "list", "button")


class RefusedError(Exception):
    """An application error: HTTP 200 with this code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that may go out."""

    kind: str
    text: str = ""
    buttons: tuple[dict[str, Any], ...] = ()
    quote: str = ""
    elements: tuple[dict[str, Any], ...] = ()
    media_id: str = ""
    url: str = ""
    card: dict[str, Any] = field(default_factory=dict)


FindUpload = Callable[[str], Kept | None]


def draft_from(message: Any, upload: FindUpload) -> Draft:
    """Read one message: first its sizes, then its type, then its parts.

    Errors: RefusedError -210 too long or too many, -233 unknown type, -201 a part is wrong,
            -100 an uploaded attachment has expired (raised by `upload`).
    """
    if not isinstance(message, dict) or not message:
        raise RefusedError(-201, "message is invalid")
    text, payload = _text(message), _payload(message)
    buttons = _list(payload, "buttons")
    elements = _list(payload, "elements")
    _check_sizes(text, buttons, elements)
    quote = message.get("quote_message_id") or ""
    if "attachment" not in message:
        if not text.strip():
            raise RefusedError(-201, "message.text is invalid")
        return Draft("text", text, quote=str(quote))
    return _with_attachment(message["attachment"], text, payload, upload)


def _text(message: dict[str, Any]) -> str:
    text = message.get("text", "")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise RefusedError(-201, "message.text is invalid")
    return text


def _payload(message: dict[str, Any]) -> dict[str, Any]:
    attachment = message.get("attachment", {})
    payload = attachment.get("payload", {}) if isinstance(attachment, dict) else None
    if not isinstance(payload, dict) or ("attachment" in message and not payload):
        raise RefusedError(-201, "message.attachment is invalid")
    return payload


def _list(payload: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = payload.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RefusedError(-201, f"{name} is invalid")
    return rows


def _check_sizes(text: str, buttons: list[dict[str, Any]], elements: list[dict[str, Any]]) -> None:
    if len(text) > TEXT_LIMIT:
        raise RefusedError(-210, f"message.text exceeds {TEXT_LIMIT} characters")
    if len(buttons) > BUTTON_LIMIT:
        raise RefusedError(-210, f"buttons exceed {BUTTON_LIMIT}")
    if len(elements) > LIST_LIMIT:
        raise RefusedError(-210, f"elements exceed {LIST_LIMIT}")
    for button in buttons:
        if len(str(button.get("title", ""))) > TITLE_LIMIT:
            raise RefusedError(-210, f"button title exceeds {TITLE_LIMIT} characters")
        payload = button.get("payload")
        if isinstance(payload, str) and len(payload) > PAYLOAD_LIMIT:
            raise RefusedError(-210, f"button payload exceeds {PAYLOAD_LIMIT} characters")


def _with_attachment(
    attachment: dict[str, Any], text: str, payload: dict[str, Any], upload: FindUpload
) -> Draft:
    if attachment.get("type") == "file":
        return _file(payload, upload)
    if attachment.get("type") != "template":
        raise RefusedError(-233, "message type is invalid or not supported")
    kind = payload.get("template_type", "button" if "buttons" in payload else None)
    if kind not in TEMPLATE_TYPES:
        raise RefusedError(-233, "template type is invalid or not supported")
    if kind == "button":
        return _buttons(text, payload)
    if kind == "media":
        return _media(text, payload, upload)
    return _elements(kind, text, payload)


def _file(payload: dict[str, Any], upload: FindUpload) -> Draft:
    kept = upload(str(payload.get("token", "")))
    if kept is None:
        raise RefusedError(-201, "token is invalid")
    return Draft("file", kept.name, media_id=kept.id)


def _buttons(text: str, payload: dict[str, Any]) -> Draft:
    if not text.strip():
        raise RefusedError(-201, "message.text is invalid")
    buttons = payload.get("buttons", [])
    if not buttons:
        raise RefusedError(-201, "buttons is invalid")
    for button in buttons:
        check_button(button)
    return Draft("text", text, tuple(buttons))


def check_button(button: dict[str, Any]) -> None:
    """Hold one button against the table of 3.1.

    Errors: RefusedError -233 for an unknown type, -201 for a title or payload of wrong form.
    """
    kind, payload, title = button.get("type"), button.get("payload"), button.get("title")
    if kind not in BUTTON_TYPES:
        raise RefusedError(-233, "button type is invalid or not supported")
    if not isinstance(title, str) or not title.strip():
        raise RefusedError(-201, "button title is invalid")
    if not _payload_fits(str(kind), payload):
        raise RefusedError(-201, f"payload of {kind} is invalid")


def _payload_fits(kind: str, payload: Any) -> bool:
    if kind.startswith("oa.query."):
        return isinstance(payload, str) and bool(payload.strip())
    if not isinstance(payload, dict):
        return False
    if kind == "oa.open.url":
        return _is_url(payload.get("url"))
    phone = re.fullmatch(r"84\d{8,10}", str(payload.get("phone_code", "")), re.ASCII)
    return bool(phone) and (kind == "oa.open.phone" or isinstance(payload.get("content"), str))


def _is_url(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _media(text: str, payload: dict[str, Any], upload: FindUpload) -> Draft:
    elements = payload.get("elements", [])
    if len(elements) != 1:
        raise RefusedError(-201, "elements is invalid")
    element = elements[0]
    kind = element.get("media_type")
    if kind not in MEDIA_TYPES:
        raise RefusedError(-233, "media type is invalid or not supported")
    if kind == "gif" and not (element.get("width") and element.get("height")):
        raise RefusedError(-201, "width or height is invalid")
    if ("url" in element) == ("attachment_id" in element):
        raise RefusedError(-201, "one of url and attachment_id is required")
    if "url" in element:
        if not _is_url(element["url"]):
            raise RefusedError(-201, "url is invalid")
        return Draft(kind, text, url=element["url"])
    kept = upload(str(element["attachment_id"]))
    if kept is None and kind != "sticker":  # stickers come from Zalo's shop, not from uploads
        raise RefusedError(-201, "attachment_id is invalid")
    return Draft(kind, text, media_id=kept.id if kept else "")


def _elements(kind: str, text: str, payload: dict[str, Any]) -> Draft:
    elements = payload.get("elements", [])
    if not elements or (kind == "request_user_info" and len(elements) > 1):
        raise RefusedError(-201 if not elements else -210, "elements is invalid")
    for element in elements:
        if not isinstance(element.get("title"), str) or not element["title"].strip():
            raise RefusedError(-201, "element title is invalid")
    return Draft(kind, text or elements[0]["title"], elements=tuple(elements))
