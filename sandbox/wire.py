"""Writes JSON for people to read: letters as letters, unless they cannot be encoded."""

import json
from typing import Any


def dumps(value: Any) -> str:
    """JSON text that always encodes to UTF-8; half an emoji makes the whole text escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
