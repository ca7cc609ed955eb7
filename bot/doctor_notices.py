"""What the doctor says of notices and their ways out."""

from collections.abc import Iterator
from datetime import timedelta

from bot.database import reading
from bot.finding import Finding
from bot.runtime import Runtime
from bot.store.channel_states import held_channels
from bot.store.notice_counts import failed_since, owed_notices

OLD = timedelta(seconds=60)
LOOKED_BACK = timedelta(hours=24)
MOST_REASONS = 3


def notice_findings(runtime: Runtime) -> Iterator[Finding]:
    """Notices that wait too long or failed, channels on hold, gateways that are not set."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        held = held_channels(connection)
        owed = owed_notices(connection, now)
        failed = failed_since(connection, now - LOOKED_BACK, MOST_REASONS)
    for name, one in sorted(held.items()):
        if name != "zalo":  # the doctor of the OA says that
            why = f"on hold since {one.since:%Y-%m-%d %H:%M} UTC: {one.reason}"
            level = "fail" if one.loud else "warn"
            yield Finding(level, f"channel.{name}", why, "mend the reason; it resumes by itself")
    oldest = owed.oldest_due_at
    if owed.overdue and oldest is not None and now - oldest > OLD:
        why = f"{owed.overdue} overdue, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
        yield Finding("warn", "notices.overdue", why, "see workers, channel.*, zalo.token")
    else:
        why = f"{owed.owed} owed, {owed.held} of them held, none overdue"
        yield Finding("ok", "notices", why)
    for reason, count in failed:
        why = f"{count} in 24 hours: {reason}"
        yield Finding("warn", "notices.failed", why, "see docs/operations.vi.md, alarms")
    yield from _gateways(runtime)


def _gateways(runtime: Runtime) -> Iterator[Finding]:
    settings = runtime.settings
    if settings.sms_gateway == "none":
        why = "none is set: who has no Zalo is told nothing"
        yield Finding("warn", "sms.gateway", why, "set SMS_GATEWAY; see docs/gateways.md")
    else:
        reserve = settings.sms_gateway_reserve
        behind = f", reserve {reserve}" if reserve != "none" else ", no reserve"
        yield Finding("ok", "sms.gateway", f"{settings.sms_gateway}{behind}")
    inbound = [
        name
        for name, key in (
            ("esms", settings.sms_mo_esms_key),
            ("1pay", settings.sms_mo_1pay_secret),
            ("cpurl", settings.sms_mo_cpurl_ips),
        )
        if key
    ]
    if inbound:
        yield Finding("ok", "sms.inbound", f"taken from: {', '.join(inbound)}")
    else:
        why = "no aggregator is set: questions by SMS are refused"
        yield Finding("warn", "sms.inbound", why, "set SMS_MO_…; see docs/sms-in.md")
