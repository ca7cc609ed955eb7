"""The roads of announcements: what goes down each, made ready once, and one hand-over."""

import base64
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from bot.announcement_text import PICTURES, Telling, telling
from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.zalo_announce import (
    AnnouncementChannel,
    Article,
    ChatTelling,
    build_announcements,
)
from bot.channels.zalo_template import TemplateChannel, build_templates
from bot.chat_record import echo_key
from bot.core.announcement import Road
from bot.core.phone import Phone
from bot.core.reply_text import ZALO_LIMIT
from bot.database import reading
from bot.hold import Hold
from bot.notice_send import BY_PHONE, WALLET, ZALO
from bot.prices import Prices, load_prices
from bot.renew import TokenSource
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code
from bot.store.announcement_pictures import picture_by_id
from bot.store.announcement_queue import Told
from bot.store.announcements import StoredAnnouncement
from bot.vault import blind_index, derived_key

TEMPLATES = (Road.TEMPLATE_UID, Road.TEMPLATE_PHONE)
# The longest value of a template's parameter of a free kind: zalo-platform 5.3.
ROOM: Mapping[str, int] = {"title": 200, "text": 200, "agency": 200, "link": 200, "date": 20}


@dataclass(frozen=True, slots=True)
class Ready:
    """An announcement made ready to go: the same for everybody.

    Shape: `mark` is what a chat message's echo is known by; `template` fills the parameters.
    """

    found: StoredAnnouncement
    told: Telling
    chat: ChatTelling
    mark: bytes
    template_id: str
    template: Mapping[str, str]
    agency: str


@dataclass(frozen=True, slots=True)
class Handing:
    """One recipient on the way; `phone` is sealed E.164; `free` tells of a chat that is."""

    told: Told
    ready: Ready
    lease_until: datetime
    phone: bytes | None = field(default=None, repr=False)
    free: bool = True

    @property
    def road(self) -> Road:
        """The road it goes down."""
        return Road(self.told.road)

    @property
    def request_id(self) -> str:
        """By which the journal knows it."""
        return f"a{self.told.id}"


@dataclass(slots=True)
class Roads:
    """Every road of one worker process; safe to call from many threads."""

    runtime: Runtime
    channel: AnnouncementChannel
    templates: TemplateChannel
    holds: Mapping[str, Hold]
    prices: Prices
    key: bytes = field(repr=False)

    def make_ready(self, found: StoredAnnouncement, turn: int, now: datetime) -> Ready:
        """Fill an announcement in, and upload its picture where it goes by chat.

        Errors: SendFailed when the picture was not taken.
        """
        with reading(self.runtime.engine) as connection:
            agency = agency_by_code(connection, found.content.agency)
            picture = picture_by_id(connection, found.picture_id) if found.picture_id else None
        name = agency.name if agency else found.content.agency
        day = now.astimezone(self.runtime.settings.zone).date()
        told = telling(self.runtime, found.content, name, found.link_token, day)
        chat = ChatTelling(told.message, button=told.button, link=told.link)
        if turn:
            text = self.runtime.texts.render("announcement.test", text=told.message)
            chat = replace(chat, text=text[:ZALO_LIMIT])
        by_chat = Road.CHAT in found.content.ways or turn > 0
        if picture is not None and by_chat:
            chat = replace(chat, picture=self.channel.upload(picture.content, picture.kind))
        template = self.runtime.settings.zalo_announcement_template
        mark = blind_index(echo_key(self.runtime), unicodedata.normalize("NFC", chat.text))
        fields = {"title": told.title, "text": " ".join(told.text.split()), "link": told.link}
        fields |= {"agency": name, "date": f"{day:%d/%m/%Y}"}
        return Ready(
            found=found,
            told=told,
            chat=chat,
            mark=mark,
            template_id=template.id if template else "",
            template=_filled(template.params if template else {}, fields),
            agency=name,
        )

    def article(self, ready: Ready) -> Article:
        """The announcement as an article for all followers."""
        token = ""
        if ready.found.picture_id is not None:
            with reading(self.runtime.engine) as connection:
                picture = picture_by_id(connection, ready.found.picture_id)
            token = f"{picture.token}.{picture.kind}" if picture else ""
        paragraphs = [line for line in ready.told.text.split("\n") if line.strip()]
        if ready.told.link and ready.told.link not in ready.told.text:
            paragraphs.append(self.runtime.texts.render("announcement.more", link=ready.told.link))
        return Article(
            title=ready.told.title,
            author=ready.agency,
            summary=ready.told.summary,
            cover=f"{self.runtime.settings.public_url}{PICTURES}{token}",
            paragraphs=tuple(paragraphs),
        )

    def hand_over(self, one: Handing) -> tuple[Sent, int]:
        """Make one call; what was taken, and what it costs in đồng.

        Errors: SendFailed.
        """
        ready = one.ready
        if one.road is Road.CHAT:
            sent = self.channel.send(one.told.recipient, ready.chat)
            return sent, 0 if one.free else self.prices.chat_paid
        if not ready.template_id:
            raise SendFailed(Again.NEVER, "no template is set for announcements", "no_template")
        if one.road is Road.TEMPLATE_UID:
            taken = self.templates.by_uid(one.told.recipient, ready.template_id, ready.template)
            return Sent(taken.carrier_id), self.prices.template(uid=True)
        if one.phone is None:
            raise SendFailed(Again.NEVER, "the list has lost this number", "no_phone")
        phone = Phone(self.runtime.vault.open_text(one.phone))
        taken = self.templates.by_phone(
            phone, ready.template_id, ready.template, self.tracking_id(one.told)
        )
        return Sent(taken.carrier_id), self.prices.template(uid=False)

    def tracking_id(self, told: Told) -> str:
        """Our name of a message by phone: unguessable, and the same when made again."""
        what = f"announcement:{told.announcement_id}:{told.turn}:{told.recipient}".encode()
        digest = hmac.new(self.key, what, sha256).digest()
        return base64.b32encode(digest[:20]).decode().lower()

    def hold_of(self, road: Road) -> Hold:
        """What is held when the way down a road does not work."""
        return self.holds[BY_PHONE if road is Road.TEMPLATE_PHONE else ZALO]


def _filled(params: Mapping[str, str], fields: Mapping[str, str]) -> Mapping[str, str]:
    """A template's parameters; what is too long for any of them ends with an ellipsis."""
    filled = {}
    for name, filling in params.items():
        text = filling
        for field_name, value in fields.items():
            text = text.replace(f"{{{field_name}}}", _fitted(value, ROOM[field_name]))
        filled[name] = text
    return filled


def _fitted(value: str, room: int) -> str:
    return value if len(value) <= room else value[: room - 1].rstrip() + "…"


def build_roads(runtime: Runtime) -> Roads:
    """The roads that the settings name."""
    settings, tokens = runtime.settings, TokenSource(runtime)
    return Roads(
        runtime=runtime,
        channel=build_announcements(settings, tokens, runtime.metrics),
        templates=build_templates(settings, tokens, runtime.metrics),
        holds={name: Hold(runtime, name) for name in (ZALO, WALLET, BY_PHONE)},
        prices=load_prices(),
        key=derived_key(settings.secret_key, "request"),
    )
