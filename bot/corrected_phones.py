"""Numbers that a desk corrected hold for as long as the feed repeats the wrong one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.core.phone import PhoneReading, read_phone
from bot.core.snapshot import Change, Known
from bot.dossier_book import Desk, Read, read_dossier
from bot.store.phone_corrections import Correction, corrections_of
from bot.vault import Vault, blind_index

NO_MOBILE = "none"  # whatever the desk's software holds that no message can be sent to


def phone_mark(index: bytes, phone: PhoneReading) -> bytes:
    """A keyed hash of a number as a feed tells it; all that are no mobile number are alike."""
    return blind_index(index, f"phone:{phone.phone.e164 if phone.phone else NO_MOBILE}")


def with_corrections(
    desk: Desk, connection: Connection, reads: Sequence[Read], known: Mapping[str, Known]
) -> Sequence[Read]:
    """The same with the corrected number where the wrong one was told again.

    The sender is warned of its own number all the same, so that it can be put right there too.
    """
    if desk.by_staff:
        return reads
    ids = {code: one.id for code, one in known.items() if one.id is not None}
    found = corrections_of(connection, ids.values())
    if not found:
        return reads
    return [_corrected(desk, read, found.get(ids.get(_code(read), 0))) for read in reads]


def overruled(desk: Desk, connection: Connection, changes: Sequence[Change]) -> set[int]:
    """The dossiers whose feed has told a number that is neither the wrong nor the corrected one."""
    if desk.by_staff:
        return set()
    last = {
        change.earlier.id: change.snapshot
        for change in changes
        if change.earlier is not None and change.earlier.id is not None
    }
    found = corrections_of(connection, last)
    vault = desk.runtime.vault
    return {
        dossier_id
        for dossier_id, one in found.items()
        if _corrected_to(vault, one).phone != last[dossier_id].phone.phone
    }


def _corrected_to(vault: Vault, one: Correction) -> PhoneReading:
    """The number a desk put in the wrong one's place; none once its bearer was forgotten."""
    return read_phone(vault.open_text(one.phone) if one.phone else None)


def _code(read: Read) -> str:
    return read.snapshot.code if read.snapshot else ""


def _corrected(desk: Desk, read: Read, one: Correction | None) -> Read:
    if one is None or read.snapshot is None:
        return read
    if phone_mark(desk.index, read.snapshot.phone) != one.wrong_mark:
        return read
    typed = desk.runtime.vault.open_text(one.phone) if one.phone else None
    told = replace(read.told, phone=typed, kept_phone=None)
    return replace(read_dossier(desk, told), warnings=read.warnings)
