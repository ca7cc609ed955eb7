"""Who took which timed job and when, written down by the database itself: one runner at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text

TAKEN = "chaos_taken"
COLUMNS = "job, before, before_until, began, seen"
POSTGRES = f"""
CREATE TABLE {TAKEN} (id bigserial PRIMARY KEY, job text, before text,
    before_until timestamptz, began timestamptz, seen timestamptz);
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO {TAKEN} ({COLUMNS}) VALUES
        (NEW.name, OLD.lease, OLD.lease_until, NEW.started_at, clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_note AFTER UPDATE ON timed_job FOR EACH ROW
    WHEN (NEW.lease IS NOT NULL AND NEW.lease IS DISTINCT FROM OLD.lease)
    EXECUTE FUNCTION chaos_note();
"""
SQLITE = (
    f"CREATE TABLE {TAKEN} (id integer PRIMARY KEY, job text, before text, before_until text,"
    " began text, seen text)",
    f"""CREATE TRIGGER chaos_note AFTER UPDATE ON timed_job
    WHEN NEW.lease IS NOT NULL AND NEW.lease IS NOT OLD.lease BEGIN
        INSERT INTO {TAKEN} ({COLUMNS}) VALUES (NEW.name, OLD.lease, OLD.lease_until,
            NEW.started_at, strftime('%Y-%m-%d %H:%M:%f', 'now'));
    END""",
)


@dataclass(slots=True)
class Leases:
    """Shape: `runs` by job; `taken_over` counts runs that began after another's lease had ended."""

    runs: Counter[str] = field(default_factory=Counter)
    taken_over: int = 0
    in_a_jump: int = 0
    faults: list[str] = field(default_factory=list)


def watch_leases(engine: Engine) -> None:
    """From now on each taking of a timed job is noted."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(POSTGRES)
            return
        for order in SQLITE:
            connection.exec_driver_sql(order)


def judge_leases(engine: Engine, jumps: Sequence[tuple[datetime, datetime]]) -> Leases:
    """Whether no job was taken while another held it; `jumps` are when a clock was wrong.

    A worker whose clock is ahead believes that a lease has ended: then two may run, and what they
    do has to happen once all the same. Everywhere else it is a fault.
    """
    found = Leases()
    with engine.connect() as connection:
        for job, before, until, began, seen in _rows(connection):
            found.runs[job] += 1
            if not before:
                continue
            if until is None or until <= began:
                found.taken_over += 1
            elif any(start <= seen <= end for start, end in jumps):
                found.in_a_jump += 1
            else:
                found.faults.append(f"{job} was taken at {began} while leased until {until}")
    return found


def _rows(
    connection: Connection,
) -> list[tuple[str, str | None, datetime | None, datetime, datetime]]:
    rows = connection.execute(text(f"SELECT {COLUMNS} FROM {TAKEN} ORDER BY id"))
    return [
        (row.job, row.before, _moment(row.before_until), _sure(row.began), _sure(row.seen))
        for row in rows
    ]


def _moment(told: str | datetime | None) -> datetime | None:
    """SQLite tells moments as text, in UTC."""
    if isinstance(told, str):
        told = datetime.fromisoformat(told)
    return told.replace(tzinfo=UTC) if told and told.tzinfo is None else told


def _sure(told: str | datetime) -> datetime:
    moment = _moment(told)
    assert moment is not None
    return moment


def around(start: datetime, end: datetime, lease: timedelta) -> tuple[datetime, datetime]:
    """A jump, and as long after it as what was taken in it may still be held."""
    return start, end + lease
