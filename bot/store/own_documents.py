"""Electronic papers and results of dossiers that are a citizen's own, by a phone they proved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from bot.store.among import by_dialect
from bot.store.document_tables import document
from bot.store.documents import DOCUMENTS, StoredDocument
from bot.store.notice_tables import phone_link
from bot.store.tables import dossier

MOST_AT_ONCE = 1_000
ByDossier = Mapping[int, Sequence[StoredDocument]]

_OF_DOSSIERS = by_dialect(
    lambda among: (
        DOCUMENTS.where(among(document.c.dossier_id, "dossiers"), document.c.deleted.is_(False))
        .order_by(document.c.issued_on.desc().nulls_last(), document.c.id.desc())
        .limit(MOST_AT_ONCE)
    )
)
_PROVED = by_dialect(
    lambda among: (
        select(phone_link.c.user_id, dossier.c.id)
        .join(dossier, dossier.c.phone_index == phone_link.c.phone_index)
        .where(
            among(phone_link.c.user_id, "users"),
            phone_link.c.ended_at.is_(None),
            among(dossier.c.id, "dossiers"),
        )
    )
)


def documents_of(connection: Connection, dossiers: Collection[int]) -> ByDossier:
    """The documents of these dossiers that are there, those issued last first."""
    found: defaultdict[int, list[StoredDocument]] = defaultdict(list)
    if dossiers:
        asked = {"dossiers": sorted(dossiers)}
        for row in connection.execute(_OF_DOSSIERS[connection.dialect.name], asked):
            one = StoredDocument(*row)
            found[one.dossier_id].append(one)
    return found


def proved_among(
    connection: Connection, users: Collection[str], dossiers: Collection[int]
) -> frozenset[tuple[str, int]]:
    """Of these people and dossiers, who proved the phone of which."""
    asked = {"users": sorted(users), "dossiers": sorted(dossiers)}
    rows = connection.execute(_PROVED[connection.dialect.name], asked)
    return frozenset((row[0], row[1]) for row in rows)
