"""A citizen at a carrier: following or not, and when they last did something."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.message import Event, EventKind

HINT_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Follower:
    """What is kept of one citizen at one carrier; times are aware or None."""

    user_id: str
    following: bool = False
    relation_at: datetime | None = None
    followed_at: datetime | None = None
    unfollowed_at: datetime | None = None
    last_interaction_at: datetime | None = None
    hinted_at: datetime | None = None


def after_event(follower: Follower, event: Event) -> Follower:
    """The follower once an event is applied; events may come late and in any order.

    A follow or unfollow counts only when it is newer than the newest one applied, an
    interaction only moves its time forward.
    Source: zalo-platform 2.7 and 10, row 7.
    """
    follower = _related(follower, event)
    if not event.interaction:
        return follower
    newest = max(event.at, follower.last_interaction_at or event.at)
    return replace(follower, last_interaction_at=newest)


def _related(follower: Follower, event: Event) -> Follower:
    if event.kind not in (EventKind.FOLLOW, EventKind.UNFOLLOW) or not is_newer(follower, event):
        return follower
    if event.kind is EventKind.FOLLOW:
        return replace(follower, following=True, relation_at=event.at, followed_at=event.at)
    return replace(follower, following=False, relation_at=event.at, unfollowed_at=event.at)


def is_newer(follower: Follower, event: Event) -> bool:
    """Whether a follow or unfollow is newer than what was applied before."""
    return follower.relation_at is None or event.at > follower.relation_at


def may_hint(follower: Follower, now: datetime) -> bool:
    """Whether "please type the code" may be said again: once per citizen and hour."""
    return follower.hinted_at is None or now - follower.hinted_at >= HINT_EVERY
