"""Whether the house can work, and what stands in its queues right now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import redis
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy.exc import SQLAlchemyError

from bot.bell import LANES, WORKER_LANES, quick_redis
from bot.database import present_schema, reading, schema_fault
from bot.renew import status as token_status
from bot.runtime import Runtime
from bot.store.channel_states import held_channels
from bot.store.inbox import waiting_events
from bot.store.notice_counts import owed_notices
from bot.store.outbox import owed_by_lane
from bot.store.restored_mark import is_held
from bot.store.workers import living

SIGN_FRESH = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What must be there and is missing, and what is only a worry."""

    missing: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether requests may be sent here."""
        return not self.missing


def readiness(runtime: Runtime) -> Readiness:
    """Ask the database, its schema and Redis; a missing token or worker is a warning."""
    missing: list[str] = []
    warnings: list[str] = []
    try:
        with reading(runtime.engine) as connection:
            if schema_fault(present_schema(connection)):
                missing.append("schema")
            else:
                lanes = living(connection, runtime.now() - SIGN_FRESH)
                warnings += [f"worker.{lane}" for lane in WORKER_LANES if not lanes.get(lane)]
                warnings += [f"channel.{name}" for name in held_channels(connection)]
                warnings += ["restored"] if is_held(connection) else []
    except SQLAlchemyError:
        missing.append("database")
    if not missing:
        token = token_status(runtime)
        if token.consent_needed or not token.usable:
            warnings.append("zalo.token")
    if redis_fault(runtime.settings.redis_url):
        missing.append("redis")
    return Readiness(tuple(missing), tuple(warnings))


def redis_fault(url: str) -> str | None:
    """Why Redis does not answer; None when it does."""
    if not url:
        return "REDIS_URL is not set"
    try:
        quick_redis(url).ping()
    except redis.RedisError as fault:
        return type(fault).__name__
    return None


def present_metrics(runtime: Runtime) -> Iterator[Metric]:
    """Gauges read at the scrape: queue depths and ages, tokens, channels, workers."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        owed = owed_by_lane(connection)
        waiting, oldest_event = waiting_events(connection)
        held = held_channels(connection)
        lanes = living(connection, now - SIGN_FRESH)
        notices = owed_notices(connection, now)
    owed["notice"] = (notices.owed, notices.oldest_due_at or now)
    depth = GaugeMetricFamily("motcua_owed", "Messages owed and not closed", labels=["lane"])
    age = GaugeMetricFamily(
        "motcua_oldest_owed_seconds", "Age of the oldest owed message", labels=["lane"]
    )
    alive = GaugeMetricFamily("motcua_workers", "Workers alive", labels=["lane"])
    for lane in LANES:
        count, oldest = owed.get(lane, (0, now))
        depth.add_metric([lane], count)
        age.add_metric([lane], max(0.0, (now - oldest).total_seconds()))
    for lane in WORKER_LANES:
        alive.add_metric([lane], lanes.get(lane, 0))
    yield from (depth, age, alive)
    inbox_age = (now - oldest_event).total_seconds() if oldest_event else 0.0
    yield _gauge("motcua_inbox_waiting", "Events not worked on yet", waiting)
    yield _gauge("motcua_inbox_oldest_seconds", "Age of the oldest such event", inbox_age)
    held_gauge = GaugeMetricFamily("motcua_channel_held", "Channels on hold", labels=["channel"])
    for name in sorted({"zalo", *held}):
        held_gauge.add_metric([name], 1 if name in held else 0)
    yield held_gauge
    yield _gauge("motcua_notices_held", "Notices held by a fault or a hold", notices.held)
    yield from _token_gauges(runtime)


def _token_gauges(runtime: Runtime) -> Iterator[Metric]:
    token = token_status(runtime)
    yield _gauge("motcua_token_linked", "Whether a Zalo token pair is stored", token.linked)
    yield _gauge(
        "motcua_token_consent_needed", "Whether the OA must consent again", token.consent_needed
    )
    yield _gauge("motcua_token_age_seconds", "Age of the access token", token.age_seconds or 0)
    yield _gauge(
        "motcua_token_expires_in_seconds",
        "Seconds until the access token ends; negative when it has",
        token.expires_in_seconds or 0,
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
