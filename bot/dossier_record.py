"""A dossier and its changes as they are kept: personal fields sealed, the phone findable."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.notice import NoticeEvent
from bot.core.phone import Line, Phone, PhoneReading
from bot.core.snapshot import Change, FeedDossier, Procedure, Ticks, Times
from bot.dossier_book import Desk
from bot.vault import Vault, blind_index


def dossier_record(vault: Vault, index: bytes, change: Change, now: datetime) -> dict[str, Any]:
    """What is kept of a dossier after a change.

    Shape: columns of the dossier's table but its code and when it was first seen.
    """
    snapshot, told = change.snapshot, change.snapshot.told
    e164 = snapshot.e164
    needed = json.dumps(told.needed, ensure_ascii=False) if told.needed else None
    return {
        "local_code": snapshot.local_code,
        "agency_code": told.agency,
        "procedure_code": told.procedure.code,
        "procedure_name": told.procedure.name,
        "same_day": told.procedure.same_day,
        "step": told.step,
        "status": told.status,
        "at_desk": told.at_desk,
        "changed_at": told.changed_at,
        "received_at": told.times.received_at,
        "due_at": told.times.due_at,
        "finished_at": told.times.finished_at,
        "returned_at": told.times.returned_at,
        "ended_at": change.now.ended_at,
        "phone": _sealed(vault, e164),
        "phone_index": blind_index(index, e164) if e164 else None,
        "phone_line": str(snapshot.phone.line),
        "notify_zalo": told.notify.zalo,
        "notify_sms": told.notify.sms,
        "notify_post": told.notify.post,
        "handler": _sealed(vault, told.handler),
        "needed": _sealed(vault, needed),
        "owner_name": _sealed(vault, told.owner_name),
        "content": change.now.content,
        "documents_mark": change.now.documents,
        "updated_at": now,
    }


def change_record(
    desk: Desk, dossier_id: int, change: Change, earned: NoticeEvent | None
) -> dict[str, Any]:
    """What is kept of one change for good: nothing personal."""
    told = change.snapshot.told
    same_day = told.procedure.same_day
    return {
        "dossier_id": dossier_id,
        "changed_at": told.changed_at,
        "arrived_at": desk.now,
        "feed_key_id": desk.key.id,
        "outcome": str(change.outcome),
        "status": told.status,
        "step": told.step,
        "at_desk": told.at_desk,
        "agency_code": told.agency,
        "due_at": told.times.due_at,
        "finished_at": told.times.finished_at,
        "content": change.now.content,
        "procedure_code": told.procedure.code,
        "received_at": told.times.received_at,
        "phone_line": str(change.snapshot.phone.line),
        "silent": same_day and not desk.known_agencies[told.agency].same_day_notices,
        "earned": str(earned) if earned else None,
    }


def _sealed(vault: Vault, plain: str | None) -> bytes | None:
    return vault.seal(plain) if plain else None


def stored_dossier(vault: Vault, row: Mapping[str, Any]) -> FeedDossier:
    """A stored dossier as it would have to be told to stay as it is.

    Shape: `row` holds the columns of the dossier's table. A phone that reads as none is known
    only by its kind.
    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    e164 = _opened(vault, row["phone"])
    needed = _opened(vault, row["needed"])
    times = (row[name] for name in ("received_at", "due_at", "finished_at", "returned_at"))
    return FeedDossier(
        code=row["code"],
        agency=row["agency_code"],
        procedure=Procedure(row["procedure_code"], row["procedure_name"], row["same_day"]),
        step=row["step"],
        status=row["status"],
        changed_at=row["changed_at"],
        local_code=row["local_code"],
        at_desk=row["at_desk"],
        times=Times(*times),
        phone=e164,
        notify=Ticks(row["notify_zalo"], row["notify_sms"], row["notify_post"]),
        handler=_opened(vault, row["handler"]),
        needed=tuple(json.loads(needed)) if needed else (),
        owner_name=_opened(vault, row["owner_name"]),
        kept_phone=PhoneReading(Line(row["phone_line"]), Phone(e164) if e164 else None),
    )


def _opened(vault: Vault, sealed: bytes | None) -> str | None:
    return vault.open_text(sealed) if sealed else None
