"""Articles of the OA API (manual 3.4): handed in, verified, sent to all followers."""

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.article_shelf import Article
from sandbox.clock import LOCAL, milliseconds
from sandbox.drafts import RefusedError
from sandbox.gate import Call, Json
from sandbox.messages import new_msg_id
from sandbox.people import Person
from sandbox.world import World

TITLE, AUTHOR, DESCRIPTION = 150, 50, 300
WORKS_FOR = 5.0  # seconds until an article is ready
MONTHLY, PER_USER_MONTHLY = 40, 4  # manual 3.6, of a verified OA
NIGHT = (22, 6)
BLOCKS = ("text", "image", "video")
TARGETS = {"ages": range(8), "gender": range(3), "locations": range(3), "cities": range(64),
           "platform": range(1, 4)}  # fmt: skip


async def create(call: Call) -> Json:
    """POST /v2.0/article/create: sizes and forms, then a token."""
    body, world = call.body, call.world
    if body.get("type") != "normal":
        raise RefusedError(-201, "type is invalid")
    for name, most in (("title", TITLE), ("author", AUTHOR), ("description", DESCRIPTION)):
        text = body.get(name)
        if not isinstance(text, str) or not text.strip():
            raise RefusedError(-201, f"{name} is invalid")
        if len(text) > most:
            raise RefusedError(-210, f"{name} exceeds {most} characters")
    cover = body.get("cover")
    if not isinstance(cover, dict) or cover.get("cover_type") != "photo":
        raise RefusedError(-201, "cover is invalid")
    if not _is_url(cover.get("photo_url")):
        raise RefusedError(-201, "cover.photo_url is invalid")
    blocks = body.get("body")
    if not isinstance(blocks, list) or not blocks or not all(map(_is_block, blocks)):
        raise RefusedError(-201, "body is invalid")
    article = Article(
        id=secrets.token_hex(16),
        token=secrets.token_urlsafe(24),
        title=body["title"],
        description=body["description"],
        cover=cover["photo_url"],
        body=blocks,
        ready_at=world.clock.now() + WORKS_FOR,
    )
    world.articles.by_token[article.token] = article
    call.summary = f"article “{article.title[:40]}”"
    return {"data": {"token": article.token}}


async def verify(call: Call) -> Json:
    """POST /v2.0/article/verify: the id, once the article is ready."""
    article = call.world.articles.by_token.get(str(call.body.get("token")))
    if article is None:
        raise RefusedError(-201, "token is invalid")
    if call.world.clock.now() < article.ready_at:
        raise RefusedError(-214, "Article is processing")
    call.world.articles.by_id[article.id] = article
    return {"data": {"id": article.id}}


async def broadcast(call: Call) -> Json:
    """POST /v2.0/oa/message with a target: an article to all followers that it fits."""
    world, now = call.world, call.world.clock.now()
    target = call.body["recipient"]["target"]
    _check_target(target)
    article = world.articles.by_id.get(_attachment(call))
    if article is None:
        raise RefusedError(-201, "attachment_id is invalid")
    hour = world.clock.local().hour
    if hour >= NIGHT[0] or hour < NIGHT[1]:
        raise RefusedError(-234, "Can not send message at night")
    sent = [at for at in world.articles.sent if _month(at) == _month(now)]
    if len(sent) >= MONTHLY:
        raise RefusedError(-218, "Out of broadcast quota")
    world.articles.sent.append(now)
    msg_id, told = new_msg_id(), 0
    for person in [one for one in world.people if one.following]:
        told += _tell(world, person, article, now)
    call.summary = f"broadcast → {told} followers"
    return {"data": {"message_id": msg_id, "sent_time": milliseconds(now)}}


def _tell(world: World, person: Person, article: Article, now: float) -> bool:
    """Put the article on one phone, unless that has had its share of the month or the day."""
    got = [at for at in world.articles.got.get(person.uid, []) if _month(at) == _month(now)]
    if person.banned or person.inactive_45d or person.refuses:
        return False
    if len(got) >= PER_USER_MONTHLY or any(_day(at) == _day(now) for at in got):
        return False
    world.articles.got[person.uid] = [*got, now]
    world.when_back(person, lambda: _arrive(world, person, article))
    return True


def _arrive(world: World, person: Person, article: Article) -> None:
    bubble = world.messages.add(
        user=person.uid,
        alias=person.alias,
        sender="oa",
        kind="article",
        text=article.description,
        msg_id=new_msg_id(),
        moment=world.clock.now(),
        url=article.cover,
        card={"title": article.title, "rows": []},
    )
    world.show(bubble)


def _check_target(target: Any) -> None:
    if not isinstance(target, dict):
        raise RefusedError(-201, "recipient.target is invalid")
    for name, values in target.items():
        known = TARGETS.get(name)
        if known is None or not isinstance(values, list) or not set(values) <= set(known):
            raise RefusedError(-201, f"recipient.target.{name} is invalid")


def _attachment(call: Call) -> str:
    try:
        [element] = call.body["message"]["attachment"]["payload"]["elements"]
        if element["media_type"] != "article":
            raise RefusedError(-233, "message type is invalid or not supported")
        return str(element["attachment_id"])
    except (KeyError, TypeError, ValueError):
        raise RefusedError(-201, "message.attachment is invalid") from None


def _is_block(block: Any) -> bool:
    if not isinstance(block, dict) or block.get("type") not in BLOCKS:
        return False
    if block["type"] == "text":
        return isinstance(block.get("content"), str) and bool(block["content"].strip())
    return _is_url(block.get("url"))


def _is_url(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, LOCAL):%Y-%m-%d}"


def _month(moment: float) -> str:
    return _day(moment)[:7]
