"""A dossier and its changes as they are kept: personal fields sealed, the phone findable."""

import json
from datetime import datetime
from typing import Any

from bot.core.snapshot import Change
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
        "updated_at": now,
    }


def change_record(dossier_id: int, change: Change, key_id: str, now: datetime) -> dict[str, Any]:
    """What is kept of one change for good: nothing personal."""
    told = change.snapshot.told
    return {
        "dossier_id": dossier_id,
        "changed_at": told.changed_at,
        "arrived_at": now,
        "feed_key_id": key_id,
        "outcome": str(change.outcome),
        "status": told.status,
        "step": told.step,
        "at_desk": told.at_desk,
        "agency_code": told.agency,
        "due_at": told.times.due_at,
        "finished_at": told.times.finished_at,
        "content": change.now.content,
    }


def _sealed(vault: Vault, plain: str | None) -> bytes | None:
    return vault.seal(plain) if plain else None
