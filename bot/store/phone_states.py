"""What was learned of phones by sending to them: dead numbers, numbers that take no template."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.among import by_dialect
from bot.store.notice_tables import phone_state

MOST_FAILURES = 2  # permanent ones in a row, by SMS: then the number counts as bad
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ASKED_AT_ONCE = 5_000  # parameters of one statement; SQLite takes 32,766


@dataclass(frozen=True, slots=True)
class PhoneState:
    """What is known of one phone.

    Shape: `failures` counts permanent failures by SMS since the last delivery; `bad_at` is when
           they became too many, None for a number that may be tried; a template is not tried
           before `no_template_until`. Times are aware or None.
    """

    failures: int = 0
    bad_at: datetime | None = None
    no_template_until: datetime | None = None


def count_failure(connection: Connection, phone_index: bytes, now: datetime) -> None:
    """An SMS to this phone failed for good; the second in a row marks the number as bad.

    Errors: call it once for each failed attempt: it counts.
    Source: issue "Notices", 7 ("two permanent failures mark a number as bad").
    """
    failures = phone_state.c.failures + 1
    first = _INSERTS[connection.dialect.name](phone_state).values(
        phone_index=phone_index, failures=1, updated_at=now
    )
    connection.execute(
        first.on_conflict_do_update(
            index_elements=["phone_index"],
            set_={
                "failures": failures,
                "bad_at": case(
                    (phone_state.c.bad_at.is_not(None), phone_state.c.bad_at),
                    (failures >= MOST_FAILURES, first.excluded.updated_at),
                ),
                "updated_at": first.excluded.updated_at,
            },
        )
    )


def worked(connection: Connection, phone_index: bytes, now: datetime) -> None:
    """A message reached this phone by SMS: whatever failed before no longer counts."""
    connection.execute(
        update(phone_state)
        .where(phone_state.c.phone_index == phone_index, phone_state.c.failures > 0)
        .values(failures=0, bad_at=None, updated_at=now)
    )


def no_template(connection: Connection, phone_index: bytes, until: datetime, now: datetime) -> None:
    """This phone has no Zalo or refused templates: none is tried there before `until`."""
    first = _INSERTS[connection.dialect.name](phone_state).values(
        phone_index=phone_index, failures=0, no_template_until=until, updated_at=now
    )
    connection.execute(
        first.on_conflict_do_update(
            index_elements=["phone_index"],
            set_={
                "no_template_until": first.excluded.no_template_until,
                "updated_at": first.excluded.updated_at,
            },
        )
    )


_STATES = by_dialect(
    lambda among: select(
        phone_state.c.phone_index,
        phone_state.c.failures,
        phone_state.c.bad_at,
        phone_state.c.no_template_until,
    ).where(among(phone_state.c.phone_index, "indexes"))
)


def states_of(connection: Connection, phone_indexes: Collection[bytes]) -> dict[bytes, PhoneState]:
    """What is known of these phones, by blind index; one of which nothing was learned is absent."""
    asked = sorted(set(phone_indexes))
    found: dict[bytes, PhoneState] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        chunk = asked[start : start + _ASKED_AT_ONCE]
        for row in connection.execute(_STATES[connection.dialect.name], {"indexes": chunk}):
            found[row[0]] = PhoneState(*row[1:])
    return found
