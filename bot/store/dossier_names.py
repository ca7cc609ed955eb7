"""By which names dossiers are found: keyed marks, nothing readable."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.among import by_dialect
from bot.store.counter_tables import dossier_name
from bot.store.tables import dossier

Mark = tuple[bytes, str]  # the mark, and the agency whose clerks find it
_ROWS_AT_ONCE = 2_000  # of a statement that lists pairs

_OF = by_dialect(
    lambda among: select(
        dossier_name.c.dossier_id, dossier_name.c.mark, dossier_name.c.agency_code
    ).where(among(dossier_name.c.dossier_id, "dossiers"))
)


def marks_of(connection: Connection, dossiers: Collection[int]) -> Mapping[int, Set[Mark]]:
    """The marks that these dossiers have."""
    found: defaultdict[int, set[Mark]] = defaultdict(set)
    if dossiers:
        asked = {"dossiers": sorted(dossiers)}
        for dossier_id, mark, agency in connection.execute(_OF[connection.dialect.name], asked):
            found[dossier_id].add((mark, agency))
    return found


# Four rows a dossier go in with each feed, so they go past the machinery of single rows.
_ADD_ON_SQLITE = "INSERT INTO dossier_name (mark, agency_code, dossier_id) VALUES (?, ?, ?)"
_COLUMNS = (dossier_name.c.mark, dossier_name.c.agency_code, dossier_name.c.dossier_id)
_LISTED = func.unnest(*(bindparam(one.name, type_=ARRAY(one.type)) for one in _COLUMNS))
_ADD_ON_POSTGRESQL = insert(dossier_name).from_select(
    _COLUMNS, select(_LISTED.table_valued(*(column(one.name) for one in _COLUMNS)).render_derived())
)


def add_marks(connection: Connection, rows: Sequence[tuple[int, Mark]]) -> None:
    """Let dossiers be found by marks that they do not have yet."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        values = [(mark, agency, dossier_id) for dossier_id, (mark, agency) in rows]
        connection.exec_driver_sql(_ADD_ON_SQLITE, values)
        return
    columns = {
        "mark": [mark for _, (mark, _agency) in rows],
        "agency_code": [agency for _, (_mark, agency) in rows],
        "dossier_id": [dossier_id for dossier_id, _ in rows],
    }
    connection.execute(_ADD_ON_POSTGRESQL, columns)


def drop_marks(connection: Connection, rows: Iterable[tuple[int, Mark]]) -> None:
    """Let dossiers be found by these marks no more."""
    gone = [(mark, agency, dossier_id) for dossier_id, (mark, agency) in rows]
    whole = tuple_(dossier_name.c.mark, dossier_name.c.agency_code, dossier_name.c.dossier_id)
    for start in range(0, len(gone), _ROWS_AT_ONCE):
        connection.execute(
            delete(dossier_name).where(whole.in_(gone[start : start + _ROWS_AT_ONCE]))
        )


def _newest_on_postgresql() -> Select[tuple[int]]:
    """Of each agency the newest, which its index gives in order, and of these the newest."""
    agency = func.unnest(bindparam("agencies", type_=ARRAY(dossier_name.c.agency_code.type)))
    each = select(agency.column_valued("agency_code").label("agency_code")).subquery()
    newest = (
        select(dossier_name.c.dossier_id)
        .where(
            dossier_name.c.mark == bindparam("mark"),
            dossier_name.c.agency_code == each.c.agency_code,
        )
        .order_by(dossier_name.c.dossier_id.desc())
        .limit(bindparam("most"))
        .lateral()
    )
    return (
        select(newest.c.dossier_id)
        .select_from(each.join(newest, true()))
        .order_by(newest.c.dossier_id.desc())
        .limit(bindparam("most"))
    )


_NEWEST = {
    "sqlite": select(dossier_name.c.dossier_id)
    .where(
        dossier_name.c.mark == bindparam("mark"),
        dossier_name.c.agency_code.in_(bindparam("agencies", expanding=True)),
    )
    .order_by(dossier_name.c.dossier_id.desc())
    .limit(bindparam("most")),
    "postgresql": _newest_on_postgresql(),
}


def newest_named(
    connection: Connection, mark: bytes, agencies: Collection[str], most: int
) -> list[int]:
    """The newest dossiers of these agencies with this mark, newest first."""
    if not agencies:
        return []
    asked = {"mark": mark, "agencies": sorted(agencies), "most": most}
    return list(connection.scalars(_NEWEST[connection.dialect.name], asked))


def unnamed_dossiers(connection: Connection, after: int, most: int) -> list[tuple[int, str, bytes]]:
    """The next dossiers with an owner's name and no mark, held: id, agency, sealed name.

    Those that a feed is writing just now are left to it.
    """
    chosen = (
        select(dossier.c.id, dossier.c.agency_code, dossier.c.owner_name)
        .where(
            dossier.c.id > after,
            dossier.c.owner_name.is_not(None),
            ~exists().where(dossier_name.c.dossier_id == dossier.c.id),
        )
        .order_by(dossier.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=dossier)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(chosen)]
