"""Timed jobs: the sweep, token renewal, tidying; exactly one worker runs each at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import uuid4

from bot.apologise import apologise_if_due
from bot.ask_balances import ask_balances
from bot.ask_batch import forget_old_batches
from bot.bell import LANES
from bot.database import reading
from bot.end_talks import end_quiet_talks
from bot.erase import erase_due
from bot.heartbeat import Heartbeats
from bot.keep_books import keep_books
from bot.keep_months import keep_months
from bot.logs import log
from bot.order_post import order_post
from bot.pull import pull_if_due
from bot.purge import purge_if_due
from bot.read_page import read_page
from bot.reckon_promptness import keep_promptness
from bot.renew import renew_if_due
from bot.review_accounts import close_unused
from bot.runtime import Runtime
from bot.seal_audit import seal_audit
from bot.settle_agencies import turn_agencies
from bot.store.attempts import forget_receipts
from bot.store.feed_uses import forget_uses
from bot.store.inbox import waiting_events
from bot.store.login_refusals import forget_refusals
from bot.store.notice_claims import notices_due
from bot.store.outbox import forget_echoes, is_due
from bot.store.phone_proofs import blank_old_proofs
from bot.store.staff_sessions import forget_sessions
from bot.store.timed_jobs import Wish, ensure_jobs, finish_job, take_job
from bot.store.workers import forget_signs
from bot.traces import span
from bot.track_post import track_post
from bot.verify_audit import check_audit_if_due

ECHOES_KEPT = timedelta(days=2)
SIGNS_KEPT = timedelta(hours=1)
PROOFS_KEPT = timedelta(days=2)  # the daily limits count a code no longer than that
SESSIONS_KEPT = timedelta(days=30)  # of the console; none lasts longer than 12 hours
FEED_CALLS_KEPT = timedelta(days=8)
FED_DAYS_KEPT = timedelta(days=60)
REFUSALS_KEPT = timedelta(hours=1)  # of log-ins; they count for a quarter of it
CHANNELS = ("zalo",)

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class TimedJob:
    """A job, how often it is due, and how long a run may hold it before another takes over.

    Shape: one that may take `long` does not begin while the evening's apologies are about to.
    """

    run: Callable[[Runtime], object]
    every: timedelta
    lease: timedelta
    long: bool = False


def sweep(runtime: Runtime) -> list[str]:
    """Ring for every lane that has something due; returns those lanes.

    Covers every ring that was lost: a process killed between commit and ring, Redis flushed.
    """
    now = runtime.now()
    with reading(runtime.engine) as connection:
        due = [
            lane
            for lane in LANES
            if any(is_due(connection, lane, channel, now) for channel in CHANNELS)
        ]
        waiting, _ = waiting_events(connection)
        if notices_due(connection, now):
            due.append("notice")
    if waiting and "chat" not in due:
        due.append("chat")
    for lane in due:
        runtime.bell.ring(lane)
    return due


def tidy(runtime: Runtime) -> None:
    """Drop what only mattered for a while, so that tables do not grow with time."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        forget_echoes(connection, now - ECHOES_KEPT)
        forget_receipts(connection, now - ECHOES_KEPT)
        forget_signs(connection, now - SIGNS_KEPT)
        blank_old_proofs(connection, now - PROOFS_KEPT)
        forget_sessions(connection, now - SESSIONS_KEPT)
        forget_refusals(connection, now - REFUSALS_KEPT)
        forget_uses(connection, now - FEED_CALLS_KEPT, runtime.today() - FED_DAYS_KEPT)
    forget_old_batches(runtime)


JOBS: Mapping[str, TimedJob] = {
    "sweep": TimedJob(sweep, timedelta(seconds=10), timedelta(seconds=30)),
    "renew-token": TimedJob(renew_if_due, timedelta(seconds=30), timedelta(minutes=2)),
    "apologise": TimedJob(apologise_if_due, timedelta(seconds=20), timedelta(minutes=1)),
    "pull": TimedJob(pull_if_due, timedelta(seconds=30), timedelta(minutes=2)),
    "end-talks": TimedJob(end_quiet_talks, timedelta(minutes=5), timedelta(minutes=2)),
    "books": TimedJob(keep_books, timedelta(minutes=5), timedelta(minutes=10)),
    "read-page": TimedJob(read_page, timedelta(minutes=5), timedelta(minutes=3)),
    "balances": TimedJob(ask_balances, timedelta(minutes=15), timedelta(minutes=2)),
    "promptness": TimedJob(keep_promptness, timedelta(minutes=5), timedelta(minutes=10), long=True),
    "erase": TimedJob(erase_due, timedelta(minutes=5), timedelta(minutes=10), long=True),
    "purge": TimedJob(purge_if_due, timedelta(seconds=30), timedelta(minutes=5)),
    "seal-audit": TimedJob(seal_audit, timedelta(minutes=1), timedelta(minutes=10), long=True),
    "check-audit": TimedJob(
        check_audit_if_due, timedelta(minutes=30), timedelta(minutes=30), long=True
    ),
    "close-unused": TimedJob(close_unused, timedelta(hours=6), timedelta(minutes=10)),
    "months": TimedJob(keep_months, timedelta(hours=1), timedelta(minutes=10)),
    "agencies": TimedJob(turn_agencies, timedelta(minutes=1), timedelta(minutes=1)),
    "order-post": TimedJob(order_post, timedelta(seconds=30), timedelta(minutes=2)),
    "track-post": TimedJob(track_post, timedelta(minutes=15), timedelta(minutes=2)),
    "tidy": TimedJob(tidy, timedelta(hours=1), timedelta(minutes=10)),
}


# Local time in which nothing long begins: jobs go one after the other, and the apologies have to
# begin within a minute of 17:30.
CLEAR_FROM, CLEAR_UNTIL = time(17, 15), time(17, 40)


def prepare_jobs(runtime: Runtime) -> None:
    """Give every timed job its row."""
    with runtime.engine.begin() as connection:
        ensure_jobs(connection, JOBS, runtime.now())


def run_due_jobs(runtime: Runtime, heartbeats: Heartbeats | None = None) -> list[str]:
    """Run every job that is due and that no other worker runs; returns their names."""
    beats = heartbeats or Heartbeats()
    local = runtime.now().astimezone(runtime.settings.zone).time()
    clear = CLEAR_FROM <= local < CLEAR_UNTIL
    jobs = [(name, job) for name, job in JOBS.items() if not (job.long and clear)]
    return [name for name, job in jobs if _run(runtime, name, job, beats)]


def _run(runtime: Runtime, name: str, job: TimedJob, heartbeats: Heartbeats) -> bool:
    holder = uuid4().hex
    now = runtime.now()
    with runtime.engine.begin() as connection:
        if not take_job(connection, Wish(name, holder, now, job.every, job.lease)):
            return False
    fault, outcome = "", None
    try:
        with span(f"job {name}"):
            outcome = job.run(runtime)
    except Exception as broke:  # one job's fault must not stop the others
        fault = type(broke).__name__
        logger.exception("timed_job.broke", job=name)
    done = runtime.now()
    with runtime.engine.begin() as connection:
        finish_job(connection, name, holder, done, done + job.every, fault)
    if not fault:
        heartbeats.after(runtime, name, outcome)
    return True
