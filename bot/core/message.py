"""What carriers tell us, and what we hand to them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.receipt import DeliveryReceipt


class EventKind(StrEnum):
    """What an event means to us, whatever its carrier calls it."""

    TEXT = "text"
    PHOTO = "photo"
    LINK = "link"
    OTHER_CONTENT = "other content"  # sticker, voice, place, file…: a person did something
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    PHONE_SHARED = "phone shared"
    WITHDRAW = "withdraw"  # the person wants all about them deleted
    ECHO = "echo"  # our own message, as the carrier saw it
    RECEIPT = "receipt"  # our own message was received or seen
    TEMPLATE_NEWS = "template news"
    IGNORED = "ignored"


# What no citizen did: nobody is answered, and nobody is remembered for it.
NO_PERSONS = frozenset(
    {EventKind.ECHO, EventKind.RECEIPT, EventKind.TEMPLATE_NEWS, EventKind.IGNORED}
)


@dataclass(frozen=True, slots=True)
class TemplateNews:
    """What a carrier tells of a template; "" for what this news does not tell.

    Shape: `template_id` is "" for news of the account, such as its quota.
    """

    template_id: str
    status: str = ""
    quality: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a carrier.

    Shape: `user_id` is the citizen's id at that carrier; `at` is aware; `text` holds what was
           typed, a caption, a link's address, or a phone as it was shared. `receipts` belong
           to a RECEIPT, `news` to TEMPLATE_NEWS; neither is anything a citizen did.
           `photos` are the addresses of a PHOTO's pictures; who has one, sees the picture.
    """

    kind: EventKind
    user_id: str
    at: datetime
    text: str = ""
    msg_id: str = ""
    interaction: bool = False
    receipts: tuple[DeliveryReceipt, ...] = ()
    news: TemplateNews | None = None
    photos: tuple[str, ...] = field(default=(), repr=False)


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
