"""The OA's API as a channel: chat messages, uploads, a follower's detail, quota."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests

from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.http import Wire
from bot.channels.zalo_body import compact_json, message_body
from bot.channels.zalo_calls import (
    AccessTokens,
    Call,
    ask,
    counted_call,
    data_of,
    moment_of,
    ready_request,
    with_body,
    with_query,
)
from bot.core.message import Outgoing
from bot.metrics import Metrics
from bot.settings import Settings

IMAGE_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
FILE_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}
MIB = 1024 * 1024
CALLS = {
    "message": ("POST", "/v3.0/oa/message/cs"),
    "image": ("POST", "/v2.0/oa/upload/image"),
    "file": ("POST", "/v2.0/oa/upload/file"),
    "detail": ("GET", "/v3.0/oa/user/detail"),
    "quota": ("POST", "/v3.0/oa/quota/message"),
}


@dataclass(frozen=True, slots=True)
class FollowerDetail:
    """What Zalo tells of a citizen, as far as we need it; names and pictures are left there."""

    user_id: str
    is_follower: bool
    is_minor: bool
    last_interaction: str  # dd/mm/yyyy, "" when there was none


@dataclass(frozen=True, slots=True)
class ChatQuota:
    """Whether a chat message would reach a citizen: the window follows the last interaction."""

    last_interaction: datetime | None


@dataclass(frozen=True, slots=True)
class ZaloChannel:
    """One Official Account; safe to call from many threads."""

    wire: Wire
    tokens: AccessTokens
    calls: Mapping[str, Call]
    name: str = "zalo"

    def send(self, message: Outgoing) -> Sent:
        """Hand over one chat message.

        Errors: SendFailed; ValueError for a message that breaks Zalo's limits, which is ours to
                keep (texts are cut by reply_text.split_text before).
        Source: zalo-platform 3.1.
        """
        call = self.calls["message"]
        data = self._ask(call, with_body(call, message_body(message)))
        return Sent(str(data.get("message_id") or ""))

    def upload_image(self, content: bytes, file_name: str) -> str:
        """Upload a picture (jpg, png; at most 1 MB); gives its attachment id, good for 7 days."""
        data = self._upload("image", content, _typed(file_name, IMAGE_TYPES, content, 1))
        return _named(data, "attachment_id")

    def upload_file(self, content: bytes, file_name: str) -> str:
        """Upload a document (pdf, doc, docx, csv; at most 5 MB); gives its token, good for 7 d."""
        data = self._upload("file", content, _typed(file_name, FILE_TYPES, content, 5))
        return _named(data, "token")

    def user_detail(self, user_id: str) -> FollowerDetail:
        """What Zalo knows of one citizen of this OA (zalo-platform 4)."""
        call = self.calls["detail"]
        query = urlencode({"data": compact_json({"user_id": user_id})})
        data = self._ask(call, with_query(call, query))
        return FollowerDetail(
            user_id=str(data.get("user_id") or user_id),
            is_follower=data.get("user_is_follower") is True,
            is_minor=data.get("is_sensitive") is True,
            last_interaction=str(data.get("user_last_interaction_date") or ""),
        )

    def quota(self, user_id: str) -> ChatQuota:
        """When the citizen last interacted, by Zalo's own books (zalo-platform 3.7)."""
        call = self.calls["quota"]
        body = compact_json({"user_id": user_id}).encode()
        data = self._ask(call, with_body(call, body))
        return ChatQuota(moment_of(data.get("last_interaction")))

    def _upload(self, name: str, content: bytes, typed: tuple[str, str]) -> Mapping[str, Any]:
        call = self.calls[name]
        request = requests.Request(
            "POST", call.request.url, files={"file": (typed[0], content, typed[1])}
        ).prepare()
        return self._ask(call, request)

    def _ask(self, call: Call, request: requests.PreparedRequest) -> Mapping[str, Any]:
        return data_of(ask(self.wire, self.tokens, call, request))


def build_zalo(settings: Settings, tokens: AccessTokens, metrics: Metrics) -> ZaloChannel:
    """The channel of the OA that the settings name."""
    calls = {
        name: counted_call(
            metrics,
            ("zalo", name),
            ready_request(method, settings.zalo_openapi_url + path),
            changes=name not in ("detail", "quota"),
        )
        for name, (method, path) in CALLS.items()
    }
    return ZaloChannel(Wire(), tokens, calls)


def _typed(file_name: str, types: Mapping[str, str], content: bytes, most: int) -> tuple[str, str]:
    """The name an upload goes under, and its type; never the citizen's own file name."""
    ending = file_name.rsplit(".", 1)[-1].lower()
    if ending not in types:
        raise ValueError(f"Zalo takes {', '.join(types)}, not .{ending}")
    if not 0 < len(content) <= most * MIB:
        raise ValueError(f"Zalo takes 1 byte to {most} MB, not {len(content)} bytes")
    return f"upload.{ending}", types[ending]


def _named(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if not value:
        raise SendFailed(Again.UNSURE, f"an answer without {field}")
    return str(value)
