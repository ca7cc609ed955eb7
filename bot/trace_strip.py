"""What may leave in a span: the list, and the exporter that keeps to it."""

from collections.abc import Sequence
from time import monotonic

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status

from bot.logs import log

LONGEST_STATEMENT = 1000
OWN = "motcua."
# What may leave: no address with its query, no header, no value of a statement, no word of an
# exception. A library that learns to tell more tells it to nobody.
KEPT = frozenset(
    {"http.method", "http.route", "http.status_code", "db.system", "db.statement", OWN + "host"}
)
TOLD_EVERY = 300.0  # seconds between two lines about a collector that takes nothing

logger = log(__name__)


class Stripped(SpanExporter):
    """Sends spans with what is on the list and nothing else; its failures hurt nobody."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._told = -TOLD_EVERY

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        result = self._inner.export([stripped(span) for span in spans])
        if result is not SpanExportResult.SUCCESS and monotonic() - self._told >= TOLD_EVERY:
            self._told = monotonic()
            do = "see OTEL_EXPORTER_OTLP_ENDPOINT; spans are dropped, nothing else is the worse"
            logger.warning("traces.not_taken", spans=len(spans), do=do)
        return result

    def shutdown(self) -> None:
        """Send no more."""
        self._inner.shutdown()


def stripped(span: ReadableSpan) -> ReadableSpan:
    """A span with nothing in it that could be a person's."""
    given = span.attributes or {}
    facts = {name: value for name, value in given.items() if name in KEPT or _is_own(name)}
    name = span.name
    if "db.statement" in facts:
        statement = " ".join(str(facts["db.statement"]).split())
        facts["db.statement"] = statement[:LONGEST_STATEMENT]
        name = statement.split(" ", 1)[0]
    elif span.kind is SpanKind.SERVER:
        name = f"{facts.get('http.method', '')} {facts.get('http.route', '')}".strip()
    elif span.kind is SpanKind.CLIENT:
        name = str(facts.get("http.method", "connect"))
    return ReadableSpan(
        name=name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=facts,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),  # its description quotes the exception
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _is_own(name: str) -> bool:
    return name.startswith(OWN)
