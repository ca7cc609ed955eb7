"""What the doctor says of results that go back by post."""

from collections.abc import Iterator

from bot.core.postal import ReturnState
from bot.database import reading
from bot.finding import Finding
from bot.post_sender import lacking, sending_desk
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.post_orders import desks_of_open
from bot.watch_post import ORDER_LATE, TRACKING_OLD, PostReport, is_low, watch_post

MOST_NAMED = 10
PAGE = "see /console/buu-dien"


def post_findings(runtime: Runtime) -> Iterator[Finding]:
    """The service, desks that cannot order, orders and tracking that stand still."""
    with reading(runtime.engine) as connection:
        report = watch_post(runtime, connection)
        agencies = {one.code: one for one in all_agencies(connection)} if report else {}
        desks = desks_of_open(connection) if report else set()
    if report is None:
        why = "none: whoever ticked the post is asked to come to the desk"
        yield Finding("ok", "post", why)
        return
    counts = ", ".join(f"{state} {count}" for state, count in sorted(report.states.items()))
    yield Finding("ok", "post", f"{report.service}; {counts or 'no returns yet'}")
    mute = sorted(code for code in desks if lacking(sending_desk(agencies, code)))
    if mute:
        named = ", ".join(mute[:MOST_NAMED]) + (" …" if len(mute) > MOST_NAMED else "")
        why = f"{len(mute)} agencies cannot order, their desk says no address or telephone: {named}"
        yield Finding("warn", "post.desks", why, "enter both at /console/quay, for each of them")
    yield from _to_mend(report)
    yield from _late(runtime, report)


def _to_mend(report: PostReport) -> Iterator[Finding]:
    unaddressed = report.states.get(ReturnState.UNADDRESSED, 0)
    refused = report.states.get(ReturnState.REFUSED, 0)
    if unaddressed:
        why = f"{unaddressed} returns have no address that reads as one"
        yield Finding("warn", "post.unaddressed", why, f"{PAGE}; desks ask the citizens")
    if refused:
        why = f"{refused} orders were refused for good"
        yield Finding("warn", "post.refused", why, f"{PAGE}: the reason stands with each")
    if is_low(report):
        why = f"{report.items_left} of {report.items} item codes are left"
        yield Finding("warn", "post.items", why, "ask the postal service for another block")


def _late(runtime: Runtime, report: PostReport) -> Iterator[Finding]:
    now = runtime.now()
    if report.late_since is not None and now - report.late_since > ORDER_LATE:
        why = f"an order has waited since {report.late_since:%Y-%m-%d %H:%M} UTC"
        yield Finding(
            "warn", "post.orders", why, "see the log, post.refused; POST_URL; the way out"
        )
    if report.halted:
        why = f"{report.halted} orders wait: the service refuses our account, or all orders alike"
        yield Finding("warn", "post.account", why, f"see POST_CUSTOMER_CODE, POST_USER; {PAGE}")
    if report.fault:
        yield Finding("warn", "post.tracking", report.fault, "see POST_URL, POST_USER")
    elif report.tracked_at is not None and now - report.tracked_at > TRACKING_OLD:
        why = f"was last read to its end at {report.tracked_at:%Y-%m-%d %H:%M} UTC"
        yield Finding("warn", "post.tracking", why, "see the worker's clock lane, job track-post")
