"""What is counted and timed, under names that stay."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
SLOW = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 3600)
LONG = (60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600, 48 * 3600)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Every counter and histogram of the product; queue depths are read at the scrape."""

    registry: CollectorRegistry
    shared: Path | None
    webhook_requests: Counter
    webhook_seconds: Histogram
    webhook_refused: Counter
    events: Counter
    reply_seconds: Histogram
    carrier_calls: Counter
    carrier_call_seconds: Histogram
    lookups: Counter
    lookup_limited: Counter
    photos: Counter
    photo_seconds: Histogram
    feed_requests: Counter
    feed_dossiers: Counter
    feed_seconds: Histogram
    outbox_closed: Counter
    inbox_parked: Counter
    token_renewals: Counter
    sms_inbound: Counter
    sms_inbound_seconds: Histogram
    notices_closed: Counter
    notice_attempts: Counter
    notice_seconds: Histogram
    receipts: Counter
    handovers: Counter
    handover_answer_seconds: Histogram
    heartbeats: Counter
    replica_passed_over: Counter

    def render(self, present: Iterable[Metric]) -> bytes:
        """Prometheus text of all processes that share a directory, and of `present`."""
        registry = CollectorRegistry()
        if self.shared:
            MultiProcessCollector(registry, str(self.shared))  # type: ignore[no-untyped-call]
        else:
            registry.register(_Given(self.registry.collect()))
        registry.register(_Given(present))
        return generate_latest(registry)


class _Given:
    """A collector of what was already measured."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def own_metrics() -> Metrics:
    """Metrics of this process alone, for tests and one-off commands."""
    return _build(None)


def shared_metrics(place: Path) -> Metrics:
    """Metrics that every process of this machine adds to, through files in `place`."""
    place.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(place)
    # The library picks its storage when it is first imported, before the settings are read.
    if not getattr(values.ValueClass, "_multiprocess", False):
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return _build(place)


def forget_processes(place: Path) -> None:
    """Drop the files of an earlier start: counters begin again at zero."""
    for file in place.glob("*.db"):
        file.unlink(missing_ok=True)


def _build(shared: Path | None) -> Metrics:
    registry = CollectorRegistry()

    def counter(name: str, text: str, *labels: str) -> Counter:
        return Counter(f"motcua_{name}", text, labels, registry=registry)

    def seconds(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"motcua_{name}", text, labels, buckets=buckets, registry=registry)

    return Metrics(
        registry=registry,
        shared=shared,
        webhook_requests=counter("webhook_requests", "Calls of /webhooks/zalo", "outcome"),
        webhook_seconds=seconds("webhook_seconds", "Time to answer a webhook call", FAST),
        webhook_refused=counter("webhook_refused", "Webhook calls refused", "why"),
        events=counter("events", "Events taken in from carriers", "carrier", "event"),
        reply_seconds=seconds("reply_seconds", "From event stored to reply accepted", SLOW),
        carrier_calls=counter("carrier_calls", "Calls to carriers", "carrier", "call", "outcome"),
        carrier_call_seconds=seconds(
            "carrier_call_seconds", "Time a carrier took to answer", FAST, "carrier", "call"
        ),
        lookups=counter("lookups", "Codes looked up", "way", "result"),
        lookup_limited=counter("lookup_limited", "Lookups refused by a limit", "why"),
        photos=counter("photos", "Photos of citizens", "outcome"),
        photo_seconds=seconds("photo_seconds", "From a photo's event stored to its answer", SLOW),
        feed_requests=counter("feed_requests", "Calls of the feed", "outcome"),
        feed_dossiers=counter("feed_dossiers", "Dossiers received by the feed", "outcome"),
        feed_seconds=seconds("feed_seconds", "Time to answer a feed call", SLOW),
        outbox_closed=counter("outbox_closed", "Messages closed", "lane", "event", "state"),
        inbox_parked=counter("inbox_parked", "Events that could not be worked on", "event"),
        token_renewals=counter("token_renewals", "Renewals of access tokens", "outcome"),
        sms_inbound=counter("sms_inbound", "SMS of citizens", "aggregator", "outcome"),
        sms_inbound_seconds=seconds("sms_inbound_seconds", "Time to answer an inbound SMS", FAST),
        notices_closed=counter("notices_closed", "Notices settled", "event", "channel", "state"),
        notice_attempts=counter(
            "notice_attempts", "Hand-overs of notices to carriers", "rung", "carrier", "outcome"
        ),
        notice_seconds=seconds(
            "notice_seconds", "From a change stored to its notice taken by a carrier", SLOW
        ),
        receipts=counter("receipts", "Delivery receipts of carriers", "carrier", "state"),
        handovers=counter("handovers", "Talks with clerks: opened, answered, closed", "event"),
        handover_answer_seconds=seconds(
            "handover_answer_seconds", "From a talk opened to a clerk's first answer", LONG
        ),
        heartbeats=counter("heartbeats", "Calls of dead man's switches", "job", "outcome"),
        replica_passed_over=counter(
            "replica_passed_over", "Reads of the books that the replica could not serve", "why"
        ),
    )
