"""An announcement: what it says, whom it goes to and by which roads, which state follows which."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

REPEAT_WITHIN = timedelta(days=30)
APPROVAL_KEPT = timedelta(days=7)  # what was approved longer ago is looked at again


class Kind(StrEnum):
    """What an announcement is about.

    Source: issue "Announcements and the books", 1 (Writing).
    """

    EVENT = "event"
    RULES = "rules"  # rules and procedures
    DOCUMENT = "document"  # a new document or policy, with summary and link
    OTHER = "other"


class State(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    WAITING_APPROVAL = "waiting_approval"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


# Until it has begun to go out it may be changed, and is then a draft again.
EDITABLE = frozenset({State.DRAFT, State.WAITING_APPROVAL, State.APPROVED, State.SCHEDULED})
MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.WAITING_APPROVAL}),
    State.WAITING_APPROVAL: frozenset({State.APPROVED, State.DRAFT}),
    State.APPROVED: frozenset({State.SCHEDULED, State.DRAFT}),
    State.SCHEDULED: frozenset({State.SENDING, State.APPROVED, State.DRAFT, State.STOPPED}),
    State.SENDING: frozenset({State.PAUSED, State.STOPPED, State.DONE}),
    State.PAUSED: frozenset({State.SENDING, State.STOPPED}),
    State.STOPPED: frozenset(),
    State.DONE: frozenset(),
}
BEGUN = frozenset({State.SENDING, State.PAUSED, State.STOPPED, State.DONE})


def from_states(goal: State) -> tuple[str, ...]:
    """The states from which `goal` may be reached, as they are stored."""
    return tuple(str(state) for state, goals in MOVES.items() if goal in goals)


class Road(StrEnum):
    """A way that Zalo offers for what nobody asked for.

    Source: zalo-platform 3.4 (broadcast), 3.6 (who may be messaged when), 5 (templates).
    """

    BROADCAST = "broadcast"  # an article for all followers, one call
    CHAT = "chat"  # to whoever wrote within the window
    TEMPLATE_UID = "template_uid"
    TEMPLATE_PHONE = "template_phone"
    NONE = "none"  # no way leads to this person


class AudienceKind(StrEnum):
    """How an audience is described."""

    FOLLOWERS = "followers"  # all of them
    DOSSIERS = "dossiers"  # those with open dossiers at an agency, or of a procedure
    OFFICIALS = "officials"  # a group that is joined with an invitation code
    TAG = "tag"  # a tag of the Zalo page
    PHONES = "phones"  # a list of numbers, told by template


# Roads that may lead to an audience, in the order they are tried.
ROADS: Mapping[AudienceKind, tuple[Road, ...]] = {
    AudienceKind.FOLLOWERS: (Road.BROADCAST, Road.CHAT, Road.TEMPLATE_UID),
    AudienceKind.DOSSIERS: (Road.CHAT, Road.TEMPLATE_UID),
    AudienceKind.OFFICIALS: (Road.CHAT, Road.TEMPLATE_UID),
    AudienceKind.TAG: (Road.CHAT, Road.TEMPLATE_UID),
    AudienceKind.PHONES: (Road.TEMPLATE_PHONE,),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an announcement goes to.

    Shape: `agency` and `procedure` describe DOSSIERS ("" for any procedure), `tag` OFFICIALS and
           TAG; `digest` marks the numbers of PHONES and `count` says how many they are.
    """

    kind: AudienceKind = AudienceKind.FOLLOWERS
    agency: str = ""
    procedure: str = ""
    tag: str = ""
    digest: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is approved together.

    Shape: `picture` is the digest of the picture, "" for none; `send_at` None means as soon as
           it is released; `roads` are those that may be used.
    """

    agency: str
    kind: Kind = Kind.OTHER
    title: str = ""
    text: str = ""
    link: str = ""
    picture: str = ""
    audience: Audience = Audience()
    roads: tuple[Road, ...] = (Road.CHAT,)
    send_at: datetime | None = None

    def as_json(self) -> str:
        """The content as it is kept: the same content gives the same text."""
        told = asdict(self)
        told["send_at"] = self.send_at.astimezone(UTC).isoformat() if self.send_at else None
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    @property
    def mark(self) -> bytes:
        """What an approval is bound to: a hash of all of it, audience and time included."""
        return sha256(self.as_json().encode()).digest()

    @property
    def text_mark(self) -> bytes:
        """A hash of the words; spacing and letter case make no other words of them."""
        words = " ".join(f"{self.title} {self.text} {self.link}".casefold().split())
        return sha256(unicodedata.normalize("NFC", words).encode()).digest()

    @property
    def audience_mark(self) -> bytes:
        """A hash of whom it goes to."""
        return sha256(json.dumps(asdict(self.audience), sort_keys=True).encode()).digest()

    @property
    def ways(self) -> tuple[Road, ...]:
        """The roads that are used, in their order; a broadcast reaches everybody by itself."""
        chosen = tuple(road for road in ROADS[self.audience.kind] if road in self.roads)
        return (Road.BROADCAST,) if Road.BROADCAST in chosen else chosen


def content_of(kept: str) -> Content:
    """The content out of its kept form."""
    told: dict[str, Any] = json.loads(kept)
    audience = told.pop("audience")
    audience["kind"] = AudienceKind(audience["kind"])
    send_at = told.pop("send_at")
    return Content(
        agency=told["agency"],
        kind=Kind(told["kind"]),
        title=told["title"],
        text=told["text"],
        link=told["link"],
        picture=told["picture"],
        audience=Audience(**audience),
        roads=tuple(Road(road) for road in told["roads"]),
        send_at=datetime.fromisoformat(send_at) if send_at else None,
    )


def is_approval_good(
    approved_mark: bytes | None, mark: bytes, approved_at: datetime | None, now: datetime
) -> bool:
    """Whether what stands there is what was approved, not too long ago."""
    if approved_mark is None or approved_at is None:
        return False
    return approved_mark == mark and now - approved_at <= APPROVAL_KEPT


def minutes_needed(people: int, calls_per_minute: int) -> int:
    """How long it takes to tell so many people one by one, in whole minutes."""
    return -(-people // max(1, calls_per_minute))
