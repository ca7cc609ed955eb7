"""ZBS template messages by phone under /business (manual 5)."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.clock import milliseconds
from sandbox.drafts import RefusedError
from sandbox.gate import Call, Json
from sandbox.messages import new_msg_id
from sandbox.people import Person, international
from sandbox.templates import TEMPLATES, Template, card_of, created_ms, phone_refusal, rendered
from sandbox.zbs_ledger import DAILY_QUOTA, ZbsMessage

TRACKING_LIMIT = 48
PAGE_LIMIT = 100
NIGHT_FROM, NIGHT_TO = 22, 6
STATUSES = {"1": "ENABLE", "2": "PENDING_REVIEW", "3": "REJECT", "4": "DISABLE"}
NO_PROMOTION = dict.fromkeys(
    (
        "dailyQuotaPromotion",
        "remainingQuotaPromotion",
        "monthlyPromotionQuota",
        "remainingMonthlyPromotionQuota",
        "estimatedNextMonthPromotionQuota",
    )
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One template on its way; `receipt_to` is what the delivery receipt names as recipient."""

    person: Person
    receipt_to: str
    template: Template
    data: dict[str, Any]
    tracking_id: str


async def by_phone(call: Call) -> Json:
    """POST /message/template."""
    phone = str(call.body.get("phone", ""))
    # `84…` and `+84…` are documented; one page also takes `0…`, but that is not to be relied on.
    number = international(phone) if re.match(r"\+?84", phone) else None
    if number is None:
        raise RefusedError(-108, "Phone number is invalid")
    return _send(call, call.world.people.by_phone(number), number)


async def by_hash(call: Call) -> Json:
    """POST /message/template/hashphone: the receipt names the hash, not the phone."""
    digest = str(call.body.get("hash_phone", ""))
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise RefusedError(-108, "Phone number is invalid")
    return _send(call, call.world.people.by_phone_hash(digest), digest)


def _send(call: Call, person: Person | None, receipt_to: str) -> Json:
    template = TEMPLATES.get(str(call.body.get("template_id")))
    if template is None:
        raise RefusedError(-109, "Template id is invalid")
    data = call.body.get("template_data")
    refusal = phone_refusal(template, data)
    if refusal:
        raise RefusedError(*refusal)
    tracking_id = str(call.body.get("tracking_id", ""))
    if len(tracking_id) > TRACKING_LIMIT:
        raise RefusedError(-1121, f"tracking_id exceeds {TRACKING_LIMIT} characters")
    _check_account(call, template)
    receiver = _check_receiver(call, person)
    call.summary = f"zbs → {receiver.alias}"
    told = data if isinstance(data, dict) else {}
    return _accept(call, Letter(receiver, receipt_to, template, told, tracking_id))


def _check_account(call: Call, template: Template) -> None:
    """Night, quota and wallet."""
    world, hour = call.world, call.world.clock.local().hour
    if (hour >= NIGHT_FROM or hour < NIGHT_TO) and world.faults.take("zbs_night"):
        raise RefusedError(-133, "Message can not be sent at night, from 22h to 6h")
    if world.faults.take("zbs_quota_empty"):
        raise RefusedError(int(world.faults.setting("zbs_quota_empty")), "Out of quota")
    if world.zbs.remaining(_day(call)) <= 0:
        raise RefusedError(-144, "OA has exceeded its daily quota")
    if world.purse.wallet < template.price_phone:
        raise RefusedError(-115, "Out of money")


def _check_receiver(call: Call, person: Person | None) -> Person:
    """Whether the person behind the number can get it."""
    if person is None or not person.has_zalo:
        raise RefusedError(-118, "Zalo account is not existed")
    if person.banned:
        raise RefusedError(-119, "Account can not receive ZNS")
    if person.inactive_45d:
        raise RefusedError(-114, "User is inactive, rejects, or uses an outdated version")
    if person.refuses:
        raise RefusedError(-139, "User refuses this type of ZNS")
    if call.body.get("mode") == "development" and not person.admin:
        raise RefusedError(-127, "Test template can only be sent to admins")
    return person


def _accept(call: Call, letter: Letter) -> Json:
    world, now = call.world, call.world.clock.now()
    world.purse.wallet -= letter.template.price_phone
    message = world.zbs.enter(new_msg_id(), _day(call))
    wait = float(world.faults.setting("zbs_receipt_delay"))
    silent = world.faults.take("zbs_no_receipt")
    arrive = lambda: _deliver(call, message, letter, silent)  # noqa: E731
    world.clock.call_after(wait, lambda: world.when_back(letter.person, arrive))
    quota = {"dailyQuota": str(DAILY_QUOTA), "remainingQuota": str(world.zbs.remaining(_day(call)))}
    data: Json = {"msg_id": message.msg_id, "sent_time": milliseconds(now), "sending_mode": "1"}
    return {"data": data if world.faults.take("quota_missing") else data | {"quota": quota}}


