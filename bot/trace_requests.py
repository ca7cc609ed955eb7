"""Web requests as spans, by their route; ours, because the library costs as much as a request."""

from typing import Any

from flask import Flask, Response, request
from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PLACE = "motcua.span"  # where a request keeps its span, and what was under way before it


def watch(app: Flask, tracer: Tracer) -> None:
    """Trace the requests of an application from now on."""

    def begin() -> None:
        if request.path in UNWATCHED:
            return
        facts = {"http.method": request.method if request.method in METHODS else "OTHER"}
        if request.url_rule is not None:  # an address that is none of ours is not told
            facts["http.route"] = request.url_rule.rule
        span = tracer.start_span("request", kind=SpanKind.SERVER, attributes=facts)
        request.environ[PLACE] = span, context.attach(trace.set_span_in_context(span))

    def end(_fault: BaseException | None) -> None:
        kept: tuple[Span, Any] | None = request.environ.pop(PLACE, None)
        if kept is not None:
            span, before = kept
            context.detach(before)
            span.end()

    app.before_request(begin)
    app.after_request(_note)
    app.teardown_request(end)


def _note(response: Response) -> Response:
    kept: tuple[Span, Any] | None = request.environ.get(PLACE)
    if kept is not None:
        kept[0].set_attribute("http.status_code", response.status_code)
        if response.status_code >= 500:
            kept[0].set_status(StatusCode.ERROR)
    return response
