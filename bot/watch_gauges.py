"""Gauges of what is watched, read at the scrape: jobs, feeds, money, tokens, disk, promptness."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bot.core.postal import ReturnState
from bot.database import reading
from bot.keep_months import parted_tables
from bot.read_page import TEMPLATE_QUOTA
from bot.reckon_promptness import promptness
from bot.renew import status as token_status
from bot.replica import Standing
from bot.runtime import Runtime
from bot.store.announcement_books import quota_of
from bot.store.gateway_balances import balances
from bot.store.open_messages import database_clock
from bot.watch_feeds import watch_feeds
from bot.watch_jobs import watch_jobs
from bot.watch_post import watch_post


def watch_gauges(runtime: Runtime) -> Iterator[Metric]:
    """What the database and the machine tell of this moment.

    Errors: SQLAlchemyError when the database is away.
    """
    yield from _jobs(runtime)
    yield from _feeds(runtime)
    yield from _money(runtime)
    left = token_status(runtime).refresh_expires_in_seconds
    yield _gauge(
        "motcua_refresh_token_expires_in_seconds",
        "Seconds until the refresh token ends; 0 without one",
        left or 0,
    )
    yield from _machine(runtime)
    yield from _prompt(runtime)
    yield from _post(runtime)
    yield from _growth(runtime)


def _jobs(runtime: Runtime) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        "motcua_last_success_timestamp_seconds",
        "When a timed job last ended without a fault, unix time",
        labels=["job"],
    )
    late = GaugeMetricFamily(
        "motcua_job_late", "1 when a timed job should have succeeded since", labels=["job"]
    )
    for one in watch_jobs(runtime):
        late.add_metric([one.name], int(one.late))
        if one.succeeded_at:
            success.add_metric([one.name], one.succeeded_at.timestamp())
    yield from (success, late)


def _feeds(runtime: Runtime) -> Iterator[Metric]:
    last = GaugeMetricFamily(
        "motcua_feed_last_timestamp_seconds",
        "When an agency's software last fed, unix time",
        labels=["agency"],
    )
    silent = GaugeMetricFamily(
        "motcua_feed_silent", "1 when an agency that feeds daily is silent", labels=["agency"]
    )
    for one in watch_feeds(runtime):
        last.add_metric([one.code], one.last_at.timestamp())
        silent.add_metric([one.code], int(one.silent))
    yield from (last, silent)


def _money(runtime: Runtime) -> Iterator[Metric]:
    left = GaugeMetricFamily(
        "motcua_gateway_balance_dong", "What an SMS gateway said is left", labels=["gateway"]
    )
    with reading(runtime.engine) as connection:
        told, quota = balances(connection), quota_of(connection, TEMPLATE_QUOTA)
    for name, one in sorted(told.items()):
        if one.dong is not None:
            left.add_metric([name], one.dong)
    yield left
    total = GaugeMetricFamily("motcua_template_quota_total", "Template messages allowed on a day")
    remaining = GaugeMetricFamily("motcua_template_quota_remaining", "Those left of today's")
    if quota and quota.total is not None and quota.remaining is not None:
        total.add_metric([], quota.total)
        remaining.add_metric([], quota.remaining)
    yield from (total, remaining)


def _machine(runtime: Runtime) -> Iterator[Metric]:
    with reading(runtime.engine) as connection:
        clock = database_clock(connection)
    # Not the house's clock, which a rehearsal moves: two machines are compared.
    off = (clock - datetime.now(UTC)).total_seconds() if clock else 0.0
    yield _gauge(
        "motcua_clock_off_seconds",
        "Seconds that the database's clock is ahead of this machine's; 0 on SQLite",
        off,
    )
    if not runtime.settings.var_dir.exists():
        return
    disk = shutil.disk_usage(runtime.settings.var_dir)
    yield _gauge("motcua_disk_size_bytes", "Size of the disk that VAR_DIR is on", disk.total)
    yield _gauge("motcua_disk_free_bytes", "What is free of it", disk.free)


def _prompt(runtime: Runtime) -> Iterator[Metric]:
    """Of the newest day; a day without notices has no share."""
    days = [one for one in promptness(runtime) if one.due]
    share = GaugeMetricFamily(
        "motcua_promptness_ratio", "Share of a day's notices that a carrier had within 10 s"
    )
    if days:
        share.add_metric([], days[0].prompt / days[0].due)
    yield share


def _growth(runtime: Runtime) -> Iterator[Metric]:
    """Of what grows by the month on PostgreSQL, and of the read replica where there is one."""
    ahead = GaugeMetricFamily(
        "motcua_months_ahead", "Months made beforehand for a table", labels=["table"]
    )
    lost = GaugeMetricFamily(
        "motcua_months_strays", "Rows of a table that no month is made for", labels=["table"]
    )
    for one in parted_tables(runtime):
        ahead.add_metric([one.table], one.ahead)
        lost.add_metric([one.table], one.strays)
    yield from (ahead, lost)
    good = GaugeMetricFamily("motcua_replica_good", "1 when the books are read from the replica")
    age = GaugeMetricFamily(
        "motcua_replica_age_seconds", "How long ago what the replica holds was true"
    )
    if runtime.replica is not None:
        found = runtime.replica.look()
        good.add_metric([], int(found.standing is Standing.GOOD))
        if found.age is not None:
            age.add_metric([], found.age.total_seconds())
    yield from (good, age)


def _post(runtime: Runtime) -> Iterator[Metric]:
    """Of results by post; nothing without a service."""
    with reading(runtime.engine) as connection:
        report = watch_post(runtime, connection)
    if report is None:
        return
    now = runtime.now()
    states = GaugeMetricFamily(
        "motcua_post_returns", "Results that go back by post, by state", labels=["state"]
    )
    for state in ReturnState:
        states.add_metric([state], report.states.get(state, 0))
    yield states
    late = (now - report.late_since).total_seconds() if report.late_since else 0.0
    text = "Seconds since the first try of the order that waits longest; 0 when none waits"
    yield _gauge("motcua_post_order_oldest_seconds", text, max(late, 0.0))
    age = GaugeMetricFamily(
        "motcua_post_tracking_age_seconds", "Seconds since tracking was read to its end"
    )
    if report.tracked_at:
        age.add_metric([], (now - report.tracked_at).total_seconds())
    yield age
    yield _gauge("motcua_post_items_left", "Item codes that are free", report.items_left)
    yield _gauge("motcua_post_items_total", "Item codes that were entered", report.items)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
