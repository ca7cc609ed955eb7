"""What differs between two versions of an announcement, word by word."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.core.announcement import Content

SAME, GONE, NEW = "same", "gone", "new"
FIELDS = (
    "agency", "kind", "title", "text", "link", "picture", "audience", "roads", "send_at",
)  # fmt: skip
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether they stayed, are gone or are new."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed."""

    field: str
    pieces: Sequence[Piece]


def differences(
    before: Content, after: Content, zone: tzinfo, names: Mapping[str, str]
) -> list[Difference]:
    """The fields that changed from one version to the next.

    Shape: times are shown in `zone`; `names` are the words for kinds, audiences and roads.
    """
    found = []
    for name in FIELDS:
        old, new = _shown(before, name, zone, names), _shown(after, name, zone, names)
        if old != new:
            found.append(Difference(name, pieces(old, new)))
    return found


def pieces(old: str, new: str) -> list[Piece]:
    """How one text became another."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    made: list[Piece] = []
    matcher = difflib.SequenceMatcher(a=left, b=right, autojunk=False)
    for tag, start, end, from_, to in matcher.get_opcodes():
        if tag == "equal":
            made.append(Piece(SAME, "".join(left[start:end])))
            continue
        if end > start:
            made.append(Piece(GONE, "".join(left[start:end])))
        if to > from_:
            made.append(Piece(NEW, "".join(right[from_:to])))
    return made


def _shown(content: Content, name: str, zone: tzinfo, names: Mapping[str, str]) -> str:
    value = getattr(content, name)
    if name == "send_at":
        return f"{value.astimezone(zone):%d/%m/%Y %H:%M}" if value else ""
    if name == "audience":
        count = str(value.count) if value.digest else ""
        parts = (names.get(value.kind, value.kind), value.agency, value.procedure, value.tag, count)
        return " · ".join(part for part in parts if part)
    if name == "roads":
        return ", ".join(names.get(road, road) for road in value)
    if name == "kind":
        return names.get(value, value)
    return str(value)[:12] if name == "picture" else str(value)
