"""How an announcement goes on by itself: begun at its time, planned, its article sent, finished."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from bot.announcement_roads import Ready, Roads
from bot.channels.channel import Again, SendFailed
from bot.core.agency import family
from bot.core.announcement import AudienceKind, Content, Road, State, is_approval_good
from bot.core.ladder import FREE_WINDOW
from bot.core.opening import opens_at
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.agencies import agency_parents
from bot.store.announcement_articles import (
    ArticleStep,
    article_of,
    begin_article,
    step_article,
    take_article,
)
from bot.store.announcement_audience import (
    Batch,
    Reach,
    plan_everybody,
    plan_followers,
    plan_phones,
    tally_plan,
)
from bot.store.announcement_queue import Standing, count_moves, is_any_open
from bot.store.announcements import StoredAnnouncement, announcement_by_id, change, move

MOST_PLANNED = 20_000  # recipients of one transaction
ARTICLE_LEASE = timedelta(seconds=40)
ARTICLE_LOOK = timedelta(seconds=10)  # zalo-platform 6: -214 is asked again after 5 to 30 s
MOST_TRIES = 60
ARTICLE_QUOTA = "-223"  # with words about a quota: the OA's articles or broadcasts are used up

logger = log(__name__)


def reach_of(runtime: Runtime, content: Content, now: datetime) -> Reach:
    """By which roads an audience is reached at a moment."""
    settings = runtime.settings
    roads = content.ways
    if settings.zalo_announcement_template is None:
        roads = tuple(road for road in roads if road is not Road.TEMPLATE_UID)
    return Reach(
        audience=content.audience,
        roads=roads,
        wrote_since=now - timedelta(hours=settings.chat_window_hours),
        free_since=now - FREE_WINDOW,
    )


def family_of(connection: Connection, content: Content) -> tuple[str, ...]:
    """The agencies whose dossiers an audience is described by: one and all below it."""
    if content.audience.kind is not AudienceKind.DOSSIERS:
        return ()
    return tuple(sorted(family(agency_parents(connection), content.audience.agency)))


@dataclass(slots=True)
class Steps:
    """The steps of one worker; any may be taken by several workers, and is done once."""

    runtime: Runtime
    roads: Roads

    def begin(self, found: StoredAnnouncement) -> bool:
        """Begin what is scheduled and due, as it was approved; False when it was not begun."""
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            fresh = announcement_by_id(connection, found.id, hold=True)
            if fresh is None or fresh.state is not State.SCHEDULED:
                return False
            mark = fresh.content.mark
            if not is_approval_good(fresh.approved_mark, mark, fresh.approved_at, now):
                reason = "nội dung không còn đúng bản đã duyệt, hoặc duyệt đã quá 7 ngày"
                move(connection, fresh, State.STOPPED, {"reason": reason, "finished_at": now})
                return False
            return move(connection, fresh, State.SENDING, {"started_at": now, "due_at": None})

    def plan(self, found: StoredAnnouncement) -> bool:
        """Write the next batch of recipients down; False when there are no more.

        Memory does not grow with the audience: followers become recipients inside the database.
        """
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            fresh = announcement_by_id(connection, found.id, hold=True)
            if fresh is None or fresh.state is not State.SENDING or fresh.planned_at:
                return False
            last = self._next_batch(connection, fresh, now)
            if last is not None:
                change(connection, fresh.id, {"plan_reached": last})
                return True
            tally_plan(connection, fresh.id)
            change(connection, fresh.id, {"planned_at": now})
        return False

    def _next_batch(
        self, connection: Connection, found: StoredAnnouncement, now: datetime
    ) -> str | None:
        batch = Batch(found.id, found.plan_reached, MOST_PLANNED, now)
        content = found.content
        if content.ways == (Road.BROADCAST,):
            if not found.plan_reached:
                plan_everybody(connection, batch)
                begin_article(connection, found.id, now)
                return "*"
            return None
        if content.audience.kind is AudienceKind.PHONES:
            return plan_phones(connection, batch)
        reach = reach_of(self.runtime, content, now)
        return plan_followers(connection, batch, reach, family_of(connection, content))

    def article(self, ready: Ready) -> bool:
        """Take the next step of a broadcast: create, verify, send; False when none is due.

        Each is one call under a lease. One whose answer was lost is not made again when it is the
        sending: nobody is to get the article twice.
        """
        claimer, now = uuid4().hex, self.runtime.now()
        with self.runtime.engine.begin() as connection:
            step = take_article(connection, ready.found.id, claimer, now, now + ARTICLE_LEASE)
        if step is None:
            return False
        if step.lost and step.step == "send":
            self._article_ends(ready, step, "unsure", "lost", "")
            return True
        try:
            values = self._article_call(ready, step)
        except SendFailed as failed:
            self._article_refused(ready, step, failed)
            return True
        if values["step"] == "sent":
            self._article_ends(ready, step, "sent", "", values["carrier_id"])
        else:
            self._step(ready, step, values | {"due_at": self.runtime.now()})
        return True

    def _article_call(self, ready: Ready, step: ArticleStep) -> dict[str, Any]:
        channel = self.roads.channel
        if step.step == "create":
            return {"step": "verify", "token": channel.create_article(self.roads.article(ready))}
        if step.step == "verify":
            return {"step": "send", "article_id": channel.verify_article(step.token or "")}
        return {"step": "sent", "carrier_id": channel.broadcast(step.article_id or "").carrier_id}

    def _article_refused(self, ready: Ready, step: ArticleStep, failed: SendFailed) -> None:
        """Again later where that helps; else the announcement is paused and says why."""
        reason = f"{failed.code} {failed.said or failed.reason}".strip()
        if failed.again is Again.UNSURE and step.step == "send":
            self._article_ends(ready, step, "unsure", failed.code or "lost", "")
            return
        later = failed.again in (Again.LATER, Again.PAUSE, Again.UNSURE)
        if later and failed.code != ARTICLE_QUOTA and step.tries < MOST_TRIES:
            again_at = self.runtime.now() + ARTICLE_LOOK
            self._step(ready, step, {"due_at": again_at, "code": failed.code or None})
            return
        self._step(ready, step, {"due_at": self.runtime.now(), "code": failed.code or None})
        with self.runtime.engine.begin() as connection:
            found = announcement_by_id(connection, ready.found.id)
            if found is not None:
                told = f"Zalo không nhận bài đăng: {reason}"[:500]
                move(connection, found, State.PAUSED, {"reason": told})
        logger.error("announcement.article_refused", announcement=ready.found.id, code=failed.code)

    def _step(self, ready: Ready, step: ArticleStep, values: dict[str, Any]) -> None:
        with self.runtime.engine.begin() as connection:
            step_article(connection, ready.found.id, step.claim, values)

    def _article_ends(
        self, ready: Ready, step: ArticleStep, state: str, code: str, carrier_id: str
    ) -> None:
        now = self.runtime.now()
        values = {
            "step": "sent" if state == "sent" else "failed",
            "due_at": None,
            "carrier_id": carrier_id[:80] or None,
            "code": code or None,
            "sent_at": now,
        }
        with self.runtime.engine.begin() as connection:
            if step_article(connection, ready.found.id, step.claim, values, state):
                road = str(Road.BROADCAST)
                before: Standing = (ready.found.id, road, "waiting", "")
                after: Standing = (ready.found.id, road, state, code)
                count_moves(connection, Counter({before: -1, after: 1}), {})

    def finish(self, found: StoredAnnouncement) -> bool:
        """Close what has told everybody it could; False while somebody is still open."""
        with reading(self.runtime.engine) as connection:
            step = article_of(connection, found.id)
            if is_any_open(connection, found.id) or (step and step.due_at is not None):
                return False
        with self.runtime.engine.begin() as connection:
            values = {"finished_at": self.runtime.now()}
            return move(connection, found, State.DONE, values)

    def may_go(self, now: datetime) -> bool:
        """Whether it is within the hours in which citizens are told something."""
        hours, zone = self.runtime.settings.notice_hours, self.runtime.settings.zone
        return opens_at(now, hours.start, hours.end, zone) <= now
