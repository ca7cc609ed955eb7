"""What a citizen can do with the phone, and the webhook each of it causes."""

from typing import Any

from sandbox.events import Event
from sandbox.messages import Bubble, new_msg_id
from sandbox.people import Person, international
from sandbox.world import World


def say(world: World, person: Person, text: str, quote: str = "") -> tuple[Bubble, Event]:
    """Write a text, perhaps as a reply to a bubble."""
    bubble = _bubble(world, person, "text", text, quote=quote)
    message = {"text": text, "msg_id": bubble.msg_id}
    if quote:
        message["quote_msg_id"] = quote
    return bubble, _sent(world, person, "user_send_text", message)


def say_hidden(world: World, person: Person, text: str) -> Event:
    """Press an `oa.query.hide` button: the OA hears the payload, the chat does not show it."""
    return _sent(world, person, "user_send_text", {"text": text, "msg_id": new_msg_id()})


def send_photo(
    world: World, person: Person, content: bytes, caption: str = ""
) -> tuple[Bubble, Event]:
    """Send a picture; its address lives for an hour of the sandbox's clock."""
    _, url = world.keep_attachment(content, "photo")
    bubble = _bubble(world, person, "image", caption, url=url)
    message: dict[str, Any] = {"msg_id": bubble.msg_id}
    if caption:
        message["text"] = caption
    message["attachments"] = [{"type": "image", "payload": {"thumbnail": url, "url": url}}]
    return bubble, _sent(world, person, "user_send_image", message)


def send_attachment(
    world: World, person: Person, kind: str, attachment: dict[str, Any], text: str = ""
) -> tuple[Bubble, Event]:
    """Send a sticker, a place, a voice message…; `attachment` is as in manual 2.6."""
    url = str(attachment["payload"].get("url", ""))
    bubble = _bubble(world, person, kind, text, url=url)
    message: dict[str, Any] = {"msg_id": bubble.msg_id, "attachments": [attachment]}
    if text:
        message["text"] = text
    return bubble, _sent(world, person, f"user_send_{kind}", message)


def follow(world: World, person: Person, following: bool) -> Event:
    """Press "Quan tâm" or "Bỏ quan tâm"; only following counts as an interaction."""
    person.following = following
    if following:
        person.chatted = True
        world.interacted(person)
    else:
        world.person_changed(person)
    return _emit(world, world.events.follow(person, following))


def click_chatnow(world: World, person: Person) -> Event | None:
    """Press "Nhắn tin" on the profile; Zalo tells only of the first time (manual 2.6)."""
    world.interacted(person)
    if person.chatted:
        return None
    person.chatted = True
    return _emit(world, world.events.about_user("user_click_chatnow", person))


def react(world: World, person: Person, bubble: Bubble, icon: str) -> Event:
    """Put a reaction on a bubble."""
    bubble.reaction = icon
    world.show(bubble)
    message = {"msg_id": bubble.msg_id, "react_icon": icon}
    return _emit(world, world.events.from_person("user_reacted_message", person, message))


def info_of(person: Person, name: str = "", phone: str = "") -> dict[str, Any]:
    """What a citizen shares with the OA: own name and number unless others are given."""
    number = phone or person.phone
    return {
        "name": name or person.name,
        "phone": international(number) or number,
        "user_dob": "30/10/1990",
        "full_address": {
            "user_city": "Tỉnh Khánh Hòa",
            "user_ward": "Phường Lộc Thọ",
            "user_address": "12 đường Mẫu",
        },
    }


def share_phone(world: World, person: Person, info: dict[str, Any]) -> Event:
    """Agree to share name and phone with the OA."""
    person.shared_info = dict(info)
    world.interacted(person)
    return _emit(world, world.events.submit_info(person, info))


def withdraw(world: World, person: Person) -> Event:
    """Ask for deletion of all personal data (manual 2.6, 8.5)."""
    person.following, person.shared_info = False, {}
    world.person_changed(person)
    return _emit(world, world.events.about_user("user_withdraw", person))


def _sent(world: World, person: Person, name: str, message: dict[str, Any]) -> Event:
    person.chatted = True
    world.interacted(person)
    return _emit(world, world.events.from_person(name, person, message))


def _emit(world: World, event: Event) -> Event:
    world.changed = True
    world.webhooks.emit(event)
    return event


def _bubble(
    world: World, person: Person, kind: str, text: str, quote: str = "", url: str = ""
) -> Bubble:
    bubble = world.messages.add(
        user=person.uid,
        alias=person.alias,
        sender="citizen",
        kind=kind,
        text=text,
        msg_id=new_msg_id(),
        moment=world.clock.now(),
        quote=quote,
        url=url,
    )
    world.show(bubble)
    return bubble
