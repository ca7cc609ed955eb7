"""The control API's part that acts for the citizens."""

import base64
import binascii
from typing import Any

from sandbox import citizens
from sandbox.asked import Asked, AskedWrongError
from sandbox.attachments import KINDS, attachment_for
from sandbox.people import KINDS as PERSON_KINDS
from sandbox.people import Person
from sandbox.short_code import NoReplyError, ShortCode
from sandbox.sms_aggregators import FORMS
from sandbox.world import World

Json = dict[str, Any]


async def say(world: World, asked: Asked) -> Json:
    """A citizen writes a text."""
    person = world.people.meet(asked.text("user"))
    quote = asked.text("quote", "")
    bubble, event = citizens.say(world, person, asked.text("text"), quote)
    return {"msg_id": bubble.msg_id, "event": event}


async def follow(world: World, asked: Asked) -> Json:
    """A citizen follows the OA or no longer."""
    person = world.people.meet(asked.text("user"))
    event = citizens.follow(world, person, asked.flag("following", True))
    return {"event": event}


async def send(world: World, asked: Asked) -> Json:
    """A citizen sends something that is neither text nor photo, or reacts, or opens the chat."""
    kind = asked.one_of("kind", KINDS)
    person = world.people.meet(asked.text("user"))
    if kind == "chatnow":
        return {"event": citizens.click_chatnow(world, person)}
    if kind == "reaction":
        bubble = world.messages.by_msg_id(asked.text("msg_id"))
        if bubble is None:
            raise AskedWrongError(asked.came("msg_id", "the msg_id of a kept message"))
        event = citizens.react(world, person, bubble, asked.text("icon", "/-heart"))
        return {"event": event}
    attachment, text = attachment_for(world, person, kind, asked)
    bubble, event = citizens.send_attachment(world, person, kind, attachment, text)
    return {"msg_id": bubble.msg_id, "event": event}


async def photo(world: World, asked: Asked) -> Json:
    """A citizen sends a photo; any bytes are taken, so that bad pictures can be rehearsed."""
    encoded = asked.text("image_base64")
    if encoded.startswith("data:"):
        encoded = encoded.partition(",")[2]
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise AskedWrongError("image_base64 is not base64; expected a picture's bytes") from None
    person = world.people.meet(asked.text("user"))
    bubble, event = citizens.send_photo(world, person, content, asked.text("caption", ""))
    return {"msg_id": bubble.msg_id, "url": bubble.url, "event": event}


async def press(world: World, asked: Asked) -> Json:
    """A citizen presses a button under a message."""
    person = world.people.meet(asked.text("user"))
    bubble = world.messages.by_msg_id(asked.text("msg_id"))
    if bubble is None or bubble.user != person.uid:
        raise AskedWrongError(asked.came("msg_id", f"a message on the phone of {person.alias}"))
    index = asked.whole("button", 0)
    if not 0 <= index < len(bubble.buttons):
        raise AskedWrongError(asked.came("button", f"0 to {len(bubble.buttons) - 1}"))
    button = bubble.buttons[index]
    kind, payload = button.get("type"), button.get("payload")
    if kind == "oa.query.show":
        shown, event = citizens.say(world, person, str(payload))
        return {"did": "said", "msg_id": shown.msg_id, "event": event}
    if kind == "oa.query.hide":
        return {"did": "said, hidden", "event": citizens.say_hidden(world, person, str(payload))}
    return {"did": "opened", "type": kind, "payload": payload}


async def sms(world: World, asked: Asked, short_code: ShortCode) -> Json:
    """A citizen writes an SMS to the short code; the reply stands in the phone's SMS inbox."""
    aggregator = asked.one_of("aggregator", FORMS) if asked.has("aggregator") else "esms"
    text, again = asked.text("text"), asked.text("request_id", "")
    person = world.people.meet(asked.text("user"))
    try:
        return await short_code.ask(person, text, aggregator, again)
    except NoReplyError as failure:
        raise AskedWrongError(f"no reply: {failure}; expected one in the form") from None


async def share_phone(world: World, asked: Asked) -> Json:
    """A citizen shares the phone number (and name) with the OA."""
    person = world.people.meet(asked.text("user"))
    info = citizens.info_of(person, asked.text("name", ""), asked.text("phone", ""))
    return {"event": citizens.share_phone(world, person, info)}


async def withdraw(world: World, asked: Asked) -> Json:
    """A citizen asks for deletion of all personal data."""
    person = world.people.meet(asked.text("user"))
    return {"event": citizens.withdraw(world, person)}


async def person(world: World, asked: Asked) -> Json:
    """Make a person, or change what is true of one."""
    one = world.people.meet(asked.text("user"))
    one.name = asked.text("name", one.name)
    world.people.change_phone(one, asked.text("phone", one.phone))
    for name in ("has_zalo", "refuses", "inactive_45d", "banned", "admin", "away"):
        setattr(one, name, asked.flag(name, getattr(one, name)))
    if asked.has("kind"):
        _change_kind(world, one, asked.one_of("kind", PERSON_KINDS))
    if not one.away:
        world.is_back(one)
    world.person_changed(one)
    return {"person": one.seen(world.clock.now())}


def _change_kind(world: World, one: Person, kind: str) -> None:
    """The one-stop desk learns of another number; a phone switched off it does not notice."""
    before = one.phone
    world.people.change_kind(one, kind)
    if one.phone != before:
        world.dossiers.phone_changed(before, one.phone)
