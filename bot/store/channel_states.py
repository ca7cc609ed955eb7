"""Channels that are held for everybody: until when, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.restored_mark import NAME as RESTORED
from bot.store.tables import channel_state


@dataclass(frozen=True, slots=True)
class Held:
    """A channel on hold; `loud` when a person must act."""

    channel: str
    paused_until: datetime
    reason: str
    since: datetime
    loud: bool


def hold_channel(connection: Connection, held: Held) -> None:
    """Hold a channel, or hold it longer; `since` stays that of the first hold."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "channel": held.channel,
        "paused_until": held.paused_until,
        "reason": held.reason[:300],
        "since": held.since,
        "loud": held.loud,
    }
    changed = {name: values[name] for name in ("paused_until", "reason", "loud")}
    connection.execute(
        dialect.insert(channel_state)
        .values(**values)
        .on_conflict_do_update(index_elements=["channel"], set_=changed)
    )


def take_try(connection: Connection, channel: str, now: datetime, until: datetime) -> bool:
    """Take the right to try a held channel with a message; False when another has it.

    One conditional UPDATE holds the channel for everybody else until the try is over. A pause
    that ends later than a try begun now was set by a clock set back since, and is over.
    """
    over = or_(channel_state.c.paused_until <= now, channel_state.c.paused_until > until)
    taken = connection.execute(
        update(channel_state)
        .where(channel_state.c.channel == channel, over)
        .values(paused_until=until)
    )
    return taken.rowcount == 1


def free_channel(connection: Connection, channel: str) -> bool:
    """A channel works again; True when it had been held."""
    gone = connection.execute(delete(channel_state).where(channel_state.c.channel == channel))
    return gone.rowcount > 0


def held_channels(connection: Connection) -> dict[str, Held]:
    """Every channel that is held, or was and has not worked since.

    The row of a restored house is no channel's: see bot.store.restored_mark.
    """
    channels = select(*_COLUMNS).where(channel_state.c.channel != RESTORED)
    return {row.channel: Held(*row) for row in connection.execute(channels)}


_COLUMNS = (
    channel_state.c.channel,
    channel_state.c.paused_until,
    channel_state.c.reason,
    channel_state.c.since,
    channel_state.c.loud,
)
