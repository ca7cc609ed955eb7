"""A backup brought into an empty database, compared, and held until somebody releases it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, make_url

from bot.backup_file import Manifest, open_backup, read_whole
from bot.database import knows_schema, make_engine, newest_schema, present_schema, reading
from bot.database_load import Mark, load, refuse_unless_empty
from bot.index_key import NAME as INDEX_KEY
from bot.sealed_stream import Broken
from bot.store.data_keys import sealed_data_key
from bot.store.whole import row_counts
from bot.vault import Unreadable, Vault


class CannotRestore(Exception):
    """This backup does not fit there; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A restored database beside its manifest.

    Shape: `differences` names what is not as it was; `readable` whether FIELD_KEYS open its
           sealed fields, as far as there are any and FIELD_KEYS are set.
    """

    manifest: Manifest
    differences: tuple[str, ...]
    readable: bool


def restore(
    keys: Sequence[str], place: Path, url: str, field_keys: Sequence[str], now: datetime
) -> Compared:
    """Restore a backup into the empty database of this address, and compare what came.

    The file is read whole first: a damaged one touches nothing.
    Errors: Broken, CannotRestore, NotEmpty, ToolFailed, OSError.
    """
    manifest = read_whole(keys, place)
    _refuse_what_does_not_fit(manifest, url)
    refuse_unless_empty(url)
    reason = f"restored from a backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC, not released yet"
    with place.open("rb") as sealed:
        contents = open_backup(keys, sealed)
        if contents.manifest != manifest:
            raise Broken("was changed while it was read")
        load(manifest.kind, url, contents.dump, Mark(manifest.made_at, now, reason))
    return _compare(manifest, url, field_keys)


def environment_in(keys: Sequence[str], place: Path) -> bytes | None:
    """The settings that a backup holds; None when they were not asked for."""
    with place.open("rb") as sealed:
        return open_backup(keys, sealed).environment


def _refuse_what_does_not_fit(manifest: Manifest, url: str) -> None:
    kind = make_url(url).get_backend_name()
    if kind != manifest.kind:
        raise CannotRestore(
            f"is of a {manifest.kind} database and cannot go into {kind}; name a database of "
            f"that kind with --into"
        )
    if not knows_schema(manifest.schema):
        raise CannotRestore(
            f"is of schema {manifest.schema} (version {manifest.version}), newer than this "
            f"version's {newest_schema()}; restore with that version or a newer one"
        )


def _compare(manifest: Manifest, url: str, field_keys: Sequence[str]) -> Compared:
    engine = make_engine(url, pool_size=1)
    try:
        with reading(engine) as connection:
            schema = present_schema(connection)
            counts = row_counts(connection)
            readable = not field_keys or _opens(connection, field_keys)
    finally:
        engine.dispose()
    differences = [
        f"{name}: {manifest.counts.get(name, 0)} rows in the backup, {counts.get(name, 0)} restored"
        for name in sorted({*manifest.counts, *counts})
        if manifest.counts.get(name) != counts.get(name)
    ]
    if schema != manifest.schema:
        differences.insert(0, f"schema: {manifest.schema} in the backup, {schema} restored")
    return Compared(manifest, tuple(differences), readable)


def _opens(connection: Connection, field_keys: Sequence[str]) -> bool:
    """Whether FIELD_KEYS open what the data's own key is sealed with; True where there is none."""
    sealed = sealed_data_key(connection, INDEX_KEY)
    if sealed is None:
        return True
    try:
        Vault(field_keys).open(sealed)
    except Unreadable:
        return False
    return True
