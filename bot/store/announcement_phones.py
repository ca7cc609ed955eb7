"""The phones of an announcement that goes to a list of numbers."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, literal, select

from bot.store.among import by_dialect
from bot.store.announcement_tables import announcement_phone

_PHONES = by_dialect(
    lambda among: select(announcement_phone.c.phone_index, announcement_phone.c.phone).where(
        among(announcement_phone.c.announcement_id, "announcements"),
        among(announcement_phone.c.phone_index, "indexes"),
    )
)


def put_phones(
    connection: Connection, announcement_id: int, rows: Sequence[tuple[bytes, bytes]]
) -> None:
    """Store these (blind index, sealed number) in the place of those that were there."""
    connection.execute(
        delete(announcement_phone).where(announcement_phone.c.announcement_id == announcement_id)
    )
    if rows:
        connection.execute(
            insert(announcement_phone),
            [
                {"announcement_id": announcement_id, "phone_index": index, "phone": sealed}
                for index, sealed in rows
            ],
        )


def copy_phones(connection: Connection, source: int, target: int) -> None:
    """Give a draft the numbers of another announcement."""
    connection.execute(
        insert(announcement_phone).from_select(
            ["announcement_id", "phone_index", "phone"],
            select(
                literal(target), announcement_phone.c.phone_index, announcement_phone.c.phone
            ).where(announcement_phone.c.announcement_id == source),
        )
    )


def phones_of(
    connection: Connection, announcement_id: int, indexes: Collection[bytes]
) -> Mapping[bytes, bytes]:
    """The sealed numbers behind blind indexes."""
    if not indexes:
        return {}
    asked = {"announcements": [announcement_id], "indexes": sorted(indexes)}
    rows = connection.execute(_PHONES[connection.dialect.name], asked)
    return {bytes(row[0]): bytes(row[1]) for row in rows}
