"""The postal service's tracking: read page by page, kept once, told where it is news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from bot.channels.channel import SendFailed
from bot.channels.post_service import MOST_TRACKED, PostService, TrackedPage
from bot.channels.vnpost import build_vnpost
from bot.core.agency import Agency
from bot.core.notice import NoticeEvent
from bot.core.postal import ENDED, Milestone, ReturnState, Tracked, milestone_of, state_after
from bot.database import reading
from bot.logs import log
from bot.move_dossier import hand_back_delivered
from bot.notice_record import Owing, notice_record
from bot.order_post import keep_item
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.notices import owe_notices
from bot.store.post_orders import change_return, returns_of
from bot.store.post_tracking import (
    Parcel,
    add_line,
    delivered_in_result,
    hold_parcels,
    move_track_cursor,
    note_tracking,
    track_cursor,
)

BUDGET_SECONDS = 5.0  # of a run, which other timed jobs wait for; the next run goes on
# A result delivered that long ago and still not handed back was taken back on purpose.
HANDED_BACK_WITHIN = timedelta(days=7)
MOST_HANDED_BACK = 50
MOST_AHEAD = timedelta(hours=1)  # of the service's clock; further ahead, it is wrong
# What a citizen is told when a parcel comes to stand here.
EARNED: Mapping[ReturnState, NoticeEvent] = {
    ReturnState.COLLECTED: NoticeEvent.POSTED,
    ReturnState.UNDER_WAY: NoticeEvent.POSTED,
    ReturnState.RETURNED: NoticeEvent.POST_BACK,
}

logger = log(__name__)


@dataclass(slots=True)
class TrackedRun:
    """What a run brought: lines that are new, those of orders that are not ours, and a fault."""

    new: int = 0
    unknown: int = 0
    owed: int = 0
    fault: str = ""
    handed_back: int = 0


def cursor_name(runtime: Runtime) -> str:
    """The cursor's name: another address or another customer begins anew."""
    settings = runtime.settings
    mark = sha256(f"{settings.post_url} {settings.post_customer_code}".encode()).hexdigest()
    return f"tracking:{mark[:24]}"


def track_post(runtime: Runtime, service: PostService | None = None) -> TrackedRun | None:
    """The timed job: read tracking from where it stands, then hand back what was delivered.

    Where orders go by file, what was delivered stood in a file too.
    Lines and cursor are one transaction, so that a run which was killed goes on where it stood,
    and a line told twice is kept once.
    """
    run, name, whole = TrackedRun(), cursor_name(runtime), False
    if runtime.settings.post_service == "none":
        return None
    if runtime.settings.post_service == "file":
        run.handed_back = _hand_back(runtime)
        return run
    service = service or build_vnpost(runtime.settings, runtime.metrics)
    ends = monotonic() + BUDGET_SECONDS
    with runtime.engine.begin() as connection:
        after = track_cursor(connection, name, hold=True).last_id
    try:
        while not whole and monotonic() < ends:
            page = service.track(after)
            _keep(runtime, name, page, run)
            whole = len(page.lines) < MOST_TRACKED or page.last_id <= after
            after = page.last_id
    except SendFailed as failed:
        run.fault = failed.reason
        logger.warning("post.track_failed", again=str(failed.again), code=failed.code)
    with runtime.engine.begin() as connection:
        note_tracking(connection, name, runtime.now(), run.fault or None, whole)
    if run.owed:
        runtime.bell.ring("notice")
    run.handed_back = _hand_back(runtime)
    logger.info("post.tracked", new=run.new, unknown=run.unknown, owed=run.owed)
    return run


