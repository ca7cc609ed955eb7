"""A person's data as a copy is handed out: names of others masked, times written out."""

import json
from datetime import date
from typing import Any

SCHEMA = "subject/1"  # docs/privacy.md describes it; a change of it gets another number


def masked_name(name: str) -> str:
    """A name that its bearer knows again and nobody else learns: "Nguyễn V*** A***"."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{word[0]}***" for word in rest)])


def plain(value: Any) -> Any:
    """A stored value as JSON takes it; moments with their offset."""
    return value.isoformat() if isinstance(value, date) else value


def copy_text(copy: dict[str, Any]) -> str:
    """The copy as one JSON document in UTF-8, for people and machines."""
    return json.dumps(copy, ensure_ascii=False, indent=1) + "\n"
