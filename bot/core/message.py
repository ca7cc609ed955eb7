"""What carriers tell us, and what we hand to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What an event means to us, whatever its carrier calls it."""

    TEXT = "text"
    PHOTO = "photo"
    LINK = "link"
    OTHER_CONTENT = "other content"  # sticker, voice, place, file…: a person did something
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    ECHO = "echo"  # our own message, as the carrier saw it
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a carrier.

    Shape: `user_id` is the citizen's id at that carrier; `at` is aware; `text` holds what was
           typed, a caption, or a link's address; `trusted_time` is False when `at` is our own
           arrival time because the carrier's was unusable.
    """

    kind: EventKind
    user_id: str
    at: datetime
    text: str = ""
    msg_id: str = ""
    interaction: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a chat message; pressing it sends `payload` as if it were typed."""

    title: str
    payload: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: text and buttons; `event` names it in the books."""

    event: str
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to one citizen over one channel."""

    id: int
    recipient: str
    text: str
    buttons: tuple[Button, ...] = ()