def _keep(runtime: Runtime, name: str, page: TrackedPage, run: TrackedRun) -> None:
    """Store one page, unless another run was faster."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        stored = track_cursor(connection, name, hold=True).last_id
        lines = [line for line in page.lines if line.id > stored]
        keeper = Keeper(runtime, connection, now, name)
        unknown = keeper.keep(lines)
        move_track_cursor(connection, name, page.last_id, unknown)
    run.new += keeper.kept
    run.unknown += unknown
    run.owed += keeper.owed


@dataclass(slots=True)
class Keeper:
    """Keeps lines of tracking inside one transaction.

    Shape: `service` tells whose numbers the lines have; `kept` counts those that were new, `owed`
           the notices they earned.
    """

    runtime: Runtime
    connection: Connection
    now: datetime
    service: str
    kept: int = 0
    owed: int = 0
    _agencies: Mapping[str, Agency] = field(default_factory=dict)

    def keep(self, lines: Sequence[Tracked]) -> int:
        """Keep these lines; how many are of orders that are not ours."""
        parcels = hold_parcels(self.connection, {line.order_number for line in lines})
        if parcels:
            self._agencies = {one.code: one for one in all_agencies(self.connection)}
        unknown = 0
        for line in lines:
            parcel = parcels.get(line.order_number)
            if parcel is None:
                unknown += 1
                continue
            parcels[line.order_number] = self.keep_line(parcel, line, milestone_of(line.message))
        return unknown

    def keep_line(self, parcel: Parcel, line: Tracked, milestone: Milestone) -> Parcel:
        """Keep one line of a parcel held here; the parcel as it stands then."""
        before = parcel.one.state
        after = state_after(before, milestone)
        at = line.at if line.at and line.at <= self.now + MOST_AHEAD else self.now
        event = _earned(before, after)
        event = event if event and self._may_tell(parcel) else None
        if not add_line(self.connection, self._row(parcel, line, milestone, at, event)):
            return parcel
        self.kept += 1
        one = parcel.one
        change_return(self.connection, one.id, self.now, _moved(parcel, after, at))
        if line.item_code:
            keep_item(self.runtime, self.connection, one, line.item_code)
        if event is not None:
            self._owe(parcel, event, at)
        return replace(parcel, one=returns_of(self.connection, [one.dossier_id])[one.dossier_id])

    def _may_tell(self, parcel: Parcel) -> bool:
        """Whether the citizen wants to be told at all: not of what is done the same day."""
        agency = self._agencies.get(parcel.agency_code)
        return not parcel.same_day or (agency is not None and agency.same_day_notices)

    def _row(
        self,
        parcel: Parcel,
        line: Tracked,
        milestone: Milestone,
        at: datetime,
        event: NoticeEvent | None,
    ) -> dict[str, Any]:
        return {
            "return_id": parcel.one.id,
            "dossier_id": parcel.one.dossier_id,
            "service": self.service,
            "row_id": line.id,
            "code": line.code,
            "message": self.runtime.vault.seal(line.message) if line.message else None,
            "milestone": str(milestone),
            "at": at,
            "arrived_at": self.now,
            "earned": str(event) if event else None,
            "agency_code": parcel.agency_code,
            "procedure_code": parcel.procedure_code,
        }

    def _owe(self, parcel: Parcel, event: NoticeEvent, at: datetime) -> None:
        owing = Owing(
            event=event,
            dossier_id=parcel.one.dossier_id,
            changed_at=at,
            recipient=parcel.phone_index.hex() if parcel.phone_index else "",
            agency_code=parcel.agency_code,
            procedure_code=parcel.procedure_code,
            due_at=self.now,
            step=parcel.step,
            promised_at=parcel.due_at,
        )
        owe_notices(self.connection, [notice_record(owing, self.now)])
        self.owed += 1


def _earned(before: ReturnState, after: ReturnState) -> NoticeEvent | None:
    """What a step of a parcel earns: that the post has it is told once."""
    event = EARNED.get(after)
    return event if event is not EARNED.get(before) else None


def _moved(parcel: Parcel, after: ReturnState, at: datetime) -> dict[str, Any]:
    """What a line changes of a return: whoever has the parcel, there is nothing to order."""
    one = parcel.one
    values: dict[str, Any] = {"state": str(after)}
    if after is one.state:
        return values
    values |= {"due_at": None, "cancel_at": None, "reason": None}
    values["ordered_at"] = one.ordered_at or at
    values["collected_at"] = one.collected_at or at
    values["closed_at"] = at if after in ENDED else None
    return values


def _hand_back(runtime: Runtime) -> int:
    """Move dossiers of our own that the post has delivered to their end; how many."""
    with reading(runtime.engine) as connection:
        since = runtime.now() - HANDED_BACK_WITHIN
        waiting = delivered_in_result(connection, since, MOST_HANDED_BACK)
    done = 0
    for code, changed_at, delivered_at in waiting:
        done += hand_back_delivered(runtime, code, changed_at, delivered_at)
    return done
