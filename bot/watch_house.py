"""The house at one moment, as its operators look at it: owed, jobs, workers, feeds, machine."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.bell import WORKER_LANES
from bot.core.book_reason import reason_of
from bot.database import reading
from bot.health import SIGN_FRESH
from bot.reckon_promptness import promptness
from bot.runbook import Alarm
from bot.runtime import Runtime
from bot.store.inbox import parked_events, waiting_events
from bot.store.notice_counts import OwedNotices, failed_since, owed_notices
from bot.store.open_messages import OpenMessages, closed_states, database_clock, open_messages
from bot.store.prompt_days import PromptDay
from bot.store.workers import living
from bot.watch_channels import ChannelReport, watch_channels
from bot.watch_feeds import FedAgency, feed_alarms, watch_feeds
from bot.watch_growth import growth_alarms
from bot.watch_jobs import WatchedJob, job_alarms, watch_jobs
from bot.watch_post import post_alarms, watch_post
from bot.watch_rules import House, watch_rules

LOOKED_BACK = timedelta(hours=24)
MOST_REASONS = 50  # kinds of wording that are put into classes
MOST_PARKED = 5


@dataclass(frozen=True, slots=True)
class Machine:
    """Units: bytes; `clock_off` seconds that the database's clock is ahead, None when unknown."""

    disk_total: int
    disk_free: int
    clock_off: float | None
    clock_offset: int

    @property
    def disk_percent(self) -> float:
        """How much of the disk is free."""
        return 100 * self.disk_free / self.disk_total if self.disk_total else 0.0


@dataclass(frozen=True, slots=True)
class HouseReport:
    """Everything at one moment; `reasons` counts what failed in 24 hours by its class."""

    at: datetime
    owed: Sequence[OpenMessages]
    inbox: tuple[int, datetime | None]
    notices: OwedNotices
    closed: Mapping[str, int]
    reasons: Sequence[tuple[str, int]]
    parked: Sequence[tuple[int, str, str]]
    jobs: Sequence[WatchedJob]
    workers: Mapping[str, int]
    feeds: Sequence[FedAgency]
    prompt: Sequence[PromptDay]
    machine: Machine
    channels: ChannelReport
    alarms: Sequence[Alarm]


def watch_house(runtime: Runtime, covered: AbstractSet[str] | None = None) -> HouseReport:
    """Look at everything; only reads, and calls nobody.

    Shape: `covered` are the agencies whose feeds are told of, None for all.
    """
    now = runtime.now()
    with reading(runtime.engine) as connection:
        owed, inbox = open_messages(connection), waiting_events(connection)
        notices = owed_notices(connection, now)
        closed = closed_states(connection, now - LOOKED_BACK)
        failed = failed_since(connection, now - LOOKED_BACK, MOST_REASONS)
        parked = parked_events(connection, MOST_PARKED)
        lanes = living(connection, now - SIGN_FRESH)
        clock = database_clock(connection)
        post = watch_post(runtime, connection)
    machine = _machine(runtime, clock)
    jobs, feeds, channels = (
        watch_jobs(runtime),
        watch_feeds(runtime, covered),
        watch_channels(runtime),
    )
    workers = {lane: lanes.get(lane, 0) for lane in WORKER_LANES}
    prompt = promptness(runtime)
    alarms = [
        *_worker_alarms(workers),
        *_queue_alarms(owed, inbox, notices, now),
        *job_alarms(jobs),
        *channels.alarms,
        *feed_alarms(feeds),
        *_parked_alarms(parked),
        *_house_alarms(machine, prompt),
        *growth_alarms(runtime),
        *post_alarms(post, now),
    ]
    reasons: Counter[str] = Counter()
    for said, count in failed:
        reasons[str(reason_of(said))] += count
    return HouseReport(
        at=now,
        owed=owed,
        inbox=inbox,
        notices=notices,
        closed=closed,
        reasons=reasons.most_common(),
        parked=parked,
        jobs=jobs,
        workers=workers,
        feeds=feeds,
        prompt=prompt,
        machine=machine,
        channels=channels,
        alarms=alarms,
    )


def _machine(runtime: Runtime, clock: datetime | None) -> Machine:
    place = runtime.settings.var_dir
    place.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(place)
    # Not the house's clock, which a rehearsal moves: two machines are compared.
    off = (clock - datetime.now(UTC)).total_seconds() if clock else None
    return Machine(disk.total, disk.free, off, runtime.settings.clock_offset_seconds)


def _worker_alarms(workers: Mapping[str, int]) -> Iterator[Alarm]:
    for lane, alive in workers.items():
        if not alive:
            yield Alarm("MotcuaWorkerGone", lane, "không có tiến trình nào sống")


def _queue_alarms(
    owed: Sequence[OpenMessages],
    inbox: tuple[int, datetime | None],
    notices: OwedNotices,
    now: datetime,
) -> Iterator[Alarm]:
    rules = watch_rules().queues
    oldest = [one.oldest_at for one in owed if one.lane == "chat"]
    ages = (
        ("MotcuaInboxOld", "inbox", inbox[1], rules.inbox),
        ("MotcuaRepliesOld", "chat", min(oldest, default=None), rules.chat),
        ("MotcuaNoticesOld", "notice", notices.oldest_due_at, rules.notice),
    )
    for name, about, since, limit in ages:
        seconds = (now - since).total_seconds() if since else 0.0
        if seconds > limit:
            yield Alarm(name, about, f"cũ nhất đã {seconds / 60:.0f} phút")


def _parked_alarms(parked: Sequence[tuple[int, str, str]]) -> Iterator[Alarm]:
    if parked:
        yield Alarm("MotcuaParked", "inbox", f"sự kiện mới nhất: số {parked[0][0]}")


def _house_alarms(machine: Machine, prompt: Sequence[PromptDay]) -> Iterator[Alarm]:
    rules: House = watch_rules().house
    if machine.disk_percent < rules.disk_percent:
        yield Alarm("MotcuaDiskFull", "VAR_DIR", f"còn {machine.disk_percent:.0f} % chỗ trống")
    off = abs(machine.clock_off or 0.0)
    if machine.clock_offset or off > rules.clock_seconds:
        told = (
            f"lệch {off:.0f} giây" if not machine.clock_offset else "CLOCK_OFFSET_SECONDS đang đặt"
        )
        yield Alarm("MotcuaClockOff", "", told)
    newest = prompt[0] if prompt else None
    if newest and newest.due and 100 * newest.prompt < rules.promptness_percent * newest.due:
        told = f"{newest.day:%d/%m/%Y}: {100 * newest.prompt / newest.due:.1f} %"
        yield Alarm("MotcuaPromptnessLow", "", told)
