"""The control API as a table: address, what it does, an example body."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox import control_people, control_post, control_world
from sandbox.asked import Asked
from sandbox.world import World

Act = Callable[[World, Asked], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Control:
    """One POST address; `act` is None where the app binds it itself."""

    path: str
    does: str
    example: dict[str, Any]
    act: Act | None


POSTS = (
    Control(
        "/control/say",
        "A citizen writes. `quote` (a msg_id) makes it a reply to a bubble.",
        {"user": "an", "text": "H32.01-261116-0001"},
        control_people.say,
    ),
    Control(
        "/control/follow",
        "A citizen follows the OA, or no longer.",
        {"user": "an", "following": True},
        control_people.follow,
    ),
    Control(
        "/control/send",
        "Anything but text and photo: sticker, audio, video, gif, link, location, file, "
        "business_card, chatnow, reaction (with msg_id, icon). Optional: text, url, name, "
        "description, latitude, longitude, phone, sticker_id.",
        {"user": "an", "kind": "sticker"},
        control_people.send,
    ),
    Control(
        "/control/photo",
        "A citizen sends a photo, kept for an hour at /media/<id>.",
        {"user": "an", "image_base64": "/9j/4AAQ...", "caption": "biên nhận"},
        control_people.photo,
    ),
    Control(
        "/control/press",
        "A citizen presses button number `button` (from 0) under a message.",
        {"user": "an", "msg_id": "0d4e5a77c91b3f2a6e10", "button": 0},
        control_people.press,
    ),
    Control(
        "/control/sms",
        "A citizen writes to the short code 8083, with or without Zalo. `aggregator`: esms, 1pay "
        "or cpurl; `request_id` (from an earlier answer) makes it a repeat of that call.",
        {"user": "an", "text": "MCKH 0101701234", "aggregator": "esms"},
        None,
    ),
    Control(
        "/control/share-phone",
        "A citizen shares name and phone (user_submit_info); without phone: the person's own.",
        {"user": "an", "phone": "0905000001"},
        control_people.share_phone,
    ),
    Control(
        "/control/withdraw",
        "A citizen asks for deletion of all personal data (user_withdraw).",
        {"user": "an"},
        control_people.withdraw,
    ),
    Control(
        "/control/person",
        "Makes a person or changes one: name, phone, has_zalo, refuses (templates), inactive_45d, "
        "away (phone switched off: everything arrives when back), banned, admin. `kind` sets them "
        "together: zalo, no_zalo, landline, refuses, inactive, away.",
        {"user": "dung", "name": "Phạm Dung", "kind": "no_zalo"},
        control_people.person,
    ),
    Control(
        "/control/clock",
        "Moves the sandbox's clock: advance_seconds, or offset_seconds to the product's time, or "
        "now. The product keeps its own time (CLOCK_OFFSET_SECONDS at its start).",
        {"advance_seconds": 3600},
        control_world.clock,
    ),
    Control(
        "/control/fault",
        "Moves a fault switch; `count` times, null = until switched off; `value` as described "
        'at GET /control/fault. {"name":"all"} switches everything off.',
        {"name": "duplicate", "on": True, "count": 1, "value": None},
        control_world.fault,
    ),
    Control(
        "/control/token",
        "Mints an access and a refresh token, as API Explorer does; kills the access token "
        "before it.",
        {},
        control_world.token,
    ),
    Control(
        "/control/oauth",
        "Saves the app's callback address; other redirect_uri get -14003.",
        {"redirect_uri": "https://dvc.example.vn/zalo/callback"},
        control_world.oauth,
    ),
    Control(
        "/control/webhook",
        "Changes the webhook: url, enabled (also after the retry ladder switched it off), "
        "or one event's switch.",
        {"event": "follow", "on": False},
        control_world.webhook,
    ),
    Control(
        "/control/console-test",
        "Presses the console's test button: a signed sample and a bare {}.",
        {},
        control_world.console_test,
    ),
    Control(
        "/control/dossier",
        "The one-stop desk, through the product's feed: action seed, next (code), late (code), "
        "new (with post true: its result is wanted by post). `answer` is the feed's answer. next "
        "with form dvcqg: in the national format, where such a wish comes with an address.",
        {"action": "next", "code": "H32.01-261116-0001"},
        None,
    ),
    Control(
        "/control/post",
        "The postman: brings a parcel (`order`: its order number or item code) to the stage "
        "collected, under_way, delivered or returned, in the post's usual words or in `message`.",
        {"action": "delivered", "order": "H32.01-261116-0001"},
        control_post.post,
    ),
    Control(
        "/control/story",
        "Plays “Một đời hồ sơ”, thirteen scenes with people of its own, through the feed and the "
        "webhooks. action: start, pause, resume, next, stop. Each scene waits for what the product "
        "sends; after `patience` seconds it counts as missing and can be left with next. `pace`: "
        "seconds to read between two scenes.",
        {"action": "start", "pace": 4, "patience": 20},
        None,
    ),
)

GETS = (
    ("/control/messages?user=an", "The chats, oldest first; without user all of them."),
    ("/control/requests", "The last 300 requests both ways, secrets masked."),
    ("/control/parcels", "What the postal service was ordered to fetch, and how far each is."),
    ("/control/state", "Everything at once."),
    ("/control/stream", "Server-sent events: state, then message, person, request, fault, ..."),
    ("/control/fault", "All fault switches with descriptions."),
)
