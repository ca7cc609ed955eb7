"""Dossiers lose their person: phone, names and what they brought go, step and history stay."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from bot.core.counter_facts import IntakeFacts, Submitter, facts_text, read_facts
from bot.core.dossier import END_STATUSES, Status
from bot.core.phone import Line, PhoneReading
from bot.core.snapshot import Snapshot, content_text
from bot.dossier_record import stored_dossier
from bot.runtime import Runtime
from bot.store.documents import wipe_documents
from bot.store.dossiers import Row
from bot.store.intakes import put_facts
from bot.store.nameless import (
    about_dossiers,
    blank_complaints,
    blank_corrections,
    blank_dossiers,
    blank_returns,
    corrected_among,
    facts_among,
    set_content,
    unname_dossiers,
)
from bot.vault import blind_index

NOBODY = "(đã xóa)"  # where a slip that is printed again would name the person
OVER = END_STATUSES | {Status.STOPPED}  # nobody works on these any more
PHONE = ("phone", "phone_index")
PERSON = (*PHONE, "handler", "needed", "owner_name")


def make_nameless(
    runtime: Runtime, connection: Connection, index: bytes, rows: Sequence[Row]
) -> tuple[int, int]:
    """Take the person out of dossiers held in this transaction; how many, and how many in part.

    Shape: `rows` are whole rows; `index` is the key of the blind indexes. A dossier that was taken
           in at the counter and is still being worked on exists nowhere else: it loses its phone
           and mail address, and keeps its names until it is done and past its keeping time.
    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    now = runtime.now()
    ids = {row["id"]: row for row in rows}
    facts = facts_among(connection, ids)
    needed_here = {one for one in facts if ids[one]["status"] not in OVER}
    for one in corrected_among(connection, ids):
        set_content(connection, one, _content_without(runtime, index, ids[one]))
    blank_dossiers(connection, ids.keys() - needed_here, PERSON, now)
    blank_dossiers(connection, needed_here, PHONE, now)
    unname_dossiers(connection, ids.keys() - needed_here)
    wipe_documents(connection, ids.keys() - needed_here)
    blank_corrections(connection, ids)
    blank_returns(connection, ids, now)
    blank_complaints(connection, about_dossiers(ids.keys() - needed_here))
    for one, sealed in facts.items():
        told = read_facts(runtime.vault.open_text(sealed))
        kept = _unreachable(told) if one in needed_here else _nameless(told)
        put_facts(connection, one, runtime.vault.seal(facts_text(kept)))
    return len(ids), len(needed_here)


def _content_without(runtime: Runtime, index: bytes, row: Row) -> bytes:
    """What the feed's next telling is compared with, where its number was corrected here.

    That number is not put in the place of the corrected one, which is known no more.
    """
    told = replace(stored_dossier(runtime.vault, row), phone=None, kept_phone=None)
    snapshot = Snapshot(row["code"], row["local_code"], told, PhoneReading(Line.MISSING))
    return blind_index(index, content_text(snapshot))


def _unreachable(facts: IntakeFacts) -> IntakeFacts:
    return replace(facts, submitter=replace(facts.submitter, phone=None, email=None))


def _nameless(facts: IntakeFacts) -> IntakeFacts:
    """What was handed in and which way it went; nobody's name, address or words."""
    hops = tuple(replace(hop, reason=None, items=()) for hop in facts.hops)
    return replace(
        facts, submitter=Submitter(NOBODY), owner=None, collect_at=None, note=None, hops=hops
    )
