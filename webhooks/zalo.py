"""`/webhooks/zalo`: check, store, answer 200; never wait for the reply to the citizen."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import perf_counter

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from bot.channels.zalo_events import Keys, NotGenuine, Received, listen
from bot.logs import log
from bot.runtime import Runtime
from bot.take_in import take_in, zalo_keys

MOST_BYTES = 256 * 1024
ACCEPTED = b'{"ok":true}\n'
OUTCOMES = ("stored", "repeat", "ignored", "refused", "too_large", "not_stored")

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """One call at a time: what it is worth, and what it is answered."""

    runtime: Runtime
    keys: Keys

    def receive(self) -> tuple[str, Response, int]:
        """Take one call in; the first value names the outcome for the books."""
        # Size comes before anything else: what is not read cannot hurt.
        # One byte more is let in, because a chunked body is cut at the limit without a word.
        request.max_content_length = MOST_BYTES + 1
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return self._too_large()
        except ClientDisconnected:
            return "refused", jsonify(error="cut"), 400
        if len(body) > MOST_BYTES:
            return self._too_large()
        now = self.runtime.now()
        try:
            event = listen(body, request.headers.get("X-ZEvent-Signature"), self.keys, now)
        except NotGenuine as refusal:
            return "refused", self._refuse(refusal, body), 401
        if event is None:
            return "ignored", _accepted(), 200
        return self._store(event, body, now)

    def _too_large(self) -> tuple[str, Response, int]:
        return "too_large", jsonify(error="size", most_bytes=MOST_BYTES), 413

    def _store(self, event: Received, body: bytes, now: datetime) -> tuple[str, Response, int]:
        try:
            fresh = take_in(self.runtime, event, body, now)
        except SQLAlchemyError as fault:
            logger.error("webhook.not_stored", carrier="zalo", fault=type(fault).__name__)
            return "not_stored", jsonify(error="storage"), 503
        return ("stored" if fresh else "repeat"), _accepted(), 200

    def _refuse(self, refusal: NotGenuine, body: bytes) -> Response:
        """Leave the operator a diagnosis: what came and why not; never the body or a secret."""
        self.runtime.metrics.webhook_refused.labels(refusal.why.name.lower()).inc()
        logger.warning(
            "webhook.refused",
            why=str(refusal.why),
            event_name=refusal.name,
            body_sha256=sha256(body).hexdigest(),
            body_bytes=len(body),
            headers=sorted(name.lower() for name, _ in request.headers)[:40],
            do="compare ZALO_APP_ID and ZALO_OA_SECRET_KEY with the application's Webhook page; "
            "python -m bot zalo check-signature names the key that matches a captured call",
        )
        return jsonify(error="signature", why=str(refusal.why))


def _accepted() -> Response:
    """Zalo reads the status alone; the body is for people, and always the same."""
    return Response(ACCEPTED, mimetype="application/json")


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("zalo", __name__)
    door = Door(runtime, zalo_keys(runtime.settings))
    outcomes = {name: runtime.metrics.webhook_requests.labels(name) for name in OUTCOMES}

    @routes.get("/webhooks/zalo")
    def greet() -> Response:
        """Zalo's console, or a person, asks whether somebody is here."""
        return _accepted()

    @routes.post("/webhooks/zalo")
    def receive() -> tuple[Response, int]:
        begun = perf_counter()
        outcome, answer, status = door.receive()
        outcomes[outcome].inc()
        runtime.metrics.webhook_seconds.observe(perf_counter() - begun)
        return answer, status

    return routes
