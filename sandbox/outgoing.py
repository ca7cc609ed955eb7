"""A send that Zalo accepts: the bubble on the phone, the echo, the later receipts (manual 9.6)."""

from typing import Any

from sandbox.clock import milliseconds
from sandbox.drafts import Draft, RefusedError
from sandbox.messages import new_msg_id
from sandbox.people import Person
from sandbox.world import World

ECHOES = {"request_user_info": "oa_send_template", "template": "oa_send_template"}


def quota_for_cs(world: World, person: Person) -> dict[str, Any] | None:
    """The quota object of a CS message to this person now (manual 3.6).

    Errors: RefusedError -211 (or the code of the fault) when package and wallet are empty.
    """
    oa_id, today = world.settings.oa_id, world.clock.local()
    window = person.window(world.clock.now())
    if window == "never":
        return world.purse.free("welcome_msg", oa_id, today)
    if window == "48h":
        return world.purse.free("reply", oa_id, today)
    if world.faults.take("cs_quota_empty"):
        raise RefusedError(int(world.faults.setting("cs_quota_empty")), "Out of quota")
    try:
        return world.purse.pay(oa_id, today)
    except LookupError:
        raise RefusedError(-321, "ZCA is out of money") from None


def check_recipient(world: World, person: Person | None) -> Person:
    """Whether this person may get a CS message now, in the order of manual 9.5.

    Errors: RefusedError -201 unknown, -227 banned or long away, -213 unfollowed (by fault),
            -232 never interacted and no welcome message left, -230 over seven days.
    """
    if person is None:
        raise RefusedError(-201, "user_id is invalid")
    if person.banned or person.inactive_45d:
        raise RefusedError(-227, "User is banned or has been inactive for more than 45 days")
    if not person.following and world.faults.take("unfollow_closes"):
        raise RefusedError(-213, "User has not followed OA")
    window = person.window(world.clock.now())
    if window == "never" and (person.welcomed or not person.following):
        raise RefusedError(-232, "User has not interacted with the OA")
    if window == "closed":
        raise RefusedError(-230, "User has not interacted with the OA in the past 7 days")
    return person


def accept(world: World, person: Person, draft: Draft, template_id: str = "") -> dict[str, Any]:
    """Put the message on the person's phone and emit what follows; gives the answer's data."""
    msg_id, now = new_msg_id(), world.clock.now()
    if person.last_interaction is None:
        person.welcomed = True
    world.when_back(person, lambda: _arrive(world, person, draft, msg_id, template_id))
    _echo(world, person, draft, msg_id)
    return {"message_id": msg_id, "user_id": person.uid, "sent_time": milliseconds(now)}


def _arrive(world: World, person: Person, draft: Draft, msg_id: str, template_id: str) -> None:
    """The message is on the phone; where switched on, receipts say so."""
    bubble = world.messages.add(
        user=person.uid,
        alias=person.alias,
        sender="oa",
        kind=draft.kind,
        text=draft.text,
        msg_id=msg_id,
        moment=world.clock.now(),
        buttons=list(draft.buttons),
        quote=draft.quote,
        url=_address(world, draft),
        template_id=template_id,
        card=draft.card,
    )
    world.show(bubble)
    _receipts(world, person, msg_id)


def _echo(world: World, person: Person, draft: Draft, msg_id: str) -> None:
    faults = world.faults
    if not faults.take("no_echo"):
        name = ECHOES.get(draft.kind, f"oa_send_{draft.kind}")
        echo = world.events.from_oa(name, person, _echoed(world, draft, msg_id))
        if faults.take("late_echo"):
            world.emit_later(float(faults.setting("late_echo")), echo)
        else:
            world.webhooks.emit(echo)


def _receipts(world: World, person: Person, msg_id: str) -> None:
    faults = world.faults
    for name, event_name in (("receipts", "user_received_message"), ("seen", "user_seen_message")):
        if faults.take(name):
            swapped = faults.take("receipts_swapped")
            receipt = world.events.receipt(event_name, person, msg_id, swapped)
            world.emit_later(float(faults.setting(name)), receipt)


def _address(world: World, draft: Draft) -> str:
    kept = world.media.get(draft.media_id) if draft.media_id else None
    return world.media_url(kept) if kept else draft.url


def _echoed(world: World, draft: Draft, msg_id: str) -> dict[str, Any]:
    if draft.kind == "text":
        quote = {"quote_msg_id": draft.quote} if draft.quote else {}
        return {"text": draft.text, "msg_id": msg_id} | quote
    message: dict[str, Any] = {"msg_id": msg_id}
    if draft.kind == "list":
        message["attachments"] = [{"type": "link", "payload": one} for one in draft.elements]
        return message
    if draft.kind in ECHOES:
        card = {"zinstant_id": "", "text": draft.text, "link_url": "", "checksum": ""}
        message["attachments"] = [{"type": "template", "payload": card}]
        return message
    if draft.text:
        message["text"] = draft.text
    message["attachments"] = [{"type": draft.kind, "payload": _payload(world, draft)}]
    return message


def _payload(world: World, draft: Draft) -> dict[str, str]:
    url = _address(world, draft)
    kept = world.media.get(draft.media_id) if draft.media_id else None
    if draft.kind == "file" and kept:
        size = str(len(kept.content))
        about = {"name": kept.name, "type": kept.name.rsplit(".", 1)[-1], "size": size}
        return {"url": url} | about | {"checksum": kept.md5}
    return {"thumbnail": url, "url": url}
