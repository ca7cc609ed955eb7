"""Database statements as spans of the work they are done for; a statement alone is no trace.

Ours, because the library for it does not know the SQLAlchemy that we run on.
"""

from collections.abc import Collection
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from sqlalchemy import Connection, Engine, ExceptionContext, event

PLACE = "trace_span"  # where a connection keeps the span of the statement that it runs


class Statements:
    """Watches the statements of these engines until `uninstrument`."""

    def __init__(self, tracer: Tracer, engines: Collection[Engine]) -> None:
        self._tracer = tracer
        self._heard = [
            (engine, name, listener)
            for engine in engines
            for name, listener in (
                ("before_cursor_execute", self._begin),
                ("after_cursor_execute", self._end),
                ("handle_error", self._broke),
            )
        ]
        for engine, name, listener in self._heard:
            event.listen(engine, name, listener)

    def uninstrument(self) -> None:
        """Watch no more."""
        for engine, name, listener in self._heard:
            event.remove(engine, name, listener)

    def _begin(self, connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if trace.get_current_span().is_recording():
            facts = {"db.system": connection.dialect.name, "db.statement": statement}
            span = self._tracer.start_span(statement, kind=SpanKind.CLIENT, attributes=facts)
            connection.info[PLACE] = span

    def _end(self, connection: Connection, *_more: Any) -> None:
        span: Span | None = connection.info.pop(PLACE, None)
        if span is not None:
            span.end()

    def _broke(self, fault: ExceptionContext) -> None:
        span = fault.connection.info.pop(PLACE, None) if fault.connection is not None else None
        if span is not None:
            span.set_status(StatusCode.ERROR)
            span.end()
