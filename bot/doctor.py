"""The doctor: what is well, what is not, why, and what to do; one finding each."""

from collections.abc import Iterator, Mapping

import requests
from sqlalchemy.exc import SQLAlchemyError

from bot.bell import WORKER_LANES
from bot.calendar_file import packaged_calendar
from bot.channels.channel import SendFailed
from bot.core.national_form import Service
from bot.database import is_ahead, present_schema, reading, schema_fault
from bot.doctor_accounts import account_findings
from bot.doctor_clocks import clock_findings
from bot.doctor_growth import growth_findings
from bot.doctor_identity import identity_findings
from bot.doctor_notices import notice_findings
from bot.doctor_photos import photo_findings
from bot.doctor_post import post_findings
from bot.doctor_redis import redis_findings
from bot.doctor_restored import restored_findings
from bot.doctor_talks import talk_findings
from bot.doctor_templates import template_findings
from bot.doctor_texts import text_findings
from bot.doctor_wordings import wording_findings
from bot.finding import Finding
from bot.health import SIGN_FRESH
from bot.pull import Reader, configured_source, cursors
from bot.renew import TokenSource
from bot.renew import status as token_status
from bot.runtime import Runtime, build_runtime
from bot.settings import SERVICE_NEEDS, Settings, SettingsError, load_settings
from bot.store.agencies import all_agencies
from bot.store.channel_states import held_channels
from bot.store.inbox import parked_events, waiting_events
from bot.store.outbox import owed_by_lane
from bot.store.timed_jobs import job_states
from bot.store.workers import living
from bot.working_calendar import working_calendar

OLD_SECONDS = 60
PULL_GRACE_MINUTES = 5


def examine_settings(environ: Mapping[str, str]) -> list[Finding]:
    """Only what a start depends on before anything else is there: the settings."""
    read = _read(environ)
    return [*_settings(read)] if isinstance(read, Settings) else read


