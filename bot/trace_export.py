"""Traces on their way to the collector: named by web requests, chosen, sent behind the work."""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from time import time_ns
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.propagate import set_global_textmap
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    Decision,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.types import Attributes

from bot.logs import present_request
from bot.settings import Settings
from bot.trace_requests import watch
from bot.trace_statements import Statements
from bot.trace_strip import OWN, Stripped
from bot.traces import Fact
from bot.version import product_version

SECONDS = 3.0  # that the collector has for an answer
QUEUE, BATCH, EVERY_SECONDS = 2048, 256, 2.0  # what does not fit in is dropped: nothing waits

_rooted: ContextVar[str] = ContextVar("rooted", default="")


def trace_of(request_id: str) -> int:
    """The trace of a web request: 128 bits, the same in every process that works for it."""
    return int.from_bytes(sha256(request_id.encode()).digest()[:16]) or 1


def root_of(request_id: str) -> int:
    """The span of the web request itself, under which all others hang."""
    return int.from_bytes(sha256(request_id.encode()).digest()[16:24]) or 1


class RequestNames(IdGenerator):
    """Names traces by the web request under way, and at random outside of one."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_trace_id(self) -> int:
        """The id of a trace that begins."""
        request_id = present_request()
        if not request_id:
            return self._random.generate_trace_id()
        _rooted.set(f"?{request_id}" if _rooted.get() != request_id else request_id)
        return trace_of(request_id)

    def generate_span_id(self) -> int:
        """The id of a span: the request's own for the first one that begins its trace."""
        request_id = present_request()
        if request_id and _rooted.get() == f"?{request_id}":
            _rooted.set(request_id)
            return root_of(request_id)
        return self._random.generate_span_id()


class Choice(Sampler):
    """Chooses whole traces by their id, alike in every process; a call alone is no trace."""

    def __init__(self, chosen: Sampler) -> None:
        self._chosen = chosen

    def takes(self, trace_id: int) -> bool:
        """Whether a trace of this id is kept."""
        return self._chosen.should_sample(None, trace_id, "").decision is Decision.RECORD_AND_SAMPLE

    def should_sample(  # noqa: PLR0913  (the library's signature)
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,  # noqa: ARG002
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,  # noqa: ARG002
        trace_state: TraceState | None = None,  # noqa: ARG002
    ) -> SamplingResult:
        """Keep a span, or not."""
        parent = trace.get_current_span(parent_context).get_span_context()
        if parent.is_valid:
            keeps = parent.trace_flags.sampled
        else:  # lanes look at the database all day long: that is nobody's trace
            keeps = kind is not SpanKind.CLIENT and self.takes(trace_id)
        decision = Decision.RECORD_AND_SAMPLE if keeps else Decision.DROP
        return SamplingResult(decision, attributes if keeps else None)

    def get_description(self) -> str:
        """What it is called."""
        return f"Choice({self._chosen.get_description()})"


class Nowhere(TextMapPropagator):
    """Strangers begin no trace of ours, and carriers hear of none."""

    def extract(self, carrier: Any, context: Context | None = None, getter: Any = None) -> Context:  # noqa: ARG002
        """What a caller says of its trace: nothing."""
        return context or Context()

    def inject(self, carrier: Any, context: Context | None = None, setter: Any = None) -> None:
        """What those that we call are told: nothing."""

    @property
    def fields(self) -> set[str]:
        """Headers that are read or set."""
        return set()


class Export:
    """The traces of this process, from its beginning to its end."""

    def __init__(self, provider: TracerProvider, sampler: Choice, patched: Sequence[Any]) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("motcua")
        self._sampler = sampler
        self._patched = patched

    @contextmanager
    def span(self, name: str, request_id: str, facts: Mapping[str, Fact]) -> Iterator[None]:
        """One piece of work."""
        own = {OWN + fact: value for fact, value in facts.items()}
        context = self._within(request_id) if request_id else None
        with self._tracer.start_as_current_span(
            name, context, SpanKind.INTERNAL, own, record_exception=False
        ):
            yield

    def tell(self, name: str, requests: Mapping[str, int], since: int, until: int) -> None:
        """Put what a batch did for single requests into their own traces."""
        for request_id, row in requests.items():
            told = self._tracer.start_span(
                name,
                self._within(request_id),
                attributes={OWN + "row": row, OWN + "batch": len(requests)},
                start_time=since or until,
            )
            told.end(until)

    def _within(self, request_id: str) -> Context:
        """The place below a web request that another process has answered."""
        trace_id = trace_of(request_id)
        flags = TraceFlags.SAMPLED if self._sampler.takes(trace_id) else TraceFlags.DEFAULT
        parent = SpanContext(trace_id, root_of(request_id), True, TraceFlags(flags))
        return trace.set_span_in_context(trace.NonRecordingSpan(parent))

    def present(self) -> str:
        """The trace under way."""
        found = trace.get_current_span().get_span_context()
        return trace.format_trace_id(found.trace_id) if found.is_valid else ""

    def clock(self) -> int:
        """Nanoseconds since 1970."""
        return time_ns()

    def stop(self, seconds: float) -> None:
        """Send what is left, for so long at most: a stop waits for no collector."""
        for one in self._patched:
            one.uninstrument()
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(seconds)


def begin(settings: Settings, role: str, engines: Collection[Any], app: Any) -> Export:
    """Trace this process: its pages, its statements, its calls to carriers."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # we tell it in our own way
    set_global_textmap(Nowhere())
    sampler = Choice(_sampler(settings))
    provider = TracerProvider(
        sampler=sampler,
        resource=Resource({"service.name": settings.otel_service_name, **_own_facts(role)}),
        id_generator=RequestNames(),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            Stripped(_exporter(settings)), QUEUE, EVERY_SECONDS * 1000, BATCH, SECONDS * 1000
        )
    )
    statements = Statements(provider.get_tracer("motcua.statements"), engines)
    calls = RequestsInstrumentor()
    calls.instrument(
        tracer_provider=provider,
        meter_provider=NoOpMeterProvider(),  # counts are Prometheus's
        request_hook=_name_host,
    )
    if app is not None:
        watch(app, provider.get_tracer("motcua.requests"))
    return Export(provider, sampler, (statements, calls))


def _exporter(settings: Settings) -> SpanExporter:
    session = requests.Session()
    session.trust_env = False  # no proxy and no certificates from the environment
    return OTLPSpanExporter(
        endpoint=f"{settings.otel_exporter_otlp_endpoint}/v1/traces",
        headers=_headers(settings.otel_exporter_otlp_headers),
        timeout=SECONDS,
        compression=Compression.Gzip,
        session=session,
    )


def _headers(written: str) -> dict[str, str]:
    """Headers for the collector, as they are listed: name=value,name=value."""
    pairs = (one.partition("=") for one in written.split(",") if "=" in one)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _sampler(settings: Settings) -> Sampler:
    named = settings.otel_traces_sampler.removeprefix("parentbased_")
    if named == "traceidratio":
        return TraceIdRatioBased(settings.otel_traces_sampler_arg)
    return ALWAYS_ON if named == "always_on" else ALWAYS_OFF


def _own_facts(role: str) -> dict[str, str]:
    return {"service.version": product_version(), OWN + "role": role}


def _name_host(span: Any, request: requests.PreparedRequest) -> None:
    """Which machine is called, and nothing of what for."""
    span.set_attribute(OWN + "host", urlsplit(request.url or "").hostname or "")
