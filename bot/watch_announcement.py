"""An announcement watched while it goes out, and reported of afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ceiling import SHARES
from bot.core.announcement import Road, State, minutes_needed
from bot.core.announcement_reasons import why
from bot.core.opening import opens_at
from bot.database import reading
from bot.runtime import Runtime
from bot.store.announcement_books import (
    Article,
    Fate,
    all_fates,
    article_stands,
    fates,
    pace_of,
    planned_so_far,
    tally_of,
    unfollowed_after,
)
from bot.store.announcements import StoredAnnouncement
from bot.store.channel_states import held_channels

LATELY = timedelta(minutes=2)
NOT_TOLD = ("failed", "unsure", "skipped")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many were not told."""

    road: str
    state: str
    code: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an announcement is.

    Shape: counts are people, but for a broadcast, which counts as one; `rate` is handed over in a
           minute; `minutes_left` None while nothing moves; `waits` says what it waits for.
    """

    state: State
    reason: str
    people: int
    waiting: int
    sent: int
    received: int
    seen: int
    failed: int
    unsure: int
    skipped: int
    cost_dong: int
    rate: int
    minutes_left: int | None
    reasons: Sequence[Reason]
    by_road: Mapping[str, int]
    article: Article | None
    waits: str
    clicks: int

    @property
    def closed(self) -> int:
        """How many are settled, in whichever way."""
        return self.people - self.waiting

    @property
    def percent(self) -> int:
        """How much of it is settled; 100 only when all is."""
        if not self.people:
            return 100 if self.state is State.DONE else 0
        return min(99, self.closed * 100 // self.people) if self.waiting else 100


def progress(runtime: Runtime, found: StoredAnnouncement) -> Progress:
    """How far it is at this moment: a few quick queries, however many it goes to."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        counts = tally_of(connection, found.id)
        pace = pace_of(connection, found.id, now - LATELY - timedelta(minutes=1))
        article = article_stands(connection, found.id)
        held = held_channels(connection).get("zalo")
        planning = found.started_at is not None and found.planned_at is None
        planned = planned_so_far(connection, found.id) if planning else 0
    sums: dict[str, int] = {}
    by_road: dict[str, int] = {}
    for one in counts:
        sums[one.state] = sums.get(one.state, 0) + one.count
        if one.state not in ("received", "seen"):
            by_road[one.road] = by_road.get(one.road, 0) + one.count
    people = sum(by_road.values()) or planned
    waiting = sums.get("waiting", 0) if not planning else planned
    rate = _rate(pace, now)
    moving = found.state is State.SENDING and waiting > 0
    most = int(runtime.settings.zalo_calls_per_minute * SHARES["bulk"])
    return Progress(
        state=found.state,
        reason=found.reason or "",
        people=people,
        waiting=waiting,
        sent=sums.get("sent", 0),
        received=sums.get("received", 0),
        seen=sums.get("seen", 0),
        failed=sums.get("failed", 0),
        unsure=sums.get("unsure", 0),
        skipped=sums.get("skipped", 0),
        cost_dong=sum(one.cost_dong for one in counts),
        rate=rate,
        minutes_left=minutes_needed(waiting, rate or most) if moving else None,
        reasons=[
            Reason(one.road, one.state, one.code, why(one.state, one.code), one.count)
            for one in counts
            if one.state in NOT_TOLD
        ],
        by_road=by_road,
        article=article,
        waits=_waits(runtime, found, now, planning, held is not None),
        clicks=found.clicks,
    )


def _rate(pace: Sequence[tuple[datetime, int]], now: datetime) -> int:
    """What was handed over in the last whole minute; in the present one while it is the first."""
    minute = now.replace(second=0, microsecond=0)
    last = {at: count for at, count in pace}
    return last.get(minute - timedelta(minutes=1), last.get(minute, 0))


def _waits(
    runtime: Runtime, found: StoredAnnouncement, now: datetime, planning: bool, held: bool
) -> str:
    if found.state is not State.SENDING:
        return ""
    if planning:
        return "Đang lập danh sách người nhận."
    hours, zone = runtime.settings.notice_hours, runtime.settings.zone
    opens = opens_at(now, hours.start, hours.end, zone)
    if opens > now:
        return f"Ngoài giờ gửi, sẽ gửi tiếp từ {opens.astimezone(zone):%H:%M %d/%m/%Y}."
    if held:
        return "Kênh Zalo đang tạm giữ vì lỗi; hệ thống tự thử lại, không cần làm gì."
    return ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an announcement."""

    progress: Progress
    unfollowed: int
    final: bool  # False while people may still unfollow within the day, or it still goes out
    not_told: Sequence[Fate] = field(default_factory=tuple)


def report(runtime: Runtime, found: StoredAnnouncement, after: int = 0) -> Report:
    """The report, with a page of those who did not get it behind the row `after`."""
    now = runtime.now()
    unfollowed = 0
    with reading(runtime.engine) as connection:
        if found.started_at is not None:
            unfollowed = unfollowed_after(connection, found.id, found.started_at)
        missed = fates(connection, found.id, NOT_TOLD, after, PAGE)
    ended = found.finished_at is not None and now - found.finished_at > timedelta(hours=24)
    return Report(progress(runtime, found), unfollowed, ended, missed)


def every_fate(runtime: Runtime, found: StoredAnnouncement) -> Iterator[Fate]:
    """Every recipient, for a file."""
    with reading(runtime.engine) as connection:
        yield from all_fates(connection, found.id)


def masked(recipient: str, road: str) -> str:
    """A recipient as lists show it: the end of an id alone; a phone's index tells nothing."""
    if road == Road.BROADCAST:
        return "Mọi người quan tâm"
    if road == Road.TEMPLATE_PHONE:
        return f"số điện thoại #{recipient[:8]}"
    return f"…{recipient[-6:]}"
