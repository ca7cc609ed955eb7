"""Single fields of Zalo's events, read so that nothing odd in them can do harm."""

import re
from collections.abc import Mapping
from typing import Any

# Milliseconds of 13 digits; Zalo's own documents show 12 digits by mistake, others send seconds.
MILLISECONDS = re.compile(r"\d{13}")
IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside an event; empty when it is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def identifier(value: Any) -> str:
    """An id as text; "" for what is none."""
    return value if isinstance(value, str) and IDENTIFIER.fullmatch(value) else ""


def plain_text(value: Any) -> str:
    """A text; "" for what is none."""
    # A lone surrogate, as an escape can smuggle in, is no character and cannot be encoded.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
