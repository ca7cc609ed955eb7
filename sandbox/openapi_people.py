"""The OA API's endpoints about people, quota, tags, history and the OA itself (manual 3.7, 4)."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import LOCAL
from sandbox.drafts import RefusedError
from sandbox.gate import Call, Json
from sandbox.messages import Bubble
from sandbox.people import Person
from sandbox.purse import PACKAGE
from sandbox.world import OA_NAME

COUNT_LIMITS = {"list": 50, "history": 10}
OFFSET_LIMIT = 9951


async def quota(call: Call) -> Json:
    """POST /v3.0/oa/quota/message, by person or by owner."""
    if "user_id" not in call.body and "quota_owner" in call.body:
        return {"data": [_package(call)]}
    person = _person(call)
    last = person.last_interaction
    caps = {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4}
    return {"data": {"last_interaction": str(int((last or 0) * 1000)), "promotion": caps}}


def _package(call: Call) -> Json:
    today = call.world.clock.local()
    return {
        "asset_id": f"sub-{today:%Y%m}",
        "product_type": call.body.get("product_type", "cs"),
        "quota_type": call.body.get("quota_type", "sub_quota"),
        "valid_through": f"{today:%m/%Y}",
        "total": PACKAGE,
        "remain": call.world.purse.sub_quota,
    }


async def detail(call: Call) -> Json:
    """GET /v3.0/oa/user/detail."""
    person = _person(call)
    avatar = f"{call.world.address}/page/avatar-{person.alias}.png"
    last = person.last_interaction
    return {
        "data": {
            "user_id": person.uid,
            "user_id_by_app": person.app_uid,
            "user_external_id": person.external_id,
            "display_name": person.name,
            "user_alias": person.user_alias or person.name,
            "is_sensitive": False,
            "user_last_interaction_date": f"{_day(last):%d/%m/%Y}" if last else "",
            "user_is_follower": person.following,
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": list(person.tags)},
            "shared_info": person.shared_info,
        }
    }


async def getlist(call: Call) -> Json:
    """GET /v3.0/oa/user/getlist."""
    offset, count = _page(call, "list")
    found = [one for one in call.world.people if _listed(call, one)]
    users = [{"user_id": one.uid} for one in found[offset : offset + count]]
    return {"data": {"total": len(found), "count": len(users), "offset": offset, "users": users}}


def _listed(call: Call, person: Person) -> bool:
    follower, tag = call.body.get("is_follower"), call.body.get("tag_name")
    if person.last_interaction is None and not person.following:
        return False
    if isinstance(follower, bool) and person.following != follower:
        return False
    if tag and tag not in person.tags:
        return False
    period = call.body.get("last_interaction_period")
    return not period or _within(person, str(period), call.world.clock.local())


def _within(person: Person, period: str, today: datetime) -> bool:
    if person.last_interaction is None:
        return False
    day, now = _day(person.last_interaction).date(), today.date()
    days = {"TODAY": (0, 0), "YESTERDAY": (1, 1), "L7D": (7, 0), "L30D": (30, 0)}.get(period)
    if days:
        return now - timedelta(days=days[0]) <= day <= now - timedelta(days=days[1])
    try:
        first, last = (
            datetime.strptime(part, "%Y_%m_%d").replace(tzinfo=LOCAL).date()
            for part in period.split(":")
        )
    except ValueError:
        raise RefusedError(-201, "last_interaction_period is invalid") from None
    return first <= day <= last


async def update(call: Call) -> Json:
    """POST /v3.0/oa/user/update."""
    person = _person(call)
    shared = call.body.get("shared_info")
    if shared is not None and not isinstance(shared, dict):
        raise RefusedError(-201, "shared_info is invalid")
    person.shared_info.update(shared or {})
    person.user_alias = str(call.body.get("user_alias", person.user_alias))
    person.external_id = str(call.body.get("user_external_id", person.external_id))
    call.world.person_changed(person)
    return {}


async def forget(call: Call) -> Json:
    """POST /v2.0/oa/deletefollowerinfo."""
    person = _person(call)
    person.shared_info = {}
    call.world.person_changed(person)
    return {}


async def tag(call: Call) -> Json:
    """POST /v2.0/oa/tag/tagfollower: the tag is made by its first use."""
    person, name = _person(call), _tag_name(call)
    if name not in person.tags:
        person.tags.append(name)
    return _tagged(call, "add_user_to_tag", person, name)


async def untag(call: Call) -> Json:
    """POST /v2.0/oa/tag/rmfollowerfromtag."""
    person, name = _person(call), _tag_name(call)
    if name in person.tags:
        person.tags.remove(name)
    return _tagged(call, "remove_user_from_tag", person, name)


def _tagged(call: Call, event: str, person: Person, name: str) -> Json:
    world = call.world
    world.person_changed(person)
    world.webhooks.emit(world.events.tagged(event, [person.uid], person.app_uid, name))
    return {}


async def remove_tag(call: Call) -> Json:
    """POST /v2.0/oa/tag/rmtag."""
    world, name = call.world, _tag_name(call)
    for person in world.people:
        if name in person.tags:
            person.tags.remove(name)
            world.person_changed(person)
    world.webhooks.emit(world.events.tagged("remove_tag", [], "", name))
    return {}


async def tags(call: Call) -> Json:
    """GET /v2.0/oa/tag/gettagsofoa: a flat array of names."""
    return {"data": sorted({name for person in call.world.people for name in person.tags})}


async def oa(call: Call) -> Json:
    """GET /v2.0/oa/getoa."""
    world = call.world
    return {
        "data": {
            "oaid": world.settings.oa_id,
            "oa_id": world.settings.oa_id,
            "name": OA_NAME,
            "description": "Tra cứu và nhận thông báo tình trạng hồ sơ",
            "oa_alias": "dichvucong",
            "is_verified": True,
            "oa_type": 4,
            "cate_name": "Cơ quan nhà nước",
            "num_follower": sum(person.following for person in world.people),
            "avatar": f"{world.address}/page/oa.png",
            "cover": f"{world.address}/page/cover.png",
            "package_name": "Tăng trưởng",
            "package_valid_through_date": "31/12/2027",
            "package_auto_renew_date": "",
            "linked_ZCA": "ZCA-4018273645",
        }
    }


async def recent(call: Call) -> Json:
    """GET /v2.0/oa/listrecentchat: the newest message of each person, a bare array."""
    newest: dict[str, Bubble] = {}
    for bubble in reversed(call.world.messages.of()):
        newest.setdefault(bubble.user, bubble)
    return {"data": _history(call, list(newest.values()))}


async def conversation(call: Call) -> Json:
    """GET /v2.0/oa/conversation: one person's messages, newest first."""
    person = _person(call)
    return {"data": _history(call, call.world.messages.of(person.uid)[::-1])}


