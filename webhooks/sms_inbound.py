"""`/webhooks/sms/<aggregator>/inbound`: a citizen's SMS, answered in the HTTP body."""

from time import perf_counter

from flask import Blueprint, Response, request

from bot.answer_sms import SmsDesk
from bot.channels.sms_inbound import Call, SmsAggregator, SmsNotGenuine, sms_aggregators
from bot.core.sms_answer import SmsOutcome
from bot.logs import log
from bot.runtime import Runtime

logger = log(__name__)


class Door:
    """One aggregator's address: what a call is answered, and how it is counted."""

    def __init__(self, desk: SmsDesk, aggregator: SmsAggregator) -> None:
        self._desk, self._form = desk, aggregator
        self._metrics = desk.runtime.metrics

    def receive(self) -> Response:
        """Check, answer, count."""
        begun = perf_counter()
        call = Call(request.query_string, request.remote_addr or "")
        try:
            sms = self._form.listen(call)
        except SmsNotGenuine as refusal:
            self._count("refused")
            logger.warning(
                "sms.refused",
                aggregator=self._form.name,
                why=str(refusal.why),
                address=call.address,
                do="compare the SMS_MO_* settings with what the aggregator has registered",
            )
            return self._body(self._form.refused(), 403)
        try:
            reply = self._desk.answer(self._form.name, sms)
        except Exception as fault:  # the citizen has paid: words in the form, never silence
            logger.exception("sms.broke", aggregator=self._form.name, fault=type(fault).__name__)
            outcome, answer = str(SmsOutcome.TROUBLE), self._desk.trouble()
        else:
            answer = reply.answer
            outcome = "repeat" if reply.repeat else str(answer.outcome)
            outcome = outcome if reply.stored else "not_stored"
        self._count(outcome)
        self._metrics.sms_inbound_seconds.observe(perf_counter() - begun)
        return self._body(self._form.written(sms, answer), 200)

    def _count(self, outcome: str) -> None:
        self._metrics.sms_inbound.labels(self._form.name, outcome).inc()

    def _body(self, body: str, status: int) -> Response:
        return Response(body, status, content_type=f"{self._form.content_type}; charset=utf-8")


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("sms_inbound", __name__)
    desk = SmsDesk(runtime)
    for aggregator in sms_aggregators(runtime.settings):
        address = f"/webhooks/sms/{aggregator.name}/inbound"
        routes.add_url_rule(address, f"inbound_{aggregator.name}", Door(desk, aggregator).receive)
    return routes
