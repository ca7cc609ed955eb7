"""`/webhooks/sms/<gateway>/receipt`: what became of an SMS, as its gateway reports it."""

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from bot.channels.sms_receipts import RECEIPT_FORMS, ReceiptForm
from bot.logs import log
from bot.runtime import Runtime
from bot.take_receipts import take_receipts

MOST_BYTES = 64 * 1024

logger = log(__name__)


class Door:
    """One gateway's address. Anybody may call it: what names no message of ours changes nothing."""

    def __init__(self, runtime: Runtime, form: ReceiptForm) -> None:
        self._runtime, self._form = runtime, form

    def receive(self) -> Response:
        """Read, apply, answer; 200 also for what is no report, for repeating it would not help."""
        given = self._given()
        if given is None or len(given) > MOST_BYTES:
            return _answer("too large", 413)
        heard = self._form.hear(given, self._runtime.now())
        if heard.unread:
            gateway, count = self._form.gateway, heard.unread
            logger.warning("sms.no_report", gateway=gateway, count=count, bytes=len(given))
        try:
            take_receipts(self._runtime, heard.receipts)
        except SQLAlchemyError as fault:
            gateway = self._form.gateway
            logger.error("webhook.not_stored", carrier=gateway, fault=type(fault).__name__)
            return _answer("try again", 503)
        return _answer("OK", 200)

    def _given(self) -> bytes | None:
        """The query or the body; None for a body over the limit, b"" for one that was cut."""
        if self._form.method == "GET":
            return request.query_string
        # One byte more is let in, because a chunked body is cut at the limit without a word.
        request.max_content_length = MOST_BYTES + 1
        try:
            return request.get_data(cache=False)
        except RequestEntityTooLarge:
            return None
        except ClientDisconnected:
            return b""


def _answer(words: str, status: int) -> Response:
    return Response(words, status, content_type="text/plain; charset=utf-8")


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("sms_receipts", __name__)
    for form in RECEIPT_FORMS:
        address = f"/webhooks/sms/{form.gateway}/receipt"
        receive = Door(runtime, form).receive
        routes.add_url_rule(address, f"receipt_{form.gateway}", receive, methods=[form.method])
    return routes
