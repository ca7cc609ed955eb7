"""Ready-made attachments a citizen can send, each in the shape of manual 2.6."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.asked import Asked
from sandbox.media import Kept
from sandbox.people import Person, international
from sandbox.world import World

Attachment = dict[str, Any]
Maker = Callable[[World, Person, Asked], Attachment]


def attachment_for(world: World, person: Person, kind: str, asked: Asked) -> tuple[Attachment, str]:
    """The attachment of one kind and the text that comes with it."""
    return MAKERS[kind](world, person, asked), asked.text("text", "")


def _sticker(world: World, _person: Person, asked: Asked) -> Attachment:
    _, url = _stored(world, b"GIF89a", "sticker.gif")
    sticker = asked.text("sticker_id", "bfe458bf64fa8da4d4eb")
    return {"type": "sticker", "payload": {"id": sticker, "url": asked.text("url", url)}}


def _audio(world: World, _person: Person, asked: Asked) -> Attachment:
    _, url = _stored(world, b"#!AMR\n", "voice.amr")
    return {"type": "audio", "payload": {"url": asked.text("url", url)}}


def _with_thumbnail(kind: str, content: bytes) -> Maker:
    def make(world: World, _person: Person, asked: Asked) -> Attachment:
        _, url = _stored(world, content, kind)
        payload = {"thumbnail": url, "url": asked.text("url", url)}
        if kind == "video":
            payload["description"] = asked.text("description", "")
        return {"type": kind, "payload": payload}

    return make


def _link(world: World, _person: Person, asked: Asked) -> Attachment:
    _, thumbnail = _stored(world, b"\xff\xd8\xff", "thumbnail.jpg")
    url = asked.text("url", "https://dichvucong.gov.vn/")
    description = asked.text("description", "Cổng Dịch vụ công quốc gia")
    payload = {"thumbnail": thumbnail, "url": url, "description": description}
    return {"type": "link", "payload": payload}


def _location(_world: World, _person: Person, asked: Asked) -> Attachment:
    place = {
        "latitude": asked.text("latitude", "12.2451"),
        "longitude": asked.text("longitude", "109.1943"),
    }
    return {"type": "location", "payload": {"coordinates": place}}


def _file(world: World, _person: Person, asked: Asked) -> Attachment:
    name = asked.text("name", "giay-bien-nhan.pdf")
    kept, url = _stored(world, b"%PDF-1.4\n%%EOF\n", name)
    size, extension = str(len(kept.content)), name.rsplit(".", 1)[-1]
    about = {"url": url, "name": name, "type": extension, "size": size, "checksum": kept.md5}
    return {"type": "file", "payload": about}


def _business_card(world: World, person: Person, asked: Asked) -> Attachment:
    _, url = _stored(world, b"\xff\xd8\xff", "card.jpg")
    phone = asked.text("phone", person.phone)
    card = {"phone": international(phone) or phone, "qrCodeUrl": url}
    description = json.dumps(card)  # JSON inside a string, as seen live
    payload = {"thumbnail": url, "url": url, "description": description}
    return {"type": "link", "payload": payload}


def _stored(world: World, content: bytes, name: str) -> tuple[Kept, str]:
    return world.keep_attachment(content, name)


MAKERS: dict[str, Maker] = {
    "sticker": _sticker,
    "audio": _audio,
    "video": _with_thumbnail("video", b"\x00\x00\x00\x18ftypmp42"),
    "gif": _with_thumbnail("gif", b"GIF89a"),
    "link": _link,
    "location": _location,
    "file": _file,
    "business_card": _business_card,
}
KINDS = (*MAKERS, "chatnow", "reaction")
