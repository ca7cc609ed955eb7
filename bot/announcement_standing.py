"""Who of those at their turn may still be told: not those who left or want no more meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.announcement_outcome import OPTED_OUT, UNFOLLOWED
from bot.announcement_roads import Ready
from bot.core.announcement import Road
from bot.core.ladder import FREE_WINDOW
from bot.runtime import Runtime
from bot.store.announcement_audience import FollowerNow, followers_now
from bot.store.announcement_phones import phones_of
from bot.store.announcement_queue import Told

WINDOW_OVER = "-230"  # as Zalo would say it: the next road is taken, where there is one


@dataclass(frozen=True, slots=True)
class Going:
    """One who is told now; `phone` is sealed; `free` tells of a chat message that is."""

    told: Told
    phone: bytes | None = field(default=None, repr=False)
    free: bool = True


@dataclass(frozen=True, slots=True)
class Standings:
    """A batch at its turn; `out` are those who are not told by this road, each with why."""

    going: Sequence[Going]
    out: Sequence[tuple[Told, str]]


def look_up(
    runtime: Runtime, connection: Connection, ready: Ready, told: Sequence[Told], now: datetime
) -> Standings:
    """Read what holds now of everyone who was just claimed; planning may be days ago."""
    by_phone = [one for one in told if one.road == Road.TEMPLATE_PHONE]
    others = [one for one in told if one.road != Road.TEMPLATE_PHONE]
    indexes = [bytes.fromhex(one.recipient) for one in by_phone]
    phones = phones_of(connection, ready.found.id, indexes)
    going = [Going(one, phones.get(bytes.fromhex(one.recipient))) for one in by_phone]
    known = followers_now(connection, [one.recipient for one in others])
    window = timedelta(hours=runtime.settings.chat_window_hours)
    out: list[tuple[Told, str]] = []
    for one in others:
        present = known.get(one.recipient)
        code = _why_not(one, present, now - window)
        if code:
            out.append((one, code))
        else:
            last = present.last_interaction_at if present else None
            going.append(Going(one, free=last is not None and last > now - FREE_WINDOW))
    return Standings(going, out)


def _why_not(one: Told, present: FollowerNow | None, wrote_since: datetime) -> str:
    """Why somebody is not told by this road; "" when they are."""
    if one.turn:  # a tester asked for it
        return ""
    if present is None or present.unfollowed:
        return UNFOLLOWED
    if present.opted_out:
        return OPTED_OUT
    last = present.last_interaction_at
    if one.road == Road.CHAT and (last is None or last <= wrote_since):
        return WINDOW_OVER
    return ""
