"""`/feeds/v1/dossiers` and `/feeds/dvcqg`: software tells where its dossiers stand."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from bot.core.snapshot import FeedDossier, Outcome, Result
from bot.logs import log
from bot.national import agencies_told, register_national
from bot.note_feeds import TAKEN, FeedNotes
from bot.register import register_dossiers
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.vault import Unreadable
from webhooks.feed_body import MOST_BYTES, check_type, read_dossiers, too_large, unpacked
from webhooks.feed_national import NATIONAL_PATH, national_answer, read_call
from webhooks.feed_refusal import Fault, Refused, form_refused
from webhooks.feed_signature import KEY, admitted
from webhooks.openapi import add_pages

PATH = "/feeds/v1/dossiers"
# What a refused call is counted as, by its HTTP status.
COUNTED = {400: "form", 401: "unsigned", 413: "too_large", 415: "type"}

logger = log(__name__)


@dataclass(slots=True)
class _Call:
    """One call while it is worked on, for its line in the log."""

    key: str | None = None
    dossiers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    agencies: Counter[str] = field(default_factory=Counter)  # whose dossiers were taken


Take = Callable[[Runtime, FeedKey, bytes, _Call], dict[str, Any]]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("feed", __name__, template_folder="templates")
    notes = FeedNotes(runtime)

    @routes.post(PATH)
    def receive() -> tuple[Response, int]:
        return _answered(runtime, notes, _take_dossiers)

    @routes.post(NATIONAL_PATH)
    def receive_national() -> tuple[Response, int]:
        return _answered(runtime, notes, _take_national)

    add_pages(routes, runtime)
    return routes


_NOT_STORED = {
    "error": "storage",
    "message": "not everything could be stored just now; send the same again in a minute, "
    "what was stored is answered as repeat",
}


def _answered(runtime: Runtime, notes: FeedNotes, take: Take) -> tuple[Response, int]:
    begun, call, metrics = perf_counter(), _Call(), runtime.metrics
    noted = TAKEN
    try:
        answer, status, counted = _admit(runtime, call, take), 200, "taken"
    except Refused as refusal:
        answer, status = refusal.as_json(), refusal.status
        counted, noted = COUNTED[status], refusal.error
        _tell_refused(call, refusal)
    except (SQLAlchemyError, Unreadable) as fault:
        answer, status, counted, noted = _NOT_STORED, 503, "not_stored", "storage"
        logger.error("feed.not_stored", key=call.key, fault=type(fault).__name__)
    notes.call(call.key or request.headers.get(KEY, ""), noted, call.agencies)
    took = perf_counter() - begun
    metrics.feed_requests.labels(counted).inc()
    metrics.feed_seconds.observe(took)
    for outcome, number in call.outcomes.items():
        metrics.feed_dossiers.labels(outcome).inc(number)
    if status == 200:
        logger.info(
            "feed.taken",
            key=call.key,
            dossiers=call.dossiers,
            **call.outcomes,
            milliseconds=round(took * 1000),
        )
    return jsonify(answer), status


def _admit(runtime: Runtime, call: _Call, take: Take) -> dict[str, Any]:
    """Size, sender, type, form, meaning: in this order, each before the next is looked at."""
    body = _body()
    key = admitted(runtime, request.headers, body)
    call.key = key.id
    encoding = request.headers.get("Content-Encoding", "")
    check_type(request.mimetype, request.mimetype_params.get("charset", ""), encoding)
    return take(runtime, key, unpacked(body, encoding), call)


def _take_dossiers(runtime: Runtime, key: FeedKey, body: bytes, call: _Call) -> dict[str, Any]:
    dossiers = read_dossiers(body)
    call.dossiers = len(dossiers)
    results = register_dossiers(runtime, key, dossiers)
    call.outcomes.update(str(result.outcome) for result in results)
    call.agencies.update(_agencies_of(key, dossiers, results))
    return {"results": _as_json(results)}


def _take_national(runtime: Runtime, key: FeedKey, body: bytes, call: _Call) -> dict[str, Any]:
    national = read_call(body)
    call.dossiers = len(national.records)
    verdicts = register_national(runtime, key, national)
    call.outcomes.update(str(verdict.outcome) for verdict in verdicts)
    call.agencies.update(agencies_told(national, verdicts))
    return national_answer(national.service, verdicts)


def _agencies_of(
    key: FeedKey, dossiers: Sequence[FeedDossier], results: Sequence[Result]
) -> Counter[str]:
    """Whose dossiers were taken; a call that brings none is a sign of life of its key's agency."""
    if not dossiers:
        return Counter({key.agency_code: 0})
    return Counter(
        told.agency
        for told, result in zip(dossiers, results, strict=True)
        if result.outcome is not Outcome.REFUSED
    )


def _body() -> bytes:
    """The bytes on the wire, however their length is announced: size comes before all else."""
    # One byte of grace: a chunked body is cut at the limit without a word (werkzeug 3.1).
    request.max_content_length = MOST_BYTES + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large() from None
    except ClientDisconnected:
        raise form_refused(Fault("the body ended before its announced length")) from None
    if len(body) > MOST_BYTES:
        raise too_large()
    return body


def _as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    return [
        {"code": result.code, "outcome": str(result.outcome), "warnings": list(result.warnings)}
        | ({"why": result.why} if result.why else {})
        for result in results
    ]


def _tell_refused(call: _Call, refusal: Refused) -> None:
    """A diagnosis for the operator: ids, places and names of fields, never what stood in them."""
    logger.warning(
        "feed.refused",
        key=call.key,
        status=refusal.status,
        why=refusal.error,
        fields=sorted({fault.field for fault in refusal.faults if fault.field}),
        body_bytes=request.content_length,
    )
