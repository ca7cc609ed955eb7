"""Traces: one for each request through all hops, nothing personal in them, and no cost when off."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from time import monotonic
from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from structlog.testing import capture_logs

from bot.ceiling import Ceiling
from bot.channels.channel import Sent
from bot.channels.http import Wire
from bot.core.message import Outgoing
from bot.core.staff import Role
from bot.deliver import Pump
from bot.hear import hear
from bot.hold import Hold
from bot.logs import log, name_request
from bot.staff import NewAccount, add_account
from bot.trace_export import root_of, trace_of
from bot.trace_strip import KEPT, OWN
from bot.traces import span, stop_traces
from bot.upkeep import JOBS, prepare_jobs, run_due_jobs
from bot.work import work_once
from tests.bot.post import drain
from tests.console.desk import PASSWORD, Client
from tests.conversation import CODE, make_house
from tests.make import make_runtime
from tests.sandbox.rehearsal import QuietServer
from tests.zalo_calls import CITIZEN, raw, signature, text_event
from wsgi import create_app

PHONE, OWNER = "0905123456", "Nguyễn Văn Bình"
SECONDS = 10.0


@dataclass
class Collector:
    """Takes spans as OTLP over HTTP, and answers whatever else is called like a carrier."""

    spans: list[Span] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.take(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self.answers.set()
        self._server = QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        """Keep what came, once this collector answers at all."""
        self.answers.wait(SECONDS)
        if asked.path.endswith("/v1/traces"):
            plain = gzip.decompress(body)
            self.bodies.append(plain)
            for resource in ExportTraceServiceRequest.FromString(plain).resource_spans:
                self.spans += [one for scope in resource.scope_spans for one in scope.spans]
        answer = b"" if asked.path.endswith("/v1/traces") else b'{"error": 0}'
        asked.send_response(200)
        asked.send_header("Content-Length", str(len(answer)))
        asked.end_headers()
        asked.wfile.write(answer)

    def close(self) -> None:
        """Stop listening."""
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()

    def named(self, name: str) -> list[Span]:
        """The spans of this name."""
        return [one for one in self.spans if one.name == name]


@dataclass(frozen=True)
class Carrier:
    """A carrier whose address holds what no trace may hold."""

    url: str
    name: str = "zalo"

    def send(self, message: Outgoing) -> Sent:
        """Hand a message over."""
        address = f"{self.url}/send?access_token=very-secret&to={PHONE}"
        Wire().call(requests.Request("POST", address, json={"text": message.text}).prepare())
        return Sent("m1")


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    stop_traces(SECONDS)
    collector.close()


def tracing(collector: Collector, **more: Any) -> dict[str, Any]:
    always = {"otel_traces_sampler": "always_on"}
    return {"otel_exporter_otlp_endpoint": collector.url, **always, **more}


def test_a_busy_journey_is_one_trace_and_tells_nothing_of_anybody(
    database_url: str, collector: Collector
) -> None:
    house = make_house(database_url, **tracing(collector))
    house.feed(phone=PHONE, owner_name=OWNER)
    add_account(house.runtime, None, NewAccount("boss", frozenset({Role.CLERK})), PASSWORD)
    app = create_app(house.runtime)
    web, body = app.test_client(), raw(text_event(f"Hồ sơ {CODE} tới đâu rồi"))
    headers = {"X-ZEvent-Signature": signature(body)}
    with capture_logs(processors=[name_request]) as lines:
        told = web.post("/webhooks/zalo", data=body, headers=headers)
    hear(house.runtime)
    ceiling, carrier = Ceiling(house.runtime.settings), Carrier(collector.url)
    pump = Pump(house.runtime, "chat", carrier, ceiling, Hold(house.runtime, "zalo"), 4)
    drain(pump)
    pump.stop()
    prepare_jobs(house.runtime)
    run_due_jobs(house.runtime)
    web.get(f"/t/{CODE}-with-its-signature?phone={PHONE}")
    web.get(f"/nothing/{PHONE}/{CODE}?q={PHONE}", headers={"User-Agent": f"phone {PHONE}"})
    desk = Client(web)
    desk.enter("boss")
    desk.post("/console/tim", {"q": PHONE}, follow_redirects=True)
    desk.get(f"/console/ho-so/{CODE}?q={OWNER}")
    with pytest.raises(ValueError, match=PHONE), span("breaks"):
        raise ValueError(f"no such phone: {PHONE}")
    stop_traces(SECONDS)

    request_id = told.headers["X-Request-Id"]
    trace, root = (trace_of(request_id).to_bytes(16), root_of(request_id).to_bytes(8))
    ours = [one for one in collector.spans if one.trace_id == trace]
    [call] = [one for one in ours if one.span_id == root]
    assert (call.name, call.parent_span_id) == ("POST /webhooks/zalo", b"")
    below = {one.name: one for one in ours if one.parent_span_id == root}
    assert {"INSERT", "hear", "deliver"} <= below.keys()
    [sent] = [one for one in ours if one.parent_span_id == below["deliver"].span_id]
    assert (sent.name, sent.kind) == ("POST", Span.SPAN_KIND_CLIENT)
    assert collector.named("job sweep")
    assert {one.name for one in collector.spans if one.kind == Span.SPAN_KIND_SERVER} >= {
        "GET /t/<tail>", "GET", "POST /console/tim", "GET /console/ho-so/<code>",
    }  # fmt: skip
    assert {line["trace_id"] for line in lines if "request_id" in line} == {trace.hex()}

    everything = b"".join(collector.bodies)
    for secret in (PHONE, PHONE[1:], CODE, OWNER, "Bình", CITIZEN, "very-secret", "boss", "bot.db"):
        assert secret.encode() not in everything, secret
    names = {fact.key for one in collector.spans for fact in one.attributes}
    assert all(name in KEPT or name.startswith(OWN) for name in names)
    assert not any(one.events or one.status.message for one in collector.spans)


def test_a_collector_that_does_not_answer_costs_nothing(
    sqlite_url: str, collector: Collector
) -> None:
    collector.answers.clear()
    app = create_app(make_runtime(sqlite_url, **tracing(collector)))
    web, begun = app.test_client(), monotonic()
    for _ in range(200):
        for _ in range(20):  # 4000 spans: twice as many as wait at most
            with span("work"):
                pass
        assert web.get("/tinh-trang").status_code == 200
    stop_traces(0.3)
    assert monotonic() - begun < SECONDS


def test_a_chosen_part_of_requests_is_traced_whole_or_not_at_all(
    sqlite_url: str, collector: Collector
) -> None:
    ratio = {"otel_traces_sampler": "traceidratio", "otel_traces_sampler_arg": 0.5}
    app = create_app(make_runtime(sqlite_url, **tracing(collector, **ratio)))
    asked = []
    for _ in range(40):
        asked.append(app.test_client().get("/tinh-trang").headers["X-Request-Id"])
        with span("later", asked[-1]):  # another process, which knows the row's request alone
            pass
    stop_traces(SECONDS)
    calls, later = (
        {one.trace_id for one in collector.named(n)} for n in ("GET /tinh-trang", "later")
    )
    assert calls == later
    assert 0 < len(calls) < len(asked)


def test_a_burst_of_work_is_traced_and_tells_all_of_it_before_it_ends(
    sqlite_url: str, collector: Collector
) -> None:
    work_once(make_runtime(sqlite_url, **tracing(collector)))
    assert {f"job {one}" for one in JOBS} <= {one.name for one in collector.spans}
    assert b"worker burst" in collector.bodies[0]


def test_without_a_collector_nothing_is_loaded(sqlite_url: str) -> None:
    create_app(make_runtime(sqlite_url))
    with capture_logs(processors=[name_request]) as lines, span("work", "a request"):
        log("test").info("line")
    assert "trace_id" not in lines[0]
    program = (
        "import sys, wsgi, bot.work, bot.cli.main; "
        "print({'.'.join(m.split('.')[:3]) for m in sys.modules} & "
        "{'opentelemetry.sdk.trace', 'opentelemetry.exporter', 'opentelemetry.instrumentation'})"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "set()"  # redis itself loads some of the rest
