"""The OA's API as a channel: chat messages, uploads, a follower's detail, quota."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
from prometheus_client import Counter, Histogram

from bot.channels.channel import Again, SendFailed, Sent
from bot.channels.http import Answer, Wire
from bot.channels.zalo_body import compact_json, message_body
from bot.channels.zalo_errors import Kind, judge
from bot.core.message import Outgoing
from bot.logs import log
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
OUTCOMES = ("taken", "refused_token", *(str(again) for again in Again))

logger = log(__name__)


class AccessTokens(Protocol):
    """Where the channel gets its access token from."""

    def current(self) -> str:
        """The token to send with, or SendFailed."""

    def after_refusal(self, dead: str) -> str | None:
        """A newer token than one that Zalo refused; None when only a person can help."""


class TokenRefused(Exception):
    """Zalo says that the access token is dead."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API, made ready: its request without token and body, and its counters."""

    request: requests.PreparedRequest
    seconds: Histogram
    outcomes: Mapping[str, Counter]
    changes: bool  # False for a call that only reads: losing its answer does no harm


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
        request = call.request.copy()
        body = message_body(message)
        request.body = body
        request.headers["Content-Length"] = str(len(body))
        data = self._ask(call, request)
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
        request = call.request.copy()
        request.url = (
            f"{call.request.url}?{urlencode({'data': compact_json({'user_id': user_id})})}"
        )
        data = self._ask(call, request)
        return FollowerDetail(
            user_id=str(data.get("user_id") or user_id),
            is_follower=data.get("user_is_follower") is True,
            is_minor=data.get("is_sensitive") is True,
            last_interaction=str(data.get("user_last_interaction_date") or ""),
        )

    def quota(self, user_id: str) -> ChatQuota:
        """When the citizen last interacted, by Zalo's own books (zalo-platform 3.7)."""
        call = self.calls["quota"]
        request = call.request.copy()
        body = compact_json({"user_id": user_id}).encode()
        request.body = body
        request.headers["Content-Length"] = str(len(body))
        return ChatQuota(_moment(self._ask(call, request).get("last_interaction")))

    def _upload(self, name: str, content: bytes, typed: tuple[str, str]) -> Mapping[str, Any]:
        call = self.calls[name]
        request = requests.Request(
            "POST", call.request.url, files={"file": (typed[0], content, typed[1])}
        ).prepare()
        return self._ask(call, request)

    def _ask(self, call: Call, request: requests.PreparedRequest) -> Mapping[str, Any]:
        """One call; with a newer token once more when Zalo refused ours.

        Source: zalo-platform 1.5 row 6 and 10 row 14.
        """
        token = self.tokens.current()
        try:
            return _once(self.wire, call, request, token)
        except TokenRefused as refused:
            code = refused.code
        newer = self.tokens.after_refusal(token)
        if newer is None:
            reason = "Zalo refused the access token and it cannot be renewed"
            raise SendFailed(Again.HALT, reason, code)
        try:
            return _once(self.wire, call, request.copy(), newer)
        except TokenRefused as refused:
            reason = "Zalo refused the access token and the renewed one as well"
            raise SendFailed(Again.HALT, reason, refused.code) from None


def build_zalo(settings: Settings, tokens: AccessTokens, metrics: Metrics) -> ZaloChannel:
    """The channel of the OA that the settings name."""
    calls = {
        name: Call(
            request=_template(method, settings.zalo_openapi_url + path),
            seconds=metrics.carrier_call_seconds.labels("zalo", name),
            outcomes={one: metrics.carrier_calls.labels("zalo", name, one) for one in OUTCOMES},
            changes=name not in ("detail", "quota"),
        )
        for name, (method, path) in CALLS.items()
    }
    return ZaloChannel(Wire(), tokens, calls)


def _once(
    wire: Wire, call: Call, request: requests.PreparedRequest, token: str
) -> Mapping[str, Any]:
    request.headers["access_token"] = token
    began = perf_counter()
    try:
        data = _judged(wire.call(request))
    except TokenRefused:
        call.outcomes["refused_token"].inc()
        raise
    except SendFailed as failed:
        call.outcomes[failed.again].inc()
        if failed.again is Again.UNSURE and not call.changes:
            raise SendFailed(Again.LATER, failed.reason, failed.code) from failed
        raise
    finally:
        call.seconds.observe(perf_counter() - began)
    call.outcomes["taken"].inc()
    return data


def _judged(answer: Answer) -> Mapping[str, Any]:
    """The data of an answer, or what its error code means; HTTP 200 alone says nothing."""
    code = _code(answer)
    if code == "0":
        data = answer.body.get("data")
        return data if isinstance(data, dict) else {}
    refusal = judge(code, str(answer.body.get("message") or ""))
    if refusal.kind is Kind.AUTH:
        raise TokenRefused(code)
    if not refusal.known:
        logger.error("zalo.unknown_code", code=code)
    raise SendFailed(refusal.kind.again(), refusal.meaning, code)


def _code(answer: Answer) -> str:
    """The error code as text; Zalo has sent numbers and strings."""
    code = answer.body.get("error")
    if isinstance(code, int | str) and not isinstance(code, bool) and str(code).strip():
        text = str(code).strip()[:40]
        # Whoever sets HTTP 401 means the token, whatever code stands beside it.
        return "401" if answer.status == 401 else text
    if answer.status == 401:
        return "401"
    if answer.status >= 300:
        again = Again.PAUSE if answer.status == 429 else Again.LATER
        raise SendFailed(again, f"HTTP {answer.status} without a code of Zalo's")
    raise SendFailed(Again.UNSURE, "an answer without an error code")


def _template(method: str, url: str) -> requests.PreparedRequest:
    headers = {"Accept": "application/json", "User-Agent": "motcua-bot"}
    if method == "POST":
        headers["Content-Type"] = "application/json"
    return requests.Request(method, url, headers=headers).prepare()


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


def _moment(milliseconds: object) -> datetime | None:
    """Zalo's milliseconds as a moment; None for what is no time, and for 0, which means never."""
    try:
        count = int(str(milliseconds))
        return datetime.fromtimestamp(count / 1000, UTC) if count > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
