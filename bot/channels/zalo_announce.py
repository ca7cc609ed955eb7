"""Announcements at Zalo: chat messages with picture or link, articles, broadcasts, tags."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.http import Wire
from bot.channels.zalo_body import compact_json
from bot.channels.zalo_calls import (
    AccessTokens,
    Call,
    ask,
    counted_call,
    data_of,
    ready_request,
    with_body,
    with_query,
)
from bot.core.reply_text import ZALO_LIMIT
from bot.metrics import Metrics
from bot.settings import Settings

MOST_TITLE, MOST_AUTHOR, MOST_SUMMARY = 150, 50, 300
PAGE, LAST_OFFSET = 50, 9951
CALLS = {
    "announcement": ("POST", "/v3.0/oa/message/cs"),
    "announcement_image": ("POST", "/v2.0/oa/upload/image"),
    "article_create": ("POST", "/v2.0/article/create"),
    "article_verify": ("POST", "/v2.0/article/verify"),
    "broadcast": ("POST", "/v2.0/oa/message"),
    "tags": ("GET", "/v2.0/oa/tag/gettagsofoa"),
    "tag_members": ("GET", "/v3.0/oa/user/getlist"),
}
READS = ("tags", "tag_members", "article_verify")
# All followers: every age, gender, region and platform that Zalo tells apart.
EVERYBODY = {
    "ages": list(range(8)),
    "gender": [0, 1, 2],
    "locations": [0, 1, 2],
    "cities": list(range(64)),
    "platform": [1, 2, 3],
}
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class ChatTelling:
    """A chat message of an announcement.

    Shape: `picture` is the id of an uploaded picture; without one `button` and `link` may make a
           button. Zalo carries one or the other.
    """

    text: str
    picture: str = ""
    button: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it is handed in; `cover` is an address that Zalo fetches the picture from."""

    title: str
    author: str
    summary: str
    cover: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnouncementChannel:
    """One Official Account's ways to tell many; safe to call from many threads."""

    wire: Wire
    tokens: AccessTokens
    calls: Mapping[str, Call]

    def send(self, user_id: str, told: ChatTelling) -> Sent:
        """Hand over one chat message.

        Errors: SendFailed; ValueError for a text that Zalo never carries.
        Source: zalo-platform 3.1.
        """
        body = {"recipient": {"user_id": user_id}, "message": chat_message(told)}
        data = self._post("announcement", body)
        return Sent(str(data.get("message_id") or ""))

    def upload(self, content: bytes, kind: str) -> str:
        """Upload a picture, jpg or png; its attachment id, good for 7 days (zalo-platform 3.5)."""
        call = self.calls["announcement_image"]
        file = (f"upload.{kind}", content, TYPES[kind])
        request = requests.Request("POST", call.request.url, files={"file": file}).prepare()
        return self._named(data_of(ask(self.wire, self.tokens, call, request)), "attachment_id")

    def create_article(self, article: Article) -> str:
        """Hand an article in; gives the token by which it is asked for.

        Source: zalo-platform 3.4. Zalo makes it later: verify_article.
        """
        body: list[dict[str, str]] = [{"type": "image", "url": article.cover}]
        body += [{"type": "text", "content": paragraph} for paragraph in article.paragraphs]
        asked = {
            "type": "normal",
            "title": _cut(article.title, MOST_TITLE),
            "author": _cut(article.author, MOST_AUTHOR),
            "description": _cut(article.summary, MOST_SUMMARY),
            "cover": {"cover_type": "photo", "photo_url": article.cover, "status": "show"},
            "body": body,
            "status": "show",
            "comment": "hide",
        }
        return self._named(self._post("article_create", asked), "token")

    def verify_article(self, token: str) -> str:
        """The id of an article that was handed in.

        Errors: SendFailed LATER (-214) while Zalo still works on it.
        """
        return self._named(self._post("article_verify", {"token": token}), "id")

    def broadcast(self, article_id: str) -> Sent:
        """Send an article to all followers, in one call (zalo-platform 3.4)."""
        element = {"media_type": "article", "attachment_id": article_id}
        payload = {"template_type": "media", "elements": [element]}
        body = {
            "recipient": {"target": EVERYBODY},
            "message": {"attachment": {"type": "template", "payload": payload}},
        }
        data = self._post("broadcast", body)
        return Sent(str(data.get("message_id") or ""))

    def tags(self) -> list[str]:
        """The tags of the page, as staff made them in Zalo's own console."""
        call = self.calls["tags"]
        answer = ask(self.wire, self.tokens, call, with_query(call, ""))
        names = answer.get("data")
        return [str(name) for name in names] if isinstance(names, list) else []

    def tag_members(self, tag: str, offset: int) -> list[str]:
        """A page of the user ids behind a tag, from `offset` on; less than PAGE at the end.

        Zalo shows no more than those up to LAST_OFFSET (zalo-platform 4, 7).
        """
        call = self.calls["tag_members"]
        asked = {"offset": offset, "count": PAGE, "tag_name": tag}
        query = urlencode({"data": compact_json(asked)})
        data = data_of(ask(self.wire, self.tokens, call, with_query(call, query)))
        users = data.get("users")
        page = users if isinstance(users, list) else []
        return [str(one["user_id"]) for one in page if isinstance(one, dict) and "user_id" in one]

    def _post(self, name: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        call = self.calls[name]
        request = with_body(call, compact_json(body).encode())
        return data_of(ask(self.wire, self.tokens, call, request))

    def _named(self, data: Mapping[str, Any], field: str) -> str:
        value = data.get(field)
        if not value:
            raise SendFailed(Again.UNSURE, f"an answer without {field}")
        return str(value)


def chat_message(told: ChatTelling) -> dict[str, Any]:
    """The `message` of a chat message, held to Zalo's limits."""
    text = unicodedata.normalize("NFC", told.text)
    if not 0 < len(text) <= ZALO_LIMIT:
        raise ValueError(f"a text has 1 to {ZALO_LIMIT} characters, this one {len(text)}")
    if told.picture:
        element = {"media_type": "image", "attachment_id": told.picture}
        payload: dict[str, Any] = {"template_type": "media", "elements": [element]}
    elif told.button:
        button = {"title": told.button, "type": "oa.open.url", "payload": {"url": told.link}}
        payload = {"template_type": "button", "buttons": [button]}
    else:
        return {"text": text}
    return {"text": text, "attachment": {"type": "template", "payload": payload}}


def build_announcements(
    settings: Settings, tokens: AccessTokens, metrics: Metrics, wire: Wire | None = None
) -> AnnouncementChannel:
    """The announcements of the OA that the settings name; `wire` for other timeouts."""
    calls = {
        name: counted_call(
            metrics,
            ("zalo", name),
            ready_request(method, settings.zalo_openapi_url + path),
            changes=name not in READS,
        )
        for name, (method, path) in CALLS.items()
    }
    return AnnouncementChannel(wire or Wire(), tokens, calls)


def _cut(text: str, most: int) -> str:
    return unicodedata.normalize("NFC", text)[:most]