def _read(environ: Mapping[str, str]) -> Settings | list[Finding]:
    try:
        return load_settings(environ, SERVICE_NEEDS)
    except SettingsError as error:
        return [Finding("fail", f"settings.{one.name}", one.why, one.do) for one in error.faults]


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Everything that can be checked from here; never raises."""
    settings = _read(environ)
    if not isinstance(settings, Settings):
        return settings
    socket = settings.embedded_redis_socket
    if not settings.redis_url and socket.exists():
        settings = settings.model_copy(update={"redis_url": f"unix://{socket}"})
    runtime = build_runtime(settings, service=False)
    findings = [*_settings(settings), *redis_findings(settings), *_calendar(runtime)]
    findings += photo_findings(settings)
    try:
        findings += _database(runtime)
    except SQLAlchemyError as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        findings.append(
            Finding("fail", "database", f"does not answer: {why}", "start it, see DATABASE_URL")
        )
    return findings


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "settings", "every setting reads well")
    if settings.clock_offset_seconds:
        yield Finding(
            "warn",
            "clock",
            f"shifted by {settings.clock_offset_seconds} s",
            "remove CLOCK_OFFSET_SECONDS unless this is a rehearsal",
        )
    if settings.zalo_oa_secret_key_previous:
        yield Finding(
            "warn",
            "zalo.key_previous",
            "webhooks signed with the previous OA key are still taken",
            "remove ZALO_OA_SECRET_KEY_PREVIOUS two hours after the change",
        )
    if not settings.public_url.startswith("https://"):
        yield Finding(
            "warn",
            "public_url",
            f"{settings.public_url} is not https, so Zalo cannot call it",
            "set PUBLIC_URL to the public https address before going live",
        )
    elif not settings.trusted_proxies:
        yield Finding(
            "warn",
            "trusted_proxies",
            "is empty although PUBLIC_URL is https: every caller seems to be the proxy, and "
            "/metrics is open to all when the proxy stands on this machine",
            "set TRUSTED_PROXIES to the proxy's address",
        )


def _calendar(runtime: Runtime) -> Iterator[Finding]:
    try:
        calendar = working_calendar(runtime)
    except SQLAlchemyError:  # away, or not migrated yet: that has a finding of its own
        calendar = packaged_calendar()
    warning = calendar.warning(runtime.today())
    if warning:
        yield Finding("warn", "calendar", warning, "see docs/operations.vi.md, calendar")
    else:
        yield Finding("ok", "calendar", "this year and, when due, the next are confirmed")


def _database(runtime: Runtime) -> Iterator[Finding]:
    with reading(runtime.engine) as connection:
        schema = present_schema(connection)
    yield Finding("ok", "database", f"answers ({runtime.engine.dialect.name})")
    fault = schema_fault(schema)
    if fault:
        why, _, do = fault.partition("; ")
        yield Finding("fail", "database.schema", why.removeprefix("its schema "), do)
        return
    newer = ", newer than this version needs: it only added" if is_ahead(schema) else ""
    yield Finding("ok", "database.schema", f"is {schema}{newer}")
    yield from restored_findings(runtime)
    yield from _house(runtime)
    yield from clock_findings(runtime)
    yield from zalo_findings(runtime)
    yield from template_findings(runtime)
    yield from text_findings(runtime)
    yield from wording_findings(runtime)
    yield from notice_findings(runtime)
    yield from post_findings(runtime)
    yield from talk_findings(runtime)
    yield from account_findings(runtime)
    yield from identity_findings(runtime)
    yield from growth_findings(runtime)
    yield from _pull(runtime)


def _house(runtime: Runtime) -> Iterator[Finding]:
    now = runtime.now()
    with reading(runtime.engine) as connection:
        lanes = living(connection, now - SIGN_FRESH)
        agencies = len(all_agencies(connection))
        parked = parked_events(connection)
        jobs = [job for job in job_states(connection) if job.fault]
        waiting = {"inbox": waiting_events(connection), **owed_by_lane(connection)}
    asleep = [lane for lane in WORKER_LANES if not lanes.get(lane)]
    if asleep:
        why = f"none alive for: {', '.join(asleep)}"
        yield Finding("warn", "workers", why, "start one: python -m bot work")
    else:
        yield Finding("ok", "workers", ", ".join(f"{lane} {lanes[lane]}" for lane in WORKER_LANES))
    if not agencies:
        yield Finding(
            "warn", "agencies", "none is known, so the feed refuses all", "run: bot agency add …"
        )
    for name, (count, oldest) in waiting.items():
        old = oldest is not None and (now - oldest).total_seconds() > OLD_SECONDS
        if count and old:
            why = f"{count} waiting, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
            yield Finding("warn", f"queue.{name}", why, "see workers, zalo.token, zalo.channel")
    for event_id, name, fault in parked:
        why = f"event {event_id} ({name}) broke the code: {fault}"
        yield Finding("warn", "inbox.parked", why, "send the log lines around it to the makers")
    for job in jobs:
        why = f"its last run broke: {job.fault}"
        yield Finding("warn", f"timed.{job.name}", why, "see the log line timed_job.broke")


def _pull(runtime: Runtime) -> Iterator[Finding]:
    source, every = configured_source(runtime), runtime.settings.pull_every_minutes
    if source is None or every is None:
        return
    places, parts, level = cursors(Reader(runtime, source)), [], "ok"
    for service in Service:
        cursor = places.get(service)
        read_at = cursor.succeeded_at if cursor else None
        minutes = (runtime.now() - read_at).total_seconds() / 60 if read_at else None
        ago = "never read to its end" if minutes is None else f"read {minutes:.0f} min ago"
        fault = f": {cursor.fault}" if cursor and cursor.fault else ""
        parts.append(f"{service} {ago}{fault}")
        if fault or minutes is None or minutes > 2 * every + PULL_GRACE_MINUTES:
            level = "warn"
    do = "" if level == "ok" else "see the worker's log lines pull.*, or try: bot pull --once"
    yield Finding(level, "pull", "; ".join(parts), do)


def zalo_findings(runtime: Runtime) -> Iterator[Finding]:
    """Whether the token is good, the channel open, and Zalo answers; one call, at most 9 s."""
    token = token_status(runtime)
    if not token.linked:
        yield Finding(
            "fail", "zalo.token", "no token pair is stored", "run: python -m bot zalo link …"
        )
        return
    if token.consent_needed:
        yield Finding(
            "fail",
            "zalo.token",
            f"the OA must consent again: {token.fault or 'the refresh token was refused'}",
            "an OA administrator makes a new pair; then run: python -m bot zalo link …",
        )
    elif not token.usable:
        yield Finding(
            "fail", "zalo.token", "has expired", "run: python -m bot zalo refresh, see the worker"
        )
    else:
        hours = (token.expires_in_seconds or 0) / 3600
        yield Finding("ok", "zalo.token", f"ends in {hours:.1f} h and is renewed before")
    yield from _zalo_channel(runtime)


def _zalo_channel(runtime: Runtime) -> Iterator[Finding]:
    with reading(runtime.engine) as connection:
        held = held_channels(connection).get("zalo")
    if held:
        level = "fail" if held.loud else "warn"
        why = f"on hold since {held.since:%Y-%m-%d %H:%M} UTC: {held.reason}"
        yield Finding(level, "zalo.channel", why, "mend the reason; sending resumes by itself")
    try:
        with requests.Session() as session:
            session.trust_env = False  # the same way out as the worker takes
            answer = session.get(
                f"{runtime.settings.zalo_openapi_url}/v2.0/oa/getoa",
                headers={"access_token": TokenSource(runtime).current()},
                timeout=(3.0, 6.0),
            ).json()
    except (requests.RequestException, ValueError) as fault:
        why = f"does not answer: {type(fault).__name__}"
        yield Finding("fail", "zalo.api", why, "check the way out, and ZALO_OPENAPI_URL")
        return
    except SendFailed as fault:
        yield Finding("fail", "zalo.api", fault.reason, "see zalo.token")
        return
    if answer.get("error") == 0:
        yield Finding("ok", "zalo.api", "answers and takes our token")
    else:
        why = f"refuses our token: {answer.get('error')}"
        yield Finding("fail", "zalo.api", why, "run: python -m bot zalo refresh")
