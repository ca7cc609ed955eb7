"""One call of Zalo's servers with our access token: renewed once, judged by its error code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Protocol

import requests
from prometheus_client import Counter, Histogram

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Answer, Wire
from bot.channels.zalo_errors import OPENAPI, Kind, Table, judge
from bot.logs import log
from bot.metrics import Metrics

OUTCOMES = ("taken", "refused_token", *(str(again) for again in Again))
LONGEST_SAID = 300

logger = log(__name__)


class AccessTokens(Protocol):
    """Where a channel gets its access token from."""

    def current(self) -> str:
        """The token to send with, or SendFailed."""

    def after_refusal(self, dead: str) -> str | None:
        """A newer token than one that Zalo refused; None when only a person can help."""


class TokenRefused(Exception):
    """Zalo says that the access token is dead."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(code)
        self.code = code
        self.said = said


class TemplateAtFault(SendFailed):
    """A template, or what it is filled with, is refused; it would be for every citizen.

    Its `again` is CLOSED: this citizen is told by another way, and the phone or the user is
    not to blame. A person has to look at the template.
    """


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API, made ready: its request without token and body, and its counters."""

    request: requests.PreparedRequest
    seconds: Histogram
    outcomes: Mapping[str, Counter]
    changes: bool  # False for a call that only reads: losing its answer does no harm
    table: Table


def counted_call(
    metrics: Metrics,
    labels: tuple[str, str],
    request: requests.PreparedRequest,
    changes: bool,
    table: Table = OPENAPI,
) -> Call:
    """A call with its counters; `labels` are the carrier's name and the call's."""
    return Call(
        request=request,
        seconds=metrics.carrier_call_seconds.labels(*labels),
        outcomes={one: metrics.carrier_calls.labels(*labels, one) for one in OUTCOMES},
        changes=changes,
        table=table,
    )


def ready_request(method: str, url: str) -> requests.PreparedRequest:
    """A request as Zalo wants it, but for its token, query and body."""
    headers = {"Accept": "application/json", "User-Agent": "motcua-bot"}
    if method == "POST":
        headers["Content-Type"] = "application/json"
    return requests.Request(method, url, headers=headers).prepare()


def with_body(call: Call, body: bytes) -> requests.PreparedRequest:
    """The call's request with a body of its own."""
    request = call.request.copy()
    request.body = body
    request.headers["Content-Length"] = str(len(body))
    return request


def with_query(call: Call, query: str) -> requests.PreparedRequest:
    """The call's request with a query, which is URL-encoded already."""
    request = call.request.copy()
    request.url = f"{call.request.url}?{query}" if query else call.request.url
    return request


def ask(
    wire: Wire, tokens: AccessTokens, call: Call, request: requests.PreparedRequest
) -> Mapping[str, Any]:
    """One call; with a newer token once more when Zalo refused ours.

    Result: the whole answer, whose code is 0.
    Errors: SendFailed with the carrier's code and words; TemplateAtFault is one of them.
    Source: zalo-platform 1.5 row 6 and 10 row 14.
    """
    token = tokens.current()
    try:
        return _once(wire, call, request, token)
    except TokenRefused as refused:
        code, said = refused.code, refused.said
    newer = tokens.after_refusal(token)
    if newer is None:
        reason = "Zalo refused the access token and it cannot be renewed"
        raise SendFailed(Again.HALT, reason, code, said)
    try:
        return _once(wire, call, request.copy(), newer)
    except TokenRefused as refused:
        reason = "Zalo refused the access token and the renewed one as well"
        raise SendFailed(Again.HALT, reason, refused.code, refused.said) from None


def data_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `data` object of an answer; empty when it has none."""
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def moment_of(milliseconds: object) -> datetime | None:
    """Zalo's milliseconds as a moment; None for what is no time, and for 0, which means never."""
    try:
        count = int(str(milliseconds))
        return datetime.fromtimestamp(count / 1000, UTC) if count > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _once(
    wire: Wire, call: Call, request: requests.PreparedRequest, token: str
) -> Mapping[str, Any]:
    request.headers["access_token"] = token
    began = perf_counter()
    try:
        answer = _judged(wire.call(request), call.table)
    except TokenRefused:
        call.outcomes["refused_token"].inc()
        raise
    except SendFailed as failed:
        call.outcomes[failed.again].inc()
        if failed.again is Again.UNSURE and not call.changes:
            raise SendFailed(Again.LATER, failed.reason, failed.code, failed.said) from failed
        raise
    finally:
        call.seconds.observe(perf_counter() - began)
    call.outcomes["taken"].inc()
    return answer


def _judged(answer: Answer, table: Table) -> Mapping[str, Any]:
    """An answer that says yes, or what its error code means; HTTP 200 alone says nothing."""
    code = _code(answer)
    if code == "0":
        return answer.body
    said = str(answer.body.get("message") or "")[:LONGEST_SAID]
    refusal = judge(code, said, table)
    if refusal.kind is Kind.AUTH:
        raise TokenRefused(code, said)
    if refusal.kind is Kind.TEMPLATE:
        raise TemplateAtFault(refusal.kind.again(), refusal.meaning, code, said)
    if not refusal.known:
        logger.error("zalo.unknown_code", code=code)
    raise SendFailed(refusal.kind.again(), refusal.meaning, code, said)


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
