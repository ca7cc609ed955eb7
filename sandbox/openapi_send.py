"""The OA API's sending endpoints under /openapi (manual 3)."""

from sandbox import articles
from sandbox.drafts import Draft, RefusedError, draft_from
from sandbox.gate import Call, Json
from sandbox.media import Kept
from sandbox.outgoing import accept, check_recipient, quota_for_cs
from sandbox.people import Person
from sandbox.templates import TEMPLATES, card_of, rendered, uid_refusal
from sandbox.world import World


async def cs(call: Call) -> Json:
    """POST /v3.0/oa/message/cs: the rules in the order of manual 9.5."""
    world = call.world
    person = check_recipient(world, _recipient(call))
    call.summary = f"cs → {person.alias}"
    draft = draft_from(call.body.get("message"), lambda token: _upload(world, token))
    quota = quota_for_cs(world, person)
    data = accept(world, person, draft)
    return {"data": _with_quota(world, data, quota)}


async def template(call: Call) -> Json:
    """POST /v3.0/oa/message/template: an approved template to a UID (manual 3.2)."""
    world = call.world
    uid = call.body.get("user_id") or _nested_uid(call)
    person = world.people.by_uid(str(uid))
    if person is None:
        raise RefusedError(-201, "user_id is invalid")
    call.summary = f"template → {person.alias}"
    known = TEMPLATES.get(str(call.body.get("template_id")))
    if known is None:
        raise RefusedError(-201, "template_id is invalid")
    if person.banned or person.inactive_45d:
        raise RefusedError(-227, "User is banned or has been inactive for more than 45 days")
    if person.refuses:
        raise RefusedError(-244, "User has restricted this message type from your OA")
    refusal = uid_refusal(known, call.body.get("template_data"))
    if refusal:
        raise RefusedError(*refusal)
    data = call.body["template_data"]
    draft = Draft("template", rendered(known, data), card=card_of(known, data))
    return {"data": accept(world, person, draft, template_id=known.id)}


async def gone(call: Call) -> Json:
    """The endpoints shut down in 2024 and 2026."""
    raise RefusedError(-240, f"{call.request.path} has been shut down")


async def v2_message(call: Call) -> Json:
    """POST /v2.0/oa/message: broadcasts and reactions live on, messages to one person do not.

    Source: manual 3.4, 3.5, 0.
    """
    action, recipient = call.body.get("sender_action"), call.body.get("recipient")
    if isinstance(recipient, dict) and "target" in recipient:
        return await articles.broadcast(call)
    if not isinstance(action, dict):
        return await gone(call)
    person = _recipient(call)
    if person is None:
        raise RefusedError(-201, "user_id is invalid")
    bubble = call.world.messages.by_msg_id(str(action.get("react_message_id")))
    icon = action.get("react_icon")
    if bubble is None or bubble.user != person.uid or not isinstance(icon, str):
        raise RefusedError(-201, "react_message_id is invalid")
    bubble.reaction = "" if icon == "/-remove" else icon
    call.summary = f"reaction → {person.alias}"
    call.world.show(bubble)
    message = {"msg_id": bubble.msg_id, "react_icon": icon}
    call.world.webhooks.emit(call.world.events.from_oa("oa_reacted_message", person, message))
    return {"data": {"message_id": bubble.msg_id, "user_id": person.uid}}


def _recipient(call: Call) -> Person | None:
    return call.world.people.by_uid(_nested_uid(call))


def _nested_uid(call: Call) -> str:
    recipient = call.body.get("recipient")
    return str(recipient.get("user_id", "")) if isinstance(recipient, dict) else ""


def _upload(world: World, token: str) -> Kept | None:
    kept = world.media.get(token)
    if kept is not None and kept.expires_at <= world.clock.now():
        raise RefusedError(-100, "Attachment id is expired")
    return kept


def _with_quota(world: World, data: Json, quota: Json | None) -> Json:
    if quota is None or world.faults.take("quota_missing"):
        return data
    return data | {"quota": quota}
