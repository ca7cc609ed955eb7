"""Writes an event as bytes, bent as the fault switches say."""

import json
from typing import Any

from sandbox.events import Event
from sandbox.faults import Faults

ID_FIELDS = frozenset({"id", "oa_id", "user_id", "user_id_by_app"})


def bent(event: Event, faults: Faults) -> Event:
    """The event with the faults that change its content."""
    if faults.take("unknown_event"):
        event = event | {"event_name": "user_did_something_new"}
    if faults.take("missing_app_id"):
        event = {key: value for key, value in event.items() if key != "app_id"}
    if faults.take("numeric_timestamp"):
        event = event | {"timestamp": int(event["timestamp"])}
    if faults.take("numeric_ids"):
        event = _with_numeric_ids(event)
    return event


def as_bytes(event: Event, faults: Faults) -> bytes:
    """The event as it goes over the wire; compact UTF-8 unless a fault says otherwise."""
    compact = (",", ":")
    text = json.dumps(event, ensure_ascii=faults.take("escaped_unicode"), separators=compact)
    if not _encodable(text):  # half an emoji, as broken keyboards send it, travels escaped
        text = json.dumps(event, separators=compact)
    if faults.take("escaped_slash"):
        text = text.replace("/", "\\/")
    return text.encode()


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_numeric_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_numeric_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: int(inner)
        if key in ID_FIELDS and isinstance(inner, str) and inner.isdigit()
        else _with_numeric_ids(inner)
        for key, inner in value.items()
    }
