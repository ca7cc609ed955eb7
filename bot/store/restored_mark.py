"""The mark of a house that was restored: what may have been sent since its backup, and the hold.

It is a row of `channel_state`, a table that every schema has had from the first: a backup of an
older version is held from the moment it is restored, before it is migrated.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import channel_state

NAME = "restored"
# Software that counts in days, or sends in the night, tells of changes that lie so far back.
TOLD_LATE = timedelta(days=1)
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_OURS = channel_state.c.channel == NAME


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored house.

    Shape: `as_of` is the moment its data are of; `until` when the lost house sent its last, from
           the release on, before that when it was restored; `held` until it is released.
    """

    as_of: datetime
    until: datetime
    held: bool

    @property
    def ran_on(self) -> bool:
        """Whether the lost house went on after its backup."""
        return self.until > self.as_of

    def may_have_told(self, changed_at: datetime) -> bool:
        """Whether the lost house may have told of a change of this moment that is news to us."""
        return self.ran_on and self.as_of - TOLD_LATE < changed_at <= self.until


def restored(connection: Connection) -> Restored | None:
    """What stands of a restoring; None for a house that never was restored."""
    row = connection.execute(
        select(channel_state.c.since, channel_state.c.paused_until, channel_state.c.loud).where(
            _OURS
        )
    ).one_or_none()
    return None if row is None else Restored(row[0], row[1], bool(row[2]))


def is_held(connection: Connection) -> bool:
    """Whether nothing may be sent, because nobody has released the restored house yet."""
    return bool(connection.scalar(select(channel_state.c.loud).where(_OURS)))


def is_marked(connection: Connection) -> bool:
    """Whether the house was ever restored."""
    return connection.scalar(select(channel_state.c.channel).where(_OURS)) is not None


def mark_restored(connection: Connection, as_of: datetime, now: datetime, reason: str) -> None:
    """Hold the house from now on.

    A backup of a house that was held already is of no later moment than that house's own data.
    """
    connection.execute(_mark(connection.dialect.name, as_of, now, reason))


def mark_as_sql(as_of: datetime, now: datetime, reason: str) -> str:
    """The same as one line for psql, to be part of the transaction that restores."""
    compiled = _mark("postgresql", as_of, now, reason).compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
    return f"{' '.join(str(compiled).split())};"


def _mark(dialect: str, as_of: datetime, now: datetime, reason: str) -> Any:
    changed = {"paused_until": now, "loud": True, "reason": reason[:300]}
    given = _INSERTS[dialect](channel_state).values(channel=NAME, since=as_of, **changed)
    since = case((channel_state.c.loud, channel_state.c.since), else_=given.excluded.since)
    return given.on_conflict_do_update(index_elements=["channel"], set_={**changed, "since": since})


def know_the_end(connection: Connection, until: datetime) -> None:
    """Write down when the lost house sent its last."""
    connection.execute(update(channel_state).where(_OURS).values(paused_until=until))


def lift_hold(connection: Connection) -> bool:
    """Let the house send again; False when it was not held."""
    lifted = connection.execute(
        update(channel_state).where(_OURS, channel_state.c.loud.is_(True)).values(loud=False)
    )
    return lifted.rowcount == 1