def _deliver(call: Call, message: ZbsMessage, letter: Letter, silent: bool) -> None:
    """The message reaches the phone, and unless a fault keeps it silent, Zalo says so."""
    world, person = call.world, letter.person
    bubble = world.messages.add(
        user=person.uid,
        alias=person.alias,
        sender="oa",
        kind="template",
        text=rendered(letter.template, letter.data),
        msg_id=message.msg_id,
        moment=world.clock.now(),
        template_id=letter.template.id,
        card=card_of(letter.template, letter.data),
    )
    world.show(bubble)
    if silent:
        return
    message.status, message.delivery_time = 1, milliseconds(world.clock.now())
    event = world.events.delivered(letter.receipt_to, message.msg_id, letter.tracking_id)
    world.webhooks.emit(event, {"X-ZEvent-Server": "ZNS"})


async def status(call: Call) -> Json:
    """GET /message/status?message_id=: -1 unknown, 0 pushed, 1 delivered."""
    msg_id = call.body.get("message_id", "")
    if not msg_id:
        raise RefusedError(-107, "Message id is invalid")
    message = call.world.zbs.by_id(msg_id)
    if message is None:
        return {"data": {"status": -1, "delivery_time": "", "message": "Unknown"}}
    words = "Delivered" if message.status else "Pushed, not delivered"
    about: Json = {"status": message.status, "delivery_time": message.delivery_time}
    return {"data": about | {"message": words}}


async def quota(call: Call) -> Json:
    """GET /message/quota."""
    remaining = call.world.zbs.remaining(_day(call))
    return {"data": {"dailyQuota": DAILY_QUOTA, "remainingQuota": remaining} | NO_PROMOTION}


async def quality(_call: Call) -> Json:
    """GET /quality."""
    return {"data": {"oaCurrentQuality": "HIGH", "oa7dayQuality": "HIGH"}}


async def tags(_call: Call) -> Json:
    """GET /message/template-tag."""
    return {"data": ["TRANSACTION", "CUSTOMER_CARE"]}


async def templates(call: Call) -> Json:
    """GET /template/all?offset&limit&status."""
    try:
        offset, limit = int(call.body.get("offset", 0)), int(call.body.get("limit", PAGE_LIMIT))
    except ValueError:
        raise RefusedError(-132, "Parameter is invalid") from None
    if offset < 0 or not 1 <= limit <= PAGE_LIMIT:
        raise RefusedError(-132, "Parameter is invalid")
    wanted = STATUSES.get(str(call.body.get("status", "")))
    found = [one for one in TEMPLATES.values() if wanted in (None, one.status)]
    rows = [_listed(one) for one in found[offset : offset + limit]]
    return {"data": rows, "metadata": {"total": len(found)}}


async def info(call: Call) -> Json:
    """GET /template/info/v2?template_id=."""
    template = _asked_template(call)
    params = [
        {
            "name": one.name,
            "require": one.required,
            "type": one.kind,
            "maxLength": one.max_length,
            "minLength": 1 if one.required else 0,
            "acceptNull": not one.required,
        }
        for one in template.params
    ]
    about: dict[str, Any] = {
        "listParams": params,
        "listButtons": [],
        "timeout": 7_200_000,
        "previewUrl": "",
        "templateTag": template.tag,
        "price": str(template.price_phone),
        "price_sdt": str(template.price_phone),
        "price_uid": str(template.price_uid),
    }
    return {"data": _listed(template) | about}


async def sample(call: Call) -> Json:
    """GET /template/sample-data?template_id=."""
    return {"data": {one.name: f"<{one.name}>" for one in _asked_template(call).params}}


def _asked_template(call: Call) -> Template:
    template = TEMPLATES.get(str(call.body.get("template_id", "")))
    if template is None:
        raise RefusedError(-109, "Template id is invalid")
    return template


def _listed(template: Template) -> Json:
    return {
        "templateId": int(template.id),
        "templateName": template.name,
        "createdTime": created_ms(template),
        "status": template.status,
        "templateQuality": "HIGH",
    }


def _day(call: Call) -> str:
    return f"{call.world.clock.local():%Y%m%d}"


SENDS = {"/message/template": by_phone, "/message/template/hashphone": by_hash}
GETS = {
    "/message/status": status,
    "/message/quota": quota,
    "/message/template-tag": tags,
    "/quality": quality,
    "/template/all": templates,
    "/template/info/v2": info,
    "/template/sample-data": sample,
}