def _history(call: Call, bubbles: list[Bubble]) -> list[Json]:
    offset, count = _page(call, "history")
    return [_item(call, one) for one in bubbles[offset : offset + count]]


def _item(call: Call, bubble: Bubble) -> Json:
    person, oa_id = call.world.people.by_uid(bubble.user), call.world.settings.oa_id
    by_user, name = bubble.sender == "citizen", person.name if person else ""
    sides: dict[str, Any] = {
        "from_id": bubble.user if by_user else oa_id,
        "from_display_name": name if by_user else OA_NAME,
        "to_id": oa_id if by_user else bubble.user,
        "to_display_name": OA_NAME if by_user else name,
    }
    return {
        "src": int(by_user),
        "time": int(bubble.moment * 1000),
        "type": {"image": "photo"}.get(bubble.kind, bubble.kind),
        "message": bubble.text,
        "message_id": bubble.msg_id,
        "url": bubble.url,
        **sides,
    }


def _person(call: Call) -> Person:
    person = call.world.people.by_uid(str(call.body.get("user_id")))
    if person is None:
        raise RefusedError(-201, "user_id is invalid")
    call.summary = person.alias
    return person


def _tag_name(call: Call) -> str:
    name = call.body.get("tag_name")
    if not isinstance(name, str) or not name.strip():
        raise RefusedError(-201, "tag_name is invalid")
    return name


def _page(call: Call, kind: str) -> tuple[int, int]:
    try:
        offset, count = int(call.body.get("offset", 0)), int(call.body.get("count", 10))
    except (TypeError, ValueError):
        raise RefusedError(-201, "offset or count is invalid") from None
    if not 0 <= offset <= OFFSET_LIMIT or not 1 <= count <= COUNT_LIMITS[kind]:
        raise RefusedError(-210, "offset or count is over the limit")
    return offset, count


def _day(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, LOCAL)


POSTS = {
    "/v3.0/oa/quota/message": quota,
    "/v3.0/oa/user/update": update,
    "/v2.0/oa/deletefollowerinfo": forget,
    "/v2.0/oa/tag/tagfollower": tag,
    "/v2.0/oa/tag/rmfollowerfromtag": untag,
    "/v2.0/oa/tag/rmtag": remove_tag,
}
GETS = {
    "/v3.0/oa/user/detail": detail,
    "/v3.0/oa/user/getlist": getlist,
    "/v2.0/oa/tag/gettagsofoa": tags,
    "/v2.0/oa/getoa": oa,
    "/v2.0/oa/listrecentchat": recent,
    "/v2.0/oa/conversation": conversation,
}
