"""The chain of the audit trail: what a link is made of, and what can be wrong with one."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

# No transaction of ours lasts so long: an entry that turns up behind what was linked before then
# was not written by the product.
SETTLED = timedelta(minutes=10)
# Source: NĐ 333/2026, article 16 (logs kept at least 12 months), by domain-facts 7.2.
KEPT = timedelta(days=366)
BEGINNING = b"\x00" * 32  # what the first link follows


class Broken(StrEnum):
    """What became of an entry, or of the chain."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    FORGED = "forged"  # a seal or a checkpoint that we did not make
    UNGUARDED = "unguarded"  # the database would let entries be changed


@dataclass(frozen=True, slots=True)
class Entry:
    """All that an entry says, as it is linked."""

    id: int
    at: datetime
    staff_id: int | None
    login: str
    address: str
    action: str
    agency_code: str | None
    about: str | None
    about_key: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain goes: its last link, and that link's digest."""

    place: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.place}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the trail: at which link, of which entry."""

    what: Broken
    place: int | None
    entry_id: int | None
    why: str

    def __str__(self) -> str:
        where = f" at link {self.place}" if self.place is not None else ""
        entry = f", entry {self.entry_id}" if self.entry_id is not None else ""
        return f"{self.what}{where}{entry}: {self.why}"


def linked(key: bytes, before: bytes, place: int, entry: Entry) -> bytes:
    """The digest of a link: keyed, over the digest before, its place and all that it says.

    Shape: HMAC-SHA256. Without the key, which lies sealed, nobody makes a chain that holds.
    """
    said = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.staff_id,
        entry.login,
        entry.address,
        entry.action,
        entry.agency_code,
        entry.about,
        entry.about_key,
        entry.detail,
    ]
    body = json.dumps([place, said], ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.digest(key, before + body, sha256)


def marked(key: bytes, kind: str, head: Head, *more: int | datetime) -> bytes:
    """The mark of a seal or a checkpoint: who has not the key cannot make one."""
    parts = [
        one.astimezone(UTC).isoformat(timespec="microseconds")
        if isinstance(one, datetime)
        else str(one)
        for one in more
    ]
    return hmac.digest(key, "|".join([kind, str(head), *parts]).encode(), sha256)


def read_head(typed: str) -> Head | None:
    """A head as it is printed, `PLACE:DIGEST`; None for anything else."""
    place, _, digest = typed.strip().partition(":")
    if not (place.isascii() and place.isdigit()) or len(digest) != 64:
        return None
    try:
        return Head(int(place), bytes.fromhex(digest))
    except ValueError:
        return None
