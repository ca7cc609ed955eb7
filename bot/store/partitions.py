"""Partitions by month: which there are, made beforehand, emptied of strays, taken off.

PostgreSQL only. A table that grows by the month is parted by a column that its unique keys
determine, so that each of them stays as strong with it. Names: `attempt_2026_12` for a month,
`attempt_before` for all time before the first, `attempt_rest` for what no month is there for.
"""

# Statements are put together from names that stand in this file, and from months.
# ruff: noqa: S608

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, select, table, text

from bot.core.months import Month, month_of
from bot.store.notice_tables import attempt
from bot.store.tables import dossier_change

MONTHLY: Mapping[str, Column[datetime]] = {
    "attempt": attempt.c.notice_made_at,
    "dossier_change": dossier_change.c.arrived_at,
}
TABLES: Mapping[str, Table] = {"attempt": attempt, "dossier_change": dossier_change}
_ABOVE = {"attempt": "notice", "dossier_change": "dossier"}  # locked with it, for its foreign key
_NAME = re.compile(rf"(?:{'|'.join(MONTHLY)})_(?:before|rest|\d{{4}}_\d{{2}})")
_BORDER = re.compile(r"'([^']+)'|MINVALUE|MAXVALUE")
# Who works on the table when a partition comes or goes is waited for so long, and nobody longer
# behind us. Less than the server takes to look for a deadlock (1 s): where two wait for each other
# it is we who give up. The timed job tries again.
_PATIENCE = text("SET LOCAL lock_timeout = '800ms'")
_FOUND = text(
    "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) "
    "FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid "
    "WHERE inhparent = to_regclass(:parent) AND NOT inhdetachpending ORDER BY child.relname"
)


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition: from `since` (None: from ever) to before `until`; the rest has neither."""

    name: str
    since: datetime | None
    until: datetime | None

    @property
    def month(self) -> Month | None:
        """Its month, or the last before it ends; None for the rest."""
        return month_of(self.until).later(-1) if self.until else None


def is_partition(name: str) -> bool:
    """Whether a table of this name is a part of another."""
    return _NAME.fullmatch(name) is not None


def is_parted(connection: Connection) -> bool:
    """Whether this database has partitions; SQLite has none."""
    return connection.dialect.name == "postgresql"


def partitions_of(connection: Connection, name: str) -> list[Partition]:
    """The partitions of a table in the order of time, the rest left out."""
    if not is_parted(connection):
        return []
    found = []
    for child, bound in connection.execute(_FOUND, {"parent": name}):
        if bound != "DEFAULT":
            since, until = _BORDER.finditer(bound)
            found.append(Partition(child, _moment(since[1]), _moment(until[1])))
    return sorted(found, key=lambda one: (one.since is not None, one.since))


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def make_month(connection: Connection, name: str, month: Month) -> None:
    """Make the partition of a month; nothing where it is there already.

    Rows of that month that were written before there was one are moved into it.
    Errors: OperationalError when somebody holds the table longer than a moment; IntegrityError or
            ProgrammingError when another makes it at this instant.
    """
    part = f"{name}_{month.year:04d}_{month.month:02d}"
    if any(one.name == part for one in partitions_of(connection, name)):
        return
    connection.execute(_PATIENCE)
    column, rest = MONTHLY[name].name, f"{name}_rest"
    span = f"FROM ('{month.since.isoformat()}') TO ('{month.until.isoformat()}')"
    own = f"{column} >= '{month.since.isoformat()}' AND {column} < '{month.until.isoformat()}'"
    connection.execute(text(f"LOCK TABLE {_ABOVE[name]}, {name} IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(text(f"CREATE TABLE {part} (LIKE {name} INCLUDING CONSTRAINTS)"))
    connection.execute(
        text(
            f"WITH strays AS (DELETE FROM {rest} WHERE {own} RETURNING *) "
            f"INSERT INTO {part} SELECT * FROM strays"
        )
    )
    connection.execute(text(f"ALTER TABLE {name} ATTACH PARTITION {part} FOR VALUES {span}"))


def strays(connection: Connection, name: str) -> Mapping[Month, int]:
    """Rows of a table that no month was there for, by their month."""
    if not is_parted(connection):
        return {}
    column = MONTHLY[name].name
    rest = table(f"{name}_rest", Column(column, MONTHLY[name].type))
    by_month = func.date_trunc("month", rest.c[column], "Asia/Ho_Chi_Minh")
    chosen = select(func.min(rest.c[column]), func.count()).group_by(by_month)
    return {month_of(first): number for first, number in connection.execute(chosen)}


def rows_of(connection: Connection, part: str) -> int:
    """How many rows a partition holds."""
    return connection.scalar(select(func.count()).select_from(table(part))) or 0


def hold(connection: Connection, name: str) -> None:
    """Let nobody else read or write a table until this transaction ends.

    Errors: OperationalError when somebody works on it longer than a moment.
    """
    connection.execute(_PATIENCE)
    connection.execute(text(f"LOCK TABLE {_ABOVE[name]}, {name} IN ACCESS EXCLUSIVE MODE"))


def drop_partition(connection: Connection, name: str, part: str) -> None:
    """Take a partition off its table, which is held, and drop it with all its rows.

    Not concurrently: that is not to be had where there is a partition of the rest, without which
    one missed month would stop the house.
    """
    connection.execute(text(f"ALTER TABLE {name} DETACH PARTITION {part}"))
    connection.execute(text(f"DROP TABLE {part}"))


def thin_partition(
    connection: Connection, name: str, part: Partition, column: str, living: Sequence[int]
) -> int:
    """Put a partition in the place of another that has of its rows those of `living` only.

    The table is held, and was when `living` was asked for.
    Shape: `column` is what `living` are numbers of. Result: how many rows are left.
    """
    going = f"{part.name}_going"
    since = f"'{part.since.isoformat()}'" if part.since else "MINVALUE"
    until = f"'{part.until.isoformat()}'" if part.until else "MAXVALUE"
    connection.execute(text(f"ALTER TABLE {name} DETACH PARTITION {part.name}"))
    connection.execute(text(f"ALTER TABLE {part.name} RENAME TO {going}"))
    span = f"FROM ({since}) TO ({until})"
    connection.execute(text(f"CREATE TABLE {part.name} PARTITION OF {name} FOR VALUES {span}"))
    kept = connection.execute(
        text(f"INSERT INTO {part.name} SELECT * FROM {going} WHERE {column} = ANY(:living)"),
        {"living": list(living)},
    ).rowcount
    connection.execute(text(f"DROP TABLE {going}"))
    return kept
